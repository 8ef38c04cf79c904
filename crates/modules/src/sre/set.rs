//! Sets of characters: those below 256 exactly, of the others whether there may be any.

use super::chars::*;
use super::op;

/// A set that may be larger than what it stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CharSet {
    /// A bit for each character below 256.
    bits: [u64; 4],
    /// There may be characters from 256 on.
    wide: bool,
}

impl CharSet {
    pub const EMPTY: CharSet = CharSet {
        bits: [0; 4],
        wide: false,
    };
    pub const ALL: CharSet = CharSet {
        bits: [u64::MAX; 4],
        wide: true,
    };

    /// Those below 256 that pass a test.
    pub fn of(test: impl Fn(u32) -> bool, wide: bool) -> CharSet {
        let mut set = CharSet {
            wide,
            ..Self::EMPTY
        };
        for c in (0..256).filter(|c| test(*c)) {
            set.insert(c);
        }
        set
    }
    pub fn insert(&mut self, c: u32) {
        match c {
            0..256 => self.bits[(c >> 6) as usize] |= 1 << (c & 63),
            _ => self.wide = true,
        }
    }
    pub fn union(mut self, other: CharSet) -> CharSet {
        for (a, b) in self.bits.iter_mut().zip(other.bits) {
            *a |= b;
        }
        self.wide |= other.wide;
        self
    }
    /// No character is in both; `narrow`: no character below 256.
    pub fn is_disjoint(&self, other: &CharSet, narrow: bool) -> bool {
        let meets = self.bits.iter().zip(other.bits).any(|(a, b)| a & b != 0);
        !meets && (narrow || !(self.wide && other.wide))
    }
    #[inline(always)]
    pub fn may_have(&self, c: u32) -> bool {
        match c {
            0..256 => self.bits[(c >> 6) as usize & 3] >> (c & 63) & 1 == 1,
            _ => self.wide,
        }
    }
    /// The characters below 256 if they are one to three; the last one fills up the array.
    pub fn few(&self) -> Option<[u8; 3]> {
        let n: u32 = self.bits.iter().map(|w| w.count_ones()).sum();
        if !(1..=3).contains(&n) {
            return None;
        }
        let mut all = (0..=255).filter(|c| self.may_have(u32::from(*c)));
        let first = all.next()?;
        let second = all.next().unwrap_or(first);
        Some([first, second, all.next().unwrap_or(second)])
    }
    /// All that `re` never refuses below 256, as a table of tests.
    pub fn table(&self) -> Box<[bool; 256]> {
        let mut t = Box::new([false; 256]);
        for (c, is_in) in t.iter_mut().enumerate() {
            *is_in = self.may_have(c as u32);
        }
        t
    }
}

/// The word of code at a position; FAILURE behind the end.
fn at(code: &[u32], i: usize) -> u32 {
    code.get(i).copied().unwrap_or(op::FAILURE)
}

/// Whether the one-character instruction at `pc` takes `c`.
pub fn takes(code: &[u32], pc: usize, c: u32) -> bool {
    let want = at(code, pc + 1);
    let loc = |c: u32| c == want || lower_ascii(c) == want || upper_ascii(c) == want;
    let set = || &code[(pc + 2).min(code.len())..];
    match at(code, pc) {
        op::ANY => c != 10,
        op::ANY_ALL => true,
        op::LITERAL => c == want,
        op::NOT_LITERAL => c != want,
        op::LITERAL_IGNORE => lower_ascii(c) == want,
        op::NOT_LITERAL_IGNORE => lower_ascii(c) != want,
        op::LITERAL_UNI_IGNORE => lower_uni(c) == want,
        op::NOT_LITERAL_UNI_IGNORE => lower_uni(c) != want,
        op::LITERAL_LOC_IGNORE => loc(c),
        op::NOT_LITERAL_LOC_IGNORE => !loc(c),
        op::CATEGORY => category(want, c),
        op::IN => in_set(set(), c),
        op::IN_IGNORE => in_set(set(), lower_ascii(c)),
        op::IN_UNI_IGNORE => in_set(set(), lower_uni(c)),
        op::IN_LOC_IGNORE => in_set(set(), lower_ascii(c)) || in_set(set(), upper_ascii(c)),
        _ => false,
    }
}

/// The set of what the one-character instruction at `pc` takes.
pub fn taken(code: &[u32], pc: usize) -> CharSet {
    let want = at(code, pc + 1);
    match at(code, pc) {
        op::IN => plain_set(&code[(pc + 2).min(code.len())..])
            .unwrap_or_else(|| CharSet::of(|c| takes(code, pc, c), true)),
        op::LITERAL => {
            let mut set = CharSet::EMPTY;
            set.insert(want);
            set
        }
        // ASCII letters have no wide ones but for the two that fold to them (k, s) by Unicode.
        op::LITERAL_IGNORE => CharSet::of(|c| takes(code, pc, c), want > 255),
        _ => CharSet::of(|c| takes(code, pc, c), true),
    }
}

/// The set of set code without ignored case; None: not that simple.
fn plain_set(set: &[u32]) -> Option<CharSet> {
    let mut found = CharSet::EMPTY;
    let mut i = 0;
    if at(set, 0) == op::NEGATE {
        i = 1;
    }
    loop {
        match at(set, i) {
            op::CHARSET => {
                for w in 0..8 {
                    let word = u64::from(at(set, i + 1 + w));
                    found.bits[w / 2] |= word << (w % 2 * 32);
                }
                i += 9;
            }
            op::LITERAL => {
                found.insert(at(set, i + 1));
                i += 2;
            }
            op::RANGE => {
                let (low, high) = (at(set, i + 1), at(set, i + 2));
                for c in low..=high.min(255) {
                    found.insert(c);
                }
                found.wide |= high > 255;
                i += 3;
            }
            op::CATEGORY => {
                found = found.union(category_set(at(set, i + 1)));
                i += 2;
            }
            op::FAILURE => break,
            _ => return None,
        }
    }
    if at(set, 0) == op::NEGATE {
        found.bits = found.bits.map(|w| !w);
        found.wide = true;
    }
    Some(found)
}

/// The set of a category, made once.
fn category_set(code: u32) -> CharSet {
    static SETS: std::sync::LazyLock<Vec<CharSet>> = std::sync::LazyLock::new(|| {
        (0..18)
            // Digits, spaces and words of ASCII and the newline have no wide ones.
            .map(|k| CharSet::of(|c| category(k, c), !matches!(k, 0 | 2 | 4 | 6 | 8)))
            .collect()
    });
    SETS.get(code as usize).copied().unwrap_or(CharSet::EMPTY)
}
