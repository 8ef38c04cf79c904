//! Methods of the buffered streams, by the types that have them.

use super::core::{Raw, State};
use super::*;
use crate::io::base::new_io;
use crate::io::base::require;
use crate::io::fileio::no_pickle;

/// The answers of a stream's raw object, unless it is a file.
fn raw_truth(vm: &mut Vm, this: Value, name: &str) -> Res<bool> {
    let raw = raw_of(vm, this)?;
    method_truth(vm, raw.obj, name)
}

fn seek_to(vm: &mut Vm, raw: &Raw, target: i64, whence: i32) -> Res<i64> {
    if whence != libc::SEEK_END && !raw.core.rbuf.borrow().is_empty() {
        // A target inside what was read ahead needs no system call.
        let at = raw.tell(vm)?;
        let rbuf_len = raw.core.rbuf.borrow().len() as i64;
        let rpos = raw.core.rpos.get() as i64;
        let logical = at - (rbuf_len - rpos);
        let offset = if whence == libc::SEEK_SET {
            target - logical
        } else {
            target
        };
        if offset >= -rpos && offset <= rbuf_len - rpos {
            raw.core.rpos.set((rpos + offset) as usize);
            return Ok(logical + offset);
        }
    }
    let _busy = raw.enter(vm)?;
    raw.flush(vm)?;
    let target = if whence == libc::SEEK_CUR {
        target - raw.core.ahead() as i64
    } else {
        target
    };
    let n = raw.seek(vm, target, whence)?;
    raw.core.rbuf.borrow_mut().clear();
    raw.core.rpos.set(0);
    Ok(n)
}

