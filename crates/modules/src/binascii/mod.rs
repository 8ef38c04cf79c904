//! `binascii`.

mod base64;
mod hex;
mod quoted;
mod uu;

use runtime::class::TypeObj;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: &[
        base64::functions::TABLE,
        hex::functions::TABLE,
        uu::functions::TABLE,
        quoted::functions::TABLE,
    ],
    init,
};

static KEY: u8 = 0;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let error = exception(vm, "Error", vm.types.exc.ValueError)?;
    let incomplete = exception(vm, "Incomplete", vm.types.exc.Exception)?;
    vm.interp()
        .module_state
        .insert(&raw const KEY as usize, error);
    vm.module_set(m, "Error", error)?;
    vm.module_set(m, "Incomplete", incomplete)
}

fn exception(vm: &mut Vm, name: &str, base: Ref<TypeObj>) -> Res {
    new_exception_class(vm, "binascii", name, base)
}

/// An exception class of a native module.
pub fn new_exception_class(vm: &mut Vm, module: &str, name: &str, base: Ref<TypeObj>) -> Res {
    let d = vm.new_dict()?;
    let module = vm.new_str(module)?;
    vm.dict_set_str(d, "__module__", module)?;
    let name = vm.new_str(name)?;
    let bases = vm.new_tuple(&[base.value()])?;
    vm.call_value(vm.types.type_.value(), &[name, bases, d.value()])
}

/// Raises `binascii.Error`.
fn error(vm: &mut Vm, message: &str) -> Raised {
    let class = vm.interp().module_state.get(&(&raw const KEY as usize));
    match class.and_then(|c| c.downcast::<TypeObj>()) {
        Some(c) => match vm
            .new_str(message)
            .and_then(|m| vm.call_value(c.value(), &[m]))
        {
            Ok(e) => vm.raise_here(e),
            Err(r) => r,
        },
        None => vm.value_error(message),
    }
}

/// The bytes of a bytes-like object.
fn bytes_of(vm: &mut Vm, v: Value) -> Res<Vec<u8>> {
    Ok(vm.get_buffer(v)?.as_slice().to_vec())
}

/// The bytes of a bytes-like object or of an ASCII string.
fn ascii_of(vm: &mut Vm, v: Value) -> Res<Vec<u8>> {
    if let Some(s) = v.downcast::<StrObj>() {
        return match s.as_ascii() {
            Some(a) => Ok(a.as_bytes().to_vec()),
            None => Err(vm.value_error("string argument should contain only ASCII characters")),
        };
    }
    if !vm.has_buffer(v) {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!(
            "argument should be bytes, buffer or ASCII string, not '{name}'"
        )));
    }
    bytes_of(vm, v)
}
