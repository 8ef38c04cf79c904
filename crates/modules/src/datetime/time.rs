//! `time`.

use super::calendar::Ymd;
use super::delta::{self, Delta};
use super::format::{self, Formatted, iso_time, struct_time, timespec};
use super::iso;
use super::parts::*;
use super::tz::{self, check_tzinfo, delta_or_none, offset_text, tzinfo_or};
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::{Res, Value, Vm};

pub static SPEC: TypeSpec = payload_type! {
    name: "time",
    module: "datetime",
    doc: "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.\n",
    flags: TypeFlags::BASE,
    tables: &[makers::TABLE, methods::TABLE, order::TABLE],
};

/// A time of a class: subclasses are called.
pub fn new(vm: &mut Vm, class: Value, clock: Clock, tz: Value) -> Res {
    let own = vm.native_type(&SPEC)?;
    if class == own.value() {
        let clock = check_clock(vm, clock)?;
        return vm.new_payload(own, Time { clock, tz });
    }
    let c = [clock.hour, clock.minute, clock.second, clock.micro]
        .map(|n| Value::int_unchecked(i64::from(n)));
    let args = [c[0], c[1], c[2], c[3], tz];
    if clock.fold == 0 {
        return vm.call_value(class, &args);
    }
    let name = vm.intern("fold");
    let all = [c[0], c[1], c[2], c[3], tz, Value::int_unchecked(1)];
    vm.call_kw(class, &all, &[name])
}

/// Adds `min`, `max` and `resolution`.
pub fn add_constants(vm: &mut Vm, class: Ref<TypeObj>) -> Res<()> {
    let last = Clock::at(86_399, 999_999);
    for (name, clock) in [("min", Clock::default()), ("max", last)] {
        let tz = Value::NONE;
        let v = vm.new_payload(class, Time { clock, tz })?;
        vm.dict_set_str(class.dict.get(), name, v)?;
    }
    let tick = Delta {
        micros: 1,
        ..Delta::ZERO
    };
    let v = delta::new(vm, tick)?;
    vm.dict_set_str(class.dict.get(), "resolution", v)
}

/// The clock and zone of a `time`.
pub fn time_of(v: Value) -> Option<(Clock, Value)> {
    v.payload::<Time>().map(|t| (t.clock, t.tz))
}

fn this_time(vm: &mut Vm, this: Value) -> Res<(Clock, Value)> {
    need(vm, time_of(this), "time")
}

fn compare(vm: &mut Vm, this: Value, other: Value, op: CmpOp) -> Res {
    let (a, tz) = this_time(vm, this)?;
    let Some((b, other_tz)) = time_of(other) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let plain = |a: Clock, b: Clock| Value::bool(op.holds(a.unfolded().cmp(&b.unfolded())));
    if tz == other_tz {
        return Ok(plain(a, b));
    }
    let x = tz::utcoffset(vm, tz, Value::NONE)?;
    let y = tz::utcoffset(vm, other_tz, Value::NONE)?;
    match (x, y) {
        _ if x == y => Ok(plain(a, b)),
        (Some(x), Some(y)) => Ok(Value::bool(op.holds(micros(a, x).cmp(&micros(b, y))))),
        _ if matches!(op, CmpOp::Eq | CmpOp::Ne) => Ok(Value::bool(op == CmpOp::Ne)),
        _ => Err(vm.type_error("can't compare offset-naive and offset-aware times")),
    }
}

comparisons!(order, super::compare);

/// Microseconds since midnight in UTC; may be beyond the day.
fn micros(c: Clock, offset: Delta) -> i128 {
    i128::from(c.seconds()) * 1_000_000 + i128::from(c.micro) - offset.total()
}

/// `(cls, state)`; the fold is told from protocol 4 on.
fn reduced(vm: &mut Vm, this: Value, fold: bool) -> Res {
    let (clock, tz) = this_time(vm, this)?;
    let mut state = clock.bytes();
    if fold && clock.fold != 0 {
        state[0] |= 0x80;
    }
    let state = vm.new_bytes(&state)?;
    let args = if tz.is_none() {
        vm.new_tuple(&[state])?
    } else {
        vm.new_tuple(&[state, tz])?
    };
    let class = vm.class_of(this).value();
    vm.new_tuple(&[class, args])
}

