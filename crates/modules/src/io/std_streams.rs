//! `sys.stdin`, `sys.stdout`, `sys.stderr`.

use super::text::Options;
use super::util::DEFAULT_BUFFER_SIZE;
use super::{buffered, fileio, text};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Encoding and error handler from PYTHONIOENCODING.
fn from_environment(vm: &mut Vm) -> (Option<String>, Option<String>) {
    if vm.interp().config.ignore_environment {
        return (None, None);
    }
    let Ok(v) = std::env::var("PYTHONIOENCODING") else {
        return (None, None);
    };
    let part = |s: &str| (!s.is_empty()).then(|| s.to_string());
    match v.split_once(':') {
        Some((e, h)) => (part(e), part(h)),
        None => (part(&v), None),
    }
}

/// Makes the three streams and puts them into `sys`, with their `__std*__` twins.
///
/// A descriptor that is not open gives None, as in CPython.
pub fn init_std_streams(vm: &mut Vm) -> Res<()> {
    let Some(sys) = vm.interp().sys_dict else {
        return Ok(());
    };
    for (fd, name) in [(0, "stdin"), (1, "stdout"), (2, "stderr")] {
        let stream = std_stream(vm, sys, fd, name)?;
        vm.dict_set_str(sys, name, stream)?;
        vm.dict_set_str(sys, &format!("__{name}__"), stream)?;
    }
    Ok(())
}

fn std_stream(vm: &mut Vm, _sys: Ref<DictObj>, fd: i32, name: &str) -> Res {
    // SAFETY: no memory is involved.
    if unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
        return Ok(Value::NONE);
    }
    let writing = fd != 0;
    let unbuffered = writing && vm.interp().config.unbuffered;
    let number = Value::int_unchecked(fd as i64);
    let mode = if writing { "w" } else { "r" };
    let file = match fileio::open_raw(vm, number, mode, false, None) {
        Ok(f) => f,
        // A directory, for one.
        Err(_) => {
            vm.raised = None;
            return Ok(Value::NONE);
        }
    };
    // SAFETY: no memory is involved.
    let tty = unsafe { libc::isatty(fd) } == 1;
    let label = vm.new_str(&format!("<{name}>"))?;
    let raw = fileio::new_fileio(vm, file, label)?;
    let buffer = if unbuffered {
        raw
    } else {
        let spec = if writing {
            &buffered::WRITER
        } else {
            &buffered::READER
        };
        buffered::new_buffered(vm, spec, raw, DEFAULT_BUFFER_SIZE)?
    };
    let (encoding, errors) = from_environment(vm);
    let given = encoding.is_some();
    let encoding = vm.new_str(encoding.as_deref().unwrap_or("utf-8"))?;
    let encoding = if given {
        codec_name(vm, encoding)?
    } else {
        encoding
    };
    let errors = match (fd, errors.as_deref()) {
        (2, _) => "backslashreplace",
        (_, Some(e)) => e,
        _ if given => "strict",
        _ if c_locale() => "surrogateescape",
        _ => "strict",
    };
    let errors = vm.new_str(errors)?;
    let o = Options {
        encoding,
        errors,
        newline: if writing { Some("\n") } else { None },
        line_buffering: writing && !unbuffered && (fd == 2 || tty),
        write_through: unbuffered,
    };
    let t = text::new_text(vm, buffer, o)?;
    let mode = vm.new_str(mode)?;
    vm.set_attr(t, vm.names.mode, Some(mode))?;
    Ok(t)
}

/// The name that a codec has itself (`latin-1` is `iso8859-1`); an unknown one as it is.
fn codec_name(vm: &mut Vm, encoding: Value) -> Res {
    let codecs = vm.import_module("codecs")?;
    let found = vm
        .call_method_str(codecs, "lookup", &[encoding])
        .and_then(|info| vm.get_attr_str(info, "name"));
    if found.is_err() {
        vm.raised = None;
    }
    Ok(found.unwrap_or(encoding))
}

/// The locale is C or POSIX: bytes that are not UTF-8 pass through the standard streams.
fn c_locale() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|n| std::env::var(n).ok())
        .find(|v| !v.is_empty());
    match set.as_deref() {
        None | Some("C") | Some("POSIX") => true,
        Some(v) => v.starts_with("C."),
    }
}
