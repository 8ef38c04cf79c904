//! The passes, in order, one file each.

pub mod blocks;
pub mod dce;
pub mod dominators;
pub mod gvn;
pub mod licm;
pub mod memory;
pub mod range;

use crate::graph::Graph;

/// Improves a graph in place.
pub fn run(g: &mut Graph) {
    gvn::run(g);
    licm::run(g);
    gvn::run(g);
    range::run(g);
    dce::run(g);
    blocks::run(g);
}
