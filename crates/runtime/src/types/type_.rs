//! `type`: class creation and the class protocol.

use crate::alloc::GcVec;
use crate::class::*;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "type",
    kind: Kind::Type,
    doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    tables: &[methods::TABLE, super::type_attrs::methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<TypeObj>(),
    slot_offset: size_of::<TypeObj>(),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, meta: Value, args: Value, kwargs: Option<Value>) -> Res {
        let args = args
            .downcast::<TupleObj>()
            .map_or(Vec::new(), |t| t.items().to_vec());
        match args.as_slice() {
            [name, bases, dict] => vm.type_new(meta, *name, *bases, *dict, kwargs),
            [x] if meta == vm.types.type_.value() && kwargs.is_none() => {
                Ok(vm.class_of(*x).value())
            }
            [_] => Err(vm.type_error("type.__new__() takes exactly 3 arguments (1 given)")),
            _ => Err(vm.type_error("type() takes 1 or 3 arguments")),
        }
    }

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, _this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        let n = vm.len(args)?;
        if n == 1 && kwargs.is_some() {
            return Err(vm.type_error("type.__init__() takes no keyword arguments"));
        }
        if n != 1 && n != 3 {
            return Err(vm.type_error("type.__init__() takes 1 or 3 arguments"));
        }
        Ok(())
    }

    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let mut all = vm.new_vec();
        let mut names = vm.new_vec();
        vm.spread_call(this, args, kwargs, &mut all, &mut names)?;
        if class == vm.types.type_ && all.len() == 1 && names.is_empty() {
            return Ok(vm.class_of(all[0]).value());
        }
        vm.construct(class, &all, &names)
    }

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let q = vm.display(class.qualname.or_none());
        let key = vm.names.__module__;
        let module = match vm.dict_get_interned(class.dict.get(), key) {
            Some(m) if m.is_kind(Kind::Str) => vm.display(m),
            _ => class
                .spec
                .get()
                .map_or("builtins", |s| s.module)
                .to_string(),
        };
        Ok(if module == "builtins" {
            format!("<class '{q}'>")
        } else {
            format!("<class '{module}.{q}'>")
        })
    }

    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let name = vm.attr_name(name)?;
        let meta = vm.class_of(this);
        vm.get_attr_builtin(this, meta, name)
    }
    /// Implement setattr(self, name, value).
    #[native("__setattr__($self, name, value, /)")]
    fn setattr(vm: &mut Vm, this: Value, name: Value, value: Value) -> Res<()> {
        let name = vm.attr_name(name)?;
        let meta = vm.class_of(this);
        vm.type_set_attr(this, meta, name, Some(value))
    }
    /// Implement delattr(self, name).
    #[native("__delattr__($self, name, /)")]
    fn delattr(vm: &mut Vm, this: Value, name: Value) -> Res<()> {
        let name = vm.attr_name(name)?;
        let meta = vm.class_of(this);
        vm.type_set_attr(this, meta, name, None)
    }

    /// Return a type's method resolution order.
    #[native("mro($self, /)")]
    fn mro(vm: &mut Vm, this: Value) -> Res {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let list = vm.compute_mro(class)?;
        vm.new_list(&list)
    }

    /// Return a list of immediate subclasses.
    #[native("__subclasses__($self, /)")]
    fn subclasses(vm: &mut Vm, this: Value) -> Res {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let list = vm.rooted_subclasses(class)?;
        vm.list_from_vec(list)
    }

    /// Create the namespace for the class statement
    #[classmethod("__prepare__($type, *args, **kwargs)", nosig)]
    fn prepare(vm: &mut Vm, _class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        Ok(vm.new_dict()?.value())
    }

    /// Check if an object is an instance.
    #[native("__instancecheck__($self, instance, /)")]
    fn instancecheck(vm: &mut Vm, this: Value, instance: Value) -> Res<bool> {
        vm.is_instance_plain(instance, this)
    }
    /// Check if a class is a subclass.
    #[native("__subclasscheck__($self, subclass, /)")]
    fn subclasscheck(vm: &mut Vm, this: Value, subclass: Value) -> Res<bool> {
        vm.is_subclass_plain(subclass, this)
    }
    #[getter("__mro__")]
    fn mro_tuple(_: &mut Vm, this: Value) -> Res {
        Ok(this
            .downcast::<TypeObj>()
            .map_or(Value::NONE, |c| c.mro.or_none()))
    }
    #[getter("__bases__")]
    fn bases(_: &mut Vm, this: Value) -> Res {
        Ok(this
            .downcast::<TypeObj>()
            .map_or(Value::NONE, |c| c.bases.or_none()))
    }
    #[member("__base__")]
    fn base(_: &mut Vm, this: Value) -> Res {
        Ok(this
            .downcast::<TypeObj>()
            .map_or(Value::NONE, |c| c.base.or_none()))
    }
    #[getter("__name__")]
    fn name(vm: &mut Vm, this: Value) -> Res {
        let name = this
            .downcast::<TypeObj>()
            .map_or(Value::NONE, |c| c.name.or_none());
        let text = vm.display(name);
        // Builtin types may be declared with a dotted name.
        match text.rsplit_once('.') {
            Some((_, last))
                if this
                    .downcast::<TypeObj>()
                    .is_some_and(|c| !c.has(TypeFlags::HEAP)) =>
            {
                vm.new_str(last)
            }
            _ => Ok(name),
        }
    }
    #[setter("__name__")]
    fn set_name(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let value = vm.check_special_set(class, "__name__", value)?;
        if !value.is_kind(Kind::Str) {
            let (n, got) = (class.full_name(), vm.class_name(value));
            return Err(vm.type_error(&format!(
                "can only assign string to {n}.__name__, not '{got}'"
            )));
        }
        class.name.write(class, value);
        Ok(())
    }
    #[getter("__qualname__")]
    fn qualname(_: &mut Vm, this: Value) -> Res {
        Ok(this
            .downcast::<TypeObj>()
            .map_or(Value::NONE, |c| c.qualname.or_none()))
    }
    #[setter("__qualname__")]
    fn set_qualname(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let value = vm.check_special_set(class, "__qualname__", value)?;
        if !value.is_kind(Kind::Str) {
            let (n, got) = (class.full_name(), vm.class_name(value));
            return Err(vm.type_error(&format!(
                "can only assign string to {n}.__qualname__, not '{got}'"
            )));
        }
        class.qualname.write(class, value);
        Ok(())
    }
    #[getter("__module__")]
    fn module(vm: &mut Vm, this: Value) -> Res {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let key = vm.names.__module__;
        match vm.dict_get_interned(class.dict.get(), key) {
            // A builtin type may have a descriptor for its instances there.
            Some(m) if class.has(TypeFlags::HEAP) || m.is_kind(Kind::Str) => Ok(m),
            _ => Ok(vm.intern(class.spec.get().map_or("builtins", |s| s.module))),
        }
    }
    #[setter("__module__")]
    fn set_module(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let value = vm.check_special_set(class, "__module__", value)?;
        let key = vm.names.__module__;
        vm.type_set(class, key, Some(value))?;
        // It is the place of another definition then.
        let line = vm.intern("__firstlineno__");
        if vm.dict_get_interned(class.dict.get(), line).is_some() {
            vm.type_set(class, line, None)?;
        }
        Ok(())
    }
    #[getter("__dict__")]
    fn dict(vm: &mut Vm, this: Value) -> Res {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        vm.new_mapping_proxy(class.dict.get().value())
    }
    #[getter("__abstractmethods__")]
    fn abstractmethods(vm: &mut Vm, this: Value) -> Res {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let key = vm.names.__abstractmethods__;
        match vm.dict_get_interned(class.dict.get(), key) {
            Some(v) if class != vm.types.type_ => Ok(v),
            _ => Err(vm.attribute_error(
                this,
                key,
                "type object 'type' has no attribute '__abstractmethods__'",
            )),
        }
    }
    #[setter("__abstractmethods__")]
    fn set_abstractmethods(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let Some(class) = this.downcast::<TypeObj>() else {
            return Err(Raised);
        };
        let abstract_ = match value {
            Some(v) => vm.truth(v)?,
            None => false,
        };
        let key = vm.names.__abstractmethods__;
        if !vm.type_set(class, key, value)? {
            return Err(vm.no_attribute(this, key));
        }
        let mut flags = class.flags.get();
        flags.set(TypeFlags::ABSTRACT, abstract_);
        class.flags.set(flags);
        Ok(())
    }
}

