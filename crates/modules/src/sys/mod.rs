//! `sys`.

mod errors;
mod functions;
pub mod hooks;
mod info;
mod monitoring;
mod stdlib_names;
mod tracing;

pub use info::{CACHE_TAG, version_text};

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "sys",
    doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
    functions: &[
        functions::functions::TABLE,
        errors::functions::TABLE,
        hooks::functions::TABLE,
        tracing::functions::TABLE,
        descriptors::TABLE,
    ],
    init,
};

const COPYRIGHT: &str = "Copyright (c) 2001 Python Software Foundation.\nAll Rights Reserved.\n\nCopyright (c) 2000 BeOpen.com.\nAll Rights Reserved.\n\nCopyright (c) 1995-2001 Corporation for National Research Initiatives.\nAll Rights Reserved.\n\nCopyright (c) 1991-1995 Stichting Mathematisch Centrum, Amsterdam.\nAll Rights Reserved.";

/// `sys._jit`: there is no JIT yet.
static JIT: ModuleSpec = ModuleSpec {
    name: "_jit",
    doc: "",
    functions: &[jit::TABLE],
    init: |_: &mut Vm, _: Ref<ModuleObj>| Ok(()),
};

#[derive::natives]
mod descriptors {
    use super::*;

    /// Private function for clearing certain descriptors from a type's dictionary.
    ///
    /// See gh-135228 for context.
    #[native("_clear_type_descriptors($module, type, /)")]
    fn clear_type_descriptors(vm: &mut Vm, _m: Value, class: Value) -> Res<()> {
        let Some(c) = class.downcast::<runtime::class::TypeObj>() else {
            return Err(vm.type_error("argument must be a type"));
        };
        if c.has(runtime::class::TypeFlags::IMMUTABLE) {
            return Err(vm.type_error("argument is immutable"));
        }
        for name in [vm.names.__dict__, vm.names.__weakref__] {
            vm.type_set(c, name, None)?;
        }
        Ok(())
    }
}

#[derive::natives]
mod jit {
    use super::*;

    /// Return True if the current Python executable supports JIT compilation, and False otherwise.
    #[native("is_available($module, /)")]
    fn is_available(_: &mut Vm, _m: Value) -> Res<bool> {
        Ok(false)
    }
    /// Return True if JIT compilation is enabled for the current Python process (implies sys._jit.is_available()), and False otherwise.
    #[native("is_enabled($module, /)")]
    fn is_enabled(_: &mut Vm, _m: Value) -> Res<bool> {
        Ok(false)
    }
    /// Return True if the topmost Python frame is currently executing JIT code (implies sys._jit.is_enabled()), and False otherwise.
    #[native("is_active($module, /)")]
    fn is_active(_: &mut Vm, _m: Value) -> Res<bool> {
        Ok(false)
    }
}

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let jit = vm.make_native_module(&JIT)?;
    vm.module_set(m, "_jit", jit.value())?;
    vm.interp().sys_dict = Some(m.dict.get());
    let modules = match vm.interp().sys_modules {
        Some(d) => d,
        None => {
            let d = vm.new_dict()?;
            vm.interp().sys_modules = Some(d);
            d
        }
    };
    vm.module_set(m, "modules", modules.value())?;
    info::add(vm, m)?;
    add_paths(vm, m)?;
    add_names(vm, m)?;
    add_options(vm, m)?;
    let monitoring = monitoring::make(vm)?;
    vm.module_set(m, "monitoring", monitoring)?;
    for name in [
        "displayhook",
        "excepthook",
        "unraisablehook",
        "breakpointhook",
    ] {
        if let Some(f) = vm.dict_get_str(m.dict.get(), name) {
            vm.module_set(m, &format!("__{name}__"), f)?;
        }
    }
    Ok(())
}

fn str_list(vm: &mut Vm, items: &[String]) -> Res {
    let mut out = vm.new_vec();
    for s in items {
        let v = vm.new_os_str(s)?;
        out.push(vm, v)?;
    }
    vm.list_from_vec(out)
}

fn add_paths(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let c = vm.interp().config.clone();
    for (name, text) in [
        ("executable", &c.executable),
        ("_base_executable", &c.base_executable),
        ("prefix", &c.prefix),
        ("exec_prefix", &c.prefix),
        ("base_prefix", &c.base_prefix),
        ("base_exec_prefix", &c.base_prefix),
        ("_stdlib_dir", &c.stdlib_dir),
    ] {
        let v = vm.new_os_str(text)?;
        vm.module_set(m, name, v)?;
    }
    let mut path = c.python_path.clone();
    path.push(c.stdlib_dir.clone());
    for (name, items) in [
        ("argv", &c.argv),
        ("orig_argv", &c.orig_argv),
        ("path", &path),
    ] {
        let v = str_list(vm, items)?;
        vm.module_set(m, name, v)?;
    }
    for name in ["meta_path", "path_hooks"] {
        let v = vm.new_list(&[])?;
        vm.module_set(m, name, v)?;
    }
    let cache = vm.new_dict()?.value();
    vm.module_set(m, "path_importer_cache", cache)
}

fn add_names(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, text) in [
        ("platform", "linux"),
        ("byteorder", "little"),
        ("copyright", COPYRIGHT),
        ("float_repr_style", "short"),
        ("platlibdir", "lib"),
        ("abiflags", ""),
        ("_framework", ""),
    ] {
        let v = vm.new_str(text)?;
        vm.module_set(m, name, v)?;
    }
    vm.module_set(m, "_home", Value::NONE)?;
    let mut names: Vec<&str> = crate::MODULES.iter().map(|s| s.name).collect();
    names.sort_unstable();
    let mut items = vm.new_vec();
    for n in names {
        let n = vm.intern(n);
        items.push(vm, n)?;
    }
    let builtin = vm.new_tuple(&items)?;
    vm.module_set(m, "builtin_module_names", builtin)?;
    let mut items = vm.new_vec();
    for n in stdlib_names::NAMES {
        let n = vm.new_str(n)?;
        items.push(vm, n)?;
    }
    let all = vm.new_frozenset_from(&items)?;
    vm.module_set(m, "stdlib_module_names", all)
}

fn add_options(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let c = vm.interp().config.clone();
    let warn = str_list(vm, &c.warn_options)?;
    vm.module_set(m, "warnoptions", warn)?;
    let x = vm.new_dict()?;
    for (name, value) in &c.x_options {
        let v = match value {
            Some(v) => vm.new_os_str(v)?,
            None => Value::TRUE,
        };
        let key = vm.new_os_str(name)?;
        vm.dict_set(x.value(), key, v)?;
    }
    vm.module_set(m, "_xoptions", x.value())?;
    vm.module_set(m, "dont_write_bytecode", Value::bool(c.dont_write_bytecode))?;
    let prefix = match &c.pycache_prefix {
        Some(p) => vm.new_os_str(p)?,
        None => Value::NONE,
    };
    vm.module_set(m, "pycache_prefix", prefix)
}
