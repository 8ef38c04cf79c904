//! Powers, as CPython's module computes them: integer exponents by multiplication with more
//! digits, others as exp(y * ln(x)).

use crate::arith::{mul, nan_of};
use crate::coef::Coef;
use crate::context::{Ctx, Rounding, status::*};
use crate::explog::{exp, ln, padded_one};
use crate::number::Dec;
use crate::quotient::div;
use num::BigInt;
use std::cmp::Ordering;

/// `x ** y`.
pub fn power(x: &Dec, y: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of(x, y, ctx, st) {
        return d;
    }
    let whole = y.is_integer();
    let negative = x.negative && whole && y.is_odd();
    if let Some(d) = special(x, y, whole, negative, ctx, st) {
        return d;
    }
    if let Some(d) = of_one(x, y, whole, negative, ctx, st) {
        return d;
    }
    if let Some(d) = out_of_bounds(x, y, negative, ctx, st) {
        return d;
    }
    if whole {
        integer_power(x, y, negative, ctx, st)
    } else {
        real_power(x, y, ctx, st)
    }
}

/// Powers of and to zero and infinity.
fn special(x: &Dec, y: &Dec, whole: bool, negative: bool, ctx: &Ctx, st: &mut u32) -> Option<Dec> {
    if x.is_zero() {
        return Some(if y.is_zero() {
            Dec::error(INVALID_OPERATION, st)
        } else if y.negative {
            Dec::infinity(negative)
        } else {
            Dec::zero(negative, 0)
        });
    }
    if x.negative && (!whole || y.is_infinite()) {
        return Some(Dec::error(INVALID_OPERATION, st));
    }
    if y.is_infinite() {
        let order = if x.is_infinite() {
            Ordering::Greater
        } else {
            x.with_sign(false).cmp_value(&Dec::int(1))
        };
        return Some(match (order, y.negative) {
            (Ordering::Equal, _) => {
                *st |= INEXACT | ROUNDED;
                padded_one(negative, ctx.prec - 1, st)
            }
            (Ordering::Greater, false) | (Ordering::Less, true) => Dec::infinity(negative),
            _ => Dec::zero(negative, 0),
        });
    }
    if x.is_infinite() {
        return Some(if y.is_zero() {
            Dec::finite(negative, Coef::from_u64(1), 0)
        } else if y.negative {
            Dec::zero(negative, 0)
        } else {
            Dec::infinity(negative)
        });
    }
    y.is_zero()
        .then(|| Dec::finite(negative, Coef::from_u64(1), 0))
}

/// Powers of one, which keep its zeros.
fn of_one(x: &Dec, y: &Dec, whole: bool, negative: bool, ctx: &Ctx, st: &mut u32) -> Option<Dec> {
    if x.with_sign(false).cmp_value(&Dec::int(1)).is_ne() {
        return None;
    }
    let mut zeros = ctx.prec - 1;
    if !whole {
        *st |= INEXACT | ROUNDED;
    } else if y.negative {
        zeros = 0;
    } else {
        let wanted = integer(y)
            .filter(|n| n.bit_length() < 64)
            .and_then(|n| n.to_i64())
            .and_then(|n| n.checked_mul(-x.exp));
        match wanted {
            Some(n) if n <= zeros => zeros = n.max(0),
            _ => *st |= ROUNDED,
        }
    }
    Some(padded_one(negative, zeros, st))
}

/// Exponents of more digits are out of bounds for every base.
const MOST_EXPONENT_DIGITS: i64 = 1 << 20;

/// The magnitude of an integer.
fn integer(y: &Dec) -> Option<BigInt> {
    if y.adjusted() > MOST_EXPONENT_DIGITS {
        return None;
    }
    let coef = if y.exp >= 0 {
        y.coef.shl(y.exp as u64).ok()?
    } else {
        y.coef.shr(y.exp.unsigned_abs()).0
    };
    Some(coef.to_big())
}

/// Number of decimal digits of a magnitude.
fn length(n: i64) -> i64 {
    Dec::int(n).digits()
}

/// An integer z such that |log10(x)| is at least 10^z, for positive x.
fn log_bound(x: &Dec) -> i64 {
    let adjusted = x.adjusted();
    match adjusted {
        1.. => length(adjusted) - 1,
        ..-1 => length(adjusted + 1) - 1,
        _ => {
            let exact = Ctx {
                prec: x.digits() + 2,
                ..Ctx::MAX
            };
            let off = crate::arith::sub(x, &Dec::int(1), &exact, &mut 0);
            off.adjusted() - if adjusted == 0 { 2 } else { 1 }
        }
    }
}

