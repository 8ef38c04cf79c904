//! `_signal`.

use crate::util::{self, Rounding};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::signals::{self, Action, HANDLERS, NSIG};
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};
use std::sync::atomic::Ordering;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_signal",
    doc: "This module provides mechanisms to use signal handlers in Python.",
    functions: &[functions::TABLE],
    init,
};

static SIGINFO: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "signal",
        "struct_siginfo",
        "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.",
        true,
    ),
    fields: &[
        ("si_signo", "signal number"),
        ("si_code", "signal code"),
        ("si_errno", "errno associated with this signal"),
        ("si_pid", "sending process ID"),
        ("si_uid", "real user ID of sending process"),
        ("si_status", "exit value or signal"),
        ("si_band", "band event for SIGPOLL"),
    ],
    visible: 7,
};

/// Names and numbers on x86-64 Linux.
const SIGNALS: &[(&str, i64)] = &[
    ("SIGHUP", 1),
    ("SIGINT", 2),
    ("SIGQUIT", 3),
    ("SIGILL", 4),
    ("SIGTRAP", 5),
    ("SIGIOT", 6),
    ("SIGABRT", 6),
    ("SIGBUS", 7),
    ("SIGFPE", 8),
    ("SIGKILL", 9),
    ("SIGUSR1", 10),
    ("SIGSEGV", 11),
    ("SIGUSR2", 12),
    ("SIGPIPE", 13),
    ("SIGALRM", 14),
    ("SIGTERM", 15),
    ("SIGSTKFLT", 16),
    ("SIGCHLD", 17),
    ("SIGCLD", 17),
    ("SIGCONT", 18),
    ("SIGSTOP", 19),
    ("SIGTSTP", 20),
    ("SIGTTIN", 21),
    ("SIGTTOU", 22),
    ("SIGURG", 23),
    ("SIGXCPU", 24),
    ("SIGXFSZ", 25),
    ("SIGVTALRM", 26),
    ("SIGPROF", 27),
    ("SIGWINCH", 28),
    ("SIGIO", 29),
    ("SIGPOLL", 29),
    ("SIGPWR", 30),
    ("SIGSYS", 31),
    ("SIGRTMIN", 34),
    ("SIGRTMAX", 64),
    ("SIG_DFL", 0),
    ("SIG_IGN", 1),
    ("SIG_BLOCK", 0),
    ("SIG_UNBLOCK", 1),
    ("SIG_SETMASK", 2),
    ("ITIMER_REAL", 0),
    ("ITIMER_VIRTUAL", 1),
    ("ITIMER_PROF", 2),
    ("NSIG", NSIG as i64),
];

/// Key of the class ItimerError.
static ITIMER_ERROR: u8 = 0;

fn int(n: i64) -> Value {
    Value::int_unchecked(n)
}

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in SIGNALS {
        vm.module_set(m, name, int(*n))?;
    }
    let class = vm.struct_seq_type(&SIGINFO)?;
    vm.module_set(m, "struct_siginfo", class.value())?;
    let os_error = vm.types.exc.OSError.value();
    let error = new_exception_class(vm, "signal", "itimer_error", os_error)?;
    vm.interp()
        .module_state
        .insert(&raw const ITIMER_ERROR as usize, error);
    vm.module_set(m, "ItimerError", error)?;
    let key = &raw const HANDLERS as usize;
    let table = vm.new_list(&[Value::NONE; NSIG])?;
    for signum in 1..NSIG {
        // SAFETY: reads the current action into a zeroed struct.
        let current = unsafe {
            let mut act: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(signum as i32, std::ptr::null(), &mut act) != 0 {
                continue;
            }
            act.sa_sigaction
        };
        let v = match current {
            libc::SIG_DFL => int(0),
            libc::SIG_IGN => int(1),
            _ => Value::NONE,
        };
        vm.set_item(table, int(signum as i64), v)?;
    }
    if let Some(f) = vm.dict_get_str(m.dict.get(), "default_int_handler")
        && vm.interp().handles_sigint
    {
        vm.set_item(table, int(i64::from(libc::SIGINT)), f)?;
    }
    vm.interp().module_state.insert(key, table);
    Ok(())
}

fn new_exception_class(vm: &mut Vm, module: &str, name: &str, base: Value) -> Res {
    let n = vm.new_str(name)?;
    let bases = vm.new_tuple(&[base])?;
    let d = vm.new_dict()?;
    let module = vm.intern(module);
    vm.dict_set(d.value(), vm.names.__module__, module)?;
    let meta = vm.types.type_.value();
    vm.call_value(meta, &[n, bases, d.value()])
}

