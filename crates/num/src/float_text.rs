//! Floats from and to text: `repr`, parsing, `hex` and `fromhex`, and the C conversions
//! (`%.*e`, `%.*f`, `%.*g`) exactly rounded at any precision.

use crate::digits::ShortText;
use crate::error::{NumError, Result};
use crate::float::decompose;
use crate::int_float::round_scaled;
use crate::int_text::trim;

/// How to lay out digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Shortest digits that read back, as `repr`.
    Repr,
    /// `%.*e`
    Exponent,
    /// `%.*f`
    Fixed,
    /// `%.*g`
    General,
}

/// Modifiers of [`format_float`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Always a sign.
    pub sign: bool,
    /// `.0` appended to what would look like an integer.
    pub add_dot_0: bool,
    /// `#`: keep trailing zeros and the point.
    pub alternate: bool,
    /// `z`: no sign for what rounds to zero.
    pub no_neg_0: bool,
    /// Upper-case exponent, INF and NAN.
    pub upper: bool,
}

/// `repr(float)`.
pub fn repr(v: f64) -> String {
    // In the range that Python writes without exponent zmij's text is Python's.
    if (1e-4..1e16).contains(&v.abs()) {
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(v);
        if !text.contains('e') {
            return text.to_owned();
        }
    }
    let flags = Flags {
        add_dot_0: true,
        ..Flags::default()
    };
    format_float(v, Style::Repr, 0, flags)
}

/// `v` with `precision` decimals and no exponent, exactly rounded half to even, when exact integer
/// arithmetic on 128 bits suffices (as for most numbers people format).
pub fn fixed_quick(v: f64, precision: usize) -> Option<ShortText> {
    if precision > 15 || v.is_nan() || v.abs() >= 1e15 {
        return None;
    }
    let (mantissa, exponent) = decompose(v);
    let scaled = mantissa as u128 * 10u128.pow(precision as u32);
    let digits = if exponent >= 0 {
        // Below 1e15 in all, so the shift loses nothing.
        scaled << exponent
    } else {
        let shift = -exponent;
        if shift >= 128 {
            0
        } else {
            let (q, rest, half) = (
                scaled >> shift,
                scaled & ((1u128 << shift) - 1),
                1u128 << (shift - 1),
            );
            if rest > half || (rest == half && q & 1 == 1) {
                q + 1
            } else {
                q
            }
        }
    };
    // All but huge numbers: the digits fit a machine word.
    let Ok(mut digits) = u64::try_from(digits) else {
        return None;
    };
    let mut out = ShortText::new();
    if precision > 0 {
        for _ in 0..precision {
            out.put(b'0' + (digits % 10) as u8);
            digits /= 10;
        }
        out.put(b'.');
    }
    out.put_number(digits);
    if v.is_sign_negative() {
        out.put(b'-');
    }
    Some(out)
}

/// `v` in `style` at `precision` (ignored for `Repr`), as `PyOS_double_to_string`.
pub fn format_float(v: f64, style: Style, precision: usize, flags: Flags) -> String {
    let text = if v.is_nan() {
        with_sign(false, flags.sign, "nan")
    } else if v.is_infinite() {
        with_sign(v < 0.0, flags.sign, "inf")
    } else {
        finite(v, style, precision, flags)
    };
    if flags.upper {
        text.to_uppercase()
    } else {
        text
    }
}

fn with_sign(negative: bool, plus: bool, text: &str) -> String {
    let sign = if negative {
        "-"
    } else if plus {
        "+"
    } else {
        ""
    };
    format!("{sign}{text}")
}

/// Digits wanted beyond this are all zeros: no double has more significant ones.
const MAX_EXACT: usize = 1100;

fn finite(v: f64, style: Style, precision: usize, flags: Flags) -> String {
    let magnitude = v.abs();
    let precision = if style == Style::General {
        precision.max(1)
    } else {
        precision
    };
    let (digits, decpt) = match style {
        Style::Repr => shortest_digits(magnitude),
        Style::Exponent => exact_digits(magnitude, precision.min(MAX_EXACT) + 1),
        Style::General => exact_digits(magnitude, precision.min(MAX_EXACT)),
        Style::Fixed => fixed_digits(magnitude, precision.min(MAX_EXACT)),
    };
    let is_zero = digits.iter().all(|&d| d == b'0');
    let negative = v.is_sign_negative() && !(flags.no_neg_0 && is_zero);
    let mut out = with_sign(negative, flags.sign, "");
    lay_out(&digits, decpt, style, precision, flags, &mut out);
    out
}

