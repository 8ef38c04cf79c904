//! Methods of `TextIOWrapper`.

use super::core::Text;
use super::*;
use crate::io::base::{iobase_next, new_io};
use crate::io::fileio::no_pickle;
use crate::io::newline::newline_arg;

/// `next(stream)`: telling is off until the end, as CPython has it.
pub fn next_line(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    let t = attached(vm, this)?;
    t.telling.set(false);
    let class = vm.class_of(this);
    let exact = class.spec.get().is_some_and(|s| std::ptr::eq(s, &SPEC))
        && !class.has(runtime::class::TypeFlags::HEAP);
    let line = if exact {
        open(vm, this)?;
        write::flush_pending(vm, t)?;
        let line = read::read_line(vm, t, -1)?;
        (vm.len(line)? > 0).then_some(line)
    } else {
        iobase_next(vm, this)?
    };
    if line.is_none() {
        t.snapshot.borrow_mut().valid = false;
        t.telling.set(t.seekable.get());
    }
    Ok(line)
}

#[derive::natives]
pub mod lifecycle {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_io(vm, class, Text::new())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native(
        "__init__($self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"
    )]
    fn init(
        vm: &mut Vm,
        this: Value,
        buffer: Value,
        encoding: Option<Value>,
        errors: Option<Value>,
        newline: Option<Value>,
        line_buffering: Option<bool>,
        write_through: Option<bool>,
    ) -> Res<()> {
        any(vm, this)?.ready.set(false);
        let newline = newline_arg(vm, newline, "TextIOWrapper() argument 'newline'")?;
        let (encoding, errors) = encoding_args(vm, encoding, errors, "TextIOWrapper")?;
        let o = Options {
            encoding,
            errors,
            newline,
            line_buffering: line_buffering.unwrap_or(false),
            write_through: write_through.unwrap_or(false),
        };
        attach(vm, this, buffer, o)
    }
    /// Reconfigure the text stream with new parameters.
    ///
    /// This also does an implicit stream flush.
    #[native(
        "reconfigure($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        vm: &mut Vm,
        this: Value,
        encoding: Option<Value>,
        errors: Option<Value>,
        newline: Option<Value>,
        line_buffering: Option<Value>,
        write_through: Option<Value>,
    ) -> Res<()> {
        let t = attached(vm, this)?;
        let given = |v: Option<Value>| v.filter(|v| !v.is_none());
        let recode = given(encoding).is_some() || given(errors).is_some() || newline.is_some();
        if t.decoded.get().is_some() && recode {
            return Err(unsupported(
                vm,
                "It is not possible to set the encoding or newline of stream after the first read",
            ));
        }
        let newline = match newline {
            Some(n) => Some(newline_arg(
                vm,
                Some(n),
                "reconfigure() argument 'newline'",
            )?),
            None => None,
        };
        vm.call_method(this, vm.names.flush, &[])?;
        if recode {
            if let Some(n) = newline {
                set_newline(t, n);
            }
            let errors = match (given(errors), given(encoding)) {
                (Some(e), _) => e,
                (None, Some(_)) => vm.names.strict,
                (None, None) => t.errors.get().unwrap_or(vm.names.strict),
            };
            let encoding = match given(encoding) {
                Some(e) if vm.str_equals(e, "locale") => crate::io::locale_encoding(vm),
                Some(e) => text_arg(vm, e, "encoding", "reconfigure")?,
                None => t.encoding.get().unwrap_or(Value::NONE),
            };
            set_codec(vm, t, encoding, errors)?;
        }
        if let Some(v) = given(line_buffering) {
            t.line_buffering.set(vm.truth(v)?);
        }
        if let Some(v) = given(write_through) {
            t.write_through.set(vm.truth(v)?);
        }
        Ok(())
    }
    #[native("detach($self, /)")]
    fn detach(vm: &mut Vm, this: Value) -> Res {
        let t = attached(vm, this)?;
        vm.call_method(this, vm.names.flush, &[])?;
        let buffer = t.buffer.replace(None);
        t.detached.set(true);
        *t.core.buf.borrow_mut() = None;
        Ok(buffer.unwrap_or(Value::NONE))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let t = any(vm, this)?;
        if !t.ready.get() {
            return Err(uninitialized(vm));
        }
        if vm.repr_stack.contains(&this) {
            let class = vm.class_of(this).name_str();
            return Err(vm.runtime_error(&format!("reentrant call inside {class}.__repr__")));
        }
        vm.repr_stack.push(this);
        let r = repr_text(vm, this, t);
        vm.repr_stack.pop();
        r
    }
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res {
        let t = attached(vm, this)?;
        if closed(vm, t)? {
            return Ok(Value::NONE);
        }
        let buffer = t.buffer.get().unwrap_or(Value::NONE);
        let first = vm.call_method(this, vm.names.flush, &[]);
        then_close(vm, first, |vm| vm.call_method(buffer, vm.names.close, &[]))
    }
    #[native("__getstate__($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        Err(no_pickle(vm, this))
    }
}

