//! Sums, products, fused multiply-add, and what they share.

use crate::coef::{Coef, NoMemory};
use crate::context::{Ctx, Rounding, status::*};
use crate::number::{Class, Dec};
use std::cmp::Ordering;

/// The NaN that two operands make, if one of them is a NaN.
pub fn nan_of(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Option<Dec> {
    if a.class == Class::Finite && b.class == Class::Finite {
        return None;
    }
    let from = [a, b]
        .into_iter()
        .find(|d| d.is_snan())
        .or_else(|| [a, b].into_iter().find(|d| d.is_nan()))?;
    if from.is_snan() {
        *st |= INVALID_OPERATION;
    }
    let mut d = Dec {
        class: Class::NaN,
        exp: 0,
        ..from.clone()
    };
    ctx.fit_nan(&mut d);
    Some(d)
}

/// The NaN that one operand makes, if it is a NaN.
pub fn nan_of_one(a: &Dec, ctx: &Ctx, st: &mut u32) -> Option<Dec> {
    nan_of(a, a, ctx, st)
}

/// A result, rounded, or the NaN that says that there was no memory for it.
pub fn finish(r: Result<Dec, NoMemory>, ctx: &Ctx, st: &mut u32) -> Dec {
    match r {
        Ok(d) => ctx.finalize(d, st),
        Err(NoMemory) => Dec::error(NO_MEMORY, st),
    }
}

/// `a + b`.
#[inline]
pub fn add(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    sum(a, b, b.negative, ctx, st)
}

/// `a - b`.
#[inline]
pub fn sub(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    sum(a, b, !b.negative, ctx, st)
}

/// `a + b` where `b` has another sign.
fn sum(a: &Dec, b: &Dec, b_negative: bool, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return d;
    }
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) if a.negative != b_negative => Dec::error(INVALID_OPERATION, st),
        (true, _) => Dec::infinity(a.negative),
        (_, true) => Dec::infinity(b_negative),
        _ => finish(sum_finite(a, b, b_negative, ctx), ctx, st),
    }
}

#[inline]
fn sum_finite(a: &Dec, b: &Dec, b_negative: bool, ctx: &Ctx) -> Result<Dec, NoMemory> {
    if a.exp == b.exp {
        return Ok(sum_aligned(
            (&a.coef, a.negative),
            (&b.coef, b_negative),
            a.exp,
            ctx,
        ));
    }
    let ((high, high_negative), (low, low_negative)) = if a.exp > b.exp {
        ((a, a.negative), (b, b_negative))
    } else {
        ((b, b_negative), (a, a.negative))
    };
    let mut exp = low.exp;
    let mut coef = &low.coef;
    let tiny;
    if !high.coef.is_zero() {
        // Below this exponent a summand can only tell the rounding what it is.
        let room = high.digits() - ctx.prec - 1;
        let bound = high.exp - 1 + room.min(0);
        if low.adjusted() < bound {
            exp = bound;
            tiny = Coef::from_u64(u64::from(!low.coef.is_zero()));
            coef = &tiny;
        }
    }
    let shifted = high.coef.shl((high.exp - exp) as u64)?;
    Ok(sum_aligned(
        (&shifted, high_negative),
        (coef, low_negative),
        exp,
        ctx,
    ))
}

fn sum_aligned(a: (&Coef, bool), b: (&Coef, bool), exp: i64, ctx: &Ctx) -> Dec {
    if a.1 == b.1 {
        return Dec::finite(a.1, a.0.add(b.0), exp);
    }
    match a.0.cmp(b.0) {
        Ordering::Greater => Dec::finite(a.1, a.0.sub(b.0), exp),
        Ordering::Less => Dec::finite(b.1, b.0.sub(a.0), exp),
        Ordering::Equal => Dec::zero(ctx.rounding == Rounding::Floor, exp),
    }
}

/// `a * b`, not rounded.
fn product(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return d;
    }
    let negative = a.negative != b.negative;
    if !a.is_finite() || !b.is_finite() {
        if a.is_zero() || b.is_zero() {
            return Dec::error(INVALID_OPERATION, st);
        }
        return Dec::infinity(negative);
    }
    match a.coef.mul(&b.coef) {
        Ok(coef) => Dec::finite(negative, coef, a.exp + b.exp),
        Err(NoMemory) => Dec::error(NO_MEMORY, st),
    }
}

/// `a * b`.
#[inline]
pub fn mul(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    let d = product(a, b, ctx, st);
    ctx.finalize(d, st)
}

/// `a * b + c` with one rounding.
pub fn fma(a: &Dec, b: &Dec, c: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    let mut condition = 0;
    let d = product(a, b, ctx, &mut condition);
    *st |= condition;
    if condition & INVALID != 0 {
        return d;
    }
    add(&d, c, ctx, st)
}

/// `+a`: rounded, and no negative zero unless rounding towards minus infinity.
pub fn plus(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    signed(a, a.negative, ctx, st)
}

/// `-a`.
pub fn minus(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    signed(a, !a.negative, ctx, st)
}

fn signed(a: &Dec, negative: bool, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return d;
    }
    let keeps = !a.is_zero() || ctx.rounding == Rounding::Floor;
    ctx.finalize(a.with_sign(negative && keeps), st)
}

/// `abs(a)`.
pub fn abs(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return d;
    }
    ctx.finalize(a.with_sign(false), st)
}

/// `a` without trailing zeros.
pub fn reduce(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return d;
    }
    let mut d = ctx.finalize(a.clone(), st);
    if !d.is_finite() {
        return d;
    }
    if d.coef.is_zero() {
        d.exp = 0;
        return d;
    }
    let most = if ctx.clamp { ctx.etop() } else { ctx.emax };
    let n = (d.coef.trailing_zeros() as i64).min(most - d.exp).max(0);
    d.coef = d.coef.shr(n as u64).0;
    d.exp += n;
    d
}

/// `a * 10^b`.
pub fn scaleb(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return d;
    }
    let most = 2 * (ctx.emax as i128 + ctx.prec as i128);
    let n = match small_int(b) {
        Some(n) if i128::from(n).abs() <= most => n,
        _ => return Dec::error(INVALID_OPERATION, st),
    };
    if a.is_infinite() {
        return a.clone();
    }
    let exp = i128::from(a.exp) + i128::from(n);
    let exp = exp.clamp(i128::from(MIN_EXP), i128::from(-MIN_EXP)) as i64;
    let d = Dec::finite(a.negative, a.coef.clone(), exp);
    ctx.finalize(d, st)
}

/// Exponents below this and above its negative are beyond every context.
const MIN_EXP: i64 = -4_000_000_000_000_000_000;

/// An operand that must be an integer with exponent 0.
pub fn small_int(b: &Dec) -> Option<i64> {
    if !b.is_finite() || b.exp != 0 {
        return None;
    }
    let n = i64::try_from(b.coef.to_u64()?).ok()?;
    Some(if b.negative { -n } else { n })
}

/// The exponent of the first digit as a number.
pub fn logb(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return d;
    }
    if a.is_infinite() {
        return Dec::infinity(false);
    }
    if a.coef.is_zero() {
        *st |= DIVISION_BY_ZERO;
        return Dec::infinity(true);
    }
    ctx.finalize(Dec::int(a.adjusted()), st)
}
