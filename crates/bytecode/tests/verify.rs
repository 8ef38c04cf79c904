//! The verifier accepts good code and names each kind of breakage.

mod common;

use bytecode::verify::Problem;
use bytecode::*;
use common::*;

/// Uses constants, names, a cache, a call with keywords, a closure, a handler and a loop.
fn good() -> Code {
    let inner = Code {
        free_names: vec!["b".into()],
        ..function(0, 1, vec![op(Op::LoadFree, 0, 0, 0, 0), ret(0)])
    };
    let mut code = function(
        2,
        8,
        vec![
            op(Op::MakeCell, 0, 1, 0, 0),
            op(Op::GetIter, 0, 2, 0, 0),
            op(Op::ForIter, 0, 3, 2, 0), // 2
            Instr::ext(12, 0),
            op(Op::LoadGlobal, 0, 4, 0, 0), // 4
            Instr::ext(0, 1),
            op(Op::Move, 0, 5, 3, 0),
            wide(Op::LoadConst, 6, 0),
            op(Op::CallKw, 0, 3, 4, 2), // 8
            Instr::ext(1, 2),
            op(Op::BuildTuple, 0, 4, 1, 1), // 10
            op(Op::MakeFunction, 8, 4, 4, 0),
            Instr::ext(2, 0),
            wide(Op::JumpBack, 0, -11), // 13
            ret(0),
            op(Op::PushExc, 0, 6, 7, 0), // 15
            op(Op::Reraise, 0, 7, 0, 0),
        ],
    );
    code.argcount = 1;
    code.local_is_cell[1] = true;
    code.names = vec!["g".into()];
    code.ncaches = 3;
    code.consts = vec![
        Const::Int(1),
        Const::Tuple(vec![Const::Str("k".into())]),
        Const::Code(Box::new(inner)),
    ];
    code.exceptions = vec![ExceptionEntry {
        start: 2,
        end: 14,
        handler: 15,
        exc: 7,
    }];
    code.positions.push(0, Position::default());
    code
}

/// The problem found after a change to good code.
fn broken(change: impl FnOnce(&mut Code)) -> (Option<u32>, Problem) {
    let mut code = good();
    change(&mut code);
    let error = verify(&code).expect_err("accepted");
    (error.word, error.problem)
}

/// The problem of a function of one instruction and `return r0`, two locals, six registers.
fn one(instr: Instr, second: Option<Instr>) -> Result<(), Problem> {
    let mut instrs = vec![instr];
    instrs.extend(second);
    instrs.push(ret(0));
    let code = Code {
        ncaches: 1,
        names: vec!["n".into()],
        ..function(2, 6, instrs)
    };
    verify(&code).map_err(|e| e.problem)
}

#[test]
fn good_code_passes() {
    assert_eq!(verify(&good()), Ok(()));
    assert_eq!(decode(&encode(&good())), Ok(good()));
    assert_eq!(one(op(Op::Move, 0, 1, 0, 0), None), Ok(()));
}

#[test]
fn layout() {
    assert_eq!(
        broken(|c| c.instrs[0] = Instr(0xfe)),
        (Some(0), Problem::Opcode(0xfe))
    );
    let empty = |c: &mut Code| {
        c.instrs.clear();
        c.ncaches = 0;
    };
    assert_eq!(broken(empty), (None, Problem::FallsOffEnd));
    let fall = |c: &mut Code| c.instrs[16] = op(Op::Nop, 0, 0, 0, 0);
    assert_eq!(broken(fall), (Some(16), Problem::FallsOffEnd));
    let cut = |c: &mut Code| c.instrs[16] = op(Op::LoadGlobal, 0, 0, 0, 0);
    assert_eq!(broken(cut), (Some(16), Problem::Truncated));
}

#[test]
fn registers() {
    let bad = |r| Err(Problem::Register(r));
    assert_eq!(one(op(Op::Move, 0, 6, 0, 0), None), bad(6));
    assert_eq!(one(op(Op::Move, 0, 0, 9, 0), None), bad(9));
    assert_eq!(one(op(Op::BuildTuple, 0, 0, 0, 7), None), bad(6));
    assert_eq!(one(op(Op::BuildMap, 0, 0, 0, 4), None), bad(7));
    assert_eq!(one(op(Op::BuildTemplate, 0, 0, 5, 0), None), bad(6));
    assert_eq!(
        one(op(Op::LoadMethod, 0, 5, 0, 0), Some(Instr::ext(0, 0))),
        bad(6)
    );
    assert_eq!(
        one(op(Op::UnpackSeq, 0, 2, 0, 5), Some(Instr::ext(0, 0))),
        bad(6)
    );
    let huge = one(op(Op::UnpackEx, 0, 2, 0, 1), Some(Instr::ext(u32::MAX, 0)));
    assert!(matches!(huge, Err(Problem::Register(_))));
    assert_eq!(one(op(Op::Format, 4, 0, 0, 9), None), bad(9));
    assert_eq!(
        one(op(Op::Format, 0, 0, 0, 9), None),
        Ok(()),
        "ignored field"
    );
    assert_eq!(
        one(op(Op::BuildTuple, 0, 0, 99, 0), None),
        Ok(()),
        "empty range"
    );
}

