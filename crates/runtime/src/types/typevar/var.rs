//! `TypeVar`.

use super::{BASE, Lazy, Param, Sort, common, param};
use crate::class::TypeSpec;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "TypeVar",
    doc: "Type variable.\n\nThe preferred way to construct a type variable is via the dedicated\nsyntax for generic functions, classes, and type aliases.",
    tables: &[
        methods::TABLE,
        common::TABLE,
        super::super::dict_attr::methods::TABLE,
    ],
    ..BASE
};

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod(
        "__new__($type, name, *constraints, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)"
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
        constraints: Value,
    ) -> Res {
        let name = vm.param_name_argument("typevar", name)?;
        let (covariant, contravariant, infer_variance) =
            vm.variance(covariant, contravariant, infer_variance)?;
        let bound = vm.bound_argument(bound)?;
        let given = constraints.downcast::<TupleObj>().ok_or(Raised)?;
        if given.len == 1 {
            return Err(vm.type_error("A single constraint is not allowed"));
        }
        let constraints = if given.len == 0 {
            Lazy::default()
        } else {
            if bound.value.get().is_some() {
                return Err(vm.type_error("Constraints cannot be combined with bound=..."));
            }
            let message =
                vm.new_str("TypeVar(name, constraint, ...): constraints must be types.")?;
            let mut checked = vm.new_vec();
            for c in given.items() {
                let c = vm.call_typing("_type_check", &[*c, message])?;
                checked.push(vm, c)?;
            }
            Lazy::ready(Some(vm.new_tuple(&checked)?))
        };
        let default = vm.default_argument(default)?;
        vm.new_type_param(Param {
            bound,
            constraints,
            default,
            covariant,
            contravariant,
            infer_variance,
            ..Param::new(Sort::Var, name)
        })
    }
    #[getter("__bound__")]
    fn bound(vm: &mut Vm, this: Value) -> Res {
        Ok(param(this)?.bound.get(vm)?.unwrap_or(Value::NONE))
    }
    #[getter("evaluate_bound")]
    fn evaluate_bound(vm: &mut Vm, this: Value) -> Res {
        param(this)?.bound.evaluator(vm)
    }
    #[getter("__constraints__")]
    fn constraints(vm: &mut Vm, this: Value) -> Res {
        match param(this)?.constraints.get(vm)? {
            Some(c) => Ok(c),
            None => vm.new_tuple(&[]),
        }
    }
    #[getter("evaluate_constraints")]
    fn evaluate_constraints(vm: &mut Vm, this: Value) -> Res {
        param(this)?.constraints.evaluator(vm)
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
        vm.call_typing("_typevar_subst", &[this, arg])
    }
    #[native("__typing_prepare_subst__($self, alias, args, /)")]
    fn prepare_subst(vm: &mut Vm, this: Value, alias: Value, args: Value) -> Res {
        let key = vm.names.__parameters__;
        let params = vm.get_attr(alias, key)?;
        let params = vm.collect(params)?;
        let given = vm.collect(args)?;
        let Some(index) = params.iter().position(|p| *p == this) else {
            return Ok(args);
        };
        if index < given.len() {
            return Ok(args);
        }
        if index == given.len() && vm.param_has_default(this)? {
            let d = vm.param_default(this)?;
            let mut more = vm.new_vec();
            more.extend(vm, &given)?;
            more.push(vm, d)?;
            return vm.new_tuple(&more);
        }
        let shown = vm.str_of(alias)?;
        let shown = vm.display(shown);
        Err(vm.type_error(&format!(
            "Too few arguments for {shown}; actual {}, expected at least {}",
            given.len(),
            index + 1
        )))
    }
    #[native("__mro_entries__($self, bases, /)", nosig)]
    fn mro_entries(vm: &mut Vm, _this: Value, _bases: Value) -> Res {
        vm.no_subclass("TypeVar")
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
