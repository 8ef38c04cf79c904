//! `_typing`: the native part of `typing`.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::types::typevar::{alias, generic, paramspec, tuple, var};
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_typing",
    doc: "Primitives and accelerators for the typing module.\n",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for spec in [
        &var::SPEC,
        &paramspec::SPEC,
        &paramspec::ARGS,
        &paramspec::KWARGS,
        &tuple::SPEC,
        &alias::SPEC,
        &generic::SPEC,
    ] {
        vm.module_add_type(m, spec)?;
    }
    let union = vm.types.union.value();
    vm.module_set(m, "Union", union)?;
    let no_default = vm.no_default()?;
    vm.module_set(m, "NoDefault", no_default)
}

#[derive::natives]
mod functions {
    use super::*;

    #[native("_idfunc($module, x, /)")]
    fn idfunc(_: &mut Vm, _m: Value, x: Value) -> Res {
        Ok(x)
    }
}
