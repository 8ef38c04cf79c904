//! `date`.

use super::calendar::{IsoError, MAX_ORDINAL, Ymd, from_iso};
use super::delta::Delta;
use super::format::{self, Formatted, ctime, iso_date, struct_time};
use super::iso;
use super::local::{self, Round};
use super::parts::*;
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::structseq::{self, StructSeq};
use runtime::{Res, Value, Vm};

pub static SPEC: TypeSpec = payload_type! {
    name: "date",
    module: "datetime",
    doc: "date(year, month, day) --> date object",
    flags: TypeFlags::BASE,
    tables: &[methods::TABLE, makers::TABLE, order::TABLE],
};

static ISO_DATE: StructSeq = StructSeq {
    spec: TypeSpec {
        tables: &[structseq::TABLES[0], iso_date_methods::TABLE],
        ..StructSeq::spec(
            "datetime",
            "IsoCalendarDate",
            "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple.",
            true,
        )
    },
    fields: &[("year", ""), ("week", ""), ("weekday", "")],
    visible: 3,
};

#[derive::natives]
mod iso_date_methods {
    use super::*;

    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let items = vm.collect(this)?;
        let plain = vm.new_tuple(&items)?;
        let args = vm.new_tuple(&[plain])?;
        vm.new_tuple(&[vm.types.tuple.value(), args])
    }
}

/// A date of a class: subclasses are called.
pub fn new(vm: &mut Vm, class: Value, d: Ymd) -> Res {
    let own = vm.native_type(&SPEC)?;
    if class == own.value() {
        let d = check_date(vm, d)?;
        return vm.new_payload(own, Date(d));
    }
    let args = [d.year, d.month, d.day].map(|n| Value::int_unchecked(i64::from(n)));
    vm.call_value(class, &args)
}

/// Adds `min`, `max` and `resolution`.
pub fn add_constants(vm: &mut Vm, class: Ref<TypeObj>) -> Res<()> {
    for (name, n) in [("min", 1), ("max", MAX_ORDINAL)] {
        let v = vm.new_payload(class, Date(Ymd::from_ordinal(n)))?;
        vm.dict_set_str(class.dict.get(), name, v)?;
    }
    let day = Delta {
        days: 1,
        ..Delta::ZERO
    };
    let v = super::delta::new(vm, day)?;
    vm.dict_set_str(class.dict.get(), "resolution", v)
}

fn this_date(vm: &mut Vm, this: Value) -> Res<Ymd> {
    need(vm, date_of(this), "date")
}

fn compare(vm: &mut Vm, this: Value, other: Value, op: CmpOp) -> Res {
    let a = this_date(vm, this)?;
    Ok(match other.payload::<Date>() {
        Some(b) => Value::bool(op.holds(a.cmp(&b.0))),
        None => Value::NOT_IMPLEMENTED,
    })
}

comparisons!(order, super::compare);

/// `date + days`, of the same class.
fn shifted(vm: &mut Vm, this: Value, days: i64) -> Res {
    let n = this_date(vm, this)?.ordinal() + days;
    if !(1..=MAX_ORDINAL).contains(&n) {
        return Err(vm.overflow_error("date value out of range"));
    }
    let class = vm.class_of(this).value();
    new(vm, class, Ymd::from_ordinal(n))
}

