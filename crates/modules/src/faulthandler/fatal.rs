//! The handler of fatal signals.

use super::dump::Out;
use super::file_arg;
use runtime::{Res, Value, Vm};
use std::ffi::c_int;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

static SIGNALS: &[(c_int, &str)] = &[
    (libc::SIGBUS, "Bus error"),
    (libc::SIGILL, "Illegal instruction"),
    (libc::SIGFPE, "Floating-point exception"),
    (libc::SIGABRT, "Aborted"),
    (libc::SIGSEGV, "Segmentation fault"),
];

/// What the handler needs. Signals are the process's, so this is too.
static ENABLED: AtomicBool = AtomicBool::new(false);
static FD: AtomicI32 = AtomicI32::new(2);
static ALL: AtomicBool = AtomicBool::new(true);
/// The thread that enabled the handler: its frames are shown.
static THREAD: AtomicPtr<Vm> = AtomicPtr::new(std::ptr::null_mut());
/// What the signals did before, in the order of `SIGNALS`.
static PREVIOUS: Mutex<Vec<libc::sigaction>> = Mutex::new(Vec::new());

/// Puts the default action back, tells where the program was, and lets the signal strike again.
extern "C" fn handler(signal: c_int) {
    // SAFETY: only calls that signal handlers may make, and memory of the stopped thread.
    unsafe {
        let mut act: libc::sigaction = std::mem::zeroed();
        act.sa_sigaction = libc::SIG_DFL;
        libc::sigaction(signal, &act, std::ptr::null_mut());
        if !ENABLED.swap(false, Ordering::AcqRel) {
            libc::raise(signal);
            return;
        }
        let name = SIGNALS.iter().find(|s| s.0 == signal).map_or("", |s| s.1);
        let out = Out(FD.load(Ordering::Acquire));
        out.text("Fatal Python error: ");
        out.text(name);
        out.text("\n\n");
        let vm = THREAD.load(Ordering::Acquire);
        let ident = libc::pthread_self() as u64;
        if !vm.is_null() {
            if ALL.load(Ordering::Acquire) {
                out.all_threads(vm, true, ident);
            } else {
                out.thread_head("Current thread", ident);
                out.frames(vm);
            }
        }
        libc::raise(signal);
    }
}

/// Installs the handler for all fatal signals.
fn install() -> std::io::Result<()> {
    let mut previous = PREVIOUS.lock().unwrap_or_else(|e| e.into_inner());
    previous.clear();
    for (signal, _) in SIGNALS {
        // SAFETY: the structures are locals, the handler is a function of the right type.
        unsafe {
            let mut act: libc::sigaction = std::mem::zeroed();
            let mut old: libc::sigaction = std::mem::zeroed();
            act.sa_sigaction = handler as extern "C" fn(c_int) as usize;
            // A stack overflow leaves no room on the stack it happened on.
            act.sa_flags = libc::SA_NODEFER | libc::SA_ONSTACK;
            if libc::sigaction(*signal, &act, &mut old) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            previous.push(old);
        }
    }
    Ok(())
}

fn uninstall() {
    let mut previous = PREVIOUS.lock().unwrap_or_else(|e| e.into_inner());
    for ((signal, _), old) in SIGNALS.iter().zip(previous.iter()) {
        // SAFETY: an action the system gave us.
        unsafe { libc::sigaction(*signal, old, std::ptr::null_mut()) };
    }
    previous.clear();
}

#[derive::natives]
mod functions {
    use super::*;

    /// Enable the fault handler.
    #[native(
        "enable($module, /, file=sys.stderr, all_threads=True, c_stack=True)",
        nosig
    )]
    fn enable(
        vm: &mut Vm,
        _m: Value,
        file: Option<Value>,
        all_threads: Option<bool>,
        _c_stack: Option<bool>,
    ) -> Res<()> {
        let fd = file_arg(vm, file)?;
        FD.store(fd, Ordering::Release);
        ALL.store(all_threads.unwrap_or(true), Ordering::Release);
        THREAD.store(vm, Ordering::Release);
        if !ENABLED.swap(true, Ordering::AcqRel) {
            install().map_err(|e| vm.io_error(&e))?;
        }
        Ok(())
    }
    /// Disable the fault handler.
    #[native("disable($module, /)")]
    fn disable(_: &mut Vm, _m: Value) -> Res<bool> {
        let was = ENABLED.swap(false, Ordering::AcqRel);
        if was {
            uninstall();
        }
        Ok(was)
    }
    /// Check if the handler is enabled.
    #[native("is_enabled($module, /)")]
    fn is_enabled(_: &mut Vm, _m: Value) -> Res<bool> {
        Ok(ENABLED.load(Ordering::Acquire))
    }
    /// Raise a SIGSEGV signal.
    #[native("_sigsegv($module, release_gil=False, /)")]
    fn sigsegv(_: &mut Vm, _m: Value, _release: Option<bool>) -> Res<()> {
        strike(libc::SIGSEGV)
    }
    /// Raise a SIGABRT signal.
    #[native("_sigabrt($module, /)")]
    fn sigabrt(_: &mut Vm, _m: Value) -> Res<()> {
        strike(libc::SIGABRT)
    }
    /// Raise a SIGFPE signal.
    #[native("_sigfpe($module, /)")]
    fn sigfpe(_: &mut Vm, _m: Value) -> Res<()> {
        strike(libc::SIGFPE)
    }
}

fn strike(signal: c_int) -> Res<()> {
    // SAFETY: no memory is involved.
    unsafe { libc::raise(signal) };
    Ok(())
}

pub use functions::TABLE;
