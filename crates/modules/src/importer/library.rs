//! Direct loading of native modules and of the library inside the executable.

use super::{compile, load_native, register, unregister};
use runtime::{Res, Value, Vm};

/// Loads a native module or one of the embedded library; Ok(None) when there is none.
pub fn load(vm: &mut Vm, name: Value, text: &str) -> Res<Option<Value>> {
    let (parent, child) = match text.rsplit_once('.') {
        Some((p, c)) => (Some(p), c),
        None => (None, text),
    };
    if let Some(p) = parent {
        let package = vm.import_module(p)?;
        // The parent may have imported it.
        if let Some(m) = vm.loaded_module(name)? {
            return Ok(Some(m));
        }
        let m = match load_here(vm, name, text)? {
            Some(m) => m,
            None => return Ok(None),
        };
        let key = vm.intern(child);
        vm.set_attr(package, key, Some(m))?;
        return Ok(Some(m));
    }
    load_here(vm, name, text)
}

fn load_here(vm: &mut Vm, name: Value, text: &str) -> Res<Option<Value>> {
    if let Some(m) = load_native(vm, name, text)? {
        return Ok(Some(m));
    }
    match pylib::find_module(text) {
        Some(entry) => load_entry(vm, name, text, entry).map(Some),
        None => load_file(vm, name, text),
    }
}

/// The path that a file of the library shows.
pub fn shown_path(vm: &Vm, path: &str) -> String {
    format!("{}/{path}", vm.interp().config.stdlib_dir)
}

fn load_entry(vm: &mut Vm, name: Value, text: &str, entry: pylib::Entry) -> Res {
    let file = shown_path(vm, entry.path());
    let source = entry.source();
    let source = String::from_utf8_lossy(&source);
    run_module(vm, name, text, &source, &file, entry.is_package_init())
}

fn run_module(
    vm: &mut Vm,
    name: Value,
    text: &str,
    source: &str,
    file: &str,
    is_package: bool,
) -> Res {
    let code = compile::compile_text(vm, source, file, compiler::Mode::Exec, &Default::default())?;
    let m = vm.new_module(text, None)?;
    let file_value = vm.new_str(file)?;
    vm.module_set(m, "__file__", file_value)?;
    let package = if is_package {
        let folder = vm.new_str(file.rsplit_once('/').map_or("", |p| p.0))?;
        let path = vm.new_list(&[folder])?;
        vm.module_set(m, "__path__", path)?;
        text
    } else {
        text.rsplit_once('.').map_or("", |p| p.0)
    };
    let package = vm.intern(package);
    vm.module_set(m, "__package__", package)?;
    register(vm, name, m.value())?;
    let d = m.dict.get();
    match vm.exec_code(code, d, d.value()) {
        Ok(_) => match vm.loaded_module(name)? {
            Some(m) => Ok(m),
            None => Ok(m.value()),
        },
        Err(r) => {
            unregister(vm, name);
            Err(r)
        }
    }
}

fn load_file(vm: &mut Vm, name: Value, text: &str) -> Res<Option<Value>> {
    let Some(path) = vm
        .interp()
        .sys_dict
        .and_then(|d| vm.dict_get_str(d, "path"))
    else {
        return Ok(None);
    };
    let entries = vm.collect(path)?;
    let stem = text.replace('.', "/");
    for i in 0..entries.len() {
        let folder = vm.display(entries[i]);
        for (tail, is_package) in [("/__init__.py", true), (".py", false)] {
            let file = format!("{folder}/{stem}{tail}");
            if let Ok(source) = std::fs::read_to_string(&file) {
                return run_module(vm, name, text, &source, &file, is_package).map(Some);
            }
        }
    }
    Ok(None)
}
