//! The loop over the bytecode, and what each opcode becomes.

use super::*;

impl Builder<'_> {
    /// Translates the blocks of the body on top that are reached.
    pub(super) fn translate(&mut self) -> Built {
        let leaders = self.body().leaders.clone();
        for &leader in &leaders {
            if !self.body().region.contains(&leader) {
                continue;
            }
            if leader == 0 && self.cur.is_some() && self.body().pending.is_empty() {
                self.goto(0)?;
            }
            if !self.begin_block(leader)? {
                continue;
            }
            self.block_insns(leader)?;
            if self.g.nodes.len() > MAX_NODES {
                return Err(Refusal::TooLarge);
            }
        }
        Ok(())
    }

    pub(super) fn block_insns(&mut self, leader: u32) -> Built {
        let Some(&first) = self.body().at.get(&leader) else {
            return Ok(());
        };
        let mut i = first;
        while self.cur.is_some() {
            let Some(&insn) = self.body().insns.get(i) else {
                return Ok(());
            };
            if insn.word != leader && self.body().leaders.binary_search(&insn.word).is_ok() {
                return self.goto(insn.word);
            }
            self.word = insn.word;
            self.state_cache = None;
            self.translated += 1;
            let steps = self.steps;
            if self.vm.jit.counting {
                self.count_bytecode();
            }
            self.insn(insn)?;
            if self.steps != steps && self.vm.jit.counting {
                self.uncount_bytecode();
            }
            i += 1;
        }
        Ok(())
    }

    /// One more bytecode for the `Count` of the block.
    pub(super) fn count_bytecode(&mut self) {
        let Some(block) = self.cur else { return };
        match self.count {
            Some((b, n)) if b == block => {
                if let Op::Count(more) = &mut self.g.nodes[n.0 as usize].op {
                    *more += 1;
                }
            }
            _ => {
                let n = self.push(Op::Count(1), Rep::None, vec![]);
                self.count = Some((block, n));
            }
        }
    }

    /// The last bytecode is interpreted after all.
    pub(super) fn uncount_bytecode(&mut self) {
        if let Some((_, n)) = self.count
            && let Op::Count(less) = &mut self.g.nodes[n.0 as usize].op
        {
            *less -= 1;
        }
    }

    pub(super) fn insn(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let (a, b, c) = (w.a(), w.b(), w.c());
        match insn.op {
            Bc::Nop => {}
            Bc::Move => {
                let n = self.reg(b);
                self.set(a, n);
            }
            Bc::LoadConst => {
                // SAFETY: constant indices are verified.
                let v = unsafe { *self.body().code.consts.get().add(w.bc() as usize) };
                let n = self.value_const(v);
                self.set(a, n);
            }
            Bc::LoadInt => {
                let n = self.int_const(w.off32() as i64);
                self.set(a, n);
            }
            Bc::LoadSpecial => {
                let n = match w.d() {
                    0 => self.value_const(Value::NONE),
                    1 => self.value_const(Value::FALSE),
                    2 => self.value_const(Value::TRUE),
                    3 => self.value_const(Value::ELLIPSIS),
                    _ => self.constant(Rep::Value, 0),
                };
                self.set(a, n);
            }
            Bc::CheckLocal | Bc::DeleteLocal if self.site().unstable => self.step(insn)?,
            Bc::CheckLocal => self.check_local(a),
            Bc::DeleteLocal => {
                self.check_local(a);
                let n = self.constant(Rep::Value, 0);
                self.set(a, n);
            }
            Bc::LoadCell | Bc::StoreCell | Bc::LoadFree | Bc::StoreFree | Bc::LoadFreeCell => {
                self.cell_insn(insn)
            }
            Bc::LoadGlobal | Bc::LoadName => self.load_global(insn)?,
            Bc::StoreGlobal | Bc::StoreName => self.store_global(insn)?,
            Bc::LoadAttr => self.load_attr(insn)?,
            Bc::StoreAttr => self.store_attr(insn)?,
            Bc::LoadMethod => self.load_method(insn)?,
            Bc::GetItem | Bc::GetItemI => self.get_item(insn)?,
            Bc::SetItem => self.set_item(insn)?,
            Bc::Contains => self.contains(insn)?,
            Bc::UnpackSeq => self.unpack_seq(insn)?,
            Bc::BuildTuple | Bc::BuildList if c as usize <= crate::helpers::MAX_ITEMS => {
                let args = (b..b + c).map(|r| self.reg(r)).collect::<Vec<_>>();
                let args = args.into_iter().map(|n| self.boxed(n)).collect();
                let op = if insn.op == Bc::BuildTuple {
                    Op::NewTuple
                } else {
                    Op::NewList
                };
                let n = self.push_leaving(op, Rep::Value, args);
                let kind = if op == Op::NewTuple {
                    Kind::Tuple
                } else {
                    Kind::List
                };
                if c > 0 || op == Op::NewList {
                    self.env.shapes.insert(n, one(kind as u32));
                }
                self.set(a, n);
            }
            Bc::ListAppend => {
                let (list, v) = (self.reg(a), self.reg(b));
                let v = self.boxed(v);
                self.push_leaving(Op::Append, Rep::None, vec![list, v]);
            }
            Bc::Add
            | Bc::Sub
            | Bc::Mul
            | Bc::TrueDiv
            | Bc::FloorDiv
            | Bc::Mod
            | Bc::And
            | Bc::Or
            | Bc::Xor
            | Bc::Lshift
            | Bc::Rshift
            | Bc::AddI
            | Bc::SubI
            | Bc::MulI
            | Bc::FloorDivI
            | Bc::ModI
            | Bc::Neg
            | Bc::Pow => self.arithmetic(insn)?,
            Bc::Not | Bc::ToBool => self.truth_insn(insn)?,
            Bc::Lt | Bc::Le | Bc::Eq | Bc::Ne | Bc::Gt | Bc::Ge => self.comparison(insn)?,
            Bc::Is => {
                let n = self.same(b, c);
                let n = if w.d() == 1 {
                    self.push(Op::Not, Rep::Bool, vec![n])
                } else {
                    n
                };
                self.set(a, n);
            }
            Bc::Jump => self.goto_offset(insn, w.off32())?,
            Bc::JumpBack => {
                self.push_leaving(Op::Poll, Rep::None, vec![]);
                self.goto_offset(insn, w.off32())?;
            }
            Bc::JumpIfTrue | Bc::JumpIfFalse => self.jump_if(insn)?,
            Bc::JumpIfNone | Bc::JumpIfNotNone => {
                let n = self.reg(a);
                let n = self.boxed(n);
                let none = self.push(Op::IsNone, Rep::Bool, vec![n]);
                self.branch(insn, none, insn.op == Bc::JumpIfNone, w.off32())?;
            }
            Bc::JumpIs => {
                let n = self.same(a, b);
                self.branch(insn, n, w.d() == 1, w.imm_c() as i32)?;
            }
            Bc::JumpLt
            | Bc::JumpLe
            | Bc::JumpEq
            | Bc::JumpNe
            | Bc::JumpGt
            | Bc::JumpGe
            | Bc::JumpLtI
            | Bc::JumpLeI
            | Bc::JumpEqI
            | Bc::JumpNeI
            | Bc::JumpGtI
            | Bc::JumpGeI => self.compare_jump(insn)?,
            Bc::GetIter => self.get_iter(insn)?,
            Bc::ForIter => self.for_iter(insn)?,
            Bc::Call => self.call(insn)?,
            Bc::CallMethod => self.call_method(insn)?,
            Bc::Return => self.return_(a)?,
            Bc::Yield => self.yield_(insn),
            Bc::Raise | Bc::Reraise => self.raise(),
            Bc::PushExc | Bc::PopExc => self.handled_exception(insn)?,
            Bc::ExcMatch => self.exc_match(insn)?,
            _ => self.step(insn)?,
        }
        Ok(())
    }
}
