//! The abstract bases `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`.

use super::util::*;
use runtime::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

/// State of an instance of a Python subclass of the bases.
pub struct IoBase {
    pub closed: Cell<bool>,
}

impl Payload for IoBase {
    fn trace(&self, _: &mut gc::Tracer) {}
}

/// What the types of this module share.
pub const IO_TYPE: TypeSpec = TypeSpec {
    module: "_io",
    kind: Kind::Payload,
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<PayloadObj>(),
    dict: DictPlace::Slots,
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

pub static IOBASE: TypeSpec = TypeSpec {
    name: "_IOBase",
    doc: "The abstract base class for all I/O classes.\n\nThis class provides dummy implementations for many methods that\nderived classes can override selectively; the default implementations\nrepresent a file that cannot be read, written or seeked.\n\nEven though IOBase does not declare read, readinto, or write because\ntheir signatures will vary, implementations and clients should\nconsider those methods part of the interface. Also, implementations\nmay raise UnsupportedOperation when operations they do not support are\ncalled.\n\nThe basic type used for binary data read from or written to a file is\nbytes. Other bytes-like objects are accepted as method arguments too.\nIn some cases (such as readinto), a writable object is required. Text\nI/O classes work with str data.\n\nNote that calling any method (except additional calls to close(),\nwhich are ignored) on a closed stream should raise a ValueError.\n\nIOBase (and its subclasses) support the iterator protocol, meaning\nthat an IOBase object can be iterated over yielding the lines in a\nstream.\n\nIOBase also supports the :keyword:`with` statement. In this example,\nfp is closed after the suite of the with statement is complete:\n\nwith open('spam.txt', 'r') as fp:\n    fp.write('Spam and eggs!')\n",
    tables: &[iobase::TABLE],
    iternext: Some(iobase_next),
    ..IO_TYPE
};

pub static RAWIOBASE: TypeSpec = TypeSpec {
    name: "_RawIOBase",
    doc: "Base class for raw binary I/O.",
    base: Some(&IOBASE),
    tables: &[rawiobase::TABLE],
    iternext: Some(iobase_next),
    ..IO_TYPE
};

pub static BUFFEREDIOBASE: TypeSpec = TypeSpec {
    name: "_BufferedIOBase",
    doc: "Base class for buffered IO objects.\n\nThe main difference with RawIOBase is that the read() method\nsupports omitting the size argument, and does not have a default\nimplementation that defers to readinto().\n\nIn addition, read(), readinto() and write() may raise\nBlockingIOError if the underlying raw stream is in non-blocking\nmode and not ready; unlike their raw counterparts, they will never\nreturn None.\n\nA typical implementation should not inherit from a RawIOBase\nimplementation, but wrap one.\n",
    base: Some(&IOBASE),
    tables: &[bufferediobase::TABLE],
    iternext: Some(iobase_next),
    ..IO_TYPE
};

pub static TEXTIOBASE: TypeSpec = TypeSpec {
    name: "_TextIOBase",
    doc: "Base class for text I/O.\n\nThis class provides a character and line based interface to stream\nI/O. There is no readinto method because Python's character strings\nare immutable.\n",
    base: Some(&IOBASE),
    tables: &[textiobase::TABLE],
    iternext: Some(iobase_next),
    ..IO_TYPE
};

/// Makes an instance with a payload; instances of Python subclasses are closed by `__del__`.
pub fn new_io<T: Payload>(vm: &mut Vm, class: Value, payload: T) -> Res {
    let Some(c) = class.downcast::<TypeObj>() else {
        return Err(vm.type_error("not a type"));
    };
    let v = vm.new_payload(c, payload)?;
    if c.has(TypeFlags::HEAP) {
        vm.mark_finalizable(v)?;
    }
    Ok(v)
}

/// `self.closed` by attribute.
pub fn is_closed(vm: &mut Vm, this: Value) -> Res<bool> {
    attr_truth(vm, this, "closed")
}

/// ValueError when `self.closed`.
pub fn check_closed(vm: &mut Vm, this: Value) -> Res<()> {
    if is_closed(vm, this)? {
        return Err(closed_error(vm));
    }
    Ok(())
}

/// `next(self)` by `self.readline()`.
pub fn iobase_next(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    let line = vm.call_method(this, vm.names.readline, &[])?;
    if vm.len(line)? == 0 {
        return Ok(None);
    }
    Ok(Some(line))
}

/// Bytes up to and including a newline, by `self.peek` and `self.read`.
fn readline_by_read(vm: &mut Vm, this: Value, limit: isize) -> Res {
    let name = vm.intern("peek");
    let peek = vm.get_attr_opt(this, name)?;
    let mut out: Vec<u8> = Vec::new();
    while limit < 0 || (out.len() as isize) < limit {
        let mut want = 1;
        if let Some(peek) = peek {
            let ahead = vm.call_value(peek, &[Value::int_unchecked(1)])?;
            let Some(b) = ahead.downcast::<BytesObj>() else {
                let name = vm.class_name(ahead);
                return Err(os_error_text(
                    vm,
                    &format!("peek() should have returned a bytes object, not '{name}'"),
                ));
            };
            let s = b.as_slice();
            if !s.is_empty() {
                let room = if limit < 0 {
                    s.len()
                } else {
                    s.len().min(limit as usize - out.len())
                };
                want = s[..room]
                    .iter()
                    .position(|c| *c == b'\n')
                    .map_or(room, |i| i + 1);
            }
        }
        let n = vm.new_int(want as i64)?;
        let got = vm.call_method(this, vm.names.read, &[n])?;
        let Some(b) = got.downcast::<BytesObj>() else {
            let name = vm.class_name(got);
            return Err(os_error_text(
                vm,
                &format!("read() should have returned a bytes object, not '{name}'"),
            ));
        };
        if b.len == 0 {
            break;
        }
        out.extend_from_slice(b.as_slice());
        if out.last() == Some(&b'\n') {
            break;
        }
    }
    vm.new_bytes(&out)
}

#[derive::natives]
mod iobase {
    use super::*;

    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_io(
            vm,
            class,
            IoBase {
                closed: Cell::new(false),
            },
        )
    }
    /// Initialize self.
    #[native("__init__($self, *args, **kwargs)")]
    fn init(_vm: &mut Vm, _this: Value, _args: Value, _kwargs: Option<Value>) -> Res<()> {
        Ok(())
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        check_closed(vm, this)?;
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match iobase_next(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    /// Called when the instance is about to be destroyed.
    #[native("__del__($self, /)")]
    fn del(vm: &mut Vm, this: Value) -> Res<()> {
        // A failing `closed` or `close` is not reported: the object may be half made.
        let closed = is_closed(vm, this);
        if closed.is_err() {
            vm.raised = None;
        }
        if closed != Ok(true) && vm.call_method_str(this, "close", &[]).is_err() {
            vm.raised = None;
        }
        Ok(())
    }
    /// Change the stream position to the given byte offset.
    ///
    ///   offset
    ///     The stream position, relative to 'whence'.
    ///   whence
    ///     The relative position to seek from.
    ///
    /// The offset is interpreted relative to the position indicated by whence.
    /// Values for whence are:
    ///
    /// * os.SEEK_SET or 0 -- start of stream (the default); offset should be zero or positive
    /// * os.SEEK_CUR or 1 -- current stream position; offset may be negative
    /// * os.SEEK_END or 2 -- end of stream; offset is usually negative
    ///
    /// Return the new absolute position.
    #[native("seek($self, offset, whence=os.SEEK_SET, /)")]
    fn seek(vm: &mut Vm, _this: Value, _offset: Value, _whence: Option<Value>) -> Res {
        Err(unsupported(vm, "seek"))
    }
    /// Return current stream position.
    #[native("tell($self, /)")]
    fn tell(vm: &mut Vm, this: Value) -> Res {
        vm.call_method_str(
            this,
            "seek",
            &[Value::int_unchecked(0), Value::int_unchecked(1)],
        )
    }
    /// Truncate file to size bytes.
    ///
    /// File pointer is left unchanged. Size defaults to the current IO position
    /// as reported by tell(). Return the new size.
    #[native("truncate($self, size=None, /)")]
    fn truncate(vm: &mut Vm, _this: Value, _size: Option<Value>) -> Res {
        Err(unsupported(vm, "truncate"))
    }
    /// Flush write buffers, if applicable.
    ///
    /// This is not implemented for read-only and non-blocking streams.
    #[native("flush($self, /)")]
    fn flush(vm: &mut Vm, this: Value) -> Res<()> {
        let closed = match this.payload::<IoBase>() {
            Some(p) => p.closed.get(),
            None => is_closed(vm, this)?,
        };
        if closed {
            return Err(closed_error(vm));
        }
        Ok(())
    }
    /// Flush and close the IO object.
    ///
    /// This method has no effect if the file is already closed.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res<()> {
        let Some(p) = this.payload::<IoBase>() else {
            return Ok(());
        };
        if p.closed.get() {
            return Ok(());
        }
        let r = vm.call_method(this, vm.names.flush, &[]);
        p.closed.set(true);
        r.map(|_| ())
    }
    /// Return whether object supports random access.
    ///
    /// If False, seek(), tell() and truncate() will raise OSError.
    /// This method may need to do a test seek().
    #[native("seekable($self, /)")]
    fn seekable(_vm: &mut Vm, _this: Value) -> Res<bool> {
        Ok(false)
    }
    /// Return whether object was opened for reading.
    ///
    /// If False, read() will raise OSError.
    #[native("readable($self, /)")]
    fn readable(_vm: &mut Vm, _this: Value) -> Res<bool> {
        Ok(false)
    }
    /// Return whether object was opened for writing.
    ///
    /// If False, write() will raise OSError.
    #[native("writable($self, /)")]
    fn writable(_vm: &mut Vm, _this: Value) -> Res<bool> {
        Ok(false)
    }
    #[native("_checkClosed($self, /)")]
    fn check_closed_method(vm: &mut Vm, this: Value) -> Res<()> {
        check_closed(vm, this)
    }
    #[native("_checkSeekable($self, /)")]
    fn check_seekable(vm: &mut Vm, this: Value) -> Res<bool> {
        require(vm, this, "seekable")
    }
    #[native("_checkReadable($self, /)")]
    fn check_readable(vm: &mut Vm, this: Value) -> Res<bool> {
        require(vm, this, "readable")
    }
    #[native("_checkWritable($self, /)")]
    fn check_writable(vm: &mut Vm, this: Value) -> Res<bool> {
        require(vm, this, "writable")
    }
    /// Return underlying file descriptor if one exists.
    ///
    /// Raise OSError if the IO object does not use a file descriptor.
    #[native("fileno($self, /)", defining)]
    fn fileno(vm: &mut Vm, _this: Value) -> Res {
        Err(unsupported(vm, "fileno"))
    }
    /// Return whether this is an 'interactive' stream.
    ///
    /// Return False if it can't be determined.
    #[native("isatty($self, /)")]
    fn isatty(vm: &mut Vm, this: Value) -> Res<bool> {
        check_closed(vm, this)?;
        Ok(false)
    }
    #[native("__enter__($self, /)")]
    fn enter(vm: &mut Vm, this: Value) -> Res {
        check_closed(vm, this)?;
        Ok(this)
    }
    #[native("__exit__($self, *args)", nosig)]
    fn exit(vm: &mut Vm, this: Value, _args: Value) -> Res {
        vm.call_method(this, vm.names.close, &[])
    }
    /// Read and return a line from the stream.
    ///
    /// If size is specified, at most size bytes will be read.
    ///
    /// The line terminator is always b'\n' for binary files; for text
    /// files, the newlines argument to open can be used to select the line
    /// terminator(s) recognized.
    #[native("readline($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let limit = opt_size(vm, size)?;
        readline_by_read(vm, this, limit)
    }
    /// Return a list of lines from the stream.
    ///
    /// hint can be specified to control the number of lines read: no more
    /// lines will be read if the total size (in bytes/characters) of all
    /// lines so far exceeds hint.
    #[native("readlines($self, hint=-1, /)")]
    fn readlines(vm: &mut Vm, this: Value, hint: Option<Value>) -> Res {
        let hint = opt_size(vm, hint)?;
        let mut lines = vm.new_vec();
        let it = vm.iter(this)?;
        let mut total = 0usize;
        while let Some(line) = vm.next(it)? {
            lines.push(vm, line)?;
            if hint > 0 {
                total += vm.len(line)?;
                if total >= hint as usize {
                    break;
                }
            }
        }
        vm.list_from_vec(lines)
    }
    /// Write a list of lines to stream.
    ///
    /// Line separators are not added, so it is usual for each of the
    /// lines provided to have a line separator at the end.
    #[native("writelines($self, lines, /)")]
    fn writelines(vm: &mut Vm, this: Value, lines: Value) -> Res<()> {
        check_closed(vm, this)?;
        let it = vm.iter(lines)?;
        while let Some(line) = vm.next(it)? {
            vm.call_method(this, vm.names.write, &[line])?;
        }
        Ok(())
    }
    #[getter("closed")]
    fn closed(_vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(this.payload::<IoBase>().is_some_and(|p| p.closed.get()))
    }
}