#[test]
fn temporaries_are_written_before_they_are_read() {
    assert_eq!(
        one(op(Op::Move, 0, 0, 3, 0), None),
        Err(Problem::Uninitialised(3))
    );
    // Written on one of two paths only.
    let code = function(
        1,
        2,
        vec![wide(Op::JumpIfTrue, 0, 2), wide(Op::LoadInt, 1, 0), ret(1)],
    );
    let error = verify(&code).unwrap_err();
    assert_eq!(
        (error.word, error.problem),
        (Some(0), Problem::Uninitialised(1))
    );
    // A handler that reads what the protected range has not written yet.
    let late = |c: &mut Code| c.instrs[16] = op(Op::Reraise, 0, 4, 0, 0);
    assert_eq!(broken(late).1, Problem::Uninitialised(4));
}

#[test]
fn calls_own_their_window() {
    let over = broken(|c| c.instrs[8] = op(Op::CallKw, 0, 3, 1, 2));
    assert_eq!(over, (Some(8), Problem::CallOverLocals));
    // The loop's iterator moved above the arguments.
    let clobbered = broken(|c| {
        c.nregs = 9;
        c.instrs[1] = op(Op::GetIter, 0, 8, 0, 0);
        c.instrs[2] = op(Op::ForIter, 0, 3, 8, 0);
    });
    assert_eq!(clobbered, (Some(8), Problem::Clobbered(8)));
}

#[test]
fn constants_and_names() {
    assert_eq!(
        broken(|c| c.instrs[7] = wide(Op::LoadConst, 6, 3)),
        (Some(7), Problem::Constant(3))
    );
    assert_eq!(
        broken(|c| c.instrs[5] = Instr::ext(1, 1)),
        (Some(4), Problem::Name(1))
    );
    let free = one(op(Op::LoadFree, 0, 0, 0, 0), None);
    assert_eq!(free, Err(Problem::Free(0)));
    assert_eq!(
        broken(|c| c.instrs[9] = Instr::ext(0, 2)),
        (Some(8), Problem::ConstantKind(0))
    );
    let number = |c: &mut Code| c.consts[1] = Const::Tuple(vec![Const::Int(1)]);
    assert_eq!(broken(number), (Some(8), Problem::ConstantKind(1)));
    let many = |c: &mut Code| c.consts[1] = Const::Tuple(vec![Const::Str("k".into()); 3]);
    assert_eq!(broken(many), (Some(8), Problem::KeywordCount));
    assert_eq!(
        broken(|c| c.instrs[12] = Instr::ext(1, 0)),
        (Some(11), Problem::ConstantKind(1))
    );
    let open = |c: &mut Code| c.instrs[11] = op(Op::MakeFunction, 0, 4, 4, 0);
    assert_eq!(broken(open), (Some(11), Problem::Closure));
}

