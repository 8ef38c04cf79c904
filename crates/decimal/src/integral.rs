//! Rounding to exponents, and neighbours.

use crate::arith::{add, finish, nan_of, nan_of_one, sub};
use crate::coef::Coef;
use crate::context::{Ctx, Rounding, status::*};
use crate::number::Dec;
use std::cmp::Ordering;

/// `a` with the exponent of `b`.
pub fn quantize(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return d;
    }
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return a.clone(),
        (false, false) => {}
        _ => return Dec::error(INVALID_OPERATION, st),
    }
    rescale(a, b.exp, ctx, st)
}

/// A finite number with another exponent; an invalid operation if it does not fit.
fn rescale(a: &Dec, exp: i64, ctx: &Ctx, st: &mut u32) -> Dec {
    if exp > ctx.emax || exp < ctx.etiny() {
        return Dec::error(INVALID_OPERATION, st);
    }
    if a.coef.is_zero() {
        return ctx.finalize(Dec::zero(a.negative, exp), st);
    }
    let shift = a.exp - exp;
    if a.digits() + shift > ctx.prec {
        return Dec::error(INVALID_OPERATION, st);
    }
    let mut d = Dec::finite(a.negative, Coef::zero(), exp);
    if shift >= 0 {
        match a.coef.shl(shift as u64) {
            Ok(coef) => d.coef = coef,
            Err(_) => return Dec::error(NO_MEMORY, st),
        }
    } else {
        let (coef, rest) = a.coef.shr(shift.unsigned_abs());
        d.coef = coef;
        ctx.apply(&mut d, rest);
        if d.digits() > ctx.prec || d.adjusted() > ctx.emax {
            return Dec::error(INVALID_OPERATION, st);
        }
        *st |= ROUNDED;
        if rest > 0 {
            *st |= INEXACT;
        }
    }
    if d.adjusted() > ctx.emax {
        return Dec::error(INVALID_OPERATION, st);
    }
    ctx.finalize(d, st)
}

/// `a` rounded to an integer; conditions are reported if `exact`.
pub fn to_integral(a: &Dec, exact: bool, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return d;
    }
    if a.is_infinite() || a.exp >= 0 {
        return a.clone();
    }
    if a.coef.is_zero() {
        return Dec::zero(a.negative, 0);
    }
    let (coef, rest) = a.coef.shr(a.exp.unsigned_abs());
    let mut d = Dec::finite(a.negative, coef, 0);
    ctx.apply(&mut d, rest);
    if exact {
        *st |= ROUNDED;
        if rest > 0 {
            *st |= INEXACT;
        }
    }
    d
}

/// The largest number smaller than `a`.
pub fn next_minus(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    neighbour(a, true, ctx, st)
}

/// The smallest number larger than `a`.
pub fn next_plus(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    neighbour(a, false, ctx, st)
}

fn neighbour(a: &Dec, down: bool, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return d;
    }
    if a.is_infinite() {
        if a.negative == down {
            return a.clone();
        }
        return Dec::largest(!down, ctx, st).with_sign(a.negative);
    }
    let direction = if down {
        Rounding::Floor
    } else {
        Rounding::Ceiling
    };
    let ctx = ctx.with_rounding(direction);
    let mut silent = 0;
    let rounded = ctx.finalize(a.clone(), &mut silent);
    let d = if silent & (INEXACT | ERRORS) != 0 {
        rounded
    } else {
        let tiny = Dec::finite(false, Coef::from_u64(1), ctx.etiny() - 1);
        if down {
            sub(&rounded, &tiny, &ctx, &mut silent)
        } else {
            add(&rounded, &tiny, &ctx, &mut silent)
        }
    };
    *st |= silent & ERRORS;
    d
}

/// The number after `a` towards `b`.
pub fn next_toward(a: &Dec, b: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of(a, b, ctx, st) {
        return d;
    }
    let d = match a.cmp_value(b) {
        Ordering::Equal => return a.with_sign(b.negative),
        Ordering::Less => next_plus(a, ctx, st),
        Ordering::Greater => next_minus(a, ctx, st),
    };
    if d.is_infinite() {
        *st |= OVERFLOW | ROUNDED | INEXACT;
    } else if d.is_finite() && d.adjusted() < ctx.emin {
        *st |= UNDERFLOW | SUBNORMAL | ROUNDED | INEXACT;
        if d.coef.is_zero() {
            *st |= CLAMPED;
        }
    }
    d
}

/// The integer square root of decimals: see `sqrt`.
struct Root {
    coef: Coef,
    exact: bool,
    /// Digits of the root beyond those of the ideal exponent.
    shift: i64,
}

/// The root of `coef` to `prec` digits.
fn root(coef: &Coef, prec: i64) -> Result<Root, crate::coef::NoMemory> {
    let shift = prec - (coef.digits() as i64 + 1) / 2;
    let (c, rest) = if shift >= 0 {
        (coef.shl(2 * shift as u64)?, 0)
    } else {
        coef.shr(2 * shift.unsigned_abs())
    };
    let big = c.to_big();
    let n = big.isqrt().unwrap_or_default();
    let exact = rest == 0 && &n * &n == big;
    Ok(Root {
        coef: Coef::from_big(&n),
        exact,
        shift,
    })
}

/// Square root, rounded half to even.
pub fn sqrt(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return d;
    }
    let ideal = a.exp.div_euclid(2);
    if a.is_zero() {
        return ctx.finalize(Dec::zero(a.negative, ideal), st);
    }
    if a.negative {
        return Dec::error(INVALID_OPERATION, st);
    }
    if a.is_infinite() {
        return a.clone();
    }
    let ctx = ctx.with_rounding(Rounding::HalfEven);
    let odd = a.exp.rem_euclid(2) as u64;
    let r = a.coef.shl(odd).and_then(|coef| {
        // An exact root has half as many digits.
        let short = (coef.digits() as i64 + 1) / 2 + 1;
        let mut r = root(&coef, short.min(ctx.prec + 1))?;
        if !r.exact && short < ctx.prec + 1 {
            r = root(&coef, ctx.prec + 1)?;
        }
        let mut exp = ideal - r.shift;
        if r.exact {
            r.coef = if r.shift >= 0 {
                r.coef.shr(r.shift as u64).0
            } else {
                r.coef.shl(r.shift.unsigned_abs())?
            };
            exp = ideal;
        } else if r.coef.digit(0).is_multiple_of(5) {
            r.coef.increment();
        }
        Ok(Dec::finite(false, r.coef, exp))
    });
    finish(r, &ctx, st)
}
