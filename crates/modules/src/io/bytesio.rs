//! `BytesIO`.

use super::base::{BUFFEREDIOBASE, IO_TYPE, new_io};
use super::util::*;
use runtime::buffer::{BufferSource, Exported, Exports};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};

/// The bytes and the position, which may be past the end.
pub struct BytesIo {
    pub data: RefCell<Vec<u8>>,
    pub pos: Cell<usize>,
    pub closed: Cell<bool>,
    /// Buffers handed out by `getbuffer` that are still in use.
    pub exports: Exports,
}

impl Payload for BytesIo {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        self.data.borrow().capacity()
    }
}

/// What `getbuffer` makes a view of.
struct Contents {
    stream: Value,
}

impl Payload for Contents {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.stream);
    }
    fn buffer(&self) -> Option<&dyn BufferSource> {
        Some(self)
    }
}

impl BufferSource for Contents {
    fn export(&self, vm: &mut Vm, _this: Value, _writable: bool) -> Res<Exported> {
        let p = open(vm, self.stream)?;
        let mut data = p.data.borrow_mut();
        Ok(Exported {
            ptr: data.as_mut_ptr(),
            len: data.len(),
            readonly: false,
            layout: None,
            token: Some(p.exports.token()),
        })
    }
}

static CONTENTS: TypeSpec = TypeSpec {
    name: "_BytesIOBuffer",
    module: "_io",
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    ..TypeSpec::DEFAULT
};

impl BytesIo {
    fn new() -> BytesIo {
        BytesIo {
            data: RefCell::new(Vec::new()),
            pos: Cell::new(0),
            closed: Cell::new(false),
            exports: Exports::default(),
        }
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "BytesIO",
    doc: "Buffered I/O implementation using an in-memory bytes buffer.",
    base: Some(&BUFFEREDIOBASE),
    tables: &[methods::TABLE],
    iternext: Some(next_line),
    ..IO_TYPE
};

fn any<'a>(vm: &mut Vm, this: Value) -> Res<&'a BytesIo> {
    match this.payload::<BytesIo>() {
        Some(p) => Ok(p),
        None => Err(vm.type_error("a BytesIO object is required")),
    }
}

fn open<'a>(vm: &mut Vm, this: Value) -> Res<&'a BytesIo> {
    let p = any(vm, this)?;
    if p.closed.get() {
        return Err(closed_error(vm));
    }
    Ok(p)
}

fn check_exports(vm: &mut Vm, p: &BytesIo) -> Res<()> {
    if p.exports.in_use(vm) {
        return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
    }
    Ok(())
}

impl BytesIo {
    fn rest_len(&self) -> usize {
        self.data.borrow().len().saturating_sub(self.pos.get())
    }

    /// Takes the next n bytes (there are that many) as an object.
    fn take(&self, vm: &mut Vm, n: usize) -> Res {
        let at = self.pos.get();
        if n == 0 {
            return vm.new_bytes(b"");
        }
        let start = self.data.borrow()[at..at + n].as_ptr();
        // SAFETY: the bytes are in the vector, which nothing changes before they are copied:
        // allocation runs no Python code.
        let v = vm.new_bytes(unsafe { std::slice::from_raw_parts(start, n) })?;
        self.pos.set(at + n);
        Ok(v)
    }

    /// Length of the line at the position, at most `limit`.
    fn line_len(&self, limit: isize) -> usize {
        let data = self.data.borrow();
        let rest = data.get(self.pos.get()..).unwrap_or_default();
        let rest = if limit >= 0 {
            &rest[..rest.len().min(limit as usize)]
        } else {
            rest
        };
        memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1)
    }

    /// Writes at the position, zeros up to it.
    fn put(&self, vm: &mut Vm, b: &[u8]) -> Res<()> {
        if b.is_empty() {
            return Ok(());
        }
        let at = self.pos.get();
        let Some(end) = at.checked_add(b.len()) else {
            return Err(vm.overflow_error("new buffer size too large"));
        };
        let mut data = self.data.borrow_mut();
        if end > data.len() {
            let more = end - data.len();
            if data.try_reserve(more).is_err() {
                drop(data);
                return Err(vm.memory_error());
            }
        }
        if at >= data.len() {
            data.resize(at, 0);
            data.extend_from_slice(b);
        } else {
            let over = b.len().min(data.len() - at);
            data[at..at + over].copy_from_slice(&b[..over]);
            data.extend_from_slice(&b[over..]);
        }
        self.pos.set(end);
        Ok(())
    }
}

fn next_line(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    let p = open(vm, this)?;
    match p.line_len(-1) {
        0 => Ok(None),
        n => p.take(vm, n).map(Some),
    }
}