#[derive::natives]
pub mod common {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_io(vm, class, Buffered::new())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let class = vm.class_of(this).name_str();
        let name = vm.get_attr_opt(this, vm.names.name);
        let name = match name {
            Ok(n) => n,
            // A stream without raw object has no name either.
            Err(r) if !vm.catch(vm.types.exc.ValueError) => return Err(r),
            Err(_) => None,
        };
        match name {
            Some(n) => {
                if vm.repr_stack.contains(&this) {
                    return Err(
                        vm.runtime_error(&format!("reentrant call inside _io.{class}.__repr__"))
                    );
                }
                vm.repr_stack.push(this);
                let r = vm.display_repr(n);
                vm.repr_stack.pop();
                Ok(format!("<_io.{class} name={}>", r?))
            }
            None => Ok(format!("<_io.{class}>")),
        }
    }
    /// Disconnect this buffer from its underlying raw stream and return it.
    ///
    /// After the raw stream has been detached, the buffer is in an unusable
    /// state.
    #[native("detach($self, /)")]
    fn detach(vm: &mut Vm, this: Value) -> Res {
        let raw = raw_of(vm, this)?;
        vm.call_method(this, vm.names.flush, &[])?;
        let p = payload(vm, this)?;
        p.raw.set(None);
        p.core.state.set(State::Detached);
        *p.core.file.borrow_mut() = None;
        Ok(raw.obj)
    }
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res {
        let raw = raw_of(vm, this)?;
        let busy = raw.enter(vm)?;
        if raw.closed(vm)? {
            return Ok(Value::NONE);
        }
        drop(busy);
        let first = vm.call_method(this, vm.names.flush, &[]);
        let r = then_close(vm, first, |vm| {
            let _busy = raw.enter(vm)?;
            vm.call_method(raw.obj, vm.names.close, &[])
        });
        // What could not be flushed is gone with the file.
        if raw.closed(vm) == Ok(true) {
            *raw.core.rbuf.borrow_mut() = Vec::new();
            raw.core.rpos.set(0);
            *raw.core.wbuf.borrow_mut() = Vec::new();
        }
        r
    }
    #[native("seekable($self, /)")]
    fn seekable(vm: &mut Vm, this: Value) -> Res {
        let raw = raw_of(vm, this)?;
        vm.call_method_str(raw.obj, "seekable", &[])
    }
    #[native("fileno($self, /)")]
    fn fileno(vm: &mut Vm, this: Value) -> Res {
        let raw = raw_of(vm, this)?;
        vm.call_method(raw.obj, vm.names.fileno, &[])
    }
    #[native("isatty($self, /)")]
    fn isatty(vm: &mut Vm, this: Value) -> Res {
        let raw = raw_of(vm, this)?;
        vm.call_method_str(raw.obj, "isatty", &[])
    }
    #[native("_dealloc_warn($self, source, /)")]
    fn dealloc_warn(_vm: &mut Vm, _this: Value, _source: Value) -> Res<()> {
        Ok(())
    }
    #[native("seek($self, target, whence=0, /)")]
    fn seek(vm: &mut Vm, this: Value, target: Value, whence: Option<i64>) -> Res<i64> {
        let raw = raw_of(vm, this)?;
        let whence = whence.unwrap_or(0);
        if !(0..=4).contains(&whence) {
            return Err(vm.value_error(&format!("whence value {whence} unsupported")));
        }
        ensure_open(vm, &raw, "seek of closed file")?;
        if !raw_truth(vm, this, "seekable")? {
            return Err(unsupported(vm, "File or stream is not seekable."));
        }
        let target = vm.index_i64(target)?;
        seek_to(vm, &raw, target, whence as i32)
    }
    #[native("tell($self, /)")]
    fn tell(vm: &mut Vm, this: Value) -> Res<i64> {
        let raw = raw_of(vm, this)?;
        let at = raw.tell(vm)?;
        let ahead = raw.core.ahead() as i64;
        let behind = raw.core.wbuf.borrow().len() as i64;
        Ok((at - ahead + behind).max(0))
    }
    #[native("truncate($self, pos=None, /)", defining)]
    fn truncate(vm: &mut Vm, this: Value, pos: Option<Value>) -> Res {
        let raw = raw_of(vm, this)?;
        ensure_open(vm, &raw, "truncate of closed file")?;
        let reader = vm.native_type(&READER)?;
        if vm.class_of(this).is_subtype(reader) {
            return Err(unsupported(vm, "truncate"));
        }
        let _busy = raw.enter(vm)?;
        raw.flush(vm)?;
        raw.rewind(vm)?;
        let pos = match pos {
            None | Some(Value::NONE) => {
                let n = raw.tell(vm)?;
                vm.new_int(n)?
            }
            Some(p) => p,
        };
        vm.call_method_str(raw.obj, "truncate", &[pos])
    }
    #[native("__getstate__($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        Err(no_pickle(vm, this))
    }
    #[native("__sizeof__($self, /)")]
    fn sizeof(vm: &mut Vm, this: Value) -> Res<usize> {
        let p = payload(vm, this)?;
        Ok(size_of::<Buffered>() + p.core.size.get())
    }
    #[getter("raw")]
    fn raw(vm: &mut Vm, this: Value) -> Res {
        Ok(payload(vm, this)?.raw.get().unwrap_or(Value::NONE))
    }
    #[getter("closed")]
    fn closed(vm: &mut Vm, this: Value) -> Res<bool> {
        let raw = raw_of(vm, this)?;
        raw.closed(vm)
    }
    #[getter("name")]
    fn name(vm: &mut Vm, this: Value) -> Res {
        let raw = raw_of(vm, this)?;
        vm.get_attr(raw.obj, vm.names.name)
    }
    #[getter("mode")]
    fn mode(vm: &mut Vm, this: Value) -> Res {
        let raw = raw_of(vm, this)?;
        vm.get_attr(raw.obj, vm.names.mode)
    }
    #[getter("_finalizing")]
    fn finalizing(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(payload(vm, this)?.finalizing.get())
    }
    #[setter("_finalizing")]
    fn set_finalizing(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let on = vm.truth(value.unwrap_or(Value::FALSE))?;
        payload(vm, this)?.finalizing.set(on);
        Ok(())
    }
}

#[derive::natives]
pub mod reader {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
    fn init(vm: &mut Vm, this: Value, raw: Value, buffer_size: Option<i64>) -> Res<()> {
        payload(vm, this)?.core.state.set(State::Uninitialized);
        require(vm, raw, "readable")?;
        attach(vm, this, raw, buffer_size)
    }
    #[native("readable($self, /)")]
    fn readable(vm: &mut Vm, this: Value) -> Res<bool> {
        raw_truth(vm, this, "readable")
    }
    #[native("flush($self, /)")]
    fn flush(vm: &mut Vm, this: Value) -> Res {
        let raw = raw_of(vm, this)?;
        vm.call_method(raw.obj, vm.names.flush, &[])
    }
}

