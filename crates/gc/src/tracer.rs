//! Marking: sets mark bits and traces what was newly marked, with an explicit stack.

use crate::arch::prefetch;
use crate::block::{Meta, State};
use crate::heap::Heap;
use crate::mark_stack::{MarkStack, Work};
use crate::{BLOCK_BYTES, GRANULE, Header, TraceFn};

/// Words of an array marked before the rest of it goes back to the stack: bounds the stack's
/// growth by arrays, and the work lost when the stack overflows.
const ARRAY_CHUNK: usize = 256;
/// Cells taken off the stack, and prefetched, together.
const BATCH: usize = 16;
/// Zero in a word that is a pointer to a cell: the address is below 2^48 and 16-byte aligned.
const NOT_A_CELL: u64 = 0xffff_0000_0000_000f;

struct Batch {
    cells: [usize; BATCH],
    count: usize,
}

impl Batch {
    const EMPTY: Batch = Batch {
        cells: [0; BATCH],
        count: 0,
    };
}

/// Marks cells. Exists during a collection only.
pub struct Tracer {
    base: *mut u8,
    /// Bytes of the range that may hold cells.
    extent: usize,
    metas: *mut Meta,
    traces: *const [Option<TraceFn>; 256],
    stack: MarkStack,
    /// The mark stack was full: some marked cells have not been traced.
    overflowed: bool,
    /// `drain` is running (a trace function that calls it again must not recurse).
    draining: bool,
}

impl Tracer {
    pub(crate) fn new(heap: &mut Heap) -> Tracer {
        let mut stack = core::mem::replace(&mut heap.mark_stack, MarkStack::EMPTY);
        if stack.has_no_memory() {
            // The first collection, or the one before was ended by a panic.
            stack = MarkStack::new();
        }
        stack.set_capacity(heap.mark_stack_capacity);
        Tracer {
            base: heap.space.base(),
            extent: heap.space.committed() * BLOCK_BYTES,
            metas: heap.space.metas(),
            traces: &raw const heap.traces,
            stack,
            overflowed: false,
            draining: false,
        }
    }

    /// Gives the mark stack's memory back to the heap.
    pub(crate) fn finish(mut self, heap: &mut Heap) {
        self.stack.trim();
        heap.mark_stack = self.stack;
    }

    /// Marks a cell. An address outside the heap (an immortal cell in static memory) is ignored.
    ///
    /// # Safety
    /// `cell` is an allocated cell of this heap, or lies outside the heap.
    #[inline(always)]
    pub unsafe fn mark(&mut self, cell: *mut Header) {
        self.mark_offset((cell as usize).wrapping_sub(self.base as usize));
    }

    /// Marks the cell a NaN-boxed word refers to, if it refers to one.
    ///
    /// # Safety
    /// A word without the bits of `0xffff_0000_0000_000f` is zero or as for [`Tracer::mark`].
    #[inline(always)]
    pub unsafe fn mark_word(&mut self, w: u64) {
        if w & NOT_A_CELL == 0 {
            // Zero fails the range check.
            self.mark_offset((w as usize).wrapping_sub(self.base as usize));
        }
    }

    /// [`Tracer::mark_word`] for `n` words at `p`, which stay as they are until the next `drain`
    /// has returned (a long array is marked piece by piece).
    ///
    /// # Safety
    /// The words are readable, and each is as for `mark_word`.
    #[inline]
    pub unsafe fn mark_words(&mut self, p: *const u64, n: usize) {
        let mut p = p;
        let mut n = n;
        // SAFETY: the caller's promise: all `n` words are readable.
        unsafe {
            while n > ARRAY_CHUNK {
                let rest = p.add(ARRAY_CHUNK);
                if self.stack.push_words(rest, n - ARRAY_CHUNK) {
                    n = ARRAY_CHUNK;
                    break;
                }
                for i in 0..ARRAY_CHUNK {
                    self.mark_word(*p.add(i));
                }
                p = rest;
                n -= ARRAY_CHUNK;
            }
            for i in 0..n {
                self.mark_word(*p.add(i));
            }
        }
    }

