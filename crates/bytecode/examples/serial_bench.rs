//! Times serialisation, verification and liveness of a synthetic module of about the size of
//! Lib/typing.py: 400 functions of 70 words, 25 methods a class. Prints the best of many runs.

use bytecode::serial::{Aligned, Blob, ConstView, View};
use bytecode::*;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn position(line: u32, col: u32) -> Position {
    Position {
        line,
        end_line: line,
        col,
        end_col: col + 12,
    }
}

/// A loop with calls, attribute loads and arithmetic, repeated.
fn function(index: u32) -> Code {
    let first_line = 10 + index * 9;
    let names = ["append", "__origin__", "len", "isinstance", "_get_args"];
    let mut code = Code {
        name: format!("method_{index}"),
        qualname: format!("Class_{}.method_{index}", index / 25),
        filename: "/usr/lib/python3.14/typing.py".into(),
        first_line,
        flags: CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS,
        argcount: 2,
        nregs: 9,
        local_names: ["self", "item", "args"].map(String::from).to_vec(),
        local_is_cell: vec![false; 3],
        local_is_hidden: vec![false; 3],
        names: names.map(String::from).to_vec(),
        consts: vec![
            Const::Str(format!(
                "Documentation of method {index}.\n\n    More of it.\n"
            )),
            Const::Int(index as i64),
            Const::Tuple(vec![Const::Str("key".into()), Const::Str("default".into())]),
        ],
        ..Code::default()
    };
    for i in 0..6 {
        let word = code.instrs.len() as u32;
        let cache = code.ncaches;
        code.ncaches += 4;
        code.instrs.extend([
            Instr::new(Op::LoadGlobal, 0, 3, 0, 0),
            Instr::ext(2, cache),
            Instr::new(Op::LoadAttr, 0, 4, 0, 0),
            Instr::ext(1, cache + 1),
            Instr::wide(Op::LoadConst, 0, 5, 1),
            Instr::new(Op::Call, 0, 5, 3, 2),
            Instr::ext(0, cache + 2),
            Instr::new(Op::Add, 0, 2, 5, 1),
            Instr::ext(0, cache + 3),
            Instr::wide(Op::JumpIfFalse, 0, 2, 1),
        ]);
        for (step, col) in [(0, 8), (2, 12), (4, 20), (5, 8), (7, 4), (9, 4)] {
            code.positions
                .push(word + step, position(first_line + i, col));
        }
    }
    code.instrs.push(Instr::new(Op::Return, 0, 2, 0, 0));
    code
}

fn module() -> Code {
    let mut code = Code {
        name: "<module>".into(),
        qualname: "<module>".into(),
        filename: "/usr/lib/python3.14/typing.py".into(),
        first_line: 1,
        flags: CodeFlags::NAMESPACE,
        nregs: 2,
        ..Code::default()
    };
    for i in 0..400 {
        code.consts.push(Const::Code(Box::new(function(i))));
        code.names.push(format!("name_{i}"));
        code.positions.push(i * 4, position(10 + i * 9, 0));
        code.instrs.extend([
            Instr::new(Op::MakeFunction, 0, 1, 0, 0),
            Instr::ext(i, 0),
            Instr::new(Op::StoreName, 0, 1, 0, 0),
            Instr::ext(i, i),
        ]);
        code.ncaches += 1;
    }
    code.instrs.push(Instr::new(Op::Return, 0, 1, 0, 0));
    code
}

fn best<T>(what: &str, mut run: impl FnMut() -> T) {
    let mut best = Duration::MAX;
    for _ in 0..300 {
        let start = Instant::now();
        black_box(run());
        best = best.min(start.elapsed());
    }
    println!("{what:<44} {:>9.2} us", best.as_nanos() as f64 / 1000.0);
}

/// What an import does: intern all strings, load the module's own constants, leave the
/// functions' bodies as views.
fn load(bytes: &[u8]) -> Result<(usize, usize), DecodeError> {
    let blob = Blob::open(bytes)?;
    let mut strings = 0;
    for id in 0..blob.string_count() as u32 {
        strings += blob.string(id)?.len();
    }
    let root = blob.root()?;
    let mut words = root.instrs().len();
    for i in 0..root.nconsts() {
        if let ConstView::Code(view) = root.const_at(i)? {
            words += enter(&view)?;
        }
    }
    Ok((strings, words))
}

/// What making a function of a code object reads.
fn enter(view: &View<'_>) -> Result<usize, DecodeError> {
    let size = view.instrs().len() + view.nregs() as usize + view.argcount() as usize;
    Ok(size + view.name()?.len() + view.qualname()?.len())
}

fn main() {
    let code = module();
    verify(&code).expect("the module is valid");
    let encoded = encode(&code);
    let mut aligned = Box::new(Aligned([0u8; 1 << 20]));
    let bytes = &mut aligned.0[..encoded.len()];
    bytes.copy_from_slice(&encoded);
    let bytes = &*bytes;
    let words: usize = 1601 + 400 * 61;
    println!(
        "{words} words of instructions, {} bytes encoded",
        bytes.len()
    );
    assert_eq!(decode(bytes).as_ref(), Ok(&code));
    best("encode", || encode(&code));
    best("decode, everything", || decode(bytes));
    best("view: open and root", || {
        Blob::open(bytes).and_then(|b| b.root())
    });
    best("view: strings, module, function headers", || load(bytes));
    let view = Blob::open(bytes).and_then(|b| b.root()).expect("valid");
    best("view: position in the module's middle", || {
        view.position(800)
    });
    best("verify, everything", || verify(&code));
    let Const::Code(first) = &code.consts[0] else {
        unreachable!("the module's constants are code")
    };
    best("liveness of a function of 61 words", || {
        Liveness::new(first)
    });
    best("liveness of the module, 1601 words", || {
        Liveness::new(&code)
    });
}
