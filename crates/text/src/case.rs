//! Case conversion of strings, with full mappings and the final-sigma rule.

use crate::buf::{Chunked, Data};
use crate::ucd::simple_case::{Mapped, Mapping, map_full};
use crate::{Owned, Unit, Units, ascii, ucd, with_units};

const CAPITAL_SIGMA: u32 = 0x3a3;
const SMALL_SIGMA: u32 = 0x3c3;
const FINAL_SIGMA: u32 = 0x3c2;

/// Applies `f` when `s` is 1-byte storage holding ASCII only.
fn ascii_only(s: Units, f: fn(&[u8]) -> Vec<u8>) -> Option<Owned> {
    match s {
        Units::U8(b) if b.is_ascii() => Some(Owned {
            data: Data::U8(f(b)),
            is_ascii: true,
            failed: false,
        }),
        _ => None,
    }
}

#[inline(always)]
fn push_mapped(out: &mut Chunked, c: u32, mapping: Mapping) {
    match map_full(c, mapping) {
        Mapped::One(c) => out.push(c),
        Mapped::Many(s) => s.iter().for_each(|&c| out.push(c)),
    }
}

/// Whether the capital sigma at `i` ends a word (Unicode's Final_Sigma condition).
fn is_final_sigma(s: Units, i: usize) -> bool {
    let before = (0..i)
        .rev()
        .map(|j| s.get(j))
        .find(|&c| !ucd::is_case_ignorable(c));
    if !before.is_some_and(ucd::is_cased) {
        return false;
    }
    let after = (i + 1..s.len())
        .map(|j| s.get(j))
        .find(|&c| !ucd::is_case_ignorable(c));
    !after.is_some_and(ucd::is_cased)
}

#[inline(always)]
fn push_lower(out: &mut Chunked, s: Units, i: usize, c: u32) {
    match c {
        CAPITAL_SIGMA if is_final_sigma(s, i) => out.push(FINAL_SIGMA),
        CAPITAL_SIGMA => out.push(SMALL_SIGMA),
        _ => push_mapped(out, c, Mapping::Lower),
    }
}

fn map_all(s: Units, mapping: Mapping) -> Owned {
    let mut out = Chunked::with_capacity(s.len());
    with_units!(s, s => s.iter().for_each(|c| push_mapped(&mut out, c.code(), mapping)));
    out.finish()
}

/// `str.lower`.
pub fn lower(s: Units) -> Owned {
    if let Some(out) = ascii_only(s, ascii::lower) {
        return out;
    }
    let mut out = Chunked::with_capacity(s.len());
    with_units!(s, typed => for (i, c) in typed.iter().enumerate() {
        push_lower(&mut out, s, i, c.code());
    });
    out.finish()
}

/// `str.upper`.
pub fn upper(s: Units) -> Owned {
    ascii_only(s, ascii::upper).unwrap_or_else(|| map_all(s, Mapping::Upper))
}

/// `str.casefold`.
pub fn casefold(s: Units) -> Owned {
    ascii_only(s, ascii::lower).unwrap_or_else(|| map_all(s, Mapping::Fold))
}

/// `str.title`.
pub fn title(s: Units) -> Owned {
    if let Some(out) = ascii_only(s, ascii::title) {
        return out;
    }
    let mut out = Chunked::with_capacity(s.len());
    let mut in_word = false;
    for (i, c) in s.iter().enumerate() {
        match in_word {
            true => push_lower(&mut out, s, i, c),
            false => push_mapped(&mut out, c, Mapping::Title),
        }
        in_word = ucd::is_cased(c);
    }
    out.finish()
}

/// `str.capitalize`.
pub fn capitalize(s: Units) -> Owned {
    if let Some(out) = ascii_only(s, ascii::capitalize) {
        return out;
    }
    let mut out = Chunked::with_capacity(s.len());
    for (i, c) in s.iter().enumerate() {
        match i {
            0 => push_mapped(&mut out, c, Mapping::Title),
            _ => push_lower(&mut out, s, i, c),
        }
    }
    out.finish()
}

/// `str.swapcase`.
pub fn swapcase(s: Units) -> Owned {
    if let Some(out) = ascii_only(s, ascii::swapcase) {
        return out;
    }
    let mut out = Chunked::with_capacity(s.len());
    for (i, c) in s.iter().enumerate() {
        if ucd::is_upper(c) {
            push_lower(&mut out, s, i, c);
        } else if ucd::is_lower(c) {
            push_mapped(&mut out, c, Mapping::Upper);
        } else {
            out.push(c);
        }
    }
    out.finish()
}
