//! Errors and warnings of the compiler, with positions as CPython's SyntaxError has them.

/// Which exception class to raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Syntax,
    Indentation,
    Tab,
    /// `RecursionError`: the program is nested too deeply to compile.
    Recursion,
}

/// A SyntaxError (or subclass). Lines are 1-based, offsets 1-based in characters, as the
/// exception's `offset` and `end_offset`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub message: String,
    pub line: u32,
    pub offset: u32,
    pub end_line: u32,
    pub end_offset: u32,
}

/// A SyntaxWarning, in source order of discovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub message: String,
    pub line: u32,
    pub offset: u32,
    pub end_line: u32,
    pub end_offset: u32,
}

/// Result of a compiler step; the error is boxed because it is large and rare.
pub type R<T = ()> = Result<T, Box<SyntaxError>>;
