//! Unicode 3.2.0 (`unicodedata.ucd_3_2_0`, which IDNA is defined by), as differences from 16.0.

use super::normal::{Form, Lookup};
use super::{names, normal, tables::*};
use crate::{Owned, Units};

/// Version of this data.
pub const UNIDATA_VERSION: &str = "3.2.0";

/// The value of the run that holds `c`.
fn find<T: Copy>(runs: &[(u32, u32, T)], c: u32) -> Option<T> {
    let i = runs.partition_point(|r| r.1 < c);
    runs.get(i).filter(|r| r.0 <= c).map(|r| r.2)
}

/// Whether `c` was assigned after 3.2.0.
fn is_new(c: u32) -> bool {
    let i = OLD_UNASSIGNED.partition_point(|r| r.1 < c);
    OLD_UNASSIGNED.get(i).is_some_and(|r| r.0 <= c)
}

/// `ucd_3_2_0.category`.
pub fn category(c: u32) -> &'static str {
    match is_new(c) {
        true => "Cn",
        false => find(&OLD_CATEGORY, c).unwrap_or_else(|| super::category(c)),
    }
}

/// `ucd_3_2_0.bidirectional`.
pub fn bidirectional(c: u32) -> &'static str {
    match is_new(c) {
        true => "",
        false => find(&OLD_BIDI, c).unwrap_or_else(|| super::bidirectional(c)),
    }
}

/// `ucd_3_2_0.east_asian_width`.
pub fn east_asian_width(c: u32) -> &'static str {
    find(&OLD_WIDTH, c).unwrap_or_else(|| super::east_asian_width(c))
}

/// `ucd_3_2_0.combining`.
pub fn combining(c: u32) -> u8 {
    if is_new(c) { 0 } else { super::combining(c) }
}

/// `ucd_3_2_0.mirrored`.
pub fn is_mirrored(c: u32) -> bool {
    !is_new(c) && find(&OLD_MIRRORED, c).unwrap_or_else(|| super::is_mirrored(c))
}

/// `ucd_3_2_0.decimal`.
pub fn decimal(c: u32) -> Option<u8> {
    match is_new(c) {
        true => None,
        false => find(&OLD_DECIMAL, c).unwrap_or_else(|| super::decimal(c)),
    }
}

/// `ucd_3_2_0.digit`, which CPython takes from the current data.
pub fn digit(c: u32) -> Option<u8> {
    super::digit(c)
}

/// `ucd_3_2_0.numeric`.
pub fn numeric(c: u32) -> Option<f64> {
    match is_new(c) {
        true => None,
        false => find(&OLD_NUMERIC, c).unwrap_or_else(|| super::numeric(c)),
    }
}

/// `ucd_3_2_0.decomposition`.
pub fn decomposition(c: u32) -> String {
    match is_new(c) {
        true => String::new(),
        false => normal::decomposition(c),
    }
}

/// `ucd_3_2_0.name`.
pub fn name(c: u32) -> Option<String> {
    names::name(c).filter(|_| !is_new(c))
}

/// The decompositions of 3.2.0, with those that were corrected later.
const LOOKUP: Lookup = |c| {
    if is_new(c) {
        return None;
    }
    match OLD_DECOMPOSITION.iter().find(|r| (r.0..=r.1).contains(&c)) {
        Some(r) => Some((0, &r.2)),
        None => normal::entry(c),
    }
};

/// `ucd_3_2_0.normalize`; None when `s` is in the form already.
pub fn normalize(s: Units, form: Form) -> Option<Owned> {
    normal::normalize_by(s, form, LOOKUP)
}
