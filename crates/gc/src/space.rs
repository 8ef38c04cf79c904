//! The reserved range, its side table, and who owns which block.

use crate::BLOCK_BYTES;
use crate::block::{Meta, State};
use crate::os;

/// Alignment of the range: a huge page.
const ALIGN: usize = 2 << 20;
/// Huge pages are asked for up to here (64 MiB). Measured in a virtual machine that returns free
/// huge pages to its host: growing to 64 MiB costs half as much with them, to 256 MiB twice.
const HUGE_BLOCKS: usize = 2048;
/// Blocks committed at a time, at least (4 MiB).
const GROWTH: usize = 128;
/// Blocks kept for what runs after an allocation failed (2 MiB), at most.
const KEPT: usize = 64;
/// The value of `Space::no_run` that says nothing.
const NO_RUN_KNOWN: (usize, usize) = (usize::MAX, 0);
/// Free runs of at least this many blocks (4 MiB) go back to the OS at once: zeroing them again
/// costs about as much as new pages.
const EAGER_RELEASE: usize = 128;
/// A free dirty block goes back to the OS at the n-th collection that finds it unused.
const MAX_AGE: u8 = 3;

pub(crate) struct Space {
    base: *mut u8,
    metas: *mut Meta,
    reserved: usize,
    committed: usize,
    /// Bit set: the block is in use. Covers the committed blocks.
    used: Vec<u64>,
    /// No free block lies below this one.
    first_free: usize,
    /// `(n, b)`: no free run of n or more blocks begins below b. Saves large cells from searching
    /// a fragmented heap from its start each time.
    no_run: (usize, usize),
    used_count: usize,
    dirty_free: usize,
    /// Blocks that are only given out once an allocation failed: the program's handlers need some.
    kept: usize,
    /// An allocation failed, and no collection freed much since then.
    is_short: bool,
}

fn meta_bytes(blocks: usize) -> usize {
    (blocks * size_of::<Meta>()).next_multiple_of(os::PAGE)
}

impl Space {
    /// Reserves as much as the system lets us, at most `max_bytes`. If it refuses even 1 MiB the
    /// space is empty, and every allocation fails.
    pub(crate) fn new(max_bytes: usize) -> Space {
        let mut bytes = max_bytes / os::PAGE * os::PAGE;
        while bytes >= 1 << 20 {
            let blocks = bytes / BLOCK_BYTES;
            if let Some(base) = os::reserve(bytes, ALIGN) {
                if let Some(metas) = os::reserve(meta_bytes(blocks), os::PAGE) {
                    return Space::with(base.as_ptr(), metas.as_ptr().cast(), blocks);
                }
                // SAFETY: reserved above with the same arguments, never used.
                unsafe { os::release(base.as_ptr(), bytes, ALIGN) };
            }
            bytes = bytes / 4 / os::PAGE * os::PAGE;
        }
        Space::with(core::ptr::null_mut(), core::ptr::null_mut(), 0)
    }

    fn with(base: *mut u8, metas: *mut Meta, reserved: usize) -> Space {
        Space {
            base,
            metas,
            reserved,
            committed: 0,
            used: Vec::new(),
            first_free: 0,
            no_run: NO_RUN_KNOWN,
            used_count: 0,
            dirty_free: 0,
            kept: KEPT.min(reserved / 32),
            is_short: false,
        }
    }

    #[inline(always)]
    pub(crate) fn base(&self) -> *mut u8 {
        self.base
    }

    #[inline(always)]
    pub(crate) fn metas(&self) -> *mut Meta {
        self.metas
    }

    /// Blocks that have metas and may be in use.
    #[inline(always)]
    pub(crate) fn committed(&self) -> usize {
        self.committed
    }

    pub(crate) fn used_blocks(&self) -> usize {
        self.used_count
    }

    pub(crate) fn resident_blocks(&self) -> usize {
        self.used_count + self.dirty_free
    }

