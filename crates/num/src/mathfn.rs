//! Functions of the `math` module: the C library's, with Python's errors for what is out of
//! domain or range.

use crate::bigint::BigInt;
use crate::error::{NumError, Result};
use crate::{float, float_text, int_float, libm};

fn domain() -> NumError {
    NumError::value("math domain error")
}

fn range() -> NumError {
    NumError::overflow("math range error")
}

/// Wraps a one-argument C function: NaN from a number is a domain error, infinity from a finite
/// number is `on_infinity`.
fn checked(x: f64, f: fn(f64) -> f64, on_infinity: fn() -> NumError) -> Result<f64> {
    let r = f(x);
    if r.is_nan() && !x.is_nan() {
        return Err(domain());
    }
    if r.is_infinite() && x.is_finite() {
        return Err(on_infinity());
    }
    Ok(r)
}

macro_rules! unary {
    ($($name:ident $error:ident;)*) => {$(
        /// The `math` function of the same name: `ValueError` out of domain, `OverflowError` out of
        /// range.
        pub fn $name(x: f64) -> Result<f64> {
            checked(x, libm::$name, $error)
        }
    )*};
}
unary! {
    asinh domain; atan domain; cosh range; exp range; exp2 range;
    expm1 range; sinh range; tanh domain; cbrt domain; erf domain; erfc domain;
}

/// `got` of a message that quotes the argument.
fn shown(x: f64) -> String {
    float_text::repr(x)
}

/// `math.sin`. `ValueError` for infinities.
pub fn sin(x: f64) -> Result<f64> {
    finite_input(x, libm::sin)
}

/// `math.cos`. `ValueError` for infinities.
pub fn cos(x: f64) -> Result<f64> {
    finite_input(x, libm::cos)
}

/// `math.tan`. `ValueError` for infinities.
pub fn tan(x: f64) -> Result<f64> {
    finite_input(x, libm::tan)
}

fn finite_input(x: f64, f: fn(f64) -> f64) -> Result<f64> {
    if x.is_infinite() {
        return Err(NumError::value(format!(
            "expected a finite input, got {}",
            shown(x)
        )));
    }
    Ok(f(x))
}

/// `math.acos`. `ValueError` outside [-1, 1].
pub fn acos(x: f64) -> Result<f64> {
    within_unit(x, libm::acos)
}

/// `math.asin`. `ValueError` outside [-1, 1].
pub fn asin(x: f64) -> Result<f64> {
    within_unit(x, libm::asin)
}

fn within_unit(x: f64, f: fn(f64) -> f64) -> Result<f64> {
    if x.abs() > 1.0 {
        return Err(NumError::value(format!(
            "expected a number in range from -1 up to 1, got {}",
            shown(x)
        )));
    }
    Ok(f(x))
}

/// `math.acosh`. `ValueError` below 1.
pub fn acosh(x: f64) -> Result<f64> {
    if x < 1.0 {
        return Err(NumError::value(format!(
            "expected argument value not less than 1, got {}",
            shown(x)
        )));
    }
    Ok(libm::acosh(x))
}

/// `math.atanh`. `ValueError` outside (-1, 1).
pub fn atanh(x: f64) -> Result<f64> {
    if x.abs() >= 1.0 {
        return Err(NumError::value(format!(
            "expected a number between -1 and 1, got {}",
            shown(x)
        )));
    }
    Ok(libm::atanh(x))
}

/// `math.sqrt`. `ValueError` below 0.
pub fn sqrt(x: f64) -> Result<f64> {
    if x < 0.0 {
        return Err(NumError::value(format!(
            "expected a nonnegative input, got {}",
            shown(x)
        )));
    }
    Ok(x.sqrt())
}

/// `math.log1p`. `ValueError` at and below -1.
pub fn log1p(x: f64) -> Result<f64> {
    if x <= -1.0 {
        return Err(NumError::value(format!(
            "expected argument value > -1, got {}",
            shown(x)
        )));
    }
    // Keeps the sign of zero.
    Ok(if x == 0.0 { x } else { libm::log1p(x) })
}

/// `math.pow`: always a float; `ValueError` or `OverflowError` as C's `pow` sets errno.
pub fn pow(x: f64, y: f64) -> Result<f64> {
    let r = libm::pow(x, y);
    if x.is_finite() && y.is_finite() {
        if r.is_nan() {
            return Err(domain());
        }
        if r.is_infinite() {
            return Err(if x == 0.0 { domain() } else { range() });
        }
    }
    Ok(r)
}

/// `math.fmod`. `ValueError` for y = 0 or infinite x.
pub fn fmod(x: f64, y: f64) -> Result<f64> {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    let r = libm::fmod(x, y);
    if r.is_nan() && !x.is_nan() && !y.is_nan() {
        Err(domain())
    } else {
        Ok(r)
    }
}

/// `math.remainder` (IEEE 754). `ValueError` for y = 0 or infinite x.
pub fn remainder(x: f64, y: f64) -> Result<f64> {
    if x.is_nan() {
        return Ok(x);
    }
    if y.is_nan() {
        return Ok(y);
    }
    if x.is_infinite() || y == 0.0 {
        return Err(domain());
    }
    Ok(libm::remainder(x, y))
}

