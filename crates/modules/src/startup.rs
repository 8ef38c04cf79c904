//! What must be there before the program's first line.

use crate::importer;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Makes `builtins` and `sys` and the import system.
pub fn start(vm: &mut Vm) -> Res<()> {
    let sys = make(vm, &crate::sys::SPEC)?;
    let b = make(vm, &crate::builtins::SPEC)?;
    vm.interp().builtins = Some(b.dict.get());
    let import = vm.names.__import__;
    vm.interp().import_function = vm.dict_get_interned(b.dict.get(), import);
    importer::install(vm);
    let _ = sys;
    runtime::signals::set_main(vm);
    crate::thread::set_main_ident(vm)?;
    if runtime::signals::set_action(libc::SIGINT, runtime::signals::Action::Handle).is_ok() {
        vm.interp().handles_sigint = true;
    }
    if vm.interp().config.verbose > 0 {
        preliminary_stderr(vm)?;
    }
    importer::bootstrap(vm)?;
    let io = vm.import_module("_io")?;
    let open = vm.get_attr_str(io, "open")?;
    vm.dict_set_str(b.dict.get(), "open", open)?;
    crate::io::init_std_streams(vm)
}

/// What importlib tells its messages to before the streams are made.
fn preliminary_stderr(vm: &mut Vm) -> Res<()> {
    let Some(sys) = vm.interp().sys_dict else {
        return Ok(());
    };
    let mut fields = Vec::new();
    for def in preliminary::TABLE {
        fields.push((def.name, vm.new_native(def, Some(Value::NONE), None, None)?));
    }
    let stream = vm.new_namespace(&fields)?;
    vm.dict_set_str(sys, "stderr", stream)
}

#[derive::natives]
mod preliminary {
    use super::*;

    #[native("write($module, text, /)")]
    fn write(vm: &mut Vm, _m: Value, text: Value) -> Res<()> {
        eprint!("{}", vm.display(text));
        Ok(())
    }
    #[native("flush($module, /)")]
    fn flush(_vm: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
}

fn make(vm: &mut Vm, spec: &'static ModuleSpec) -> Res<Ref<ModuleObj>> {
    let m = vm.make_native_module(spec)?;
    let name = vm.intern(spec.name);
    importer::register(vm, name, m.value())?;
    Ok(m)
}

/// Puts a folder first in sys.path.
pub fn prepend_path(vm: &mut Vm, folder: &str) -> Res<()> {
    vm.interp().config.path_0 = Some(folder.to_string());
    let Some(sys) = vm.interp().sys_dict else {
        return Ok(());
    };
    let mut items = vm.new_vec();
    let first = vm.new_str(folder)?;
    items.push(vm, first)?;
    if let Some(old) = vm.dict_get_str(sys, "path") {
        let old = vm.collect(old)?;
        items.extend(vm, &old)?;
    }
    let path = vm.list_from_vec(items)?;
    vm.dict_set_str(sys, "path", path)
}

/// Key, in the module state, of a value that the executable keeps alive.
static KEPT: u8 = 0;

/// Keeps a value alive for the executable.
pub fn keep(vm: &mut Vm, v: Value) {
    vm.interp().module_state.insert(&raw const KEPT as usize, v);
}

/// The value that `keep` got, or None.
pub fn kept(vm: &mut Vm) -> Value {
    let found = vm.interp().module_state.get(&(&raw const KEPT as usize));
    found.copied().unwrap_or(Value::NONE)
}

/// Makes the module `__main__`.
pub fn make_main(vm: &mut Vm) -> Res<Ref<ModuleObj>> {
    let m = vm.new_module("__main__", None)?;
    let name = vm.intern("__main__");
    importer::register(vm, name, m.value())?;
    let builtins = vm.import_module("builtins")?;
    vm.module_set(m, "__builtins__", builtins)?;
    let importer = vm.import_module("_frozen_importlib")?;
    let loader = vm.get_attr_str(importer, "BuiltinImporter")?;
    vm.module_set(m, "__loader__", loader)?;
    Ok(m)
}

/// Gives `__main__` the loader of its file.
pub fn set_main_loader(vm: &mut Vm, main: Ref<ModuleObj>, file: Value, class: &str) -> Res<()> {
    let external = vm.import_module("_frozen_importlib_external")?;
    let name = vm.intern("__main__");
    let loader = vm.call_method_str(external, class, &[name, file])?;
    vm.module_set(main, "__loader__", loader)
}

/// Imports `site`, unless `-S` was given. The program's own entry of sys.path comes after that.
pub fn site(vm: &mut Vm) -> Res<()> {
    if !vm.interp().config.no_site {
        vm.import_module("site")?;
    }
    Ok(())
}

/// Ends the program: waits for threads, runs exit functions, flushes the streams. The result is
/// the exit status.
pub fn finish(vm: &mut Vm, status: i32) -> i32 {
    let key = vm.intern("threading");
    if let Ok(Some(threading)) = vm.loaded_module(key)
        && vm.call_method_str(threading, "_shutdown", &[]).is_err()
    {
        vm.ignore_exception("on threading shutdown", None);
    }
    if crate::atexit::run(vm).is_err() {
        vm.raised = None;
    }
    vm.stop_other_threads();
    let flushed = flush_streams(vm);
    vm.finalize_rest();
    let again = flush_streams(vm);
    crate::io::flush_all(vm);
    if flushed && again { status } else { 120 }
}

/// Flushes `sys.stdout` and `sys.stderr`; false when that fails.
fn flush_streams(vm: &mut Vm) -> bool {
    let mut fine = true;
    for name in ["stdout", "stderr"] {
        let Some(f) = vm.sys_attr(name).filter(|f| !f.is_none()) else {
            continue;
        };
        let closed = vm.get_attr_str(f, "closed").unwrap_or(Value::FALSE);
        vm.raised = None;
        if closed == Value::TRUE {
            continue;
        }
        // What only memory was lacking for is written below.
        if vm.call_method(f, vm.names.flush, &[]).is_err() && !vm.catch(vm.types.exc.MemoryError) {
            if name == "stdout" {
                vm.ignore_exception("while flushing sys.stdout", None);
            }
            fine = false;
            vm.raised = None;
        }
    }
    fine
}
