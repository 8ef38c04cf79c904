//! Elementary functions of complex numbers: Kahan, "Branch cuts for complex elementary functions"
//! (1987), with the scaling CPython does near overflow and underflow.

use super::special::{self, Special, Table};
use num::complex::Complex;
use num::libm::*;
use std::f64::consts::{E, FRAC_PI_2, LN_2};

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trouble {
    Domain,
    Range,
}

type Out = Result<Complex, Trouble>;

/// Parts beyond this are halved before hypot.
const LARGE: f64 = f64::MAX / 4.0;
/// exp of more than this could overflow: ln(LARGE).
const LOG_LARGE: f64 = 708.396_418_532_264_1;

fn new(re: f64, im: f64) -> Complex {
    Complex::new(re, im)
}

/// The table's answer for a non-finite number.
fn special(table: &Table, z: Complex) -> Option<Out> {
    if z.re.is_finite() && z.im.is_finite() {
        return None;
    }
    match special::lookup(table, z) {
        Special::Value(v) => Some(Ok(v)),
        Special::Domain => Some(Err(Trouble::Domain)),
        Special::Finite => None,
    }
}

fn in_range(z: Complex) -> Out {
    if z.re.is_infinite() || z.im.is_infinite() {
        return Err(Trouble::Range);
    }
    Ok(z)
}

fn is_large(z: Complex) -> bool {
    z.re.abs() > LARGE || z.im.abs() > LARGE
}

/// log(|z|) of a large number, doubled once more.
fn log_twice(z: Complex) -> f64 {
    log(hypot(z.re / 2.0, z.im / 2.0)) + LN_2 * 2.0
}

/// x times 2^e.
fn scale(x: f64, e: i32) -> f64 {
    x * 2f64.powi(e)
}

