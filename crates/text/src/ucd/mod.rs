//! Unicode character data, version 16.0 (what CPython 3.14 has).

pub mod names;
pub mod normal;
pub mod old;
pub mod props;
pub mod simple_case;
#[rustfmt::skip]
#[allow(clippy::all)]
mod tables;

pub use props::*;

/// Version of the data, `unicodedata.unidata_version`.
pub const UNIDATA_VERSION: &str = "16.0.0";

/// Flags, category, bidirectional class, combining class, east asian width,
/// decimal and digit (255: none), index of the numeric value (0: none), and
/// the quick-check bits (two each for NFD, NFKD, NFC, NFKC).
#[derive(Clone, Copy)]
pub(crate) struct Record(
    pub u16,
    pub u8,
    pub u8,
    pub u8,
    pub u8,
    pub u8,
    pub u8,
    pub u8,
    pub u8,
);

/// Lower, upper, title and casefold mapping: a delta, or `CASE_SPECIAL | length << 16 | offset`.
#[derive(Clone, Copy)]
pub(crate) struct CaseRecord(pub [i32; 4]);

/// The record of `c`; code points beyond U+10FFFF get an unassigned one's.
#[inline]
fn record(c: u32) -> &'static Record {
    let c = if c > 0x10ffff { 0x10ffff } else { c } as usize;
    let block = tables::RECORD_FIRST[c >> tables::RECORD_SHIFT] as usize;
    let low = c & ((1 << tables::RECORD_SHIFT) - 1);
    &tables::RECORDS[tables::RECORD_SECOND[(block << tables::RECORD_SHIFT) + low] as usize]
}
