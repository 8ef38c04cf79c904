//! `TypeVarTuple`.

use super::{BASE, Param, Sort, common};
use crate::class::TypeSpec;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "TypeVarTuple",
    doc: "Type variable tuple. A specialized form of type variable that enables\nvariadic generics.",
    tables: &[
        methods::TABLE,
        common::TABLE,
        super::super::dict_attr::methods::TABLE,
    ],
    ..BASE
};

impl Vm {
    /// `typing.Unpack[v]`.
    pub(super) fn typing_unpack(&mut self, v: Value) -> Res {
        let typing = self.import_by_name("typing")?;
        let unpack = self.get_attr_str(typing, "Unpack")?;
        self.get_item(unpack, v)
    }

    /// The parameters with each TypeVarTuple unpacked.
    pub(super) fn unpack_tuples(&mut self, params: Value) -> Res {
        let class = self.native_type(&SPEC)?;
        let items = self.collect(params)?;
        let mut out = self.new_vec();
        for p in items.iter().copied() {
            let p = if self.class_of(p) == class {
                self.typing_unpack(p)?
            } else {
                p
            };
            out.push(self, p)?;
        }
        self.new_tuple(&out)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, name, *, default=typing.NoDefault)")]
    fn new(vm: &mut Vm, _class: Value, name: Value, default: Option<Value>) -> Res {
        let name = vm.param_name_argument("typevartuple", name)?;
        let default = vm.default_argument(default)?;
        vm.new_type_param(Param {
            default,
            ..Param::new(Sort::Tuple, name)
        })
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let unpacked = vm.typing_unpack(this)?;
        let t = vm.new_tuple(&[unpacked])?;
        vm.iter(t)
    }
    #[native("__typing_subst__($self, arg, /)")]
    fn subst(vm: &mut Vm, _this: Value, _arg: Value) -> Res {
        Err(vm.type_error("Substitution of bare TypeVarTuple is not supported"))
    }
    #[native("__typing_prepare_subst__($self, alias, args, /)")]
    fn prepare_subst(vm: &mut Vm, this: Value, alias: Value, args: Value) -> Res {
        vm.call_typing("_typevartuple_prepare_subst", &[this, alias, args])
    }
    #[native("__mro_entries__($self, bases, /)", nosig)]
    fn mro_entries(vm: &mut Vm, _this: Value, _bases: Value) -> Res {
        vm.no_subclass("TypeVarTuple")
    }
}
