//! Kinds and roots the tests share: a node with a tag, a link count and links (NaN-boxed words).
//!
//! ```text
//! word 0      header
//! word 1      tag, chosen by the test, never zero once written
//! word 2      number of links n
//! word 3..    links
//! ```
#![allow(dead_code)]

use std::cell::RefCell;
use std::collections::HashMap;

use gc::{Config, Header, Heap, Hooks, KindInfo, Tracer};

pub const NODE: u8 = 0;
pub const FILE: u8 = 1;
pub const LEAF: u8 = 2;
pub const WEAK: u8 = 3;
/// Bytes of a node before its links.
pub const NODE_BYTES: usize = 24;

pub static KINDS: [KindInfo; 4] = [
    KindInfo {
        name: "node",
        trace: Some(trace_node),
        drop: None,
    },
    KindInfo {
        name: "file",
        trace: Some(trace_node),
        drop: Some(drop_file),
    },
    KindInfo {
        name: "leaf",
        trace: None,
        drop: None,
    },
    KindInfo {
        name: "weak",
        trace: None,
        drop: None,
    },
];

thread_local! {
    /// How often each file's tag was dropped.
    pub static DROPPED: RefCell<HashMap<u64, u32>> = RefCell::new(HashMap::new());
}

pub fn dropped(tag: u64) -> u32 {
    DROPPED.with_borrow(|d| d.get(&tag).copied().unwrap_or(0))
}

unsafe fn trace_node(cell: *mut Header, t: &mut Tracer) {
    // SAFETY: the layout above; a payload not written yet has no links.
    unsafe {
        let words = cell.cast::<u64>();
        t.mark_words(words.add(3), *words.add(2) as usize);
    }
}

unsafe fn drop_file(cell: *mut Header) {
    // SAFETY: the layout above.
    let tag = unsafe { tag(cell) };
    DROPPED.with_borrow_mut(|d| *d.entry(tag).or_insert(0) += 1);
}

pub unsafe fn tag(cell: *mut Header) -> u64 {
    // SAFETY: the layout above.
    unsafe { *cell.cast::<u64>().add(1) }
}

pub unsafe fn set_link(cell: *mut Header, i: usize, to: u64) {
    // SAFETY: the layout above; `i` is below the number of links.
    unsafe {
        assert!((i as u64) < *cell.cast::<u64>().add(2));
        *cell.cast::<u64>().add(3 + i) = to;
    }
    gc::write_barrier(cell);
}

/// Explicit roots: cells, and words to be looked at conservatively.
#[derive(Default)]
pub struct Roots {
    pub cells: Vec<*mut Header>,
    pub words: Vec<u64>,
}

impl Hooks for Roots {
    fn trace_roots(&mut self, t: &mut Tracer) {
        // SAFETY: the tests root live cells only.
        unsafe {
            for &cell in &self.cells {
                t.mark(cell);
            }
            let words = self.words.as_ptr_range();
            t.mark_conservative_range(words.start, words.end);
        }
    }
}

/// A heap without stack scanning, and its explicit roots. The collector is registered.
pub struct World {
    pub heap: Box<Heap>,
    pub roots: Roots,
}

unsafe fn collector(world: *mut ()) {
    // SAFETY: registered with a boxed world that outlives its heap.
    unsafe {
        let world = world.cast::<World>();
        (*world).heap.collect(&mut (*world).roots);
    }
}

impl World {
    /// Leaks nothing: the caller frees it with [`World::free`].
    pub fn start(config: Config) -> *mut World {
        World::with_heap(Heap::new(config, &KINDS))
    }

    /// A world whose heap has only so much address space.
    #[allow(dead_code)]
    pub fn with_reserve(config: Config, bytes: usize) -> *mut World {
        World::with_heap(Heap::with_reserve(config, &KINDS, bytes))
    }

    fn with_heap(heap: Box<Heap>) -> *mut World {
        let world = Box::into_raw(Box::new(World {
            heap,
            roots: Roots::default(),
        }));
        // SAFETY: just made.
        unsafe { (*world).heap.set_collector(collector, world.cast()) };
        world
    }

    pub unsafe fn free(world: *mut World) {
        // SAFETY: made by `start`.
        drop(unsafe { Box::from_raw(world) });
    }

    /// A node or file with `links` zero links; null when out of memory.
    pub unsafe fn node(world: *mut World, kind: u8, tag: u64, links: usize) -> *mut Header {
        // SAFETY: everything the test uses is rooted.
        unsafe {
            let cell = (*world)
                .heap
                .alloc(NODE_BYTES + 8 * links, tag as u32, kind);
            if !cell.is_null() {
                let words = cell.cast::<u64>();
                for i in 1..3 + links {
                    assert_eq!(*words.add(i), 0, "payload not zero");
                }
                *words.add(1) = tag;
                *words.add(2) = links as u64;
            }
            cell
        }
    }

    pub unsafe fn collect(world: *mut World) -> gc::Stats {
        // SAFETY: the test's roots are complete.
        unsafe { (*world).heap.collect(&mut (*world).roots) }
    }
}

/// Xorshift: the tests are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}
