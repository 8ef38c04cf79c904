//! From the abstract syntax tree of a program back to the parser's, to be compiled. The tree has
//! been validated; what cannot occur then becomes an empty node.

mod expr;
mod parts;
mod pattern;
mod stmt;
mod string;

use super::grammar::Class;
use super::node::{Field, Node};
use crate::source::Made;
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Expr, Mod, Stmt};
use syntax::text_size::{TextRange, TextSize};

/// A conversion in progress.
pub(super) struct Build<'m> {
    pub made: &'m mut Made,
}

/// The module node as the parser's tree. Its ranges are positions in `made`.
pub fn to_syntax(module: &Node, made: &mut Made) -> Mod {
    let mut b = Build { made };
    let start = b.made.start(&module.pos);
    match module.class {
        Class::Expression => {
            let body = Box::new(b.expr(&module.fields[0]));
            let range = b.made.close(start, &module.pos);
            Mod::Expression(ast::ModExpression {
                node_index: Default::default(),
                range,
                body,
            })
        }
        _ => {
            let body = b.body(module.list(0));
            let range = b.made.close(start, &module.pos);
            Mod::Module(ast::ModModule {
                node_index: Default::default(),
                range,
                body: body.into_iter().collect(),
            })
        }
    }
}

impl Build<'_> {
    pub fn body(&mut self, list: &[Field]) -> ast::Suite {
        let nodes = list.iter().filter_map(Field::as_node);
        nodes
            .map(|n| self.stmt(n))
            .collect::<Vec<Stmt>>()
            .into_iter()
            .collect()
    }

    pub fn exprs(&mut self, list: &[Field]) -> Vec<Expr> {
        list.iter().map(|f| self.expr(f)).collect()
    }

    pub fn opt(&mut self, f: &Field) -> Option<Expr> {
        f.as_node().map(|n| self.expr_node(n))
    }

    pub fn opt_box(&mut self, f: &Field) -> Option<Box<Expr>> {
        self.opt(f).map(Box::new)
    }

    pub fn boxed(&mut self, f: &Field) -> Box<Expr> {
        Box::new(self.expr(f))
    }

    pub fn expr(&mut self, f: &Field) -> Expr {
        match f.as_node() {
            Some(n) => self.expr_node(n),
            None => Expr::NoneLiteral(ast::ExprNoneLiteral {
                node_index: Default::default(),
                range: self.nowhere(),
            }),
        }
    }

    /// An empty range at the current place.
    pub fn nowhere(&mut self) -> TextRange {
        self.made.leaf(&super::Pos {
            line: 1,
            end_line: 1,
            ..Default::default()
        })
    }

    pub fn identifier(&mut self, name: &Name, node: &Node) -> ast::Identifier {
        ast::Identifier::new(name.clone(), self.made.leaf(&node.pos))
    }

    /// The identifier in a field of a node.
    pub fn opt_identifier(&mut self, node: &Node, i: usize) -> Option<ast::Identifier> {
        node.name(i).map(|n| self.identifier(n, node))
    }

    pub fn required_identifier(&mut self, node: &Node, i: usize) -> ast::Identifier {
        self.opt_identifier(node, i).unwrap_or_else(|| {
            ast::Identifier::new(Name::empty(), TextRange::empty(TextSize::new(0)))
        })
    }
}
