//! The front end: Python source text to ruff's AST, with CPython 3.14's errors.
//!
//! ruff parses (fast, complete grammar). When it refuses a program, or in the rare
//! modes it does not know, [`diagnose`] parses the source again the way CPython does
//! (lazy tokenizer, backtracking grammar, a second pass that explains) and produces the
//! message and the range CPython would. Only this crate depends on ruff; everyone else
//! uses [`ast`].

mod decode;
mod depth;
mod diagnose;
mod error;
mod lenient;
mod lines;
mod parse;
mod strings;

/// ruff's AST types, re-exported so that other crates depend on this one only.
pub use ruff_python_ast as ast;
/// Byte ranges and offsets used by the AST.
pub use ruff_text_size as text_size;

pub use decode::{decode_source, normalize_newlines};
pub use depth::{
    MAX_BRACKETS, MAX_CHAIN, MAX_INDENTS, MAX_INTERPOLATION_NESTING, MAX_PREFIX_OPERATORS,
};
pub use error::{Kind, Position, Span, SyntaxError, Warning};
pub use lines::LineIndex;
pub use parse::{Flags, Mode, Parsed, Tree, parse};
pub use strings::{
    EscapeProblem, LiteralError, bytes_literal_bytes, escape_warnings, interpolated_codepoints,
    string_literal_codepoints, without_comments,
};
