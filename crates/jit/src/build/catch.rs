//! Exceptions that are caught in the unit.
//!
//! What raises is always something the interpreter or native code did on complete frames, and the
//! interpreter's unwinder finds the handler. If that is one of this unit, compiled code goes on
//! there with the registers that are in memory.

use super::*;

/// Whether the handler at `word` is worth translating: it was seen to run.
pub(super) fn is_seen(code: Ref<CodeObj>, word: u32, eager: bool) -> bool {
    eager || code.jit_state().site(word).operands[0] != 0
}

impl Builder<'_> {
    /// A bytecode that raises.
    pub(super) fn raise(&mut self) {
        if self.handler().is_none() {
            return self.leave();
        }
        self.steps += 1;
        let n = self.push_leaving(Op::Raise, Rep::None, vec![]);
        self.catch(n);
        self.cur = None;
    }

    /// Behind a node that can raise: goes on where it did not; where it did, at the handler.
    pub(super) fn catch(&mut self, n: Node) {
        let Some(word) = self.handler() else {
            return;
        };
        let code = self.bodies[0].code;
        self.g.catches.insert(n, Catch { code, word });
        let caught = self.push(Op::Caught, Rep::Bool, vec![n]);
        let env = self.env.clone();
        let normal = self.fork(caught, true);
        let landing = self.block();
        let landings = &mut self.bodies[0].landings;
        landings.entry(word).or_default().push(landing);
        self.take_up(normal, env);
    }

    /// The handler for an exception of the current bytecode, in the code of the loop's own frame, if
    /// it is translated. The traceback makes a frame object of the frame that catches, and functions
    /// and inlined frames have to leave for that (`Lower::watched`).
    fn handler(&self) -> Option<u32> {
        if self.g.is_function {
            return None;
        }
        let mut word = self.word;
        for body in self.bodies.iter().rev() {
            if let Some(e) = body.code.handler_at(word) {
                let to = e.handler;
                let usable = body.is_root
                    && to > word
                    && body.region.contains(&to)
                    && body.leaders.binary_search(&to).is_ok()
                    && is_seen(body.code, to, self.eager);
                return usable.then_some(to);
            }
            word = self.g.state(body.parent?).word;
        }
        None
    }

    /// If exceptions are caught at `word`: the block where they arrive, as one more predecessor.
    pub(super) fn land(&mut self, word: u32) {
        let Some(blocks) = self.body_mut().landings.remove(&word) else {
            return;
        };
        let landing = self.g.new_block(word);
        for b in blocks {
            let args = vec![];
            self.g.block_mut(b).end = End::Jump(Edge { to: landing, args });
        }
        let body = self.body();
        let nregs = body.code.nregs as usize;
        let live = body.code.liveness().live_before(word).clone();
        let mut env = Env::new(vec![None; nregs]);
        for r in live.iter() {
            let op = Op::SavedReg(r as u32);
            env.regs[r] = Some(self.g.push(landing, op, Rep::Value, vec![], None));
        }
        let from = landing;
        let pending = self.body_mut().pending.entry(word).or_default();
        pending.push(Pending { from, env });
        self.shape_changes += 1;
    }

    /// `PushExc` and `PopExc`.
    pub(super) fn handled_exception(&mut self, insn: Insn) -> Built {
        if self.body().code.is_generator_like() {
            // The exception of whoever resumed a generator is not the generator's own.
            return self.step(insn);
        }
        let w = insn.first;
        if insn.op == Bc::PushExc {
            let exc = self.reg(w.b());
            let address = crate::helpers::push_exc as *const () as u64;
            let saved = self.push(Op::Effect { address }, Rep::Value, vec![exc]);
            self.set(w.a(), saved);
        } else {
            let saved = self.reg(w.a());
            let address = crate::helpers::pop_exc as *const () as u64;
            self.push(Op::Effect { address }, Rep::None, vec![saved]);
        }
        Ok(())
    }

    /// `ExcMatch` of one exception class.
    pub(super) fn exc_match(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let (exc, class) = (self.reg(w.b()), self.reg(w.c()));
        if self.site().unstable {
            return self.step(insn);
        }
        let address = crate::helpers::quick::exc_match as *const () as u64;
        let n = self.quick_bool(address, &[exc, class]);
        self.set(w.a(), n);
        Ok(())
    }
}
