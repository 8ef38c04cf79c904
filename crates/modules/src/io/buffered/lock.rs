//! Who uses a buffered stream: one thread at a time, and nobody from inside its own raw calls.

use super::core::Raw;
use crate::thread::wait::{self, Flag};
use runtime::{Raised, Res, Vm};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the end of the process waits for a thread that was stopped inside the stream.
const GRACE: Duration = Duration::from_secs(1);

/// Touched only under the interpreter lock, so that taking it is two plain stores.
#[derive(Default)]
pub struct BufLock {
    owner: Cell<Option<u64>>,
    waiting: Cell<u32>,
    /// Set by the owner that leaves while others wait.
    left: Arc<Flag>,
}

/// The stream is this thread's until this is dropped.
pub struct Busy<'a>(&'a BufLock);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.owner.set(None);
        if self.0.waiting.get() > 0 {
            self.0.left.put(true);
        }
    }
}

impl Raw {
    /// Makes the stream this thread's; RuntimeError when it is already, which means that the raw
    /// stream called back (or a signal handler did).
    pub fn enter(&self, vm: &mut Vm) -> Res<Busy<'_>> {
        let lock = &self.core.lock;
        match lock.owner.get() {
            None => {}
            Some(owner) if owner == vm.thread_id => return Err(self.reentrant(vm)),
            Some(_) => lock.wait(vm),
        }
        lock.owner.set(Some(vm.thread_id));
        Ok(Busy(lock))
    }

    #[cold]
    fn reentrant(&self, vm: &mut Vm) -> Raised {
        match vm.display_repr(self.stream) {
            Ok(r) => vm.runtime_error(&format!("reentrant call inside {r}")),
            Err(r) => r,
        }
    }
}

impl BufLock {
    #[cold]
    fn wait(&self, vm: &mut Vm) {
        self.waiting.set(self.waiting.get() + 1);
        let since = Instant::now();
        while self.is_owned(vm) {
            let ending = vm.interp().finalizing;
            if ending && since.elapsed() > GRACE {
                break;
            }
            self.left.put(false);
            wait::wait_set_uninterrupted(vm, &self.left, ending.then_some(GRACE));
        }
        self.waiting.set(self.waiting.get() - 1);
    }

    /// Somebody has it who can still give it back: threads do not survive a fork.
    fn is_owned(&self, vm: &mut Vm) -> bool {
        let Some(owner) = self.owner.get() else {
            return false;
        };
        vm.interp().threads.iter().any(|t| {
            // SAFETY: the list has the states of living threads.
            unsafe { (**t).thread_id == owner }
        })
    }
}
