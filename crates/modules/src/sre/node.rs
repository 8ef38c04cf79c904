//! What the engine runs: the code of a pattern, decoded.

use super::set::CharSet;

/// Index of a node.
pub type At = u32;

/// What one character has to be.
#[derive(Clone, Copy, Debug)]
pub enum Single {
    /// Anything but a newline.
    Any,
    All,
    Literal(u32),
    NotLiteral(u32),
    /// Index of a class.
    Class(u32),
}

/// One step of matching. The next one is the one behind it, unless said otherwise.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    Fail,
    Success,
    Single(Single),
    Literal(u32),
    /// Some characters in a row: part of `Program::literals`.
    Literals {
        start: u32,
        len: u32,
    },
    Anchor(u32),
    Mark(u32),
    Jump(At),
    /// `Program::branches[..]`.
    Branch(u32),
    /// `Program::repeats[..]` of one character each: greedy, possessive, lazy.
    Greedy(u32),
    Possessive(u32),
    Lazy(u32),
    /// Begins the loop `Program::loops[..]`; `GreedyUntil` or `LazyUntil` ends its body.
    Loop(u32),
    GreedyUntil(u32),
    LazyUntil(u32),
    /// The body follows. Index of `Program::barriers`.
    Barrier(u32),
    Reference {
        group: u32,
        fold: Fold,
    },
    /// Goes on at the next node when the group matched.
    IfGroup {
        group: u32,
        no: At,
    },
}

/// What is compared of a group reference.
#[derive(Clone, Copy, Debug)]
pub enum Fold {
    Exact,
    Ascii,
    Unicode,
}

/// A class of characters.
pub struct Class {
    /// Whether each character below 256 is in it.
    pub table: Box<[bool; 256]>,
    /// The instruction that tells of others.
    pub pc: usize,
}

/// An alternative of a branch.
pub struct Way {
    pub to: At,
    /// What it can begin with; ALL when it may match nothing.
    pub first: CharSet,
    /// It matches at least a character.
    pub consumes: bool,
}

/// What a piece of the program begins with, unless it can match the empty string.
pub type First = Option<CharSet>;

/// A repeated character.
pub struct RepeatOne {
    pub single: Single,
    pub min: usize,
    /// `usize::MAX`: no limit.
    pub max: usize,
    pub tail: At,
    pub first_of_tail: First,
    /// The tail cannot begin with a repeated character, in texts of one byte a character and in
    /// others: nothing is ever given back.
    pub never_back: [bool; 2],
}

/// A repeated group.
pub struct Loop {
    pub body: At,
    pub until: At,
    pub min: u32,
    /// `MAXREPEAT`: no limit.
    pub max: u32,
    pub first_of_body: First,
    pub first_of_tail: First,
}

/// What happens when the body of a barrier has matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BarrierKind {
    Assert,
    AssertNot,
    Atomic,
    Possessive,
}

/// Code in which backtracking stays.
pub struct Barrier {
    pub kind: BarrierKind,
    pub body: At,
    pub after: At,
    /// How far back an assertion begins.
    pub back: usize,
    pub min: u32,
    pub max: u32,
}
