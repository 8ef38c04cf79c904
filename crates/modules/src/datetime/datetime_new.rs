//! `datetime`: constructors.

use super::calendar::{MAX_ORDINAL, Ymd};
use super::datetime::{SPEC, new, plain};
use super::iso;
use super::local::{self, Round};
use super::parts::*;
use super::time::{state_tz, time_of};
use super::tz::{check_tzinfo, tzinfo_or};
use super::{format, timezone};
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::time::{SystemTime, UNIX_EPOCH};

/// The datetime of a timestamp, in UTC or local time.
fn at(vm: &mut Vm, class: Value, (t, micro): (i64, i32), utc: bool, tz: Value) -> Res {
    let (date, clock) = local::fields(vm, t, utc)?;
    check_date(vm, date)?;
    let fold = i32::from(!utc && local::fold_of(vm, t, date, clock)?);
    let clock = Clock {
        micro,
        fold,
        ..clock
    };
    new(vm, class, Moment { date, clock, tz })
}

/// As `at`, in the zone `tz` if there is one.
fn in_zone(vm: &mut Vm, class: Value, t: (i64, i32), tz: Value) -> Res {
    let r = at(vm, class, t, !tz.is_none(), tz)?;
    if tz.is_none() {
        return Ok(r);
    }
    vm.call_method_str(tz, "fromutc", &[r])
}

fn now_parts() -> (i64, i32) {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(d) => (d.as_secs() as i64, d.subsec_micros() as i32),
        Err(e) => {
            let us = -(e.duration().as_micros() as i64);
            (us.div_euclid(1_000_000), us.rem_euclid(1_000_000) as i32)
        }
    }
}

/// A pickled state: ten bytes whose month may carry the fold.
fn unpickled(vm: &mut Vm, class: Ref<runtime::class::TypeObj>, b: &[u8], tz: Option<Value>) -> Res {
    let tz = state_tz(vm, tz)?;
    let mut date = Ymd::from_bytes(b);
    let fold = date.month >> 7;
    date.month &= 0x7f;
    let clock = Clock {
        fold,
        ..Clock::from_bytes(&b[4..])
    };
    // As in CPython the rest of a pickled state is not checked.
    plain(vm, class, Moment { date, clock, tz })
}

/// The moment whose zone a local time has: in a gap (where the fold chooses between the offsets
/// before and after it) the other one than `from_local` gives.
fn local_moment(vm: &mut Vm, m: Moment) -> Res<i64> {
    let t = local::from_local(vm, m)?;
    let fold = m.clock.fold;
    let clock = Clock {
        fold: 1 - fold,
        ..m.clock
    };
    let other = local::from_local(vm, Moment { clock, ..m })?;
    let in_gap = other != t && (other > t) == (fold == 1);
    Ok(if in_gap { other } else { t })
}

fn deprecated(vm: &mut Vm, name: &str, instead: &str) -> Res<()> {
    let class = vm.types.exc.DeprecationWarning;
    let text = format!(
        "datetime.datetime.{name}() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: {instead}."
    );
    vm.warn(class, &text, 1)
}

