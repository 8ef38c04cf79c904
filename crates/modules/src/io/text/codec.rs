//! Encoding and decoding of a text stream.

use super::core::{Codec, Text};
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};
use std::borrow::Cow;
use text::codec::handlers::ErrorMode;
use text::codec::{EncodeFailure, single, utf8};

/// Where and why a codec failed.
struct Failure {
    start: usize,
    end: usize,
    reason: String,
}

/// Decodes with a built-in codec; the text and how many bytes were used.
fn decode_bytes(
    vm: &mut Vm,
    codec: Codec,
    mode: ErrorMode,
    input: &[u8],
    last: bool,
) -> Res<(Value, usize)> {
    if input.is_ascii() {
        return Ok((vm.new_str_ascii(input)?, input.len()));
    }
    let on_error = &mut |e: &text::codec::DecodeError| {
        mode.decode_fix(e).ok_or_else(|| Failure {
            start: e.start,
            end: e.end,
            reason: e.reason.to_string(),
        })
    };
    let (decoded, name) = match codec {
        Codec::Latin1 => {
            let text = single::decode_latin1(input);
            return Ok((vm.new_str_owned(&text)?, input.len()));
        }
        Codec::Ascii => (single::decode_ascii(input, on_error), "ascii"),
        _ => (utf8::decode(input, last, on_error), "utf-8"),
    };
    match decoded {
        Ok(d) => Ok((vm.new_str_owned(&d.text)?, d.consumed)),
        Err(f) if !mode.can_decode() => {
            let _ = f;
            let e = "don't know how to handle UnicodeDecodeError in error callback";
            Err(vm.type_error(e))
        }
        Err(f) => {
            let obj = vm.new_bytes(input)?;
            Err(vm.unicode_decode_error(name, obj, f.start, f.end, &f.reason))
        }
    }
}

/// Decodes the next bytes of a stream: unfinished characters are held back, newlines translated.
pub fn decode(vm: &mut Vm, t: &Text, input: &[u8], last: bool) -> Res {
    let text = match t.codec.get() {
        Codec::Objects => {
            let Some(d) = t.decoder.get() else {
                return Err(crate::io::util::unsupported(vm, "not readable"));
            };
            let b = vm.new_bytes(input)?;
            let r = vm.call_method_str(d, "decode", &[b, Value::bool(last)])?;
            if !r.is_kind(Kind::Str) {
                let name = vm.class_name(r);
                return Err(vm.type_error(&format!(
                    "decoder should return a string result, not '{name}'"
                )));
            }
            r
        }
        codec => {
            let held = std::mem::take(&mut *t.held.borrow_mut());
            let input = if held.is_empty() {
                Cow::Borrowed(input)
            } else {
                Cow::Owned([&held, input].concat())
            };
            let (text, used) = decode_bytes(vm, codec, t.mode.get(), &input, last)?;
            *t.held.borrow_mut() = input[used..].to_vec();
            text
        }
    };
    if t.universal.get() {
        t.newlines.decode(vm, text, last)
    } else {
        Ok(text)
    }
}

/// The decoder's state: bytes held back and flags (CPython's layout).
pub fn get_state(vm: &mut Vm, t: &Text) -> Res<(Vec<u8>, i64)> {
    let (held, flags) = match (t.codec.get(), t.decoder.get()) {
        (Codec::Objects, Some(d)) => {
            let s = vm.call_method_str(d, "getstate", &[])?;
            let tuple = s.downcast::<TupleObj>();
            let Some([held, flags]) = tuple.as_ref().map(|s| s.items()) else {
                return Err(vm.type_error("illegal decoder state"));
            };
            let Some(b) = held.downcast::<BytesObj>() else {
                let name = vm.class_name(*held);
                return Err(vm.type_error(&format!(
                    "illegal decoder state: the first item should be a bytes object, not '{name}'"
                )));
            };
            (b.as_slice().to_vec(), vm.index_i64(*flags)?)
        }
        _ => (t.held.borrow().clone(), 0),
    };
    Ok(if t.universal.get() {
        (held, flags << 1 | i64::from(t.newlines.pending_cr.get()))
    } else {
        (held, flags)
    })
}