fn table(vm: &mut Vm) -> Res {
    let key = &raw const HANDLERS as usize;
    match vm.interp().module_state.get(&key) {
        Some(t) => Ok(*t),
        None => Err(vm.system_error("_signal is not initialised")),
    }
}

fn check(vm: &mut Vm, signum: i64) -> Res<i32> {
    if (1..NSIG as i64).contains(&signum) {
        Ok(signum as i32)
    } else {
        Err(vm.value_error("signal number out of range"))
    }
}

fn to_timeval(vm: &mut Vm, v: Value) -> Res<libc::timeval> {
    let ns = util::seconds_to_ns(vm, v, Rounding::Ceiling)?;
    let us = ns.div_euclid(1000) + i64::from(ns.rem_euclid(1000) > 0);
    Ok(libc::timeval {
        tv_sec: us.div_euclid(1_000_000),
        tv_usec: us.rem_euclid(1_000_000),
    })
}

fn seconds(t: libc::timeval) -> Value {
    Value::float(t.tv_sec as f64 + t.tv_usec as f64 / 1e6)
}

fn timer_pair(vm: &mut Vm, t: &libc::itimerval) -> Res {
    vm.new_tuple(&[seconds(t.it_value), seconds(t.it_interval)])
}

fn itimer_error(vm: &mut Vm) -> runtime::Raised {
    let e = std::io::Error::last_os_error();
    let errno = e.raw_os_error().unwrap_or(0);
    let key = &raw const ITIMER_ERROR as usize;
    let Some(class) = vm.interp().module_state.get(&key).copied() else {
        return util::os_error(vm, errno);
    };
    let text = e.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let made = vm
        .new_str(text)
        .and_then(|t| vm.call_value(class, &[int(i64::from(errno)), t]));
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

fn set_of(vm: &mut Vm, set: &libc::sigset_t) -> Res {
    let out = vm.new_vec();
    let mut out = out;
    for n in 1..NSIG {
        // SAFETY: a valid set and number.
        if unsafe { libc::sigismember(set, n as i32) } == 1 {
            out.push(vm, int(n as i64))?;
        }
    }
    let s = vm.new_set()?;
    for v in out.iter() {
        let h = vm.hash(*v)?;
        runtime::dict::set(vm, s, *v, h, None)?;
    }
    Ok(s.value())
}

/// The set of signals in an iterable of their numbers.
pub fn to_sigset(vm: &mut Vm, v: Value) -> Res<libc::sigset_t> {
    let items = vm.collect(v)?;
    // SAFETY: sigemptyset initialises the set.
    let mut set = unsafe {
        let mut s: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut s);
        s
    };
    for i in 0..items.len() {
        let n = vm.index_i64(items[i])?;
        if !(1..NSIG as i64).contains(&n) {
            return Err(
                vm.value_error(&format!("signal number {n} out of range [1; {}]", NSIG - 1))
            );
        }
        // SAFETY: a valid set and number.
        unsafe { libc::sigaddset(&mut set, n as i32) };
    }
    Ok(set)
}

fn info(vm: &mut Vm, si: &libc::siginfo_t) -> Res {
    // SAFETY: the kernel filled the union's members for this kind of signal, or left them zero.
    let (pid, uid, status) = unsafe { (si.si_pid(), si.si_uid(), si.si_status()) };
    let fields = [
        int(i64::from(si.si_signo)),
        int(i64::from(si.si_code)),
        int(i64::from(si.si_errno)),
        int(i64::from(pid)),
        int(i64::from(uid)),
        int(i64::from(status)),
        int(0),
    ];
    vm.new_struct_seq(&SIGINFO, &fields)
}

#[derive::natives]
mod functions {
    use super::*;

