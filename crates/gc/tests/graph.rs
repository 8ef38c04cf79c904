//! Random graphs against a shadow model: after each collection exactly the cells that the model
//! can reach are allocated, with their contents; each dead file was dropped exactly once.

mod common;

use std::collections::{HashMap, HashSet};

use common::*;
use gc::{Config, Header};

struct Shadow {
    cell: *mut Header,
    kind: u8,
    links: Vec<u64>,
    size: usize,
}

/// Tags stand for cells in the model; 0 is no cell.
struct Model {
    world: *mut World,
    nodes: HashMap<u64, Shadow>,
    next_tag: u64,
    /// Files ever made that the model has seen die.
    dead_files: Vec<u64>,
    roots: Vec<u64>,
    /// How each root is held: precisely, or by a word inside or just past the cell.
    root_words: Vec<Option<usize>>,
}

impl Model {
    fn sync_roots(&mut self) {
        // SAFETY: the world lives until the end of the test.
        let roots = unsafe { &mut (*self.world).roots };
        roots.cells.clear();
        roots.words.clear();
        for (tag, offset) in self.roots.iter().zip(&self.root_words) {
            let shadow = &self.nodes[tag];
            match offset {
                None => roots.cells.push(shadow.cell),
                Some(offset) => roots.words.push(shadow.cell as u64 + *offset as u64),
            }
        }
    }

    /// What a collection must keep. A root word on a border keeps both neighbours.
    fn reachable(&self) -> HashSet<u64> {
        let starts: HashMap<u64, u64> = self
            .nodes
            .iter()
            .map(|(&tag, s)| (s.cell as u64, tag))
            .collect();
        let ends: HashMap<u64, u64> = self
            .nodes
            .iter()
            .map(|(&tag, s)| (s.cell as u64 + s.size as u64, tag))
            .collect();
        let mut work: Vec<u64> = self.roots.clone();
        for (tag, offset) in self.roots.iter().zip(&self.root_words) {
            if let Some(offset) = offset {
                let word = self.nodes[tag].cell as u64 + *offset as u64;
                work.extend(starts.get(&word));
                work.extend(ends.get(&word));
            }
        }
        let mut seen: HashSet<u64> = work.iter().copied().collect();
        while let Some(tag) = work.pop() {
            for &to in self.nodes[&tag].links.iter().filter(|&&to| to != 0) {
                if seen.insert(to) {
                    work.push(to);
                }
            }
        }
        seen
    }

    fn make(&mut self, random: &mut Random, links: usize) {
        let kind = if random.below(4) == 0 { FILE } else { NODE };
        let tag = self.next_tag;
        self.next_tag += 1;
        // SAFETY: no collector runs: the test collects itself.
        unsafe {
            let cell = World::node(self.world, kind, tag, links);
            assert!(!cell.is_null());
            let size = (*self.world).heap.cell_size(cell);
            self.nodes.insert(
                tag,
                Shadow {
                    cell,
                    kind,
                    links: vec![0; links],
                    size,
                },
            );
            let offset = match random.below(4) {
                0 => Some(random.below(size)),
                1 => Some(size),
                _ => None,
            };
            self.roots.push(tag);
            self.root_words.push(offset);
        }
    }

    fn link(&mut self, random: &mut Random) {
        let from = self.roots[random.below(self.roots.len())];
        let to = self.roots[random.below(self.roots.len())];
        let target = self.nodes[&to].cell as u64;
        let shadow = self.nodes.get_mut(&from).expect("roots are in the model");
        if !shadow.links.is_empty() {
            let i = random.below(shadow.links.len());
            shadow.links[i] = to;
            // SAFETY: both cells are rooted.
            unsafe { set_link(shadow.cell, i, target) };
        }
    }

    fn forget(&mut self, random: &mut Random) {
        let i = random.below(self.roots.len());
        self.roots.swap_remove(i);
        self.root_words.swap_remove(i);
    }

    fn collect_and_check(&mut self) {
        self.sync_roots();
        let reachable = self.reachable();
        // SAFETY: the roots are those of the model.
        let stats = unsafe { World::collect(self.world) };
        assert_eq!(stats.live_cells, reachable.len());
        let dead: Vec<u64> = self
            .nodes
            .keys()
            .copied()
            .filter(|tag| !reachable.contains(tag))
            .collect();
        for tag in dead {
            let shadow = self.nodes.remove(&tag).expect("listed");
            // SAFETY: any address may be asked about.
            unsafe {
                let heap = &(*self.world).heap;
                assert!(!heap.is_allocated(shadow.cell));
                for word in [0, 8, shadow.size - 1] {
                    let word = shadow.cell as u64 + word as u64;
                    // Its start may be one past the end of a living neighbour.
                    let found = heap.find_cell(word);
                    assert_ne!(found, Some(shadow.cell));
                    assert!(found.is_none() || word == shadow.cell as u64);
                }
            }
            if shadow.kind == FILE {
                self.dead_files.push(tag);
            }
        }
        self.check_contents();
    }

