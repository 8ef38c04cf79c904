//! Native modules of the standard library, a file or folder each.

pub mod _random;
pub mod _statistics;
pub mod atexit;
pub mod builtins;
pub mod errno;
pub mod importer;
pub mod io;
pub mod math;
pub mod signal;
pub mod startup;
pub mod sys;
pub mod thread;
pub mod time;
pub mod util;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[
    &builtins::SPEC,
    &sys::SPEC,
    &atexit::SPEC,
    &errno::SPEC,
    &time::SPEC,
    &signal::SPEC,
    &thread::SPEC,
    &_random::SPEC,
    &_statistics::SPEC,
    &io::SPEC,
    &math::SPEC,
];
