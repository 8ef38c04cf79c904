//! `_posixsubprocess`: starting a program in a child process.

use crate::posix::{
    after_fork_child, after_fork_parent, before_fork, fd_arg, id_arg, pointers, string_list,
};
use runtime::module::ModuleSpec;

use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::ffi::CString;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_posixsubprocess",
    doc: "A POSIX helper for the subprocess module.",
    functions: &[functions::TABLE],
    init: |_, _| Ok(()),
};

/// Everything the child needs, made before the fork: the child allocates nothing.
struct Plan {
    programs: Vec<*const libc::c_char>,
    args: Vec<*const libc::c_char>,
    env: Option<Vec<*const libc::c_char>>,
    cwd: Option<CString>,
    keep: Vec<i32>,
    close_fds: bool,
    /// p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write.
    fds: [i32; 8],
    restore_signals: bool,
    new_session: bool,
    process_group: i32,
    gid: Option<u32>,
    groups: Option<Vec<u32>>,
    uid: Option<u32>,
    umask: i32,
}

/// How far the child came before it failed.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Setup,
    Chdir,
    Exec,
}

/// A failing call's errno.
fn ok(r: i32, stage: Stage) -> Result<i32, (i32, Stage)> {
    if r < 0 {
        // SAFETY: errno is the thread's own.
        Err((unsafe { *libc::__errno_location() }, stage))
    } else {
        Ok(r)
    }
}

/// Puts `fd` in the place of `target`, inheritable.
unsafe fn place(fd: i32, target: i32) -> Result<(), (i32, Stage)> {
    // SAFETY: no memory is involved.
    unsafe {
        if fd == target {
            let flags = ok(libc::fcntl(fd, libc::F_GETFD), Stage::Setup)?;
            ok(
                libc::fcntl(fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC),
                Stage::Setup,
            )?;
        } else if fd >= 0 {
            ok(libc::dup2(fd, target), Stage::Setup)?;
        }
    }
    Ok(())
}

/// Closes all descriptors from 3 on except those to keep (sorted).
unsafe fn close_others(keep: &[i32]) {
    let close = |from: i32, to: i32| {
        if from > to {
            return;
        }
        // SAFETY: no memory is involved.
        unsafe {
            if libc::syscall(libc::SYS_close_range, from, to, 0) != 0 {
                let max = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 65536) as i32;
                for fd in from..=to.min(max) {
                    libc::close(fd);
                }
            }
        }
    };
    let mut from = 3;
    for k in keep {
        if *k >= from {
            close(from, *k - 1);
            from = *k + 1;
        }
    }
    close(from, i32::MAX);
}

