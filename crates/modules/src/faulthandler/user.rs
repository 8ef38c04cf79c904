//! Tracebacks on signals a program chooses.

use super::dump::Out;
use super::file_arg;
use runtime::{Res, Value, Vm};
use std::ffi::c_int;
use std::sync::Mutex;

/// A registered signal.
#[derive(Clone, Copy)]
struct User {
    signal: c_int,
    fd: i32,
    all: bool,
    chain: bool,
    previous: libc::sigaction,
    vm: *mut Vm,
}

// SAFETY: the thread state is only used by the handler, which runs on a thread it stopped.
unsafe impl Send for User {}

static USERS: Mutex<Vec<User>> = Mutex::new(Vec::new());

extern "C" fn handler(signal: c_int) {
    // A handler must not wait: while the list is being changed the signal is lost.
    let Ok(users) = USERS.try_lock() else { return };
    let Some(user) = users.iter().find(|u| u.signal == signal).copied() else {
        return;
    };
    drop(users);
    let out = Out(user.fd);
    // SAFETY: the thread that registered is stopped, or its records are only read.
    unsafe {
        let ident = libc::pthread_self() as u64;
        if user.all {
            out.all_threads(user.vm, true, ident);
        } else {
            out.text("Stack (most recent call first):\n");
            out.frames(user.vm);
        }
        if user.chain {
            libc::sigaction(signal, &user.previous, std::ptr::null_mut());
            libc::raise(signal);
            install(signal, true, std::ptr::null_mut());
        }
    }
}

/// Installs the handler; 0 when that worked.
///
/// # Safety
/// `old` is null or valid for writing.
unsafe fn install(signal: c_int, chain: bool, old: *mut libc::sigaction) -> c_int {
    // SAFETY: a local structure and a function of the right type.
    unsafe {
        let mut act: libc::sigaction = std::mem::zeroed();
        act.sa_sigaction = handler as extern "C" fn(c_int) as usize;
        act.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        if chain {
            act.sa_flags |= libc::SA_NODEFER;
        }
        libc::sigaction(signal, &act, old)
    }
}

fn check_signal(vm: &mut Vm, signal: i32) -> Res<()> {
    let fatal = [
        libc::SIGSEGV,
        libc::SIGFPE,
        libc::SIGABRT,
        libc::SIGBUS,
        libc::SIGILL,
    ];
    if fatal.contains(&signal) {
        let text = format!("signal {signal} cannot be registered, use enable() instead");
        return Err(vm.runtime_error(&text));
    }
    if !(1..65).contains(&signal) {
        return Err(vm.value_error("signal number out of range"));
    }
    Ok(())
}

fn forget(signal: c_int) -> Option<User> {
    let mut users = USERS.lock().unwrap_or_else(|e| e.into_inner());
    let i = users.iter().position(|u| u.signal == signal)?;
    Some(users.swap_remove(i))
}

#[derive::natives]
mod functions {
    use super::*;

    /// Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[native("register($module, /, signum, file=sys.stderr, all_threads=True, chain=False)")]
    fn register(
        vm: &mut Vm,
        _m: Value,
        signum: i32,
        file: Option<Value>,
        all_threads: Option<bool>,
        chain: Option<bool>,
    ) -> Res<()> {
        check_signal(vm, signum)?;
        let fd = file_arg(vm, file)?;
        let chain = chain.unwrap_or(false);
        let known = forget(signum);
        // SAFETY: a local structure.
        let mut previous: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        if unsafe { install(signum, chain, &mut previous) } != 0 {
            return Err(vm.io_error(&std::io::Error::last_os_error()));
        }
        let user = User {
            signal: signum,
            fd,
            all: all_threads.unwrap_or(true),
            chain,
            previous: known.map_or(previous, |u| u.previous),
            vm,
        };
        USERS.lock().unwrap_or_else(|e| e.into_inner()).push(user);
        Ok(())
    }
    /// Unregister the handler of the signal 'signum' registered by register().
    #[native("unregister($module, signum, /)")]
    fn unregister(vm: &mut Vm, _m: Value, signum: i32) -> Res<bool> {
        check_signal(vm, signum)?;
        match forget(signum) {
            Some(u) => {
                // SAFETY: an action the system gave us.
                unsafe { libc::sigaction(signum, &u.previous, std::ptr::null_mut()) };
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

pub use functions::TABLE;
