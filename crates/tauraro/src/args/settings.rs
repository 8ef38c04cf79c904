//! Settings that come from `-X` options and from the environment. Options win.

use runtime::strs::os_text;
use runtime::vm::Config;
use std::os::unix::ffi::OsStrExt;

/// Least positive limit for conversions between int and str, as `sys.int_info` has it.
const MIN_STR_DIGITS: usize = 640;

/// The value of an environment variable that applies: not ignored, not empty.
type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

fn number(text: &str) -> u8 {
    // As CPython: anything that is no number counts as one.
    text.parse().unwrap_or(1).max(1)
}

fn current_dir() -> String {
    let d = std::env::current_dir().unwrap_or_default();
    os_text(d.as_os_str().as_bytes())
}

/// A path from the root, without looking at the file system.
pub fn absolute(path: &str) -> String {
    match path {
        "" => current_dir(),
        p if p.starts_with('/') => p.to_string(),
        p => format!("{}/{p}", current_dir()),
    }
}

/// Notes an `-X` option.
pub fn note_x_option(c: &mut Config, text: &str) {
    let (name, value) = match text.split_once('=') {
        Some((n, v)) => (n.to_string(), Some(v.to_string())),
        None => (text.to_string(), None),
    };
    c.x_options.retain(|o| o.0 != name);
    c.x_options.push((name, value));
}

/// The last `-X` option of a name: absent, without a value, with one.
fn x_option<'c>(c: &'c Config, name: &str) -> Option<Option<&'c str>> {
    let found = c.x_options.iter().find(|o| o.0 == name)?;
    Some(found.1.as_deref())
}

/// Applies variables and `-X` options to what the other options say. The error ends the process.
pub fn apply(c: &mut Config, var: Variable) -> Result<(), String> {
    paths(c, var);
    levels(c, var);
    modes(c, var)?;
    hash_seed(c, var)?;
    str_digits(c, var)?;
    cpu_count(c, var)?;
    import_time(c, var)?;
    lock(c, var)?;
    warnings(c, var);
    Ok(())
}

fn paths(c: &mut Config, var: Variable) {
    if let Some(p) = var("PYTHONPATH") {
        c.python_path = p.split(':').map(absolute).collect();
    }
    let prefix = match x_option(c, "pycache_prefix") {
        Some(value) => value.map(str::to_string),
        None => var("PYTHONPYCACHEPREFIX"),
    };
    c.pycache_prefix = prefix.filter(|p| !p.is_empty());
}

fn levels(c: &mut Config, var: Variable) {
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
        ("PYTHONNODEBUGRANGES", &mut c.no_debug_ranges),
    ] {
        *field |= var(name).is_some();
    }
}

fn modes(c: &mut Config, var: Variable) -> Result<(), String> {
    c.jit = match x_option(c, "jit") {
        None => c.jit,
        Some(Some("off" | "0")) => runtime::jit::Mode::Off,
        Some(Some("eager")) => runtime::jit::Mode::Eager,
        Some(_) => runtime::jit::Mode::On,
    };
    c.dev_mode |= x_option(c, "dev").is_some();
    c.no_debug_ranges |= x_option(c, "no_debug_ranges").is_some();
    c.warn_default_encoding |= x_option(c, "warn_default_encoding").is_some();
    let (value, wrong) = match x_option(c, "utf8") {
        Some(v) => (
            Some(v.unwrap_or("1").to_string()),
            "invalid -X utf8 option value",
        ),
        None => (
            var("PYTHONUTF8"),
            "invalid PYTHONUTF8 environment variable value",
        ),
    };
    match value.as_deref() {
        None => {}
        Some("1") => c.utf8_mode = true,
        Some("0") => c.utf8_mode = false,
        Some(_) => return Err(fatal(wrong)),
    }
    Ok(())
}

fn fatal(message: &str) -> String {
    format!(
        "Fatal Python error: preconfig_init_utf8_mode: {message}\nPython runtime state: preinitializing\n"
    )
}

