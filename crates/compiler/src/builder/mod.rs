//! Builds one code object: instructions, labels, registers, constants, handlers.

mod assemble;
mod bits;
mod consts;
mod locate;

pub use bits::Bits;
use bytecode::opcodes::Effects;
use bytecode::{Const, Instr, Op, Position};
use consts::Pool;
use rustc_hash::FxHashMap;

/// A register number.
pub type Reg = u16;

/// A place in the code that jumps can name before it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(u32);

/// An exception handler: where to go and which register gets the exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlerId(u32);

struct LabelState {
    /// Index of the instruction it stands before, once placed.
    at: Option<u32>,
    /// Reached by something emitted.
    used: bool,
    /// Locals certainly bound on every way here so far; None: no way here yet.
    bound: Option<Bits>,
}

#[derive(Clone, Copy)]
struct Handler {
    label: Label,
    exc: Reg,
}

/// An instruction before jumps are resolved.
#[derive(Clone)]
struct Ins {
    op: Op,
    first: Instr,
    second: Option<Instr>,
    target: Option<Label>,
    handler: Option<HandlerId>,
    pos: Position,
    /// Found to be unnecessary.
    removed: bool,
}

/// The code being built.
pub struct Builder {
    ins: Vec<Ins>,
    labels: Vec<LabelState>,
    handlers: Vec<Handler>,
    handler: Option<HandlerId>,
    pool: Pool,
    names: Vec<String>,
    name_index: FxHashMap<String, u32>,
    ncaches: u32,
    /// Position given to emitted instructions.
    pub pos: Position,
    /// No way leads to the next instruction: nothing is emitted.
    pub dead: bool,
    /// Locals certainly bound here.
    pub bound: Bits,
    /// Locals that something unbinds: what is known of them ends where ways join in loops and
    /// handlers.
    pub unstable: Bits,
    nlocals: u32,
    top: u32,
    max: u32,
}

impl Builder {
    /// A builder for code with `nlocals` named registers.
    pub fn new(nlocals: usize) -> Self {
        Builder {
            ins: Vec::new(),
            labels: Vec::new(),
            handlers: Vec::new(),
            handler: None,
            pool: Pool::default(),
            names: Vec::new(),
            name_index: FxHashMap::default(),
            ncaches: 0,
            pos: Position::default(),
            dead: false,
            bound: Bits::new(nlocals),
            unstable: Bits::new(nlocals),
            nlocals: nlocals as u32,
            top: nlocals as u32,
            max: nlocals as u32,
        }
    }

    // ---- registers ----

    /// Takes the next temporary.
    pub fn alloc(&mut self) -> Reg {
        self.alloc_n(1)
    }

    /// Takes n consecutive temporaries. Too many: register numbers saturate and `overflowed`
    /// reports it at the end.
    pub fn alloc_n(&mut self, n: usize) -> Reg {
        let r = self.top;
        self.top = self.top.saturating_add(n as u32);
        self.max = self.max.max(self.top);
        r.min(u16::MAX as u32) as Reg
    }

    /// The first free temporary, to give back to `reset`.
    pub fn mark(&self) -> u32 {
        self.top
    }

    /// Frees the temporaries from `mark` on.
    pub fn reset(&mut self, mark: u32) {
        debug_assert!(mark <= self.top);
        self.top = mark;
    }

    /// The temporary taken last is `r`.
    pub fn is_top(&self, r: Reg) -> bool {
        r as u32 >= self.nlocals && r as u32 + 1 == self.top
    }

    pub fn is_temp(&self, r: Reg) -> bool {
        r as u32 >= self.nlocals
    }

    /// More registers than an operand can name were needed.
    pub fn overflowed(&self) -> bool {
        self.max > 65_000 || self.pool.len() > u32::MAX as usize / 2
    }

    // ---- constants and names ----

    pub fn konst(&mut self, c: Const) -> u32 {
        self.pool.index(c)
    }

