//! Reading text.

use super::codec;
use super::core::Text;
use crate::io::buffered::{self, core::Raw};
use crate::io::newline::find_line_end;
use crate::io::util::*;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use text::{StrBuf, Units};

/// What is decoded and not read yet: the str, and where in it.
fn ready(t: &Text) -> Option<(Ref<StrObj>, usize)> {
    let s = t.decoded.get()?.downcast::<StrObj>()?;
    let at = t.used.get();
    (at < s.len).then_some((s, at))
}

/// A piece of a string as an object.
fn piece(vm: &mut Vm, s: Ref<StrObj>, from: usize, to: usize) -> Res {
    if from == 0 && to == s.len && s.value().is_exact(Kind::Str) {
        return Ok(s.value());
    }
    match s.units().slice(from..to) {
        Units::U8(b) if s.is_ascii() => vm.new_str_ascii(b),
        units => vm.new_str_units(units),
    }
}

/// The raw side of the buffer, when calls to it can be skipped.
pub fn fast_raw(t: &Text) -> Option<Raw> {
    let core = t.core.buf.borrow().clone()?;
    if core.state.get() != buffered::core::State::Ready || core.file.borrow().is_none() {
        return None;
    }
    // With a file the raw object itself is never used.
    Some(Raw {
        core,
        obj: Value::NONE,
    })
}

/// Whether the file under the stream is closed, when there is one that calls go to directly.
pub fn file_closed(t: &Text) -> Option<bool> {
    let core = t.core.buf.borrow();
    let core = core.as_ref()?;
    let ready = core.state.get() == buffered::core::State::Ready;
    let file = core.file.borrow();
    file.as_ref().filter(|_| ready).map(|f| !f.is_open())
}

/// Bytes for the next chunk, from the buffer.
fn read_bytes(vm: &mut Vm, t: &Text, hint: usize) -> Res<Vec<u8>> {
    let n = t.chunk_size.get().max(hint);
    if let Some(raw) = fast_raw(t) {
        if raw.closed(vm)? {
            return Err(vm.value_error("read of closed file"));
        }
        let mut out = Vec::new();
        buffered::read1(vm, &raw, n, &mut out)?;
        return Ok(out);
    }
    let buffer = t.buffer.get().unwrap_or(Value::NONE);
    let method = if t.has_read1.get() { "read1" } else { "read" };
    let n = vm.new_int(n as i64)?;
    let data = vm.call_method_str(buffer, method, &[n])?;
    bytes_result(vm, data, method)
}

/// The bytes a buffer returned.
fn bytes_result(vm: &mut Vm, data: Value, method: &str) -> Res<Vec<u8>> {
    if !vm.has_buffer(data) {
        let name = vm.class_name(data);
        return Err(vm.type_error(&format!(
            "underlying {method}() should have returned a bytes-like object, not '{name}'"
        )));
    }
    Ok(byte_arg(vm, data)?.to_vec())
}

/// Decodes the next chunk; false at the end.
pub fn read_chunk(vm: &mut Vm, t: &Text, hint: usize) -> Res<bool> {
    if !t.can_read.get() {
        return Err(unsupported(vm, "not readable"));
    }
    let telling = t.telling.get();
    let state = if telling {
        Some(codec::get_state(vm, t)?)
    } else {
        None
    };
    let hint = if hint > 0 && t.ratio.get() > 0.0 {
        (hint as f64 * t.ratio.get().max(1.0)) as usize
    } else {
        hint
    };
    let input = read_bytes(vm, t, hint)?;
    let eof = input.is_empty();
    t.decoded.set(None);
    t.used.set(0);
    let text = codec::decode(vm, t, &input, eof)?;
    let len = text.downcast::<StrObj>().map_or(0, |s| s.len);
    t.decoded.set(Some(text));
    t.ratio.set(if len > 0 {
        input.len() as f64 / len as f64
    } else {
        0.0
    });
    if let Some((mut held, flags)) = state {
        let mut snap = t.snapshot.borrow_mut();
        snap.valid = true;
        snap.flags = flags;
        snap.input = if held.is_empty() {
            input
        } else {
            held.extend_from_slice(&input);
            held
        };
    }
    // Text held back by the decoder comes out at the end.
    Ok(!eof || len > 0)
}

