//! Cells above half a block: a run of whole blocks each.

use crate::block::State;
use crate::heap::Heap;
use crate::slow_path::prepare;
use crate::{BLOCK_BYTES, GRANULE, Header};

impl Heap {
    /// Allocates a cell that does not share its blocks; [`Heap::alloc`] comes here by itself for
    /// sizes above [`crate::MAX_SMALL`]. All payload bytes are zero; null when out of memory.
    ///
    /// # Safety
    /// As for [`Heap::alloc`].
    #[cold]
    #[inline(never)]
    pub unsafe fn alloc_large(&mut self, size: usize, shape: u32, kind: u8) -> *mut Header {
        let heap: *mut Heap = self;
        if size > isize::MAX as usize - BLOCK_BYTES {
            return core::ptr::null_mut();
        }
        // SAFETY: the caller's promise; no reference into the heap lives across the calls.
        unsafe {
            let Some(collected) = prepare(heap, size) else {
                return core::ptr::null_mut();
            };
            let mut cell = take_run(&mut *heap, size, kind);
            if cell.is_null() && !collected && crate::slow_path::run_collector(heap) {
                cell = take_run(&mut *heap, size, kind);
            }
            if cell.is_null() {
                (*heap).space.open_kept();
            } else {
                cell.write(Header {
                    shape,
                    kind,
                    gc: 0,
                    flags: 0,
                });
            }
            cell
        }
    }

    /// Makes a large cell longer where it is, the new bytes zero. False: it is no large cell, what
    /// follows is in use, or a collection is due; nothing has changed then.
    ///
    /// # Safety
    /// `cell` is a living cell of this heap whose kind has no drop function.
    pub unsafe fn grow_large(&mut self, cell: *mut Header, size: usize) -> bool {
        let head = (cell as usize - self.space.base() as usize) / BLOCK_BYTES;
        let (meta, address) = self.block(head);
        // SAFETY: the meta of the block of a living cell; the only reference to it.
        let meta = unsafe { &mut *meta };
        if meta.state != State::LargeHead || size > isize::MAX as usize - BLOCK_BYTES {
            return false;
        }
        let (old, new) = (meta.large_bytes, size.next_multiple_of(GRANULE));
        let (run, wanted) = (meta.run as usize, new.div_ceil(BLOCK_BYTES));
        if new <= old || self.is_due() || self.is_over_limit(new - old) {
            return false;
        }
        if wanted > run && !self.space.take_at(head + run, wanted - run) {
            return false;
        }
        let in_run = new.min(run * BLOCK_BYTES);
        // SAFETY: the rest of the run belongs to the cell, and has never been part of it.
        unsafe { address.add(old).write_bytes(0, in_run - old) };
        self.prepare_tails(head, run..wanted, new);
        meta.run = wanted as u32;
        meta.large_bytes = new;
        self.stats.allocated_since += new - old;
        self.stats.allocated_total += (new - old) as u64;
        true
    }

    /// Zeroes blocks that were just taken for the large cell at `head`, up to its `bytes`, and says
    /// in their metas whose they are. `blocks` count from the head.
    fn prepare_tails(&mut self, head: usize, blocks: core::ops::Range<usize>, bytes: usize) {
        for i in blocks {
            let (meta, address) = self.block(head + i);
            let used = BLOCK_BYTES.min(bytes - i * BLOCK_BYTES);
            // SAFETY: nobody else refers to the blocks or their metas.
            unsafe {
                if (*meta).dirty {
                    address.write_bytes(0, used);
                }
                (*meta).dirty = true;
                (*meta).state = State::LargeTail;
                (*meta).link = head as u32;
            }
        }
    }
}

fn take_run(heap: &mut Heap, size: usize, kind: u8) -> *mut Header {
    let bytes = size.next_multiple_of(GRANULE);
    let run = bytes.div_ceil(BLOCK_BYTES);
    let Some(head) = heap.space.take(run) else {
        return core::ptr::null_mut();
    };
    heap.prepare_tails(head, 0..run, bytes);
    let (meta, address) = heap.block(head);
    // SAFETY: the block was just taken; nobody else refers to its meta.
    unsafe { (*meta).make_large(run, bytes, heap.drops[kind as usize].is_some()) };
    heap.stats.allocated_since += bytes;
    heap.stats.allocated_total += bytes as u64;
    address.cast()
}