    /// The default handler for SIGINT installed by Python.
    ///
    /// It raises KeyboardInterrupt.
    #[native("default_int_handler($module, signalnum, frame, /)")]
    fn default_int_handler(vm: &mut Vm, _m: Value, _signalnum: Value, _frame: Value) -> Res {
        let class = vm.types.exc.KeyboardInterrupt;
        Err(vm.error_with(class, &[]))
    }
    /// Set the action for the given signal.
    ///
    /// The action can be SIG_DFL, SIG_IGN, or a callable Python object.
    /// The previous action is returned.  See getsignal() for possible return values.
    ///
    /// *** IMPORTANT NOTICE ***
    /// A signal handler function is called with two arguments:
    /// the first is the signal number, the second is the interrupted stack frame.
    #[native("signal($module, signalnum, handler, /)")]
    fn signal(vm: &mut Vm, _m: Value, signalnum: i64, handler: Value) -> Res {
        if !vm.is_main_thread() {
            return Err(vm.value_error("signal only works in main thread of the main interpreter"));
        }
        let n = check(vm, signalnum)?;
        let number = if vm.is_int(handler) {
            vm.int_to_i64(handler)
        } else {
            None
        };
        let action = match number {
            Some(0) => Action::Default,
            Some(1) => Action::Ignore,
            _ if vm.special(handler, vm.names.__call__).is_some() => Action::Handle,
            _ => {
                return Err(vm.type_error(
                    "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
                ));
            }
        };
        vm.check_polls()?;
        if let Err(e) = signals::set_action(n, action) {
            return Err(util::os_error(vm, e));
        }
        let t = table(vm)?;
        let old = vm.get_item(t, int(signalnum))?;
        let stored = match action {
            Action::Default => int(0),
            Action::Ignore => int(1),
            Action::Handle => handler,
        };
        vm.set_item(t, int(signalnum), stored)?;
        Ok(old)
    }
    /// Return the current action for the given signal.
    ///
    /// The return value can be:
    ///   SIG_IGN -- if the signal is being ignored
    ///   SIG_DFL -- if the default action for the signal is in effect
    ///   None    -- if an unknown handler is in effect
    ///   anything else -- the callable Python object used as a handler
    #[native("getsignal($module, signalnum, /)")]
    fn getsignal(vm: &mut Vm, _m: Value, signalnum: i64) -> Res {
        check(vm, signalnum)?;
        let t = table(vm)?;
        vm.get_item(t, int(signalnum))
    }
    /// Send a signal to the executing process.
    #[native("raise_signal($module, signalnum, /)")]
    fn raise_signal(vm: &mut Vm, _m: Value, signalnum: i64) -> Res<()> {
        // SAFETY: any number is allowed; bad ones give an error.
        if unsafe { libc::raise(signalnum as i32) } != 0 {
            return Err(util::last_os_error(vm));
        }
        vm.check_polls()
    }
    /// Arrange for SIGALRM to arrive after the given number of seconds.
    #[native("alarm($module, seconds, /)")]
    fn alarm(_vm: &mut Vm, _m: Value, seconds: i64) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::alarm(seconds as u32) }))
    }
    /// Wait until a signal arrives.
    #[native("pause($module, /)")]
    fn pause(vm: &mut Vm, _m: Value) -> Res<()> {
        // SAFETY: no memory is involved.
        vm.without_lock(|| unsafe { libc::pause() });
        vm.check_polls()
    }
    /// Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).
    ///
    /// The timer will fire after value seconds and after that every interval seconds.
    /// The itimer can be cleared by setting seconds to zero.
    ///
    /// Returns old values as a tuple: (delay, interval).
    #[native("setitimer($module, which, seconds, interval=0.0, /)")]
    fn setitimer(
        vm: &mut Vm,
        _m: Value,
        which: i64,
        seconds: Value,
        interval: Option<Value>,
    ) -> Res {
        let new = libc::itimerval {
            it_value: to_timeval(vm, seconds)?,
            it_interval: to_timeval(vm, interval.unwrap_or(Value::float(0.0)))?,
        };
        // SAFETY: plain structs; a bad timer gives an error.
        let (r, old) = unsafe {
            let mut old: libc::itimerval = std::mem::zeroed();
            let r = libc::setitimer(which as i32 as _, &new, &mut old);
            (r, old)
        };
        if r != 0 {
            return Err(itimer_error(vm));
        }
        timer_pair(vm, &old)
    }
    /// Returns current value of given itimer.
    #[native("getitimer($module, which, /)")]
    fn getitimer(vm: &mut Vm, _m: Value, which: i64) -> Res {
        // SAFETY: a plain struct; a bad timer gives an error.
        let (r, old) = unsafe {
            let mut old: libc::itimerval = std::mem::zeroed();
            let r = libc::getitimer(which as i32 as _, &mut old);
            (r, old)
        };
        if r != 0 {
            return Err(itimer_error(vm));
        }
        timer_pair(vm, &old)
    }
    /// Sets the fd to be written to (with the signal number) when a signal comes in.
    ///
    /// A library can use this to wakeup select or poll.
    /// The previous fd or -1 is returned.
    ///
    /// The fd must be non-blocking.
    #[native("set_wakeup_fd($module, fd, /, *, warn_on_full_buffer=True)")]
    fn set_wakeup_fd(vm: &mut Vm, _m: Value, fd: i64, _warn: Option<Value>) -> Res<i64> {
        if !vm.is_main_thread() {
            return Err(
                vm.value_error("set_wakeup_fd only works in main thread of the main interpreter")
            );
        }
        if fd != -1 {
            // SAFETY: a bad descriptor gives an error.
            let flags = unsafe { libc::fcntl(fd as i32, libc::F_GETFL) };
            if flags < 0 {
                return Err(util::last_os_error(vm));
            }
            if flags & libc::O_NONBLOCK == 0 {
                return Err(vm.value_error(&format!("the fd {fd} must be in non-blocking mode")));
            }
        }
        Ok(i64::from(
            signals::WAKEUP_FD.swap(fd as i32, Ordering::Relaxed),
        ))
    }
    /// Change system call restart behaviour.
    ///
    /// If flag is False, system calls will be restarted when interrupted by
    /// signal sig, else system calls will be interrupted.
    #[native("siginterrupt($module, signalnum, flag, /)")]
    fn siginterrupt(vm: &mut Vm, _m: Value, signalnum: i64, flag: bool) -> Res<()> {
        let n = check(vm, signalnum)?;
        // SAFETY: reads and writes the action of a valid signal.
        let r = unsafe {
            let mut act: libc::sigaction = std::mem::zeroed();
            libc::sigaction(n, std::ptr::null(), &mut act);
            if flag {
                act.sa_flags &= !libc::SA_RESTART;
            } else {
                act.sa_flags |= libc::SA_RESTART;
            }
            libc::sigaction(n, &act, std::ptr::null_mut())
        };
        if r < 0 {
            return Err(util::last_os_error(vm));
        }
        Ok(())
    }
    /// Return the system description of the given signal.
    ///
    /// Returns the description of signal *signalnum*, such as "Interrupt"
    /// for :const:`SIGINT`. Returns :const:`None` if *signalnum* has no
    /// description. Raises :exc:`ValueError` if *signalnum* is invalid.
    #[native("strsignal($module, signalnum, /)")]
    fn strsignal(vm: &mut Vm, _m: Value, signalnum: i64) -> Res<Option<String>> {
        let n = check(vm, signalnum)?;
        // SAFETY: gives a terminated string or null.
        let text = unsafe {
            let p = libc::strsignal(n);
            if p.is_null() {
                return Ok(None);
            }
            std::ffi::CStr::from_ptr(p).to_string_lossy().into_owned()
        };
        Ok(Some(text).filter(|t| !t.starts_with("Unknown signal")))
    }
    /// Return a set of valid signal numbers on this platform.
    ///
    /// The signal numbers returned by this function can be safely passed to
    /// functions like `pthread_sigmask`.
    #[native("valid_signals($module, /)")]
    fn valid_signals(vm: &mut Vm, _m: Value) -> Res {
        // SAFETY: initialises the set.
        let set = unsafe {
            let mut s: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&mut s);
            s
        };
        set_of(vm, &set)
    }
    /// Fetch and/or change the signal mask of the calling thread.
    #[native("pthread_sigmask($module, how, mask, /)")]
    fn pthread_sigmask(vm: &mut Vm, _m: Value, how: i64, mask: Value) -> Res {
        let set = to_sigset(vm, mask)?;
        // SAFETY: valid sets.
        let (e, old) = unsafe {
            let mut old: libc::sigset_t = std::mem::zeroed();
            let e = libc::pthread_sigmask(how as i32, &set, &mut old);
            (e, old)
        };
        if e != 0 {
            return Err(util::os_error(vm, e));
        }
        vm.check_polls()?;
        set_of(vm, &old)
    }
    /// Send a signal to a thread.
    #[native("pthread_kill($module, thread_id, signalnum, /)")]
    fn pthread_kill(vm: &mut Vm, _m: Value, thread_id: i64, signalnum: i64) -> Res<()> {
        // SAFETY: the ident of a living thread, as CPython demands.
        let e = unsafe { libc::pthread_kill(thread_id as libc::pthread_t, signalnum as i32) };
        if e != 0 {
            return Err(util::os_error(vm, e));
        }
        vm.check_polls()
    }
    /// Examine pending signals.
    ///
    /// Returns a set of signal numbers pending for delivery to the calling thread.
    #[native("sigpending($module, /)")]
    fn sigpending(vm: &mut Vm, _m: Value) -> Res {
        // SAFETY: a valid set.
        let (r, set) = unsafe {
            let mut s: libc::sigset_t = std::mem::zeroed();
            let r = libc::sigpending(&mut s);
            (r, s)
        };
        if r != 0 {
            return Err(util::last_os_error(vm));
        }
        set_of(vm, &set)
    }
    /// Wait for a signal.
    ///
    /// Suspend execution of the calling thread until the delivery of one of the
    /// signals specified in the signal set sigset.  The function accepts the signal
    /// and returns the signal number.
    #[native("sigwait($module, sigset, /)")]
    fn sigwait(vm: &mut Vm, _m: Value, sigset: Value) -> Res<i64> {
        let set = to_sigset(vm, sigset)?;
        let mut n = 0;
        // SAFETY: valid pointers.
        let e = vm.without_lock(|| unsafe { libc::sigwait(&set, &mut n) });
        if e != 0 {
            return Err(util::os_error(vm, e));
        }
        Ok(i64::from(n))
    }
    /// Wait synchronously until one of the signals in *sigset* is delivered.
    ///
    /// Returns a struct_siginfo containing information about the signal.
    #[native("sigwaitinfo($module, sigset, /)")]
    fn sigwaitinfo(vm: &mut Vm, _m: Value, sigset: Value) -> Res {
        let set = to_sigset(vm, sigset)?;
        // SAFETY: a zeroed siginfo is valid.
        let mut si: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let r = util::blocking(vm, || {
            // SAFETY: valid pointers.
            if unsafe { libc::sigwaitinfo(&set, &mut si) } < 0 {
                Err(std::io::Error::last_os_error())
            } else {
                Ok(())
            }
        })?;
        match r {
            Ok(()) => info(vm, &si),
            Err(e) => Err(util::os_error(vm, e.raw_os_error().unwrap_or(0))),
        }
    }
    /// Like sigwaitinfo(), but with a timeout.
    ///
    /// The timeout is specified in seconds, rounded up to nanoseconds.
    #[native("sigtimedwait($module, sigset, timeout, /)")]
    fn sigtimedwait(vm: &mut Vm, _m: Value, sigset: Value, timeout: Value) -> Res {
        let ns = util::seconds_to_ns(vm, timeout, Rounding::Ceiling)?;
        if ns < 0 {
            return Err(vm.value_error("timeout must be non-negative"));
        }
        let set = to_sigset(vm, sigset)?;
        let t = libc::timespec {
            tv_sec: ns / 1_000_000_000,
            tv_nsec: ns % 1_000_000_000,
        };
        // SAFETY: a zeroed siginfo is valid.
        let mut si: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let r = util::blocking(vm, || {
            // SAFETY: valid pointers.
            if unsafe { libc::sigtimedwait(&set, &mut si, &t) } < 0 {
                Err(std::io::Error::last_os_error())
            } else {
                Ok(())
            }
        })?;
        match r {
            Ok(()) => info(vm, &si),
            Err(e) if e.raw_os_error() == Some(libc::EAGAIN) => Ok(Value::NONE),
            Err(e) => Err(util::os_error(vm, e.raw_os_error().unwrap_or(0))),
        }
    }
    /// Send a signal to a process referred to by a pid file descriptor.
    #[native("pidfd_send_signal($module, pidfd, signalnum, siginfo=None, flags=0, /)")]
    fn pidfd_send_signal(
        vm: &mut Vm,
        _m: Value,
        pidfd: i64,
        signalnum: i64,
        siginfo: Option<Value>,
        flags: Option<i64>,
    ) -> Res<()> {
        if siginfo.is_some_and(|s| !s.is_none()) {
            return Err(vm.type_error("siginfo must be None"));
        }
        // SAFETY: no memory is involved: siginfo is null.
        let r = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                pidfd as i32,
                signalnum as i32,
                std::ptr::null::<libc::siginfo_t>(),
                flags.unwrap_or(0) as u32,
            )
        };
        if r < 0 {
            return Err(util::last_os_error(vm));
        }
        Ok(())
    }
}
