//! The one place where the parser is called.

use crate::Mode;
use crate::error::{R, SyntaxError};
use crate::source::Source;
use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{Mode as ParseMode, ParseOptions, parse_unchecked};

/// Parses `source`; syntax errors have the parser's wording.
pub fn parse(source: &Source, mode: Mode) -> R<Mod> {
    let parse_mode = match mode {
        Mode::Eval => ParseMode::Expression,
        Mode::Exec | Mode::Single => ParseMode::Module,
    };
    let options = ParseOptions::from(parse_mode).with_target_version(PythonVersion::PY314);
    let parsed = parse_unchecked(source.text, options);
    if let Some(e) = parsed.errors().first() {
        let error: Box<SyntaxError> = source.error(e.error.to_string(), e.location);
        return Err(error);
    }
    Ok(parsed.into_syntax())
}
