//! `strip`, `lstrip` and `rstrip`: the range that remains.

use std::ops::Range;

use crate::{Units, ascii, ucd};

/// Which ends are stripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `lstrip`.
    Left,
    /// `rstrip`.
    Right,
    /// `strip`.
    Both,
}

fn strip_by(s: Units, side: Side, remove: impl Fn(u32) -> bool) -> Range<usize> {
    let (mut start, mut end) = (0, s.len());
    if side != Side::Right {
        while start < end && remove(s.get(start)) {
            start += 1;
        }
    }
    if side != Side::Left {
        while end > start && remove(s.get(end - 1)) {
            end -= 1;
        }
    }
    start..end
}

/// `str.strip()` and its one-sided forms.
pub fn strip_whitespace(s: Units, side: Side) -> Range<usize> {
    strip_by(s, side, ucd::is_space)
}

/// `bytes.strip()` and its one-sided forms.
pub fn strip_ascii_whitespace(s: &[u8], side: Side) -> Range<usize> {
    strip_by(Units::U8(s), side, |c| ascii::is_space_byte(c as u8))
}

/// `strip(chars)` and its one-sided forms, of strings and of bytes.
pub fn strip_chars(s: Units, side: Side, chars: Units) -> Range<usize> {
    if chars.len() == 1 {
        let only = chars.get(0);
        return strip_by(s, side, |c| c == only);
    }
    let mut low = [false; 256];
    let mut high = Vec::new();
    for c in chars.iter() {
        match low.get_mut(c as usize) {
            Some(slot) => *slot = true,
            None => high.push(c),
        }
    }
    high.sort_unstable();
    strip_by(s, side, |c| match low.get(c as usize) {
        Some(&found) => found,
        None => high.binary_search(&c).is_ok(),
    })
}
