//! Properties of single code points, named as the `str` methods and `unicodedata` functions are.

use super::{record, tables::*};

#[inline]
fn has(c: u32, flags: u16) -> bool {
    record(c).0 & flags != 0
}

/// Flag bits for ASCII, so that the common case is one small table.
static ASCII: [u16; 128] = {
    let mut table = [0; 128];
    let mut i = 0;
    while i < 128 {
        let block = RECORD_FIRST[i >> RECORD_SHIFT] as usize;
        let low = i & ((1 << RECORD_SHIFT) - 1);
        table[i] = RECORDS[RECORD_SECOND[(block << RECORD_SHIFT) + low] as usize].0;
        i += 1;
    }
    table
};

#[inline]
fn flag(c: u32, flags: u16) -> bool {
    match ASCII.get(c as usize) {
        Some(bits) => bits & flags != 0,
        None => has(c, flags),
    }
}

macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident = $flags:expr;)*) => {
        $($(#[$doc])* #[inline] pub fn $name(c: u32) -> bool { flag(c, $flags) })*
    };
}

predicates! {
    /// `str.isalpha`: a letter.
    is_alpha = ALPHA;
    /// `str.isalnum`: alphabetic, decimal, digit or numeric.
    is_alnum = ALPHA | DECIMAL | DIGIT | NUMERIC;
    /// Has the Lowercase property.
    is_lower = LOWER;
    /// Has the Uppercase property.
    is_upper = UPPER;
    /// Is a titlecase letter (category Lt).
    is_title = TITLE;
    /// `str.isprintable`: `repr` shows it as it is.
    is_printable = PRINTABLE;
    /// May start an identifier, `_` included.
    is_xid_start = XID_START;
    /// May continue an identifier.
    is_xid_continue = XID_CONTINUE;
    /// Has the Cased property.
    is_cased = CASED;
    /// Has the Case_Ignorable property.
    is_case_ignorable = CASE_IGNORABLE;
    /// `str.isspace`: what `str.split()` splits at.
    is_space = SPACE;
    /// Ends a line for `str.splitlines`.
    is_line_break = LINE_BREAK;
    /// `str.isdecimal`.
    is_decimal = DECIMAL;
    /// `str.isdigit`.
    is_digit = DIGIT;
    /// `str.isnumeric`.
    is_numeric = NUMERIC;
    /// `unicodedata.mirrored`.
    is_mirrored = MIRRORED;
    /// Some full case mapping or casefolding changes it.
    changes_case = CASE_CHANGES;
}

/// `unicodedata.category`, such as `"Lu"`.
pub fn category(c: u32) -> &'static str {
    CATEGORY_NAMES[record(c).1 as usize]
}

/// `unicodedata.bidirectional`; empty when undefined.
pub fn bidirectional(c: u32) -> &'static str {
    BIDI_NAMES[record(c).2 as usize]
}

/// `unicodedata.combining`: the canonical combining class.
#[inline]
pub fn combining(c: u32) -> u8 {
    record(c).3
}

/// `unicodedata.east_asian_width`.
pub fn east_asian_width(c: u32) -> &'static str {
    WIDTH_NAMES[record(c).4 as usize]
}

/// `unicodedata.decimal`: 0 to 9, or None.
#[inline]
pub fn decimal(c: u32) -> Option<u8> {
    if c < 128 {
        return (c as u8).is_ascii_digit().then(|| c as u8 - b'0');
    }
    Some(record(c).5).filter(|&d| d != 255)
}

/// `unicodedata.digit`: 0 to 9, or None.
pub fn digit(c: u32) -> Option<u8> {
    Some(record(c).6).filter(|&d| d != 255)
}

/// `unicodedata.numeric`.
pub fn numeric(c: u32) -> Option<f64> {
    match record(c).7 {
        0 => None,
        i => Some(NUMERIC_VALUES[i as usize]),
    }
}

/// Quick-check bits: two each for NFD, NFKD, NFC, NFKC; 0 yes, 1 no, 2 maybe.
#[inline]
pub(super) fn quick_check(c: u32) -> u8 {
    record(c).8
}
