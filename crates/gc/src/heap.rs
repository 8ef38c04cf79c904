//! The heap: inline allocation, its slow path, and when to collect.

use core::marker::PhantomPinned;
use core::mem::offset_of;
use core::ptr;

use crate::block::{Meta, NONE};
use crate::mark_stack::MarkStack;
use crate::size_class::{MAX_SMALL, NUM_CLASSES, class_and_size};
use crate::slow_path::alloc_slow;
use crate::space::Space;
use crate::{BLOCK_BYTES, Config, DropFn, GRANULE, Header, KindInfo, Stats, TraceFn, os};

/// The free interval an allocator is bumping through: `[cursor, end)` is zero and unallocated.
/// Compiled code allocates by loading `cursor`, adding the class's cell size, comparing with
/// `end` (unsigned; take the slow path when above) and storing it back.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bump {
    pub cursor: *mut u8,
    pub end: *mut u8,
}

/// Where an allocator stands between two intervals.
#[derive(Clone, Copy)]
pub(crate) struct Source {
    /// Block being allocated from, or `NONE`.
    pub(crate) block: u32,
    /// Granule in `block` from which to look for the next interval.
    pub(crate) position: u32,
    /// First of the blocks with free cells that the last sweep found, linked by `Meta::link`.
    pub(crate) partial: u32,
}

const EMPTY_BUMP: Bump = Bump {
    cursor: ptr::null_mut(),
    end: ptr::null_mut(),
};
const EMPTY_SOURCE: Source = Source {
    block: NONE,
    position: 0,
    partial: NONE,
};

/// Allocators: ordinary ones by class, then destructible ones by class.
pub(crate) const SLOTS: usize = 2 * NUM_CLASSES;
/// A heap. Used by one thread at a time (an outside lock sees to it).
#[repr(C)]
pub struct Heap {
    /// Inline allocators of ordinary cells, by size class; see [`ALLOCATORS_OFFSET`].
    pub allocators: [Bump; NUM_CLASSES],
    /// The same for cells with a drop function; see [`DROP_ALLOCATORS_OFFSET`].
    pub drop_allocators: [Bump; NUM_CLASSES],
    has_drop: [bool; 256],
    pub(crate) traces: [Option<TraceFn>; 256],
    pub(crate) drops: [Option<DropFn>; 256],
    pub(crate) sources: [Source; SLOTS],
    pub(crate) space: Space,
    pub(crate) mark_stack: MarkStack,
    pub(crate) mark_stack_capacity: usize,
    pub(crate) stack_base: *const u8,
    pub(crate) collecting: bool,
    pub(crate) stats: Stats,
    kinds: &'static [KindInfo],
    pub(crate) config: Config,
    pub(crate) enabled: bool,
    /// The intervals were dropped so that the next allocation takes the slow path.
    pub(crate) hurried: bool,
    /// Bytes that may be allocated until the next collection is due.
    pub(crate) budget: usize,
    /// `allocated_total` as it was after the last collection.
    pub(crate) total_at_collection: u64,
    pub(crate) stress_count: u32,
    pub(crate) collector: Option<unsafe fn(*mut ())>,
    pub(crate) collector_context: *mut (),
    /// The collector reaches the heap through its own pointer while `alloc` is running, so
    /// `&mut Heap` may not promise exclusive access; this marker takes the promise away.
    _shared: PhantomPinned,
}

/// Offset of [`Heap::allocators`] in the heap, for compiled code: class k's [`Bump`] is 16*k on.
pub const ALLOCATORS_OFFSET: usize = offset_of!(Heap, allocators);
/// Offset of [`Heap::drop_allocators`] in the heap, for compiled code.
pub const DROP_ALLOCATORS_OFFSET: usize = offset_of!(Heap, drop_allocators);
const _: () = assert!(ALLOCATORS_OFFSET == 0 && size_of::<Bump>() == 16);
const _: () = assert!(DROP_ALLOCATORS_OFFSET == size_of::<[Bump; NUM_CLASSES]>());

// SAFETY: the raw pointers lead to memory the heap owns, and to the collector's context, whose
// owner promises (by the outside lock) that one thread at a time uses both.
unsafe impl Send for Heap {}

impl Heap {
    /// A heap for cells of these kinds (at most 256), indexed by [`Header::kind`].
    pub fn new(cfg: Config, kinds: &'static [KindInfo]) -> Box<Heap> {
        Heap::with_reserve(cfg, kinds, os::RESERVE_FIRST)
    }

