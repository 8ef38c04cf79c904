//! Loop-invariant code motion: what is the same in every turn of a loop is computed, checked and
//! loaded once, before it.
//!
//! A check that was moved leaves at the loop's header, with the values at entry, which is right at
//! any time. Checks and loads are only moved from blocks that every turn passes; a load only when
//! no check of its object stays in the loop.

use super::dominators::Dominators;
use super::memory::{reads, written_in};
use crate::graph::*;
use rustc_hash::FxHashSet as HashSet;

pub fn run(g: &mut Graph, dom: &Dominators) {
    // Inner loops first: what leaves them may leave the outer ones too.
    for b in dom.order.iter().rev() {
        if g.block(*b).header {
            hoist(g, dom, *b);
        }
    }
}

fn hoist(g: &mut Graph, dom: &Dominators, header: Block) {
    let latches = dom.latches(header);
    let entries: Vec<Block> = dom.preds[header.0 as usize]
        .iter()
        .copied()
        .filter(|p| !latches.contains(p))
        .collect();
    let (&[pre], Some(state)) = (&entries[..], g.block(header).entry_state) else {
        return;
    };
    if latches.is_empty() {
        return;
    }
    let blocks = dom.loop_blocks(header);
    let mut inside: HashSet<Node> = HashSet::default();
    for b in &blocks {
        inside.extend(&g.block(*b).nodes);
        inside.extend(&g.block(*b).params);
    }
    let in_order: Vec<Block> = dom
        .order
        .iter()
        .copied()
        .filter(|b| blocks.contains(b))
        .collect();
    // Objects whose checks stay in the loop.
    let mut checked: HashSet<Node> = HashSet::default();
    for b in in_order {
        let always = latches.iter().all(|l| dom.dominates(b, *l));
        let mut kept = Vec::new();
        for n in g.block(b).nodes.clone() {
            let d = g.node(n);
            let invariant = d.args.iter().all(|a| !inside.contains(a));
            let still = reads(d.op).into_iter().all(|c| !written_in(g, &blocks, c));
            let is_check = is_check(d.op);
            // An item whose index is not checked with it stays behind its check.
            let unchecked = d.op == Op::LoadItem && d.state.is_none();
            let movable = d.op.is_pure()
                || always
                    && still
                    && !unchecked
                    && (is_check
                        || d.op.is_guard_on_operands()
                        || is_load(d.op) && !d.args.iter().any(|a| checked.contains(a)));
            if invariant && movable {
                inside.remove(&n);
                let d = &mut g.nodes[n.0 as usize];
                d.block = pre;
                if d.state.is_some() {
                    d.state = Some(state);
                }
                g.block_mut(pre).nodes.push(n);
                continue;
            }
            if is_check || d.op.is_guard_on_operands() {
                checked.extend(&d.args);
                checked.insert(n);
            }
            kept.push(n);
        }
        g.block_mut(b).nodes = kept;
    }
}

/// Checks what a pointer points to, or memory.
fn is_check(op: Op) -> bool {
    matches!(
        op,
        Op::GuardShape(_)
            | Op::GuardShapes(_)
            | Op::GuardCell
            | Op::GuardIs(_)
            | Op::GuardBound
            | Op::GuardPlain
            | Op::GuardWord32 { .. }
            | Op::GuardWord64 { .. }
            | Op::GuardField { .. }
            | Op::GuardTrue
    )
}

fn is_load(op: Op) -> bool {
    matches!(
        op,
        Op::LoadField { .. }
            | Op::LoadWord { .. }
            | Op::LoadAt { .. }
            | Op::LoadLen { .. }
            | Op::LoadItem
            | Op::LoadTupleItem
    )
}