    /// Marks the cell that `p` points into.
    ///
    /// # Safety
    /// `p` points into an allocated cell of this heap (not past its end), or outside the heap.
    #[inline]
    pub unsafe fn mark_interior(&mut self, p: *const u8) {
        let offset = (p as usize).wrapping_sub(self.base as usize);
        if offset < self.extent
            && let Some((start, _)) = self.locate(offset)
        {
            self.mark_offset(start);
        }
    }

    /// Marks what `w` may refer to: the allocated cell it points into, and the allocated cell it
    /// points exactly past the end of. Any word is allowed.
    ///
    /// # Safety
    /// None beyond being called during a collection.
    #[inline]
    pub unsafe fn mark_conservative(&mut self, w: u64) {
        let offset = (w as usize).wrapping_sub(self.base as usize);
        // Equality: one past the end of the last cell.
        if offset <= self.extent {
            self.mark_candidates(offset);
        }
    }

    /// Marks the cell that `w` points into, if it does. For words inside cells: only registers and
    /// the stack hold addresses one past the end of a cell. Any word is allowed.
    ///
    /// # Safety
    /// None beyond being called during a collection.
    #[inline]
    pub unsafe fn mark_pointer(&mut self, w: u64) {
        let offset = (w as usize).wrapping_sub(self.base as usize);
        if offset < self.extent {
            self.mark_covering(offset);
        }
    }

    /// [`Tracer::mark_conservative`] for the aligned words in `[lo, hi)`.
    ///
    /// # Safety
    /// The words are readable.
    pub unsafe fn mark_conservative_range(&mut self, lo: *const u64, hi: *const u64) {
        let mut p = lo.cast::<u8>();
        p = p.wrapping_add(p.align_offset(align_of::<u64>()));
        let count = (hi as usize).saturating_sub(p as usize) / size_of::<u64>();
        let words = p.cast::<u64>();
        for i in 0..count {
            // SAFETY: readable by the caller's promise. Volatile: another part of the program
            // owns this memory, nothing may be concluded from its contents.
            unsafe { self.mark_conservative(words.add(i).read_volatile()) };
        }
    }

    /// Whether a cell has been reached. True for addresses outside the heap.
    #[inline]
    pub fn is_marked(&self, cell: *mut Header) -> bool {
        let offset = (cell as usize).wrapping_sub(self.base as usize);
        if offset >= self.extent {
            return true;
        }
        // SAFETY: every block in the extent has a meta.
        unsafe {
            (*self.metas.add(offset / BLOCK_BYTES))
                .marks
                .get(offset % BLOCK_BYTES / GRANULE)
        }
    }

    /// [`Tracer::is_marked`] for a NaN-boxed word; true when it refers to no cell.
    #[inline]
    pub fn is_marked_word(&self, w: u64) -> bool {
        w & NOT_A_CELL != 0 || self.is_marked(w as usize as *mut Header)
    }

    #[cold]
    fn mark_covering(&mut self, offset: usize) {
        if let Some((start, _)) = self.locate(offset)
            && self.is_live(start)
        {
            self.mark_offset(start);
        }
    }

    #[cold]
    fn mark_candidates(&mut self, offset: usize) {
        if offset < self.extent {
            self.mark_covering(offset);
        }
        if offset.is_multiple_of(GRANULE)
            && offset > 0
            && let Some((start, end)) = self.locate(offset - 1)
            && end == offset
            && self.is_live(start)
        {
            self.mark_offset(start);
        }
    }

    /// Start and end of the cell, allocated or not, that covers an offset below the extent.
    #[inline]
    fn locate(&self, offset: usize) -> Option<(usize, usize)> {
        // SAFETY: every block in the extent has a meta.
        unsafe { locate(self.metas, offset) }
    }

    /// Whether the cell that starts at `start` is allocated. Exact during a collection.
    #[inline]
    fn is_live(&self, start: usize) -> bool {
        // SAFETY: every block in the extent has a meta.
        unsafe {
            (*self.metas.add(start / BLOCK_BYTES))
                .live
                .get(start % BLOCK_BYTES / GRANULE)
        }
    }

