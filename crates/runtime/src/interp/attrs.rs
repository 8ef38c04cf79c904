//! Attribute access with inline caches.
//!
//! A cache holds for a shape plus the version of its class (`ptr` is the address of the version).

use super::{Cx, except, handler, names};
use crate::attr::Binding;
use crate::class::*;
use crate::code::Cache;
use crate::frame::Cont;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

// Kinds of `Cache` of LoadAttr, LoadMethod and StoreAttr.
/// `index`: offset of the slot in the object.
pub const SLOT: u32 = 1;
/// `value`: a class attribute that is no descriptor (LoadAttr) or a function (LoadMethod).
pub const CLASS_VALUE: u32 = 2;
/// `value`: the Python getter of a property.
pub const GETTER: u32 = 3;
/// `value`: address of the entry's value in a module dict; `version` etc. hold the dict's stamp.
pub const MODULE: u32 = 4;
/// `value`: an attribute of the class object itself, for exactly this class (`ptr`: its version).
pub const OF_CLASS: u32 = 5;
/// `index`: offset in the overflow array.
pub const OVERFLOW: u32 = 6;
/// `index`: offset of the new slot, `value`: the new shape.
pub const ADD_SLOT: u32 = 7;
/// Holds nothing: what was met does not cache.
const UNCACHED: u32 = 8;

/// The cache fits the object's shape and its class is unchanged.
#[inline(always)]
unsafe fn hit(c: &Cache, obj: u64) -> bool {
    // SAFETY: `obj` is a cell; `ptr` is a version word when `shape` is not zero.
    unsafe { (*(obj as *const gc::Header)).shape == c.shape && *(c.ptr as *const u32) == c.version }
}

/// Where the slot of a cache of kind SLOT or OVERFLOW is in an object that it fits.
#[inline(always)]
unsafe fn cached_slot(c: &Cache, obj: u64) -> *const u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let place = if c.kind == SLOT {
            obj
        } else {
            *((obj + c.value) as *const u64)
        };
        (place + c.index as u64) as *const u64
    }
}

handler!(load_attr, s => {
    let obj = s.bits(s.w.b());
    let c = &*s.cache();
    if s.get(s.w.b()).is_cell() && hit(c, obj) {
        if c.kind == SLOT {
            let v = *((obj as *const u8).add(c.index as usize) as *const u64);
            if v != 0 {
                s.set_bits(s.w.a(), v);
                return s.next(2);
            }
        } else if c.kind == CLASS_VALUE {
            s.set_bits(s.w.a(), c.value);
            return s.next(2);
        } else {
            return s.goto(load_attr_other);
        }
    }
    s.goto(load_attr_slow)
});
handler!(#[inline(never)] load_attr_other, s => {
    let obj = s.get(s.w.b());
    let c = &*s.cache();
    match c.kind {
        GETTER => {
            let f = Value::from_bits_unchecked(c.value).cast::<FunctionObj>();
            return match enter_getter(s.enter(), f, obj) {
                Ok(()) => s.resume(0),
                Err(_) => s.goto(except::unwind),
            };
        }
        OVERFLOW => {
            if let Some(v) = Value::from_bits(*cached_slot(c, obj.bits())) {
                return s.finish(Ok(v), 2);
            }
        }
        _ => {}
    }
    s.goto(load_attr_slow)
});
handler!(#[cold] #[inline(never)] load_attr_slow, s => {
    let vm = s.enter();
    let obj = s.get(s.w.b());
    let name = s.name(s.ext().x());
    // Module attributes and class attributes have caches of their own.
    let c = &*s.cache();
    if obj.is_kind(Kind::Module) && c.kind == MODULE && obj.cast::<ModuleObj>().dict.get().stamp.get() == module_stamp(c) {
        return s.finish(Ok(Value::from_bits_unchecked(*(c.ptr as *const u64))), 2);
    }
    if obj.is_kind(Kind::Type) && c.kind == OF_CLASS && c.ptr == &raw const obj.cast::<TypeObj>().version as u64 && *(c.ptr as *const u32) == c.version {
        return s.finish(Ok(Value::from_bits_unchecked(c.value)), 2);
    }
    if let Some(c) = s.warm_cache()
        && is_worth_filling(vm, c)
    {
        fill_load(vm, c, obj, name);
    }
    let r = vm.get_attr(obj, name);
    s.finish(r, 2)
});

/// Where what was met did not cache, what is met is looked at again one time in so many. (Where it
/// did, looking at every miss pays: objects of a sort come together.)
const MISSES: u32 = 8;

