//! Literals as constants.

use crate::source::Source;
use bytecode::Const;
use syntax::ast::{self as ast, Expr, Number, StringLiteral};
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
        Expr::NumberLiteral(n) => match source.constant(n.start()) {
            Some(c) => c.clone(),
            None => number(&n.value),
        },
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

/// A string literal; parts that may have escaped surrogates are decoded again from the source,
/// since Rust strings cannot hold them (the parser puts U+FFFD in their place).
fn string(s: &ast::ExprStringLiteral, source: &Source) -> Const {
    let parts = s.value.as_slice();
    if parts.iter().all(|p| !p.value.contains('\u{fffd}')) {
        return Const::Str(s.value.to_str().to_string());
    }
    from_points(parts.iter().flat_map(|p| part_points(p, source)).collect())
}

/// The code points of one part of a literal.
pub fn part_points(p: &StringLiteral, source: &Source) -> Vec<u32> {
    let decoded = || p.value.chars().map(u32::from).collect();
    if !p.value.contains('\u{fffd}') {
        return decoded();
    }
    if let Some(Const::StrPoints(points)) = source.constant(p.start()) {
        return points.clone();
    }
    let text = source.text.get(p.range().to_std_range()).unwrap_or("");
    syntax::string_literal_codepoints(text).unwrap_or_else(|_| decoded())
}

/// A string constant from code points.
pub fn from_points(points: Vec<u32>) -> Const {
    let s: Option<String> = points.iter().map(|p| char::from_u32(*p)).collect();
    match s {
        Some(s) => Const::Str(s),
        None => Const::StrPoints(points),
    }
}
