//! The environment.

use super::args::*;

use runtime::{Res, Value, Vm};
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

/// The environment as a dict of bytes.
pub fn current(vm: &mut Vm) -> Res {
    let d = vm.new_dict()?;
    for (k, v) in std::env::vars_os() {
        let k = vm.new_bytes(k.as_bytes())?;
        let v = vm.new_bytes(v.as_bytes())?;
        vm.dict_set(d.value(), k, v)?;
    }
    Ok(d.value())
}

fn text(vm: &mut Vm, v: Value) -> Res<CString> {
    let p = vm.fspath(v)?;
    let b = vm.fs_encode(p)?;
    match CString::new(b) {
        Ok(c) => Ok(c),
        Err(_) => Err(vm.value_error("embedded null byte")),
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    #[native("_create_environ($module, /)")]
    fn create_environ(vm: &mut Vm, _m: Value) -> Res {
        current(vm)
    }
    /// Change or add an environment variable.
    #[native("putenv($module, name, value, /)")]
    fn putenv(vm: &mut Vm, _m: Value, name: Value, value: Value) -> Res<()> {
        let name = text(vm, name)?;
        let value = text(vm, value)?;
        if name.as_bytes().contains(&b'=') {
            return Err(vm.value_error("illegal environment variable name"));
        }
        // SAFETY: both strings are terminated; only the thread with the interpreter lock changes
        // the environment.
        let r = unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) };
        let r = runtime::os::check(r as isize);
        done(vm, r).map(|_| ())
    }
    /// Delete an environment variable.
    #[native("unsetenv($module, name, /)")]
    fn unsetenv(vm: &mut Vm, _m: Value, name: Value) -> Res<()> {
        let name = text(vm, name)?;
        // SAFETY: as for setenv.
        let r = runtime::os::check(unsafe { libc::unsetenv(name.as_ptr()) } as isize);
        done(vm, r).map(|_| ())
    }
    /// Return the file system path representation of the object.
    ///
    /// If the object is str or bytes, then allow it to pass through as-is. If the
    /// object defines __fspath__(), then return the result of that method. All other
    /// types raise a TypeError.
    #[native("fspath($module, /, path)")]
    fn fspath(vm: &mut Vm, _m: Value, path: Value) -> Res {
        vm.fspath(path)
    }
}
