//! Borrowed strings of 1-, 2- or 4-byte code points.

use std::ops::Range;

/// A code point storage unit.
pub trait Unit: Copy + Eq + Ord + 'static {
    /// Largest code point the unit can hold.
    const MAX: u32;

    /// The code point.
    fn code(self) -> u32;

    /// The unit for `c`, or None when it does not fit.
    fn of(c: u32) -> Option<Self>;

    /// The unit for `c` truncated to its width.
    fn truncate(c: u32) -> Self;
}

macro_rules! unit {
    ($type:ty, $max:expr) => {
        impl Unit for $type {
            const MAX: u32 = $max;

            #[inline(always)]
            fn code(self) -> u32 {
                self as u32
            }

            #[inline(always)]
            fn of(c: u32) -> Option<Self> {
                <$type>::try_from(c).ok()
            }

            #[inline(always)]
            fn truncate(c: u32) -> Self {
                c as $type
            }
        }
    };
}

unit!(u8, 0xff);
unit!(u16, 0xffff);
unit!(u32, 0x10ffff);

/// A borrowed string: code points in 1, 2 or 4 bytes each.
///
/// A slice may use wider units than its content needs.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    /// ASCII or Latin-1.
    U8(&'a [u8]),
    /// The Basic Multilingual Plane, surrogates included.
    U16(&'a [u16]),
    /// All of Unicode.
    U32(&'a [u32]),
}

/// Runs `$body` with `$s` bound to the typed slice of `$units`.
#[macro_export]
macro_rules! with_units {
    ($units:expr, $s:ident => $body:expr) => {
        match $units {
            $crate::Units::U8($s) => $body,
            $crate::Units::U16($s) => $body,
            $crate::Units::U32($s) => $body,
        }
    };
}

impl<'a> Units<'a> {
    /// Number of code points.
    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, s => s.len())
    }

    /// Whether there are no code points.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code point at `i`. Panics when out of range.
    #[inline]
    pub fn get(self, i: usize) -> u32 {
        with_units!(self, s => s[i].code())
    }

    /// The code points in order; can be walked from both ends.
    #[inline]
    pub fn iter(self) -> Iter<'a> {
        Iter {
            units: self,
            range: 0..self.len(),
        }
    }

    /// The part in `range`, in the same width. Panics when out of range.
    #[inline]
    pub fn slice(self, range: Range<usize>) -> Units<'a> {
        match self {
            Units::U8(s) => Units::U8(&s[range]),
            Units::U16(s) => Units::U16(&s[range]),
            Units::U32(s) => Units::U32(&s[range]),
        }
    }

    /// Upper bound of the storage class the content needs: 0x7f, 0xff, 0xffff or 0x10ffff.
    pub fn max_char(self) -> u32 {
        match self {
            Units::U8(s) if s.is_ascii() => 0x7f,
            Units::U8(_) => 0xff,
            Units::U16(s) => class(fold_bits(s)),
            Units::U32(s) => class(fold_bits(s)),
        }
    }

    /// Whether all code points are below 128.
    #[inline]
    pub fn is_ascii(self) -> bool {
        match self {
            Units::U8(s) => s.is_ascii(),
            _ => self.max_char() == 0x7f,
        }
    }

    /// Bytes per unit: 1, 2 or 4.
    pub fn width(self) -> usize {
        match self {
            Units::U8(_) => 1,
            Units::U16(_) => 2,
            Units::U32(_) => 4,
        }
    }

    /// Whether both hold the same code points, whatever the widths.
    pub fn same(self, other: Units) -> bool {
        match (self, other) {
            (Units::U8(a), Units::U8(b)) => a == b,
            (Units::U16(a), Units::U16(b)) => a == b,
            (Units::U32(a), Units::U32(b)) => a == b,
            _ => self.len() == other.len() && self.iter().eq(other.iter()),
        }
    }

    /// Order by code points.
    pub fn compare(self, other: Units) -> std::cmp::Ordering {
        match (self, other) {
            (Units::U8(a), Units::U8(b)) => a.cmp(b),
            _ => self.iter().cmp(other.iter()),
        }
    }

    /// The text as a `String`, with lone surrogates replaced by U+FFFD (for messages and tests).
    pub fn to_lossy(self) -> String {
        self.iter()
            .map(|c| char::from_u32(c).unwrap_or('\u{fffd}'))
            .collect()
    }
}

impl<'a> From<&'a [u8]> for Units<'a> {
    fn from(s: &'a [u8]) -> Self {
        Units::U8(s)
    }
}

/// Bitwise or of all units (at most 2^21 - 1 for code points); auto-vectorised.
fn fold_bits<T: Unit + std::ops::BitOr<Output = T>>(s: &[T]) -> u32 {
    let mut bits = 0;
    for chunk in s.chunks(256) {
        bits |= chunk.iter().fold(T::truncate(0), |a, &b| a | b).code();
        // A wider class cannot follow: no need to look further.
        if class(bits) == class(T::MAX) {
            break;
        }
    }
    bits
}

/// Storage class of a maximum (or of an or of code points, which has the same class).
pub(crate) fn class(bits: u32) -> u32 {
    match bits {
        0..=0x7f => 0x7f,
        0x80..=0xff => 0xff,
        0x100..=0xffff => 0xffff,
        _ => 0x10ffff,
    }
}

/// Iterator over the code points of [`Units`].
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    units: Units<'a>,
    range: Range<usize>,
}

impl Iterator for Iter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        self.range.next().map(|i| self.units.get(i))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        self.range.next_back().map(|i| self.units.get(i))
    }
}

impl ExactSizeIterator for Iter<'_> {}