    /// An index for a constant that `set_const` gives later.
    pub fn reserve_const(&mut self) -> u32 {
        self.pool.reserve()
    }

    pub fn set_const(&mut self, index: u32, c: Const) {
        self.pool.set(index, c);
    }

    pub fn name(&mut self, n: &str) -> u32 {
        if let Some(i) = self.name_index.get(n) {
            return *i;
        }
        let i = self.names.len() as u32;
        self.names.push(n.to_string());
        self.name_index.insert(n.to_string(), i);
        i
    }

    fn cache(&mut self) -> u32 {
        if self.dead {
            return 0;
        }
        self.ncaches += 1;
        self.ncaches - 1
    }

    // ---- labels ----

    pub fn label(&mut self) -> Label {
        self.labels.push(LabelState {
            at: None,
            used: false,
            bound: None,
        });
        Label(self.labels.len() as u32 - 1)
    }

    /// A label that was put somewhere: jumps to it go back.
    pub fn is_placed(&self, l: Label) -> bool {
        self.labels[l.0 as usize].at.is_some()
    }

    fn note_jump(&mut self, l: Label) {
        if self.dead {
            return;
        }
        let state = &mut self.labels[l.0 as usize];
        state.used = true;
        if state.at.is_none() {
            match &mut state.bound {
                Some(b) => b.intersect(&self.bound),
                None => state.bound = Some(self.bound.clone()),
            }
        }
    }

    /// Puts a label here; ways that jump to it join the one that falls through.
    pub fn place(&mut self, l: Label) {
        let at = self.ins.len() as u32;
        let state = &mut self.labels[l.0 as usize];
        state.at = Some(at);
        if let Some(b) = state.bound.take() {
            if self.dead {
                self.bound = b;
                self.dead = false;
            } else {
                self.bound.intersect(&b);
            }
        }
    }

    /// Puts the label of a loop here: later jumps come back to it.
    pub fn place_loop(&mut self, l: Label) {
        self.place(l);
        self.bound.subtract(&self.unstable);
    }

    // ---- handlers ----

    /// Declares a handler whose exception goes to `exc`; what is bound now is bound there, but
    /// for what may be unbound in between.
    pub fn new_handler(&mut self, exc: Reg) -> (HandlerId, Label) {
        let label = self.label();
        let mut bound = self.bound.clone();
        bound.subtract(&self.unstable);
        if !self.dead {
            self.labels[label.0 as usize].bound = Some(bound);
        }
        self.handlers.push(Handler { label, exc });
        (HandlerId(self.handlers.len() as u32 - 1), label)
    }

    /// Sets the handler of the instructions from here on; returns the former one.
    pub fn set_handler(&mut self, h: Option<HandlerId>) -> Option<HandlerId> {
        std::mem::replace(&mut self.handler, h)
    }

    // ---- instructions ----

    fn push(&mut self, op: Op, first: Instr, second: Option<Instr>, target: Option<Label>) {
        if self.dead {
            return;
        }
        debug_assert_eq!(op.words() == 2, second.is_some(), "{op:?}");
        if let Some(l) = target {
            self.note_jump(l);
        }
        self.ins.push(Ins {
            op,
            first,
            second,
            target,
            handler: self.handler,
            pos: self.pos,
            removed: false,
        });
        if op.info().effects.contains(Effects::END) {
            self.dead = true;
        }
    }

    /// How many instructions there are.
    pub fn len(&self) -> usize {
        self.ins.len()
    }

    /// Emits instructions that the program does not write: their position is that of where control
    /// comes from.
    pub fn unwritten(&mut self, emit: impl FnOnce(&mut Self)) {
        let pos = std::mem::take(&mut self.pos);
        emit(self);
        self.pos = pos;
    }

    /// Nothing is to be done at the current position, but tracing shows its line.
    pub fn show_line(&mut self) {
        if self.ins.last().is_some_and(|i| i.pos.line != self.pos.line) {
            self.op(Op::Nop, 0, 0, 0, 0);
        }
    }

