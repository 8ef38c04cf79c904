//! `stat` and its family.

use super::args::*;
use runtime::os::check;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};

pub static STAT_RESULT: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "os",
        "stat_result",
        "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, and so on.\n\nPosix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as attributes only.\n\nSee os.stat for more information.",
        true,
    ),
    fields: &[
        ("st_mode", "protection bits"),
        ("st_ino", "inode"),
        ("st_dev", "device"),
        ("st_nlink", "number of hard links"),
        ("st_uid", "user ID of owner"),
        ("st_gid", "group ID of owner"),
        ("st_size", "total size, in bytes"),
        ("", "integer time of last access"),
        ("", "integer time of last modification"),
        ("", "integer time of last change"),
        ("st_atime", "time of last access"),
        ("st_mtime", "time of last modification"),
        ("st_ctime", "time of last change"),
        ("st_atime_ns", "time of last access in nanoseconds"),
        ("st_mtime_ns", "time of last modification in nanoseconds"),
        ("st_ctime_ns", "time of last change in nanoseconds"),
        ("st_blksize", "blocksize for filesystem I/O"),
        ("st_blocks", "number of blocks allocated"),
        ("st_rdev", "device type (if inode device)"),
    ],
    visible: 10,
};

pub static STATVFS_RESULT: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "os",
        "statvfs_result",
        "statvfs_result: Result from statvfs or fstatvfs.\n\nThis object may be accessed either as a tuple of\n  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\nor via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\nSee os.statvfs for more information.",
        true,
    ),
    fields: &[
        ("f_bsize", ""),
        ("f_frsize", ""),
        ("f_blocks", ""),
        ("f_bfree", ""),
        ("f_bavail", ""),
        ("f_files", ""),
        ("f_ffree", ""),
        ("f_favail", ""),
        ("f_flag", ""),
        ("f_namemax", ""),
        ("f_fsid", ""),
    ],
    visible: 10,
};

/// A stat structure as os.stat_result.
pub fn stat_result(vm: &mut Vm, st: &libc::stat) -> Res {
    let mut v = vm.new_vec();
    let ints = [
        i128::from(st.st_mode),
        i128::from(st.st_ino),
        i128::from(st.st_dev),
        i128::from(st.st_nlink),
        i128::from(st.st_uid),
        i128::from(st.st_gid),
        i128::from(st.st_size),
        i128::from(st.st_atime),
        i128::from(st.st_mtime),
        i128::from(st.st_ctime),
    ];
    for n in ints {
        let n = vm.new_int_i128(n)?;
        v.push(vm, n)?;
    }
    let times = [
        (st.st_atime, st.st_atime_nsec),
        (st.st_mtime, st.st_mtime_nsec),
        (st.st_ctime, st.st_ctime_nsec),
    ];
    for (s, ns) in times {
        v.push(vm, Value::float(s as f64 + 1e-9 * ns as f64))?;
    }
    for (s, ns) in times {
        let n = vm.new_int_i128(i128::from(s) * 1_000_000_000 + i128::from(ns))?;
        v.push(vm, n)?;
    }
    for n in [
        i128::from(st.st_blksize),
        i128::from(st.st_blocks),
        i128::from(st.st_rdev),
    ] {
        let n = vm.new_int_i128(n)?;
        v.push(vm, n)?;
    }
    vm.new_struct_seq(&STAT_RESULT, &v)
}

/// Calls fstatat.
pub fn stat_at(vm: &mut Vm, p: &PathArg, dir: i32, follow: bool) -> Res<libc::stat> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    // SAFETY: the structure is filled before it is read; the path is terminated.
    let (r, st) = unsafe {
        let mut st: libc::stat = std::mem::zeroed();
        let r = match p.fd {
            Some(fd) => libc::fstat(fd, &mut st),
            None => libc::fstatat(dir, p.path.as_ptr(), &mut st, flags),
        };
        (check(r as isize), st)
    };
    done_path(vm, r, p)?;
    Ok(st)
}