/// Whether a cache that did not fit is to be filled.
#[inline]
fn is_worth_filling(vm: &mut Vm, c: &Cache) -> bool {
    if c.kind != UNCACHED {
        return true;
    }
    vm.attr_misses = vm.attr_misses.wrapping_add(1);
    vm.attr_misses.is_multiple_of(MISSES)
}

/// Enters the getter of a property in this loop.
#[inline(never)]
fn enter_getter(vm: &mut Vm, f: Ref<FunctionObj>, obj: Value) -> Res<()> {
    // SAFETY: the window lies above the running one.
    unsafe {
        let top = vm.stack_top().add(2);
        vm.push_frame(f, top, None, &[obj], &[], Cont::Store)
    }
}

fn module_stamp(c: &Cache) -> u64 {
    c.version as u64 | (c.index as u64) << 32
}

fn version_address(class: Ref<TypeObj>) -> u64 {
    &raw const class.version as u64
}

/// Fills the cache of LoadAttr when the attribute is of a kind that caches.
#[inline(never)]
fn fill_load(vm: &mut Vm, c: &mut Cache, obj: Value, name: Value) {
    c.shape = 0;
    c.kind = UNCACHED;
    if !obj.is_cell() {
        return;
    }
    if obj.is_kind(Kind::Type) {
        return fill_class(vm, c, obj, name);
    }
    if obj.is_exact(Kind::Module) {
        return fill_module(vm, c, obj, name);
    }
    if obj.is_kind(Kind::Super) || obj.is_kind(Kind::Module) {
        return;
    }
    fill_load_by_shape(vm, c, obj.shape_id(), name);
}

/// Fills the cache of LoadAttr for objects of a shape that have no way of their own.
fn fill_load_by_shape(vm: &mut Vm, c: &mut Cache, shape: u32, name: Value) {
    let shape = vm.shape(shape);
    let class = shape.class;
    if class.has(TypeFlags::GETATTRIBUTE) {
        return;
    }
    let found = vm.lookup(class, name);
    let binding = found.map(|f| vm.binding(f));
    let has_shape_layout = class.dict_place.get() == DictPlace::None
        || (class.dict_place.get() == DictPlace::Slots && !shape.dict_mode);
    if let (Some(f), Some(Binding::Data)) = (found, binding) {
        if let Some(p) = f.downcast::<PropertyObj>()
            && vm.class_of(f) == vm.types.property
            && let Some(get) = p.fget.get()
            && get.is_kind(Kind::Function)
            // An AttributeError of the getter would have to go on to `__getattr__`.
            && !class.has(TypeFlags::GETATTR)
        {
            c.kind = GETTER;
            c.value = get.bits();
        } else if let Some(m) = f.downcast::<MemberObj>()
            && (m.index as u32) < shape.inline_cap
            && class.is_subtype(m.class)
        {
            c.kind = SLOT;
            c.index = shape.slot_offset + 8 + m.index as u32 * 8;
        } else {
            return;
        }
    } else if !has_shape_layout {
        return;
    } else if let Some(slot) = shape.slot_of(name) {
        fill_slot(c, shape, slot);
    } else if let (Some(f), Some(Binding::Plain)) = (found, binding) {
        c.kind = CLASS_VALUE;
        c.value = f.bits();
    } else {
        return;
    }
    c.shape = shape.id;
    c.ptr = version_address(class);
    c.version = class.version.get();
}

/// Where a slot is: in the object or in its overflow array.
fn fill_slot(c: &mut Cache, shape: &Shape, slot: u32) {
    if slot < shape.inline_cap {
        c.kind = SLOT;
        c.index = shape.slot_offset + 8 + slot * 8;
    } else {
        c.kind = OVERFLOW;
        c.index = (slot - shape.inline_cap) * 8 + size_of::<ArrayObj>() as u32;
        c.value = shape.slot_offset as u64;
    }
}

fn fill_class(vm: &mut Vm, c: &mut Cache, obj: Value, name: Value) {
    // SAFETY: the caller checked the kind.
    let class = unsafe { obj.cast::<TypeObj>() };
    let meta = vm.class_of(obj);
    if meta != vm.types.type_ || vm.lookup(meta, name).is_some() {
        return;
    }
    let Some(v) = vm.lookup(class, name) else {
        return;
    };
    if matches!(vm.binding(v), Binding::Plain | Binding::Function) {
        c.kind = OF_CLASS;
        c.ptr = version_address(class);
        c.version = class.version.get();
        c.value = v.bits();
    }
}

