//! Methods of `Context` that are operations of the specification.

use super::convert;
use super::methods::same_quantum;
use super::named::plain;
use super::number::{Number, need, new};
use super::operators::{One, Two, pair};
use super::signals::report;
use super::state::context_of;
use ::decimal::{Ctx, Dec, arith, compare, explog, integral, logic, power, quotient};
use runtime::{Res, Value, Vm};

fn one(vm: &mut Vm, this: Value, x: Value, f: One) -> Res {
    let c = context_of(this);
    let x = need(vm, x)?;
    let mut st = 0;
    let d = f(&x, &c.ctx.get(), &mut st);
    report(vm, c, st)?;
    new(vm, c, d)
}

fn two(vm: &mut Vm, this: Value, x: Value, y: Value, f: Two) -> Res {
    let c = context_of(this);
    let (x, y) = (need(vm, x)?, need(vm, y)?);
    let mut st = 0;
    let d = f(&x, &y, &c.ctx.get(), &mut st);
    report(vm, c, st)?;
    new(vm, c, d)
}

fn to_integral(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    integral::to_integral(a, false, ctx, st)
}
fn to_integral_exact(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    integral::to_integral(a, true, ctx, st)
}
fn copy_abs(a: &Dec, _: &Ctx, _: &mut u32) -> Dec {
    a.with_sign(false)
}
fn copy_negate(a: &Dec, _: &Ctx, _: &mut u32) -> Dec {
    a.with_sign(!a.negative)
}

macro_rules! unary {
    ($($name:ident $sig:tt $doc:tt $f:path;)*) => {
        #[derive::natives]
        pub mod unary {
            use super::*;
            $(
                #[doc = $doc]
                #[native($sig)]
                fn $name(vm: &mut Vm, this: Value, x: Value) -> Res {
                    one(vm, this, x, $f)
                }
            )*
        }
    };
}

macro_rules! binary {
    ($($name:ident $sig:tt $doc:tt $f:path;)*) => {
        #[derive::natives]
        pub mod binary {
            use super::*;
            $(
                #[doc = $doc]
                #[native($sig, nameless)]
                fn $name(vm: &mut Vm, this: Value, x: Value, y: Value) -> Res {
                    two(vm, this, x, y, $f)
                }
            )*
        }
    };
}

macro_rules! predicates {
    ($($name:ident $sig:tt $doc:tt $f:expr;)*) => {
        #[derive::natives]
        pub mod predicates {
            use super::*;
            $(
                #[doc = $doc]
                #[native($sig)]
                fn $name(vm: &mut Vm, this: Value, x: Value) -> Res<bool> {
                    let x = need(vm, x)?;
                    let f: fn(&Dec, &Ctx) -> bool = $f;
                    Ok(f(&x, &context_of(this).ctx.get()))
                }
            )*
        }
    };
}

unary! {
    abs "abs($self, x, /)" "Absolute value." arith::abs;
    exp "exp($self, x, /)" "e to the power of x." explog::exp;
    ln "ln($self, x, /)" "Natural logarithm." explog::ln;
    log10 "log10($self, x, /)" "Logarithm to base ten." explog::log10;
    minus "minus($self, x, /)" "-x, rounded." arith::minus;
    next_minus "next_minus($self, x, /)" "The largest number below x." integral::next_minus;
    next_plus "next_plus($self, x, /)" "The smallest number above x." integral::next_plus;
    normalize "normalize($self, x, /)" "x rounded, without trailing zeros." arith::reduce;
    plus "plus($self, x, /)" "+x, rounded." arith::plus;
    to_integral_ "to_integral($self, x, /)" "x rounded to an integer, without telling." to_integral;
    to_integral_exact_ "to_integral_exact($self, x, /)" "x rounded to an integer." to_integral_exact;
    to_integral_value "to_integral_value($self, x, /)" "x rounded to an integer, without telling." to_integral;
    sqrt "sqrt($self, x, /)" "Square root." integral::sqrt;
    logb "logb($self, x, /)" "The exponent of the first digit as a number." arith::logb;
    logical_invert "logical_invert($self, x, /)" "All digits of the precision the other way round:\n\n    >>> ExtendedContext.logical_invert(Decimal(\'1100\'))\n    Decimal(\'111110011\')\n" logic::invert;
    copy_abs_ "copy_abs($self, x, /)" "x with a plus sign." copy_abs;
    copy_negate_ "copy_negate($self, x, /)" "x with the other sign." copy_negate;
}

