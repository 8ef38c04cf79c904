//! The compiler: Python source to register bytecode.
//!
//! `symtable` finds out how every name is reached, `lower` walks the syntax tree and emits
//! instructions through `builder`, `fold` computes constant expressions.

mod builder;
pub mod error;
mod fold;
mod future;
mod literal;
mod lower;
mod parse;
mod source;
mod symtable;
mod unparse;

use bytecode::{Code, CodeFlags};
pub use error::{ErrorKind, SyntaxError, Warning};
use ruff_python_ast::Mod;
use source::Source;

/// What is compiled, as the `mode` of the builtin `compile`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A module or a suite of statements; the result of the code is None.
    Exec,
    /// One expression; its value is the result of the code.
    Eval,
    /// Interactive statements: expression statements are printed through `sys.displayhook`.
    Single,
}

/// Options of a compilation.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// -O level: 1 removes asserts and makes `__debug__` false, 2 removes docstrings too.
    pub optimize: u8,
    /// `__future__` flags inherited from the calling code.
    pub future: CodeFlags,
    /// PyCF_ALLOW_TOP_LEVEL_AWAIT.
    pub top_level_await: bool,
}

/// A compiled module and the SyntaxWarnings to issue.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub code: Code,
    pub warnings: Vec<Warning>,
}

/// Compiles source text.
///
/// # Errors
/// The SyntaxError (or subclass) that CPython raises for it.
pub fn compile(
    source: &str,
    filename: &str,
    mode: Mode,
    opts: &Options,
) -> Result<Compiled, Box<SyntaxError>> {
    let source = Source::new(source);
    let module = parse::parse(&source, mode)?;
    lower::compile_module(&module, &source, filename, mode, opts)
}

/// Compiles a syntax tree made from `source`.
///
/// # Errors
/// As `compile`, without the errors of parsing.
pub fn compile_ast(
    module: &Mod,
    source: &str,
    filename: &str,
    mode: Mode,
    opts: &Options,
) -> Result<Compiled, Box<SyntaxError>> {
    lower::compile_module(module, &Source::new(source), filename, mode, opts)
}
