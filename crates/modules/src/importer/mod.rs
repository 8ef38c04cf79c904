//! Finding and loading modules: native ones and the embedded library directly, all others by
//! `importlib._bootstrap`.

pub mod compile;
pub mod imp;
mod library;
pub mod spec;

use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

/// Makes this the importer of an interpreter.
pub fn install(vm: &mut Vm) {
    vm.interp().library_source = Some(|path| pylib::find(path).map(|e| e.source().into_owned()));
    vm.interp().import_hook = Some(find_and_load);
    vm.interp().native_modules = crate::MODULES.to_vec();
}

/// Loads a module that is not in `sys.modules` (or is None there).
fn find_and_load(vm: &mut Vm, name: Value) -> Res {
    let text = vm.utf8(name)?;
    if vm.loaded_module(name)?.is_some() {
        let message = format!("import of {text} halted; None in sys.modules");
        return Err(not_found(vm, name, &message));
    }
    if let Some(m) = library::load(vm, name, &text)? {
        if vm.interp().config.verbose > 0 {
            tell(vm, name, m)?;
        }
        return Ok(m);
    }
    let key = vm.intern("_frozen_importlib");
    let bootstrap = vm.loaded_module(key)?;
    match (bootstrap, vm.interp().import_function) {
        (Some(b), Some(import)) => vm.call_method_str(b, "_find_and_load", &[name, import]),
        _ => {
            let shown = vm.display_repr(name)?;
            Err(not_found(vm, name, &format!("No module named {shown}")))
        }
    }
}

/// What importlib says with `-v` of a module it loaded.
#[cold]
fn tell(vm: &mut Vm, name: Value, m: Value) -> Res<()> {
    let loader = vm.get_attr_opt(m, vm.names.__loader__)?;
    let loader = vm.display_repr(loader.unwrap_or(Value::NONE))?;
    let name = vm.display_repr(name)?;
    vm.write_stderr(&format!("import {name} # {loader}\n"));
    Ok(())
}

/// Loads importlib and puts its finders, and the library's, in place.
pub fn bootstrap(vm: &mut Vm) -> Res<()> {
    let sys = vm.import_module("sys")?;
    let imp = vm.import_module("_imp")?;
    let b = vm.import_module("_frozen_importlib")?;
    vm.call_method_str(b, "_install", &[sys, imp])?;
    spec::remember(vm, b)?;
    vm.call_method_str(b, "_install_external_importers", &[])?;
    let library = vm.import_module("_tauraro_library")?;
    vm.call_method_str(library, "install", &[])?;
    spec::remember_loader(vm, library)?;
    // From here on a change of sys.meta_path is the program's.
    let finders = match vm.sys_attr("meta_path") {
        Some(p) => vm.collect(p)?,
        None => vm.new_vec(),
    };
    let finders = vm.new_tuple(&finders)?;
    let key = &raw const FINDERS as usize;
    vm.interp().module_state.insert(key, finders);
    Ok(())
}

/// Key of the tuple of finders that start-up put in sys.meta_path.
static FINDERS: u8 = 0;

/// Whether nobody changed sys.meta_path.
fn is_pristine(vm: &mut Vm) -> bool {
    let key = &raw const FINDERS as usize;
    let known = vm.interp().module_state.get(&key).copied();
    let Some(known) = known.and_then(|k| k.downcast::<TupleObj>()) else {
        // Start-up itself.
        return true;
    };
    let path = vm.sys_attr("meta_path");
    let Some(path) = path.and_then(|p| p.downcast::<ListObj>()) else {
        return false;
    };
    path.len.get() == known.len
        && known
            .items()
            .iter()
            .enumerate()
            .all(|(i, f)| path.get(i) == Some(*f))
}

/// Raises ModuleNotFoundError with its `name`.
pub fn not_found(vm: &mut Vm, name: Value, message: &str) -> Raised {
    let class = vm.types.exc.ModuleNotFoundError;
    let r = vm.error(class, message);
    let Some(e) = vm.raised.take() else { return r };
    match vm.set_attr_str(e, "name", name) {
        Ok(()) => vm.raise(e),
        Err(r) => r,
    }
}

/// Puts a module in `sys.modules`.
pub fn register(vm: &mut Vm, name: Value, m: Value) -> Res<()> {
    match vm.interp().sys_modules {
        Some(d) => vm.dict_set(d.value(), name, m),
        None => Err(vm.runtime_error("unable to get sys.modules")),
    }
}

/// Takes a module out of `sys.modules` again, keeping the exception in flight.
pub fn unregister(vm: &mut Vm, name: Value) {
    let raised = vm.raised.take();
    if let Some(d) = vm.interp().sys_modules {
        let _ = vm.dict_remove(d, name);
    }
    vm.raised = raised;
}

/// The native module of this name, made and registered.
pub fn load_native(vm: &mut Vm, name: Value, text: &str) -> Res<Option<Value>> {
    let found = vm.interp().native_modules.iter().find(|s| s.name == text);
    let Some(declared) = found.copied() else {
        return Ok(None);
    };
    let m = vm.make_native_module(declared)?;
    spec::describe_native(vm, m, name)?;
    register(vm, name, m.value())?;
    Ok(Some(m.value()))
}