binary! {
    add "add($self, x, y, /)" "x + y." arith::add;
    compare_ "compare($self, x, y, /)" "-1, 0, 1 or NaN." compare::compare;
    compare_signal "compare_signal($self, x, y, /)" "The same; every NaN is invalid." compare::compare_signal;
    divide "divide($self, x, y, /)" "x / y." quotient::div;
    divide_int "divide_int($self, x, y, /)" "The whole part of x / y." quotient::div_int;
    max "max($self, x, y, /)" "The larger one." plain::max;
    max_mag "max_mag($self, x, y, /)" "The one of larger magnitude." plain::max_mag;
    min "min($self, x, y, /)" "The smaller one." plain::min;
    min_mag "min_mag($self, x, y, /)" "The one of smaller magnitude." plain::min_mag;
    multiply "multiply($self, x, y, /)" "x * y." arith::mul;
    next_toward "next_toward($self, x, y, /)" "The number after x towards y." integral::next_toward;
    quantize "quantize($self, x, y, /)" "x with the exponent of y." integral::quantize;
    remainder "remainder($self, x, y, /)" "The remainder of x / y, with the sign of x." quotient::rem;
    remainder_near "remainder_near($self, x, y, /)" "x minus the nearest multiple of y." quotient::rem_near;
    subtract "subtract($self, x, y, /)" "x - y." arith::sub;
    compare_total "compare_total($self, x, y, /)" "-1, 0 or 1 by the total order." plain::compare_total;
    compare_total_mag "compare_total_mag($self, x, y, /)" "The same without signs." plain::compare_total_mag;
    copy_sign "copy_sign($self, x, y, /)" "x with the sign of y." plain::copy_sign;
    logical_and "logical_and($self, x, y, /)" "Digits that are 1 in both:\n\n    >>> ExtendedContext.logical_and(Decimal(\'1101\'), 111)\n    Decimal(\'101\')\n" plain::and;
    logical_or "logical_or($self, x, y, /)" "Digits that are 1 in one of both:\n\n    >>> ExtendedContext.logical_or(Decimal(\'1001\'), 11)\n    Decimal(\'1011\')\n" plain::or;
    logical_xor "logical_xor($self, x, y, /)" "Digits that differ:\n\n    >>> ExtendedContext.logical_xor(Decimal(\'1001\'), 11)\n    Decimal(\'1010\')\n" plain::xor;
    rotate "rotate($self, x, y, /)" "The digits of x rotated y places to the left." logic::rotate;
    scaleb "scaleb($self, x, y, /)" "x with y added to its exponent." arith::scaleb;
    shift "shift($self, x, y, /)" "The digits of x shifted y places to the left." logic::shift;
}

predicates! {
    is_finite "is_finite($self, x, /)" "Neither infinite nor NaN." |d, _| d.is_finite();
    is_infinite "is_infinite($self, x, /)" "An infinity." |d, _| d.is_infinite();
    is_nan "is_nan($self, x, /)" "A NaN." |d, _| d.is_nan();
    is_normal "is_normal($self, x, /)" "Not zero, not subnormal, finite." Dec::is_normal;
    is_qnan "is_qnan($self, x, /)" "A quiet NaN." |d, _| d.is_nan() && !d.is_snan();
    is_signed "is_signed($self, x, /)" "With a minus sign." |d, _| d.negative;
    is_snan "is_snan($self, x, /)" "A signaling NaN." |d, _| d.is_snan();
    is_subnormal "is_subnormal($self, x, /)" "Below the smallest normal number." Dec::is_subnormal;
    is_zero "is_zero($self, x, /)" "A zero." |d, _| d.is_zero();
}

fn need_decimal(vm: &mut Vm, v: Value) -> Res<()> {
    match v.payload::<Number>() {
        Some(_) => Ok(()),
        None => Err(vm.type_error("argument must be a Decimal")),
    }
}

#[derive::natives]
pub mod others {
    use super::*;

