//! Frame records and registers in memory: at exits (by table) and at calls (in line).

use super::*;
use crate::deopt::{FrameDesc, Loc};
use cranelift_codegen::ir::types::{I8, I16};
use runtime::frame::{Cont, flag};
use runtime::interp::TABLE;

impl Lower<'_> {
    /// The code of an exit: the live values go to the buffer, the rest is in the table.
    pub(super) fn fill_exit(
        &mut self,
        state: StateId,
        expected: bool,
        what: &'static str,
    ) -> Result<(), Refusal> {
        let g = self.g;
        let mut slots: HashMap<Node, Loc> = HashMap::new();
        let mut nodes = Vec::new();
        g.state_nodes(state, |n| nodes.push(n));
        let buffer = self.load_vm(offset_of!(Vm, deopt_buffer));
        let mut used = 0u32;
        for n in nodes {
            if slots.contains_key(&n) {
                continue;
            }
            let loc = match (g.constant(n), g.rep(n)) {
                (Some(bits), rep) => Loc::Const(constant_word(bits, rep)),
                (None, rep) => {
                    let v = self.value(n);
                    self.fb.ins().store(mem(), v, buffer, used as i32 * 8);
                    used += 1;
                    let i = used - 1;
                    match rep {
                        Rep::Int => Loc::Int(i),
                        Rep::Float => Loc::Float(i),
                        Rep::Bool => Loc::Bool(i),
                        _ => Loc::Value(i),
                    }
                }
            };
            slots.insert(n, loc);
        }
        if used as usize > runtime::vm::DEOPT_WORDS {
            return Err(Refusal::TooManyValues);
        }
        let chain = g.chain(state);
        let frames = chain
            .iter()
            .rev()
            .map(|id| {
                let s = g.state(*id);
                FrameDesc {
                    code: s.code,
                    word: s.word,
                    window: s.window,
                    function: s.function.map(|n| slots[&n]),
                    regs: s.regs.iter().map(|(r, n)| (*r, slots[n])).collect(),
                    cont: self.cont(s),
                    extra: s.init.map(|n| slots[&n]),
                }
            })
            .collect();
        let fields = g.state(state).fields.iter();
        let fields = fields
            .map(|(b, o, n)| {
                let raw = match (g.constant(*n), slots[n]) {
                    (Some(bits), _) => Loc::Const(bits),
                    (None, loc) => loc,
                };
                (slots[b], *o, raw)
            })
            .collect();
        let index = self.exits.len() as u64;
        self.exits.push(Exit {
            frames,
            fields,
            expected,
            what,
            count: Default::default(),
        });
        let (unit, index) = (self.iconst(self.unit as u64), self.iconst(index));
        let (vm, regs) = (self.vm, self.regs);
        let r = self.call_helper(
            crate::deopt::deopt as *const () as u64,
            &[vm, unit, index, regs],
        );
        self.fb.ins().return_(&[r]);
        Ok(())
    }

    /// What becomes of the result of a frame's code.
    fn cont(&self, s: &State) -> Cont {
        if s.parent.is_none() {
            Cont::Exit
        } else if s.init.is_some() {
            Cont::Init
        } else {
            Cont::Store
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
        let top = self.record(chain.len() - 1);
        self.fb
            .ins()
            .store(mem(), top, self.vm, offset_of!(Vm, frame) as i32);
    }

    /// The frame record at a depth of inlining.
    fn record(&mut self, depth: usize) -> ir::Value {
        let n = depth + usize::from(self.g.is_function);
        if n == 0 {
            return self.frame;
        }
        self.fb
            .ins()
            .iadd_imm_s(self.frame, (n * size_of::<Frame>()) as i64)
    }

    fn store_registers(&mut self, s: &State, during: bool) {
        let live = during.then(|| s.code.liveness().live_during_call(s.word));
        for (r, n) in &s.regs {
            if live.is_some_and(|l| !l.contains(*r as usize)) {
                continue;
            }
            let v = self.boxed(*n);
            let offset = (s.window as i32 + *r as i32) * 8;
            self.fb.ins().store(mem(), v, self.regs, offset);
        }
        if let Some(f) = s.function {
            let v = self.boxed(f);
            let offset = (s.window as i32 - 1) * 8;
            self.fb.ins().store(mem(), v, self.regs, offset);
        }
    }

    fn store_record(&mut self, s: &State, depth: usize) {
        let record = self.record(depth);
        // SAFETY: the word is inside the code.
        let pc = unsafe { s.code.instrs.add(s.word as usize) };
        let pc = self.iconst(pc as u64);
        let store = |l: &mut Self, v, offset: usize| {
            l.fb.ins().store(mem(), v, record, offset as i32);
        };
        store(self, pc, offset_of!(Frame, pc));
        if depth == 0 && !self.g.is_function {
            return;
        }
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
        let extra = match s.init {
            Some(n) => self.boxed(n),
            None => zero,
        };
        store(self, extra, offset_of!(Frame, extra));
    }

    /// After something that could see the frames: compiled code goes on only if nobody looks at
    /// the frame and nobody traces. `leave` fills the block that leaves.
    pub(super) fn check_unobserved(&mut self, state: StateId, leave: impl FnOnce(&mut Self)) {
        let depth = self.g.chain(state).len() - 1;
        let record = self.record(depth);
        let flags = self
            .fb
            .ins()
            .load(I8, mem(), record, offset_of!(Frame, flags) as i32);
        let observed = self.fb.ins().band_imm_s(flags, flag::OBSERVED as i64);
        let table = self.load_vm(offset_of!(Vm, table));
        let plain = self.iconst(TABLE.as_ptr() as u64);
        let traced = self.fb.ins().icmp(IntCC::NotEqual, table, plain);
        let bad = self.fb.ins().bor(observed, traced);
        let (slow, go) = (self.fb.create_block(), self.fb.create_block());
        self.fb.set_cold_block(slow);
        self.fb.ins().brif(bad, slow, &[], go, &[]);
        self.fb.switch_to_block(slow);
        leave(self);
        self.fb.switch_to_block(go);
        self.fb
            .ins()
            .store(mem(), self.frame, self.vm, offset_of!(Vm, frame) as i32);
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
