//! Questions about addresses, outside of a collection too.

use crate::block::State;
use crate::heap::{Bump, Heap};
use crate::size_class::NUM_CLASSES;
use crate::tracer::locate;
use crate::{BLOCK_BYTES, GRANULE, Header, arch};

impl Heap {
    /// The allocated cell that `word` points into, or else the one it points exactly past the
    /// end of. (A collection retains both when there are both.) Any word is allowed.
    ///
    /// # Safety
    /// The heap is used by this thread only.
    pub unsafe fn find_cell(&self, word: u64) -> Option<*mut Header> {
        let offset = (word as usize).wrapping_sub(self.space.base() as usize);
        if offset > self.extent() {
            return None;
        }
        self.allocated_at(offset)
            .or_else(|| {
                let before = offset.checked_sub(1)?;
                self.allocated_at(before).filter(|&(_, end)| end == offset)
            })
            .map(|(start, _)| self.cell(start))
    }

    /// Whether `cell` is the address of an allocated cell. Any address is allowed.
    ///
    /// # Safety
    /// The heap is used by this thread only.
    pub unsafe fn is_allocated(&self, cell: *mut Header) -> bool {
        let offset = (cell as usize).wrapping_sub(self.space.base() as usize);
        self.allocated_at(offset)
            .is_some_and(|(start, _)| start == offset)
    }

    /// Bytes of a cell, header included: the size asked for, rounded up to its class.
    ///
    /// # Safety
    /// `cell` is an allocated cell of this heap.
    pub unsafe fn cell_size(&self, cell: *mut Header) -> usize {
        let offset = (cell as usize).wrapping_sub(self.space.base() as usize);
        // SAFETY: the caller's promise puts the cell into a committed block.
        unsafe {
            let meta = &*self.space.meta(offset / BLOCK_BYTES);
            if meta.state == State::Small {
                meta.cell_bytes()
            } else {
                meta.large_bytes
            }
        }
    }

    /// Calls `f` with every allocated cell, reachable or not. `f` may not allocate.
    pub fn for_each_cell(&mut self, f: &mut dyn FnMut(*mut Header)) {
        for block in 0..self.space.committed() {
            // SAFETY: the meta of a committed block; `f` cannot change it without allocating.
            let meta = unsafe { &*self.space.meta(block) };
            match meta.state {
                State::Free | State::LargeTail => {}
                State::LargeHead if !meta.live.get(0) => {}
                State::LargeHead => f(self.cell(block * BLOCK_BYTES)),
                State::Small => {
                    let step = meta.step as usize;
                    for granule in (0..meta.limit as usize).step_by(step) {
                        let offset = block * BLOCK_BYTES + granule * GRANULE;
                        if meta.live.get(granule) && !self.is_in_interval(block, offset) {
                            f(self.cell(offset));
                        }
                    }
                }
            }
        }
    }

    /// Zeroes stale stack below the caller, so that the frames of a collection called next do not
    /// uncover old references. Uses 32 KiB of stack.
    pub fn clear_stale_stack() {
        arch::clear_stale_stack();
    }

    fn extent(&self) -> usize {
        self.space.committed() * BLOCK_BYTES
    }

    fn cell(&self, offset: usize) -> *mut Header {
        self.space.base().wrapping_add(offset).cast()
    }

    /// Start and end of the allocated cell that covers `offset`.
    fn allocated_at(&self, offset: usize) -> Option<(usize, usize)> {
        if offset >= self.extent() {
            return None;
        }
        let block = offset / BLOCK_BYTES;
        // SAFETY: the block is committed, so it has a meta, and so has a head below it.
        let (start, end) = unsafe { locate(self.space.metas(), offset)? };
        // SAFETY: the same.
        let meta = unsafe { &*self.space.meta(start / BLOCK_BYTES) };
        let live = meta.live.get(start % BLOCK_BYTES / GRANULE);
        (live && !self.is_in_interval(block, start)).then_some((start, end))
    }

    /// Whether the cell at `offset` lies in the part of an allocator's interval that has not been
    /// allocated yet (its live bit is set).
    fn is_in_interval(&self, block: usize, offset: usize) -> bool {
        // SAFETY: the caller's block is committed.
        let meta = unsafe { &*self.space.meta(block) };
        if meta.state != State::Small {
            return false;
        }
        debug_assert!((meta.class as usize) < NUM_CLASSES);
        let bumps = if meta.destructible {
            &self.drop_allocators
        } else {
            &self.allocators
        };
        let Bump { cursor, end } = bumps[meta.class as usize];
        let address = self.space.base() as usize + offset;
        (cursor as usize..end as usize).contains(&address)
    }
}
