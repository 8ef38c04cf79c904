//! A non-moving, mark-sweep heap. It knows nothing of Python.
//!
//! Memory is one reserved virtual range cut into 32 KiB blocks. A block holds cells of one size
//! class, or a run of blocks holds one large cell. Everything known about a block (state, mark
//! bits, live bits) lives in a side table indexed by the block's number, so a conservative word
//! is resolved by a range check, a table lookup and a division by multiplication.
//!
//! ```text
//!   range   | block 0 | block 1 | block 2 ... (large run) ... | block n |  reserved, not committed
//!             |||||||   | | | |   one cell
//!   metas   | meta 0  | meta 1  | meta 2 | tails -> head      | meta n  |
//! ```
//!
//! Two bitmaps a block, one bit a 16-byte granule, meaningful at cell starts:
//! * `live`: the cell is allocated. Set for a whole free interval when an allocator takes it (the
//!   part of the interval above the allocator's cursor is not allocated yet), replaced by the
//!   marks at each sweep. A dead cell therefore never comes back through a conservative word.
//! * `marks`: reached by the collection in progress; all zero outside one.
//!
//! Rules for the embedder:
//! * Reachability is what [`Hooks`], the native stack and the trace functions say.
//! * A trace function must accept a payload that is all zero: a cell can be met before its
//!   payload is written.
//! * Trace and drop functions and hooks may not allocate (allocation returns null there).
//! * `drop` may not read other cells: they may be dead too.
//!
//! Measured (`examples/bench.rs`, shared 2-core EPYC virtual machine): 1.1 to 1.7 ns for a cell of
//! 16 to 48 bytes, 4.5 ns when its size is unknown or it has a drop function; a full collection of
//! 4 MiB of linked 64-byte cells 0.31 ms, of 32-byte cells 0.63 ms (4.8 ns a cell); the sweep 3 us.

mod arch;
mod bits;
mod block;
mod collect;
mod conservative;
mod heap;
mod large;
mod mark_stack;
mod os;
mod size_class;
mod slow_path;
mod space;
mod sweep;
mod tracer;

pub use arch::{SavedRegisters, with_spilled_registers};
pub use heap::{ALLOCATORS_OFFSET, Bump, DROP_ALLOCATORS_OFFSET, Heap};
pub use size_class::{MAX_SMALL, NUM_CLASSES, class_size, size_class};
pub use tracer::Tracer;

/// Bytes of a block; blocks are aligned to their size.
pub const BLOCK_BYTES: usize = 32 * 1024;
/// Cells are aligned to this many bytes, and sizes are multiples of it.
pub const GRANULE: usize = 16;

/// First word of every cell.
#[repr(C, align(8))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The embedder's layout id; never read by the heap.
    pub shape: u32,
    /// Index into the heap's [`KindInfo`] table.
    pub kind: u8,
    /// Reserved for the heap (zero today).
    pub gc: u8,
    /// The embedder's flag bits.
    pub flags: u16,
}

/// Marks everything a cell refers to; must accept an all-zero payload; may not allocate.
pub type TraceFn = unsafe fn(*mut Header, &mut Tracer);
/// Releases what a dead cell owns outside the heap; must accept an all-zero payload; may not
/// allocate, panic or read other cells.
pub type DropFn = unsafe fn(*mut Header);

/// What the heap must know about the cells of one kind.
#[derive(Clone, Copy)]
pub struct KindInfo {
    pub name: &'static str,
    /// `None` when the cell refers to no other cell.
    pub trace: Option<TraceFn>,
    /// `Some` puts cells of this kind into destructible blocks; it runs exactly once, at the
    /// sweep that finds the cell dead or when the heap is dropped.
    pub drop: Option<DropFn>,
}

/// Settings of a heap.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Least number of bytes allocated between two collections; above that the budget grows with
    /// the live size, so the total cost of collecting stays linear in the bytes allocated.
    pub nursery_bytes: usize,
    /// Largest sum of cell bytes and external bytes; allocation returns null above it.
    pub limit_bytes: Option<usize>,
    /// `Some(n)`: call the collector at every n-th allocation (for tests; slow).
    pub stress: Option<u32>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            nursery_bytes: 4 << 20,
            limit_bytes: None,
            stress: None,
        }
    }
}

/// Counters of a heap. Bytes are cell bytes, rounded up to the cell size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Collections completed.
    pub collections: u64,
    /// Cells that survived the last collection.
    pub live_cells: usize,
    /// Bytes of the cells that survived the last collection.
    pub live_bytes: usize,
    /// Bytes the last collection freed.
    pub freed_bytes: usize,
    /// Bytes allocated since the last collection (free intervals count when they are taken).
    pub allocated_since: usize,
    /// Bytes allocated in the heap's life.
    pub allocated_total: u64,
    /// Malloc bytes the payloads have reported.
    pub external_bytes: usize,
    /// Bytes of blocks in use by cells.
    pub block_bytes: usize,
    /// Bytes of blocks that may be resident: in use, or free and not yet given back to the OS.
    pub resident_bytes: usize,
    /// Time of the last collection's marking, nanoseconds.
    pub mark_ns: u64,
    /// Time of the last collection's sweep, nanoseconds.
    pub sweep_ns: u64,
    /// Time of all collections, nanoseconds.
    pub total_ns: u64,
}

/// The embedder's part of a collection. None of these may allocate.
pub trait Hooks {
    /// Marks every root the heap cannot see itself (other threads' stacks included, through
    /// [`Tracer::mark_conservative_range`]).
    fn trace_roots(&mut self, t: &mut Tracer);
    /// Runs when everything reachable from those roots is marked, before this thread's native
    /// stack is scanned, which may hold words that are no references any more.
    fn after_roots(&mut self, t: &mut Tracer) {
        let _ = t;
    }
    /// Runs once when everything reachable is marked: decides on weak references and finalizers,
    /// may mark more and call [`Tracer::drain`] as often as it likes.
    fn after_mark(&mut self, t: &mut Tracer) {
        let _ = t;
    }
    /// Runs when marking is final; unmarked cells are about to die.
    fn before_sweep(&mut self, t: &Tracer) {
        let _ = t;
    }
}

/// To be called after every store of a reference into `owner`. Nothing to do yet; the
/// generational mode (sticky mark bits) will be switched on behind it.
#[inline(always)]
pub fn write_barrier(owner: *mut Header) {
    let _ = owner;
}
