//! Methods of `Decimal` that are operations of the specification.

use super::number::{dec_of, need, new};
use super::operators::{One, Two};
use super::signals::report;
use super::state::argument;
use ::decimal::{Ctx, Dec, arith, compare, explog, integral, logic, quotient};
use runtime::{Res, Value, Vm};

fn one(vm: &mut Vm, this: Value, context: Option<Value>, f: One) -> Res {
    let c = argument(vm, context)?;
    let mut st = 0;
    let d = f(dec_of(this), &c.ctx.get(), &mut st);
    report(vm, c, st)?;
    new(vm, c, d)
}

fn two(vm: &mut Vm, this: Value, other: Value, context: Option<Value>, f: Two) -> Res {
    let c = argument(vm, context)?;
    let other = need(vm, other)?;
    let mut st = 0;
    let d = f(dec_of(this), &other, &c.ctx.get(), &mut st);
    report(vm, c, st)?;
    new(vm, c, d)
}

/// Operations of two numbers whose functions want more than that.
pub mod plain {
    use super::*;

    pub fn max(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
        compare::extreme(a, b, true, false, ctx, st)
    }
    pub fn max_mag(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
        compare::extreme(a, b, true, true, ctx, st)
    }
    pub fn min(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
        compare::extreme(a, b, false, false, ctx, st)
    }
    pub fn min_mag(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
        compare::extreme(a, b, false, true, ctx, st)
    }
    pub fn compare_total(a: &Dec, b: &Dec, _: &Ctx, _: &mut u32) -> Dec {
        compare::compare_total(a, b, false)
    }
    pub fn compare_total_mag(a: &Dec, b: &Dec, _: &Ctx, _: &mut u32) -> Dec {
        compare::compare_total(a, b, true)
    }
    pub fn copy_sign(a: &Dec, b: &Dec, _: &Ctx, _: &mut u32) -> Dec {
        a.with_sign(b.negative)
    }
    pub fn and(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
        logic::logical(a, b, |x, y| x && y, ctx, st)
    }
    pub fn or(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
        logic::logical(a, b, |x, y| x || y, ctx, st)
    }
    pub fn xor(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
        logic::logical(a, b, |x, y| x != y, ctx, st)
    }
}

macro_rules! unary {
    ($($name:ident $sig:tt $doc:tt $f:path;)*) => {
        #[derive::natives]
        pub mod unary {
            use super::*;
            $(
                #[doc = $doc]
                #[native($sig, nameless)]
                fn $name(vm: &mut Vm, this: Value, context: Option<Value>) -> Res {
                    one(vm, this, context, $f)
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
                fn $name(vm: &mut Vm, this: Value, other: Value, context: Option<Value>) -> Res {
                    two(vm, this, other, context, $f)
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
                fn $name(_: &mut Vm, this: Value) -> Res<bool> {
                    let f: fn(&Dec) -> bool = $f;
                    Ok(f(dec_of(this)))
                }
            )*
        }
    };
}

unary! {
    exp "exp($self, /, context=None)" "e to the power of the number, rounded half to even." explog::exp;
    ln "ln($self, /, context=None)" "Natural logarithm, rounded half to even." explog::ln;
    log10 "log10($self, /, context=None)" "Logarithm to base ten, rounded half to even." explog::log10;
    next_minus "next_minus($self, /, context=None)" "The largest number of the context below this one." integral::next_minus;
    next_plus "next_plus($self, /, context=None)" "The smallest number of the context above this one." integral::next_plus;
    normalize "normalize($self, /, context=None)" "The number rounded, without trailing zeros." arith::reduce;
    sqrt "sqrt($self, /, context=None)" "Square root, rounded half to even." integral::sqrt;
    logb "logb($self, /, context=None)" "The exponent of the first digit as a number." arith::logb;
    logical_invert "logical_invert($self, /, context=None)" "All digits, 0 or 1, the other way round." logic::invert;
}

binary! {
    compare "compare($self, /, other, context=None)" "-1, 0, 1 or NaN." compare::compare;
    compare_signal "compare_signal($self, /, other, context=None)" "The same; every NaN is invalid." compare::compare_signal;
    max "max($self, /, other, context=None)" "The larger number; a number rather than a quiet NaN." plain::max;
    max_mag "max_mag($self, /, other, context=None)" "The number of larger magnitude." plain::max_mag;
    min "min($self, /, other, context=None)" "The smaller number; a number rather than a quiet NaN." plain::min;
    min_mag "min_mag($self, /, other, context=None)" "The number of smaller magnitude." plain::min_mag;
    next_toward "next_toward($self, /, other, context=None)" "The next number of the context towards another." integral::next_toward;
    remainder_near "remainder_near($self, /, other, context=None)" "What is left after subtracting the nearest multiple of another." quotient::rem_near;
    compare_total "compare_total($self, /, other, context=None)" "-1, 0 or 1 by the total order of representations, in which different representations of a\nvalue are not equal:\n\n    >>> Decimal(\'7\').compare_total(Decimal(\'7.0\'))\n    Decimal(\'1\')\n" plain::compare_total;
    compare_total_mag "compare_total_mag($self, /, other, context=None)" "The same without signs." plain::compare_total_mag;
    copy_sign "copy_sign($self, /, other, context=None)" "The number with the sign of another:\n\n    >>> Decimal(\'8.5\').copy_sign(Decimal(\'-0\'))\n    Decimal(\'-8.5\')\n" plain::copy_sign;
    logical_and "logical_and($self, /, other, context=None)" "Digits, 0 or 1, that are 1 in both." plain::and;
    logical_or "logical_or($self, /, other, context=None)" "Digits, 0 or 1, that are 1 in one of both." plain::or;
    logical_xor "logical_xor($self, /, other, context=None)" "Digits, 0 or 1, that are not the same in both." plain::xor;
    rotate "rotate($self, /, other, context=None)" "The digits rotated to the left within the precision." logic::rotate;
    scaleb "scaleb($self, /, other, context=None)" "The number with another added to its exponent." arith::scaleb;
    shift "shift($self, /, other, context=None)" "The digits shifted to the left within the precision." logic::shift;
}

predicates! {
    is_canonical "is_canonical($self, /)" "True: every representation is canonical." |_| true;
    is_finite "is_finite($self, /)" "Neither infinite nor NaN." Dec::is_finite;
    is_infinite "is_infinite($self, /)" "An infinity." Dec::is_infinite;
    is_nan "is_nan($self, /)" "A quiet or signaling NaN." Dec::is_nan;
    is_qnan "is_qnan($self, /)" "A quiet NaN." |d| d.is_nan() && !d.is_snan();
    is_snan "is_snan($self, /)" "A signaling NaN." Dec::is_snan;
    is_signed "is_signed($self, /)" "With a minus sign." |d| d.negative;
    is_zero "is_zero($self, /)" "A zero." Dec::is_zero;
}
