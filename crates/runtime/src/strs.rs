//! Access to string and bytes cells.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use text::Units;

impl StrObj {
    /// The code units.
    #[inline]
    pub fn units(&self) -> Units<'_> {
        let data = self.data.get();
        // SAFETY: `len` units of the flagged width at `data`, inside a live cell.
        unsafe {
            match self.header.flags & STR_WIDTH_MASK {
                0 => Units::U8(std::slice::from_raw_parts(data, self.len)),
                1 => Units::U16(std::slice::from_raw_parts(data.cast(), self.len)),
                _ => Units::U32(std::slice::from_raw_parts(data.cast(), self.len)),
            }
        }
    }
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.header.flags & STR_ASCII != 0
    }
    /// The text, when it is ASCII (no copy).
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        if !self.is_ascii() {
            return None;
        }
        // SAFETY: ASCII bytes are UTF-8.
        Some(unsafe {
            std::str::from_utf8_unchecked(std::slice::from_raw_parts(self.data.get(), self.len))
        })
    }
    /// The text as UTF-8; None with lone surrogates.
    pub fn to_utf8(&self) -> Option<String> {
        if let Some(s) = self.as_ascii() {
            return Some(s.to_string());
        }
        self.units().iter().map(char::from_u32).collect()
    }
    /// Same content.
    #[inline]
    pub fn same_units(&self, other: Ref<StrObj>) -> bool {
        if self.len != other.len || (self.header.flags ^ other.header.flags) & STR_WIDTH_MASK != 0 {
            return false;
        }
        let bytes = self.len << (self.header.flags & STR_WIDTH_MASK);
        // SAFETY: both hold that many bytes.
        unsafe {
            std::slice::from_raw_parts(self.data.get(), bytes)
                == std::slice::from_raw_parts(other.data.get(), bytes)
        }
    }
    /// log2 of the bytes of a unit.
    #[inline(always)]
    pub fn unit_bits(&self) -> u16 {
        self.header.flags & STR_WIDTH_MASK
    }
    /// Writes the units at `at`, each in `1 << bits` bytes; returns the end.
    ///
    /// # Safety
    /// There is room for them; `bits` is at least `unit_bits()`.
    #[inline(always)]
    pub(crate) unsafe fn write_to(&self, bits: u16, at: *mut u8) -> *mut u8 {
        // SAFETY: promised by the caller.
        unsafe {
            if self.unit_bits() == bits {
                let raw = self.raw();
                crate::alloc::copy_bytes(raw.as_ptr(), at, raw.len());
            } else {
                self.widen_to(bits, at);
            }
            at.add(self.len << bits)
        }
    }
    #[inline(never)]
    unsafe fn widen_to(&self, bits: u16, at: *mut u8) {
        for (i, c) in self.units().iter().enumerate() {
            // SAFETY: promised to `write_to`.
            unsafe {
                match bits {
                    1 => at.cast::<u16>().add(i).write(c as u16),
                    _ => at.cast::<u32>().add(i).write(c),
                }
            }
        }
    }
    /// The raw bytes of the units.
    #[inline]
    pub fn raw(&self) -> &[u8] {
        // SAFETY: the string holds that many bytes.
        unsafe {
            std::slice::from_raw_parts(
                self.data.get(),
                self.len << (self.header.flags & STR_WIDTH_MASK),
            )
        }
    }
}

impl std::fmt::Display for StrObj {
    /// The text; lone surrogates show as U+FFFD.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.as_ascii() {
            Some(s) => f.write_str(s),
            None => f.write_str(&self.units().to_lossy()),
        }
    }
}

impl std::fmt::Display for Ref<StrObj> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl BytesObj {
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: `len` bytes at `data`, inside a live cell.
        unsafe { std::slice::from_raw_parts(self.data.get(), self.len) }
    }
}

