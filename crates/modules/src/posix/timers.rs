//! Events and timers that are descriptors: `eventfd`, `timerfd`.

use super::args::*;
use super::fds::call;
use crate::util::{Rounding, seconds_to_ns};
use runtime::os::check;
use runtime::{Res, Value, Vm};

const NS: i64 = 1_000_000_000;

fn timespec(ns: i64) -> libc::timespec {
    libc::timespec {
        tv_sec: ns.div_euclid(NS),
        tv_nsec: ns.rem_euclid(NS),
    }
}

fn nanoseconds(t: libc::timespec) -> i64 {
    t.tv_sec.saturating_mul(NS).saturating_add(t.tv_nsec)
}

/// What results show of a time in nanoseconds.
type Show = fn(&mut Vm, i64) -> Res;

fn as_seconds(_: &mut Vm, ns: i64) -> Res {
    Ok(Value::float(ns as f64 / NS as f64))
}

fn as_nanoseconds(vm: &mut Vm, ns: i64) -> Res {
    vm.new_int(ns)
}

/// (time until the next expiration, interval).
fn pair(vm: &mut Vm, t: &libc::itimerspec, show: Show) -> Res {
    let next = show(vm, nanoseconds(t.it_value))?;
    let interval = show(vm, nanoseconds(t.it_interval))?;
    vm.new_tuple(&[next, interval])
}

/// A time in seconds, by default 0.
fn seconds_arg(vm: &mut Vm, v: Option<Value>) -> Res<i64> {
    let seconds = v.map_or(Ok(0.0), |v| vm.to_f64(v))?;
    if seconds.is_nan() {
        return Err(vm.overflow_error("timestamp out of range for C PyTime_t"));
    }
    seconds_to_ns(vm, Value::float(seconds), Rounding::Floor)
}

fn ns_arg(vm: &mut Vm, v: Option<Value>) -> Res<i64> {
    v.map_or(Ok(0), |v| vm.index_i64(v))
}

fn set_time(vm: &mut Vm, fd: i32, flags: i32, times: [i64; 2], show: Show) -> Res {
    let [initial, interval] = times;
    let new = libc::itimerspec {
        it_interval: timespec(interval),
        it_value: timespec(initial),
    };
    let mut old = libc::itimerspec {
        it_interval: timespec(0),
        it_value: timespec(0),
    };
    // SAFETY: both structures are locals.
    let r = check(unsafe { libc::timerfd_settime(fd, flags, &new, &mut old) } as isize);
    done(vm, r)?;
    pair(vm, &old, show)
}

fn get_time(vm: &mut Vm, fd: i32, show: Show) -> Res {
    let mut now = libc::itimerspec {
        it_interval: timespec(0),
        it_value: timespec(0),
    };
    // SAFETY: the structure is a local.
    let r = check(unsafe { libc::timerfd_gettime(fd, &mut now) } as isize);
    done(vm, r)?;
    pair(vm, &now, show)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Creates and returns an event notification file descriptor.
    #[native("eventfd($module, /, initval, flags=EFD_CLOEXEC)")]
    fn eventfd(vm: &mut Vm, _m: Value, initval: Value, flags: Option<Value>) -> Res<usize> {
        let initval = unsigned_int(vm, initval)?;
        let flags = flags.map_or(Ok(libc::EFD_CLOEXEC), |f| c_int(vm, f))?;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::eventfd(initval, flags) } as isize);
        done(vm, r)
    }
    /// Wait for the counter of an eventfd to be other than zero, and take its value.
    #[native("eventfd_read($module, /, fd)")]
    fn eventfd_read(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fildes(vm, fd)?;
        let mut n = 0u64;
        // SAFETY: the counter is a local of eight bytes.
        call(vm, || {
            check(unsafe { libc::eventfd_read(fd, &mut n) } as isize)
        })?;
        vm.new_int_u64(n)
    }
    /// Add value to the counter of an eventfd.
    #[native("eventfd_write($module, /, fd, value)")]
    fn eventfd_write(vm: &mut Vm, _m: Value, fd: Value, value: Value) -> Res<()> {
        let fd = fildes(vm, fd)?;
        let n = unsigned_long_long(vm, value)?;
        // SAFETY: no memory is involved.
        call(vm, || check(unsafe { libc::eventfd_write(fd, n) } as isize)).map(|_| ())
    }
    /// Return a new descriptor that becomes readable when a timer expires.
    ///
    /// clockid is time.CLOCK_REALTIME, CLOCK_MONOTONIC or CLOCK_BOOTTIME; flags are
    /// TFD_NONBLOCK and TFD_CLOEXEC, combined with OR.
    #[native("timerfd_create($module, clockid, /, *, flags=0)")]
    fn timerfd_create(vm: &mut Vm, _m: Value, clockid: i32, flags: Option<i32>) -> Res<usize> {
        let flags = flags.unwrap_or(0) | libc::TFD_CLOEXEC;
        // SAFETY: no memory is involved.
        let r = check(unsafe { libc::timerfd_create(clockid, flags) } as isize);
        done(vm, r)
    }
    /// Set a timer: seconds until it expires first (0: never), and between later expirations.
    ///
    /// flags are TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET. Return what was set before.
    #[native("timerfd_settime($module, fd, /, *, flags=0, initial=0.0, interval=0.0)")]
    fn timerfd_settime(
        vm: &mut Vm,
        _m: Value,
        fd: Value,
        flags: Option<i32>,
        initial: Option<Value>,
        interval: Option<Value>,
    ) -> Res {
        let fd = fildes(vm, fd)?;
        let times = [seconds_arg(vm, initial)?, seconds_arg(vm, interval)?];
        set_time(vm, fd, flags.unwrap_or(0), times, as_seconds)
    }
    /// timerfd_settime() in nanoseconds.
    #[native("timerfd_settime_ns($module, fd, /, *, flags=0, initial=0, interval=0)")]
    fn timerfd_settime_ns(
        vm: &mut Vm,
        _m: Value,
        fd: Value,
        flags: Option<i32>,
        initial: Option<Value>,
        interval: Option<Value>,
    ) -> Res {
        let fd = fildes(vm, fd)?;
        let times = [ns_arg(vm, initial)?, ns_arg(vm, interval)?];
        set_time(vm, fd, flags.unwrap_or(0), times, as_nanoseconds)
    }
    /// Return the seconds until a timer expires, and those between later expirations.
    #[native("timerfd_gettime($module, fd, /)")]
    fn timerfd_gettime(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fildes(vm, fd)?;
        get_time(vm, fd, as_seconds)
    }
    /// timerfd_gettime() in nanoseconds.
    #[native("timerfd_gettime_ns($module, fd, /)")]
    fn timerfd_gettime_ns(vm: &mut Vm, _m: Value, fd: Value) -> Res {
        let fd = fildes(vm, fd)?;
        get_time(vm, fd, as_nanoseconds)
    }
}
