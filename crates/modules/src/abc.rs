//! `_abc`: the machinery of `abc.ABCMeta`.

use crate::payloads::{payload, payload_type};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm, dict};
use std::cell::Cell;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_abc",
    doc: "Module contains faster C implementation of abc.ABCMeta",
    functions: &[functions::TABLE],
    init: |_, _| Ok(()),
};

payload! {
    /// What `_abc_impl` of an abstract class holds. The dicts map a class's address to a weak
    /// reference to it.
    struct AbcData {
        registry: Cell<Value>,
        cache: Cell<Value>,
        negative: Cell<Value>,
        /// Value of the invalidation counter when `negative` was last cleared.
        version: Cell<i64>,
    }
}

static DATA: TypeSpec = payload_type! {
    name: "_abc_data",
    module: "_abc",
    doc: "Internal state held by ABC machinery.",
    flags: TypeFlags::NO_INSTANCES,
};

static COUNTER: u8 = 0;

/// How many registrations there were in this interpreter.
fn counter(vm: &mut Vm) -> i64 {
    let key = &raw const COUNTER as usize;
    let n = vm.interp().module_state.get(&key);
    n.and_then(|n| n.as_small_int()).unwrap_or(0)
}

fn data<'a>(vm: &mut Vm, class: Value) -> Res<&'a AbcData> {
    let v = vm.get_attr(class, vm.names._abc_impl)?;
    match v.payload::<AbcData>() {
        Some(d) => Ok(d),
        None => Err(vm.type_error("_abc_impl is set to a wrong type")),
    }
}

/// A key for a class: its address as a small int.
fn key_of(class: Value) -> Value {
    Value::int_unchecked((class.bits() >> 4) as i64)
}

/// The class is in a dict of weak references.
fn has(vm: &mut Vm, d: Value, class: Value) -> Res<bool> {
    // SAFETY: the fields of AbcData are dicts.
    let d = unsafe { d.cast::<DictObj>() };
    let found = vm.dict_get(d, key_of(class))?;
    Ok(found
        .and_then(|w| w.downcast::<WeakRefObj>())
        .is_some_and(|w| w.target.get() == Some(class)))
}

fn add(vm: &mut Vm, d: Value, class: Value) -> Res<()> {
    if class.is_cell() {
        let w = vm.new_weakref(class)?;
        vm.dict_set(d, key_of(class), w)?;
    }
    Ok(())
}

/// Collects the names of abstract attributes of `class` and its bases.
fn abstract_names(vm: &mut Vm, class: Value) -> Res<Ref<SetObj>> {
    let names = vm.new_set()?;
    let ns = vm.get_attr(class, vm.names.__dict__)?;
    let items = vm.call_method(ns, vm.names.items, &[])?;
    for pair in vm.collect(items)?.iter() {
        let pair = vm.collect(*pair)?;
        if pair.len() == 2 && is_abstract(vm, pair[1])? {
            vm.set_add(names, pair[0])?;
        }
    }
    let bases = vm.get_attr(class, vm.names.__bases__)?;
    for base in vm.collect(bases)?.iter() {
        let Some(inherited) = vm.get_attr_opt(*base, vm.names.__abstractmethods__)? else {
            continue;
        };
        for name in vm.collect(inherited)?.iter() {
            if let Some(v) = vm.get_attr_opt(class, *name)?
                && is_abstract(vm, v)?
            {
                vm.set_add(names, *name)?;
            }
        }
    }
    Ok(names)
}

fn is_abstract(vm: &mut Vm, v: Value) -> Res<bool> {
    match vm.get_attr_opt(v, vm.names.__isabstractmethod__)? {
        Some(flag) => vm.truth(flag),
        None => Ok(false),
    }
}

/// Gives a class and all its subclasses the pattern-matching flag of `from`.
fn inherit_collection_flag(vm: &mut Vm, from: Ref<TypeObj>, to: Ref<TypeObj>) -> Res<()> {
    let both = TypeFlags::SEQUENCE | TypeFlags::MAPPING;
    let flag = from.flags.get() & both;
    if !flag.is_empty() {
        set_flag(vm, to, flag)?;
    }
    Ok(())
}

