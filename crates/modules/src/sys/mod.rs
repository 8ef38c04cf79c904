//! `sys`.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "sys",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
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
    let argv = vm.interp().config.argv.clone();
    let mut items = vm.new_vec();
    for a in &argv {
        let v = vm.new_str(a)?;
        items.push(vm, v)?;
    }
    let argv = vm.list_from_vec(items)?;
    vm.module_set(m, "argv", argv)?;
    let path = vm.new_list(&[])?;
    vm.module_set(m, "path", path)?;
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// ``Intern'' the given string.
    ///
    /// This enters the string in the (global) table of interned strings whose
    /// purpose is to speed up dictionary lookups. Return the string itself or
    /// the previously interned string object with the same value.
    #[native("intern($module, string, /)")]
    fn intern(vm: &mut Vm, _m: Value, string: Value) -> Res {
        if !string.is_kind(Kind::Str) {
            let got = vm.class_name(string);
            return Err(vm.type_error(&format!("intern() argument must be str, not {got}")));
        }
        if !string.is_exact(Kind::Str) {
            let got = vm.class_name(string);
            return Err(vm.type_error(&format!("can't intern {got}")));
        }
        Ok(vm.intern_value(string))
    }
}
