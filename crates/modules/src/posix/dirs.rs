//! Names in the file system: directories, links, renaming, permissions.

use super::args::*;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::ffi::CStr;
use std::io::Error;

/// Names in an open directory, without `.` and `..`; the descriptor is taken over.
fn names_of(dir: *mut libc::DIR) -> Result<Vec<(Vec<u8>, u64, u8)>, Error> {
    let mut names = Vec::new();
    loop {
        // SAFETY: the stream is open; errno tells the end from an error; the entry is copied
        // before the next call.
        unsafe {
            *libc::__errno_location() = 0;
            let e = libc::readdir(dir);
            if e.is_null() {
                let err = Error::last_os_error();
                libc::closedir(dir);
                return match err.raw_os_error() {
                    Some(0) | None => Ok(names),
                    _ => Err(err),
                };
            }
            let name = CStr::from_ptr((*e).d_name.as_ptr()).to_bytes();
            if name != b"." && name != b".." {
                names.push((name.to_vec(), (*e).d_ino, (*e).d_type));
            }
        }
    }
}

/// Reads a directory given by path or descriptor: names, inodes and types.
pub fn read_dir(vm: &mut Vm, p: &PathArg) -> Res<Vec<(Vec<u8>, u64, u8)>> {
    // SAFETY: the path is terminated; a duplicate descriptor belongs to the stream.
    let dir = unsafe {
        match p.fd {
            Some(fd) => {
                let copy = libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0);
                if copy < 0 {
                    let e = Error::last_os_error();
                    return Err(vm.io_error_path(&e, p.object));
                }
                let d = libc::fdopendir(copy);
                if d.is_null() {
                    let e = Error::last_os_error();
                    libc::close(copy);
                    return Err(vm.io_error_path(&e, p.object));
                }
                libc::rewinddir(d);
                d
            }
            None => libc::opendir(p.path.as_ptr()),
        }
    };
    if dir.is_null() {
        let e = Error::last_os_error();
        return Err(vm.io_error_path(&e, p.object));
    }
    names_of(dir).map_err(|e| vm.io_error_path(&e, p.object))
}

fn rename_with(
    vm: &mut Vm,
    function: &str,
    src: Value,
    dst: Value,
    src_dir: Option<Value>,
    dst_dir: Option<Value>,
) -> Res<()> {
    let a = path_with(vm, src, function, "src", Accept::default())?;
    let b = path_with(vm, dst, function, "dst", Accept::default())?;
    let (sd, dd) = (dir_fd(vm, src_dir)?, dir_fd(vm, dst_dir)?);
    // SAFETY: both paths are terminated.
    let r = unsafe { libc::renameat(sd, a.path.as_ptr(), dd, b.path.as_ptr()) };
    let r = check(r as isize);
    done_paths(vm, r, &a, &b).map(|_| ())
}

fn unlink_with(vm: &mut Vm, name: &str, path: Value, dir: Option<Value>, flags: i32) -> Res<()> {
    let p = path_arg(vm, path, name)?;
    let dir = dir_fd(vm, dir)?;
    // SAFETY: the path is terminated.
    let r = check(unsafe { libc::unlinkat(dir, p.path.as_ptr(), flags) } as isize);
    done_path(vm, r, &p).map(|_| ())
}

