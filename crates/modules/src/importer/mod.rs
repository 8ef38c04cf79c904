//! Finding and loading modules: native ones and the embedded library directly, all others by
//! `importlib._bootstrap`.

pub mod compile;
mod library;

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
        return Ok(m);
    }
    let shown = vm.display_repr(name)?;
    Err(not_found(vm, name, &format!("No module named {shown}")))
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
    let Some(spec) = found.copied() else {
        return Ok(None);
    };
    let m = vm.make_native_module(spec)?;
    register(vm, name, m.value())?;
    Ok(Some(m.value()))
}