    /// Like [`Heap::new`] with at most `bytes` of address space (and so of memory).
    pub fn with_reserve(cfg: Config, kinds: &'static [KindInfo], bytes: usize) -> Box<Heap> {
        let mut heap = Box::new(Heap {
            allocators: [EMPTY_BUMP; NUM_CLASSES],
            drop_allocators: [EMPTY_BUMP; NUM_CLASSES],
            has_drop: [false; 256],
            traces: [None; 256],
            drops: [None; 256],
            sources: [EMPTY_SOURCE; SLOTS],
            space: Space::new(bytes),
            mark_stack: MarkStack::EMPTY,
            mark_stack_capacity: usize::MAX,
            stack_base: ptr::null(),
            collecting: false,
            stats: Stats::default(),
            kinds,
            config: cfg,
            enabled: true,
            hurried: false,
            budget: cfg.nursery_bytes,
            total_at_collection: 0,
            stress_count: 0,
            collector: None,
            collector_context: ptr::null_mut(),
            _shared: PhantomPinned,
        });
        for (i, kind) in kinds.iter().take(256).enumerate() {
            heap.has_drop[i] = kind.drop.is_some();
            heap.traces[i] = kind.trace;
            heap.drops[i] = kind.drop;
        }
        heap
    }

    /// A new cell of at least `size` bytes, header included, all payload bytes zero. Null when
    /// the heap is over its limit or the system out of memory. May call the collector first.
    ///
    /// # Safety
    /// `size` is at least 8. Every cell that must survive a collection is reachable.
    #[inline(always)]
    pub unsafe fn alloc(&mut self, size: usize, shape: u32, kind: u8) -> *mut Header {
        // SAFETY: the caller's promise is the same.
        unsafe {
            if self.has_drop[kind as usize] {
                return self.alloc_destructible(size, shape, kind);
            }
            self.alloc_plain(size, shape, kind)
        }
    }

    /// [`Heap::alloc`] without the test for a drop function: a load, an add, a compare, the
    /// cursor's store and the header's store when `size` is a constant.
    ///
    /// # Safety
    /// As for `alloc`, and `kind` has no drop function.
    #[inline(always)]
    pub unsafe fn alloc_plain(&mut self, size: usize, shape: u32, kind: u8) -> *mut Header {
        debug_assert!(size >= size_of::<Header>() && (kind as usize) < self.kinds.len());
        debug_assert!(!self.has_drop[kind as usize]);
        let header = Header {
            shape,
            kind,
            gc: 0,
            flags: 0,
        };
        // SAFETY: classes of sizes up to MAX_SMALL are below NUM_CLASSES; the interval is ours.
        unsafe {
            if size > MAX_SMALL {
                return self.alloc_large(size, shape, kind);
            }
            let (class, cell) = class_and_size(size);
            let bump = self.allocators.get_unchecked_mut(class);
            let start = bump.cursor;
            let next = start.wrapping_add(cell);
            if next > bump.end {
                return alloc_slow(self, class, cell, header);
            }
            bump.cursor = next;
            start.cast::<Header>().write(header);
            start.cast()
        }
    }

    #[inline(never)]
    unsafe fn alloc_destructible(&mut self, size: usize, shape: u32, kind: u8) -> *mut Header {
        debug_assert!(size >= size_of::<Header>() && (kind as usize) < self.kinds.len());
        let header = Header {
            shape,
            kind,
            gc: 0,
            flags: 0,
        };
        // SAFETY: as in `alloc_plain`.
        unsafe {
            if size > MAX_SMALL {
                return self.alloc_large(size, shape, kind);
            }
            let (class, cell) = class_and_size(size);
            let bump = &mut self.drop_allocators[class];
            let start = bump.cursor;
            let next = start.wrapping_add(cell);
            if next > bump.end {
                return alloc_slow(self, NUM_CLASSES + class, cell, header);
            }
            bump.cursor = next;
            start.cast::<Header>().write(header);
            start.cast()
        }
    }

    /// Registers what to call when a collection is due: `f(ctx)` calls [`Heap::collect`] with the
    /// embedder's roots. It runs inside allocation and may not unwind into other Python frames.
    pub fn set_collector(&mut self, f: unsafe fn(*mut ()), ctx: *mut ()) {
        self.collector = Some(f);
        self.collector_context = ctx;
    }

