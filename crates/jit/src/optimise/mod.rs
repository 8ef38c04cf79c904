//! The passes, in order, one file each.

pub mod blocks;
pub mod dce;
pub mod dominators;
pub mod gvn;
pub mod licm;
pub mod memory;
pub mod range;

use crate::graph::Graph;
use dominators::Dominators;

/// Improves a graph in place.
pub fn run(g: &mut Graph) {
    // None of these changes a block's end.
    let dom = Dominators::new(g);
    gvn::run(g, &dom);
    licm::run(g, &dom);
    gvn::run(g, &dom);
    range::run(g, &dom);
    dce::run(g);
    blocks::run(g);
}
