//! Compiles Python files and checks or prints the code:
//! `dis [--eval|--single] FILE` prints, `dis --check FILE...` verifies.

use bytecode::dis::disassemble;
use bytecode::verify;
use compiler::{Mode, Options, compile};

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
                let Ok(text) = std::fs::read_to_string(file) else {
                    continue;
                };
                match compile(&text, file, mode, &opts) {
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
                        println!(
                            "{file}:{}:{}-{}:{}: {:?} {}",
                            e.line, e.offset, e.end_line, e.end_offset, e.kind, e.message
                        );
                        failed += 1;
                    }
                }
            }
        }
    }
    std::process::exit((failed > 0) as i32);
}
