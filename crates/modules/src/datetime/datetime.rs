//! `datetime`: state, fields, text.

use super::calendar::{MAX_ORDINAL, Ymd};
use super::delta::{self, Delta};
use super::format::{ctime, iso_date, iso_time, struct_time, timespec};
use super::parts::*;
use super::tz::{self, delta_or_none, offset_text, tzinfo_or};
use super::{date, local, time};
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

pub static SPEC: TypeSpec = payload_type! {
    name: "datetime",
    module: "datetime",
    doc: "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.\n",
    base: Some(&date::SPEC),
    flags: TypeFlags::BASE,
    tables: &[
        super::datetime_new::TABLE,
        methods::TABLE,
        fields::TABLE,
        super::datetime_ops::TABLE,
        super::datetime_ops::ORDER,
    ],
};

/// A datetime of a class: subclasses are called.
pub fn new(vm: &mut Vm, class: Value, m: Moment) -> Res {
    let own = vm.native_type(&SPEC)?;
    if class == own.value() {
        check_date(vm, m.date)?;
        check_clock(vm, m.clock)?;
        return plain(vm, own, m);
    }
    let (d, c) = (m.date, m.clock);
    let n = [
        d.year, d.month, d.day, c.hour, c.minute, c.second, c.micro, 1,
    ]
    .map(|n| Value::int_unchecked(i64::from(n)));
    let args = [n[0], n[1], n[2], n[3], n[4], n[5], n[6], m.tz];
    if c.fold == 0 {
        return vm.call_value(class, &args);
    }
    let all = [n[0], n[1], n[2], n[3], n[4], n[5], n[6], m.tz, n[7]];
    let name = vm.intern("fold");
    vm.call_kw(class, &all, &[name])
}

/// An instance without a call of the class; the fields are in range.
pub fn plain(vm: &mut Vm, class: Ref<TypeObj>, m: Moment) -> Res {
    let (date, clock, tz) = (m.date, m.clock, m.tz);
    vm.new_payload(class, DateTime { date, clock, tz })
}

/// Adds `min`, `max` and `resolution`.
pub fn add_constants(vm: &mut Vm, class: Ref<TypeObj>) -> Res<()> {
    let last = Clock::at(86_399, 999_999);
    for (name, n, clock) in [("min", 1, Clock::default()), ("max", MAX_ORDINAL, last)] {
        let m = Moment {
            date: Ymd::from_ordinal(n),
            clock,
            tz: Value::NONE,
        };
        let v = plain(vm, class, m)?;
        vm.dict_set_str(class.dict.get(), name, v)?;
    }
    let tick = Delta {
        micros: 1,
        ..Delta::ZERO
    };
    let v = delta::new(vm, tick)?;
    vm.dict_set_str(class.dict.get(), "resolution", v)
}

/// The state of `self`.
pub fn this_moment(vm: &mut Vm, this: Value) -> Res<Moment> {
    need(vm, moment_of(this), "datetime")
}

/// The offset of a datetime.
pub fn offset_of(vm: &mut Vm, this: Value) -> Res<Option<Delta>> {
    let m = this_moment(vm, this)?;
    tz::utcoffset(vm, m.tz, this)
}

/// `(cls, state)`; the fold is told from protocol 4 on.
fn reduced(vm: &mut Vm, this: Value, fold: bool) -> Res {
    let m = this_moment(vm, this)?;
    let mut state = [0; 10];
    state[..4].copy_from_slice(&m.date.bytes());
    state[4..].copy_from_slice(&m.clock.bytes());
    if fold && m.clock.fold != 0 {
        state[2] |= 0x80;
    }
    let state = vm.new_bytes(&state)?;
    let args = if m.tz.is_none() {
        vm.new_tuple(&[state])?
    } else {
        vm.new_tuple(&[state, m.tz])?
    };
    let class = vm.class_of(this).value();
    vm.new_tuple(&[class, args])
}

/// The `sep` argument: one character.
fn separator(vm: &mut Vm, v: Option<Value>) -> Res<u32> {
    let Some(v) = v else {
        return Ok('T' as u32);
    };
    let wrong = |vm: &mut Vm, got: String| -> Raised {
        vm.type_error(&format!(
            "isoformat() argument 1 must be a unicode character, not {got}"
        ))
    };
    let Some(s) = v.downcast::<StrObj>() else {
        let got = vm.class_name(v);
        return Err(wrong(vm, got));
    };
    if s.len != 1 {
        return Err(wrong(vm, format!("a string of length {}", s.len)));
    }
    Ok(s.units().iter().next().unwrap_or(0))
}

