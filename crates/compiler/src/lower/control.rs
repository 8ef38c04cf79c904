//! Blocks that control leaves: loops, handlers, `finally`, `with`; and how return, break and
//! continue get out of them.

use super::Lower;
use crate::builder::{HandlerId, Label, Reg};
use crate::error::R;
use crate::fold;
use bytecode::{Const, Op};
use syntax::ast::name::Name;
use syntax::ast::{self as ast, Stmt};
use syntax::text_size::{Ranged, TextRange};

/// What a block needs done when control leaves it by a jump.
#[derive(Clone, Copy)]
pub enum BlockKind<'a> {
    Loop {
        brk: Label,
        again: Label,
    },
    /// The body of a `try` with handlers, or an `except` clause without a name.
    Try,
    /// The body of a `try` with this `finally`.
    Finally(&'a [Stmt]),
    /// An exception is being handled; the register holds the one before it.
    Handler(Reg),
    /// The name of `except E as name`.
    HandlerName(&'a Name),
    /// The exit method pair, whether asynchronous, and the position of the item.
    With(Reg, bool, TextRange),
    /// The body of an `except*`.
    StarHandler,
}

/// A block that is open.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    pub kind: BlockKind<'a>,
    /// The handler in force outside.
    pub outer: Option<HandlerId>,
}

/// CPython's limit on statically nested blocks.
const MAX_BLOCKS: usize = 21;

impl<'a> Lower<'a> {
    pub(super) fn push_block(
        &mut self,
        kind: BlockKind<'a>,
        outer: Option<HandlerId>,
        range: TextRange,
    ) -> R {
        if self.unit.blocks.len() >= MAX_BLOCKS {
            return self.err("too many statically nested blocks", range);
        }
        self.unit.blocks.push(Block { kind, outer });
        Ok(())
    }

    /// Emits what leaving all blocks above `depth` takes. Returns the handler to restore once
    /// the jump itself has been emitted.
    fn unwind(&mut self, depth: usize, range: TextRange) -> R<Option<HandlerId>> {
        let handler = self.unit.b.set_handler(None);
        self.unit.b.set_handler(handler);
        let blocks = self.unit.blocks.clone();
        for i in (depth..blocks.len()).rev() {
            self.unit.blocks.truncate(i);
            self.unit.b.set_handler(blocks[i].outer);
            self.unwind_block(&blocks[i], range)?;
        }
        self.unit.blocks = blocks;
        Ok(handler)
    }

    fn unwind_block(&mut self, block: &Block<'a>, range: TextRange) -> R {
        match block.kind {
            BlockKind::Loop { .. } | BlockKind::Try => Ok(()),
            BlockKind::Finally(body) => {
                let mark = self.b().mark();
                self.in_finally(|s| s.stmts(body))?;
                self.b().reset(mark);
                // What follows shall seem to belong to the end of the block.
                self.b().pos = Default::default();
                Ok(())
            }
            BlockKind::Handler(saved) => {
                self.b().op(Op::PopExc, 0, saved, 0, 0);
                Ok(())
            }
            BlockKind::HandlerName(name) => {
                self.forget_name(name);
                Ok(())
            }
            BlockKind::With(exit, is_async, item) => {
                self.at(item);
                self.call_exit(exit, is_async);
                self.b().pos = Default::default();
                Ok(())
            }
            BlockKind::StarHandler => {
                let text = "'break', 'continue' and 'return' cannot appear in an except* block";
                self.err(text, range)
            }
        }
    }

    /// Leaving the open blocks runs code that could change a local.
    fn unwinding_runs_code(&self) -> bool {
        self.unit.blocks.iter().any(|b| {
            matches!(
                b.kind,
                BlockKind::Finally(_) | BlockKind::With(..) | BlockKind::HandlerName(_)
            )
        })
    }