/// UnsupportedOperation unless `method` ("readable", "writable", "seekable") of any stream-like
/// object returns True.
pub fn require(vm: &mut Vm, this: Value, method: &str) -> Res<bool> {
    if vm.call_method_str(this, method, &[])? != Value::TRUE {
        return Err(unsupported(vm, &format!("File or stream is not {method}.")));
    }
    Ok(true)
}

#[derive::natives]
mod rawiobase {
    use super::*;

    #[native("read($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let n = opt_size(vm, size)?;
        if n < 0 {
            return vm.call_method_str(this, "readall", &[]);
        }
        let class = vm.types.bytearray.value();
        let n = vm.new_int(n as i64)?;
        let b = vm.call_value(class, &[n])?;
        let got = vm.call_method(this, vm.names.readinto, &[b])?;
        if got.is_none() {
            return Ok(got);
        }
        let got = vm.index_isize(got)?;
        let data = byte_arg(vm, b)?;
        if got < 0 || got as usize > data.len() {
            let len = data.len();
            return Err(vm.value_error(&format!(
                "readinto returned {got} outside buffer size {len}"
            )));
        }
        vm.new_bytes(&data[..got as usize])
    }
    /// Read until EOF, using multiple read() call.
    #[native("readall($self, /)")]
    fn readall(vm: &mut Vm, this: Value) -> Res {
        let mut out = Vec::new();
        let size = vm.new_int(DEFAULT_BUFFER_SIZE as i64)?;
        loop {
            let data = vm.call_method(this, vm.names.read, &[size])?;
            if data.is_none() {
                if out.is_empty() {
                    return Ok(data);
                }
                break;
            }
            let Some(b) = data.downcast::<BytesObj>() else {
                return Err(vm.type_error("read() should return bytes"));
            };
            if b.len == 0 {
                break;
            }
            out.extend_from_slice(b.as_slice());
        }
        vm.new_bytes(&out)
    }
    #[native("readinto($self, buffer, /)", nosig)]
    fn readinto(vm: &mut Vm, _this: Value, _buffer: Value) -> Res {
        Err(vm.not_implemented_error(""))
    }
    #[native("write($self, b, /)", nosig)]
    fn write(vm: &mut Vm, _this: Value, _b: Value) -> Res {
        Err(vm.not_implemented_error(""))
    }
}