/// The fields of `replace`.
pub struct Changes<'a> {
    pub date: [Option<Value>; 3],
    pub clock: [Option<Value>; 4],
    pub tz: Option<Value>,
    pub fold: Option<Value>,
    pub this: &'a Moment,
}

impl Changes<'_> {
    fn apply(&self, vm: &mut Vm) -> Res<Moment> {
        let (d, c) = (self.this.date, self.this.clock);
        let date = Ymd {
            year: number_or(vm, self.date[0], d.year)?,
            month: number_or(vm, self.date[1], d.month)?,
            day: number_or(vm, self.date[2], d.day)?,
        };
        let clock = Clock {
            hour: number_or(vm, self.clock[0], c.hour)?,
            minute: number_or(vm, self.clock[1], c.minute)?,
            second: number_or(vm, self.clock[2], c.second)?,
            micro: number_or(vm, self.clock[3], c.micro)?,
            fold: number_or(vm, self.fold, c.fold)?,
        };
        check_date(vm, date)?;
        check_clock(vm, clock)?;
        let tz = tzinfo_or(vm, self.tz, self.this.tz)?;
        Ok(Moment { date, clock, tz })
    }
}

#[derive::natives]
mod fields {
    use super::*;

    #[getter("hour")]
    fn hour(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_moment(vm, this)?.clock.hour))
    }
    #[getter("minute")]
    fn minute(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_moment(vm, this)?.clock.minute))
    }
    #[getter("second")]
    fn second(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_moment(vm, this)?.clock.second))
    }
    #[getter("microsecond")]
    fn microsecond(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_moment(vm, this)?.clock.micro))
    }
    #[getter("fold")]
    fn fold(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_moment(vm, this)?.clock.fold))
    }
    #[getter("tzinfo")]
    fn tzinfo(vm: &mut Vm, this: Value) -> Res {
        Ok(this_moment(vm, this)?.tz)
    }
    /// Return self.tzinfo.utcoffset(self).
    #[native("utcoffset($self, /)")]
    fn utcoffset(vm: &mut Vm, this: Value) -> Res {
        let d = offset_of(vm, this)?;
        delta_or_none(vm, d)
    }
    /// Return self.tzinfo.dst(self).
    #[native("dst($self, /)")]
    fn dst(vm: &mut Vm, this: Value) -> Res {
        let m = this_moment(vm, this)?;
        let d = tz::dst(vm, m.tz, this)?;
        delta_or_none(vm, d)
    }
    /// Return self.tzinfo.tzname(self).
    #[native("tzname($self, /)")]
    fn tzname(vm: &mut Vm, this: Value) -> Res {
        let m = this_moment(vm, this)?;
        tz::tzname(vm, m.tz, this)
    }
    /// Return date object with same year, month and day.
    #[native("date($self, /)")]
    fn date(vm: &mut Vm, this: Value) -> Res {
        let m = this_moment(vm, this)?;
        let class = vm.native_type(&date::SPEC)?;
        vm.new_payload(class, Date(m.date))
    }
    /// Return time object with same time but with tzinfo=None.
    #[native("time($self, /)")]
    fn time(vm: &mut Vm, this: Value) -> Res {
        let m = this_moment(vm, this)?;
        let class = vm.native_type(&time::SPEC)?.value();
        time::new(vm, class, m.clock, Value::NONE)
    }
    /// Return time object with same time and tzinfo.
    #[native("timetz($self, /)")]
    fn timetz(vm: &mut Vm, this: Value) -> Res {
        let m = this_moment(vm, this)?;
        let class = vm.native_type(&time::SPEC)?.value();
        time::new(vm, class, m.clock, m.tz)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return ctime() style string.
    #[native("ctime($self, /)")]
    fn ctime_method(vm: &mut Vm, this: Value) -> Res<String> {
        let m = this_moment(vm, this)?;
        Ok(ctime(m.date, m.clock))
    }
    /// Return time tuple, compatible with time.localtime().
    #[native("timetuple($self, /)")]
    fn timetuple(vm: &mut Vm, this: Value) -> Res {
        let m = this_moment(vm, this)?;
        let flag = match tz::dst(vm, m.tz, this)? {
            None => -1,
            Some(d) => i64::from(d != Delta::ZERO),
        };
        struct_time(vm, m.date, m.clock, flag)
    }
    /// Return UTC time tuple, compatible with time.localtime().
    #[native("utctimetuple($self, /)")]
    fn utctimetuple(vm: &mut Vm, this: Value) -> Res {
        let m = this_moment(vm, this)?;
        let offset = offset_of(vm, this)?.map_or(0, Delta::total);
        match Moment::from_micros(m.micros() - offset, Value::NONE) {
            Some(m) => struct_time(vm, m.date, m.clock, 0),
            None => Err(vm.overflow_error("date value out of range")),
        }
    }
    /// Return POSIX timestamp as float.
    #[native("timestamp($self, /)")]
    fn timestamp(vm: &mut Vm, this: Value) -> Res {
        let m = this_moment(vm, this)?;
        if !m.tz.is_none() {
            let offset = offset_of(vm, this)?.map_or(0, Delta::total);
            let us = m.micros() - offset - i128::from(local::EPOCH) * 1_000_000;
            let us = vm.new_int_i128(us)?;
            let million = Value::int_unchecked(1_000_000);
            return vm.binary(runtime::ops::BinOp::TrueDiv, us, million);
        }
        let s = local::from_local(vm, m)? - local::EPOCH;
        Ok(Value::float(s as f64 + f64::from(m.clock.micro) / 1e6))
    }
    /// [sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    /// sep is used to separate the year from the time, and defaults to 'T'.
    /// The optional argument timespec specifies the number of additional terms
    /// of the time to include. Valid options are 'auto', 'hours', 'minutes',
    /// 'seconds', 'milliseconds' and 'microseconds'.
    #[native("isoformat($self, /, sep='T', timespec='auto')", nosig)]
    fn isoformat(vm: &mut Vm, this: Value, sep: Option<Value>, spec: Option<Value>) -> Res {
        let m = this_moment(vm, this)?;
        let sep = separator(vm, sep)?;
        let spec = timespec(vm, spec, m.clock, 2)?;
        let offset = offset_of(vm, this)?;
        let time = iso_time(m.clock, spec) + &offset_text(offset, ":");
        // The separator may be a lone surrogate.
        let mut text: Vec<u32> = iso_date(m.date).chars().map(u32::from).collect();
        text.push(sep);
        text.extend(time.chars().map(u32::from));
        vm.new_str_points(&text)
    }
    /// Return datetime with new specified fields.
    #[native(
        "replace($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    fn replace(
        vm: &mut Vm,
        this: Value,
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
        let m = this_moment(vm, this)?;
        let changes = Changes {
            date: [year, month, day],
            clock: [hour, minute, second, microsecond],
            tz: tzinfo,
            fold,
            this: &m,
        };
        let m = changes.apply(vm)?;
        let class = vm.class_of(this).value();
        super::new(vm, class, m)
    }
    /// The same as replace().
    #[native(
        "__replace__($self, /, year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
        nosig
    )]
    fn replace_method(
        vm: &mut Vm,
        this: Value,
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
        replace(
            vm,
            this,
            year,
            month,
            day,
            hour,
            minute,
            second,
            microsecond,
            tzinfo,
            fold,
        )
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
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let m = this_moment(vm, this)?;
        let (d, c) = (m.date, m.clock);
        let mut args = format!(
            "{}, {}, {}, {}, {}",
            d.year, d.month, d.day, c.hour, c.minute
        );
        if c.micro != 0 {
            args += &format!(", {}, {}", c.second, c.micro);
        } else if c.second != 0 {
            args += &format!(", {}", c.second);
        }
        if c.fold != 0 {
            args += ", fold=1";
        }
        if !m.tz.is_none() {
            args += &format!(", tzinfo={}", vm.display_repr(m.tz)?);
        }
        let name = vm.class_of(this).full_name();
        Ok(format!("{name}({args})"))
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str_method(vm: &mut Vm, this: Value) -> Res {
        let space = vm.new_str(" ")?;
        vm.call_method_str(this, "isoformat", &[space])
    }
}