/// The child up to exec; returns only on failure.
unsafe fn child(vm: &mut Vm, p: &Plan, preexec: Option<Value>) -> Result<(), (i32, Stage)> {
    let [
        p2cread,
        p2cwrite,
        c2pread,
        mut c2pwrite,
        errread,
        mut errwrite,
        errpipe_read,
        errpipe,
    ] = p.fds;
    // SAFETY: all pointers are to terminated strings and lists made before the fork; only calls
    // that are allowed after fork are made, but for the preexec function, which the caller wants.
    unsafe {
        for fd in &p.keep {
            if *fd != errpipe {
                let flags = ok(libc::fcntl(*fd, libc::F_GETFD), Stage::Setup)?;
                ok(
                    libc::fcntl(*fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC),
                    Stage::Setup,
                )?;
            }
        }
        for fd in [p2cwrite, c2pread, errread, errpipe_read] {
            if fd >= 0 {
                ok(libc::close(fd), Stage::Setup)?;
            }
        }
        // Low numbers would be overwritten by the three standard ones.
        if c2pwrite == 0 {
            c2pwrite = ok(libc::dup(c2pwrite), Stage::Setup)?;
        }
        while errwrite == 0 || errwrite == 1 {
            errwrite = ok(libc::dup(errwrite), Stage::Setup)?;
        }
        place(p2cread, 0)?;
        place(c2pwrite, 1)?;
        place(errwrite, 2)?;
        if let Some(cwd) = &p.cwd {
            ok(libc::chdir(cwd.as_ptr()), Stage::Chdir)?;
        }
        if p.umask >= 0 {
            libc::umask(p.umask as libc::mode_t);
        }
        if p.restore_signals {
            for s in [libc::SIGPIPE, libc::SIGXFSZ] {
                libc::signal(s, libc::SIG_DFL);
            }
        }
        if p.new_session {
            ok(libc::setsid(), Stage::Setup)?;
        }
        if p.process_group >= 0 {
            ok(libc::setpgid(0, p.process_group), Stage::Setup)?;
        }
        if let Some(g) = &p.groups {
            ok(libc::setgroups(g.len(), g.as_ptr()), Stage::Setup)?;
        }
        if let Some(g) = p.gid {
            ok(libc::setregid(g, g), Stage::Setup)?;
        }
        if let Some(u) = p.uid {
            ok(libc::setreuid(u, u), Stage::Setup)?;
        }
        if let Some(f) = preexec
            && vm.call_value(f, &[]).is_err()
        {
            let text = b"SubprocessError:0:Exception occurred in preexec_fn.";
            libc::write(errpipe, text.as_ptr().cast(), text.len());
            libc::_exit(255);
        }
        if p.close_fds {
            close_others(&p.keep);
        }
        let mut saved = 0;
        for program in &p.programs[..p.programs.len() - 1] {
            match &p.env {
                Some(env) => libc::execve(*program, p.args.as_ptr(), env.as_ptr()),
                None => libc::execv(*program, p.args.as_ptr()),
            };
            let e = *libc::__errno_location();
            if e != libc::ENOENT && e != libc::ENOTDIR && saved == 0 {
                saved = e;
            }
        }
        let e = if saved != 0 {
            saved
        } else {
            *libc::__errno_location()
        };
        Err((e, Stage::Exec))
    }
}

/// Tells the parent why the child failed.
unsafe fn report(errpipe: i32, errno: i32, stage: Stage) {
    let tail: &[u8] = match stage {
        Stage::Setup => b"noexec",
        Stage::Chdir => b"noexec:chdir",
        Stage::Exec => b"",
    };
    let mut text = [0u8; 64];
    let mut n = 0;
    let mut put = |b: &[u8]| {
        for c in b {
            text[n] = *c;
            n += 1;
        }
    };
    put(b"OSError:");
    let digits = b"0123456789ABCDEF";
    let mut started = false;
    for shift in (0..8).rev() {
        let d = (errno as u32 >> (shift * 4) & 15) as usize;
        started |= d != 0 || shift == 0;
        if started {
            put(&digits[d..d + 1]);
        }
    }
    put(b":");
    put(tail);
    // SAFETY: n bytes of the buffer are filled.
    unsafe { libc::write(errpipe, text.as_ptr().cast(), n) };
}

/// An id of `extra_groups`; ValueError for what is none.
fn extra_group(vm: &mut Vm, v: Value) -> Res<u32> {
    let n = id_arg(vm, v, "gid");
    n.map_err(|_| {
        vm.raised = None;
        vm.value_error("invalid group id")
    })
}

fn optional_id(vm: &mut Vm, v: Value, what: &str) -> Res<Option<u32>> {
    if v.is_none() {
        return Ok(None);
    }
    id_arg(vm, v, what).map(Some)
}

#[derive::natives]
mod functions {
    use super::*;

