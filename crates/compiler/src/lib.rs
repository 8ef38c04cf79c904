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
pub mod scopes;
mod source;
mod symtable;
pub mod tree;
mod unparse;

use bytecode::{Code, CodeFlags};
pub use error::{Kind, SyntaxError, Warning};
use source::Source;
pub use syntax::Span;
use syntax::ast::Mod;

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
    /// PyCF_ALLOW_INCOMPLETE_INPUT: see `syntax::Flags`.
    pub allow_incomplete_input: bool,
    /// PyCF_DONT_IMPLY_DEDENT: see `syntax::Flags`.
    pub dont_imply_dedent: bool,
    /// Digits of the longest decimal integer literal; 0: any.
    pub max_int_digits: usize,
}

/// A compiled module and the SyntaxWarnings to issue.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub code: Code,
    pub warnings: Vec<Warning>,
}

/// Compiles source text. The stack should have the 256 MiB that `syntax::parse` asks for: that
/// much is used only for trees nested many thousand levels deep.
///
/// # Errors
/// The SyntaxError (or subclass) that CPython raises for it.
pub fn compile(
    source: &str,
    filename: &str,
    mode: Mode,
    opts: &Options,
) -> Result<Compiled, Box<SyntaxError>> {
    let parsed = parse::parse(source, mode, opts)?;
    let mut compiled = compile_ast(&parsed.module, &parsed.text, filename, mode, opts)?;
    compiled.warnings.splice(0..0, parsed.warnings);
    Ok(compiled)
}

/// Compiles a tree that a program made of `ast` objects; it must be valid (`tree::validate`).
///
/// # Errors
/// As `compile`, without the errors of parsing.
pub fn compile_tree(
    module: &tree::Node,
    filename: &str,
    mode: Mode,
    opts: &Options,
) -> Result<Compiled, Box<SyntaxError>> {
    let mut made = source::Made::default();
    let module = tree::to_syntax(module, &mut made);
    let compiled = lower::compile_module(&module, &Source::made(&made), filename, mode, opts);
    compiled.map_err(|mut e| {
        e.text = quoted_line(filename, e.lineno());
        e
    })
}

/// A line of a file, with its newline.
fn quoted_line(filename: &str, line: i64) -> Option<String> {
    let bytes = std::fs::read(filename).ok()?;
    let text = syntax::decode_source(&bytes, None).ok()?;
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    text.split_inclusive('\n').nth(index).map(str::to_string)
}

/// Compiles a syntax tree made from `source`, whose newlines are `\n`.
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
    let compiled = lower::compile_module(module, &Source::new(source), filename, mode, opts);
    compiled.map_err(|mut e| {
        // CPython quotes the line from the file, if there is one.
        if !std::path::Path::new(filename).is_file() {
            e.text = None;
        }
        e
    })
}
