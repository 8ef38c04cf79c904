//! Attribute access: the generic protocol, descriptors and instance storage.

use crate::class::*;
use crate::code::CodeObj;
use crate::dict;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

/// What a class attribute does when found through an instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    /// Not a descriptor.
    Plain,
    /// A Python function: binds as a method.
    Function,
    /// A builtin method: binds as a method.
    NativeMethod,
    /// Has `__get__` only.
    NonData,
    /// Has `__set__` or `__delete__`.
    Data,
    /// As Data, but has no `__get__`: what the instance holds goes first, else it is the value.
    SetOnly,
}

impl Binding {
    /// Assignment through an instance goes to the descriptor.
    pub fn takes_set(self) -> bool {
        matches!(self, Binding::Data | Binding::SetOnly)
    }
}

impl Vm {
    /// How a class attribute binds.
    #[inline]
    pub fn binding(&mut self, v: Value) -> Binding {
        match v.kind_byte() {
            0 => Binding::Plain,
            k if k == Kind::Function as u8 => Binding::Function,
            k if k == Kind::MethodDescr as u8 => Binding::NativeMethod,
            k if k == Kind::Property as u8
                || k == Kind::GetSet as u8
                || k == Kind::Member as u8 =>
            {
                Binding::Data
            }
            k if k == Kind::Str as u8
                || k == Kind::Tuple as u8
                || k == Kind::Native as u8
                || k == Kind::Int as u8 =>
            {
                Binding::Plain
            }
            _ => {
                let class = self.class_of(v);
                if class.has(TypeFlags::DESCR_SET) {
                    if class.has(TypeFlags::DESCR_GET) {
                        Binding::Data
                    } else {
                        Binding::SetOnly
                    }
                } else if class.has(TypeFlags::DESCR_GET) {
                    Binding::NonData
                } else {
                    Binding::Plain
                }
            }
        }
    }

    /// `descr.__get__(obj, class)`; obj None means access through the class.
    pub fn descr_get(&mut self, descr: Value, obj: Option<Value>, class: Ref<TypeObj>) -> Res {
        match descr.kind_byte() {
            k if k == Kind::Function as u8 => match obj {
                Some(o) => self.new_bound_method(descr, o),
                None => Ok(descr),
            },
            k if k == Kind::MethodDescr as u8 => self.bind_native(descr, obj, class),
            k if k == Kind::GetSet as u8 => self.getset_get(descr, obj),
            k if k == Kind::Member as u8 => self.member_get(descr, obj),
            k if k == Kind::Property as u8 && self.class_of(descr) == self.types.property => {
                self.property_get(descr, obj)
            }
            k if k == Kind::StaticMethod as u8 && descr.is_exact(Kind::StaticMethod) => {
                // SAFETY: checked above.
                Ok(unsafe { descr.cast::<StaticMethodObj>() }
                    .callable
                    .or_none())
            }
            k if k == Kind::ClassMethod as u8 && descr.is_exact(Kind::ClassMethod) => {
                // SAFETY: checked above.
                let callable = unsafe { descr.cast::<ClassMethodObj>() }.callable.or_none();
                self.new_bound_method(callable, class.value())
            }
            _ => {
                let dclass = self.class_of(descr);
                if !dclass.has(TypeFlags::DESCR_GET) {
                    return Ok(descr);
                }
                match self.lookup(dclass, self.names.__get__) {
                    Some(get) => {
                        self.check_native_stack()?;
                        self.call_method_value(
                            get,
                            descr,
                            &[obj.unwrap_or(Value::NONE), class.value()],
                        )
                    }
                    None => Ok(descr),
                }
            }
        }
    }

    fn bind_native(&mut self, descr: Value, obj: Option<Value>, class: Ref<TypeObj>) -> Res {
        // SAFETY: the caller checked the kind.
        let d = unsafe { descr.cast::<MethodDescrObj>() };
        if d.def.kind == crate::native::DefKind::ClassMethod {
            return self.new_native(d.def, Some(class.value()), None, Some(d.class));
        }
        match obj {
            Some(o) => {
                let v = self.new_native(d.def, Some(o), None, Some(d.class))?;
                if descr.shape_id() == self.types.wrapper_descriptor.shape.get() {
                    // SAFETY: a fresh cell; the two types have one layout.
                    unsafe {
                        (*v.ptr::<gc::Header>()).shape = self.types.method_wrapper.shape.get()
                    };
                }
                Ok(v)
            }
            None => Ok(descr),
        }
    }

    /// A builtin function or bound builtin method.
    pub fn new_native(
        &mut self,
        def: &'static crate::native::NativeDef,
        self_: Option<Value>,
        module: Option<Value>,
        class: Option<Ref<TypeObj>>,
    ) -> Res {
        let p: *mut NativeObj = self
            .alloc_kind(size_of::<NativeObj>(), Kind::Native)?
            .cast();
        // SAFETY: freshly allocated; def is the only field that must not stay zero.
        unsafe {
            (&raw mut (*p).def).write(def);
            (*p).self_.init(self_);
            (*p).module.init(module);
            (*p).class.init(class.map(|c| c.value()));
        }
        Ok(Value::cell(p))
    }