impl Vm {
    /// The hash of an exact or derived str, cached in it.
    #[inline]
    pub fn hash_str(&mut self, v: Value) -> i64 {
        // SAFETY: the caller passes a str.
        let s = unsafe { v.cast::<StrObj>() };
        let h = s.hash.get();
        if h != -1 {
            return h;
        }
        let h = self.hash_bytes_raw(s.raw());
        s.hash.set(h);
        h
    }
    /// Keyed hash of raw bytes; never -1.
    pub fn hash_bytes_raw(&mut self, b: &[u8]) -> i64 {
        self.interp().hash_key.hash_bytes(b)
    }
    /// `v` is a str with this text.
    pub fn str_equals(&self, v: Value, text: &str) -> bool {
        match v.downcast::<StrObj>() {
            Some(s) => match s.as_ascii() {
                Some(a) => a == text,
                None => s.to_utf8().is_some_and(|u| u == text),
            },
            None => false,
        }
    }
    /// The text of a str value for messages; other values by their `str()`, or their type.
    pub fn display(&mut self, v: Value) -> String {
        if let Some(s) = v.downcast::<StrObj>() {
            return s.to_string();
        }
        match self.str_of(v) {
            Ok(s) => match s.downcast::<StrObj>() {
                Some(s) => s.to_string(),
                None => String::new(),
            },
            Err(_) => {
                self.raised = None;
                format!("<{} object>", self.class_name(v))
            }
        }
    }
    /// The repr of a value for messages.
    pub fn display_repr(&mut self, v: Value) -> Res<String> {
        let r = self.repr(v)?;
        Ok(self.display(r))
    }
    /// The text of a str argument as UTF-8; TypeError for others, UnicodeEncodeError for lone surrogates.
    pub fn utf8(&mut self, v: Value) -> Res<String> {
        let Some(s) = v.downcast::<StrObj>() else {
            let name = self.class_name(v);
            return Err(self.type_error(&format!("expected str instance, {name} found")));
        };
        match s.to_utf8() {
            Some(t) => Ok(t),
            None => {
                let at = s
                    .units()
                    .iter()
                    .position(|c| (0xd800..0xe000).contains(&c))
                    .unwrap_or(0);
                Err(self.unicode_encode_error("utf-8", v, at, at + 1, "surrogates not allowed"))
            }
        }
    }
    /// Concatenates two strings (exact or derived); the result is exact.
    pub fn concat_str(&mut self, a: Value, b: Value) -> Res {
        // SAFETY: the caller passes two strs.
        let (x, y) = unsafe { (a.cast::<StrObj>(), b.cast::<StrObj>()) };
        if x.len == 0 && b.is_exact(Kind::Str) {
            return Ok(b);
        }
        if y.len == 0 && a.is_exact(Kind::Str) {
            return Ok(a);
        }
        let (wx, wy) = (
            x.header.flags & STR_WIDTH_MASK,
            y.header.flags & STR_WIDTH_MASK,
        );
        let len = x
            .len
            .checked_add(y.len)
            .ok_or_else(|| self.memory_error())?;
        if wx == wy {
            let total = len << wx;
            if total >= SHARE_FROM {
                return self.concat_shared(x, y, len);
            }
            let r = self.new_str_raw(len, 1 << wx, x.is_ascii() && y.is_ascii())?;
            // SAFETY: the result has room for both.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    x.raw().as_ptr(),
                    r.data.get().cast_mut(),
                    x.raw().len(),
                );
                std::ptr::copy_nonoverlapping(
                    y.raw().as_ptr(),
                    r.data.get().cast_mut().add(x.raw().len()),
                    y.raw().len(),
                );
            }
            return Ok(r.value());
        }
        let mut buf = text::StrBuf::with_capacity(len);
        buf.push_units(x.units());
        buf.push_units(y.units());
        self.new_str_owned(&buf.finish())
    }

    /// Concatenates two exact bytes objects.
    pub(crate) fn concat_bytes(&mut self, a: Value, b: Value) -> Res {
        // SAFETY: the caller passes two bytes objects.
        let (x, y) = unsafe { (a.cast::<BytesObj>(), b.cast::<BytesObj>()) };
        if x.len == 0 {
            return Ok(b);
        }
        if y.len == 0 {
            return Ok(a);
        }
        let len = x
            .len
            .checked_add(y.len)
            .filter(|n| *n < isize::MAX as usize / 2)
            .ok_or_else(|| self.memory_error())?;
        let r = self.new_bytes_raw(len)?;
        // SAFETY: the result has room for both.
        unsafe {
            let to = r.data.get().cast_mut();
            crate::alloc::copy_bytes(x.data.get(), to, x.len);
            crate::alloc::copy_bytes(y.data.get(), to.add(x.len), y.len);
        }
        Ok(r.value())
    }

    /// `x + y` of equal width in a growing buffer: when x ends where its buffer's used part ends,
    /// y is appended in place and only a new string header is made, so `s += t` is amortised.
    fn concat_shared(&mut self, x: Ref<StrObj>, y: Ref<StrObj>, len: usize) -> Res {
        let (xb, yb) = (x.raw().len(), y.raw().len());
        let flags = (x.header.flags & STR_WIDTH_MASK)
            | (x.header.flags & y.header.flags & STR_ASCII)
            | STR_SHARED;
        let mut start = x.data.get();
        let fits = x.header.flags & STR_SHARED != 0 && {
            // SAFETY: a shared string's data begins right behind its Raw cell's struct.
            let raw = unsafe { &*start.cast::<RawObj>().sub(1) };
            raw.used.get() == xb && raw.cap - xb >= yb
        };
        if !fits {
            let cap = (xb + yb)
                .checked_mul(2)
                .ok_or_else(|| self.memory_error())?;
            let raw: *mut RawObj = self
                .alloc_kind(size_of::<RawObj>() + cap, Kind::Raw)?
                .cast();
            // SAFETY: freshly allocated with `cap` bytes of room.
            unsafe {
                (*raw).cap = cap;
                start = raw.add(1).cast();
                std::ptr::copy_nonoverlapping(x.data.get(), start.cast_mut(), xb);
            }
        }
        // SAFETY: the buffer has room for y behind x, and nobody else uses that part.
        unsafe {
            std::ptr::copy_nonoverlapping(y.data.get(), start.cast_mut().add(xb), yb);
            (*start.cast::<RawObj>().sub(1)).used.set(xb + yb);
        }
        let r = self.new_str_raw(0, 1, true)?;
        let p = r.as_ptr();
        // SAFETY: a fresh cell of which only this function knows.
        unsafe {
            (*p).header.flags = flags;
            (*p).len = len;
            (*p).data.set(start);
        }
        Ok(r.value())
    }
}

/// Concatenations of at least this many bytes share a growing buffer.
const SHARE_FROM: usize = 256;

/// Bytes of the operating system that are no UTF-8 stand as lone surrogates (`surrogateescape`).
/// In a Rust `String` each such byte is the private-use character U+10FF00 + byte.
const ESCAPED: u32 = 0x10ff00;

/// Text of the operating system as a Rust string; see `Vm::new_os_str`.
pub fn os_text(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(
            chunk
                .invalid()
                .iter()
                .filter_map(|b| char::from_u32(ESCAPED + u32::from(*b))),
        );
    }
    out
}

impl Vm {
    /// A str from `os_text`: bytes that were no UTF-8 become lone surrogates.
    pub fn new_os_str(&mut self, s: &str) -> Res {
        let escaped = |c: char| (ESCAPED + 0x80..ESCAPED + 0x100).contains(&u32::from(c));
        if !s.contains(escaped) {
            return self.new_str(s);
        }
        let points: Vec<u32> = s
            .chars()
            .map(|c| {
                if escaped(c) {
                    u32::from(c) - ESCAPED + 0xdc00
                } else {
                    u32::from(c)
                }
            })
            .collect();
        self.new_str_points(&points)
    }
}