fn cwd() -> Result<Vec<u8>, Error> {
    use std::os::unix::ffi::OsStringExt;
    std::env::current_dir().map(|p| p.into_os_string().into_vec())
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return a list containing the names of the files in the directory.
    ///
    /// path can be specified as either str, bytes, or a path-like object.  If path is bytes,
    ///   the filenames returned will also be bytes; in all other circumstances
    ///   the filenames returned will be str.
    /// If path is None, uses the path='.'.
    /// On some platforms, path may also be specified as an open file descriptor;\
    ///   the file descriptor must refer to a directory.
    ///   If this functionality is unavailable, using it raises NotImplementedError.
    ///
    /// The list is in arbitrary order.  It does not include the special
    /// entries '.' and '..' even if they are present in the directory.
    #[native("listdir($module, /, path=None)")]
    fn listdir(vm: &mut Vm, _m: Value, path: Option<Value>) -> Res {
        let accept = Accept {
            fd: true,
            none: true,
        };
        let p = path_with(vm, path.unwrap_or(Value::NONE), "listdir", "path", accept)?;
        let names = read_dir(vm, &p)?;
        let mut out = vm.new_vec();
        for (name, _, _) in &names {
            let v = as_path(vm, name, p.is_bytes)?;
            out.push(vm, v)?;
        }
        vm.list_from_vec(out)
    }
    /// Create a directory.
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[native("mkdir($module, /, path, mode=511, *, dir_fd=None)")]
    fn mkdir(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        mode: Option<Value>,
        dir: Option<Value>,
    ) -> Res<()> {
        let p = path_arg(vm, path, "mkdir")?;
        let mode = mode.map_or(Ok(0o777), |m| c_int(vm, m))?;
        let dir = dir_fd(vm, dir)?;
        // SAFETY: the path is terminated.
        let r = check(unsafe { libc::mkdirat(dir, p.path.as_ptr(), mode as u32) } as isize);
        done_path(vm, r, &p).map(|_| ())
    }
    /// Remove a directory.
    #[native("rmdir($module, /, path, *, dir_fd=None)")]
    fn rmdir(vm: &mut Vm, _m: Value, path: Value, dir: Option<Value>) -> Res<()> {
        unlink_with(vm, "rmdir", path, dir, libc::AT_REMOVEDIR)
    }
    /// Remove a file (same as remove()).
    #[native("unlink($module, /, path, *, dir_fd=None)")]
    fn unlink(vm: &mut Vm, _m: Value, path: Value, dir: Option<Value>) -> Res<()> {
        unlink_with(vm, "unlink", path, dir, 0)
    }
    /// Remove a file (same as unlink()).
    #[native("remove($module, /, path, *, dir_fd=None)")]
    fn remove(vm: &mut Vm, _m: Value, path: Value, dir: Option<Value>) -> Res<()> {
        unlink_with(vm, "remove", path, dir, 0)
    }
    /// Rename a file or directory.
    #[native("rename($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn rename(
        vm: &mut Vm,
        _m: Value,
        src: Value,
        dst: Value,
        src_dir: Option<Value>,
        dst_dir: Option<Value>,
    ) -> Res<()> {
        rename_with(vm, "rename", src, dst, src_dir, dst_dir)
    }
    /// Rename a file or directory, overwriting the destination.
    #[native("replace($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn replace(
        vm: &mut Vm,
        _m: Value,
        src: Value,
        dst: Value,
        src_dir: Option<Value>,
        dst_dir: Option<Value>,
    ) -> Res<()> {
        rename_with(vm, "replace", src, dst, src_dir, dst_dir)
    }
    /// Create a hard link to a file.
    #[native(
        "link($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=(os.name != 'nt'))"
    )]
    fn link(
        vm: &mut Vm,
        _m: Value,
        src: Value,
        dst: Value,
        src_dir: Option<Value>,
        dst_dir: Option<Value>,
        follow: Option<bool>,
    ) -> Res<()> {
        let a = path_with(vm, src, "link", "src", Accept::default())?;
        let b = path_with(vm, dst, "link", "dst", Accept::default())?;
        let (sd, dd) = (dir_fd(vm, src_dir)?, dir_fd(vm, dst_dir)?);
        let flags = if follow.unwrap_or(true) {
            libc::AT_SYMLINK_FOLLOW
        } else {
            0
        };
        // SAFETY: both paths are terminated.
        let r = unsafe { libc::linkat(sd, a.path.as_ptr(), dd, b.path.as_ptr(), flags) };
        let r = check(r as isize);
        done_paths(vm, r, &a, &b).map(|_| ())
    }
    /// Create a symbolic link pointing to src named dst.
    #[native("symlink($module, /, src, dst, target_is_directory=False, *, dir_fd=None)")]
    fn symlink(
        vm: &mut Vm,
        _m: Value,
        src: Value,
        dst: Value,
        _is_dir: Option<bool>,
        dir: Option<Value>,
    ) -> Res<()> {
        let a = path_with(vm, src, "symlink", "src", Accept::default())?;
        let b = path_with(vm, dst, "symlink", "dst", Accept::default())?;
        let dir = dir_fd(vm, dir)?;
        // SAFETY: both paths are terminated.
        let r = unsafe { libc::symlinkat(a.path.as_ptr(), dir, b.path.as_ptr()) };
        let r = check(r as isize);
        done_paths(vm, r, &a, &b).map(|_| ())
    }
    /// Return a string representing the path to which the symbolic link points.
    #[native("readlink($module, /, path, *, dir_fd=None)")]
    fn readlink(vm: &mut Vm, _m: Value, path: Value, dir: Option<Value>) -> Res {
        let p = path_arg(vm, path, "readlink")?;
        let dir = dir_fd(vm, dir)?;
        let mut buf = vec![0u8; libc::PATH_MAX as usize + 1];
        // SAFETY: the buffer has that length; the path is terminated.
        let r = check(unsafe {
            libc::readlinkat(dir, p.path.as_ptr(), buf.as_mut_ptr().cast(), buf.len())
        });
        let n = done_path(vm, r, &p)?;
        as_path(vm, &buf[..n], p.is_bytes)
    }
    /// Change the current working directory to the specified path.
    #[native("chdir($module, /, path)")]
    fn chdir(vm: &mut Vm, _m: Value, path: Value) -> Res<()> {
        let p = path_or_fd(vm, path, "chdir")?;
        // SAFETY: the path is terminated.
        let r = unsafe {
            match p.fd {
                Some(fd) => libc::fchdir(fd),
                None => libc::chdir(p.path.as_ptr()),
            }
        };
        let r = check(r as isize);
        done_path(vm, r, &p).map(|_| ())
    }
    /// Change to the directory of the given file descriptor.
    #[native("fchdir($module, /, fd)")]
    fn fchdir(vm: &mut Vm, _m: Value, fd: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::fchdir(fd) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Return a unicode string representing the current working directory.
    #[native("getcwd($module, /)")]
    fn getcwd(vm: &mut Vm, _m: Value) -> Res {
        match cwd() {
            Ok(b) => vm.fs_decode(&b),
            Err(e) => Err(vm.io_error(&e)),
        }
    }
    /// Return a bytes string representing the current working directory.
    #[native("getcwdb($module, /)")]
    fn getcwdb(vm: &mut Vm, _m: Value) -> Res {
        match cwd() {
            Ok(b) => vm.new_bytes(&b),
            Err(e) => Err(vm.io_error(&e)),
        }
    }
    /// Change the access permissions of a file.
    #[native("chmod($module, /, path, mode, *, dir_fd=None, follow_symlinks=(os.name != 'nt'))")]
    fn chmod(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        mode: Value,
        dir: Option<Value>,
        follow: Option<bool>,
    ) -> Res<()> {
        let p = path_or_fd(vm, path, "chmod")?;
        let mode = c_int(vm, mode)? as u32;
        let dir = dir_fd(vm, dir)?;
        let flags = if follow.unwrap_or(true) {
            0
        } else {
            libc::AT_SYMLINK_NOFOLLOW
        };
        // SAFETY: the path is terminated.
        let r = unsafe {
            match p.fd {
                Some(fd) => libc::fchmod(fd, mode),
                None => libc::fchmodat(dir, p.path.as_ptr(), mode, flags),
            }
        };
        let r = check(r as isize);
        done_path(vm, r, &p).map(|_| ())
    }
    /// Change the access permissions of the file given by file descriptor.
    ///
    /// Equivalent to os.chmod(fd, mode).
    #[native("fchmod($module, /, fd, mode)")]
    fn fchmod(vm: &mut Vm, _m: Value, fd: Value, mode: Value) -> Res<()> {
        let (fd, mode) = (fd_arg(vm, fd)?, c_int(vm, mode)? as u32);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::fchmod(fd, mode) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Change the owner and group id of path to the numeric uid and gid.
    #[native("chown($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    fn chown(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        uid: Value,
        gid: Value,
        dir: Option<Value>,
        follow: Option<bool>,
    ) -> Res<()> {
        let p = path_or_fd(vm, path, "chown")?;
        let (uid, gid) = (id_arg(vm, uid, "uid")?, id_arg(vm, gid, "gid")?);
        let dir = dir_fd(vm, dir)?;
        let flags = if follow.unwrap_or(true) {
            0
        } else {
            libc::AT_SYMLINK_NOFOLLOW
        };
        // SAFETY: the path is terminated.
        let r = unsafe {
            match p.fd {
                Some(fd) => libc::fchown(fd, uid, gid),
                None => libc::fchownat(dir, p.path.as_ptr(), uid, gid, flags),
            }
        };
        let r = check(r as isize);
        done_path(vm, r, &p).map(|_| ())
    }
    /// Change the owner and group id of the file specified by file descriptor.
    ///
    /// Equivalent to os.chown(fd, uid, gid).
    #[native("fchown($module, /, fd, uid, gid)")]
    fn fchown(vm: &mut Vm, _m: Value, fd: Value, uid: Value, gid: Value) -> Res<()> {
        let fd = fd_arg(vm, fd)?;
        let (uid, gid) = (id_arg(vm, uid, "uid")?, id_arg(vm, gid, "gid")?);
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::fchown(fd, uid, gid) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Change the owner and group id of path to the numeric uid and gid.
    ///
    /// This function will not follow symbolic links.
    /// Equivalent to os.chown(path, uid, gid, follow_symlinks=False).
    #[native("lchown($module, /, path, uid, gid)")]
    fn lchown(vm: &mut Vm, _m: Value, path: Value, uid: Value, gid: Value) -> Res<()> {
        let p = path_arg(vm, path, "lchown")?;
        let (uid, gid) = (id_arg(vm, uid, "uid")?, id_arg(vm, gid, "gid")?);
        // SAFETY: the path is terminated.
        let r = check(unsafe { libc::lchown(p.path.as_ptr(), uid, gid) } as isize);
        done_path(vm, r, &p).map(|_| ())
    }
    /// Use the real uid/gid to test for access to a path.
    #[native(
        "access($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)"
    )]
    fn access(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        mode: Value,
        dir: Option<Value>,
        effective: Option<bool>,
        follow: Option<bool>,
    ) -> Res<bool> {
        let p = path_arg(vm, path, "access")?;
        let mode = c_int(vm, mode)?;
        let dir = dir_fd(vm, dir)?;
        let mut flags = 0;
        if effective.unwrap_or(false) {
            flags |= libc::AT_EACCESS;
        }
        if !follow.unwrap_or(true) {
            flags |= libc::AT_SYMLINK_NOFOLLOW;
        }
        // SAFETY: the path is terminated.
        Ok(unsafe { libc::faccessat(dir, p.path.as_ptr(), mode, flags) } == 0)
    }
    /// Create a "fifo" (a POSIX named pipe).
    #[native("mkfifo($module, /, path, mode=438, *, dir_fd=None)")]
    fn mkfifo(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        mode: Option<Value>,
        dir: Option<Value>,
    ) -> Res<()> {
        let p = path_arg(vm, path, "mkfifo")?;
        let mode = mode.map_or(Ok(0o666), |m| c_int(vm, m))? as u32;
        let dir = dir_fd(vm, dir)?;
        // SAFETY: the path is terminated.
        let r = check(unsafe { libc::mkfifoat(dir, p.path.as_ptr(), mode) } as isize);
        done_path(vm, r, &p).map(|_| ())
    }
    /// Create a node in the file system.
    #[native("mknod($module, /, path, mode=384, device=0, *, dir_fd=None)")]
    fn mknod(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        mode: Option<Value>,
        device: Option<i64>,
        dir: Option<Value>,
    ) -> Res<()> {
        let p = path_arg(vm, path, "mknod")?;
        let mode = mode.map_or(Ok(0o600), |m| c_int(vm, m))? as u32;
        let dir = dir_fd(vm, dir)?;
        let dev = device.unwrap_or(0) as libc::dev_t;
        // SAFETY: the path is terminated.
        let r = check(unsafe { libc::mknodat(dir, p.path.as_ptr(), mode, dev) } as isize);
        done_path(vm, r, &p).map(|_| ())
    }
    /// Change root directory to path.
    #[native("chroot($module, /, path)")]
    fn chroot(vm: &mut Vm, _m: Value, path: Value) -> Res<()> {
        let p = path_arg(vm, path, "chroot")?;
        // SAFETY: the path is terminated.
        let r = check(unsafe { libc::chroot(p.path.as_ptr()) } as isize);
        done_path(vm, r, &p).map(|_| ())
    }
    /// Set the current numeric umask and return the previous umask.
    #[native("umask($module, mask, /)")]
    fn umask(vm: &mut Vm, _m: Value, mask: Value) -> Res<i64> {
        let mask = c_int(vm, mask)?;
        // SAFETY: no memory is involved.
        Ok(i64::from(unsafe { libc::umask(mask as u32) }))
    }
    /// Truncate a file, specified by path, to a specific length.
    #[native("truncate($module, /, path, length)")]
    fn truncate(vm: &mut Vm, _m: Value, path: Value, length: i64) -> Res<()> {
        let p = path_or_fd(vm, path, "truncate")?;
        // SAFETY: the path is terminated.
        let r = vm.blocking(|| unsafe {
            check(match p.fd {
                Some(fd) => libc::ftruncate(fd, length),
                None => libc::truncate(p.path.as_ptr(), length),
            } as isize)
        })?;
        done_path(vm, r, &p).map(|_| ())
    }
}
