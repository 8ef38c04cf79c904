//! The error and warning types the front end returns.

use std::fmt;

/// Which Python exception an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
    /// `_IncompleteInputError`, only with [`crate::Flags::allow_incomplete_input`].
    Incomplete,
    /// `MemoryError`: nested too deeply to be parsed; carries no position.
    TooComplex,
    /// `ValueError`: an identifier that is a constant's name after normalisation.
    Value,
    /// `RecursionError`: parseable, but the tree is too deep to be compiled.
    Recursion,
}

impl Kind {
    /// The name of the Python exception type.
    pub fn exception_name(self) -> &'static str {
        match self {
            Kind::Syntax => "SyntaxError",
            Kind::Indentation => "IndentationError",
            Kind::Tab => "TabError",
            Kind::Incomplete => "_IncompleteInputError",
            Kind::TooComplex => "MemoryError",
            Kind::Value => "ValueError",
            Kind::Recursion => "RecursionError",
        }
    }
}

/// A place in the source: line from 1, columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Position {
    /// 1-based line number.
    pub line: u32,
    /// Column in UTF-8 bytes, 0-based (what `ast` and code positions use).
    pub col_utf8: u32,
    /// Column in code points, 0-based.
    pub col_chars: u32,
}

/// The range of a `SyntaxError`, as its Python attributes have it: columns are 1-based
/// code points; 0 and -1 are values CPython uses too ("no column", "no end").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Span {
    pub lineno: i64,
    pub offset: i64,
    pub end_lineno: i64,
    pub end_offset: i64,
}

/// Everything a Python `SyntaxError` object needs, except the file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Exception type.
    pub kind: Kind,
    /// `msg`
    pub msg: String,
    /// `(lineno, offset, end_lineno, end_offset)`, or `None` where CPython raises the
    /// exception with a bare message (`print_file_and_line` unset).
    pub span: Option<Span>,
    /// `text`: the offending line.
    pub text: Option<String>,
    /// CPython leaves `filename` as None for a few errors (undeclared encodings).
    pub no_filename: bool,
    /// Line and column (1-based, 0-based) of the last complete statement before the
    /// error: the `_metadata` from which `traceback` makes its keyword suggestions.
    pub last_statement: Option<(u32, u32)>,
}

impl SyntaxError {
    /// An error with a bare message.
    pub fn bare(kind: Kind, msg: impl Into<String>) -> Self {
        SyntaxError {
            kind,
            msg: msg.into(),
            span: None,
            text: None,
            no_filename: false,
            last_statement: None,
        }
    }

    /// An error at a range, quoting a line.
    pub fn at(kind: Kind, msg: impl Into<String>, span: Span, text: Option<String>) -> Self {
        SyntaxError {
            span: Some(span),
            text,
            ..Self::bare(kind, msg)
        }
    }

    /// `lineno`, 0 if there is none.
    pub fn lineno(&self) -> i64 {
        self.span.map_or(0, |s| s.lineno)
    }

    /// `offset`, 0 if there is none.
    pub fn offset(&self) -> i64 {
        self.span.map_or(0, |s| s.offset)
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.exception_name(), self.msg)?;
        match self.span {
            Some(s) => write!(f, " (line {}, column {})", s.lineno, s.offset),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SyntaxError {}

/// A `SyntaxWarning` found while reading the source, to be issued by the caller, who
/// knows the filters; if the filter says "error", it becomes a `SyntaxError` with
/// `msg_as_error` at `span`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Message of the warning.
    pub msg: String,
    /// Message of the `SyntaxError` that replaces it when warnings are errors.
    pub msg_as_error: String,
    /// Byte offset in the source, for ordering.
    pub at: u32,
    /// 1-based line the warning is reported at.
    pub lineno: u32,
    /// Range of the error form.
    pub span: Span,
    /// Found while parsing (and not by the compiler).
    pub of_parser: bool,
}
