//! Native modules of the standard library, a file or folder each.

pub mod builtins;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[&builtins::SPEC];
