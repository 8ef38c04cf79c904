//! Repeats of one character.

use super::engine::{Machine, Stop};
use super::node::*;
use text::Unit;

type Next = Option<(At, usize)>;

/// First index of a unit.
pub fn position<T: Unit>(h: &[T], x: T) -> Option<usize> {
    match bytes(h) {
        Some(bytes) => memchr::memchr(x.code() as u8, bytes),
        None => h.iter().position(|u| *u == x),
    }
}

/// Last index of a unit.
fn last_position<T: Unit>(h: &[T], x: T) -> Option<usize> {
    match bytes(h) {
        Some(bytes) => memchr::memrchr(x.code() as u8, bytes),
        None => h.iter().rposition(|u| *u == x),
    }
}

/// Units of one byte as bytes.
pub fn bytes<T: Unit>(h: &[T]) -> Option<&[u8]> {
    (size_of::<T>() == 1).then(|| {
        // SAFETY: T is one byte wide, a u8.
        unsafe { std::slice::from_raw_parts(h.as_ptr().cast::<u8>(), h.len()) }
    })
}

impl<T: Unit> Machine<'_, T> {
    /// Whether nothing is ever given back in this text.
    fn never_back(r: &RepeatOne) -> bool {
        r.never_back[usize::from(size_of::<T>() > 1)]
    }

    /// How many characters from `ptr` pass a test, at most `max`.
    #[inline(always)]
    fn run_length(&self, s: Single, ptr: usize, max: usize) -> usize {
        let rest = &self.text[ptr..];
        let part = &rest[..rest.len().min(max)];
        let stop = match s {
            Single::All => None,
            Single::Any => T::of(10).and_then(|u| position(part, u)),
            Single::Literal(l) => match T::of(l) {
                Some(u) => part.iter().position(|x| *x != u),
                None => Some(0),
            },
            Single::NotLiteral(l) => T::of(l).and_then(|u| position(part, u)),
            Single::Class(i) => {
                let table = &self.compiled.classes[i as usize].table;
                part.iter()
                    .position(|x| match table.get(x.code() as usize) {
                        Some(is_in) => !is_in,
                        None => !self.class_has(i, x.code()),
                    })
            }
        };
        stop.unwrap_or(part.len())
    }

    pub(super) fn possessive(&self, i: u32, ptr: usize) -> Next {
        let r = &self.compiled.repeats[i as usize];
        let n = self.run_length(r.single, ptr, r.max);
        (n >= r.min).then_some((r.tail, ptr + n))
    }

    pub(super) fn greedy(&mut self, i: u32, ptr: usize) -> Result<Next, Stop> {
        let r = &self.compiled.repeats[i as usize];
        let n = self.run_length(r.single, ptr, r.max);
        if n < r.min {
            return Ok(None);
        }
        if n == r.min || Self::never_back(r) {
            return Ok(Some((r.tail, ptr + n)));
        }
        self.give_back(i, ptr + n, ptr + r.min)
    }

    /// The tail of a greedy repeat, after the most characters up to `cur` that it can follow.
    pub(super) fn give_back(&mut self, i: u32, cur: usize, min: usize) -> Result<Next, Stop> {
        let r = &self.compiled.repeats[i as usize];
        let cur = match &r.first_of_tail {
            None => cur,
            Some(set) => match self.last_start(r, set, min, cur) {
                Some(cur) => cur,
                None => return Ok(None),
            },
        };
        if cur > min {
            self.push_greedy(i, cur, min)?;
        }
        Ok(Some((r.tail, cur)))
    }

    /// The last position of `min..=cur` where the tail can begin.
    fn last_start(
        &self,
        r: &RepeatOne,
        set: &super::set::CharSet,
        min: usize,
        cur: usize,
    ) -> Option<usize> {
        let part = &self.text[min..(cur + 1).min(self.text.len())];
        let n = match self.compiled.nodes[r.tail as usize] {
            Node::Literal(c) => last_position(part, T::of(c)?),
            _ => part.iter().rposition(|u| set.may_have(u.code())),
        };
        n.map(|n| min + n)
    }

    pub(super) fn lazy(&mut self, i: u32, ptr: usize) -> Result<Next, Stop> {
        let r = &self.compiled.repeats[i as usize];
        if self.run_length(r.single, ptr, r.min) < r.min {
            return Ok(None);
        }
        let left = match r.max {
            usize::MAX => usize::MAX,
            max => max.saturating_sub(r.min),
        };
        self.lazy_tail(i, ptr + r.min, left)
    }

    /// One more character, and then the tail.
    pub(super) fn take_more(&mut self, i: u32, cur: usize, left: usize) -> Result<Next, Stop> {
        let r = &self.compiled.repeats[i as usize];
        if self.run_length(r.single, cur, 1) == 0 {
            return Ok(None);
        }
        self.lazy_tail(
            i,
            cur + 1,
            left.saturating_sub(usize::from(left != usize::MAX)),
        )
    }

    /// The tail of a lazy repeat at the first position from `cur` on where it can begin.
    fn lazy_tail(&mut self, i: u32, mut cur: usize, mut left: usize) -> Result<Next, Stop> {
        let r = &self.compiled.repeats[i as usize];
        if let Some(set) = &r.first_of_tail {
            let rest = &self.text[cur..];
            let rest = &rest[..rest.len().min(left.saturating_add(1))];
            let n = match self.compiled.nodes[r.tail as usize] {
                Node::Literal(c) => T::of(c).and_then(|u| position(rest, u)),
                _ => rest.iter().position(|u| set.may_have(u.code())),
            };
            let Some(n) = n else {
                return Ok(None);
            };
            if self.run_length(r.single, cur, n) < n {
                return Ok(None);
            }
            cur += n;
            if left != usize::MAX {
                left -= n;
            }
        }
        if left > 0 {
            self.push_lazy(i, cur, left)?;
        }
        Ok(Some((r.tail, cur)))
    }
}
