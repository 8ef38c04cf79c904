//! Search in 2- and 4-byte storage.
//!
//! A scan for the first (or last) unit with direct comparison is fastest on
//! ordinary text; when it wastes too much work, Knuth-Morris-Pratt takes over,
//! which keeps the worst case linear.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::Unit;

/// A non-empty needle in the haystack's width.
pub struct Pattern<'n, T: Unit> {
    needle: Cow<'n, [T]>,
    /// KMP tables for the needle and for the needle read backwards.
    tables: [OnceCell<Vec<usize>>; 2],
}

/// Units compared together, so that the compiler can use vector registers.
const CHUNK: usize = 32;

/// Units looked at one by one first.
const NEAR: usize = 8;

/// Index of the first `x` in `h`.
pub fn position<T: Unit>(h: &[T], x: T) -> Option<usize> {
    // Near hits are common: whole chunks pay only further on.
    let mut at = h.len().min(NEAR);
    if let Some(i) = h[..at].iter().position(|&c| c == x) {
        return Some(i);
    }
    for chunk in h[at..].chunks_exact(CHUNK) {
        if chunk.iter().fold(0, |any, &c| any | u8::from(c == x)) != 0 {
            break;
        }
        at += CHUNK;
    }
    h[at..].iter().position(|&c| c == x).map(|i| at + i)
}

/// Index of the last `x` in `h`.
pub fn rposition<T: Unit>(h: &[T], x: T) -> Option<usize> {
    let mut end = h.len();
    for chunk in h.rchunks_exact(CHUNK) {
        if chunk.iter().fold(0, |any, &c| any | u8::from(c == x)) != 0 {
            break;
        }
        end -= CHUNK;
    }
    h[..end].iter().rposition(|&c| c == x)
}

impl<'n, T: Unit> Pattern<'n, T> {
    pub fn new(needle: Cow<'n, [T]>) -> Self {
        Pattern {
            needle,
            tables: Default::default(),
        }
    }

    /// First occurrence in `h`.
    pub fn find(&self, h: &[T]) -> Option<usize> {
        let n = &*self.needle;
        if let [only] = n {
            return position(h, *only);
        }
        let last = h.len().checked_sub(n.len())?;
        let (mut i, mut wasted) = (0, 0);
        while i <= last {
            i += position(&h[i..=last], n[0])?;
            let matched = h[i..].iter().zip(n).take_while(|(a, b)| a == b).count();
            if matched == n.len() {
                return Some(i);
            }
            i += 1;
            wasted += matched + 4;
            if wasted > 256 + 4 * i {
                let table = self.tables[0].get_or_init(|| failure_table(n.len(), |k| n[k]));
                return kmp(table, |k| n[k], h.len() - i, |k| h[i + k]).map(|k| i + k);
            }
        }
        None
    }

    /// Last occurrence in `h`.
    pub fn rfind(&self, h: &[T]) -> Option<usize> {
        let n = &*self.needle;
        let mut end = h.len().checked_sub(n.len())? + 1;
        let (mut wasted, mut done) = (0, 0);
        while end > 0 {
            let i = rposition(&h[..end], n[0])?;
            let matched = h[i..].iter().zip(n).take_while(|(a, b)| a == b).count();
            if matched == n.len() {
                return Some(i);
            }
            done += end - i;
            end = i;
            wasted += matched + 4;
            if wasted > 256 + 4 * done {
                return self.rfind_linear(&h[..(end + n.len() - 1).min(h.len())]);
            }
        }
        None
    }

    fn rfind_linear(&self, h: &[T]) -> Option<usize> {
        let n = &*self.needle;
        let backwards = |k: usize| n[n.len() - 1 - k];
        let table = self.tables[1].get_or_init(|| failure_table(n.len(), backwards));
        let found = kmp(table, backwards, h.len(), |k| h[h.len() - 1 - k])?;
        Some(h.len() - n.len() - found)
    }
}

/// For each prefix of the needle, the length of its longest proper border.
fn failure_table<T: Unit>(len: usize, needle: impl Fn(usize) -> T) -> Vec<usize> {
    let mut table = vec![0; len];
    let mut border = 0;
    for i in 1..len {
        while border > 0 && needle(i) != needle(border) {
            border = table[border - 1];
        }
        if needle(i) == needle(border) {
            border += 1;
        }
        table[i] = border;
    }
    table
}

fn kmp<T: Unit>(
    table: &[usize],
    needle: impl Fn(usize) -> T,
    hay_len: usize,
    hay: impl Fn(usize) -> T,
) -> Option<usize> {
    let mut matched = 0;
    for i in 0..hay_len {
        let c = hay(i);
        while matched > 0 && c != needle(matched) {
            matched = table[matched - 1];
        }
        if c == needle(matched) {
            matched += 1;
        }
        if matched == table.len() {
            return Some(i + 1 - matched);
        }
    }
    None
}
