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
}

fn take_run(heap: &mut Heap, size: usize, kind: u8) -> *mut Header {
    let bytes = size.next_multiple_of(GRANULE);
    let run = bytes.div_ceil(BLOCK_BYTES);
    let Some(head) = heap.space.take(run) else {
        return core::ptr::null_mut();
    };
    for block in head..head + run {
        let (meta, address) = heap.block(block);
        let used = BLOCK_BYTES.min(bytes - (block - head) * BLOCK_BYTES);
        // SAFETY: the blocks were just taken; nobody else refers to them or their metas.
        unsafe {
            if (*meta).dirty {
                address.write_bytes(0, used);
            }
            (*meta).dirty = true;
            (*meta).state = State::LargeTail;
            (*meta).link = head as u32;
        }
    }
    let (meta, address) = heap.block(head);
    // SAFETY: as above.
    unsafe { (*meta).make_large(run, bytes, heap.drops[kind as usize].is_some()) };
    heap.stats.allocated_since += bytes;
    heap.stats.allocated_total += bytes as u64;
    address.cast()
}
