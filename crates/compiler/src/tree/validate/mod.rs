//! What a tree of `ast` objects must keep to in order to be compiled, beyond the grammar
//! (CPython's `_PyAST_Validate`), with CPython's messages.

mod expr;
mod pattern;
mod stmt;

use super::grammar::{Class, Place};
use super::node::{Field, Node};

/// What is wrong with a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// A ValueError.
    Value(String),
    /// A TypeError.
    Type(String),
}

pub(super) type Check = Result<(), Invalid>;

pub(super) fn value_error(text: impl Into<String>) -> Check {
    Err(Invalid::Value(text.into()))
}

pub(super) fn type_error(text: impl Into<String>) -> Check {
    Err(Invalid::Type(text.into()))
}

/// Checks a module node.
///
/// # Errors
/// The first thing that is wrong.
pub fn validate(module: &Node) -> Result<(), Invalid> {
    match module.class {
        Class::Expression => expr::load(&module.fields[0]),
        Class::FunctionType => {
            expr::list(module.list(0), Class::Load, false)?;
            expr::load(&module.fields[1])
        }
        _ => stmt::list(module.list(0)),
    }
}

/// Lines and columns must be in order.
fn position(n: &Node) -> Check {
    if n.class.info().group.info().place == Place::None {
        return Ok(());
    }
    let p = &n.pos;
    if p.line > p.end_line {
        return value_error(format!(
            "AST node line range ({}, {}) is not valid",
            p.line, p.end_line
        ));
    }
    if (p.line < 0 && p.end_line != p.line) || (p.col < 0 && p.end_col != p.col) {
        return value_error(format!(
            "AST node column range ({}, {}) for line range ({}, {}) is not valid",
            p.col, p.end_col, p.line, p.end_line
        ));
    }
    if p.line == p.end_line && p.col > p.end_col {
        return value_error(format!(
            "line {}, column {}-{} is not a valid range",
            p.line, p.col, p.end_col
        ));
    }
    Ok(())
}

fn not_empty(list: &[Field], what: &str, owner: &str) -> Check {
    if list.is_empty() {
        return value_error(format!("empty {what} on {owner}"));
    }
    Ok(())
}

fn identifier(name: &str) -> Check {
    if matches!(name, "None" | "True" | "False") {
        return value_error(format!(
            "identifier field can't represent '{name}' constant"
        ));
    }
    Ok(())
}