/// A size for reads: None and negative mean everything.
fn read_size(vm: &mut Vm, p: &BytesIo, size: Option<Value>) -> Res<usize> {
    let n = opt_size(vm, size)?;
    let rest = p.rest_len();
    Ok(if n < 0 { rest } else { rest.min(n as usize) })
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_io(vm, class, BytesIo::new())
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, initial_bytes=b'')")]
    fn init(vm: &mut Vm, this: Value, initial_bytes: Option<Value>) -> Res<()> {
        let p = any(vm, this)?;
        check_exports(vm, p)?;
        let data = match initial_bytes {
            None | Some(Value::NONE) => Vec::new(),
            Some(v) => byte_arg(vm, v)?.to_vec(),
        };
        *p.data.borrow_mut() = data;
        p.pos.set(0);
        p.closed.set(false);
        Ok(())
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        open(vm, this)?;
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match next_line(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    /// Returns True if the IO object can be read.
    #[native("readable($self, /)")]
    fn readable(vm: &mut Vm, this: Value) -> Res<bool> {
        open(vm, this).map(|_| true)
    }
    /// Returns True if the IO object can be seeked.
    #[native("seekable($self, /)")]
    fn seekable(vm: &mut Vm, this: Value) -> Res<bool> {
        open(vm, this).map(|_| true)
    }
    /// Returns True if the IO object can be written.
    #[native("writable($self, /)")]
    fn writable(vm: &mut Vm, this: Value) -> Res<bool> {
        open(vm, this).map(|_| true)
    }
    /// Disable all I/O operations.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res<()> {
        let p = any(vm, this)?;
        check_exports(vm, p)?;
        p.closed.set(true);
        *p.data.borrow_mut() = Vec::new();
        Ok(())
    }
    /// Does nothing.
    #[native("flush($self, /)")]
    fn flush(vm: &mut Vm, this: Value) -> Res<()> {
        open(vm, this).map(|_| ())
    }
    /// Always returns False.
    ///
    /// BytesIO objects are not connected to a TTY-like device.
    #[native("isatty($self, /)")]
    fn isatty(vm: &mut Vm, this: Value) -> Res<bool> {
        open(vm, this).map(|_| false)
    }
    /// Current file position, an integer.
    #[native("tell($self, /)")]
    fn tell(vm: &mut Vm, this: Value) -> Res<usize> {
        open(vm, this).map(|p| p.pos.get())
    }
    /// Write bytes to file.
    ///
    /// Return the number of bytes written.
    #[native("write($self, b, /)")]
    fn write(vm: &mut Vm, this: Value, b: Value) -> Res<usize> {
        let p = open(vm, this)?;
        check_exports(vm, p)?;
        let data = byte_arg(vm, b)?;
        // Taking the buffer may have run code that closed the stream.
        let p = open(vm, this)?;
        p.put(vm, &data)?;
        Ok(data.len())
    }
    /// Write lines to the file.
    ///
    /// Note that newlines are not added.  lines can be any iterable object
    /// producing bytes-like objects. This is equivalent to calling write() for
    /// each element.
    #[native("writelines($self, lines, /)")]
    fn writelines(vm: &mut Vm, this: Value, lines: Value) -> Res<()> {
        open(vm, this)?;
        let it = vm.iter(lines)?;
        while let Some(line) = vm.next(it)? {
            let p = open(vm, this)?;
            check_exports(vm, p)?;
            let data = byte_arg(vm, line)?;
            p.put(vm, &data)?;
        }
        Ok(())
    }
    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative or omitted, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[native("read1($self, size=-1, /)")]
    fn read1(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let p = open(vm, this)?;
        let n = read_size(vm, p, size)?;
        p.take(vm, n)
    }
    /// Read bytes into buffer.
    ///
    /// Returns number of bytes read (0 for EOF), or None if the object
    /// is set not to block and has no data to read.
    #[native("readinto($self, buffer, /)")]
    fn readinto(vm: &mut Vm, this: Value, buffer: Value) -> Res<usize> {
        let p = open(vm, this)?;
        let mut target = into_buffer(vm, buffer)?;
        let room = target.len();
        let at = p.pos.get();
        let piece = {
            let data = p.data.borrow();
            let rest = data.get(at..).unwrap_or_default();
            rest[..rest.len().min(room)].to_vec()
        };
        target.as_mut_slice()[..piece.len()].copy_from_slice(&piece);
        p.pos.set(at + piece.len());
        Ok(piece.len())
    }
    /// Next line from the file, as a bytes object.
    ///
    /// Retain newline.  A non-negative size argument limits the maximum
    /// number of bytes to return (an incomplete line may be returned then).
    /// Return an empty bytes object at EOF.
    #[native("readline($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let p = open(vm, this)?;
        let limit = opt_size(vm, size)?;
        let n = p.line_len(limit);
        p.take(vm, n)
    }
    /// List of bytes objects, each a line from the file.
    ///
    /// Call readline() repeatedly and return a list of the lines so read.
    /// The optional size argument, if given, is an approximate bound on the
    /// total number of bytes in the lines returned.
    #[native("readlines($self, size=None, /)")]
    fn readlines(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let p = open(vm, this)?;
        let limit = opt_size(vm, size)?;
        let mut lines = vm.new_vec();
        let mut total = 0;
        loop {
            let n = p.line_len(-1);
            if n == 0 {
                break;
            }
            let line = p.take(vm, n)?;
            lines.push(vm, line)?;
            total += n;
            if limit > 0 && total >= limit as usize {
                break;
            }
        }
        vm.list_from_vec(lines)
    }
    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[native("read($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let p = open(vm, this)?;
        let n = read_size(vm, p, size)?;
        p.take(vm, n)
    }
    /// Get a read-write view over the contents of the BytesIO object.
    #[native("getbuffer($self, /)", defining)]
    fn getbuffer(vm: &mut Vm, this: Value) -> Res {
        open(vm, this)?;
        let class = vm.native_type(&CONTENTS)?;
        let c = vm.new_payload(class, Contents { stream: this })?;
        vm.new_memoryview(c)
    }
    /// Retrieve the entire contents of the BytesIO object.
    #[native("getvalue($self, /)")]
    fn getvalue(vm: &mut Vm, this: Value) -> Res {
        let p = open(vm, this)?;
        let (start, n) = {
            let data = p.data.borrow();
            (data.as_ptr(), data.len())
        };
        // SAFETY: as in `take`.
        vm.new_bytes(unsafe { std::slice::from_raw_parts(start, n) })
    }
    /// Change stream position.
    ///
    /// Seek to byte offset pos relative to position indicated by whence:
    ///      0  Start of stream (the default).  pos should be >= 0;
    ///      1  Current position - pos may be negative;
    ///      2  End of stream - pos usually negative.
    /// Returns the new absolute position.
    #[native("seek($self, pos, whence=0, /)")]
    fn seek(vm: &mut Vm, this: Value, pos: isize, whence: Option<i64>) -> Res<usize> {
        let p = open(vm, this)?;
        let base = match whence.unwrap_or(0) {
            0 if pos < 0 => {
                return Err(vm.value_error(&format!("negative seek value {pos}")));
            }
            0 => 0,
            1 => p.pos.get() as isize,
            2 => p.data.borrow().len() as isize,
            w => {
                return Err(vm.value_error(&format!("invalid whence ({w}, should be 0, 1 or 2)")));
            }
        };
        let Some(at) = base.checked_add(pos) else {
            return Err(vm.overflow_error("new position too large"));
        };
        p.pos.set(at.max(0) as usize);
        Ok(p.pos.get())
    }
    /// Truncate the file to at most size bytes.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is unchanged.  Returns the new size.
    #[native("truncate($self, size=None, /)")]
    fn truncate(vm: &mut Vm, this: Value, size: Option<Value>) -> Res<usize> {
        let p = open(vm, this)?;
        check_exports(vm, p)?;
        let n = match size {
            None | Some(Value::NONE) => p.pos.get() as isize,
            Some(v) => vm.index_isize(v)?,
        };
        if n < 0 {
            return Err(vm.value_error(&format!("negative size value {n}")));
        }
        p.data.borrow_mut().truncate(n as usize);
        Ok(n as usize)
    }
    #[native("__getstate__($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        let p = open(vm, this)?;
        let data = p.data.borrow().clone();
        let data = vm.new_bytes(&data)?;
        let pos = vm.new_int(p.pos.get() as i64)?;
        let dict = vm.attr_dict(this)?;
        let dict = if dict.used.get() == 0 {
            Value::NONE
        } else {
            vm.call_method_str(dict.value(), "copy", &[])?
        };
        vm.new_tuple(&[data, pos, dict])
    }
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let p = any(vm, this)?;
        let tuple = object.downcast::<TupleObj>();
        let Some([data, pos, dict]) = tuple.as_ref().map(|t| t.items()) else {
            let (class, got) = (vm.class_name(this), vm.class_name(object));
            return Err(vm.type_error(&format!(
                "{class}.__setstate__ argument should be 3-tuple, got {got}"
            )));
        };
        check_exports(vm, p)?;
        let bytes = byte_arg(vm, *data)?.to_vec();
        if !vm.is_int(*pos) {
            let got = vm.class_name(*pos);
            return Err(vm.type_error(&format!(
                "second item of state must be an integer, got {got}"
            )));
        }
        let at = vm.index_isize(*pos)?;
        if at < 0 {
            return Err(vm.value_error("position value cannot be negative"));
        }
        *p.data.borrow_mut() = bytes;
        p.pos.set(at as usize);
        p.closed.set(false);
        if !dict.is_none() {
            if !dict.is_kind(Kind::Dict) {
                let got = vm.class_name(*dict);
                return Err(vm.type_error(&format!(
                    "third item of state should be a dict, got a {got}"
                )));
            }
            let own = vm.attr_dict(this)?;
            vm.call_method_str(own.value(), "update", &[*dict])?;
        }
        Ok(())
    }
    #[native("__sizeof__($self, /)")]
    fn sizeof(vm: &mut Vm, this: Value) -> Res<usize> {
        Ok(size_of::<BytesIo>() + any(vm, this)?.data.borrow().capacity())
    }
    /// True if the file is closed.
    #[getter("closed")]
    fn closed(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(any(vm, this)?.closed.get())
    }
}