/// Sets the decoder's state.
pub fn set_state(vm: &mut Vm, t: &Text, held: &[u8], flags: i64) -> Res<()> {
    let flags = if t.universal.get() {
        t.newlines.pending_cr.set(flags & 1 == 1);
        flags >> 1
    } else {
        flags
    };
    match (t.codec.get(), t.decoder.get()) {
        (Codec::Objects, Some(d)) => {
            let held = vm.new_bytes(held)?;
            let flags = vm.new_int(flags)?;
            let s = vm.new_tuple(&[held, flags])?;
            vm.call_method_str(d, "setstate", &[s]).map(|_| ())
        }
        _ => {
            *t.held.borrow_mut() = held.to_vec();
            Ok(())
        }
    }
}

/// Forgets the decoder's state. Line ends seen are forgotten too, as in CPython.
pub fn reset(vm: &mut Vm, t: &Text) -> Res<()> {
    if t.universal.get() {
        t.newlines.reset();
    }
    t.held.borrow_mut().clear();
    match (t.codec.get(), t.decoder.get()) {
        (Codec::Objects, Some(d)) => vm.call_method_str(d, "reset", &[]).map(|_| ()),
        _ => Ok(()),
    }
}

/// Tells a stateful encoder whether it is at the start of the stream (byte order marks).
pub fn reset_encoder(vm: &mut Vm, t: &Text, at_start: bool) -> Res<()> {
    if let (Codec::Objects, Some(e)) = (t.codec.get(), t.encoder.get()) {
        if at_start {
            vm.call_method_str(e, "reset", &[])?;
        } else {
            vm.call_method_str(e, "setstate", &[Value::int_unchecked(0)])?;
        }
    }
    Ok(())
}

/// Appends the encoded str to `out`.
pub fn encode(vm: &mut Vm, t: &Text, v: Value, out: &mut Vec<u8>) -> Res<()> {
    let Some(s) = v.downcast::<StrObj>() else {
        return Err(Raised);
    };
    let codec = t.codec.get();
    if codec == Codec::Objects {
        let Some(e) = t.encoder.get() else {
            return Err(crate::io::util::unsupported(vm, "not writable"));
        };
        let b = vm.call_method_str(e, "encode", &[v])?;
        let Some(b) = b.downcast::<BytesObj>() else {
            let name = vm.class_name(b);
            return Err(vm.type_error(&format!(
                "encoder should return a bytes object, not '{name}'"
            )));
        };
        out.extend_from_slice(b.as_slice());
        return Ok(());
    }
    if let Some(a) = s.as_ascii() {
        out.extend_from_slice(a.as_bytes());
        return Ok(());
    }
    let mode = t.mode.get();
    let on_error = &mut |e: &text::codec::EncodeError| {
        mode.encode_fix(e).ok_or_else(|| Failure {
            start: e.start,
            end: e.end,
            reason: e.reason.to_string(),
        })
    };
    let units = s.units();
    let (r, name) = match codec {
        Codec::Ascii => (single::encode_ascii(units, on_error), "ascii"),
        Codec::Latin1 => (single::encode_latin1(units, on_error), "latin-1"),
        _ => (utf8::encode(units, on_error), "utf-8"),
    };
    match r {
        Ok(b) => {
            out.extend_from_slice(&b);
            Ok(())
        }
        Err(EncodeFailure::Handler(f)) => {
            Err(vm.unicode_encode_error(name, v, f.start, f.end, &f.reason))
        }
        Err(EncodeFailure::Unencodable {
            encoding,
            start,
            end,
            reason,
        }) => Err(vm.unicode_encode_error(encoding, v, start, end, reason)),
    }
}

/// Fetches the codec objects of an encoding from the registry.
pub fn find_objects(vm: &mut Vm, t: &Text, encoding: Value, errors: Value) -> Res<()> {
    let info = lookup(vm, encoding)?;
    let name = vm.intern("_is_text_encoding");
    if let Some(is_text) = vm.get_attr_opt(info, name)?
        && !vm.truth(is_text)?
    {
        let enc = vm.display(encoding);
        return Err(vm.lookup_error(&format!(
            "'{enc}' is not a text encoding; use codecs.open() to handle arbitrary codecs"
        )));
    }
    if t.can_read.get() {
        let d = vm.call_method_str(info, "incrementaldecoder", &[errors])?;
        t.decoder.set(Some(d));
    }
    if t.can_write.get() {
        let e = vm.call_method_str(info, "incrementalencoder", &[errors])?;
        t.encoder.set(Some(e));
    }
    Ok(())
}

/// `codecs.lookup(encoding)`.
fn lookup(vm: &mut Vm, encoding: Value) -> Res {
    let m = crate::io::import(vm, "codecs")?;
    vm.call_method_str(m, "lookup", &[encoding])
}
