//! `StringIO`.

use super::base::{IO_TYPE, TEXTIOBASE, iobase_next, new_io};
use super::newline::*;
use super::util::*;
use runtime::class::TypeSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};
use text::{StrBuf, Units};

/// The text and the position, which may be past the end.
pub struct StringIo {
    buf: RefCell<StrBuf>,
    pos: Cell<usize>,
    closed: Cell<bool>,
    ready: Cell<bool>,
    /// Universal newlines: translation of what is written.
    universal: Cell<bool>,
    newlines: Newlines,
    read_end: Cell<LineEnd>,
    /// What `\n` becomes when written.
    write_end: Cell<Option<&'static str>>,
    newline: Cell<Option<&'static str>>,
}

impl Payload for StringIo {
    fn trace(&self, _: &mut gc::Tracer) {}
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "StringIO",
    doc: "Text I/O implementation using an in-memory buffer.\n\nThe initial_value argument sets the value of object.  The newline\nargument is like the one of TextIOWrapper's constructor.",
    base: Some(&TEXTIOBASE),
    tables: &[methods::TABLE],
    iternext: Some(next_line),
    ..IO_TYPE
};

fn any<'a>(vm: &mut Vm, this: Value) -> Res<&'a StringIo> {
    match this.payload::<StringIo>() {
        Some(p) => Ok(p),
        None => Err(vm.type_error("a StringIO object is required")),
    }
}

fn open<'a>(vm: &mut Vm, this: Value) -> Res<&'a StringIo> {
    let p = any(vm, this)?;
    if !p.ready.get() {
        return Err(uninitialized(vm));
    }
    if p.closed.get() {
        return Err(vm.value_error("I/O operation on closed file"));
    }
    Ok(p)
}

impl StringIo {
    /// Takes the next n characters (there are that many).
    fn take(&self, vm: &mut Vm, n: usize) -> Res {
        let at = self.pos.get();
        if n == 0 {
            return Ok(vm.names.empty);
        }
        let piece = {
            let buf = self.buf.borrow();
            let units = buf.units().slice(at..at + n);
            match units {
                Units::U8(s) if s.is_ascii() => Ok(vm.new_str_ascii(s)?),
                _ => Err(text::Owned::copy_of(units)),
            }
        };
        let v = match piece {
            Ok(v) => v,
            Err(owned) => vm.new_str_owned(&owned)?,
        };
        self.pos.set(at + n);
        Ok(v)
    }

    /// Length of the line at the position, at most `limit`.
    fn line_len(&self, limit: isize) -> usize {
        let buf = self.buf.borrow();
        let units = buf.units();
        let at = self.pos.get();
        if at >= units.len() {
            return 0;
        }
        let n = find_line_end(units, at, self.read_end.get()).unwrap_or(units.len()) - at;
        if limit >= 0 { n.min(limit as usize) } else { n }
    }

    /// Writes a str, newlines translated.
    fn put(&self, vm: &mut Vm, s: Value) -> Res<()> {
        let s = if self.universal.get() {
            self.newlines.decode(vm, s, true)?
        } else {
            s
        };
        let Some(s) = s.downcast::<StrObj>() else {
            return Ok(());
        };
        let units = s.units();
        match self.write_end.get() {
            Some(end) if text::search::find(units, Units::U8(b"\n")).is_some() => {
                let mut out = StrBuf::with_capacity(units.len() + 8);
                for c in units.iter() {
                    if c == 0x0a {
                        out.push_str(end);
                    } else {
                        out.push(c);
                    }
                }
                self.put_units(vm, out.units())
            }
            _ => self.put_units(vm, units),
        }
    }

    fn put_units(&self, vm: &mut Vm, s: Units) -> Res<()> {
        if s.is_empty() {
            return Ok(());
        }
        let mut buf = self.buf.borrow_mut();
        let (at, len) = (self.pos.get(), buf.len());
        let end = at.checked_add(s.len()).filter(|e| *e < isize::MAX as usize);
        let Some(end) = end else {
            return Err(vm.overflow_error("new position too large"));
        };
        if !buf.try_reserve(end.saturating_sub(len)) {
            return Err(vm.memory_error());
        }
        self.pos.set(end);
        if at > len {
            buf.push_repeated(0, at - len);
        }
        if at >= len {
            buf.push_units(s);
            return Ok(());
        }
        let mut out = StrBuf::with_capacity(len.max(end));
        out.push_units(buf.units().slice(0..at));
        out.push_units(s);
        if at + s.len() < len {
            out.push_units(buf.units().slice(at + s.len()..len));
        }
        *buf = out;
        Ok(())
    }

