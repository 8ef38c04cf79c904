//! Clocks and sleeping.

use crate::util::{self, Rounding};
use runtime::{Res, Value, Vm};

/// Clock constants of the module.
pub const IDS: &[(&str, i32)] = &[
    ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
    ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
    ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
    ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
    ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
    ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
    ("CLOCK_TAI", libc::CLOCK_TAI),
];

const BILLION: i64 = 1_000_000_000;

fn spec_ns(t: libc::timespec) -> i64 {
    t.tv_sec * BILLION + t.tv_nsec
}

fn read(vm: &mut Vm, id: i32) -> Res<i64> {
    let mut t = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: fills the struct.
    if unsafe { libc::clock_gettime(id, &mut t) } != 0 {
        return Err(util::last_os_error(vm));
    }
    Ok(spec_ns(t))
}

fn seconds(ns: i64) -> f64 {
    // One rounding only: the quotient of two exact doubles.
    if ns % BILLION == 0 {
        (ns / BILLION) as f64
    } else {
        ns as f64 / 1e9
    }
}

fn clock_id(vm: &mut Vm, id: i64) -> Res<i32> {
    i32::try_from(id).map_err(|_| vm.overflow_error("Python int too large to convert to C int"))
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// time() -> floating-point number
    ///
    /// Return the current time in seconds since the Epoch.
    /// Fractions of a second may be present if the system clock provides them.
    #[native("time($module, /)")]
    fn time(vm: &mut Vm, _m: Value) -> Res<f64> {
        Ok(seconds(read(vm, libc::CLOCK_REALTIME)?))
    }
    /// time_ns() -> int
    ///
    /// Return the current time in nanoseconds since the Epoch.
    #[native("time_ns($module, /)")]
    fn time_ns(vm: &mut Vm, _m: Value) -> Res<i64> {
        read(vm, libc::CLOCK_REALTIME)
    }
    /// monotonic() -> float
    ///
    /// Monotonic clock, cannot go backward.
    #[native("monotonic($module, /)")]
    fn monotonic(vm: &mut Vm, _m: Value) -> Res<f64> {
        Ok(seconds(read(vm, libc::CLOCK_MONOTONIC)?))
    }
    /// monotonic_ns() -> int
    ///
    /// Monotonic clock, cannot go backward, as nanoseconds.
    #[native("monotonic_ns($module, /)")]
    fn monotonic_ns(vm: &mut Vm, _m: Value) -> Res<i64> {
        read(vm, libc::CLOCK_MONOTONIC)
    }
    /// perf_counter() -> float
    ///
    /// Performance counter for benchmarking.
    #[native("perf_counter($module, /)")]
    fn perf_counter(vm: &mut Vm, _m: Value) -> Res<f64> {
        Ok(seconds(read(vm, libc::CLOCK_MONOTONIC)?))
    }
    /// perf_counter_ns() -> int
    ///
    /// Performance counter for benchmarking as nanoseconds.
    #[native("perf_counter_ns($module, /)")]
    fn perf_counter_ns(vm: &mut Vm, _m: Value) -> Res<i64> {
        read(vm, libc::CLOCK_MONOTONIC)
    }
    /// process_time() -> float
    ///
    /// Process time for profiling: sum of the kernel and user-space CPU time.
    #[native("process_time($module, /)")]
    fn process_time(vm: &mut Vm, _m: Value) -> Res<f64> {
        Ok(seconds(read(vm, libc::CLOCK_PROCESS_CPUTIME_ID)?))
    }
    /// process_time() -> int
    ///
    /// Process time for profiling as nanoseconds:
    /// sum of the kernel and user-space CPU time.
    #[native("process_time_ns($module, /)")]
    fn process_time_ns(vm: &mut Vm, _m: Value) -> Res<i64> {
        read(vm, libc::CLOCK_PROCESS_CPUTIME_ID)
    }
    /// thread_time() -> float
    ///
    /// Thread time for profiling: sum of the kernel and user-space CPU time.
    #[native("thread_time($module, /)")]
    fn thread_time(vm: &mut Vm, _m: Value) -> Res<f64> {
        Ok(seconds(read(vm, libc::CLOCK_THREAD_CPUTIME_ID)?))
    }
    /// thread_time() -> int
    ///
    /// Thread time for profiling as nanoseconds:
    /// sum of the kernel and user-space CPU time.
    #[native("thread_time_ns($module, /)")]
    fn thread_time_ns(vm: &mut Vm, _m: Value) -> Res<i64> {
        read(vm, libc::CLOCK_THREAD_CPUTIME_ID)
    }
    /// Return the time of the specified clock clk_id as a float.
    #[native("clock_gettime($module, clk_id, /)")]
    fn clock_gettime(vm: &mut Vm, _m: Value, clk_id: i64) -> Res<f64> {
        let id = clock_id(vm, clk_id)?;
        Ok(seconds(read(vm, id)?))
    }
    /// Return the time of the specified clock clk_id as nanoseconds (int).
    #[native("clock_gettime_ns($module, clk_id, /)")]
    fn clock_gettime_ns(vm: &mut Vm, _m: Value, clk_id: i64) -> Res<i64> {
        let id = clock_id(vm, clk_id)?;
        read(vm, id)
    }
    /// clock_getres(clk_id) -> floating-point number
    ///
    /// Return the resolution (precision) of the specified clock clk_id.
    #[native("clock_getres($module, clk_id, /)", nosig)]
    fn clock_getres(vm: &mut Vm, _m: Value, clk_id: i64) -> Res<f64> {
        let id = clock_id(vm, clk_id)?;
        let mut t = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: fills the struct.
        if unsafe { libc::clock_getres(id, &mut t) } != 0 {
            return Err(util::last_os_error(vm));
        }
        Ok(seconds(spec_ns(t)))
    }
    /// clock_settime(clk_id, time)
    ///
    /// Set the time of the specified clock clk_id.
    #[native("clock_settime($module, clk_id, time, /)", nosig)]
    fn clock_settime(vm: &mut Vm, _m: Value, clk_id: i64, time: Value) -> Res<()> {
        let ns = util::seconds_to_ns(vm, time, Rounding::Floor)?;
        set(vm, clk_id, ns)
    }
    /// clock_settime_ns(clk_id, time)
    ///
    /// Set the time of the specified clock clk_id with nanoseconds.
    #[native("clock_settime_ns($module, clk_id, time, /)", nosig)]
    fn clock_settime_ns(vm: &mut Vm, _m: Value, clk_id: i64, time: i64) -> Res<()> {
        set(vm, clk_id, time)
    }
    /// pthread_getcpuclockid(thread_id) -> int
    ///
    /// Return the clk_id of a thread's CPU time clock.
    #[native("pthread_getcpuclockid($module, thread_id, /)", nosig)]
    fn pthread_getcpuclockid(vm: &mut Vm, _m: Value, thread_id: i64) -> Res<i64> {
        let mut id = 0;
        // SAFETY: the caller passes the ident of a living thread, as CPython demands.
        let e = unsafe { libc::pthread_getcpuclockid(thread_id as libc::pthread_t, &mut id) };
        if e != 0 {
            return Err(util::os_error(vm, e));
        }
        Ok(i64::from(id))
    }
    /// sleep(seconds)
    ///
    /// Delay execution for a given number of seconds.  The argument may be
    /// a floating-point number for subsecond precision.
    #[native("sleep($module, seconds, /)")]
    fn sleep(vm: &mut Vm, _m: Value, seconds: Value) -> Res<()> {
        let ns = util::seconds_to_ns(vm, seconds, Rounding::Ceiling)?;
        if ns < 0 {
            return Err(vm.value_error("sleep length must be non-negative"));
        }
        let end = read(vm, libc::CLOCK_MONOTONIC)?.saturating_add(ns);
        let t = libc::timespec {
            tv_sec: end / BILLION,
            tv_nsec: end % BILLION,
        };
        let r = util::blocking(vm, || {
            // SAFETY: reads the struct; no remaining time is asked for.
            let e = unsafe {
                libc::clock_nanosleep(
                    libc::CLOCK_MONOTONIC,
                    libc::TIMER_ABSTIME,
                    &t,
                    std::ptr::null_mut(),
                )
            };
            if e == 0 {
                Ok(())
            } else {
                Err(std::io::Error::from_raw_os_error(e))
            }
        })?;
        match r {
            Ok(()) => Ok(()),
            Err(e) => Err(util::os_error(vm, e.raw_os_error().unwrap_or(0))),
        }
    }
    /// get_clock_info(name: str) -> dict
    ///
    /// Get information of the specified clock.
    #[native("get_clock_info($module, name, /)", nosig)]
    fn get_clock_info(vm: &mut Vm, _m: Value, name: Value) -> Res {
        let text = vm.utf8(name)?;
        let (id, id_name, monotonic, adjustable) = match text.as_str() {
            "time" => (libc::CLOCK_REALTIME, "CLOCK_REALTIME", false, true),
            "monotonic" | "perf_counter" => (libc::CLOCK_MONOTONIC, "CLOCK_MONOTONIC", true, false),
            "process_time" => (
                libc::CLOCK_PROCESS_CPUTIME_ID,
                "CLOCK_PROCESS_CPUTIME_ID",
                true,
                false,
            ),
            "thread_time" => (
                libc::CLOCK_THREAD_CPUTIME_ID,
                "CLOCK_THREAD_CPUTIME_ID",
                true,
                false,
            ),
            _ => return Err(vm.value_error("unknown clock")),
        };
        let resolution = clock_getres(vm, Value::NONE, i64::from(id))?;
        let implementation = vm.new_str(&format!("clock_gettime({id_name})"))?;
        vm.new_namespace(&[
            ("implementation", implementation),
            ("monotonic", Value::bool(monotonic)),
            ("adjustable", Value::bool(adjustable)),
            ("resolution", Value::float(resolution)),
        ])
    }
}

fn set(vm: &mut Vm, id: i64, ns: i64) -> Res<()> {
    let id = clock_id(vm, id)?;
    let t = libc::timespec {
        tv_sec: ns.div_euclid(BILLION),
        tv_nsec: ns.rem_euclid(BILLION),
    };
    // SAFETY: reads the struct.
    if unsafe { libc::clock_settime(id, &t) } != 0 {
        return Err(util::last_os_error(vm));
    }
    Ok(())
}