fn repr_text(vm: &mut Vm, this: Value, t: &Text) -> Res<String> {
    let mut out = format!("<_io.{}", vm.class_of(this).name_str());
    for (key, name) in [("name", vm.names.name), ("mode", vm.names.mode)] {
        match vm.get_attr_opt(this, name) {
            Ok(Some(v)) => out.push_str(&format!(" {key}={}", vm.display_repr(v)?)),
            Ok(None) => {}
            Err(r) => {
                if !vm.catch(vm.types.exc.ValueError) {
                    return Err(r);
                }
            }
        }
    }
    let enc = vm.display_repr(t.encoding.get().unwrap_or(Value::NONE))?;
    Ok(format!("{out} encoding={enc}>"))
}

#[derive::natives]
pub mod streaming {
    use super::*;

    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match next_line(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    #[native("write($self, text, /)")]
    fn write(vm: &mut Vm, this: Value, text: Value) -> Res<usize> {
        let Some(s) = text.downcast::<StrObj>() else {
            let name = vm.argument_kind(text);
            return Err(vm.type_error(&format!("write() argument must be str, not {name}")));
        };
        let t = open(vm, this)?;
        super::super::write::write(vm, t, text)?;
        Ok(s.len)
    }
    #[native("read($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let n = opt_size(vm, size)?;
        let t = open(vm, this)?;
        if !t.can_read.get() {
            return Err(unsupported(vm, "not readable"));
        }
        super::super::write::flush_pending(vm, t)?;
        if n < 0 {
            super::super::read::read_all(vm, t)
        } else {
            super::super::read::read_n(vm, t, n as usize)
        }
    }
    #[native("readline($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: Value, size: Option<isize>) -> Res {
        let t = open(vm, this)?;
        super::super::write::flush_pending(vm, t)?;
        super::super::read::read_line(vm, t, size.unwrap_or(-1))
    }
    #[native("flush($self, /)")]
    fn flush(vm: &mut Vm, this: Value) -> Res<()> {
        let t = open(vm, this)?;
        t.telling.set(t.seekable.get());
        super::super::write::flush_pending(vm, t)?;
        super::super::write::flush_buffer(vm, t)
    }
    /// Set the stream position, and return the new stream position.
    ///
    ///   cookie
    ///     Zero or an opaque number returned by tell().
    ///   whence
    ///     The relative position to seek from.
    ///
    /// Four operations are supported, given by the following argument
    /// combinations:
    ///
    /// - seek(0, SEEK_SET): Rewind to the start of the stream.
    /// - seek(cookie, SEEK_SET): Restore a previous position.
    /// - seek(0, SEEK_END): Fast-forward to the end of the stream.
    /// - seek(0, SEEK_CUR): Leave the current stream position unchanged.
    ///
    /// Any other argument combinations are invalid,
    /// and may raise exceptions.
    #[native("seek($self, cookie, whence=os.SEEK_SET, /)")]
    fn seek(vm: &mut Vm, this: Value, cookie: Value, whence: Option<i64>) -> Res {
        let t = open(vm, this)?;
        super::super::seek::seek(vm, this, t, cookie, whence.unwrap_or(0))
    }
    /// Return the stream position as an opaque number.
    ///
    /// The return value of tell() can be given as input to seek(), to restore a
    /// previous stream position.
    #[native("tell($self, /)")]
    fn tell(vm: &mut Vm, this: Value) -> Res {
        let t = open(vm, this)?;
        super::super::seek::tell(vm, this, t)
    }
    #[native("truncate($self, pos=None, /)")]
    fn truncate(vm: &mut Vm, this: Value, pos: Option<Value>) -> Res {
        let t = open(vm, this)?;
        vm.call_method(this, vm.names.flush, &[])?;
        let buffer = t.buffer.get().unwrap_or(Value::NONE);
        vm.call_method_str(buffer, "truncate", &[pos.unwrap_or(Value::NONE)])
    }
}