    fn getset_get(&mut self, descr: Value, obj: Option<Value>) -> Res {
        let Some(o) = obj else { return Ok(descr) };
        // SAFETY: the caller checked the kind.
        let g = unsafe { descr.cast::<GetSetObj>() };
        self.check_descr_owner(descr, g.class, o)?;
        match g.getter.get() {
            Some(def) => (def.func)(self, &[Some(o)]),
            None => {
                let name = g.setter.get().map_or("?", |d| d.name);
                let class = g.class.full_name();
                Err(self.attribute_error_text(&format!(
                    "attribute '{name}' of '{class}' objects is not readable"
                )))
            }
        }
    }

    pub(crate) fn check_descr_owner(
        &mut self,
        descr: Value,
        class: Ref<TypeObj>,
        obj: Value,
    ) -> Res<()> {
        if self.class_of(obj).is_subtype(class) {
            return Ok(());
        }
        let name = self.descr_name(descr);
        let (want, got) = (class.full_name(), self.class_name(obj));
        Err(self.type_error(&format!(
            "descriptor '{name}' for '{want}' objects doesn't apply to a '{got}' object"
        )))
    }

    /// The name of a builtin descriptor.
    pub fn descr_name(&mut self, descr: Value) -> String {
        if let Some(g) = descr.downcast::<GetSetObj>() {
            return g
                .getter
                .get()
                .or(g.setter.get())
                .map_or("?", |d| d.name)
                .to_string();
        }
        if let Some(m) = descr.downcast::<MethodDescrObj>() {
            return m.def.name.to_string();
        }
        match descr.downcast::<MemberObj>() {
            Some(m) => self.display(m.name.or_none()),
            None => String::new(),
        }
    }

    fn member_get(&mut self, descr: Value, obj: Option<Value>) -> Res {
        let Some(o) = obj else { return Ok(descr) };
        // SAFETY: the caller checked the kind.
        let m = unsafe { descr.cast::<MemberObj>() };
        self.check_descr_owner(descr, m.class, o)?;
        match self.load_slot(o, m.index as u32) {
            Some(v) => Ok(v),
            None => Err(self.empty_slot(o, m.name.or_none())),
        }
    }

    /// AttributeError for a slot without a value.
    fn empty_slot(&mut self, obj: Value, name: Value) -> Raised {
        let class = self.class_of(obj);
        let (class, attr) = (self.full_name(class), self.display(name));
        let text = format!("'{class}' object has no attribute '{attr}'");
        self.attribute_error(obj, name, &text)
    }

    /// Module and qualified name of a class, without the module for builtins and `__main__`.
    pub fn full_name(&mut self, class: Ref<TypeObj>) -> String {
        let qualname = self.display(class.qualname.or_none());
        let module = match self.dict_get_interned(class.dict.get(), self.names.__module__) {
            Some(m) if m.is_kind(Kind::Str) => self.display(m),
            _ => class
                .spec
                .get()
                .map_or("builtins", |s| s.module)
                .to_string(),
        };
        if module == "builtins" || module == "__main__" {
            return qualname;
        }
        format!("{module}.{qualname}")
    }

    pub(crate) fn property_get(&mut self, descr: Value, obj: Option<Value>) -> Res {
        let Some(o) = obj else { return Ok(descr) };
        // SAFETY: the caller checked the kind.
        let p = unsafe { descr.cast::<PropertyObj>() };
        match p.fget.get().filter(|f| !f.is_none()) {
            Some(f) => self.call_value(f, &[o]),
            None => Err(self.property_error(descr, o, "getter")),
        }
    }

    /// `property 'x' of 'C' object has no getter` and the like.
    pub fn property_error(&mut self, descr: Value, obj: Value, what: &str) -> Raised {
        let qualname = self.class_of(obj).qualname.or_none();
        let class = self.display_repr(qualname).unwrap_or_default();
        let name = match self.property_name(descr) {
            Some(n) => self.display_repr(n).unwrap_or_default(),
            None => String::new(),
        };
        let text = if name.is_empty() {
            format!("property of {class} object has no {what}")
        } else {
            format!("property {name} of {class} object has no {what}")
        };
        self.attribute_error_text(&text)
    }

    fn property_name(&mut self, descr: Value) -> Option<Value> {
        // SAFETY: the caller checked the kind.
        let p = unsafe { descr.cast::<PropertyObj>() };
        p.name
            .get()
            .or_else(|| p.fget.get()?.downcast::<FunctionObj>()?.name.get())
    }

    // ---- instance storage ----

