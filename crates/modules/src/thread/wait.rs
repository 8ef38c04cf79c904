//! Waiting without the interpreter lock: a flag on a futex.

use runtime::{Res, Value, Vm};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Longest sleep of the main thread before it looks for signals, which end its sleep except when
/// they arrive just before it begins.
const SLICE: Duration = Duration::from_millis(50);
/// Longest sleep of other threads, which handle no signals.
const LONG: Duration = Duration::from_secs(3600);
/// A thread that waited so long for a lock gets it before threads that come later.
const PATIENCE: Duration = Duration::from_millis(1);

const CLEAR: u32 = 0;
const SET: u32 = 1;
/// Cleared, but only for threads that lost their patience.
const HANDED: u32 = 2;

/// A binary semaphore. It has no lock inside, so it survives a fork in any state.
#[derive(Default)]
pub struct Flag {
    word: AtomicU32,
    /// Threads that sleep, or are about to, or did when the process was forked.
    sleepers: AtomicU32,
    /// Waiting threads that lost their patience.
    starving: AtomicU32,
}

impl Flag {
    pub fn get(&self) -> bool {
        self.word.load(Ordering::Acquire) != CLEAR
    }

    /// Sets or clears the flag and wakes who waits for the change; the result is the old state.
    pub fn put(&self, value: bool) -> bool {
        let starving = self.starving.load(Ordering::Relaxed) > 0;
        let word = match (value, starving) {
            (true, _) => SET,
            (false, true) => HANDED,
            (false, false) => CLEAR,
        };
        // A thread counts itself before the kernel looks at the word for it: either it sees the new
        // word, or it is seen here.
        let old = self.word.swap(word, Ordering::SeqCst);
        self.wake();
        old != CLEAR
    }

    /// Forgets all waiting threads (after a fork they do not exist) and clears the flag.
    pub fn reset(&self) {
        self.starving.store(0, Ordering::Relaxed);
        self.word.store(CLEAR, Ordering::Release);
    }

    /// Sets the flag if it is clear.
    pub fn try_set(&self) -> bool {
        self.change(CLEAR, SET)
    }

    fn change(&self, from: u32, to: u32) -> bool {
        let r = self
            .word
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
        r.is_ok()
    }

    fn wake(&self) {
        if self.sleepers.load(Ordering::SeqCst) == 0 {
            return;
        }
        let op = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
        // SAFETY: the word lives as long as the flag.
        unsafe { libc::syscall(libc::SYS_futex, self.word.as_ptr(), op, i32::MAX) };
    }

    /// Sleeps while the word is `seen`, at most `time`; signals end the sleep.
    fn sleep(&self, seen: u32, time: Duration) {
        let op = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
        let time = libc::timespec {
            tv_sec: time.as_secs() as libc::time_t,
            tv_nsec: time.subsec_nanos().into(),
        };
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        // SAFETY: the word lives as long as the flag, the time for the call.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                self.word.as_ptr(),
                op,
                seen,
                &raw const time,
            )
        };
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    /// Takes the flag for a thread that waited; `starving`: it has lost its patience.
    fn take(&self, starving: bool) -> bool {
        self.change(CLEAR, SET) || starving && self.change(HANDED, SET)
    }

    /// A starving thread is served or gives up.
    fn sated(&self) {
        if self.starving.fetch_sub(1, Ordering::Relaxed) == 1 && self.change(HANDED, CLEAR) {
            self.wake();
        }
    }

    /// Waits once, at most `slice`, for the flag to be cleared and sets it then.
    fn acquire_slice(&self, slice: Duration, starving: bool) -> bool {
        if self.take(starving) {
            return true;
        }
        let seen = self.word.load(Ordering::Acquire);
        if seen == SET || seen == HANDED && !starving {
            self.sleep(seen, slice);
        }
        self.take(starving)
    }

    /// Waits once, at most `slice`, for the flag to be set.
    fn set_slice(&self, slice: Duration) -> bool {
        if !self.get() {
            self.sleep(CLEAR, slice);
        }
        self.get()
    }
}

/// Repeats `step`, which waits at most the given time, until it is true or the time (None: for
/// ever) is over. Signal handlers run meanwhile, in the main thread, and their exceptions come
/// out.
fn until(
    vm: &mut Vm,
    timeout: Option<Duration>,
    interruptible: bool,
    mut step: impl FnMut(Duration) -> bool,
) -> Res<bool> {
    let end = timeout.and_then(|t| Instant::now().checked_add(t));
    let longest = if vm.is_main_thread() { SLICE } else { LONG };
    loop {
        let slice = match end {
            Some(e) => longest.min(e.saturating_duration_since(Instant::now())),
            None => longest,
        };
        if vm.without_lock(|| step(slice)) {
            return Ok(true);
        }
        if interruptible {
            vm.check_polls()?;
        }
        if end.is_some_and(|e| Instant::now() >= e) {
            return Ok(false);
        }
    }
}

/// Waits until the flag is set.
pub fn wait_set(vm: &mut Vm, flag: &Arc<Flag>, timeout: Option<Duration>) -> Res<bool> {
    let flag = flag.clone();
    until(vm, timeout, true, |slice| flag.set_slice(slice))
}

/// Waits until the flag is clear and sets it. False: the time is over.
pub fn acquire(vm: &mut Vm, flag: &Arc<Flag>, timeout: Option<Duration>) -> Res<bool> {
    acquire_as(vm, flag, timeout, true)
}

/// Waits until the flag is clear and sets it; signals wait meanwhile.
pub fn acquire_uninterrupted(vm: &mut Vm, flag: &Arc<Flag>) -> Res<()> {
    acquire_as(vm, flag, None, false)?;
    Ok(())
}

fn acquire_as(
    vm: &mut Vm,
    flag: &Arc<Flag>,
    timeout: Option<Duration>,
    interruptible: bool,
) -> Res<bool> {
    let flag = flag.clone();
    let since = Instant::now();
    let mut starving = false;
    let got = until(vm, timeout, interruptible, |slice| {
        let slice = if starving { slice } else { slice.min(PATIENCE) };
        let got = flag.acquire_slice(slice, starving);
        if !got && !starving && since.elapsed() >= PATIENCE {
            starving = true;
            flag.starving.fetch_add(1, Ordering::Relaxed);
        }
        got
    });
    if starving {
        flag.sated();
    }
    got
}

/// How a lock's `acquire` waits: None is not at all.
pub fn timeout_args(
    vm: &mut Vm,
    blocking: Option<bool>,
    timeout: Option<Value>,
) -> Res<Option<Option<Duration>>> {
    let blocking = blocking.unwrap_or(true);
    let minus_one = Value::int_unchecked(-1);
    if timeout.is_none() {
        return Ok(blocking.then_some(None));
    }
    let timeout = timeout.unwrap_or(minus_one);
    let ns = crate::util::seconds_to_ns(vm, timeout, crate::util::Rounding::Ceiling)?;
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