fn statvfs_result(vm: &mut Vm, st: &libc::statvfs) -> Res {
    let mut v = vm.new_vec();
    for n in [
        st.f_bsize,
        st.f_frsize,
        st.f_blocks,
        st.f_bfree,
        st.f_bavail,
        st.f_files,
        st.f_ffree,
        st.f_favail,
        st.f_flag,
        st.f_namemax,
        st.f_fsid,
    ] {
        let n = vm.new_int_u64(n)?;
        v.push(vm, n)?;
    }
    vm.new_struct_seq(&STATVFS_RESULT, &v)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Perform a stat system call on the given path.
    ///
    ///   path
    ///     Path to be examined; can be string, bytes, a path-like object or
    ///     open-file-descriptor int.
    ///   dir_fd
    ///     If not None, it should be a file descriptor open to a directory,
    ///     and path should be a relative string; path will then be relative to
    ///     that directory.
    ///   follow_symlinks
    ///     If False, and the last element of the path is a symbolic link,
    ///     stat will examine the symbolic link itself instead of the file
    ///     the link points to.
    ///
    /// dir_fd and follow_symlinks may not be implemented
    ///   on your platform.  If they are unavailable, using them will raise a
    ///   NotImplementedError.
    ///
    /// It's an error to use dir_fd or follow_symlinks when specifying path as
    ///   an open file descriptor.
    #[native("stat($module, /, path, *, dir_fd=None, follow_symlinks=True)")]
    fn stat(
        vm: &mut Vm,
        module: Value,
        path: Value,
        dir: Option<Value>,
        follow_symlinks: Option<bool>,
    ) -> Res {
        crate::io::settle(vm, module, "stat");
        let p = path_or_fd(vm, path, "stat")?;
        let dir = dir_fd(vm, dir)?;
        let follow = follow_symlinks.unwrap_or(true);
        if p.fd.is_some() && dir != libc::AT_FDCWD {
            return Err(vm.value_error("stat: can't specify dir_fd without matching path"));
        }
        if p.fd.is_some() && !follow {
            return Err(vm.value_error("stat: cannot use fd and follow_symlinks together"));
        }
        let st = stat_at(vm, &p, dir, follow)?;
        stat_result(vm, &st)
    }
    /// Perform a stat system call on the given path, without following symbolic links.
    ///
    /// Like stat(), but do not follow symbolic links.
    /// Equivalent to stat(path, follow_symlinks=False).
    #[native("lstat($module, /, path, *, dir_fd=None)")]
    fn lstat(vm: &mut Vm, _m: Value, path: Value, dir: Option<Value>) -> Res {
        let p = path_arg(vm, path, "lstat")?;
        let dir = dir_fd(vm, dir)?;
        let st = stat_at(vm, &p, dir, false)?;
        stat_result(vm, &st)
    }
    /// Perform a stat system call on the given file descriptor.
    ///
    /// Like stat(), but for an open file descriptor.
    /// Equivalent to os.stat(fd).
    #[native("fstat($module, /, fd)")]
    fn fstat(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: the structure is filled before it is read.
        let (r, st) = unsafe {
            let mut st: libc::stat = std::mem::zeroed();
            (check(libc::fstat(fd, &mut st) as isize), st)
        };
        done(vm, r)?;
        stat_result(vm, &st)
    }
    /// Perform a statvfs system call on the given path.
    ///
    /// path may always be specified as a string.
    /// On some platforms, path may also be specified as an open file descriptor.
    /// If this functionality is unavailable, using it raises an exception.
    #[native("statvfs($module, /, path)")]
    fn statvfs(vm: &mut Vm, _m: Value, path: Value) -> Res {
        let p = path_or_fd(vm, path, "statvfs")?;
        // SAFETY: the structure is filled before it is read.
        let (r, st) = unsafe {
            let mut st: libc::statvfs = std::mem::zeroed();
            let r = match p.fd {
                Some(fd) => libc::fstatvfs(fd, &mut st),
                None => libc::statvfs(p.path.as_ptr(), &mut st),
            };
            (check(r as isize), st)
        };
        done_path(vm, r, &p)?;
        statvfs_result(vm, &st)
    }
    /// Perform an fstatvfs system call on the given fd.
    ///
    /// Equivalent to statvfs(fd).
    #[native("fstatvfs($module, fd, /)")]
    fn fstatvfs(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fd_arg(vm, fd)?;
        // SAFETY: the structure is filled before it is read.
        let (r, st) = unsafe {
            let mut st: libc::statvfs = std::mem::zeroed();
            (check(libc::fstatvfs(fd, &mut st) as isize), st)
        };
        done(vm, r)?;
        statvfs_result(vm, &st)
    }
}
