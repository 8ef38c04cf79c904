//! From the parser's tree to the abstract syntax tree.

mod expr;
mod pattern;
mod stmt;
mod string;

use super::comments::TypeComments;
use super::grammar::Class;
use super::node::{Field, Node, Pos};
use crate::source::Source;
use bytecode::Const;
use syntax::ast::{self as ast, Expr, Stmt};
use syntax::text_size::{Ranged, TextRange, TextSize};

/// A conversion in progress.
pub struct Convert<'a> {
    pub source: &'a Source<'a>,
    pub comments: TypeComments,
    /// Syntax that leaves no trace in the tree: since which version, what, and where.
    pub notes: Vec<(i64, &'static str, Pos)>,
}

impl Convert<'_> {
    pub(super) fn pos(&self, range: TextRange) -> Pos {
        let p = self.source.position(range);
        Pos {
            line: p.line as i32,
            col: p.col as i32,
            end_line: p.end_line as i32,
            end_col: p.end_col as i32,
        }
    }

    /// A list of statements.
    pub fn body(&mut self, body: &[Stmt]) -> Vec<Node> {
        body.iter().map(|s| self.stmt(s)).collect()
    }

    pub fn exprs<'e>(&mut self, list: impl IntoIterator<Item = &'e Expr>) -> Vec<Node> {
        list.into_iter().map(|e| self.expr(e)).collect()
    }

    pub(super) fn opt(&mut self, e: Option<&Expr>) -> Field {
        e.map(|e| self.expr(e)).into()
    }

    pub fn field(&mut self, e: &Expr) -> Field {
        self.expr(e).into()
    }

    /// The field of the type comment that follows the code before `at`.
    pub(super) fn comment(&mut self, at: TextRange) -> Field {
        match self.comments.take(self.source.text, at) {
            Some(text) => Field::Const(Const::Str(text)),
            None => Field::None,
        }
    }

    pub(super) fn parameters(&mut self, p: &ast::Parameters) -> Node {
        let list = |c: &mut Self, l: &[ast::ParameterWithDefault]| -> Vec<Node> {
            l.iter().map(|a| c.parameter(a)).collect()
        };
        let posonly = list(self, &p.posonlyargs);
        let args = list(self, &p.args);
        let vararg: Option<Node> = p.vararg.as_deref().map(|a| self.starred_parameter(a));
        let kwonly = list(self, &p.kwonlyargs);
        let kw_defaults = p.kwonlyargs.iter();
        let kw_defaults = kw_defaults
            .map(|a| self.opt(a.default.as_deref()))
            .collect();
        let kwarg: Option<Node> = p.kwarg.as_deref().map(|a| self.starred_parameter(a));
        let defaults = p.posonlyargs.iter().chain(&p.args);
        let defaults = self.exprs(defaults.filter_map(|a| a.default.as_deref()));
        Node::new(
            Class::Arguments,
            Pos::default(),
            [
                posonly.into(),
                args.into(),
                vararg.into(),
                kwonly.into(),
                Field::List(kw_defaults),
                kwarg.into(),
                defaults.into(),
            ],
        )
    }

    fn parameter(&mut self, a: &ast::ParameterWithDefault) -> Node {
        self.parameter_at(&a.parameter, a.parameter.range(), a.range().end())
    }

    /// The parser's range of `*args` begins at the star.
    fn starred_parameter(&mut self, a: &ast::Parameter) -> Node {
        self.parameter_at(a, TextRange::new(a.name.start(), a.end()), a.end())
    }

    fn parameter_at(&mut self, a: &ast::Parameter, range: TextRange, end: TextSize) -> Node {
        let annotation = self.opt(a.annotation.as_deref());
        let comment = self.comments.take_parameter(self.source.text, end);
        let comment = comment.map_or(Field::None, |c| Field::Const(Const::Str(c)));
        Node::new(
            Class::Arg,
            self.pos(range),
            [(&a.name.id).into(), annotation, comment],
        )
    }

    pub(super) fn keywords(&mut self, list: &[ast::Keyword]) -> Vec<Node> {
        list.iter()
            .map(|k| {
                let name = k.arg.as_ref().map_or(Field::None, |n| (&n.id).into());
                let value = self.field(&k.value);
                Node::new(Class::Keyword, self.pos(k.range()), [name, value])
            })
            .collect()
    }

    pub(super) fn type_params(&mut self, params: Option<&ast::TypeParams>) -> Vec<Node> {
        let params = params.map_or(&[][..], |p| &p.type_params);
        params.iter().map(|p| self.type_param(p)).collect()
    }

    fn type_param(&mut self, p: &ast::TypeParam) -> Node {
        let pos = self.pos(p.range());
        match p {
            ast::TypeParam::TypeVar(t) => {
                let bound = self.opt(t.bound.as_deref());
                let default = self.opt(t.default.as_deref());
                Node::new(Class::TypeVar, pos, [(&t.name.id).into(), bound, default])
            }
            ast::TypeParam::ParamSpec(t) => {
                let default = self.opt(t.default.as_deref());
                Node::new(Class::ParamSpec, pos, [(&t.name.id).into(), default])
            }
            ast::TypeParam::TypeVarTuple(t) => {
                let default = self.opt(t.default.as_deref());
                Node::new(Class::TypeVarTuple, pos, [(&t.name.id).into(), default])
            }
        }
    }

    pub(super) fn comprehensions(&mut self, list: &[ast::Comprehension]) -> Vec<Node> {
        list.iter()
            .map(|g| {
                let target = self.field(&g.target);
                let iter = self.field(&g.iter);
                let ifs = self.exprs(&g.ifs);
                let is_async = Field::Int(g.is_async.into());
                let fields = [target, iter, ifs.into(), is_async];
                Node::new(Class::Comprehension, Pos::default(), fields)
            })
            .collect()
    }
}
