//! Reading through a buffer.

use super::core::Raw;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Bytes that are read at once at least, when that many are asked for.
const PART: usize = 1 << 20;

/// Takes up to n bytes that were read ahead.
fn take_ahead(raw: &Raw, n: usize, out: &mut Vec<u8>) {
    let rbuf = raw.core.rbuf.borrow();
    let at = raw.core.rpos.get();
    let n = n.min(rbuf.len() - at);
    out.extend_from_slice(&rbuf[at..at + n]);
    raw.core.rpos.set(at + n);
}

/// Before a read: what was written goes out.
fn before(vm: &mut Vm, raw: &Raw) -> Res<()> {
    if !raw.core.wbuf.borrow().is_empty() {
        raw.flush(vm)?;
    }
    Ok(())
}

/// Everything to the end; None when it would block at once.
pub fn read_all(vm: &mut Vm, raw: &Raw) -> Res {
    let _busy = raw.enter(vm)?;
    before(vm, raw)?;
    let mut out = Vec::new();
    take_ahead(raw, usize::MAX, &mut out);
    raw.core.rbuf.borrow_mut().clear();
    raw.core.rpos.set(0);
    let file = raw.core.file.borrow().clone();
    if let Some(f) = file {
        let had = out.len();
        let some = f.read_all(vm, &mut out)?;
        if !some && had == 0 {
            return Ok(Value::NONE);
        }
        return vm.new_bytes(&out);
    }
    let name = vm.intern("readall");
    if let Some(m) = vm.get_attr_opt(raw.obj, name)? {
        let rest = vm.call_value(m, &[])?;
        if let Some(b) = rest.downcast::<BytesObj>() {
            if out.is_empty() && rest.is_exact(Kind::Bytes) {
                return Ok(rest);
            }
            out.extend_from_slice(b.as_slice());
            return vm.new_bytes(&out);
        }
        if !rest.is_none() {
            return Err(vm.type_error("readall() should return bytes"));
        }
        if out.is_empty() {
            return Ok(rest);
        }
        return vm.new_bytes(&out);
    }
    read_all_by_read(vm, raw, out)
}

fn read_all_by_read(vm: &mut Vm, raw: &Raw, mut out: Vec<u8>) -> Res {
    loop {
        let data = vm.call_method(raw.obj, vm.names.read, &[])?;
        let len = match data.downcast::<BytesObj>() {
            Some(b) => {
                out.extend_from_slice(b.as_slice());
                b.len
            }
            None if data.is_none() => 0,
            None => return Err(vm.type_error("read() should return bytes")),
        };
        if len == 0 {
            if out.is_empty() {
                return Ok(data);
            }
            return vm.new_bytes(&out);
        }
    }
}

/// n bytes, fewer at the end; None when it would block at once.
pub fn read_n(vm: &mut Vm, raw: &Raw, n: usize) -> Res {
    if raw.core.ahead() >= n {
        let at = raw.core.rpos.get();
        raw.core.rpos.set(at + n);
        // The buffer must not be borrowed while the heap works: dropping streams may use it.
        let piece = raw.core.rbuf.borrow().as_ptr();
        // SAFETY: at + n bytes are in the buffer, which nothing changes before new_bytes copied.
        return vm.new_bytes(unsafe { std::slice::from_raw_parts(piece.add(at), n) });
    }
    let _busy = raw.enter(vm)?;
    before(vm, raw)?;
    let mut out = Vec::new();
    if out.try_reserve(n).is_err() {
        return Err(vm.memory_error());
    }
    take_ahead(raw, n, &mut out);
    let size = raw.core.size.get();
    while out.len() < n {
        let left = n - out.len();
        // Much is read in growing parts: what was asked for may be far more than there is.
        let whole = (left / size * size).min(PART.max(out.len()));
        let got = if whole > 0 {
            let at = out.len();
            out.resize(at + whole, 0);
            let got = raw.read(vm, &mut out[at..]);
            out.truncate(at + got.ok().flatten().unwrap_or(0));
            got?
        } else {
            let got = raw.fill(vm)?;
            take_ahead(raw, left, &mut out);
            got
        };
        match got {
            Some(0) => break,
            None if out.is_empty() => return Ok(Value::NONE),
            None => break,
            Some(_) => {}
        }
    }
    vm.new_bytes(&out)
}

