//! Splitting: by separator, at white space, into lines. All yield index ranges.

use std::ops::Range;

use crate::search::{self, Finder};
use crate::{Unit, Units, ascii, ucd, with_units};

/// `str.split(sep, max)` with a non-empty separator, from the left.
pub struct Split<'h, 'n> {
    hay: Units<'h>,
    finder: Finder<'n>,
    left: usize,
    rest: Option<Range<usize>>,
}

/// Pieces of `hay` between separators; at most `max` splits. `sep` is not empty.
pub fn split<'h, 'n>(hay: Units<'h>, sep: Units<'n>, max: usize) -> Split<'h, 'n> {
    Split {
        hay,
        finder: Finder::new(hay, sep),
        left: if sep.is_empty() { 0 } else { max },
        rest: Some(0..hay.len()),
    }
}

impl Iterator for Split<'_, '_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.rest.clone()?;
        let found = match self.left {
            0 => None,
            _ => self.finder.find(self.hay.slice(rest.clone())),
        };
        let Some(at) = found else {
            return self.rest.take();
        };
        self.left -= 1;
        let at = rest.start + at;
        self.rest = Some(at + self.finder.needle_len()..rest.end);
        Some(rest.start..at)
    }
}

/// `str.rsplit(sep, max)`; yields the pieces from the right.
pub struct RSplit<'h, 'n>(Split<'h, 'n>);

/// Pieces of `hay`, last first; at most `max` splits. `sep` is not empty.
pub fn rsplit<'h, 'n>(hay: Units<'h>, sep: Units<'n>, max: usize) -> RSplit<'h, 'n> {
    RSplit(split(hay, sep, max))
}

impl Iterator for RSplit<'_, '_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let split = &mut self.0;
        let rest = split.rest.clone()?;
        let found = match split.left {
            0 => None,
            _ => split.finder.rfind(split.hay.slice(rest.clone())),
        };
        let Some(at) = found else {
            return split.rest.take();
        };
        split.left -= 1;
        let at = rest.start + at;
        split.rest = Some(rest.start..at);
        Some(at + split.finder.needle_len()..rest.end)
    }
}

/// `str.partition`: where the first separator is.
pub fn partition(hay: Units, sep: Units) -> Option<Range<usize>> {
    search::find(hay, sep).map(|at| at..at + sep.len())
}

/// `str.rpartition`: where the last separator is.
pub fn rpartition(hay: Units, sep: Units) -> Option<Range<usize>> {
    search::rfind(hay, sep).map(|at| at..at + sep.len())
}

/// `split(None, max)`: runs of anything but white space.
pub struct SplitSpace<'h> {
    hay: Units<'h>,
    /// Only ASCII white space counts.
    ascii: bool,
    left: usize,
    rest: Range<usize>,
}

/// `str.split(None, max)`.
pub fn split_whitespace(hay: Units<'_>, max: usize) -> SplitSpace<'_> {
    SplitSpace {
        hay,
        ascii: false,
        left: max,
        rest: 0..hay.len(),
    }
}

/// `bytes.split(None, max)`.
pub fn split_ascii_whitespace(hay: &[u8], max: usize) -> SplitSpace<'_> {
    SplitSpace {
        ascii: true,
        ..split_whitespace(Units::U8(hay), max)
    }
}

/// White space among the first 256 characters, and among bytes.
static SPACES: [[bool; 256]; 2] = {
    let mut spaces = [[false; 256]; 2];
    let mut c = 0;
    while c < 256 {
        spaces[1][c] = matches!(c, 9..=13 | 32);
        spaces[0][c] = matches!(c, 9..=13 | 28..=32 | 0x85 | 0xa0);
        c += 1;
    }
    spaces
};

#[inline(always)]
fn is_space(c: u32, ascii: bool) -> bool {
    match ascii {
        true => ascii::is_space_byte(c as u8),
        false => ucd::is_space(c),
    }
}