    /// Address of the overflow word of an object with `DictPlace::Slots`.
    #[inline(always)]
    fn overflow_of(&self, obj: Value, shape: &Shape) -> &Slot {
        // SAFETY: the shape gives the offset of the word in this cell.
        unsafe { &*(obj.ptr::<u8>().add(shape.slot_offset as usize) as *const Slot) }
    }

    /// Slot i of an object in slot mode (or a fixed slot in any mode).
    #[inline]
    pub fn load_slot(&self, obj: Value, i: u32) -> Option<Value> {
        let shape = self.shape(obj.shape_id());
        // SAFETY: inline slots follow the overflow word; overflow slots are in its array.
        unsafe {
            if i < shape.inline_cap {
                let p = obj
                    .ptr::<u8>()
                    .add(shape.slot_offset as usize + 8 + i as usize * 8)
                    as *const u64;
                return Value::from_bits(*p);
            }
            if obj.is_kind(Kind::Str) {
                return Value::from_bits(*str_slot(obj, i));
            }
            let array = self.overflow_of(obj, shape).get()?;
            if shape.dict_mode {
                return None;
            }
            Value::from_bits(
                *array
                    .cast::<ArrayObj>()
                    .slots()
                    .add((i - shape.inline_cap) as usize),
            )
        }
    }

    /// Stores slot i of an object whose shape has it.
    #[inline]
    pub fn store_slot(&mut self, obj: Value, i: u32, v: Option<Value>) {
        let shape = self.shape(obj.shape_id());
        // SAFETY: as in load_slot; the overflow array was grown when the shape got the slot.
        unsafe {
            let p = if i < shape.inline_cap {
                obj.ptr::<u8>()
                    .add(shape.slot_offset as usize + 8 + i as usize * 8)
                    as *mut u64
            } else if obj.is_kind(Kind::Str) {
                str_slot(obj, i)
            } else {
                match self.overflow_of(obj, shape).get() {
                    Some(a) => a
                        .cast::<ArrayObj>()
                        .slots()
                        .add((i - shape.inline_cap) as usize),
                    None => return,
                }
            };
            *p = v.map_or(0, Value::bits);
            gc::write_barrier(obj.ptr());
        }
    }

    /// The instance dict's place: the slot that holds (or may hold) a dict.
    fn dict_slot(&self, obj: Value) -> Option<&Slot> {
        let class = self.class_of(obj);
        if !obj.is_cell() {
            return None;
        }
        let offset = match class.dict_place.get() {
            DictPlace::None | DictPlace::Slots => return None,
            DictPlace::Field => class.slot_offset.get() as usize,
            DictPlace::Tail => tail_offset(obj),
        };
        // SAFETY: the class says that its instances have a slot there.
        Some(unsafe { &*(obj.ptr::<u8>().add(offset) as *const Slot) })
    }

    /// The value of an instance attribute, without classes and descriptors.
    #[inline]
    pub fn instance_get(&mut self, obj: Value, name: Value) -> Option<Value> {
        if !obj.is_cell() {
            return None;
        }
        let shape = self.shape(obj.shape_id());
        match shape.class.dict_place.get() {
            DictPlace::None => None,
            DictPlace::Slots if shape.dict_mode => {
                let d = self.overflow_of(obj, shape).get()?;
                self.dict_get_any(d, name)
            }
            DictPlace::Slots => self.load_slot(obj, shape.slot_of(name)?),
            _ => {
                let d = self.dict_slot(obj)?.get()?;
                self.dict_get_any(d, name)
            }
        }
    }

    /// Dict lookup for attribute storage, where `__dict__` may have been replaced by a subclass.
    fn dict_get_any(&mut self, d: Value, name: Value) -> Option<Value> {
        let d = d.downcast::<DictObj>()?;
        self.dict_get_interned(d, name)
    }

    /// Sets (Some) or deletes (None) an instance attribute. Ok(false): nothing to delete, or no
    /// attributes allowed.
    pub fn instance_set(&mut self, obj: Value, name: Value, value: Option<Value>) -> Res<bool> {
        if !obj.is_cell() {
            return Ok(false);
        }
        let shape = self.shape(obj.shape_id());
        if !shape.class.has(TypeFlags::HAS_DICT) {
            return Ok(false);
        }
        if shape.class.dict_place.get() == DictPlace::Slots && !shape.dict_mode {
            let slot = shape.slot_of(name);
            match (slot, value) {
                (Some(i), Some(_)) => {
                    self.store_slot(obj, i, value);
                    return Ok(true);
                }
                (None, None) => return Ok(false),
                (None, Some(v)) => {
                    if self.add_slot(obj, shape, name, v)? {
                        return Ok(true);
                    }
                    self.to_dict_mode(obj)?;
                }
                (Some(i), None) => {
                    if self.drop_slot(obj, shape, i) {
                        return Ok(true);
                    }
                    self.to_dict_mode(obj)?;
                }
            }
        }
        let d = self.attr_dict(obj)?;
        let hash = self.hash(name)?;
        match value {
            Some(v) => dict::set(self, d, name, hash, Some(v)).map(|()| true),
            None => match dict::find(self, d, name, hash)? {
                Some(i) => {
                    dict::remove_at(self, d, i);
                    Ok(true)
                }
                None => Ok(false),
            },
        }
    }