#[derive::natives]
mod makers {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod(
        "__new__($type, year=None, month=None, day=None, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
        nosig
    )]
    fn new_method(
        vm: &mut Vm,
        class: Value,
        year: Option<Value>,
        month: Option<Value>,
        day: Option<Value>,
        hour: Option<Value>,
        minute: Option<Value>,
        second: Option<Value>,
        microsecond: Option<Value>,
        tzinfo: Option<Value>,
        fold: Option<Value>,
    ) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        if let (Some(y), None) = (year, day)
            && let Some(b) = state_bytes(y, 10).filter(|b| (1..=12).contains(&(b[2] & 0x7f)))
        {
            return unpickled(vm, class, &b, month);
        }
        let date = date_args(vm, [year, month, day])?;
        let clock = Clock {
            hour: number_or(vm, hour, 0)?,
            minute: number_or(vm, minute, 0)?,
            second: number_or(vm, second, 0)?,
            micro: number_or(vm, microsecond, 0)?,
            fold: number_or(vm, fold, 0)?,
        };
        check_date(vm, date)?;
        check_clock(vm, clock)?;
        let tz = tzinfo_or(vm, tzinfo, Value::NONE)?;
        plain(vm, class, Moment { date, clock, tz })
    }
    /// Returns new datetime object representing current time local to tz.
    ///
    ///   tz
    ///     Timezone object.
    ///
    /// If no tz is specified, uses local timezone.
    #[classmethod("now($type, /, tz=None)")]
    fn now(vm: &mut Vm, class: Value, tz: Option<Value>) -> Res {
        let tz = tzinfo_or(vm, tz, Value::NONE)?;
        in_zone(vm, class, now_parts(), tz)
    }
    /// Return a new datetime representing UTC day and time.
    #[classmethod("utcnow($type, /)")]
    fn utcnow(vm: &mut Vm, class: Value) -> Res {
        deprecated(vm, "utcnow", "datetime.datetime.now(datetime.UTC)")?;
        at(vm, class, now_parts(), true, Value::NONE)
    }
    /// timestamp[, tz] -> tz's local time from POSIX timestamp.
    #[classmethod("fromtimestamp($type, timestamp, tz=None)", nosig)]
    fn fromtimestamp(vm: &mut Vm, class: Value, timestamp: Value, tz: Option<Value>) -> Res {
        let tz = tzinfo_or(vm, tz, Value::NONE)?;
        let t = local::timestamp(vm, timestamp, Round::Micros)?;
        in_zone(vm, class, t, tz)
    }
    /// Construct a naive UTC datetime from a POSIX timestamp.
    #[classmethod("utcfromtimestamp($type, timestamp, /)", nosig, format)]
    fn utcfromtimestamp(vm: &mut Vm, class: Value, timestamp: Value) -> Res {
        deprecated(
            vm,
            "utcfromtimestamp",
            "datetime.datetime.fromtimestamp(timestamp, datetime.UTC)",
        )?;
        let t = local::timestamp(vm, timestamp, Round::Micros)?;
        at(vm, class, t, true, Value::NONE)
    }
    /// date, time -> datetime with same date and time fields
    #[classmethod("combine($type, date, time, tzinfo=None)", nosig)]
    fn combine(vm: &mut Vm, class: Value, date: Value, time: Value, tzinfo: Option<Value>) -> Res {
        let Some(d) = date_of(date) else {
            let got = vm.argument_kind(date);
            let text = format!("combine() argument 1 must be datetime.date, not {got}");
            return Err(vm.type_error(&text));
        };
        let Some((clock, own)) = time_of(time) else {
            let got = vm.argument_kind(time);
            let text = format!("combine() argument 2 must be datetime.time, not {got}");
            return Err(vm.type_error(&text));
        };
        let tz = tzinfo_or(vm, tzinfo, own)?;
        new(vm, class, Moment { date: d, clock, tz })
    }
    /// string -> datetime from a string in most ISO 8601 formats
    #[classmethod("fromisoformat($type, object, /)")]
    fn fromisoformat(vm: &mut Vm, class: Value, object: Value) -> Res {
        let text = iso::text_arg(vm, object)?;
        let parsed = (|| {
            if text.len() < 7 {
                return None;
            }
            let at = iso::separator(&text)?.min(text.len());
            let date = iso::date(&text[..at]).ok()?;
            if at == text.len() {
                return Some((date, Clock::default(), None));
            }
            let (clock, offset) = iso::time(text.get(at + 1..)?).ok()?;
            Some((date, clock, offset))
        })();
        let Some((date, clock, offset)) = parsed else {
            return Err(iso::malformed(vm, object));
        };
        let (clock, next_day) = iso::midnight(vm, clock)?;
        let tz = iso::zone(vm, offset)?;
        let mut date = check_date(vm, date)?;
        if next_day {
            let n = date.ordinal() + 1;
            // The year 10000 is refused by the constructor.
            date = if n > MAX_ORDINAL {
                Ymd {
                    year: 10_000,
                    month: 1,
                    day: 1,
                }
            } else {
                Ymd::from_ordinal(n)
            };
        }
        new(vm, class, Moment { date, clock, tz })
    }
    /// string, format -> new datetime parsed from a string (like time.strptime()).
    #[classmethod("strptime($type, string, format, /)", nosig, format)]
    fn strptime(vm: &mut Vm, class: Value, string: Value, format: Value) -> Res {
        format::strptime(vm, "_strptime_datetime_datetime", class, string, format)
    }
    /// tz -> convert to local time in new timezone tz
    #[native("astimezone($self, /, tz=None)", nosig)]
    fn astimezone(vm: &mut Vm, this: Value, tz: Option<Value>) -> Res {
        let tz = check_tzinfo(vm, tz.unwrap_or(Value::NONE))?;
        let m = super::super::datetime::this_moment(vm, this)?;
        let mut own = m.tz;
        let mut offset = super::super::tz::utcoffset(vm, own, this)?;
        if own == tz && !own.is_none() {
            return Ok(this);
        }
        if offset.is_none() {
            let t = local_moment(vm, m)? - local::EPOCH;
            own = local::zone_at(vm, t)?;
            offset = super::super::tz::utcoffset(vm, own, this)?;
        }
        let us = m.micros() - offset.map_or(0, |d| d.total());
        let Some(utc) = Moment::from_micros(us, Value::NONE) else {
            return Err(vm.overflow_error("date value out of range"));
        };
        let target = if tz.is_none() {
            let epoch = i128::from(local::EPOCH) * 1_000_000;
            local::zone_at(vm, (us - epoch).div_euclid(1_000_000) as i64)?
        } else {
            tz
        };
        let class = vm.class_of(this).value();
        let r = new(vm, class, Moment { tz: target, ..utc })?;
        if timezone::utc(vm)? == target {
            return Ok(r);
        }
        vm.call_method_str(target, "fromutc", &[r])
    }
}

pub use makers::TABLE;
