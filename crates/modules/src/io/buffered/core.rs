//! The buffer between a raw stream and its readers and writers.
//!
//! At most one of the two sides is in use: either `rbuf[rpos..]` was read ahead of the logical
//! position, or `wbuf` is still to be written at it.

use super::lock::BufLock;
use crate::io::rawfile::RawFile;
use crate::io::util::*;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// State of a buffered stream. Shared with the text layer above it.
pub struct BufCore {
    /// The file, when the raw stream is an exact FileIO: calls go to the system directly.
    pub file: RefCell<Option<Rc<RawFile>>>,
    pub size: Cell<usize>,
    pub rbuf: RefCell<Vec<u8>>,
    pub rpos: Cell<usize>,
    pub wbuf: RefCell<Vec<u8>>,
    pub state: Cell<State>,
    pub lock: BufLock,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Uninitialized,
    Ready,
    Detached,
}

impl Default for BufCore {
    fn default() -> Self {
        BufCore::new()
    }
}

impl BufCore {
    pub fn new() -> BufCore {
        BufCore {
            file: RefCell::new(None),
            size: Cell::new(DEFAULT_BUFFER_SIZE),
            rbuf: RefCell::new(Vec::new()),
            rpos: Cell::new(0),
            wbuf: RefCell::new(Vec::new()),
            state: Cell::new(State::Uninitialized),
            lock: BufLock::default(),
        }
    }

    pub fn reset(&self) {
        self.rbuf.borrow_mut().clear();
        self.rpos.set(0);
        self.wbuf.borrow_mut().clear();
    }

    /// Bytes read ahead.
    pub fn ahead(&self) -> usize {
        self.rbuf.borrow().len() - self.rpos.get()
    }

    /// Writes what is left without Python code.
    pub fn flush_quietly(&self) {
        if let Some(f) = &*self.file.borrow() {
            let data = std::mem::take(&mut *self.wbuf.borrow_mut());
            f.write_all_quietly(&data);
        }
    }
}

impl Drop for BufCore {
    fn drop(&mut self) {
        self.flush_quietly();
    }
}

/// A stream's raw side: the core, the raw object and the stream itself.
#[derive(Clone)]
pub struct Raw {
    pub core: Rc<BufCore>,
    pub obj: Value,
    pub stream: Value,
}

impl Raw {
    fn file(&self) -> Option<Rc<RawFile>> {
        self.core.file.borrow().clone()
    }

    /// Whether the raw stream is closed.
    pub fn closed(&self, vm: &mut Vm) -> Res<bool> {
        match &*self.core.file.borrow() {
            Some(f) => Ok(!f.is_open()),
            None => attr_truth(vm, self.obj, "closed"),
        }
    }

    /// Reads once into `buf`; Ok(None) would block.
    pub fn read(&self, vm: &mut Vm, buf: &mut [u8]) -> Res<Option<usize>> {
        if let Some(f) = self.file() {
            return f.read(vm, buf);
        }
        let n = vm.new_int(buf.len() as i64)?;
        let target = vm.call_value(vm.types.bytearray.value(), &[n])?;
        let view = vm.new_memoryview(target)?;
        let got = vm.call_method(self.obj, vm.names.readinto, &[view])?;
        if got.is_none() {
            return Ok(None);
        }
        let Ok(got) = vm.index_isize(got) else {
            let e = vm.take_raised();
            let r = os_error_text(vm, "raw readinto() failed");
            if let Some(x) = vm.raised.and_then(|v| v.downcast::<ExceptionObj>()) {
                x.cause.write(x, e);
                x.set_context(e);
            }
            return Err(r);
        };
        let data = byte_arg(vm, target)?;
        if got < 0 || got as usize > buf.len() || got as usize > data.len() {
            return Err(os_error_text(
                vm,
                &format!(
                    "raw readinto() returned invalid length {got} (should have been between 0 and {})",
                    buf.len()
                ),
            ));
        }
        buf[..got as usize].copy_from_slice(&data[..got as usize]);
        Ok(Some(got as usize))
    }

    /// Writes once; Ok(None) would block.
    fn write_once(&self, vm: &mut Vm, data: &[u8]) -> Res<Option<usize>> {
        if let Some(f) = self.file() {
            return f.write(vm, data);
        }
        let b = vm.new_bytes(data)?;
        let got = vm.call_method(self.obj, vm.names.write, &[b])?;
        if got.is_none() {
            return Ok(None);
        }
        let got = vm.index_isize(got)?;
        if got < 0 || got as usize > data.len() {
            return Err(os_error_text(
                vm,
                &format!(
                    "raw write() returned invalid length {got} (should have been between 0 and {})",
                    data.len()
                ),
            ));
        }
        Ok(Some(got as usize))
    }

