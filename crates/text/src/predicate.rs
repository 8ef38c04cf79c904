//! The `str.is...` predicates on whole strings.

use crate::{Unit, Units, ucd, with_units};

fn all(s: Units, test: fn(u32) -> bool) -> bool {
    with_units!(s, s => !s.is_empty() && s.iter().all(|c| test(c.code())))
}

macro_rules! all_of {
    ($($(#[$doc:meta])* $name:ident = $test:path;)*) => {
        $($(#[$doc])* pub fn $name(s: Units) -> bool { all(s, $test) })*
    };
}

all_of! {
    /// `str.isalpha`.
    is_alpha = ucd::is_alpha;
    /// `str.isalnum`.
    is_alnum = ucd::is_alnum;
    /// `str.isdecimal`.
    is_decimal = ucd::is_decimal;
    /// `str.isdigit`.
    is_digit = ucd::is_digit;
    /// `str.isnumeric`.
    is_numeric = ucd::is_numeric;
    /// `str.isspace`.
    is_space = ucd::is_space;
}

/// `str.isprintable`; true for the empty string.
pub fn is_printable(s: Units) -> bool {
    with_units!(s, s => s.iter().all(|c| ucd::is_printable(c.code())))
}

/// `str.isidentifier`.
pub fn is_identifier(s: Units) -> bool {
    with_units!(s, s => match s.split_first() {
        None => false,
        Some((first, rest)) => {
            ucd::is_xid_start(first.code()) && rest.iter().all(|c| ucd::is_xid_continue(c.code()))
        }
    })
}

/// `str.islower`: some cased letter, and none in upper or title case.
pub fn is_lower(s: Units) -> bool {
    all_cased(s, ucd::is_lower, |c| ucd::is_upper(c) || ucd::is_title(c))
}

/// `str.isupper`: some cased letter, and none in lower or title case.
pub fn is_upper(s: Units) -> bool {
    all_cased(s, ucd::is_upper, |c| ucd::is_lower(c) || ucd::is_title(c))
}

fn all_cased(s: Units, wanted: fn(u32) -> bool, refused: fn(u32) -> bool) -> bool {
    let mut found = false;
    with_units!(s, s => for c in s {
        let c = c.code();
        if refused(c) {
            return false;
        }
        found = found || wanted(c);
    });
    found
}

/// `str.istitle`: upper or title case exactly at word starts, and somewhere.
pub fn is_title(s: Units) -> bool {
    let (mut found, mut in_word) = (false, false);
    for c in s.iter() {
        let capital = ucd::is_upper(c) || ucd::is_title(c);
        if !capital && !ucd::is_lower(c) {
            in_word = false;
            continue;
        }
        if capital == in_word {
            return false;
        }
        (found, in_word) = (true, true);
    }
    found
}
