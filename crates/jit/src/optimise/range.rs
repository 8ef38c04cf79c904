//! Ranges of ints: which sums cannot overflow, and which ints are in the small range, so that
//! boxing needs no check. They come from what computes an int, from the comparisons that
//! dominate its use, and around loops from counting up or down.

use super::dominators::Dominators;
use crate::graph::*;
use runtime::value::{INT_MAX, INT_MIN};
use rustc_hash::FxHashMap;

/// Inclusive bounds.
type Range = (i128, i128);

const FULL: Range = (i64::MIN as i128, i64::MAX as i128);
const SMALL: Range = (INT_MIN as i128, INT_MAX as i128);
/// How far definitions are followed.
const DEPTH: u32 = 8;

/// Takes the overflow checks off arithmetic that cannot overflow.
pub fn run(g: &mut Graph, dom: &Dominators) {
    let mut proved = Vec::new();
    let mut ranges = Ranges::new(g, dom);
    for b in &dom.order {
        for n in &g.block(*b).nodes {
            let d = g.node(*n);
            let checked = matches!(d.op, Op::AddInt | Op::SubInt | Op::MulInt) && d.state.is_some();
            if checked && fits(ranges.arithmetic(*n, *b, DEPTH), FULL) {
                proved.push(*n);
            }
        }
    }
    for n in proved {
        g.nodes[n.0 as usize].state = None;
    }
}

/// The ranges of a graph's ints, as far as they were asked for.
pub struct Ranges<'a> {
    g: &'a Graph,
    /// By block: what the comparison that leads into it says.
    facts: Vec<Vec<(Node, Range)>>,
    /// By block: itself or its next dominator with facts.
    nearest: Vec<Option<Block>>,
    /// By block: the same, itself excluded.
    above: Vec<Option<Block>>,
    dom: &'a Dominators,
    cache: FxHashMap<(Node, Option<Block>), Range>,
}