#[test]
fn operands_of_a_kind() {
    let wrong = |r| Err(Problem::WrongKind(r));
    assert_eq!(one(op(Op::LoadCell, 0, 0, 1, 0), None), wrong(1));
    assert_eq!(one(op(Op::StoreCell, 0, 1, 0, 0), None), wrong(1));
    assert_eq!(one(op(Op::ListAppend, 0, 1, 0, 0), None), wrong(1));
    assert_eq!(one(op(Op::SetAdd, 0, 1, 0, 0), None), wrong(1));
    assert_eq!(one(op(Op::MapSet, 0, 1, 0, 0), None), wrong(1));
    let pair = |first, second| one(first, Some(second));
    let append = op(Op::ListAppend, 0, 2, 0, 0);
    assert_eq!(pair(op(Op::BuildList, 0, 2, 0, 0), append), Ok(()));
    assert_eq!(pair(op(Op::BuildSet, 0, 2, 0, 0), append), wrong(2));
    let store = op(Op::StoreCell, 0, 1, 0, 0);
    assert_eq!(pair(op(Op::MakeCell, 0, 1, 0, 0), store), Ok(()));
    // A closure of the right length, of cells.
    let tuple = |c: &mut Code| c.instrs[10] = op(Op::BuildTuple, 0, 4, 0, 1);
    assert_eq!(broken(tuple), (Some(11), Problem::WrongKind(4)));
    let no_cell = |c: &mut Code| c.instrs[0] = op(Op::Nop, 0, 0, 0, 0);
    assert_eq!(broken(no_cell), (Some(11), Problem::WrongKind(4)));
    // Overwritten late in the loop, used early in it.
    let overwritten = |c: &mut Code| {
        c.instrs[6] = op(Op::LoadCell, 0, 5, 1, 0);
        c.instrs[11] = op(Op::Move, 0, 1, 0, 0);
        c.instrs[12] = op(Op::Nop, 0, 0, 0, 0);
    };
    assert_eq!(broken(overwritten), (Some(6), Problem::WrongKind(1)));
    // Built on one of two paths.
    let code = function(
        1,
        2,
        vec![
            op(Op::BuildList, 0, 1, 0, 0),
            wide(Op::JumpIfTrue, 0, 2),
            op(Op::BuildSet, 0, 1, 0, 0),
            op(Op::ListAppend, 0, 1, 0, 0),
            ret(0),
        ],
    );
    let error = verify(&code).unwrap_err();
    assert_eq!(
        (error.word, error.problem),
        (Some(3), Problem::WrongKind(1))
    );
    // A handler sees what any covered instruction may have left.
    let mut code = function(
        1,
        3,
        vec![
            op(Op::BuildList, 0, 1, 0, 0),
            op(Op::GetIter, 0, 1, 0, 0),
            ret(0),
            op(Op::ListAppend, 0, 1, 2, 0),
            ret(0),
        ],
    );
    code.exceptions.push(ExceptionEntry {
        start: 1,
        end: 2,
        handler: 3,
        exc: 2,
    });
    assert_eq!(verify(&code).unwrap_err().problem, Problem::WrongKind(1));
    code.instrs[1] = op(Op::Neg, 0, 0, 0, 0);
    assert_eq!(verify(&code), Ok(()));
}

#[test]
fn caches() {
    assert_eq!(
        broken(|c| c.instrs[9] = Instr::ext(1, 3)),
        (Some(8), Problem::Cache(3))
    );
    assert_eq!(
        broken(|c| c.instrs[9] = Instr::ext(1, 1)),
        (Some(8), Problem::SharedCache(1))
    );
    assert_eq!(
        broken(|c| c.ncaches = 1 << 30),
        (None, Problem::TooManyCaches)
    );
}

#[test]
fn jumps() {
    let ahead = |c: &mut Code| c.instrs[3] = Instr::ext(1, 0);
    assert_eq!(
        broken(ahead),
        (Some(2), Problem::JumpTarget),
        "inside an instruction"
    );
    let beyond = |c: &mut Code| c.instrs[3] = Instr::ext(15, 0);
    assert_eq!(broken(beyond), (Some(2), Problem::JumpTarget));
    let before = |c: &mut Code| c.instrs[13] = wide(Op::JumpBack, 0, -14);
    assert_eq!(broken(before), (Some(13), Problem::JumpTarget));
    let forward = |c: &mut Code| c.instrs[13] = wide(Op::JumpBack, 0, 1);
    assert_eq!(broken(forward), (Some(13), Problem::JumpBackForward));
}

#[test]
fn exception_table() {
    let entry = |change: fn(&mut ExceptionEntry)| broken(|c| change(&mut c.exceptions[0])).1;
    assert_eq!(entry(|e| e.start = 3), Problem::ExceptionRange);
    assert_eq!(entry(|e| e.end = 12), Problem::ExceptionRange);
    assert_eq!(entry(|e| e.end = 2), Problem::ExceptionRange);
    assert_eq!(entry(|e| e.end = 99), Problem::ExceptionRange);
    assert_eq!(entry(|e| e.handler = 9), Problem::Handler);
    assert_eq!(entry(|e| e.handler = 17), Problem::Handler);
    assert_eq!(entry(|e| e.exc = 8), Problem::ExceptionRegister);
    assert_eq!(entry(|e| e.exc = 1), Problem::ExceptionRegister);
}

