//! None, Ellipsis, NotImplemented.

use crate::class::TypeSpec;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static NONE: TypeSpec = TypeSpec {
    name: "NoneType",
    signature: Some("()"),
    kind: Kind::NoneType,
    doc: "The type of the None singleton.",
    tables: &[none::TABLE],
    ..TypeSpec::DEFAULT
};

pub static ELLIPSIS: TypeSpec = TypeSpec {
    name: "ellipsis",
    signature: Some("()"),
    kind: Kind::Ellipsis,
    doc: "The type of the Ellipsis singleton.",
    tables: &[ellipsis::TABLE],
    ..TypeSpec::DEFAULT
};

pub static NOT_IMPLEMENTED: TypeSpec = TypeSpec {
    name: "NotImplementedType",
    signature: Some("()"),
    kind: Kind::NotImplemented,
    doc: "The type of the NotImplemented singleton.",
    tables: &[not_implemented::TABLE],
    ..TypeSpec::DEFAULT
};

fn check_no_arguments(vm: &mut Vm, name: &str, args: Value, kwargs: Option<Value>) -> Res<()> {
    if vm.len(args)? > 0 || kwargs.is_some() {
        return Err(vm.type_error(&format!("{name} takes no arguments")));
    }
    Ok(())
}

#[derive::natives]
mod none {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, args: Value, kwargs: Option<Value>) -> Res {
        check_no_arguments(vm, "NoneType", args, kwargs)?;
        Ok(Value::NONE)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("None")
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn bool(_: &mut Vm, _this: Value) -> Res<bool> {
        Ok(false)
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        vm.hash(this)
    }
}

#[derive::natives]
mod ellipsis {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, args: Value, kwargs: Option<Value>) -> Res {
        check_no_arguments(vm, "EllipsisType", args, kwargs)?;
        Ok(Value::ELLIPSIS)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("Ellipsis")
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("Ellipsis")
    }
}

#[derive::natives]
mod not_implemented {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, _class: Value, args: Value, kwargs: Option<Value>) -> Res {
        check_no_arguments(vm, "NotImplementedType", args, kwargs)?;
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("NotImplemented")
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn bool(vm: &mut Vm, _this: Value) -> Res<bool> {
        Err(vm.type_error("NotImplemented should not be used in a boolean context"))
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("NotImplemented")
    }
}
