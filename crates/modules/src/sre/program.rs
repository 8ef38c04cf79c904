//! The code of a pattern, and what the engine keeps beside it.

use super::engine::Entry;
use std::cell::{Cell, OnceCell, RefCell};

/// The characters below 256 that an instruction takes, a bit each.
pub struct Class([u64; 4]);

impl Class {
    /// Whether the class has a character below 256.
    #[inline(always)]
    pub fn has(&self, c: u32) -> bool {
        self.0[(c >> 6) as usize & 3] >> (c & 63) & 1 == 1
    }
}

/// Tests of characters after which an instruction gets its class: making one takes 256 tests.
const TESTS: usize = 100;

/// The backtracking stacks that are kept for the next match have at most so many entries.
const KEPT_STACK: usize = 1024;

/// What `re._compiler` made.
pub struct Program {
    pub code: Vec<u32>,
    /// By code position of an instruction or set: its tests so far, and its class.
    tests: Box<[Cell<u8>]>,
    classes: Box<[OnceCell<Box<Class>>]>,
    /// A stack of an earlier match.
    stack: RefCell<Vec<Entry>>,
}

impl Program {
    /// `fixed`: what an instruction takes does not depend on the locale, which may change.
    pub fn new(code: Vec<u32>, fixed: bool) -> Program {
        let n = if fixed { code.len() } else { 0 };
        Program {
            tests: (0..n).map(|_| Cell::new(0)).collect(),
            classes: (0..n).map(|_| OnceCell::new()).collect(),
            code,
            stack: RefCell::default(),
        }
    }

    /// The class of what is at a code position, once it has tested many characters. It is about
    /// to test `n` more, by `test`.
    #[inline(always)]
    pub fn class(&self, at: usize, n: usize, test: impl Fn(u32) -> bool) -> Option<&Class> {
        match self.classes.get(at)?.get() {
            Some(class) => Some(class),
            None => self.count(at, n, test),
        }
    }

    #[cold]
    fn count(&self, at: usize, n: usize, test: impl Fn(u32) -> bool) -> Option<&Class> {
        let tests = self.tests.get(at)?;
        let all = n.saturating_add(tests.get().into());
        if all < TESTS {
            tests.set(all as u8);
            return None;
        }
        let class = self.classes[at].get_or_init(|| {
            let mut bits = [0; 4];
            for c in (0..256).filter(|c| test(*c)) {
                bits[c as usize >> 6] |= 1 << (c & 63);
            }
            Box::new(Class(bits))
        });
        Some(class)
    }

    /// An empty stack.
    pub fn take_stack(&self) -> Vec<Entry> {
        self.stack.take()
    }
    /// Keeps a stack for the next match.
    pub fn keep_stack(&self, mut stack: Vec<Entry>) {
        if stack.capacity() <= KEPT_STACK {
            stack.clear();
            self.stack.replace(stack);
        }
    }
}
