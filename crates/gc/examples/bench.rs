//! Prints ns an allocation and the time of a full collection.
//! Run: `cargo run --profile fast -p gc --example bench`.

use std::hint::black_box;
use std::time::Instant;

use gc::{Config, Header, Heap, Hooks, KindInfo, Tracer};

const LEAF: u8 = 0;
const PAIR: u8 = 1;
const ARRAY: u8 = 2;
const FILE: u8 = 3;

static KINDS: [KindInfo; 4] = [
    KindInfo {
        name: "leaf",
        trace: None,
        drop: None,
    },
    KindInfo {
        name: "pair",
        trace: Some(trace_pair),
        drop: None,
    },
    KindInfo {
        name: "array",
        trace: Some(trace_array),
        drop: None,
    },
    KindInfo {
        name: "file",
        trace: None,
        drop: Some(drop_file),
    },
];

unsafe fn drop_file(_cell: *mut Header) {}

unsafe fn trace_pair(cell: *mut Header, t: &mut Tracer) {
    // SAFETY: a pair is a header and two or three words.
    unsafe { t.mark_words(cell.cast::<u64>().add(1), 3) }
}

unsafe fn trace_array(cell: *mut Header, t: &mut Tracer) {
    // SAFETY: an array is a header, a length and that many words.
    unsafe {
        let words = cell.cast::<u64>();
        t.mark_words(words.add(2), *words.add(1) as usize);
    }
}

struct Roots(Vec<u64>);

impl Hooks for Roots {
    fn trace_roots(&mut self, t: &mut Tracer) {
        // SAFETY: roots are live cells.
        unsafe { t.mark_words(self.0.as_ptr(), self.0.len()) }
    }
}

struct World {
    heap: *mut Heap,
    roots: Roots,
}

unsafe fn collect(world: *mut ()) {
    // SAFETY: registered with a world that outlives the heap.
    unsafe {
        let world = &mut *world.cast::<World>();
        (*world.heap).collect(&mut world.roots);
    }
}

fn world() -> Box<World> {
    let heap = Box::into_raw(Heap::new(Config::default(), &KINDS));
    let mut world = Box::new(World {
        heap,
        roots: Roots(Vec::new()),
    });
    // SAFETY: the heap was just made; freed with the world.
    unsafe { (*heap).set_collector(collect, (&raw mut *world).cast()) };
    world
}

impl Drop for World {
    fn drop(&mut self) {
        // SAFETY: made by `Box::into_raw` in `world`.
        unsafe { drop(Box::from_raw(self.heap)) };
    }
}

#[inline(never)]
fn churn<const SIZE: usize>(heap: &mut Heap, count: usize, kind: u8) {
    for i in 0..count {
        // SAFETY: nothing needs to survive.
        let cell = unsafe { heap.alloc(SIZE, i as u32, kind) };
        black_box(cell);
    }
}

#[inline(never)]
fn churn_sizes(heap: &mut Heap, count: usize, sizes: &[usize]) {
    for i in 0..count {
        // SAFETY: nothing needs to survive.
        black_box(unsafe { heap.alloc(sizes[i % sizes.len()], 0, LEAF) });
    }
}

fn time(name: &str, count: usize, mut f: impl FnMut()) {
    let best = (0..5)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed().as_nanos() as f64 / count as f64
        })
        .fold(f64::MAX, f64::min);
    println!("{name:44} {best:8.2} ns");
}

fn allocation(live_bytes: usize) {
    let mut w = world();
    fill(&mut w, live_bytes, 32, true);
    // SAFETY: the heap lives as long as its world.
    let heap = unsafe { &mut *w.heap };
    let n = 10_000_000;
    println!(
        "-- allocation, {} KiB live, collections included",
        live_bytes / 1024
    );
    time("16 bytes", n, || churn::<16>(heap, n, LEAF));
    time("32 bytes", n, || churn::<32>(heap, n, PAIR));
    time("48 bytes", n, || churn::<48>(heap, n, LEAF));
    time("128 bytes", n, || churn::<128>(heap, n, LEAF));
    time("32 bytes, with drop", n, || churn::<32>(heap, n, FILE));
    let sizes = [black_box(16), 32, 24, 64, 40, 600, 48, 33];
    time("16 to 600 bytes, size unknown", n, || {
        churn_sizes(heap, n, &sizes)
    });
    time("100,000 bytes", 10_000, || {
        churn::<100_000>(heap, 10_000, LEAF)
    });
    let stats = heap.stats();
    println!(
        "   {} collections, {:.1} us each, resident {} KiB",
        stats.collections,
        stats.total_ns as f64 / stats.collections as f64 / 1e3,
        stats.resident_bytes / 1024
    );
}

