//! Native modules of the standard library, a file or folder each.

pub mod _bisect;
pub mod _heapq;
pub mod _operator;
pub mod _random;
pub mod _statistics;
pub mod abc;
pub mod builtins;
pub mod collections;
pub mod gc_module;
pub mod importer;
pub mod io;
pub mod itertools;
pub mod math;
mod payloads;
pub mod startup;
pub mod sys;
pub mod typing;
pub mod weakref;

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
    &abc::SPEC,
    &collections::SPEC,
    &io::SPEC,
    &itertools::SPEC,
    &math::SPEC,
    &gc_module::SPEC,
    &typing::SPEC,
    &weakref::SPEC,
];
