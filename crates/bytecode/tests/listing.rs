//! The text form, and the reference page made from the opcode table.

mod common;

use bytecode::*;
use common::*;

#[test]
fn reference_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/opcodes.md");
    let page = std::fs::read_to_string(path).unwrap();
    assert!(
        page == reference::render(),
        "run: cargo run -p bytecode --example opcode_reference > docs/opcodes.md"
    );
}

fn at(line: u32) -> Position {
    Position {
        line,
        end_line: line,
        col: 0,
        end_col: 9,
    }
}

#[test]
fn listing() {
    let mut code = function(
        2,
        6,
        vec![
            op(Op::CheckLocal, 0, 0, 0, 0),
            op(Op::LoadGlobal, 0, 2, 0, 0),
            Instr::ext(0, 0),
            op(Op::Move, 0, 3, 0, 0),
            wide(Op::LoadConst, 4, 0),
            op(Op::CallKw, 0, 1, 2, 2),
            Instr::ext(1, 1),
            op(Op::JumpLtI, 1, 1, -5i16 as u16, 2),
            wide(Op::JumpBack, 0, -7),
            op(Op::MakeFunction, 0, 2, 0, 0),
            Instr::ext(2, 0),
            ret(2),
            op(Op::Raise, 0, 0, 0, 0),
        ],
    );
    code.names = vec!["print".into()];
    code.ncaches = 2;
    code.argcount = 1;
    let inner = function(0, 1, vec![op(Op::LoadSpecial, 0, 0, 0, 0), ret(0)]);
    code.consts = vec![
        Const::Str("it's".into()),
        Const::Tuple(vec![Const::Str("end".into())]),
        Const::Code(Box::new(Code {
            qualname: "f.<locals>.g".into(),
            ..inner
        })),
    ];
    code.exceptions = vec![ExceptionEntry {
        start: 1,
        end: 7,
        handler: 12,
        exc: 5,
    }];
    code.positions.push(0, at(2));
    code.positions.push(7, at(3));
    let expected = "\
code f (t.py:1) args 1 registers 6
  flags OPTIMIZED NEWLOCALS
  locals a, b
     2     0  CheckLocal       r0.a
  L1:
           1  LoadGlobal       r2 <- name=print
           3  Move             r3 <- r0.a
           4  LoadConst        r4 <- k=\"it's\"
           5  CallKw           r1.b <- r2-r4, nargs=2, names=(\"end\",)
     3     7  JumpLtI          sense, r1.b, imm=-5, -> L2
           8  JumpBack         -> L1
  L2:
           9  MakeFunction     r2 <- (), code=<code f.<locals>.g>
          11  Return           r2
  L3:
          12  Raise
  exceptions
    1-7 -> L3, r5

code f.<locals>.g (t.py:1) registers 1
  flags OPTIMIZED NEWLOCALS
           0  LoadSpecial      r0 <- None
           1  Return           r0
";
    assert_eq!(dis::disassemble(&code), expected);
    assert_eq!(verify(&code), Ok(()));
}

#[test]
fn any_code_can_be_listed() {
    for seed in 0..1000 {
        let code = Rng::new(seed).code(2);
        assert!(dis::disassemble(&code).starts_with("code "));
    }
}

#[test]
fn malformed_words_end_the_listing() {
    let code = function(0, 1, vec![Instr(0xff)]);
    assert!(dis::disassemble(&code).ends_with("     0  bad word 0x00000000000000ff\n"));
}
