//! Where an assignment to `f_lineno` may go: the temporaries that the target needs must be there,
//! and be of the same kind. CPython simulates its value stack for the same purpose.

use bytecode::operands::{Access, insns};
use bytecode::{BitSet, Code, Effects, Insn, Liveness, Op};

/// What a temporary is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temp {
    /// Nothing is known, or nothing leads here.
    Unknown,
    /// Made by the instruction at this word: what instructions rely on (that it is a str, a list
    /// being built, a bound value at all) holds for another of the same origin only.
    Made(u32),
    /// One thing or another, depending on the way here.
    Mixed,
    /// The two halves of an exit method.
    ExitFunction,
    ExitObject,
    /// The iterator of a loop.
    Iterator,
    /// An exception in its handler.
    Exception,
    /// The exception handled outside of a handler.
    Handled,
}

/// The kinds of all registers before each instruction.
pub struct Temps {
    before: Vec<Option<Vec<Temp>>>,
}

impl Temps {
    pub fn new(code: &Code) -> Self {
        let insns: Vec<Insn> = insns(&code.instrs).map_while(Result::ok).collect();
        let mut t = Temps {
            before: vec![None; code.instrs.len() + 1],
        };
        t.before[0] = Some(vec![Temp::Unknown; code.nregs as usize]);
        // Jumps back add nothing but what came before the loop, except in handlers placed
        // behind: two rounds reach everything.
        for _ in 0..2 {
            insns.iter().for_each(|insn| t.step(code, insn));
        }
        t
    }

    fn step(&mut self, code: &Code, insn: &Insn) {
        let Some(now) = self.before[insn.word as usize].clone() else {
            return;
        };
        if let Some(e) = code.handler_at(insn.word) {
            let mut raised = now.clone();
            raised[e.exc as usize] = Temp::Exception;
            self.merge(i64::from(e.handler), &raised);
        }
        let mut after = now;
        let kind = match insn.op {
            Op::GetIter | Op::GetAIter | Op::GetYieldFromIter | Op::GetAwaitable => Temp::Iterator,
            Op::PushExc => Temp::Handled,
            Op::Move => after[insn.first.b() as usize],
            _ => Temp::Made(insn.word),
        };
        for regs in insn.regs().filter(|r| r.access != Access::Read) {
            after[regs.first as usize..regs.end() as usize].fill(kind);
        }
        if insn.op == Op::LoadSpecialMethod {
            after[insn.first.a() as usize] = Temp::ExitFunction;
            after[insn.first.a() as usize + 1] = Temp::ExitObject;
        }
        if let Some(target) = insn.jump_target() {
            self.merge(target, &after);
        }
        if !insn.effects().contains(Effects::END) {
            self.merge(i64::from(insn.next()), &after);
        }
    }

    fn merge(&mut self, word: i64, from: &[Temp]) {
        let Some(slot) = usize::try_from(word)
            .ok()
            .and_then(|w| self.before.get_mut(w))
        else {
            return;
        };
        match slot {
            None => *slot = Some(from.to_vec()),
            Some(into) => {
                for (old, new) in into.iter_mut().zip(from) {
                    if *old != *new && *new != Temp::Unknown {
                        *old = if *old == Temp::Unknown {
                            *new
                        } else {
                            Temp::Mixed
                        };
                    }
                }
            }
        }
    }

    /// The kind of a register before the instruction at `word`.
    pub fn kind(&self, word: u32, reg: usize) -> Temp {
        let at = self.before.get(word as usize).and_then(Option::as_ref);
        at.and_then(|regs| regs.get(reg))
            .copied()
            .unwrap_or(Temp::Unknown)
    }

    fn reached(&self, word: u32) -> bool {
        self.before.get(word as usize).is_some_and(Option::is_some)
    }
}

/// The words where a range of the line table begins with `line`, and the first such line that is
/// not before the wanted one.
pub fn targets(code: &Code, wanted: u32) -> Option<(u32, Vec<u32>)> {
    let ranges = bytecode::lines::co_lines(code);
    let lines = ranges.iter().filter_map(|r| r.line);
    let line = lines.filter(|l| *l >= wanted).min()?;
    let words = ranges.iter().filter(|r| r.line == Some(line));
    Some((line, words.map(|r| r.start).collect()))
}

/// Chooses the word to go on at, or says why there is none.
pub fn choose(code: &Code, live: &Liveness, from: u32, words: &[u32]) -> Result<u32, &'static str> {
    let temps = Temps::new(code);
    let here = temporaries(code, live, from);
    let mut best: Option<(usize, u32)> = None;
    let mut why = "cannot find bytecode for specified line";
    for &word in words {
        let there = temporaries(code, live, word);
        match mismatch(&temps, &here, from, &there, word) {
            None => {
                if best.is_none_or(|(n, _)| there.len() > n) {
                    best = Some((there.len(), word));
                }
            }
            Some(text) => why = text,
        }
    }
    best.map(|(_, word)| word).ok_or(why)
}

/// The live temporaries before the instruction at `word`.
pub fn temporaries(code: &Code, live: &Liveness, word: u32) -> Vec<usize> {
    let named = code.named_regs() as usize;
    let set: &BitSet = live.live_before(word);
    set.iter().filter(|r| *r >= named).collect()
}

fn mismatch(
    temps: &Temps,
    here: &[usize],
    from: u32,
    there: &[usize],
    word: u32,
) -> Option<&'static str> {
    if !temps.reached(word) {
        return Some("can't jump into an exception handler, or code may be unreachable");
    }
    let bad = |r: &&usize| {
        let (old, new) = (temps.kind(from, **r), temps.kind(word, **r));
        !here.contains(*r) || old != new || matches!(new, Temp::Mixed | Temp::Unknown)
    };
    let reg = there.iter().rev().find(bad)?;
    Some(match temps.kind(word, *reg) {
        Temp::Iterator => "can't jump into the body of a for loop",
        Temp::Exception | Temp::Handled => {
            "can't jump into an 'except' block as there's no exception"
        }
        _ => "incompatible stacks",
    })
}
