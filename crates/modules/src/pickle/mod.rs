//! `_pickle`: serialisation of object graphs, and `PickleBuffer`.

mod buffer;
mod build;
mod classes;
mod containers;
mod input;
mod load;
mod memo;
mod opcodes;
mod output;
mod pickler;
mod reduce;
mod save;
mod state;
mod unpickler;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_pickle",
    doc: "Optimized C implementation for the Python pickle module.",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    state::make(vm, m)?;
    for spec in [&pickler::SPEC, &unpickler::SPEC, &buffer::SPEC] {
        vm.module_add_type(m, spec)?;
    }
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Write the pickle of obj to a file.
    #[native(
        "dump($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)"
    )]
    fn dump(
        vm: &mut Vm,
        _m: Value,
        obj: Value,
        file: Value,
        protocol: Option<Value>,
        fix_imports: Option<bool>,
        buffer_callback: Option<Value>,
    ) -> Res<()> {
        let fix = fix_imports.unwrap_or(true);
        let p = pickler::new(vm, Some(file), protocol, fix, buffer_callback)?;
        pickler::dump(vm, p, obj)
    }
    /// The pickle of obj as bytes.
    #[native("dumps($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dumps(
        vm: &mut Vm,
        _m: Value,
        obj: Value,
        protocol: Option<Value>,
        fix_imports: Option<bool>,
        buffer_callback: Option<Value>,
    ) -> Res {
        let fix = fix_imports.unwrap_or(true);
        let p = pickler::new(vm, None, protocol, fix, buffer_callback)?;
        pickler::dump(vm, p, obj)?;
        pickler::result(vm, p)
    }
    /// The object whose pickle a file has.
    #[native(
        "load($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())"
    )]
    fn load(
        vm: &mut Vm,
        _m: Value,
        file: Value,
        fix_imports: Option<bool>,
        encoding: Option<Value>,
        errors: Option<Value>,
        buffers: Option<Value>,
    ) -> Res {
        let fix = fix_imports.unwrap_or(true);
        let u = unpickler::new(vm, fix, encoding, errors, buffers)?;
        unpickler::set_file(vm, u, file)?;
        load::load(vm, u)
    }
    /// The object whose pickle is in bytes.
    #[native(
        "loads($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())"
    )]
    fn loads(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        fix_imports: Option<bool>,
        encoding: Option<Value>,
        errors: Option<Value>,
        buffers: Option<Value>,
    ) -> Res {
        let fix = fix_imports.unwrap_or(true);
        let u = unpickler::new(vm, fix, encoding, errors, buffers)?;
        let bytes = vm.get_buffer(data)?.as_slice().to_vec();
        unpickler::set_bytes(u, bytes);
        load::load(vm, u)
    }
}
