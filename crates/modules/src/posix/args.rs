//! Path and descriptor arguments.

use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};
use std::ffi::CString;

/// A path argument as the system calls want it.
pub struct PathArg {
    /// The descriptor, when one was given instead of a path.
    pub fd: Option<i32>,
    pub path: CString,
    /// What errors show: the str or bytes.
    pub object: Value,
    pub is_bytes: bool,
}

/// What a function accepts besides paths.
#[derive(Clone, Copy, Default)]
pub struct Accept {
    pub fd: bool,
    pub none: bool,
}

/// Converts a path argument `arg` of `function`.
pub fn path_with(vm: &mut Vm, v: Value, function: &str, arg: &str, accept: Accept) -> Res<PathArg> {
    if v.is_none() && accept.none {
        return Ok(PathArg {
            fd: None,
            path: c".".into(),
            object: v,
            is_bytes: false,
        });
    }
    let is_path = v.is_kind(Kind::Str) || v.is_kind(Kind::Bytes);
    let method = vm.special(v, vm.names.__fspath__);
    let fspath = !is_path && method.is_some_and(|m| !m.is_none());
    if !is_path && !fspath {
        if accept.fd && (vm.is_int(v) || vm.special(v, vm.names.__index__).is_some()) {
            warn_of_bool(vm, v)?;
            return Ok(PathArg {
                fd: Some(fd_arg(vm, v)?),
                path: CString::default(),
                object: v,
                is_bytes: false,
            });
        }
        let what = match (accept.fd, accept.none) {
            (true, true) => "string, bytes, os.PathLike, integer or None",
            (true, false) => "string, bytes, os.PathLike or integer",
            (false, true) => "string, bytes, os.PathLike or None",
            (false, false) => "string, bytes or os.PathLike",
        };
        let got = vm.short_class_name(v);
        return Err(vm.type_error(&format!("{function}: {arg} should be {what}, not {got}")));
    }
    let object = vm.fspath(v)?;
    let bytes = vm.fs_encode(object)?;
    let Ok(path) = CString::new(bytes) else {
        return Err(vm.value_error(&format!("{function}: embedded null character in {arg}")));
    };
    Ok(PathArg {
        fd: None,
        path,
        object,
        is_bytes: object.is_kind(Kind::Bytes),
    })
}

/// Converts the argument `path` of a function that takes nothing else.
pub fn path_arg(vm: &mut Vm, v: Value, function: &str) -> Res<PathArg> {
    path_with(vm, v, function, "path", Accept::default())
}

/// As `path_arg`, descriptors allowed.
pub fn path_or_fd(vm: &mut Vm, v: Value, function: &str) -> Res<PathArg> {
    let accept = Accept {
        fd: true,
        none: false,
    };
    path_with(vm, v, function, "path", accept)
}

/// A C int.
pub fn c_int(vm: &mut Vm, v: Value) -> Res<i32> {
    vm.index_i32(v)
}

/// A file descriptor number.
pub fn fd_arg(vm: &mut Vm, v: Value) -> Res<i32> {
    c_int(vm, v)
}

/// RuntimeWarning for True or False as a descriptor.
pub fn warn_of_bool(vm: &mut Vm, v: Value) -> Res<()> {
    if !v.is_bool() {
        return Ok(());
    }
    let class = vm.types.exc.RuntimeWarning;
    vm.warn(class, "bool is used as a file descriptor", 1)
}

/// A descriptor, or an object with `fileno()`.
pub fn fildes(vm: &mut Vm, v: Value) -> Res<i32> {
    let n = if vm.is_int(v) {
        warn_of_bool(vm, v)?;
        c_int(vm, v)?
    } else {
        match vm.get_attr_opt(v, vm.names.fileno)? {
            Some(m) => {
                let r = vm.call_value(m, &[])?;
                if !vm.is_int(r) {
                    return Err(vm.type_error("fileno() returned a non-integer"));
                }
                c_int(vm, r)?
            }
            None => {
                return Err(vm.type_error("argument must be an int, or have a fileno() method."));
            }
        }
    };
    if n < 0 {
        return Err(vm.value_error(&format!(
            "file descriptor cannot be a negative integer ({n})"
        )));
    }
    Ok(n)
}

/// A `dir_fd` argument: AT_FDCWD when left out or None.
pub fn dir_fd(vm: &mut Vm, v: Option<Value>) -> Res<i32> {
    match v {
        None | Some(Value::NONE) => Ok(libc::AT_FDCWD),
        Some(v) if vm.is_int(v) || vm.special(v, vm.names.__index__).is_some() => {
            warn_of_bool(vm, v)?;
            c_int(vm, v)
        }
        Some(v) => {
            let got = vm.class_name(v);
            Err(vm.type_error(&format!("argument should be integer or None, not {got}")))
        }
    }
}

/// A user or group id; -1 means no change.
pub fn id_arg(vm: &mut Vm, v: Value, what: &str) -> Res<u32> {
    if !vm.is_int(v) && vm.special(v, vm.names.__index__).is_none() {
        let got = vm.class_name(v);
        return Err(vm.type_error(&format!("{what} should be integer, not {got}")));
    }
    let i = vm.index(v)?;
    match vm.int_to_i64(i) {
        Some(-1) => Ok(u32::MAX),
        // CPython says so of numbers too large for an id, too, up to a C long's range.
        Some(n) => {
            u32::try_from(n).map_err(|_| vm.overflow_error(&format!("{what} is less than minimum")))
        }
        None if vm.int_is_negative(i) => {
            Err(vm.overflow_error(&format!("{what} is less than minimum")))
        }
        None => Err(vm.overflow_error(&format!("{what} is greater than maximum"))),
    }
}

/// A number that fits in a C unsigned type with this name.
fn unsigned<T: TryFrom<i128>>(vm: &mut Vm, v: Value, name: &str) -> Res<T> {
    let i = vm.index(v)?;
    if vm.int_is_negative(i) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    match vm.int_to_i128(i).and_then(|n| T::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => Err(vm.overflow_error(&format!("Python int too large for C {name}"))),
    }
}

/// A C unsigned int.
pub fn unsigned_int(vm: &mut Vm, v: Value) -> Res<u32> {
    unsigned(vm, v, "unsigned int")
}

/// A C unsigned long long.
pub fn unsigned_long_long(vm: &mut Vm, v: Value) -> Res<u64> {
    unsigned(vm, v, "unsigned long long")
}

/// The result of a call that needs no path: OSError from errno.
pub fn done(vm: &mut Vm, r: std::io::Result<usize>) -> Res<usize> {
    r.map_err(|e| vm.io_error(&e))
}

/// As `done` with the path for the error.
pub fn done_path(vm: &mut Vm, r: std::io::Result<usize>, p: &PathArg) -> Res<usize> {
    r.map_err(|e| vm.io_error_path(&e, p.object))
}

/// As `done` with two paths for the error.
pub fn done_paths(vm: &mut Vm, r: std::io::Result<usize>, a: &PathArg, b: &PathArg) -> Res<usize> {
    r.map_err(|e| os_error2(vm, &e, a.object, b.object))
}

#[cold]
fn os_error2(vm: &mut Vm, e: &std::io::Error, a: Value, b: Value) -> Raised {
    vm.os_error(e.raw_os_error().unwrap_or(libc::EIO), &[a, b])
}

/// Bytes as a str or bytes, like the path they come from.
pub fn as_path(vm: &mut Vm, b: &[u8], is_bytes: bool) -> Res {
    if is_bytes {
        vm.new_bytes(b)
    } else {
        vm.fs_decode(b)
    }
}
