//! Tracebacks after a time.

use super::dump::Out;
use super::file_arg;
use runtime::vm::Interp;
use runtime::{Res, Value, Vm};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Tells a watch thread to end.
#[derive(Default)]
struct Stop {
    stopped: Mutex<bool>,
    bell: Condvar,
}

/// The watch that is running.
static WATCH: Mutex<Option<Arc<Stop>>> = Mutex::new(None);

struct Watch {
    interp: *mut Interp,
    types: &'static runtime::types::Types,
    names: &'static runtime::names::Names,
    stop: Arc<Stop>,
    timeout: Duration,
    repeat: bool,
    exit: bool,
    out: Out,
    head: String,
}

// SAFETY: the interpreter is only touched with its lock.
unsafe impl Send for Watch {}

const STACK: usize = 512 * 1024;

impl Watch {
    /// Waits; true when the time is over, false when stopped.
    fn wait(&self) -> bool {
        let end = Instant::now() + self.timeout;
        let mut stopped = self.stop.stopped.lock().unwrap_or_else(|e| e.into_inner());
        loop {
            if *stopped {
                return false;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            let r = self.stop.bell.wait_timeout(stopped, left);
            stopped = r.unwrap_or_else(|e| e.into_inner()).0;
        }
    }

    fn run(self) {
        while self.wait() {
            // The others stop at their next poll, where their frames are in order.
            // SAFETY: the interpreter lives as long as the process's main thread.
            let Some(mut vm) =
                (unsafe { Vm::attach_thread(self.interp, self.types, self.names, STACK) })
            else {
                return;
            };
            self.out.text(&self.head);
            // SAFETY: this thread has the lock.
            unsafe { self.out.all_threads(&mut *vm, false, 0) };
            if self.exit {
                // SAFETY: ends the process.
                unsafe { libc::_exit(1) };
            }
            Vm::detach_thread(vm);
            if !self.repeat {
                return;
            }
        }
    }
}

/// Ends the running watch.
fn cancel() {
    let watch = WATCH.lock().unwrap_or_else(|e| e.into_inner()).take();
    if let Some(s) = watch {
        *s.stopped.lock().unwrap_or_else(|e| e.into_inner()) = true;
        s.bell.notify_all();
    }
}

/// `Timeout (0:00:01.500000)!`.
fn head(timeout: Duration) -> String {
    let (s, us) = (timeout.as_secs(), timeout.subsec_micros());
    let mut text = format!("Timeout ({}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    if us != 0 {
        text += &format!(".{us:06}");
    }
    text + ")!\n"
}

#[derive::natives]
mod functions {
    use super::*;

    /// Dump the traceback of all threads in timeout seconds,
    /// or each timeout seconds if repeat is True. If exit is True, call _exit(1) which is not safe.
    #[native(
        "dump_traceback_later($module, /, timeout, repeat=False, file=sys.stderr, exit=False)"
    )]
    fn dump_traceback_later(
        vm: &mut Vm,
        _m: Value,
        timeout: Value,
        repeat: Option<bool>,
        file: Option<Value>,
        exit: Option<bool>,
    ) -> Res<()> {
        let seconds = vm.to_f64(timeout)?;
        if seconds <= 0.0 || seconds.is_nan() {
            return Err(vm.value_error("timeout must be greater than 0"));
        }
        let Ok(timeout) = Duration::try_from_secs_f64(seconds) else {
            return Err(vm.overflow_error("timeout value is too large"));
        };
        if timeout > Duration::from_secs(1 << 32) {
            return Err(vm.overflow_error("timeout value is too large"));
        }
        let fd = file_arg(vm, file)?;
        cancel();
        let stop = Arc::new(Stop::default());
        let watch = Watch {
            interp: vm.interp,
            types: vm.types,
            names: vm.names,
            stop: stop.clone(),
            timeout,
            repeat: repeat.unwrap_or(false),
            exit: exit.unwrap_or(false),
            out: Out(fd),
            head: head(timeout),
        };
        // Blocking calls must let go of the lock from now on.
        vm.interp().lock.shared.store(true, Ordering::Relaxed);
        let spawned = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || watch.run());
        if spawned.is_err() {
            return Err(vm.runtime_error("unable to start watchdog thread"));
        }
        *WATCH.lock().unwrap_or_else(|e| e.into_inner()) = Some(stop);
        Ok(())
    }
    /// Cancel the previous call to dump_traceback_later().
    #[native("cancel_dump_traceback_later($module, /)")]
    fn cancel_dump_traceback_later(_: &mut Vm, _m: Value) -> Res<()> {
        cancel();
        Ok(())
    }
}

pub use functions::TABLE;
