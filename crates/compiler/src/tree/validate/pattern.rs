//! Patterns.

use super::{Check, expr, identifier, position, value_error};
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};
use bytecode::Const;

fn patterns(items: &[Field], star_ok: bool) -> Check {
    items.iter().try_for_each(|p| pattern(p, star_ok))
}

/// Checks a pattern; `star_ok`: it may be a starred one.
pub fn pattern(f: &Field, star_ok: bool) -> Check {
    let Some(n) = f.as_node() else {
        return Ok(());
    };
    position(n)?;
    match n.class {
        Class::MatchValue => value(&n.fields[0]),
        Class::MatchSingleton => match n.constant(0) {
            Some(Const::None | Const::Bool(_)) => Ok(()),
            _ => value_error("MatchSingleton can only contain True, False and None"),
        },
        Class::MatchSequence => patterns(n.list(0), true),
        Class::MatchMapping => mapping(n),
        Class::MatchClass => class(n),
        Class::MatchStar if !star_ok => value_error("can't use MatchStar here"),
        Class::MatchStar => capture(n, 0),
        Class::MatchAs => {
            capture(n, 1)?;
            match (n.node(0), n.name(1)) {
                (Some(_), None) => {
                    value_error("MatchAs must specify a target name if a pattern is given")
                }
                _ => pattern(&n.fields[0], false),
            }
        }
        _ => {
            if n.list(0).len() < 2 {
                return value_error("MatchOr requires at least 2 patterns");
            }
            patterns(n.list(0), false)
        }
    }
}

fn capture(n: &Node, i: usize) -> Check {
    match n.name(i) {
        Some(name) if name == "_" => value_error("can't capture name '_' in patterns"),
        Some(name) => identifier(name),
        None => Ok(()),
    }
}

fn mapping(n: &Node) -> Check {
    if n.list(0).len() != n.list(1).len() {
        return value_error("MatchMapping doesn't have the same number of keys as patterns");
    }
    capture(n, 2)?;
    for key in n.list(0) {
        if let Some(k) = key.as_node()
            && k.class == Class::Constant
            && matches!(k.constant(0), Some(Const::None | Const::Bool(_)))
        {
            continue;
        }
        value(key)?;
    }
    patterns(n.list(1), false)
}

fn class(n: &Node) -> Check {
    if n.list(2).len() != n.list(3).len() {
        return value_error(
            "MatchClass doesn't have the same number of keyword attributes as patterns",
        );
    }
    expr::load(&n.fields[0])?;
    let mut cls = n.node(0);
    while let Some(c) = cls.filter(|c| c.class != Class::Name) {
        if c.class != Class::Attribute {
            return value_error("MatchClass cls field can only contain Name or Attribute nodes.");
        }
        cls = c.node(0);
    }
    for attr in n.list(2) {
        if let Field::Name(name) = attr {
            identifier(name)?;
        }
    }
    patterns(n.list(1), false)?;
    patterns(n.list(3), false)
}

/// The expression of a value pattern: a literal or an attribute.
fn value(f: &Field) -> Check {
    expr::load(f)?;
    let Some(n) = f.as_node() else {
        return Ok(());
    };
    let ok = match n.class {
        Class::Constant => {
            return match n.constant(0) {
                Some(
                    Const::Int(_)
                    | Const::BigInt { .. }
                    | Const::Float(_)
                    | Const::Complex(..)
                    | Const::Bytes(_)
                    | Const::Str(_)
                    | Const::StrPoints(_),
                ) => Ok(()),
                _ => value_error("unexpected constant inside of a literal pattern"),
            };
        }
        Class::Attribute | Class::JoinedStr | Class::TemplateStr => true,
        Class::UnaryOp => negative(n, true),
        Class::BinOp => complex(n),
        _ => false,
    };
    if ok {
        return Ok(());
    }
    value_error("patterns may only match literals and attribute lookups")
}

fn number(n: Option<&Node>, real: bool, imaginary: bool) -> bool {
    let constant = n.filter(|n| n.class == Class::Constant);
    match constant.and_then(|n| n.constant(0)) {
        Some(Const::Int(_) | Const::BigInt { .. } | Const::Float(_)) => real,
        Some(Const::Complex(..)) => imaginary,
        _ => false,
    }
}

fn negative(n: &Node, imaginary: bool) -> bool {
    n.kind(0) == Some(Class::USub) && number(n.node(1), true, imaginary)
}

fn complex(n: &Node) -> bool {
    let sum = matches!(n.kind(1), Some(Class::Add | Class::Sub));
    let real = match n.node(0) {
        Some(l) if l.class == Class::UnaryOp => negative(l, false),
        l => number(l, true, false),
    };
    sum && real && number(n.node(2), false, true)
}
