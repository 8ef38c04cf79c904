//! Arithmetic operators.

use super::number::{dec_of, new, operand};
use super::signals::report;
use super::state::{Context, current};
use ::decimal::{Ctx, Dec, arith, power, quotient};
use runtime::{Res, Value, Vm};

/// An operation of two numbers.
pub type Two = fn(&Dec, &Dec, &Ctx, &mut u32) -> Dec;
/// An operation of one number.
pub type One = fn(&Dec, &Ctx, &mut u32) -> Dec;

#[inline(always)]
fn operate(vm: &mut Vm, a: Value, b: Value, f: Two) -> Res {
    let (Some(x), Some(y)) = (operand(vm, a), operand(vm, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let c = current(vm)?;
    let mut st = 0;
    let d = f(&x, &y, &c.ctx.get(), &mut st);
    report(vm, c, st)?;
    new(vm, c, d)
}

fn div_mod(vm: &mut Vm, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (operand(vm, a), operand(vm, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let c = current(vm)?;
    pair(vm, &x, &y, c)
}

/// Quotient and remainder in a tuple.
pub fn pair(vm: &mut Vm, x: &Dec, y: &Dec, c: &Context) -> Res {
    let mut st = 0;
    let (q, r) = quotient::divmod(x, y, &c.ctx.get(), &mut st);
    report(vm, c, st)?;
    let q = new(vm, c, q)?;
    let r = new(vm, c, r)?;
    vm.new_tuple(&[q, r])
}

/// `a ** b`, modulo a third if there is one.
fn raise(vm: &mut Vm, a: Value, b: Value, modulus: Option<Value>) -> Res {
    let (Some(x), Some(y)) = (operand(vm, a), operand(vm, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let m = match modulus.filter(|m| !m.is_none()) {
        None => None,
        Some(m) => match operand(vm, m) {
            Some(m) => Some(m),
            None => return Ok(Value::NOT_IMPLEMENTED),
        },
    };
    let c = current(vm)?;
    let (mut st, ctx) = (0, c.ctx.get());
    let d = match m {
        Some(m) => power::power_modulo(&x, &y, &m, &ctx, &mut st),
        None => power::power(&x, &y, &ctx, &mut st),
    };
    report(vm, c, st)?;
    new(vm, c, d)
}

fn one(vm: &mut Vm, a: Value, f: One) -> Res {
    let c = current(vm)?;
    let mut st = 0;
    let d = f(dec_of(a), &c.ctx.get(), &mut st);
    report(vm, c, st)?;
    new(vm, c, d)
}

macro_rules! operators {
    ($($name:ident $reflected:ident $sig:tt $rsig:tt $doc:tt $rdoc:tt $f:path;)*) => {
        #[derive::natives]
        pub mod binary {
            use super::*;
            $(
                #[doc = $doc]
                #[native($sig)]
                fn $name(vm: &mut Vm, this: Value, value: Value) -> Res {
                    operate(vm, this, value, $f)
                }
                #[doc = $rdoc]
                #[native($rsig)]
                fn $reflected(vm: &mut Vm, this: Value, value: Value) -> Res {
                    operate(vm, value, this, $f)
                }
            )*
        }
    };
}

operators! {
    add radd "__add__($self, value, /)" "__radd__($self, value, /)" "Return self+value." "Return value+self." arith::add;
    sub rsub "__sub__($self, value, /)" "__rsub__($self, value, /)" "Return self-value." "Return value-self." arith::sub;
    mul rmul "__mul__($self, value, /)" "__rmul__($self, value, /)" "Return self*value." "Return value*self." arith::mul;
    rem rrem "__mod__($self, value, /)" "__rmod__($self, value, /)" "Return self%value." "Return value%self." quotient::rem;
    div rdiv "__truediv__($self, value, /)" "__rtruediv__($self, value, /)" "Return self/value." "Return value/self." quotient::div;
    floordiv rfloordiv "__floordiv__($self, value, /)" "__rfloordiv__($self, value, /)" "Return self//value." "Return value//self." quotient::div_int;
}

#[derive::natives]
pub mod unary {
    use super::*;

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
    /// Return pow(self, value, mod).
    #[native("__pow__($self, value, mod=None, /)")]
    fn pow(vm: &mut Vm, this: Value, value: Value, modulus: Option<Value>) -> Res {
        raise(vm, this, value, modulus)
    }
    /// Return pow(value, self, mod).
    #[native("__rpow__($self, value, mod=None, /)")]
    fn rpow(vm: &mut Vm, this: Value, value: Value, modulus: Option<Value>) -> Res {
        raise(vm, value, this, modulus)
    }
    /// -self
    #[native("__neg__($self, /)")]
    fn neg(vm: &mut Vm, this: Value) -> Res {
        one(vm, this, arith::minus)
    }
    /// +self
    #[native("__pos__($self, /)")]
    fn pos(vm: &mut Vm, this: Value) -> Res {
        one(vm, this, arith::plus)
    }
    /// abs(self)
    #[native("__abs__($self, /)")]
    fn abs(vm: &mut Vm, this: Value) -> Res {
        one(vm, this, arith::abs)
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn truth(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(!dec_of(this).is_zero())
    }
}
