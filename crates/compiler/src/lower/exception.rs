//! try, except, except*, finally.

use super::Lower;
use super::control::BlockKind;
use crate::builder::{Label, Reg};
use crate::error::R;
use bytecode::Op;
use syntax::ast::{self as ast, ExceptHandler, ExceptHandlerExceptHandler};
use syntax::text_size::{Ranged, TextRange};

impl<'a> Lower<'a> {
    pub(super) fn try_stmt(&mut self, t: &'a ast::StmtTry) -> R {
        if t.finalbody.is_empty() {
            return self.try_except(t);
        }
        let mark = self.b().mark();
        let range = t.range();
        self.at(range);
        self.b().op(Op::Nop, 0, 0, 0, 0);
        let (exc, saved) = (self.b().alloc(), self.b().alloc());
        let outer = self.handler();
        let (handler, caught) = self.b().new_handler(exc);
        let end = self.b().label();
        self.push_block(BlockKind::Finally(&t.finalbody), outer, range)?;
        self.b().set_handler(Some(handler));
        if t.handlers.is_empty() {
            self.conditional_stmts(&t.body)?;
        } else {
            self.try_except(t)?;
        }
        self.b().set_handler(outer);
        self.unit.blocks.pop();
        self.in_finally(|s| s.conditional_stmts(&t.finalbody))?;
        self.b().pass_over(end);
        self.b().place(caught);
        let finalbody = &t.finalbody[..];
        self.handling(exc, saved, range, |s| {
            s.in_finally(|s| s.conditional_stmts(finalbody))
        })?;
        self.b().unwritten(|b| {
            b.op(Op::PopExc, 0, saved, 0, 0);
            b.op(Op::Reraise, 0, exc, 0, 0);
        });
        self.b().place(end);
        self.b().reset(mark);
        Ok(())
    }

    /// Runs `body` with R[exc] as the handled exception; an exception raised in it takes its
    /// place after the former state is restored. On falling out, PopExc is the caller's job.
    pub(super) fn handling(
        &mut self,
        exc: Reg,
        saved: Reg,
        range: TextRange,
        body: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let outer = self.handler();
        let second = self.b().alloc();
        let (cleanup, cleanup_label) = self.b().new_handler(second);
        self.b().unwritten(|b| b.op(Op::PushExc, 0, saved, exc, 0));
        self.push_block(BlockKind::Handler(saved), outer, range)?;
        self.b().set_handler(Some(cleanup));
        body(self)?;
        self.b().set_handler(outer);
        self.unit.blocks.pop();
        // The cleanup stands behind a jump over it.
        let over = self.b().label();
        self.b().pass_over(over);
        self.b().place(cleanup_label);
        self.b().unwritten(|b| {
            b.op(Op::PopExc, 0, saved, 0, 0);
            b.op(Op::Reraise, 0, second, 0, 0);
        });
        self.b().place(over);
        Ok(())
    }

    fn try_except(&mut self, t: &'a ast::StmtTry) -> R {
        if t.is_star {
            return self.try_star(t);
        }
        let mark = self.b().mark();
        let range = t.range();
        let (exc, saved) = (self.b().alloc(), self.b().alloc());
        let end = self.b().label();
        let caught = self.guarded_body(t, exc)?;
        self.conditional_stmts(&t.orelse)?;
        self.b().pass_over(end);
        self.b().place(caught);
        let handlers = &t.handlers[..];
        self.handling(exc, saved, range, |s| s.handlers(handlers, exc, saved, end))?;
        self.b().unwritten(|b| {
            b.op(Op::PopExc, 0, saved, 0, 0);
            b.op(Op::Reraise, 0, exc, 0, 0);
        });
        self.b().place(end);
        self.b().reset(mark);
        Ok(())
    }

    /// The body of a try, its exceptions going to the label returned.
    fn guarded_body(&mut self, t: &'a ast::StmtTry, exc: Reg) -> R<Label> {
        self.at(t.range());
        self.b().op(Op::Nop, 0, 0, 0, 0);
        let outer = self.handler();
        let (handler, caught) = self.b().new_handler(exc);
        self.push_block(BlockKind::Try, outer, t.range())?;
        self.b().set_handler(Some(handler));
        self.conditional_stmts(&t.body)?;
        self.b().set_handler(outer);
        self.unit.blocks.pop();
        Ok(caught)
    }

