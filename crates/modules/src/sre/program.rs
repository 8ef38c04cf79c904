//! A compiled pattern's program, and what the engine keeps beside it.

use super::build;
use super::engine::{Entry, UNSET};
use super::node::*;
use super::set::{CharSet, takes};
use std::cell::{Cell, OnceCell};

/// The backtracking stacks that are kept for the next match have at most so many entries.
const KEPT_STACK: usize = 1024;

/// What `re._compiler` made.
pub struct Program {
    pub code: Vec<u32>,
    /// Made at the first match.
    compiled: OnceCell<Box<Compiled>>,
    /// Memory of an earlier match.
    scratch: Cell<Scratch>,
}

/// Memory that one match after the other can use.
#[derive(Default)]
pub struct Scratch {
    pub stack: Vec<Entry>,
    pub marks: Vec<usize>,
}

/// The code, decoded.
#[derive(Default)]
pub struct Compiled {
    pub nodes: Vec<Node>,
    pub literals: Vec<u32>,
    pub branches: Vec<Vec<Way>>,
    pub repeats: Vec<RepeatOne>,
    pub loops: Vec<Loop>,
    pub barriers: Vec<Barrier>,
    pub classes: Vec<Class>,
    /// What each class takes, or more.
    pub class_sets: Vec<CharSet>,
    /// What a match begins with.
    pub first: First,
    /// The characters below 256 that it begins with, if they are few.
    pub few: Option<[u8; 3]>,
    /// A search for the literal prefix in texts of bytes, if they can have it.
    pub finder: OnceCell<Option<memchr::memmem::Finder<'static>>>,
}

impl Compiled {
    /// What a character test lets through, or more.
    pub fn set_of(&self, s: Single) -> CharSet {
        match s {
            Single::All => CharSet::ALL,
            Single::Any => CharSet::of(|c| c != 10, true),
            Single::NotLiteral(l) => CharSet::of(|c| c != l, true),
            Single::Literal(l) => {
                let mut set = CharSet::EMPTY;
                set.insert(l);
                set
            }
            Single::Class(i) => match self.class_sets.get(i as usize) {
                Some(set) => *set,
                None => CharSet::ALL,
            },
        }
    }
}

impl Program {
    pub fn new(code: Vec<u32>) -> Program {
        Program {
            code,
            compiled: OnceCell::new(),
            scratch: Cell::default(),
        }
    }

    #[inline]
    pub fn compiled(&self) -> &Compiled {
        self.compiled
            .get_or_init(|| Box::new(build::compile(&self.code)))
    }

    /// Whether a class has a character from 256 on.
    pub fn wide_class_has(&self, class: &Class, c: u32) -> bool {
        takes(&self.code, class.pc, c)
    }

    /// An empty stack, and marks of `n` positions.
    #[inline]
    pub fn take_scratch(&self, n: usize) -> Scratch {
        let mut s = self.scratch.take();
        s.marks.clear();
        s.marks.resize(n, UNSET);
        s
    }
    /// Keeps memory for the next match.
    #[inline]
    pub fn keep_scratch(&self, mut s: Scratch) {
        if s.stack.capacity() <= KEPT_STACK {
            s.stack.clear();
            self.scratch.set(s);
        }
    }
}
