//! Expressions.

use super::{Check, identifier, position, type_error, value_error};
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};

/// The expression of a required field, which is read.
pub fn load(f: &Field) -> Check {
    expr(f, Class::Load)
}

/// The expression of an optional field.
pub fn opt(f: &Field) -> Check {
    if f.is_none() { Ok(()) } else { load(f) }
}

/// A list of expressions; `none_ok`: None stands for one that is missing.
pub fn list(items: &[Field], ctx: Class, none_ok: bool) -> Check {
    for f in items {
        match f {
            Field::None if none_ok => {}
            Field::None => return value_error("None disallowed in expression list"),
            f => expr(f, ctx)?,
        }
    }
    Ok(())
}

/// The class of an expression node in a field.
pub fn class_of(f: &Field) -> Option<Class> {
    f.as_node().map(|n| n.class)
}

/// Checks an expression that must be usable in a context.
pub fn expr(f: &Field, ctx: Class) -> Check {
    let Some(n) = f.as_node() else {
        return Ok(());
    };
    position(n)?;
    if n.class == Class::Name
        && let Some(name) = n.name(0)
    {
        identifier(name)?;
    }
    context(n, ctx)?;
    parts(n, ctx)
}

fn context(n: &Node, ctx: Class) -> Check {
    let actual = match n.class {
        Class::Attribute | Class::Subscript => n.kind(2),
        Class::Starred | Class::Name | Class::List | Class::Tuple => n.kind(1),
        _ if ctx != Class::Load => {
            return value_error(format!(
                "expression which can't be assigned to in {} context",
                ctx.name()
            ));
        }
        _ => return Ok(()),
    };
    match actual {
        Some(actual) if actual != ctx => value_error(format!(
            "expression must have {} context but has {} instead",
            ctx.name(),
            actual.name()
        )),
        _ => Ok(()),
    }
}

fn parts(n: &Node, ctx: Class) -> Check {
    let f = &n.fields;
    match n.class {
        Class::BoolOp => {
            if n.list(1).len() < 2 {
                return value_error("BoolOp with less than 2 values");
            }
            list(n.list(1), Class::Load, false)
        }
        Class::BinOp => {
            // The left operands of a long chain are checked in a loop.
            let mut right = vec![&f[2]];
            let mut left = &f[0];
            while let Some(l) = left.as_node().filter(|l| l.class == Class::BinOp) {
                position(l)?;
                right.push(&l.fields[2]);
                left = &l.fields[0];
            }
            load(left)?;
            right.into_iter().rev().try_for_each(load)
        }
        Class::UnaryOp => load(&f[1]),
        Class::Lambda => {
            arguments(&f[0])?;
            load(&f[1])
        }
        Class::IfExp => f.iter().try_for_each(load),
        Class::Dict => {
            if n.list(0).len() != n.list(1).len() {
                return value_error("Dict doesn't have the same number of keys as values");
            }
            list(n.list(0), Class::Load, true)?;
            list(n.list(1), Class::Load, false)
        }
        Class::Set | Class::JoinedStr | Class::TemplateStr => list(n.list(0), Class::Load, false),
        Class::ListComp | Class::SetComp | Class::GeneratorExp => {
            comprehensions(n.list(1))?;
            load(&f[0])
        }
        Class::DictComp => {
            comprehensions(n.list(2))?;
            load(&f[0])?;
            load(&f[1])
        }
        Class::Yield => opt(&f[0]),
        Class::YieldFrom | Class::Await | Class::Attribute => load(&f[0]),
        Class::Compare => compare(n),
        Class::Call => {
            load(&f[0])?;
            list(n.list(1), Class::Load, false)?;
            keywords(n.list(2))
        }
        Class::Constant => constant(&f[0]),
        Class::FormattedValue => {
            load(&f[0])?;
            opt(&f[2])
        }
        Class::Interpolation => {
            load(&f[0])?;
            opt(&f[3])
        }
        Class::Subscript => {
            load(&f[1])?;
            load(&f[0])
        }
        Class::Slice => f.iter().try_for_each(opt),
        Class::Starred => expr(&f[0], ctx),
        Class::List | Class::Tuple => list(n.list(0), ctx, false),
        Class::NamedExpr => {
            if class_of(&f[0]) != Some(Class::Name) {
                return type_error("NamedExpr target must be a Name");
            }
            load(&f[1])
        }
        _ => Ok(()),
    }
}

fn compare(n: &Node) -> Check {
    if n.list(2).is_empty() {
        return value_error("Compare with no comparators");
    }
    if n.list(1).len() != n.list(2).len() {
        return value_error("Compare has a different number of comparators and operands");
    }
    list(n.list(2), Class::Load, false)?;
    load(&n.fields[0])
}

/// The value of a Constant.
fn constant(f: &Field) -> Check {
    match f {
        Field::Unsupported(class) => {
            type_error(format!("got an invalid type in Constant: {class}"))
        }
        _ => Ok(()),
    }
}

fn comprehensions(generators: &[Field]) -> Check {
    if generators.is_empty() {
        return value_error("comprehension with no generators");
    }
    for g in generators.iter().filter_map(Field::as_node) {
        expr(&g.fields[0], Class::Store)?;
        load(&g.fields[1])?;
        list(g.list(2), Class::Load, false)?;
    }
    Ok(())
}

/// The keywords of a call or class.
pub fn keywords(list: &[Field]) -> Check {
    let mut nodes = list.iter().filter_map(Field::as_node);
    nodes.try_for_each(|k| load(&k.fields[1]))
}

/// The parameters of a function.
pub fn arguments(f: &Field) -> Check {
    let Some(a) = f.as_node() else {
        return Ok(());
    };
    let annotation = |a: &Node| {
        position(a)?;
        opt(&a.fields[1])
    };
    a.nodes(0).chain(a.nodes(1)).try_for_each(annotation)?;
    a.node(2).into_iter().try_for_each(annotation)?;
    a.nodes(3).chain(a.node(5)).try_for_each(annotation)?;
    if a.list(6).len() > a.list(0).len() + a.list(1).len() {
        return value_error("more positional defaults than args on arguments");
    }
    if a.list(4).len() != a.list(3).len() {
        return value_error("length of kwonlyargs is not the same as kw_defaults on arguments");
    }
    list(a.list(6), Class::Load, false)?;
    list(a.list(4), Class::Load, true)
}
