//! The bytes of a bytearray: growing, shrinking, replacing a part.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::ops::Range;

impl Vm {
    /// A bytearray with these bytes.
    pub fn new_bytearray(&mut self, bytes: &[u8]) -> Res {
        let b = self.alloc::<ByteArrayObj>(Kind::ByteArray)?;
        self.bytearray_set(b, bytes)?;
        Ok(b.value())
    }

    /// Replaces all bytes of an array that is not exported.
    pub fn bytearray_set(&mut self, b: Ref<ByteArrayObj>, bytes: &[u8]) -> Res<()> {
        b.len.set(0);
        self.bytearray_splice(b, 0..0, bytes)
    }

    /// Room for n bytes; the content is kept.
    fn bytearray_reserve(&mut self, b: Ref<ByteArrayObj>, n: usize) -> Res<()> {
        if n <= b.cap.get() {
            return Ok(());
        }
        if n > isize::MAX as usize / 2 {
            return Err(self.memory_error());
        }
        let cap = n
            .max(b.cap.get() + b.cap.get() / 8)
            .max(n + (n >> 3))
            .max(16);
        let raw: *mut RawObj = self
            .alloc_kind(size_of::<RawObj>() + cap, Kind::Raw)?
            .cast();
        // SAFETY: freshly allocated with `cap` bytes of room; the old bytes are `len` at `data`.
        unsafe {
            (*raw).cap = cap;
            let start: *mut u8 = raw.add(1).cast();
            if b.len.get() > 0 {
                std::ptr::copy_nonoverlapping(b.data.get(), start, b.len.get());
            }
            b.data.set(start);
        }
        b.cap.set(cap);
        gc::write_barrier(b.header());
        Ok(())
    }

    /// Replaces a range (inside the length) by other bytes, which are not part of `b`'s storage
    /// unless the length stays. BufferError when that resizes exported memory.
    pub fn bytearray_splice(
        &mut self,
        b: Ref<ByteArrayObj>,
        range: Range<usize>,
        with: &[u8],
    ) -> Res<()> {
        let old = b.len.get();
        let removed = range.len();
        let new = old - removed + with.len();
        if new != old {
            self.check_resizable(b)?;
            self.bytearray_reserve(b, new)?;
        }
        if b.data.get().is_null() {
            return Ok(());
        }
        // SAFETY: the storage holds max(old, new) bytes and the range is inside the old ones.
        unsafe {
            let p = b.data.get();
            if new != old {
                std::ptr::copy(
                    p.add(range.end),
                    p.add(range.start + with.len()),
                    old - range.end,
                );
            }
            std::ptr::copy(with.as_ptr(), p.add(range.start), with.len());
        }
        b.len.set(new);
        Ok(())
    }

    /// Appends one byte.
    pub fn bytearray_push(&mut self, b: Ref<ByteArrayObj>, byte: u8) -> Res<()> {
        let n = b.len.get();
        self.bytearray_splice(b, n..n, &[byte])
    }

    /// A bytearray of a class.
    pub fn bytearray_of_class(&mut self, class: Value) -> Res {
        match class.downcast::<crate::class::TypeObj>() {
            Some(c) if c != self.types.bytearray => self.new_instance(c),
            _ => self.new_bytearray(&[]),
        }
    }
}
