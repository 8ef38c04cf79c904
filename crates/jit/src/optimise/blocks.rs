//! Fewer blocks: empty ones are jumped over, and a block that only one other jumps to becomes part
//! of it. Register allocation pays for every block.

use super::dominators::reverse_postorder;
use crate::graph::*;

pub fn run(g: &mut Graph) {
    for b in reverse_postorder(g) {
        thread(g, b);
    }
    // Blocks that were jumped over are not reachable any more.
    let order = reverse_postorder(g);
    let mut preds = vec![0u32; g.blocks.len()];
    for b in &order {
        for s in g.successors(*b) {
            preds[s.0 as usize] += 1;
        }
    }
    for b in order {
        while let Some(next) = only_successor(g, b, &preds) {
            merge(g, b, next);
        }
    }
}

/// Lets the edges of a block go where empty blocks would jump on to.
fn thread(g: &mut Graph, b: Block) {
    let mut end = std::mem::replace(&mut g.block_mut(b).end, End::Open);
    let mut edges: Vec<&mut Edge> = match &mut end {
        End::Jump(e) => vec![e],
        End::Branch { then, other, .. } => vec![then, other],
        _ => vec![],
    };
    for e in &mut edges {
        // A ring of empty blocks is an endless loop.
        for _ in 0..g.blocks.len() {
            let d = g.block(e.to);
            match &d.end {
                End::Jump(next)
                    if d.nodes.is_empty() && d.params.is_empty() && next.args.is_empty() =>
                {
                    e.to = next.to;
                }
                _ => break,
            }
        }
    }
    g.block_mut(b).end = end;
}

/// The block that `b` jumps to, if nothing else does and it takes nothing.
fn only_successor(g: &Graph, b: Block, preds: &[u32]) -> Option<Block> {
    match &g.block(b).end {
        End::Jump(e) if e.to != b && e.to.0 != 0 => {
            let alone = preds[e.to.0 as usize] == 1 && g.block(e.to).params.is_empty();
            alone.then_some(e.to)
        }
        _ => None,
    }
}

fn merge(g: &mut Graph, b: Block, next: Block) {
    let nodes = std::mem::take(&mut g.block_mut(next).nodes);
    for n in &nodes {
        g.nodes[n.0 as usize].block = b;
    }
    g.block_mut(b).nodes.extend(nodes);
    g.block_mut(b).end = std::mem::replace(&mut g.block_mut(next).end, End::Open);
}
