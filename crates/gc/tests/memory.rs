//! Memory stays bounded, limits hold, and triggers fire.

mod common;

use common::*;
use gc::{BLOCK_BYTES, Config};

const MIB: usize = 1 << 20;
const SCALE: usize = if cfg!(miri) { 100 } else { 1 };

fn resident(world: *mut World) -> usize {
    // SAFETY: the world is alive.
    unsafe { (*world).heap.stats().resident_bytes }
}

#[test]
fn a_long_allocation_loop_stays_small() {
    let config = Config {
        nursery_bytes: if cfg!(miri) { MIB / 16 } else { MIB },
        ..Config::default()
    };
    let world = World::start(config);
    let mut random = Random(5);
    // SAFETY: a sliding window of nodes is rooted.
    unsafe {
        let mut most = 0;
        for i in 0..600_000 / SCALE {
            let links = if i % 50 == 0 {
                random.below(3000)
            } else {
                random.below(30)
            };
            let kind = if i % 7 == 0 { FILE } else { NODE };
            let cell = World::node(world, kind, 1, links);
            assert!(!cell.is_null());
            let roots = &mut (*world).roots.cells;
            if roots.len() < 500 {
                roots.push(cell);
            } else {
                roots[random.below(500)] = cell;
            }
            most = most.max(resident(world));
        }
        let stats = (*world).heap.stats();
        assert!(stats.collections >= 3);
        assert!(most < 8 * MIB, "{most} bytes for {} live", stats.live_bytes);
        World::free(world);
    }
}

#[test]
fn freed_memory_goes_back_to_the_system() {
    let world = World::start(Config::default());
    // SAFETY: all nodes are rooted.
    unsafe {
        for tag in 1..=(200_000 / SCALE) as u64 {
            let cell = World::node(world, NODE, tag, (tag % 20) as usize);
            (*world).roots.cells.push(cell);
        }
        let full = resident(world);
        assert!(full >= 200_000 / SCALE * NODE_BYTES);
        (*world).roots.cells.clear();
        for _ in 0..4 {
            World::collect(world);
        }
        assert_eq!(resident(world), 0);
        // The memory is usable again, and zero (`node` checks).
        for tag in 1..=1000 {
            assert!(!World::node(world, NODE, tag, 10).is_null());
        }
        World::collect(world);
        (*world).heap.release_free_memory();
        assert_eq!(resident(world), 0);
        World::free(world);
    }
}

#[test]
fn a_free_run_is_found_again_by_a_large_cell() {
    let world = World::start(Config::default());
    // SAFETY: nothing needs to survive but the rooted cell.
    unsafe {
        let first = (*world).heap.alloc(3 * BLOCK_BYTES, 0, LEAF);
        let second = (*world).heap.alloc(BLOCK_BYTES, 0, LEAF);
        (*world).roots.cells.push(second);
        World::collect(world);
        assert_eq!((*world).heap.alloc(3 * BLOCK_BYTES - 100, 0, LEAF), first);
        let end = second as u64 + BLOCK_BYTES as u64;
        assert_eq!((*world).heap.find_cell(end), Some(second));
        World::free(world);
    }
}

#[test]
fn large_cells_reuse_fragments_of_every_size() {
    let world = World::start(Config::default());
    let mut random = Random(31);
    // SAFETY: kept cells are rooted; dead ones are not used.
    unsafe {
        (*world).heap.disable();
        let mut most = 0;
        for _ in 0..if cfg!(miri) { 2 } else { 40 } {
            for _ in 0..if cfg!(miri) { 10 } else { 100 } {
                let cell = World::node(world, NODE, 1, (1 + random.below(9)) * BLOCK_BYTES / 8 - 3);
                (*world).roots.cells.push(cell);
            }
            // All of them still stand apart: the words just past each belong to nobody else.
            let mut sorted = (*world).roots.cells.clone();
            sorted.sort_unstable();
            for pair in sorted.windows(2) {
                assert!(pair[0] as usize + (*world).heap.cell_size(pair[0]) <= pair[1] as usize);
            }
            let roots = &mut (*world).roots.cells;
            roots.retain(|_| random.below(2) == 0);
            World::collect(world);
            most = most.max((*world).heap.stats().block_bytes);
        }
        // About 100 of 5 blocks live before, and as many after the collection's half.
        assert!(
            most < 64 * MIB && resident(world) < 128 * MIB,
            "{most} {}",
            resident(world)
        );
        World::free(world);
    }
}

