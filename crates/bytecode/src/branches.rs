//! Branches of the program, for `co_branches` and the BRANCH events: instructions that go one of
//! two ways. Left is on, right is where the jump leads.

use crate::{Code, Effects, Insn, Op, insns};

/// A branch, by words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The word that events name as their origin.
    pub from: u32,
    pub left: u32,
    pub right: u32,
}

impl Branch {
    /// The branch that an instruction is.
    pub fn of(code: &Code, insn: &Insn) -> Option<Branch> {
        let effects = insn.effects();
        let other = Effects::END | Effects::SUSPEND;
        if !effects.contains(Effects::JUMP) || effects.intersects(other) || insn.op == Op::Send {
            return None;
        }
        let target = u32::try_from(insn.jump_target()?).ok()?;
        let (left, right) = match (insn.op, far_jump(code, insn.next())) {
            // The item is stored by the second word: as in CPython the loop's line comes first.
            (Op::ForIter, _) => (insn.word + 1, target),
            // The opposite test jumps over a jump that leads far away.
            (_, Some((after, far))) if after == target => (target, far),
            _ => (insn.next(), target),
        };
        Some(Branch {
            from: insn.word,
            left,
            right,
        })
    }

    /// Which way leads to the word `to`, where control came from this branch.
    pub fn is_right(&self, code: &Code, insn: &Insn, to: u32) -> bool {
        let next = insn.next();
        match far_jump(code, next) {
            Some((after, far)) if after == self.left && far == self.right => to == next,
            _ => to != next,
        }
    }
}

/// A hidden jump at `word`: what follows it, and where it leads.
fn far_jump(code: &Code, word: u32) -> Option<(u32, u32)> {
    let insn = Insn::at(&code.instrs, word).ok()?;
    let hidden = insn.op == Op::Jump && insn.first.d() == 1;
    let target = insn.jump_target()?;
    hidden.then_some((insn.next(), u32::try_from(target).ok()?))
}

/// An `async for`: its awaiting gives an item or ends in the handler of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsyncLoop {
    pub branch: Branch,
    /// The EndAsyncFor.
    pub end: u32,
}

/// The `async for` loops of the code.
pub fn async_loops(code: &Code) -> Vec<AsyncLoop> {
    let all: Vec<Insn> = insns(&code.instrs).map_while(Result::ok).collect();
    let nexts = all.iter().enumerate().filter(|(_, i)| i.op == Op::GetANext);
    let found = nexts.filter_map(|(at, next)| {
        let send = all[at..].iter().find(|i| i.op == Op::Send)?;
        let handler = code.handler_at(next.word)?.handler;
        let mut rest = all.iter().skip_while(|i| i.word < handler);
        let end = rest.next().filter(|i| i.op == Op::EndAsyncFor)?;
        let branch = Branch {
            from: send.word,
            left: u32::try_from(send.jump_target()?).ok()?,
            right: end.next(),
        };
        Some(AsyncLoop {
            branch,
            end: end.word,
        })
    });
    found.collect()
}

/// All branches, in the order of the code.
pub fn branches(code: &Code) -> Vec<Branch> {
    let plain = insns(&code.instrs).map_while(Result::ok);
    let plain = plain.filter_map(|insn| Branch::of(code, &insn));
    let loops = async_loops(code).into_iter().map(|l| l.branch);
    let mut all: Vec<Branch> = plain.chain(loops).collect();
    all.sort_by_key(|b| b.from);
    all
}
