//! `open`, `open_code`, `text_encoding`.

use super::text::Options;
use super::util::*;
use super::{buffered, fileio, newline, text};
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

/// A parsed mode of `open`.
#[derive(Clone, Default)]
struct Mode {
    /// One of r, w, x, a; 0 when missing.
    main: u8,
    updating: bool,
    text: bool,
    binary: bool,
}

fn parse_mode(vm: &mut Vm, mode: &str) -> Res<Mode> {
    let mut m = Mode::default();
    let mut mains = 0;
    for (i, c) in mode.bytes().enumerate() {
        if mode.as_bytes()[..i].contains(&c) {
            return Err(vm.value_error(&format!("invalid mode: '{mode}'")));
        }
        match c {
            b'r' | b'w' | b'x' | b'a' => {
                mains += 1;
                m.main = c;
            }
            b'+' => m.updating = true,
            b't' => m.text = true,
            b'b' => m.binary = true,
            _ => return Err(vm.value_error(&format!("invalid mode: '{mode}'"))),
        }
    }
    if m.text && m.binary {
        return Err(vm.value_error("can't have text and binary mode at once"));
    }
    if mains != 1 {
        return Err(vm.value_error("must have exactly one of create/read/write/append mode"));
    }
    Ok(m)
}

impl Mode {
    /// The mode for FileIO.
    fn raw(&self) -> String {
        let mut s = String::from(self.main as char);
        if self.updating {
            s.push('+');
        }
        s
    }
}

/// The arguments of `open`; None (the value) or none for those left out.
pub struct Args {
    pub file: Value,
    pub mode: String,
    pub buffering: i64,
    pub encoding: Option<Value>,
    pub errors: Option<Value>,
    pub newline: Option<Value>,
    pub closefd: bool,
    pub opener: Option<Value>,
}

#[cold]
fn binary_takes_no(vm: &mut Vm, what: &str) -> Raised {
    vm.value_error(&format!("binary mode doesn't take {what} argument"))
}

/// Opens a file (`io.open`).
pub fn open(vm: &mut Vm, a: Args) -> Res {
    let m = parse_mode(vm, &a.mode)?;
    let given = |v: Option<Value>| v.is_some_and(|v| !v.is_none());
    if m.binary {
        if given(a.encoding) {
            return Err(binary_takes_no(vm, "an encoding"));
        }
        if given(a.errors) {
            return Err(binary_takes_no(vm, "an errors"));
        }
        if given(a.newline) {
            return Err(binary_takes_no(vm, "a newline"));
        }
        if a.buffering == 1 {
            let class = vm.types.exc.RuntimeWarning;
            let text = "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
            vm.warn(class, text, 1)?;
        }
    }
    let newline = newline::newline_arg(vm, a.newline, "open() argument 'newline'")?;
    // A path-like object is asked for its path once; the result is the name.
    let file = if vm.is_int(a.file) || a.file.is_bool() {
        a.file
    } else {
        vm.fspath(a.file)?
    };
    let raw_file = fileio::open_raw(vm, file, &m.raw(), a.closefd, a.opener)?;
    let is_tty = a.buffering < 0
        && raw_file.is_char_device.get()
        // SAFETY: no memory is involved.
        && unsafe { libc::isatty(raw_file.fd.get()) } == 1;
    let block = raw_file.block_size.get();
    let raw = fileio::new_fileio(vm, raw_file, file)?;
    let result = wrap(vm, &a, &m, raw, is_tty, block, newline);
    if result.is_err() {
        let e = vm.take_raised();
        if vm.call_method(raw, vm.names.close, &[]).is_err() {
            vm.raised = None;
        }
        return Err(vm.raise(e));
    }
    result
}