impl SplitSpace<'_> {
    /// How many units at the front of what is left are white space, or are not.
    #[inline]
    fn run(&self, space: bool) -> usize {
        if let Units::U8(s) = self.hay {
            let spaces = &SPACES[usize::from(self.ascii)];
            let rest = &s[self.rest.clone()];
            let other = rest.iter().position(|c| spaces[usize::from(*c)] != space);
            return other.unwrap_or(rest.len());
        }
        with_units!(self.hay.slice(self.rest.clone()), s => {
            let other = s.iter().position(|c| is_space(c.code(), self.ascii) != space);
            other.unwrap_or(s.len())
        })
    }

    /// The same at the end.
    #[inline]
    fn run_back(&self, space: bool) -> usize {
        with_units!(self.hay.slice(self.rest.clone()), s => {
            let other = s.iter().rposition(|c| is_space(c.code(), self.ascii) != space);
            other.map_or(s.len(), |i| s.len() - 1 - i)
        })
    }

    /// The next run from the right, for `rsplit(None, max)`.
    fn next_from_right(&mut self) -> Option<Range<usize>> {
        self.rest.end -= self.run_back(true);
        let Range { start, end } = self.rest;
        if start == end {
            return None;
        }
        if self.left == 0 {
            self.rest.end = start;
        } else {
            self.left -= 1;
            self.rest.end -= self.run_back(false);
        }
        Some(self.rest.end..end)
    }
}

impl Iterator for SplitSpace<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        self.rest.start += self.run(true);
        let Range { start, end } = self.rest;
        if start == end {
            return None;
        }
        if self.left == 0 {
            self.rest.start = end;
        } else {
            self.left -= 1;
            self.rest.start += self.run(false);
        }
        Some(start..self.rest.start)
    }
}

/// `rsplit(None, max)`; yields the pieces from the right.
pub struct RSplitSpace<'h>(SplitSpace<'h>);

/// `str.rsplit(None, max)`.
pub fn rsplit_whitespace(hay: Units<'_>, max: usize) -> RSplitSpace<'_> {
    RSplitSpace(split_whitespace(hay, max))
}

/// `bytes.rsplit(None, max)`.
pub fn rsplit_ascii_whitespace(hay: &[u8], max: usize) -> RSplitSpace<'_> {
    RSplitSpace(split_ascii_whitespace(hay, max))
}

impl Iterator for RSplitSpace<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        self.0.next_from_right()
    }
}

/// Lines of a string.
pub struct Lines<'h> {
    hay: Units<'h>,
    keep_ends: bool,
    ascii: bool,
    at: usize,
}

/// `str.splitlines(keep_ends)`.
pub fn splitlines(hay: Units<'_>, keep_ends: bool) -> Lines<'_> {
    Lines {
        hay,
        keep_ends,
        ascii: false,
        at: 0,
    }
}

/// `bytes.splitlines(keep_ends)`: only `\n`, `\r` and `\r\n` end lines.
pub fn splitlines_ascii(hay: &[u8], keep_ends: bool) -> Lines<'_> {
    Lines {
        ascii: true,
        ..splitlines(Units::U8(hay), keep_ends)
    }
}

impl Lines<'_> {
    /// Index of the next line break at or after `at`.
    fn next_break(&self) -> Option<usize> {
        if let (Units::U8(s), true) = (self.hay, self.ascii) {
            return memchr::memchr2(b'\n', b'\r', &s[self.at..]).map(|i| self.at + i);
        }
        let found = match self.hay {
            Units::U8(s) => position_of(&s[self.at..], is_byte_break),
            Units::U16(s) => position_of(&s[self.at..], |c| is_break(c as u32)),
            Units::U32(s) => position_of(&s[self.at..], is_break),
        };
        found.map(|i| self.at + i)
    }
}

/// `ucd::is_line_break` without branches (`c & !1` takes in U+2029).
#[inline(always)]
fn is_break(c: u32) -> bool {
    (c.wrapping_sub(10) < 4) | (c.wrapping_sub(0x1c) < 3) | (c == 0x85) | (c & !1 == 0x2028)
}

/// The same for Latin-1, in 8-bit arithmetic.
#[inline(always)]
fn is_byte_break(c: u8) -> bool {
    (c.wrapping_sub(10) < 4) | (c.wrapping_sub(0x1c) < 3) | (c == 0x85)
}

/// Index of the first unit that passes; looks at whole chunks, for vector registers.
#[inline(always)]
fn position_of<T: Unit>(s: &[T], test: impl Fn(T) -> bool) -> Option<usize> {
    let mut at = 0;
    for chunk in s.chunks_exact(32) {
        if chunk.iter().fold(0, |any, &c| any | u8::from(test(c))) != 0 {
            break;
        }
        at += 32;
    }
    s[at..].iter().position(|&c| test(c)).map(|i| at + i)
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let (start, len) = (self.at, self.hay.len());
        if start == len {
            return None;
        }
        let Some(end) = self.next_break() else {
            self.at = len;
            return Some(start..len);
        };
        let crlf = self.hay.get(end) == 13 && end + 1 < len && self.hay.get(end + 1) == 10;
        self.at = end + 1 + usize::from(crlf);
        Some(start..if self.keep_ends { self.at } else { end })
    }
}