    /// Spawn a fresh new child process.
    ///
    /// Fork a child process, close parent file descriptors as appropriate in the
    /// child and duplicate the few that are needed before calling exec() in the
    /// child process.
    ///
    /// If close_fds is True, close file descriptors 3 and higher, except those listed
    /// in the sorted tuple pass_fds.
    ///
    /// The preexec_fn, if supplied, will be called immediately before closing file
    /// descriptors and exec.
    ///
    /// WARNING: preexec_fn is NOT SAFE if your application uses threads.
    ///          It may trigger infrequent, difficult to debug deadlocks.
    ///
    /// If an error occurs in the child process before exec, it is
    /// serialized and written to the errpipe_write fd per subprocess.py.
    ///
    /// Returns: the child process's PID.
    ///
    /// Raises: Only on an error in the parent process.
    #[native(
        "fork_exec($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)"
    )]
    fn fork_exec(
        vm: &mut Vm,
        module: Value,
        args: Value,
        executable_list: Value,
        close_fds: bool,
        pass_fds: Value,
        cwd: Value,
        env: Value,
        p2cread: Value,
        p2cwrite: Value,
        c2pread: Value,
        c2pwrite: Value,
        errread: Value,
        errwrite: Value,
        errpipe_read: Value,
        errpipe_write: Value,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: Value,
        gid: Value,
        extra_groups: Value,
        uid: Value,
        child_umask: Value,
        preexec_fn: Value,
    ) -> Res<usize> {
        crate::io::settle(vm, module, "fork_exec");
        let mut fds = [0; 8];
        let given = [
            p2cread,
            p2cwrite,
            c2pread,
            c2pwrite,
            errread,
            errwrite,
            errpipe_read,
            errpipe_write,
        ];
        for (to, v) in fds.iter_mut().zip(given) {
            *to = fd_arg(vm, v)?;
        }
        let mut keep = Vec::new();
        let items = vm.collect(pass_fds)?;
        for v in items.iter() {
            let fd = fd_arg(vm, *v)?;
            if fd < 0 || keep.last().is_some_and(|k| *k >= fd) {
                return Err(vm.value_error("bad value(s) in fds_to_keep"));
            }
            keep.push(fd);
        }
        if close_fds && fds[7] < 3 {
            return Err(vm.value_error("errpipe_write must be >= 3"));
        }
        let strings = string_list(vm, args)?;
        let programs = string_list(vm, executable_list)?;
        let env_strings = if env.is_none() {
            None
        } else {
            Some(string_list(vm, env)?)
        };
        let cwd = if cwd.is_none() {
            None
        } else {
            let one = vm.new_tuple(&[cwd])?;
            string_list(vm, one)?.pop()
        };
        let groups = if extra_groups.is_none() {
            None
        } else {
            let items = vm.collect(extra_groups)?;
            let mut g = Vec::new();
            for v in items.iter() {
                g.push(extra_group(vm, *v)?);
            }
            Some(g)
        };
        let plan = Plan {
            programs: pointers(&programs),
            args: pointers(&strings),
            env: env_strings.as_deref().map(pointers),
            cwd,
            keep,
            close_fds,
            fds,
            restore_signals,
            new_session: call_setsid,
            process_group: fd_arg(vm, pgid_to_set)?,
            gid: optional_id(vm, gid, "gid")?,
            groups,
            uid: optional_id(vm, uid, "uid")?,
            umask: fd_arg(vm, child_umask)?,
        };
        let preexec = Some(preexec_fn).filter(|f| !f.is_none());
        if preexec.is_some() {
            before_fork(vm);
        }
        // SAFETY: the child makes only calls allowed after fork (see `child`) and does not return.
        let r = unsafe {
            let pid = libc::fork();
            if pid == 0 {
                if preexec.is_some() {
                    after_fork_child(vm);
                }
                if let Err((errno, stage)) = child(vm, &plan, preexec) {
                    report(plan.fds[7], errno, stage);
                }
                libc::_exit(255);
            }
            check(pid as isize)
        };
        if preexec.is_some() {
            after_fork_parent(vm);
        }
        r.map_err(|e| vm.io_error(&e))
    }
}
