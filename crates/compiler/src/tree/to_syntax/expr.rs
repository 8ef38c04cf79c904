//! Expressions.

use super::Build;
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};
use syntax::ast::{self as ast, CmpOp, Expr, ExprContext, Operator, UnaryOp};
use syntax::text_size::TextSize;

/// Makes an expression node from its fields.
macro_rules! expr {
    ($variant:ident $class:ident $range:expr, $($field:ident $(: $value:expr)?),* $(,)?) => {
        Expr::$variant(ast::$class { node_index: Default::default(), range: $range, $($field $(: $value)?),* })
    };
}
pub(super) use expr;

/// The parser's operator.
pub(super) fn operator(class: Option<Class>) -> Operator {
    match class {
        Some(Class::Sub) => Operator::Sub,
        Some(Class::Mult) => Operator::Mult,
        Some(Class::MatMult) => Operator::MatMult,
        Some(Class::Div) => Operator::Div,
        Some(Class::Mod) => Operator::Mod,
        Some(Class::Pow) => Operator::Pow,
        Some(Class::LShift) => Operator::LShift,
        Some(Class::RShift) => Operator::RShift,
        Some(Class::BitOr) => Operator::BitOr,
        Some(Class::BitXor) => Operator::BitXor,
        Some(Class::BitAnd) => Operator::BitAnd,
        Some(Class::FloorDiv) => Operator::FloorDiv,
        _ => Operator::Add,
    }
}

fn comparison(f: &Field) -> CmpOp {
    let Field::Class(class) = f else {
        return CmpOp::Eq;
    };
    match class {
        Class::NotEq => CmpOp::NotEq,
        Class::Lt => CmpOp::Lt,
        Class::LtE => CmpOp::LtE,
        Class::Gt => CmpOp::Gt,
        Class::GtE => CmpOp::GtE,
        Class::Is => CmpOp::Is,
        Class::IsNot => CmpOp::IsNot,
        Class::In => CmpOp::In,
        Class::NotIn => CmpOp::NotIn,
        _ => CmpOp::Eq,
    }
}

fn context(class: Option<Class>) -> ExprContext {
    match class {
        Some(Class::Store) => ExprContext::Store,
        Some(Class::Del) => ExprContext::Del,
        _ => ExprContext::Load,
    }
}