    /// Moves to the shape without an attribute, when there is one already, or when that is one of
    /// few shapes that are made for it: contextlib's managers lose three attributes each time.
    fn drop_slot(&mut self, obj: Value, shape: &Shape, slot: u32) -> bool {
        let gone = (slot - shape.nfixed) as usize;
        let mut id = self.root_of(shape);
        for (_, name) in shape.names.iter().enumerate().filter(|(k, _)| *k != gone) {
            let s = self.shape(id);
            let known = s
                .transitions
                .borrow()
                .iter()
                .find(|(n, _)| n == name)
                .copied();
            id = match known {
                Some((_, next)) => next,
                None => match self.shape_for_deletion(s, *name) {
                    Some(next) => next,
                    None => return false,
                },
            };
        }
        for i in slot..shape.nslots() {
            let next = (i + 1 < shape.nslots()).then(|| self.load_slot(obj, i + 1));
            self.store_slot(obj, i, next.flatten());
        }
        // SAFETY: a live cell; the new shape has the same layout with one slot less.
        unsafe { (*obj.ptr::<gc::Header>()).shape = id };
        true
    }

    /// As `shape_with`, for a limited number of times: objects that are used as dicts are to
    /// become dicts.
    fn shape_for_deletion(&mut self, shape: &Shape, name: Value) -> Option<u32> {
        const MOST: u32 = 256;
        if self.interp().deletion_shapes >= MOST {
            return None;
        }
        self.interp().deletion_shapes += 1;
        self.shape_with(shape, name)
    }

    /// The root shape from which this shape's transitions come.
    fn root_of(&self, shape: &Shape) -> u32 {
        let mut root = shape.class.shape.get();
        if self.shape(root).inline_cap != shape.inline_cap {
            for s in self.interp().shapes.iter() {
                if s.class == shape.class
                    && !s.dict_mode
                    && s.names.is_empty()
                    && s.inline_cap == shape.inline_cap
                {
                    root = s.id;
                }
            }
        }
        root
    }

    /// The shape with one more attribute; None when the object should use a dict.
    pub fn shape_with(&mut self, shape: &Shape, name: Value) -> Option<u32> {
        if let Some((_, id)) = shape.transitions.borrow().iter().find(|(n, _)| *n == name) {
            return Some(*id);
        }
        if shape.names.len() >= MAX_SLOTS || shape.transitions.borrow().len() >= 64 {
            return None;
        }
        let name = self.intern_value(name);
        let mut names = shape.names.clone();
        names.push(name);
        let new = Shape {
            id: 0,
            names,
            transitions: Default::default(),
            ..*shape_fields(shape)
        };
        let nslots = new.nslots();
        let class = shape.class;
        let id = self.interp().shapes.add(new)?;
        shape.transitions.borrow_mut().push((name, id));
        if nslots > class.max_slots.get() {
            class.max_slots.set(nslots);
        }
        Some(id)
    }

    fn add_slot(&mut self, obj: Value, shape: &Shape, name: Value, v: Value) -> Res<bool> {
        if !name.is_exact(Kind::Str) {
            return Ok(false);
        }
        let Some(id) = self.shape_with(shape, name) else {
            return Ok(false);
        };
        self.add_slot_to(obj, id, v)?;
        Ok(true)
    }

    /// Moves the object to a shape with one more slot and stores its value.
    pub fn add_slot_to(&mut self, obj: Value, id: u32, v: Value) -> Res<()> {
        let new = self.shape(id);
        let i = new.nslots() - 1;
        if i >= new.inline_cap {
            let need = (i - new.inline_cap + 1) as usize;
            let overflow = self.overflow_of(obj, new).get();
            let have = overflow
                .and_then(|o| o.downcast::<ArrayObj>())
                .map_or(0, |a| a.cap);
            if have < need {
                let array = self.new_array((need * 2).max(4))?;
                if let Some(old) = overflow.and_then(|o| o.downcast::<ArrayObj>()) {
                    // SAFETY: the new array is larger.
                    unsafe { std::ptr::copy_nonoverlapping(old.slots(), array.slots(), old.cap) };
                }
                self.overflow_of(obj, new).init(array.value());
            }
        }
        // SAFETY: a live cell whose storage fits the new shape.
        unsafe { (*obj.ptr::<gc::Header>()).shape = id };
        self.store_slot(obj, i, Some(v));
        Ok(())
    }

