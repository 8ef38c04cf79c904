//! Statements.

use super::Lower;
use crate::error::R;
use crate::literal::literal;
use bytecode::opcodes::Intrinsic;
use bytecode::{Const, Op};
use syntax::ast::{self as ast, Stmt};
use syntax::text_size::Ranged;

impl<'a> Lower<'a> {
    /// The body of a module or class, with its docstring and annotations.
    pub(super) fn module_body(&mut self, body: &'a [Stmt]) -> R {
        self.module_annotations_prologue();
        let mut body = body;
        if let Some((doc, rest)) = self.docstring(body) {
            if let Some(doc) = doc {
                self.at(body[0].range());
                let r = self.b().alloc();
                self.b().load_const(r, &doc);
                self.store_special("__doc__", r);
                self.b().reset(r as u32);
            }
            body = rest;
        }
        self.stmts(body)
    }

    /// The docstring of a body (None when -OO drops it) and what follows it.
    pub(super) fn docstring(&self, body: &'a [Stmt]) -> Option<(Option<Const>, &'a [Stmt])> {
        let (Stmt::Expr(first), rest) = body.split_first()? else {
            return None;
        };
        if !first.value.is_string_literal_expr() {
            return None;
        }
        let doc = match literal(&first.value, self.source)? {
            Const::Str(s) => Const::Str(clean_doc(&s)),
            other => other,
        };
        Some(((self.optimize < 2).then_some(doc), rest))
    }