impl Build<'_> {
    pub fn expr_node(&mut self, n: &Node) -> Expr {
        if n.class == Class::BinOp {
            return self.binary(n);
        }
        let start = self.made.start(&n.pos);
        match n.class {
            Class::BoolOp => {
                let op = match n.kind(0) {
                    Some(Class::Or) => ast::BoolOp::Or,
                    _ => ast::BoolOp::And,
                };
                let values = self.exprs(n.list(1));
                expr!(BoolOp ExprBoolOp self.end(start, n), op, values)
            }
            Class::NamedExpr => {
                let target = self.boxed(&n.fields[0]);
                let value = self.boxed(&n.fields[1]);
                expr!(Named ExprNamed self.end(start, n), target, value)
            }
            Class::UnaryOp => {
                let op = match n.kind(0) {
                    Some(Class::Invert) => UnaryOp::Invert,
                    Some(Class::Not) => UnaryOp::Not,
                    Some(Class::UAdd) => UnaryOp::UAdd,
                    _ => UnaryOp::USub,
                };
                let operand = self.boxed(&n.fields[1]);
                expr!(UnaryOp ExprUnaryOp self.end(start, n), op, operand)
            }
            Class::Lambda => {
                let parameters = self.parameters(&n.fields[0]);
                let parameters = (!parameters.is_empty()).then(|| Box::new(parameters));
                let body = self.boxed(&n.fields[1]);
                expr!(Lambda ExprLambda self.end(start, n), parameters, body)
            }
            Class::IfExp => {
                let test = self.boxed(&n.fields[0]);
                let body = self.boxed(&n.fields[1]);
                let orelse = self.boxed(&n.fields[2]);
                expr!(If ExprIf self.end(start, n), test, body, orelse)
            }
            Class::Dict => {
                let pairs = n.list(0).iter().zip(n.list(1));
                let items = pairs
                    .map(|(k, v)| ast::DictItem {
                        key: self.opt(k),
                        value: self.expr(v),
                    })
                    .collect();
                expr!(Dict ExprDict self.end(start, n), items)
            }
            Class::Set => {
                let elts = self.exprs(n.list(0));
                expr!(Set ExprSet self.end(start, n), elts)
            }
            Class::ListComp | Class::SetComp | Class::GeneratorExp | Class::DictComp => {
                self.comprehension(n, start)
            }
            Class::Await => {
                let value = self.boxed(&n.fields[0]);
                expr!(Await ExprAwait self.end(start, n), value)
            }
            Class::Yield => {
                let value = self.opt_box(&n.fields[0]);
                expr!(Yield ExprYield self.end(start, n), value)
            }
            Class::YieldFrom => {
                let value = self.boxed(&n.fields[0]);
                expr!(YieldFrom ExprYieldFrom self.end(start, n), value)
            }
            Class::Compare => {
                let left = self.boxed(&n.fields[0]);
                let ops = n.list(1).iter().map(comparison).collect();
                let comparators = self.exprs(n.list(2)).into();
                expr!(Compare ExprCompare self.end(start, n), left, ops, comparators)
            }
            Class::Call => {
                let func = self.boxed(&n.fields[0]);
                let arguments = self.arguments(n.list(1), n.list(2), n);
                Expr::Call(ast::ExprCall {
                    node_index: Default::default(),
                    range_start: start,
                    func,
                    arguments,
                })
            }
            Class::FormattedValue | Class::JoinedStr => self.fstring(n, start),
            Class::Interpolation | Class::TemplateStr => self.tstring(n, start),
            Class::Attribute => {
                let value = self.boxed(&n.fields[0]);
                let attr = self.required_identifier(n, 1);
                let ctx = context(n.kind(2));
                expr!(Attribute ExprAttribute self.end(start, n), value, attr, ctx)
            }
            Class::Subscript => {
                let value = self.boxed(&n.fields[0]);
                let slice = self.boxed(&n.fields[1]);
                let ctx = context(n.kind(2));
                expr!(Subscript ExprSubscript self.end(start, n), value, slice, ctx)
            }
            Class::Starred => {
                let value = self.boxed(&n.fields[0]);
                let ctx = context(n.kind(1));
                expr!(Starred ExprStarred self.end(start, n), value, ctx)
            }
            Class::Name => {
                let id = n.name(0).cloned().unwrap_or_default();
                let ctx = context(n.kind(1));
                expr!(Name ExprName self.end(start, n), id, ctx)
            }
            Class::List => {
                let elts = self.exprs(n.list(0));
                let ctx = context(n.kind(1));
                expr!(List ExprList self.end(start, n), elts, ctx)
            }
            Class::Tuple => {
                let elts = self.exprs(n.list(0));
                let ctx = context(n.kind(1));
                expr!(Tuple ExprTuple self.end(start, n), elts, ctx, parenthesized: true)
            }
            Class::Slice => {
                let lower = self.opt_box(&n.fields[0]);
                let upper = self.opt_box(&n.fields[1]);
                let step = self.opt_box(&n.fields[2]);
                expr!(Slice ExprSlice self.end(start, n), lower, upper, step)
            }
            _ => self.constant(n, start),
        }
    }

    /// Long chains of operators are deep on the left: they are walked in a loop.
    fn binary(&mut self, n: &Node) -> Expr {
        let mut spine = Vec::new();
        let mut n = n;
        let innermost = loop {
            let start = self.made.start(&n.pos);
            spine.push((n, start));
            match n.node(0) {
                Some(left) if left.class == Class::BinOp => n = left,
                _ => break &n.fields[0],
            }
        };
        let mut left = self.expr(innermost);
        for (n, start) in spine.into_iter().rev() {
            let op = operator(n.kind(1));
            let right = self.boxed(&n.fields[2]);
            left = expr!(BinOp ExprBinOp self.end(start, n), left: Box::new(left), op, right);
        }
        left
    }

    fn comprehension(&mut self, n: &Node, start: TextSize) -> Expr {
        let elt = self.boxed(&n.fields[0]);
        if n.class == Class::DictComp {
            let value = self.boxed(&n.fields[1]);
            let generators = self.comprehensions(n.list(2));
            let range = self.end(start, n);
            return expr!(DictComp ExprDictComp range, key: Some(elt), value, generators);
        }
        let generators = self.comprehensions(n.list(1));
        let range = self.end(start, n);
        match n.class {
            Class::ListComp => expr!(ListComp ExprListComp range, elt, generators),
            Class::SetComp => expr!(SetComp ExprSetComp range, elt, generators),
            _ => expr!(Generator ExprGenerator range, elt, generators, parenthesized: true),
        }
    }
}
