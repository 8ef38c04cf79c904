//! Which ints are in the small range, so that boxing needs no check.

use crate::graph::*;

/// The Int node is in the small range: it was guarded, or comes from something small.
pub fn is_small(g: &Graph, n: Node) -> bool {
    let d = g.node(n);
    match d.op {
        Op::GuardInt | Op::LoadLen { .. } => true,
        Op::Const(bits) => (bits as i64).unsigned_abs() < 1 << 48,
        Op::AndInt => d
            .args
            .iter()
            .any(|a| g.constant(*a).is_some_and(|b| b < 1 << 48)),
        Op::ModInt => g
            .constant(d.args[1])
            .is_some_and(|b| (b as i64).unsigned_abs() < 1 << 48),
        _ => false,
    }
}
