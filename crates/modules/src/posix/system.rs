//! The system: names, limits, random bytes, terminals.

use super::args::*;
use super::constants;
use runtime::object::*;
use runtime::os::check;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};
use std::ffi::CStr;

pub static TERMINAL_SIZE: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "os",
        "terminal_size",
        "A tuple of (columns, lines) for holding terminal window size",
        true,
    ),
    fields: &[
        ("columns", "width of the terminal window in characters"),
        ("lines", "height of the terminal window in characters"),
    ],
    visible: 2,
};

pub static UNAME_RESULT: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "posix",
        "uname_result",
        "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee os.uname for more information.",
        true,
    ),
    fields: &[
        ("sysname", "operating system name"),
        (
            "nodename",
            "name of machine on network (implementation-defined)",
        ),
        ("release", "operating system release"),
        ("version", "operating system version"),
        ("machine", "hardware identifier"),
    ],
    visible: 5,
};

pub static TIMES_RESULT: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "posix",
        "times_result",
        "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, children_user, children_system, elapsed),\nor via the attributes user, system, children_user, children_system,\nand elapsed.\n\nSee os.times for more information.",
        true,
    ),
    fields: &[
        ("user", "user time"),
        ("system", "system time"),
        ("children_user", "user time of children"),
        ("children_system", "system time of children"),
        (
            "elapsed",
            "elapsed time since an arbitrary point in the past",
        ),
    ],
    visible: 5,
};

/// A configuration name: an int, or a key of one of the tables.
fn conf_name(vm: &mut Vm, v: Value, table: &[(&str, i64)]) -> Res<i32> {
    if vm.is_int(v) {
        return c_int(vm, v);
    }
    if v.is_kind(Kind::Str) {
        let s = vm.display(v);
        return match table.iter().find(|t| t.0 == s) {
            Some(t) => Ok(t.1 as i32),
            None => Err(vm.value_error("unrecognized configuration name")),
        };
    }
    Err(vm.type_error("configuration names must be strings or integers"))
}

/// Runs a call of the conf family, whose -1 is an error only with errno set.
fn conf(vm: &mut Vm, f: impl FnOnce() -> libc::c_long) -> Res<i64> {
    // SAFETY: errno is the thread's own.
    let (r, e) = unsafe {
        *libc::__errno_location() = 0;
        let r = f();
        (r, *libc::__errno_location())
    };
    if r == -1 && e != 0 {
        return Err(vm.os_error(e, &[]));
    }
    Ok(r)
}

/// Fills a buffer with random bytes.
fn random(vm: &mut Vm, n: usize, flags: u32) -> Res<Vec<u8>> {
    let mut buf = vm.zeroed(n)?;
    let mut at = 0;
    while at < n {
        let rest = &mut buf[at..];
        let (p, len) = (rest.as_mut_ptr(), rest.len());
        // SAFETY: the buffer has that many bytes.
        let r = vm.blocking(|| check(unsafe { libc::getrandom(p.cast(), len, flags) }))?;
        at += done(vm, r)?;
    }
    Ok(buf)
}

/// The number of no device, -1 in Python.
const NODEV: u64 = u64::MAX;

/// A device number; -1 is `NODEV`.
fn device_number(vm: &mut Vm, v: Value) -> Res<u64> {
    let n = vm.index(v)?;
    match vm.int_to_i128(n) {
        Some(-1) => Ok(NODEV),
        _ if vm.int_is_negative(n) => {
            Err(vm.overflow_error("can't convert negative int to unsigned"))
        }
        n => match n.map(u64::try_from) {
            Some(Ok(n)) => Ok(n),
            _ => Err(vm.overflow_error("int too big to convert")),
        },
    }
}

