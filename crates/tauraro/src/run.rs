//! Running the program: scripts, commands, modules, standard input.

use crate::args::{Args, Program};
use crate::command;
use crate::interact::interact;
use compiler::{Mode, Options};
use modules::importer::{compile, imp};
use modules::startup;
use runtime::code::CodeObj;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};
use std::io::{IsTerminal, Read};

/// Runs the program and, where asked for, the interactive mode after it.
pub fn run(vm: &mut Vm, args: &Args) -> Res<()> {
    startup::start(vm)?;
    if !vm.interp().config.warn_options.is_empty() {
        // It reads them, and complains of what it does not understand.
        vm.import_module("warnings")?;
    }
    let main = startup::make_main(vm)?;
    let r = program(vm, args, main);
    if inspects(vm) && args.program != Program::Stdin {
        if r.is_err() {
            let e = vm.take_raised();
            vm.print_uncaught(e);
        }
        vm.raised = None;
        return interact(vm, main, false);
    }
    r
}

/// The interactive mode follows: `-i`, or on a terminal PYTHONINSPECT, which the program may have
/// set.
fn inspects(vm: &mut Vm) -> bool {
    let config = &vm.interp().config;
    let asked = || {
        !config.ignore_environment
            && std::env::var_os("PYTHONINSPECT").is_some_and(|v| !v.is_empty())
    };
    config.interactive || ((config.inspect || asked()) && std::io::stdin().is_terminal())
}

fn program(vm: &mut Vm, args: &Args, main: Ref<ModuleObj>) -> Res<()> {
    match &args.program {
        Program::Command(text) => {
            let Some(text) = command_text(vm, text)? else {
                eprintln!("Unable to decode the command from the command line:");
                return Err(exit(vm, 1));
            };
            startup::site(vm)?;
            first_path(vm, "")?;
            vm.interp()
                .sources
                .insert("<string>".to_string(), text.clone());
            run_text(vm, main, &text, "<string>", args)
        }
        Program::Module(name) => {
            let here = std::env::current_dir().unwrap_or_default();
            startup::site(vm)?;
            first_path(vm, &here.to_string_lossy())?;
            run_module(vm, name, true)
        }
        Program::Path(path) => run_path(vm, main, path, args),
        Program::Stdin => {
            startup::site(vm)?;
            first_path(vm, "")?;
            if std::io::stdin().is_terminal() || vm.interp().config.interactive {
                return interact(vm, main, true);
            }
            let mut bytes = Vec::new();
            if let Err(e) = std::io::stdin().read_to_end(&mut bytes) {
                return Err(modules::util::os_error(vm, e.raw_os_error().unwrap_or(0)));
            }
            let file = vm.new_str("<stdin>")?;
            vm.dict_set_str(main.dict.get(), "__file__", file)?;
            let text = decode(vm, &bytes, "<stdin>")?;
            run_text(vm, main, &text, "<stdin>", args)
        }
        Program::Version(_) | Program::Help(_) => Ok(()),
    }
}

/// Puts the entry of the program first in sys.path, unless `-P` forbids it.
fn first_path(vm: &mut Vm, folder: &str) -> Res<()> {
    if vm.interp().config.safe_path {
        return Ok(());
    }
    startup::prepend_path(vm, folder)
}

fn decode(vm: &mut Vm, bytes: &[u8], name: &str) -> Res<String> {
    match syntax::decode_source(bytes, Some(name)) {
        Ok(t) => Ok(t),
        Err(mut e) => {
            e.no_filename = false;
            Err(compile::raise_syntax_error(vm, &e, name, ""))
        }
    }
}

fn compile_options(vm: &Vm) -> Options {
    Options {
        optimize: vm.interp().config.optimize,
        ..Default::default()
    }
}

fn compile_main(vm: &mut Vm, text: &str, name: &str) -> Res<Ref<CodeObj>> {
    let options = compile_options(vm);
    compile::compile_text(vm, text, name, Mode::Exec, &options)
}

fn run_text(vm: &mut Vm, main: Ref<ModuleObj>, text: &str, name: &str, args: &Args) -> Res<()> {
    let code = compile_main(vm, text, name)?;
    if let Some(wanted) = &args.dump {
        // Loaded code has given its nested code objects away.
        if let Ok(c) = compiler::compile(text, name, Mode::Exec, &compile_options(vm)) {
            print!("{}", bytecode::dis::disassemble_named(&c.code, wanted));
        }
        return Ok(());
    }
    let d = main.dict.get();
    vm.exec_code(code, d, d.value())?;
    Ok(())
}