/// Places digits, point and exponent; `digits` carry no trailing zeros, the value is
/// `0.DIGITS * 10^decpt`.
fn lay_out(
    digits: &[u8],
    decpt: i64,
    style: Style,
    precision: usize,
    flags: Flags,
    out: &mut String,
) {
    let wanted = precision as i64;
    let mut end = digits.len() as i64;
    let use_exp = match style {
        Style::Exponent => {
            end = wanted + 1;
            true
        }
        Style::Fixed => {
            end = decpt + wanted;
            false
        }
        Style::General => {
            if flags.alternate {
                end = wanted;
            }
            decpt <= -4 || decpt > wanted - i64::from(flags.add_dot_0)
        }
        Style::Repr => decpt <= -4 || decpt > 16,
    };
    let point = if use_exp { 1 } else { decpt };
    let end = end.max(point + i64::from(!use_exp && flags.add_dot_0));
    let digit = |i: i64| {
        usize::try_from(i)
            .ok()
            .and_then(|i| digits.get(i))
            .map_or('0', |&d| d as char)
    };
    if point <= 0 {
        out.push('0');
    }
    out.extend((0..point).map(digit));
    if end > point || flags.alternate {
        out.push('.');
        out.extend((point..end).map(digit));
    }
    if use_exp {
        let exp = decpt - 1;
        let sign = if exp < 0 { '-' } else { '+' };
        out.push('e');
        out.push(sign);
        out.push_str(&format!("{:02}", exp.abs()));
    }
}

/// Splits `d.ddde±x` into digits without trailing zeros and the position of the point.
fn split_exponent(text: &str) -> (Vec<u8>, i64) {
    let (mantissa, exp) = text.split_once('e').unwrap_or((text, "0"));
    let exp: i64 = exp.parse().unwrap_or(0);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let zeros = all.iter().take_while(|&&b| b == b'0').count();
    let decpt = whole.len() as i64 + exp - zeros as i64;
    let mut digits = all[zeros..].to_vec();
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    if digits.is_empty() {
        (vec![b'0'], 1)
    } else {
        (digits, decpt)
    }
}

/// Shortest digits of `v` >= 0 that read back to it.
pub fn shortest_digits(v: f64) -> (Vec<u8>, i64) {
    if v == 0.0 {
        return (vec![b'0'], 1);
    }
    split_exponent(zmij::Buffer::new().format_finite(v))
}

/// `v` >= 0 correctly rounded to `count` >= 1 significant digits.
pub fn exact_digits(v: f64, count: usize) -> (Vec<u8>, i64) {
    split_exponent(&format!("{:.*e}", count - 1, v))
}

/// `v` >= 0 correctly rounded to `count` digits after the point.
fn fixed_digits(v: f64, count: usize) -> (Vec<u8>, i64) {
    split_exponent(&format!("{v:.count$}"))
}

/// `float(text)`: white space around, underscores between digits, `inf`, `infinity`, `nan` in any
/// case. `None` if malformed.
pub fn parse(text: &[u8]) -> Option<f64> {
    let text = trim(text);
    let cleaned;
    let text = if text.contains(&b'_') {
        cleaned = remove_underscores(text)?;
        &cleaned[..]
    } else {
        text
    };
    let (value, used) = parse_prefix(text)?;
    (used == text.len()).then_some(value)
}

/// Underscores are allowed only between two digits.
pub(crate) fn remove_underscores(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for (i, &b) in text.iter().enumerate() {
        if b != b'_' {
            out.push(b);
            continue;
        }
        let digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
        if i == 0 || !digit(text.get(i - 1)) || !digit(text.get(i + 1)) {
            return None;
        }
    }
    Some(out)
}

