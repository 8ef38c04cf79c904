//! Native modules of the standard library, a file or folder each.

pub mod _bisect;
pub mod _heapq;
pub mod _operator;
pub mod _random;
pub mod _statistics;
pub mod _struct;
pub mod abc;
pub mod array;
pub mod binascii;
pub mod builtins;
pub mod cmath;
pub mod codecs;
pub mod collections;
pub mod contextvars;
pub mod functools;
pub mod gc_module;
pub mod importer;
pub mod io;
pub mod itertools;
pub mod json;
pub mod math;
mod payloads;
pub mod posix;
pub mod queue;
pub mod sre;
pub mod startup;
pub mod string_helper;
pub mod sys;
pub mod typing;
pub mod unicodedata;
pub mod warnings;
pub mod weakref;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[
    &builtins::SPEC,
    &codecs::SPEC,
    &string_helper::SPEC,
    &sre::SPEC,
    &binascii::SPEC,
    &json::SPEC,
    &sys::SPEC,
    &_bisect::SPEC,
    &_heapq::SPEC,
    &_operator::SPEC,
    &warnings::SPEC,
    &contextvars::SPEC,
    &_random::SPEC,
    &_statistics::SPEC,
    &_struct::SPEC,
    &abc::SPEC,
    &collections::SPEC,
    &functools::SPEC,
    &io::SPEC,
    &queue::SPEC,
    &itertools::SPEC,
    &array::SPEC,
    &cmath::SPEC,
    &math::SPEC,
    &gc_module::SPEC,
    &unicodedata::SPEC,
    &posix::SPEC,
    &typing::SPEC,
    &weakref::SPEC,
];