fn fill_module(vm: &mut Vm, c: &mut Cache, obj: Value, name: Value) {
    // SAFETY: the caller checked the kind.
    let d = unsafe { obj.cast::<ModuleObj>() }.dict.get();
    if vm.lookup(vm.types.module, name).is_some() {
        return;
    }
    let hash = vm.hash_str(name);
    let Ok(Some(i)) = crate::dict::find(vm, d, name, hash) else {
        return;
    };
    names::watch(vm, d);
    c.kind = MODULE;
    c.version = d.stamp.get() as u32;
    c.index = (d.stamp.get() >> 32) as u32;
    c.ptr = names::value_address(d, i);
}

handler!(load_method, s => {
    let obj = s.bits(s.w.b());
    let c = &*s.cache();
    if s.get(s.w.b()).is_cell() && hit(c, obj) {
        if c.kind == CLASS_VALUE {
            s.set_bits(s.w.a() + 1, obj);
            s.set_bits(s.w.a(), c.value);
            return s.next(2);
        }
        // A callable that the instance holds.
        let v = *cached_slot(c, obj);
        if v != 0 {
            s.set_bits(s.w.a(), 0);
            s.set_bits(s.w.a() + 1, v);
            return s.next(2);
        }
    }
    s.goto(load_method_slow)
});
handler!(#[inline(never)] load_method_slow, s => {
    let vm = s.enter();
    let obj = s.get(s.w.b());
    let name = s.name(s.ext().x());
    let c = &*s.cache();
    if obj.is_kind(Kind::Module) && c.kind == MODULE && obj.cast::<ModuleObj>().dict.get().stamp.get() == module_stamp(c) {
        s.set_bits(s.w.a(), 0);
        s.set_bits(s.w.a() + 1, *(c.ptr as *const u64));
        return s.next(2);
    }
    if obj.is_kind(Kind::Type) && c.kind == OF_CLASS && c.ptr == &raw const obj.cast::<TypeObj>().version as u64 && *(c.ptr as *const u32) == c.version {
        s.set_bits(s.w.a(), 0);
        s.set_bits(s.w.a() + 1, c.value);
        return s.next(2);
    }
    match find_method(vm, s.warm_cache(), obj, name) {
        Ok((f, second)) => {
            s.set_bits(s.w.a(), f.map_or(0, Value::bits));
            s.set(s.w.a() + 1, second);
            s.next(2)
        }
        Err(_) => s.goto(except::unwind),
    }
});

/// Finds a method to call: `(Some(function), obj)`, or `(None, attribute)`.
#[inline(never)]
pub(super) fn find_method(
    vm: &mut Vm,
    cache: Option<&mut Cache>,
    obj: Value,
    name: Value,
) -> Res<(Option<Value>, Value)> {
    let class = vm.class_of(obj);
    if obj.is_kind(Kind::Type) || obj.is_kind(Kind::Module) {
        if let Some(c) = cache.filter(|c| is_worth_filling(vm, c)) {
            c.shape = 0;
            c.kind = UNCACHED;
            if obj.is_kind(Kind::Type) {
                fill_class(vm, c, obj, name);
            } else if obj.is_exact(Kind::Module) {
                fill_module(vm, c, obj, name);
            }
        }
        return Ok((None, vm.get_attr(obj, name)?));
    }
    if class.has(TypeFlags::GETATTRIBUTE) || obj.is_kind(Kind::Super) {
        return Ok((None, vm.get_attr(obj, name)?));
    }
    let found = vm.lookup(class, name);
    if let Some(f) = found
        && matches!(vm.binding(f), Binding::Function | Binding::NativeMethod)
        && f.downcast::<MethodDescrObj>()
            .is_none_or(|d| d.def.kind == crate::native::DefKind::Method)
    {
        if let Some(v) = vm.instance_get(obj, name) {
            return Ok((None, v));
        }
        let cacheable = obj.is_cell() && {
            let shape = vm.shape(obj.shape_id());
            class.dict_place.get() == DictPlace::None
                || (class.dict_place.get() == DictPlace::Slots && !shape.dict_mode)
        };
        if let (Some(c), true) = (cache, cacheable) {
            c.shape = obj.shape_id();
            c.ptr = version_address(class);
            c.version = class.version.get();
            c.kind = CLASS_VALUE;
            c.value = f.bits();
        }
        return Ok((Some(f), obj));
    }
    if let Some(c) = cache.filter(|c| is_worth_filling(vm, c)) {
        let mut slot = Cache::EMPTY;
        if obj.is_cell() {
            fill_load_by_shape(vm, &mut slot, obj.shape_id(), name);
        }
        *c = if matches!(slot.kind, SLOT | OVERFLOW) {
            slot
        } else {
            Cache {
                kind: UNCACHED,
                ..Cache::EMPTY
            }
        };
    }
    Ok((None, vm.get_attr(obj, name)?))
}