    fn check_contents(&self) {
        let mut bytes = 0;
        for (&tag, shadow) in &self.nodes {
            bytes += shadow.size;
            // SAFETY: the model says the cell is alive.
            unsafe {
                let heap = &(*self.world).heap;
                assert!(heap.is_allocated(shadow.cell));
                assert_eq!((*shadow.cell).shape, tag as u32);
                assert_eq!(common::tag(shadow.cell), tag);
                let links = shadow.cell.cast::<u64>().add(3);
                for (i, &to) in shadow.links.iter().enumerate() {
                    let expected = if to == 0 {
                        0
                    } else {
                        self.nodes[&to].cell as u64
                    };
                    assert_eq!(*links.add(i), expected);
                }
                for offset in [0, 1, 8, shadow.size / 2, shadow.size - 1] {
                    let word = shadow.cell as u64 + offset as u64;
                    assert_eq!(heap.find_cell(word), Some(shadow.cell));
                }
                let end = shadow.cell as u64 + shadow.size as u64;
                let at_end = heap.find_cell(end).expect("one past the end finds a cell");
                assert!(at_end == shadow.cell || at_end as u64 == end);
            }
        }
        for &tag in &self.dead_files {
            assert_eq!(dropped(tag), 1);
        }
        // SAFETY: the world is alive.
        let stats = unsafe { (*self.world).heap.stats() };
        assert_eq!(stats.live_bytes, bytes);
        let mut count = 0;
        // SAFETY: the world is alive.
        unsafe { (*self.world).heap.for_each_cell(&mut |_| count += 1) };
        assert_eq!(count, self.nodes.len());
    }
}

fn run(rounds: usize, steps: usize, stack_entries: usize, seed: u64) {
    let mut random = Random(seed);
    let world = World::start(Config::default());
    // SAFETY: the world was just made and is freed at the end.
    unsafe {
        (*world).heap.disable();
        (*world).heap.limit_mark_stack(stack_entries);
    }
    let mut model = Model {
        world,
        nodes: HashMap::new(),
        next_tag: 1,
        dead_files: Vec::new(),
        roots: Vec::new(),
        root_words: Vec::new(),
    };
    for _ in 0..rounds {
        for _ in 0..steps {
            let links = match random.below(40) {
                0 => 1000 + random.below(9000),
                1..4 => 60 + random.below(600),
                _ => random.below(12),
            };
            model.make(&mut random, links);
            for _ in 0..3 {
                model.link(&mut random);
            }
        }
        while model.roots.len() > steps / 2 {
            model.forget(&mut random);
        }
        model.collect_and_check();
    }
    let files: Vec<u64> = model
        .nodes
        .iter()
        .filter(|(_, s)| s.kind == FILE)
        .map(|(&tag, _)| tag)
        .collect();
    assert!(model.dead_files.len() > rounds && !files.is_empty());
    assert!(files.iter().all(|&tag| dropped(tag) == 0));
    // SAFETY: nothing uses the world any more.
    unsafe { World::free(world) };
    for tag in files.into_iter().chain(model.dead_files) {
        assert_eq!(dropped(tag), 1, "file {tag} at the end");
    }
}

const ROUNDS: usize = if cfg!(miri) { 3 } else { 24 };
const STEPS: usize = if cfg!(miri) { 30 } else { 400 };

#[test]
fn random_graphs_agree_with_the_model() {
    for seed in [1, 77, 0x1234_5678_9abc] {
        DROPPED.with_borrow_mut(|d| d.clear());
        run(ROUNDS, STEPS, usize::MAX, seed);
    }
}

#[test]
fn a_tiny_mark_stack_overflows_and_loses_nothing() {
    for entries in [0, 1, 2, 7, 40] {
        DROPPED.with_borrow_mut(|d| d.clear());
        run(ROUNDS / 3 + 2, STEPS, entries, 99 + entries as u64);
    }
}

#[test]
fn a_very_long_chain_is_marked_without_recursion() {
    let world = World::start(Config::default());
    let length = if cfg!(miri) { 1000 } else { 1_000_000u64 };
    // SAFETY: the newest node is always rooted before the next allocation.
    unsafe {
        for tag in 1..=length {
            let cell = World::node(world, NODE, tag, 1);
            let roots = &mut (*world).roots.cells;
            set_link(cell, 0, roots.pop().map_or(0, |c| c as u64));
            roots.push(cell);
        }
        let stats = World::collect(world);
        assert_eq!(stats.live_cells as u64, length);
        (*world).roots.cells.clear();
        assert_eq!(World::collect(world).live_cells, 0);
        World::free(world);
    }
}
