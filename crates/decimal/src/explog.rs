//! Exponential and logarithms, correctly rounded half to even.

use crate::arith::nan_of_one;
use crate::coef::Coef;
use crate::context::{Ctx, Rounding, status::*};
use crate::fixed;
use crate::number::Dec;
use num::BigInt;

/// Precisions beyond this are refused: there is neither time nor memory for them.
const MOST_PREC: i64 = 1 << 27;

/// An approximation `n * 10^exp`, a few units off.
struct Approximation {
    n: BigInt,
    exp: i64,
}

/// Rounds what `f` approximates to so many digits as it is asked for; asks for more until the
/// error cannot matter. The value is never a decimal fraction itself.
fn round(f: impl Fn(i64) -> Approximation, ctx: &Ctx, st: &mut u32) -> Dec {
    if ctx.prec > MOST_PREC {
        return Dec::error(NO_MEMORY, st);
    }
    let ctx = ctx.with_rounding(Rounding::HalfEven);
    let mut digits = ctx.prec + 4;
    loop {
        let a = f(digits);
        let coef = Coef::from_big(&a.n);
        let d = Dec::finite(a.n.is_negative(), coef, a.exp);
        let kept = ctx.prec.min(d.adjusted() - ctx.etiny() + 1);
        if kept < 0 || !near_half(&d.coef, d.digits() - kept) {
            // A last digit that keeps the result from looking exact.
            let coef = d.coef.shl(1).map(|mut c| {
                c.increment();
                c
            });
            return match coef {
                Ok(coef) => ctx.finalize(
                    Dec {
                        coef,
                        exp: d.exp - 1,
                        ..d
                    },
                    st,
                ),
                Err(_) => Dec::error(NO_MEMORY, st),
            };
        }
        digits += digits / 2;
    }
}

/// The last `n` digits are so near to 5000... that the error of an approximation matters.
fn near_half(coef: &Coef, n: i64) -> bool {
    if n < 3 {
        return true;
    }
    let tail = coef.low_digits(n as u64);
    let Ok(half) = Coef::from_u64(5).shl(n as u64 - 1) else {
        return false;
    };
    let off = if tail >= half {
        tail.sub(&half)
    } else {
        half.sub(&tail)
    };
    off <= Coef::from_u64(20)
}

/// e^a.
pub fn exp(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return d;
    }
    if a.is_infinite() {
        return if a.negative {
            Dec::zero(false, 0)
        } else {
            a.clone()
        };
    }
    if a.coef.is_zero() {
        return Dec::int(1);
    }
    let half_even = ctx.with_rounding(Rounding::HalfEven);
    if a.adjusted() >= 19 {
        let exp = if a.negative {
            ctx.etiny() - 1
        } else {
            ctx.emax + 1
        };
        let beyond = Dec::finite(false, Coef::from_u64(1), exp);
        return half_even.finalize(beyond, st);
    }
    if a.adjusted() < -ctx.prec - 1 {
        *st |= INEXACT | ROUNDED;
        let one = padded_one(false, ctx.prec - 1, st);
        return half_even.finalize(one, st);
    }
    round(|digits| exp_to(a, digits), ctx, st)
}

/// 1 with so many zeros behind the point.
pub fn padded_one(negative: bool, zeros: i64, st: &mut u32) -> Dec {
    match Coef::power_of_ten(zeros as u64) {
        Ok(coef) => Dec::finite(negative, coef, -zeros),
        Err(_) => Dec::error(NO_MEMORY, st),
    }
}

fn exp_to(a: &Dec, digits: i64) -> Approximation {
    // a = k * ln(10) + r; the product costs as many bits as k has.
    const FOR_K: u64 = 72;
    let bits = fixed::bits_for(digits);
    let work = bits + FOR_K;
    let mut x = fixed::from_decimal(&a.coef.to_big(), a.exp, work);
    if a.negative {
        x = -x;
    }
    let ln10 = fixed::ln10(work);
    let (k, r) = x.divmod(&ln10).unwrap_or_default();
    let e = fixed::exp(&r.shr(FOR_K), bits);
    let n = (&e * &fixed::ten_to(digits as u64)).shr(bits);
    Approximation {
        n,
        exp: k.to_i64().unwrap_or(0) - digits,
    }
}