fn set_flag(vm: &mut Vm, class: Ref<TypeObj>, flag: TypeFlags) -> Res<()> {
    vm.check_native_stack()?;
    let both = TypeFlags::SEQUENCE | TypeFlags::MAPPING;
    if class.has(TypeFlags::IMMUTABLE) || class.flags.get() & both == flag {
        return Ok(());
    }
    class.flags.set((class.flags.get() - both) | flag);
    for sub in vm.subclasses_of(class) {
        set_flag(vm, sub, flag)?;
    }
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Returns the current ABC cache token.
    ///
    /// The token is an opaque object (supporting equality testing) identifying the
    /// current version of the ABC cache for virtual subclasses. The token changes
    /// with every call to register() on any ABC.
    #[native("get_cache_token($module, /)")]
    fn get_cache_token(vm: &mut Vm, _m: Value) -> Res<i64> {
        Ok(counter(vm))
    }
    /// Internal ABC helper for class set-up. Should be never used outside abc module.
    #[native("_abc_init($module, self, /)")]
    fn abc_init(vm: &mut Vm, _m: Value, class: Value) -> Res<()> {
        let names = abstract_names(vm, class)?;
        let frozen = vm.new_frozenset()?;
        dict::copy_into(vm, frozen, names)?;
        vm.set_attr(class, vm.names.__abstractmethods__, Some(frozen.value()))?;
        let type_ = vm.native_type(&DATA)?;
        let version = counter(vm);
        let (registry, cache, negative) = (vm.new_dict()?, vm.new_dict()?, vm.new_dict()?);
        let data = vm.new_payload(
            type_,
            AbcData {
                registry: Cell::new(registry.value()),
                cache: Cell::new(cache.value()),
                negative: Cell::new(negative.value()),
                version: Cell::new(version),
            },
        )?;
        vm.set_attr(class, vm.names._abc_impl, Some(data))?;
        collection_flags(vm, class)
    }
    /// Internal ABC helper for subclasss registration. Should be never used outside abc module.
    #[native("_abc_register($module, self, subclass, /)")]
    fn abc_register(vm: &mut Vm, _m: Value, class: Value, subclass: Value) -> Res {
        let Some(sub) = subclass.downcast::<TypeObj>() else {
            return Err(vm.type_error("Can only register classes"));
        };
        if vm.is_subclass(subclass, class)? {
            return Ok(subclass);
        }
        if vm.is_subclass(class, subclass)? {
            return Err(vm.runtime_error("Refusing to create an inheritance cycle"));
        }
        let d = data(vm, class)?;
        add(vm, d.registry.get(), subclass)?;
        let n = counter(vm) + 1;
        vm.interp()
            .module_state
            .insert(&raw const COUNTER as usize, Value::int_unchecked(n));
        if let Some(c) = class.downcast::<TypeObj>() {
            inherit_collection_flag(vm, c, sub)?;
        }
        Ok(subclass)
    }
    /// Internal ABC helper for instance checks. Should be never used outside abc module.
    #[native("_abc_instancecheck($module, self, instance, /)")]
    fn abc_instancecheck(vm: &mut Vm, _m: Value, class: Value, instance: Value) -> Res {
        let d = data(vm, class)?;
        let subclass = vm.get_attr(instance, vm.names.__class__)?;
        if has(vm, d.cache.get(), subclass)? {
            return Ok(Value::TRUE);
        }
        let subtype = vm.class_of(instance).value();
        let check = vm.names.__subclasscheck__;
        if subtype == subclass {
            if d.version.get() == counter(vm) && has(vm, d.negative.get(), subclass)? {
                return Ok(Value::FALSE);
            }
            return vm.call_method(class, check, &[subclass]);
        }
        let r = vm.call_method(class, check, &[subclass])?;
        if vm.truth(r)? {
            return Ok(r);
        }
        vm.call_method(class, check, &[subtype])
    }
    /// Internal ABC helper for subclasss checks. Should be never used outside abc module.
    #[native("_abc_subclasscheck($module, self, subclass, /)")]
    fn abc_subclasscheck(vm: &mut Vm, _m: Value, class: Value, subclass: Value) -> Res<bool> {
        if !subclass.is_kind(Kind::Type) {
            return Err(vm.type_error("issubclass() arg 1 must be a class"));
        }
        let d = data(vm, class)?;
        if has(vm, d.cache.get(), subclass)? {
            return Ok(true);
        }
        let now = counter(vm);
        if d.version.get() < now {
            d.negative.set(vm.new_dict()?.value());
            d.version.set(now);
        } else if has(vm, d.negative.get(), subclass)? {
            return Ok(false);
        }
        let found = check_uncached(vm, class, subclass, d)?;
        let into = if found {
            d.cache.get()
        } else {
            d.negative.get()
        };
        add(vm, into, subclass)?;
        Ok(found)
    }
    /// Internal ABC helper for cache and registry debugging.
    ///
    /// Return shallow copies of registry, of both caches, and
    /// negative cache version. Don't call this function directly,
    /// instead use ABC._dump_registry() for a nice repr.
    #[native("_get_dump($module, self, /)")]
    fn get_dump(vm: &mut Vm, _m: Value, class: Value) -> Res {
        let d = data(vm, class)?;
        let mut out = vm.new_vec();
        for table in [d.registry.get(), d.cache.get(), d.negative.get()] {
            let values = vm.call_method(table, vm.names.values, &[])?;
            let s = vm.set_of(values)?;
            out.push(vm, s.value())?;
        }
        let version = vm.new_int(d.version.get())?;
        out.push(vm, version)?;
        vm.new_tuple(&out)
    }
    /// Internal ABC helper to reset registry of a given class.
    ///
    /// Should be only used by refleak.py
    #[native("_reset_registry($module, self, /)")]
    fn reset_registry(vm: &mut Vm, _m: Value, class: Value) -> Res<()> {
        let d = data(vm, class)?;
        d.registry.set(vm.new_dict()?.value());
        Ok(())
    }
    /// Internal ABC helper to reset both caches of a given class.
    ///
    /// Should be only used by refleak.py
    #[native("_reset_caches($module, self, /)")]
    fn reset_caches(vm: &mut Vm, _m: Value, class: Value) -> Res<()> {
        let d = data(vm, class)?;
        d.cache.set(vm.new_dict()?.value());
        d.negative.set(vm.new_dict()?.value());
        Ok(())
    }
}

