//! Native modules of the standard library, a file or folder each.

pub mod builtins;
pub mod importer;
pub mod io;
pub mod posix;
pub mod startup;
pub mod sys;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[&builtins::SPEC, &io::SPEC, &posix::SPEC, &sys::SPEC];
