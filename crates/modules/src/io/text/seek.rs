//! Positions in a text stream: `tell` cookies and `seek`.

use super::codec;
use super::core::Text;
use super::write::flush_pending;
use crate::io::util::*;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// A position: where to go in the bytes, the decoder's state there, and how many characters to
/// skip after feeding some bytes. Packed in one int as CPython does it:
///
/// ```text
/// bits 0-63 start, 64-95 decoder flags, 96-127 bytes to feed, 128-159 characters to skip, 160 need end
/// ```
#[derive(Default, Clone, Copy)]
struct Cookie {
    start: u64,
    flags: u32,
    feed: u32,
    skip: u32,
    need_eof: bool,
}

impl Cookie {
    fn pack(self, vm: &mut Vm) -> Res {
        vm.new_int_limbs(
            false,
            &[
                self.start,
                u64::from(self.flags) | u64::from(self.feed) << 32,
                u64::from(self.skip) | u64::from(self.need_eof) << 32,
            ],
        )
    }

    fn unpack(vm: &mut Vm, v: Value) -> Res<Cookie> {
        let i = vm.index(v)?;
        if vm.int_is_negative(i) {
            let shown = vm.display_repr(i)?;
            return Err(vm.value_error(&format!("negative seek position {shown}")));
        }
        let mut limbs = [0u64; 3];
        match i.downcast::<IntObj>() {
            Some(big) => {
                for (to, from) in limbs.iter_mut().zip(big.limbs()) {
                    *to = *from;
                }
            }
            None => limbs[0] = vm.index_i64(i)? as u64,
        }
        Ok(Cookie {
            start: limbs[0],
            flags: limbs[1] as u32,
            feed: (limbs[1] >> 32) as u32,
            skip: limbs[2] as u32,
            need_eof: limbs[2] >> 32 & 1 == 1,
        })
    }
}

fn buffer(t: &Text) -> Value {
    t.buffer.get().unwrap_or(Value::NONE)
}

/// Number of characters that decoding gives.
fn decoded_len(vm: &mut Vm, t: &Text, input: &[u8], last: bool) -> Res<usize> {
    let s = codec::decode(vm, t, input, last)?;
    vm.len(s)
}

