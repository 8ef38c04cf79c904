//! Substring search: find, count, replace, prefixes and suffixes.
//!
//! Everything is linear in the worst case. 1-byte storage goes through
//! `memchr`; wider storage through [`wide`].

mod replace;
mod wide;

use std::ops::Range;

use memchr::memmem;

pub use replace::replace;

use crate::{Unit, Units};
use wide::Pattern;

/// `start` and `end` as `str.find` reads them: negative from the end, clamped to `len`.
///
/// None when the range is impossible, where even the empty string is not found.
pub fn adjust_indices(start: isize, end: isize, len: usize) -> Option<Range<usize>> {
    let clamp = |i: isize| match i < 0 {
        true => len.saturating_sub(i.unsigned_abs()),
        false => i as usize,
    };
    let (start, end) = (clamp(start), clamp(end).min(len));
    (start <= end).then_some(start..end)
}

/// `needle` in units of type `T`; None when a code point does not fit.
fn convert<T: Unit>(needle: Units) -> Option<Vec<T>> {
    needle.iter().map(T::of).collect()
}

/// A needle prepared for searching haystacks of one width.
pub struct Finder<'n> {
    kind: Kind<'n>,
    len: usize,
}

enum Kind<'n> {
    Empty,
    /// Some code point of the needle does not fit the haystack's width.
    Never,
    Byte(u8),
    Bytes(Box<memmem::Finder<'n>>),
    Wide16(Pattern<'n, u16>),
    Wide32(Pattern<'n, u32>),
}

impl<'n> Finder<'n> {
    /// Prepares `needle` for haystacks of `hay`'s width (its content does not matter).
    pub fn new(hay: Units, needle: Units<'n>) -> Finder<'n> {
        let kind = match (hay, needle) {
            (_, n) if n.is_empty() => Kind::Empty,
            (Units::U8(_), Units::U8(n)) if n.len() == 1 => Kind::Byte(n[0]),
            (Units::U8(_), Units::U8(n)) => Kind::Bytes(Box::new(memmem::Finder::new(n))),
            (Units::U16(_), Units::U16(n)) => Kind::Wide16(Pattern::new(n.into())),
            (Units::U32(_), Units::U32(n)) => Kind::Wide32(Pattern::new(n.into())),
            (Units::U8(_), n) => Self::narrowed(n),
            (Units::U16(_), n) => {
                convert(n).map_or(Kind::Never, |n| Kind::Wide16(Pattern::new(n.into())))
            }
            (Units::U32(_), n) => {
                convert(n).map_or(Kind::Never, |n| Kind::Wide32(Pattern::new(n.into())))
            }
        };
        Finder {
            kind,
            len: needle.len(),
        }
    }

    fn narrowed(needle: Units) -> Kind<'n> {
        match convert::<u8>(needle) {
            None => Kind::Never,
            Some(n) if n.len() == 1 => Kind::Byte(n[0]),
            Some(n) => Kind::Bytes(Box::new(memmem::Finder::new(&n).into_owned())),
        }
    }

    /// Length of the needle.
    pub fn needle_len(&self) -> usize {
        self.len
    }

    /// First occurrence in `hay`, which must have the width given to [`Finder::new`].
    #[inline]
    pub fn find(&self, hay: Units) -> Option<usize> {
        match (&self.kind, hay) {
            (Kind::Empty, _) => Some(0),
            (Kind::Byte(b), Units::U8(h)) => memchr::memchr(*b, h),
            (Kind::Bytes(f), Units::U8(h)) => f.find(h),
            (Kind::Wide16(p), Units::U16(h)) => p.find(h),
            (Kind::Wide32(p), Units::U32(h)) => p.find(h),
            _ => None,
        }
    }

    /// Last occurrence in `hay`.
    pub fn rfind(&self, hay: Units) -> Option<usize> {
        match (&self.kind, hay) {
            (Kind::Empty, _) => Some(hay.len()),
            (Kind::Byte(b), Units::U8(h)) => memchr::memrchr(*b, h),
            (Kind::Bytes(f), Units::U8(h)) => memmem::rfind(h, f.needle()),
            (Kind::Wide16(p), Units::U16(h)) => p.rfind(h),
            (Kind::Wide32(p), Units::U32(h)) => p.rfind(h),
            _ => None,
        }
    }
}

/// Index of the first `needle` in `hay`; 0 for an empty one.
#[inline]
pub fn find(hay: Units, needle: Units) -> Option<usize> {
    match (hay, needle) {
        (Units::U8(h), Units::U8(n)) if n.len() == 1 => memchr::memchr(n[0], h),
        (Units::U8(h), Units::U8(n)) => memmem::find(h, n),
        _ if needle.len() > hay.len() => None,
        _ => Finder::new(hay, needle).find(hay),
    }
}

/// Index of the last `needle` in `hay`; the length for an empty one.
#[inline]
pub fn rfind(hay: Units, needle: Units) -> Option<usize> {
    match (hay, needle) {
        (Units::U8(h), Units::U8(n)) if n.len() == 1 => memchr::memrchr(n[0], h),
        (Units::U8(h), Units::U8(n)) => memmem::rfind(h, n),
        _ if needle.len() > hay.len() => None,
        _ => Finder::new(hay, needle).rfind(hay),
    }
}

/// Whether `needle` occurs in `hay`.
#[inline]
pub fn contains(hay: Units, needle: Units) -> bool {
    find(hay, needle).is_some()
}

/// Number of non-overlapping occurrences; `len + 1` for an empty needle.
pub fn count(hay: Units, needle: Units) -> usize {
    if let (Units::U8(h), Units::U8(&[b])) = (hay, needle) {
        return memchr::memchr_iter(b, h).count();
    }
    match needle.len() {
        0 => hay.len() + 1,
        n if n > hay.len() => 0,
        _ => Matches::new(hay, &Finder::new(hay, needle)).count(),
    }
}

/// Whether `s` begins with `prefix`.
#[inline]
pub fn starts_with(s: Units, prefix: Units) -> bool {
    prefix.len() <= s.len() && s.slice(0..prefix.len()).same(prefix)
}

/// Whether `s` ends with `suffix`.
#[inline]
pub fn ends_with(s: Units, suffix: Units) -> bool {
    suffix.len() <= s.len() && s.slice(s.len() - suffix.len()..s.len()).same(suffix)
}

/// Start indices of the non-overlapping occurrences, from the left. The needle is not empty.
pub struct Matches<'h, 'f, 'n> {
    hay: Units<'h>,
    finder: &'f Finder<'n>,
    at: usize,
}

impl<'h, 'f, 'n> Matches<'h, 'f, 'n> {
    /// Occurrences of `finder`'s needle in `hay`.
    pub fn new(hay: Units<'h>, finder: &'f Finder<'n>) -> Self {
        Matches { hay, finder, at: 0 }
    }
}

impl Iterator for Matches<'_, '_, '_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.finder.len == 0 {
            return None;
        }
        let rest = self.hay.slice(self.at..self.hay.len());
        let found = self.at + self.finder.find(rest)?;
        self.at = found + self.finder.len;
        Some(found)
    }
}