    pub(super) fn stmts(&mut self, body: &'a [Stmt]) -> R {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    /// Statements that may not run: annotations in them are conditional.
    pub(super) fn conditional_stmts(&mut self, body: &'a [Stmt]) -> R {
        self.unit.in_conditional += 1;
        self.stmts(body)?;
        self.unit.in_conditional -= 1;
        Ok(())
    }

    fn stmt(&mut self, s: &'a Stmt) -> R {
        self.deeper()?;
        let mark = self.b().mark();
        self.stmt_inner(s)?;
        self.b().reset(mark);
        self.depth -= 1;
        Ok(())
    }

    fn stmt_inner(&mut self, s: &'a Stmt) -> R {
        match s {
            Stmt::Expr(e) => self.expr_stmt(e),
            Stmt::Assign(a) => self.assign(a),
            Stmt::AugAssign(a) => self.aug_assign(a),
            Stmt::AnnAssign(a) => self.ann_assign(a),
            Stmt::Delete(d) => d.targets.iter().try_for_each(|t| self.delete(t)),
            Stmt::If(i) => self.if_stmt(i),
            Stmt::While(w) => self.while_stmt(w),
            Stmt::For(f) => self.for_stmt(f),
            Stmt::Return(r) => {
                self.warn_in_finally("return", r.range());
                self.return_stmt(r)
            }
            Stmt::Break(b) => {
                self.warn_in_finally("break", b.range());
                self.break_stmt(b.range())
            }
            Stmt::Continue(c) => {
                self.warn_in_finally("continue", c.range());
                self.continue_stmt(c.range())
            }
            Stmt::FunctionDef(f) => self.function_def(f),
            Stmt::ClassDef(c) => self.class_def(c),
            Stmt::Try(t) => self.try_stmt(t),
            Stmt::With(w) => self.with_stmt(w),
            Stmt::Raise(r) => self.raise(r),
            Stmt::Assert(a) => self.assert_stmt(a),
            Stmt::Import(i) => self.import(i),
            Stmt::ImportFrom(i) => self.import_from(i),
            Stmt::Match(m) => self.match_stmt(m),
            Stmt::TypeAlias(t) => self.type_alias(t),
            Stmt::Pass(p) => {
                self.at(p.range());
                self.b().op(Op::Nop, 0, 0, 0, 0);
                Ok(())
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) => Ok(()),
            Stmt::IpyEscapeCommand(i) => self.err("invalid syntax", i.range()),
        }
    }

    fn expr_stmt(&mut self, e: &'a ast::StmtExpr) -> R {
        if self.unit.interactive && self.outer.is_empty() {
            let r = self.push(&e.value)?;
            self.at(e.range());
            self.b().op(Op::Intrinsic, Intrinsic::Print as u8, r, r, 0);
            return Ok(());
        }
        if literal(&e.value, self.source).is_some() {
            self.at(e.range());
            self.b().op(Op::Nop, 0, 0, 0, 0);
            return Ok(());
        }
        let before = self.b().len();
        self.any(&e.value)?;
        if self.b().len() == before {
            // A variable that certainly has a value: nothing to do, but a line to be seen.
            self.at(e.range());
            self.b().op(Op::Nop, 0, 0, 0, 0);
        }
        Ok(())
    }

    fn if_stmt(&mut self, i: &'a ast::StmtIf) -> R {
        let end = self.b().label();
        let mut next = self.b().label();
        self.jump_if(&i.test, next, false)?;
        self.conditional_stmts(&i.body)?;
        for clause in &i.elif_else_clauses {
            self.b().skip_to(end);
            self.b().place(next);
            next = self.b().label();
            if let Some(test) = &clause.test {
                self.jump_if(test, next, false)?;
            }
            self.conditional_stmts(&clause.body)?;
        }
        self.b().place(next);
        self.b().place(end);
        Ok(())
    }

    fn raise(&mut self, r: &'a ast::StmtRaise) -> R {
        let mut regs = [0, 0];
        let mut n = 0;
        for e in [&r.exc, &r.cause].into_iter().flatten() {
            regs[n] = self.any(e)?;
            n += 1;
        }
        self.at(r.range());
        self.b().op(Op::Raise, n as u8, regs[0], regs[1], 0);
        Ok(())
    }

    fn assert_stmt(&mut self, a: &'a ast::StmtAssert) -> R {
        self.warn_assert(a);
        if self.optimize > 0 {
            // Errors inside it are still errors.
            let dead = std::mem::replace(&mut self.b().dead, true);
            self.any(&a.test)?;
            if let Some(m) = &a.msg {
                self.any(m)?;
            }
            self.b().dead = dead;
            return Ok(());
        }
        let ok = self.b().label();
        self.jump_if(&a.test, ok, true)?;
        let range = a.test.range();
        self.at(range);
        let base = self.b().alloc();
        self.b().op(Op::LoadAssertionError, 0, base, 0, 0);
        if let Some(m) = &a.msg {
            self.push(m)?;
            self.at(a.range());
            self.b().op_cached(Op::Call, 0, base, base, 1, 0);
        }
        self.at(range);
        self.b().op(Op::Raise, 1, base, 0, 0);
        self.b().place(ok);
        Ok(())
    }

    /// Whether a `from __future__` import stands at the head of the module.
    pub(super) fn is_future_import_late(&self, s: &ast::StmtImportFrom) -> bool {
        !self.outer.is_empty() || self.source.line(s.start()) > self.future_end
    }
}

/// Strips the common indentation of a docstring, as CPython 3.13+ does when compiling.
pub(super) fn clean_doc(doc: &str) -> String {
    let expanded: String = expand_tabs(doc);
    let mut lines = expanded.split('\n');
    let first = lines.next().unwrap_or("");
    let rest: Vec<&str> = lines.collect();
    let indent = |l: &&str| l.len() - l.trim_start_matches(' ').len();
    let margin = rest
        .iter()
        .filter(|l| !l.trim_start_matches(' ').is_empty())
        .map(indent)
        .min()
        .unwrap_or(0);
    let mut out = first.trim_start_matches(' ').to_string();
    for l in rest {
        out.push('\n');
        let cut = margin.min(indent(&l));
        out.push_str(&l[cut..]);
    }
    out
}

fn expand_tabs(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut col = 0;
    for c in s.chars() {
        match c {
            '\t' => {
                let n = 8 - col % 8;
                (0..n).for_each(|_| out.push(' '));
                col += n;
            }
            '\n' | '\r' => {
                out.push(c);
                col = 0;
            }
            _ => {
                out.push(c);
                col += 1;
            }
        }
    }
    out
}
