//! Native modules of the standard library, a file or folder each.

pub mod _random;
pub mod _statistics;
pub mod builtins;
pub mod importer;
pub mod io;
pub mod math;
pub mod startup;
pub mod sys;
pub mod warnings;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[
    &builtins::SPEC,
    &sys::SPEC,
    &warnings::SPEC,
    &_random::SPEC,
    &_statistics::SPEC,
    &io::SPEC,
    &math::SPEC,
];