    /// The meta of a committed block.
    #[inline(always)]
    pub(crate) fn meta(&self, block: usize) -> *mut Meta {
        debug_assert!(block < self.committed);
        // SAFETY: the side table has a meta for every committed block.
        unsafe { self.metas.add(block) }
    }

    /// First byte of a block.
    #[inline(always)]
    pub(crate) fn address(&self, block: usize) -> *mut u8 {
        debug_assert!(block < self.committed);
        // SAFETY: the block lies in the reserved range.
        unsafe { self.base.add(block * BLOCK_BYTES) }
    }

    #[inline]
    fn is_used(&self, block: usize) -> bool {
        self.used[block / 64] >> (block % 64) & 1 != 0
    }

    /// Takes `n` neighbouring blocks; their metas are still `Free`, to be initialised.
    pub(crate) fn take(&mut self, n: usize) -> Option<usize> {
        if !self.is_short && n.saturating_add(self.used_count + self.kept) > self.reserved {
            return None;
        }
        let start = match self.find(n) {
            Some(start) => start,
            None => self.grow(n)?,
        };
        self.mark_used(start, n);
        Some(start)
    }

    /// Takes the `n` blocks at `start`; false when not all of them are free or can be had.
    pub(crate) fn take_at(&mut self, start: usize, n: usize) -> bool {
        let end = start.saturating_add(n);
        if end > self.reserved || end - start + self.used_count + self.kept > self.reserved {
            return false;
        }
        if (start..end.min(self.committed)).any(|b| self.is_used(b)) {
            return false;
        }
        if end > self.committed && !self.commit_up_to(end) {
            return false;
        }
        self.mark_used(start, n);
        true
    }

    fn mark_used(&mut self, start: usize, n: usize) {
        for block in start..start + n {
            self.used[block / 64] |= 1 << (block % 64);
            // SAFETY: the block is committed and free; nobody else refers to its meta.
            self.dirty_free -= unsafe { (*self.meta(block)).dirty } as usize;
        }
        if start == self.first_free {
            self.first_free = start + n;
        }
        self.used_count += n;
    }

    /// First fit by address.
    fn find(&mut self, n: usize) -> Option<usize> {
        self.first_free = self.next_free(self.first_free);
        let mut start = self.first_free;
        if n >= self.no_run.0 {
            start = self.next_free(start.max(self.no_run.1));
        }
        let mut found = None;
        while found.is_none() && start + n <= self.committed {
            match (start + 1..start + n).find(|&b| self.is_used(b)) {
                None => found = Some(start),
                Some(used) => start = self.next_free(used),
            }
        }
        if n > 1 && n <= self.no_run.0 {
            self.no_run = (n, start);
        }
        found
    }

    /// The program is told that there is no memory: what is kept is for it from here on.
    pub(crate) fn open_kept(&mut self) {
        self.is_short = self.used_count > self.reserved / 2;
    }

    /// First free committed block at or after `from`, or the number of committed blocks.
    fn next_free(&self, from: usize) -> usize {
        let mut i = from / 64;
        let mut skip = u64::MAX << (from % 64);
        while i < self.used.len() {
            let free = !self.used[i] & skip;
            if free != 0 {
                return self.committed.min(i * 64 + free.trailing_zeros() as usize);
            }
            skip = u64::MAX;
            i += 1;
        }
        self.committed
    }

    /// Commits more blocks so that the last `n` are free; returns the first of those.
    fn grow(&mut self, n: usize) -> Option<usize> {
        let mut start = self.committed;
        while start > 0 && !self.is_used(start - 1) {
            start -= 1;
        }
        let needed = start.checked_add(n)?;
        if needed > self.reserved {
            return None;
        }
        self.commit_up_to(needed).then_some(start)
    }

    /// Commits at least the blocks below `end`, which is not beyond the reserved ones.
    fn commit_up_to(&mut self, end: usize) -> bool {
        let needed = end.next_multiple_of(os::PAGE / BLOCK_BYTES);
        let target = needed.max(self.committed + GROWTH).min(self.reserved);
        self.commit(target) || self.commit(needed)
    }

