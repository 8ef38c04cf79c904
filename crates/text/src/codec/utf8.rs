//! UTF-8.

use super::*;
use crate::buf::Data;
use crate::{Unit, with_units};

const SURROGATES: &str = "surrogates not allowed";

/// The text of valid UTF-8.
pub fn decode_str(s: &str) -> Owned {
    let bytes = s.as_bytes();
    if bytes.is_ascii() {
        return Owned {
            data: Data::U8(bytes.to_vec()),
            is_ascii: true,
            failed: false,
        };
    }
    // The highest lead byte tells the storage class.
    let top = bytes.iter().fold(0, |a, &b| a.max(b));
    let len = bytes.iter().filter(|&&b| b as i8 >= -0x40).count();
    let data = match top {
        0..=0xc3 => Data::U8(collect(s, len)),
        0xc4..=0xef => Data::U16(collect(s, len)),
        _ => Data::U32(collect(s, len)),
    };
    Owned {
        data,
        is_ascii: false,
        failed: false,
    }
}

fn collect<T: Unit>(s: &str, len: usize) -> Vec<T> {
    // Filling slots is faster than pushing: no capacity check for each.
    let mut out = vec![T::truncate(0); len];
    for (slot, c) in out.iter_mut().zip(s.chars()) {
        *slot = T::truncate(c as u32);
    }
    out
}

/// Decodes UTF-8. Without `last`, an unfinished sequence at the end is left unconsumed.
pub fn decode<E>(
    input: &[u8],
    last: bool,
    on_error: &mut OnDecodeError<'_, E>,
) -> Result<Decoded, E> {
    if let Ok(s) = std::str::from_utf8(input) {
        return Ok(Decoded {
            text: decode_str(s),
            consumed: input.len(),
        });
    }
    let mut d = Decoder::new("utf-8", input, on_error);
    while let Some((bad, reason)) = push_valid(&mut d) {
        if reason == TRUNCATED && !last {
            break;
        }
        d.error(d.pos, d.pos + bad, reason)?;
    }
    Ok(d.finish())
}

const TRUNCATED: &str = "unexpected end of data";

/// Takes the valid sequences at the position; what stops them: its length and the reason.
fn push_valid<E>(d: &mut Decoder<'_, '_, '_, E>) -> Option<(usize, &'static str)> {
    let rest = &d.input[d.pos..];
    let (valid, stop) = match std::str::from_utf8(rest) {
        Ok(s) => (s, None),
        Err(e) => {
            let (valid, bad) = rest.split_at(e.valid_up_to());
            let stop = match e.error_len() {
                None => (bad.len(), TRUNCATED),
                Some(n) if matches!(bad[0], 0xc2..=0xf4) => (n, "invalid continuation byte"),
                Some(n) => (n, "invalid start byte"),
            };
            (std::str::from_utf8(valid).unwrap_or_default(), Some(stop))
        }
    };
    let len = valid.len();
    d.out.push_str(valid);
    d.pos += len;
    stop
}

/// Appends one code point; surrogates too (three bytes).
#[inline]
pub fn push_code(out: &mut Vec<u8>, c: u32) {
    let tail = |shift: u32| 0x80 | (c >> shift & 0x3f) as u8;
    match c {
        0..=0x7f => out.push(c as u8),
        0x80..=0x7ff => out.extend([0xc0 | (c >> 6) as u8, tail(0)]),
        0x800..=0xffff => out.extend([0xe0 | (c >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend([0xf0 | (c >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

/// Encodes to UTF-8.
pub fn encode<E>(
    text: Units,
    on_error: &mut OnEncodeError<'_, E>,
) -> Result<Vec<u8>, EncodeFailure<E>> {
    if let Units::U8(s) = text {
        return Ok(encode_latin1(s));
    }
    let mut e = Encoder::new("utf-8", text, on_error);
    loop {
        e.pos += with_units!(text, s => push_encodable(&s[e.pos..], &mut e.out));
        if e.pos == text.len() {
            return Ok(e.out);
        }
        let bad = (e.pos..text.len()).take_while(|&i| is_surrogate(text.get(i)));
        let end = e.pos + bad.count();
        e.error(end, SURROGATES, push_ascii)?;
    }
}

/// A handler's text must be ASCII.
pub(super) fn push_ascii(text: Units, out: &mut Vec<u8>) -> bool {
    out.extend(text.iter().map(|c| c as u8));
    text.is_ascii()
}

fn encode_latin1(s: &[u8]) -> Vec<u8> {
    if s.is_ascii() {
        return s.to_vec();
    }
    let wide = s.iter().filter(|&&b| b >= 0x80).count();
    let mut out = Vec::with_capacity(s.len() + wide);
    push_encodable(s, &mut out);
    out
}

/// Code points encoded at a time.
const BLOCK: usize = 64;

/// Encodes up to the first surrogate; how many units were taken.
fn push_encodable<T: Unit>(s: &[T], out: &mut Vec<u8>) -> usize {
    let mut taken = 0;
    for block in s.chunks(BLOCK) {
        // A block encoded aside: no capacity check for each byte.
        let mut bytes = [0u8; 4 * BLOCK];
        let mut at = 0;
        let mut ended = false;
        for c in block {
            let c = c.code();
            if is_surrogate(c) {
                ended = true;
                break;
            }
            at += write_code(&mut bytes, at, c);
            taken += 1;
        }
        out.extend_from_slice(&bytes[..at]);
        if ended {
            break;
        }
    }
    taken
}

/// Writes the bytes of `c` at `at`; how many.
#[inline(always)]
fn write_code(bytes: &mut [u8; 4 * BLOCK], at: usize, c: u32) -> usize {
    const MASK: usize = 4 * BLOCK - 1;
    let mut put = |i: usize, b: u32| bytes[(at + i) & MASK] = b as u8;
    let tail = |shift: u32| 0x80 | (c >> shift & 0x3f);
    match c {
        0..=0x7f => {
            put(0, c);
            1
        }
        0x80..=0x7ff => {
            put(0, 0xc0 | c >> 6);
            put(1, tail(0));
            2
        }
        0x800..=0xffff => {
            put(0, 0xe0 | c >> 12);
            put(1, tail(6));
            put(2, tail(0));
            3
        }
        _ => {
            put(0, 0xf0 | c >> 18);
            put(1, tail(12));
            put(2, tail(6));
            put(3, tail(0));
            4
        }
    }
}

/// The text as UTF-8, or None when it holds a surrogate.
pub fn encode_strict(text: Units) -> Option<Vec<u8>> {
    encode(text, &mut |_| Err(())).ok()
}