    /// `raw.seek(offset, whence)`.
    pub fn seek(&self, vm: &mut Vm, offset: i64, whence: i32) -> Res<i64> {
        if let Some(f) = self.file() {
            if !f.is_open() {
                return Err(closed_error(vm));
            }
            return f.seek(vm, offset, whence);
        }
        let args = [vm.new_int(offset)?, Value::int_unchecked(whence as i64)];
        let r = vm.call_method(self.obj, vm.names.seek, &args)?;
        self.position(vm, r)
    }

    /// `raw.tell()`.
    pub fn tell(&self, vm: &mut Vm) -> Res<i64> {
        if let Some(f) = self.file() {
            if !f.is_open() {
                return Err(closed_error(vm));
            }
            return f.seek(vm, 0, libc::SEEK_CUR);
        }
        let r = vm.call_method(self.obj, vm.names.tell, &[])?;
        self.position(vm, r)
    }

    fn position(&self, vm: &mut Vm, v: Value) -> Res<i64> {
        let n = vm.index_i64(v)?;
        if n < 0 {
            return Err(os_error_text(
                vm,
                &format!("Raw stream returned invalid position {n}"),
            ));
        }
        Ok(n)
    }

    /// Fills the empty read buffer by one raw read; Ok(None) would block.
    pub fn fill(&self, vm: &mut Vm) -> Res<Option<usize>> {
        let mut buf = std::mem::take(&mut *self.core.rbuf.borrow_mut());
        self.core.rpos.set(0);
        buf.resize(self.core.size.get(), 0);
        let got = self.read(vm, &mut buf);
        buf.truncate(match got {
            Ok(Some(n)) => n,
            _ => 0,
        });
        *self.core.rbuf.borrow_mut() = buf;
        self.core.rpos.set(0);
        got
    }

    /// Writes the buffer out; BlockingIOError when it would block. The caller has entered.
    pub fn flush(&self, vm: &mut Vm) -> Res<()> {
        let mut data = std::mem::take(&mut *self.core.wbuf.borrow_mut());
        let mut at = 0;
        let r = loop {
            if at == data.len() {
                break Ok(());
            }
            match self.write_once(vm, &data[at..]) {
                Ok(Some(n)) => {
                    at += n;
                    // A signal may be why not all was written: its handler must not wait for the
                    // next write, which can block.
                    if let Err(r) = vm.check_polls() {
                        break Err(r);
                    }
                }
                Ok(None) => break Err(would_block(vm, 0)),
                Err(r) => break Err(r),
            }
        };
        data.drain(..at);
        *self.core.wbuf.borrow_mut() = data;
        r
    }

    /// Puts the raw position back to the logical one and forgets what was read ahead.
    pub fn rewind(&self, vm: &mut Vm) -> Res<()> {
        let ahead = self.core.ahead();
        if ahead > 0 {
            self.seek(vm, -(ahead as i64), libc::SEEK_CUR)?;
        }
        self.core.rbuf.borrow_mut().clear();
        self.core.rpos.set(0);
        Ok(())
    }

    /// `flush` of a stream that may have read ahead.
    pub fn flush_and_rewind(&self, vm: &mut Vm) -> Res<()> {
        let _busy = self.enter(vm)?;
        self.flush(vm)?;
        self.rewind(vm)
    }

    /// Buffered write of all of `data`.
    pub fn write(&self, vm: &mut Vm, data: &[u8]) -> Res<()> {
        let _busy = self.enter(vm)?;
        if !self.core.rbuf.borrow().is_empty() {
            self.rewind(vm)?;
        }
        let size = self.core.size.get();
        {
            let mut wbuf = self.core.wbuf.borrow_mut();
            if wbuf.len() + data.len() <= size {
                wbuf.extend_from_slice(data);
                return Ok(());
            }
        }
        if let Err(r) = self.flush(vm) {
            return self.keep_what_fits(vm, data, r);
        }
        let mut at = 0;
        while data.len() - at > size {
            match self.write_once(vm, &data[at..])? {
                Some(n) => {
                    at += n;
                    vm.check_polls()?;
                }
                None => {
                    // What fits is kept; the rest is the caller's.
                    let n = size.min(data.len() - at);
                    self.core
                        .wbuf
                        .borrow_mut()
                        .extend_from_slice(&data[at..at + n]);
                    return if at + n < data.len() {
                        Err(would_block(vm, at + n))
                    } else {
                        Ok(())
                    };
                }
            }
        }
        self.core.wbuf.borrow_mut().extend_from_slice(&data[at..]);
        Ok(())
    }

    /// After a flush that would block: takes as much of `data` as there is room for.
    fn keep_what_fits(&self, vm: &mut Vm, data: &[u8], r: Raised) -> Res<()> {
        if !vm.raised_is(vm.types.exc.BlockingIOError) {
            return Err(r);
        }
        let n = {
            let mut wbuf = self.core.wbuf.borrow_mut();
            let n = data
                .len()
                .min(self.core.size.get().saturating_sub(wbuf.len()));
            wbuf.extend_from_slice(&data[..n]);
            n
        };
        vm.raised = None;
        if n == data.len() {
            Ok(())
        } else {
            Err(would_block(vm, n))
        }
    }
}
