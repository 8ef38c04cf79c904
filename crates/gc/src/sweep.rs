//! The sweep: one pass over the side table. Marks become the live bits, dead destructible cells
//! are dropped, empty blocks are freed, and blocks with free cells are handed to their
//! allocators. Memory of dead cells is not touched: an interval is zeroed when it is taken.

use crate::block::{Meta, NONE, State};
use crate::heap::{Heap, SLOTS};
use crate::size_class::NUM_CLASSES;
use crate::{BLOCK_BYTES, DropFn, GRANULE, Header};

/// # Safety
/// The marks are complete and the allocators hold no intervals.
pub(crate) unsafe fn sweep(heap: *mut Heap) {
    // SAFETY: the caller's promise. Drop functions may call back into the heap (to account
    // external bytes), so no reference to it is held across them.
    unsafe {
        for slot in 0..SLOTS {
            (*heap).sources[slot].block = NONE;
            (*heap).sources[slot].partial = NONE;
        }
        let before = (*heap).stats.live_bytes as u64
            + ((*heap).stats.allocated_total - (*heap).total_at_collection);
        let mut live = Live { cells: 0, bytes: 0 };
        // Downwards, so that pushing to the front leaves the lists in address order.
        for block in (0..(*heap).space.committed()).rev() {
            match (*(*heap).space.meta(block)).state {
                State::Free | State::LargeTail => {}
                State::Small => sweep_small(heap, block, &mut live),
                State::LargeHead => sweep_large(heap, block, &mut live),
            }
        }
        (*heap).space.age_free_blocks(false);
        let stats = &mut (*heap).stats;
        stats.live_cells = live.cells;
        stats.live_bytes = live.bytes;
        stats.freed_bytes = before.saturating_sub(live.bytes as u64) as usize;
    }
}

struct Live {
    cells: usize,
    bytes: usize,
}

unsafe fn sweep_small(heap: *mut Heap, block: usize, live: &mut Live) {
    // SAFETY: the block is committed and in use; no reference to its meta is held across drops.
    unsafe {
        let (meta, address) = (*heap).block(block);
        if (*meta).destructible {
            drop_dead_cells(&raw const (*heap).drops, meta, address);
        }
        let meta = &mut *meta;
        let mut cells = 0;
        for (live, mark) in meta.live.0.iter_mut().zip(&mut meta.marks.0) {
            cells += mark.count_ones() as usize;
            *live = core::mem::take(mark);
        }
        meta.dirty = true;
        let capacity = (meta.limit / meta.step) as usize;
        live.cells += cells;
        live.bytes += cells * meta.cell_bytes();
        if cells == 0 {
            (*heap).space.give_back(block, 1);
        } else if cells < capacity {
            let slot = meta.class as usize + if meta.destructible { NUM_CLASSES } else { 0 };
            let source = &mut (*heap).sources[slot];
            meta.link = source.partial;
            source.partial = block as u32;
        }
    }
}

unsafe fn sweep_large(heap: *mut Heap, head: usize, live: &mut Live) {
    // SAFETY: as in `sweep_small`.
    unsafe {
        let (meta, address) = (*heap).block(head);
        if (*meta).marks.get(0) {
            (*meta).marks.clear(0);
            live.cells += 1;
            live.bytes += (*meta).large_bytes;
            return;
        }
        if (*meta).destructible && (*meta).live.get(0) {
            (*meta).live.clear(0);
            drop_cell(&raw const (*heap).drops, address.cast());
        }
        (*heap).space.give_back(head, (*meta).run as usize);
    }
}

/// Drops the unmarked live cells of a block. A cell is taken off the live bits first, so that a
/// panic in a drop function cannot make it run twice.
unsafe fn drop_dead_cells(drops: *const [Option<DropFn>; 256], meta: *mut Meta, address: *mut u8) {
    // SAFETY: live cells of a destructible block have a header and a payload that is complete
    // enough for their drop function.
    unsafe {
        let (step, limit) = ((*meta).step as usize, (*meta).limit as usize);
        for granule in (0..limit).step_by(step) {
            if (*meta).live.get(granule) && !(*meta).marks.get(granule) {
                (*meta).live.clear(granule);
                drop_cell(drops, address.add(granule * GRANULE).cast());
            }
        }
    }
}

unsafe fn drop_cell(drops: *const [Option<DropFn>; 256], cell: *mut Header) {
    // SAFETY: the caller's promise: an allocated cell about to die.
    unsafe {
        if let Some(drop) = (*drops)[(*cell).kind as usize] {
            drop(cell);
        }
    }
}

impl Drop for Heap {
    /// Drops every destructible cell that is left, then the memory.
    fn drop(&mut self) {
        self.collecting = true;
        self.retire_intervals();
        for block in 0..self.space.committed() {
            let (meta, address) = self.block(block);
            // SAFETY: no marks are set, so every live cell counts as dead; nobody can use the
            // heap any more.
            unsafe {
                if !(*meta).destructible {
                    continue;
                }
                match (*meta).state {
                    State::Small => drop_dead_cells(&raw const self.drops, meta, address),
                    State::LargeHead if (*meta).live.get(0) => {
                        (*meta).live.clear(0);
                        drop_cell(&raw const self.drops, address.cast());
                    }
                    _ => {}
                }
            }
        }
    }
}

const _: () = assert!(BLOCK_BYTES / GRANULE <= u16::MAX as usize);
