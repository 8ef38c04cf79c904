//! Statements.

use super::expr::{self, arguments, keywords, load, opt};
use super::{Check, identifier, not_empty, pattern, position, type_error, value_error};
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};

/// Checks a list of statements.
pub fn list(items: &[Field]) -> Check {
    for f in items {
        match f.as_node() {
            Some(n) => stmt(n)?,
            None => return value_error("None disallowed in statement list"),
        }
    }
    Ok(())
}

fn body(items: &[Field], owner: &str) -> Check {
    not_empty(items, "body", owner)?;
    list(items)
}

fn targets(n: &Node, ctx: Class) -> Check {
    not_empty(n.list(0), "targets", n.class.name())?;
    expr::list(n.list(0), ctx, false)
}

fn stmt(n: &Node) -> Check {
    position(n)?;
    let f = &n.fields;
    match n.class {
        Class::FunctionDef | Class::AsyncFunctionDef => {
            body(n.list(2), n.class.name())?;
            type_params(n.list(6))?;
            arguments(&f[1])?;
            expr::list(n.list(3), Class::Load, false)?;
            opt(&f[4])
        }
        Class::ClassDef => {
            body(n.list(3), "ClassDef")?;
            type_params(n.list(5))?;
            expr::list(n.list(1), Class::Load, false)?;
            keywords(n.list(2))?;
            expr::list(n.list(4), Class::Load, false)
        }
        Class::Return => opt(&f[0]),
        Class::Delete => targets(n, Class::Del),
        Class::Assign => {
            targets(n, Class::Store)?;
            load(&f[1])
        }
        Class::AugAssign => {
            expr::expr(&f[0], Class::Store)?;
            load(&f[2])
        }
        Class::AnnAssign => {
            if expr::class_of(&f[0]) != Some(Class::Name) && n.int(3) != Some(0) {
                return type_error("AnnAssign with simple non-Name target");
            }
            expr::expr(&f[0], Class::Store)?;
            opt(&f[2])?;
            load(&f[1])
        }
        Class::TypeAlias => {
            if expr::class_of(&f[0]) != Some(Class::Name) {
                return type_error("TypeAlias with non-Name name");
            }
            expr::expr(&f[0], Class::Store)?;
            type_params(n.list(1))?;
            load(&f[2])
        }
        Class::For | Class::AsyncFor => {
            expr::expr(&f[0], Class::Store)?;
            load(&f[1])?;
            body(n.list(2), n.class.name())?;
            list(n.list(3))
        }
        Class::While | Class::If => {
            load(&f[0])?;
            body(n.list(1), n.class.name())?;
            list(n.list(2))
        }
        Class::With | Class::AsyncWith => with(n),
        Class::Match => match_stmt(n),
        Class::Raise => match (f[0].is_none(), f[1].is_none()) {
            (true, false) => value_error("Raise with cause but no exception"),
            _ => f.iter().try_for_each(opt),
        },
        Class::Try | Class::TryStar => try_stmt(n),
        Class::Assert => {
            load(&f[0])?;
            opt(&f[1])
        }
        Class::ImportFrom => {
            if n.int(2).is_some_and(|level| level < 0) {
                return value_error("Negative ImportFrom level");
            }
            not_empty(n.list(1), "names", "ImportFrom")
        }
        Class::Import | Class::Global | Class::Nonlocal => {
            not_empty(n.list(0), "names", n.class.name())
        }
        Class::ExprStmt => load(&f[0]),
        _ => Ok(()),
    }
}

fn with(n: &Node) -> Check {
    not_empty(n.list(0), "items", n.class.name())?;
    for item in n.nodes(0) {
        load(&item.fields[0])?;
        if !item.fields[1].is_none() {
            expr::expr(&item.fields[1], Class::Store)?;
        }
    }
    body(n.list(1), n.class.name())
}

fn match_stmt(n: &Node) -> Check {
    load(&n.fields[0])?;
    not_empty(n.list(1), "cases", "Match")?;
    for case in n.nodes(1) {
        pattern::pattern(&case.fields[0], false)?;
        opt(&case.fields[1])?;
        body(case.list(2), "match_case")?;
    }
    Ok(())
}

fn try_stmt(n: &Node) -> Check {
    let owner = n.class.name();
    body(n.list(0), owner)?;
    if n.list(1).is_empty() && n.list(3).is_empty() {
        return value_error(format!("{owner} has neither except handlers nor finalbody"));
    }
    if n.list(1).is_empty() && !n.list(2).is_empty() {
        return value_error(format!("{owner} has orelse but no except handlers"));
    }
    for handler in n.nodes(1) {
        position(handler)?;
        opt(&handler.fields[0])?;
        body(handler.list(2), "ExceptHandler")?;
    }
    list(n.list(3))?;
    list(n.list(2))
}

fn type_params(items: &[Field]) -> Check {
    for p in items.iter().filter_map(Field::as_node) {
        position(p)?;
        if let Some(name) = p.name(0) {
            identifier(name)?;
        }
        p.fields[1..].iter().try_for_each(opt)?;
    }
    Ok(())
}