/// The rest of the stream.
pub fn read_all(vm: &mut Vm, t: &Text) -> Res {
    if !t.can_read.get() {
        return Err(unsupported(vm, "not readable"));
    }
    let input = match fast_raw(t) {
        Some(raw) => {
            if raw.closed(vm)? {
                return Err(vm.value_error("read of closed file"));
            }
            let b = buffered::read_all(vm, &raw)?;
            match b.downcast::<BytesObj>() {
                Some(_) => byte_arg(vm, b)?,
                None => return Err(would_block_read(vm)),
            }
        }
        None => {
            let buffer = t.buffer.get().unwrap_or(Value::NONE);
            let data = vm.call_method(buffer, vm.names.read, &[])?;
            if data.is_none() {
                return Err(would_block_read(vm));
            }
            bytes_result(vm, data, "read")?;
            byte_arg(vm, data)?
        }
    };
    let rest = codec::decode(vm, t, &input, true)?;
    let before = ready(t);
    let result = match before {
        Some((s, at)) => {
            let first = piece(vm, s, at, s.len)?;
            vm.concat_str(first, rest)?
        }
        None => rest,
    };
    t.forget_read();
    Ok(result)
}

#[cold]
fn would_block_read(vm: &mut Vm) -> runtime::Raised {
    vm.error(vm.types.exc.BlockingIOError, "Read returned None.")
}

/// n characters, fewer at the end.
pub fn read_n(vm: &mut Vm, t: &Text, n: usize) -> Res {
    let mut out = StrBuf::new();
    let mut left = n;
    loop {
        if let Some((s, at)) = ready(t) {
            let take = left.min(s.len - at);
            t.used.set(at + take);
            if out.is_empty() && take == left {
                return piece(vm, s, at, at + take);
            }
            out.push_units(s.units().slice(at..at + take));
            left -= take;
        }
        if left == 0 {
            break;
        }
        if !read_chunk(vm, t, left)? {
            break;
        }
    }
    vm.new_str_owned(&out.finish())
}

/// A line, at most `limit` characters when that is not negative; empty at the end.
pub fn read_line(vm: &mut Vm, t: &Text, limit: isize) -> Res {
    let limit = if limit < 0 {
        usize::MAX
    } else {
        limit as usize
    };
    if limit == 0 {
        return Ok(vm.names.empty);
    }
    let mode = t.line_end.get();
    // The usual case: a whole line is there.
    if let Some((s, at)) = ready(t)
        && let Some(end) = find_line_end(s.units(), at, mode)
        && end - at <= limit
    {
        t.used.set(end);
        return piece(vm, s, at, end);
    }
    let mut out = StrBuf::new();
    loop {
        if let Some((s, at)) = ready(t) {
            // A line end may begin in what was taken before.
            if mode == crate::io::newline::LineEnd::CrLf
                && !out.is_empty()
                && out.units().get(out.len() - 1) == 0x0d
                && s.units().get(at) == 0x0a
            {
                out.push(0x0a);
                t.used.set(at + 1);
                break;
            }
            let found = find_line_end(s.units(), at, mode);
            let end = found
                .unwrap_or(s.len)
                .min(at.saturating_add(limit - out.len()));
            out.push_units(s.units().slice(at..end));
            t.used.set(end);
            if found == Some(end) || out.len() == limit {
                break;
            }
        }
        if !read_chunk(vm, t, 0)? {
            t.forget_read();
            break;
        }
    }
    vm.new_str_owned(&out.finish())
}
