//! Ranges of ints: which sums cannot overflow, and which ints are in the small range, so that
//! boxing needs no check.

use crate::graph::*;
use runtime::value::{INT_MAX, INT_MIN};

/// Inclusive bounds.
type Range = (i128, i128);

const FULL: Range = (i64::MIN as i128, i64::MAX as i128);
const SMALL: Range = (INT_MIN as i128, INT_MAX as i128);
/// How far definitions are followed.
const DEPTH: u32 = 6;

/// Takes the overflow checks off arithmetic that cannot overflow.
pub fn run(g: &mut Graph) {
    for i in 0..g.nodes.len() {
        let n = Node(i as u32);
        let op = g.node(n).op;
        if matches!(op, Op::AddInt | Op::SubInt | Op::MulInt) && g.node(n).state.is_some() {
            let (lo, hi) = arithmetic(g, n, DEPTH);
            if lo >= FULL.0 && hi <= FULL.1 {
                g.nodes[i].state = None;
            }
        }
    }
}

/// The Int node is in the small range.
pub fn is_small(g: &Graph, n: Node) -> bool {
    let (lo, hi) = range(g, n, DEPTH);
    lo >= SMALL.0 && hi <= SMALL.1
}

/// Bounds of an Int node.
fn range(g: &Graph, n: Node, depth: u32) -> Range {
    if g.small.contains(&n) {
        return SMALL;
    }
    if depth == 0 {
        return FULL;
    }
    let d = g.node(n);
    match d.op {
        Op::GuardInt => SMALL,
        Op::LoadLen { .. } => (0, SMALL.1),
        Op::Const(bits) => (bits as i64 as i128, bits as i64 as i128),
        Op::AddInt | Op::SubInt | Op::MulInt => clamp(arithmetic(g, n, depth)),
        Op::AndInt => {
            let (a, b) = (
                range(g, d.args[0], depth - 1),
                range(g, d.args[1], depth - 1),
            );
            match (a.0 >= 0, b.0 >= 0) {
                (true, true) => (0, a.1.min(b.1)),
                (true, false) => (0, a.1),
                (false, true) => (0, b.1),
                _ => FULL,
            }
        }
        Op::ModInt => match range(g, d.args[1], depth - 1) {
            (lo, hi) if lo > 0 => (0, hi - 1),
            (lo, hi) => (lo.min(0), hi.max(0)),
        },
        Op::ShrInt => {
            let a = range(g, d.args[0], depth - 1);
            (a.0.min(0), a.1.max(0))
        }
        Op::FloorDivInt => {
            let a = range(g, d.args[0], depth - 1);
            let most = a.0.abs().max(a.1.abs());
            (-most, most)
        }
        _ => FULL,
    }
}

fn clamp(r: Range) -> Range {
    if r.0 < FULL.0 || r.1 > FULL.1 {
        FULL
    } else {
        r
    }
}

/// Bounds of a sum, difference or product before it is cut to 64 bits.
fn arithmetic(g: &Graph, n: Node, depth: u32) -> Range {
    let d = g.node(n);
    let depth = depth.saturating_sub(1);
    let (a, b) = (range(g, d.args[0], depth), range(g, d.args[1], depth));
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