/// `tell()`; the stream is open.
pub fn tell(vm: &mut Vm, this: Value, t: &Text) -> Res {
    if !t.seekable.get() {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    if !t.telling.get() {
        return Err(os_error_text(
            vm,
            "telling position disabled by next() call",
        ));
    }
    flush_pending(vm, t)?;
    vm.call_method(this, vm.names.flush, &[])?;
    let at = vm.call_method(buffer(t), vm.names.tell, &[])?;
    if !t.can_read.get() || !t.snapshot.borrow().valid {
        return Ok(at);
    }
    let (flags, input) = {
        let s = t.snapshot.borrow();
        (s.flags, s.input.clone())
    };
    let start = vm.index_i64(at)? - input.len() as i64;
    let mut cookie = Cookie {
        start: start as u64,
        flags: flags as u32,
        ..Cookie::default()
    };
    let skip = t.used.get();
    if skip == 0 {
        return cookie.pack(vm);
    }
    let saved = codec::get_state(vm, t)?;
    let r = reconstruct(vm, t, &mut cookie, &input, skip);
    let restored = codec::set_state(vm, t, &saved.0, saved.1);
    r?;
    restored?;
    cookie.pack(vm)
}

/// Finds the last safe point (no bytes held back) at or before `skip` characters into `input`.
fn reconstruct(vm: &mut Vm, t: &Text, c: &mut Cookie, input: &[u8], skip: usize) -> Res<()> {
    let start_flags = i64::from(c.flags);
    let mut skip = skip;
    // Guess by the bytes a character took, and step back from there.
    let mut guess = ((t.ratio.get() * skip as f64) as usize).min(input.len());
    let mut back = 1;
    loop {
        // As in CPython, the line ends seen are forgotten at the start of the file.
        if c.start == 0 && c.flags == 0 {
            codec::reset(vm, t)?;
        } else {
            codec::set_state(vm, t, b"", start_flags)?;
        }
        if guess == 0 {
            break;
        }
        let n = decoded_len(vm, t, &input[..guess], false)?;
        if n <= skip {
            let (held, flags) = codec::get_state(vm, t)?;
            if held.is_empty() {
                c.flags = flags as u32;
                skip -= n;
                break;
            }
            guess = guess.saturating_sub(held.len());
            back = 1;
        } else {
            guess = guess.saturating_sub(back);
            back *= 2;
        }
    }
    c.start += guess as u64;
    c.skip = skip as u32;
    if skip == 0 {
        return Ok(());
    }
    // Then byte by byte.
    let (mut fed, mut chars) = (0u32, 0);
    let mut reached = false;
    for i in guess..input.len() {
        fed += 1;
        chars += decoded_len(vm, t, &input[i..i + 1], false)?;
        let (held, flags) = codec::get_state(vm, t)?;
        if held.is_empty() && chars <= skip {
            c.start += u64::from(fed);
            skip -= chars;
            c.flags = flags as u32;
            (fed, chars) = (0, 0);
        }
        if chars >= skip {
            reached = true;
            break;
        }
    }
    if !reached {
        chars += decoded_len(vm, t, b"", true)?;
        c.need_eof = true;
        if chars < skip {
            return Err(os_error_text(vm, "can't reconstruct logical file position"));
        }
    }
    c.feed = fed;
    c.skip = skip as u32;
    Ok(())
}

/// `seek(cookie, whence)`; the stream is open.
pub fn seek(vm: &mut Vm, this: Value, t: &Text, cookie: Value, whence: i64) -> Res {
    if !t.seekable.get() {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    let mut cookie = cookie;
    match whence {
        0 => {}
        1 => {
            if vm.truth(cookie)? {
                return Err(unsupported(vm, "can't do nonzero cur-relative seeks"));
            }
            cookie = vm.call_method(this, vm.names.tell, &[])?;
        }
        2 => {
            if vm.truth(cookie)? {
                return Err(unsupported(vm, "can't do nonzero end-relative seeks"));
            }
            return seek_end(vm, this, t);
        }
        w => {
            return Err(vm.value_error(&format!("invalid whence ({w}, should be 0, 1 or 2)")));
        }
    }
    let c = Cookie::unpack(vm, cookie)?;
    vm.call_method(this, vm.names.flush, &[])?;
    let start = vm.new_int_u64(c.start)?;
    vm.call_method(buffer(t), vm.names.seek, &[start])?;
    t.forget_read();
    if t.can_read.get() {
        if c.start == 0 && c.flags == 0 {
            codec::reset(vm, t)?;
        } else {
            codec::set_state(vm, t, b"", i64::from(c.flags))?;
        }
    }
    if c.skip > 0 {
        restore(vm, t, &c)?;
    } else {
        let mut s = t.snapshot.borrow_mut();
        s.valid = true;
        s.flags = i64::from(c.flags);
        s.input.clear();
    }
    codec::reset_encoder(vm, t, c.start == 0 && c.flags == 0)?;
    Ok(cookie)
}

fn seek_end(vm: &mut Vm, this: Value, t: &Text) -> Res {
    vm.call_method(this, vm.names.flush, &[])?;
    t.forget_read();
    if t.can_read.get() {
        codec::reset(vm, t)?;
    }
    let args = [Value::int_unchecked(0), Value::int_unchecked(2)];
    let at = vm.call_method(buffer(t), vm.names.seek, &args)?;
    let start = !vm.truth(at)?;
    codec::reset_encoder(vm, t, start)?;
    Ok(at)
}

/// Decodes again up to the character the cookie names.
fn restore(vm: &mut Vm, t: &Text, c: &Cookie) -> Res<()> {
    let n = Value::int_unchecked(i64::from(c.feed));
    let data = vm.call_method(buffer(t), vm.names.read, &[n])?;
    let Some(b) = data.downcast::<BytesObj>() else {
        let name = vm.class_name(data);
        return Err(vm.type_error(&format!(
            "underlying read() should have returned a bytes object, not '{name}'"
        )));
    };
    let input = b.as_slice().to_vec();
    {
        let mut s = t.snapshot.borrow_mut();
        s.valid = true;
        s.flags = i64::from(c.flags);
        s.input = input.clone();
    }
    let text = codec::decode(vm, t, &input, c.need_eof)?;
    if vm.len(text)? < c.skip as usize {
        return Err(os_error_text(vm, "can't restore logical file position"));
    }
    t.decoded.set(Some(text));
    t.used.set(c.skip as usize);
    Ok(())
}
