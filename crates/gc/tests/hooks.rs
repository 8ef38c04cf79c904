//! Weak references, resurrection, and what the tracer can be asked.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::*;
use gc::{Config, Header, Hooks, Tracer};

/// Clears weak references to unmarked cells; revives dead cells whose tag is in `revive`, once.
#[derive(Default)]
struct WeakHooks {
    roots: Vec<*mut Header>,
    weak: Vec<*mut Header>,
    revive: Vec<*mut Header>,
    revived: Vec<*mut Header>,
    final_unmarked: usize,
}

impl Hooks for WeakHooks {
    fn trace_roots(&mut self, t: &mut Tracer) {
        for &cell in &self.roots {
            // SAFETY: live cells; one is given by a pointer into its middle.
            unsafe { t.mark_interior(cell.cast::<u8>().add(9)) };
        }
    }

    fn after_mark(&mut self, t: &mut Tracer) {
        for cell in self.weak.iter_mut().filter(|c| !c.is_null()) {
            if !t.is_marked(*cell) {
                *cell = core::ptr::null_mut();
            }
        }
        for cell in std::mem::take(&mut self.revive) {
            if !t.is_marked_word(cell as u64) {
                // SAFETY: allocated until the sweep.
                unsafe { t.mark_word(cell as u64) };
                t.drain();
                self.revived.push(cell);
            }
        }
    }

    fn before_sweep(&mut self, t: &Tracer) {
        self.final_unmarked = self.revived.iter().filter(|&&c| !t.is_marked(c)).count();
        assert!(
            t.is_marked(0x1000 as *mut Header),
            "outside the heap counts as marked"
        );
        assert!(
            t.is_marked_word(0xfffe_0000_0000_0010),
            "no cell counts as marked"
        );
    }
}

#[test]
fn weak_references_are_cleared_and_finalizable_cells_revived() {
    let world = World::start(Config::default());
    let mut hooks = WeakHooks::default();
    // SAFETY: no collection happens but the explicit ones.
    unsafe {
        let kept = World::node(world, NODE, 1, 1);
        let child = World::node(world, FILE, 2, 0);
        let dead = World::node(world, FILE, 3, 0);
        let finalizable = World::node(world, NODE, 4, 1);
        let its_child = World::node(world, FILE, 5, 0);
        set_link(kept, 0, child as u64);
        set_link(finalizable, 0, its_child as u64);
        hooks.roots.push(kept);
        hooks.weak = vec![kept, child, dead, finalizable];
        hooks.revive.push(finalizable);

        let stats = (*world).heap.collect(&mut hooks);
        let null = core::ptr::null_mut();
        assert_eq!(hooks.weak, [kept, child, null, null]);
        assert_eq!(hooks.revived, [finalizable]);
        assert_eq!((stats.live_cells, hooks.final_unmarked), (4, 0));
        assert_eq!((dropped(2), dropped(3), dropped(5)), (0, 1, 0));
        assert_eq!(tag(its_child), 5);

        let stats = (*world).heap.collect(&mut hooks);
        assert_eq!(stats.live_cells, 2);
        assert_eq!((dropped(2), dropped(3), dropped(5)), (0, 1, 1));
        assert!(!(*world).heap.is_allocated(finalizable));
        World::free(world);
    }
    assert_eq!((dropped(2), dropped(3), dropped(5)), (1, 1, 1));
}

struct Panics;
impl Hooks for Panics {
    fn trace_roots(&mut self, t: &mut Tracer) {
        let _ = t;
    }
    fn after_mark(&mut self, _t: &mut Tracer) {
        panic!("a hook's bug");
    }
}

#[test]
fn a_panicking_hook_leaves_the_heap_usable() {
    let world = World::start(Config::default());
    // SAFETY: the rooted cell survives.
    unsafe {
        let kept = World::node(world, FILE, 11, 0);
        (*world).roots.cells.push(kept);
        let result = catch_unwind(AssertUnwindSafe(|| (*world).heap.collect(&mut Panics)));
        assert!(result.is_err());
        assert!((*world).heap.is_allocated(kept) && dropped(11) == 0);
        let other = World::node(world, FILE, 12, 0);
        assert!(!other.is_null());
        assert_eq!(World::collect(world).live_cells, 1);
        assert_eq!((dropped(11), dropped(12)), (0, 1));
        World::free(world);
    }
}

#[test]
fn conservative_words_never_revive_the_dead() {
    let world = World::start(Config::default());
    // SAFETY: dead cells are only asked about.
    unsafe {
        let mut cells = Vec::new();
        for tag in 1..200 {
            cells.push(World::node(world, NODE, tag, 2));
        }
        let kept = cells[100];
        (*world).roots.cells.push(kept);
        World::collect(world);
        (*world).roots.cells.clear();
        (*world).roots.words = cells.iter().map(|&c| c as u64 + 8).collect();
        // Words that have nothing to do with the heap, too.
        (*world)
            .roots
            .words
            .extend([0, 1, u64::MAX, 0x7fff_ffff_f000, 1 << 63]);
        assert_eq!(World::collect(world).live_cells, 1);
        assert_eq!(tag(kept), 101);
        // Reserved by the allocator but not allocated yet: not a cell.
        let fresh = World::node(world, NODE, 1000, 2);
        let size = (*world).heap.cell_size(fresh);
        let next = (fresh as usize + size) as *mut Header;
        if !cells[101..].contains(&next) {
            assert!(!(*world).heap.is_allocated(next));
        }
        assert_eq!(
            (*world)
                .heap
                .find_cell(next as u64 + 8)
                .filter(|&c| c == next),
            None
        );
        World::free(world);
    }
}