handler!(store_attr, s => {
    let obj = s.bits(s.w.a());
    let c = &*s.cache();
    if s.get(s.w.a()).is_cell() && hit(c, obj) {
        if c.kind == SLOT {
            *((obj as *mut u8).add(c.index as usize) as *mut u64) = s.bits(s.w.b());
            gc::write_barrier(obj as *mut gc::Header);
            return s.next(2);
        }
        if c.kind == ADD_SLOT {
            *((obj as *mut u8).add(c.index as usize) as *mut u64) = s.bits(s.w.b());
            (*(obj as *mut gc::Header)).shape = c.value as u32;
            gc::write_barrier(obj as *mut gc::Header);
            return s.next(2);
        }
        if c.kind == OVERFLOW {
            let array = *((obj as *const u8).add(c.value as usize) as *const u64);
            *((array + c.index as u64) as *mut u64) = s.bits(s.w.b());
            gc::write_barrier(array as *mut gc::Header);
            return s.next(2);
        }
    }
    s.goto(store_attr_slow)
});
handler!(#[cold] #[inline(never)] store_attr_slow, s => {
    let vm = s.enter();
    let obj = s.get(s.w.a());
    let name = s.name(s.ext().x());
    if let Some(c) = s.warm_cache()
        && is_worth_filling(vm, c)
    {
        fill_store(vm, c, obj, name);
    }
    let r = vm.set_attr(obj, name, Some(s.get(s.w.b())));
    s.finish_unit(r, 2)
});

/// Fills the cache of StoreAttr for what the store is about to do.
#[inline(never)]
fn fill_store(vm: &mut Vm, c: &mut Cache, obj: Value, name: Value) {
    c.shape = 0;
    c.kind = UNCACHED;
    if !obj.is_cell() || obj.is_kind(Kind::Type) || obj.is_kind(Kind::Module) {
        return;
    }
    fill_store_by_shape(vm, c, obj.shape_id(), name, obj.is_kind(Kind::Tuple));
}

fn fill_store_by_shape(vm: &mut Vm, c: &mut Cache, shape: u32, name: Value, is_tuple: bool) {
    let shape = vm.shape(shape);
    let class = shape.class;
    if class.has(TypeFlags::SETATTR) {
        return;
    }
    let found = vm.lookup(class, name);
    if let Some(f) = found
        && vm.binding(f).takes_set()
    {
        match f.downcast::<MemberObj>() {
            Some(m)
                if (m.index as u32) < shape.inline_cap
                    && class.is_subtype(m.class)
                    && !is_tuple =>
            {
                c.kind = SLOT;
                c.index = shape.slot_offset + 8 + m.index as u32 * 8;
            }
            _ => return,
        }
    } else if class.dict_place.get() != DictPlace::Slots
        || shape.dict_mode
        || !class.has(TypeFlags::HAS_DICT)
    {
        return;
    } else if let Some(slot) = shape.slot_of(name) {
        fill_slot(c, shape, slot);
    } else {
        let slot = shape.nslots();
        if slot >= shape.inline_cap {
            return;
        }
        let Some(new) = vm.shape_with(shape, name) else {
            return;
        };
        c.kind = ADD_SLOT;
        c.index = shape.slot_offset + 8 + slot * 8;
        c.value = new as u64;
    }
    c.shape = shape.id;
    c.ptr = version_address(class);
    c.version = class.version.get();
}

/// An access to an attribute that a compiler translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Load,
    Method,
    Store,
}

