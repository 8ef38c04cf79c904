//! Compiles Python files and checks or prints the code:
//! `dis [--eval|--single] FILE` prints, `dis --check FILE...` verifies, `dis --facts FILE...`
//! prints what `facts.py` compares with CPython.

use bytecode::dis::disassemble;
use bytecode::{Code, Op, verify};
use compiler::{Mode, Options, compile};

/// The kind of operation whose positions are compared.
fn kind(op: Op) -> Option<&'static str> {
    Some(match op {
        Op::Call | Op::CallMethod | Op::CallKw | Op::CallEx => "call",
        Op::LoadAttr | Op::LoadMethod | Op::LoadSuperAttr | Op::LoadSuperMethod => "attr",
        Op::StoreAttr => "setattr",
        Op::Add | Op::Sub | Op::Mul | Op::TrueDiv | Op::FloorDiv | Op::Mod | Op::And | Op::Or => {
            "binop"
        }
        Op::AddI | Op::SubI | Op::MulI | Op::FloorDivI | Op::ModI => "binop",
        Op::Xor | Op::Lshift | Op::Rshift | Op::Pow | Op::MatMul => "binop",
        Op::GetItem | Op::GetItemI | Op::GetSlice => "binop",
        Op::SetItem | Op::SetSlice => "setitem",
        Op::Raise => "raise",
        Op::LoadGlobal | Op::LoadName => "load",
        Op::ImportName => "import",
        Op::ImportFrom => "importfrom",
        Op::Yield => "yield",
        Op::GetIter => "iter",
        Op::ForIter => "for",
        Op::UnpackSeq | Op::UnpackEx => "unpack",
        Op::ExcMatch => "match",
        Op::Contains => "in",
        _ => return None,
    })
}

/// Lines of facts about a code object and those in it.
fn facts(code: &Code) {
    let is = |v: &[bool], i: usize| v.get(i) == Some(&true);
    let names = |want: &dyn Fn(usize) -> bool| {
        let mut v: Vec<&str> = (0..code.local_names.len())
            .filter(|i| {
                want(*i) && !is(&code.local_is_hidden, *i) && !code.local_names[*i].is_empty()
            })
            .map(|i| code.local_names[i].as_str())
            .collect();
        v.sort();
        v.join(",")
    };
    let function = !code.flags.contains(bytecode::CodeFlags::NAMESPACE);
    println!(
        "code\t{}\t{}\t{}\t{}/{}/{}\t{:#x}\t{}\t{}\t{}",
        code.qualname,
        code.first_line,
        code.name,
        code.argcount,
        code.posonly_argcount,
        code.kwonly_argcount,
        code.flags.bits() as u32,
        names(&|i| function
            && (!is(&code.local_is_cell, i)
                || i < code.argcount as usize + code.kwonly_argcount as usize)),
        names(&|i| is(&code.local_is_cell, i)),
        code.free_names.join(","),
    );
    let mut seen = std::collections::BTreeSet::new();
    for insn in bytecode::insns(&code.instrs).flatten() {
        if let (Some(k), Some(p)) = (kind(insn.op), code.positions.lookup(insn.word)) {
            seen.insert((k, p.line, p.col as i32, p.end_line, p.end_col as i32));
        }
    }
    for (k, a, b, c, d) in seen {
        println!("{k}\t{a}:{b}-{c}:{d}");
    }
    for c in &code.consts {
        if let bytecode::Const::Code(c) = c {
            facts(c);
        }
    }
}

fn main() {
    let mut mode = Mode::Exec;
    let mut check = false;
    let mut print_facts = false;
    let mut opts = Options::default();
    let mut failed = 0;
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--eval" => mode = Mode::Eval,
            "--single" => mode = Mode::Single,
            "--check" => check = true,
            "--facts" => print_facts = true,
            "--await" => opts.top_level_await = true,
            "-O" => opts.optimize = 1,
            file => {
                let Ok(text) = std::fs::read_to_string(file) else {
                    continue;
                };
                match compile(&text, file, mode, &opts) {
                    Ok(c) if print_facts => facts(&c.code),
                    Ok(c) if check => {
                        if let Err(e) = verify(&c.code) {
                            println!("{file}: {e:?}");
                            failed += 1;
                        }
                    }
                    Ok(c) => {
                        print!("{}", disassemble(&c.code));
                        c.warnings.iter().for_each(|w| println!("warning {w:?}"));
                        if let Err(e) = verify(&c.code) {
                            println!("VERIFY {e:?}");
                        }
                    }
                    Err(e) => {
                        println!("{file}: {e}");
                        failed += 1;
                    }
                }
            }
        }
    }
    std::process::exit((failed > 0) as i32);
}
