//! `fcntl`.

use crate::io::bytes::byte_arg;
use crate::posix::{fd_arg, fildes};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::os::check;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "fcntl",
    doc: "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object.",
    functions: &[functions::TABLE],
    init,
};

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = constants! {
    F_DUPFD F_DUPFD_CLOEXEC F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW F_GETOWN
    F_SETOWN F_RDLCK F_WRLCK F_UNLCK F_SETLEASE F_GETLEASE F_NOTIFY F_ADD_SEALS F_GET_SEALS
    F_SEAL_GROW F_SEAL_SEAL F_SEAL_SHRINK F_SEAL_WRITE F_GETPIPE_SZ F_SETPIPE_SZ F_OFD_GETLK
    F_OFD_SETLK F_OFD_SETLKW FD_CLOEXEC LOCK_SH LOCK_EX LOCK_NB LOCK_UN FIOCLEX FIONCLEX FIONREAD
    FIONBIO TIOCGWINSZ TIOCSWINSZ TIOCGPGRP TIOCSPGRP TIOCSCTTY TIOCNOTTY TIOCEXCL TIOCNXCL
    TIOCOUTQ TIOCSTI TCGETS TCSETS TCSETSW TCSETSF
};

/// Names libc has no constant for.
static OTHERS: &[(&str, i64)] = &[
    ("F_EXLCK", 4),
    ("F_SHLCK", 8),
    ("F_GETSIG", 11),
    ("F_SETSIG", 10),
    ("F_GETLK64", 5),
    ("F_SETLK64", 6),
    ("F_SETLKW64", 7),
    ("LOCK_MAND", 32),
    ("LOCK_READ", 64),
    ("LOCK_WRITE", 128),
    ("LOCK_RW", 192),
    ("DN_ACCESS", 1),
    ("DN_MODIFY", 2),
    ("DN_CREATE", 4),
    ("DN_DELETE", 8),
    ("DN_RENAME", 16),
    ("DN_ATTRIB", 32),
    ("DN_MULTISHOT", 0x8000_0000),
    ("FASYNC", 8192),
    ("FICLONE", 0x4004_9409),
    ("FICLONERANGE", 0x4020_940d),
    ("F_DUPFD_QUERY", 1027),
    ("F_GETOWN_EX", 16),
    ("F_GET_FILE_RW_HINT", 1037),
    ("F_GET_RW_HINT", 1035),
    ("F_OWNER_PGRP", 2),
    ("F_OWNER_PID", 1),
    ("F_OWNER_TID", 0),
    ("F_SEAL_FUTURE_WRITE", 16),
    ("F_SETOWN_EX", 15),
    ("F_SET_FILE_RW_HINT", 1038),
    ("F_SET_RW_HINT", 1036),
    ("RWH_WRITE_LIFE_EXTREME", 5),
    ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3),
    ("RWH_WRITE_LIFE_NONE", 1),
    ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, n) in CONSTANTS.iter().chain(OTHERS) {
        vm.module_set(m, name, Value::int_unchecked(*n))?;
    }
    Ok(())
}

/// Room behind the caller's bytes, for calls that write more than was given.
const SLACK: usize = 1024;

fn call(vm: &mut Vm, f: impl FnMut() -> std::io::Result<usize>) -> Res<usize> {
    let r = vm.blocking(f)?;
    r.map_err(|e| vm.io_error(&e))
}

#[derive::natives]
mod functions {
    use super::*;

