//! Cells (and tails of long arrays) waiting to be traced.

/// Entries the stack keeps between collections (512 KiB).
const KEEP: usize = 64 * 1024;

/// One thing to do.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// Trace this cell.
    Cell(usize),
    /// Mark these NaN-boxed words.
    Words(*const u64, usize),
}

/// An entry is a cell's address; a range is two entries, the length below the tagged address.
pub(crate) struct MarkStack {
    entries: Vec<usize>,
    /// Most entries allowed; only tests lower it.
    pub(crate) max_entries: usize,
}

const WORDS_TAG: usize = 1;

impl MarkStack {
    pub(crate) fn new() -> MarkStack {
        MarkStack {
            entries: Vec::new(),
            max_entries: usize::MAX,
        }
    }

    /// False when there is no memory for another entry.
    #[inline(always)]
    pub(crate) fn push_cell(&mut self, cell: usize) -> bool {
        if self.entries.len() == self.entries.capacity() && !self.make_room() {
            return false;
        }
        self.entries.push(cell);
        true
    }

    /// False when there is no memory for another entry.
    pub(crate) fn push_words(&mut self, start: *const u64, count: usize) -> bool {
        while self.entries.capacity() - self.entries.len() < 2 {
            if !self.make_room() {
                return false;
            }
        }
        self.entries.push(count);
        self.entries.push(start.expose_provenance() | WORDS_TAG);
        true
    }

    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<Work> {
        let entry = self.entries.pop()?;
        if entry & WORDS_TAG == 0 {
            return Some(Work::Cell(entry));
        }
        let count = self.entries.pop()?;
        Some(Work::Words(
            core::ptr::with_exposed_provenance(entry & !WORDS_TAG),
            count,
        ))
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self) -> bool {
        let length = self.entries.len();
        let extra = length
            .max(1024)
            .min(self.max_entries.saturating_sub(length));
        extra > 0 && self.entries.try_reserve_exact(extra).is_ok()
    }

    /// Called after a collection: gives the memory of an unusually deep stack back.
    pub(crate) fn trim(&mut self) {
        self.entries.clear();
        self.entries.shrink_to(KEEP.min(self.max_entries));
    }
}