/// The results of logarithms that need no computation.
fn log_special(a: &Dec, ctx: &Ctx, st: &mut u32) -> Option<Dec> {
    if let Some(d) = nan_of_one(a, ctx, st) {
        return Some(d);
    }
    if a.is_zero() {
        return Some(Dec::infinity(true));
    }
    if a.negative {
        return Some(Dec::error(INVALID_OPERATION, st));
    }
    a.is_infinite().then(|| a.clone())
}

/// A positive number as m * 10^k with m near 1, and how many zeros follow the point in |a - 1|.
struct Split<'a> {
    coef: &'a Coef,
    /// m = coef * 10^exp
    exp: i64,
    k: i64,
    zeros: i64,
}

fn split(a: &Dec) -> Split<'_> {
    let digits = a.digits();
    // The leading two digits decide between 1..3.2 and 0.32..1.
    let lead = match digits {
        1 => a.coef.digit(0) * 10,
        _ => a.coef.digit(digits as usize - 1) * 10 + a.coef.digit(digits as usize - 2),
    };
    let below = i64::from(lead >= 32);
    let exp = 1 - digits - below;
    let k = a.adjusted() + below;
    let zeros = if k == 0 {
        let (mut st, one) = (0, Dec::int(1));
        let exact = Ctx {
            prec: digits + 2,
            ..Ctx::MAX
        };
        -crate::arith::sub(a, &one, &exact, &mut st).adjusted()
    } else {
        0
    };
    Split {
        coef: &a.coef,
        exp,
        k,
        zeros: zeros.max(0),
    }
}

/// Natural logarithm.
pub fn ln(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = log_special(a, ctx, st) {
        return d;
    }
    if a.cmp_value(&Dec::int(1)).is_eq() {
        return Dec::int(0);
    }
    log(a, ctx, false, st)
}

/// Logarithm to base 10.
pub fn log10(a: &Dec, ctx: &Ctx, st: &mut u32) -> Dec {
    if let Some(d) = log_special(a, ctx, st) {
        return d;
    }
    if a.coef.trailing_zeros() == a.coef.digits() - 1 && a.coef.digit(a.coef.digits() - 1) == 1 {
        return ctx
            .with_rounding(Rounding::HalfEven)
            .finalize(Dec::int(a.adjusted()), st);
    }
    log(a, ctx, true, st)
}

fn log(a: &Dec, ctx: &Ctx, base_ten: bool, st: &mut u32) -> Dec {
    if ctx.prec > MOST_PREC {
        return Dec::error(NO_MEMORY, st);
    }
    let s = split(a);
    let big = s.coef.to_big();
    round(|digits| log_to(&big, &s, digits, base_ten), ctx, st)
}

fn log_to(big: &BigInt, s: &Split<'_>, digits: i64, base_ten: bool) -> Approximation {
    let places = digits + s.zeros;
    let bits = fixed::bits_for(places + 4);
    let m = fixed::from_decimal(big, s.exp, bits);
    let small = fixed::ln(&m, bits);
    let ten = fixed::ten_to(places as u64);
    let n = if base_ten {
        let ln10 = fixed::ln10(bits);
        let q = (&small * &ten).floor_div(&ln10).unwrap_or_default();
        &q + &(&ten * s.k)
    } else {
        // k is up to 2^61.
        let work = bits + 64;
        let wide = small.shl(64).unwrap_or_default() + &fixed::ln10(work) * s.k;
        (&wide * &ten).shr(work)
    };
    Approximation { n, exp: -places }
}
