//! Native modules of the standard library, a file or folder each.

pub mod abc;
pub mod builtins;
pub mod importer;
mod payloads;
pub mod startup;
pub mod sys;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[&abc::SPEC, &builtins::SPEC, &sys::SPEC];
