//! A fixed-size set of small numbers.

/// A set of numbers below a size given at the start.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// The empty set of numbers below `size`.
    pub fn new(size: usize) -> Self {
        BitSet {
            words: vec![0; size.div_ceil(64)],
        }
    }

    /// Is `i` in the set? False beyond the size.
    #[inline]
    pub fn contains(&self, i: usize) -> bool {
        self.words
            .get(i / 64)
            .is_some_and(|w| w >> (i % 64) & 1 != 0)
    }

    /// Adds `i`. Numbers beyond the size are ignored.
    #[inline]
    pub fn insert(&mut self, i: usize) {
        if let Some(w) = self.words.get_mut(i / 64) {
            *w |= 1 << (i % 64);
        }
    }

    /// Removes `i`.
    #[inline]
    pub fn remove(&mut self, i: usize) {
        if let Some(w) = self.words.get_mut(i / 64) {
            *w &= !(1 << (i % 64));
        }
    }

    /// Adds `from..to`, as far as it is below the size (rounded up to 64).
    #[inline]
    pub fn insert_range(&mut self, from: usize, to: usize) {
        for i in from..to.min(self.words.len() * 64) {
            self.words[i / 64] |= 1 << (i % 64);
        }
    }

    /// Removes `from..to`.
    #[inline]
    pub fn remove_range(&mut self, from: usize, to: usize) {
        for i in from..to.min(self.words.len() * 64) {
            self.words[i / 64] &= !(1 << (i % 64));
        }
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Adds the members of `other`, a set of the same size; says whether that changed anything.
    pub fn union_with(&mut self, other: &BitSet) -> bool {
        let mut changed = false;
        for (w, o) in self.words.iter_mut().zip(&other.words) {
            changed |= *o & !*w != 0;
            *w |= o;
        }
        changed
    }

    /// Becomes a copy of `other`, a set of the same size.
    pub fn copy_from(&mut self, other: &BitSet) {
        self.words.clone_from(&other.words);
    }

    /// The members in increasing order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(i, &w)| {
            let mut rest = w;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(i * 64 + bit)
            })
        })
    }

    /// The smallest member that is at least `from`.
    pub fn next_from(&self, from: usize) -> Option<usize> {
        let start = from / 64;
        for (i, &w) in self.words.iter().enumerate().skip(start) {
            let w = if i == start {
                w & (!0 << (from % 64))
            } else {
                w
            };
            if w != 0 {
                return Some(i * 64 + w.trailing_zeros() as usize);
            }
        }
        None
    }

    /// The set as words of 64 bits, lowest numbers first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}