/// A major or minor number.
fn device_part(vm: &mut Vm, v: Value) -> Res<u64> {
    match device_number(vm, v)? {
        n if n == NODEV || n <= u64::from(u32::MAX) => Ok(n),
        _ => Err(vm.overflow_error("Python int too large to convert to C unsigned int")),
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return an object identifying the current operating system.
    ///
    /// The object behaves like a named tuple with the following fields:
    ///   (sysname, nodename, release, version, machine)
    #[native("uname($module, /)")]
    fn uname(vm: &mut Vm, _m: Value) -> Res {
        // SAFETY: the structure is filled before it is read; its fields are terminated.
        let u = unsafe {
            let mut u: libc::utsname = std::mem::zeroed();
            libc::uname(&mut u);
            u
        };
        let mut v = vm.new_vec();
        for field in [&u.sysname, &u.nodename, &u.release, &u.version, &u.machine] {
            // SAFETY: as above.
            let s = unsafe { CStr::from_ptr(field.as_ptr()) };
            let s = vm.fs_decode(s.to_bytes())?;
            v.push(vm, s)?;
        }
        vm.new_struct_seq(&UNAME_RESULT, &v)
    }
    /// Return the size of the terminal window as (columns, lines).
    ///
    /// The optional argument fd (default standard output) specifies
    /// which file descriptor should be queried.
    ///
    /// If the file descriptor is not connected to a terminal, an OSError
    /// is thrown.
    ///
    /// This function will only be defined if an implementation is
    /// available for this system.
    ///
    /// shutil.get_terminal_size is the high-level function which should
    /// normally be used, os.get_terminal_size is the low-level implementation.
    #[native("get_terminal_size($module, fd=<unrepresentable>, /)")]
    fn get_terminal_size(vm: &mut Vm, _m: Value, fd: Option<Value>) -> Res {
        let fd = fd.map_or(Ok(1), |f| fd_arg(vm, f))?;
        // SAFETY: the structure is filled before it is read.
        let (r, w) = unsafe {
            let mut w: libc::winsize = std::mem::zeroed();
            let r = libc::ioctl(fd, libc::TIOCGWINSZ, &mut w);
            (check(r as isize), w)
        };
        done(vm, r)?;
        let v = [w.ws_col, w.ws_row].map(|n| Value::int_unchecked(i64::from(n)));
        vm.new_struct_seq(&TERMINAL_SIZE, &v)
    }
    /// Return the number of logical CPUs in the system.
    ///
    /// Return None if indeterminable.
    #[native("cpu_count($module, /)")]
    fn cpu_count(vm: &mut Vm, _m: Value) -> Res {
        if let Some(n) = vm.interp().config.cpu_count {
            return Ok(Value::int_unchecked(i64::from(n)));
        }
        // SAFETY: no memory is involved.
        let n = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
        Ok(if n >= 1 {
            Value::int_unchecked(n)
        } else {
            Value::NONE
        })
    }
    /// Return a bytes object containing random bytes suitable for cryptographic use.
    #[native("urandom($module, size, /)")]
    fn urandom(vm: &mut Vm, _m: Value, size: isize) -> Res {
        if size < 0 {
            return Err(vm.value_error("negative argument not allowed"));
        }
        let b = random(vm, size as usize, 0)?;
        vm.new_bytes(&b)
    }
    /// Obtain a series of random bytes.
    #[native("getrandom($module, /, size, flags=0)")]
    fn getrandom(vm: &mut Vm, _m: Value, size: isize, flags: Option<Value>) -> Res {
        if size < 0 {
            return Err(vm.os_error(libc::EINVAL, &[]));
        }
        let flags = flags.map_or(Ok(0), |f| c_int(vm, f))? as u32;
        let b = random(vm, size as usize, flags)?;
        vm.new_bytes(&b)
    }
    /// Return an integer-valued system configuration variable.
    #[native("sysconf($module, name, /)")]
    fn sysconf(vm: &mut Vm, _m: Value, name: Value) -> Res<i64> {
        let n = conf_name(vm, name, constants::SYSCONF)?;
        // SAFETY: no memory is involved.
        conf(vm, || unsafe { libc::sysconf(n) })
    }
    /// Return the configuration limit name for the file or directory path.
    ///
    /// If there is no limit, return -1.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    #[native("pathconf($module, /, path, name)")]
    fn pathconf(vm: &mut Vm, _m: Value, path: Value, name: Value) -> Res<i64> {
        let p = path_or_fd(vm, path, "pathconf")?;
        let n = conf_name(vm, name, constants::PATHCONF)?;
        // SAFETY: the path is terminated.
        conf(vm, || unsafe {
            match p.fd {
                Some(fd) => libc::fpathconf(fd, n),
                None => libc::pathconf(p.path.as_ptr(), n),
            }
        })
    }
    /// Return the configuration limit name for the file descriptor fd.
    ///
    /// If there is no limit, return -1.
    #[native("fpathconf($module, fd, name, /)")]
    fn fpathconf(vm: &mut Vm, _m: Value, fd: Value, name: Value) -> Res<i64> {
        let fd = fildes(vm, fd)?;
        let n = conf_name(vm, name, constants::PATHCONF)?;
        // SAFETY: no memory is involved.
        conf(vm, || unsafe { libc::fpathconf(fd, n) })
    }
    /// Return a string-valued system configuration variable.
    #[native("confstr($module, name, /)")]
    fn confstr(vm: &mut Vm, _m: Value, name: Value) -> Res {
        let n = conf_name(vm, name, constants::CONFSTR)?;
        let mut buf = vec![0u8; 1024];
        // SAFETY: the buffer has that length.
        let len = unsafe { libc::confstr(n, buf.as_mut_ptr().cast(), buf.len()) };
        if len == 0 {
            let e = std::io::Error::last_os_error();
            return match e.raw_os_error() {
                Some(libc::EINVAL) => Err(vm.io_error(&e)),
                _ => Ok(Value::NONE),
            };
        }
        vm.fs_decode(&buf[..len.min(buf.len()) - 1])
    }
    /// Return average recent system load information.
    ///
    /// Return the number of processes in the system run queue averaged over
    /// the last 1, 5, and 15 minutes as a tuple of three floats.
    /// Raises OSError if the load average was unobtainable.
    #[native("getloadavg($module, /)")]
    fn getloadavg(vm: &mut Vm, _m: Value) -> Res {
        let mut l = [0f64; 3];
        // SAFETY: room for three.
        if unsafe { libc::getloadavg(l.as_mut_ptr(), 3) } != 3 {
            let class = vm.types.exc.OSError;
            return Err(vm.error(class, "Load averages are unobtainable"));
        }
        vm.new_tuple(&l.map(Value::float))
    }
    /// Translate an error code to a message string.
    #[native("strerror($module, code, /)")]
    fn strerror(vm: &mut Vm, _m: Value, code: Value) -> Res<String> {
        Ok(runtime::os::strerror(c_int(vm, code)?))
    }
    /// Extracts a device major number from a raw device number.
    #[native("major($module, device, /)")]
    fn major(vm: &mut Vm, _m: Value, device: Value) -> Res<i64> {
        Ok(match device_number(vm, device)? {
            NODEV => -1,
            n => i64::from(libc::major(n)),
        })
    }
    /// Extracts a device minor number from a raw device number.
    #[native("minor($module, device, /)")]
    fn minor(vm: &mut Vm, _m: Value, device: Value) -> Res<i64> {
        Ok(match device_number(vm, device)? {
            NODEV => -1,
            n => i64::from(libc::minor(n)),
        })
    }
    /// Composes a raw device number from the major and minor device numbers.
    #[native("makedev($module, major, minor, /)")]
    fn makedev(vm: &mut Vm, _m: Value, major: Value, minor: Value) -> Res {
        let (major, minor) = (device_part(vm, major)?, device_part(vm, minor)?);
        if (major, minor) == (NODEV, NODEV) {
            return Ok(Value::int_unchecked(-1));
        }
        vm.new_int_u64(libc::makedev(major as u32, minor as u32))
    }
}
