//! Direct loading of native modules and of the library inside the executable.

use super::{compile, load_native, register, unregister};
use runtime::code::CodeObj;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Modules that CPython freezes and that have no place in the file system: name and file.
pub const FROZEN: &[(&str, &str)] = &[
    ("_frozen_importlib", "importlib/_bootstrap.py"),
    (
        "_frozen_importlib_external",
        "importlib/_bootstrap_external.py",
    ),
];

/// Modules of the library that files in earlier entries of sys.path do not hide, because CPython
/// freezes them.
const NOT_HIDDEN: &[&str] = &[
    "zipimport",
    "abc",
    "codecs",
    "io",
    "_collections_abc",
    "_sitebuiltins",
    "genericpath",
    "ntpath",
    "posixpath",
    "os",
    "site",
    "stat",
    "runpy",
    "_tauraro_library",
];

/// Original name and file of a frozen module.
pub fn frozen(name: &str) -> Option<(&'static str, pylib::Entry)> {
    let (_, path) = FROZEN.iter().find(|f| f.0 == name)?;
    let origin = match name {
        "_frozen_importlib" => "importlib._bootstrap",
        _ => "importlib._bootstrap_external",
    };
    Some((origin, pylib::find(path)?))
}

/// The path inside the library of a path that Python code sees.
pub fn inner_path(vm: &Vm, path: &str) -> Option<String> {
    let rest = path.strip_prefix(vm.interp().config.stdlib_dir.as_str())?;
    match rest.strip_prefix('/') {
        Some(p) => Some(p.to_string()),
        None if rest.is_empty() => Some(String::new()),
        None => None,
    }
}

/// The code of a library module, decoded or compiled.
pub fn entry_code(vm: &mut Vm, entry: pylib::Entry, file: &str) -> Res<Ref<CodeObj>> {
    if let Some(blob) = entry.code(vm.interp().config.optimize) {
        // SAFETY: the build script verifies what it embeds.
        if let Some(code) = unsafe { vm.load_embedded(blob, file)? } {
            return Ok(code);
        }
    }
    let source = entry.source();
    let source = String::from_utf8_lossy(&source);
    let options = compiler::Options {
        optimize: vm.interp().config.optimize,
        ..Default::default()
    };
    compile::compile_text(vm, &source, file, compiler::Mode::Exec, &options)
}

/// Loads a native module or one of the embedded library; Ok(None) when that is not certain to be
/// what the import system would find.
pub fn load(vm: &mut Vm, name: Value, text: &str) -> Res<Option<Value>> {
    if !super::is_pristine(vm) {
        return Ok(None);
    }
    let Some((parent, child)) = text.rsplit_once('.') else {
        return load_top(vm, name, text);
    };
    if pylib::find_module(text).is_none() {
        return Ok(None);
    }
    let package = vm.import_module(parent)?;
    // The parent may have imported it.
    if let Some(m) = vm.loaded_module(name)? {
        return Ok(Some(m));
    }
    let Some(entry) = pylib::find_module(text) else {
        return Ok(None);
    };
    // Only where the parent is the library's own package, with one folder.
    let path = vm.get_attr_opt(package, vm.names.__path__)?;
    let folder = shown_path(vm, &parent.replace('.', "/"));
    let own = match path.and_then(|p| p.downcast::<ListObj>()) {
        Some(l) if l.len.get() == 1 => l.get(0).is_some_and(|v| vm.str_equals(v, &folder)),
        _ => false,
    };
    if !own {
        return Ok(None);
    }
    let m = load_entry(vm, name, text, entry)?;
    let key = vm.intern(child);
    vm.set_attr(package, key, Some(m))?;
    Ok(Some(m))
}

fn load_top(vm: &mut Vm, name: Value, text: &str) -> Res<Option<Value>> {
    if let Some(m) = load_native(vm, name, text)? {
        return Ok(Some(m));
    }
    if text == "_frozen_importlib"
        && let Some((origin, entry)) = frozen(text)
    {
        let file = format!("<frozen {origin}>");
        let code = entry_code(vm, entry, &file)?;
        let m = vm.new_module(text, None)?;
        let empty = vm.names.empty;
        vm.module_set(m, "__package__", empty)?;
        // FrozenImporter._fix_up_module asks for it.
        let origin = vm.new_str(origin)?;
        vm.module_set(m, "__origname__", origin)?;
        return run(vm, name, m, code).map(Some);
    }
    let Some(entry) = pylib::find_module(text) else {
        return Ok(None);
    };
    if text.starts_with("_frozen_") {
        return Ok(None);
    }
    if !NOT_HIDDEN.contains(&text) && may_be_hidden(vm, text)? {
        return Ok(None);
    }
    load_entry(vm, name, text, entry).map(Some)
}

/// Whether an entry of sys.path before the library's may hold a module of this name.
fn may_be_hidden(vm: &mut Vm, text: &str) -> Res<bool> {
    let Some(path) = vm.sys_attr("path") else {
        return Ok(true);
    };
    let Some(path) = path.downcast::<ListObj>() else {
        return Ok(true);
    };
    let mut i = 0;
    while let Some(v) = path.get(i) {
        i += 1;
        let Some(folder) = v.downcast::<StrObj>() else {
            continue;
        };
        let folder = folder.to_string();
        if folder == vm.interp().config.stdlib_dir {
            return Ok(false);
        }
        let folder = if folder.is_empty() { "." } else { &folder };
        let at = std::path::Path::new(folder);
        // Archives and other files are importlib's business.
        if at.is_file()
            || at.join(text).is_dir()
            || at.join(format!("{text}.py")).exists()
            || at.join(format!("{text}.pyc")).exists()
        {
            return Ok(true);
        }
    }
    // The library is not on sys.path at all.
    Ok(true)
}

/// The path that a file of the library shows.
pub fn shown_path(vm: &Vm, path: &str) -> String {
    format!("{}/{path}", vm.interp().config.stdlib_dir)
}

fn load_entry(vm: &mut Vm, name: Value, text: &str, entry: pylib::Entry) -> Res {
    let file = shown_path(vm, entry.path());
    let code = entry_code(vm, entry, &file)?;
    let m = vm.new_module(text, None)?;
    let file_value = vm.new_str(&file)?;
    vm.module_set(m, "__file__", file_value)?;
    let mut places = Value::NONE;
    let package = if entry.is_package_init() {
        let folder = vm.new_str(file.rsplit_once('/').map_or("", |p| p.0))?;
        places = vm.new_list(&[folder])?;
        vm.module_set(m, "__path__", places)?;
        text
    } else {
        text.rsplit_once('.').map_or("", |p| p.0)
    };
    let package = vm.intern(package);
    vm.module_set(m, "__package__", package)?;
    super::spec::describe_library(vm, m, name, file_value, places)?;
    run(vm, name, m, code)
}

/// Runs a module's code in it, registered.
fn run(vm: &mut Vm, name: Value, m: Ref<ModuleObj>, code: Ref<CodeObj>) -> Res {
    register(vm, name, m.value())?;
    let d = m.dict.get();
    super::spec::set_initializing(vm, m, true)?;
    let r = vm.exec_code(code, d, d.value());
    match r {
        Ok(_) => {
            super::spec::set_initializing(vm, m, false)?;
            match vm.loaded_module(name)? {
                Some(m) => Ok(m),
                None => {
                    let shown = vm.display_repr(name)?;
                    let text = vm.new_str(&format!("{shown} not in sys.modules"))?;
                    Err(vm.key_error(text))
                }
            }
        }
        Err(r) => {
            unregister(vm, name);
            Err(r)
        }
    }
}
