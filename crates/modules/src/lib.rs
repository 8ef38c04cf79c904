//! Native modules of the standard library, a file or folder each.

pub mod builtins;
pub mod importer;
pub mod startup;
pub mod sys;
pub mod typing;
pub mod weakref;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[&builtins::SPEC, &sys::SPEC, &typing::SPEC, &weakref::SPEC];
