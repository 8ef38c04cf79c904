//! Ids of users, groups, processes and sessions.

use super::args::*;
use runtime::object::*;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::ffi::CString;

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

/// Most supplemental groups that Linux allows.
const MAX_GROUPS: usize = 65536;

/// The ids in a sequence of groups.
fn group_list(vm: &mut Vm, groups: Value) -> Res<Vec<u32>> {
    if vm.special(groups, vm.names.__getitem__).is_none() {
        return Err(vm.type_error("setgroups argument must be a sequence"));
    }
    let items = vm.collect(groups)?;
    if items.len() > MAX_GROUPS {
        return Err(vm.value_error("too many groups"));
    }
    let mut ids = Vec::with_capacity(items.len());
    for i in 0..items.len() {
        if !vm.is_int(items[i]) {
            return Err(vm.type_error("groups must be integers"));
        }
        ids.push(id_arg(vm, items[i], "gid")?);
    }
    Ok(ids)
}

/// A user's name.
fn name_arg(vm: &mut Vm, v: Value) -> Res<CString> {
    let v = vm.fspath(v)?;
    let name = vm.fs_encode(v)?;
    CString::new(name).map_err(|_| vm.value_error("embedded null byte"))
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
    /// Set the supplemental group ids of the process.
    #[native("setgroups($module, groups, /)")]
    fn setgroups(vm: &mut Vm, _m: Value, groups: Value) -> Res<()> {
        let ids = group_list(vm, groups)?;
        // SAFETY: the list has that many ids.
        let r = check(unsafe { libc::setgroups(ids.len(), ids.as_ptr()) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Return the ids of the groups that a user is in, group among them.
    #[native("getgrouplist($module, user, group, /)")]
    fn getgrouplist(vm: &mut Vm, _m: Value, user: Value, group: Value) -> Res {
        if !user.is_kind(Kind::Str) {
            let got = vm.argument_kind(user);
            let text = format!("getgrouplist() argument 1 must be str, not {got}");
            return Err(vm.type_error(&text));
        }
        let user = name_arg(vm, user)?;
        let base = id_arg(vm, group, "gid")?;
        let mut ids: Vec<libc::gid_t> = vec![0; 64];
        loop {
            let mut n = ids.len() as i32;
            // SAFETY: the name is terminated, the list has that length.
            let r = unsafe { libc::getgrouplist(user.as_ptr(), base, ids.as_mut_ptr(), &mut n) };
            if r >= 0 {
                ids.truncate(n as usize);
                return list(vm, &ids);
            }
            // It says how many there are; in case it does not, ask for more.
            ids.resize((n as usize).max(ids.len() * 2), 0);
        }
    }
    /// Set the supplemental groups to those that the user is in, and gid.
    #[native("initgroups($module, username, gid, /)")]
    fn initgroups(vm: &mut Vm, _m: Value, username: Value, gid: Value) -> Res<()> {
        let user = name_arg(vm, username)?;
        let gid = id_arg(vm, gid, "gid")?;
        // SAFETY: the name is terminated.
        let r = check(unsafe { libc::initgroups(user.as_ptr(), gid) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Set the real and the effective user id; -1 leaves one as it is.
    #[native("setreuid($module, ruid, euid, /)")]
    fn setreuid(vm: &mut Vm, _m: Value, ruid: Value, euid: Value) -> Res<()> {
        let (real, effective) = (id_arg(vm, ruid, "uid")?, id_arg(vm, euid, "uid")?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setreuid(real, effective) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Set the real and the effective group id; -1 leaves one as it is.
    #[native("setregid($module, rgid, egid, /)")]
    fn setregid(vm: &mut Vm, _m: Value, rgid: Value, egid: Value) -> Res<()> {
        let (real, effective) = (id_arg(vm, rgid, "gid")?, id_arg(vm, egid, "gid")?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setregid(real, effective) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Set the real, effective and saved user ids; -1 leaves one as it is.
    #[native("setresuid($module, ruid, euid, suid, /)")]
    fn setresuid(vm: &mut Vm, _m: Value, ruid: Value, euid: Value, suid: Value) -> Res<()> {
        let real = id_arg(vm, ruid, "uid")?;
        let (effective, saved) = (id_arg(vm, euid, "uid")?, id_arg(vm, suid, "uid")?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setresuid(real, effective, saved) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Set the real, effective and saved group ids; -1 leaves one as it is.
    #[native("setresgid($module, rgid, egid, sgid, /)")]
    fn setresgid(vm: &mut Vm, _m: Value, rgid: Value, egid: Value, sgid: Value) -> Res<()> {
        let real = id_arg(vm, rgid, "gid")?;
        let (effective, saved) = (id_arg(vm, egid, "gid")?, id_arg(vm, sgid, "gid")?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::setresgid(real, effective, saved) } as isize);
        done(vm, r).map(|_| ())
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
