//! The command line and the environment.

use runtime::strs::os_text;
use runtime::vm::Config;
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
    Version,
    Help,
}

/// The parsed command line.
pub struct Args {
    pub config: Config,
    pub program: Program,
    /// `--dump=bytecode`: print the listing instead of running.
    pub dump: bool,
    /// `--debug-perf`: report what the compiler did, at the end.
    pub debug_perf: bool,
    /// `--dump=graph|clif|asm[:NAME]`: what to print of compiled code.
    pub jit_dump: jit::Dump,
}

pub const HELP: &str = "\
usage: tauraro [option] ... [-c cmd | -m mod | file | -] [arg] ...
Options (and corresponding environment variables):
-b     : issue warnings about converting bytes/bytearray to str and comparing
         bytes/bytearray with str or bytes with int; also BytesWarning
         errors with -bb
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-d     : turn on parser debugging output (accepted, no effect)
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; also PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x
-OO    : do -O changes and also discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path; also PYTHONSAFEPATH
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered; also PYTHONUNBUFFERED=x
-v     : verbose (trace import statements); also PYTHONVERBOSE=x
-V     : print the version number and exit (also --version)
-W arg : warning control; also PYTHONWARNINGS=arg
-x     : skip first line of source (accepted, no effect)
-X opt : set implementation-specific option
--dump=bytecode: print the bytecode of the program instead of running it
--dump=graph, clif or asm: print these of each unit that is compiled; with :NAME
         behind it only of units whose name contains NAME
--debug-perf: report at the end what was compiled, refused and left, and why
-X jit=off, on or eager: the compiler (eager: at the first chance)
file   : program read from script file
-      : program read from stdin (default; interactive mode if a tty)
arg ...: arguments passed to program in sys.argv[1:]
";

fn number(text: &str) -> u8 {
    // As CPython: anything that is no number counts as one.
    text.parse().unwrap_or(1).max(1)
}

/// Reads the variables that apply unless `-E` was given. Options win over them.
fn environment(c: &mut Config, var: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
    if let Some(p) = var("PYTHONPATH") {
        c.python_path = p
            .split(':')
            .map(|s| {
                if s.is_empty() {
                    current_dir()
                } else {
                    absolute(s)
                }
            })
            .collect();
    }
    if let Some(v) = var("PYTHONOPTIMIZE") {
        c.optimize = c.optimize.max(number(&v));
    }
    if let Some(v) = var("PYTHONVERBOSE") {
        c.verbose = c.verbose.max(number(&v));
    }
    for (name, field) in [
        ("PYTHONDONTWRITEBYTECODE", &mut c.dont_write_bytecode),
        ("PYTHONUNBUFFERED", &mut c.unbuffered),
        ("PYTHONINSPECT", &mut c.inspect),
        ("PYTHONNOUSERSITE", &mut c.no_user_site),
        ("PYTHONSAFEPATH", &mut c.safe_path),
        ("PYTHONDEBUG", &mut c.debug),
        ("PYTHONDEVMODE", &mut c.dev_mode),
        ("PYTHONWARNDEFAULTENCODING", &mut c.warn_default_encoding),
    ] {
        *field |= var(name).is_some();
    }
    if let Some(v) = var("PYTHONUTF8") {
        c.utf8_mode = v == "1";
    }
    c.pycache_prefix = var("PYTHONPYCACHEPREFIX");
    match var("PYTHONHASHSEED").as_deref() {
        None | Some("random") => {}
        Some(v) => match v.parse() {
            Ok(n) => c.hash_seed = Some(n),
            Err(_) => {
                return Err(
                    "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]"
                        .into(),
                );
            }
        },
    }
    if let Some(w) = var("PYTHONWARNINGS") {
        let given: Vec<String> = w.split(',').map(str::to_string).collect();
        c.warn_options.splice(0..0, given);
    }
    Ok(())
}

fn current_dir() -> String {
    let d = std::env::current_dir().unwrap_or_default();
    os_text(d.as_os_str().as_bytes())
}

/// A path from the root, without looking at the file system.
fn absolute(path: &str) -> String {
    if path.starts_with('/') {
        return path.to_string();
    }
    format!("{}/{path}", current_dir())
}

/// The options that are one letter without an argument; false for an unknown one.
fn flag(c: &mut Config, letter: char) -> bool {
    match letter {
        'b' => c.bytes_warning += 1,
        'B' => c.dont_write_bytecode = true,
        'd' => c.debug = true,
        'E' => c.ignore_environment = true,
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
        'O' => c.optimize += 1,
        'P' => c.safe_path = true,
        'q' => c.quiet = true,
        'R' | 'x' | 't' => {}
        's' => c.no_user_site = true,
        'S' => c.no_site = true,
        'u' => c.unbuffered = true,
        'v' => c.verbose += 1,
        _ => return false,
    }
    true
}