pub fn sqrt(z: Complex) -> Out {
    if let Some(r) = special(&special::SQRT, z) {
        return r;
    }
    if z.re == 0.0 && z.im == 0.0 {
        return Ok(new(0.0, z.im));
    }
    let (ax, ay) = (z.re.abs(), z.im.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        // 2^53 up, 2^-27 down: the root halves the exponent, and the sum wants a factor 1/2.
        let ax = scale(ax, 53);
        scale((ax + hypot(ax, scale(ay, 53))).sqrt(), -27)
    } else {
        let ax = ax / 8.0;
        2.0 * (ax + hypot(ax, ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    Ok(if z.re >= 0.0 {
        new(s, d.copysign(z.im))
    } else {
        new(d, s.copysign(z.im))
    })
}

pub fn acos(z: Complex) -> Out {
    if let Some(r) = special(&special::ACOS, z) {
        return r;
    }
    if is_large(z) {
        let l = log_twice(z);
        let im = if z.re < 0.0 {
            -l.copysign(z.im)
        } else {
            l.copysign(-z.im)
        };
        return Ok(new(atan2(z.im.abs(), z.re), im));
    }
    let s1 = sqrt(new(1.0 - z.re, -z.im))?;
    let s2 = sqrt(new(1.0 + z.re, z.im))?;
    Ok(new(
        2.0 * atan2(s1.re, s2.re),
        num::libm::asinh(s2.re * s1.im - s2.im * s1.re),
    ))
}

pub fn acosh(z: Complex) -> Out {
    if let Some(r) = special(&special::ACOSH, z) {
        return r;
    }
    if is_large(z) {
        return Ok(new(log_twice(z), atan2(z.im, z.re)));
    }
    let s1 = sqrt(new(z.re - 1.0, z.im))?;
    let s2 = sqrt(new(z.re + 1.0, z.im))?;
    Ok(new(
        num::libm::asinh(s1.re * s2.re + s1.im * s2.im),
        2.0 * atan2(s1.im, s2.re),
    ))
}

/// f(iz) / i for the circular function of a hyperbolic one.
fn turned(z: Complex, f: fn(Complex) -> Out) -> Out {
    let s = f(new(-z.im, z.re))?;
    Ok(new(s.im, -s.re))
}

pub fn asin(z: Complex) -> Out {
    turned(z, asinh)
}
pub fn atan(z: Complex) -> Out {
    turned(z, atanh)
}
pub fn sin(z: Complex) -> Out {
    turned(z, sinh)
}
pub fn tan(z: Complex) -> Out {
    turned(z, tanh)
}
pub fn cos(z: Complex) -> Out {
    cosh(new(-z.im, z.re))
}

pub fn asinh(z: Complex) -> Out {
    if let Some(r) = special(&special::ASINH, z) {
        return r;
    }
    if is_large(z) {
        let l = log_twice(z);
        let re = if z.im >= 0.0 {
            l.copysign(z.re)
        } else {
            -l.copysign(-z.re)
        };
        return Ok(new(re, atan2(z.im, z.re.abs())));
    }
    let s1 = sqrt(new(1.0 + z.im, -z.re))?;
    let s2 = sqrt(new(1.0 - z.im, z.re))?;
    Ok(new(
        num::libm::asinh(s1.re * s2.im - s2.re * s1.im),
        atan2(z.im, s1.re * s2.re - s1.im * s2.im),
    ))
}

pub fn atanh(z: Complex) -> Out {
    if let Some(r) = special(&special::ATANH, z) {
        return r;
    }
    // Odd: reduce to the right half plane.
    if z.re.is_sign_negative() {
        let r = atanh(new(-z.re, -z.im))?;
        return Ok(new(-r.re, -r.im));
    }
    let ay = z.im.abs();
    let sqrt_large = LARGE.sqrt();
    if z.re > sqrt_large || ay > sqrt_large {
        let h = hypot(z.re / 2.0, z.im / 2.0);
        return Ok(new(z.re / 4.0 / h / h, -FRAC_PI_2.copysign(-z.im)));
    }
    if z.re == 1.0 && ay < f64::MIN_POSITIVE.sqrt() {
        if ay == 0.0 {
            return Err(Trouble::Domain);
        }
        let re = -log(ay.sqrt() / hypot(ay, 2.0).sqrt());
        return Ok(new(re, (atan2(2.0, -ay) / 2.0).copysign(z.im)));
    }
    let left = 1.0 - z.re;
    Ok(new(
        log1p(4.0 * z.re / (left * left + ay * ay)) / 4.0,
        -atan2(-2.0 * z.im, left * (1.0 + z.re) - ay * ay) / 2.0,
    ))
}

/// The real part is infinite, and the signs come from cosine and sine of the imaginary part.
fn directed(z: Complex) -> bool {
    z.re.is_infinite() && z.im.is_finite() && z.im != 0.0
}

pub fn cosh(z: Complex) -> Out {
    let (cos, sin) = (num::libm::cos(z.im), num::libm::sin(z.im));
    if directed(z) {
        let i = f64::INFINITY;
        return Ok(new(i.copysign(cos), i.copysign(sin) * z.re.signum()));
    }
    if let Some(r) = special(&special::COSH, z) {
        return r;
    }
    let (x, e) = reduced(z.re);
    in_range(new(
        cos * num::libm::cosh(x) * e,
        sin * num::libm::sinh(x) * e,
    ))
}

/// The argument of cosh and sinh kept from overflow, and the factor that is then missing.
fn reduced(x: f64) -> (f64, f64) {
    if x.abs() > LOG_LARGE {
        (x - 1f64.copysign(x), E)
    } else {
        (x, 1.0)
    }
}

pub fn sinh(z: Complex) -> Out {
    let (cos, sin) = (num::libm::cos(z.im), num::libm::sin(z.im));
    if directed(z) {
        let i = f64::INFINITY;
        return Ok(new(i.copysign(cos) * z.re.signum(), i.copysign(sin)));
    }
    if let Some(r) = special(&special::SINH, z) {
        return r;
    }
    let (x, e) = reduced(z.re);
    in_range(new(
        cos * num::libm::sinh(x) * e,
        sin * num::libm::cosh(x) * e,
    ))
}

pub fn exp(z: Complex) -> Out {
    let (cos, sin) = (num::libm::cos(z.im), num::libm::sin(z.im));
    if directed(z) {
        let size = if z.re > 0.0 { f64::INFINITY } else { 0.0 };
        return Ok(new(size.copysign(cos), size.copysign(sin)));
    }
    if let Some(r) = special(&special::EXP, z) {
        return r;
    }
    if z.re > LOG_LARGE {
        let l = num::libm::exp(z.re - 1.0);
        return in_range(new(l * cos * E, l * sin * E));
    }
    let l = num::libm::exp(z.re);
    in_range(new(l * cos, l * sin))
}

pub fn tanh(z: Complex) -> Out {
    let (cos, sin) = (num::libm::cos(z.im), num::libm::sin(z.im));
    if directed(z) {
        return Ok(new(z.re.signum(), 0f64.copysign(2.0 * sin * cos)));
    }
    if let Some(r) = special(&special::TANH, z) {
        return r;
    }
    if z.re.abs() > LOG_LARGE {
        let im = 4.0 * sin * cos * num::libm::exp(-2.0 * z.re.abs());
        return Ok(new(1f64.copysign(z.re), im));
    }
    let (tx, ty) = (num::libm::tanh(z.re), num::libm::tan(z.im));
    let cx = 1.0 / num::libm::cosh(z.re);
    let txty = tx * ty;
    let denom = 1.0 + txty * txty;
    Ok(new(tx * (1.0 + ty * ty) / denom, ((ty / denom) * cx) * cx))
}

pub fn ln(z: Complex) -> Out {
    if let Some(r) = special(&special::LOG, z) {
        return r;
    }
    let (ax, ay) = (z.re.abs(), z.im.abs());
    let re = if ax > LARGE || ay > LARGE {
        log(hypot(ax / 2.0, ay / 2.0)) + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return Err(Trouble::Domain);
        }
        log(hypot(scale(ax, 53), scale(ay, 53))) - 53.0 * LN_2
    } else {
        let h = hypot(ax, ay);
        if (0.71..=1.73).contains(&h) {
            let (big, small) = (ax.max(ay), ax.min(ay));
            log1p((big - 1.0) * (big + 1.0) + small * small) / 2.0
        } else {
            log(h)
        }
    };
    Ok(new(re, atan2(z.im, z.re)))
}

pub fn log_10(z: Complex) -> Out {
    let r = ln(z)?;
    let ten = std::f64::consts::LN_10;
    Ok(new(r.re / ten, r.im / ten))
}

/// The number with these polar coordinates.
pub fn rect(r: f64, phi: f64) -> Out {
    let z = new(r, phi);
    if directed(z) {
        let i = f64::INFINITY * r.signum();
        let sign = |x: f64| if x.is_sign_negative() { -i } else { i };
        return Ok(new(sign(num::libm::cos(phi)), sign(num::libm::sin(phi))));
    }
    if let Some(v) = special(&special::RECT, z) {
        return v;
    }
    if phi == 0.0 {
        return Ok(new(r, r * phi));
    }
    Ok(new(r * num::libm::cos(phi), r * num::libm::sin(phi)))
}