/// At most n bytes with at most one raw read.
pub fn read1(vm: &mut Vm, raw: &Raw, n: usize, out: &mut Vec<u8>) -> Res<()> {
    if raw.core.ahead() > 0 {
        take_ahead(raw, n, out);
        return Ok(());
    }
    if n == 0 {
        return Ok(());
    }
    let _busy = raw.enter(vm)?;
    before(vm, raw)?;
    if n < raw.core.size.get() {
        raw.fill(vm)?;
        take_ahead(raw, n, out);
        return Ok(());
    }
    *out = vm.zeroed(n)?;
    let got = raw.read(vm, out);
    out.truncate(got.ok().flatten().unwrap_or(0));
    got.map(|_| ())
}

/// Fills up to n bytes of `out`; with `once`, with at most one raw read. None: would block.
pub fn read_into(vm: &mut Vm, raw: &Raw, n: usize, once: bool, out: &mut Vec<u8>) -> Res<bool> {
    take_ahead(raw, n, out);
    if out.len() == n {
        return Ok(true);
    }
    let _busy = raw.enter(vm)?;
    before(vm, raw)?;
    let mut reads = 0;
    while out.len() < n && !(once && (reads > 0 || !out.is_empty())) {
        reads += 1;
        let left = n - out.len();
        let got = if left > raw.core.size.get() {
            let at = out.len();
            out.resize(n, 0);
            let got = raw.read(vm, &mut out[at..]);
            out.truncate(at + got.ok().flatten().unwrap_or(0));
            got?
        } else {
            let got = raw.fill(vm)?;
            take_ahead(raw, left, out);
            got
        };
        match got {
            Some(0) => break,
            None => return Ok(!out.is_empty()),
            Some(_) => {}
        }
    }
    Ok(true)
}

/// What is read ahead, after a raw read when that is nothing.
pub fn peek(vm: &mut Vm, raw: &Raw) -> Res {
    let _busy = raw.enter(vm)?;
    before(vm, raw)?;
    if raw.core.ahead() == 0 {
        raw.fill(vm)?;
    }
    let data = raw.core.rbuf.borrow()[raw.core.rpos.get()..].to_vec();
    vm.new_bytes(&data)
}

/// Bytes up to and including a newline, at most `limit` when that is not negative.
pub fn read_line(vm: &mut Vm, raw: &Raw, limit: isize) -> Res {
    let limit = if limit < 0 {
        usize::MAX
    } else {
        limit as usize
    };
    let mut out: Vec<u8> = Vec::new();
    let mut done = take_line(raw, limit, &mut out);
    if done {
        return vm.new_bytes(&out);
    }
    let _busy = raw.enter(vm)?;
    before(vm, raw)?;
    while !done {
        if raw.fill(vm)?.unwrap_or(0) == 0 {
            break;
        }
        done = take_line(raw, limit, &mut out);
    }
    vm.new_bytes(&out)
}

/// Takes to the end of the line or the buffer; whether the line is complete.
fn take_line(raw: &Raw, limit: usize, out: &mut Vec<u8>) -> bool {
    let rbuf = raw.core.rbuf.borrow();
    let at = raw.core.rpos.get();
    let room = limit - out.len();
    let rest = &rbuf[at..];
    let rest = &rest[..rest.len().min(room)];
    let (n, found) = match memchr::memchr(b'\n', rest) {
        Some(i) => (i + 1, true),
        None => (rest.len(), false),
    };
    out.extend_from_slice(&rest[..n]);
    raw.core.rpos.set(at + n);
    found || out.len() == limit
}