impl<'a> Ranges<'a> {
    pub fn new(g: &'a Graph, dom: &'a Dominators) -> Ranges<'a> {
        let n = g.blocks.len();
        let mut r = Ranges {
            g,
            facts: vec![Vec::new(); n],
            nearest: vec![None; n],
            above: vec![None; n],
            dom,
            cache: FxHashMap::default(),
        };
        for b in &dom.order {
            let i = b.0 as usize;
            r.above[i] = dom.idom(*b).and_then(|d| r.nearest[d.0 as usize]);
            r.nearest[i] = r.above[i];
            let facts = match dom.preds[i][..] {
                [p] => r.facts_of_edge(p, *b),
                _ => Vec::new(),
            };
            if !facts.is_empty() {
                r.facts[i] = facts;
                r.nearest[i] = Some(*b);
            }
        }
        // Found before all facts were there.
        r.cache.clear();
        r
    }

    /// The Int node is in the small range wherever block `at` uses it.
    pub fn is_small(&mut self, n: Node, at: Block) -> bool {
        fits(self.range(n, at, DEPTH), SMALL)
    }

    /// The Int node is at least `least` wherever block `at` uses it.
    pub fn is_at_least(&mut self, n: Node, at: Block, least: i64) -> bool {
        self.range(n, at, DEPTH).0 >= least as i128
    }

    /// What is known in `to` because `from` branched there.
    fn facts_of_edge(&mut self, from: Block, to: Block) -> Vec<(Node, Range)> {
        let g = self.g;
        let End::Branch { cond, then, other } = &g.block(from).end else {
            return Vec::new();
        };
        if then.to == other.to {
            return Vec::new();
        }
        let mut holds = then.to == to;
        let mut cond = g.node(*cond);
        while cond.op == Op::Not {
            holds = !holds;
            cond = g.node(cond.args[0]);
        }
        let Op::CmpInt(c) = cond.op else {
            return Vec::new();
        };
        let c = if holds { c } else { negated(c) };
        let (a, b) = (cond.args[0], cond.args[1]);
        let (ra, rb) = (self.range(a, from, DEPTH), self.range(b, from, DEPTH));
        let mut facts = Vec::new();
        for (n, r) in [(a, bound(c, rb)), (b, bound(mirrored(c), ra))] {
            if g.constant(n).is_none() && r != FULL {
                facts.push((n, r));
            }
        }
        facts
    }

    /// Bounds of an Int node where block `at` uses it.
    fn range(&mut self, n: Node, at: Block, depth: u32) -> Range {
        let place = self.nearest[at.0 as usize];
        if let Some(r) = self.cache.get(&(n, place)) {
            return *r;
        }
        // What depends on itself around a loop.
        self.cache.insert((n, place), FULL);
        let mut r = self.by_definition(n, at, depth);
        let mut up = place;
        while let Some(b) = up {
            for (m, fact) in &self.facts[b.0 as usize] {
                if *m == n {
                    r = (r.0.max(fact.0), r.1.min(fact.1));
                }
            }
            up = self.above[b.0 as usize];
        }
        if r.0 > r.1 {
            // This place is never reached.
            r = SMALL;
        }
        self.cache.insert((n, place), r);
        r
    }

    fn by_definition(&mut self, n: Node, at: Block, depth: u32) -> Range {
        let g = self.g;
        if g.small.contains(&n) {
            return SMALL;
        }
        if depth == 0 {
            return FULL;
        }
        let d = g.node(n);
        let mut arg = |i: usize| self.range(d.args[i], at, depth - 1);
        match d.op {
            Op::GuardInt => SMALL,
            Op::LoadLen { .. } => (0, SMALL.1),
            Op::Const(bits) => (bits as i64 as i128, bits as i64 as i128),
            Op::AddInt | Op::SubInt | Op::MulInt => {
                let r = self.arithmetic(n, at, depth);
                // Beyond 64 bits the node leaves, or it was proved not to happen.
                (r.0.max(FULL.0), r.1.min(FULL.1))
            }
            Op::AndInt => match (arg(0), arg(1)) {
                (a, b) if a.0 >= 0 && b.0 >= 0 => (0, a.1.min(b.1)),
                (a, _) if a.0 >= 0 => (0, a.1),
                (_, b) if b.0 >= 0 => (0, b.1),
                _ => FULL,
            },
            Op::ModInt => match arg(1) {
                (lo, hi) if lo > 0 => (0, hi - 1),
                (lo, hi) => (lo.min(0), hi.max(0)),
            },
            Op::ShrInt => {
                let a = arg(0);
                (a.0.min(0), a.1.max(0))
            }
            Op::FloorDivInt => {
                let a = arg(0);
                let most = a.0.abs().max(a.1.abs());
                (-most, most)
            }
            Op::Param(i) => self.parameter(n, i as usize, depth),
            _ => FULL,
        }
    }

    /// The union of what the predecessors pass. What counts up from a parameter does not lower
    /// its lower bound, what counts down does not raise the upper one.
    fn parameter(&mut self, n: Node, i: usize, depth: u32) -> Range {
        let block = self.g.node(n).block;
        let (mut lo, mut hi) = (FULL.1, FULL.0);
        for &p in &self.dom.preds[block.0 as usize] {
            for arg in arguments(self.g, p, block, i) {
                if arg == n {
                    continue;
                }
                let r = self.range(arg, p, depth - 1);
                let step = self.step(arg, n);
                if step.is_none_or(|s| s < 0) {
                    lo = lo.min(r.0);
                }
                if step.is_none_or(|s| s > 0) {
                    hi = hi.max(r.1);
                }
            }
        }
        // Without an entry that bounds it, nothing is known.
        (
            if lo == FULL.1 { FULL.0 } else { lo },
            if hi == FULL.0 { FULL.1 } else { hi },
        )
    }

    /// The constant that `n` adds to `base`.
    fn step(&self, n: Node, base: Node) -> Option<i128> {
        let d = self.g.node(n);
        let constant = |n: Node| self.g.constant(n).map(|b| b as i64 as i128);
        match d.op {
            Op::AddInt if d.args[0] == base => constant(d.args[1]),
            Op::AddInt if d.args[1] == base => constant(d.args[0]),
            Op::SubInt if d.args[0] == base => constant(d.args[1]).map(|c| -c),
            _ => None,
        }
    }

    /// Bounds of a sum, difference or product before it is cut to 64 bits.
    fn arithmetic(&mut self, n: Node, at: Block, depth: u32) -> Range {
        let d = self.g.node(n);
        let depth = depth.saturating_sub(1);
        let a = self.range(d.args[0], at, depth);
        let b = self.range(d.args[1], at, depth);
        match d.op {
            Op::AddInt => (a.0 + b.0, a.1 + b.1),
            Op::SubInt => (a.0 - b.1, a.1 - b.0),
            _ => {
                let all = [a.0 * b.0, a.0 * b.1, a.1 * b.0, a.1 * b.1];
                let lo = all.iter().min().copied().unwrap_or(FULL.0);
                (lo, all.iter().max().copied().unwrap_or(FULL.1))
            }
        }
    }
}

fn fits(r: Range, limit: Range) -> bool {
    r.0 >= limit.0 && r.1 <= limit.1
}

/// The nodes that `from` passes for parameter `i` of `to`.
fn arguments(g: &Graph, from: Block, to: Block, i: usize) -> Vec<Node> {
    let edges = match &g.block(from).end {
        End::Jump(e) => vec![e],
        End::Branch { then, other, .. } => vec![then, other],
        _ => Vec::new(),
    };
    let edges = edges.into_iter().filter(|e| e.to == to);
    edges.map(|e| e.args[i]).collect()
}

/// Bounds of x where `x c y` holds, for y in a range.
fn bound(c: Cmp, y: Range) -> Range {
    match c {
        Cmp::Lt => (FULL.0, y.1 - 1),
        Cmp::Le => (FULL.0, y.1),
        Cmp::Gt => (y.0 + 1, FULL.1),
        Cmp::Ge => (y.0, FULL.1),
        Cmp::Eq => y,
        Cmp::Ne => FULL,
    }
}

fn negated(c: Cmp) -> Cmp {
    match c {
        Cmp::Lt => Cmp::Ge,
        Cmp::Le => Cmp::Gt,
        Cmp::Eq => Cmp::Ne,
        Cmp::Ne => Cmp::Eq,
        Cmp::Gt => Cmp::Le,
        Cmp::Ge => Cmp::Lt,
    }
}

/// `x c y` as `y ? x`.
fn mirrored(c: Cmp) -> Cmp {
    match c {
        Cmp::Lt => Cmp::Gt,
        Cmp::Le => Cmp::Ge,
        Cmp::Gt => Cmp::Lt,
        Cmp::Ge => Cmp::Le,
        same => same,
    }
}
