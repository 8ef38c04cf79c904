//! The `tauraro` command.

use runtime::vm::Config;
use runtime::{Res, Vm};
use std::process::ExitCode;

/// Native stack of the main program; reserved, committed as it is used.
const STACK_BYTES: usize = 1 << 30;

fn main() -> ExitCode {
    let run = || run(std::env::args().skip(1).collect());
    match std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(run)
    {
        Ok(t) => t.join().unwrap_or(ExitCode::FAILURE),
        Err(e) => {
            eprintln!("tauraro: cannot start: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Vec<String>) -> ExitCode {
    let Some(mut vm) = runtime::init::new_interpreter(Config::default(), STACK_BYTES) else {
        eprintln!("tauraro: out of memory");
        return ExitCode::FAILURE;
    };
    let Some(path) = args.first() else {
        return ExitCode::FAILURE;
    };
    match run_file(&mut vm, path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => {
            let e = vm.take_raised();
            let name = vm.class_name(e);
            let text = vm.display(e);
            eprintln!("{name}: {text}");
            ExitCode::FAILURE
        }
    }
}

fn run_file(vm: &mut Vm, path: &str) -> Res<()> {
    let b = vm.make_native_module(&modules::builtins::SPEC)?;
    vm.interp().builtins = Some(b.dict.get());
    let source = std::fs::read_to_string(path).unwrap_or_default();
    match compiler::compile(&source, path, compiler::Mode::Exec, &Default::default()) {
        Ok(c) => {
            if std::env::var_os("TAURARO_DIS").is_some() {
                println!("{}", bytecode::dis::disassemble(&c.code));
            }
            let main = vm.new_module("__main__", None)?;
            let code = vm.load_code(c.code)?;
            vm.exec_code(code, main.dict.get(), main.dict.get().value())?;
            Ok(())
        }
        Err(e) => Err(vm.value_error(&format!("{e:?}"))),
    }
}