fn run_path(vm: &mut Vm, main: Ref<ModuleObj>, path: &str, args: &Args) -> Res<()> {
    let at = std::path::Path::new(path);
    let bytes = if at.is_dir() {
        None
    } else {
        match std::fs::read(at) {
            Ok(b) => Some(b),
            Err(e) => {
                let n = e.raw_os_error().unwrap_or(0);
                let text = e.to_string();
                let text = text.split(" (os error").next().unwrap_or_default();
                eprintln!(
                    "{}: can't open file '{path}': [Errno {n}] {text}",
                    vm.interp().config.executable,
                );
                return Err(exit(vm, 2));
            }
        }
    };
    match bytes {
        Some(b) if !is_archive(&b) => {
            let folder = at
                .canonicalize()
                .ok()
                .and_then(|p| p.parent().map(|p| p.to_string_lossy().into_owned()))
                .unwrap_or_default();
            startup::site(vm)?;
            first_path(vm, &folder)?;
            if let Some(code) = cached_code(vm, path, &b)? {
                return run_cached(vm, main, path, code);
            }
            let text = decode(vm, script_text(&b, args), path)?;
            let d = main.dict.get();
            let file = vm.new_os_str(path)?;
            vm.dict_set_str(d, "__file__", file)?;
            vm.dict_set_str(d, "__cached__", Value::NONE)?;
            startup::set_main_loader(vm, main, file, "SourceFileLoader")?;
            run_text(vm, main, &text, path, args)
        }
        _ => {
            startup::site(vm)?;
            // Without the dots that name no folder.
            let path: std::path::PathBuf = at.components().collect();
            startup::prepend_path(vm, &path.to_string_lossy())?;
            run_module(vm, "__main__", false)
        }
    }
}

/// An exit of the program with a status.
fn exit(vm: &mut Vm, status: i64) -> Raised {
    let class = vm.types.exc.SystemExit;
    vm.error_with(class, &[Value::int_unchecked(status)])
}

/// What `-c` says; None when the command line is not UTF-8.
fn command_text(vm: &mut Vm, text: &str) -> Res<Option<String>> {
    let decoded = vm.new_os_str(text)?;
    let s = decoded.downcast::<StrObj>().and_then(|s| s.to_utf8());
    Ok(s.map(|s| command::dedent(&s) + "\n"))
}

/// The script without its first line, if that is to be skipped. The line break stays, so that lines are numbered right.
fn script_text<'b>(bytes: &'b [u8], args: &Args) -> &'b [u8] {
    if !args.skip_first_line {
        return bytes;
    }
    let end = bytes
        .iter()
        .position(|b| *b == b'\n')
        .unwrap_or(bytes.len());
    &bytes[end..]
}

/// The code of a script that is a .pyc file; None for other files.
fn cached_code(vm: &mut Vm, path: &str, bytes: &[u8]) -> Res<Option<Ref<CodeObj>>> {
    let magic = imp::magic().to_le_bytes();
    if !path.ends_with(".pyc") && !bytes.starts_with(&magic) {
        return Ok(None);
    }
    if !bytes.starts_with(&magic) {
        return Err(vm.runtime_error("Bad magic number in .pyc file"));
    }
    let external = vm.import_module("_frozen_importlib_external")?;
    let data = vm.new_bytes(bytes.get(16..).unwrap_or_default())?;
    let name = vm.new_str("__main__")?;
    let path = vm.new_os_str(path)?;
    let args = [data, name, path];
    let code = vm.call_method_str(external, "_compile_bytecode", &args)?;
    Ok(code.downcast())
}

fn run_cached(vm: &mut Vm, main: Ref<ModuleObj>, path: &str, code: Ref<CodeObj>) -> Res<()> {
    let file = vm.new_os_str(path)?;
    let d = main.dict.get();
    vm.dict_set_str(d, "__file__", file)?;
    vm.dict_set_str(d, "__cached__", Value::NONE)?;
    startup::set_main_loader(vm, main, file, "SourcelessFileLoader")?;
    vm.exec_code(code, d, d.value())?;
    Ok(())
}

/// Whether a file's end looks like that of a Zip archive.
fn is_archive(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    tail.windows(4).any(|w| w == b"PK\x05\x06")
}

fn run_module(vm: &mut Vm, name: &str, alter_argv: bool) -> Res<()> {
    let runpy = vm.import_module("runpy")?;
    let name = vm.new_str(name)?;
    vm.call_method_str(
        runpy,
        "_run_module_as_main",
        &[name, Value::bool(alter_argv)],
    )?;
    Ok(())
}

/// Runs source text in `__main__`.
pub fn run_source(vm: &mut Vm, main: Ref<ModuleObj>, bytes: &[u8], name: &str) -> Res<()> {
    let text = decode(vm, bytes, name)?;
    let code = compile_main(vm, &text, name)?;
    let d = main.dict.get();
    vm.exec_code(code, d, d.value())?;
    Ok(())
}
