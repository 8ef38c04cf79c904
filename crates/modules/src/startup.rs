//! What must be there before the program's first line.

use crate::importer;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Vm};

/// Makes `builtins` and `sys` and the import system.
pub fn start(vm: &mut Vm) -> Res<()> {
    let sys = make(vm, &crate::sys::SPEC)?;
    let b = make(vm, &crate::builtins::SPEC)?;
    vm.interp().builtins = Some(b.dict.get());
    let import = vm.names.__import__;
    vm.interp().import_function = vm.dict_get_interned(b.dict.get(), import);
    importer::install(vm);
    let _ = sys;
    importer::bootstrap(vm)?;
    let io = make(vm, &crate::io::SPEC)?;
    if let Some(open) = vm.dict_get_str(io.dict.get(), "open") {
        vm.dict_set_str(b.dict.get(), "open", open)?;
    }
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
pub fn make_main(vm: &mut Vm, file: &str) -> Res<Ref<ModuleObj>> {
    let m = vm.new_module("__main__", None)?;
    let name = vm.intern("__main__");
    importer::register(vm, name, m.value())?;
    let file = vm.new_str(file)?;
    vm.module_set(m, "__file__", file)?;
    Ok(m)
}
