//! Integers from and to text. Callers convert Unicode digits and spaces to ASCII first, and
//! enforce `sys.set_int_max_str_digits`.

use std::borrow::Cow;

use crate::bigint::BigInt;

/// Why `int(text, base)` failed; the caller words the message, which shows the original object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntParseError {
    /// `int() base must be >= 2 and <= 36, or 0`
    Base,
    /// `invalid literal for int() with base N: ...`
    Literal,
}

/// A validated integer literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntLiteral<'a> {
    pub negative: bool,
    /// The base that applies (never 0).
    pub base: u32,
    /// ASCII digits without underscores or prefix; at least one.
    pub digits: Cow<'a, str>,
}

/// A parsed integer, big only if it does not fit 64 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParsedInt {
    Small(i64),
    Big(BigInt),
}

impl From<ParsedInt> for BigInt {
    fn from(v: ParsedInt) -> Self {
        match v {
            ParsedInt::Small(v) => v.into(),
            ParsedInt::Big(v) => v,
        }
    }
}

/// True for the spaces that `int()`, `float()` and `complex()` strip.
pub(crate) fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t'..=b'\r')
}

/// `text` without leading and trailing ASCII white space.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let start = text
        .iter()
        .position(|&b| !is_space(b))
        .unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|&b| !is_space(b))
        .map_or(start, |i| i + 1);
    &text[start..end]
}

/// Checks `text` against the grammar of `int(text, base)`; base 0 takes the base from the prefix.
pub fn scan(text: &[u8], base: u32) -> Result<IntLiteral<'_>, IntParseError> {
    if base == 1 || base > 36 {
        return Err(IntParseError::Base);
    }
    let mut rest = trim(text);
    let negative = rest.first() == Some(&b'-');
    if let Some(b'+' | b'-') = rest.first() {
        rest = &rest[1..];
    }
    let (prefix_base, after) = prefix(rest);
    let mut only_zero = false;
    let base = match (base, prefix_base) {
        (0, Some(b)) => b,
        (0, None) => {
            only_zero = rest.first() == Some(&b'0');
            10
        }
        _ => base,
    };
    if prefix_base == Some(base) {
        rest = after.strip_prefix(b"_").unwrap_or(after);
    }
    let digits =
        strip_underscores(rest, |b| digit_value(b) < base).ok_or(IntParseError::Literal)?;
    if only_zero && digits.bytes().any(|b| b != b'0') {
        return Err(IntParseError::Literal);
    }
    Ok(IntLiteral {
        negative,
        base,
        digits,
    })
}

fn prefix(text: &[u8]) -> (Option<u32>, &[u8]) {
    let base = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => return (None, text),
    };
    (Some(base), &text[2..])
}

fn digit_value(b: u8) -> u32 {
    (b as char).to_digit(36).unwrap_or(99)
}

/// Digits with single underscores between them taken out; `None` if anything else is there.
fn strip_underscores(text: &[u8], is_digit: impl Fn(u8) -> bool) -> Option<Cow<'_, str>> {
    let mut previous = b'_';
    let mut underscores = false;
    for &b in text {
        if b == b'_' {
            if previous == b'_' {
                return None;
            }
            underscores = true;
        } else if !is_digit(b) {
            return None;
        }
        previous = b;
    }
    if previous == b'_' {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    Some(if underscores {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    })
}

impl IntLiteral<'_> {
    /// The number of digits that CPython's 4300-digit limit counts; 0 for bases that are powers
    /// of two, which the limit does not concern.
    pub fn limited_digits(&self) -> usize {
        if self.base.is_power_of_two() {
            0
        } else {
            self.digits.len()
        }
    }

    /// The value.
    pub fn value(&self) -> ParsedInt {
        let significant = self.digits.trim_start_matches('0');
        if significant.is_empty() {
            return ParsedInt::Small(0);
        }
        // 12 digits of base 36 fit 63 bits.
        if (significant.len() <= 12 || (self.base <= 10 && significant.len() <= 18))
            && let Ok(v) = i64::from_str_radix(significant, self.base)
        {
            return ParsedInt::Small(if self.negative { -v } else { v });
        }
        // The digits were checked by `scan`, so this cannot fail.
        let magnitude = BigInt::from_radix_digits(significant, self.base).unwrap_or_default();
        let v = if self.negative { -magnitude } else { magnitude };
        match v.to_i64() {
            Some(small) => ParsedInt::Small(small),
            None => ParsedInt::Big(v),
        }
    }
}

/// `str(int)`. Divide and conquer lives in dashu: 0.2 s for a million digits where CPython takes
/// 0.8 s (a layer of our own above it measured slower, for parsing too).
pub fn to_decimal(v: &BigInt) -> String {
    match v.to_i64() {
        Some(small) => small.to_string(),
        None if v.is_negative() => format!("-{}", v.radix_digits(10)),
        None => v.radix_digits(10),
    }
}

/// Digits of the magnitude in base 2, 8 or 16 (lower case) or 10, without sign or prefix.
pub fn magnitude_digits(v: &BigInt, base: u32) -> String {
    match base {
        10 => {
            let mut s = to_decimal(v);
            if v.is_negative() {
                s.remove(0);
            }
            s
        }
        _ => match (v.to_i64().map(i64::unsigned_abs), base) {
            (Some(m), 2) => format!("{m:b}"),
            (Some(m), 8) => format!("{m:o}"),
            (Some(m), 16) => format!("{m:x}"),
            _ => v.radix_digits(base as u8),
        },
    }
}

/// `bin`, `oct` and `hex`: sign, prefix and digits.
pub fn to_prefixed(v: &BigInt, base: u32) -> String {
    let sign = if v.is_negative() { "-" } else { "" };
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "",
    };
    format!("{sign}{prefix}{}", magnitude_digits(v, base))
}

/// An upper bound of the decimal digits of a number of `bits` bits, at most one too high for
/// numbers under 10^9 digits.
pub fn decimal_digits_bound(bits: u64) -> u64 {
    // log10(2) = 0.30102999566...
    (u128::from(bits) * 301_029_995_664 / 1_000_000_000_000) as u64 + 1
}