    /// Gives an object in slot mode a real dict.
    pub fn to_dict_mode(&mut self, obj: Value) -> Res<Ref<DictObj>> {
        let shape = self.shape(obj.shape_id());
        let d = self.new_dict()?;
        if shape.names.len() > 5 {
            dict::resize(self, d, shape.names.len() + 2)?;
        }
        for (i, name) in shape.names.iter().enumerate() {
            if let Some(v) = self.load_slot(obj, shape.nfixed + i as u32) {
                let hash = self.hash_str(*name);
                dict::insert_new(self, d, *name, hash, Some(v))?;
            }
        }
        self.set_dict_mode(obj, shape.class, d);
        Ok(d)
    }

    /// Makes `d` the attribute dict of an object with `DictPlace::Slots`.
    pub fn set_dict_mode(&mut self, obj: Value, class: Ref<TypeObj>, d: Ref<DictObj>) {
        let old = self.shape(obj.shape_id());
        // Fixed slots stay where they are; attribute slots are cleared.
        if !old.dict_mode {
            for i in old.nfixed..old.nslots() {
                self.store_slot(obj, i, None);
            }
        }
        let id = self.dict_mode_shape(class, old.inline_cap);
        self.overflow_of(obj, old).init(d.value());
        // SAFETY: a live cell with the same layout.
        unsafe { (*obj.ptr::<gc::Header>()).shape = id };
        gc::write_barrier(obj.ptr());
    }

    /// The dict-mode shape of a class for objects with that many inline slots.
    fn dict_mode_shape(&mut self, class: Ref<TypeObj>, inline_cap: u32) -> u32 {
        let known = class.dict_shape.get();
        if known != 0
            && self.shape(known).inline_cap == inline_cap
            && self.shape(known).class == class
        {
            return known;
        }
        let shape = Shape {
            id: 0,
            class,
            dict_mode: true,
            inline_cap,
            slot_offset: class.slot_offset.get(),
            names: Vec::new(),
            nfixed: class.nfixed.get(),
            transitions: Default::default(),
        };
        match self.interp().shapes.add(shape) {
            Some(id) => {
                class.dict_shape.set(id);
                id
            }
            None => known,
        }
    }

    /// The object's attributes as a real dict, made when needed (`obj.__dict__`).
    pub fn attr_dict(&mut self, obj: Value) -> Res<Ref<DictObj>> {
        let shape = self.shape(obj.shape_id());
        if obj.is_cell() && shape.class.dict_place.get() == DictPlace::Slots {
            if !shape.dict_mode {
                return self.to_dict_mode(obj);
            }
            if let Some(d) = self
                .overflow_of(obj, shape)
                .get()
                .and_then(|d| d.downcast::<DictObj>())
            {
                return Ok(d);
            }
            let d = self.new_dict()?;
            self.overflow_of(obj, shape).init(d.value());
            return Ok(d);
        }
        let Some(slot) = self.dict_slot(obj) else {
            let names = self.names;
            return Err(self.no_attribute(obj, names.__dict__));
        };
        if let Some(d) = slot.get().and_then(|d| d.downcast::<DictObj>()) {
            return Ok(d);
        }
        let d = self.new_dict()?;
        if let Some(slot) = self.dict_slot(obj) {
            slot.init(d.value());
            gc::write_barrier(obj.ptr());
        }
        Ok(d)
    }

    // ---- the protocol ----

    /// `getattr(obj, name)`; name is an interned str.
    pub fn get_attr(&mut self, obj: Value, name: Value) -> Res {
        let class = self.class_of(obj);
        if class.has(TypeFlags::GETATTRIBUTE | TypeFlags::GETATTR) {
            return self.get_attr_custom(obj, class, name);
        }
        self.get_attr_builtin(obj, class, name)
    }

    /// `getattr(obj, name)` by Rust name.
    pub fn get_attr_str(&mut self, obj: Value, name: &str) -> Res {
        let name = self.intern(name);
        self.get_attr(obj, name)
    }

    /// As `get_attr`, with None for AttributeError.
    pub fn get_attr_opt(&mut self, obj: Value, name: Value) -> Res<Option<Value>> {
        let class = self.class_of(obj);
        let found = if class.has(TypeFlags::GETATTRIBUTE | TypeFlags::GETATTR) {
            self.get_attr_custom(obj, class, name).map(Some)
        } else {
            self.find_attr_builtin(obj, class, name)
        };
        match found {
            Err(_) if self.catch(self.types.exc.AttributeError) => Ok(None),
            other => other,
        }
    }

