//! Statements.

use super::Convert;
use crate::lower::def_range;
use crate::tree::grammar::Class;
use crate::tree::node::{Field, Node, Pos};
use syntax::ast::{self as ast, Expr, Stmt};
use syntax::text_size::{Ranged, TextRange, TextSize};

impl Convert<'_> {
    /// The range of a compound statement ends behind the semicolon of its last line.
    fn with_semicolon(&self, range: TextRange) -> TextRange {
        let rest = self.source.text.get(range.end().to_usize()..).unwrap_or("");
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\x0c']).len();
        if rest[blanks..].starts_with(';') {
            let end = range.end() + TextSize::new(blanks as u32 + 1);
            return TextRange::new(range.start(), end);
        }
        range
    }

    fn compound(&self, range: TextRange) -> Pos {
        self.pos(self.with_semicolon(range))
    }

    pub(super) fn stmt(&mut self, s: &Stmt) -> Node {
        let pos = self.pos(s.range());
        match s {
            Stmt::FunctionDef(f) => self.function(f),
            Stmt::ClassDef(c) => self.class(c),
            Stmt::Return(r) => Node::new(Class::Return, pos, [self.opt(r.value.as_deref())]),
            Stmt::Delete(d) => Node::new(Class::Delete, pos, [self.exprs(&d.targets).into()]),
            Stmt::Assign(a) => {
                let targets = self.exprs(&a.targets);
                let value = self.field(&a.value);
                let comment = self.comment(s.range());
                Node::new(Class::Assign, pos, [targets.into(), value, comment])
            }
            Stmt::TypeAlias(t) => {
                let name = self.field(&t.name);
                let params = self.type_params(t.type_params.as_deref());
                let value = self.field(&t.value);
                Node::new(Class::TypeAlias, pos, [name, params.into(), value])
            }
            Stmt::AugAssign(a) => {
                let target = self.field(&a.target);
                let value = self.field(&a.value);
                let op = super::expr::operator(a.op);
                Node::new(Class::AugAssign, pos, [target, op.into(), value])
            }
            Stmt::AnnAssign(a) => {
                let target = self.field(&a.target);
                let annotation = self.field(&a.annotation);
                let value = self.opt(a.value.as_deref());
                let simple = Field::Int(a.simple.into());
                Node::new(Class::AnnAssign, pos, [target, annotation, value, simple])
            }
            Stmt::For(f) => self.for_loop(f),
            Stmt::While(w) => {
                let test = self.field(&w.test);
                let body = self.body(&w.body);
                let orelse = self.body(&w.orelse);
                Node::new(
                    Class::While,
                    self.compound(s.range()),
                    [test, body.into(), orelse.into()],
                )
            }
            Stmt::If(i) => self.if_stmt(i),
            Stmt::With(w) => self.with(w),
            Stmt::Match(m) => {
                let subject = self.field(&m.subject);
                let cases: Vec<Node> = m.cases.iter().map(|c| self.case(c)).collect();
                Node::new(
                    Class::Match,
                    self.compound(s.range()),
                    [subject, cases.into()],
                )
            }
            Stmt::Raise(r) => {
                let exc = self.opt(r.exc.as_deref());
                let cause = self.opt(r.cause.as_deref());
                Node::new(Class::Raise, pos, [exc, cause])
            }
            Stmt::Try(t) => self.try_stmt(t),
            Stmt::Assert(a) => {
                let test = self.field(&a.test);
                let msg = self.opt(a.msg.as_deref());
                Node::new(Class::Assert, pos, [test, msg])
            }
            Stmt::Import(i) => Node::new(Class::Import, pos, [self.aliases(&i.names).into()]),
            Stmt::ImportFrom(i) => {
                let module = i.module.as_ref().map_or(Field::None, |m| (&m.id).into());
                let names = self.aliases(&i.names);
                let level = Field::Int(i.level as i32);
                Node::new(Class::ImportFrom, pos, [module, names.into(), level])
            }
            Stmt::Global(g) => Node::new(Class::Global, pos, [names(&g.names)]),
            Stmt::Nonlocal(n) => Node::new(Class::Nonlocal, pos, [names(&n.names)]),
            Stmt::Expr(e) => Node::new(Class::ExprStmt, pos, [self.field(&e.value)]),
            Stmt::Break(_) => Node::new(Class::Break, pos, []),
            Stmt::Continue(_) => Node::new(Class::Continue, pos, []),
            // (The parser makes escape commands in notebooks only.)
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => Node::new(Class::Pass, pos, []),
        }
    }

    fn decorators(&mut self, list: &[ast::Decorator]) -> Vec<Node> {
        self.exprs(list.iter().map(|d| &d.expression))
    }

    fn function(&mut self, f: &ast::StmtFunctionDef) -> Node {
        let class = if f.is_async {
            Class::AsyncFunctionDef
        } else {
            Class::FunctionDef
        };
        let range = def_range(self.source, f.range(), &f.decorator_list);
        let decorators = self.decorators(&f.decorator_list);
        let params = self.type_params(f.type_params.as_deref());
        let args = self.parameters(&f.parameters);
        let returns = self.opt(f.returns.as_deref());
        let comment = self.head_comment(f.range(), &f.body, true);
        let body = self.body(&f.body);
        let fields = [
            (&f.name.id).into(),
            args.into(),
            body.into(),
            decorators.into(),
            returns,
            comment,
            params.into(),
        ];
        Node::new(class, self.compound(range), fields)
    }

    /// The type comment between the head of a compound statement and its body.
    fn head_comment(&mut self, whole: TextRange, body: &[Stmt], own_line: bool) -> Field {
        let Some(first) = body.first() else {
            return Field::None;
        };
        let head = TextRange::new(whole.start(), first.start());
        match self.comments.take_head(self.source.text, head, own_line) {
            Some(text) => Field::Const(bytecode::Const::Str(text)),
            None => Field::None,
        }
    }

    fn class(&mut self, c: &ast::StmtClassDef) -> Node {
        let range = def_range(self.source, c.range(), &c.decorator_list);
        let decorators = self.decorators(&c.decorator_list);
        let params = self.type_params(c.type_params.as_deref());
        let (bases, keywords) = match &c.arguments {
            Some(a) => (self.exprs(&a.args), self.keywords(&a.keywords)),
            None => Default::default(),
        };
        let body = self.body(&c.body);
        let fields = [
            (&c.name.id).into(),
            bases.into(),
            keywords.into(),
            body.into(),
            decorators.into(),
            params.into(),
        ];
        Node::new(Class::ClassDef, self.compound(range), fields)
    }

    fn for_loop(&mut self, f: &ast::StmtFor) -> Node {
        let class = if f.is_async {
            Class::AsyncFor
        } else {
            Class::For
        };
        let target = self.field(&f.target);
        let iter = self.field(&f.iter);
        let comment = self.head_comment(f.range(), &f.body, false);
        let body = self.body(&f.body);
        let orelse = self.body(&f.orelse);
        let fields = [target, iter, body.into(), orelse.into(), comment];
        Node::new(class, self.compound(f.range()), fields)
    }

    /// Every `elif` is an If in the `orelse` of the one before.
    fn if_stmt(&mut self, i: &ast::StmtIf) -> Node {
        let test = self.field(&i.test);
        let body = self.body(&i.body);
        let clauses: Vec<_> = i.elif_else_clauses.iter().map(|c| self.clause(c)).collect();
        let mut orelse: Vec<Node> = Vec::new();
        for (clause, (test, body)) in i.elif_else_clauses.iter().zip(clauses).rev() {
            orelse = match test {
                Field::None => body,
                test => {
                    let pos = self.compound(TextRange::new(clause.start(), i.end()));
                    vec![Node::new(
                        Class::If,
                        pos,
                        [test, body.into(), orelse.into()],
                    )]
                }
            };
        }
        let fields = [test, body.into(), orelse.into()];
        Node::new(Class::If, self.compound(i.range()), fields)
    }

    fn clause(&mut self, c: &ast::ElifElseClause) -> (Field, Vec<Node>) {
        (self.opt(c.test.as_ref()), self.body(&c.body))
    }

    fn with(&mut self, w: &ast::StmtWith) -> Node {
        let class = if w.is_async {
            Class::AsyncWith
        } else {
            Class::With
        };
        let mut items = Vec::new();
        for i in &w.items {
            let context = self.field(&i.context_expr);
            let vars = self.opt(i.optional_vars.as_deref());
            items.push(Node::new(Class::WithItem, Pos::default(), [context, vars]));
        }
        let comment = self.head_comment(w.range(), &w.body, false);
        let body = self.body(&w.body);
        let fields = [items.into(), body.into(), comment];
        Node::new(class, self.compound(w.range()), fields)
    }

    fn case(&mut self, c: &ast::MatchCase) -> Node {
        let pattern = self.pattern(&c.pattern);
        let guard = self.opt(c.guard.as_deref());
        let body = self.body(&c.body);
        let fields = [pattern.into(), guard, body.into()];
        Node::new(Class::MatchCase, Pos::default(), fields)
    }

    fn try_stmt(&mut self, t: &ast::StmtTry) -> Node {
        let class = if t.is_star {
            Class::TryStar
        } else {
            Class::Try
        };
        let body = self.body(&t.body);
        let mut handlers = Vec::new();
        for h in &t.handlers {
            let ast::ExceptHandler::ExceptHandler(h) = h;
            if let Some(Expr::Tuple(t)) = h.type_.as_deref()
                && !t.parenthesized
            {
                let what = "except expressions without parentheses are";
                self.notes.push((14, what, self.pos(t.range())));
            }
            let kind = self.opt(h.type_.as_deref());
            let name = h.name.as_ref().map_or(Field::None, |n| (&n.id).into());
            let body = self.body(&h.body);
            let fields = [kind, name, body.into()];
            handlers.push(Node::new(Class::ExceptHandler, self.pos(h.range()), fields));
        }
        let orelse = self.body(&t.orelse);
        let finalbody = self.body(&t.finalbody);
        let fields = [
            body.into(),
            handlers.into(),
            orelse.into(),
            finalbody.into(),
        ];
        Node::new(class, self.compound(t.range()), fields)
    }

    fn aliases(&mut self, list: &[ast::Alias]) -> Vec<Node> {
        list.iter()
            .map(|a| {
                let asname = a.asname.as_ref().map_or(Field::None, |n| (&n.id).into());
                let fields = [(&a.name.id).into(), asname];
                Node::new(Class::Alias, self.pos(a.range()), fields)
            })
            .collect()
    }
}

fn names(list: &[ast::Identifier]) -> Field {
    Field::List(list.iter().map(|n| (&n.id).into()).collect())
}
