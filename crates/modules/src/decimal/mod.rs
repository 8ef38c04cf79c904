//! `_decimal`: decimal numbers; the arithmetic itself is the crate `decimal`.

mod compare;
mod context;
mod context_methods;
mod convert;
mod format;
mod local;
mod methods;
mod named;
mod number;
mod operators;
mod signals;
mod state;

use ::decimal::context::{MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY, Rounding};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_decimal",
    doc: "C decimal arithmetic module",
    functions: &[local::functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    signals::add(vm, m)?;
    vm.module_add_type(m, &number::SPEC)?;
    vm.module_add_type(m, &state::SPEC)?;
    local::add_contexts(vm, m)?;
    for (_, name) in Rounding::ALL {
        let v = vm.intern(name);
        vm.module_set(m, name, v)?;
    }
    for (name, n) in [
        ("MAX_PREC", MAX_PREC),
        ("MAX_EMAX", MAX_EMAX),
        ("MIN_EMIN", MIN_EMIN),
        ("MIN_ETINY", MIN_ETINY),
        ("IEEE_CONTEXT_MAX_BITS", local::MOST_BITS),
    ] {
        let v = vm.new_int(n)?;
        vm.module_set(m, name, v)?;
    }
    for name in ["HAVE_THREADS", "HAVE_CONTEXTVAR"] {
        vm.module_set(m, name, Value::TRUE)?;
    }
    for (name, text) in [("__version__", "1.70"), ("__libmpdec_version__", "2.5.1")] {
        let v = vm.new_str(text)?;
        vm.module_set(m, name, v)?;
    }
    let class = convert::tuple_class(vm)?;
    vm.module_set(m, "DecimalTuple", class)?;
    register_number(vm)
}

/// `numbers.Number.register(Decimal)`.
fn register_number(vm: &mut Vm) -> Res<()> {
    let numbers = vm.import_module("numbers")?;
    let number = vm.get_attr_str(numbers, "Number")?;
    let class = vm.native_type(&number::SPEC)?.value();
    vm.call_method_str(number, "register", &[class])?;
    Ok(())
}