    /// Gives address space back so that about `bytes` remain reserved, and never less than is in
    /// use.
    pub(crate) fn trim(&mut self, bytes: usize) {
        let keep = (bytes / BLOCK_BYTES).max(self.committed);
        let keep = keep.next_multiple_of(os::PAGE.div_ceil(BLOCK_BYTES));
        if keep >= self.reserved {
            return;
        }
        // SAFETY: blocks from `keep` on and their metas were reserved and never committed.
        unsafe {
            let cells = self.base.add(keep * BLOCK_BYTES);
            if !os::release_part(cells, (self.reserved - keep) * BLOCK_BYTES) {
                return;
            }
            let (from, to) = (meta_bytes(keep), meta_bytes(self.reserved));
            if from < to {
                os::release_part(self.metas.cast::<u8>().add(from), to - from);
            }
        }
        self.reserved = keep;
    }

    fn commit(&mut self, target: usize) -> bool {
        let words = target.div_ceil(64);
        if words > self.used.len() {
            if self.used.try_reserve(words - self.used.len()).is_err() {
                return false;
            }
            self.used.resize(words, 0);
        }
        let bytes = (target - self.committed) * BLOCK_BYTES;
        // SAFETY: both parts lie in the ranges reserved for `self.reserved` blocks.
        let done = unsafe {
            let from = meta_bytes(self.committed);
            let cells = self.base.add(self.committed * BLOCK_BYTES);
            let metas = self.metas.cast::<u8>().add(from);
            let done = os::commit(metas, meta_bytes(target) - from) && os::commit(cells, bytes);
            if done && target <= HUGE_BLOCKS {
                os::prefer_huge_pages(cells, bytes);
            }
            done
        };
        if done {
            self.committed = target;
        }
        done
    }

    /// Returns `n` blocks whose contents are dead.
    pub(crate) fn give_back(&mut self, start: usize, n: usize) {
        for block in start..start + n {
            self.used[block / 64] &= !(1 << (block % 64));
            let meta = self.meta(block);
            // SAFETY: the block was in use by the caller, who gives it up.
            unsafe {
                (*meta).state = State::Free;
                (*meta).age = 0;
                self.dirty_free += (*meta).dirty as usize;
            }
        }
        self.first_free = self.first_free.min(start);
        self.no_run = NO_RUN_KNOWN;
        self.used_count -= n;
        if n >= EAGER_RELEASE {
            self.decommit(start, n);
        }
    }

    /// Gives free blocks that stayed unused for some collections (`all`: every free block) back
    /// to the OS. Called once a collection.
    pub(crate) fn age_free_blocks(&mut self, all: bool) {
        self.is_short &= self.used_count + 2 * self.kept > self.reserved;
        if self.dirty_free == 0 {
            return;
        }
        let mut run = 0;
        for block in 0..self.committed {
            // SAFETY: the meta of a committed block; no reference to it is alive.
            let meta = unsafe { &mut *self.meta(block) };
            let mut old = false;
            if meta.state == State::Free && meta.dirty {
                meta.age = meta.age.saturating_add(1);
                old = all || meta.age >= MAX_AGE;
            }
            if old {
                run += 1;
            } else if run > 0 {
                self.decommit(block - run, run);
                run = 0;
            }
        }
        if run > 0 {
            self.decommit(self.committed - run, run);
        }
    }

    fn decommit(&mut self, start: usize, n: usize) {
        // SAFETY: free blocks in the committed range.
        if unsafe { os::decommit(self.address(start), n * BLOCK_BYTES) } {
            for block in start..start + n {
                // SAFETY: the meta of a committed block.
                let meta = unsafe { &mut *self.meta(block) };
                self.dirty_free -= meta.dirty as usize;
                meta.dirty = false;
            }
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        if self.reserved == 0 {
            return;
        }
        // SAFETY: the ranges reserved in `new`; the heap that used them is gone.
        unsafe {
            os::release(self.base, self.reserved * BLOCK_BYTES, ALIGN);
            os::release(self.metas.cast(), meta_bytes(self.reserved), os::PAGE);
        }
    }
}
