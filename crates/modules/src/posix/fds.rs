//! File descriptors.

use super::args::*;
use crate::io::bytes::{byte_arg, into_buffer};
use runtime::os::check;
use runtime::{Res, Value, Vm};

/// Runs a call on a descriptor; OSError from errno.
pub fn call(vm: &mut Vm, f: impl FnMut() -> std::io::Result<usize>) -> Res<usize> {
    let r = vm.blocking(f)?;
    done(vm, r)
}

/// Two descriptors as a tuple.
pub fn pair(vm: &mut Vm, a: i32, b: i32) -> Res {
    vm.new_tuple(&[
        Value::int_unchecked(i64::from(a)),
        Value::int_unchecked(i64::from(b)),
    ])
}

fn read_to_bytes(
    vm: &mut Vm,
    n: usize,
    mut f: impl FnMut(*mut libc::c_void, usize) -> isize,
) -> Res {
    let mut buf = vm.zeroed(n)?;
    let p = buf.as_mut_ptr();
    let got = call(vm, || check(f(p.cast(), n)))?;
    vm.new_bytes(&buf[..got])
}

fn fcntl_flag(vm: &mut Vm, fd: i32, get: i32, set: i32, bit: i32, on: bool) -> Res<()> {
    // SAFETY: no memory is involved.
    let r = check(unsafe { libc::fcntl(fd, get) } as isize);
    let old = done(vm, r)? as i32;
    let new = if on { old | bit } else { old & !bit };
    if new != old {
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::fcntl(fd, set, new) } as isize);
        done(vm, r)?;
    }
    Ok(())
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Open a file for low level IO.  Returns a file descriptor (integer).
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[native("open($module, /, path, flags, mode=511, *, dir_fd=None)")]
    fn open(
        vm: &mut Vm,
        module: Value,
        path: Value,
        flags: Value,
        mode: Option<Value>,
        dir: Option<Value>,
    ) -> Res<usize> {
        crate::io::settle(vm, module, "open");
        let p = path_arg(vm, path, "open")?;
        let flags = c_int(vm, flags)? | libc::O_CLOEXEC;
        let mode = mode.map_or(Ok(0o777), |m| c_int(vm, m))?;
        let dir = dir_fd(vm, dir)?;
        // SAFETY: the path is terminated.
        let r = vm.blocking(|| {
            check(unsafe { libc::openat(dir, p.path.as_ptr(), flags, mode) } as isize)
        })?;
        done_path(vm, r, &p)
    }
    /// Close a file descriptor.
    #[native("close($module, /, fd)")]
    fn close(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: closing a descriptor that the program owns is its own affair.
        let r = check(unsafe { libc::close(fd) } as isize);
        match r {
            // The descriptor is closed all the same.
            Err(e) if e.raw_os_error() == Some(libc::EINTR) => Ok(()),
            r => done(vm, r).map(|_| ()),
        }
    }
    /// Closes all file descriptors in [fd_low, fd_high), ignoring errors.
    #[native("closerange($module, fd_low, fd_high, /)")]
    fn closerange(vm: &mut Vm, _m: Value, low: Value, high: Value) -> Res<()> {
        let (low, high) = (c_int(vm, low)?.max(0), c_int(vm, high)?);
        for fd in low..high {
            // SAFETY: as for close.
            unsafe { libc::close(fd) };
        }
        Ok(())
    }
    /// Read from a file descriptor.  Returns a bytes object.
    #[native("read($module, fd, length, /)")]
    fn read(vm: &mut Vm, _m: Value, fd: Value, length: isize) -> Res {
        let fd = fd_arg(vm, fd)?;
        if length < 0 {
            return Err(vm.os_error(libc::EINVAL, &[]));
        }
        // SAFETY: the buffer has n bytes.
        read_to_bytes(vm, length as usize, |p, n| unsafe { libc::read(fd, p, n) })
    }
    /// Read a number of bytes from a file descriptor starting at a particular offset.
    ///
    /// Read length bytes from file descriptor fd, starting at offset bytes from
    /// the beginning of the file.  The file offset remains unchanged.
    #[native("pread($module, fd, length, offset, /)")]
    fn pread(vm: &mut Vm, _m: Value, fd: Value, length: isize, offset: i64) -> Res {
        let fd = fd_arg(vm, fd)?;
        if length < 0 {
            return Err(vm.os_error(libc::EINVAL, &[]));
        }
        // SAFETY: the buffer has n bytes.
        read_to_bytes(vm, length as usize, |p, n| unsafe {
            libc::pread(fd, p, n, offset)
        })
    }
    /// Read into a buffer object from a file descriptor.
    #[native("readinto($module, fd, buffer, /)")]
    fn readinto(vm: &mut Vm, _m: Value, fd: Value, buffer: Value) -> Res<usize> {
        let fd = fd_arg(vm, fd)?;
        let mut target = into_buffer(vm, buffer)?;
        let s = target.as_mut_slice();
        let (p, n) = (s.as_mut_ptr(), s.len());
        // SAFETY: the buffer has n bytes, and the loan keeps them in place.
        call(vm, || check(unsafe { libc::read(fd, p.cast(), n) }))
    }
    /// Write a bytes object to a file descriptor.
    #[native("write($module, fd, data, /)")]
    fn write(vm: &mut Vm, _m: Value, fd: Value, data: Value) -> Res<usize> {
        let fd = fd_arg(vm, fd)?;
        let data = byte_arg(vm, data)?;
        let (p, n) = (data.as_ptr(), data.len());
        // SAFETY: the data has n bytes.
        call(vm, || check(unsafe { libc::write(fd, p.cast(), n) }))
    }
    /// Write bytes to a file descriptor starting at a particular offset.
    ///
    /// Write buffer to fd, starting at offset bytes from the beginning of
    /// the file.  Returns the number of bytes written.  Does not change the
    /// current file offset.
    #[native("pwrite($module, fd, buffer, offset, /)")]
    fn pwrite(vm: &mut Vm, _m: Value, fd: Value, buffer: Value, offset: i64) -> Res<usize> {
        let fd = fd_arg(vm, fd)?;
        let data = byte_arg(vm, buffer)?;
        let (p, n) = (data.as_ptr(), data.len());
        // SAFETY: the data has n bytes.
        call(vm, || {
            check(unsafe { libc::pwrite(fd, p.cast(), n, offset) })
        })
    }
    /// Set the position of a file descriptor.  Return the new position.
    ///
    ///   fd
    ///     An open file descriptor, as returned by os.open().
    ///   position
    ///     Position, interpreted relative to 'whence'.
    ///   whence
    ///     The relative position to seek from. Valid values are:
    ///     - SEEK_SET: seek from the start of the file.
    ///     - SEEK_CUR: seek from the current file position.
    ///     - SEEK_END: seek from the end of the file.
    ///
    /// The return value is the number of bytes relative to the beginning of the file.
    #[native("lseek($module, fd, position, whence, /)")]
    fn lseek(vm: &mut Vm, _m: Value, fd: Value, position: i64, whence: Value) -> Res<usize> {
        let (fd, whence) = (fd_arg(vm, fd)?, c_int(vm, whence)?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::lseek(fd, position, whence) } as isize);
        done(vm, r)
    }
    /// Return a duplicate of a file descriptor.
    #[native("dup($module, fd, /)")]
    fn dup(vm: &mut Vm, _m: Value, fd: Value) -> Res<usize> {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) } as isize);
        done(vm, r)
    }
    /// Duplicate file descriptor.
    #[native("dup2($module, /, fd, fd2, inheritable=True)")]
    fn dup2(
        vm: &mut Vm,
        _m: Value,
        fd: Value,
        fd2: Value,
        inheritable: Option<bool>,
    ) -> Res<usize> {
        let (fd, fd2) = (fd_arg(vm, fd)?, fd_arg(vm, fd2)?);
        if fd < 0 || fd2 < 0 {
            return Err(vm.os_error(libc::EBADF, &[]));
        }
        let keep = inheritable.unwrap_or(true);
        // SAFETY: no memory is involved.
        call(vm, || {
            check(unsafe {
                if keep || fd == fd2 {
                    libc::dup2(fd, fd2)
                } else {
                    libc::dup3(fd, fd2, libc::O_CLOEXEC)
                }
            } as isize)
        })
    }
    /// Create a pipe.
    ///
    /// Returns a tuple of two file descriptors:
    ///   (read_fd, write_fd)
    #[native("pipe($module, /)")]
    fn pipe(vm: &mut Vm, _m: Value) -> Res {
        let mut fds = [0; 2];
        // SAFETY: room for two descriptors.
        let r = check(unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC) } as isize);
        done(vm, r)?;
        pair(vm, fds[0], fds[1])
    }
    /// Create a pipe with flags set atomically.
    ///
    /// Returns a tuple of two file descriptors:
    ///   (read_fd, write_fd)
    ///
    /// flags can be constructed by ORing together one or more of these values:
    /// O_NONBLOCK, O_CLOEXEC.
    #[native("pipe2($module, flags, /)")]
    fn pipe2(vm: &mut Vm, _m: Value, flags: Value) -> Res {
        let flags = c_int(vm, flags)?;
        let mut fds = [0; 2];
        // SAFETY: room for two descriptors.
        let r = check(unsafe { libc::pipe2(fds.as_mut_ptr(), flags) } as isize);
        done(vm, r)?;
        pair(vm, fds[0], fds[1])
    }
    /// Return True if the fd is connected to a terminal.
    ///
    /// Return True if the file descriptor is an open file descriptor
    /// connected to the slave end of a terminal.
    #[native("isatty($module, fd, /)")]
    fn isatty(vm: &mut Vm, _m: Value, fd: Value) -> Res<bool> {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: no memory is involved.
        Ok(unsafe { libc::isatty(fd) } == 1)
    }
    /// Force write of fd to disk.
    #[native("fsync($module, /, fd)")]
    fn fsync(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        call(vm, || check(unsafe { libc::fsync(fd) } as isize)).map(|_| ())
    }
    /// Force write of fd to disk without forcing update of metadata.
    #[native("fdatasync($module, /, fd)")]
    fn fdatasync(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        call(vm, || check(unsafe { libc::fdatasync(fd) } as isize)).map(|_| ())
    }
    /// Force write of everything to disk.
    #[native("sync($module, /)")]
    fn sync(_vm: &mut Vm, _m: Value) -> Res<()> {
        // SAFETY: no memory is involved.
        unsafe { libc::sync() };
        Ok(())
    }
    /// Truncate a file, specified by file descriptor, to a specific length.
    #[native("ftruncate($module, fd, length, /)")]
    fn ftruncate(vm: &mut Vm, _m: Value, fd: Value, length: i64) -> Res<()> {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: no memory is involved.
        call(
            vm,
            || check(unsafe { libc::ftruncate(fd, length) } as isize),
        )
        .map(|_| ())
    }
    /// Get the blocking mode of the file descriptor.
    ///
    /// Return False if the O_NONBLOCK flag is set, True if the flag is cleared.
    #[native("get_blocking($module, fd, /)")]
    fn get_blocking(vm: &mut Vm, _m: Value, fd: Value) -> Res<bool> {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::fcntl(fd, libc::F_GETFL) } as isize);
        Ok(done(vm, r)? as i32 & libc::O_NONBLOCK == 0)
    }
    /// Set the blocking mode of the specified file descriptor.
    ///
    /// Set the O_NONBLOCK flag if blocking is False,
    /// clear the O_NONBLOCK flag otherwise.
    #[native("set_blocking($module, fd, blocking, /)")]
    fn set_blocking(vm: &mut Vm, _m: Value, fd: Value, blocking: bool) -> Res<()> {
        let fd = fd_arg(vm, fd)?;
        fcntl_flag(
            vm,
            fd,
            libc::F_GETFL,
            libc::F_SETFL,
            libc::O_NONBLOCK,
            !blocking,
        )
    }
    /// Get the close-on-exe flag of the specified file descriptor.
    #[native("get_inheritable($module, fd, /)")]
    fn get_inheritable(vm: &mut Vm, _m: Value, fd: Value) -> Res<bool> {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::fcntl(fd, libc::F_GETFD) } as isize);
        Ok(done(vm, r)? as i32 & libc::FD_CLOEXEC == 0)
    }
    /// Set the inheritable flag of the specified file descriptor.
    #[native("set_inheritable($module, fd, inheritable, /)")]
    fn set_inheritable(vm: &mut Vm, _m: Value, fd: Value, inheritable: Value) -> Res<()> {
        let (fd, on) = (fd_arg(vm, fd)?, c_int(vm, inheritable)? != 0);
        fcntl_flag(vm, fd, libc::F_GETFD, libc::F_SETFD, libc::FD_CLOEXEC, !on)
    }
    /// Return a string describing the encoding of a terminal's file descriptor.
    ///
    /// The file descriptor must be attached to a terminal.
    /// If the device is not a terminal, return None.
    #[native("device_encoding($module, /, fd)")]
    fn device_encoding(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: no memory is involved.
        if unsafe { libc::isatty(fd) } == 1 {
            return vm.new_str("UTF-8");
        }
        Ok(Value::NONE)
    }
    /// Apply, test or remove a POSIX lock on an open file descriptor.
    #[native("lockf($module, fd, command, length, /)")]
    fn lockf(vm: &mut Vm, _m: Value, fd: Value, command: Value, length: i64) -> Res<()> {
        let (fd, command) = (fd_arg(vm, fd)?, c_int(vm, command)?);
        // SAFETY: no memory is involved.
        call(vm, || {
            check(unsafe { libc::lockf(fd, command, length) } as isize)
        })
        .map(|_| ())
    }
    /// Ensure a file has allocated at least a particular number of bytes on disk.
    #[native("posix_fallocate($module, fd, offset, length, /)")]
    fn posix_fallocate(vm: &mut Vm, _m: Value, fd: Value, offset: i64, length: i64) -> Res<()> {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: no memory is involved.
        match unsafe { libc::posix_fallocate(fd, offset, length) } {
            0 => Ok(()),
            e => Err(vm.os_error(e, &[])),
        }
    }
    /// Announce an intention to access data in a specific pattern.
    #[native("posix_fadvise($module, fd, offset, length, advice, /)")]
    fn posix_fadvise(
        vm: &mut Vm,
        _m: Value,
        fd: Value,
        offset: i64,
        length: i64,
        advice: Value,
    ) -> Res<()> {
        let (fd, advice) = (fd_arg(vm, fd)?, c_int(vm, advice)?);
        // SAFETY: no memory is involved.
        match unsafe { libc::posix_fadvise(fd, offset, length, advice) } {
            0 => Ok(()),
            e => Err(vm.os_error(e, &[])),
        }
    }
    /// Create an anonymous file.
    #[native("memfd_create($module, /, name, flags=MFD_CLOEXEC)")]
    fn memfd_create(vm: &mut Vm, _m: Value, name: Value, flags: Option<i64>) -> Res<usize> {
        let p = path_arg(vm, name, "memfd_create")?;
        let flags = flags.unwrap_or(i64::from(libc::MFD_CLOEXEC)) as u32;
        // SAFETY: the name is terminated.
        let r = check(unsafe { libc::memfd_create(p.path.as_ptr(), flags) } as isize);
        done(vm, r)
    }
}