#[test]
fn kinds_of_code() {
    let load = one(op(Op::LoadName, 0, 0, 0, 0), Some(Instr::ext(0, 0)));
    assert_eq!(load, Err(Problem::NotNamespace));
    let setup = op(Op::Intrinsic, Intrinsic::SetupAnnotations as u8, 0, 0, 0);
    assert_eq!(one(setup, None), Err(Problem::NotNamespace));
    assert_eq!(
        one(op(Op::Yield, 0, 0, 0, 0), None),
        Err(Problem::NotResumable)
    );
    let first = op(Op::ReturnGenerator, 0, 0, 0, 0);
    assert_eq!(one(first, None), Err(Problem::ReturnGenerator));
    let plain = broken(|c| c.flags |= CodeFlags::COROUTINE);
    assert_eq!(plain, (Some(0), Problem::ReturnGenerator));
    let namespace = |instr| {
        let mut code = function(0, 2, vec![instr, ret(0)]);
        code.flags = CodeFlags::NAMESPACE;
        verify(&code).map_err(|e| e.problem)
    };
    assert_eq!(namespace(op(Op::LoadLocals, 0, 1, 0, 0)), Ok(()));
    let overwrite = namespace(op(Op::LoadLocals, 0, 0, 0, 0));
    assert_eq!(overwrite, Err(Problem::WritesMapping));
    let named = broken(|c| c.flags |= CodeFlags::NAMESPACE);
    assert_eq!(named, (None, Problem::NamespaceLocals));
}

#[test]
fn selectors() {
    let bad = Err(Problem::Selector);
    assert_eq!(one(op(Op::LoadSpecial, 6, 0, 0, 0), None), bad);
    assert_eq!(one(op(Op::Is, 2, 0, 0, 0), None), bad);
    assert_eq!(
        one(op(Op::Intrinsic, Intrinsic::MAX + 1, 0, 0, 0), None),
        bad
    );
    assert_eq!(one(op(Op::BuildSlice, 0, 0, 0, 1), None), bad);
}

#[test]
fn headers() {
    let header = |change: fn(&mut Code)| broken(change).1;
    assert_eq!(
        header(|c| c.local_is_cell.push(true)),
        Problem::LocalLengths
    );
    assert_eq!(header(|c| c.local_is_hidden.clear()), Problem::LocalLengths);
    assert_eq!(header(|c| c.argcount = 3), Problem::ArgumentCounts);
    assert_eq!(header(|c| c.posonly_argcount = 2), Problem::ArgumentCounts);
    assert_eq!(header(|c| c.kwonly_argcount = 2), Problem::ArgumentCounts);
    let stars = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS;
    let with_stars = move |c: &mut Code| c.flags |= stars;
    assert_eq!(broken(with_stars).1, Problem::ArgumentCounts);
    assert_eq!(header(|c| c.nregs = 1), Problem::ArgumentCounts);
    let unsorted = |c: &mut Code| c.positions.runs = vec![(4, at(1)), (4, at(2))];
    assert_eq!(broken(unsorted).1, Problem::Positions);
}

fn at(line: u32) -> Position {
    Position {
        line,
        ..Position::default()
    }
}

#[test]
fn nested_code_is_checked() {
    let inner = |c: &mut Code| {
        let bad = Code {
            qualname: "f.<locals>.g".into(),
            ..Code::default()
        };
        c.consts
            .push(Const::Tuple(vec![Const::Code(Box::new(bad))]));
    };
    let mut code = good();
    inner(&mut code);
    let error = verify(&code).unwrap_err();
    assert_eq!(
        error.to_string(),
        "bad bytecode in f.<locals>.g: FallsOffEnd"
    );
    let deep = broken(|c| {
        for _ in 0..250 {
            let inner = std::mem::take(&mut c.consts);
            c.consts = vec![Const::Tuple(inner)];
        }
        let nested = c.consts.pop().unwrap();
        c.consts = good().consts;
        c.consts.push(nested);
    });
    assert_eq!(deep, (None, Problem::TooDeep));
}

/// Every change of a single bit is refused or leaves code that passes for a reason: it is stable
/// under serialisation and its liveness holds no temporary at entry.
#[test]
fn single_bit_changes() {
    let mut refused = 0;
    let words = good().instrs.len();
    for bit in 0..words * 64 {
        let mut code = good();
        code.instrs[bit / 64].0 ^= 1 << (bit % 64);
        if verify(&code).is_err() {
            refused += 1;
            continue;
        }
        let live = Liveness::new(&code);
        let named = code.named_regs() as usize;
        assert_eq!(live.live_before(0).next_from(named), None);
        for insn in insns(&code.instrs) {
            let insn = insn.unwrap();
            assert!(insn.regs().all(|r| r.count == 0 || r.end() <= 8));
            assert!(insn.jump_target().is_none_or(|t| (0..17).contains(&t)));
        }
    }
    assert!(refused * 2 > words * 64, "{refused} of {}", words * 64);
}
