//! ASCII and Latin-1.

use super::*;
use crate::buf::Data;

/// Decodes Latin-1, which cannot fail.
pub fn decode_latin1(input: &[u8]) -> Owned {
    Owned {
        data: Data::U8(input.to_vec()),
        is_ascii: input.is_ascii(),
        failed: false,
    }
}

/// Decodes ASCII.
pub fn decode_ascii<E>(input: &[u8], on_error: &mut OnDecodeError<'_, E>) -> Result<Decoded, E> {
    if input.is_ascii() {
        return Ok(Decoded {
            text: decode_latin1(input),
            consumed: input.len(),
        });
    }
    let mut d = Decoder::new("ascii", input, on_error);
    while d.pos < d.input.len() {
        let rest = d.rest();
        let len = rest
            .iter()
            .position(|b| !b.is_ascii())
            .unwrap_or(rest.len());
        d.out.push_latin1(&d.input[d.pos..d.pos + len]);
        d.pos += len;
        if d.pos < d.input.len() {
            d.error(d.pos, d.pos + 1, "ordinal not in range(128)")?;
        }
    }
    Ok(d.finish())
}

/// Encodes to ASCII.
pub fn encode_ascii<E>(
    text: Units,
    on_error: &mut OnEncodeError<'_, E>,
) -> Result<Vec<u8>, EncodeFailure<E>> {
    match text {
        Units::U8(s) if s.is_ascii() => Ok(s.to_vec()),
        _ => encode("ascii", 128, "ordinal not in range(128)", text, on_error),
    }
}

/// Encodes to Latin-1.
pub fn encode_latin1<E>(
    text: Units,
    on_error: &mut OnEncodeError<'_, E>,
) -> Result<Vec<u8>, EncodeFailure<E>> {
    match text {
        Units::U8(s) => Ok(s.to_vec()),
        _ => encode("latin-1", 256, "ordinal not in range(256)", text, on_error),
    }
}

fn encode<E>(
    encoding: &'static str,
    limit: u32,
    reason: &'static str,
    text: Units,
    on_error: &mut OnEncodeError<'_, E>,
) -> Result<Vec<u8>, EncodeFailure<E>> {
    let mut e = Encoder::new(encoding, text, on_error);
    while e.pos < text.len() {
        let c = text.get(e.pos);
        if c < limit {
            e.out.push(c as u8);
            e.pos += 1;
            continue;
        }
        let bad = (e.pos..text.len()).take_while(|&i| text.get(i) >= limit);
        let end = e.pos + bad.count();
        e.error(end, reason, |t, out| {
            out.extend(t.iter().map(|c| c as u8));
            t.iter().all(|c| c < limit)
        })?;
    }
    Ok(e.out)
}
