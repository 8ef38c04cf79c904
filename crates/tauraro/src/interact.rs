//! The plain interactive mode: statements from standard input, one after the other.

use modules::startup;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::io::IsTerminal;

/// Runs statements until the input ends or a SystemExit comes.
pub fn interact(vm: &mut Vm, main: Ref<ModuleObj>, with_banner: bool) -> Res<()> {
    if with_banner && !vm.interp().config.quiet {
        let version = modules::sys::version_text();
        vm.write_stderr(&format!(
            "Python {version} on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n"
        ));
    }
    if let Some(console) = library_console(vm)? {
        return run_console(vm, console, main, with_banner);
    }
    if with_banner {
        startup_file(vm, main)?;
    }
    let mut session = Session::new(vm, main)?;
    while let Some(text) = session.statement(vm)? {
        session.run(vm, &text)?;
    }
    vm.write_stderr("\n");
    vm.flush_stream("stderr");
    Ok(())
}

/// The library's console with history and editing of several lines (`_pyrepl`), if the terminal
/// can do what it needs and PYTHON_BASIC_REPL does not forbid it.
fn library_console(vm: &mut Vm) -> Res<Option<Value>> {
    let basic = !vm.interp().config.ignore_environment
        && std::env::var_os("PYTHON_BASIC_REPL").is_some_and(|v| !v.is_empty());
    if basic || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Ok(None);
    }
    let usable = vm
        .import_module("_pyrepl.main")
        .and_then(|m| Ok((m, vm.get_attr_str(m, "CAN_USE_PYREPL")?)));
    let Ok((module, usable)) = usable else {
        vm.raised = None;
        return Ok(None);
    };
    if vm.truth(usable)? {
        return Ok(Some(module));
    }
    let reason = vm.get_attr_str(module, "FAIL_REASON")?;
    let reason = vm.display(reason);
    vm.write_stderr(&format!("{reason}\n"));
    Ok(None)
}

fn run_console(vm: &mut Vm, console: Value, main: Ref<ModuleObj>, startup: bool) -> Res<()> {
    let run = vm.get_attr_str(console, "interactive_console")?;
    let startup = startup && !vm.interp().config.ignore_environment;
    let args = vm.new_tuple(&[main.value(), Value::FALSE, Value::bool(startup)])?;
    vm.call_spread(run, args, None).map(|_| ())
}

/// Runs the file of PYTHONSTARTUP; an exception in it is only shown.
fn startup_file(vm: &mut Vm, main: Ref<ModuleObj>) -> Res<()> {
    if vm.interp().config.ignore_environment {
        return Ok(());
    }
    let Some(path) = std::env::var("PYTHONSTARTUP")
        .ok()
        .filter(|p| !p.is_empty())
    else {
        return Ok(());
    };
    let r = match std::fs::read(&path) {
        Ok(bytes) => super::run::run_source(vm, main, &bytes, &path),
        Err(_) => {
            vm.write_stderr(&format!("Could not open PYTHONSTARTUP\n{path}\n"));
            Ok(())
        }
    };
    show_error(vm, r)
}

/// Shows the exception in flight. A SystemExit goes on.
fn show_error(vm: &mut Vm, r: Res<()>) -> Res<()> {
    match r {
        Err(_) if !vm.raised_is(vm.types.exc.SystemExit) => {
            let e = vm.take_raised();
            vm.print_uncaught(e);
            vm.raised = None;
            Ok(())
        }
        r => r,
    }
}

/// The entries of the exception in flight are the compiler's, of no interest here.
fn hide_traceback(vm: &mut Vm) -> Res<()> {
    if let Some(e) = vm.raised {
        vm.raised = None;
        vm.set_attr_str(e, "__traceback__", Value::NONE)?;
        vm.raised = Some(e);
    }
    Ok(())
}

struct Session {
    main: Ref<ModuleObj>,
    /// Statements so far: their sources have names of their own, so that tracebacks quote the right one.
    count: usize,
    /// Both ends are terminals: `input()` reads and shows the prompt.
    terminal: bool,
    /// Text of the statement that is being entered.
    pending: String,
}

