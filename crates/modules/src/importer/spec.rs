//! Module specs made without importlib's Python code.

use runtime::class::TypeObj;
use runtime::object::*;
use runtime::{Res, Value, Vm};

// Keys, in the module state, of what bootstrapping found.
static SPEC_CLASS: u8 = 0;
static BUILTIN_IMPORTER: u8 = 0;
static LIBRARY_LOADER: u8 = 0;

fn put(vm: &mut Vm, key: &'static u8, v: Value) {
    vm.interp()
        .module_state
        .insert(std::ptr::from_ref(key) as usize, v);
}

fn get(vm: &Vm, key: &'static u8) -> Option<Value> {
    let key = std::ptr::from_ref(key) as usize;
    vm.interp().module_state.get(&key).copied()
}

/// Remembers importlib's classes.
pub fn remember(vm: &mut Vm, bootstrap: Value) -> Res<()> {
    let class = vm.get_attr_str(bootstrap, "ModuleSpec")?;
    put(vm, &SPEC_CLASS, class);
    let importer = vm.get_attr_str(bootstrap, "BuiltinImporter")?;
    put(vm, &BUILTIN_IMPORTER, importer);
    Ok(())
}

/// Remembers the library's loader class.
pub fn remember_loader(vm: &mut Vm, library: Value) -> Res<()> {
    let class = vm.get_attr_str(library, "LibraryLoader")?;
    put(vm, &LIBRARY_LOADER, class);
    Ok(())
}

/// A ModuleSpec with the attributes that its `__init__` sets, in that order.
fn make(
    vm: &mut Vm,
    name: Value,
    loader: Value,
    origin: Value,
    places: Value,
    located: bool,
) -> Res<Option<Value>> {
    let class = get(vm, &SPEC_CLASS).and_then(|c| c.downcast::<TypeObj>());
    let Some(class) = class else {
        return Ok(None);
    };
    let spec = vm.new_instance(class)?;
    let submodules = vm.new_list(&[])?;
    for (key, v) in [
        ("name", name),
        ("loader", loader),
        ("origin", origin),
        ("loader_state", Value::NONE),
        ("submodule_search_locations", places),
        ("_uninitialized_submodules", submodules),
        ("_set_fileattr", Value::bool(located)),
        ("_cached", Value::NONE),
    ] {
        let key = vm.intern(key);
        vm.set_attr(spec, key, Some(v))?;
    }
    Ok(Some(spec))
}

/// Gives a module of the library its loader and spec.
pub fn describe_library(
    vm: &mut Vm,
    m: Ref<ModuleObj>,
    name: Value,
    file: Value,
    places: Value,
) -> Res<()> {
    let class = get(vm, &LIBRARY_LOADER).and_then(|c| c.downcast::<TypeObj>());
    let loader = match class {
        Some(c) => {
            let l = vm.new_instance(c)?;
            vm.set_attr_str(l, "name", name)?;
            vm.set_attr_str(l, "path", file)?;
            l
        }
        None => Value::NONE,
    };
    attach(vm, m, name, loader, file, places, true)
}

/// Gives a native module its loader and spec.
pub fn describe_native(vm: &mut Vm, m: Ref<ModuleObj>, name: Value) -> Res<()> {
    let Some(importer) = get(vm, &BUILTIN_IMPORTER) else {
        return Ok(());
    };
    let origin = vm.intern("built-in");
    let empty = vm.names.empty;
    vm.module_set(m, "__package__", empty)?;
    attach(vm, m, name, importer, origin, Value::NONE, false)
}

fn attach(
    vm: &mut Vm,
    m: Ref<ModuleObj>,
    name: Value,
    loader: Value,
    origin: Value,
    places: Value,
    located: bool,
) -> Res<()> {
    if let Some(spec) = make(vm, name, loader, origin, places, located)? {
        vm.module_set(m, "__loader__", loader)?;
        vm.module_set(m, "__spec__", spec)?;
    }
    Ok(())
}

/// Sets `__spec__._initializing`.
pub fn set_initializing(vm: &mut Vm, m: Ref<ModuleObj>, on: bool) -> Res<()> {
    let key = vm.names.__spec__;
    match vm.dict_get_interned(m.dict.get(), key) {
        Some(s) if !s.is_none() => {
            let key = vm.names._initializing;
            vm.set_attr(s, key, Some(Value::bool(on)))
        }
        _ => Ok(()),
    }
}