    /// Emits a one-word instruction.
    pub fn op(&mut self, op: Op, d: u8, a: Reg, b: Reg, c: u16) {
        self.push(op, Instr::new(op, d, a, b, c), None, None);
    }

    /// Emits a one-word instruction with a 32-bit operand.
    pub fn op_bc(&mut self, op: Op, d: u8, a: Reg, bc: u32) {
        self.push(op, Instr::wide(op, d, a, bc), None, None);
    }

    /// Emits a two-word instruction whose y is a new cache.
    pub fn op_cached(&mut self, op: Op, d: u8, a: Reg, b: Reg, c: u16, x: u32) {
        let y = self.cache();
        self.op2(op, d, a, b, c, x, y);
    }

    /// Emits a two-word instruction.
    pub fn op2(&mut self, op: Op, d: u8, a: Reg, b: Reg, c: u16, x: u32, y: u32) {
        let second = Some(Instr::ext(x, y));
        self.push(op, Instr::new(op, d, a, b, c), second, None);
    }

    /// Emits a jump whose offset is in bc (`Jump`, `JumpIfTrue`...), c (fused compare) or x.
    pub fn jump(&mut self, op: Op, d: u8, a: Reg, b: Reg, target: Label) {
        let second = match op {
            Op::ForIter => {
                let y = self.cache();
                Some(Instr::ext(0, y))
            }
            Op::Send | Op::YieldFrom => Some(Instr::ext(0, 0)),
            _ => None,
        };
        self.push(op, Instr::new(op, d, a, b, 0), second, Some(target));
    }

    /// Emits `YieldFrom`, the only jump that has three register operands.
    pub fn yield_from(&mut self, dst: Reg, src: Reg, iter: Reg, target: Label) {
        let op = Op::YieldFrom;
        let second = Some(Instr::ext(0, 0));
        self.push(op, Instr::new(op, 0, dst, src, iter), second, Some(target));
    }

    /// A jump of the program's own, at the current position.
    pub fn goto(&mut self, target: Label) {
        self.jump(Op::Jump, 0, 0, 0, target);
    }

    /// A jump over code that CPython lays out elsewhere, so that it has none: no event shows it.
    pub fn pass_over(&mut self, target: Label) {
        self.unwritten(|b| b.jump(Op::Jump, 1, 0, 0, target));
    }

    /// A jump that the program does not write.
    pub fn skip_to(&mut self, target: Label) {
        self.unwritten(|b| b.goto(target));
    }

    pub fn mov(&mut self, dst: Reg, src: Reg) {
        if dst != src {
            self.op(Op::Move, 0, dst, src, 0);
        }
    }

    pub fn load_none(&mut self, dst: Reg) {
        self.op(Op::LoadSpecial, 0, dst, 0, 0);
    }

    /// Makes a register unbound.
    pub fn clear(&mut self, dst: Reg) {
        self.op(Op::LoadSpecial, 4, dst, 0, 0);
    }

    /// Makes the variable of a comprehension unbound, behind which it does not exist.
    pub fn end_variable(&mut self, dst: Reg) {
        self.op(Op::LoadSpecial, 5, dst, 0, 0);
    }

    /// Loads a constant in its shortest form.
    pub fn load_const(&mut self, dst: Reg, c: &Const) {
        match c {
            Const::None => self.load_none(dst),
            Const::Bool(b) => self.op(Op::LoadSpecial, 1 + *b as u8, dst, 0, 0),
            Const::Ellipsis => self.op(Op::LoadSpecial, 3, dst, 0, 0),
            Const::Int(i) if i32::try_from(*i).is_ok() => {
                self.op_bc(Op::LoadInt, 0, dst, *i as i32 as u32)
            }
            _ => {
                let k = self.konst(c.clone());
                self.op_bc(Op::LoadConst, 0, dst, k);
            }
        }
    }

    pub fn load_str(&mut self, dst: Reg, s: &str) {
        self.load_const(dst, &Const::Str(s.to_string()));
    }
}