#[derive::natives]
pub mod writer {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
    fn init(vm: &mut Vm, this: Value, raw: Value, buffer_size: Option<i64>) -> Res<()> {
        payload(vm, this)?.core.state.set(State::Uninitialized);
        require(vm, raw, "writable")?;
        attach(vm, this, raw, buffer_size)
    }
    #[native("writable($self, /)")]
    fn writable(vm: &mut Vm, this: Value) -> Res<bool> {
        raw_truth(vm, this, "writable")
    }
}

#[derive::natives]
pub mod random {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
    fn init(vm: &mut Vm, this: Value, raw: Value, buffer_size: Option<i64>) -> Res<()> {
        payload(vm, this)?.core.state.set(State::Uninitialized);
        for what in ["seekable", "readable", "writable"] {
            require(vm, raw, what)?;
        }
        attach(vm, this, raw, buffer_size)
    }
    #[native("readable($self, /)")]
    fn readable(vm: &mut Vm, this: Value) -> Res<bool> {
        raw_truth(vm, this, "readable")
    }
    #[native("writable($self, /)")]
    fn writable(vm: &mut Vm, this: Value) -> Res<bool> {
        raw_truth(vm, this, "writable")
    }
}

#[derive::natives]
pub mod writing {
    use super::*;

    /// Write the given buffer to the IO stream.
    ///
    /// Return the number of bytes written, which is always
    /// the length of b in bytes.
    ///
    /// Raise BlockingIOError if the buffer is full and the
    /// underlying raw stream cannot accept more data at the moment.
    #[native("write($self, buffer, /)")]
    fn write(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        let raw = raw_of(vm, this)?;
        let data = byte_arg(vm, buffer)?;
        ensure_open(vm, &raw, "write to closed file")?;
        raw.write(vm, &data)?;
        vm.new_int(data.len() as i64)
    }
    #[native("flush($self, /)")]
    fn flush(vm: &mut Vm, this: Value) -> Res<()> {
        let raw = raw_of(vm, this)?;
        ensure_open(vm, &raw, "flush of closed file")?;
        raw.flush_and_rewind(vm)
    }
}

#[derive::natives]
pub mod reading {
    use super::*;

    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        match next_line(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    #[native("read($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let n = opt_size(vm, size)?;
        let raw = raw_of(vm, this)?;
        if n < -1 {
            return Err(vm.value_error("read length must be non-negative or -1"));
        }
        ensure_open(vm, &raw, "read of closed file")?;
        if n < 0 {
            super::super::read::read_all(vm, &raw)
        } else {
            super::super::read::read_n(vm, &raw, n as usize)
        }
    }
    #[native("read1($self, size=-1, /)")]
    fn read1(vm: &mut Vm, this: Value, size: Option<isize>) -> Res {
        let raw = raw_of(vm, this)?;
        let n = size.unwrap_or(-1);
        let n = if n < 0 {
            raw.core.size.get()
        } else {
            n as usize
        };
        ensure_open(vm, &raw, "read of closed file")?;
        let mut out = Vec::new();
        super::super::read::read1(vm, &raw, n, &mut out)?;
        vm.new_bytes(&out)
    }
    #[native("readinto($self, buffer, /)")]
    fn readinto(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        into(vm, this, buffer, false)
    }
    #[native("readinto1($self, buffer, /)")]
    fn readinto1(vm: &mut Vm, this: Value, buffer: Value) -> Res {
        into(vm, this, buffer, true)
    }
    #[native("readline($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: Value, size: Option<Value>) -> Res {
        let n = opt_size(vm, size)?;
        let raw = raw_of(vm, this)?;
        ensure_open(vm, &raw, "readline of closed file")?;
        super::super::read::read_line(vm, &raw, n)
    }
    #[native("peek($self, size=0, /)")]
    fn peek(vm: &mut Vm, this: Value, _size: Option<isize>) -> Res {
        let raw = raw_of(vm, this)?;
        ensure_open(vm, &raw, "peek of closed file")?;
        super::super::read::peek(vm, &raw)
    }
}

fn into(vm: &mut Vm, this: Value, buffer: Value, once: bool) -> Res {
    let raw = raw_of(vm, this)?;
    let mut target = into_buffer(vm, buffer)?;
    let n = target.len();
    ensure_open(vm, &raw, "readinto of closed file")?;
    let mut out = Vec::new();
    if !super::read::read_into(vm, &raw, n, once, &mut out)? {
        return Ok(Value::NONE);
    }
    target.as_mut_slice()[..out.len()].copy_from_slice(&out);
    vm.new_int(out.len() as i64)
}
