//! Operations on digits: logical ones, shifts, rotations.

use crate::arith::{nan_of, small_int};
use crate::coef::{Coef, MOST_DIGITS};
use crate::context::{Ctx, status::*};
use crate::number::Dec;

/// The digits of an operand of a logical operation, from the lowest, at most `prec`.
fn bits(a: &Dec, ctx: &Ctx) -> Option<Vec<bool>> {
    if !a.is_finite() || a.negative || a.exp != 0 {
        return None;
    }
    let text = a.coef.to_text();
    if text.bytes().any(|d| d > b'1') {
        return None;
    }
    let digits = text.bytes().rev().map(|d| d == b'1');
    Some(
        digits
            .take(ctx.prec.min(MOST_DIGITS as i64) as usize)
            .collect(),
    )
}

fn from_bits(bits: impl DoubleEndedIterator<Item = bool>) -> Dec {
    let text: Vec<u8> = bits.rev().map(|b| b'0' + u8::from(b)).collect();
    Dec::finite(false, Coef::from_digits(&text), 0)
}

/// `f` of the digits of both.
pub fn logical(a: &Dec, b: &Dec, f: fn(bool, bool) -> bool, ctx: &Ctx, st: &mut u32) -> Dec {
    let (Some(mut x), Some(mut y)) = (bits(a, ctx), bits(b, ctx)) else {
        return Dec::error(INVALID_OPERATION, st);
    };
    let n = x.len().max(y.len());
    x.resize(n, false);
    y.resize(n, false);
    from_bits(x.into_iter().zip(y).map(|(p, q)| f(p, q)))
}

/// All digits of the precision the other way round.
pub fn invert(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    let Some(mut x) = bits(a, ctx) else {
        return Dec::error(INVALID_OPERATION, st);
    };
    if ctx.prec as u64 > MOST_DIGITS {
        return Dec::error(NO_MEMORY, st);
    }
    x.resize(ctx.prec as usize, false);
    from_bits(x.into_iter().map(|b| !b))
}

/// Checks the operands of `shift` and `rotate`: the number of places, or the result.
fn places(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Result<i64, Dec> {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return Err(d);
    }
    let Some(n) = small_int(b).filter(|n| n.unsigned_abs() <= ctx.prec as u64) else {
        return Err(Dec::error(INVALID_OPERATION, st));
    };
    if a.is_infinite() {
        return Err(a.clone());
    }
    Ok(n)
}

/// The coefficient shifted by `b` places to the left.
pub fn shift(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    let n = match places(a, b, ctx, st) {
        Ok(n) => n,
        Err(d) => return d,
    };
    let low = a.coef.low_digits(ctx.prec as u64);
    let coef = if n >= 0 {
        // Digits that would leave at the top need not be shifted.
        low.low_digits((ctx.prec - n) as u64).shl(n as u64)
    } else {
        Ok(low.shr(n.unsigned_abs()).0)
    };
    match coef {
        Ok(coef) => Dec::finite(a.negative, coef, a.exp),
        Err(_) => Dec::error(NO_MEMORY, st),
    }
}

/// The coefficient rotated by `b` places to the left within the precision.
pub fn rotate(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    let n = match places(a, b, ctx, st) {
        Ok(n) => n,
        Err(d) => return d,
    };
    let n = n.rem_euclid(ctx.prec) as u64;
    let prec = ctx.prec as u64;
    let low = a.coef.low_digits(prec);
    let (top, _) = low.shr(prec - n);
    match low.low_digits(prec - n).shl(n) {
        Ok(rest) => Dec::finite(a.negative, rest.add(&top), a.exp),
        Err(_) => Dec::error(NO_MEMORY, st),
    }
}
