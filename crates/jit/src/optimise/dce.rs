//! Dead code: nodes whose results nobody uses and that need not happen.

use crate::graph::*;

pub fn run(g: &mut Graph) {
    let mut live = vec![false; g.nodes.len()];
    let mut work: Vec<Node> = Vec::new();
    let mut state_seen = vec![false; g.states.len()];
    for b in &g.blocks {
        for n in &b.nodes {
            let d = g.node(*n);
            if d.op.is_pinned() || d.state.is_some() && d.op.is_pinned_check() {
                work.push(*n);
            }
        }
        work.extend(end_nodes(&b.end));
    }
    let leaves: Vec<StateId> = g
        .blocks
        .iter()
        .filter_map(|b| match b.end {
            End::Leave(s) => Some(s),
            _ => None,
        })
        .collect();
    for s in leaves {
        mark_state(g, s, &mut state_seen, &mut work);
    }
    while let Some(n) = work.pop() {
        if std::mem::replace(&mut live[n.0 as usize], true) {
            continue;
        }
        let d = g.node(n);
        work.extend(&d.args);
        if let Some(s) = d.state {
            mark_state(g, s, &mut state_seen, &mut work);
        }
    }
    for b in &mut g.blocks {
        b.nodes.retain(|n| live[n.0 as usize]);
    }
}

/// The nodes that a terminator uses.
fn end_nodes(end: &End) -> Vec<Node> {
    match end {
        End::Jump(e) => e.args.clone(),
        End::Branch { cond, then, other } => {
            let mut v = vec![*cond];
            v.extend(&then.args);
            v.extend(&other.args);
            v
        }
        End::Return(n) => vec![*n],
        End::Open | End::Leave(_) => Vec::new(),
    }
}

fn mark_state(g: &Graph, s: StateId, seen: &mut [bool], work: &mut Vec<Node>) {
    if std::mem::replace(&mut seen[s.0 as usize], true) {
        return;
    }
    g.state_nodes(s, |n| work.push(n));
}
