//! Which registers are still needed at an instruction, derived from the opcode table.
//!
//! The collector scans exactly the live registers of a suspended frame. Named locals always
//! count as live; a temporary is live while some path reads it before writing it. Every
//! instruction inside a protected range can go to the handler (tracing and signals can raise
//! anywhere), with none of its outputs written.
//!
//! In verified code no temporary is live at entry, so what is live has been written on every
//! path: scanning it never meets a stale value.

use crate::operands::{Access, RegUse, insns};
use crate::{BitSet, Code, Effects, ExceptionEntry, Field, Insn, Instr, Op};
use std::collections::HashMap;

const NONE: u32 = u32::MAX;

/// The live registers at every instruction of a code object. Compute it once and keep it.
#[derive(Debug)]
pub struct Liveness {
    /// For each word where an instruction starts, an index of `sets`.
    before: Vec<u32>,
    /// The same for `live_during_call`, where it differs.
    during: HashMap<u32, u32>,
    sets: Vec<BitSet>,
    empty: BitSet,
}

impl Liveness {
    /// Of a code object. Code that was not verified gives some answer without panicking.
    pub fn new(code: &Code) -> Self {
        Self::from_parts(
            &code.instrs,
            &code.exceptions,
            code.nregs as u32,
            code.named_regs(),
        )
    }

    /// As `new`, from the parts that matter: `named` is `Code::named_regs`.
    pub fn from_parts(
        instrs: &[Instr],
        exceptions: &[ExceptionEntry],
        nregs: u32,
        named: u32,
    ) -> Self {
        let mut solver = Solver::new(instrs, exceptions, nregs);
        solver.solve();
        let mut always = BitSet::new(nregs as usize);
        (0..named as usize).for_each(|r| always.insert(r));
        let mut sets = SetPool::default();
        let mut before = vec![NONE; instrs.len()];
        let mut during = HashMap::new();
        solver.sweep(|insn, state| {
            let id = sets.id(&state.before, &always);
            before[insn.word as usize] = id;
            let in_call = sets.id(&state.during, &always);
            if in_call != id {
                during.insert(insn.word, in_call);
            }
        });
        Liveness {
            before,
            during,
            sets: sets.sets,
            empty: always,
        }
    }

    /// The registers live just before the instruction at `word` runs. For a word where none
    /// starts: the named locals.
    pub fn live_before(&self, word: u32) -> &BitSet {
        let id = self.before.get(word as usize).copied().unwrap_or(NONE);
        self.sets.get(id as usize).unwrap_or(&self.empty)
    }

    /// The registers live while the frame is suspended in the instruction at `word`, which has
    /// called Python code or yielded:
    /// - calls (`Effects::WINDOW`): what is live afterwards, without the result; the arguments
    ///   belong to the callee;
    /// - `Yield`, `YieldFrom`: the same, with the iterator that `YieldFrom` delegates to;
    /// - any other instruction: what is live before it, since it may need its operands again
    ///   (the reflected operator, the next item to unpack).
    pub fn live_during_call(&self, word: u32) -> &BitSet {
        match self.during.get(&word) {
            Some(&id) => &self.sets[id as usize],
            None => self.live_before(word),
        }
    }
}

/// Equal sets are stored once.
#[derive(Default)]
struct SetPool {
    sets: Vec<BitSet>,
    ids: HashMap<BitSet, u32>,
    last: u32,
    scratch: BitSet,
}

impl SetPool {
    fn id(&mut self, set: &BitSet, always: &BitSet) -> u32 {
        self.scratch.copy_from(set);
        self.scratch.union_with(always);
        if self.sets.get(self.last as usize) == Some(&self.scratch) {
            return self.last;
        }
        let next = self.sets.len() as u32;
        self.last = match self.ids.get(&self.scratch) {
            Some(&id) => id,
            None => {
                self.sets.push(self.scratch.clone());
                self.ids.insert(self.scratch.clone(), next);
                next
            }
        };
        self.last
    }
}

/// Live sets around one instruction.
pub(crate) struct State {
    pub before: BitSet,
    pub during: BitSet,
}

/// Backward dataflow: repeated sweeps over the instructions, keeping sets only where control
/// joins. A sweep more than the depth of loops is usually enough.
pub(crate) struct Solver {
    insns: Vec<Insn>,
    /// In step with `insns`.
    edges: Vec<Edges>,
    /// The registers used by all instructions, in order.
    uses: Vec<RegUse>,
    joins: Vec<BitSet>,
    nregs: usize,
}

/// What the dataflow needs of an instruction besides its effects. Joins are indices or NONE.
#[derive(Clone, Copy)]
struct Edges {
    /// Join of the jump target.
    jump: u32,
    /// Join of the handler.
    handler: u32,
    /// Register of the exception there.
    exc: u16,
    /// Join of this instruction itself.
    own: u32,
    /// Some instruction at or after this one goes back to it: a change of its join calls for
    /// another sweep.
    back: bool,
    /// Where its part of `uses` ends.
    uses_end: u32,
}

