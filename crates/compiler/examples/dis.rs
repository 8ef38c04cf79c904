//! Compiles Python files and checks or prints the code:
//! `dis [--eval|--single] FILE` prints, `dis --check FILE...` verifies.

use bytecode::{Code, Const, Field, Instr, Op, Role};
use compiler::{Mode, Options, compile};
use std::fmt::Write;

fn field(f: Field, w: Instr, x: Instr) -> u32 {
    match f {
        Field::A => w.a() as u32,
        Field::B => w.b() as u32,
        Field::C => w.c() as u32,
        Field::D => w.d() as u32,
        Field::Bc => w.bc(),
        Field::X => x.x(),
        Field::Y => x.y(),
    }
}

fn operand(code: &Code, at: usize, f: Field, role: Role, w: Instr, x: Instr) -> String {
    let v = field(f, w, x);
    let reg = |r: u32| match code.local_names.get(r as usize) {
        Some(n) if !n.is_empty() => format!("{n}"),
        _ => format!("r{r}"),
    };
    let signed = match f {
        Field::Bc | Field::X | Field::Y => v as i32,
        Field::D => v as i8 as i32,
        _ => v as u16 as i16 as i32,
    };
    match role {
        Role::Out | Role::In | Role::InOut => reg(v),
        Role::OutPair | Role::InPair => format!("r{v}..2"),
        Role::Range(n, mul, add) | Role::OutRange(n, mul, add) => {
            let n = if mul == 0 { 0 } else { field(n, w, x) };
            format!("{}..{}", reg(v), n * mul as u32 + add as u32)
        }
        Role::Imm | Role::Sel => format!("{v}"),
        Role::SImm => format!("#{signed}"),
        Role::Konst => match &code.consts[v as usize] {
            Const::Code(c) => format!("<code {}>", c.name),
            c => format!("{c:?}"),
        },
        Role::Name => code.names[v as usize].clone(),
        Role::Free => code.free_names[v as usize].clone(),
        Role::Jump => format!("-> {}", at as i64 + signed as i64),
        Role::Cache => String::new(),
    }
}

fn dump(code: &Code, out: &mut String) {
    writeln!(
        out,
        "== {} line {} args {}/{}/{} nregs {} locals {:?} cells {:?} free {:?} flags {:?}",
        code.qualname,
        code.first_line,
        code.argcount,
        code.posonly_argcount,
        code.kwonly_argcount,
        code.nregs,
        code.local_names,
        code.local_is_cell,
        code.free_names,
        code.flags
    )
    .unwrap();
    let mut at = 0;
    let mut line = 0;
    while at < code.instrs.len() {
        let w = code.instrs[at];
        let op = w.op().unwrap();
        let x = if op.words() == 2 { code.instrs[at + 1] } else { Instr(0) };
        let pos = code.positions.lookup(at as u32).unwrap_or_default();
        let l = if pos.line != line { format!("{}", pos.line) } else { String::new() };
        line = pos.line;
        let ops: Vec<_> = op
            .info()
            .operands
            .iter()
            .filter(|o| o.2 != Role::Cache)
            .map(|o| operand(code, at, o.0, o.2, w, x))
            .collect();
        let cols = format!("{}:{}-{}:{}", pos.line, pos.col as i32, pos.end_line, pos.end_col as i32);
        writeln!(out, "{l:>4} {at:>4} {:<18} {:<40} {cols}", op.info().name, ops.join(", ")).unwrap();
        at += op.words();
    }
    for e in &code.exceptions {
        writeln!(out, "     {}..{} -> {} r{}", e.start, e.end, e.handler, e.exc).unwrap();
    }
    for c in &code.consts {
        if let Const::Code(c) = c {
            dump(c, out);
        }
    }
}

/// Checks operands and jump targets of the code and the codes in it.
fn verify(code: &Code) -> Result<(), String> {
    let n = code.instrs.len();
    let mut starts = vec![false; n + 1];
    let mut at = 0;
    let mut last_end = false;
    while at < n {
        starts[at] = true;
        let op = code.instrs[at].op().ok_or("bad opcode")?;
        last_end = op.info().effects.contains(bytecode::opcodes::Effects::END);
        at += op.words();
    }
    if at != n {
        return Err("truncated".into());
    }
    if !last_end {
        return Err("falls off the end".into());
    }
    at = 0;
    while at < n {
        let w = code.instrs[at];
        let op = w.op().unwrap();
        let x = if op.words() == 2 { code.instrs[at + 1] } else { Instr(0) };
        for (f, name, role) in op.info().operands {
            let v = field(*f, w, x);
            let bad = |what: &str| Err(format!("{} @{at} {op:?}.{name}: {what} {v}", code.qualname));
            let regs = |n: u32| v + n <= code.nregs as u32;
            match role {
                Role::Out | Role::In | Role::InOut if !regs(1) => return bad("register"),
                Role::OutPair | Role::InPair if !regs(2) => return bad("pair"),
                Role::Range(n, mul, add) | Role::OutRange(n, mul, add) => {
                    let n = if *mul == 0 { 0 } else { field(*n, w, x) };
                    let loose = matches!(op, Op::MakeFunction | Op::Intrinsic | Op::BuildInterpolation | Op::CallKw);
                    if !regs(n * *mul as u32 + *add as u32) && !loose && n > 0 {
                        return bad("range");
                    }
                }
                Role::Konst if v as usize >= code.consts.len() => return bad("const"),
                Role::Name if v as usize >= code.names.len() => return bad("name"),
                Role::Free if v as usize >= code.free_names.len() => return bad("free"),
                Role::Cache if v >= code.ncaches => return bad("cache"),
                Role::Jump => {
                    let off = match f {
                        Field::C => v as u16 as i16 as i32,
                        _ => v as i32,
                    };
                    let t = at as i64 + off as i64;
                    if t < 0 || t >= n as i64 || !starts[t as usize] {
                        return bad("jump");
                    }
                }
                _ => {}
            }
        }
        at += op.words();
    }
    for e in &code.exceptions {
        let (s, h) = (e.start as usize, e.handler as usize);
        if s >= n || !starts[s] || !starts[h] || e.end as usize > n || e.exc >= code.nregs {
            return Err(format!("{}: bad exception entry {e:?}", code.qualname));
        }
    }
    for c in &code.consts {
        if let Const::Code(c) = c {
            verify(c)?;
        }
    }
    Ok(())
}

fn main() {
    let mut mode = Mode::Exec;
    let mut check = false;
    let mut opts = Options::default();
    let mut failed = 0;
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--eval" => mode = Mode::Eval,
            "--single" => mode = Mode::Single,
            "--check" => check = true,
            "--await" => opts.top_level_await = true,
            "-O" => opts.optimize = 1,
            file => {
                let Ok(text) = std::fs::read_to_string(file) else { continue };
                match compile(&text, file, mode, &opts) {
                    Ok(c) if check => {
                        if let Err(e) = verify(&c.code) {
                            println!("{file}: {e}");
                            failed += 1;
                        }
                    }
                    Ok(c) => {
                        let mut out = String::new();
                        dump(&c.code, &mut out);
                        print!("{out}");
                        c.warnings.iter().for_each(|w| println!("warning {w:?}"));
                        if let Err(e) = verify(&c.code) {
                            println!("VERIFY {e}");
                        }
                    }
                    Err(e) => {
                        println!("{file}:{}:{}-{}:{}: {:?} {}", e.line, e.offset, e.end_line, e.end_offset, e.kind, e.message);
                        failed += 1;
                    }
                }
            }
        }
    }
    std::process::exit((failed > 0) as i32);
}
