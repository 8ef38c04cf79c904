//! Liveness on hand-made code.

mod common;

use bytecode::*;
use common::*;

fn before(live: &Liveness, word: u32) -> Vec<usize> {
    live.live_before(word).iter().collect()
}

fn during(live: &Liveness, word: u32) -> Vec<usize> {
    live.live_during_call(word).iter().collect()
}

#[test]
fn straight_line() {
    let code = function(
        1,
        4,
        vec![
            wide(Op::LoadInt, 1, 1),
            wide(Op::LoadInt, 2, 2),
            op(Op::Add, 0, 3, 1, 2),
            Instr::ext(0, 0),
            ret(3),
        ],
    );
    let live = Liveness::new(&code);
    assert_eq!(before(&live, 0), [0]);
    assert_eq!(before(&live, 1), [0, 1]);
    assert_eq!(before(&live, 2), [0, 1, 2]);
    assert_eq!(during(&live, 2), [0, 1, 2]);
    assert_eq!(before(&live, 4), [0, 3]);
    assert_eq!(before(&live, 3), [0], "no instruction starts there");
    assert_eq!(before(&live, 99), [0]);
}

#[test]
fn iterator_lives_through_the_loop_and_target_survives_exhaustion() {
    // r1 = default, r2 = iter; for r1 in r2: pass; return r1
    let code = function(
        1,
        3,
        vec![
            wide(Op::LoadInt, 1, 7),
            op(Op::GetIter, 0, 2, 0, 0),
            op(Op::ForIter, 0, 1, 2, 0),
            Instr::ext(3, 0),
            wide(Op::JumpBack, 0, -2),
            ret(1),
        ],
    );
    let live = Liveness::new(&code);
    assert_eq!(before(&live, 1), [0, 1]);
    // When exhausted r1 is unchanged, so its old value is needed before ForIter.
    assert_eq!(before(&live, 2), [0, 1, 2]);
    assert_eq!(before(&live, 4), [0, 1, 2]);
    assert_eq!(before(&live, 5), [0, 1]);
}

#[test]
fn for_target_is_dead_when_not_used_after() {
    // for r1 in r2: print-like use of r1; return r0
    let code = function(
        1,
        3,
        vec![
            op(Op::GetIter, 0, 2, 0, 0),
            op(Op::ForIter, 0, 1, 2, 0),
            Instr::ext(4, 0),
            op(Op::ToBool, 0, 1, 1, 0),
            wide(Op::JumpBack, 0, -3),
            ret(0),
        ],
    );
    let live = Liveness::new(&code);
    assert_eq!(before(&live, 1), [0, 2]);
    assert_eq!(before(&live, 3), [0, 1, 2]);
    assert_eq!(before(&live, 4), [0, 2]);
}

#[test]
fn calls_give_their_arguments_away() {
    // r1 kept; r4 = r2(r3); return r1 + r4
    let code = function(
        1,
        5,
        vec![
            wide(Op::LoadInt, 1, 1),
            op(Op::Move, 0, 2, 0, 0),
            wide(Op::LoadInt, 3, 1),
            op(Op::Call, 0, 4, 2, 1),
            Instr::ext(0, 0),
            op(Op::Add, 0, 1, 1, 4),
            Instr::ext(0, 1),
            ret(1),
        ],
    );
    let live = Liveness::new(&code);
    assert_eq!(before(&live, 3), [0, 1, 2, 3]);
    assert_eq!(during(&live, 3), [0, 1], "neither arguments nor result");
    assert_eq!(
        during(&live, 5),
        [0, 1, 4],
        "operands stay for the reflected operator"
    );
}

#[test]
fn handlers_keep_what_they_read() {
    // r1 is read by the handler only, r2 holds the exception there.
    let mut code = function(
        1,
        4,
        vec![
            wide(Op::LoadInt, 1, 1),
            op(Op::Nop, 0, 0, 0, 0),
            op(Op::Neg, 0, 3, 0, 0),
            ret(3),
            op(Op::ExcMatch, 0, 3, 2, 1),
            ret(3),
        ],
    );
    assert_eq!(before(&Liveness::new(&code), 1), [0]);
    code.exceptions.push(ExceptionEntry {
        start: 1,
        end: 3,
        handler: 4,
        exc: 2,
    });
    let live = Liveness::new(&code);
    assert_eq!(before(&live, 0), [0]);
    assert_eq!(before(&live, 1), [0, 1]);
    assert_eq!(
        during(&live, 2),
        [0, 1],
        "the exception is not live before it exists"
    );
    assert_eq!(before(&live, 3), [0, 3]);
    assert_eq!(before(&live, 4), [0, 1, 2]);
    // The innermost entry wins: with one in front that covers word 2, r1 is dead there.
    code.instrs.push(op(Op::Reraise, 0, 2, 0, 0));
    let inner = ExceptionEntry {
        start: 2,
        end: 3,
        handler: 6,
        exc: 2,
    };
    code.exceptions.insert(0, inner);
    let live = Liveness::new(&code);
    assert_eq!(before(&live, 2), [0]);
    assert_eq!(before(&live, 1), [0, 1]);
}

