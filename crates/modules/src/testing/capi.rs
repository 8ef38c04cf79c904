//! `_testcapi`.

use super::{calls, docstrings, exceptions, limits, monitoring};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_testcapi",
    doc: "",
    functions: &[
        calls::TABLE,
        calls::callers::TABLE,
        docstrings::TABLE,
        exceptions::TABLE,
        functions::TABLE,
        monitoring::functions::TABLE,
    ],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    limits::add(vm, m)?;
    for spec in calls::TYPES {
        vm.module_add_type(m, spec)?;
    }
    vm.module_add_type(m, &calls::awaitable::SPEC)?;
    vm.module_add_type(m, &monitoring::SPEC)?;
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// An option of the running interpreter by its name in PyConfig.
    #[native("config_get($module, name, /)", nosig)]
    fn config_get(vm: &mut Vm, _m: Value, name: Value) -> Res {
        let text = vm.utf8(name)?;
        let flag = match &text[..] {
            // Positions are always kept.
            "code_debug_ranges" => {
                return Ok(Value::bool(!vm.interp().config.no_debug_ranges));
            }
            "optimization_level" => "optimize",
            "bytes_warning" => "bytes_warning",
            "inspect" => "inspect",
            "interactive" => "interactive",
            "isolated" => "isolated",
            "verbose" => "verbose",
            "quiet" => "quiet",
            _ => {
                let text = format!("unknown config option name: {text}");
                return Err(vm.value_error(&text));
            }
        };
        let flags = vm.sys_attr("flags").unwrap_or(Value::NONE);
        vm.get_attr_str(flags, flag)
    }
}
