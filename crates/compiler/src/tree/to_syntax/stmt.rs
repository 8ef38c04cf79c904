//! Statements.

use super::Build;
use super::expr::operator;
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node};
use syntax::ast::{self as ast, Stmt};
use syntax::text_size::{TextRange, TextSize};

/// Makes a statement node from its fields.
macro_rules! stmt {
    ($variant:ident $class:ident $range:expr, $($field:ident $(: $value:expr)?),* $(,)?) => {
        Stmt::$variant(ast::$class { node_index: Default::default(), range: $range, $($field $(: $value)?),* })
    };
}

impl Build<'_> {
    pub fn stmt(&mut self, n: &Node) -> Stmt {
        let start = self.made.start(&n.pos);
        match n.class {
            Class::FunctionDef | Class::AsyncFunctionDef => self.function(n, start),
            Class::ClassDef => self.class(n, start),
            Class::Return => {
                let value = self.opt_box(&n.fields[0]);
                stmt!(Return StmtReturn self.end(start, n), value)
            }
            Class::Delete => {
                let targets = self.exprs(n.list(0));
                stmt!(Delete StmtDelete self.end(start, n), targets)
            }
            Class::Assign => {
                let targets = self.exprs(n.list(0));
                let value = self.boxed(&n.fields[1]);
                stmt!(Assign StmtAssign self.end(start, n), targets, value)
            }
            Class::TypeAlias => {
                let name = self.boxed(&n.fields[0]);
                let type_params = self.type_params(n.list(1), n);
                let value = self.boxed(&n.fields[2]);
                stmt!(TypeAlias StmtTypeAlias self.end(start, n), name, type_params, value)
            }
            Class::AugAssign => {
                let target = self.boxed(&n.fields[0]);
                let op = operator(n.kind(1));
                let value = self.boxed(&n.fields[2]);
                stmt!(AugAssign StmtAugAssign self.end(start, n), target, op, value)
            }
            Class::AnnAssign => {
                let target = self.boxed(&n.fields[0]);
                let annotation = self.boxed(&n.fields[1]);
                let value = self.opt_box(&n.fields[2]);
                let simple = n.int(3) != Some(0);
                let range = self.end(start, n);
                stmt!(AnnAssign StmtAnnAssign range, target, annotation, value, simple)
            }
            Class::For | Class::AsyncFor => {
                let is_async = n.class == Class::AsyncFor;
                let target = self.boxed(&n.fields[0]);
                let iter = self.boxed(&n.fields[1]);
                let body = self.body(n.list(2));
                let orelse = self.body(n.list(3));
                stmt!(For StmtFor self.end(start, n), is_async, target, iter, body, orelse)
            }
            Class::While => {
                let test = self.boxed(&n.fields[0]);
                let body = self.body(n.list(1));
                let orelse = self.body(n.list(2));
                stmt!(While StmtWhile self.end(start, n), test, body, orelse)
            }
            Class::If => self.if_stmt(n, start),
            Class::With | Class::AsyncWith => self.with(n, start),
            Class::Match => {
                let subject = self.boxed(&n.fields[0]);
                let cases = n.nodes(1).map(|c| self.case(c)).collect();
                stmt!(Match StmtMatch self.end(start, n), subject, cases)
            }
            Class::Raise => {
                let exc = self.opt_box(&n.fields[0]);
                let cause = self.opt_box(&n.fields[1]);
                stmt!(Raise StmtRaise self.end(start, n), exc, cause)
            }
            Class::Try | Class::TryStar => self.try_stmt(n, start),
            Class::Assert => {
                let test = self.boxed(&n.fields[0]);
                let msg = self.opt_box(&n.fields[1]);
                stmt!(Assert StmtAssert self.end(start, n), test, msg)
            }
            Class::Import => {
                let names = self.aliases(n.list(0));
                stmt!(Import StmtImport self.end(start, n), names, is_lazy: false)
            }
            Class::ImportFrom => {
                let module = self.opt_identifier(n, 0);
                let names = self.aliases(n.list(1));
                let level = n.int(2).unwrap_or(0).max(0) as u32;
                let range = self.end(start, n);
                stmt!(ImportFrom StmtImportFrom range, module, names, level, is_lazy: false)
            }
            Class::Global => {
                let names = self.names(n);
                stmt!(Global StmtGlobal self.end(start, n), names)
            }
            Class::Nonlocal => {
                let names = self.names(n);
                stmt!(Nonlocal StmtNonlocal self.end(start, n), names)
            }
            Class::ExprStmt => {
                let value = self.boxed(&n.fields[0]);
                stmt!(Expr StmtExpr self.end(start, n), value)
            }
            Class::Break => stmt!(Break StmtBreak self.end(start, n),),
            Class::Continue => stmt!(Continue StmtContinue self.end(start, n),),
            _ => stmt!(Pass StmtPass self.end(start, n),),
        }
    }

    pub fn end(&mut self, start: TextSize, n: &Node) -> TextRange {
        self.made.close(start, &n.pos)
    }

    fn names(&mut self, n: &Node) -> Vec<ast::Identifier> {
        n.list(0)
            .iter()
            .filter_map(|f| match f {
                Field::Name(name) => Some(self.identifier(name, n)),
                _ => None,
            })
            .collect()
    }

    fn function(&mut self, n: &Node, start: TextSize) -> Stmt {
        let decorator_list = self.decorators(n.list(3)).into_iter().collect();
        let name = self.required_identifier(n, 0);
        let type_params = self.type_params(n.list(6), n);
        let parameters = Box::new(self.parameters(&n.fields[1]));
        let returns = self.opt_box(&n.fields[4]);
        let body = self.body(n.list(2));
        let is_async = n.class == Class::AsyncFunctionDef;
        let range = self.end(start, n);
        stmt!(FunctionDef StmtFunctionDef range, is_async, decorator_list, name, type_params,
            parameters, returns, body)
    }

    fn class(&mut self, n: &Node, start: TextSize) -> Stmt {
        let decorator_list = self.decorators(n.list(4)).into_iter().collect();
        let name = self.required_identifier(n, 0);
        let type_params = self.type_params(n.list(5), n);
        let arguments = (!n.list(1).is_empty() || !n.list(2).is_empty())
            .then(|| Box::new(self.arguments(n.list(1), n.list(2), n)));
        let body = self.body(n.list(3));
        let range = self.end(start, n);
        stmt!(ClassDef StmtClassDef range, decorator_list, name, type_params, arguments, body)
    }

    /// An If that is all of an `orelse` is an `elif`.
    fn if_stmt(&mut self, n: &Node, start: TextSize) -> Stmt {
        let test = self.boxed(&n.fields[0]);
        let body = self.body(n.list(1));
        let mut clauses = Vec::new();
        let mut orelse = n.list(2);
        while let [only] = orelse
            && let Some(i) = only.as_node().filter(|i| i.class == Class::If)
        {
            let start = self.made.start(&i.pos);
            let test = Some(self.expr(&i.fields[0]));
            let body = self.body(i.list(1));
            let range = self.end(start, i);
            clauses.push(clause(range, test, body));
            orelse = i.list(2);
        }
        if let Some(first) = orelse.iter().find_map(Field::as_node) {
            let start = self.made.start(&first.pos);
            let body = self.body(orelse);
            let range = self.end(start, first);
            clauses.push(clause(range, None, body));
        }
        stmt!(If StmtIf self.end(start, n), test, body, elif_else_clauses: clauses)
    }

    fn with(&mut self, n: &Node, start: TextSize) -> Stmt {
        let mut items = Vec::new();
        for i in n.nodes(0) {
            let context_expr = self.expr(&i.fields[0]);
            let optional_vars = self.opt_box(&i.fields[1]);
            items.push(ast::WithItem {
                range: syntax::text_size::Ranged::range(&context_expr),
                node_index: Default::default(),
                context_expr,
                optional_vars,
            });
        }
        let body = self.body(n.list(1));
        let is_async = n.class == Class::AsyncWith;
        stmt!(With StmtWith self.end(start, n), is_async, items, body)
    }

    fn case(&mut self, n: &Node) -> ast::MatchCase {
        let pattern = self.pattern(&n.fields[0]);
        let guard = self.opt_box(&n.fields[1]);
        let body = self.body(n.list(2));
        ast::MatchCase {
            range: syntax::text_size::Ranged::range(&pattern),
            node_index: Default::default(),
            pattern,
            guard,
            body,
        }
    }

    fn try_stmt(&mut self, n: &Node, start: TextSize) -> Stmt {
        let body = self.body(n.list(0));
        let mut handlers = Vec::new();
        for h in n.nodes(1) {
            let start = self.made.start(&h.pos);
            let type_ = self.opt_box(&h.fields[0]);
            let name = self.opt_identifier(h, 1);
            let body = self.body(h.list(2));
            handlers.push(ast::ExceptHandler::ExceptHandler(
                ast::ExceptHandlerExceptHandler {
                    range: self.end(start, h),
                    node_index: Default::default(),
                    type_,
                    name,
                    body,
                },
            ));
        }
        let orelse = self.body(n.list(2));
        let finalbody = self.body(n.list(3));
        let is_star = n.class == Class::TryStar;
        stmt!(Try StmtTry self.end(start, n), body, handlers, orelse, finalbody, is_star)
    }

    fn aliases(&mut self, list: &[Field]) -> Vec<ast::Alias> {
        list.iter()
            .filter_map(Field::as_node)
            .map(|a| {
                let start = self.made.start(&a.pos);
                let name = self.required_identifier(a, 0);
                let asname = self.opt_identifier(a, 1);
                ast::Alias {
                    range: self.end(start, a),
                    node_index: Default::default(),
                    name,
                    asname,
                }
            })
            .collect()
    }
}

fn clause(range: TextRange, test: Option<ast::Expr>, body: ast::Suite) -> ast::ElifElseClause {
    ast::ElifElseClause {
        range,
        node_index: Default::default(),
        test,
        body,
    }
}
