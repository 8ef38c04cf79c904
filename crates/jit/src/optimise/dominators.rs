//! Dominators and natural loops.

use crate::graph::*;

/// The dominator tree of the reachable blocks, and their predecessors.
pub struct Dominators {
    /// Reachable blocks, definitions before uses.
    pub order: Vec<Block>,
    /// Place in `order`; None when not reachable.
    place: Vec<Option<u32>>,
    /// Immediate dominator, by place in `order`.
    idom: Vec<u32>,
    pub preds: Vec<Vec<Block>>,
}

impl Dominators {
    /// By the iteration of Cooper, Harvey and Kennedy ("A simple, fast dominance algorithm").
    pub fn new(g: &Graph) -> Dominators {
        let order = reverse_postorder(g);
        let mut place = vec![None; g.blocks.len()];
        let mut preds = vec![Vec::new(); g.blocks.len()];
        for (i, b) in order.iter().enumerate() {
            place[b.0 as usize] = Some(i as u32);
            for s in g.successors(*b) {
                preds[s.0 as usize].push(*b);
            }
        }
        const UNSET: u32 = u32::MAX;
        let mut idom = vec![UNSET; order.len()];
        if let Some(first) = idom.first_mut() {
            *first = 0;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for (i, b) in order.iter().enumerate().skip(1) {
                let mut new = UNSET;
                for p in &preds[b.0 as usize] {
                    let Some(p) = place[p.0 as usize].filter(|p| idom[*p as usize] != UNSET) else {
                        continue;
                    };
                    new = if new == UNSET { p } else { meet(&idom, p, new) };
                }
                if idom[i] != new {
                    idom[i] = new;
                    changed = true;
                }
            }
        }
        Dominators {
            order,
            place,
            idom,
            preds,
        }
    }

    /// The immediate dominator; None of the entry and of what is not reachable.
    pub fn idom(&self, b: Block) -> Option<Block> {
        let i = self.place[b.0 as usize]?;
        let d = self.idom[i as usize];
        (i != 0).then(|| self.order[d as usize])
    }

    pub fn dominates(&self, a: Block, b: Block) -> bool {
        let (Some(a), Some(mut b)) = (self.place[a.0 as usize], self.place[b.0 as usize]) else {
            return false;
        };
        while b > a {
            b = self.idom[b as usize];
        }
        a == b
    }

    /// The blocks from which `header` is entered again.
    pub fn latches(&self, header: Block) -> Vec<Block> {
        let preds = self.preds[header.0 as usize].iter().copied();
        preds.filter(|p| self.dominates(header, *p)).collect()
    }

    /// The blocks of the loop with this header.
    pub fn loop_blocks(&self, header: Block) -> Vec<Block> {
        self.between(header, self.latches(header))
    }

    /// The blocks on the ways from `top`, which dominates them, to `ends`; both included.
    pub fn between(&self, top: Block, ends: Vec<Block>) -> Vec<Block> {
        let mut found = vec![top];
        let mut work = ends;
        while let Some(b) = work.pop() {
            if found.contains(&b) {
                continue;
            }
            found.push(b);
            work.extend(&self.preds[b.0 as usize]);
        }
        found
    }
}

fn meet(idom: &[u32], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        while a > b {
            a = idom[a as usize];
        }
        while b > a {
            b = idom[b as usize];
        }
    }
    a
}

/// Reachable blocks so that definitions come before uses.
pub fn reverse_postorder(g: &Graph) -> Vec<Block> {
    let mut seen = vec![false; g.blocks.len()];
    let mut post = Vec::new();
    let mut work = vec![(Block(0), 0usize)];
    seen[0] = true;
    while let Some((b, i)) = work.pop() {
        match g.successors(b).get(i) {
            Some(s) => {
                work.push((b, i + 1));
                if !std::mem::replace(&mut seen[s.0 as usize], true) {
                    work.push((*s, 0));
                }
            }
            None => post.push(b),
        }
    }
    post.reverse();
    post
}