    pub(super) fn return_stmt(&mut self, r: &'a ast::StmtReturn) -> R {
        if !self.kind().is_function_block() {
            return self.err("'return' outside function", r.range());
        }
        if r.value.is_some() && self.is_async_generator() {
            return self.err("'return' with value in async generator", r.range());
        }
        let mark = self.b().mark();
        let late = r
            .value
            .as_deref()
            .is_none_or(|e| self.constant(e).is_some());
        let mut value = 0;
        if !late && let Some(e) = &r.value {
            value = if self.unwinding_runs_code() {
                self.push(e)?
            } else {
                self.any(e)?
            };
        }
        if late && let Some(e) = &r.value {
            self.at(e.range());
            self.b().op(Op::Nop, 0, 0, 0, 0);
        }
        self.at(r.range());
        let same_line = |e: &&ast::Expr| self.source.line(e.start()) == self.source.line(r.start());
        let on_line = r.value.as_deref().filter(same_line);
        if on_line.is_none() {
            self.b().op(Op::Nop, 0, 0, 0, 0);
        }
        let place = on_line.filter(|_| late).map_or(r.range(), Ranged::range);
        self.at(place);
        let handler = self.unwind(0, place)?;
        if late {
            value = self.b().alloc();
            let c = r.value.as_deref().and_then(|e| self.constant(e));
            self.b().load_const(value, &c.unwrap_or(Const::None));
        }
        if self.b().pos != Default::default() {
            self.at(r.range());
        }
        self.b().op(Op::Return, 0, value, 0, 0);
        self.b().set_handler(handler);
        self.b().reset(mark);
        Ok(())
    }

    pub(super) fn break_stmt(&mut self, range: TextRange) -> R {
        let Some((depth, brk, _)) = self.innermost_loop() else {
            return self.err("'break' outside loop", range);
        };
        self.at(range);
        self.b().op(Op::Nop, 0, 0, 0, 0);
        let handler = self.unwind(depth + 1, range)?;
        self.b().goto(brk);
        self.b().set_handler(handler);
        Ok(())
    }

    pub(super) fn continue_stmt(&mut self, range: TextRange) -> R {
        let Some((depth, _, again)) = self.innermost_loop() else {
            return self.err("'continue' not properly in loop", range);
        };
        self.at(range);
        self.b().op(Op::Nop, 0, 0, 0, 0);
        let handler = self.unwind(depth + 1, range)?;
        if self.b().is_placed(again) {
            self.b().jump(Op::JumpBack, 0, 0, 0, again);
        } else {
            self.b().goto(again);
        }
        self.b().set_handler(handler);
        Ok(())
    }

    fn innermost_loop(&self) -> Option<(usize, Label, Label)> {
        let mut blocks = self.unit.blocks.iter().enumerate().rev();
        blocks.find_map(|(i, b)| match b.kind {
            BlockKind::Loop { brk, again } => Some((i, brk, again)),
            _ => None,
        })
    }

    pub(super) fn while_stmt(&mut self, w: &'a ast::StmtWhile) -> R {
        let forever = self.constant(&w.test).is_some_and(|c| fold::truth(&c));
        if forever {
            return self.forever(w);
        }
        let (again, done, end) = (self.b().label(), self.b().label(), self.b().label());
        self.b().place_loop(again);
        let kind = BlockKind::Loop { brk: end, again };
        let outer = self.handler();
        self.push_block(kind, outer, w.range())?;
        self.jump_if(&w.test, done, false)?;
        self.conditional_stmts(&w.body)?;
        self.b().unwritten(|b| b.jump(Op::JumpBack, 0, 0, 0, again));
        self.unit.blocks.pop();
        self.b().place(done);
        self.conditional_stmts(&w.orelse)?;
        self.b().place(end);
        Ok(())
    }

    /// `while True`: the test costs nothing, but is a line that tracing shows each time. The jump
    /// back stands for it.
    fn forever(&mut self, w: &'a ast::StmtWhile) -> R {
        let (head, again, end) = (self.b().label(), self.b().label(), self.b().label());
        self.at(w.test.range());
        self.b().op(Op::Nop, 0, 0, 0, 0);
        self.b().place_loop(head);
        let kind = BlockKind::Loop { brk: end, again };
        let outer = self.handler();
        self.push_block(kind, outer, w.range())?;
        self.conditional_stmts(&w.body)?;
        self.unit.blocks.pop();
        self.b().place(again);
        self.at(w.test.range());
        self.b().jump(Op::JumpBack, 0, 0, 0, head);
        let dead = std::mem::replace(&mut self.b().dead, true);
        self.conditional_stmts(&w.orelse)?;
        self.b().dead = dead;
        self.b().place(end);
        Ok(())
    }