impl Session {
    fn new(vm: &mut Vm, main: Ref<ModuleObj>) -> Res<Session> {
        for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
            if vm.sys_attr(name).is_none()
                && let Some(sys) = vm.interp().sys_dict
            {
                let prompt = vm.new_str(prompt)?;
                vm.dict_set_str(sys, name, prompt)?;
            }
        }
        // One compiler for all, so that `from __future__ import` goes on to count. `__main__` cannot see it.
        let codeop = vm.import_module("codeop")?;
        let compiler = vm.call_method_str(codeop, "CommandCompiler", &[])?;
        startup::keep(vm, compiler);
        Ok(Session {
            main,
            count: 0,
            terminal: std::io::stdin().is_terminal() && std::io::stdout().is_terminal(),
            pending: String::new(),
        })
    }

    /// The next complete statement; None at the end of the input.
    fn statement(&mut self, vm: &mut Vm) -> Res<Option<(Value, String)>> {
        loop {
            let prompt = if self.pending.is_empty() {
                "ps1"
            } else {
                "ps2"
            };
            let line = match self.line(vm, prompt) {
                Ok(Some(line)) => line,
                Ok(None) if self.pending.is_empty() => return Ok(None),
                // The end of the input ends a block.
                Ok(None) => {
                    vm.write_stderr("\n");
                    String::from(if self.pending.ends_with('\n') {
                        "\n"
                    } else {
                        "\n\n"
                    })
                }
                Err(_) if vm.raised_is(vm.types.exc.KeyboardInterrupt) => {
                    vm.raised = None;
                    self.pending.clear();
                    vm.write_stderr("\nKeyboardInterrupt\n");
                    continue;
                }
                Err(e) => return Err(e),
            };
            self.pending.push_str(&line);
            let text = self.pending.strip_suffix('\n').unwrap_or(&self.pending);
            let code = compile(vm, text, &self.name());
            match code {
                Ok(code) if code.is_none() => {}
                Ok(code) => {
                    let text = std::mem::take(&mut self.pending);
                    return Ok(Some((code, text)));
                }
                Err(e) => {
                    if vm.raised_is(vm.types.exc.SyntaxError) {
                        // With its line break the line is quoted as it was entered.
                        let first = vm.take_raised();
                        if compile(vm, &format!("{text}\n"), &self.name()).is_ok() {
                            vm.raised = Some(first);
                        }
                    }
                    self.pending.clear();
                    hide_traceback(vm)?;
                    show_error(vm, Err(e))?;
                }
            }
        }
    }

    fn name(&self) -> String {
        format!("<stdin-{}>", self.count)
    }

    /// A line with its line break; None at the end of the input.
    fn line(&self, vm: &mut Vm, prompt: &str) -> Res<Option<String>> {
        let prompt = vm.sys_attr(prompt).unwrap_or(Value::NONE);
        let prompt = vm.str_of(prompt)?;
        if self.terminal {
            let builtins = vm.import_module("builtins")?;
            return match vm.call_method_str(builtins, "input", &[prompt]) {
                Ok(line) => Ok(Some(vm.display(line) + "\n")),
                Err(_) if vm.raised_is(vm.types.exc.EOFError) => {
                    vm.raised = None;
                    Ok(None)
                }
                Err(e) => Err(e),
            };
        }
        let shown = vm.display(prompt);
        vm.write_stderr(&shown);
        vm.flush_stream("stderr");
        let Some(stdin) = vm.sys_attr("stdin").filter(|s| !s.is_none()) else {
            return Ok(None);
        };
        let line = vm.call_method_str(stdin, "readline", &[])?;
        let line = vm.display(line);
        Ok((!line.is_empty()).then_some(line))
    }

    /// Runs a statement and shows its exception.
    fn run(&mut self, vm: &mut Vm, (code, text): &(Value, String)) -> Res<()> {
        let name = self.name();
        self.count += 1;
        remember_source(vm, *code, &name, text)?;
        let d = self.main.dict.get();
        let r = match code.downcast() {
            Some(code) => vm.exec_code(code, d, d.value()).map(|_| ()),
            None => Ok(()),
        };
        show_error(vm, r)?;
        vm.flush_stream("stdout");
        vm.flush_stream("stderr");
        Ok(())
    }
}

/// The code of a statement; None when more lines are needed.
fn compile(vm: &mut Vm, text: &str, name: &str) -> Res {
    let source = vm.new_str(text)?;
    let file = vm.new_str(name)?;
    let symbol = vm.new_str("single")?;
    let compiler = startup::kept(vm);
    vm.call_value(compiler, &[source, file, symbol])
}

/// Where tracebacks find the text: the engine's own and those of the library.
fn remember_source(vm: &mut Vm, code: Value, name: &str, text: &str) -> Res<()> {
    vm.interp()
        .sources
        .insert(name.to_string(), text.to_string());
    let linecache = vm.import_module("linecache")?;
    let (source, file) = (vm.new_str(text)?, vm.new_str(name)?);
    vm.call_method_str(linecache, "_register_code", &[code, source, file])?;
    Ok(())
}
