//! `ParamSpec`, `ParamSpecArgs` and `ParamSpecKwargs`.

use super::{BASE, Param, Sort, common, param};
use crate::class::{DictPlace, TypeSpec};
use crate::payload::{Payload, mark};
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "ParamSpec",
    doc: "Parameter specification variable.\n\nThe preferred way to construct a parameter specification is via the\ndedicated syntax for generic functions, classes, and type aliases,\nwhere the use of '**' creates a parameter specification.",
    tables: &[
        methods::TABLE,
        common::TABLE,
        super::super::dict_attr::methods::TABLE,
    ],
    ..BASE
};

pub static ARGS: TypeSpec = TypeSpec {
    name: "ParamSpecArgs",
    doc: "The args for a ParamSpec object.\n\nGiven a ParamSpec object P, P.args returns an instance of ParamSpecArgs.",
    tables: &[part::TABLE, args_new::TABLE],
    dict: DictPlace::None,
    ..BASE
};

pub static KWARGS: TypeSpec = TypeSpec {
    name: "ParamSpecKwargs",
    doc: "The kwargs for a ParamSpec object.\n\nGiven a ParamSpec object P, P.kwargs returns an instance of ParamSpecKwargs.",
    tables: &[part::TABLE, kwargs_new::TABLE],
    dict: DictPlace::None,
    ..BASE
};

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod(
        "__new__($type, name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn new(
        vm: &mut Vm,
        _class: Value,
        name: Value,
        bound: Option<Value>,
        default: Option<Value>,
        covariant: Option<bool>,
        contravariant: Option<bool>,
        infer_variance: Option<bool>,
    ) -> Res {
        let name = vm.param_name_argument("paramspec", name)?;
        let (covariant, contravariant, infer_variance) =
            vm.variance(covariant, contravariant, infer_variance)?;
        let bound = vm.bound_argument(bound)?;
        let default = vm.default_argument(default)?;
        vm.new_type_param(Param {
            bound,
            default,
            covariant,
            contravariant,
            infer_variance,
            ..Param::new(Sort::ParamSpec, name)
        })
    }
    /// Represents positional arguments.
    #[getter("args")]
    fn args_(vm: &mut Vm, this: Value) -> Res {
        let class = vm.native_type(&ARGS)?;
        vm.new_payload(class, Part(this))
    }
    /// Represents keyword arguments.
    #[getter("kwargs")]
    fn kwargs(vm: &mut Vm, this: Value) -> Res {
        let class = vm.native_type(&KWARGS)?;
        vm.new_payload(class, Part(this))
    }
    #[getter("__bound__")]
    fn bound(vm: &mut Vm, this: Value) -> Res {
        Ok(param(this)?.bound.get(vm)?.unwrap_or(Value::NONE))
    }
    #[getter("__covariant__")]
    fn covariant(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(param(this)?.covariant)
    }
    #[getter("__contravariant__")]
    fn contravariant(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(param(this)?.contravariant)
    }
    #[getter("__infer_variance__")]
    fn infer_variance(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(param(this)?.infer_variance)
    }
    #[native("__typing_subst__($self, arg, /)")]
    fn subst(vm: &mut Vm, this: Value, arg: Value) -> Res {
        vm.call_typing("_paramspec_subst", &[this, arg])
    }
    #[native("__typing_prepare_subst__($self, alias, args, /)")]
    fn prepare_subst(vm: &mut Vm, this: Value, alias: Value, args: Value) -> Res {
        vm.call_typing("_paramspec_prepare_subst", &[this, alias, args])
    }
    #[native("__mro_entries__($self, bases, /)", nosig)]
    fn mro_entries(vm: &mut Vm, _this: Value, _bases: Value) -> Res {
        vm.no_subclass("ParamSpec")
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.union_of(&[this, value])
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.union_of(&[value, this])
    }
}

/// `P.args` or `P.kwargs`.
struct Part(Value);

impl Payload for Part {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.0);
    }
}

fn origin_of(v: Value) -> Res {
    Ok(v.payload::<Part>().ok_or(Raised)?.0)
}

#[derive::natives]
mod args_new {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, origin)")]
    fn new(vm: &mut Vm, _class: Value, origin: Value) -> Res {
        let class = vm.native_type(&ARGS)?;
        vm.new_payload(class, Part(origin))
    }
    #[native("__mro_entries__($self, bases, /)", nosig)]
    fn mro_entries(vm: &mut Vm, _this: Value, _bases: Value) -> Res {
        vm.no_subclass("ParamSpecArgs")
    }
}

#[derive::natives]
mod kwargs_new {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, origin)")]
    fn new(vm: &mut Vm, _class: Value, origin: Value) -> Res {
        let class = vm.native_type(&KWARGS)?;
        vm.new_payload(class, Part(origin))
    }
    #[native("__mro_entries__($self, bases, /)", nosig)]
    fn mro_entries(vm: &mut Vm, _this: Value, _bases: Value) -> Res {
        vm.no_subclass("ParamSpecKwargs")
    }
}

#[derive::natives]
mod part {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let origin = origin_of(this)?;
        let args = vm.native_type(&ARGS)?;
        let part = if vm.class_of(this) == args {
            "args"
        } else {
            "kwargs"
        };
        Ok(match origin.payload::<Param>() {
            Some(p) => format!("{}.{part}", vm.display(p.name)),
            None => format!("{}.{part}", vm.display_repr(origin)?),
        })
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        if vm.class_of(this) != vm.class_of(value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let (a, b) = (origin_of(this)?, origin_of(value)?);
        Ok(Value::bool(vm.eq(a, b)?))
    }
    #[getter("__origin__")]
    fn origin(_: &mut Vm, this: Value) -> Res {
        origin_of(this)
    }
}
