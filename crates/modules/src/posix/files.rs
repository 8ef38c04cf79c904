//! `utime`.

use super::args::*;
use runtime::object::*;
use runtime::os::check;
use runtime::{Raised, Res, Value, Vm};

const NS: i128 = 1_000_000_000;

/// Seconds (int or float) as a timespec.
fn seconds(vm: &mut Vm, v: Value) -> Res<libc::timespec> {
    if let Some(f) = v.as_float() {
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let whole = f.floor();
        let ns = ((f - whole) * 1e9).floor();
        if !(-9.2e18..9.2e18).contains(&whole) {
            return Err(vm.overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(libc::timespec {
            tv_sec: whole as i64,
            tv_nsec: (ns as i64).clamp(0, 999_999_999),
        });
    }
    Ok(libc::timespec {
        tv_sec: vm.index_i64(v)?,
        tv_nsec: 0,
    })
}

/// Nanoseconds as a timespec.
fn nanoseconds(vm: &mut Vm, v: Value) -> Res<libc::timespec> {
    let n = i128::from(vm.index_i64(v)?);
    Ok(libc::timespec {
        tv_sec: n.div_euclid(NS) as i64,
        tv_nsec: n.rem_euclid(NS) as i64,
    })
}

fn two(vm: &mut Vm, v: Value, message: &str) -> Res<[Value; 2]> {
    match v.downcast::<TupleObj>().as_ref().map(|t| t.items()) {
        Some([a, b]) => Ok([*a, *b]),
        _ => Err(vm.type_error(message)),
    }
}

/// Both times of a `utime` call.
fn times_of(
    vm: &mut Vm,
    times: Option<Value>,
    ns: Option<Value>,
) -> Result<[libc::timespec; 2], Raised> {
    let times = times.filter(|t| !t.is_none());
    if times.is_some() && ns.is_some() {
        return Err(vm.value_error("utime: you may specify either 'times' or 'ns' but not both"));
    }
    if let Some(t) = times {
        let [a, b] = two(
            vm,
            t,
            "utime: 'times' must be either a tuple of two ints or None",
        )?;
        return Ok([seconds(vm, a)?, seconds(vm, b)?]);
    }
    if let Some(n) = ns {
        let [a, b] = two(vm, n, "utime: 'ns' must be a tuple of two ints")?;
        return Ok([nanoseconds(vm, a)?, nanoseconds(vm, b)?]);
    }
    let now = libc::timespec {
        tv_sec: 0,
        tv_nsec: libc::UTIME_NOW,
    };
    Ok([now, now])
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Set the access and modified time of path.
    #[native(
        "utime($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)"
    )]
    fn utime(
        vm: &mut Vm,
        _m: Value,
        path: Value,
        times: Option<Value>,
        ns: Option<Value>,
        dir: Option<Value>,
        follow: Option<bool>,
    ) -> Res<()> {
        let p = path_or_fd(vm, path, "utime")?;
        let dir = dir_fd(vm, dir)?;
        let t = times_of(vm, times, ns)?;
        let flags = if follow.unwrap_or(true) {
            0
        } else {
            libc::AT_SYMLINK_NOFOLLOW
        };
        // SAFETY: two timespecs; the path is terminated.
        let r = unsafe {
            match p.fd {
                Some(fd) => libc::futimens(fd, t.as_ptr()),
                None => libc::utimensat(dir, p.path.as_ptr(), t.as_ptr(), flags),
            }
        };
        let r = check(r as isize);
        done_path(vm, r, &p).map(|_| ())
    }
}
