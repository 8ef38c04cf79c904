//! Cells (and tails of long arrays) waiting to be traced.
//!
//! The stack is reserved once, large, and its pages come as they are touched. So a push needs no
//! call and no growth: when the stack is full the entry is refused, and the tracer finds the cell
//! again by its mark (`Tracer::trace_marked_again`).

use core::ptr::{self, NonNull};

use crate::os;

/// Address space of a stack: 32 Mi entries.
const FULL_BYTES: usize = if cfg!(miri) { 1 << 20 } else { 256 << 20 };
/// What stays resident between collections.
const KEEP_BYTES: usize = 1 << 20;
const WORDS_TAG: usize = 1;

/// One thing to do.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// Trace the cell at this offset in the heap's range.
    Cell(usize),
    /// Mark these NaN-boxed words.
    Words(*const u64, usize),
}

/// An entry is a cell's offset; a range is two entries, the length below the tagged address.
pub(crate) struct MarkStack {
    bottom: *mut usize,
    top: *mut usize,
    limit: *mut usize,
    bytes: usize,
}

impl MarkStack {
    /// A stack without memory.
    pub(crate) const EMPTY: MarkStack = MarkStack {
        bottom: ptr::null_mut(),
        top: ptr::null_mut(),
        limit: ptr::null_mut(),
        bytes: 0,
    };

    /// Reserves as much as the system lets us. An empty stack still works, slowly, through
    /// the handling of overflow.
    pub(crate) fn new() -> MarkStack {
        let mut bytes = FULL_BYTES;
        while bytes >= os::PAGE {
            if let Some(stack) = MarkStack::reserve(bytes) {
                return stack;
            }
            bytes /= 4;
        }
        MarkStack::EMPTY
    }

    fn reserve(bytes: usize) -> Option<MarkStack> {
        let memory: NonNull<u8> = os::reserve(bytes, os::PAGE)?;
        // SAFETY: the range was just reserved.
        if !unsafe { os::commit(memory.as_ptr(), bytes) } {
            // SAFETY: the same range, not used.
            unsafe { os::release(memory.as_ptr(), bytes, os::PAGE) };
            return None;
        }
        let bottom = memory.as_ptr().cast::<usize>();
        let limit = bottom.wrapping_add(bytes / size_of::<usize>());
        Some(MarkStack {
            bottom,
            top: bottom,
            limit,
            bytes,
        })
    }

    /// Whether this is the stack without memory.
    pub(crate) fn has_no_memory(&self) -> bool {
        self.bytes == 0
    }

    /// Lowers the capacity, to test overflow.
    pub(crate) fn set_capacity(&mut self, entries: usize) {
        let most = self.bytes / size_of::<usize>();
        self.limit = self.bottom.wrapping_add(entries.min(most));
    }

    /// False when the stack is full.
    #[inline(always)]
    pub(crate) fn push_cell(&mut self, cell: usize) -> bool {
        let top = self.top;
        if top == self.limit {
            return false;
        }
        // SAFETY: below the limit, the stack's memory is committed.
        unsafe { *top = cell };
        self.top = top.wrapping_add(1);
        true
    }

    /// False when the stack has no room for the two entries.
    pub(crate) fn push_words(&mut self, start: *const u64, count: usize) -> bool {
        let room = (self.limit as usize - self.top as usize) / size_of::<usize>();
        room >= 2 && self.push_cell(count) && self.push_cell(start.expose_provenance() | WORDS_TAG)
    }

    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<Work> {
        if self.top == self.bottom {
            return None;
        }
        // SAFETY: entries between bottom and top were written by pushes.
        unsafe {
            self.top = self.top.sub(1);
            let entry = *self.top;
            if entry & WORDS_TAG == 0 {
                return Some(Work::Cell(entry));
            }
            // A tagged entry lies on top of its length.
            self.top = self.top.sub(1);
            let start = ptr::with_exposed_provenance(entry & !WORDS_TAG);
            Some(Work::Words(start, *self.top))
        }
    }

    /// Empties the stack and gives most of its memory back; called after a collection.
    pub(crate) fn trim(&mut self) {
        self.top = self.bottom;
        if !cfg!(miri) && self.bytes > KEEP_BYTES {
            // SAFETY: entries above the top are not needed. A refusal only costs memory.
            unsafe {
                let start = self.bottom.cast::<u8>().add(KEEP_BYTES);
                os::decommit(start, self.bytes - KEEP_BYTES);
            }
        }
    }
}

impl Drop for MarkStack {
    fn drop(&mut self) {
        if self.bytes > 0 {
            // SAFETY: reserved in `reserve` with these arguments.
            unsafe { os::release(self.bottom.cast(), self.bytes, os::PAGE) };
        }
    }
}
