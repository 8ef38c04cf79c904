//! Float arithmetic with Python's rules: floor division, modulo, powers, rounding, exact parts.

use std::cmp::Ordering;

use crate::bigint::BigInt;
use crate::error::{NumError, Result};
use crate::float_text;

/// `v` (finite, not negative) as `mantissa * 2^exp`, mantissa below 2^53.
pub fn decompose(v: f64) -> (u64, i64) {
    let bits = v.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52) as i64 & 0x7ff {
        0 => (fraction, -1074),
        e => (fraction | (1 << 52), e - 1075),
    }
}

/// `float.is_integer()`.
pub fn is_integer(v: f64) -> bool {
    v.is_finite() && v.floor() == v
}

/// `float.as_integer_ratio()`: numerator and positive denominator in lowest terms.
pub fn as_integer_ratio(v: f64) -> Result<(BigInt, BigInt)> {
    if v.is_infinite() {
        return Err(NumError::overflow(
            "cannot convert Infinity to integer ratio",
        ));
    }
    if v.is_nan() {
        return Err(NumError::value("cannot convert NaN to integer ratio"));
    }
    let (m, exp) = decompose(v.abs());
    if m == 0 {
        return Ok((BigInt::ZERO, BigInt::ONE));
    }
    let zeros = i64::from(m.trailing_zeros());
    let (m, exp) = (BigInt::from(m >> zeros), exp + zeros);
    let (n, d) = if exp >= 0 {
        (m.shl(exp as u64)?, BigInt::ONE)
    } else {
        (m, BigInt::ONE.shl(-exp as u64)?)
    };
    Ok((if v < 0.0 { -n } else { n }, d))
}

/// `divmod(a, b)`; `None` for b = 0 (the caller words the ZeroDivisionError).
pub fn divmod(a: f64, b: f64) -> Option<(f64, f64)> {
    if b == 0.0 {
        return None;
    }
    let mut rem = a % b;
    let mut div = (a - rem) / b;
    if rem != 0.0 {
        if (b < 0.0) != (rem < 0.0) {
            rem += b;
            div -= 1.0;
        }
    } else {
        rem = 0.0_f64.copysign(b);
    }
    let quotient = if div != 0.0 {
        let floor = div.floor();
        if div - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    } else {
        0.0_f64.copysign(a / b)
    };
    Some((quotient, rem))
}

/// `a // b`; `None` for b = 0.
pub fn floor_div(a: f64, b: f64) -> Option<f64> {
    divmod(a, b).map(|(q, _)| q)
}

/// `a % b`, with the sign of b; `None` for b = 0.
pub fn modulo(a: f64, b: f64) -> Option<f64> {
    if b == 0.0 {
        return None;
    }
    let rem = a % b;
    if rem == 0.0 {
        return Some(0.0_f64.copysign(b));
    }
    Some(if (b < 0.0) != (rem < 0.0) {
        rem + b
    } else {
        rem
    })
}

/// What `a ** b` comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pow {
    Float(f64),
    /// A negative base with a fractional exponent: the caller computes it as complex.
    Complex,
}

/// `a ** b` for floats. `ZeroDivisionError` for 0 to a negative power, `OverflowError(34, ...)` when the
/// result is out of range.
pub fn pow(a: f64, b: f64) -> Result<Pow> {
    if b == 0.0 || a == 1.0 {
        return Ok(Pow::Float(1.0));
    }
    if a.is_nan() {
        return Ok(Pow::Float(a));
    }
    if b.is_nan() {
        return Ok(Pow::Float(b));
    }
    if b.is_infinite() {
        let m = a.abs();
        let v = if m == 1.0 {
            1.0
        } else if (b > 0.0) == (m > 1.0) {
            f64::INFINITY
        } else {
            0.0
        };
        return Ok(Pow::Float(v));
    }
    let odd = b.abs() % 2.0 == 1.0;
    if a.is_infinite() {
        let magnitude = if b > 0.0 { f64::INFINITY } else { 0.0 };
        return Ok(Pow::Float(if odd {
            magnitude.copysign(a)
        } else {
            magnitude
        }));
    }
    if a == 0.0 {
        if b < 0.0 {
            return Err(NumError::zero_division("zero to a negative power"));
        }
        return Ok(Pow::Float(if odd { a } else { 0.0 }));
    }
    if a < 0.0 && b.floor() != b {
        return Ok(Pow::Complex);
    }
    if a == -1.0 {
        return Ok(Pow::Float(if odd { -1.0 } else { 1.0 }));
    }
    let r = crate::libm::pow(a.abs(), b);
    if r.is_infinite() {
        return Err(NumError::erange());
    }
    Ok(Pow::Float(if a < 0.0 && odd { -r } else { r }))
}

/// `round(x)`: to the nearest integer, ties to even, still a double.
pub fn round_half_even(x: f64) -> f64 {
    x.round_ties_even()
}

/// `round(x, ndigits)`: the double nearest to the decimal rounding (half to even) of the exact
/// value. `OverflowError` when that is out of range.
pub fn round_digits(x: f64, ndigits: i64) -> Result<f64> {
    if !x.is_finite() || x == 0.0 {
        return Ok(x);
    }
    // Beyond these every double is unchanged, or rounds to zero.
    if ndigits > 323 {
        return Ok(x);
    }
    if ndigits < -308 {
        return Ok(0.0 * x);
    }
    let text = if ndigits >= 0 {
        format!("{:.*}", ndigits as usize, x.abs())
    } else {
        round_left_of_point(x.abs(), -ndigits)
    };
    let magnitude = text.parse().unwrap_or(f64::INFINITY);
    if f64::is_infinite(magnitude) {
        return Err(NumError::overflow("rounded value too large to represent"));
    }
    Ok(magnitude.copysign(x))
}

/// `x` (> 0) rounded to a multiple of 10^n, as text that parses to it.
fn round_left_of_point(x: f64, n: i64) -> String {
    // 40 digits, so that rounding cannot carry a double that is not a power of ten up to one.
    let (_, len) = float_text::exact_digits(x, 40);
    let keep = len - n;
    match keep.cmp(&0) {
        Ordering::Less => "0".to_owned(),
        Ordering::Greater => format!("{:.*e}", keep as usize - 1, x),
        Ordering::Equal => {
            let half: BigInt =
                BigInt::from(5) * BigInt::from(10).pow(n as u64 - 1).unwrap_or_default();
            let over = crate::int_float::cmp_int_float(&half, x) == Some(Ordering::Less);
            if over {
                format!("1e{n}")
            } else {
                "0".to_owned()
            }
        }
    }
}
