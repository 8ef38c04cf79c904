//! A bitmap with one bit for each 16-byte granule of a block.

use crate::{BLOCK_BYTES, GRANULE};

/// Granules a block.
pub(crate) const GRANULES: usize = BLOCK_BYTES / GRANULE;
const WORDS: usize = GRANULES / 64;

#[repr(transparent)]
#[derive(Clone)]
pub(crate) struct Bits(pub(crate) [u64; WORDS]);

impl Bits {
    #[inline(always)]
    pub(crate) fn get(&self, granule: usize) -> bool {
        self.0[granule / 64 % WORDS] >> (granule % 64) & 1 != 0
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, granule: usize) {
        self.0[granule / 64 % WORDS] |= 1 << (granule % 64);
    }

    #[inline(always)]
    pub(crate) fn clear(&mut self, granule: usize) {
        self.0[granule / 64 % WORDS] &= !(1 << (granule % 64));
    }

    /// Applies `f(word, mask)` to the words of `[from, to)`.
    #[inline(always)]
    fn range(&mut self, from: usize, to: usize, f: impl Fn(&mut u64, u64)) {
        if from >= to {
            return;
        }
        let (first, last) = (from / 64, (to - 1) / 64);
        for i in first..=last {
            let low = if i == first {
                u64::MAX << (from % 64)
            } else {
                u64::MAX
            };
            let high = if i == last {
                u64::MAX >> (63 - (to - 1) % 64)
            } else {
                u64::MAX
            };
            f(&mut self.0[i], low & high);
        }
    }

    pub(crate) fn set_range(&mut self, from: usize, to: usize) {
        self.range(from, to, |word, mask| *word |= mask);
    }

    pub(crate) fn clear_range(&mut self, from: usize, to: usize) {
        self.range(from, to, |word, mask| *word &= !mask);
    }

    /// First set bit in `[from, to)`, or `to`.
    pub(crate) fn next_set(&self, from: usize, to: usize) -> usize {
        let mut i = from / 64;
        if from >= to {
            return to;
        }
        let mut word = self.0[i] & (u64::MAX << (from % 64));
        while word == 0 {
            i += 1;
            if i * 64 >= to {
                return to;
            }
            word = self.0[i];
        }
        to.min(i * 64 + word.trailing_zeros() as usize)
    }

    pub(crate) fn reset(&mut self) {
        self.0 = [0; WORDS];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_agree_with_single_bits() {
        for (from, to) in [
            (0, 0),
            (0, 1),
            (3, 64),
            (63, 65),
            (64, 128),
            (5, 2048),
            (2047, 2048),
        ] {
            let mut bits = Bits([0; WORDS]);
            bits.set_range(from, to);
            for g in 0..GRANULES {
                assert_eq!(bits.get(g), (from..to).contains(&g), "{g} in {from}..{to}");
            }
            let first = if from < to { from } else { GRANULES };
            assert_eq!(bits.next_set(0, GRANULES), first);
            bits.set_range(0, GRANULES);
            bits.clear_range(from, to);
            for g in 0..GRANULES {
                assert_eq!(bits.get(g), !(from..to).contains(&g), "{g} in {from}..{to}");
            }
        }
    }
}
