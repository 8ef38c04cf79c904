//! Comparison operators and the hash.

use super::number::{Number, Operand, dec_of, of_int};
use super::signals::report;
use super::state::{Context, current};
use crate::util::{keep, kept};
use ::decimal::coef::NoMemory;
use ::decimal::{Dec, status};
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::types::protocol::rich_compare;
use runtime::{Res, Value, Vm};

/// Both numbers in forms that compare as they do; None if `b` is no number.
fn operands(
    vm: &mut Vm,
    a: &'static Dec,
    b: Value,
    equality: bool,
    c: &Context,
) -> Res<Option<(Operand, Operand)>> {
    let a = Operand::Shared(a);
    if let Some(n) = b.payload::<Number>() {
        return Ok(Some((a, Operand::Shared(&n.0))));
    }
    if let Some(d) = of_int(vm, b) {
        return Ok(Some((a, Operand::Own(d))));
    }
    if let Some(f) = vm.float_of(b) {
        return float(vm, f, equality, c).map(|d| Some((a, Operand::Own(d))));
    }
    if let Some(z) = b.downcast::<ComplexObj>() {
        if !equality || z.im != 0.0 {
            return Ok(None);
        }
        return float(vm, z.re, equality, c).map(|d| Some((a, Operand::Own(d))));
    }
    rational(vm, &a, b)
}

/// A float; equality only notes the signal.
fn float(vm: &mut Vm, f: f64, equality: bool, c: &Context) -> Res<Dec> {
    if equality {
        c.flags().set(c.flags().get() | status::FLOAT_OPERATION);
    } else {
        report(vm, c, status::FLOAT_OPERATION)?;
    }
    Ok(Dec::from_f64(f))
}

/// `a * denominator` and `numerator`.
fn rational(vm: &mut Vm, a: &Dec, b: Value) -> Res<Option<(Operand, Operand)>> {
    static KEY: u8 = 0;
    let class = match kept(vm, &KEY) {
        Some(c) => c,
        None => {
            let numbers = vm.import_module("numbers")?;
            let c = vm.get_attr_str(numbers, "Rational")?;
            keep(vm, &KEY, c);
            c
        }
    };
    if !vm.is_instance(b, class)? {
        return Ok(None);
    }
    let up = vm.get_attr_str(b, "numerator")?;
    let down = vm.get_attr_str(b, "denominator")?;
    let (Some(up), Some(down)) = (of_int(vm, up), of_int(vm, down)) else {
        return Err(vm.type_error("numerator and denominator must be integers"));
    };
    let mut scaled = a.clone();
    if a.is_finite() {
        match a.coef.mul(&down.coef) {
            Ok(coef) => scaled.coef = coef,
            Err(NoMemory) => return Err(vm.memory_error()),
        }
    }
    Ok(Some((Operand::Own(scaled), Operand::Own(up))))
}

fn compare(vm: &mut Vm, op: CmpOp, this: Value, value: Value) -> Res {
    let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
    let c = current(vm)?;
    let Some((x, y)) = operands(vm, dec_of(this), value, equality, c)? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if x.is_nan() || y.is_nan() {
        if !equality || x.is_snan() || y.is_snan() {
            report(vm, c, status::INVALID_OPERATION)?;
        }
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    Ok(Value::bool(op.holds(x.cmp_value(&y))))
}

pub mod order {
    pub use super::inner::TABLE;
}
rich_compare!(inner, compare);