/// `math.fma`. `ValueError` for 0 * inf, `OverflowError` out of range.
pub fn fma(x: f64, y: f64, z: f64) -> Result<f64> {
    let r = libm::fma(x, y, z);
    if r.is_finite() {
        return Ok(r);
    }
    if r.is_nan() {
        return if x.is_nan() || y.is_nan() || z.is_nan() {
            Ok(r)
        } else {
            Err(NumError::value("invalid operation in fma"))
        };
    }
    if x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(NumError::overflow("overflow in fma"));
    }
    Ok(r)
}

/// `math.frexp`: mantissa in [0.5, 1) and exponent.
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (m, exp) = float::decompose(x.abs());
    let bits = 64 - m.leading_zeros();
    let mantissa = m as f64 / (1_u64 << bits) as f64;
    (mantissa.copysign(x), exp as i32 + bits as i32)
}

/// `x * 2^exp` rounded once; infinity on overflow.
pub(crate) fn ldexp_raw(x: f64, exp: i32) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let (m, e) = float::decompose(x.abs());
    int_float::round_scaled(m, false, e + i64::from(exp))
        .unwrap_or(f64::INFINITY)
        .copysign(x)
}

/// `math.ldexp`. `OverflowError` out of range. Clamp exponents of any size to `i64` before.
pub fn ldexp(x: f64, exp: i64) -> Result<f64> {
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    let r = ldexp_raw(x, exp.clamp(-100_000, 100_000) as i32);
    if r.is_infinite() { Err(range()) } else { Ok(r) }
}

/// `math.modf`: fractional and integral part, both with the sign of x.
pub fn modf(x: f64) -> (f64, f64) {
    if x.is_infinite() {
        return (0.0_f64.copysign(x), x);
    }
    if x.is_nan() {
        return (x, x);
    }
    let whole = x.trunc();
    ((x - whole).copysign(x), whole)
}

/// `math.nextafter(x, y)`.
pub fn nextafter(x: f64, y: f64) -> f64 {
    libm::nextafter(x, y)
}

/// A double as an integer whose order is that of the doubles (-0.0 and 0.0 differ by sign only).
fn ordinal(x: f64) -> i128 {
    let magnitude = i128::from(x.abs().to_bits());
    if x.is_sign_negative() {
        -magnitude
    } else {
        magnitude
    }
}

/// `math.nextafter(x, y, steps=n)`; `steps` saturates at `u64::MAX`.
pub fn nextafter_steps(x: f64, y: f64, steps: u64) -> f64 {
    if steps == 0 || x.is_nan() {
        return x;
    }
    if y.is_nan() || x == y {
        return y;
    }
    let (from, to) = (ordinal(x), ordinal(y));
    let steps = i128::from(steps);
    if (to - from).abs() <= steps {
        return y;
    }
    let at = if to > from {
        from + steps
    } else {
        from - steps
    };
    let magnitude = f64::from_bits(at.unsigned_abs() as u64);
    // Zero is reached with the sign of where the steps came from.
    if at == 0 {
        magnitude.copysign(x)
    } else if at < 0 {
        -magnitude
    } else {
        magnitude
    }
}

/// `math.ulp`.
pub fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if x.is_nan() || x.is_infinite() {
        return x;
    }
    let next = libm::nextafter(x, f64::INFINITY);
    if next.is_infinite() {
        x - libm::nextafter(x, f64::NEG_INFINITY)
    } else {
        next - x
    }
}

/// `math.isclose`. `ValueError` for negative tolerances.
pub fn isclose(a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> Result<bool> {
    if rel_tol < 0.0 || abs_tol < 0.0 {
        return Err(NumError::value("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(true);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(false);
    }
    let diff = (b - a).abs();
    Ok(diff <= (rel_tol * b).abs() || diff <= (rel_tol * a).abs() || diff <= abs_tol)
}

/// Which logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    Natural,
    Two,
    Ten,
}

impl Log {
    fn of(self, x: f64) -> f64 {
        match self {
            Log::Natural => libm::log(x),
            Log::Two => libm::log2(x),
            Log::Ten => libm::log10(x),
        }
    }
}

/// `math.log`, `log2`, `log10` of a float. `ValueError` at and below 0.
pub fn log(x: f64, which: Log) -> Result<f64> {
    if x <= 0.0 {
        return Err(NumError::value(format!(
            "expected a positive input, got {}",
            shown(x)
        )));
    }
    Ok(which.of(x))
}

/// `math.log`, `log2`, `log10` of an integer, of any size. `ValueError` at and below 0.
pub fn log_int(v: &BigInt, which: Log) -> Result<f64> {
    if v.signum() <= 0 {
        return Err(NumError::value("expected a positive input"));
    }
    if let Ok(x) = int_float::to_f64(v) {
        return Ok(which.of(x));
    }
    let (mantissa, exp) = int_float::frexp(v);
    Ok(which.of(mantissa) + which.of(2.0) * exp as f64)
}
