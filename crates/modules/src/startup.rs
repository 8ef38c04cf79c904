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
    importer::bootstrap(vm)?;
    let io = vm.import_module("_io")?;
    let open = vm.get_attr_str(io, "open")?;
    vm.dict_set_str(b.dict.get(), "open", open)?;
    crate::io::init_std_streams(vm)
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
pub fn set_main_loader(vm: &mut Vm, main: Ref<ModuleObj>, file: Value) -> Res<()> {
    let external = vm.import_module("_frozen_importlib_external")?;
    let name = vm.intern("__main__");
    let loader = vm.call_method_str(external, "SourceFileLoader", &[name, file])?;
    vm.module_set(main, "__loader__", loader)
}

/// What `import site` does for the program: the builtins for interactive use; the module itself
/// only when there are site-packages.
pub fn site(vm: &mut Vm) -> Res<()> {
    let c = vm.interp().config.clone();
    if c.no_site {
        return Ok(());
    }
    let home = std::env::var("HOME").unwrap_or_default();
    let user = format!("{home}/.local/lib/python3.14/site-packages");
    let own = format!("{}/lib/python3.14/site-packages", c.prefix);
    let has_user = !c.no_user_site && !home.is_empty() && std::path::Path::new(&user).is_dir();
    if has_user || std::path::Path::new(&own).is_dir() {
        vm.import_module("site")?;
        return Ok(());
    }
    let Some(builtins) = vm.interp().builtins else {
        return Ok(());
    };
    let m = vm.import_module("_sitebuiltins")?;
    let eof = vm.new_str("Ctrl-D (i.e. EOF)")?;
    for name in ["quit", "exit"] {
        let n = vm.new_str(name)?;
        let v = vm.call_method_str(m, "Quitter", &[n, eof])?;
        vm.dict_set_str(builtins, name, v)?;
    }
    let help = vm.call_method_str(m, "_Helper", &[])?;
    vm.dict_set_str(builtins, "help", help)?;
    let copyright = vm.sys_attr("copyright").unwrap_or(Value::NONE);
    let credits = vm.new_str(CREDITS)?;
    let license = vm.new_str("See https://www.python.org/psf/license/")?;
    for (name, text) in [
        ("copyright", copyright),
        ("credits", credits),
        ("license", license),
    ] {
        let n = vm.new_str(name)?;
        let v = vm.call_method_str(m, "_Printer", &[n, text])?;
        vm.dict_set_str(builtins, name, v)?;
    }
    Ok(())
}

const CREDITS: &str = "    Thanks to CWI, CNRI, BeOpen, Zope Corporation, the Python Software Foundation,\n    and a cast of thousands for supporting Python development.  See www.python.org\n    for more information.";

/// Ends the program: waits for threads, runs exit functions, flushes the streams. The result is
/// the exit status.
pub fn finish(vm: &mut Vm, status: i32) -> i32 {
    let key = vm.intern("threading");
    if let Ok(Some(threading)) = vm.loaded_module(key)
        && vm.call_method_str(threading, "_shutdown", &[]).is_err()
    {
        vm.write_unraisable(threading);
    }
    if crate::atexit::run(vm).is_err() {
        vm.raised = None;
    }
    vm.stop_other_threads();
    let mut status = status;
    for name in ["stdout", "stderr"] {
        let Some(f) = vm.sys_attr(name).filter(|f| !f.is_none()) else {
            continue;
        };
        let closed = vm.get_attr_str(f, "closed").unwrap_or(Value::FALSE);
        vm.raised = None;
        if closed == Value::TRUE {
            continue;
        }
        if vm.call_method(f, vm.names.flush, &[]).is_err() {
            if name == "stdout" {
                vm.write_unraisable(f);
                status = 120;
            }
            vm.raised = None;
        }
    }
    crate::io::flush_all(vm);
    status
}