/// A power that overflows or underflows for certain.
fn out_of_bounds(x: &Dec, y: &Dec, negative: bool, ctx: &Ctx, st: &mut u32) -> Option<Dec> {
    let overflows = (x.adjusted() < 0) == y.negative;
    let (limit, exp) = if overflows {
        (ctx.emax, ctx.emax + 1)
    } else {
        (ctx.etiny(), ctx.etiny() - 1)
    };
    if length(limit) >= log_bound(&x.with_sign(false)) + y.adjusted() {
        return None;
    }
    let beyond = Dec::finite(negative, Coef::from_u64(1), exp);
    Some(ctx.finalize(beyond, st))
}

fn integer_power(x: &Dec, y: &Dec, negative: bool, ctx: &Ctx, st: &mut u32) -> Dec {
    let Some(n) = integer(y) else {
        return Dec::error(NO_MEMORY, st);
    };
    let mut work = Ctx {
        prec: ctx.prec + y.adjusted() + 3,
        rounding: Rounding::HalfEven,
        clamp: false,
        ..*ctx
    };
    let mut base = x.with_sign(false);
    if y.negative {
        work.prec += 1;
        let mut condition = 0;
        base = div(&Dec::int(1), &base, &work, &mut condition);
        *st |= condition;
        if condition & ERRORS != 0 {
            return Dec::nan();
        }
    }
    let mut d = by_squares(&base, &n, &work, st);
    if d.is_nan() {
        return d;
    }
    d.negative = negative;
    if d.is_infinite() {
        // Rounded again, the mode may want the largest number.
        d = Dec::finite(negative, Coef::from_u64(1), ctx.emax + 1);
    }
    ctx.finalize(d, st)
}

/// `base ** n`, n not zero.
fn by_squares(base: &Dec, n: &BigInt, ctx: &Ctx, st: &mut u32) -> Dec {
    let mut d = base.clone();
    for i in (0..n.bit_length() as usize - 1).rev() {
        d = mul(&d, &d, ctx, st);
        if n.bit(i) {
            d = mul(&d, base, ctx, st);
        }
        if !d.is_finite() || d.coef.is_zero() && *st & CLAMPED != 0 {
            break;
        }
    }
    d
}

fn real_power(x: &Dec, y: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    /// Digits of an exponent, and four more.
    const MORE: i64 = 19 + 4;
    let work = Ctx {
        prec: x.digits().max(ctx.prec) + MORE,
        rounding: Rounding::HalfEven,
        ..Ctx::MAX
    };
    let mut condition = 0;
    let log = ln(x, &work, &mut condition);
    let product = mul(&log, y, &work, &mut condition);
    let mut d = exp(&product, &work, &mut condition);
    *st |= condition & ERRORS | INEXACT | ROUNDED;
    if d.is_nan() {
        return d;
    }
    if d.is_infinite() {
        d = Dec::finite(false, Coef::from_u64(1), ctx.emax + 1);
    }
    if d.is_finite() && d.cmp_value(&Dec::int(1)).is_eq() {
        let one = padded_one(false, ctx.prec - 1, st);
        return ctx.finalize(one, st);
    }
    ctx.finalize(d, st)
}

/// `pow(x, y, modulus)` of integers.
pub fn power_modulo(x: &Dec, y: &Dec, modulus: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    for d in [x, y, modulus] {
        if d.is_snan() {
            return nan_of(d, d, ctx, st).unwrap_or_else(Dec::nan);
        }
    }
    for d in [x, y, modulus] {
        if let Some(nan) = nan_of(d, d, ctx, st) {
            return nan;
        }
    }
    let all_whole = [x, y, modulus].iter().all(|d| d.is_integer());
    if !all_whole
        || modulus.is_zero()
        || y.negative && !y.is_zero()
        || x.is_zero() && y.is_zero()
        || modulus.adjusted() >= ctx.prec
    {
        return Dec::error(INVALID_OPERATION, st);
    }
    match modular(x, y, modulus) {
        // Not rounded: the modulus fits the precision.
        Some(d) => d,
        None => Dec::error(NO_MEMORY, st),
    }
}

fn modular(x: &Dec, y: &Dec, modulus: &Dec) -> Option<Dec> {
    let m = integer(modulus)?;
    let reduced = |d: &Dec| -> Option<BigInt> {
        if d.exp <= 0 {
            return integer(d)?.modulo(&m);
        }
        let ten = BigInt::from(10u64).modpow(&BigInt::from(d.exp), &m).ok()?;
        (&d.coef.to_big() * &ten).modulo(&m)
    };
    let mut power = reduced(x)?.modpow(&integer(y)?, &m).ok()?;
    let negative = x.negative && y.is_odd();
    if power.is_negative() {
        power = -power;
    }
    Some(Dec::finite(negative, Coef::from_big(&power), 0))
}