fn readinto_by(vm: &mut Vm, this: Value, buffer: Value, method: &str) -> Res {
    let mut target = into_buffer(vm, buffer)?;
    let len = target.len();
    let n = vm.new_int(len as i64)?;
    let data = vm.call_method_str(this, method, &[n])?;
    let Some(b) = data.downcast::<BytesObj>() else {
        return Err(vm.type_error("read() should return bytes"));
    };
    if b.len > len {
        return Err(vm.value_error(&format!(
            "read() returned too much data: {len} bytes requested, {} returned",
            b.len
        )));
    }
    target.as_mut_slice()[..b.len].copy_from_slice(b.as_slice());
    vm.new_int(b.len as i64)
}

#[derive::natives]
mod bufferediobase {
    use super::*;

    /// Disconnect this buffer from its underlying raw stream and return it.
    ///
    /// After the raw stream has been detached, the buffer is in an unusable
    /// state.
    #[native("detach($self, /)", defining)]
    fn detach(vm: &mut Vm, _this: Value) -> Res {
        Err(unsupported(vm, "detach"))
    }
    /// Read and return up to n bytes.
    ///
    /// If the size argument is omitted, None, or negative, read and
    /// return all data until EOF.
    #[native("read($self, size=-1, /)", defining)]
    fn read(vm: &mut Vm, _this: Value, _size: Option<isize>) -> Res {
        Err(unsupported(vm, "read"))
    }
    /// Read and return up to size bytes, with at most one read() call to the underlying raw stream.
    ///
    /// Return an empty bytes object on EOF.
    /// A short result does not imply that EOF is imminent.
    #[native("read1($self, size=-1, /)", defining)]
    fn read1(vm: &mut Vm, _this: Value, _size: Option<isize>) -> Res {
        Err(unsupported(vm, "read1"))
    }
    #[native("readinto($self, buffer, /)")]
    fn readinto(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        readinto_by(vm, this, buffer, "read")
    }
    #[native("readinto1($self, buffer, /)")]
    fn readinto1(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        readinto_by(vm, this, buffer, "read1")
    }
    /// Write buffer b to the IO stream.
    ///
    /// Return the number of bytes written, which is always
    /// the length of b in bytes.
    ///
    /// Raise BlockingIOError if the buffer is full and the
    /// underlying raw stream cannot accept more data at the moment.
    #[native("write($self, b, /)", defining)]
    fn write(vm: &mut Vm, _this: Value, _b: Value) -> Res {
        Err(unsupported(vm, "write"))
    }
}