    /// The except clauses; falls through when none matched.
    fn handlers(&mut self, handlers: &'a [ExceptHandler], exc: Reg, saved: Reg, end: Label) -> R {
        let last = handlers.len() - 1;
        for (i, h) in handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(h) = h;
            if h.type_.is_none() && i != last {
                return self.err("default 'except:' must be last", h.range());
            }
            let next = self.b().label();
            self.at(h.range());
            if let Some(class) = &h.type_ {
                let mark = self.b().mark();
                let t = self.b().alloc();
                let c = self.any(class)?;
                self.at(h.range());
                self.b().op(Op::ExcMatch, 0, t, exc, c);
                self.b().jump(Op::JumpIfFalse, 0, t, 0, next);
                self.b().reset(mark);
            } else {
                self.b().op(Op::Nop, 0, 0, 0, 0);
            }
            self.handler_body(h, exc, saved)?;
            self.b().pass_over(end);
            self.b().place(next);
        }
        Ok(())
    }

    /// Binds the name, runs the body and restores the exception state.
    fn handler_body(&mut self, h: &'a ExceptHandlerExceptHandler, exc: Reg, saved: Reg) -> R {
        let Some(name) = &h.name else {
            let outer = self.handler();
            self.push_block(BlockKind::Try, outer, h.range())?;
            self.conditional_stmts(&h.body)?;
            self.unit.blocks.pop();
            let cleanup = self.handler();
            self.leave_handler(saved);
            self.b().set_handler(cleanup);
            return Ok(());
        };
        self.check_forbidden(&name.id, false, h.range())?;
        self.at(h.range());
        self.store_name(&name.id, exc);
        let outer = self.handler();
        let mark = self.b().mark();
        let second = self.b().alloc();
        let (handler, caught) = self.b().new_handler(second);
        self.push_block(BlockKind::HandlerName(&name.id), outer, h.range())?;
        self.b().set_handler(Some(handler));
        self.conditional_stmts(&h.body)?;
        self.b().set_handler(outer);
        self.unit.blocks.pop();
        let done = self.b().label();
        self.leave_handler(saved);
        let pos = std::mem::take(&mut self.b().pos);
        self.forget_name(&name.id);
        self.b().pass_over(done);
        self.b().set_handler(outer);
        self.b().place(caught);
        self.forget_name(&name.id);
        self.b().op(Op::Reraise, 0, second, 0, 0);
        self.b().pos = pos;
        self.b().place(done);
        self.b().set_handler(outer);
        self.b().reset(mark);
        Ok(())
    }

    /// PopExc outside the range of the cleanup handler, whose work it does.
    fn leave_handler(&mut self, saved: Reg) {
        let outside = self
            .unit
            .blocks
            .iter()
            .rev()
            .find(|b| matches!(b.kind, BlockKind::Handler(_)))
            .and_then(|b| b.outer);
        self.b().set_handler(outside);
        self.b().unwritten(|b| b.op(Op::PopExc, 0, saved, 0, 0));
    }

    fn try_star(&mut self, t: &'a ast::StmtTry) -> R {
        let mark = self.b().mark();
        let range = t.range();
        let (exc, saved) = (self.b().alloc(), self.b().alloc());
        let (end, finish) = (self.b().label(), self.b().label());
        let caught = self.guarded_body(t, exc)?;
        self.conditional_stmts(&t.orelse)?;
        self.b().pass_over(end);
        self.b().place(caught);
        let result = self.b().alloc();
        let handlers = &t.handlers[..];
        self.handling(exc, saved, range, |s| {
            s.star_handlers(handlers, exc, result)
        })?;
        self.b().place(finish);
        self.b().unwritten(|b| {
            b.op(Op::PopExc, 0, saved, 0, 0);
            b.jump(Op::JumpIfNone, 0, result, 0, end);
            b.op(Op::Reraise, 0, result, 0, 0);
        });
        self.b().place(end);
        self.b().reset(mark);
        Ok(())
    }

    /// The except* clauses: each takes its part of the group; what remains and what is raised
    /// meanwhile is collected, and R[result] is what to raise in the end, or None.
    fn star_handlers(&mut self, handlers: &'a [ExceptHandler], exc: Reg, result: Reg) -> R {
        let list = self.b().alloc();
        let rest = self.b().alloc();
        let pair = self.b().alloc_n(2);
        self.at(handlers[0].range());
        self.b().op(Op::BuildList, 0, list, 0, 0);
        self.b().mov(rest, exc);
        for h in handlers {
            let ExceptHandler::ExceptHandler(h) = h;
            let Some(class) = &h.type_ else {
                return self.err("expected one or more exception types", h.range());
            };
            let next = self.b().label();
            let mark = self.b().mark();
            let c = self.any(class)?;
            self.at(h.range());
            self.b().op(Op::ExcGroupMatch, 0, pair, rest, c);
            self.b().mov(rest, pair + 1);
            self.b().reset(mark);
            self.b().jump(Op::JumpIfNone, 0, pair, 0, next);
            self.star_body(h, pair, list)?;
            self.b().place(next);
        }
        self.b().unwritten(|b| {
            b.op(Op::ListAppend, 0, list, rest, 0);
            b.op(Op::ExcGroupEnd, 0, result, exc, list);
        });
        Ok(())
    }

    /// The body of an except*, with the matched part as the handled exception.
    fn star_body(&mut self, h: &'a ExceptHandlerExceptHandler, matched: Reg, list: Reg) -> R {
        self.at(h.range());
        let mark = self.b().mark();
        let (second, saved) = (self.b().alloc(), self.b().alloc());
        if let Some(name) = &h.name {
            self.check_forbidden(&name.id, false, h.range())?;
            self.store_name(&name.id, matched);
        }
        let outer = self.handler();
        let (handler, caught) = self.b().new_handler(second);
        let done = self.b().label();
        self.b().op(Op::PushExc, 0, saved, matched, 0);
        self.push_block(BlockKind::StarHandler, outer, h.range())?;
        self.b().set_handler(Some(handler));
        self.conditional_stmts(&h.body)?;
        self.b().set_handler(outer);
        self.unit.blocks.pop();
        let pos = std::mem::take(&mut self.b().pos);
        self.b().op(Op::PopExc, 0, saved, 0, 0);
        if let Some(name) = &h.name {
            self.forget_name(&name.id);
        }
        self.b().skip_to(done);
        self.b().place(caught);
        self.b().op(Op::PopExc, 0, saved, 0, 0);
        if let Some(name) = &h.name {
            self.forget_name(&name.id);
        }
        self.b().op(Op::ListAppend, 0, list, second, 0);
        self.b().pos = pos;
        self.b().place(done);
        self.b().reset(mark);
        Ok(())
    }
}
