//! Exact conversions and comparisons between integers and doubles.

use std::cmp::Ordering;

use crate::bigint::BigInt;
use crate::error::{NumError, Result};
use crate::float;

/// The double nearest to `(m + s) * 2^exp`, ties to even, where `0 <= s < 1` is non-zero iff
/// `sticky`; `None` on overflow. With `sticky`, `m` must have at least 55 bits.
pub fn round_scaled(m: u64, sticky: bool, exp: i64) -> Option<f64> {
    if m == 0 {
        return Some(0.0);
    }
    let bits = i64::from(64 - m.leading_zeros());
    // Bits below the last place of the result, which is never under 2^-1074.
    let drop = (bits - 53).max(-1074 - exp);
    if drop <= 0 {
        return scale_exact(m, exp);
    }
    if drop > 64 {
        return Some(0.0);
    }
    let wide = u128::from(m);
    let kept = (wide >> drop) as u64;
    let rest = wide & ((1 << drop) - 1);
    let up = match rest.cmp(&(1 << (drop - 1))) {
        Ordering::Less => false,
        Ordering::Equal => sticky || kept & 1 == 1,
        Ordering::Greater => true,
    };
    scale_exact(kept + u64::from(up), exp + drop)
}

/// `m * 2^exp` when it is exactly a double (`m <= 2^53`, `exp >= -1074`); `None` on overflow.
fn scale_exact(m: u64, exp: i64) -> Option<f64> {
    if m == 0 {
        return Some(0.0);
    }
    let bits = i64::from(64 - m.leading_zeros());
    if exp + bits > 1024 {
        return None;
    }
    if exp + bits < -1021 {
        return Some(f64::from_bits(m << (exp + 1074)));
    }
    let biased = (exp + bits + 1022) as u64;
    let m = if bits > 53 { m >> 1 } else { m << (53 - bits) };
    Some(f64::from_bits((biased << 52) | (m & ((1 << 52) - 1))))
}

/// Highest 64 bits of the magnitude, whether anything is below them, and the power of two of the
/// lowest bit returned.
fn top_bits(limbs: &[u64]) -> (u64, bool, i64) {
    let n = limbs.len();
    let Some(&top) = limbs.last() else {
        return (0, false, 0);
    };
    if n == 1 {
        return (top, false, 0);
    }
    let lz = top.leading_zeros();
    let next = limbs[n - 2];
    let (m, lost) = if lz == 0 {
        (top, next)
    } else {
        ((top << lz) | (next >> (64 - lz)), next << lz)
    };
    let sticky = lost != 0 || limbs[..n - 2].iter().any(|&w| w != 0);
    (m, sticky, (n as i64 - 1) * 64 - i64::from(lz))
}

/// `float(int)`: nearest double, ties to even. `OverflowError` beyond the range.
pub fn to_f64(v: &BigInt) -> Result<f64> {
    let (negative, limbs) = v.limbs();
    let (m, sticky, exp) = top_bits(limbs);
    match round_scaled(m, sticky, exp) {
        Some(f) => Ok(if negative { -f } else { f }),
        None => Err(NumError::overflow("int too large to convert to float")),
    }
}

/// Mantissa in `[0.5, 1)` (signed) and exponent of an integer of any size, as `frexp`; the
/// mantissa is rounded half to even. Zero gives `(0.0, 0)`.
pub fn frexp(v: &BigInt) -> (f64, i64) {
    let (negative, limbs) = v.limbs();
    let (m, sticky, exp) = top_bits(limbs);
    let bits = i64::from(64 - m.leading_zeros());
    let x = round_scaled(m, sticky, -bits).unwrap_or(0.0);
    let (x, bits) = if x == 1.0 { (0.5, bits + 1) } else { (x, bits) };
    if m == 0 {
        return (0.0, 0);
    }
    (if negative { -x } else { x }, exp + bits)
}

/// `int(float)`: truncation. `OverflowError` for infinities, `ValueError` for NaN.
pub fn from_f64(v: f64) -> Result<BigInt> {
    if v.is_nan() {
        return Err(NumError::value("cannot convert float NaN to integer"));
    }
    if v.is_infinite() {
        return Err(NumError::overflow(
            "cannot convert float infinity to integer",
        ));
    }
    if v.abs() < 9.2e18 {
        return Ok(BigInt::from(v as i64));
    }
    let (m, exp) = float::decompose(v.abs());
    let big = BigInt::from(m).shl(exp as u64)?;
    Ok(if v < 0.0 { -big } else { big })
}

/// Compares exactly; `None` if `f` is NaN.
pub fn cmp_i64_float(i: i64, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if f >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if f < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = f.trunc();
    Some(
        i.cmp(&(whole as i64))
            .then_with(|| 0.0_f64.total_cmp(&(f - whole + 0.0))),
    )
}

/// Compares exactly; `None` if `f` is NaN.
pub fn cmp_int_float(i: &BigInt, f: f64) -> Option<Ordering> {
    if let Some(small) = i.to_i64() {
        return cmp_i64_float(small, f);
    }
    if f.is_nan() {
        return None;
    }
    let above = if i.is_negative() {
        Ordering::Less
    } else {
        Ordering::Greater
    };
    if f.is_infinite() {
        return Some(if f > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    // |i| >= 2^63 > |f|, or f is an integer itself.
    if f.abs() < 9.2e18 {
        return Some(above);
    }
    from_f64(f).ok().map(|b| i.cmp(&b))
}

/// `a / b` of two integers, correctly rounded. Errors as CPython's.
pub fn true_div(a: &BigInt, b: &BigInt) -> Result<f64> {
    if b.is_zero() {
        return Err(NumError::zero_division("division by zero"));
    }
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    let negative = a.is_negative() != b.is_negative();
    let magnitude = divide_magnitudes(a, b)?;
    Ok(if negative { -magnitude } else { magnitude })
}

fn divide_magnitudes(a: &BigInt, b: &BigInt) -> Result<f64> {
    let too_large = || NumError::overflow("integer division result too large for a float");
    let (a_bits, b_bits) = (a.bit_length() as i64, b.bit_length() as i64);
    if a_bits <= 53 && b_bits <= 53 {
        return Ok(a.limbs().1[0] as f64 / b.limbs().1[0] as f64);
    }
    let diff = a_bits - b_bits;
    if diff > 1024 {
        return Err(too_large());
    }
    if diff < -1080 {
        return Ok(0.0);
    }
    // A quotient of 60 or 61 bits and what is left over decide the rounding.
    let shift = 60 - diff;
    let (n, d) = if shift >= 0 {
        (a.abs().shl(shift as u64)?, b.abs())
    } else {
        (a.abs(), b.abs().shl(-shift as u64)?)
    };
    let (q, r) = n.div_rem_trunc(&d).ok_or_else(too_large)?;
    let q = q.to_u64().ok_or_else(too_large)?;
    round_scaled(q, !r.is_zero(), -shift).ok_or_else(too_large)
}

/// `a / b` of machine integers, correctly rounded.
pub fn true_div_i64(a: i64, b: i64) -> Result<f64> {
    const EXACT: u64 = 1 << 53;
    if b != 0 && a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
        return Ok(a as f64 / b as f64);
    }
    true_div(&BigInt::from(a), &BigInt::from(b))
}
