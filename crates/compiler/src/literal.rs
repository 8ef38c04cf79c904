//! Literals as constants.

use crate::source::Source;
use bytecode::Const;
use syntax::ast::{self as ast, Expr, Number, StringFlags, StringLiteral};
use syntax::text_size::Ranged;

/// The constant that a literal expression is, if it is one.
pub fn literal(e: &Expr, source: &Source) -> Option<Const> {
    Some(match e {
        Expr::StringLiteral(s) => string(s, source),
        Expr::BytesLiteral(b) => {
            let mut bytes = Vec::new();
            b.value
                .iter()
                .for_each(|part| bytes.extend(part.as_slice()));
            Const::Bytes(bytes)
        }
        Expr::NumberLiteral(n) => number(&n.value),
        Expr::BooleanLiteral(b) => Const::Bool(b.value),
        Expr::NoneLiteral(_) => Const::None,
        Expr::EllipsisLiteral(_) => Const::Ellipsis,
        _ => return None,
    })
}

fn number(n: &Number) -> Const {
    match n {
        Number::Int(i) => match i.as_i64() {
            Some(i) => Const::Int(i),
            None => big(&i.to_string()),
        },
        Number::Float(f) => Const::Float(*f),
        Number::Complex { real, imag } => Const::Complex(*real, *imag),
    }
}

/// Parses an integer token that does not fit an i64.
fn big(token: &str) -> Const {
    let token: String = token.chars().filter(|c| *c != '_').collect();
    let lower = token.to_ascii_lowercase();
    let (digits, radix) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        _ => (&lower[..], 10),
    };
    let limbs = if radix == 10 {
        decimal_limbs(digits)
    } else {
        power_limbs(
            digits,
            if radix == 16 {
                4
            } else if radix == 8 {
                3
            } else {
                1
            },
        )
    };
    match limbs.as_slice() {
        [] => Const::Int(0),
        [one] if *one <= i64::MAX as u64 => Const::Int(*one as i64),
        _ => Const::BigInt {
            negative: false,
            limbs,
        },
    }
}

fn decimal_limbs(digits: &str) -> Vec<u64> {
    let mut limbs: Vec<u64> = Vec::new();
    for chunk in digits.as_bytes().chunks(18) {
        let mut carry = chunk.iter().fold(0u64, |n, d| n * 10 + (d - b'0') as u64) as u128;
        let scale = 10u128.pow(chunk.len() as u32);
        for limb in &mut limbs {
            let v = *limb as u128 * scale + carry;
            *limb = v as u64;
            carry = v >> 64;
        }
        if carry > 0 {
            limbs.push(carry as u64);
        }
    }
    limbs
}

fn power_limbs(digits: &str, bits: u32) -> Vec<u64> {
    let mut limbs = Vec::new();
    let mut acc = 0u128;
    let mut have = 0;
    for d in digits.bytes().rev() {
        let v = (d as char).to_digit(16).unwrap_or(0) as u128;
        acc |= v << have;
        have += bits;
        if have >= 64 {
            limbs.push(acc as u64);
            acc >>= 64;
            have -= 64;
        }
    }
    limbs.push(acc as u64);
    while limbs.last() == Some(&0) {
        limbs.pop();
    }
    limbs
}

/// A string literal; parts with escaped surrogates are decoded again from the source, since
/// Rust strings cannot hold them.
fn string(s: &ast::ExprStringLiteral, source: &Source) -> Const {
    let parts = s.value.as_slice();
    if parts.iter().any(|p| may_have_surrogates(p, source)) {
        let mut points = Vec::new();
        for p in parts {
            part_points(p, source, &mut points);
        }
        return from_points(points);
    }
    Const::Str(s.value.to_str().to_string())
}

/// A string constant from code points.
pub fn from_points(points: Vec<u32>) -> Const {
    let s: Option<String> = points.iter().map(|p| char::from_u32(*p)).collect();
    match s {
        Some(s) => Const::Str(s),
        None => Const::StrPoints(points),
    }
}

fn body<'a>(p: &StringLiteral, source: &Source<'a>) -> Option<&'a str> {
    let range = p.range();
    let start = range.start() + p.flags.opener_len();
    let end = range.end() - p.flags.closer_len();
    source.text.get(start.to_usize()..end.to_usize())
}

fn may_have_surrogates(p: &StringLiteral, source: &Source) -> bool {
    !p.flags.prefix().is_raw()
        && p.value.contains('\u{fffd}')
        && body(p, source).is_some_and(|b| has_escaped_surrogate(b))
}

/// The text contains an escape for a code point of D800..DFFF.
pub fn has_escaped_surrogate(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("\\ud") || lower.contains("\\u0000d")
}

fn part_points(p: &StringLiteral, source: &Source, out: &mut Vec<u32>) {
    match body(p, source) {
        Some(b) if may_have_surrogates(p, source) => decode(b, &p.value, out),
        _ => out.extend(p.value.chars().map(|c| c as u32)),
    }
}

/// Decodes `text` with escapes. `decoded` is the parser's version, in which every surrogate
/// became U+FFFD; it supplies the characters that are no `\u` escapes.
pub fn decode(text: &str, decoded: &str, out: &mut Vec<u32>) {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b'\\' && i + 1 < bytes.len() {
            let n = match bytes[i + 1] {
                b'u' => 4,
                b'U' => 8,
                _ => 0,
            };
            if n > 0 {
                let hex = text.get(i + 2..i + 2 + n).unwrap_or("");
                let v = u32::from_str_radix(hex, 16).unwrap_or(0xfffd);
                if (0xd800..0xe000).contains(&v) || v == 0xfffd {
                    found.push(v);
                }
            } else if text[i..].starts_with("\\N{REPLACEMENT CHARACTER}") {
                found.push(0xfffd);
            }
            i += 2;
        } else {
            if text[i..].starts_with('\u{fffd}') {
                found.push(0xfffd);
            }
            i += 1;
            while i < bytes.len() && !text.is_char_boundary(i) {
                i += 1;
            }
        }
    }
    let mut found = found.into_iter();
    for c in decoded.chars() {
        if c == '\u{fffd}' {
            out.push(found.next().unwrap_or(0xfffd));
        } else {
            out.push(c as u32);
        }
    }
}
