//! Processes.

use super::args::*;
use runtime::object::*;
use runtime::os::check;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};
use std::ffi::CString;

pub static WAITID_RESULT: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "posix",
        "waitid_result",
        "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information.",
        true,
    ),
    fields: &[
        ("si_pid", ""),
        ("si_uid", ""),
        ("si_signo", ""),
        ("si_status", ""),
        ("si_code", ""),
    ],
    visible: 5,
};

static HOOKS: [u8; 3] = [0; 3];

/// The list of callbacks registered for a moment: 0 before, 1 in the child, 2 in the parent.
fn hooks(vm: &mut Vm, which: usize) -> Res {
    let key = &raw const HOOKS[which] as usize;
    if let Some(v) = vm.interp().module_state.get(&key) {
        return Ok(*v);
    }
    let list = vm.new_list(&[])?;
    vm.interp().module_state.insert(key, list);
    Ok(list)
}

/// Runs callbacks; their exceptions are reported and dropped.
fn run_hooks(vm: &mut Vm, which: usize, reversed: bool) {
    let items = match hooks(vm, which).and_then(|l| vm.collect(l)) {
        Ok(items) => items,
        Err(_) => {
            vm.raised = None;
            return;
        }
    };
    for i in 0..items.len() {
        let f = items[if reversed { items.len() - 1 - i } else { i }];
        if vm.call_value(f, &[]).is_err() {
            vm.ignore_exception("in atfork callback", Some(f));
        }
    }
}

/// What is to be done before a fork.
pub fn before_fork(vm: &mut Vm) {
    run_hooks(vm, 0, true);
}

/// What is to be done in the child.
pub fn after_fork_child(vm: &mut Vm) {
    vm.become_only_thread();
    crate::thread::after_fork_child(vm);
    run_hooks(vm, 1, false);
}

/// What is to be done in the parent.
pub fn after_fork_parent(vm: &mut Vm) {
    run_hooks(vm, 2, false);
}

/// Strings of a sequence for exec.
pub fn string_list(vm: &mut Vm, v: Value) -> Res<Vec<CString>> {
    let items = vm.collect(v)?;
    let mut out = Vec::with_capacity(items.len());
    for v in items.iter() {
        let p = vm.fspath(*v)?;
        let b = vm.fs_encode(p)?;
        match CString::new(b) {
            Ok(c) => out.push(c),
            Err(_) => return Err(vm.value_error("embedded null byte")),
        }
    }
    Ok(out)
}

/// Pointers to the strings, null-terminated.
pub fn pointers(list: &[CString]) -> Vec<*const libc::c_char> {
    let mut p: Vec<_> = list.iter().map(|s| s.as_ptr()).collect();
    p.push(std::ptr::null());
    p
}

fn exec_args(vm: &mut Vm, function: &str, argv: Value) -> Res<Vec<CString>> {
    if !argv.is_kind(Kind::List) && !argv.is_kind(Kind::Tuple) {
        return Err(vm.type_error(&format!("{function} arg 2 must be a tuple or list")));
    }
    let args = string_list(vm, argv)?;
    if args.is_empty() {
        let what = if function == "execv()" {
            "arg 2"
        } else {
            "argv"
        };
        let sep = if function == "execv()" { " " } else { ": " };
        return Err(vm.value_error(&format!("{function}{sep}{what} must not be empty")));
    }
    if args[0].is_empty() {
        let text = if function == "execv()" {
            "execv() arg 2 first element cannot be empty"
        } else {
            "execve: argv first element cannot be empty"
        };
        return Err(vm.value_error(text));
    }
    Ok(args)
}

/// `name=value` strings of a mapping.
fn env_list(vm: &mut Vm, env: Value) -> Res<Vec<CString>> {
    let name = vm.intern("keys");
    if vm.get_attr_opt(env, name)?.is_none() {
        return Err(vm.type_error("execve: environment must be a mapping object"));
    }
    let keys = vm.call_method_str(env, "keys", &[])?;
    let keys = vm.collect(keys)?;
    let mut out = Vec::new();
    for k in keys.iter() {
        let v = vm.get_item(env, *k)?;
        let key = vm.fspath(*k)?;
        let key = vm.fs_encode(key)?;
        let v = vm.fspath(v)?;
        let v = vm.fs_encode(v)?;
        if key.is_empty() || key[1..].contains(&b'=') {
            return Err(vm.value_error("illegal environment variable name"));
        }
        match CString::new([&key[..], b"=", &v].concat()) {
            Ok(c) => out.push(c),
            Err(_) => return Err(vm.value_error("embedded null byte")),
        }
    }
    Ok(out)
}

