//! Where a match can begin.

use super::engine::{Machine, Stop};
use super::node::*;
use super::op;
use super::repeat::{bytes, position};
use super::set::CharSet;
use text::Unit;

/// What the code says about searching.
struct Hints<'a> {
    /// Matches are at least so long.
    min: usize,
    /// All matches begin with this.
    prefix: &'a [u32],
}

/// Flag of INFO: there is a literal prefix.
const PREFIX: u32 = 1;

fn hints(code: &[u32]) -> Hints<'_> {
    let at = |i: usize| code.get(i).copied().unwrap_or(0);
    let mut hints = Hints {
        min: 0,
        prefix: &[],
    };
    if at(0) == op::INFO {
        hints.min = at(3) as usize;
        if at(2) & PREFIX != 0 {
            let n = at(5) as usize;
            hints.prefix = code.get(7..7 + n).unwrap_or(&[]);
        }
    }
    hints
}

impl<T: Unit> Machine<'_, T> {
    /// Finds the first match from `start` on: its span.
    pub fn search(&mut self, code: &[u32], start: usize) -> Result<Option<(usize, usize)>, Stop> {
        let hints = hints(code);
        let end = self.text.len();
        if end.saturating_sub(start) < hints.min {
            return Ok(None);
        }
        let last = end - hints.min.min(end - start);
        let begin = match self.compiled.nodes[0] {
            Node::Jump(to) => self.compiled.nodes[to as usize],
            node => node,
        };
        if matches!(begin, Node::Anchor(0 | 2)) {
            return Ok(self.match_at(start)?.map(|e| (start, e)));
        }
        let line = matches!(begin, Node::Anchor(1));
        let mut ptr = start;
        while ptr <= last {
            let found = if line {
                self.next_line(ptr)
            } else if !hints.prefix.is_empty() {
                self.next_prefix(hints.prefix, ptr)
            } else if let Some(first) = &self.compiled.first {
                self.next_of(first, ptr)
            } else {
                Some(ptr)
            };
            match found {
                Some(p) if p <= last => ptr = p,
                _ => return Ok(None),
            }
            if let Some(end) = self.match_at(ptr)? {
                return Ok(Some((ptr, end)));
            }
            ptr += 1;
        }
        Ok(None)
    }

    /// The next start of a line.
    fn next_line(&self, from: usize) -> Option<usize> {
        if from == 0 || self.ch(from - 1) == 10 {
            return Some(from);
        }
        let n = position(self.text.get(from..)?, T::of(10)?)?;
        Some(from + n + 1)
    }

    /// The next character of a set.
    fn next_of(&self, set: &CharSet, from: usize) -> Option<usize> {
        let rest = self.text.get(from..)?;
        // Often it is the next one.
        if set.may_have(rest.first()?.code()) {
            return Some(from);
        }
        let n = match (bytes(rest), self.compiled.few) {
            (Some(bytes), Some([a, b, c])) => match (a == b, b == c) {
                (true, _) => memchr::memchr(a, bytes),
                (false, true) => memchr::memchr2(a, b, bytes),
                _ => memchr::memchr3(a, b, c, bytes),
            },
            _ => rest.iter().position(|u| set.may_have(u.code())),
        };
        n.map(|n| from + n)
    }

    /// Where the prefix is found next.
    fn next_prefix(&self, prefix: &[u32], from: usize) -> Option<usize> {
        let hay = self.text.get(from..)?;
        let first = T::of(prefix[0])?;
        if prefix.len() == 1 {
            return position(hay, first).map(|n| from + n);
        }
        if let Some(bytes) = bytes(hay) {
            let finder = self.compiled.finder.get_or_init(|| {
                let needle: Option<Vec<u8>> = prefix.iter().map(|c| u8::of(*c)).collect();
                Some(memchr::memmem::Finder::new(&needle?).into_owned())
            });
            // A prefix with other characters is in no such text.
            let finder = finder.as_ref()?;
            return finder.find(bytes).map(|n| from + n);
        }
        let mut at = 0;
        loop {
            at += position(hay.get(at..)?, first)?;
            let fits = hay.len() - at >= prefix.len()
                && prefix.iter().zip(&hay[at..]).all(|(c, u)| u.code() == *c);
            if fits {
                return Some(from + at);
            }
            at += 1;
        }
    }
}
