//! Case mappings of single code points.

use super::{CaseRecord, tables::*};

/// The four case mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// `str.lower`, without the final-sigma rule.
    Lower,
    /// `str.upper`.
    Upper,
    /// The first letter of a word in `str.title`.
    Title,
    /// `str.casefold`.
    Fold,
}

/// Result of a full mapping: one to three code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// One code point.
    One(u32),
    /// Two or three.
    Many(&'static [u32]),
}

#[inline(always)]
fn case_record(c: u32) -> &'static CaseRecord {
    let c = if c > 0x10ffff { 0x10ffff } else { c } as usize;
    let block = CASE_FIRST[c >> CASE_SHIFT] as usize;
    let low = c & ((1 << CASE_SHIFT) - 1);
    &CASE_RECORDS[CASE_SECOND[(block << CASE_SHIFT) + low] as usize]
}

/// The full mapping of one code point, regardless of context.
#[inline(always)]
pub fn map_full(c: u32, mapping: Mapping) -> Mapped {
    let entry = case_record(c).0[mapping as usize];
    if entry < CASE_SPECIAL {
        return Mapped::One(c.wrapping_add(entry as u32));
    }
    let start = (entry & 0xffff) as usize;
    let len = (entry >> 16 & 0xff) as usize;
    Mapped::Many(&CASE_EXTRA[start..start + len])
}

/// First code point of a full mapping: what CPython's one-to-one conversions give.
#[inline]
fn first(c: u32, mapping: Mapping) -> u32 {
    match map_full(c, mapping) {
        Mapped::One(c) => c,
        Mapped::Many(s) => s[0],
    }
}

/// The one-to-one lower-case mapping, as the regex engine uses (`Py_UNICODE_TOLOWER`).
#[inline]
pub fn to_lower(c: u32) -> u32 {
    first(c, Mapping::Lower)
}

/// The one-to-one upper-case mapping (`Py_UNICODE_TOUPPER`): sharp s gives `S`.
#[inline]
pub fn to_upper(c: u32) -> u32 {
    first(c, Mapping::Upper)
}

/// The one-to-one title-case mapping (`Py_UNICODE_TOTITLE`).
#[inline]
pub fn to_title(c: u32) -> u32 {
    first(c, Mapping::Title)
}
