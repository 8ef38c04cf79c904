//! Frame records and registers in memory at calls; `exits` is about where compiled code leaves.

use super::*;
use cranelift_codegen::ir::types::{I8, I16};
use runtime::frame::{Cont, flag};

impl Lower<'_> {
    /// What becomes of the result of a frame's code.
    pub(super) fn cont(&self, s: &State) -> Cont {
        if s.parent.is_none() {
            Cont::Exit
        } else {
            s.cont
        }
    }

    /// Before something that can see the frames: makes their records and registers complete.
    /// `during`: the innermost frame is suspended in a call.
    pub(super) fn materialise(&mut self, state: StateId, during: bool) {
        let g = self.g;
        let chain = g.chain(state);
        for (i, id) in chain.iter().rev().enumerate() {
            let s = g.state(*id);
            let innermost = i + 1 == chain.len();
            self.store_registers(s, during && innermost);
            self.store_record(s, i);
        }
        for (base, offset, n) in &g.state(state).fields {
            let (base, n) = (self.value(*base), self.value(*n));
            self.fb.ins().store(mem(), n, base, *offset as i32);
        }
        let depth = chain.len() - 1;
        self.memory.forget_above(g.state(state), depth);
        self.set_top(depth + usize::from(g.is_function));
    }

    /// Makes the record that many above the one at entry the top of the stack.
    pub(super) fn set_top(&mut self, n: usize) {
        if self.memory.top == Some(n) {
            return;
        }
        let top = self.record_at(n);
        let offset = offset_of!(Vm, frame) as i32;
        self.fb.ins().store(mem(), top, self.vm, offset);
        self.memory.top = Some(n);
    }

    /// The frame record that many above the one at entry.
    fn record_at(&mut self, n: usize) -> ir::Value {
        if n == 0 {
            return self.frame;
        }
        let bytes = (n * size_of::<Frame>()) as i64;
        self.fb.ins().iadd_imm_s(self.frame, bytes)
    }

    /// Offset of the record at a depth of inlining, from the one at entry.
    fn record_offset(&self, depth: usize) -> usize {
        (depth + usize::from(self.g.is_function)) * size_of::<Frame>()
    }

    fn store_registers(&mut self, s: &State, during: bool) {
        let live = during.then(|| s.code.liveness().live_during_call(s.word));
        for (r, n) in &s.regs {
            if live.is_some_and(|l| !l.contains(*r as usize)) {
                continue;
            }
            self.store_register(s.window as i32 + *r as i32, *n);
        }
        if let Some(f) = s.function {
            self.store_register(s.window as i32 - 1, f);
        }
    }

    /// Stores a node in a register, counted from the root's R[0], unless it is there.
    fn store_register(&mut self, r: i32, n: Node) {
        if self.memory.regs.get(&r) == Some(&n) {
            return;
        }
        let v = self.boxed(n);
        self.fb.ins().store(mem(), v, self.regs, r * 8);
        self.memory.regs.insert(r, n);
    }

    fn store_record(&mut self, s: &State, depth: usize) {
        let at = self.record_offset(depth);
        // SAFETY: the word is inside the code.
        let pc = unsafe { s.code.instrs.add(s.word as usize) } as u64;
        let store = |l: &mut Self, v, offset: usize| {
            l.fb.ins().store(mem(), v, l.frame, (at + offset) as i32);
        };
        let pc = self.iconst(pc);
        store(self, pc, offset_of!(Frame, pc));
        if depth == 0 && !self.g.is_function {
            return;
        }
        // The rest of a record stays as it is until another frame takes its place.
        let key = (s.code.value().bits(), s.window, s.extra);
        if self.memory.records.get(&depth) == Some(&key) {
            return;
        }
        self.memory.records.insert(depth, key);
        let window = self.fb.ins().iadd_imm_s(self.regs, s.window as i64 * 8);
        store(self, window, offset_of!(Frame, regs));
        let code = self.iconst(s.code.value().bits());
        store(self, code, offset_of!(Frame, code));
        // `cont` and `flags` are neighbours.
        let cont = self.cont(s) as i64;
        let special = self.fb.ins().iconst(I16, cont);
        store(self, special, offset_of!(Frame, cont));
        let zero = self.iconst(0);
        store(self, zero, offset_of!(Frame, object));
        let extra = match s.extra {
            Some(n) => self.boxed(n),
            None => zero,
        };
        store(self, extra, offset_of!(Frame, extra));
    }

    /// After something that could see the frames: compiled code goes on only if nobody looks at
    /// the frame and nobody traces. `leave` fills the block that leaves.
    pub(super) fn check_unobserved(&mut self, state: StateId, leave: impl FnOnce(&mut Self)) {
        let depth = self.g.chain(state).len() - 1;
        let offset = self.record_offset(depth) + offset_of!(Frame, flags);
        let flags = self.fb.ins().load(I8, mem(), self.frame, offset as i32);
        let watched = self.watched(depth);
        let bad = self.fb.ins().band_imm_s(flags, watched as i64);
        let (slow, go) = (self.fb.create_block(), self.fb.create_block());
        self.fb.set_cold_block(slow);
        self.fb.ins().brif(bad, slow, &[], go, &[]);
        self.fb.switch_to_block(slow);
        leave(self);
        self.fb.switch_to_block(go);
    }

    /// Flags of a frame with which compiled code does not go on: it has to leave, or the frame has
    /// an object that the interpreter must take leave of when the frame ends. That of a loop does
    /// not end in compiled code.
    pub(super) fn watched(&self, depth: usize) -> u8 {
        if depth == 0 && !self.g.is_function {
            flag::LEAVE
        } else {
            flag::OBSERVED | flag::LEAVE
        }
    }

    /// What is in memory at the start of a block: what all predecessors left there.
    pub(super) fn memory_at(&self, b: Block) -> InMemory {
        if self.landings.contains(&b) {
            return InMemory::default();
        }
        let preds = &self.dom.preds[b.0 as usize];
        let mut all = preds.iter().map(|p| self.ends.get(p));
        let Some(Some(first)) = all.next() else {
            return match b.0 {
                0 => InMemory {
                    top: Some(0),
                    ..InMemory::default()
                },
                _ => InMemory::default(),
            };
        };
        let mut m = first.clone();
        for other in all {
            let Some(o) = other else {
                return InMemory::default();
            };
            m.records.retain(|k, v| o.records.get(k) == Some(v));
            m.regs.retain(|k, v| o.regs.get(k) == Some(v));
            if m.top != o.top {
                m.top = None;
            }
        }
        m
    }
}

