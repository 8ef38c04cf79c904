//! `_imp`: what importlib needs from the interpreter.

use super::library;
use runtime::code::CodeObj;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_imp",
    doc: "(Extremely) low-level import machinery bits as used by importlib.",
    functions: &[functions::TABLE],
    init,
};

thread_local! {
    /// How often this thread holds the import lock. The interpreter lock is what excludes others.
    static LOCKED: Cell<u32> = const { Cell::new(0) };
}

/// The number that begins our bytecode files; it changes with the opcodes.
pub fn magic() -> u32 {
    let blob = bytecode::encode(&bytecode::Code::default());
    let hash = blob
        .get(12..16)
        .map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    0x0a0d_0000 | (hash & 0xffff)
}

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let n = Value::int_unchecked(i64::from(magic()));
    vm.module_set(m, "pyc_magic_number_token", n)?;
    let how = vm.interp().config.check_hash_pycs.clone();
    let how = how.unwrap_or_else(|| "default".into());
    let how = vm.new_str(&how)?;
    vm.module_set(m, "check_hash_based_pycs", how)
}

fn text(vm: &mut Vm, v: Value, what: &str) -> Res<String> {
    if !v.is_kind(Kind::Str) {
        let got = vm.argument_kind(v);
        return Err(vm.type_error(&format!("{what} argument must be str, not {got}")));
    }
    Ok(vm.display(v))
}

fn is_native(vm: &Vm, name: &str) -> bool {
    vm.interp().native_modules.iter().any(|s| s.name == name)
}

