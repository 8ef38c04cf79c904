//! Native modules of the standard library, a file or folder each.

pub mod builtins;
pub mod codecs;
pub mod importer;
pub mod sre;
pub mod startup;
pub mod string_helper;
pub mod sys;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[
    &builtins::SPEC,
    &codecs::SPEC,
    &string_helper::SPEC,
    &sre::SPEC,
    &sys::SPEC,
];