/// What is known to be in frame records and registers, so that it need not be stored again.
#[derive(Clone, Default)]
pub(super) struct InMemory {
    /// By depth of inlining: code, window, object under construction.
    records: HashMap<usize, (u64, u32, Option<Node>)>,
    /// By register, from the root's R[0].
    pub regs: HashMap<i32, Node>,
    /// Which record `Vm::frame` points to, counted from the one at entry.
    pub top: Option<usize>,
}

impl InMemory {
    /// A callee's frames and registers take the place of what is above a suspended frame.
    fn forget_above(&mut self, s: &State, depth: usize) {
        self.records.retain(|d, _| *d <= depth);
        let mut end = s.code.nregs as i32;
        if let Ok(i) = bytecode::Insn::at(&s.code.data().instrs, s.word) {
            if i.effects().contains(bytecode::Effects::WINDOW) {
                end = i.first.b() as i32;
            }
            for regs in i.regs() {
                if regs.access != bytecode::operands::Access::Read {
                    let first = s.window as i32 + regs.first as i32;
                    let end = s.window as i32 + regs.end() as i32;
                    self.regs.retain(|r, _| !(first..end).contains(r));
                }
            }
        }
        let end = s.window as i32 + end;
        self.regs.retain(|r, _| *r < end);
    }
}

/// The tagged word of a constant; of an untagged one the word itself.
pub(super) fn constant_word(bits: u64, rep: Rep) -> u64 {
    use runtime::value::Value;
    match rep {
        Rep::Int => Value::small_int(bits as i64).map_or(bits, Value::bits),
        Rep::Float => Value::float(f64::from_bits(bits)).bits(),
        Rep::Bool => Value::bool(bits != 0).bits(),
        _ => bits,
    }
}