impl Vm {
    pub(crate) fn check_special_set(
        &mut self,
        class: Ref<TypeObj>,
        what: &str,
        value: Option<Value>,
    ) -> Res {
        let name = class.name_str();
        if class.has(TypeFlags::IMMUTABLE) {
            return Err(self.type_error(&format!(
                "cannot set '{what}' attribute of immutable type '{name}'"
            )));
        }
        value.ok_or_else(|| {
            self.type_error(&format!(
                "cannot delete '{what}' attribute of immutable type '{name}'"
            ))
        })
    }

    /// `type.__new__(meta, name, bases, dict, **kwargs)`.
    pub fn type_new(
        &mut self,
        meta: Value,
        name: Value,
        bases: Value,
        dict: Value,
        kwargs: Option<Value>,
    ) -> Res {
        let Some(meta) = meta.downcast::<TypeObj>() else {
            return Err(self.type_error("type.__new__(X): X is not a type object"));
        };
        let check = [
            (name, Kind::Str, "str"),
            (bases, Kind::Tuple, "tuple"),
            (dict, Kind::Dict, "dict"),
        ];
        for (i, (v, kind, want)) in check.into_iter().enumerate() {
            if !v.is_kind(kind) {
                let got = self.argument_kind(v);
                return Err(self.type_error(&format!(
                    "type.__new__() argument {} must be {want}, not {got}",
                    i + 1
                )));
            }
        }
        // SAFETY: checked above.
        let bases_items = unsafe { bases.cast::<TupleObj>() }.items().to_vec();
        for b in &bases_items {
            if !b.is_kind(Kind::Type) {
                if self.special(*b, self.names.__mro_entries__).is_some() {
                    return Err(self.type_error(
                        "type() doesn't support MRO entry resolution; use types.new_class()",
                    ));
                }
            }
        }
        let winner = self.winning_metaclass(meta, &bases_items)?;
        if !bases_items.iter().all(|b| b.is_kind(Kind::Type)) {
            return Err(self.type_error("bases must be types"));
        }
        if winner != meta
            && let Some(new) = self.lookup(winner, self.names.__new__)
            && self
                .lookup_where(winner, self.names.__new__)
                .is_some_and(|(o, _)| o != self.types.type_)
        {
            let new = self.descr_get(new, None, winner)?;
            let mut args = self.new_vec();
            args.extend(self, &[winner.value(), name, bases, dict])?;
            let mut kwnames = self.new_vec();
            if let Some(k) = kwargs {
                let empty = self.new_tuple(&[])?;
                let mut kwargs_values = self.new_vec();
                self.spread_call(new, empty, Some(k), &mut kwargs_values, &mut kwnames)?;
                args.extend(self, &kwargs_values)?;
            }
            return self.call_kw(new, &args, &kwnames);
        }
        let class = self.make_heap_class(winner, name, bases, &bases_items, dict)?;
        self.call_set_names(class)?;
        self.call_init_subclass(class, kwargs)?;
        Ok(class.value())
    }

