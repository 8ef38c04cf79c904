//! The codecs `unicode_escape` and `raw_unicode_escape`.

use super::handlers::push_escape;
use super::*;
use crate::ucd;

/// An escape that is not valid, kept as it stands; deprecated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEscape {
    /// Index in the input of the byte after the backslash.
    pub at: usize,
    /// Value of an octal escape beyond `\377`.
    pub octal: Option<u32>,
}

/// What an escape's text came to.
enum Escape {
    /// A code point.
    Code(u32),
    /// Nothing (an escaped line end).
    Nothing,
    /// Not an escape: the backslash and the byte stand for themselves.
    Unknown(u8),
    /// The input ends inside it.
    Truncated(&'static str),
    Bad(&'static str),
}

/// Decodes `unicode_escape`; also tells the first invalid escape. Without `last`, an unfinished one is left.
pub fn decode_unicode_escape<E>(
    input: &[u8],
    last: bool,
    on_error: &mut OnDecodeError<'_, E>,
) -> Result<(Decoded, Option<InvalidEscape>), E> {
    let mut d = Decoder::new("unicodeescape", input, on_error);
    let mut invalid = None;
    while push_plain(&mut d) {
        let (start, mut at) = (d.pos, d.pos + 1);
        match read_escape(&d.input, &mut at) {
            Escape::Truncated(_) if !last => break,
            Escape::Truncated(reason) | Escape::Bad(reason) => {
                d.error(start, at, reason)?;
                continue;
            }
            Escape::Code(c) => {
                if (0x100..0x200).contains(&c) && d.input[start + 1].is_ascii_digit() {
                    invalid.get_or_insert(InvalidEscape {
                        at: start + 1,
                        octal: Some(c),
                    });
                }
                d.out.push(c);
            }
            Escape::Nothing => {}
            Escape::Unknown(b) => {
                invalid.get_or_insert(InvalidEscape {
                    at: start + 1,
                    octal: None,
                });
                d.out.push_latin1(&[b'\\', b]);
            }
        }
        d.pos = at;
    }
    Ok((d.finish(), invalid))
}

/// Takes the bytes up to the next backslash; false at the end.
fn push_plain<E>(d: &mut Decoder<'_, '_, '_, E>) -> bool {
    let rest = d.rest();
    let len = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
    d.out.push_latin1(&d.input[d.pos..d.pos + len]);
    d.pos += len;
    d.pos < d.input.len()
}

/// Reads what follows a backslash; `at` moves past it, or to where it goes wrong.
fn read_escape(input: &[u8], at: &mut usize) -> Escape {
    let Some(&b) = input.get(*at) else {
        return Escape::Truncated("\\ at end of string");
    };
    *at += 1;
    let code = match b {
        b'\n' => return Escape::Nothing,
        b'\\' | b'\'' | b'"' => b,
        b'a' => 7,
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        b'0'..=b'7' => return read_octal(input, at, b),
        b'x' => return read_hex(input, at, 2, "truncated \\xXX escape", ILLEGAL),
        b'u' => return read_hex(input, at, 4, "truncated \\uXXXX escape", ILLEGAL),
        b'U' => return read_hex(input, at, 8, "truncated \\UXXXXXXXX escape", ILLEGAL),
        b'N' => return read_name(input, at),
        _ => return Escape::Unknown(b),
    };
    Escape::Code(code as u32)
}

const ILLEGAL: &str = "illegal Unicode character";

fn read_octal(input: &[u8], at: &mut usize, first: u8) -> Escape {
    let mut value = (first - b'0') as u32;
    for _ in 0..2 {
        match input.get(*at) {
            Some(&b @ b'0'..=b'7') => value = value << 3 | (b - b'0') as u32,
            _ => break,
        }
        *at += 1;
    }
    Escape::Code(value)
}

fn read_hex(
    input: &[u8],
    at: &mut usize,
    digits: usize,
    truncated: &'static str,
    too_large: &'static str,
) -> Escape {
    let mut value = 0u32;
    for _ in 0..digits {
        let Some(&b) = input.get(*at) else {
            return Escape::Truncated(truncated);
        };
        let Some(digit) = (b as char).to_digit(16) else {
            return Escape::Bad(truncated);
        };
        value = value << 4 | digit;
        *at += 1;
    }
    match value {
        0..=0x10ffff => Escape::Code(value),
        _ => Escape::Bad(too_large),
    }
}

fn read_name(input: &[u8], at: &mut usize) -> Escape {
    const MALFORMED: &str = "malformed \\N character escape";
    match input.get(*at) {
        None => return Escape::Truncated(MALFORMED),
        Some(b'{') => *at += 1,
        Some(_) => return Escape::Bad(MALFORMED),
    }
    let start = *at;
    let Some(len) = memchr::memchr(b'}', &input[start..]) else {
        *at = input.len();
        return Escape::Truncated(MALFORMED);
    };
    *at += len;
    if len == 0 {
        return Escape::Bad(MALFORMED);
    }
    *at += 1;
    let name = std::str::from_utf8(&input[start..start + len]);
    match name.ok().and_then(ucd::names::lookup_char) {
        Some(c) => Escape::Code(c),
        None => Escape::Bad("unknown Unicode character name"),
    }
}

/// Decodes `raw_unicode_escape`.
pub fn decode_raw_unicode_escape<E>(
    input: &[u8],
    last: bool,
    on_error: &mut OnDecodeError<'_, E>,
) -> Result<Decoded, E> {
    let mut d = Decoder::new("rawunicodeescape", input, on_error);
    while push_plain(&mut d) {
        let (start, mut at) = (d.pos, d.pos + 2);
        let (digits, truncated) = match d.input.get(start + 1) {
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            None if !last => break,
            _ => {
                // The byte after the backslash is taken too, so `\\u` is no escape.
                let end = at.min(d.input.len());
                d.out.push_latin1(&d.input[start..end]);
                d.pos = end;
                continue;
            }
        };
        match read_hex(
            &d.input,
            &mut at,
            digits,
            truncated,
            "\\Uxxxxxxxx out of range",
        ) {
            Escape::Code(c) => {
                d.out.push(c);
                d.pos = at;
            }
            Escape::Truncated(_) if !last => break,
            Escape::Truncated(reason) | Escape::Bad(reason) => d.error(start, at, reason)?,
            Escape::Nothing | Escape::Unknown(_) => d.pos = at,
        }
    }
    Ok(d.finish())
}

/// Encodes to `unicode_escape`.
pub fn encode_unicode_escape(text: Units) -> Vec<u8> {
    let mut out = StrBuf::with_capacity(text.len());
    for c in text.iter() {
        match c {
            9 => out.push_str("\\t"),
            10 => out.push_str("\\n"),
            13 => out.push_str("\\r"),
            0x5c => out.push_str("\\\\"),
            0x20..=0x7e => out.push(c),
            _ => push_escape(&mut out, c),
        }
    }
    bytes(out)
}

/// Encodes to `raw_unicode_escape`.
pub fn encode_raw_unicode_escape(text: Units) -> Vec<u8> {
    let mut out = StrBuf::with_capacity(text.len());
    for c in text.iter() {
        match c {
            0..=0xff => out.push(c),
            _ => push_escape(&mut out, c),
        }
    }
    bytes(out)
}

/// The units of a 1-byte buffer.
fn bytes(out: StrBuf) -> Vec<u8> {
    out.units().iter().map(|c| c as u8).collect()
}
