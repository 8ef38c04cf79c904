//! The one place where the parser is called.

use crate::error::{R, SyntaxError, Warning};
use crate::{Mode, Options};
use std::borrow::Cow;
use syntax::ast::Mod;
use syntax::{Flags, Kind, Tree};

/// A tree, the text it came from and the warnings of the parser.
pub struct Parsed<'s> {
    pub module: Mod,
    pub text: Cow<'s, str>,
    pub warnings: Vec<Warning>,
}

/// Parses `source`.
pub fn parse<'s>(source: &'s str, mode: Mode, opts: &Options) -> R<Parsed<'s>> {
    let mode = match mode {
        Mode::Exec => syntax::Mode::Exec,
        Mode::Eval => syntax::Mode::Eval,
        Mode::Single => syntax::Mode::Single,
    };
    let flags = Flags {
        allow_incomplete_input: opts.allow_incomplete_input,
        dont_imply_dedent: opts.dont_imply_dedent,
        comments: false,
        max_int_digits: opts.max_int_digits,
    };
    let parsed = syntax::parse(source, mode, flags).map_err(Box::new)?;
    let module = match parsed.tree {
        Tree::Module(m) => Mod::Module(m),
        Tree::Expression(e) => Mod::Expression(e),
        Tree::FunctionType { .. } => {
            let text = "function types cannot be compiled";
            return Err(Box::new(SyntaxError::bare(Kind::Syntax, text)));
        }
    };
    Ok(Parsed {
        module,
        text: parsed.source,
        warnings: parsed.warnings,
    })
}
