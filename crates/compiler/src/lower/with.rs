//! with and async with.

use super::Lower;
use super::control::BlockKind;
use crate::builder::Reg;
use crate::error::R;
use bytecode::Op;
use syntax::ast::{self as ast, Stmt, WithItem};
use syntax::text_size::Ranged;

impl<'a> Lower<'a> {
    pub(super) fn with_stmt(&mut self, w: &'a ast::StmtWith) -> R {
        if w.is_async {
            self.check_async("'async with'", w.range())?;
        }
        self.with_items(&w.items, &w.body, w.is_async)
    }

    fn with_items(&mut self, items: &'a [WithItem], body: &'a [Stmt], is_async: bool) -> R {
        let Some((item, rest)) = items.split_first() else {
            return self.conditional_stmts(body);
        };
        let range = item.context_expr.range();
        self.deeper()?;
        let mark = self.b().mark();
        let exit = self.b().alloc_n(2);
        let enter_mark = self.b().mark();
        let enter = self.b().alloc_n(2);
        let manager = self.any(&item.context_expr)?;
        self.at(range);
        let (enter_which, exit_which) = if is_async { (2, 3) } else { (0, 1) };
        self.b()
            .op(Op::LoadSpecialMethod, exit_which, exit, manager, 0);
        self.b()
            .op(Op::LoadSpecialMethod, enter_which, enter, manager, 0);
        self.b().reset(enter_mark + 2);
        self.b().op_cached(Op::CallMethod, 0, enter, enter, 0, 0);
        if is_async {
            self.await_register(enter, 1, enter);
        }
        let end = self.b().label();
        let outer = self.handler();
        // Both the handler's registers lie where the enter method was.
        let (exc, saved) = (enter + 1, self.b().alloc());
        let (handler, caught) = self.b().new_handler(exc);
        self.push_block(BlockKind::With(exit, is_async, range), outer, range)?;
        self.b().set_handler(Some(handler));
        if let Some(target) = &item.optional_vars {
            self.assign_register(target, enter)?;
        }
        self.with_items(rest, body, is_async)?;
        self.b().set_handler(outer);
        self.unit.blocks.pop();
        self.at(range);
        self.call_exit(exit, is_async);
        self.b().jump(Op::Jump, 1, 0, 0, end);
        self.b().place(caught);
        self.at(range);
        let suppress = self.b().label();
        self.handling(exc, saved, range, |s| {
            let t = s.b().alloc();
            s.b().op(Op::WithExcept, 0, t, exit, exc);
            if is_async {
                s.await_register(t, 2, t);
            }
            s.b().jump(Op::JumpIfTrue, 0, t, 0, suppress);
            Ok(())
        })?;
        self.b().op(Op::PopExc, 0, saved, 0, 0);
        self.b().op(Op::Reraise, 1, exc, 0, 0);
        self.b().place(suppress);
        self.b().op(Op::PopExc, 0, saved, 0, 0);
        self.b().place(end);
        self.b().reset(mark);
        self.depth -= 1;
        Ok(())
    }

    /// exit(None, None, None), the result thrown away.
    pub(super) fn call_exit(&mut self, exit: Reg, is_async: bool) {
        let mark = self.b().mark();
        let base = self.b().alloc_n(2);
        self.b().mov(base, exit);
        self.b().mov(base + 1, exit + 1);
        for _ in 0..3 {
            let r = self.b().alloc();
            self.b().load_none(r);
        }
        self.b().op_cached(Op::CallMethod, 0, base, base, 3, 0);
        if is_async {
            self.b().reset(base as u32 + 1);
            self.await_register(base, 2, base);
        }
        self.b().reset(mark);
    }
}
