//! Timestamps and the platform's local time.

use super::calendar::Ymd;
use super::delta::{self, Delta};
use super::parts::{Clock, Moment};
use crate::util::last_os_error;
use runtime::{Raised, Res, Value, Vm};
use std::ffi::CStr;

/// Seconds from 0001-01-01 minus one day to the Unix epoch.
pub const EPOCH: i64 = 719_163 * 86_400;
/// No fold or gap is longer.
const MAX_FOLD: i64 = 24 * 3600;

/// How a fraction of a second is dropped.
#[derive(Clone, Copy)]
pub enum Round {
    /// To whole seconds, down.
    Seconds,
    /// To microseconds, half to even.
    Micros,
}

fn out_of_range(vm: &mut Vm) -> Raised {
    vm.overflow_error("timestamp out of range for platform time_t")
}

/// A timestamp argument as seconds and microseconds.
pub fn timestamp(vm: &mut Vm, v: Value, round: Round) -> Res<(i64, i32)> {
    let Some(f) = vm.float_of(v) else {
        if matches!(round, Round::Micros) && !vm.is_int(v) {
            let class = vm.class_of(v);
            if vm.lookup(class, vm.names.__index__).is_none() {
                let got = vm.class_name(v);
                return Err(vm.type_error(&format!("argument must be int or float, not {got}")));
            }
        }
        let i = vm.index(v)?;
        return match vm.int_to_i64(i) {
            Some(n) => Ok((n, 0)),
            None => Err(out_of_range(vm)),
        };
    };
    if f.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    let mut whole = f.floor();
    let mut micros = 0;
    if let Round::Micros = round {
        // As C does: the fraction on its own, rounded half to even.
        whole = f.trunc();
        let mut us = ((f - whole) * 1e6).round_ties_even();
        if us < 0.0 {
            us += 1e6;
            whole -= 1.0;
        } else if us >= 1e6 {
            us -= 1e6;
            whole += 1.0;
        }
        micros = us as i32;
    }
    if !(-9.2e18..9.2e18).contains(&whole) {
        return Err(out_of_range(vm));
    }
    Ok((whole as i64, micros))
}

/// The C library's calendar time.
fn broken_down(vm: &mut Vm, t: i64, utc: bool) -> Res<libc::tm> {
    // SAFETY: an all-zero tm is valid, and both pointers are locals.
    let (tm, failed) = unsafe {
        let mut tm: libc::tm = std::mem::zeroed();
        let r = if utc {
            libc::gmtime_r(&t, &mut tm)
        } else {
            libc::localtime_r(&t, &mut tm)
        };
        (tm, r.is_null())
    };
    if failed {
        return Err(last_os_error(vm));
    }
    Ok(tm)
}

/// The fields of a timestamp, in UTC or local time. The year may be out of range.
pub fn fields(vm: &mut Vm, t: i64, utc: bool) -> Res<(Ymd, Clock)> {
    let tm = broken_down(vm, t, utc)?;
    let date = Ymd {
        year: tm.tm_year.saturating_add(1900),
        month: tm.tm_mon + 1,
        day: tm.tm_mday,
    };
    let clock = Clock {
        hour: tm.tm_hour,
        minute: tm.tm_min,
        // Leap seconds do not exist here.
        second: tm.tm_sec.min(59),
        micro: 0,
        fold: 0,
    };
    Ok((date, clock))
}

/// Local time of a moment, both in seconds as `EPOCH` counts.
fn local(vm: &mut Vm, u: i64) -> Res<i64> {
    let (d, c) = fields(vm, u - EPOCH, false)?;
    super::parts::check_date(vm, d)?;
    Ok(d.ordinal() * 86_400 + c.seconds())
}

/// Is this local time the second of its kind?
pub fn fold_of(vm: &mut Vm, t: i64, d: Ymd, c: Clock) -> Res<bool> {
    let u = t + EPOCH;
    // Before it there is nothing to compare with.
    if u < MAX_FOLD + 2 * 86_400 {
        return Ok(false);
    }
    let result = d.ordinal() * 86_400 + c.seconds();
    let probe = local(vm, u - MAX_FOLD)?;
    let transition = result - probe - MAX_FOLD;
    Ok(transition < 0 && local(vm, u + transition)? == result)
}

/// The moment of a local time (PEP 495), in seconds as `EPOCH` counts.
pub fn from_local(vm: &mut Vm, m: Moment) -> Res<i64> {
    let t = m.date.ordinal() * 86_400 + m.clock.seconds();
    let fold = m.clock.fold != 0;
    let a = local(vm, t)? - t;
    let u1 = t - a;
    let t1 = local(vm, u1)?;
    let b;
    if t1 == t {
        // One solution; the other may lie on the other side of a transition.
        let u2 = if fold { u1 + MAX_FOLD } else { u1 - MAX_FOLD };
        b = local(vm, u2)? - u2;
        if a == b {
            return Ok(u1);
        }
    } else {
        b = t1 - u1;
    }
    let u2 = t - b;
    if local(vm, u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // In a gap.
    Ok(if fold { u1.min(u2) } else { u1.max(u2) })
}

/// The zone of local time at a timestamp.
pub fn zone_at(vm: &mut Vm, t: i64) -> Res {
    let tm = broken_down(vm, t, false)?;
    let name = if tm.tm_zone.is_null() {
        Value::NONE
    } else {
        // SAFETY: the C library's zone names are C strings that stay.
        let name = unsafe { CStr::from_ptr(tm.tm_zone) };
        vm.fs_decode(name.to_bytes())?
    };
    let offset = Delta::from_total(vm, i128::from(tm.tm_gmtoff) * 1_000_000)?;
    let d = delta::new(vm, offset)?;
    super::timezone::new(vm, d, name)
}
