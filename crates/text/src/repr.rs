//! `repr` and `ascii` of strings and bytes.

use crate::buf::{Chunked, Data};
use crate::codec::handlers::push_escape;
use crate::{Owned, Unit, Units, ucd, with_units};

/// Single quotes, unless the text has some and no double ones.
fn quote(s: Units) -> u32 {
    let has = |q: u8| crate::search::contains(s, Units::U8(&[q]));
    match has(b'\'') && !has(b'"') {
        true => b'"' as u32,
        false => b'\'' as u32,
    }
}

/// The letter of a two-character escape.
fn short_escape(c: u32) -> Option<u8> {
    Some(match c {
        9 => b't',
        10 => b'n',
        13 => b'r',
        _ => return None,
    })
}

/// `prefix` and quoted text for printable ASCII that needs no backslash; None for other text.
fn plain(s: Units, prefix: &[u8]) -> Option<Owned> {
    let Units::U8(b) = s else { return None };
    let is_plain = |c: u8| (c.wrapping_sub(0x20) < 0x5f) & (c != b'\\') & (c != b'\'');
    let all = |b: &[u8]| b.iter().fold(0, |bad, &c| bad | u8::from(!is_plain(c))) == 0;
    if !b.chunks(64).all(all) {
        return None;
    }
    let mut out = Vec::with_capacity(b.len() + prefix.len() + 2);
    out.extend_from_slice(prefix);
    out.push(b'\'');
    out.extend_from_slice(b);
    out.push(b'\'');
    Some(Owned {
        data: Data::U8(out),
        is_ascii: true,
        failed: false,
    })
}

/// Quotes `s`, with what is not `shown` escaped.
fn quoted(s: Units, prefix: &[u8], shown: impl Fn(u32) -> bool) -> Owned {
    if let Some(out) = plain(s, prefix) {
        return out;
    }
    let mut out = Chunked::with_capacity(s.len() + 2);
    prefix.iter().for_each(|&b| out.push(b as u32));
    let quote = quote(s);
    out.push(quote);
    with_units!(s, s => for c in s {
        let c = c.code();
        let special = c == quote || c == b'\\' as u32;
        if !special && shown(c) {
            out.push(c);
        } else if special {
            out.push(b'\\' as u32);
            out.push(c);
        } else if let Some(letter) = short_escape(c) {
            out.push(b'\\' as u32);
            out.push(letter as u32);
        } else {
            push_escape(out.buffer(), c);
        }
    });
    out.push(quote);
    out.finish()
}

fn is_shown_ascii(c: u32) -> bool {
    (0x20..0x7f).contains(&c)
}

/// `repr` of a string.
pub fn repr(s: Units) -> Owned {
    quoted(s, b"", ucd::is_printable)
}

/// `ascii` of a string.
pub fn ascii(s: Units) -> Owned {
    quoted(s, b"", is_shown_ascii)
}

/// `repr` of bytes, with the `b`.
pub fn repr_bytes(s: &[u8]) -> Owned {
    quoted(Units::U8(s), b"b", is_shown_ascii)
}
