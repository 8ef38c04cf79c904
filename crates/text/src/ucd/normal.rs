//! Decomposition and the four normalisation forms (UAX #15).

use super::{combining, quick_check, tables::*};
use crate::{Owned, StrBuf, Units};

/// A normalisation form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Canonical decomposition.
    Nfd,
    /// Compatibility decomposition.
    Nfkd,
    /// Canonical composition.
    Nfc,
    /// Compatibility decomposition, canonical composition.
    Nfkc,
}

impl Form {
    /// The form called `"NFC"`, `"NFD"`, `"NFKC"` or `"NFKD"`.
    pub fn from_name(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::Nfc,
            "NFD" => Form::Nfd,
            "NFKC" => Form::Nfkc,
            "NFKD" => Form::Nfkd,
            _ => return None,
        })
    }

    fn composes(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }

    fn is_compatibility(self) -> bool {
        matches!(self, Form::Nfkd | Form::Nfkc)
    }
}

const S_BASE: u32 = 0xac00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11a7;
const S_COUNT: u32 = 11172;

/// Tag index (0: canonical) and code points of the one-step decomposition; tables only.
pub(super) fn entry(c: u32) -> Option<(usize, &'static [u32])> {
    if c > 0x10ffff {
        return None;
    }
    let c = c as usize;
    let block = DECOMPOSITION_FIRST[c >> DECOMPOSITION_SHIFT] as usize;
    let low = c & ((1 << DECOMPOSITION_SHIFT) - 1);
    let at = DECOMPOSITION_SECOND[(block << DECOMPOSITION_SHIFT) + low] as usize;
    if at == 0 {
        return None;
    }
    let head = DECOMPOSITION_DATA[at] as usize;
    Some((
        head >> 8,
        &DECOMPOSITION_DATA[at + 1..at + 1 + (head & 255)],
    ))
}

/// `unicodedata.decomposition`; empty when there is none.
pub fn decomposition(c: u32) -> String {
    let hex = |s: &[u32]| {
        let all: Vec<String> = s.iter().map(|c| format!("{c:04X}")).collect();
        all.join(" ")
    };
    if let Some((parts, n)) = hangul_parts(c) {
        return hex(&parts[..n]);
    }
    match entry(c) {
        None => String::new(),
        Some((0, parts)) => hex(parts),
        Some((tag, parts)) => format!("{} {}", DECOMPOSITION_TAGS[tag], hex(parts)),
    }
}

fn hangul_parts(c: u32) -> Option<([u32; 3], usize)> {
    let i = c.checked_sub(S_BASE).filter(|&i| i < S_COUNT)?;
    let parts = [L_BASE + i / 588, V_BASE + i % 588 / 28, T_BASE + i % 28];
    Some((parts, if i % 28 == 0 { 2 } else { 3 }))
}

/// One-step decomposition, by version of the data.
pub(super) type Lookup = fn(u32) -> Option<(usize, &'static [u32])>;

/// Appends the full decomposition of `c`. The nesting in the data is a few levels deep.
fn push_decomposed(out: &mut Vec<u32>, c: u32, compatibility: bool, entry: Lookup) {
    if let Some((parts, n)) = hangul_parts(c) {
        out.extend_from_slice(&parts[..n]);
        return;
    }
    match entry(c) {
        Some((tag, parts)) if tag == 0 || compatibility => {
            parts
                .iter()
                .for_each(|&p| push_decomposed(out, p, compatibility, entry));
        }
        _ => out.push(c),
    }
}

/// Sorts each run of combining marks by class, stably.
fn reorder(s: &mut [u32]) {
    let mut at = 0;
    while at < s.len() {
        if combining(s[at]) == 0 {
            at += 1;
            continue;
        }
        let len = s[at..].iter().take_while(|&&c| combining(c) != 0).count();
        s[at..at + len].sort_by_key(|&c| combining(c));
        at += len;
    }
}

/// The primary composite of a pair.
fn compose_pair(a: u32, b: u32) -> Option<u32> {
    if (V_BASE..V_BASE + 21).contains(&b) && (L_BASE..L_BASE + 19).contains(&a) {
        return Some(S_BASE + ((a - L_BASE) * 21 + b - V_BASE) * 28);
    }
    if (T_BASE + 1..T_BASE + 28).contains(&b) {
        let lv = a.checked_sub(S_BASE).filter(|&i| i < S_COUNT)?;
        return (lv % 28 == 0).then_some(a + b - T_BASE);
    }
    let i = COMPOSITION_KEYS.binary_search(&(a, b)).ok()?;
    Some(COMPOSITION_VALUES[i])
}

/// Canonical composition of decomposed, ordered text, in place.
fn compose(s: &mut Vec<u32>) {
    let mut starter: Option<usize> = None;
    // Class of the last code point kept after the starter; -1 right after it.
    let mut last = -1;
    let mut len = 0;
    for i in 0..s.len() {
        let c = s[i];
        let class = i32::from(combining(c));
        if let Some(at) = starter
            && last < class
            && let Some(joined) = compose_pair(s[at], c)
        {
            s[at] = joined;
            continue;
        }
        if class == 0 {
            starter = Some(len);
            last = -1;
        } else {
            last = class;
        }
        s[len] = c;
        len += 1;
    }
    s.truncate(len);
}

/// True when the quick check proves that `s` is normalised.
fn surely_normalized(s: Units, form: Form) -> bool {
    if s.is_ascii() {
        return true;
    }
    let shift = 2 * form as u32;
    let mut previous = 0;
    s.iter().all(|c| {
        let class = combining(c);
        let ordered = class == 0 || previous <= class;
        previous = class;
        ordered && quick_check(c) >> shift & 3 == 0
    })
}

/// `unicodedata.normalize`; None when `s` is in the form already.
pub fn normalize(s: Units, form: Form) -> Option<Owned> {
    if surely_normalized(s, form) {
        return None;
    }
    normalize_by(s, form, entry)
}

/// [`normalize`] without the quick check, by the given decompositions.
pub(super) fn normalize_by(s: Units, form: Form, entry: Lookup) -> Option<Owned> {
    let mut all = Vec::with_capacity(s.len() + s.len() / 4);
    let compatibility = form.is_compatibility();
    s.iter()
        .for_each(|c| push_decomposed(&mut all, c, compatibility, entry));
    reorder(&mut all);
    if form.composes() {
        compose(&mut all);
    }
    if Units::U32(&all).same(s) {
        return None;
    }
    let mut out = StrBuf::with_capacity(all.len());
    out.push_units(Units::U32(&all));
    Some(out.finish())
}

/// `unicodedata.is_normalized`.
pub fn is_normalized(s: Units, form: Form) -> bool {
    normalize(s, form).is_none()
}
