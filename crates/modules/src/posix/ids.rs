//! Ids of users, groups, processes and sessions.

use super::args::*;
use runtime::os::check;
use runtime::{Res, Value, Vm};

fn list(vm: &mut Vm, ids: &[u32]) -> Res {
    let mut v = vm.new_vec();
    for n in ids {
        v.push(vm, Value::int_unchecked(i64::from(*n)))?;
    }
    vm.list_from_vec(v)
}

fn groups(vm: &mut Vm) -> Res<Vec<u32>> {
    // SAFETY: the first call asks for the number only, the second fills that many.
    unsafe {
        let n = check(libc::getgroups(0, std::ptr::null_mut()) as isize);
        let n = done(vm, n)?;
        let mut ids = vec![0; n];
        let r = check(libc::getgroups(n as i32, ids.as_mut_ptr()) as isize);
        let n = done(vm, r)?;
        ids.truncate(n);
        Ok(ids)
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return the current process id.
    #[native("getpid($module, /)")]
    fn getpid(_vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::getpid() }))
    }
    /// Return the parent's process id.
    ///
    /// If the parent process has already exited, Windows machines will still
    /// return its id; others systems will return the id of the 'init' process (1).
    #[native("getppid($module, /)")]
    fn getppid(_vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::getppid() }))
    }
    /// Return the current process's user id.
    #[native("getuid($module, /)")]
    fn getuid(_vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::getuid() }))
    }
    /// Return the current process's effective user id.
    #[native("geteuid($module, /)")]
    fn geteuid(_vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::geteuid() }))
    }
    /// Return the current process's group id.
    #[native("getgid($module, /)")]
    fn getgid(_vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::getgid() }))
    }
    /// Return the current process's effective group id.
    #[native("getegid($module, /)")]
    fn getegid(_vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::getegid() }))
    }
    /// Return the current process group id.
    #[native("getpgrp($module, /)")]
    fn getpgrp(_vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::getpgrp() }))
    }
    /// Call the system call getpgid(), and return the result.
    #[native("getpgid($module, /, pid)")]
    fn getpgid(vm: &mut Vm, _m: Value, pid: Value) -> Res<usize> {
        let pid = c_int(vm, pid)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::getpgid(pid) } as isize);
        done(vm, r)
    }
    /// Call the system call getsid(pid) and return the result.
    #[native("getsid($module, pid, /)")]
    fn getsid(vm: &mut Vm, _m: Value, pid: Value) -> Res<usize> {
        let pid = c_int(vm, pid)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::getsid(pid) } as isize);
        done(vm, r)
    }
    /// Call the system call setsid().
    #[native("setsid($module, /)")]
    fn setsid(vm: &mut Vm, _m: Value) -> Res<()> {
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setsid() } as isize);
        done(vm, r).map(|_| ())
    }
    /// Call the system call setpgid(pid, pgrp).
    #[native("setpgid($module, pid, pgrp, /)")]
    fn setpgid(vm: &mut Vm, _m: Value, pid: Value, pgrp: Value) -> Res<()> {
        let (pid, pgrp) = (c_int(vm, pid)?, c_int(vm, pgrp)?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setpgid(pid, pgrp) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Make the current process the leader of its process group.
    #[native("setpgrp($module, /)")]
    fn setpgrp(vm: &mut Vm, _m: Value) -> Res<()> {
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setpgid(0, 0) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Set the current process's user id.
    #[native("setuid($module, uid, /)")]
    fn setuid(vm: &mut Vm, _m: Value, uid: Value) -> Res<()> {
        let id = id_arg(vm, uid, "uid")?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setuid(id) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Set the current process's effective user id.
    #[native("seteuid($module, euid, /)")]
    fn seteuid(vm: &mut Vm, _m: Value, euid: Value) -> Res<()> {
        let id = id_arg(vm, euid, "uid")?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::seteuid(id) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Set the current process's group id.
    #[native("setgid($module, gid, /)")]
    fn setgid(vm: &mut Vm, _m: Value, gid: Value) -> Res<()> {
        let id = id_arg(vm, gid, "gid")?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setgid(id) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Set the current process's effective group id.
    #[native("setegid($module, egid, /)")]
    fn setegid(vm: &mut Vm, _m: Value, egid: Value) -> Res<()> {
        let id = id_arg(vm, egid, "gid")?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setegid(id) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Return list of supplemental group IDs for the process.
    #[native("getgroups($module, /)")]
    fn getgroups(vm: &mut Vm, _m: Value) -> Res {
        let ids = groups(vm)?;
        list(vm, &ids)
    }
    /// Return a tuple of the current process's real, effective, and saved user ids.
    #[native("getresuid($module, /)")]
    fn getresuid(vm: &mut Vm, _m: Value) -> Res {
        let mut ids = [0; 3];
        let [a, b, c] = &mut ids;
        // SAFETY: three locals.
        let r = check(unsafe { libc::getresuid(a, b, c) } as isize);
        done(vm, r)?;
        let ids = ids.map(|n| Value::int_unchecked(i64::from(n)));
        vm.new_tuple(&ids)
    }
    /// Return a tuple of the current process's real, effective, and saved group ids.
    #[native("getresgid($module, /)")]
    fn getresgid(vm: &mut Vm, _m: Value) -> Res {
        let mut ids = [0; 3];
        let [a, b, c] = &mut ids;
        // SAFETY: three locals.
        let r = check(unsafe { libc::getresgid(a, b, c) } as isize);
        done(vm, r)?;
        let ids = ids.map(|n| Value::int_unchecked(i64::from(n)));
        vm.new_tuple(&ids)
    }
    /// Return the actual login name.
    #[native("getlogin($module, /)")]
    fn getlogin(vm: &mut Vm, _m: Value) -> Res {
        // SAFETY: the result is null or a terminated string, copied before the next call.
        let name = unsafe {
            let p = libc::getlogin();
            if p.is_null() {
                let e = std::io::Error::last_os_error();
                return Err(vm.io_error(&e));
            }
            std::ffi::CStr::from_ptr(p).to_bytes().to_vec()
        };
        vm.fs_decode(&name)
    }
    /// Return the process group associated with the terminal specified by fd.
    #[native("tcgetpgrp($module, fd, /)")]
    fn tcgetpgrp(vm: &mut Vm, _m: Value, fd: Value) -> Res<usize> {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::tcgetpgrp(fd) } as isize);
        done(vm, r)
    }
    /// Set the process group associated with the terminal specified by fd.
    #[native("tcsetpgrp($module, fd, pgid, /)")]
    fn tcsetpgrp(vm: &mut Vm, _m: Value, fd: Value, pgid: Value) -> Res<()> {
        let (fd, pgid) = (fd_arg(vm, fd)?, c_int(vm, pgid)?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::tcsetpgrp(fd, pgid) } as isize);
        done(vm, r).map(|_| ())
    }
}