    /// The most derived metaclass of the bases and `meta`.
    pub fn winning_metaclass(&mut self, meta: Ref<TypeObj>, bases: &[Value]) -> Res<Ref<TypeObj>> {
        let mut winner = meta;
        for b in bases {
            let m = self.class_of(*b);
            if winner.is_subtype(m) {
                continue;
            }
            if m.is_subtype(winner) {
                winner = m;
                continue;
            }
            return Err(self.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        Ok(winner)
    }

    /// The base whose layout the instances have.
    pub(crate) fn best_base(&mut self, bases: &[Value]) -> Res<Ref<TypeObj>> {
        let mut best: Option<(Ref<TypeObj>, Ref<TypeObj>)> = None;
        for b in bases {
            // SAFETY: the caller checked that all are types.
            let b = unsafe { b.cast::<TypeObj>() };
            if !b.has(TypeFlags::BASE) {
                let name = b.full_name();
                return Err(
                    self.type_error(&format!("type '{name}' is not an acceptable base type"))
                );
            }
            let solid = self.solid_base(b);
            best = Some(match best {
                None => (b, solid),
                Some((w, s)) if s.is_subtype(solid) => (w, s),
                Some((_, s)) if solid.is_subtype(s) => (b, solid),
                Some(_) => {
                    return Err(self.type_error("multiple bases have instance lay-out conflict"));
                }
            });
        }
        Ok(best.map_or(self.types.object, |(w, _)| w))
    }

    /// The nearest base that decides the layout: a builtin with a payload, or a class with slots.
    pub fn solid_base(&mut self, class: Ref<TypeObj>) -> Ref<TypeObj> {
        let mut at = class;
        loop {
            let Some(base) = at.base.get().and_then(|b| b.downcast::<TypeObj>()) else {
                return at;
            };
            let own_layout = !at.has(TypeFlags::HEAP)
                && at.kind.get() != base.kind.get()
                && !(at.kind.get() == Kind::Instance);
            if own_layout || at.nfixed.get() > base.nfixed.get() {
                return at;
            }
            // A builtin without a payload or dict (`typing.Generic`) adds nothing.
            let bare = at.kind.get() == Kind::Instance && at.dict_place.get() == DictPlace::None;
            if !at.has(TypeFlags::HEAP)
                && !bare
                && at
                    .spec
                    .get()
                    .is_some_and(|s| s.size > base.spec.get().map_or(8, |b| b.size))
            {
                return at;
            }
            at = base;
        }
    }

    fn make_heap_class(
        &mut self,
        meta: Ref<TypeObj>,
        name: Value,
        bases: Value,
        items: &[Value],
        ns: Value,
    ) -> Res<Ref<TypeObj>> {
        for b in items.iter().filter_map(|b| b.downcast::<TypeObj>()) {
            if b.mro.get().is_none() {
                return Err(self.incomplete_base(b));
            }
        }
        let base = self.best_base(items)?;
        let bases = if items.is_empty() {
            self.new_tuple(&[self.types.object.value()])?
        } else {
            bases
        };
        let d = self.new_dict()?;
        // SAFETY: the caller checked that it is a dict.
        crate::dict::copy_into(self, d, unsafe { ns.cast::<DictObj>() })?;
        self.warn_non_string_keys(name, d)?;
        let n = self.names;
        let qualname = match self.dict_get_interned(d, n.__qualname__) {
            Some(q) if !q.is_kind(Kind::Str) => {
                let got = self.class_name(q);
                return Err(self.type_error(&format!("type __qualname__ must be a str, not {got}")));
            }
            Some(q) => {
                self.dict_remove(d, n.__qualname__)?;
                q
            }
            None => name,
        };
        let size = size_of::<TypeObj>() + meta.inline_cap.get() as usize * 8;
        let p: *mut TypeObj = self.alloc_raw(size, meta.shape.get(), Kind::Type)?.cast();
        // SAFETY: freshly allocated; the references are written before anything can collect.
        let class = unsafe {
            (&raw mut (*p).flags).write(std::cell::Cell::new(TypeFlags::HEAP | TypeFlags::BASE));
            (&raw mut (*p).dict).write(std::cell::Cell::new(d));
            Ref::new(p)
        };
        class.version.set(self.next_version());
        class.name.init(name);
        class.qualname.init(qualname);
        class.bases.init(bases);
        class.base.init(base.value());
        self.finish_namespace(class, d)?;
        // `mro()` sees a class that cannot do anything yet.
        class.flags.set(class.flags.get() | TypeFlags::NO_INSTANCES);
        self.set_mro(class)?;
        class.flags.set(class.flags.get() - TypeFlags::NO_INSTANCES);
        // Slots may take these names.
        self.fill_class_cells(class, d)?;
        self.lay_out(class, base, d)?;
        // Only now: `__doc__` may be a slot.
        if self.dict_get_interned(d, n.__doc__).is_none() {
            self.dict_set(d.value(), n.__doc__, Value::NONE)?;
        }
        let inherited = TypeFlags::SEQUENCE | TypeFlags::MAPPING;
        let mut flags = class.flags.get();
        for b in class.mro_items() {
            if let Some(b) = b.downcast::<TypeObj>() {
                flags |= b.flags.get() & inherited;
            }
        }
        class.flags.set(flags);
        if self.dict_get_interned(d, n.__eq__).is_some()
            && self.dict_get_interned(d, n.__hash__).is_none()
        {
            self.dict_set(d.value(), n.__hash__, Value::NONE)?;
        }
        self.update_flags(class);
        for b in self.bases_of(class) {
            self.add_subclass(b, class);
        }
        Ok(class)
    }

    fn warn_non_string_keys(&mut self, name: Value, d: Ref<DictObj>) -> Res<()> {
        let mut i = 0;
        while let Some((at, e)) = crate::dict::next_entry(d, i) {
            i = at + 1;
            if e.key.is_some_and(|k| !k.is_kind(Kind::Str)) {
                let name = self.display(name);
                let text = format!("non-string key in the __dict__ of class {name}");
                return self.warn(self.types.exc.RuntimeWarning, &text, 1);
            }
        }
        Ok(())
    }

    /// Tells the cells of `__class__` and `__classdict__`, which the body left in its namespace.
    fn fill_class_cells(&mut self, class: Ref<TypeObj>, d: Ref<DictObj>) -> Res<()> {
        let n = self.names;
        if let Some(cell) = self.dict_get_interned(d, n.__classcell__) {
            let Some(c) = cell.downcast::<CellObj>() else {
                let got = self.class_of(cell).value();
                let got = self.display_repr(got)?;
                return Err(
                    self.type_error(&format!("__classcell__ must be a nonlocal cell, not {got}"))
                );
            };
            c.contents.write(c, class.value());
            self.dict_remove(d, n.__classcell__)?;
        }
        if let Some(cell) = self.dict_get_interned(d, n.__classdictcell__) {
            if let Some(c) = cell.downcast::<CellObj>() {
                c.contents.write(c, d.value());
            }
            self.dict_remove(d, n.__classdictcell__)?;
        }
        Ok(())
    }

    pub(crate) fn bases_of(&self, class: Ref<TypeObj>) -> Vec<Ref<TypeObj>> {
        class
            .bases
            .get()
            .and_then(|b| b.downcast::<TupleObj>())
            .map_or(Vec::new(), |t| {
                t.items().iter().filter_map(|b| b.downcast()).collect()
            })
    }

    /// `__module__`, static and class methods that are so without decorators, `__doc__`.
    fn finish_namespace(&mut self, _class: Ref<TypeObj>, d: Ref<DictObj>) -> Res<()> {
        let n = self.names;
        if self.dict_get_interned(d, n.__module__).is_none() {
            // SAFETY: there is always a frame; R[-1] of a code frame is a function.
            let globals = unsafe {
                let frame = &*self.frame;
                if frame.code.nregs > 0 {
                    Some(crate::interp::returns::function_of(frame).globals)
                } else {
                    None
                }
            };
            if let Some(g) = globals
                && let Some(m) = self.dict_get_interned(g, n.__name__)
            {
                self.dict_set(d.value(), n.__module__, m)?;
            }
        }
        if let Some(f) = self.dict_get_interned(d, n.__new__)
            && f.is_kind(Kind::Function)
        {
            let s = self.alloc::<StaticMethodObj>(Kind::StaticMethod)?;
            s.callable.init(f);
            self.dict_set(d.value(), n.__new__, s.value())?;
        }
        for name in [n.__init_subclass__, n.__class_getitem__] {
            if let Some(f) = self.dict_get_interned(d, name)
                && f.is_kind(Kind::Function)
            {
                let c = self.alloc::<ClassMethodObj>(Kind::ClassMethod)?;
                c.callable.init(f);
                self.dict_set(d.value(), name, c.value())?;
            }
        }
        Ok(())
    }

    /// Decides kind, slots and dict of the instances.
    fn lay_out(&mut self, class: Ref<TypeObj>, base: Ref<TypeObj>, d: Ref<DictObj>) -> Res<()> {
        let n = self.names;
        let kind = if base.kind.get() == Kind::Object {
            Kind::Instance
        } else {
            base.kind.get()
        };
        class.kind.set(kind);
        class.spec.set(base.spec.get());
        class.nfixed.set(base.nfixed.get());
        let slots = self.dict_get_interned(d, n.__slots__);
        let mut flags = class.flags.get();
        // Some other base may bring a dict.
        let any_base = |flag: TypeFlags| {
            class
                .mro_items()
                .iter()
                .skip(1)
                .filter_map(|b| b.downcast::<TypeObj>())
                .any(|b| b.has(flag))
        };
        let mut wants_dict = slots.is_none() || any_base(TypeFlags::HAS_DICT);
        let mut wants_weakref = slots.is_none() || any_base(TypeFlags::HAS_WEAKREF);
        let is_tail = matches!(kind, Kind::Int | Kind::Str | Kind::Bytes | Kind::Tuple);
        let mut members = self.new_vec();
        if let Some(s) = slots {
            let names = self.slot_names(s)?;
            for name in names.iter().copied() {
                let text = self.display(name);
                if text == "__dict__" {
                    if base.has(TypeFlags::HAS_DICT) {
                        return Err(self.type_error("__dict__ slot disallowed: we already got one"));
                    }
                    wants_dict = true;
                } else if text == "__weakref__" {
                    if base.has(TypeFlags::HAS_WEAKREF) {
                        return Err(
                            self.type_error("__weakref__ slot disallowed: we already got one")
                        );
                    }
                    wants_weakref = true;
                } else {
                    members.push(self, name)?;
                }
            }
            // A string's text lies elsewhere in CPython; only its own cells are of variable size.
            let variable = (is_tail && kind != Kind::Str) || kind == Kind::Type;
            if variable && !members.is_empty() {
                let b = base.name_str();
                return Err(self.type_error(&format!(
                    "nonempty __slots__ not supported for subtype of '{b}'"
                )));
            }
        }
        let cname = class.name_str();
        members
            .as_mut_slice()
            .sort_by_key(|m| m.downcast::<StrObj>().map(|s| s.to_string()));
        for name in members.iter().copied() {
            let mangled = self.mangle(&cname, name);
            let there = self.dict_get_interned(d, mangled);
            // `__doc__` is None there when the body has no docstring.
            if there.is_some_and(|v| mangled != n.__doc__ || !v.is_none())
                && mangled != n.__qualname__
                && mangled != n.__classcell__
            {
                let text = self.display_repr(mangled)?;
                return Err(self.value_error(&format!(
                    "{text} in __slots__ conflicts with class variable"
                )));
            }
            let p: *mut MemberObj = self
                .alloc_kind(size_of::<MemberObj>(), Kind::Member)?
                .cast();
            // SAFETY: freshly allocated.
            let m = unsafe {
                (&raw mut (*p).class).write(class);
                (*p).name.init(mangled);
                (*p).index = class.nfixed.get() as usize;
                Value::cell(p)
            };
            class.nfixed.set(class.nfixed.get() + 1);
            self.dict_set(d.value(), mangled, m)?;
        }
        flags.set(
            TypeFlags::HAS_DICT,
            wants_dict || base.has(TypeFlags::HAS_DICT),
        );
        flags.set(
            TypeFlags::HAS_WEAKREF,
            wants_weakref || base.has(TypeFlags::HAS_WEAKREF),
        );
        let (place, offset) = if base.dict_place.get() == DictPlace::Field
            || base.dict_place.get() == DictPlace::Slots
        {
            (base.dict_place.get(), base.slot_offset.get())
        } else if is_tail {
            (DictPlace::Tail, 0)
        } else if kind == Kind::Type {
            (DictPlace::None, size_of::<TypeObj>() as u32 - 8)
        } else {
            let size = base.spec.get().map_or(8, |s| s.slot_offset.max(8));
            (DictPlace::Slots, size as u32)
        };
        class.flags.set(flags);
        class.dict_place.set(place);
        class.slot_offset.set(offset);
        let cap = if place == DictPlace::Slots {
            class.nfixed.get() + if wants_dict { 4 } else { 0 }
        } else {
            0
        };
        self.new_root_shape(class, cap);
        self.add_dict_descriptors(class, base, d, wants_dict, wants_weakref)
    }

    fn slot_names(&mut self, slots: Value) -> Res<GcVec> {
        let items = if slots.is_kind(Kind::Str) {
            let mut one = self.new_vec();
            one.push(self, slots)?;
            one
        } else {
            self.collect(slots)?
        };
        for name in items.iter() {
            let Some(s) = name.downcast::<StrObj>() else {
                let got = self.class_name(*name);
                return Err(
                    self.type_error(&format!("__slots__ items must be strings, not '{got}'"))
                );
            };
            if !text::predicate::is_identifier(s.units()) {
                return Err(self.type_error("__slots__ must be identifiers"));
            }
        }
        Ok(items)
    }

    /// Class-private names.
    pub fn mangle(&mut self, class: &str, name: Value) -> Value {
        let text = self.display(name);
        let stripped = class.trim_start_matches('_');
        if !text.starts_with("__") || text.ends_with("__") || stripped.is_empty() {
            return self.intern_value(name);
        }
        self.intern(&format!("_{stripped}{text}"))
    }

    /// Puts `__dict__` and `__weakref__` descriptors where a class introduces them.
    fn add_dict_descriptors(
        &mut self,
        class: Ref<TypeObj>,
        base: Ref<TypeObj>,
        d: Ref<DictObj>,
        dict: bool,
        weak: bool,
    ) -> Res<()> {
        let wanted = [
            (dict && !base.has(TypeFlags::HAS_DICT), 0),
            (weak && !base.has(TypeFlags::HAS_WEAKREF), 2),
        ];
        for (on, i) in wanted {
            if !on || class.kind.get() == Kind::Type {
                continue;
            }
            let p: *mut GetSetObj = self
                .alloc_kind(size_of::<GetSetObj>(), Kind::GetSet)?
                .cast();
            // SAFETY: freshly allocated.
            let g = unsafe {
                (&raw mut (*p).class).write(class);
                Ref::new(p)
            };
            let table = instance_attrs::TABLE;
            g.getter.set(Some(&table[i]));
            if i == 0 {
                g.setter.set(Some(&table[1]));
            }
            let name = self.intern(table[i].name);
            if self.dict_get_interned(d, name).is_none() {
                self.dict_set(d.value(), name, g.value())?;
            }
        }
        Ok(())
    }

    fn call_set_names(&mut self, class: Ref<TypeObj>) -> Res<()> {
        let d = self.new_dict()?;
        crate::dict::copy_into(self, d, class.dict.get())?;
        let mut i = 0;
        while let Some((at, e)) = crate::dict::next_entry(d, i) {
            i = at + 1;
            let (Some(key), Some(v)) = (e.key, e.value) else {
                continue;
            };
            if !v.is_cell() || v.is_kind(Kind::Function) {
                continue;
            }
            if let Some(m) = self.special(v, self.names.__set_name__)
                && self.call_method_value(m, v, &[class.value(), key]).is_err()
            {
                let (name, cname, vname) =
                    (self.display_repr(key), class.name_str(), self.class_name(v));
                let note = format!(
                    "Error calling __set_name__ on '{vname}' instance {} in '{cname}'",
                    name.unwrap_or_default()
                );
                self.add_note(&note);
                return Err(Raised);
            }
        }
        Ok(())
    }

    fn call_init_subclass(&mut self, class: Ref<TypeObj>, kwargs: Option<Value>) -> Res<()> {
        // A custom `mro()` may have left the class itself out.
        if !class.mro_items().contains(&class.value()) {
            return Err(self.super_mismatch(class, class.value()));
        }
        let Some(m) = self.lookup_after(class, class.value(), self.names.__init_subclass__) else {
            return Ok(());
        };
        let bound = self.descr_get(m, Some(class.value()), class)?;
        let bound = if bound.is_kind(Kind::BoundMethod) || bound.is_kind(Kind::Native) {
            self.rebind_class_method(m, class)?.unwrap_or(bound)
        } else {
            bound
        };
        let empty = self.new_tuple(&[])?;
        self.call_spread(bound, empty, kwargs)?;
        Ok(())
    }

    /// A class method found on a base, bound to `class`.
    fn rebind_class_method(&mut self, m: Value, class: Ref<TypeObj>) -> Res<Option<Value>> {
        if m.is_kind(Kind::ClassMethod) || m.is_kind(Kind::MethodDescr) {
            return self.descr_get(m, None, class).map(Some);
        }
        Ok(None)
    }

    /// `f(*args, **kwargs)` with a tuple and a dict.
    pub fn call_spread(&mut self, f: Value, args: Value, kwargs: Option<Value>) -> Res {
        let mut all = self.new_vec();
        let mut names = self.new_vec();
        self.spread_call(f, args, kwargs, &mut all, &mut names)?;
        self.call_kw(f, &all, &names)
    }

    /// `isinstance` by `__class__` and MRO only.
    pub fn is_instance_plain(&mut self, v: Value, class: Value) -> Res<bool> {
        let Some(c) = class.downcast::<TypeObj>() else {
            return Ok(false);
        };
        let own = self.class_of(v);
        if own.is_subtype(c) {
            return Ok(true);
        }
        if !own.has(TypeFlags::HEAP) && !v.is_kind(Kind::WeakRef) {
            return Ok(false);
        }
        // Few classes have a `__class__` of their own.
        let usual = self.lookup(self.types.object, self.names.__class__);
        if !own.has(TypeFlags::GETATTRIBUTE)
            && !v.is_kind(Kind::WeakRef)
            && self.lookup(own, self.names.__class__) == usual
        {
            return Ok(false);
        }
        let claimed = self.get_attr_opt(v, self.names.__class__)?;
        Ok(claimed
            .and_then(|k| k.downcast::<TypeObj>())
            .is_some_and(|k| k != own && k.is_subtype(c)))
    }

    /// `issubclass` by MRO (or `__bases__` of class-like objects).
    pub fn is_subclass_plain(&mut self, sub: Value, class: Value) -> Res<bool> {
        if let (Some(s), Some(c)) = (sub.downcast::<TypeObj>(), class.downcast::<TypeObj>()) {
            return Ok(s.is_subtype(c));
        }
        if !self.has_bases(sub)? {
            return Err(self.type_error("issubclass() arg 1 must be a class"));
        }
        if !self.has_bases(class)? {
            return Err(self
                .type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
        }
        self.abstract_subclass(sub, class)
    }

    fn has_bases(&mut self, v: Value) -> Res<bool> {
        Ok(v.is_kind(Kind::Type)
            || self
                .get_attr_opt(v, self.names.__bases__)?
                .is_some_and(|b| b.is_kind(Kind::Tuple)))
    }

    fn abstract_subclass(&mut self, sub: Value, class: Value) -> Res<bool> {
        self.check_native_stack()?;
        if sub == class {
            return Ok(true);
        }
        let Some(bases) = self
            .get_attr_opt(sub, self.names.__bases__)?
            .and_then(|b| b.downcast::<TupleObj>())
        else {
            return Ok(false);
        };
        for b in bases.items() {
            if self.abstract_subclass(*b, class)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `isinstance(v, class)` for metaclasses with `__instancecheck__`, tuples and unions.
    pub fn is_instance_full(&mut self, v: Value, class: Value) -> Res<bool> {
        self.class_check(v, class, true)
    }

    /// `issubclass(v, class)`.
    pub fn is_subclass(&mut self, v: Value, class: Value) -> Res<bool> {
        if let (Some(s), Some(c)) = (v.downcast::<TypeObj>(), class.downcast::<TypeObj>())
            && self.class_of(class) == self.types.type_
        {
            return Ok(s.is_subtype(c));
        }
        self.class_check(v, class, false)
    }

    fn class_check(&mut self, v: Value, class: Value, instance: bool) -> Res<bool> {
        self.check_native_stack()?;
        if let Some(t) = class.downcast::<TupleObj>() {
            for c in t.items() {
                if instance && self.class_of(v).value() == *c
                    || self.class_check(v, *c, instance)?
                {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if instance && self.class_of(v).value() == class {
            return Ok(true);
        }
        if class.is_kind(Kind::Type) && self.class_of(class) == self.types.type_ {
            return if instance {
                self.is_instance_plain(v, class)
            } else {
                self.is_subclass_plain(v, class)
            };
        }
        let name = if instance {
            self.names.__instancecheck__
        } else {
            self.names.__subclasscheck__
        };
        if let Some(m) = self.special(class, name) {
            let r = self.call_method_value(m, class, &[v])?;
            return self.truth(r);
        }
        if instance {
            if !self.has_bases(class)? {
                return Err(self.type_error(
                    "isinstance() arg 2 must be a type, a tuple of types, or a union",
                ));
            }
            let k = self.get_attr_opt(v, self.names.__class__)?;
            return match k {
                Some(k) => self.abstract_subclass(k, class),
                None => Ok(false),
            };
        }
        self.is_subclass_plain(v, class)
    }

    /// The error for instantiating an abstract class.
    pub fn abstract_error(&mut self, class: Ref<TypeObj>) -> Raised {
        let key = self.names.__abstractmethods__;
        let set = self.lookup(class, key).unwrap_or(Value::NONE);
        let mut names: Vec<String> = match self.collect(set) {
            Ok(items) => items
                .iter()
                .map(|v| format!("'{}'", self.display(*v)))
                .collect(),
            Err(r) => return r,
        };
        names.sort();
        let (cname, s) = (class.name_str(), if names.len() == 1 { "" } else { "s" });
        self.type_error(&format!(
            "Can't instantiate abstract class {cname} without an implementation for abstract method{s} {}",
            names.join(", ")
        ))
    }

    /// `obj.__class__ = value`.
    pub fn set_class(&mut self, obj: Value, value: Option<Value>) -> Res<()> {
        let Some(value) = value else {
            return Err(self.type_error("can't delete __class__ attribute"));
        };
        let Some(new) = value.downcast::<TypeObj>() else {
            let got = self.class_name(value);
            return Err(self.type_error(&format!(
                "__class__ must be set to a class, not '{got}' object"
            )));
        };
        let old = self.class_of(obj);
        if old == new {
            return Ok(());
        }
        let module = |c: Ref<TypeObj>| c.is_subtype(self.types.module);
        if !(new.has(TypeFlags::HEAP) && old.has(TypeFlags::HEAP)) && !(module(old) && module(new))
        {
            return Err(self.type_error(
                "__class__ assignment only supported for mutable types or ModuleType subclasses",
            ));
        }
        let same = old.kind.get() == new.kind.get()
            && old.dict_place.get() == new.dict_place.get()
            && old.slot_offset.get() == new.slot_offset.get()
            && old.nfixed.get() == new.nfixed.get()
            && old.has(TypeFlags::HAS_DICT) == new.has(TypeFlags::HAS_DICT)
            && old.has(TypeFlags::HAS_WEAKREF) == new.has(TypeFlags::HAS_WEAKREF)
            && self.has_same_slots(old, new);
        if !same {
            let (a, b) = (new.full_name(), old.full_name());
            return Err(self.type_error(&format!(
                "__class__ assignment: '{a}' object layout differs from '{b}'"
            )));
        }
        if new.dict_place.get() == DictPlace::Slots {
            let d = self.attr_dict(obj)?;
            self.set_dict_mode(obj, new, d);
        } else {
            // SAFETY: a live cell; the layouts are equal.
            unsafe { (*obj.ptr::<gc::Header>()).shape = new.shape.get() };
        }
        Ok(())
    }

    /// Both classes add slots of the same names, in the same order, to a common base.
    pub(super) fn has_same_slots(&mut self, a: Ref<TypeObj>, b: Ref<TypeObj>) -> bool {
        let (a, b) = (self.solid_base(a), self.solid_base(b));
        if a == b {
            return true;
        }
        let base = |c: Ref<TypeObj>| c.base.get().and_then(|b| b.downcast::<TypeObj>());
        let (Some(x), Some(y)) = (base(a), base(b)) else {
            return false;
        };
        a.nfixed.get() == b.nfixed.get()
            && self.solid_base(x) == self.solid_base(y)
            && a.has(TypeFlags::HEAP)
            && b.has(TypeFlags::HEAP)
            && slot_names_of(a) == slot_names_of(b)
    }

    /// Removes a key that may be absent.
    pub fn dict_remove(&mut self, d: Ref<DictObj>, key: Value) -> Res<bool> {
        let hash = self.hash(key)?;
        match crate::dict::find(self, d, key, hash)? {
            Some(i) => {
                crate::dict::remove_at(self, d, i);
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

/// Index and name of the slots that a class adds.
fn slot_names_of(class: Ref<TypeObj>) -> Vec<(usize, Value)> {
    let mut out = Vec::new();
    let d = class.dict.get();
    let mut i = 0;
    while let Some((at, e)) = crate::dict::next_entry(d, i) {
        i = at + 1;
        if let Some(m) = e.value.and_then(|v| v.downcast::<MemberObj>())
            && m.class == class
        {
            out.push((m.index, m.name.or_none()));
        }
    }
    out.sort_by_key(|(index, _)| *index);
    out
}

/// `__dict__` and `__weakref__` of instances of Python classes.
#[derive::natives]
pub mod instance_attrs {
    use super::*;

    /// dictionary for instance variables
    #[getter("__dict__")]
    fn dict(vm: &mut Vm, this: Value) -> Res {
        // A metaclass with a plain class before `type` among its bases.
        if let Some(class) = this.downcast::<TypeObj>() {
            return vm.new_mapping_proxy(class.dict.get().value());
        }
        Ok(vm.attr_dict(this)?.value())
    }
    #[setter("__dict__")]
    fn set_dict(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        if this.downcast::<TypeObj>().is_some() {
            let text = "attribute '__dict__' of 'type' objects is not writable";
            return Err(vm.attribute_error_text(text));
        }
        let d = match value {
            Some(v) => match v.downcast::<DictObj>() {
                Some(d) => d,
                None => {
                    let got = vm.class_name(v);
                    return Err(vm.type_error(&format!(
                        "__dict__ must be set to a dictionary, not a '{got}'"
                    )));
                }
            },
            None => vm.new_dict()?,
        };
        vm.replace_attr_dict(this, d)
    }
    /// list of weak references to the object
    #[getter("__weakref__")]
    fn weakref(vm: &mut Vm, this: Value) -> Res {
        let refs = vm.interp().weakrefs.get(&(this.bits() as usize));
        Ok(refs.and_then(|r| r.first().copied()).unwrap_or(Value::NONE))
    }
}