#[derive::natives]
pub mod attributes {
    use super::*;

    fn ask(vm: &mut Vm, this: Value, method: &str) -> Res {
        let t = attached(vm, this)?;
        let buffer = t.buffer.get().unwrap_or(Value::NONE);
        vm.call_method_str(buffer, method, &[])
    }

    #[native("fileno($self, /)")]
    fn fileno(vm: &mut Vm, this: Value) -> Res {
        ask(vm, this, "fileno")
    }
    #[native("seekable($self, /)")]
    fn seekable(vm: &mut Vm, this: Value) -> Res {
        ask(vm, this, "seekable")
    }
    #[native("readable($self, /)")]
    fn readable(vm: &mut Vm, this: Value) -> Res {
        ask(vm, this, "readable")
    }
    #[native("writable($self, /)")]
    fn writable(vm: &mut Vm, this: Value) -> Res {
        ask(vm, this, "writable")
    }
    #[native("isatty($self, /)")]
    fn isatty(vm: &mut Vm, this: Value) -> Res {
        ask(vm, this, "isatty")
    }
    #[getter("encoding")]
    fn encoding(vm: &mut Vm, this: Value) -> Res {
        Ok(any(vm, this)?.encoding.get().unwrap_or(Value::NONE))
    }
    #[getter("errors")]
    fn errors(vm: &mut Vm, this: Value) -> Res {
        Ok(attached(vm, this)?.errors.get().unwrap_or(Value::NONE))
    }
    #[getter("newlines")]
    fn newlines(vm: &mut Vm, this: Value) -> Res {
        let t = attached(vm, this)?;
        if t.universal.get() {
            t.newlines.seen_value(vm)
        } else {
            Ok(Value::NONE)
        }
    }
    #[getter("line_buffering")]
    fn line_buffering(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(any(vm, this)?.line_buffering.get())
    }
    #[getter("write_through")]
    fn write_through(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(any(vm, this)?.write_through.get())
    }
    #[getter("buffer")]
    fn buffer(vm: &mut Vm, this: Value) -> Res {
        Ok(any(vm, this)?.buffer.get().unwrap_or(Value::NONE))
    }
    #[getter("closed")]
    fn closed_getter(vm: &mut Vm, this: Value) -> Res<bool> {
        let t = attached(vm, this)?;
        closed(vm, t)
    }
    #[getter("name")]
    fn name(vm: &mut Vm, this: Value) -> Res {
        let t = attached(vm, this)?;
        let buffer = t.buffer.get().unwrap_or(Value::NONE);
        vm.get_attr(buffer, vm.names.name)
    }
    #[getter("_CHUNK_SIZE")]
    fn chunk_size(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(attached(vm, this)?.chunk_size.get())
    }
    #[setter("_CHUNK_SIZE")]
    fn set_chunk_size(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let t = attached(vm, this)?;
        let Some(v) = value else {
            return Err(vm.attribute_error_text("cannot delete attribute"));
        };
        let n = vm.index_isize(v)?;
        if n <= 0 {
            return Err(vm.value_error("a strictly positive integer is required"));
        }
        t.chunk_size.set(n as usize);
        Ok(())
    }
    #[getter("_finalizing")]
    fn finalizing(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(any(vm, this)?.finalizing.get())
    }
    #[setter("_finalizing")]
    fn set_finalizing(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let on = vm.truth(value.unwrap_or(Value::FALSE))?;
        any(vm, this)?.finalizing.set(on);
        Ok(())
    }
}