/// `date + timedelta` in either order; datetimes do their own.
fn add(vm: &mut Vm, date: Value, delta: Value) -> Res {
    match (date.payload::<Date>(), delta_of(delta)) {
        (Some(_), Some(d)) => shifted(vm, date, i64::from(d.days)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `date - date` or `date - timedelta`.
fn subtract(vm: &mut Vm, a: Value, b: Value) -> Res {
    let Some(x) = a.payload::<Date>() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if let Some(y) = b.payload::<Date>() {
        let d = Delta {
            days: (x.0.ordinal() - y.0.ordinal()) as i32,
            ..Delta::ZERO
        };
        return super::delta::new(vm, d);
    }
    match delta_of(b) {
        Some(d) => shifted(vm, a, -i64::from(d.days)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `strftime` of a date (a datetime does its own).
fn formatted(vm: &mut Vm, this: Value) -> Res<Formatted> {
    let date = this_date(vm, this)?;
    let m = moment_of(this);
    Ok(Formatted {
        tz: m.map_or(Value::NONE, |m| m.tz),
        tz_arg: this,
        micro: m.map_or(0, |m| m.clock.micro),
        year: date.year,
        date,
    })
}

#[derive::natives]
mod makers {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, year=None, month=None, day=None)", nosig)]
    fn new(
        vm: &mut Vm,
        class: Value,
        year: Option<Value>,
        month: Option<Value>,
        day: Option<Value>,
    ) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        if let (Some(y), None, None) = (year, month, day)
            && let Some(b) = state_bytes(y, 4).filter(|b| (1..=12).contains(&b[2]))
        {
            // As in CPython the rest of a pickled state is not checked.
            return vm.new_payload(class, Date(Ymd::from_bytes(&b)));
        }
        let d = date_args(vm, [year, month, day])?;
        let d = check_date(vm, d)?;
        vm.new_payload(class, Date(d))
    }
    /// Create a date from a POSIX timestamp.
    ///
    /// The timestamp is a number, e.g. created via time.time(), that is
    /// interpreted as local time.
    #[classmethod("fromtimestamp($type, timestamp, /)")]
    fn fromtimestamp(vm: &mut Vm, class: Value, timestamp: Value) -> Res {
        let (t, _) = local::timestamp(vm, timestamp, Round::Seconds)?;
        let (d, _) = local::fields(vm, t, false)?;
        super::new(vm, class, d)
    }
    /// Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).
    #[classmethod("today($type, /)")]
    fn today(vm: &mut Vm, class: Value) -> Res {
        let time = vm.import_by_name("time")?;
        let now = vm.call_method_str(time, "time", &[])?;
        vm.call_method_str(class, "fromtimestamp", &[now])
    }
    /// int -> date corresponding to a proleptic Gregorian ordinal.
    #[classmethod("fromordinal($type, ordinal, /)", nosig, format)]
    fn fromordinal(vm: &mut Vm, class: Value, ordinal: i64) -> Res {
        if ordinal < 1 {
            return Err(vm.value_error("ordinal must be >= 1"));
        }
        let d = Ymd::from_ordinal(ordinal.min(i64::from(i32::MAX)));
        super::new(vm, class, d)
    }
    /// str -> Construct a date from a string in ISO 8601 format.
    #[classmethod("fromisoformat($type, object, /)")]
    fn fromisoformat(vm: &mut Vm, class: Value, object: Value) -> Res {
        let text = iso::text_arg(vm, object)?;
        match iso::date(&text)
            .ok()
            .filter(|_| matches!(text.len(), 7 | 8 | 10))
        {
            Some(d) => super::new(vm, class, d),
            None => Err(iso::malformed(vm, object)),
        }
    }
    /// int, int, int -> Construct a date from the ISO year, week number and weekday.
    ///
    /// This is the inverse of the date.isocalendar() function
    #[classmethod("fromisocalendar($type, year, week, day)", nosig)]
    fn fromisocalendar(vm: &mut Vm, class: Value, year: Value, week: Value, day: Value) -> Res {
        let overflow = |vm: &mut Vm, v: Value| match number(vm, v) {
            Err(_) if vm.catch(vm.types.exc.OverflowError) => {
                Err(vm.value_error("ISO calendar component out of range"))
            }
            r => r,
        };
        let (y, w, d) = (overflow(vm, year)?, overflow(vm, week)?, overflow(vm, day)?);
        let text = match from_iso(y, w, d) {
            Ok(n) => return super::new(vm, class, Ymd::from_ordinal(n)),
            Err(IsoError::Year) => format!("year must be in 1..9999, not {y}"),
            Err(IsoError::Week) => format!("Invalid week: {w}"),
            Err(IsoError::Day) => format!("Invalid weekday: {d} (range is [1, 7])"),
        };
        Err(vm.value_error(&text))
    }
    /// string, format -> new date parsed from a string (like time.strptime()).
    #[classmethod("strptime($type, string, format, /)", nosig, format)]
    fn strptime(vm: &mut Vm, class: Value, string: Value, format: Value) -> Res {
        format::strptime(vm, "_strptime_datetime_date", class, string, format)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    #[getter("year")]
    fn year(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_date(vm, this)?.year))
    }
    #[getter("month")]
    fn month(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_date(vm, this)?.month))
    }
    #[getter("day")]
    fn day(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_date(vm, this)?.day))
    }
    /// Return ctime() style string.
    #[native("ctime($self, /)")]
    fn ctime_method(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(ctime(this_date(vm, this)?, Clock::default()))
    }
    /// format -> strftime() style string.
    #[native("strftime($self, format)", nosig)]
    fn strftime(vm: &mut Vm, this: Value, format: Value) -> Res {
        format::format_arg(vm, format, "strftime")?;
        let tuple = vm.call_method_str(this, "timetuple", &[])?;
        let f = formatted(vm, this)?;
        f.strftime(vm, format, tuple)
    }
    /// Formats self with strftime.
    #[native("__format__($self, format, /)", nosig, format)]
    fn format_method(vm: &mut Vm, this: Value, format: Value) -> Res {
        format::dunder_format(vm, this, format)
    }
    /// Return string in ISO 8601 format, YYYY-MM-DD.
    #[native("isoformat($self, /)")]
    fn isoformat(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(iso_date(this_date(vm, this)?))
    }
    /// Return the day of the week represented by the date.
    /// Monday == 1 ... Sunday == 7
    #[native("isoweekday($self, /)")]
    fn isoweekday(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_date(vm, this)?.weekday()) + 1)
    }
    /// Return a named tuple containing ISO year, week number, and weekday.
    #[native("isocalendar($self, /)")]
    fn isocalendar(vm: &mut Vm, this: Value) -> Res {
        let (y, w, d) = this_date(vm, this)?.iso();
        let items = [y, w, d].map(|n| Value::int_unchecked(i64::from(n)));
        vm.new_struct_seq(&ISO_DATE, &items)
    }
    /// Return the day of the week represented by the date.
    /// Monday == 0 ... Sunday == 6
    #[native("weekday($self, /)")]
    fn weekday(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(this_date(vm, this)?.weekday()))
    }
    /// Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.
    #[native("toordinal($self, /)")]
    fn toordinal(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(this_date(vm, this)?.ordinal())
    }
    /// Return time tuple, compatible with time.localtime().
    #[native("timetuple($self, /)")]
    fn timetuple(vm: &mut Vm, this: Value) -> Res {
        let d = this_date(vm, this)?;
        struct_time(vm, d, Clock::default(), -1)
    }
    /// Return date with new specified fields.
    #[native("replace($self, /, year=unchanged, month=unchanged, day=unchanged)")]
    fn replace(
        vm: &mut Vm,
        this: Value,
        year: Option<Value>,
        month: Option<Value>,
        day: Option<Value>,
    ) -> Res {
        let d = this_date(vm, this)?;
        let d = Ymd {
            year: number_or(vm, year, d.year)?,
            month: number_or(vm, month, d.month)?,
            day: number_or(vm, day, d.day)?,
        };
        let class = vm.class_of(this).value();
        super::new(vm, class, d)
    }
    /// The same as replace().
    #[native(
        "__replace__($self, /, year=unchanged, month=unchanged, day=unchanged)",
        nosig
    )]
    fn replace_method(
        vm: &mut Vm,
        this: Value,
        year: Option<Value>,
        month: Option<Value>,
        day: Option<Value>,
    ) -> Res {
        replace(vm, this, year, month, day)
    }
    /// __reduce__() -> (cls, state)
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let state = this_date(vm, this)?.bytes();
        let state = vm.new_bytes(&state)?;
        let args = vm.new_tuple(&[state])?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let state = this_date(vm, this)?.bytes();
        Ok(vm.hash_bytes_raw(&state))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let d = this_date(vm, this)?;
        let name = vm.class_of(this).full_name();
        Ok(format!("{name}({}, {}, {})", d.year, d.month, d.day))
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str_method(vm: &mut Vm, this: Value) -> Res {
        vm.call_method_str(this, "isoformat", &[])
    }
    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add_method(vm: &mut Vm, this: Value, value: Value) -> Res {
        add(vm, this, value)
    }
    /// Return value+self.
    #[native("__radd__($self, value, /)")]
    fn radd(vm: &mut Vm, this: Value, value: Value) -> Res {
        add(vm, this, value)
    }
    /// Return self-value.
    #[native("__sub__($self, value, /)")]
    fn sub(vm: &mut Vm, this: Value, value: Value) -> Res {
        subtract(vm, this, value)
    }
    /// Return value-self.
    #[native("__rsub__($self, value, /)")]
    fn rsub(vm: &mut Vm, this: Value, value: Value) -> Res {
        subtract(vm, value, this)
    }
}