    fn set_newline(&self, newline: Option<&'static str>) {
        self.newline.set(newline);
        let universal = matches!(newline, None | Some(""));
        self.universal.set(universal);
        self.newlines.reset();
        self.newlines.translate.set(newline.is_none());
        self.read_end.set(LineEnd::of(newline));
        self.write_end
            .set(newline.filter(|n| matches!(*n, "\r" | "\r\n")));
    }

    fn truncate_to(&self, n: usize) {
        let mut buf = self.buf.borrow_mut();
        if n == 0 {
            *buf = StrBuf::new();
        } else if n < buf.len() {
            let mut out = StrBuf::with_capacity(n);
            out.push_units(buf.units().slice(0..n));
            *buf = out;
        }
    }

    fn rest_len(&self) -> usize {
        self.buf.borrow().len().saturating_sub(self.pos.get())
    }
}

fn next_line(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    let p = open(vm, this)?;
    let class = vm.native_type(&SPEC)?;
    if vm.class_of(this) != class {
        // A subclass may have its own readline.
        return iobase_next(vm, this);
    }
    match p.line_len(-1) {
        0 => Ok(None),
        n => p.take(vm, n).map(Some),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_io(
            vm,
            class,
            StringIo {
                buf: RefCell::new(StrBuf::new()),
                pos: Cell::new(0),
                closed: Cell::new(false),
                ready: Cell::new(false),
                universal: Cell::new(false),
                newlines: Newlines::default(),
                read_end: Cell::new(LineEnd::Lf),
                write_end: Cell::new(None),
                newline: Cell::new(Some("\n")),
            },
        )
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, initial_value='', newline='\\n')")]
    fn init(
        vm: &mut Vm,
        this: Value,
        initial_value: Option<Value>,
        newline: Option<Value>,
    ) -> Res<()> {
        let p = any(vm, this)?;
        let newline = match newline {
            None => Some("\n"),
            given => newline_arg(vm, given, "newline")?,
        };
        let initial = initial_value.unwrap_or(Value::NONE);
        if !initial.is_none() && !initial.is_kind(Kind::Str) {
            let name = vm.class_name(initial);
            return Err(vm.type_error(&format!("initial_value must be str or None, not {name}")));
        }
        p.set_newline(newline);
        *p.buf.borrow_mut() = StrBuf::new();
        p.pos.set(0);
        p.closed.set(false);
        p.ready.set(true);
        if !initial.is_none() {
            p.put(vm, initial)?;
            p.pos.set(0);
        }
        Ok(())
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match next_line(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    /// Close the IO object.
    ///
    /// Attempting any further operation after the object is closed
    /// will raise a ValueError.
    ///
    /// This method has no effect if the file is already closed.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res<()> {
        let p = any(vm, this)?;
        p.closed.set(true);
        *p.buf.borrow_mut() = StrBuf::new();
        Ok(())
    }
    /// Retrieve the entire contents of the object.
    #[native("getvalue($self, /)")]
    fn getvalue(vm: &mut Vm, this: Value) -> Res {
        let p = open(vm, this)?;
        let buf = p.buf.borrow();
        vm.new_str_units(buf.units())
    }
    /// Read at most size characters, returned as a string.
    ///
    /// If the argument is negative or omitted, read until EOF
    /// is reached. Return an empty string at EOF.
    #[native("read($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let p = open(vm, this)?;
        let n = opt_size(vm, size)?;
        let rest = p.rest_len();
        p.take(vm, if n < 0 { rest } else { rest.min(n as usize) })
    }
    /// Read until newline or EOF.
    ///
    /// Returns an empty string if EOF is hit immediately.
    #[native("readline($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let p = open(vm, this)?;
        let limit = opt_size(vm, size)?;
        let n = p.line_len(limit);
        p.take(vm, n)
    }
    /// Tell the current file position.
    #[native("tell($self, /)")]
    fn tell(vm: &mut Vm, this: Value) -> Res<usize> {
        open(vm, this).map(|p| p.pos.get())
    }
    /// Truncate size to pos.
    ///
    /// The pos argument defaults to the current file position, as
    /// returned by tell().  The current file position is unchanged.
    /// Returns the new absolute position.
    #[native("truncate($self, pos=None, /)")]
    fn truncate(vm: &mut Vm, this: Value, pos: Option<Value>) -> Res<usize> {
        let p = open(vm, this)?;
        let n = match pos {
            None | Some(Value::NONE) => p.pos.get() as isize,
            Some(v) => opt_size(vm, Some(v))?,
        };
        if n < 0 {
            return Err(vm.value_error(&format!("Negative size value {n}")));
        }
        p.truncate_to(n as usize);
        Ok(n as usize)
    }
    /// Change stream position.
    ///
    /// Seek to character offset pos relative to position indicated by whence:
    ///     0  Start of stream (the default).  pos should be >= 0;
    ///     1  Current position - pos must be 0;
    ///     2  End of stream - pos must be 0.
    /// Returns the new absolute position.
    #[native("seek($self, pos, whence=0, /)")]
    fn seek(vm: &mut Vm, this: Value, pos: isize, whence: Option<i64>) -> Res<usize> {
        let p = open(vm, this)?;
        let whence = whence.unwrap_or(0);
        if !(0..=2).contains(&whence) {
            return Err(vm.value_error(&format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
        }
        if pos < 0 && whence == 0 {
            return Err(vm.value_error(&format!("Negative seek position {pos}")));
        }
        if whence != 0 && pos != 0 {
            return Err(os_error_text(vm, "Can't do nonzero cur-relative seeks"));
        }
        match whence {
            0 => p.pos.set(pos as usize),
            1 => {}
            _ => p.pos.set(p.buf.borrow().len()),
        }
        Ok(p.pos.get())
    }
    /// Write string to file.
    ///
    /// Returns the number of characters written, which is always equal to
    /// the length of the string.
    #[native("write($self, s, /)")]
    fn write(vm: &mut Vm, this: Value, s: Value) -> Res<usize> {
        let p = any(vm, this)?;
        if !p.ready.get() {
            return Err(uninitialized(vm));
        }
        let Some(text) = s.downcast::<StrObj>() else {
            let name = vm.class_name(s);
            return Err(vm.type_error(&format!("string argument expected, got '{name}'")));
        };
        let p = open(vm, this)?;
        p.put(vm, s)?;
        Ok(text.len)
    }
    /// Returns True if the IO object can be seeked.
    #[native("seekable($self, /)")]
    fn seekable(vm: &mut Vm, this: Value) -> Res<bool> {
        open(vm, this).map(|_| true)
    }
    /// Returns True if the IO object can be read.
    #[native("readable($self, /)")]
    fn readable(vm: &mut Vm, this: Value) -> Res<bool> {
        open(vm, this).map(|_| true)
    }
    /// Returns True if the IO object can be written.
    #[native("writable($self, /)")]
    fn writable(vm: &mut Vm, this: Value) -> Res<bool> {
        open(vm, this).map(|_| true)
    }
    #[native("__getstate__($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        let p = open(vm, this)?;
        let text = getvalue(vm, this)?;
        let newline = match p.newline.get() {
            Some(n) => vm.new_str(n)?,
            None => Value::NONE,
        };
        let pos = vm.new_int(p.pos.get() as i64)?;
        let dict = vm.attr_dict(this)?;
        let dict = if dict.used.get() == 0 {
            Value::NONE
        } else {
            vm.call_method_str(dict.value(), "copy", &[])?
        };
        vm.new_tuple(&[text, newline, pos, dict])
    }
    #[native("__setstate__($self, state, /)")]
    fn setstate(vm: &mut Vm, this: Value, state: Value) -> Res<()> {
        let p = any(vm, this)?;
        let tuple = state.downcast::<TupleObj>();
        let Some([text, newline, pos, dict]) = tuple.as_ref().map(|t| t.items()) else {
            let (class, got) = (vm.class_name(this), vm.class_name(state));
            return Err(vm.type_error(&format!(
                "{class}.__setstate__ argument should be 4-tuple, got {got}"
            )));
        };
        let newline = newline_arg(vm, Some(*newline), "newline")?;
        if !text.is_kind(Kind::Str) {
            return Err(vm.type_error("initial_value must be str or None"));
        }
        if !vm.is_int(*pos) {
            let got = vm.class_name(*pos);
            return Err(vm.type_error(&format!(
                "third item of state must be an integer, got {got}"
            )));
        }
        let at = vm.index_isize(*pos)?;
        if at < 0 {
            return Err(vm.value_error("position value cannot be negative"));
        }
        p.set_newline(newline);
        *p.buf.borrow_mut() = StrBuf::new();
        // The text is as it was stored: nothing is translated again.
        if let Some(s) = text.downcast::<StrObj>() {
            p.buf.borrow_mut().push_units(s.units());
        }
        p.pos.set(at as usize);
        p.ready.set(true);
        p.closed.set(false);
        if !dict.is_none() {
            if !dict.is_kind(Kind::Dict) {
                let got = vm.class_name(*dict);
                return Err(vm.type_error(&format!(
                    "fourth item of state should be a dict, got a {got}"
                )));
            }
            let own = vm.attr_dict(this)?;
            vm.call_method_str(own.value(), "update", &[*dict])?;
        }
        Ok(())
    }
    #[getter("closed")]
    fn closed(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(any(vm, this)?.closed.get())
    }
    #[getter("newlines")]
    fn newlines(vm: &mut Vm, this: Value) -> Res {
        let p = open(vm, this)?;
        p.newlines.seen_value(vm)
    }
    #[getter("line_buffering")]
    fn line_buffering(vm: &mut Vm, this: Value) -> Res<bool> {
        open(vm, this).map(|_| false)
    }
}
