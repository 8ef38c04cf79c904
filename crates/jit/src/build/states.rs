//! Frame states, and instructions left to the interpreter.

use super::*;
use bytecode::operands::Access;

impl Builder<'_> {
    /// The state before the current bytecode.
    pub(super) fn state(&mut self) -> StateId {
        if let Some(s) = self.state_cache {
            return s;
        }
        let s = self.state_at(self.word);
        self.state_cache = Some(s);
        s
    }

    /// The state before the bytecode at `word`, with the registers as they are now.
    pub(super) fn state_at(&mut self, word: u32) -> StateId {
        let live = self.body().code.liveness().live_before(word).clone();
        let fields = self.env.fields.iter();
        let fields = fields.map(|f| (f.base, f.offset, f.value)).collect();
        self.new_state(word, &live, fields)
    }

    /// The state of a caller while the inlined callee of its current bytecode runs. The fields of
    /// iterators are in the innermost state.
    pub(super) fn state_during_call(&mut self) -> StateId {
        let word = self.word;
        let live = self.body().code.liveness().live_during_call(word).clone();
        self.new_state(word, &live, Vec::new())
    }

    fn new_state(&mut self, word: u32, live: &BitSet, fields: Vec<(Node, u32, Node)>) -> StateId {
        let body = self.body();
        let mut regs = Vec::new();
        for r in live.iter() {
            let Some(n) = self.env.regs.get(r).copied().flatten() else {
                continue;
            };
            // A register of the running frame that the loop never writes holds its value.
            if self.g.node(n).op == Op::EntryReg(r as u32)
                && body.is_root
                && !self.written_in_region(r)
            {
                continue;
            }
            regs.push((r as u16, n));
        }
        let state = State {
            code: body.code,
            word,
            regs,
            function: (!body.is_root || self.g.is_function).then_some(body.function),
            parent: body.parent,
            window: body.window,
            fields,
            cont: body.cont,
            extra: body.extra,
            bytecode: body.at.get(&word).map_or(Bc::Nop, |i| body.insns[*i].op),
        };
        self.g.new_state(state)
    }

    fn written_in_region(&self, r: usize) -> bool {
        let body = self.body();
        body.loops
            .get(&body.region.start)
            .is_none_or(|l| l.1.contains(r))
    }

    /// Goes on in the interpreter, for good.
    pub(super) fn leave(&mut self) {
        let s = self.state();
        let b = self.block();
        self.g.block_mut(b).end = End::Leave(s);
        self.cur = None;
    }

    /// `yield` in a loop of a generator whose items native code takes: goes on if it took this one.
    pub(super) fn yield_(&mut self, insn: Insn) {
        let w = insn.first;
        let v = self.reg(w.b());
        let v = self.boxed(v);
        let taken = self.push(Op::Offer, Rep::Bool, vec![v]);
        let suspends = self.fork(taken, true);
        let (on, env) = (self.block(), self.env.clone());
        self.take_up(suspends, env.clone());
        self.leave();
        self.take_up(on, env);
        let none = self.value_const(Value::NONE);
        self.set(w.a(), none);
    }

    /// Lets the interpreter run this instruction.
    pub(super) fn step(&mut self, insn: Insn) -> Built {
        let effects = insn.effects();
        if effects.intersects(Effects::SUSPEND | Effects::END | Effects::JUMP) {
            self.leave();
            return Ok(());
        }
        self.steps += 1;
        let step = self.push_leaving(Op::Step { falls: insn.next() }, Rep::None, vec![]);
        self.catch(step);
        self.after_step(insn, step);
        Ok(())
    }

    /// Lets the interpreter run this conditional jump.
    pub(super) fn step_jump(&mut self, insn: Insn, offset: i32) -> Built {
        self.steps += 1;
        let (falls, taken) = (insn.next(), (insn.word as i64 + offset as i64) as u32);
        let n = self.push_leaving(Op::StepJump { falls, taken }, Rep::Bool, vec![]);
        self.catch(n);
        self.after_step(insn, n);
        self.branch(insn, n, true, offset)
    }

    /// The registers and what is known after the interpreter ran an instruction.
    fn after_step(&mut self, insn: Insn, step: Node) {
        self.clobber();
        self.lose_window(insn);
        for regs in insn.regs() {
            if regs.access == Access::Read {
                continue;
            }
            for r in regs.first..regs.end() {
                let n = self.push(Op::Reload(r), Rep::Value, vec![step]);
                self.set(r as u16, n);
            }
        }
    }

    /// A call's arguments and all registers above them are gone.
    pub(super) fn lose_window(&mut self, insn: Insn) {
        if !insn.effects().contains(Effects::WINDOW) {
            return;
        }
        let named = self.body().code.data().named_regs() as usize;
        let base = (insn.first.b() as usize).max(named);
        self.env.regs.iter_mut().skip(base).for_each(|r| *r = None);
    }

    /// Python code may have run: nothing that was read from memory is known any more.
    pub(super) fn clobber(&mut self) {
        self.forget_shapes();
        self.env
            .checked
            .retain(|address, _| *address < MAX_NODES as u64 * 2);
        for i in 0..self.env.fields.len() {
            let f = self.env.fields[i];
            let value = self.push(Op::LoadWord { offset: f.offset }, Rep::Int, vec![f.base]);
            self.env.fields[i].value = value;
        }
    }
}