    /// Quotient and remainder of x / y.
    #[native("divmod($self, x, y, /)", nameless)]
    fn divmod(vm: &mut Vm, this: Value, x: Value, y: Value) -> Res {
        let (x, y) = (need(vm, x)?, need(vm, y)?);
        pair(vm, &x, &y, context_of(this))
    }
    /// a ** b, or a ** b % modulo.
    #[native("power($self, /, a, b, modulo=None)", nameless)]
    fn power_(vm: &mut Vm, this: Value, a: Value, b: Value, modulo: Option<Value>) -> Res {
        let c = context_of(this);
        let (x, y) = (need(vm, a)?, need(vm, b)?);
        let m = match modulo.filter(|m| !m.is_none()) {
            Some(m) => Some(need(vm, m)?),
            None => None,
        };
        let (mut st, ctx) = (0, c.ctx.get());
        let d = match m {
            Some(m) => power::power_modulo(&x, &y, &m, &ctx, &mut st),
            None => power::power(&x, &y, &ctx, &mut st),
        };
        report(vm, c, st)?;
        new(vm, c, d)
    }
    /// x * y + z with one rounding.
    #[native("fma($self, x, y, z, /)", nameless)]
    fn fma(vm: &mut Vm, this: Value, x: Value, y: Value, z: Value) -> Res {
        let c = context_of(this);
        let (x, y, z) = (need(vm, x)?, need(vm, y)?, need(vm, z)?);
        let mut st = 0;
        let d = arith::fma(&x, &y, &z, &c.ctx.get(), &mut st);
        report(vm, c, st)?;
        new(vm, c, d)
    }
    /// Ten.
    #[native("radix($self, /)")]
    fn radix(vm: &mut Vm, this: Value) -> Res {
        new(vm, context_of(this), Dec::int(10))
    }
    /// True: every decimal is canonical.
    #[native("is_canonical($self, x, /)")]
    fn is_canonical(vm: &mut Vm, _this: Value, x: Value) -> Res<bool> {
        need_decimal(vm, x)?;
        Ok(true)
    }
    /// x itself.
    #[native("canonical($self, x, /)")]
    fn canonical(vm: &mut Vm, _this: Value, x: Value) -> Res {
        need_decimal(vm, x)?;
        Ok(x)
    }
    /// x rounded.
    #[native("_apply($self, object, /)")]
    fn apply(vm: &mut Vm, this: Value, object: Value) -> Res {
        one(vm, this, object, |d, ctx, st| ctx.finalize(d.clone(), st))
    }
    /// x as a decimal, not rounded.
    #[native("copy_decimal($self, x, /)")]
    fn copy_decimal(vm: &mut Vm, this: Value, x: Value) -> Res {
        let d = need(vm, x)?;
        if x.payload::<Number>().is_some() {
            return Ok(x);
        }
        let d = Dec::clone(&d);
        new(vm, context_of(this), d)
    }
    /// What sort of number x is: a string.
    #[native("number_class($self, x, /)")]
    fn number_class(vm: &mut Vm, this: Value, x: Value) -> Res<&'static str> {
        let x = need(vm, x)?;
        Ok(compare::number_class(&x, &context_of(this).ctx.get()))
    }
    /// Text with an exponent where it is needed.
    #[native("to_sci_string($self, x, /)")]
    fn to_sci_string(vm: &mut Vm, this: Value, x: Value) -> Res<String> {
        let x = need(vm, x)?;
        Ok(x.to_sci(context_of(this).capitals.get()))
    }
    /// Text whose exponent is a multiple of three.
    #[native("to_eng_string($self, x, /)")]
    fn to_eng_string(vm: &mut Vm, this: Value, x: Value) -> Res<String> {
        let x = need(vm, x)?;
        Ok(x.to_eng(context_of(this).capitals.get()))
    }
    /// True if x and y have the same exponent, or both are infinite, or both NaN.
    #[native("same_quantum($self, x, y, /)", nameless)]
    fn same_quantum_(vm: &mut Vm, _this: Value, x: Value, y: Value) -> Res<bool> {
        let (x, y) = (need(vm, x)?, need(vm, y)?);
        Ok(same_quantum(&x, &y))
    }
    /// A number rounded to the context.
    #[native("create_decimal($self, num='0', /)", nameless)]
    fn create_decimal(vm: &mut Vm, this: Value, num: Option<Value>) -> Res {
        let c = context_of(this);
        match num {
            Some(v) => convert::rounded(vm, v, c),
            None => new(vm, c, Dec::int(0)),
        }
    }
    /// A float or int rounded to the context.
    #[native("create_decimal_from_float($self, f, /)")]
    fn create_decimal_from_float(vm: &mut Vm, this: Value, f: Value) -> Res {
        let c = context_of(this);
        let mut st = 0;
        let d = convert::from_float(vm, f)?;
        let d = c.ctx.get().finalize(d, &mut st);
        report(vm, c, st)?;
        new(vm, c, d)
    }
}
