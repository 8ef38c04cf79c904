//! `feature_version`: syntax that an older Python did not have.

use super::grammar::Class;
use super::node::{Field, Node, Pos};
use crate::error::R;
use crate::source::Source;

/// Refuses what Python 3.`minor` did not know and the tree does not show.
pub fn check_notes(notes: &[(i64, &str, Pos)], minor: i64, source: &Source) -> R {
    match notes.iter().find(|n| minor < n.0) {
        Some((since, what, pos)) => Err(source.error_at(message(what, *since), pos)),
        None => Ok(()),
    }
}

fn message(what: &str, since: i64) -> String {
    format!("{what} only supported in Python 3.{since} and greater")
}

/// Refuses what Python 3.`minor` did not know.
pub fn check(node: &Node, minor: i64, source: &Source) -> R {
    if let Some((since, what)) = needs(node)
        && minor < since
    {
        return Err(source.error_at(message(what, since), &place(node)));
    }
    node.fields.iter().try_for_each(|f| field(f, minor, source))
}

fn field(f: &Field, minor: i64, source: &Source) -> R {
    match f {
        Field::Node(n) => check(n, minor, source),
        Field::List(l) => l.iter().try_for_each(|f| field(f, minor, source)),
        _ => Ok(()),
    }
}

/// The first Python version with a node and how its absence is told.
fn needs(n: &Node) -> Option<(i64, &'static str)> {
    Some(match n.class {
        Class::AsyncFunctionDef => (5, "Async functions are"),
        Class::AsyncFor => (5, "Async for loops are"),
        Class::AsyncWith => (5, "Async with statements are"),
        Class::Await => (5, "Await expressions are"),
        Class::Comprehension if n.int(3) != Some(0) => (6, "Async comprehensions are"),
        Class::BinOp | Class::AugAssign if n.kind(1) == Some(Class::MatMult) => {
            (5, "The '@' operator is")
        }
        Class::AnnAssign => (6, "Variable annotation syntax is"),
        Class::NamedExpr => (8, "Assignment expressions are"),
        Class::Arguments if !n.list(0).is_empty() => (8, "Positional-only parameters are"),
        Class::Match => (10, "Pattern matching is"),
        Class::TryStar => (11, "Exception groups are"),
        Class::TypeAlias => (12, "Type statement is"),
        Class::TypeVar | Class::ParamSpec | Class::TypeVarTuple => match n.fields.last() {
            Some(f) if !f.is_none() => (13, "Type parameter defaults are"),
            _ => (12, "Type parameter lists are"),
        },
        Class::TemplateStr => (14, "t-strings are"),
        _ => return None,
    })
}

/// Where a node, or the first thing in it, stands.
fn place(n: &Node) -> Pos {
    if n.pos != Pos::default() {
        return n.pos;
    }
    let nodes = (0..n.fields.len()).filter_map(|i| n.node(i).or_else(|| n.nodes(i).next()));
    nodes.map(place).next().unwrap_or_default()
}
