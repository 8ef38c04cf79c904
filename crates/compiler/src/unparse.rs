//! Expressions back to text, as annotations under `from __future__ import annotations` are kept.

use crate::source::Source;
use bytecode::Const;
use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

/// The text of an expression.
pub fn unparse(e: &Expr, source: &Source) -> String {
    source.text.get(e.range().to_std_range()).unwrap_or("").to_string()
}

/// repr() of a string constant.
pub fn str_repr(c: &Const) -> String {
    match c {
        Const::Str(s) => format!("'{s}'"),
        _ => String::new(),
    }
}
