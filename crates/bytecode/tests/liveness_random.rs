//! Liveness against a search over paths, on random code.

mod common;

use bytecode::operands::Access;
use bytecode::*;
use common::{Rng, function};
use std::collections::HashSet;

const REGS: u16 = 6;
const NAMED: usize = 1;

/// Random instructions with jumps and handlers that land on instructions.
fn program(rng: &mut Rng) -> Code {
    let ops = [
        Op::Move,
        Op::Add,
        Op::ForIter,
        Op::Jump,
        Op::JumpBack,
        Op::JumpIfTrue,
        Op::JumpLt,
        Op::Send,
        Op::Call,
        Op::BuildTuple,
        Op::UnpackSeq,
        Op::Raise,
        Op::Return,
        Op::PushExc,
        Op::MakeFunction,
        Op::Yield,
        Op::YieldFrom,
        Op::Nop,
    ];
    let chosen: Vec<Op> = (0..3 + rng.below(20))
        .map(|_| ops[rng.below(ops.len() as u64) as usize])
        .collect();
    let starts: Vec<u32> = chosen
        .iter()
        .scan(0, |word, op| {
            let start = *word;
            *word += op.words() as u32;
            Some(start)
        })
        .collect();
    let pick = |rng: &mut Rng| starts[rng.below(starts.len() as u64) as usize];
    let mut instrs = Vec::new();
    for (&op, &start) in chosen.iter().zip(&starts) {
        let reg = |rng: &mut Rng| rng.below(REGS as u64) as u16;
        let (a, b, mut c) = (reg(rng), reg(rng), reg(rng));
        let offset = pick(rng).wrapping_sub(start);
        let field = op.info().operands.iter().find(|o| o.2 == Role::Jump);
        let field = field.map(|o| o.0);
        if matches!(op, Op::Call | Op::BuildTuple | Op::UnpackSeq) {
            c %= 3;
        }
        let d = rng.below(3) as u8;
        instrs.push(match field {
            Some(Field::Bc) => Instr::wide(op, d, a, offset),
            Some(Field::C) => Instr::new(op, d, a, b, offset as u16),
            _ => Instr::new(op, d, a, b, c),
        });
        if op.words() == 2 {
            instrs.push(Instr::ext(offset, 0));
        }
    }
    let mut code = function(NAMED, REGS, instrs);
    for _ in 0..rng.below(3) {
        let (x, y) = (pick(rng), pick(rng));
        code.exceptions.push(ExceptionEntry {
            start: x.min(y),
            end: x.max(y),
            handler: pick(rng),
            exc: rng.below(REGS as u64) as u16,
        });
    }
    code
}

/// The instructions reached after `insn` without it, or its edge, writing `reg`.
fn successors(code: &Code, insn: &Insn, reg: u32) -> Vec<u32> {
    let covers = |access: &[Access]| {
        insn.regs()
            .any(|r| access.contains(&r.access) && (r.first..r.end()).contains(&reg))
    };
    let always = covers(&[Access::Write, Access::ReadWrite]);
    let mut next = Vec::new();
    let falls = !insn.effects().contains(Effects::END);
    if falls && !always && !covers(&[Access::WriteFall]) {
        next.push(insn.next());
    }
    if !always {
        next.extend(insn.jump_target().map(|t| t as u32));
    }
    if let Some(entry) = code.handler_at(insn.word)
        && entry.exc as u32 != reg
    {
        next.push(entry.handler);
    }
    next
}

/// Is there a path from `from` to a read of `reg` that does not write it first?
fn reads(code: &Code, from: Vec<u32>, reg: u32) -> bool {
    let mut pending = from;
    let mut seen = HashSet::new();
    while let Some(word) = pending.pop() {
        let Ok(insn) = Insn::at(&code.instrs, word) else {
            continue;
        };
        if !seen.insert(word) {
            continue;
        }
        let read = |r: operands::RegUse| {
            matches!(r.access, Access::Read | Access::ReadWrite)
                && (r.first..r.end()).contains(&reg)
        };
        if insn.regs().any(read) {
            return true;
        }
        pending.extend(successors(code, &insn, reg));
    }
    false
}

#[test]
fn agrees_with_a_search_over_paths() {
    let mut rng = Rng::new(11);
    let (mut live_count, mut dead_count) = (0, 0);
    for case in 0..3000 {
        let code = program(&mut rng);
        let live = Liveness::new(&code);
        for insn in insns(&code.instrs).map(Result::unwrap) {
            for reg in NAMED as u32..REGS as u32 {
                let expected = reads(&code, vec![insn.word], reg);
                let found = live.live_before(insn.word).contains(reg as usize);
                assert_eq!(found, expected, "case {case}, {insn:?}, r{reg}");
                live_count += expected as u32;
                dead_count += !expected as u32;
                if matches!(insn.op, Op::Call | Op::Yield) {
                    let after = reads(&code, successors(&code, &insn, reg), reg);
                    let during = live.live_during_call(insn.word).contains(reg as usize);
                    assert_eq!(during, after, "case {case}, during {insn:?}, r{reg}");
                }
            }
        }
    }
    assert!(
        live_count > 1000 && dead_count > 1000,
        "{live_count} {dead_count}"
    );
}
