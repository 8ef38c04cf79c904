//! Quotients and remainders.

use crate::arith::{finish, nan_of};
use crate::coef::{Coef, NoMemory};
use crate::context::{Ctx, status::*};
use crate::number::Dec;
use std::cmp::Ordering;

/// `a / b`.
#[inline]
pub fn div(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return d;
    }
    let negative = a.negative != b.negative;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Dec::error(INVALID_OPERATION, st),
        (true, _) => return Dec::infinity(negative),
        (_, true) => {
            *st |= CLAMPED;
            return Dec::zero(negative, ctx.etiny());
        }
        _ => {}
    }
    if b.coef.is_zero() {
        return by_zero(a, negative, st);
    }
    if a.coef.is_zero() {
        return ctx.finalize(Dec::zero(negative, a.exp - b.exp), st);
    }
    finish(div_finite(a, b, negative, ctx), ctx, st)
}

fn by_zero(a: &Dec, negative: bool, st: &mut u32) -> Dec {
    if a.is_zero() {
        return Dec::error(DIVISION_UNDEFINED, st);
    }
    *st |= DIVISION_BY_ZERO;
    Dec::infinity(negative)
}

fn div_finite(a: &Dec, b: &Dec, negative: bool, ctx: &Ctx) -> Result<Dec, NoMemory> {
    // An exact quotient has at most four more digits for each of the divisor's: a precision
    // beyond that is needed only by one that is not exact.
    let exact = a.digits() + 4 * b.digits() + 8;
    if ctx.prec > 2 * exact {
        let (q, is_exact) = quotient(a, b, negative, exact)?;
        if is_exact {
            return Ok(q);
        }
    }
    Ok(quotient(a, b, negative, ctx.prec)?.0)
}

/// The quotient to `prec` digits and one or two more, the last of which is not 0 or 5 if some
/// that follow are not 0; true if it is exact.
fn quotient(a: &Dec, b: &Dec, negative: bool, prec: i64) -> Result<(Dec, bool), NoMemory> {
    let ideal = a.exp - b.exp;
    let shift = b.digits() - a.digits() + prec + 1;
    let (mut q, rest) = if shift >= 0 {
        a.coef.shl(shift as u64)?.div_rem(&b.coef)
    } else {
        a.coef.div_rem(&b.coef.shl(shift.unsigned_abs())?)
    };
    let mut exp = ideal - shift;
    if !rest.is_zero() {
        if q.digit(0) % 5 == 0 {
            q.increment();
        }
        return Ok((Dec::finite(negative, q, exp), false));
    }
    if exp < ideal {
        let n = (q.trailing_zeros() as i64).min(ideal - exp);
        q = q.shr(n as u64).0;
        exp += n;
    }
    Ok((Dec::finite(negative, q, exp), true))
}

/// Whole quotient and remainder of finite numbers, the divisor not zero; None if the quotient has
/// more digits than the precision.
fn whole(a: &Dec, b: &Dec, ctx: &Ctx) -> Result<Option<(Dec, Dec)>, NoMemory> {
    let ideal = a.exp.min(b.exp);
    let negative = a.negative != b.negative;
    if a.coef.is_zero() {
        return Ok(Some((Dec::zero(negative, 0), Dec::zero(a.negative, ideal))));
    }
    let size = a.adjusted() - b.adjusted();
    if size < 0 {
        let r = a.coef.shl((a.exp - ideal) as u64)?;
        return Ok(Some((
            Dec::zero(negative, 0),
            Dec::finite(a.negative, r, ideal),
        )));
    }
    if size > ctx.prec {
        return Ok(None);
    }
    let x = a.coef.shl((a.exp - ideal) as u64)?;
    let y = b.coef.shl((b.exp - ideal) as u64)?;
    let (q, r) = x.div_rem(&y);
    if q.digits() as i64 > ctx.prec {
        return Ok(None);
    }
    Ok(Some((
        Dec::finite(negative, q, 0),
        Dec::finite(a.negative, r, ideal),
    )))
}

