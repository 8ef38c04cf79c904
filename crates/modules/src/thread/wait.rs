//! Waiting without the interpreter lock: a flag with a condition variable.

use runtime::{Res, Value, Vm};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Longest sleep before the main thread looks for signals.
const SLICE: Duration = Duration::from_millis(50);

/// A binary semaphore.
#[derive(Default)]
pub struct Flag {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Flag {
    fn guard(&self) -> MutexGuard<'_, bool> {
        self.set.lock().unwrap_or_else(|e| e.into_inner())
    }
    pub fn get(&self) -> bool {
        *self.guard()
    }
    /// Sets the flag and wakes who waits for the change; the result is the old state.
    pub fn put(&self, value: bool) -> bool {
        let mut set = self.guard();
        let old = std::mem::replace(&mut *set, value);
        drop(set);
        self.changed.notify_all();
        old
    }
    /// Sets the flag if it is clear.
    pub fn try_set(&self) -> bool {
        !std::mem::replace(&mut *self.guard(), true)
    }
    /// Waits at most `slice` until the flag is `want`; then changes it to `then`.
    fn wait_slice(&self, want: bool, then: bool, slice: Duration) -> bool {
        let mut set = self.guard();
        if *set != want {
            let r = self.changed.wait_timeout(set, slice);
            set = r.unwrap_or_else(|e| e.into_inner()).0;
        }
        if *set == want {
            *set = then;
            return true;
        }
        false
    }
}

/// Waits until the flag is `want` and makes it `then`. False: the time (None: for ever) is over.
/// Signal handlers run meanwhile, in the main thread, and their exceptions come out.
pub fn wait(
    vm: &mut Vm,
    flag: &Arc<Flag>,
    want: bool,
    then: bool,
    timeout: Option<Duration>,
) -> Res<bool> {
    let end = timeout.and_then(|t| Instant::now().checked_add(t));
    let flag = flag.clone();
    loop {
        let now = Instant::now();
        let slice = match end {
            Some(e) => SLICE.min(e.saturating_duration_since(now)),
            None => SLICE,
        };
        if vm.without_lock(|| flag.wait_slice(want, then, slice)) {
            return Ok(true);
        }
        vm.check_polls()?;
        if end.is_some_and(|e| Instant::now() >= e) {
            return Ok(false);
        }
    }
}

/// How a lock's `acquire` waits: None is not at all.
pub fn timeout_args(
    vm: &mut Vm,
    blocking: Option<bool>,
    timeout: Option<Value>,
) -> Res<Option<Option<Duration>>> {
    let blocking = blocking.unwrap_or(true);
    let minus_one = Value::int_unchecked(-1);
    let timeout = timeout.unwrap_or(minus_one);
    let ns = match vm.float_of(timeout) {
        Some(f) if f.is_nan() => {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        Some(f) if f.abs() > super::TIMEOUT_MAX => {
            return Err(vm.overflow_error("timeout value is too large"));
        }
        Some(f) => (f * 1e9).ceil() as i64,
        None => {
            let i = vm.index(timeout)?;
            match vm.int_to_i64(i).and_then(|n| n.checked_mul(1_000_000_000)) {
                Some(n) => n,
                None => return Err(vm.overflow_error("timestamp out of range for platform time_t")),
            }
        }
    };
    let unset = ns == -1_000_000_000;
    if !blocking {
        if !unset {
            return Err(vm.value_error("can't specify a timeout for a non-blocking call"));
        }
        return Ok(None);
    }
    if unset {
        return Ok(Some(None));
    }
    if ns < 0 {
        return Err(vm.value_error("timeout value must be a non-negative number"));
    }
    Ok(Some(Some(Duration::from_nanos(ns as u64))))
}