/// The longest float at the start of `text` (no white space, no underscores) and its length.
pub fn parse_prefix(text: &[u8]) -> Option<(f64, usize)> {
    let signed = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let negative = text.first() == Some(&b'-');
    if let Some((value, used)) = parse_special(&text[signed..]) {
        return Some((if negative { -value } else { value }, signed + used));
    }
    let digits = |from: usize| {
        text[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let whole = digits(signed);
    let mut end = signed + whole;
    let mut any = whole;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        any += fraction;
        end += 1 + fraction;
    }
    if any == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits((end + 1 + sign).min(text.len()));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let value = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    Some((value, end))
}

fn parse_special(text: &[u8]) -> Option<(f64, usize)> {
    let starts = |word: &str| {
        text.get(..word.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes()))
    };
    if starts("infinity") {
        Some((f64::INFINITY, 8))
    } else if starts("inf") {
        Some((f64::INFINITY, 3))
    } else if starts("nan") {
        Some((f64::NAN, 3))
    } else {
        None
    }
}

/// `float.hex()`.
pub fn hex(v: f64) -> String {
    if !v.is_finite() {
        return repr(v);
    }
    let sign = if v.is_sign_negative() { "-" } else { "" };
    if v == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = v.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (lead, exp) = match (bits >> 52) as i64 & 0x7ff {
        0 => (0, -1022),
        e => (1, e - 1023),
    };
    format!("{sign}0x{lead}.{fraction:013x}p{exp:+}")
}

/// `float.fromhex(text)`. `ValueError` if malformed, `OverflowError` if out of range.
pub fn from_hex(text: &[u8]) -> Result<f64> {
    let malformed = || NumError::value("invalid hexadecimal floating-point string");
    let text = trim(text);
    let negative = text.first() == Some(&b'-');
    let rest = &text[usize::from(matches!(text.first(), Some(b'+' | b'-')))..];
    let magnitude = match parse_special(rest) {
        Some((v, used)) if used == rest.len() => v,
        Some(_) => return Err(malformed()),
        None => hex_magnitude(rest).ok_or_else(malformed)??,
    };
    Ok(if negative { -magnitude } else { magnitude })
}

/// `None` if malformed.
fn hex_magnitude(text: &[u8]) -> Option<Result<f64>> {
    let text = match text {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => text,
    };
    let (mantissa, exp) = match text.iter().position(|b| matches!(b, b'p' | b'P')) {
        Some(i) => (&text[..i], parse_exponent(&text[i + 1..])?),
        None => (text, 0),
    };
    let point = mantissa.iter().position(|&b| b == b'.');
    let digits: Vec<u8> = mantissa
        .iter()
        .enumerate()
        .filter(|&(i, _)| Some(i) != point)
        .map(|(_, &b)| (b as char).to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    if digits.is_empty() {
        return None;
    }
    let fraction = point.map_or(0, |p| mantissa.len() - p - 1);
    Some(assemble_hex(
        &digits,
        exp.saturating_sub(fraction as i64 * 4),
    ))
}

/// `[+-]digits`, saturating far outside the range of doubles.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    let negative = text.first() == Some(&b'-');
    let digits = &text[usize::from(matches!(text.first(), Some(b'+' | b'-')))..];
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let limit = i64::MAX / 4;
    let v = digits.iter().fold(0_i64, |v, d| {
        (v.saturating_mul(10) + i64::from(d - b'0')).min(limit)
    });
    Some(if negative { -v } else { v })
}

/// The double nearest to the integer of the hex `digits` times 2^exp.
fn assemble_hex(digits: &[u8], exp: i64) -> Result<f64> {
    let start = digits.iter().position(|&d| d != 0).unwrap_or(digits.len());
    let digits = &digits[start..];
    let kept = digits.len().min(15);
    let mantissa = digits[..kept]
        .iter()
        .fold(0_u64, |m, &d| m << 4 | u64::from(d));
    let sticky = digits[kept..].iter().any(|&d| d != 0);
    let exp = exp
        .saturating_add((digits.len() - kept) as i64 * 4)
        .clamp(-1_000_000, 1_000_000);
    round_scaled(mantissa, sticky, exp)
        .ok_or_else(|| NumError::overflow("hexadecimal value too large to represent as a float"))
}
