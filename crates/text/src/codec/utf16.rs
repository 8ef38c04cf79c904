//! UTF-16 and UTF-32, with a fixed byte order or a byte order mark.

use super::utf8::push_ascii;
use super::*;

/// Byte order of a codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Little-endian.
    Little,
    /// Big-endian.
    Big,
    /// From the byte order mark when decoding (native without one); native with a mark when encoding.
    Mark,
}

const NATIVE: Order = if cfg!(target_endian = "big") {
    Order::Big
} else {
    Order::Little
};

/// A decoder's result, and the order that a mark chose (for stateful decoding).
#[derive(Clone, Debug)]
pub struct DecodedOrder {
    /// Text and bytes used.
    pub decoded: Decoded,
    /// The order in effect; still `Mark` when none was seen.
    pub order: Order,
}

fn unit(b: &[u8], at: usize, big: bool) -> u32 {
    let pair = [b[at], b[at + 1]];
    (if big {
        u16::from_be_bytes(pair)
    } else {
        u16::from_le_bytes(pair)
    }) as u32
}

fn quad(b: &[u8], at: usize, big: bool) -> u32 {
    let four = [b[at], b[at + 1], b[at + 2], b[at + 3]];
    if big {
        u32::from_be_bytes(four)
    } else {
        u32::from_le_bytes(four)
    }
}

/// The order to use, the order to report and the bytes of the mark.
fn detect(input: &[u8], order: Order, width: usize) -> (bool, Order, usize) {
    let read = |big| match width {
        _ if input.len() < width => 0,
        2 => unit(input, 0, big),
        _ => quad(input, 0, big),
    };
    match order {
        Order::Little => (false, order, 0),
        Order::Big => (true, order, 0),
        Order::Mark if read(false) == 0xfeff => (false, Order::Little, width),
        Order::Mark if read(true) == 0xfeff => (true, Order::Big, width),
        Order::Mark => (NATIVE == Order::Big, Order::Mark, 0),
    }
}

/// Decodes UTF-16.
pub fn decode_utf16<E>(
    input: &[u8],
    order: Order,
    last: bool,
    on_error: &mut OnDecodeError<'_, E>,
) -> Result<DecodedOrder, E> {
    let (big, order, skip) = detect(input, order, 2);
    let name = if big { "utf-16-be" } else { "utf-16-le" };
    let mut d = Decoder::new(name, input, on_error);
    d.pos = skip;
    loop {
        match push_utf16(&mut d, big) {
            Stop::End => break,
            Stop::Truncated(_) if !last => break,
            Stop::Truncated(reason) => d.error(d.pos, d.input.len(), reason)?,
            Stop::Bad(reason) => d.error(d.pos, d.pos + 2, reason)?,
        }
    }
    Ok(DecodedOrder {
        decoded: d.finish(),
        order,
    })
}

/// Why the inner loop stopped.
enum Stop {
    End,
    Truncated(&'static str),
    Bad(&'static str),
}

fn push_utf16<E>(d: &mut Decoder<'_, '_, '_, E>, big: bool) -> Stop {
    let input = &*d.input;
    while d.pos + 2 <= input.len() {
        let c = unit(input, d.pos, big);
        if !is_surrogate(c) {
            d.out.push(c);
            d.pos += 2;
            continue;
        }
        if c >= 0xdc00 {
            return Stop::Bad("illegal encoding");
        }
        if d.pos + 4 > input.len() {
            return Stop::Truncated("unexpected end of data");
        }
        let low = unit(input, d.pos + 2, big);
        if low & 0xfc00 != 0xdc00 {
            return Stop::Bad("illegal UTF-16 surrogate");
        }
        d.out.push(0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff)));
        d.pos += 4;
    }
    match d.pos == input.len() {
        true => Stop::End,
        false => Stop::Truncated("truncated data"),
    }
}