/// How a setting that makes no sense ends the program.
fn fatal_setting(function: &str, message: &str) -> String {
    format!("Fatal Python error: {function}: {message}\nPython runtime state: preinitialized\n")
}

/// There is one lock for all, as in CPython's default build.
fn lock(c: &Config, var: Variable) -> Result<(), String> {
    let value = match x_option(c, "gil") {
        Some(v) => v.map(str::to_string),
        None => var("PYTHON_GIL"),
    };
    match value.as_deref() {
        Some("0") => Err(fatal_setting(
            "config_read_gil",
            "Disabling the GIL is not supported by this build",
        )),
        _ => Ok(()),
    }
}

fn hash_seed(c: &mut Config, var: Variable) -> Result<(), String> {
    // -R asks for random hashes whatever the environment says.
    match var("PYTHONHASHSEED").as_deref() {
        _ if c.hash_randomization => {}
        None | Some("random") => {}
        Some(v) => match v.parse() {
            Ok(n) => c.hash_seed = Some(n),
            Err(_) => {
                return Err(fatal_setting(
                    "config_init_hash_seed",
                    "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
                ));
            }
        },
    }
    Ok(())
}

fn str_digits(c: &mut Config, var: Variable) -> Result<(), String> {
    let (value, source) = match x_option(c, "int_max_str_digits") {
        Some(v) => (Some(v.unwrap_or("").to_string()), "-X int_max_str_digits"),
        None => (var("PYTHONINTMAXSTRDIGITS"), "PYTHONINTMAXSTRDIGITS"),
    };
    let Some(value) = value else { return Ok(()) };
    match value.parse::<usize>() {
        Ok(n) if n == 0 || (MIN_STR_DIGITS..=i32::MAX as usize).contains(&n) => {
            c.int_max_str_digits = Some(n);
            Ok(())
        }
        _ => Err(fatal_setting(
            "config_init_int_max_str_digits",
            &format!("{source}: invalid limit; must be >= {MIN_STR_DIGITS} or 0 for unlimited."),
        )),
    }
}

fn cpu_count(c: &mut Config, var: Variable) -> Result<(), String> {
    let (value, source) = match x_option(c, "cpu_count") {
        Some(v) => (Some(v.unwrap_or("").to_string()), "-X cpu_count=n option"),
        None => (var("PYTHON_CPU_COUNT"), "PYTHON_CPU_COUNT"),
    };
    match value.as_deref() {
        None | Some("default") => Ok(()),
        Some(v) => match v.parse::<i32>() {
            Ok(n) if n > 0 => {
                c.cpu_count = Some(n);
                Ok(())
            }
            _ => Err(fatal_setting(
                "config_init_cpu_count",
                &format!("{source}: n is missing or an invalid number, n must be greater than 0"),
            )),
        },
    }
}

fn import_time(c: &mut Config, var: Variable) -> Result<(), String> {
    c.import_time = match x_option(c, "importtime") {
        None => match var("PYTHONPROFILEIMPORTTIME").as_deref() {
            None | Some("0") => 0,
            Some("2") => 2,
            Some(_) => 1,
        },
        Some(None | Some("1" | "true")) => 1,
        Some(Some("2")) => 2,
        Some(Some("0")) => 0,
        Some(Some(_)) => {
            return Err(fatal_setting(
                "config_init_import_time",
                "-X importtime: values other than 1 and 2 are reserved for future use.",
            ));
        }
    };
    Ok(())
}

/// The filters in the order of `sys.warnoptions`: the weakest first.
fn warnings(c: &mut Config, var: Variable) {
    let given = std::mem::take(&mut c.warn_options);
    if c.dev_mode {
        c.warn_options.push("default".into());
    }
    if let Some(w) = var("PYTHONWARNINGS") {
        c.warn_options.extend(w.split(',').map(str::to_string));
    }
    c.warn_options.extend(given);
    match c.bytes_warning {
        0 => {}
        1 => c.warn_options.push("default::BytesWarning".into()),
        _ => c.warn_options.push("error::BytesWarning".into()),
    }
}
