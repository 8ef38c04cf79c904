//! Native modules of the standard library, a file or folder each.

pub mod _bisect;
pub mod _heapq;
pub mod _operator;
pub mod _random;
pub mod _statistics;
pub mod _struct;
pub mod builtins;
pub mod importer;
pub mod io;
pub mod math;
pub mod startup;
pub mod sys;
pub mod unicodedata;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[
    &builtins::SPEC,
    &sys::SPEC,
    &_bisect::SPEC,
    &_heapq::SPEC,
    &_operator::SPEC,
    &_random::SPEC,
    &_statistics::SPEC,
    &_struct::SPEC,
    &io::SPEC,
    &math::SPEC,
    &unicodedata::SPEC,
];