/// What the cache of an access to `name` would hold for the instances of a shape whose class is
/// alive. None: it does not cache.
pub fn cache_for_shape(vm: &mut Vm, access: Access, id: u32, name: Value) -> Option<Cache> {
    let shape = vm.shape(id);
    let class = shape.class;
    if class.kind.get() != Kind::Instance {
        return None;
    }
    let mut c = Cache::EMPTY;
    match access {
        Access::Load => fill_load_by_shape(vm, &mut c, id, name),
        Access::Store => fill_store_by_shape(vm, &mut c, id, name, false),
        Access::Method => {
            let laid_out = class.dict_place.get() == DictPlace::None
                || (class.dict_place.get() == DictPlace::Slots && !shape.dict_mode);
            let f = vm.lookup(class, name)?;
            let plain = vm.binding(f) == Binding::Function && shape.slot_of(name).is_none();
            if !laid_out || !plain || class.has(TypeFlags::GETATTRIBUTE) {
                return None;
            }
            c.kind = CLASS_VALUE;
            c.value = f.bits();
            c.shape = id;
            c.ptr = version_address(class);
            c.version = class.version.get();
        }
    }
    Some(c).filter(|c| c.shape != 0)
}

handler!(delete_attr, s => {
    let name = s.name(s.w.bc());
    let r = s.enter().set_attr(s.get(s.w.a()), name, None);
    s.finish_unit(r, 1)
});

handler!(load_special_method, s => {
    let vm = s.enter();
    match special_method(vm, s.get(s.w.b()), s.w.d()) {
        Ok((f, second)) => {
            s.set_bits(s.w.a(), f.map_or(0, Value::bits));
            s.set(s.w.a() + 1, second);
            s.next(1)
        }
        Err(_) => s.goto(except::unwind),
    }
});

#[inline(never)]
fn special_method(vm: &mut Vm, obj: Value, which: u8) -> Res<(Option<Value>, Value)> {
    let n = vm.names;
    let name = [n.__enter__, n.__exit__, n.__aenter__, n.__aexit__][which as usize & 3];
    let class = vm.class_of(obj);
    match vm.lookup(class, name) {
        Some(f) => match vm.binding(f) {
            Binding::Function => Ok((Some(f), obj)),
            Binding::NativeMethod
                if f.downcast::<MethodDescrObj>()
                    .is_some_and(|d| d.def.kind == crate::native::DefKind::Method) =>
            {
                Ok((Some(f), obj))
            }
            _ => Ok((None, vm.descr_get(f, Some(obj), class)?)),
        },
        None => {
            let is_async = which >= 2;
            let (kind, other) = if is_async {
                ("asynchronous context manager", n.__enter__)
            } else {
                ("context manager", n.__aenter__)
            };
            let missing = vm.display(name);
            let cname = crate::traceback_print::type_name(vm, class);
            let mut text = format!(
                "'{cname}' object does not support the {kind} protocol (missed {missing} method)"
            );
            if vm.lookup(class, other).is_some() {
                let hint = if is_async { "with" } else { "async with" };
                text = format!(
                    "'{cname}' object does not support the {kind} protocol (missed {missing} method) but it supports the {} protocol. Did you mean to use '{hint}'?",
                    if is_async {
                        "context manager"
                    } else {
                        "asynchronous context manager"
                    }
                );
            }
            Err(vm.type_error(&text))
        }
    }
}

handler!(load_super_attr, s => {
    let r = super_value(s).and_then(|obj| {
        let name = s.name(s.ext().x());
        s.enter().get_attr(obj, name)
    });
    s.finish(r, 2)
});
handler!(load_super_method, s => {
    let name = s.name(s.ext().x());
    let b = s.w.b();
    let vm = s.enter();
    // super().method(...) without making the super object.
    if s.get(b) == vm.types.super_.value()
        && let Some(this) = s.get(b + 1).downcast::<TypeObj>()
    {
        let obj = s.get(b + 2);
        let class = vm.class_of(obj);
        if class.is_subtype(this) && name != vm.names.__class__
            && let Some(f) = vm.lookup_after(class, this.value(), name)
            && matches!(vm.binding(f), Binding::Function)
        {
            s.set(s.w.a() + 1, obj);
            s.set(s.w.a(), f);
            return s.next(2);
        }
    }
    match super_value(s).and_then(|obj| vm.get_attr(obj, name)) {
        Ok(v) => {
            s.set_bits(s.w.a(), 0);
            s.set(s.w.a() + 1, v);
            s.next(2)
        }
        Err(_) => s.goto(except::unwind),
    }
});

/// The super object that LoadSuperAttr and LoadSuperMethod speak of.
#[inline(never)]
unsafe fn super_value(s: Cx) -> Res {
    // SAFETY: handler state.
    unsafe {
        let b = s.w.b();
        let vm = s.enter();
        let callable = s.get(b);
        if callable != vm.types.super_.value() && s.w.d() == 1 {
            return vm.call_value(callable, &[]);
        }
        vm.call_value(callable, &[s.get(b + 1), s.get(b + 2)])
    }
}
