//! Pseudo-terminals and names of terminals.

use super::args::*;
use super::fds::pair;
use super::process::{after_fork_child, after_fork_parent, before_fork, may_fork, warn_of_threads};
use crate::sys::hooks::audit_event;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::ffi::CStr;

/// The name that `f` writes into a buffer; it returns an errno.
fn name(vm: &mut Vm, f: impl FnOnce(*mut libc::c_char, usize) -> i32) -> Res {
    let mut buf = [0 as libc::c_char; 256];
    let e = f(buf.as_mut_ptr(), buf.len());
    if e != 0 {
        return Err(vm.os_error(e, &[]));
    }
    // SAFETY: terminated on success.
    let name = unsafe { CStr::from_ptr(buf.as_ptr()) }.to_bytes();
    vm.fs_decode(name)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return the name of the controlling terminal for this process.
    #[native("ctermid($module, /)")]
    fn ctermid(vm: &mut Vm, _m: Value) -> Res {
        vm.new_str("/dev/tty")
    }
    /// Return the name of the terminal device connected to 'fd'.
    ///
    ///   fd
    ///     Integer file descriptor handle.
    #[native("ttyname($module, fd, /)")]
    fn ttyname(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: the buffer has that length.
        name(vm, |p, n| unsafe { libc::ttyname_r(fd, p, n) })
    }
    /// Open a pseudo-terminal.
    ///
    /// Return a tuple of (master_fd, slave_fd) containing open file descriptors
    /// for both the master and slave ends.
    #[native("openpty($module, /)")]
    fn openpty(vm: &mut Vm, _m: Value) -> Res {
        let (mut master, mut slave) = (0, 0);
        let null = std::ptr::null_mut();
        // SAFETY: the two descriptors are locals; the other results are not wanted.
        let r =
            check(
                unsafe { libc::openpty(&mut master, &mut slave, null, null.cast(), null.cast()) }
                    as isize,
            );
        done(vm, r)?;
        for fd in [master, slave] {
            // SAFETY: no memory is involved.
            unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
        pair(vm, master, slave)
    }
    /// Open the master end of a new pseudo-terminal.
    #[native("posix_openpt($module, oflag, /)")]
    fn posix_openpt(vm: &mut Vm, _m: Value, oflag: i32) -> Res<usize> {
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::posix_openpt(oflag | libc::O_CLOEXEC) } as isize);
        done(vm, r)
    }
    /// Give the user access to the slave end of a pseudo-terminal whose master end is fd.
    #[native("grantpt($module, fd, /)")]
    fn grantpt(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::grantpt(fd) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Allow the slave end of a pseudo-terminal whose master end is fd to be opened.
    #[native("unlockpt($module, fd, /)")]
    fn unlockpt(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::unlockpt(fd) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Return the path of the slave end of a pseudo-terminal whose master end is fd.
    #[native("ptsname($module, fd, /)")]
    fn ptsname(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fildes(vm, fd)?;
        // SAFETY: the buffer has that length.
        name(vm, |p, n| unsafe { libc::ptsname_r(fd, p, n) })
    }
    /// Begin a session whose controlling terminal and standard streams are fd, and close fd.
    #[native("login_tty($module, fd, /)")]
    fn login_tty(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::login_tty(fd) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Fork a child whose controlling terminal is a new pseudo-terminal.
    ///
    /// Return (pid, master_fd), pid being 0 in the child.
    #[native("forkpty($module, /)")]
    fn forkpty(vm: &mut Vm, module: Value) -> Res {
        may_fork(vm)?;
        crate::io::settle(vm, module, "forkpty");
        audit_event(vm, "os.forkpty", &[])?;
        before_fork(vm);
        let mut master = -1;
        let null = std::ptr::null_mut();
        // SAFETY: the child goes on with this thread only, which holds the interpreter; the
        // descriptor is a local and the other results are not wanted.
        let r =
            check(unsafe { libc::forkpty(&mut master, null, null.cast(), null.cast()) } as isize);
        match r {
            Ok(0) => after_fork_child(vm),
            Ok(_) => {
                after_fork_parent(vm);
                warn_of_threads(vm, "forkpty");
            }
            Err(_) => after_fork_parent(vm),
        }
        let pid = done(vm, r)?;
        pair(vm, pid as i32, master)
    }
}
