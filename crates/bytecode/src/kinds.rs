//! Forward dataflow of the verifier: which registers certainly hold a cell, a closure, or a list,
//! set or dict that the code itself built. Thanks to it the interpreter need not check the
//! operands of `LoadCell`, `ListAppend`, `MapSet` and the like.

use crate::liveness::innermost;
use crate::operands::{Access, insns};
use crate::{Code, Const, Effects, Insn, Op};

/// What a register holds on every path that comes here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Other,
    Cell,
    /// A tuple of this many cells.
    Closure(u16),
    List,
    Set,
    Dict,
}

/// The first instruction with an operand of the wrong kind, and that register. The code's layout,
/// operands and exception table have been checked.
pub(crate) fn misused_register(code: &Code) -> Option<(u32, u32)> {
    let insns: Vec<Insn> = insns(&code.instrs).map_while(Result::ok).collect();
    if !insns.iter().any(|insn| needed(code, insn).is_some()) {
        return None;
    }
    let mut flow = Flow::new(code, &insns);
    while flow.sweep(code, &insns, |_, _| ()) {}
    let mut found = None;
    flow.sweep(code, &insns, |insn, state| {
        if found.is_none()
            && let Some((reg, kind)) = needed(code, insn)
            && state.get(reg as usize) != Some(&kind)
        {
            found = Some((insn.word, reg));
        }
    });
    found
}

/// The operand of an instruction that must be of a certain kind.
fn needed(code: &Code, insn: &Insn) -> Option<(u32, Kind)> {
    let (a, b, c) = (insn.first.a(), insn.first.b(), insn.first.c());
    let (reg, kind) = match insn.op {
        Op::LoadCell => (b, Kind::Cell),
        Op::StoreCell | Op::DeleteCell => (a, Kind::Cell),
        Op::ListAppend | Op::ListExtend => (a, Kind::List),
        Op::ListToTuple => (b, Kind::List),
        Op::ExcGroupEnd => (c, Kind::List),
        Op::SetAdd | Op::SetUpdate => (a, Kind::Set),
        Op::MapSet | Op::MapUpdate | Op::MapMerge => (a, Kind::Dict),
        Op::MakeFunction if insn.first.d() & 8 != 0 => {
            let Some(Const::Code(inner)) = code.consts.get(insn.second.x() as usize) else {
                return None;
            };
            // The closure is the last of the registers that d announces.
            let last = b as u32 + insn.first.d().count_ones() - 1;
            let cells = u16::try_from(inner.free_names.len()).unwrap_or(u16::MAX);
            return Some((last, Kind::Closure(cells)));
        }
        _ => return None,
    };
    Some((reg as u32, kind))
}

const NONE: u32 = u32::MAX;

/// States where control joins; None where it has not come yet.
struct Flow {
    /// For each word, its index in `joins` or NONE.
    ids: Vec<u32>,
    joins: Vec<Option<Vec<Kind>>>,
    /// For each word, the index of the exception entry that applies.
    handlers: Vec<u32>,
}

impl Flow {
    fn new(code: &Code, insns: &[Insn]) -> Self {
        let mut ids = vec![NONE; code.instrs.len()];
        let mut count = 0;
        let jumps = insns.iter().filter_map(Insn::jump_target);
        let handlers = code.exceptions.iter().map(|e| e.handler as i64);
        for target in jumps.chain(handlers) {
            let slot = usize::try_from(target).ok().and_then(|t| ids.get_mut(t));
            if let Some(id) = slot.filter(|id| **id == NONE) {
                *id = count;
                count += 1;
            }
        }
        Flow {
            ids,
            joins: vec![None; count as usize],
            handlers: innermost(&code.exceptions, code.instrs.len()),
        }
    }

    /// Goes once through the code; says whether a state changed that was used before.
    fn sweep(
        &mut self,
        code: &Code,
        insns: &[Insn],
        mut visit: impl FnMut(&Insn, &[Kind]),
    ) -> bool {
        let mut again = false;
        let mut state = Some(vec![Kind::Other; code.nregs as usize]);
        for insn in insns {
            if let Some(&id) = self.ids.get(insn.word as usize).filter(|id| **id != NONE) {
                if let Some(before) = &state {
                    merge(&mut self.joins[id as usize], before);
                }
                state = self.joins[id as usize].clone();
            }
            let Some(now) = &mut state else { continue };
            visit(insn, now);
            let handler = self.handlers[insn.word as usize];
            if let Some(entry) = code.exceptions.get(handler as usize) {
                let mut raised = now.clone();
                forget_outputs(insn, &mut raised);
                raised[entry.exc as usize] = Kind::Other;
                again |= self.flow_to(entry.handler as i64, insn.word, &raised);
            }
            transfer(insn, now);
            if let Some(target) = insn.jump_target() {
                again |= self.flow_to(target, insn.word, now);
            }
            if insn.effects().contains(Effects::END) {
                state = None;
            }
        }
        again
    }

    /// Merges a state into a target; true when a target at or before `word` changed.
    fn flow_to(&mut self, target: i64, word: u32, state: &[Kind]) -> bool {
        let id = self.ids[target as usize] as usize;
        merge(&mut self.joins[id], state) && target <= word as i64
    }
}

/// Keeps what both agree on; says whether `into` changed.
fn merge(into: &mut Option<Vec<Kind>>, from: &[Kind]) -> bool {
    let Some(into) = into else {
        *into = Some(from.to_vec());
        return true;
    };
    let mut changed = false;
    for (old, new) in into.iter_mut().zip(from) {
        if *old != *new && *old != Kind::Other {
            *old = Kind::Other;
            changed = true;
        }
    }
    changed
}

/// Everything the instruction may have written, and what a call clobbers, is unknown.
fn forget_outputs(insn: &Insn, state: &mut [Kind]) {
    for regs in insn.regs().filter(|r| r.access != Access::Read) {
        state[regs.first as usize..regs.end() as usize].fill(Kind::Other);
    }
    if let Some(base) = insn.call_base() {
        state[base as usize..].fill(Kind::Other);
    }
}

/// The state after the instruction.
fn transfer(insn: &Insn, state: &mut [Kind]) {
    let (dst, src) = (insn.first.a() as usize, insn.first.b() as usize);
    let kind = match insn.op {
        Op::MakeCell | Op::LoadFreeCell => Kind::Cell,
        Op::Move => state[src],
        Op::BuildList => Kind::List,
        Op::BuildSet => Kind::Set,
        Op::BuildMap => Kind::Dict,
        Op::BuildTuple => {
            let count = insn.first.c();
            let items = state.get(src..src + count as usize).unwrap_or(&[]);
            match items.iter().all(|k| *k == Kind::Cell) {
                true => Kind::Closure(count),
                false => Kind::Other,
            }
        }
        _ => return forget_outputs(insn, state),
    };
    state[dst] = kind;
}
