//! What CPython does to a tree before it compiles it, and `ast.parse(optimize=...)` shows:
//! `__debug__` becomes a constant, docstrings go, `%` formatting becomes an f-string, and the
//! arithmetic of value patterns is done.

use super::grammar::Class;
use super::node::{Field, Node};
use crate::fold;
use bytecode::Const;
use syntax::ast::{Operator, UnaryOp};

/// Optimizes a module for an `-O` level.
pub fn optimize(module: &mut Node, level: u8) {
    node(module, level);
}

fn node(n: &mut Node, level: u8) {
    if let Some(body) = docstring_body(n.class)
        && level >= 2
        && let Field::List(list) = &mut n.fields[body]
    {
        remove_docstring(list);
    }
    n.fields.iter_mut().for_each(|f| field(f, level));
    match n.class {
        Class::Name if n.kind(1) == Some(Class::Load) && is_debug(n) => {
            make_constant(n, Const::Bool(level == 0));
        }
        Class::BinOp if n.kind(1) == Some(Class::Mod) => super::percent::optimize(n),
        Class::MatchValue => pattern_value(&mut n.fields[0]),
        Class::MatchMapping => {
            if let Field::List(keys) = &mut n.fields[0] {
                keys.iter_mut().for_each(pattern_value);
            }
        }
        _ => {}
    }
}

fn field(f: &mut Field, level: u8) {
    match f {
        Field::Node(n) => node(n, level),
        Field::List(l) => l.iter_mut().for_each(|f| field(f, level)),
        _ => {}
    }
}

fn is_debug(n: &Node) -> bool {
    n.name(0).is_some_and(|name| name == "__debug__")
}

/// The field in which a docstring may stand.
fn docstring_body(class: Class) -> Option<usize> {
    match class {
        Class::Module => Some(0),
        Class::FunctionDef | Class::AsyncFunctionDef => Some(2),
        Class::ClassDef => Some(3),
        _ => None,
    }
}

fn remove_docstring(body: &mut Vec<Field>) {
    let Some(first) = body.first().and_then(Field::as_node) else {
        return;
    };
    let value = first.node(0).filter(|_| first.class == Class::ExprStmt);
    let is_text = value.is_some_and(|v| {
        v.class == Class::Constant
            && matches!(v.constant(0), Some(Const::Str(_) | Const::StrPoints(_)))
    });
    if !is_text {
        return;
    }
    // As long as the word `pass`.
    let mut pos = first.pos;
    (pos.end_line, pos.end_col) = (pos.line, pos.col + 4);
    if body.len() == 1 {
        body[0] = Node::new(Class::Pass, pos, []).into();
    } else {
        body.remove(0);
    }
}

fn make_constant(n: &mut Node, value: Const) {
    *n = Node::new(Class::Constant, n.pos, [Field::Const(value), Field::None]);
}

/// `-1` and `1 + 2j` in patterns.
fn pattern_value(f: &mut Field) {
    let Field::Node(n) = f else { return };
    let constant = |n: Option<&Node>| {
        let n = n.filter(|n| n.class == Class::Constant)?;
        n.constant(0).cloned()
    };
    let value = match n.class {
        Class::UnaryOp if n.kind(0) == Some(Class::USub) => {
            constant(n.node(1)).and_then(|v| fold::unary(UnaryOp::USub, &v))
        }
        Class::BinOp => {
            if let Field::Node(_) = &n.fields[0] {
                pattern_value(&mut n.fields[0]);
            }
            match (constant(n.node(0)), constant(n.node(2))) {
                (Some(a), Some(b)) => {
                    let op = match n.kind(1) {
                        Some(Class::Sub) => Operator::Sub,
                        _ => Operator::Add,
                    };
                    fold::binary(op, &a, &b)
                }
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(v) = value {
        make_constant(n, v);
    }
}
