//! Numbers as text.

use crate::coef::Coef;
use crate::context::{Ctx, status::*};
use crate::number::{Class, Dec};

/// The parts of a finite number's text.
struct Parts<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    exp: i64,
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let n = text.iter().take_while(|c| c.is_ascii_digit()).count();
    text.split_at(n)
}

/// Exponents are cut at this magnitude, beyond every context.
const MOST_EXP: i64 = 3_000_000_000_000_000_000;

fn finite(text: &[u8]) -> Option<Parts<'_>> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => digits(rest),
        _ => (&rest[..0], rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let exp = match rest {
        [] => 0,
        [b'e' | b'E', rest @ ..] => exponent(rest)?,
        _ => return None,
    };
    Some(Parts {
        whole,
        fraction,
        exp,
    })
}

fn exponent(text: &[u8]) -> Option<i64> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let n = text.iter().fold(0i64, |n, d| {
        (n.saturating_mul(10).saturating_add(i64::from(d - b'0'))).min(MOST_EXP)
    });
    Some(if negative { -n } else { n })
}

fn without_zeros(text: &[u8]) -> &[u8] {
    let n = text.iter().take_while(|c| **c == b'0').count();
    &text[n..]
}

/// Reads a number, not rounded; None if the text is none.
pub fn parse(text: &[u8]) -> Option<Dec> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let is = |word: &str| text.eq_ignore_ascii_case(word.as_bytes());
    if is("inf") || is("infinity") {
        return Some(Dec::infinity(negative));
    }
    let starts = |word: &str| {
        text.get(..word.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes()))
    };
    for (word, class) in [("nan", Class::NaN), ("snan", Class::SNaN)] {
        if starts(word) {
            let payload = &text[word.len()..];
            if !payload.iter().all(u8::is_ascii_digit) {
                return None;
            }
            return Some(Dec {
                negative,
                class,
                exp: 0,
                coef: Coef::from_digits(without_zeros(payload)),
            });
        }
    }
    let parts = finite(text)?;
    let coef = match without_zeros(parts.whole) {
        [] => Coef::from_digits(without_zeros(parts.fraction)),
        whole => Coef::from_two(whole, parts.fraction),
    };
    let exp = parts.exp - parts.fraction.len() as i64;
    Some(Dec::finite(negative, coef, exp))
}

/// Reads a number and rounds it.
pub fn parse_rounded(text: &[u8], ctx: &Ctx, st: &mut u32) -> Dec {
    match parse(text) {
        Some(d) if d.is_nan() => {
            if d.digits() > ctx.prec - i64::from(ctx.clamp) {
                return Dec::error(CONVERSION_SYNTAX, st);
            }
            d
        }
        Some(d) => ctx.finalize(d, st),
        None => Dec::error(CONVERSION_SYNTAX, st),
    }
}

/// Reads a number that must be exact in the widest context.
pub fn parse_exact(text: &[u8], st: &mut u32) -> Dec {
    let mut condition = 0;
    let d = parse_rounded(text, &Ctx::MAX, &mut condition);
    exact(d, condition, st)
}

/// A number that the widest context could not keep as it is becomes invalid.
pub fn exact(d: Dec, condition: u32, st: &mut u32) -> Dec {
    if condition & (INEXACT | ROUNDED | CLAMPED) != 0 {
        return Dec::error(INVALID_OPERATION, st);
    }
    *st |= condition & ERRORS;
    d
}

fn special(d: &Dec, out: &mut String) {
    match d.class {
        Class::Infinite => out.push_str("Infinity"),
        class => {
            out.push_str(if class == Class::SNaN { "sNaN" } else { "NaN" });
            if !d.coef.is_zero() {
                d.coef.push_digits(out);
            }
        }
    }
}

impl Dec {
    /// Scientific notation where an exponent is needed.
    pub fn to_sci(&self, capitals: bool) -> String {
        self.text(false, capitals)
    }
    /// The same with exponents that are multiples of three.
    pub fn to_eng(&self, capitals: bool) -> String {
        self.text(true, capitals)
    }

    fn text(&self, eng: bool, capitals: bool) -> String {
        let mut out = String::with_capacity(self.coef.digits() + 24);
        if self.negative {
            out.push('-');
        }
        if !self.is_finite() {
            special(self, &mut out);
            return out;
        }
        if self.exp == 0 {
            self.coef.push_digits(&mut out);
            return out;
        }
        let left = self.exp + self.coef.digits() as i64;
        if self.exp < 0 && left > 0 {
            self.coef.push_digits(&mut out);
            let point = out.len() - self.exp.unsigned_abs() as usize;
            out.insert(point, '.');
            return out;
        }
        let digits = self.coef.to_text();
        let point = if self.exp <= 0 && left > -6 {
            left
        } else if !eng {
            1
        } else if self.coef.is_zero() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        place_point(&mut out, &digits, point);
        if left != point {
            push_exponent(&mut out, left - point, capitals);
        }
        out
    }
}