fn status_pair(vm: &mut Vm, pid: usize, status: i32) -> Res {
    let pid = Value::int_unchecked(pid as i64);
    vm.new_tuple(&[pid, Value::int_unchecked(i64::from(status))])
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Fork a child process.
    ///
    /// Return 0 to child process and PID of child to parent process.
    #[native("fork($module, /)")]
    fn fork(vm: &mut Vm, module: Value) -> Res<usize> {
        crate::io::settle(vm, module, "fork");
        before_fork(vm);
        // SAFETY: the child goes on with this thread only, which holds the interpreter.
        let r = check(unsafe { libc::fork() } as isize);
        match r {
            Ok(0) => after_fork_child(vm),
            _ => after_fork_parent(vm),
        }
        done(vm, r)
    }
    /// Register callables to be called when forking a new process.
    ///
    ///   before
    ///     A callable to be called in the parent before the fork() syscall.
    ///   after_in_child
    ///     A callable to be called in the child after fork().
    ///   after_in_parent
    ///     A callable to be called in the parent after fork().
    ///
    /// 'before' callbacks are called in reverse order.
    /// 'after_in_child' and 'after_in_parent' callbacks are called in order.
    #[native(
        "register_at_fork($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)"
    )]
    fn register_at_fork(
        vm: &mut Vm,
        _m: Value,
        before: Option<Value>,
        child: Option<Value>,
        parent: Option<Value>,
    ) -> Res<()> {
        let all = [
            ("before", before),
            ("after_in_child", child),
            ("after_in_parent", parent),
        ];
        if all.iter().all(|a| a.1.is_none()) {
            return Err(vm.type_error("At least one argument is required."));
        }
        let call = vm.names.__call__;
        for (name, f) in all {
            if let Some(f) = f
                && vm.special(f, call).is_none()
            {
                let got = vm.class_name(f);
                return Err(vm.type_error(&format!("'{name}' must be callable, not {got}")));
            }
        }
        for (i, (_, f)) in all.iter().enumerate() {
            if let Some(f) = f {
                let list = hooks(vm, i)?;
                vm.call_method(list, vm.names.append, &[*f])?;
            }
        }
        Ok(())
    }
    /// Whether a C extension wants to be called while the terminal is waited for.
    ///
    /// There are no C extensions here.
    #[native("_is_inputhook_installed($module, /)")]
    fn is_inputhook_installed(_: &mut Vm, _m: Value) -> Res<bool> {
        Ok(false)
    }
    /// Calls what is to be called while the terminal is waited for.
    #[native("_inputhook($module, /)")]
    fn inputhook(_: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
    /// Exit to the system with specified status, without normal exit processing.
    #[native("_exit($module, /, status)")]
    fn exit(vm: &mut Vm, _m: Value, status: Value) -> Res<()> {
        let n = c_int(vm, status)?;
        // SAFETY: it does not return.
        unsafe { libc::_exit(n) }
    }
    /// Abort the interpreter immediately.
    ///
    /// This function 'dumps core' or otherwise fails in the hardest way possible
    /// on the hosting operating system.  This function never returns.
    #[native("abort($module, /)")]
    fn abort(_vm: &mut Vm, _m: Value) -> Res<()> {
        std::process::abort()
    }
    /// Execute an executable path with arguments, replacing current process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    #[native("execv($module, path, argv, /)")]
    fn execv(vm: &mut Vm, _m: Value, path: Value, argv: Value) -> Res<()> {
        let p = path_arg(vm, path, "execv")?;
        let args = exec_args(vm, "execv()", argv)?;
        let list = pointers(&args);
        // SAFETY: terminated strings in a terminated list.
        unsafe { libc::execv(p.path.as_ptr(), list.as_ptr()) };
        let e = std::io::Error::last_os_error();
        Err(vm.io_error(&e))
    }
    /// Execute an executable path with arguments, replacing current process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    ///   env
    ///     Dictionary of strings mapping to strings.
    #[native("execve($module, /, path, argv, env)")]
    fn execve(vm: &mut Vm, _m: Value, path: Value, argv: Value, env: Value) -> Res<()> {
        let p = path_or_fd(vm, path, "execve")?;
        let args = exec_args(vm, "execve", argv)?;
        let env = env_list(vm, env)?;
        let (list, env_list) = (pointers(&args), pointers(&env));
        // SAFETY: terminated strings in terminated lists.
        unsafe {
            match p.fd {
                Some(fd) => libc::fexecve(fd, list.as_ptr(), env_list.as_ptr()),
                None => libc::execve(p.path.as_ptr(), list.as_ptr(), env_list.as_ptr()),
            }
        };
        let e = std::io::Error::last_os_error();
        Err(vm.io_error_path(&e, p.object))
    }
    /// Wait for completion of a given child process.
    ///
    /// Returns a tuple of information regarding the child process:
    ///     (pid, status)
    ///
    /// The options argument is ignored on Windows.
    #[native("waitpid($module, pid, options, /)")]
    fn waitpid(vm: &mut Vm, _m: Value, pid: Value, options: Value) -> Res {
        let (pid, options) = (c_int(vm, pid)?, c_int(vm, options)?);
        let mut status = 0;
        // SAFETY: the status is a local.
        let r =
            vm.blocking(|| check(unsafe { libc::waitpid(pid, &mut status, options) } as isize))?;
        let got = done(vm, r)?;
        status_pair(vm, got, status)
    }
    /// Wait for completion of a child process.
    ///
    /// Returns a tuple of information about the child process:
    ///     (pid, status)
    #[native("wait($module, /)")]
    fn wait(vm: &mut Vm, _m: Value) -> Res {
        let mut status = 0;
        // SAFETY: the status is a local.
        let r = vm.blocking(|| check(unsafe { libc::wait(&mut status) } as isize))?;
        let got = done(vm, r)?;
        status_pair(vm, got, status)
    }
    /// Returns the result of waiting for a process or processes.
    ///
    ///   idtype
    ///     Must be one of be P_PID, P_PGID or P_ALL.
    ///   id
    ///     The id to wait on.
    ///   options
    ///     Constructed from the ORing of one or more of WEXITED, WSTOPPED
    ///     or WCONTINUED and additionally may be ORed with WNOHANG or WNOWAIT.
    ///
    /// Returns either waitid_result or None if WNOHANG is specified and there are
    /// no children in a waitable state.
    #[native("waitid($module, idtype, id, options, /)")]
    fn waitid(vm: &mut Vm, _m: Value, idtype: Value, id: Value, options: Value) -> Res {
        let (kind, id, options) = (c_int(vm, idtype)?, c_int(vm, id)?, c_int(vm, options)?);
        // SAFETY: all-zero is a valid siginfo; it is filled before it is read.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let r = vm.blocking(|| {
            // SAFETY: as above.
            check(
                unsafe { libc::waitid(kind as libc::idtype_t, id as u32, &mut info, options) }
                    as isize,
            )
        })?;
        done(vm, r)?;
        // SAFETY: waitid filled the fields of SIGCHLD.
        let fields = unsafe {
            [
                i64::from(info.si_pid()),
                i64::from(info.si_uid()),
                i64::from(info.si_signo),
                i64::from(info.si_status()),
                i64::from(info.si_code),
            ]
        };
        if fields[0] == 0 {
            return Ok(Value::NONE);
        }
        vm.new_struct_seq(&WAITID_RESULT, &fields.map(Value::int_unchecked))
    }
    /// Kill a process with a signal.
    #[native("kill($module, pid, signal, /)")]
    fn kill(vm: &mut Vm, _m: Value, pid: Value, signal: Value) -> Res<()> {
        let (pid, signal) = (c_int(vm, pid)?, c_int(vm, signal)?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::kill(pid, signal) } as isize);
        done(vm, r)?;
        // A signal to this process is handled before the call returns.
        if vm.poll != 0 {
            vm.serve_poll()?;
        }
        Ok(())
    }
    /// Kill a process group with a signal.
    #[native("killpg($module, pgid, signal, /)")]
    fn killpg(vm: &mut Vm, _m: Value, pgid: Value, signal: Value) -> Res<()> {
        let (pgid, signal) = (c_int(vm, pgid)?, c_int(vm, signal)?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::killpg(pgid, signal) } as isize);
        done(vm, r)?;
        if vm.poll != 0 {
            vm.serve_poll()?;
        }
        Ok(())
    }
    /// Execute the command in a subshell.
    #[native("system($module, /, command)")]
    fn system(vm: &mut Vm, module: Value, command: Value) -> Res<i64> {
        crate::io::settle(vm, module, "system");
        let p = path_with(vm, command, "system", "command", Accept::default())?;
        // SAFETY: the command is terminated.
        let r = vm.blocking(|| Ok(unsafe { libc::system(p.path.as_ptr()) }))?;
        Ok(i64::from(r.unwrap_or(-1)))
    }
    /// Return a file descriptor referring to the process *pid*.
    ///
    /// The descriptor can be used to perform process management without races and
    /// signals.
    #[native("pidfd_open($module, /, pid, flags=0)")]
    fn pidfd_open(vm: &mut Vm, _m: Value, pid: Value, flags: Option<Value>) -> Res<usize> {
        let pid = c_int(vm, pid)?;
        let flags = flags.map_or(Ok(0), |f| c_int(vm, f))?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) } as isize);
        done(vm, r)
    }
    /// Convert a wait status to an exit code.
    ///
    /// On Unix:
    ///
    /// * If WIFEXITED(status) is true, return WEXITSTATUS(status).
    /// * If WIFSIGNALED(status) is true, return -WTERMSIG(status).
    /// * Otherwise, raise a ValueError.
    ///
    /// On Windows, return status shifted right by 8 bits.
    ///
    /// On Unix, if the process is being traced or if waitpid() was called with
    /// WUNTRACED option, the caller must first check if WIFSTOPPED(status) is true.
    /// This function must not be called if WIFSTOPPED(status) is true.
    #[native("waitstatus_to_exitcode($module, /, status)")]
    fn waitstatus_to_exitcode(vm: &mut Vm, _m: Value, status: Value) -> Res<i64> {
        let s = c_int(vm, status)?;
        if libc::WIFEXITED(s) {
            return Ok(i64::from(libc::WEXITSTATUS(s)));
        }
        if libc::WIFSIGNALED(s) {
            return Ok(-i64::from(libc::WTERMSIG(s)));
        }
        let text = if libc::WIFSTOPPED(s) {
            format!(
                "process stopped by delivery of signal {}",
                libc::WSTOPSIG(s)
            )
        } else {
            format!("invalid wait status: {s}")
        };
        Err(vm.value_error(&text))
    }
    /// Return True if the process returning status was dumped to a core file.
    #[native("WCOREDUMP($module, status, /)")]
    fn wcoredump(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WCOREDUMP(c_int(vm, status)?))
    }
    /// Return True if a particular process was continued from a job control stop.
    ///
    /// Return True if the process returning status was continued from a
    /// job control stop.
    #[native("WIFCONTINUED($module, /, status)")]
    fn wifcontinued(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WIFCONTINUED(c_int(vm, status)?))
    }
    /// Return True if the process returning status was stopped.
    #[native("WIFSTOPPED($module, /, status)")]
    fn wifstopped(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WIFSTOPPED(c_int(vm, status)?))
    }
    /// Return True if the process returning status was terminated by a signal.
    #[native("WIFSIGNALED($module, /, status)")]
    fn wifsignaled(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WIFSIGNALED(c_int(vm, status)?))
    }
    /// Return True if the process returning status exited via the exit() system call.
    #[native("WIFEXITED($module, /, status)")]
    fn wifexited(vm: &mut Vm, _m: Value, status: Value) -> Res<bool> {
        Ok(libc::WIFEXITED(c_int(vm, status)?))
    }
    /// Return the process return code from status.
    #[native("WEXITSTATUS($module, /, status)")]
    fn wexitstatus(vm: &mut Vm, _m: Value, status: Value) -> Res<i64> {
        Ok(i64::from(libc::WEXITSTATUS(c_int(vm, status)?)))
    }
    /// Return the signal that terminated the process that provided the status value.
    #[native("WTERMSIG($module, /, status)")]
    fn wtermsig(vm: &mut Vm, _m: Value, status: Value) -> Res<i64> {
        Ok(i64::from(libc::WTERMSIG(c_int(vm, status)?)))
    }
    /// Return the signal that stopped the process that provided the status value.
    #[native("WSTOPSIG($module, /, status)")]
    fn wstopsig(vm: &mut Vm, _m: Value, status: Value) -> Res<i64> {
        Ok(i64::from(libc::WSTOPSIG(c_int(vm, status)?)))
    }
}