    pub(super) fn handler(&mut self) -> Option<HandlerId> {
        let h = self.unit.b.set_handler(None);
        self.unit.b.set_handler(h);
        h
    }

    pub(super) fn for_stmt(&mut self, f: &'a ast::StmtFor) -> R {
        if f.is_async {
            return self.async_for(f);
        }
        let mark = self.b().mark();
        let (again, done, end) = (self.b().label(), self.b().label(), self.b().label());
        let iter = self.b().alloc();
        let value = self.loop_iterable(&f.iter)?;
        self.at(f.iter.range());
        self.b().op(Op::GetIter, 0, iter, value, 0);
        self.b().reset(iter as u32 + 1);
        self.b().place_loop(again);
        let outer = self.handler();
        self.push_block(BlockKind::Loop { brk: end, again }, outer, f.range())?;
        self.at(f.iter.range());
        self.for_next(&f.target, iter, done)?;
        self.conditional_stmts(&f.body)?;
        self.b().unwritten(|b| b.jump(Op::JumpBack, 0, 0, 0, again));
        self.unit.blocks.pop();
        self.b().place(done);
        self.conditional_stmts(&f.orelse)?;
        self.b().place(end);
        self.b().reset(mark);
        Ok(())
    }

    /// The iterable of a loop; a display of constants becomes a constant.
    fn loop_iterable(&mut self, e: &'a ast::Expr) -> R<Reg> {
        if let Some(c) = self.constant_container(e) {
            let r = self.b().alloc();
            self.at(e.range());
            self.b().load_const(r, &c);
            return Ok(r);
        }
        self.any(e)
    }

    fn async_for(&mut self, f: &'a ast::StmtFor) -> R {
        self.check_async("'async for'", f.range())?;
        let mark = self.b().mark();
        let (again, done, end) = (self.b().label(), self.b().label(), self.b().label());
        let iter = self.b().alloc();
        let exc = self.b().alloc();
        let value = self.any(&f.iter)?;
        self.at(f.iter.range());
        self.b().op(Op::GetAIter, 0, iter, value, 0);
        self.b().reset(exc as u32 + 1);
        self.b().place_loop(again);
        let outer = self.handler();
        self.push_block(BlockKind::Loop { brk: end, again }, outer, f.range())?;
        let (handler, caught) = self.b().new_handler(exc);
        self.b().set_handler(Some(handler));
        let value = self.b().alloc();
        self.at(f.iter.range());
        let next = self.b().alloc();
        self.b().op(Op::GetANext, 0, next, iter, 0);
        self.delegate(next, value);
        self.b().reset(next as u32);
        self.b().set_handler(outer);
        self.assign_register(&f.target, value)?;
        self.b().reset(value as u32);
        self.conditional_stmts(&f.body)?;
        self.b().unwritten(|b| b.jump(Op::JumpBack, 0, 0, 0, again));
        self.unit.blocks.pop();
        self.b().place(caught);
        self.at(f.iter.range());
        self.b().op(Op::EndAsyncFor, 0, exc, 0, 0);
        self.b().place(done);
        self.conditional_stmts(&f.orelse)?;
        self.b().place(end);
        self.b().reset(mark);
        Ok(())
    }

    /// `async for` and `async with` stand in async functions only.
    pub(super) fn check_async(&self, what: &str, range: TextRange) -> R {
        let s = &self.table[self.unit.scope];
        let top = s.kind == crate::symtable::scope::ScopeKind::Module && self.top_level_await;
        if s.is_async_def || top {
            return Ok(());
        }
        self.err(format!("{what} outside async function"), range)
    }
}
