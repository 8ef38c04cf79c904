//! Codecs driven by a mapping (`codecs.charmap_decode`, `charmap_encode`).

use super::*;

const REASON: &str = "character maps to <undefined>";

/// What a byte decodes to.
#[derive(Clone, Debug)]
pub enum Target {
    /// One code point.
    Code(u32),
    /// A string.
    Text(Owned),
    /// Nothing: an error.
    Undefined,
}

/// Decodes each byte through `lookup`.
pub fn decode<E>(
    input: &[u8],
    lookup: &mut dyn FnMut(u8) -> Result<Target, E>,
    on_error: &mut OnDecodeError<'_, E>,
) -> Result<Decoded, E> {
    let mut d = Decoder::new("charmap", input, on_error);
    while let Some(&b) = d.rest().first() {
        match lookup(b)? {
            Target::Code(c) => d.out.push(c),
            Target::Text(t) => d.out.push_units(t.units()),
            Target::Undefined => {
                d.error(d.pos, d.pos + 1, REASON)?;
                continue;
            }
        }
        d.pos += 1;
    }
    Ok(d.finish())
}

/// Decodes by a table string: index is the byte, U+FFFE or beyond its end is undefined.
pub fn decode_table<E>(
    input: &[u8],
    table: Units,
    on_error: &mut OnDecodeError<'_, E>,
) -> Result<Decoded, E> {
    let mut lookup = |b: u8| {
        Ok(match b as usize {
            i if i < table.len() && table.get(i) != 0xfffe => Target::Code(table.get(i)),
            _ => Target::Undefined,
        })
    };
    decode(input, &mut lookup, on_error)
}

/// Encodes each code point through `lookup`; None from it is an error.
pub fn encode<E>(
    text: Units,
    lookup: &mut dyn FnMut(u32) -> Result<Option<Vec<u8>>, E>,
    on_error: &mut OnEncodeError<'_, E>,
) -> Result<Vec<u8>, EncodeFailure<E>> {
    let mut e = Encoder::new("charmap", text, on_error);
    while e.pos < text.len() {
        if let Some(bytes) = lookup(text.get(e.pos)).map_err(EncodeFailure::Handler)? {
            e.out.extend_from_slice(&bytes);
            e.pos += 1;
            continue;
        }
        let mut end = e.pos + 1;
        while end < text.len() {
            let found = lookup(text.get(end)).map_err(EncodeFailure::Handler)?;
            if found.is_some() {
                break;
            }
            end += 1;
        }
        // An error of `lookup` on the replacement text comes out after the handler's.
        let mut failed = None;
        e.error(end, REASON, |t, out| {
            t.iter().all(|c| match lookup(c) {
                Ok(Some(bytes)) => {
                    out.extend_from_slice(&bytes);
                    true
                }
                Ok(None) => false,
                Err(error) => {
                    failed = Some(error);
                    true
                }
            })
        })?;
        if let Some(error) = failed {
            return Err(EncodeFailure::Handler(error));
        }
    }
    Ok(e.out)
}

/// The inverse of a decoding table (`codecs.charmap_build`).
#[derive(Clone, Debug)]
pub struct EncodingMap {
    /// Code points in order, with their bytes.
    pairs: Vec<(u32, u8)>,
}

impl EncodingMap {
    /// Inverts the first 256 code points of `table`; U+FFFE entries are left out, later entries win.
    pub fn new(table: Units) -> EncodingMap {
        let mut pairs: Vec<(u32, u8)> = table
            .iter()
            .take(256)
            .zip(0u8..=255)
            .filter(|&(c, _)| c != 0xfffe)
            .collect();
        pairs.sort_by_key(|&(c, b)| (c, std::cmp::Reverse(b)));
        pairs.dedup_by_key(|p| p.0);
        EncodingMap { pairs }
    }

    /// The byte of `c`.
    #[inline]
    pub fn get(&self, c: u32) -> Option<u8> {
        let i = self.pairs.binary_search_by_key(&c, |p| p.0).ok()?;
        Some(self.pairs[i].1)
    }

    /// Encodes through the map.
    pub fn encode<E>(
        &self,
        text: Units,
        on_error: &mut OnEncodeError<'_, E>,
    ) -> Result<Vec<u8>, EncodeFailure<E>> {
        encode(text, &mut |c| Ok(self.get(c).map(|b| vec![b])), on_error)
    }
}
