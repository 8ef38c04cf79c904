//! What the heap knows about one block. Kept in a side table, never inside the block.

use crate::bits::{Bits, GRANULES};
use crate::size_class::{class_size, divide, reciprocal};
use crate::{BLOCK_BYTES, GRANULE};

/// No block.
pub(crate) const NONE: u32 = u32::MAX;

#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Holds nothing. Must be zero: fresh metas are zero memory.
    Free = 0,
    /// Cells of one size class.
    Small,
    /// First block of a large cell, which starts at the block's first byte.
    LargeHead,
    /// Another block of a large cell; `link` is the head's number.
    LargeTail,
}

#[repr(C, align(64))]
pub(crate) struct Meta {
    /// Cells reached by the collection in progress; zero outside one.
    pub(crate) marks: Bits,
    /// Allocated cells (at cell starts; granules inside a cell may or may not be set).
    pub(crate) live: Bits,
    pub(crate) state: State,
    /// Cells here have a drop function that must run.
    pub(crate) destructible: bool,
    /// The memory may hold something else than zeros.
    pub(crate) dirty: bool,
    /// Collections since the block became free and dirty.
    pub(crate) age: u8,
    /// Small: size class.
    pub(crate) class: u8,
    /// Small: granules a cell.
    pub(crate) step: u16,
    /// Small: granules covered by whole cells.
    pub(crate) limit: u16,
    /// Small: multiplier for the division by `step`.
    pub(crate) reciprocal: u32,
    /// Small: next block with free cells of the same allocator. Large tail: the head.
    pub(crate) link: u32,
    /// Large head: blocks in the run.
    pub(crate) run: u32,
    /// Large head: bytes of the cell, a multiple of 16.
    pub(crate) large_bytes: usize,
}

impl Meta {
    pub(crate) fn make_small(&mut self, class: usize, destructible: bool) {
        let step = class_size(class) / GRANULE;
        self.state = State::Small;
        self.destructible = destructible;
        self.class = class as u8;
        self.step = step as u16;
        self.limit = (GRANULES / step * step) as u16;
        self.reciprocal = reciprocal(step);
        self.link = NONE;
        self.live.reset();
    }

    pub(crate) fn make_large(&mut self, run: usize, bytes: usize, destructible: bool) {
        self.state = State::LargeHead;
        self.destructible = destructible;
        self.run = run as u32;
        self.large_bytes = bytes;
        self.live.reset();
        self.live.set(0);
    }

    /// Small: bytes a cell.
    #[inline]
    pub(crate) fn cell_bytes(&self) -> usize {
        self.step as usize * GRANULE
    }

    /// Small: the first granule of the cell that covers `granule`; `None` in the waste at the end.
    #[inline]
    pub(crate) fn cell_start(&self, granule: usize) -> Option<usize> {
        let start = divide(granule, self.reciprocal) * self.step as usize;
        (start < self.limit as usize).then_some(start)
    }

    /// Small: the next interval of free cells at or after cell start `from`, in granules.
    pub(crate) fn next_free(&self, from: usize) -> Option<(usize, usize)> {
        let (step, limit) = (self.step as usize, self.limit as usize);
        let mut start = from;
        while start < limit && self.live.get(start) {
            start += step;
        }
        (start < limit).then(|| (start, self.live.next_set(start, limit)))
    }
}

const _: () = assert!(size_of::<Meta>() == 576);
const _: () = assert!(GRANULES <= u16::MAX as usize && BLOCK_BYTES.is_power_of_two());