/// Makes `bytes` of live pairs of `size` bytes: a tree, or cells linked in random order.
fn fill(w: &mut World, bytes: usize, size: usize, random: bool) {
    let count = bytes / size;
    let mut seed = 88172645463325252u64;
    // SAFETY: cells are rooted before the next allocation; payloads are words 1 to 3.
    unsafe {
        let mut cells: Vec<*mut u64> = Vec::new();
        for i in 0..count {
            let cell = (*w.heap).alloc(size, 0, PAIR).cast::<u64>();
            if random {
                w.roots.0.push(cell as u64);
            } else if i > 0 {
                *cells[(i - 1) / 2].add(1 + (i - 1) % 2) = cell as u64;
            } else {
                w.roots.0.push(cell as u64);
            }
            cells.push(cell);
        }
        if random {
            for i in (1..count).rev() {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                cells.swap(i, (seed % i as u64) as usize);
            }
            for i in 1..count {
                *cells[(i - 1) / 2].add(1 + (i - 1) % 2) = cells[i] as u64;
            }
            w.roots.0 = cells.first().map(|&c| c as u64).into_iter().collect();
        }
    }
}

fn collection(name: &str, bytes: usize, size: usize, random: bool) {
    let mut w = world();
    fill(&mut w, bytes, size, random);
    let (mut mark, mut sweep) = (u64::MAX, u64::MAX);
    for _ in 0..20 {
        // SAFETY: everything live hangs off the roots.
        let stats = unsafe { (*w.heap).collect(&mut w.roots) };
        assert_eq!(stats.live_cells, bytes / size);
        mark = mark.min(stats.mark_ns);
        sweep = sweep.min(stats.sweep_ns);
    }
    let each = mark as f64 / (bytes / size) as f64;
    println!(
        "{name:44} mark {:7.1} us ({each:.1} ns a cell), sweep {:5.1} us",
        mark as f64 / 1e3,
        sweep as f64 / 1e3
    );
}

/// A list of a million floats' worth of words that refer to leaves in allocation order.
fn array_collection(count: usize) {
    let mut w = world();
    // SAFETY: the array is rooted before the leaves are made and big enough for them.
    unsafe {
        let array = (*w.heap).alloc(16 + 8 * count, 0, ARRAY).cast::<u64>();
        w.roots.0.push(array as u64);
        *array.add(1) = count as u64;
        for i in 0..count {
            *array.add(2 + i) = (*w.heap).alloc(32, 0, LEAF) as u64;
        }
        let best = (0..10)
            .map(|_| (*w.heap).collect(&mut w.roots).mark_ns)
            .min()
            .unwrap_or(0);
        println!(
            "array of {count} leaves: mark {:.1} us ({:.1} ns a cell)",
            best as f64 / 1e3,
            best as f64 / count as f64
        );
    }
}

/// A heap that only grows: the system's cost of new pages, and collections that free nothing.
fn growth(bytes: usize) {
    let start = Instant::now();
    let mut w = world();
    fill(&mut w, bytes, 32, false);
    let total = start.elapsed().as_nanos() as f64;
    // SAFETY: the heap lives as long as its world.
    let stats = unsafe { (*w.heap).stats() };
    println!(
        "grow to {} MiB of 32-byte cells: {:.1} ns a cell, of which collections {:.1}",
        bytes >> 20,
        total / (bytes / 32) as f64,
        stats.total_ns as f64 / (bytes / 32) as f64
    );
}

fn main() {
    if std::env::args().any(|a| a == "--mark") {
        // For a profiler: nothing but marking.
        let mut w = world();
        fill(&mut w, 4 << 20, 32, false);
        for _ in 0..3000 {
            // SAFETY: everything live hangs off the roots.
            unsafe { (*w.heap).collect(&mut w.roots) };
        }
        return;
    }
    allocation(0);
    allocation(4 << 20);
    println!("-- full collection");
    collection("4 MiB tree of 32-byte cells", 4 << 20, 32, false);
    collection("4 MiB tree of 64-byte cells", 4 << 20, 64, false);
    collection("4 MiB tree, random addresses", 4 << 20, 32, true);
    collection("64 MiB tree", 64 << 20, 32, false);
    collection("64 MiB tree, random addresses", 64 << 20, 32, true);
    array_collection(131_072);
    growth(4 << 20);
    growth(64 << 20);
    growth(256 << 20);
}
