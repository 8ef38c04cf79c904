//! `from __future__ import ...` at the head of a module.

use crate::error::R;
use crate::source::Source;
use bytecode::CodeFlags;
use syntax::ast::{Mod, Stmt};
use syntax::text_size::Ranged;

/// The flags that code inherits from the code that compiles it.
pub const ALL: CodeFlags = CodeFlags::FUTURE_DIVISION
    .union(CodeFlags::FUTURE_ABSOLUTE_IMPORT)
    .union(CodeFlags::FUTURE_WITH_STATEMENT)
    .union(CodeFlags::FUTURE_PRINT_FUNCTION)
    .union(CodeFlags::FUTURE_UNICODE_LITERALS)
    .union(CodeFlags::FUTURE_BARRY_AS_BDFL)
    .union(CodeFlags::FUTURE_GENERATOR_STOP)
    .union(CodeFlags::FUTURE_ANNOTATIONS);

/// The flags of the features a module asks for.
///
/// # Errors
/// Unknown features and `braces`. (Imports that stand too late are found while lowering.)
pub fn features(module: &Mod, source: &Source) -> R<CodeFlags> {
    let mut flags = CodeFlags::empty();
    let Mod::Module(m) = module else {
        return Ok(flags);
    };
    let mut first = true;
    for s in &m.body {
        match s {
            Stmt::ImportFrom(i) if i.module.as_deref() == Some("__future__") && i.level == 0 => {
                for alias in &i.names {
                    flags |= match alias.name.as_str() {
                        "annotations" => CodeFlags::FUTURE_ANNOTATIONS,
                        "barry_as_FLUFL" => CodeFlags::FUTURE_BARRY_AS_BDFL,
                        // Mandatory by now: CPython sets no flag for them either.
                        "nested_scopes" | "generators" | "division" | "absolute_import"
                        | "with_statement" | "print_function" | "unicode_literals"
                        | "generator_stop" => CodeFlags::empty(),
                        "braces" => return Err(source.error("not a chance", alias.range())),
                        name => {
                            let text = format!("future feature {name} is not defined");
                            return Err(source.error(text, alias.range()));
                        }
                    };
                }
            }
            Stmt::Expr(e) if first && e.value.is_string_literal_expr() => {}
            _ => break,
        }
        first = false;
    }
    Ok(flags)
}

/// How many statements at the head may be future imports.
pub fn head_len(body: &[Stmt]) -> usize {
    body.iter()
        .enumerate()
        .take_while(|(n, s)| match s {
            Stmt::ImportFrom(i) => i.module.as_deref() == Some("__future__") && i.level == 0,
            Stmt::Expr(e) => *n == 0 && e.value.is_string_literal_expr(),
            _ => false,
        })
        .count()
}