#[derive::natives]
mod textiobase {
    use super::*;

    /// Separate the underlying buffer from the TextIOBase and return it.
    ///
    /// After the underlying buffer has been detached, the TextIO is in an unusable state.
    #[native("detach($self, /)", defining)]
    fn detach(vm: &mut Vm, _this: Value) -> Res {
        Err(unsupported(vm, "detach"))
    }
    /// Read at most size characters from stream.
    ///
    /// Read from underlying buffer until we have size characters or we hit EOF.
    /// If size is negative or omitted, read until EOF.
    #[native("read($self, size=-1, /)")]
    fn read(vm: &mut Vm, _this: Value, _size: Option<Value>) -> Res {
        Err(unsupported(vm, "read"))
    }
    /// Read until newline or EOF.
    ///
    /// Return an empty string if EOF is hit immediately.
    /// If size is specified, at most size characters will be read.
    #[native("readline($self, size=-1, /)")]
    fn readline(vm: &mut Vm, _this: Value, _size: Option<Value>) -> Res {
        Err(unsupported(vm, "readline"))
    }
    /// Write string s to stream.
    ///
    /// Return the number of characters written
    /// (which is always equal to the length of the string).
    #[native("write($self, s, /)")]
    fn write(vm: &mut Vm, _this: Value, _s: Value) -> Res {
        Err(unsupported(vm, "write"))
    }
    /// Encoding of the text stream.
    ///
    /// Subclasses should override.
    #[getter("encoding")]
    fn encoding(_vm: &mut Vm, _this: Value) -> Res<()> {
        Ok(())
    }
    /// Line endings translated so far.
    ///
    /// Only line endings translated during reading are considered.
    ///
    /// Subclasses should override.
    #[getter("newlines")]
    fn newlines(_vm: &mut Vm, _this: Value) -> Res<()> {
        Ok(())
    }
    /// The error setting of the decoder or encoder.
    ///
    /// Subclasses should override.
    #[getter("errors")]
    fn errors(_vm: &mut Vm, _this: Value) -> Res<()> {
        Ok(())
    }
}
