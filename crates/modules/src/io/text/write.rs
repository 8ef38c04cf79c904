//! Writing text.

use super::codec;
use super::core::Text;
use super::read::fast_raw;
use crate::io::util::*;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use text::{StrBuf, Units};

/// Gives the encoded text to the buffer.
pub fn flush_pending(vm: &mut Vm, t: &Text) -> Res<()> {
    if t.core.pending.borrow().is_empty() {
        return Ok(());
    }
    let mut data = std::mem::take(&mut *t.core.pending.borrow_mut());
    if let Some(raw) = fast_raw(t) {
        let r = if raw.closed(vm)? {
            Err(vm.value_error("write to closed file"))
        } else {
            raw.write(vm, &data)
        };
        data.clear();
        // The allocation is used again.
        let mut pending = t.core.pending.borrow_mut();
        if pending.is_empty() {
            *pending = data;
        }
        return r;
    }
    let buffer = t.buffer.get().unwrap_or(Value::NONE);
    let b = vm.new_bytes(&data)?;
    vm.call_method(buffer, vm.names.write, &[b]).map(|_| ())
}

/// Flushes the buffer below.
pub fn flush_buffer(vm: &mut Vm, t: &Text) -> Res<()> {
    if let Some(raw) = fast_raw(t) {
        if raw.closed(vm)? {
            return Err(vm.value_error("flush of closed file"));
        }
        return raw.flush_and_rewind(vm);
    }
    let buffer = t.buffer.get().unwrap_or(Value::NONE);
    vm.call_method(buffer, vm.names.flush, &[]).map(|_| ())
}

/// The str with `\n` replaced by the stream's line end.
fn with_line_ends(vm: &mut Vm, s: Ref<StrObj>, end: &str) -> Res {
    let mut out = StrBuf::with_capacity(s.len + 8);
    for c in s.units().iter() {
        if c == 0x0a {
            out.push_str(end);
        } else {
            out.push(c);
        }
    }
    vm.new_str_owned(&out.finish())
}

/// Writes a str; the stream is open.
pub fn write(vm: &mut Vm, t: &Text, v: Value) -> Res<()> {
    let Some(s) = v.downcast::<StrObj>() else {
        return Err(vm.type_error("write() argument must be str"));
    };
    if !t.can_write.get() {
        return Err(unsupported(vm, "not writable"));
    }
    let translate = t.write_end.get();
    let line_buffering = t.line_buffering.get();
    let mut text = v;
    let mut flush = false;
    if translate.is_some() || line_buffering {
        let has_lf = text::search::find(s.units(), Units::U8(b"\n")).is_some();
        if has_lf && let Some(end) = translate {
            text = with_line_ends(vm, s, end)?;
        }
        flush =
            line_buffering && (has_lf || text::search::find(s.units(), Units::U8(b"\r")).is_some());
    }
    push(vm, t, text)?;
    let full = t.core.pending.borrow().len() >= t.chunk_size.get();
    if full || flush || t.write_through.get() {
        flush_pending(vm, t)?;
    }
    if flush {
        flush_buffer(vm, t)?;
    }
    if t.can_read.get() {
        t.forget_read();
        codec::reset(vm, t)?;
    }
    Ok(())
}

/// Encodes into the pending bytes; what does not fit the chunk goes out first.
fn push(vm: &mut Vm, t: &Text, v: Value) -> Res<()> {
    use super::core::Codec;
    let s = v
        .downcast::<StrObj>()
        .filter(|_| t.codec.get() != Codec::Objects);
    if let Some(a) = s.as_ref().and_then(|s| s.as_ascii()) {
        let have = t.core.pending.borrow().len();
        if have > 0 && have + a.len() > t.chunk_size.get() {
            flush_pending(vm, t)?;
        }
        t.core.pending.borrow_mut().extend_from_slice(a.as_bytes());
        return Ok(());
    }
    let mut encoded = Vec::new();
    codec::encode(vm, t, v, &mut encoded)?;
    let have = t.core.pending.borrow().len();
    if have > 0 && have + encoded.len() > t.chunk_size.get() {
        flush_pending(vm, t)?;
    }
    t.core.pending.borrow_mut().extend_from_slice(&encoded);
    Ok(())
}