    fn get_attr_custom(&mut self, obj: Value, class: Ref<TypeObj>, name: Value) -> Res {
        self.check_native_stack()?;
        let found = if class.has(TypeFlags::GETATTRIBUTE) {
            match self.lookup(class, self.names.__getattribute__) {
                Some(m) => self.call_method_value(m, obj, &[name]).map(Some),
                None => self.find_attr_builtin(obj, class, name),
            }
        } else {
            self.find_attr_builtin(obj, class, name)
        };
        let missing = match found {
            Ok(Some(v)) => return Ok(v),
            Ok(None) => true,
            Err(_) => self.raised_is(self.types.exc.AttributeError),
        };
        if missing && class.has(TypeFlags::GETATTR) {
            if let Some(m) = self.lookup(class, self.names.__getattr__) {
                self.raised = None;
                return self.call_method_value(m, obj, &[name]);
            }
        }
        found?;
        Err(self.no_attribute(obj, name))
    }

    /// The builtin `__getattribute__` of the object's kind.
    pub fn get_attr_builtin(&mut self, obj: Value, class: Ref<TypeObj>, name: Value) -> Res {
        match obj.kind_byte() {
            k if k == Kind::Type as u8 => self.type_get_attr(obj, class, name),
            k if k == Kind::Module as u8 => self.module_get_attr(obj, class, name),
            k if k == Kind::Super as u8 => self.super_get_attr(obj, class, name),
            k if k == Kind::BoundMethod as u8 => self.method_get_attr(obj, class, name),
            _ => match self.generic_get_attr(obj, class, name)? {
                Some(v) => Ok(v),
                None => Err(self.no_attribute(obj, name)),
            },
        }
    }

    /// As `get_attr_builtin`; Ok(None) instead of AttributeError where the kind of object allows
    /// to see it before the exception is made.
    fn find_attr_builtin(
        &mut self,
        obj: Value,
        class: Ref<TypeObj>,
        name: Value,
    ) -> Res<Option<Value>> {
        match obj.kind_byte() {
            k if k == Kind::Type as u8 => self.type_find_attr(obj, class, name),
            k if k == Kind::Module as u8 => match self.generic_get_attr(obj, class, name)? {
                None if self.has_module_getattr(obj) => self.module_missing(obj, name).map(Some),
                found => Ok(found),
            },
            k if k == Kind::Super as u8 || k == Kind::BoundMethod as u8 => {
                self.get_attr_builtin(obj, class, name).map(Some)
            }
            _ => self.generic_get_attr(obj, class, name),
        }
    }

    /// `object.__getattribute__`; Ok(None) when there is no such attribute.
    pub fn generic_get_attr(
        &mut self,
        obj: Value,
        class: Ref<TypeObj>,
        name: Value,
    ) -> Res<Option<Value>> {
        let found = self.lookup(class, name);
        let binding = match found {
            Some(d) => self.binding(d),
            None => Binding::Plain,
        };
        if let (Some(d), Binding::Data) = (found, binding) {
            return self.descr_get(d, Some(obj), class).map(Some);
        }
        if let Some(v) = self.instance_get(obj, name) {
            return Ok(Some(v));
        }
        match found {
            Some(d) if binding == Binding::Plain => Ok(Some(d)),
            Some(d) => self.descr_get(d, Some(obj), class).map(Some),
            None => Ok(None),
        }
    }

    /// `type.__getattribute__`.
    fn type_get_attr(&mut self, obj: Value, meta: Ref<TypeObj>, name: Value) -> Res {
        match self.type_find_attr(obj, meta, name)? {
            Some(v) => Ok(v),
            None => Err(self.no_attribute(obj, name)),
        }
    }

    /// As `type_get_attr`; Ok(None) when there is no such attribute.
    fn type_find_attr(
        &mut self,
        obj: Value,
        meta: Ref<TypeObj>,
        name: Value,
    ) -> Res<Option<Value>> {
        // SAFETY: the caller checked the kind.
        let class = unsafe { obj.cast::<TypeObj>() };
        let meta_found = self.lookup(meta, name);
        if let Some(d) = meta_found
            && self.binding(d) == Binding::Data
        {
            return self.descr_get(d, Some(obj), meta).map(Some);
        }
        if let Some(v) = self.lookup(class, name) {
            return match self.binding(v) {
                Binding::Plain | Binding::Function => Ok(Some(v)),
                _ => self.descr_get(v, None, class).map(Some),
            };
        }
        match meta_found {
            Some(d) => self.descr_get(d, Some(obj), meta).map(Some),
            None => Ok(None),
        }
    }

    /// The module has a function `__getattr__` (PEP 562).
    fn has_module_getattr(&mut self, m: Value) -> bool {
        let dict = m.downcast::<ModuleObj>().map(|m| m.dict.get());
        dict.is_some_and(|d| self.dict_get_interned(d, self.names.__getattr__).is_some())
    }

    fn module_get_attr(&mut self, obj: Value, class: Ref<TypeObj>, name: Value) -> Res {
        if let Some(v) = self.generic_get_attr(obj, class, name)? {
            return Ok(v);
        }
        self.module_missing(obj, name)
    }

