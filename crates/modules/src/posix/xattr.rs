//! Extended attributes of files.

use super::args::*;
use crate::sys::hooks::audit_event;
use runtime::os::check;
use runtime::{Res, Value, Vm};
use std::io;

/// Longest value of an attribute, and list of names, that Linux gives.
const MAX: usize = 65536;

/// Sizes tried for results.
const SIZES: [usize; 2] = [128, MAX];

/// The file and the attribute's name.
fn target(
    vm: &mut Vm,
    path: Value,
    attribute: Value,
    function: &str,
    follow: bool,
) -> Res<(PathArg, PathArg)> {
    let p = path_or_fd(vm, path, function)?;
    let name = path_with(vm, attribute, function, "attribute", Accept::default())?;
    check_follow(vm, &p, function, follow)?;
    Ok((p, name))
}

fn check_follow(vm: &mut Vm, p: &PathArg, function: &str, follow: bool) -> Res<()> {
    if p.fd.is_some() && !follow {
        return Err(vm.value_error(&format!(
            "{function}: cannot use fd and follow_symlinks together"
        )));
    }
    Ok(())
}

/// Calls `f` with larger buffers until its result fits.
fn fetch(vm: &mut Vm, mut f: impl FnMut(&mut [u8]) -> isize) -> Res<io::Result<Vec<u8>>> {
    for size in SIZES {
        let mut buf = vm.zeroed(size)?;
        match vm.without_lock(|| check(f(&mut buf))) {
            Ok(n) => {
                buf.truncate(n);
                return Ok(Ok(buf));
            }
            Err(e) if e.raw_os_error() == Some(libc::ERANGE) => {}
            Err(e) => return Ok(Err(e)),
        }
    }
    Ok(Err(io::Error::from_raw_os_error(libc::ERANGE)))
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return the value of an extended attribute of a file, as bytes.
    ///
    /// path may be a descriptor.
    #[native("getxattr($module, /, path, attribute, *, follow_symlinks=True)")]
    fn getxattr(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        attribute: Value,
        follow_symlinks: Option<bool>,
    ) -> Res {
        let follow = follow_symlinks.unwrap_or(true);
        let (p, name) = target(vm, path, attribute, "getxattr", follow)?;
        audit_event(vm, "os.getxattr", &[path, attribute])?;
        let name = name.path.as_ptr();
        let r = fetch(vm, |buf| {
            let (to, n) = (buf.as_mut_ptr().cast(), buf.len());
            // SAFETY: the strings are terminated, the buffer has n bytes.
            unsafe {
                match p.fd {
                    Some(fd) => libc::fgetxattr(fd, name, to, n),
                    None if follow => libc::getxattr(p.path.as_ptr(), name, to, n),
                    None => libc::lgetxattr(p.path.as_ptr(), name, to, n),
                }
            }
        })?;
        match r {
            Ok(b) => vm.new_bytes(&b),
            Err(e) => Err(vm.io_error_path(&e, p.object)),
        }
    }
    /// Set an extended attribute of a file.
    ///
    /// path may be a descriptor; flags are XATTR_CREATE and XATTR_REPLACE.
    #[native("setxattr($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)")]
    fn setxattr(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        attribute: Value,
        value: Value,
        flags: Option<i32>,
        follow_symlinks: Option<bool>,
    ) -> Res<()> {
        let (flags, follow) = (flags.unwrap_or(0), follow_symlinks.unwrap_or(true));
        let bytes = vm.get_buffer(value)?;
        let (p, name) = target(vm, path, attribute, "setxattr", follow)?;
        let shown = Value::int_unchecked(i64::from(flags));
        audit_event(vm, "os.setxattr", &[path, attribute, value, shown])?;
        let (from, n, name) = (bytes.as_ptr().cast(), bytes.len(), name.path.as_ptr());
        // SAFETY: the strings are terminated, the value has n bytes and is on loan.
        let r = vm.without_lock(|| {
            check(unsafe {
                match p.fd {
                    Some(fd) => libc::fsetxattr(fd, name, from, n, flags),
                    None if follow => libc::setxattr(p.path.as_ptr(), name, from, n, flags),
                    None => libc::lsetxattr(p.path.as_ptr(), name, from, n, flags),
                }
            } as isize)
        });
        done_path(vm, r, &p).map(|_| ())
    }
    /// Remove an extended attribute of a file.
    ///
    /// path may be a descriptor.
    #[native("removexattr($module, /, path, attribute, *, follow_symlinks=True)")]
    fn removexattr(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        attribute: Value,
        follow_symlinks: Option<bool>,
    ) -> Res<()> {
        let follow = follow_symlinks.unwrap_or(true);
        let (p, name) = target(vm, path, attribute, "removexattr", follow)?;
        audit_event(vm, "os.removexattr", &[path, attribute])?;
        let name = name.path.as_ptr();
        // SAFETY: the strings are terminated.
        let r = vm.without_lock(|| {
            check(unsafe {
                match p.fd {
                    Some(fd) => libc::fremovexattr(fd, name),
                    None if follow => libc::removexattr(p.path.as_ptr(), name),
                    None => libc::lremovexattr(p.path.as_ptr(), name),
                }
            } as isize)
        });
        done_path(vm, r, &p).map(|_| ())
    }
    /// Return the names of a file's extended attributes.
    ///
    /// path may be a descriptor; None is the current directory.
    #[native("listxattr($module, /, path=None, *, follow_symlinks=True)")]
    fn listxattr(
        vm: &mut Vm,
        _m: Value,
        path: Option<Value>,
        follow_symlinks: Option<bool>,
    ) -> Res {
        let follow = follow_symlinks.unwrap_or(true);
        let path = path.unwrap_or(Value::NONE);
        let accept = Accept {
            fd: true,
            none: true,
        };
        let p = path_with(vm, path, "listxattr", "path", accept)?;
        check_follow(vm, &p, "listxattr", follow)?;
        audit_event(vm, "os.listxattr", &[path])?;
        let r = fetch(vm, |buf| {
            let (to, n) = (buf.as_mut_ptr().cast(), buf.len());
            // SAFETY: the path is terminated, the buffer has n bytes.
            unsafe {
                match p.fd {
                    Some(fd) => libc::flistxattr(fd, to, n),
                    None if follow => libc::listxattr(p.path.as_ptr(), to, n),
                    None => libc::llistxattr(p.path.as_ptr(), to, n),
                }
            }
        })?;
        let names = match r {
            Ok(b) => b,
            Err(e) => return Err(vm.io_error_path(&e, p.object)),
        };
        let mut out = vm.new_vec();
        for name in names.split(|c| *c == 0).filter(|n| !n.is_empty()) {
            let name = vm.fs_decode(name)?;
            out.push(vm, name)?;
        }
        vm.list_from_vec(out)
    }
}
