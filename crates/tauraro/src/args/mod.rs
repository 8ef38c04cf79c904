//! The command line and the environment.

pub mod help;
mod places;
mod settings;

use runtime::strs::os_text;
use runtime::vm::Config;
use std::iter::Peekable;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// `-c TEXT`
    Command(String),
    /// `-m NAME`
    Module(String),
    /// A script, or a folder or archive with a `__main__`.
    Path(String),
    /// `-`, or standard input when there is nothing else.
    Stdin,
    /// How often it was asked for.
    Version(u8),
    /// The text of a help option.
    Help(String),
}

/// The parsed command line.
pub struct Args {
    pub config: Config,
    pub program: Program,
    /// `--dump=bytecode[:NAME]`: print the listing instead of running, of code with NAME in its
    /// qualified name.
    pub dump: Option<String>,
    /// `--debug-perf`: report what the compiler did, at the end.
    pub debug_perf: bool,
    /// `--dump=graph|clif|asm[:NAME]`: what to print of compiled code.
    pub jit_dump: jit::Dump,
    /// `-x`: the first line of the script is not Python.
    pub skip_first_line: bool,
}

/// What the options say so far.
struct Parsed {
    args: Args,
    program: Option<Program>,
    versions: u8,
}

/// Sets an option of one letter without an argument; false for an unknown one.
fn set_flag(p: &mut Parsed, letter: char) -> bool {
    let c = &mut p.args.config;
    match letter {
        'b' => c.bytes_warning = c.bytes_warning.saturating_add(1),
        'B' => c.dont_write_bytecode = true,
        'd' => c.debug = true,
        'E' => c.ignore_environment = true,
        'h' | '?' => p.program = Some(Program::Help(help::text("--help"))),
        'i' => {
            c.inspect = true;
            c.interactive = true;
        }
        'I' => {
            c.isolated = true;
            c.ignore_environment = true;
            c.no_user_site = true;
            c.safe_path = true;
        }
        'O' => c.optimize = c.optimize.saturating_add(1),
        'P' => c.safe_path = true,
        'q' => c.quiet = true,
        'R' => c.hash_randomization = true,
        's' => c.no_user_site = true,
        'S' => c.no_site = true,
        't' => {}
        'u' => c.unbuffered = true,
        'v' => c.verbose = c.verbose.saturating_add(1),
        'V' => p.versions = p.versions.saturating_add(1),
        'x' => p.args.skip_first_line = true,
        _ => return false,
    }
    true
}

/// A group of one-letter options.
fn letters(
    p: &mut Parsed,
    group: &str,
    rest: &mut dyn Iterator<Item = String>,
) -> Result<(), String> {
    for (i, letter) in group.char_indices() {
        if !matches!(letter, 'c' | 'm' | 'W' | 'X') {
            if !set_flag(p, letter) {
                return Err(help::wrong(&format!("Unknown option: -{letter}")));
            }
            continue;
        }
        let inline = &group[i + 1..];
        let value = match inline {
            "" => rest.next(),
            v => Some(v.to_string()),
        };
        let Some(value) = value else {
            return Err(help::wrong(&format!(
                "Argument expected for the -{letter} option"
            )));
        };
        match letter {
            'c' => p.program = Some(Program::Command(value)),
            'm' => p.program = Some(Program::Module(value)),
            'W' => p.args.config.warn_options.push(value),
            _ => settings::note_x_option(&mut p.args.config, &value),
        }
        return Ok(());
    }
    Ok(())
}

/// An option that begins with two dashes.
fn long(p: &mut Parsed, arg: &str, rest: &mut dyn Iterator<Item = String>) -> Result<(), String> {
    match arg {
        "--help" | "--help-all" | "--help-env" | "--help-xoptions" => {
            p.program = Some(Program::Help(help::text(arg)));
        }
        "--version" => p.versions = p.versions.saturating_add(1),
        "--debug-perf" => p.args.debug_perf = true,
        a if a.starts_with("--dump=") => dump(&mut p.args, &a[7..])?,
        "--check-hash-based-pycs" => {
            let how = rest.next().unwrap_or_default();
            if !matches!(how.as_str(), "always" | "never" | "default") {
                return Err(help::wrong(
                    "--check-hash-based-pycs must be one of 'default', 'always', or 'never'",
                ));
            }
            p.args.config.check_hash_pycs = Some(how);
        }
        _ => return Err(help::wrong(&format!("Unknown option: {arg}"))),
    }
    Ok(())
}

