//! The passes, in order, one file each.

pub mod dce;
pub mod range;

use crate::graph::Graph;

/// Improves a graph in place.
pub fn run(g: &mut Graph) {
    dce::run(g);
}