/// The zone of a pickled state.
pub fn state_tz(vm: &mut Vm, v: Option<Value>) -> Res<Value> {
    let v = v.unwrap_or(Value::NONE);
    match check_tzinfo(vm, v) {
        Ok(v) => Ok(v),
        Err(_) => {
            vm.take_raised();
            Err(vm.type_error("bad tzinfo state arg"))
        }
    }
}

#[derive::natives]
mod makers {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod(
        "__new__($type, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
        nosig
    )]
    fn new(
        vm: &mut Vm,
        class: Value,
        hour: Option<Value>,
        minute: Option<Value>,
        second: Option<Value>,
        microsecond: Option<Value>,
        tzinfo: Option<Value>,
        fold: Option<Value>,
    ) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        if let (Some(h), None) = (hour, second)
            && let Some(mut b) = state_bytes(h, 6).filter(|b| b[0] & 0x7f < 24)
        {
            let tz = state_tz(vm, minute)?;
            let fold = i32::from(b[0] >> 7);
            b[0] &= 0x7f;
            let clock = Clock {
                fold,
                ..Clock::from_bytes(&b)
            };
            return vm.new_payload(class, Time { clock, tz });
        }
        let clock = Clock {
            hour: number_or(vm, hour, 0)?,
            minute: number_or(vm, minute, 0)?,
            second: number_or(vm, second, 0)?,
            micro: number_or(vm, microsecond, 0)?,
            fold: number_or(vm, fold, 0)?,
        };
        let clock = check_clock(vm, clock)?;
        let tz = tzinfo_or(vm, tzinfo, Value::NONE)?;
        vm.new_payload(class, Time { clock, tz })
    }
    /// string -> time from a string in ISO 8601 format
    #[classmethod("fromisoformat($type, object, /)")]
    fn fromisoformat(vm: &mut Vm, class: Value, object: Value) -> Res {
        let text = iso::text_arg(vm, object)?;
        let text = match text.first() {
            Some(c) if *c == 'T' as u32 => &text[1..],
            _ => &text[..],
        };
        let Ok((clock, offset)) = iso::time(text) else {
            return Err(iso::malformed(vm, object));
        };
        let (clock, _) = iso::midnight(vm, clock)?;
        let tz = iso::zone(vm, offset)?;
        super::new(vm, class, clock, tz)
    }
    /// string, format -> new time parsed from a string (like time.strptime()).
    #[classmethod("strptime($type, string, format, /)", nosig, format)]
    fn strptime(vm: &mut Vm, class: Value, string: Value, format: Value) -> Res {
        format::strptime(vm, "_strptime_datetime_time", class, string, format)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    #[getter("hour")]
    fn hour(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_time(vm, this)?.0.hour))
    }
    #[getter("minute")]
    fn minute(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_time(vm, this)?.0.minute))
    }
    #[getter("second")]
    fn second(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_time(vm, this)?.0.second))
    }
    #[getter("microsecond")]
    fn microsecond(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_time(vm, this)?.0.micro))
    }
    #[getter("fold")]
    fn fold(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_time(vm, this)?.0.fold))
    }
    #[getter("tzinfo")]
    fn tzinfo(vm: &mut Vm, this: Value) -> Res {
        Ok(this_time(vm, this)?.1)
    }
    /// Return self.tzinfo.utcoffset(self).
    #[native("utcoffset($self, /)")]
    fn utcoffset(vm: &mut Vm, this: Value) -> Res {
        let (_, tz) = this_time(vm, this)?;
        let d = tz::utcoffset(vm, tz, Value::NONE)?;
        delta_or_none(vm, d)
    }
    /// Return self.tzinfo.dst(self).
    #[native("dst($self, /)")]
    fn dst(vm: &mut Vm, this: Value) -> Res {
        let (_, tz) = this_time(vm, this)?;
        let d = tz::dst(vm, tz, Value::NONE)?;
        delta_or_none(vm, d)
    }
    /// Return self.tzinfo.tzname(self).
    #[native("tzname($self, /)")]
    fn tzname(vm: &mut Vm, this: Value) -> Res {
        let (_, tz) = this_time(vm, this)?;
        tz::tzname(vm, tz, Value::NONE)
    }
    /// Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// The optional argument timespec specifies the number of additional terms
    /// of the time to include. Valid options are 'auto', 'hours', 'minutes',
    /// 'seconds', 'milliseconds' and 'microseconds'.
    #[native("isoformat($self, /, timespec='auto')", nosig)]
    fn isoformat(vm: &mut Vm, this: Value, spec: Option<Value>) -> Res<String> {
        let (clock, tz) = this_time(vm, this)?;
        let spec = timespec(vm, spec, clock, 1)?;
        let offset = tz::utcoffset(vm, tz, Value::NONE)?;
        Ok(iso_time(clock, spec) + &offset_text(offset, ":"))
    }
    /// format -> strftime() style string.
    #[native("strftime($self, format)", nosig)]
    fn strftime(vm: &mut Vm, this: Value, format: Value) -> Res {
        format::format_arg(vm, format, "strftime")?;
        let (clock, tz) = this_time(vm, this)?;
        let date = Ymd {
            year: 1900,
            month: 1,
            day: 1,
        };
        let tuple = struct_time(vm, date, clock, -1)?;
        let f = Formatted {
            tz,
            tz_arg: Value::NONE,
            micro: clock.micro,
            year: 1900,
            date,
        };
        f.strftime(vm, format, tuple)
    }
    /// Formats self with strftime.
    #[native("__format__($self, format, /)", nosig, format)]
    fn format_method(vm: &mut Vm, this: Value, format: Value) -> Res {
        format::dunder_format(vm, this, format)
    }
    /// Return time with new specified fields.
    #[native(
        "replace($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(
        vm: &mut Vm,
        this: Value,
        hour: Option<Value>,
        minute: Option<Value>,
        second: Option<Value>,
        microsecond: Option<Value>,
        tzinfo: Option<Value>,
        fold: Option<Value>,
    ) -> Res {
        let (c, tz) = this_time(vm, this)?;
        let c = Clock {
            hour: number_or(vm, hour, c.hour)?,
            minute: number_or(vm, minute, c.minute)?,
            second: number_or(vm, second, c.second)?,
            micro: number_or(vm, microsecond, c.micro)?,
            fold: number_or(vm, fold, c.fold)?,
        };
        let tz = tzinfo_or(vm, tzinfo, tz)?;
        let c = check_clock(vm, c)?;
        let class = vm.class_of(this).value();
        super::new(vm, class, c, tz)
    }
    /// The same as replace().
    #[native(
        "__replace__($self, /, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
        nosig
    )]
    fn replace_method(
        vm: &mut Vm,
        this: Value,
        hour: Option<Value>,
        minute: Option<Value>,
        second: Option<Value>,
        microsecond: Option<Value>,
        tzinfo: Option<Value>,
        fold: Option<Value>,
    ) -> Res {
        replace(vm, this, hour, minute, second, microsecond, tzinfo, fold)
    }
    /// __reduce_ex__(proto) -> (cls, state)
    #[native("__reduce_ex__($self, proto, /)", nosig, format)]
    fn reduce_ex(vm: &mut Vm, this: Value, proto: i32) -> Res {
        reduced(vm, this, proto > 3)
    }
    /// __reduce__() -> (cls, state)
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        reduced(vm, this, false)
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let (clock, tz) = this_time(vm, this)?;
        let offset = tz::utcoffset(vm, tz, Value::NONE)?;
        match offset {
            None => Ok(vm.hash_bytes_raw(&clock.bytes())),
            Some(d) => {
                let d = Delta::from_total(vm, micros(clock, d))?;
                delta::hash(vm, d)
            }
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let (c, tz) = this_time(vm, this)?;
        let mut args = format!("{}, {}", c.hour, c.minute);
        if c.micro != 0 {
            args += &format!(", {}, {}", c.second, c.micro);
        } else if c.second != 0 {
            args += &format!(", {}", c.second);
        }
        if !tz.is_none() {
            args += &format!(", tzinfo={}", vm.display_repr(tz)?);
        }
        if c.fold != 0 {
            args += ", fold=1";
        }
        let name = vm.class_of(this).full_name();
        Ok(format!("{name}({args})"))
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str_method(vm: &mut Vm, this: Value) -> Res {
        vm.call_method_str(this, "isoformat", &[])
    }
}