    #[inline(always)]
    fn mark_offset(&mut self, offset: usize) {
        if offset >= self.extent {
            return;
        }
        debug_assert!(
            self.locate(offset)
                .is_some_and(|(start, _)| start == offset)
        );
        debug_assert!(self.is_live(offset), "reference to a dead cell");
        // SAFETY: every block in the extent has a meta, and this is the only reference to it.
        let marks = unsafe { &mut (*self.metas.add(offset / BLOCK_BYTES)).marks };
        let granule = offset % BLOCK_BYTES / GRANULE;
        if !marks.get(granule) {
            marks.set(granule);
            if !self.stack.push_cell(offset) {
                self.overflowed = true;
            }
        }
    }

    /// Traces until everything reachable from what has been marked is marked.
    pub fn drain(&mut self) {
        if self.draining {
            return;
        }
        self.draining = true;
        self.drain_stack();
        while self.overflowed {
            self.overflowed = false;
            self.trace_marked_again();
        }
        self.draining = false;
    }

    /// Cells are taken off the stack in batches, and a batch is traced after the next one has been
    /// prefetched: that hides cache misses, and the stack's top is not the bottleneck.
    fn drain_stack(&mut self) {
        let mut ready = Batch::EMPTY;
        loop {
            let next = self.pop_batch();
            if next.count == 0 && ready.count == 0 {
                return;
            }
            for &cell in &ready.cells[..ready.count] {
                self.trace(cell);
            }
            ready = next;
        }
    }

    #[inline(always)]
    fn pop_batch(&mut self) -> Batch {
        let mut batch = Batch::EMPTY;
        while batch.count < BATCH {
            match self.stack.pop() {
                Some(Work::Cell(cell)) => {
                    prefetch(self.base.wrapping_add(cell));
                    batch.cells[batch.count] = cell;
                    batch.count += 1;
                }
                // SAFETY: pushed by `mark_words`, whose caller promised for all the words.
                Some(Work::Words(p, n)) => unsafe { self.mark_words(p, n) },
                None => break,
            }
        }
        batch
    }

    #[inline(always)]
    fn trace(&mut self, offset: usize) {
        let cell = self.base.wrapping_add(offset).cast::<Header>();
        // SAFETY: a marked cell is allocated, so its header is written; its kind's trace
        // function fits it.
        unsafe {
            if let Some(trace) = (*self.traces)[(*cell).kind as usize] {
                trace(cell, self);
            }
        }
    }

    /// After an overflow: traces every marked cell once more. Each round that overflows again has
    /// marked something new, so the rounds end.
    #[cold]
    fn trace_marked_again(&mut self) {
        for block in 0..self.extent / BLOCK_BYTES {
            // SAFETY: every block in the extent has a meta.
            let marks = unsafe { (*self.metas.add(block)).marks.clone() };
            for (i, &word) in marks.0.iter().enumerate() {
                let mut word = word;
                while word != 0 {
                    let granule = i * 64 + word.trailing_zeros() as usize;
                    word &= word - 1;
                    self.trace(block * BLOCK_BYTES + granule * GRANULE);
                    self.drain_stack();
                }
            }
        }
    }
}

/// Start and end of the cell, allocated or not, that covers `offset` in the heap's range.
///
/// # Safety
/// `metas` has an entry for the block of `offset`.
#[inline]
pub(crate) unsafe fn locate(metas: *const Meta, offset: usize) -> Option<(usize, usize)> {
    let block = offset / BLOCK_BYTES;
    // SAFETY: the caller's promise; a tail's head is a block below it.
    unsafe {
        let meta = &*metas.add(block);
        match meta.state {
            State::Free => None,
            State::Small => {
                let granule = meta.cell_start(offset % BLOCK_BYTES / GRANULE)?;
                let start = block * BLOCK_BYTES + granule * GRANULE;
                Some((start, start + meta.cell_bytes()))
            }
            State::LargeHead => large_cell(meta, block, offset),
            State::LargeTail => {
                let head = meta.link as usize;
                large_cell(&*metas.add(head), head, offset)
            }
        }
    }
}

fn large_cell(head_meta: &Meta, head: usize, offset: usize) -> Option<(usize, usize)> {
    let start = head * BLOCK_BYTES;
    let end = start + head_meta.large_bytes;
    (offset < end).then_some((start, end))
}
