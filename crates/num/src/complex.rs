//! Complex numbers with CPython 3.14's algorithms, mixed real and complex arithmetic included.

use crate::error::{NumError, Result};
use crate::float_text::{self, Flags, Style};
use crate::int_text::trim;
use crate::libm;

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

/// Why `complex(text)` failed; all are `ValueError`s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplexParseError {
    /// `complex() arg is a malformed string`
    Malformed,
    /// A misplaced underscore: `could not convert string to complex: <repr>`
    Underscore,
}

impl Complex {
    /// `re + im*j`.
    pub const fn new(re: f64, im: f64) -> Self {
        Complex { re, im }
    }

    /// `repr(complex)`.
    pub fn repr(self) -> String {
        let part = |v, sign| {
            float_text::format_float(
                v,
                Style::Repr,
                0,
                Flags {
                    sign,
                    ..Flags::default()
                },
            )
        };
        if self.re == 0.0 && self.re.is_sign_positive() {
            return part(self.im, false) + "j";
        }
        format!("({}{}j)", part(self.re, false), part(self.im, true))
    }

    /// `complex(text)`.
    pub fn parse(text: &[u8]) -> std::result::Result<Self, ComplexParseError> {
        let cleaned;
        let text = if text.contains(&b'_') {
            cleaned = float_text::remove_underscores(text).ok_or(ComplexParseError::Underscore)?;
            &cleaned[..]
        } else {
            text
        };
        let text = trim(text);
        let text = match text {
            [b'(', inner @ .., b')'] => trim(inner),
            _ => text,
        };
        parse_parts(text).ok_or(ComplexParseError::Malformed)
    }

    /// Product of two complex numbers, with infinities recovered as C99 annex G does.
    pub fn product(self, o: Self) -> Self {
        let (a, b, c, d) = (self.re, self.im, o.re, o.im);
        let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
        let r = Complex::new(ac - bd, ad + bc);
        if r.re.is_nan() && r.im.is_nan() {
            return recover_product(a, b, c, d, [ac, bd, ad, bc]).unwrap_or(r);
        }
        r
    }

    /// Complex times real.
    pub fn scale(self, o: f64) -> Self {
        Complex::new(self.re * o, self.im * o)
    }

    /// Complex divided by complex. `ZeroDivisionError` for 0.
    pub fn quotient(self, o: Self) -> Result<Self> {
        if o.re == 0.0 && o.im == 0.0 {
            return Err(NumError::zero_division("division by zero"));
        }
        let r = smith_quotient(self, o);
        if r.re.is_nan() && r.im.is_nan() {
            return Ok(recover_quotient(self, o).unwrap_or(r));
        }
        Ok(r)
    }

    /// Complex divided by real. `ZeroDivisionError` for 0.
    pub fn quotient_real(self, o: f64) -> Result<Self> {
        if o == 0.0 {
            return Err(NumError::zero_division("division by zero"));
        }
        Ok(Complex::new(self.re / o, self.im / o))
    }

    /// Real divided by complex. `ZeroDivisionError` for 0.
    pub fn real_quotient(a: f64, o: Self) -> Result<Self> {
        if o.re == 0.0 && o.im == 0.0 {
            return Err(NumError::zero_division("division by zero"));
        }
        let mut r = if o.re.abs() >= o.im.abs() {
            let ratio = o.im / o.re;
            let denom = o.re + o.im * ratio;
            Complex::new(a / denom, (-a * ratio) / denom)
        } else if o.im.abs() >= o.re.abs() {
            let ratio = o.re / o.im;
            let denom = o.re * ratio + o.im;
            Complex::new((a * ratio) / denom, (-a) / denom)
        } else {
            Complex::new(f64::NAN, f64::NAN)
        };
        if r.re.is_nan()
            && r.im.is_nan()
            && a.is_finite()
            && (o.re.is_infinite() || o.im.is_infinite())
        {
            let x = unit_if_infinite(o.re);
            let y = unit_if_infinite(o.im);
            r = Complex::new(0.0 * (a * x), 0.0 * (-a * y));
        }
        Ok(r)
    }

    /// `abs(complex)`. `OverflowError` if out of range.
    pub fn abs(self) -> Result<f64> {
        let r = libm::hypot(self.re, self.im);
        if r.is_infinite() && self.re.is_finite() && self.im.is_finite() {
            return Err(NumError::overflow("absolute value too large"));
        }
        Ok(r)
    }

    /// `a ** b`. `ZeroDivisionError` for 0 to a negative or complex power, `OverflowError` when
    /// out of range.
    pub fn pow(self, exp: Self) -> Result<Self> {
        let n = exp.re;
        let r = if exp.im == 0.0 && n == n.floor() && n.abs() <= 100.0 {
            self.powi(n as i32)?
        } else {
            self.pow_general(exp)?
        };
        // Infinite operands included.
        if r.re.is_infinite() || r.im.is_infinite() {
            return Err(NumError::overflow("complex exponentiation"));
        }
        Ok(r)
    }

    fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    fn powi(self, n: i32) -> Result<Self> {
        if n > 0 {
            return Ok(self.pow_unsigned(n as u32));
        }
        Complex::new(1.0, 0.0)
            .quotient(self.pow_unsigned(n.unsigned_abs()))
            .map_err(|_| zero_power())
    }

