//! Expressions.

use super::Convert;
use crate::literal::literal;
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node, Pos};
use bytecode::Const;
use syntax::ast::{self as ast, CmpOp, Expr, ExprContext, Operator, UnaryOp};
use syntax::text_size::{Ranged, TextRange, TextSize};

/// The class of an operator.
pub(super) fn operator(op: Operator) -> Class {
    match op {
        Operator::Add => Class::Add,
        Operator::Sub => Class::Sub,
        Operator::Mult => Class::Mult,
        Operator::MatMult => Class::MatMult,
        Operator::Div => Class::Div,
        Operator::Mod => Class::Mod,
        Operator::Pow => Class::Pow,
        Operator::LShift => Class::LShift,
        Operator::RShift => Class::RShift,
        Operator::BitOr => Class::BitOr,
        Operator::BitXor => Class::BitXor,
        Operator::BitAnd => Class::BitAnd,
        Operator::FloorDiv => Class::FloorDiv,
    }
}

fn comparison(op: CmpOp) -> Class {
    match op {
        CmpOp::Eq => Class::Eq,
        CmpOp::NotEq => Class::NotEq,
        CmpOp::Lt => Class::Lt,
        CmpOp::LtE => Class::LtE,
        CmpOp::Gt => Class::Gt,
        CmpOp::GtE => Class::GtE,
        CmpOp::Is => Class::Is,
        CmpOp::IsNot => Class::IsNot,
        CmpOp::In => Class::In,
        CmpOp::NotIn => Class::NotIn,
    }
}

fn context(ctx: ExprContext) -> Field {
    Field::Class(match ctx {
        ExprContext::Load | ExprContext::Invalid => Class::Load,
        ExprContext::Store => Class::Store,
        ExprContext::Del => Class::Del,
    })
}