/// `__abc_tpflags__` of the class statement becomes a flag of the type.
fn collection_flags(vm: &mut Vm, class: Value) -> Res<()> {
    let Some(c) = class.downcast::<TypeObj>() else {
        return Ok(());
    };
    let name = vm.intern("__abc_tpflags__");
    let Some(v) = vm.dict_get_interned(c.dict.get(), name) else {
        return Ok(());
    };
    let bits = vm.index_i64(v)?;
    // Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING.
    let flag = match bits & 0x60 {
        0x20 => TypeFlags::SEQUENCE,
        0x40 => TypeFlags::MAPPING,
        0x60 => {
            return Err(vm.type_error(
                "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
            ));
        }
        _ => TypeFlags::empty(),
    };
    if !flag.is_empty() {
        let both = TypeFlags::SEQUENCE | TypeFlags::MAPPING;
        c.flags.set((c.flags.get() - both) | flag);
    }
    vm.set_attr(class, name, None)
}

/// The check that comes after the caches: the hook, the MRO, registered classes, subclasses.
fn check_uncached(vm: &mut Vm, class: Value, subclass: Value, d: &AbcData) -> Res<bool> {
    let ok = vm.call_method(class, vm.names.__subclasshook__, &[subclass])?;
    match ok {
        Value::TRUE => return Ok(true),
        Value::FALSE => return Ok(false),
        Value::NOT_IMPLEMENTED => {}
        _ => {
            return Err(vm.assertion_error(
                "__subclasshook__ must return either False, True, or NotImplemented",
            ));
        }
    }
    if let (Some(c), Some(s)) = (class.downcast::<TypeObj>(), subclass.downcast::<TypeObj>())
        && s.is_subtype(c)
    {
        return Ok(true);
    }
    let registered = vm.call_method(d.registry.get(), vm.names.values, &[])?;
    for w in vm.collect(registered)?.iter() {
        if let Some(r) = w.downcast::<WeakRefObj>().and_then(|w| w.target.get())
            && vm.is_subclass(subclass, r)?
        {
            return Ok(true);
        }
    }
    let subs = vm.call_method_str(class, "__subclasses__", &[])?;
    for sub in vm.collect(subs)?.iter() {
        if vm.is_subclass(subclass, *sub)? {
            return Ok(true);
        }
    }
    Ok(false)
}
