//! `repr` and `ascii` of strings and bytes.

use crate::buf::Chunked;
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

/// Printable ASCII that needs no backslash.
#[inline(always)]
fn is_plain(c: u8, quote: u8) -> bool {
    (c.wrapping_sub(0x20) < 0x5f) & (c != b'\\') & (c != quote)
}

fn push_quoted(out: &mut Chunked, s: Units, shown: impl Fn(u32) -> bool) {
    let quote = quote(s);
    out.push(quote);
    if let Units::U8(b) = s
        && b.chunks(64).all(|b| {
            b.iter()
                .fold(true, |all, &c| all & is_plain(c, quote as u8))
        })
    {
        out.buffer().push_latin1(b);
        out.push(quote);
        return;
    }
    with_units!(s, s => for c in s {
        let c = c.code();
        if c == quote || c == b'\\' as u32 {
            out.push(b'\\' as u32);
            out.push(c);
        } else if let Some(letter) = short_escape(c) {
            out.push(b'\\' as u32);
            out.push(letter as u32);
        } else if shown(c) {
            out.push(c);
        } else {
            push_escape(out.buffer(), c);
        }
    });
    out.push(quote);
}

/// `repr` of a string.
pub fn repr(s: Units) -> Owned {
    let mut out = Chunked::with_capacity(s.len() + 2);
    push_quoted(&mut out, s, ucd::is_printable);
    out.finish()
}

/// `ascii` of a string.
pub fn ascii(s: Units) -> Owned {
    let mut out = Chunked::with_capacity(s.len() + 2);
    push_quoted(&mut out, s, |c| (0x20..0x7f).contains(&c));
    out.finish()
}

/// `repr` of bytes, with the `b`.
pub fn repr_bytes(s: &[u8]) -> Owned {
    let mut out = Chunked::with_capacity(s.len() + 3);
    out.push(b'b' as u32);
    push_quoted(&mut out, Units::U8(s), |c| (0x20..0x7f).contains(&c));
    out.finish()
}
