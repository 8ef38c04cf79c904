//! Allocation when an interval is used up: collect if due, then find the next free interval.
//!
//! Everything here works on `*mut Heap`: the collector it calls uses the same heap.

use crate::block::NONE;
use crate::heap::Heap;
use crate::size_class::NUM_CLASSES;
use crate::{BLOCK_BYTES, GRANULE, Header};

/// Granules an allocator takes at a time at most: few enough that the cells just zeroed are still
/// in the first-level cache when they are written.
const CHUNK_GRANULES: usize = 8192 / GRANULE;

/// Refills allocator `slot` (cells of `cell` bytes) and allocates from it.
///
/// # Safety
/// `heap` is valid and used by this thread only; `slot` and `cell` belong together.
#[cold]
#[inline(never)]
pub(crate) unsafe fn alloc_slow(
    heap: *mut Heap,
    slot: usize,
    cell: usize,
    header: Header,
) -> *mut Header {
    // SAFETY: the caller's promise; no reference into the heap lives across `prepare`.
    unsafe {
        let Some(collected) = prepare(heap, cell) else {
            return core::ptr::null_mut();
        };
        if !refill(&mut *heap, slot) {
            let retry = !collected && run_collector(heap) && refill(&mut *heap, slot);
            if !retry {
                (*heap).space.open_kept();
                return core::ptr::null_mut();
            }
        }
        let bump = (*heap).bump(slot);
        let start = bump.cursor;
        bump.cursor = start.add(cell);
        start.cast::<Header>().write(header);
        start.cast()
    }
}

/// Collects if that is due. `None`: the allocation must fail. `Some(c)`: go on; c tells whether
/// the collector ran.
///
/// # Safety
/// As for `alloc_slow`; no reference into the heap is alive.
pub(crate) unsafe fn prepare(heap: *mut Heap, bytes: usize) -> Option<bool> {
    // SAFETY: the caller's promise; each access is a temporary one.
    unsafe {
        if (*heap).collecting {
            debug_assert!(false, "allocation inside a collection");
            return None;
        }
        let mut collected = false;
        if stress_is_due(&mut *heap) || (*heap).is_due() {
            collected = run_collector(heap);
        }
        if (*heap).is_over_limit(bytes) {
            collected = collected || run_collector(heap);
            if (*heap).is_over_limit(bytes) {
                return None;
            }
        }
        Some(collected)
    }
}

fn stress_is_due(heap: &mut Heap) -> bool {
    let Some(every) = heap.config.stress else {
        return false;
    };
    heap.stress_count += 1;
    let due = heap.stress_count >= every;
    if due {
        heap.stress_count = 0;
    }
    due
}

/// Calls the registered collector. False when there is none or collections are disabled.
///
/// # Safety
/// As for `prepare`.
pub(crate) unsafe fn run_collector(heap: *mut Heap) -> bool {
    // SAFETY: the collector and its context were registered to be called here.
    unsafe {
        let (true, Some(collector)) = ((*heap).enabled, (*heap).collector) else {
            return false;
        };
        collector((*heap).collector_context);
        true
    }
}

/// Gives `slot` a new interval. False when there is no memory.
fn refill(heap: &mut Heap, slot: usize) -> bool {
    // The interval may not be empty: a collector that allocates leaves one behind.
    let bump = *heap.bump(slot);
    if bump.cursor < bump.end {
        return true;
    }
    loop {
        if heap.sources[slot].block != NONE && take_interval(heap, slot) {
            return true;
        }
        let partial = heap.sources[slot].partial;
        if partial != NONE {
            // SAFETY: partial blocks are committed.
            let link = unsafe { (*heap.space.meta(partial as usize)).link };
            let source = &mut heap.sources[slot];
            source.partial = link;
            source.block = partial;
        } else {
            let Some(block) = heap.space.take(1) else {
                return false;
            };
            // SAFETY: the block was just taken; nobody else refers to its meta.
            let meta = unsafe { &mut *heap.space.meta(block) };
            meta.make_small(slot % NUM_CLASSES, slot >= NUM_CLASSES);
            heap.sources[slot].block = block as u32;
        }
        heap.sources[slot].position = 0;
    }
}

/// Takes the next free interval, or a part of it, of the slot's block.
fn take_interval(heap: &mut Heap, slot: usize) -> bool {
    let source = heap.sources[slot];
    let (meta, address) = heap.block(source.block as usize);
    // SAFETY: the meta of a committed block; the only reference to it.
    let meta = unsafe { &mut *meta };
    let Some((start, mut end)) = meta.next_free(source.position as usize) else {
        // Fresh memory is dirty from now on, whether or not all of it was used.
        meta.dirty = true;
        heap.sources[slot].block = NONE;
        return false;
    };
    let step = meta.step as usize;
    // In stress mode every allocation must come through the slow path.
    let most = if heap.config.stress.is_some() {
        step
    } else {
        (CHUNK_GRANULES / step).max(1) * step
    };
    end = end.min(start + most);
    meta.live.set_range(start, end);
    let bytes = (end - start) * GRANULE;
    debug_assert!(end * GRANULE <= BLOCK_BYTES);
    // SAFETY: the interval lies in the block and holds no allocated cell.
    unsafe {
        let cursor = address.add(start * GRANULE);
        if meta.dirty {
            cursor.write_bytes(0, bytes);
        }
        let bump = heap.bump(slot);
        bump.cursor = cursor;
        bump.end = cursor.add(bytes);
    }
    heap.sources[slot].position = end as u32;
    heap.stats.allocated_since += bytes;
    heap.stats.allocated_total += bytes as u64;
    true
}