    /// The highest address of the running thread's native stack that can hold references; null
    /// (as at first) turns scanning of the native stack off.
    pub fn set_stack_base(&mut self, base: *const u8) {
        self.stack_base = base;
    }

    /// Adds `delta` to the malloc bytes that payloads own; they count to the trigger and limit.
    pub fn account_external(&mut self, delta: isize) {
        let external = &mut self.stats.external_bytes;
        *external = external.saturating_add_signed(delta);
        if delta > 0 {
            self.stats.allocated_since += delta as usize;
            if self.is_due() && !self.hurried && !self.collecting {
                // The fast path does not look at the budget, so make it fail.
                self.hurried = true;
                self.retire_intervals();
            }
        }
    }

    /// Stops collections by allocation (explicit ones still run). Returns whether they were on.
    pub fn disable(&mut self) -> bool {
        core::mem::replace(&mut self.enabled, false)
    }

    /// Allows collections by allocation again. Returns whether they were on.
    pub fn enable(&mut self) -> bool {
        core::mem::replace(&mut self.enabled, true)
    }

    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// The settings; may be changed at any time.
    pub fn config_mut(&mut self) -> &mut Config {
        // Cells already reserved by the allocators would escape a new stress setting or limit.
        self.retire_intervals();
        &mut self.config
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The kinds given to [`Heap::new`].
    pub fn kinds(&self) -> &'static [KindInfo] {
        self.kinds
    }

    pub fn stats(&self) -> Stats {
        Stats {
            block_bytes: self.space.used_blocks() * BLOCK_BYTES,
            resident_bytes: self.space.resident_blocks() * BLOCK_BYTES,
            ..self.stats
        }
    }

    /// Gives every free block back to the OS now.
    pub fn release_free_memory(&mut self) {
        self.space.age_free_blocks(true);
    }

    /// Gives reserved address space back so that about `bytes` remain; the heap cannot grow
    /// beyond that. For limits on the address space of the process.
    pub fn trim_reserve(&mut self, bytes: usize) {
        self.space.trim(bytes);
    }

    /// Lowers the number of entries of the mark stack; for tests of its overflow.
    #[doc(hidden)]
    pub fn limit_mark_stack(&mut self, entries: usize) {
        self.mark_stack_capacity = entries;
    }

    /// True when the next slow allocation will call the collector.
    pub(crate) fn is_due(&self) -> bool {
        self.stats.allocated_since >= self.budget
    }

    pub(crate) fn is_over_limit(&self, bytes: usize) -> bool {
        self.config.limit_bytes.is_some_and(|limit| {
            // Not `allocated_since`: that has the external bytes of this cycle too.
            let since = self.stats.allocated_total - self.total_at_collection;
            let cells = self.stats.live_bytes.saturating_add(since as usize);
            cells
                .saturating_add(self.stats.external_bytes)
                .saturating_add(bytes)
                > limit
        })
    }

    /// Meta and first byte of block `block`.
    #[inline]
    pub(crate) fn block(&self, block: usize) -> (*mut Meta, *mut u8) {
        (self.space.meta(block), self.space.address(block))
    }

    /// Ends every allocator's interval: what was not allocated from it is free, and not found
    /// again before the next sweep.
    pub(crate) fn retire_intervals(&mut self) {
        for slot in 0..SLOTS {
            let bump = *self.bump(slot);
            if bump.cursor < bump.end {
                let left = bump.end as usize - bump.cursor as usize;
                let offset = bump.cursor as usize - self.space.base() as usize;
                let from = offset % BLOCK_BYTES / GRANULE;
                let meta = self.space.meta(offset / BLOCK_BYTES);
                // SAFETY: an interval lies in a committed block.
                unsafe { (*meta).live.clear_range(from, from + left / GRANULE) };
                self.stats.allocated_total -= left as u64;
                self.stats.allocated_since = self.stats.allocated_since.saturating_sub(left);
            }
            *self.bump(slot) = EMPTY_BUMP;
        }
    }

    #[inline]
    pub(crate) fn bump(&mut self, slot: usize) -> &mut Bump {
        if slot < NUM_CLASSES {
            &mut self.allocators[slot]
        } else {
            &mut self.drop_allocators[slot - NUM_CLASSES]
        }
    }
}