impl Solver {
    pub fn new(instrs: &[Instr], exceptions: &[ExceptionEntry], nregs: u32) -> Self {
        let insns: Vec<Insn> = insns(instrs).map_while(Result::ok).collect();
        let nregs = nregs as usize;
        let mut join_ids = vec![NONE; instrs.len()];
        let mut njoins = 0;
        let mut join = |word: i64| {
            let slot = usize::try_from(word).ok().and_then(|w| join_ids.get_mut(w));
            slot.map_or(NONE, |id| {
                if *id == NONE {
                    *id = njoins;
                    njoins += 1;
                }
                *id
            })
        };
        let handlers = innermost(exceptions, instrs.len());
        let mut uses = Vec::with_capacity(2 * insns.len());
        let mut back = BitSet::new(instrs.len());
        let mut edges: Vec<Edges> = insns
            .iter()
            .map(|insn| {
                let entry = exceptions.get(handlers[insn.word as usize] as usize);
                let jump = insn.jump_target();
                let targets = jump.into_iter().chain(entry.map(|e| e.handler as i64));
                targets
                    .filter(|&t| t >= 0 && t <= insn.word as i64)
                    .for_each(|t| back.insert(t as usize));
                uses.extend(insn.regs());
                Edges {
                    uses_end: uses.len() as u32,
                    back: false,
                    jump: jump.map_or(NONE, &mut join),
                    handler: entry.map_or(NONE, |e| join(e.handler as i64)),
                    exc: entry.map_or(0, |e| e.exc),
                    own: NONE,
                }
            })
            .collect();
        for (insn, edge) in insns.iter().zip(&mut edges) {
            edge.own = join_ids[insn.word as usize];
            edge.back = back.contains(insn.word as usize);
        }
        Solver {
            insns,
            edges,
            uses,
            joins: vec![BitSet::new(nregs); njoins as usize],
            nregs,
        }
    }

    /// Makes the sets at joins final. Code without loops needs no sweep for that.
    pub fn solve(&mut self) {
        if self.edges.iter().any(|e| e.back) {
            while self.sweep(|_, _| ()) {}
        }
    }

    /// Goes once from the last instruction to the first; says whether that changed a set that an
    /// instruction met earlier has used.
    pub fn sweep(&mut self, mut visit: impl FnMut(&Insn, &State)) -> bool {
        let mut changed = false;
        let mut state = State {
            before: BitSet::new(self.nregs),
            during: BitSet::new(self.nregs),
        };
        let mut scratch = BitSet::new(self.nregs);
        for (i, (insn, edge)) in self.insns.iter().zip(&self.edges).enumerate().rev() {
            let uses_start = i.checked_sub(1).map_or(0, |i| self.edges[i].uses_end);
            let uses = &self.uses[uses_start as usize..edge.uses_end as usize];
            let effects = insn.effects();
            if effects.contains(Effects::END) {
                state.during.clear();
            } else {
                // What is live before the next instruction is live after this one.
                state.during.copy_from(&state.before);
                kill(uses, &mut state.during, true);
            }
            if let Some(target) = self.joins.get(edge.jump as usize) {
                scratch.copy_from(target);
                kill(uses, &mut scratch, false);
                state.during.union_with(&scratch);
            }
            if let Some(handler) = self.joins.get(edge.handler as usize) {
                scratch.copy_from(handler);
                scratch.remove(edge.exc as usize);
                state.during.union_with(&scratch);
            }
            state.before.copy_from(&state.during);
            read(uses, &mut state.before);
            if insn.op == Op::YieldFrom {
                state.during.insert(insn.field(Field::C) as usize);
            } else if !effects.intersects(Effects::WINDOW | Effects::SUSPEND) {
                state.during.copy_from(&state.before);
            }
            if let Some(own) = self.joins.get_mut(edge.own as usize) {
                changed |= own.union_with(&state.before) && edge.back;
            }
            visit(insn, &state);
        }
        changed
    }
}

/// For each word, the index of the first exception entry that covers it, or NONE.
pub(crate) fn innermost(exceptions: &[ExceptionEntry], len: usize) -> Vec<u32> {
    let mut first = vec![NONE; len];
    // Later entries lose, so fill from the last one.
    for (i, e) in exceptions.iter().enumerate().rev() {
        let end = (e.end as usize).min(len);
        if let Some(range) = first.get_mut(e.start as usize..end) {
            range.fill(i as u32);
        }
    }
    first
}

fn kill(uses: &[RegUse], set: &mut BitSet, falls: bool) {
    for regs in uses {
        let written = match regs.access {
            Access::Read => false,
            Access::Write | Access::ReadWrite => true,
            Access::WriteFall => falls,
        };
        if written {
            set.remove_range(regs.first as usize, regs.end() as usize);
        }
    }
}

fn read(uses: &[RegUse], set: &mut BitSet) {
    for regs in uses {
        if matches!(regs.access, Access::Read | Access::ReadWrite) {
            set.insert_range(regs.first as usize, regs.end() as usize);
        }
    }
}
