//! Processes.

use super::args::*;
use crate::sys::hooks::audit_event;
use runtime::object::*;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::ffi::CString;

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

/// Refuses to fork while the interpreter ends.
pub fn may_fork(vm: &mut Vm) -> Res<()> {
    if !vm.interp().finalizing {
        return Ok(());
    }
    let class = vm.types.exc.PythonFinalizationError;
    Err(vm.error(class, "can't fork at interpreter shutdown"))
}

/// How many threads the kernel knows of in this process: the 18th field behind the name.
fn threads() -> Option<u32> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(17)?.parse().ok()
}

/// DeprecationWarning in the parent after a fork of a process with several threads.
pub fn warn_of_threads(vm: &mut Vm, function: &str) {
    if threads().is_none_or(|n| n < 2) {
        return;
    }
    let class = vm.types.exc.DeprecationWarning;
    let pid = std::process::id();
    let text = format!(
        "This process (pid={pid}) is multi-threaded, use of {function}() may lead to deadlocks in the child."
    );
    if vm.warn(class, &text, 1).is_err() {
        vm.ignore_exception(&format!("in {function}"), None);
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

/// The arguments of a new program; `what` names the parameter in errors.
pub fn exec_args(vm: &mut Vm, what: &str, argv: Value) -> Res<Vec<CString>> {
    if !argv.is_kind(Kind::List) && !argv.is_kind(Kind::Tuple) {
        return Err(vm.type_error(&format!("{what} must be a tuple or list")));
    }
    let args = string_list(vm, argv)?;
    match args.first() {
        None => Err(vm.value_error(&format!("{what} must not be empty"))),
        Some(a) if a.is_empty() => {
            Err(vm.value_error(&format!("{what} first element cannot be empty")))
        }
        Some(_) => Ok(args),
    }
}

/// `name=value` strings of a mapping; TypeError `refused` for what is none.
pub fn env_list(vm: &mut Vm, env: Value, refused: &str) -> Res<Vec<CString>> {
    let name = vm.intern("keys");
    if vm.get_attr_opt(env, name)?.is_none() {
        return Err(vm.type_error(refused));
    }
    let mut lists = [vm.new_vec(), vm.new_vec()];
    for (method, list) in ["keys", "values"].iter().zip(&mut lists) {
        let items = vm.call_method_str(env, method, &[])?;
        *list = vm.collect(items)?;
    }
    let [keys, values] = lists;
    let mut out = Vec::new();
    for (k, v) in keys.iter().zip(values.iter()) {
        let key = vm.fspath(*k)?;
        let key = vm.fs_encode(key)?;
        let v = vm.fspath(*v)?;
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

#[derive::natives]
pub mod functions {
    use super::*;

    /// Fork a child process.
    ///
    /// Return 0 to child process and PID of child to parent process.
    #[native("fork($module, /)")]
    fn fork(vm: &mut Vm, module: Value) -> Res<usize> {
        may_fork(vm)?;
        crate::io::settle(vm, module, "fork");
        audit_event(vm, "os.fork", &[])?;
        before_fork(vm);
        // SAFETY: the child goes on with this thread only, which holds the interpreter.
        let r = check(unsafe { libc::fork() } as isize);
        match r {
            Ok(0) => after_fork_child(vm),
            Ok(_) => {
                after_fork_parent(vm);
                warn_of_threads(vm, "fork");
            }
            Err(_) => after_fork_parent(vm),
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
        let args = exec_args(vm, "execv() arg 2", argv)?;
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
        let args = exec_args(vm, "execve: argv", argv)?;
        let env = env_list(vm, env, "execve: environment must be a mapping object")?;
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
    /// Kill a process with a signal.
    #[native("kill($module, pid, signal, /)")]
    fn kill(vm: &mut Vm, _m: Value, pid: Value, signal: Value) -> Res<()> {
        let given = [pid, signal];
        let (pid, signal) = (c_int(vm, pid)?, c_int(vm, signal)?);
        audit_event(vm, "os.kill", &given)?;
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
        let given = [pgid, signal];
        let (pgid, signal) = (c_int(vm, pgid)?, c_int(vm, signal)?);
        audit_event(vm, "os.killpg", &given)?;
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
        audit_event(vm, "os.system", &[p.object])?;
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
}