    pub(crate) fn super_get_attr(&mut self, obj: Value, class: Ref<TypeObj>, name: Value) -> Res {
        // SAFETY: the caller checked the kind.
        let s = unsafe { obj.cast::<SuperObj>() };
        if name != self.names.__class__
            && let (Some(this), Some(oc)) = (
                s.this_class.get(),
                s.obj_class.get().and_then(|c| c.downcast::<TypeObj>()),
            )
            && let Some(v) = self.lookup_after(oc, this, name)
        {
            let target = s.obj.get().filter(|o| *o != oc.value());
            return match self.binding(v) {
                Binding::Plain => Ok(v),
                _ => self.descr_get(v, target, oc),
            };
        }
        match self.generic_get_attr(obj, class, name)? {
            Some(v) => Ok(v),
            None => Err(self.no_attribute(obj, name)),
        }
    }

    /// `setattr(obj, name, value)`, or `delattr` with None; name is an interned str.
    pub fn set_attr(&mut self, obj: Value, name: Value, value: Option<Value>) -> Res<()> {
        let class = self.class_of(obj);
        if class.has(TypeFlags::SETATTR) {
            self.check_native_stack()?;
            let (method, args) = match value {
                Some(v) => (self.names.__setattr__, [name, v]),
                None => (self.names.__delattr__, [name, name]),
            };
            if let Some(m) = self.lookup(class, method) {
                let n = if value.is_some() { 2 } else { 1 };
                self.call_method_value(m, obj, &args[..n])?;
                return Ok(());
            }
        }
        if obj.is_kind(Kind::Type) {
            return self.type_set_attr(obj, class, name, value);
        }
        self.generic_set_attr(obj, class, name, value)
    }

    /// `setattr` by Rust name.
    pub fn set_attr_str(&mut self, obj: Value, name: &str, value: Value) -> Res<()> {
        let name = self.intern(name);
        self.set_attr(obj, name, Some(value))
    }

    /// `object.__setattr__` and `object.__delattr__`.
    pub fn generic_set_attr(
        &mut self,
        obj: Value,
        class: Ref<TypeObj>,
        name: Value,
        value: Option<Value>,
    ) -> Res<()> {
        let found = self.lookup(class, name);
        if let Some(d) = found
            && self.binding(d).takes_set()
            && self.descr_set(d, obj, name, value)?
        {
            return Ok(());
        }
        let name = self.intern_value(name);
        if self.instance_set(obj, name, value)? {
            return Ok(());
        }
        let (cname, attr) = (class.full_name(), self.display(name));
        let has_dict = class.has(TypeFlags::HAS_DICT);
        if has_dict {
            return Err(self.no_attribute(obj, name));
        }
        let text = if found.is_some() {
            format!("'{cname}' object attribute '{attr}' is read-only")
        } else if self.sets_attributes(class) {
            format!("'{cname}' object has no attribute '{attr}'")
        } else {
            format!(
                "'{cname}' object has no attribute '{attr}' and no __dict__ for setting new attributes"
            )
        };
        Err(self.attribute_error(obj, name, &text))
    }

    /// Whether a class has a `__setattr__` or `__delattr__` that is not `object`'s.
    fn sets_attributes(&mut self, class: Ref<TypeObj>) -> bool {
        let object = self.types.object;
        [self.names.__setattr__, self.names.__delattr__]
            .into_iter()
            .any(|name| self.lookup(class, name) != self.lookup(object, name))
    }

    /// `descr.__set__(obj, value)` or `__delete__`; false when it has neither of them.
    pub(crate) fn descr_set(
        &mut self,
        descr: Value,
        obj: Value,
        name: Value,
        value: Option<Value>,
    ) -> Res<bool> {
        if let Some(m) = descr.downcast::<MemberObj>() {
            self.check_descr_owner(descr, m.class, obj)?;
            if obj.is_kind(Kind::Tuple) {
                return Err(self.attribute_error_text("readonly attribute"));
            }
            if value.is_none() && self.load_slot(obj, m.index as u32).is_none() {
                // CPython says only the name here.
                let text = self.display(name);
                return Err(self.attribute_error_text(&text));
            }
            self.store_slot(obj, m.index as u32, value);
            return Ok(true);
        }
        if let Some(g) = descr.downcast::<GetSetObj>() {
            self.check_descr_owner(descr, g.class, obj)?;
            let Some(def) = g.setter.get() else {
                if descr.shape_id() == Kind::Member as u32 {
                    return Err(self.attribute_error_text("readonly attribute"));
                }
                let (attr, class) = (self.descr_name(descr), g.class.full_name());
                return Err(self.attribute_error_text(&format!(
                    "attribute '{attr}' of '{class}' objects is not writable"
                )));
            };
            (def.func)(self, &[Some(obj), value])?;
            return Ok(true);
        }
        if let Some(p) = descr.downcast::<PropertyObj>()
            && self.class_of(descr) == self.types.property
        {
            self.property_store(p, descr, obj, value)?;
            return Ok(true);
        }
        let dclass = self.class_of(descr);
        let method = if value.is_some() {
            self.names.__set__
        } else {
            self.names.__delete__
        };
        match (self.lookup(dclass, method), value) {
            (Some(m), Some(v)) => self.call_method_value(m, descr, &[obj, v])?,
            (Some(m), None) => self.call_method_value(m, descr, &[obj])?,
            (None, _) => {
                let text = self.display(method);
                return Err(self.attribute_error_text(&text));
            }
        };
        Ok(true)
    }

