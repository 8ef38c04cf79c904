//! `bool`.

use super::number::binary_operators;
use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::ops::BinOp;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "bool",
    signature: Some("(object=False, /)"),
    kind: Kind::Bool,
    base: Some(&super::int::SPEC),
    doc: "Returns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.",
    tables: &[methods::TABLE, operators::TABLE],
    flags: TypeFlags::MATCH_SELF,
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, object=False, /)", nosig)]
    fn new(vm: &mut Vm, class: Value, object: Option<bool>) -> Res<bool> {
        vm.number_class(class, vm.types.bool)?;
        Ok(object.unwrap_or(false))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, this: Value) -> Res<&'static str> {
        Ok(if this.is_true() { "True" } else { "False" })
    }
    /// ~self
    #[native("__invert__($self, /)")]
    fn invert(vm: &mut Vm, this: Value) -> Res<i64> {
        vm.warn(vm.types.exc.DeprecationWarning, "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.", 1)?;
        Ok(!i64::from(this.is_true()))
    }
}

binary_operators!(operators, super::bool_operator, {
    and rand And "__and__($self, value, /)" "__rand__($self, value, /)" "Return self&value." "Return value&self.";
    xor rxor Xor "__xor__($self, value, /)" "__rxor__($self, value, /)" "Return self^value." "Return value^self.";
    or ror Or "__or__($self, value, /)" "__ror__($self, value, /)" "Return self|value." "Return value|self.";
});

fn bool_operator(vm: &mut Vm, op: BinOp, a: Value, b: Value) -> Res {
    if a.is_bool() && b.is_bool() {
        let (x, y) = (a.is_true(), b.is_true());
        return Ok(Value::bool(match op {
            BinOp::And => x & y,
            BinOp::Or => x | y,
            _ => x ^ y,
        }));
    }
    if vm.is_int(a) && vm.is_int(b) {
        return vm.int_binary(op, a, b);
    }
    Ok(Value::NOT_IMPLEMENTED)
}