fn fix_filename(vm: &mut Vm, code: Ref<CodeObj>, old: Value, new: Value) -> Res<()> {
    vm.check_native_stack()?;
    if code.filename.get() != Some(old) {
        return Ok(());
    }
    code.filename.write(code, new);
    for v in vm.code_consts(code)? {
        if let Some(inner) = v.downcast::<CodeObj>() {
            fix_filename(vm, inner, old, new)?;
        }
    }
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return True if the import lock is currently held, else False.
    ///
    /// On platforms without threads, return False.
    #[native("lock_held($module, /)")]
    fn lock_held(_vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(LOCKED.get() > 0)
    }
    /// Acquires the interpreter's import lock for the current thread.
    ///
    /// This lock should be used by import hooks to ensure thread-safety when importing
    /// modules. On platforms without threads, this function does nothing.
    #[native("acquire_lock($module, /)")]
    fn acquire_lock(_vm: &mut Vm, _m: Value) -> Res<()> {
        LOCKED.set(LOCKED.get() + 1);
        Ok(())
    }
    /// Release the interpreter's import lock.
    ///
    /// On platforms without threads, this function does nothing.
    #[native("release_lock($module, /)")]
    fn release_lock(vm: &mut Vm, _m: Value) -> Res<()> {
        match LOCKED.get().checked_sub(1) {
            Some(n) => {
                LOCKED.set(n);
                Ok(())
            }
            None => Err(vm.runtime_error("not holding the import lock")),
        }
    }
    /// Returns the list of file suffixes used to identify extension modules.
    #[native("extension_suffixes($module, /)")]
    fn extension_suffixes(vm: &mut Vm, _m: Value) -> Res {
        vm.new_list(&[])
    }
    /// Returns True if the module name corresponds to a built-in module.
    #[native("is_builtin($module, name, /)")]
    fn is_builtin(vm: &mut Vm, _m: Value, name: Value) -> Res<i64> {
        let name = text(vm, name, "is_builtin()")?;
        Ok(match name.as_str() {
            // These cannot be initialised again.
            "sys" | "builtins" => -1,
            n if is_native(vm, n) => 1,
            _ => 0,
        })
    }
    /// Create an extension module.
    #[native("create_builtin($module, spec, /)")]
    fn create_builtin(vm: &mut Vm, _m: Value, spec: Value) -> Res {
        let name = vm.get_attr_str(spec, "name")?;
        if let Some(m) = vm.loaded_module(name)? {
            return Ok(m);
        }
        let text = text(vm, name, "create_builtin()")?;
        let found = vm.interp().native_modules.iter().find(|s| s.name == text);
        match found.copied() {
            Some(s) => Ok(vm.make_native_module(s)?.value()),
            None => Ok(Value::NONE),
        }
    }
    /// Initialize a built-in module.
    #[native("exec_builtin($module, mod, /)")]
    fn exec_builtin(_vm: &mut Vm, _m: Value, _mod: Value) -> Res<i64> {
        Ok(0)
    }
    /// Returns True if the module name corresponds to a frozen module.
    #[native("is_frozen($module, name, /)")]
    fn is_frozen(vm: &mut Vm, _m: Value, name: Value) -> Res<bool> {
        let name = text(vm, name, "is_frozen()")?;
        Ok(library::frozen(&name).is_some())
    }
    /// Returns True if the module name is of a frozen package.
    #[native("is_frozen_package($module, name, /)")]
    fn is_frozen_package(vm: &mut Vm, _m: Value, name: Value) -> Res<bool> {
        let name = text(vm, name, "is_frozen_package()")?;
        if library::frozen(&name).is_none() {
            let class = vm.types.exc.ImportError;
            return Err(vm.error(class, &format!("No such frozen object named {name}")));
        }
        Ok(false)
    }
    /// Return info about the corresponding frozen module (if there is one) or None.
    #[native("find_frozen($module, name, /, *, withdata=False)")]
    fn find_frozen(vm: &mut Vm, _m: Value, name: Value, _withdata: Option<bool>) -> Res {
        let name = text(vm, name, "find_frozen()")?;
        match library::frozen(&name) {
            Some((origin, _)) => {
                let origin = vm.new_str(origin)?;
                vm.new_tuple(&[Value::NONE, Value::FALSE, origin])
            }
            None => Ok(Value::NONE),
        }
    }
    /// Create a code object for a frozen module.
    #[native("get_frozen_object($module, name, data=None, /)")]
    fn get_frozen_object(vm: &mut Vm, _m: Value, name: Value, _data: Option<Value>) -> Res {
        let name = text(vm, name, "get_frozen_object()")?;
        match library::frozen(&name) {
            Some((origin, entry)) => {
                let file = format!("<frozen {origin}>");
                Ok(library::entry_code(vm, entry, &file)?.value())
            }
            None => {
                let class = vm.types.exc.ImportError;
                Err(vm.error(class, &format!("No such frozen object named {name}")))
            }
        }
    }
    /// Initializes a frozen module.
    #[native("init_frozen($module, name, /)")]
    fn init_frozen(vm: &mut Vm, _m: Value, name: Value) -> Res {
        vm.import_absolute(name)
    }
    /// Returns the list of available frozen modules.
    #[native("_frozen_module_names($module, /)")]
    fn frozen_module_names(vm: &mut Vm, _m: Value) -> Res {
        let mut out = vm.new_vec();
        for (name, _) in library::FROZEN {
            let n = vm.new_str(name)?;
            out.push(vm, n)?;
        }
        vm.list_from_vec(out)
    }
    /// (internal-only) Override PyConfig.use_frozen_modules.
    #[native("_override_frozen_modules_for_tests($module, override, /)")]
    fn override_frozen(_vm: &mut Vm, _m: Value, _override: i64) -> Res<()> {
        Ok(())
    }
    /// (internal-only) Override PyInterpreterConfig.check_multi_interp_extensions.
    #[native("_override_multi_interp_extensions_check($module, override, /)")]
    fn override_multi(_vm: &mut Vm, _m: Value, _override: i64) -> Res<i64> {
        Ok(0)
    }
    /// Changes code.co_filename to specify the passed-in file path.
    #[native("_fix_co_filename($module, code, path, /)")]
    fn fix_co_filename(vm: &mut Vm, _m: Value, code: Value, path: Value) -> Res<()> {
        let Some(c) = code.downcast::<CodeObj>() else {
            let got = vm.argument_kind(code);
            return Err(vm.type_error(&format!(
                "_fix_co_filename() argument 1 must be code, not {got}"
            )));
        };
        let old = c.filename.or_none();
        fix_filename(vm, c, old, path)
    }
    #[native("source_hash($module, /, key, source)")]
    fn source_hash(vm: &mut Vm, _m: Value, key: i64, source: Value) -> Res {
        let Some(b) = source.downcast::<BytesObj>() else {
            return Err(vm.type_error("source_hash() argument 'source' must be bytes"));
        };
        let mut k = [0u8; 16];
        k[..8].copy_from_slice(&key.to_le_bytes());
        let h = text::hash::HashKey::from_bytes(k).hash_bytes(b.as_slice());
        vm.new_bytes(&h.to_le_bytes())
    }
    /// The bytes of a library file by its path, or None.
    #[native("_library_data($module, path, /)")]
    fn library_data(vm: &mut Vm, _m: Value, path: Value) -> Res {
        let path = text(vm, path, "_library_data()")?;
        match library::inner_path(vm, &path).and_then(|p| pylib::find(&p)) {
            Some(e) => vm.new_bytes(&e.source()),
            None => Ok(Value::NONE),
        }
    }
    /// Whether a library file is at the path.
    #[native("_library_has($module, path, /)")]
    fn library_has(vm: &mut Vm, _m: Value, path: Value) -> Res<bool> {
        let path = text(vm, path, "_library_has()")?;
        Ok(library::inner_path(vm, &path).is_some_and(|p| pylib::find(&p).is_some()))
    }
    /// The code of the library module at the path.
    #[native("_library_code($module, path, /)")]
    fn library_code(vm: &mut Vm, _m: Value, path: Value) -> Res {
        let path = text(vm, path, "_library_code()")?;
        match library::inner_path(vm, &path).and_then(|p| pylib::find(&p)) {
            Some(e) => Ok(library::entry_code(vm, e, &path)?.value()),
            None => {
                let class = vm.types.exc.ImportError;
                Err(vm.error(class, &format!("no library module at {path}")))
            }
        }
    }
    /// Names in a folder of the library, or None.
    #[native("_library_list($module, path, /)")]
    fn library_list(vm: &mut Vm, _m: Value, path: Value) -> Res {
        let path = text(vm, path, "_library_list()")?;
        let names = library::inner_path(vm, &path).and_then(|p| pylib::list_dir(&p));
        let Some(names) = names else {
            return Ok(Value::NONE);
        };
        let mut out = vm.new_vec();
        for n in names {
            let n = vm.new_str(n)?;
            out.push(vm, n)?;
        }
        vm.list_from_vec(out)
    }
}
