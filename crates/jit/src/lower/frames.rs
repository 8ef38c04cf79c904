//! Frame records and registers in memory at calls; `exits` is about where compiled code leaves.

use super::*;
use cranelift_codegen::ir::types::I16;
use runtime::frame::{Cont, Site, flag};

/// Who sees the frames next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Viewer {
    /// The interpreter, for the innermost frame's instruction.
    Step,
    /// A native function that the innermost frame calls.
    Native,
    /// Another compiled function that it calls: short records will do.
    Compiled,
}

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
    pub(super) fn materialise(&mut self, state: StateId, viewer: Viewer) {
        let g = self.g;
        let chain = g.chain(state);
        let mut short = false;
        for (i, id) in chain.iter().rev().enumerate() {
            let s = g.state(*id);
            let during = i + 1 == chain.len() && viewer != Viewer::Step;
            let live = during.then(|| s.code.liveness().live_during_call(s.word));
            for (r, n) in &s.regs {
                if live.is_none_or(|l| l.contains(*r as usize)) {
                    self.store_register(s.window as i32 + *r as i32, *n);
                }
            }
            // Where one record is short, those above it are.
            short |= viewer == Viewer::Compiled && !self.has_full_record(s, i);
            if short {
                self.store_short_record(*id, i);
            } else {
                self.store_record(s, i);
            }
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

    /// Stores a node in a register, counted from the root's R[0], unless it is there.
    fn store_register(&mut self, r: i32, n: Node) {
        if self.memory.regs.get(&r) == Some(&n) {
            return;
        }
        let v = self.boxed(n);
        self.fb.ins().store(mem(), v, self.regs, r * 8);
        self.memory.regs.insert(r, n);
    }

    /// The record that many above the root's is complete but for its pc. That of a running loop
    /// always is.
    fn has_full_record(&self, s: &State, depth: usize) -> bool {
        let record = self.memory.records.get(&depth);
        depth == 0 && !self.g.is_function || record == Some(&Record::of(s, true))
    }

    fn store_in_record(&mut self, depth: usize, field: usize, v: ir::Value) {
        let at = (self.record_offset(depth) + field) as i32;
        self.fb.ins().store(mem(), v, self.frame, at);
    }

    fn store_record(&mut self, s: &State, depth: usize) {
        // SAFETY: the word is inside the code.
        let pc = unsafe { s.code.instrs.add(s.word as usize) } as u64;
        let pc = self.iconst(pc);
        self.store_in_record(depth, offset_of!(Frame, pc), pc);
        if let Some(f) = s.function {
            self.store_register(s.window as i32 - 1, f);
        }
        if self.has_full_record(s, depth) {
            return;
        }
        self.memory.records.insert(depth, Record::of(s, true));
        self.store_window(s, depth);
        let code = self.iconst(s.code.value().bits());
        self.store_in_record(depth, offset_of!(Frame, code), code);
        self.store_cont(s, depth);
        let zero = self.iconst(0);
        self.store_in_record(depth, offset_of!(Frame, object), zero);
        let extra = match s.extra {
            Some(n) => self.boxed(n),
            None => zero,
        };
        self.store_in_record(depth, offset_of!(Frame, extra), extra);
    }

    /// See `Site`. The rest of a record stays as it is until another frame takes its place.
    fn store_short_record(&mut self, id: StateId, depth: usize) {
        let s = self.g.state(id);
        let site = self.site(id, depth);
        let site = self.iconst(site);
        self.store_in_record(depth, offset_of!(Frame, pc), site);
        if let Some(f) = s.function {
            self.store_register(s.window as i32 - 1, f);
        }
        let record = Record::of(s, false);
        if self.memory.records.get(&depth) == Some(&record) {
            return;
        }
        self.memory.records.insert(depth, record);
        if depth == 0 {
            self.store_window(s, depth);
        }
        self.store_cont(s, depth);
        if let Some(n) = s.extra {
            let extra = self.boxed(n);
            self.store_in_record(depth, offset_of!(Frame, extra), extra);
        }
    }

    fn store_window(&mut self, s: &State, depth: usize) {
        let window = match s.window {
            0 => self.regs,
            w => self.fb.ins().iadd_imm_s(self.regs, w as i64 * 8),
        };
        self.store_in_record(depth, offset_of!(Frame, regs), window);
    }

    /// `cont` and `flags` are neighbours.
    fn store_cont(&mut self, s: &State, depth: usize) {
        let special = self.cont(s) as i64;
        let special = self.fb.ins().iconst(I16, special);
        self.store_in_record(depth, offset_of!(Frame, cont), special);
    }

    /// The tagged word of a state's site.
    fn site(&mut self, id: StateId, depth: usize) -> u64 {
        let s = self.g.state(id);
        let site = self.sites.entry(id).or_insert_with(|| {
            Box::new(Site {
                // SAFETY: the word is inside the code.
                pc: unsafe { s.code.instrs.add(s.word as usize) },
                code: s.code,
                window: s.window,
                depth: depth as u32,
                has_extra: s.extra.is_some(),
            })
        });
        site.tagged()
    }

    /// After something that could see the frames: compiled code goes on only if nobody looks at
    /// the frame and nobody traces. `leave` fills the block that leaves.
    pub(super) fn check_unobserved(&mut self, state: StateId, leave: impl FnOnce(&mut Self)) {
        let depth = self.g.chain(state).len() - 1;
        // With its neighbours, so that load and test are one instruction.
        let offset = self.record_offset(depth) + offset_of!(Frame, cont);
        let flags = self.fb.ins().load(I64, mem(), self.frame, offset as i32);
        let watched = (self.watched(depth) as i64) << 8;
        let bad = self.fb.ins().band_imm_s(flags, watched);
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
    /// By depth of inlining.
    records: HashMap<usize, Record>,
    /// By register, from the root's R[0].
    pub regs: HashMap<i32, Node>,
    /// Which record `Vm::frame` points to, counted from the one at entry.
    pub top: Option<usize>,
}

/// What a frame record has besides the pc.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Record {
    code: u64,
    window: u32,
    /// The object under construction.
    extra: Option<Node>,
    /// Not only what a short one has.
    full: bool,
}

impl Record {
    fn of(s: &State, full: bool) -> Record {
        Record {
            code: s.code.value().bits(),
            window: s.window,
            extra: s.extra,
            full,
        }
    }
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