impl Convert<'_> {
    pub(super) fn expr(&mut self, e: &Expr) -> Node {
        let pos = self.pos(e.range());
        match e {
            Expr::BoolOp(b) => {
                let op = match b.op {
                    ast::BoolOp::And => Class::And,
                    ast::BoolOp::Or => Class::Or,
                };
                let values = self.exprs(&b.values);
                Node::new(Class::BoolOp, pos, [op.into(), values.into()])
            }
            Expr::Named(n) => {
                let target = self.field(&n.target);
                let value = self.field(&n.value);
                Node::new(Class::NamedExpr, pos, [target, value])
            }
            Expr::BinOp(_) => self.binary(e),
            Expr::UnaryOp(u) => {
                let op = match u.op {
                    UnaryOp::Invert => Class::Invert,
                    UnaryOp::Not => Class::Not,
                    UnaryOp::UAdd => Class::UAdd,
                    UnaryOp::USub => Class::USub,
                };
                let operand = self.field(&u.operand);
                Node::new(Class::UnaryOp, pos, [op.into(), operand])
            }
            Expr::Lambda(l) => {
                let args = match &l.parameters {
                    Some(p) => self.parameters(p),
                    None => self.parameters(&ast::Parameters::default()),
                };
                let body = self.field(&l.body);
                Node::new(Class::Lambda, pos, [args.into(), body])
            }
            Expr::If(i) => {
                let test = self.field(&i.test);
                let body = self.field(&i.body);
                let orelse = self.field(&i.orelse);
                Node::new(Class::IfExp, pos, [test, body, orelse])
            }
            Expr::Dict(d) => {
                let keys = d.items.iter();
                let keys = keys.map(|i| self.opt(i.key.as_ref())).collect();
                let values = self.exprs(d.items.iter().map(|i| &i.value));
                Node::new(Class::Dict, pos, [Field::List(keys), values.into()])
            }
            Expr::Set(s) => Node::new(Class::Set, pos, [self.exprs(&s.elts).into()]),
            Expr::ListComp(c) => {
                self.simple_comprehension(Class::ListComp, pos, &c.elt, &c.generators)
            }
            Expr::SetComp(c) => {
                self.simple_comprehension(Class::SetComp, pos, &c.elt, &c.generators)
            }
            Expr::Generator(c) => {
                self.simple_comprehension(Class::GeneratorExp, pos, &c.elt, &c.generators)
            }
            Expr::DictComp(c) => {
                let key = self.opt(c.key.as_deref());
                let value = self.field(&c.value);
                let generators = self.comprehensions(&c.generators);
                Node::new(Class::DictComp, pos, [key, value, generators.into()])
            }
            Expr::Await(a) => Node::new(Class::Await, pos, [self.field(&a.value)]),
            Expr::Yield(y) => Node::new(Class::Yield, pos, [self.opt(y.value.as_deref())]),
            Expr::YieldFrom(y) => Node::new(Class::YieldFrom, pos, [self.field(&y.value)]),
            Expr::Compare(c) => {
                let left = self.field(&c.left);
                let ops = c.ops.iter().map(|op| comparison(*op).into()).collect();
                let comparators = self.exprs(&c.comparators);
                let fields = [left, Field::List(ops), comparators.into()];
                Node::new(Class::Compare, pos, fields)
            }
            Expr::Call(c) => self.call(c),
            Expr::FString(f) => self.fstring(f),
            Expr::TString(t) => self.tstring(t),
            Expr::StringLiteral(s) => {
                let kind = match s.value.first_literal_flags().prefix() {
                    ast::str_prefix::StringLiteralPrefix::Unicode => {
                        Field::Const(Const::Str("u".into()))
                    }
                    _ => Field::None,
                };
                self.constant(e, pos, kind)
            }
            Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => self.constant(e, pos, Field::None),
            Expr::Attribute(a) => {
                let value = self.field(&a.value);
                let fields = [value, (&a.attr.id).into(), context(a.ctx)];
                Node::new(Class::Attribute, pos, fields)
            }
            Expr::Subscript(s) => {
                let value = self.field(&s.value);
                let slice = self.field(&s.slice);
                Node::new(Class::Subscript, pos, [value, slice, context(s.ctx)])
            }
            Expr::Starred(s) => {
                let value = self.field(&s.value);
                Node::new(Class::Starred, pos, [value, context(s.ctx)])
            }
            Expr::Name(n) => Node::new(Class::Name, pos, [(&n.id).into(), context(n.ctx)]),
            Expr::List(l) => {
                let elts = self.exprs(&l.elts);
                Node::new(Class::List, pos, [elts.into(), context(l.ctx)])
            }
            Expr::Tuple(t) => {
                let elts = self.exprs(&t.elts);
                Node::new(Class::Tuple, pos, [elts.into(), context(t.ctx)])
            }
            Expr::Slice(s) => {
                let lower = self.opt(s.lower.as_deref());
                let upper = self.opt(s.upper.as_deref());
                let step = self.opt(s.step.as_deref());
                Node::new(Class::Slice, pos, [lower, upper, step])
            }
        }
    }

    fn constant(&mut self, e: &Expr, pos: Pos, kind: Field) -> Node {
        let value = literal(e, self.source).unwrap_or(Const::None);
        Node::new(Class::Constant, pos, [Field::Const(value), kind])
    }

    /// Long chains `a + b + c ...` are deep on the left: they are walked in a loop.
    fn binary(&mut self, e: &Expr) -> Node {
        let mut spine = Vec::new();
        let mut e = e;
        while let Expr::BinOp(b) = e {
            spine.push(b);
            e = &b.left;
        }
        let mut node = self.expr(e);
        for b in spine.into_iter().rev() {
            let right = self.field(&b.right);
            let fields = [node.into(), operator(b.op).into(), right];
            node = Node::new(Class::BinOp, self.pos(b.range()), fields);
        }
        node
    }

    fn simple_comprehension(
        &mut self,
        class: Class,
        pos: Pos,
        elt: &Expr,
        generators: &[ast::Comprehension],
    ) -> Node {
        let elt = self.field(elt);
        let generators = self.comprehensions(generators);
        Node::new(class, pos, [elt, generators.into()])
    }

    fn call(&mut self, c: &ast::ExprCall) -> Node {
        let func = self.field(&c.func);
        let mut args = self.exprs(&c.arguments.args);
        if let ([Expr::Generator(g)], [arg]) = (&*c.arguments.args, &mut args[..])
            && !g.parenthesized
        {
            // The parentheses of the call are those of the generator expression.
            arg.pos = self.pos(c.arguments.range());
        }
        let keywords = self.keywords(&c.arguments.keywords);
        let pos = self.pos(c.range());
        Node::new(Class::Call, pos, [func, args.into(), keywords.into()])
    }

    /// A range moved to start and end elsewhere.
    pub(super) fn between(&self, start: TextSize, end: TextSize) -> Pos {
        self.pos(TextRange::new(start, end.max(start)))
    }
}