    /// Perform the operation `cmd` on file descriptor fd.
    ///
    /// The values used for `cmd` are operating system dependent, and are
    /// available as constants in the fcntl module, using the same names as used
    /// in the relevant C header files.  The argument arg is optional, and
    /// defaults to 0; it may be an integer, a bytes-like object or a string.
    #[native("fcntl($module, fd, cmd, arg=0, /)")]
    fn fcntl(vm: &mut Vm, _m: Value, fd: Value, cmd: Value, arg: Option<Value>) -> Res {
        let (fd, cmd) = (fildes(vm, fd)?, fd_arg(vm, cmd)?);
        let arg = arg.unwrap_or(Value::int_unchecked(0));
        if vm.is_int(arg) || vm.special(arg, vm.names.__index__).is_some() {
            let n = vm.index_i64(arg)?;
            // SAFETY: the argument is a number.
            let r = call(vm, || check(unsafe { libc::fcntl(fd, cmd, n) } as isize))?;
            return vm.new_int(r as i64);
        }
        let mut buf = if arg.is_kind(Kind::Str) {
            vm.fs_encode(arg)?
        } else {
            byte_arg(vm, arg)?.to_vec()
        };
        let n = buf.len();
        if n > SLACK {
            return Err(vm.value_error("fcntl argument 3 is too long"));
        }
        buf.resize(n + SLACK, 0);
        let p = buf.as_mut_ptr();
        // SAFETY: the buffer has room beyond what was given.
        call(vm, || check(unsafe { libc::fcntl(fd, cmd, p) } as isize))?;
        vm.new_bytes(&buf[..n])
    }
    /// Perform the operation request on file descriptor fd.
    ///
    /// The values used for request are operating system dependent, and are available
    /// as constants in the fcntl or termios library modules, using the same names as
    /// used in the relevant C header files.
    #[native("ioctl($module, fd, request, arg=0, mutate_flag=True, /)")]
    fn ioctl(
        vm: &mut Vm,
        _m: Value,
        fd: Value,
        request: i64,
        arg: Option<Value>,
        mutate: Option<bool>,
    ) -> Res {
        let fd = fildes(vm, fd)?;
        let arg = arg.unwrap_or(Value::int_unchecked(0));
        if vm.is_int(arg) {
            let n = vm.index_i64(arg)?;
            // SAFETY: the argument is a number.
            let r = call(vm, || {
                check(unsafe { libc::ioctl(fd, request as libc::c_ulong, n) } as isize)
            })?;
            return vm.new_int(r as i64);
        }
        let mutable =
            !arg.is_kind(Kind::Bytes) && !arg.is_kind(Kind::Str) && mutate.unwrap_or(true);
        let mut buf = if arg.is_kind(Kind::Str) {
            vm.fs_encode(arg)?
        } else {
            byte_arg(vm, arg)?.to_vec()
        };
        let n = buf.len();
        buf.resize(n + SLACK, 0);
        let p = buf.as_mut_ptr();
        // SAFETY: the buffer has room beyond what was given.
        let r = call(vm, || {
            check(unsafe { libc::ioctl(fd, request as libc::c_ulong, p) } as isize)
        })?;
        if mutable {
            let mut b = vm.get_buffer_mut(arg, "ioctl() argument 3")?;
            let m = b.len().min(n);
            b.as_mut_slice()[..m].copy_from_slice(&buf[..m]);
            return vm.new_int(r as i64);
        }
        vm.new_bytes(&buf[..n])
    }
    /// Perform the lock operation `operation` on file descriptor `fd`.
    ///
    /// See the Unix manual page for flock(2) for details (On some systems, this
    /// function is emulated using fcntl()).
    #[native("flock($module, fd, operation, /)")]
    fn flock(vm: &mut Vm, _m: Value, fd: Value, operation: Value) -> Res<()> {
        let (fd, op) = (fildes(vm, fd)?, fd_arg(vm, operation)?);
        // SAFETY: no memory is involved.
        call(vm, || check(unsafe { libc::flock(fd, op) } as isize)).map(|_| ())
    }
    /// A wrapper around the fcntl() locking calls.
    ///
    /// `fd` is the file descriptor of the file to lock or unlock, and operation is one
    /// of the following values:
    ///
    ///     LOCK_UN - unlock
    ///     LOCK_SH - acquire a shared lock
    ///     LOCK_EX - acquire an exclusive lock
    #[native("lockf($module, fd, cmd, len=0, start=0, whence=0, /)")]
    fn lockf(
        vm: &mut Vm,
        _m: Value,
        fd: Value,
        cmd: Value,
        len: Option<i64>,
        start: Option<i64>,
        whence: Option<Value>,
    ) -> Res<()> {
        let (fd, code) = (fildes(vm, fd)?, fd_arg(vm, cmd)?);
        let kind = match code & !libc::LOCK_NB {
            libc::LOCK_UN => libc::F_UNLCK,
            libc::LOCK_SH => libc::F_RDLCK,
            libc::LOCK_EX => libc::F_WRLCK,
            _ => return Err(vm.value_error("unrecognized lockf argument")),
        };
        // SAFETY: all-zero is a valid flock.
        let mut l: libc::flock = unsafe { std::mem::zeroed() };
        l.l_type = kind as i16;
        l.l_start = start.unwrap_or(0);
        l.l_len = len.unwrap_or(0);
        l.l_whence = whence.map_or(Ok(0), |w| fd_arg(vm, w))? as i16;
        let how = if code & libc::LOCK_NB != 0 {
            libc::F_SETLK
        } else {
            libc::F_SETLKW
        };
        // SAFETY: the structure is a local.
        call(vm, || check(unsafe { libc::fcntl(fd, how, &l) } as isize)).map(|_| ())
    }
}
