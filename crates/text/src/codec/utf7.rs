//! UTF-7 (RFC 2152).

use super::*;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn sextet(b: u8) -> Option<u32> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

/// State inside a base64 run.
#[derive(Default)]
struct Shift {
    buffer: u32,
    bits: u32,
    /// A high surrogate that waits for its low one; 0 when there is none.
    surrogate: u32,
}

impl Shift {
    fn take(&mut self, value: u32, out: &mut StrBuf) {
        self.buffer = self.buffer << 6 | value;
        self.bits += 6;
        if self.bits < 16 {
            return;
        }
        self.bits -= 16;
        let c = self.buffer >> self.bits;
        self.buffer &= (1 << self.bits) - 1;
        let high = std::mem::take(&mut self.surrogate);
        if high != 0 {
            if c & 0xfc00 == 0xdc00 {
                return out.push(0x10000 + ((high & 0x3ff) << 10 | (c & 0x3ff)));
            }
            out.push(high);
        }
        match c & 0xfc00 == 0xd800 {
            true => self.surrogate = c,
            false => out.push(c),
        }
    }

    /// What is wrong with ending the run here.
    fn end_error(&self) -> Option<&'static str> {
        if self.bits >= 6 {
            Some("partial character in shift sequence")
        } else if self.bits > 0 && self.buffer != 0 {
            Some("non-zero padding bits in shift sequence")
        } else {
            None
        }
    }
}

/// Decodes UTF-7. Without `last`, an open base64 run is left unconsumed.
pub fn decode<E>(
    input: &[u8],
    last: bool,
    on_error: &mut OnDecodeError<'_, E>,
) -> Result<Decoded, E> {
    let mut d = Decoder::new("utf7", input, on_error);
    let mut shift: Option<Shift> = None;
    // Where the open run began in the input and in the output.
    let (mut start, mut out_start) = (0, 0);
    loop {
        let Some(&b) = d.rest().first() else {
            let Some(open) = shift.take() else { break };
            if !last {
                return Ok(Decoded {
                    text: Owned::copy_of(d.out.units().slice(0..out_start)),
                    consumed: start,
                });
            }
            if open.surrogate != 0 || open.end_error().is_some() {
                d.error(start, d.input.len(), "unterminated shift sequence")?;
            }
            continue;
        };
        if let Some(open) = &mut shift {
            if let Some(value) = sextet(b) {
                open.take(value, &mut d.out);
                d.pos += 1;
                continue;
            }
            leave(&mut d, open, b, start)?;
            shift = None;
        } else if b == b'+' {
            start = d.pos;
            d.pos += 1;
            match d.rest().first() {
                Some(b'-') => {
                    d.pos += 1;
                    d.out.push(b'+' as u32);
                }
                Some(&next) if sextet(next).is_none() => {
                    d.error(start, d.pos + 1, "ill-formed sequence")?;
                }
                _ => {
                    out_start = d.out.len();
                    shift = Some(Shift::default());
                }
            }
        } else if b < 128 {
            d.out.push(b as u32);
            d.pos += 1;
        } else {
            d.error(d.pos, d.pos + 1, "unexpected special character")?;
        }
    }
    Ok(d.finish())
}

/// Ends a base64 run at byte `b`, which stays unless it is `-`.
fn leave<E>(d: &mut Decoder<'_, '_, '_, E>, open: &Shift, b: u8, start: usize) -> Result<(), E> {
    if let Some(reason) = open.end_error() {
        return d.error(start, d.pos + 1, reason);
    }
    if open.surrogate != 0 && b < 128 && b != b'+' {
        d.out.push(open.surrogate);
    }
    if b == b'-' {
        d.pos += 1;
    }
    Ok(())
}

/// Whether `c` stands for itself outside a base64 run.
fn is_direct(c: u32) -> bool {
    matches!(c, 9 | 10 | 13 | 0x20..=0x7d) && c != b'+' as u32 && c != b'\\' as u32
}

/// Encodes to UTF-7; every string can be.
pub fn encode(text: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut open, mut buffer, mut bits) = (false, 0u32, 0u32);
    for c in text.iter() {
        if is_direct(c) {
            if open {
                flush(&mut out, &mut buffer, &mut bits);
                open = false;
                if sextet(c as u8).is_some() || c == b'-' as u32 {
                    out.push(b'-');
                }
            }
            out.push(c as u8);
            continue;
        }
        if !open {
            if c == b'+' as u32 {
                out.extend(b"+-");
                continue;
            }
            out.push(b'+');
            open = true;
        }
        let mut push = |unit: u32| {
            buffer = buffer << 16 | unit;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(ALPHABET[(buffer >> bits & 63) as usize]);
            }
            buffer &= (1 << bits) - 1;
        };
        match c {
            0x10000.. => {
                push(0xd800 + ((c - 0x10000) >> 10));
                push(0xdc00 + (c & 0x3ff));
            }
            _ => push(c),
        }
    }
    flush(&mut out, &mut buffer, &mut bits);
    if open {
        out.push(b'-');
    }
    out
}

fn flush(out: &mut Vec<u8>, buffer: &mut u32, bits: &mut u32) {
    if *bits > 0 {
        out.push(ALPHABET[(*buffer << (6 - *bits) & 63) as usize]);
    }
    (*buffer, *bits) = (0, 0);
}