/// Decodes UTF-32.
pub fn decode_utf32<E>(
    input: &[u8],
    order: Order,
    last: bool,
    on_error: &mut OnDecodeError<'_, E>,
) -> Result<DecodedOrder, E> {
    let (big, order, skip) = detect(input, order, 4);
    let name = if big { "utf-32-be" } else { "utf-32-le" };
    let mut d = Decoder::new(name, input, on_error);
    d.pos = skip;
    loop {
        match push_utf32(&mut d, big) {
            Stop::End => break,
            Stop::Truncated(_) if !last => break,
            Stop::Truncated(reason) => d.error(d.pos, d.input.len(), reason)?,
            Stop::Bad(reason) => d.error(d.pos, d.pos + 4, reason)?,
        }
    }
    Ok(DecodedOrder {
        decoded: d.finish(),
        order,
    })
}

fn push_utf32<E>(d: &mut Decoder<'_, '_, '_, E>, big: bool) -> Stop {
    let input = &*d.input;
    while d.pos + 4 <= input.len() {
        let c = quad(input, d.pos, big);
        if is_surrogate(c) {
            return Stop::Bad("code point in surrogate code point range(0xd800, 0xe000)");
        }
        if c > 0x10ffff {
            return Stop::Bad("code point not in range(0x110000)");
        }
        d.out.push(c);
        d.pos += 4;
    }
    match d.pos == input.len() {
        true => Stop::End,
        false => Stop::Truncated("truncated data"),
    }
}

fn push16(out: &mut Vec<u8>, c: u32, big: bool) {
    let c = c as u16;
    out.extend(if big {
        c.to_be_bytes()
    } else {
        c.to_le_bytes()
    });
}

fn push_code16(out: &mut Vec<u8>, c: u32, big: bool) {
    if c < 0x10000 {
        return push16(out, c, big);
    }
    push16(out, 0xd800 + ((c - 0x10000) >> 10), big);
    push16(out, 0xdc00 + (c & 0x3ff), big);
}

fn push_code32(out: &mut Vec<u8>, c: u32, big: bool) {
    out.extend(if big {
        c.to_be_bytes()
    } else {
        c.to_le_bytes()
    });
}

type Push = fn(&mut Vec<u8>, u32, bool);

/// Encodes to UTF-16.
pub fn encode_utf16<E>(
    text: Units,
    order: Order,
    on_error: &mut OnEncodeError<'_, E>,
) -> Result<Vec<u8>, EncodeFailure<E>> {
    let names = ["utf-16", "utf-16-le", "utf-16-be"];
    encode(text, order, names, 2, push_code16, on_error)
}

/// Encodes to UTF-32.
pub fn encode_utf32<E>(
    text: Units,
    order: Order,
    on_error: &mut OnEncodeError<'_, E>,
) -> Result<Vec<u8>, EncodeFailure<E>> {
    let names = ["utf-32", "utf-32-le", "utf-32-be"];
    encode(text, order, names, 4, push_code32, on_error)
}

fn encode<E>(
    text: Units,
    order: Order,
    names: [&'static str; 3],
    width: usize,
    push: Push,
    on_error: &mut OnEncodeError<'_, E>,
) -> Result<Vec<u8>, EncodeFailure<E>> {
    let (name, big) = match order {
        Order::Mark => (names[0], NATIVE == Order::Big),
        Order::Little => (names[1], false),
        Order::Big => (names[2], true),
    };
    let mut e = Encoder::new(name, text, on_error);
    e.granularity = width;
    e.out.reserve(width * (text.len() + 1));
    if order == Order::Mark {
        push(&mut e.out, 0xfeff, big);
    }
    while e.pos < text.len() {
        let c = text.get(e.pos);
        if is_surrogate(c) {
            let push_text = |t: Units, out: &mut Vec<u8>| {
                t.iter().for_each(|c| push(out, c, big));
                push_ascii(t, &mut Vec::new())
            };
            e.error(e.pos + 1, "surrogates not allowed", push_text)?;
        } else {
            push(&mut e.out, c, big);
            e.pos += 1;
        }
    }
    Ok(e.out)
}

/// Text of UTF-16 units in native order, with lone surrogates kept (for OS interfaces).
pub fn from_wide(units: &[u16]) -> Owned {
    if !units.iter().any(|&u| is_surrogate(u as u32)) {
        return Owned::copy_of(Units::U16(units));
    }
    let mut out = StrBuf::with_capacity(units.len());
    for c in char::decode_utf16(units.iter().copied()) {
        out.push(c.map_or_else(|e| e.unpaired_surrogate() as u32, |c| c as u32));
    }
    out.finish()
}