/// `whole` with its errors as NaNs.
fn whole_or_error(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Result<(Dec, Dec), Dec> {
    match whole(a, b, ctx) {
        Ok(Some(both)) => Ok(both),
        Ok(None) => Err(Dec::error(DIVISION_IMPOSSIBLE, st)),
        Err(NoMemory) => Err(Dec::error(NO_MEMORY, st)),
    }
}

/// `a // b`, rounded towards zero.
pub fn div_int(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return d;
    }
    let negative = a.negative != b.negative;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Dec::error(INVALID_OPERATION, st),
        (true, _) => return Dec::infinity(negative),
        (_, true) => return Dec::zero(negative, 0),
        _ => {}
    }
    if b.coef.is_zero() {
        return by_zero(a, negative, st);
    }
    match whole_or_error(a, b, ctx, st) {
        Ok((q, _)) => ctx.finalize(q, st),
        Err(nan) => nan,
    }
}

/// `a % b`, with the sign of `a`.
pub fn rem(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = rem_special(a, b, ctx, st) {
        return d;
    }
    match whole_or_error(a, b, ctx, st) {
        Ok((_, r)) => ctx.finalize(r, st),
        Err(nan) => nan,
    }
}

fn rem_special(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Option<Dec> {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return Some(d);
    }
    if a.is_infinite() {
        return Some(Dec::error(INVALID_OPERATION, st));
    }
    if b.is_infinite() {
        return Some(ctx.finalize(a.clone(), st));
    }
    if b.coef.is_zero() {
        let why = if a.coef.is_zero() {
            DIVISION_UNDEFINED
        } else {
            INVALID_OPERATION
        };
        return Some(Dec::error(why, st));
    }
    None
}

/// `divmod(a, b)`.
pub fn divmod(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> (Dec, Dec) {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return (d.clone(), d);
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        *st |= INVALID_OPERATION;
        let q = if b.is_infinite() {
            Dec::nan()
        } else {
            Dec::infinity(negative)
        };
        return (q, Dec::nan());
    }
    if b.is_infinite() {
        return (Dec::zero(negative, 0), ctx.finalize(a.clone(), st));
    }
    if b.coef.is_zero() {
        if a.coef.is_zero() {
            *st |= DIVISION_UNDEFINED;
            return (Dec::nan(), Dec::nan());
        }
        *st |= DIVISION_BY_ZERO | INVALID_OPERATION;
        return (Dec::infinity(negative), Dec::nan());
    }
    match whole_or_error(a, b, ctx, st) {
        Ok((q, r)) => (ctx.finalize(q, st), ctx.finalize(r, st)),
        Err(nan) => (nan.clone(), nan),
    }
}

/// `a - b * n` with `n` the integer nearest to `a / b`, the even one of two.
pub fn rem_near(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = rem_special(a, b, ctx, st) {
        return d;
    }
    match near(a, b, ctx) {
        Ok(Some(d)) => ctx.finalize(d, st),
        Ok(None) => Dec::error(DIVISION_IMPOSSIBLE, st),
        Err(NoMemory) => Dec::error(NO_MEMORY, st),
    }
}

fn near(a: &Dec, b: &Dec, ctx: &Ctx) -> Result<Option<Dec>, NoMemory> {
    let Some((q, r)) = whole(a, b, ctx)? else {
        return Ok(None);
    };
    if !a.coef.is_zero() && a.adjusted() < b.adjusted() - 1 {
        return Ok(Some(r));
    }
    let b_coef = b.coef.shl((b.exp - r.exp) as u64)?;
    let twice = r.coef.add(&r.coef);
    let up = match twice.cmp(&b_coef) {
        Ordering::Less => false,
        Ordering::Equal => q.coef.is_odd(),
        Ordering::Greater => true,
    };
    if !up {
        return Ok(Some(r));
    }
    let mut next: Coef = q.coef;
    next.increment();
    if next.digits() as i64 > ctx.prec {
        return Ok(None);
    }
    let rest = b_coef.sub(&r.coef);
    Ok(Some(Dec::finite(!a.negative, rest, r.exp)))
}