fn x_option(c: &mut Config, text: &str) {
    let (name, value) = match text.split_once('=') {
        Some((n, v)) => (n.to_string(), Some(v.to_string())),
        None => (text.to_string(), None),
    };
    match name.as_str() {
        "dev" => c.dev_mode = true,
        "jit" => {
            c.jit = match value.as_deref() {
                Some("off" | "0") => runtime::jit::Mode::Off,
                Some("eager") => runtime::jit::Mode::Eager,
                _ => runtime::jit::Mode::On,
            }
        }
        "utf8" => c.utf8_mode = value.as_deref() != Some("0"),
        "warn_default_encoding" => c.warn_default_encoding = true,
        "pycache_prefix" => c.pycache_prefix = value.clone(),
        _ => {}
    }
    c.x_options.push((name, value));
}

/// Parses the process's arguments. The error is what to print before exit status 2.
pub fn parse() -> Result<Args, String> {
    let all: Vec<String> = std::env::args_os()
        .map(|a| os_text(&a.into_vec()))
        .collect();
    let exe = std::env::current_exe().unwrap_or_default();
    let mut config = Config {
        stdlib_dir: format!("{}/lib/python3.14", exe.display()),
        prefix: exe
            .parent()
            .and_then(|p| p.parent())
            .map(|p| p.display().to_string())
            .unwrap_or_default(),
        executable: os_text(exe.as_os_str().as_bytes()),
        orig_argv: all.clone(),
        ..Config::default()
    };
    let mut dump = false;
    let mut debug_perf = false;
    let mut jit_dump = jit::Dump::default();
    let mut program = None;
    let mut rest = all.into_iter().skip(1).peekable();
    while program.is_none()
        && let Some(arg) = rest.peek().cloned()
    {
        if arg == "-" || !arg.starts_with('-') {
            break;
        }
        rest.next();
        match arg.as_str() {
            "--" => break,
            "--help" | "--help-all" => program = Some(Program::Help),
            "--version" => program = Some(Program::Version),
            "--dump=bytecode" => dump = true,
            "--debug-perf" => debug_perf = true,
            a if a.starts_with("--dump=") => jit_dump_option(&mut jit_dump, &a[7..])?,
            "--check-hash-based-pycs" => {
                let how = rest.next().unwrap_or_default();
                config
                    .x_options
                    .push(("check_hash_based_pycs".into(), Some(how)));
            }
            a if a.starts_with("--") => {
                return Err(format!(
                    "unknown option {a}\nusage: tauraro [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `tauraro -h' for more information."
                ));
            }
            a => program = letters(&mut config, &a[1..], &mut rest)?,
        }
    }
    let program = match program {
        Some(p) => p,
        None => match rest.next() {
            None => Program::Stdin,
            Some(a) if a == "-" => {
                config.argv.push(a);
                Program::Stdin
            }
            Some(a) => {
                config.argv.push(a.clone());
                Program::Path(a)
            }
        },
    };
    match &program {
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
    environment(&mut config, &var)?;
    let seconds = |name: &str| std::env::var(name).ok()?.parse().ok();
    config.gc_stress = seconds("TAURARO_GC_STRESS");
    config.frame_stress = seconds("TAURARO_FRAME_STRESS");
    config.deopt_stress = seconds("TAURARO_DEOPT_STRESS");
    // Frames are taken apart under the interpreter's hands: not with compiled code.
    if config.frame_stress.is_some() {
        config.jit = runtime::jit::Mode::Off;
    }
    Ok(Args {
        config,
        program,
        dump,
        debug_perf,
        jit_dump,
    })
}

/// `graph`, `clif` or `asm`, with `:NAME` behind it or not.
fn jit_dump_option(dump: &mut jit::Dump, text: &str) -> Result<(), String> {
    let (what, name) = text.split_once(':').unwrap_or((text, ""));
    match what {
        "graph" => dump.graph = true,
        "clif" => dump.clif = true,
        "asm" => dump.asm = true,
        _ => {
            return Err(format!(
                "unknown --dump={what}: bytecode, graph, clif or asm"
            ));
        }
    }
    dump.name = name.to_string();
    Ok(())
}

/// A group of one-letter options; the program when one of them names it.
fn letters(
    c: &mut Config,
    group: &str,
    rest: &mut dyn Iterator<Item = String>,
) -> Result<Option<Program>, String> {
    for (i, letter) in group.char_indices() {
        if matches!(letter, 'c' | 'm' | 'W' | 'X') {
            let inline = &group[i + 1..];
            let value = if inline.is_empty() {
                rest.next()
            } else {
                Some(inline.to_string())
            };
            let Some(value) = value else {
                return Err(format!(
                    "Argument expected for the -{letter} option\nusage: tauraro [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `tauraro -h' for more information."
                ));
            };
            match letter {
                'c' => return Ok(Some(Program::Command(value + "\n"))),
                'm' => return Ok(Some(Program::Module(value))),
                'W' => c.warn_options.push(value),
                _ => x_option(c, &value),
            }
            return Ok(None);
        }
        match letter {
            'h' | '?' => return Ok(Some(Program::Help)),
            'V' => return Ok(Some(Program::Version)),
            _ if flag(c, letter) => {}
            _ => {
                return Err(format!(
                    "Unknown option: -{letter}\nusage: tauraro [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `tauraro -h' for more information."
                ));
            }
        }
    }
    Ok(None)
}