    fn pow_unsigned(self, n: u32) -> Self {
        let (mut r, mut p) = (Complex::new(1.0, 0.0), self);
        let mut left = n;
        while left > 0 {
            if left & 1 == 1 {
                r = r.product(p);
            }
            left >>= 1;
            p = p.product(p);
        }
        r
    }

    fn pow_general(self, exp: Self) -> Result<Self> {
        if exp.re == 0.0 && exp.im == 0.0 {
            return Ok(Complex::new(1.0, 0.0));
        }
        if self.re == 0.0 && self.im == 0.0 {
            if exp.im != 0.0 || exp.re < 0.0 {
                return Err(zero_power());
            }
            return Ok(Complex::new(0.0, 0.0));
        }
        let vabs = libm::hypot(self.re, self.im);
        let mut len = libm::pow(vabs, exp.re);
        let at = libm::atan2(self.im, self.re);
        let mut phase = at * exp.re;
        if exp.im != 0.0 {
            len *= libm::exp(-at * exp.im);
            phase += exp.im * libm::log(vabs);
        }
        if phase.is_infinite() {
            // C's sin and cos set errno to EDOM, which CPython words like this.
            return Err(zero_power());
        }
        Ok(Complex::new(len * libm::cos(phase), len * libm::sin(phase)))
    }
}

fn zero_power() -> NumError {
    NumError::zero_division("zero to a negative or complex power")
}

fn unit_if_infinite(v: f64) -> f64 {
    (if v.is_infinite() { 1.0_f64 } else { 0.0 }).copysign(v)
}

fn zero_if_nan(v: f64) -> f64 {
    if v.is_nan() { 0.0_f64.copysign(v) } else { v }
}

/// C99 annex G.5.1: products with an infinite operand are infinite.
fn recover_product(
    mut a: f64,
    mut b: f64,
    mut c: f64,
    mut d: f64,
    parts: [f64; 4],
) -> Option<Complex> {
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b) = (unit_if_infinite(a), unit_if_infinite(b));
        (c, d) = (zero_if_nan(c), zero_if_nan(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (c, d) = (unit_if_infinite(c), unit_if_infinite(d));
        (a, b) = (zero_if_nan(a), zero_if_nan(b));
        again = true;
    }
    if !again && parts.iter().any(|p| p.is_infinite()) {
        (a, b, c, d) = (
            zero_if_nan(a),
            zero_if_nan(b),
            zero_if_nan(c),
            zero_if_nan(d),
        );
        again = true;
    }
    again.then(|| {
        Complex::new(
            f64::INFINITY * (a * c - b * d),
            f64::INFINITY * (a * d + b * c),
        )
    })
}

/// Smith's algorithm (1962), scaling by the larger part of the divisor.
fn smith_quotient(a: Complex, b: Complex) -> Complex {
    if b.re.abs() >= b.im.abs() {
        let ratio = b.im / b.re;
        let denom = b.re + b.im * ratio;
        Complex::new((a.re + a.im * ratio) / denom, (a.im - a.re * ratio) / denom)
    } else if b.im.abs() >= b.re.abs() {
        let ratio = b.re / b.im;
        let denom = b.re * ratio + b.im;
        Complex::new((a.re * ratio + a.im) / denom, (a.im * ratio - a.re) / denom)
    } else {
        Complex::new(f64::NAN, f64::NAN)
    }
}

/// C99 annex G.5.1 for quotients.
fn recover_quotient(a: Complex, b: Complex) -> Option<Complex> {
    if (a.re.is_infinite() || a.im.is_infinite()) && b.is_finite() {
        let (x, y) = (unit_if_infinite(a.re), unit_if_infinite(a.im));
        let inf = f64::INFINITY;
        return Some(Complex::new(
            inf * (x * b.re + y * b.im),
            inf * (y * b.re - x * b.im),
        ));
    }
    if (b.re.is_infinite() || b.im.is_infinite()) && a.is_finite() {
        let (x, y) = (unit_if_infinite(b.re), unit_if_infinite(b.im));
        return Some(Complex::new(
            0.0 * (a.re * x + a.im * y),
            0.0 * (a.im * x - a.re * y),
        ));
    }
    None
}

/// `<float>`, `<float>j`, `<float><signed-float>j`, where the imaginary float may be a bare sign
/// or missing.
fn parse_parts(text: &[u8]) -> Option<Complex> {
    let j = |b: Option<&u8>| matches!(b, Some(b'j' | b'J'));
    let (first, used) = match float_text::parse_prefix(text) {
        Some(found) => found,
        None => {
            let (unit, signed) = bare_sign(text);
            return (j(text.get(signed)) && text.len() == signed + 1)
                .then(|| Complex::new(0.0, unit));
        }
    };
    let rest = &text[used..];
    match rest.first() {
        None => Some(Complex::new(first, 0.0)),
        Some(b'j' | b'J') => (rest.len() == 1).then(|| Complex::new(0.0, first)),
        Some(b'+' | b'-') => {
            let (im, used) = float_text::parse_prefix(rest).unwrap_or_else(|| bare_sign(rest));
            (j(rest.get(used)) && rest.len() == used + 1).then(|| Complex::new(first, im))
        }
        Some(_) => None,
    }
}

fn bare_sign(text: &[u8]) -> (f64, usize) {
    match text.first() {
        Some(b'-') => (-1.0, 1),
        Some(b'+') => (1.0, 1),
        _ => (1.0, 0),
    }
}