/// Puts the buffer and text layers on a raw file.
fn wrap(
    vm: &mut Vm,
    a: &Args,
    m: &Mode,
    raw: Value,
    is_tty: bool,
    block: usize,
    newline: Option<&'static str>,
) -> Res {
    let line_buffering = a.buffering == 1 && !m.binary || is_tty;
    let size = match a.buffering {
        n if n < 0 || n == 1 => block.clamp(DEFAULT_BUFFER_SIZE, 8 << 20),
        n => n as usize,
    };
    if a.buffering == 0 {
        if !m.binary {
            return Err(vm.value_error("can't have unbuffered text I/O"));
        }
        return Ok(raw);
    }
    let spec = if m.updating {
        check_seekable(vm, raw)?;
        &buffered::RANDOM
    } else if m.main == b'r' {
        &buffered::READER
    } else {
        &buffered::WRITER
    };
    let buffer = buffered::new_buffered(vm, spec, raw, size)?;
    if m.binary {
        return Ok(buffer);
    }
    let (encoding, errors) = text::encoding_args(vm, a.encoding, a.errors, "open")?;
    let o = Options {
        encoding,
        errors,
        newline,
        line_buffering,
        write_through: false,
    };
    let t = text::new_text(vm, buffer, o)?;
    let mode = vm.new_str(&a.mode)?;
    vm.set_attr(t, vm.names.mode, Some(mode))?;
    Ok(t)
}

fn check_seekable(vm: &mut Vm, raw: Value) -> Res<()> {
    if !method_truth(vm, raw, "seekable")? {
        return Err(unsupported(vm, "File or stream is not seekable."));
    }
    Ok(())
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Open file and return a stream.  Raise OSError upon failure.
    ///
    /// file is either a text or byte string giving the name (and the path
    /// if the file isn't in the current working directory) of the file to
    /// be opened or an integer file descriptor of the file to be
    /// wrapped. (If a file descriptor is given, it is closed when the
    /// returned I/O object is closed, unless closefd is set to False.)
    #[native(
        "open($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"
    )]
    pub fn open(
        vm: &mut Vm,
        module: Value,
        file: Value,
        mode: Option<Value>,
        buffering: Option<i64>,
        encoding: Option<Value>,
        errors: Option<Value>,
        newline: Option<Value>,
        closefd: Option<bool>,
        opener: Option<Value>,
    ) -> Res {
        // Not for a file that is about to be emptied.
        let text = mode.and_then(|m| m.downcast::<StrObj>());
        if text.is_none_or(|m| !m.to_string().contains(['w', 'x'])) {
            crate::io::settle(vm, module, "open");
        }
        let mode = match mode {
            None => String::from("r"),
            Some(m) if m.is_kind(Kind::Str) => vm.display(m),
            Some(m) => {
                let name = vm.argument_kind(m);
                return Err(
                    vm.type_error(&format!("open() argument 'mode' must be str, not {name}"))
                );
            }
        };
        let a = Args {
            file,
            mode,
            buffering: buffering.unwrap_or(-1),
            encoding,
            errors,
            newline,
            closefd: closefd.unwrap_or(true),
            opener,
        };
        super::open(vm, a)
    }
    /// Opens the provided file with the intent to import the contents.
    ///
    /// This may perform extra validation beyond open(), but is otherwise
    /// interchangeable with calling open(path, 'rb').
    #[native("open_code($module, /, path)")]
    fn open_code(vm: &mut Vm, _m: Value, path: Value) -> Res {
        if !path.is_kind(Kind::Str) {
            let name = vm.argument_kind(path);
            return Err(vm.type_error(&format!(
                "open_code() argument 'path' must be str, not {name}"
            )));
        }
        let a = Args {
            file: path,
            mode: String::from("rb"),
            buffering: -1,
            encoding: None,
            errors: None,
            newline: None,
            closefd: true,
            opener: None,
        };
        super::open(vm, a)
    }
    /// A helper function to choose the text encoding.
    ///
    /// When encoding is not None, this function returns it.
    /// Otherwise, this function returns the default text encoding
    /// (i.e. "locale" or "utf-8" depends on UTF-8 mode).
    ///
    /// This function emits an EncodingWarning if encoding is None and
    /// sys.flags.warn_default_encoding is true.
    ///
    /// This can be used in APIs with an encoding=None parameter.
    /// However, please consider using encoding="utf-8" for new APIs.
    #[native("text_encoding($module, encoding, stacklevel=2, /)")]
    fn text_encoding(vm: &mut Vm, _m: Value, encoding: Value, _stacklevel: Option<i64>) -> Res {
        if !encoding.is_none() {
            return Ok(encoding);
        }
        let name = if vm.interp().config.utf8_mode {
            "utf-8"
        } else {
            "locale"
        };
        vm.new_str(name)
    }
}