#[test]
fn the_limit_collects_first_and_then_fails() {
    let limit = 4 * MIB;
    let config = Config {
        nursery_bytes: 64 * MIB,
        limit_bytes: Some(limit),
        stress: None,
    };
    let world = World::start(config);
    // SAFETY: kept nodes are rooted.
    unsafe {
        // Garbage never hits the limit.
        for _ in 0..100_000 / SCALE {
            assert!(!(*world).heap.alloc(256, 0, LEAF).is_null());
        }
        let mut kept = 0;
        loop {
            let cell = (*world).heap.alloc(4096, 0, LEAF);
            if cell.is_null() {
                break;
            }
            (*world).roots.cells.push(cell);
            kept += 4096;
        }
        assert!(kept <= limit && kept >= limit - 64 * 1024, "{kept}");
        (*world).roots.cells.clear();
        assert!(!(*world).heap.alloc(4096, 0, LEAF).is_null());
        // External bytes count to the limit.
        (*world).heap.account_external(limit as isize);
        assert!((*world).heap.alloc(4096 * 5, 0, LEAF).is_null());
        (*world).heap.account_external(-(limit as isize));
        assert!(!(*world).heap.alloc(4096 * 5, 0, LEAF).is_null());
        World::free(world);
    }
}

#[test]
fn what_is_kept_is_given_out_after_the_first_failure() {
    let world = World::with_reserve(Config::default(), 16 * MIB);
    // SAFETY: kept nodes are rooted.
    unsafe {
        let fill = || {
            let mut n = 0usize;
            loop {
                let cell = (*world).heap.alloc(4096, 0, LEAF);
                if cell.is_null() {
                    return n;
                }
                (*world).roots.cells.push(cell);
                n += 4096;
            }
        };
        let (first, second) = (fill(), fill());
        assert!(first > 14 * MIB && first < 16 * MIB, "{first}");
        assert!(second > 256 * 1024 && second < MIB, "{second}");
        // Once there is much room again it is kept again.
        (*world).roots.cells.clear();
        World::collect(world);
        assert!(fill() < 16 * MIB && fill() > 256 * 1024);
        World::free(world);
    }
}

#[test]
fn external_bytes_trigger_a_collection_at_the_next_allocation() {
    let world = World::start(Config::default());
    // SAFETY: nothing needs to survive.
    unsafe {
        assert!(!(*world).heap.alloc(32, 0, LEAF).is_null());
        assert!(!(*world).heap.alloc(32, 0, LEAF).is_null());
        assert_eq!((*world).heap.stats().collections, 0);
        (*world).heap.account_external(5 * MIB as isize);
        assert!(!(*world).heap.alloc(32, 0, LEAF).is_null());
        assert_eq!((*world).heap.stats().collections, 1);
        let was = (*world).heap.disable();
        assert!(was);
        (*world).heap.account_external(50 * MIB as isize);
        assert!(!(*world).heap.alloc(32, 0, LEAF).is_null());
        assert_eq!((*world).heap.stats().collections, 1);
        World::free(world);
    }
}

#[test]
fn stress_collects_at_every_nth_allocation() {
    let world = World::start(Config {
        stress: Some(3),
        ..Config::default()
    });
    // SAFETY: nothing needs to survive.
    unsafe {
        for i in 1..=30u64 {
            let size = [16, 48, 600, 20_000, 100_000][i as usize % 5];
            assert!(
                !(*world)
                    .heap
                    .alloc(size, 0, if i % 2 == 0 { FILE } else { NODE })
                    .is_null()
            );
            assert_eq!((*world).heap.stats().collections, i / 3);
        }
        World::free(world);
    }
}

/// Miri has no native stack to scan.
#[cfg(not(miri))]
mod stack {
    use gc::{Config, Header, Heap, Hooks, Tracer};

    use super::common::*;

    struct StackOnly;
    impl Hooks for StackOnly {
        fn trace_roots(&mut self, _t: &mut Tracer) {}
    }

    #[inline(never)]
    fn hold_on_the_stack(heap: &mut Heap, offset: usize) -> bool {
        // SAFETY: the cell is held by a local across the collection, which scans this stack.
        unsafe {
            let cell = heap.alloc(64, 7, LEAF);
            let held = std::hint::black_box(cell as usize + offset);
            heap.collect(&mut StackOnly);
            let kept = heap.is_allocated(std::hint::black_box(held - offset) as *mut Header);
            kept && (*cell).shape == 7
        }
    }

    #[inline(never)]
    fn make_garbage(heap: &mut Heap, depth: usize) {
        // SAFETY: nothing needs to survive.
        let cell = unsafe { heap.alloc(64, 1, LEAF) };
        if depth > 0 {
            make_garbage(heap, depth - 1);
        }
        std::hint::black_box(cell);
    }

    #[test]
    fn the_native_stack_is_scanned_and_can_be_cleared() {
        let mut heap = Heap::new(Config::default(), &KINDS);
        let base = 0u64;
        heap.set_stack_base((&raw const base).cast());
        for offset in [0, 8, 63, 64] {
            assert!(hold_on_the_stack(&mut heap, offset), "offset {offset}");
        }
        make_garbage(&mut heap, 100);
        Heap::clear_stale_stack();
        // SAFETY: nothing is used afterwards.
        let stats = unsafe { heap.collect(&mut StackOnly) };
        assert!(stats.live_cells <= 2, "{} cells retained", stats.live_cells);
    }
}