/// Digits with a point after the first `point` of them, filled with zeros either way.
fn place_point(out: &mut String, digits: &str, point: i64) {
    let n = digits.len() as i64;
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', point.unsigned_abs() as usize));
        out.push_str(digits);
    } else if point >= n {
        out.push_str(digits);
        out.extend(std::iter::repeat_n('0', (point - n) as usize));
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    }
}

fn push_exponent(out: &mut String, exp: i64, capitals: bool) {
    out.push(if capitals { 'E' } else { 'e' });
    out.push_str(&format!("{exp:+}"));
}

/// A number cut for `format()`.
pub struct Cut {
    pub negative: bool,
    pub whole: String,
    pub point: bool,
    pub fraction: String,
    /// Exponent, percent sign, or the name of an infinity or NaN.
    pub rest: String,
}

/// Cuts a number by a type of the format language (one of `eEfFgG%`), rounding as the context
/// does. None if there is no memory for the digits.
pub fn cut(
    d: &Dec,
    kind: u8,
    precision: Option<usize>,
    no_negative_zero: bool,
    alternate: bool,
    ctx: &Ctx,
) -> Option<Cut> {
    let mut d = d.clone();
    if !d.is_finite() {
        let mut rest = String::new();
        special(&d, &mut rest);
        if kind == b'%' {
            rest.push('%');
        }
        return Some(Cut {
            negative: d.negative,
            whole: String::new(),
            point: false,
            fraction: String::new(),
            rest,
        });
    }
    if kind == b'%' {
        d.exp += 2;
    }
    let fixed = matches!(kind, b'f' | b'F' | b'%');
    let scientific = matches!(kind, b'e' | b'E');
    if let Some(n) = precision {
        let n = i64::try_from(n).ok()?;
        if fixed {
            d = rescale(d, -n, ctx)?;
        } else if scientific {
            d = to_digits(d, n + 1, ctx);
        } else if d.digits() > n.max(1) {
            d = to_digits(d, n.max(1), ctx);
        }
    }
    if d.coef.is_zero() && d.exp > 0 && fixed {
        d.exp = 0;
    }
    if no_negative_zero && d.coef.is_zero() {
        d.negative = false;
    }
    let digits = d.coef.to_text();
    let left = d.exp + digits.len() as i64;
    let point = if fixed {
        left
    } else if scientific {
        match precision {
            Some(n) if d.coef.is_zero() => 1 - n as i64,
            _ => 1,
        }
    } else if d.exp <= 0 && left > -6 {
        left
    } else {
        1
    };
    if point.unsigned_abs() > crate::coef::MOST_DIGITS {
        return None;
    }
    let mut text = String::new();
    place_point(&mut text, &digits, point);
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole.to_owned(), fraction.to_owned()),
        None => (text, String::new()),
    };
    let mut rest = String::new();
    if kind == b'%' {
        rest.push('%');
    } else if left != point || scientific {
        push_exponent(&mut rest, left - point, kind.is_ascii_uppercase());
    }
    Some(Cut {
        negative: d.negative,
        whole,
        point: !fraction.is_empty() || alternate,
        fraction,
        rest,
    })
}

/// Another exponent without any limit of precision.
fn rescale(d: Dec, exp: i64, ctx: &Ctx) -> Option<Dec> {
    let mut r = Dec::finite(d.negative, Coef::zero(), exp);
    if d.exp >= exp {
        let shift = u64::try_from(d.exp as i128 - exp as i128).ok()?;
        r.coef = d.coef.shl(shift).ok()?;
    } else {
        let (coef, rest) = d.coef.shr((exp - d.exp) as u64);
        r.coef = coef;
        ctx.apply(&mut r, rest);
    }
    Some(r)
}

/// Rounds or pads to so many digits.
fn to_digits(d: Dec, n: i64, ctx: &Ctx) -> Dec {
    if d.coef.is_zero() {
        return d;
    }
    let over = d.digits() - n;
    if over <= 0 {
        return match d.coef.shl(over.unsigned_abs()) {
            Ok(coef) => Dec::finite(d.negative, coef, d.exp + over),
            Err(_) => d,
        };
    }
    let (coef, rest) = d.coef.shr(over as u64);
    let mut r = Dec::finite(d.negative, coef, d.exp + over);
    ctx.apply(&mut r, rest);
    if r.digits() > n {
        r.coef = r.coef.shr(1).0;
        r.exp += 1;
    }
    r
}