/// `bytecode`, `graph`, `clif` or `asm`, with `:NAME` behind it or not.
fn dump(args: &mut Args, text: &str) -> Result<(), String> {
    let (what, name) = text.split_once(':').unwrap_or((text, ""));
    let dump = &mut args.jit_dump;
    match what {
        "bytecode" => {
            args.dump = Some(name.to_string());
            return Ok(());
        }
        "graph" => dump.graph = true,
        "clif" => dump.clif = true,
        "asm" => dump.asm = true,
        _ => {
            return Err(help::wrong(&format!(
                "unknown --dump={what}: bytecode, graph, clif or asm"
            )));
        }
    }
    dump.name = name.to_string();
    Ok(())
}

fn options(
    p: &mut Parsed,
    rest: &mut Peekable<impl Iterator<Item = String>>,
) -> Result<(), String> {
    while p.program.is_none()
        && let Some(arg) = rest.peek()
        && arg != "-"
        && arg.starts_with('-')
    {
        let arg = rest.next().unwrap_or_default();
        match arg.as_str() {
            "--" => break,
            a if a.starts_with("--") => long(p, a, rest)?,
            a => letters(p, &a[1..], rest)?,
        }
    }
    if p.versions > 0 && !matches!(p.program, Some(Program::Help(_))) {
        p.program = Some(Program::Version(p.versions));
    }
    Ok(())
}

/// Parses the process's arguments. The error is what to print, and the exit status.
pub fn parse() -> Result<Args, (String, u8)> {
    let all: Vec<String> = std::env::args_os()
        .map(|a| os_text(&a.into_vec()))
        .collect();
    let mut p = Parsed {
        args: Args {
            config: Config {
                orig_argv: all.clone(),
                ..Config::default()
            },
            program: Program::Stdin,
            dump: None,
            debug_perf: false,
            jit_dump: jit::Dump::default(),
            skip_first_line: false,
        },
        program: None,
        versions: 0,
    };
    places::set(&mut p.args.config);
    let mut rest = all.into_iter().skip(1).peekable();
    options(&mut p, &mut rest).map_err(|e| (e, 2))?;
    let Parsed {
        mut args, program, ..
    } = p;
    let config = &mut args.config;
    args.program = match program {
        Some(p) => p,
        None => match rest.next() {
            None => Program::Stdin,
            Some(a) => {
                config.argv.push(a.clone());
                if a == "-" {
                    Program::Stdin
                } else {
                    // The program sees its absolute path as `__file__`, and `sys.argv[0]` as given.
                    Program::Path(settings::absolute(&a))
                }
            }
        },
    };
    match &args.program {
        Program::Command(_) => config.argv.push("-c".into()),
        Program::Module(_) => config.argv.push("-m".into()),
        _ if config.argv.is_empty() => config.argv.push(String::new()),
        _ => {}
    }
    config.argv.extend(rest);
    let ignore = config.ignore_environment;
    let var = |name: &str| {
        let v = std::env::var_os(name).filter(|v| !ignore && !v.is_empty())?;
        Some(os_text(v.as_bytes()))
    };
    settings::apply(config, &var).map_err(|e| (e, 1))?;
    let every = |name: &str| std::env::var(name).ok()?.parse().ok();
    config.gc_stress = every("TAURARO_GC_STRESS");
    config.frame_stress = every("TAURARO_FRAME_STRESS");
    config.deopt_stress = every("TAURARO_DEOPT_STRESS");
    // Frames are taken apart under the interpreter's hands: not with compiled code.
    if config.frame_stress.is_some() {
        config.jit = runtime::jit::Mode::Off;
    }
    Ok(args)
}