#[test]
fn outputs_are_not_written_when_an_instruction_raises() {
    // r1 = -r0 inside a range whose handler returns the old r1.
    let mut code = function(
        1,
        3,
        vec![
            wide(Op::LoadInt, 1, 1),
            op(Op::Neg, 0, 1, 0, 0),
            ret(1),
            ret(1),
        ],
    );
    assert_eq!(before(&Liveness::new(&code), 1), [0]);
    code.exceptions.push(ExceptionEntry {
        start: 1,
        end: 2,
        handler: 3,
        exc: 2,
    });
    assert_eq!(before(&Liveness::new(&code), 1), [0, 1]);
}

#[test]
fn optional_operands_count_only_when_used() {
    let raise = |d| {
        let code = function(0, 3, vec![op(Op::Raise, d, 1, 2, 0)]);
        before(&Liveness::new(&code), 0)
    };
    assert_eq!(raise(0), [0usize; 0]);
    assert_eq!(raise(1), [1]);
    assert_eq!(raise(2), [1, 2]);
    let reads = |instr: Instr, x: u32| {
        let code = function(0, 16, vec![instr, Instr::ext(x, 0), ret(15)]);
        let insn = Insn::at(&code.instrs, 0).unwrap();
        let live = Liveness::new(&code);
        let mut regs = before(&live, 0);
        regs.retain(|&r| r != 15);
        assert_eq!(insn.next(), 2);
        regs
    };
    assert_eq!(reads(op(Op::MakeFunction, 0b1010, 1, 4, 0), 0), [4, 5]);
    assert_eq!(reads(op(Op::CallKw, 0, 1, 4, 2), 0), [4, 5, 6]);
    assert_eq!(reads(op(Op::CallKw, 1, 1, 4, 2), 0), [4, 5, 6, 7]);
    let code = function(
        0,
        9,
        vec![op(Op::UnpackEx, 0, 1, 8, 2), Instr::ext(3, 0), ret(6)],
    );
    assert_eq!(before(&Liveness::new(&code), 0), [8], "r1-r6 are written");
}

#[test]
fn suspension_drops_the_value_given() {
    let mut code = function(
        1,
        4,
        vec![
            op(Op::ReturnGenerator, 0, 0, 0, 0),
            wide(Op::LoadInt, 1, 1),
            wide(Op::LoadInt, 2, 2),
            op(Op::Yield, 0, 3, 2, 0),
            ret(1),
        ],
    );
    code.flags |= CodeFlags::GENERATOR;
    let live = Liveness::new(&code);
    assert_eq!(before(&live, 3), [0, 1, 2]);
    assert_eq!(during(&live, 3), [0, 1]);
    assert_eq!(verify(&code), Ok(()));
}

#[test]
fn delegation_keeps_its_iterator() {
    // r1 = iter; r2 = None; L: r2 = send(r2, r1) or end; r2 = yield from; back to L
    let mut code = function(
        1,
        3,
        vec![
            op(Op::ReturnGenerator, 0, 0, 0, 0),
            op(Op::GetYieldFromIter, 0, 1, 0, 0),
            op(Op::LoadSpecial, 0, 2, 0, 0),
            op(Op::Send, 0, 2, 1, 0),
            Instr::ext(5, 0),
            op(Op::YieldFrom, 0, 2, 2, 1),
            Instr::ext(3, 0),
            wide(Op::JumpBack, 0, -4),
            ret(2),
        ],
    );
    code.flags |= CodeFlags::GENERATOR;
    assert_eq!(verify(&code), Ok(()));
    let live = Liveness::new(&code);
    assert_eq!(before(&live, 3), [0, 1, 2]);
    assert_eq!(during(&live, 5), [0, 1]);
    assert_eq!(before(&live, 8), [0, 2]);
}

#[test]
fn namespace_code_keeps_its_mapping() {
    let mut code = function(0, 2, vec![wide(Op::LoadInt, 1, 1), ret(1)]);
    code.flags = CodeFlags::NAMESPACE;
    assert_eq!(before(&Liveness::new(&code), 0), [0]);
}

#[test]
fn arbitrary_words_do_not_panic() {
    for seed in 0..1000 {
        let code = Rng::new(seed).code(1);
        let live = Liveness::new(&code);
        for word in 0..code.instrs.len() as u32 {
            live.live_during_call(word);
        }
    }
}
