//! `-X importtime`: how long imports take.

use crate::value::{Res, Value};
use crate::vm::Vm;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Where the running thread is in its imports.
#[derive(Clone, Copy, Default)]
struct Progress {
    header_printed: bool,
    level: usize,
    /// Time of the imports that the innermost one asked for.
    inner: Duration,
}

thread_local! {
    static PROGRESS: Cell<Progress> = const {
        Cell::new(Progress { header_printed: false, level: 0, inner: Duration::ZERO })
    };
}

/// Whole microseconds, rounded up.
fn micros(d: Duration) -> u128 {
    d.as_nanos().div_ceil(1000)
}

impl Vm {
    /// Runs the import hook, and reports when that was asked for.
    pub(super) fn timed_load(&mut self, hook: fn(&mut Vm, Value) -> Res, name: Value) -> Res {
        if self.interp().config.import_time == 0 {
            return hook(self, name);
        }
        let before = begin();
        let start = Instant::now();
        let r = hook(self, name);
        let whole = start.elapsed();
        let own = whole.saturating_sub(PROGRESS.get().inner);
        let (own, total) = (micros(own), micros(whole));
        self.report_import(before.level, &format!("{own:9} | {total:10}"), name);
        PROGRESS.set(Progress {
            header_printed: true,
            inner: before.inner + whole,
            ..before
        });
        r
    }

    /// Reports an import of a loaded module (`-X importtime=2`).
    #[cold]
    pub(super) fn report_cached_import(&mut self, name: Value) {
        let now = begin();
        PROGRESS.set(Progress {
            header_printed: true,
            ..now
        });
        self.report_import(now.level, "cached    | cached    ", name);
    }

    fn report_import(&mut self, level: usize, times: &str, name: Value) {
        let name = self.display(name);
        eprintln!("import time: {times} | {:1$}{name}", "", level * 2);
    }
}

/// Notes that an import begins and gives what was there before.
fn begin() -> Progress {
    let now = PROGRESS.get();
    if !now.header_printed {
        eprintln!("import time: self [us] | cumulative | imported package");
    }
    PROGRESS.set(Progress {
        header_printed: true,
        level: now.level + 1,
        inner: Duration::ZERO,
    });
    now
}
