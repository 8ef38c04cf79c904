//! One collection: roots, marking, hooks, sweep, and the next budget.

use std::time::Instant;

use crate::heap::Heap;
use crate::tracer::Tracer;
use crate::{Hooks, Stats, arch};

/// What a small heap may allocate between collections.
const SMALL_BUDGET: usize = 16 << 20;

impl Heap {
    /// Collects: cells that cannot be reached from `hooks`' roots, nor (when a stack base is set)
    /// conservatively from this thread's registers and stack, die. Does nothing inside a
    /// collection. Panics of hooks and trace functions leave the heap as it was before.
    ///
    /// # Safety
    /// The stack base, if set, is the running thread's and lies above this frame. Every cell
    /// still in use is reachable. No reference into a cell's payload that a drop function or hook
    /// changes is alive.
    pub unsafe fn collect(&mut self, hooks: &mut dyn Hooks) -> Stats {
        // SAFETY: the caller's promise.
        unsafe { self.collect_from(std::ptr::null(), hooks) }
    }

    /// [`Heap::collect`], which scans this thread's stack only from `lowest` on (null: all of it).
    ///
    /// # Safety
    /// As for [`Heap::collect`]; `lowest` is an address of this thread's stack, and neither the
    /// stack below it nor a register holds the only reference to a cell still in use.
    pub unsafe fn collect_from(&mut self, lowest: *const u64, hooks: &mut dyn Hooks) -> Stats {
        if self.collecting {
            return self.stats();
        }
        let started = Instant::now();
        let collection = Collection { heap: self };
        collection.heap.collecting = true;
        collection.heap.retire_intervals();
        // SAFETY: the caller's promise.
        unsafe { mark(collection.heap, lowest, hooks) };
        let marked = Instant::now();
        // SAFETY: everything reachable is marked.
        unsafe { crate::sweep::sweep(collection.heap) };
        let stats = &mut collection.heap.stats;
        stats.collections += 1;
        stats.mark_ns = (marked - started).as_nanos() as u64;
        stats.sweep_ns = marked.elapsed().as_nanos() as u64;
        stats.total_ns += stats.mark_ns + stats.sweep_ns;
        drop(collection);
        self.start_cycle();
        self.stats()
    }

    /// Sets the budget of the next cycle: as much as survived, so that marking costs a bounded
    /// amount for each byte allocated. Small heaps get three times as much, up to
    /// `SMALL_BUDGET`: a program that has imported half the library and keeps little else would
    /// spend a third of its time marking classes and code.
    fn start_cycle(&mut self) {
        let stats = &mut self.stats;
        stats.allocated_since = 0;
        self.total_at_collection = stats.allocated_total;
        let live = stats.live_bytes.saturating_add(stats.external_bytes);
        let small = live.saturating_mul(3).min(SMALL_BUDGET);
        self.budget = live.max(small).max(self.config.nursery_bytes);
        self.hurried = false;
    }
}

/// Ends the collection however it ends; if by a panic, marks may be left behind.
struct Collection<'a> {
    heap: &'a mut Heap,
}

impl Drop for Collection<'_> {
    fn drop(&mut self) {
        self.heap.collecting = false;
        if std::thread::panicking() {
            for block in 0..self.heap.space.committed() {
                // SAFETY: the meta of a committed block.
                unsafe { (*self.heap.space.meta(block)).marks.reset() };
            }
        }
    }
}

/// # Safety
/// As for [`Heap::collect_from`].
unsafe fn mark(heap: &mut Heap, lowest: *const u64, hooks: &mut dyn Hooks) {
    let mut tracer = Tracer::new(heap);
    hooks.trace_roots(&mut tracer);
    tracer.drain();
    hooks.after_roots(&mut tracer);
    let base = heap.stack_base;
    if !base.is_null() && !lowest.is_null() {
        // SAFETY: the caller's promise: from there to the base is this thread's stack.
        unsafe { tracer.mark_conservative_range(lowest, base.cast()) };
    } else if !base.is_null() {
        arch::with_spilled_registers(&mut |lowest| {
            assert!(lowest.cast() <= base, "the stack base is not this thread's");
            // SAFETY: the caller's promise: from here to the base is this thread's stack.
            unsafe { tracer.mark_conservative_range(lowest, base.cast()) };
        });
    }
    tracer.drain();
    hooks.after_mark(&mut tracer);
    tracer.drain();
    hooks.before_sweep(&tracer);
    tracer.finish(heap);
}
