//! Arithmetic of `timedelta`.

use super::delta::{Delta, new};
use super::parts::{delta_of, need};
use runtime::object::*;
use runtime::ops::{BinOp, CmpOp};
use runtime::{Res, Value, Vm};

const NO: Res = Ok(Value::NOT_IMPLEMENTED);

fn total(vm: &mut Vm, d: Delta) -> Res {
    vm.new_int_i128(d.total())
}

/// A timedelta of an int of microseconds.
fn from_int(vm: &mut Vm, us: Value) -> Res {
    match super::delta::wide_int(vm, us) {
        Some(us) => {
            let d = Delta::from_total(vm, us)?;
            new(vm, d)
        }
        None => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

/// The two items of a tuple that a method returned, which may be a program's own.
fn pair(vm: &mut Vm, v: Value, not_tuple: &str, not_two: &str) -> Res<(Value, Value)> {
    let Some(t) = v.downcast::<TupleObj>() else {
        let got = vm.class_name(v);
        return Err(vm.type_error(&format!("{not_tuple} '{got}'")));
    };
    match t.items() {
        [a, b] => Ok((*a, *b)),
        _ => Err(vm.value_error(not_two)),
    }
}

/// `a / b` of ints, rounded half to even.
fn divide_nearest(vm: &mut Vm, a: Value, b: Value) -> Res {
    let both = vm.binary(BinOp::DivMod, a, b)?;
    let not_tuple = "divmod() returned non-tuple of type";
    let (q, r) = pair(vm, both, not_tuple, "divmod() must return a 2-tuple")?;
    let twice = vm.binary(BinOp::Mul, r, Value::int_unchecked(2))?;
    // The remainder has the divisor's sign.
    let beyond = if vm.int_is_negative(b) {
        CmpOp::Lt
    } else {
        CmpOp::Gt
    };
    let above = vm.compare(beyond, twice, b)?;
    let above = vm.truth(above)?;
    let tie = vm.eq(twice, b)?;
    let odd = vm.binary(BinOp::And, q, Value::int_unchecked(1))?;
    if above || (tie && odd == Value::int_unchecked(1)) {
        return vm.binary(BinOp::Add, q, Value::int_unchecked(1));
    }
    Ok(q)
}

/// `delta * f` or `delta / f`.
fn scale(vm: &mut Vm, d: Delta, f: Value, divide: bool) -> Res {
    let ratio = vm.call_method_str(f, "as_integer_ratio", &[])?;
    let not_tuple = "unexpected return type from as_integer_ratio(): expected tuple, not";
    let not_two = "as_integer_ratio() must return a 2-tuple";
    let (mut up, mut down) = pair(vm, ratio, not_tuple, not_two)?;
    if divide {
        (up, down) = (down, up);
    }
    let us = total(vm, d)?;
    let us = vm.binary(BinOp::Mul, us, up)?;
    let us = divide_nearest(vm, us, down)?;
    from_int(vm, us)
}

fn multiply(vm: &mut Vm, this: Value, other: Value) -> Res {
    let d = need(vm, delta_of(this), "timedelta")?;
    if vm.is_int(other) {
        let us = total(vm, d)?;
        let us = vm.binary(BinOp::Mul, us, other)?;
        return from_int(vm, us);
    }
    if vm.float_of(other).is_some() {
        return scale(vm, d, other, false);
    }
    NO
}

/// Adds `sign` times the second.
fn add(vm: &mut Vm, a: Value, b: Value, sign: i128) -> Res {
    let (Some(a), Some(b)) = (delta_of(a), delta_of(b)) else {
        return NO;
    };
    let d = Delta::from_total(vm, a.total() + sign * b.total())?;
    new(vm, d)
}

fn true_divide(vm: &mut Vm, a: Value, b: Value) -> Res {
    let Some(x) = delta_of(a) else { return NO };
    if let Some(y) = delta_of(b) {
        let (x, y) = (total(vm, x)?, total(vm, y)?);
        return vm.binary(BinOp::TrueDiv, x, y);
    }
    if vm.is_int(b) {
        let us = total(vm, x)?;
        let us = divide_nearest(vm, us, b)?;
        return from_int(vm, us);
    }
    if vm.float_of(b).is_some() {
        return scale(vm, x, b, true);
    }
    NO
}

fn floor_divide(vm: &mut Vm, a: Value, b: Value) -> Res {
    let Some(x) = delta_of(a) else { return NO };
    let us = total(vm, x)?;
    if let Some(y) = delta_of(b) {
        let y = total(vm, y)?;
        return vm.binary(BinOp::FloorDiv, us, y);
    }
    if vm.is_int(b) {
        let us = vm.binary(BinOp::FloorDiv, us, b)?;
        return from_int(vm, us);
    }
    NO
}

/// Quotient and remainder of two timedeltas.
fn div_rem(vm: &mut Vm, a: Value, b: Value) -> Res<Option<(Value, Value)>> {
    let (Some(a), Some(b)) = (delta_of(a), delta_of(b)) else {
        return Ok(None);
    };
    if b == Delta::ZERO {
        return Err(vm.zero_division("division by zero"));
    }
    let (x, y) = (a.total(), b.total());
    let mut q = x / y;
    let mut r = x % y;
    if r != 0 && (r < 0) != (y < 0) {
        q -= 1;
        r += y;
    }
    let q = vm.new_int_i128(q)?;
    let r = Delta::from_total(vm, r)?;
    Ok(Some((q, new(vm, r)?)))
}

fn remainder(vm: &mut Vm, a: Value, b: Value) -> Res {
    Ok(div_rem(vm, a, b)?.map_or(Value::NOT_IMPLEMENTED, |p| p.1))
}

fn div_mod(vm: &mut Vm, a: Value, b: Value) -> Res {
    match div_rem(vm, a, b)? {
        Some((q, r)) => vm.new_tuple(&[q, r]),
        None => NO,
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add_method(vm: &mut Vm, this: Value, value: Value) -> Res {
        add(vm, this, value, 1)
    }
    /// Return value+self.
    #[native("__radd__($self, value, /)")]
    fn radd(vm: &mut Vm, this: Value, value: Value) -> Res {
        add(vm, value, this, 1)
    }
    /// Return self-value.
    #[native("__sub__($self, value, /)")]
    fn sub(vm: &mut Vm, this: Value, value: Value) -> Res {
        add(vm, this, value, -1)
    }
    /// Return value-self.
    #[native("__rsub__($self, value, /)")]
    fn rsub(vm: &mut Vm, this: Value, value: Value) -> Res {
        add(vm, value, this, -1)
    }
    /// Return self*value.
    #[native("__mul__($self, value, /)")]
    fn mul(vm: &mut Vm, this: Value, value: Value) -> Res {
        multiply(vm, this, value)
    }
    /// Return value*self.
    #[native("__rmul__($self, value, /)")]
    fn rmul(vm: &mut Vm, this: Value, value: Value) -> Res {
        multiply(vm, this, value)
    }
    /// Return self/value.
    #[native("__truediv__($self, value, /)")]
    fn truediv(vm: &mut Vm, this: Value, value: Value) -> Res {
        true_divide(vm, this, value)
    }
    /// Return value/self.
    #[native("__rtruediv__($self, value, /)")]
    fn rtruediv(vm: &mut Vm, this: Value, value: Value) -> Res {
        true_divide(vm, value, this)
    }
    /// Return self//value.
    #[native("__floordiv__($self, value, /)")]
    fn floordiv(vm: &mut Vm, this: Value, value: Value) -> Res {
        floor_divide(vm, this, value)
    }
    /// Return value//self.
    #[native("__rfloordiv__($self, value, /)")]
    fn rfloordiv(vm: &mut Vm, this: Value, value: Value) -> Res {
        floor_divide(vm, value, this)
    }
    /// Return self%value.
    #[native("__mod__($self, value, /)")]
    fn modulo(vm: &mut Vm, this: Value, value: Value) -> Res {
        remainder(vm, this, value)
    }
    /// Return value%self.
    #[native("__rmod__($self, value, /)")]
    fn rmod(vm: &mut Vm, this: Value, value: Value) -> Res {
        remainder(vm, value, this)
    }
    /// Return divmod(self, value).
    #[native("__divmod__($self, value, /)")]
    fn divmod(vm: &mut Vm, this: Value, value: Value) -> Res {
        div_mod(vm, this, value)
    }
    /// Return divmod(value, self).
    #[native("__rdivmod__($self, value, /)")]
    fn rdivmod(vm: &mut Vm, this: Value, value: Value) -> Res {
        div_mod(vm, value, this)
    }
    /// -self
    #[native("__neg__($self, /)")]
    fn neg(vm: &mut Vm, this: Value) -> Res {
        let d = need(vm, delta_of(this), "timedelta")?;
        let d = Delta::from_total(vm, -d.total())?;
        new(vm, d)
    }
    /// +self
    #[native("__pos__($self, /)")]
    fn pos(vm: &mut Vm, this: Value) -> Res {
        let d = need(vm, delta_of(this), "timedelta")?;
        new(vm, d)
    }
    /// abs(self)
    #[native("__abs__($self, /)")]
    fn abs(vm: &mut Vm, this: Value) -> Res {
        let d = need(vm, delta_of(this), "timedelta")?;
        let d = Delta::from_total(vm, d.total().abs())?;
        new(vm, d)
    }
}

pub use methods::TABLE;
