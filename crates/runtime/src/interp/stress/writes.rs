//! The other half of the check: an instruction writes only the registers that the opcode table
//! says, and none of them when it raises. A register that is live after an instruction and not
//! declared as its output must be what it was before.

use crate::frame::{Frame, flag};
use bytecode::operands::Access;
use bytecode::{BitSet, Effects, Insn, Instr};

/// The instruction that is being watched.
#[derive(Default)]
pub struct Writes {
    watched: Option<Watched>,
}

struct Watched {
    frame: *mut Frame,
    /// Address of the code, and what the continuation keeps: another activation at the same place
    /// differs in one of them, or begins at word 0.
    code: usize,
    extra: u64,
    insn: Insn,
    /// Only compared, never used as values.
    regs: Vec<u64>,
}

/// How control came to the next instruction.
enum Edge {
    Falls,
    Jumps,
    Raises { exc: u16 },
}

impl Writes {
    /// Remembers the registers of the frame on top before it runs its next instruction.
    pub unsafe fn watch(&mut self, frame: *mut Frame) {
        // SAFETY: the caller's frame is live.
        let f = unsafe { &*frame };
        let insn = Insn::at(&f.code.data().instrs, f.code.word_of(f.pc));
        // What runs next in a suspended or observed frame is not only up to its code.
        let free = f.flags & flag::OBSERVED != 0;
        self.watched = insn
            .ok()
            .filter(|i| !free && !i.effects().contains(Effects::SUSPEND))
            .map(|insn| Watched {
                frame,
                code: f.code.instrs as usize,
                extra: f.extra,
                insn,
                // SAFETY: the window has nregs registers.
                regs: unsafe { std::slice::from_raw_parts(f.regs, f.code.nregs as usize) }.to_vec(),
            });
    }

    /// The frame on top is about to run the instruction at `pc`: was the watched one the one
    /// before, it must have kept to its declaration.
    pub unsafe fn check(&mut self, frame: *mut Frame, pc: *const Instr) {
        if self.watched.as_ref().is_none_or(|w| w.frame < frame) {
            return;
        }
        let Some(w) = self.watched.take().filter(|w| w.frame == frame) else {
            return;
        };
        // SAFETY: the caller's frame is live.
        let f = unsafe { &*frame };
        let word = f.code.word_of(pc);
        let same = w.code == f.code.instrs as usize && w.extra == f.extra && word != 0;
        if !same || f.flags & flag::OBSERVED != 0 {
            return;
        }
        let Some(edge) = w.edge(f, word) else { return };
        let written = w.written(&edge, f.code.nregs as usize);
        for r in f.code.liveness().live_before(word).iter() {
            // SAFETY: live registers are in the window.
            let now = unsafe { *f.regs.add(r) };
            if !written.contains(r) && w.regs.get(r).is_some_and(|old| *old != now) {
                fail(&w.insn, f, r, w.regs[r], now);
            }
        }
    }
}

impl Watched {
    /// None: the next instruction is not one that control can come to from here.
    fn edge(&self, f: &Frame, word: u32) -> Option<Edge> {
        let insn = &self.insn;
        if insn.jump_target() == Some(word as i64) {
            return Some(Edge::Jumps);
        }
        if word == insn.next() && !insn.effects().contains(Effects::END) {
            return Some(Edge::Falls);
        }
        let entry = f.code.data().handler_at(insn.word)?;
        (entry.handler == word).then_some(Edge::Raises { exc: entry.exc })
    }

    fn written(&self, edge: &Edge, nregs: usize) -> BitSet {
        let mut set = BitSet::new(nregs);
        if let Edge::Raises { exc } = edge {
            set.insert(*exc as usize);
            return set;
        }
        for regs in self.insn.regs() {
            let writes = match regs.access {
                Access::Read => false,
                Access::Write | Access::ReadWrite => true,
                Access::WriteFall => matches!(edge, Edge::Falls),
            };
            if writes {
                set.insert_range(regs.first as usize, regs.end() as usize);
            }
        }
        set
    }
}

/// A broken declaration: nothing that runs on can be trusted.
fn fail(insn: &Insn, f: &Frame, reg: usize, old: u64, now: u64) -> ! {
    let code = f.code.data();
    eprintln!(
        "frame stress: {} at word {} of {} ({}) changed R[{reg}] from {old:#x} to {now:#x}, which its declaration does not say",
        insn.op.info().name,
        insn.word,
        code.qualname,
        code.filename,
    );
    std::process::abort()
}
