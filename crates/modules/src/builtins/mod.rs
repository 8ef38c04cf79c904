//! `builtins`.

mod attributes;
mod classes;
pub mod code;
mod import;
mod iteration;
mod numbers;
mod output;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "builtins",
    doc: "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len is\nthe full name for the built-in function len().\n\nThis module is not normally accessed explicitly by most\napplications, but can be useful in modules that provide\nobjects with the same name as a builtin and need to use\nthe built-in as well.",
    functions: &[
        functions::TABLE,
        attributes::functions::TABLE,
        code::functions::TABLE,
        classes::functions::TABLE,
        import::functions::TABLE,
        iteration::functions::TABLE,
        numbers::functions::TABLE,
        output::functions::TABLE,
    ],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let t = vm.types;
    for c in [
        t.object,
        t.type_,
        t.int,
        t.bool,
        t.float,
        t.complex,
        t.str,
        t.bytes,
        t.bytearray,
        t.memoryview,
        t.tuple,
        t.list,
        t.dict,
        t.set,
        t.frozenset,
        t.range,
        t.slice,
        t.property,
        t.classmethod,
        t.staticmethod,
        t.super_,
        t.enumerate,
        t.zip,
        t.map,
        t.filter,
        t.reversed,
    ] {
        let name = c.name_str();
        vm.module_set(m, &name, c.value())?;
    }
    for c in runtime::types::exceptions_of(&t.exc) {
        let name = c.name_str();
        vm.module_set(m, &name, c.value())?;
    }
    vm.module_set(m, "EnvironmentError", t.exc.OSError.value())?;
    vm.module_set(m, "IOError", t.exc.OSError.value())?;
    let constants = [
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
    ];
    for (name, v) in constants {
        vm.module_set(m, name, v)?;
    }
    let debug = Value::bool(vm.interp().config.optimize == 0);
    vm.module_set(m, "__debug__", debug)
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return the number of items in a container.
    #[native("len($module, obj, /)")]
    fn len(vm: &mut Vm, _m: Value, obj: Value) -> Res<usize> {
        vm.len(obj)
    }
    /// Return whether an object is an instance of a class or of a subclass thereof.
    #[native("isinstance($module, obj, class_or_tuple, /)")]
    fn isinstance(vm: &mut Vm, _m: Value, obj: Value, class: Value) -> Res<bool> {
        vm.is_instance(obj, class)
    }
}