    fn property_store(
        &mut self,
        p: Ref<PropertyObj>,
        descr: Value,
        obj: Value,
        value: Option<Value>,
    ) -> Res<()> {
        let (f, what) = if value.is_some() {
            (&p.fset, "setter")
        } else {
            (&p.fdel, "deleter")
        };
        let Some(f) = f.get().filter(|f| !f.is_none()) else {
            return Err(self.property_error(descr, obj, what));
        };
        match value {
            Some(v) => self.call_value(f, &[obj, v])?,
            None => self.call_value(f, &[obj])?,
        };
        Ok(())
    }

    /// `property.__set__` and `property.__delete__`.
    pub(crate) fn property_set(
        &mut self,
        descr: Value,
        obj: Value,
        value: Option<Value>,
    ) -> Res<()> {
        match descr.downcast::<PropertyObj>() {
            Some(p) => self.property_store(p, descr, obj, value),
            None => Err(Raised),
        }
    }

    /// `type.__setattr__` and `type.__delattr__`.
    pub fn type_set_attr(
        &mut self,
        obj: Value,
        meta: Ref<TypeObj>,
        name: Value,
        value: Option<Value>,
    ) -> Res<()> {
        // SAFETY: the caller checked the kind.
        let class = unsafe { obj.cast::<TypeObj>() };
        if class.has(TypeFlags::IMMUTABLE) {
            let (attr, cname) = (self.display_repr(name)?, class.full_name());
            return Err(self.type_error(&format!(
                "cannot set {attr} attribute of immutable type '{cname}'"
            )));
        }
        if let Some(d) = self.lookup(meta, name)
            && self.binding(d).takes_set()
            && self.descr_set(d, obj, name, value)?
        {
            return Ok(());
        }
        let name = self.intern_value(name);
        if self.type_set(class, name, value)? {
            Ok(())
        } else {
            Err(self.no_attribute(obj, name))
        }
    }
}

/// Copies the plain fields of a shape (the vectors are replaced by the caller).
fn shape_fields(s: &Shape) -> Box<Shape> {
    Box::new(Shape {
        id: 0,
        class: s.class,
        dict_mode: s.dict_mode,
        inline_cap: s.inline_cap,
        slot_offset: s.slot_offset,
        names: Vec::new(),
        nfixed: s.nfixed,
        transitions: Default::default(),
    })
}

/// Offset of the dict word of a subclass instance of a variable-size builtin.
pub fn tail_offset(obj: Value) -> usize {
    // SAFETY: the kind byte says what the cell is.
    let end = unsafe {
        match obj.kind_byte() {
            k if k == Kind::Int as u8 => {
                size_of::<IntObj>() + obj.cast::<IntObj>().nlimbs as usize * 8
            }
            k if k == Kind::Tuple as u8 => size_of::<TupleObj>() + obj.cast::<TupleObj>().len * 8,
            k if k == Kind::Str as u8 => size_of::<StrObj>() + obj.cast::<StrObj>().raw().len(),
            k if k == Kind::Bytes as u8 => size_of::<BytesObj>() + obj.cast::<BytesObj>().len + 1,
            k if k == Kind::Code as u8 => size_of::<CodeObj>(),
            _ => 8,
        }
    };
    end.next_multiple_of(8)
}

/// Fixed slot i of an instance of a `str` subclass with `__slots__`: behind the dict word.
///
/// # Safety
/// The instance's class has that many slots.
unsafe fn str_slot(obj: Value, i: u32) -> *mut u64 {
    // SAFETY: `new_str_shaped` made room for the slots of the class.
    unsafe {
        obj.ptr::<u8>()
            .add(tail_offset(obj) + 8 + i as usize * 8)
            .cast()
    }
}

impl Vm {
    /// `obj.__dict__ = d`.
    pub fn replace_attr_dict(&mut self, obj: Value, d: Ref<DictObj>) -> Res<()> {
        let class = self.class_of(obj);
        if class.dict_place.get() == DictPlace::Slots {
            self.set_dict_mode(obj, class, d);
            return Ok(());
        }
        match self.dict_slot(obj) {
            Some(slot) => {
                slot.init(d.value());
                gc::write_barrier(obj.ptr());
                Ok(())
            }
            None => Err(self.no_attribute(obj, self.names.__dict__)),
        }
    }
}
