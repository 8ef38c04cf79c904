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
    let exe = std::env::current_exe().unwrap_or_default();
    let exe = exe.to_string_lossy().into_owned();
    let config = Config {
        argv: args.clone(),
        stdlib_dir: format!("{exe}/lib/python3.14"),
        executable: exe,
        ..Config::default()
    };
    let Some(mut vm) = runtime::init::new_interpreter(config, STACK_BYTES) else {
        eprintln!("tauraro: out of memory");
        return ExitCode::FAILURE;
    };
    let Some(path) = args.first() else {
        return ExitCode::FAILURE;
    };
    let result = run_file(&mut vm, path);
    modules::io::flush_all(&mut vm);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => {
            let status = runtime::exit::report_uncaught(&mut vm);
            ExitCode::from(status as u8)
        }
    }
}

fn run_file(vm: &mut Vm, path: &str) -> Res<()> {
    modules::startup::start(vm)?;
    let folder = std::path::Path::new(path)
        .canonicalize()
        .ok()
        .and_then(|p| p.parent().map(|p| p.to_string_lossy().into_owned()))
        .unwrap_or_default();
    modules::startup::prepend_path(vm, &folder)?;
    let (source, name) = if path == "-c" {
        (std::env::args().nth(2).unwrap_or_default(), "<string>")
    } else {
        (std::fs::read_to_string(path).unwrap_or_default(), path)
    };
    if path == "-c" {
        vm.interp().sources.insert(name.to_string(), source.clone());
    }
    let code = modules::importer::compile::compile_text(
        vm,
        &source,
        name,
        compiler::Mode::Exec,
        &Default::default(),
    )?;
    if std::env::var_os("TAURARO_DIS").is_some() {
        println!("{}", bytecode::dis::disassemble(code.data()));
    }
    let main = modules::startup::make_main(vm, name)?;
    let d = main.dict.get();
    vm.exec_code(code, d, d.value())?;
    Ok(())
}
