//! Signals: a handler of the process sets a flag, the main thread runs the Python handlers at its
//! next poll.
//!
//! Signals belong to the process, so this is the one place with global state.

use crate::poll;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

/// Signal numbers are below this (`_signal.NSIG`).
pub const NSIG: usize = 65;

static PENDING: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
/// The main thread of the main interpreter.
static MAIN: AtomicPtr<Vm> = AtomicPtr::new(std::ptr::null_mut());
/// File descriptor that gets a byte for each signal, or -1 (`signal.set_wakeup_fd`).
pub static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);

/// Key, in the module state, of the list of Python handlers by signal number.
pub static HANDLERS: u8 = 0;

/// Makes `vm` the thread that handles signals.
pub fn set_main(vm: *mut Vm) {
    MAIN.store(vm, Ordering::Release);
}

/// What the operating system calls. Only async-signal-safe things happen here.
extern "C" fn on_signal(signum: libc::c_int) {
    trip(signum);
}

/// Marks a signal as arrived (also for `_thread.interrupt_main`).
pub fn trip(signum: i32) {
    // SAFETY: errno is the thread's own; the main thread state lives as long as the process.
    unsafe {
        let errno = *libc::__errno_location();
        if let Some(p) = PENDING.get(signum as usize) {
            p.store(true, Ordering::Release);
        }
        crate::threads::request(MAIN.load(Ordering::Acquire), poll::SIGNAL);
        let fd = WAKEUP_FD.load(Ordering::Relaxed);
        if fd >= 0 {
            let byte = signum as u8;
            libc::write(fd, (&raw const byte).cast(), 1);
        }
        *libc::__errno_location() = errno;
    }
}

/// How the process reacts to a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Default,
    Ignore,
    /// The Python handler runs at the main thread's next poll.
    Handle,
}

/// Sets the process's reaction; the error is errno.
pub fn set_action(signum: i32, action: Action) -> Result<(), i32> {
    let handler = match action {
        Action::Default => libc::SIG_DFL,
        Action::Ignore => libc::SIG_IGN,
        Action::Handle => on_signal as extern "C" fn(libc::c_int) as libc::sighandler_t,
    };
    // SAFETY: a zeroed sigaction is a valid one; on_signal is async-signal-safe. SA_RESTART is
    // not set: interrupted calls come back to run the handlers (PEP 475).
    unsafe {
        let mut act: libc::sigaction = std::mem::zeroed();
        act.sa_sigaction = handler;
        libc::sigemptyset(&mut act.sa_mask);
        act.sa_flags = libc::SA_ONSTACK;
        if libc::sigaction(signum, &act, std::ptr::null_mut()) != 0 {
            return Err(*libc::__errno_location());
        }
    }
    Ok(())
}

impl Vm {
    /// Runs the Python handlers of the signals that arrived. Only the main thread does.
    pub fn run_signal_handlers(&mut self) -> Res<()> {
        if !self.is_main_thread() {
            return Ok(());
        }
        for (signum, pending) in PENDING.iter().enumerate() {
            if !pending.swap(false, Ordering::AcqRel) {
                continue;
            }
            if let Err(r) = self.run_signal_handler(signum) {
                // The other signals wait for the next poll.
                if PENDING.iter().any(|p| p.load(Ordering::Acquire)) {
                    self.request_poll(poll::SIGNAL);
                }
                return Err(r);
            }
        }
        Ok(())
    }

    fn run_signal_handler(&mut self, signum: usize) -> Res<()> {
        let key = &raw const HANDLERS as usize;
        let table = self.interp().module_state.get(&key).copied();
        let number = Value::int_unchecked(signum as i64);
        let handler = match table {
            Some(t) => self.get_item(t, number)?,
            // Nobody imported `signal` yet: only SIGINT has a handler.
            None => return Err(self.error_with(self.types.exc.KeyboardInterrupt, &[])),
        };
        if self.special(handler, self.names.__call__).is_none() {
            return Ok(());
        }
        let frame = self.current_frame_object();
        self.call_value(handler, &[number, frame])?;
        Ok(())
    }

    /// The running frame as an object, or None outside of Python code.
    fn current_frame_object(&mut self) -> Value {
        match self.frame_object(0) {
            Ok(Some(f)) => f.value(),
            Ok(None) => Value::NONE,
            Err(_) => {
                self.raised = None;
                Value::NONE
            }
        }
    }
}
