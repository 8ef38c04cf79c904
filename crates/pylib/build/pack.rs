//! The layout of the archive.

use crate::code::Codes;
use crate::files::Files;
use std::fmt::Write as _;

/// Bytecode begins at multiples of this, so that instructions can be used where they are.
const CODE_ALIGN: usize = 16;

/// Lays out names, bytecode and sources in one blob and writes the table that `src/lib.rs` includes. Each kind is
/// together, so that a start touches few pages.
pub fn pack(files: &Files, codes: &[Codes]) -> (Vec<u8>, String) {
    let mut blob = Vec::new();
    let names: Vec<_> = files
        .keys()
        .map(|name| append(&mut blob, name.as_bytes(), 1))
        .collect();
    let plain: Vec<_> = codes
        .iter()
        .map(|c| append(&mut blob, &c.plain, CODE_ALIGN))
        .collect();
    let optimized: Vec<_> = codes
        .iter()
        .zip(&plain)
        .map(|(c, same)| match &c.optimized {
            Some(code) => append(&mut blob, &lz4_flex::block::compress(code), 1),
            None => *same,
        })
        .collect();
    let mut rows = String::new();
    for (i, source) in files.values().enumerate() {
        let packed = lz4_flex::block::compress(source);
        // A file that does not shrink is stored as it is, which its equal lengths say.
        let stored = if packed.len() < source.len() {
            &packed
        } else {
            source
        };
        let stored = append(&mut blob, stored, 1);
        let optimized_len = codes[i].optimized.as_ref().map_or(0, Vec::len);
        writeln!(
            rows,
            "    File {{ name: {}, code: {}, optimized: {}, optimized_len: {optimized_len}, stored: {stored}, \
             source_len: {} }},",
            names[i], plain[i], optimized[i], source.len(),
        )
        .expect("writing to a string");
    }
    let index = format!("static FILES: [File; {}] = [\n{rows}];\n", files.len());
    (blob, index)
}

/// Where bytes stand in the archive, as a Rust expression.
#[derive(Clone, Copy)]
struct Place {
    at: u32,
    len: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Place {{ at: {}, len: {} }}", self.at, self.len)
    }
}

/// Appends `bytes` at the next multiple of `align`.
fn append(blob: &mut Vec<u8>, bytes: &[u8], align: usize) -> Place {
    if !bytes.is_empty() {
        blob.resize(blob.len().next_multiple_of(align), 0);
    }
    let at = blob.len();
    blob.extend_from_slice(bytes);
    let small = |n: usize| u32::try_from(n).expect("archive under 4 GiB");
    Place {
        at: small(at),
        len: small(bytes.len()),
    }
}
