//! What the types are made of: numbers, a clock, and a time zone.

use super::calendar::{MAX_YEAR, MIN_YEAR, Ymd, days_in_month};
use super::delta::Delta;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Clock {
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub micro: i32,
    pub fold: i32,
}

impl Clock {
    /// Seconds since midnight.
    pub fn seconds(self) -> i64 {
        i64::from(self.hour * 3600 + self.minute * 60 + self.second)
    }
    /// The time without its fold.
    pub fn unfolded(self) -> Clock {
        Clock { fold: 0, ..self }
    }
    /// From seconds since midnight.
    pub fn at(seconds: i64, micro: i32) -> Clock {
        let s = seconds as i32;
        Clock {
            hour: s / 3600,
            minute: s / 60 % 60,
            second: s % 60,
            micro,
            fold: 0,
        }
    }
    /// The six bytes that are pickled and hashed.
    pub fn bytes(self) -> [u8; 6] {
        let us = self.micro;
        [
            self.hour as u8,
            self.minute as u8,
            self.second as u8,
            (us >> 16) as u8,
            (us >> 8) as u8,
            us as u8,
        ]
    }
    /// From pickled bytes.
    pub fn from_bytes(b: &[u8]) -> Clock {
        Clock {
            hour: i32::from(b[0]),
            minute: i32::from(b[1]),
            second: i32::from(b[2]),
            micro: i32::from(b[3]) << 16 | i32::from(b[4]) << 8 | i32::from(b[5]),
            fold: 0,
        }
    }
}

impl Ymd {
    /// The four bytes that are pickled and hashed.
    pub fn bytes(self) -> [u8; 4] {
        [
            (self.year >> 8) as u8,
            self.year as u8,
            self.month as u8,
            self.day as u8,
        ]
    }
    /// From pickled bytes.
    pub fn from_bytes(b: &[u8]) -> Ymd {
        Ymd {
            year: i32::from(b[0]) << 8 | i32::from(b[1]),
            month: i32::from(b[2]),
            day: i32::from(b[3]),
        }
    }
}

/// State of a `date`.
pub struct Date(pub Ymd);

/// State of a `time`. No zone is None.
pub struct Time {
    pub clock: Clock,
    pub tz: Value,
}

/// State of a `datetime`.
pub struct DateTime {
    pub date: Ymd,
    pub clock: Clock,
    pub tz: Value,
}

impl Payload for Date {
    fn trace(&self, _: &mut gc::Tracer) {}
}
impl Payload for Time {
    fn trace(&self, t: &mut gc::Tracer) {
        runtime::payload::mark(t, self.tz);
    }
}
impl Payload for DateTime {
    fn trace(&self, t: &mut gc::Tracer) {
        runtime::payload::mark(t, self.tz);
    }
}

/// A copy of a datetime's state.
#[derive(Clone, Copy)]
pub struct Moment {
    pub date: Ymd,
    pub clock: Clock,
    pub tz: Value,
}

impl Moment {
    /// Microseconds since 0001-01-01 minus one day, of the fields as written.
    pub fn micros(self) -> i128 {
        let s = self.date.ordinal() * 86_400 + self.clock.seconds();
        i128::from(s) * 1_000_000 + i128::from(self.clock.micro)
    }
    /// From what `micros` gives; None out of range.
    pub fn from_micros(us: i128, tz: Value) -> Option<Moment> {
        let day = 86_400_000_000;
        let ordinal = us.div_euclid(day);
        if !(1..=i128::from(super::calendar::MAX_ORDINAL)).contains(&ordinal) {
            return None;
        }
        let rest = us.rem_euclid(day) as i64;
        Some(Moment {
            date: Ymd::from_ordinal(ordinal as i64),
            clock: Clock::at(rest / 1_000_000, (rest % 1_000_000) as i32),
            tz,
        })
    }
}

/// The date part of a `date` or `datetime`.
pub fn date_of(v: Value) -> Option<Ymd> {
    match v.payload::<Date>() {
        Some(d) => Some(d.0),
        None => v.payload::<DateTime>().map(|d| d.date),
    }
}

/// The state of a `datetime`.
pub fn moment_of(v: Value) -> Option<Moment> {
    v.payload::<DateTime>().map(|d| Moment {
        date: d.date,
        clock: d.clock,
        tz: d.tz,
    })
}

/// The state of `self`, which the method descriptor has checked.
pub fn need<T>(vm: &mut Vm, v: Option<T>, what: &str) -> Res<T> {
    match v {
        Some(v) => Ok(v),
        None => Err(vm.type_error(&format!("a {what} is required"))),
    }
}

/// The state of a `timedelta`.
pub fn delta_of(v: Value) -> Option<Delta> {
    v.payload::<Delta>().copied()
}

/// A number argument.
pub fn number(vm: &mut Vm, v: Value) -> Res<i32> {
    if let Some(n) = v.as_small_int().and_then(|n| i32::try_from(n).ok()) {
        return Ok(n);
    }
    let i = vm.index(v)?;
    match vm.int_to_i64(i).and_then(|n| i32::try_from(n).ok()) {
        Some(n) => Ok(n),
        None if vm.int_is_negative(i) => {
            Err(vm.overflow_error("signed integer is less than minimum"))
        }
        None => Err(vm.overflow_error("signed integer is greater than maximum")),
    }
}

/// A number argument that may be left out.
pub fn number_or(vm: &mut Vm, v: Option<Value>, default: i32) -> Res<i32> {
    v.map_or(Ok(default), |v| number(vm, v))
}

/// ValueError unless the date exists.
pub fn check_date(vm: &mut Vm, d: Ymd) -> Res<Ymd> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&d.year) {
        let text = format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {}", d.year);
        return Err(vm.value_error(&text));
    }
    if !(1..=12).contains(&d.month) {
        return Err(vm.value_error(&format!("month must be in 1..12, not {}", d.month)));
    }
    let last = days_in_month(d.year, d.month);
    if !(1..=last).contains(&d.day) {
        return Err(vm.value_error(&format!(
            "day {} must be in range 1..{last} for month {} in year {}",
            d.day, d.month, d.year
        )));
    }
    Ok(d)
}

/// ValueError unless the time exists.
pub fn check_clock(vm: &mut Vm, c: Clock) -> Res<Clock> {
    let fields = [
        ("hour", c.hour, 23),
        ("minute", c.minute, 59),
        ("second", c.second, 59),
        ("microsecond", c.micro, 999_999),
    ];
    for (name, n, max) in fields {
        if !(0..=max).contains(&n) {
            return Err(vm.value_error(&format!("{name} must be in 0..{max}, not {n}")));
        }
    }
    if c.fold != 0 && c.fold != 1 {
        return Err(vm.value_error(&format!("fold must be either 0 or 1, not {}", c.fold)));
    }
    Ok(c)
}

/// A constructor's year, month and day, which are all needed.
pub fn date_args(vm: &mut Vm, args: [Option<Value>; 3]) -> Res<Ymd> {
    let mut n = [0; 3];
    for (i, name) in ["year", "month", "day"].into_iter().enumerate() {
        let Some(v) = args[i] else {
            let text = format!(
                "function missing required argument '{name}' (pos {})",
                i + 1
            );
            return Err(vm.type_error(&text));
        };
        n[i] = number(vm, v)?;
    }
    Ok(Ymd {
        year: n[0],
        month: n[1],
        day: n[2],
    })
}

/// The bytes of a pickled state: bytes, or a str that Python 2 bytes were decoded to.
pub fn state_bytes(v: Value, len: usize) -> Option<Vec<u8>> {
    if let Some(b) = v.downcast::<BytesObj>() {
        // SAFETY: bytes do not change.
        let b = unsafe { std::slice::from_raw_parts(b.data.get(), b.len) };
        return (b.len() == len).then(|| b.to_vec());
    }
    let s = v.downcast::<StrObj>()?;
    if s.len != len {
        return None;
    }
    s.units().iter().map(|c| u8::try_from(c).ok()).collect()
}

/// Declares the six comparisons of a type, in module `$name`, over
/// `fn(vm, self, other, op) -> Res`.
macro_rules! comparisons {
    ($name:ident, $compare:path) => {
        #[derive::natives]
        mod $name {
            use super::*;
            use runtime::ops::CmpOp;

            /// Return self==value.
            #[native("__eq__($self, value, /)")]
            fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
                $compare(vm, this, value, CmpOp::Eq)
            }
            /// Return self!=value.
            #[native("__ne__($self, value, /)")]
            fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
                $compare(vm, this, value, CmpOp::Ne)
            }
            /// Return self<value.
            #[native("__lt__($self, value, /)")]
            fn lt(vm: &mut Vm, this: Value, value: Value) -> Res {
                $compare(vm, this, value, CmpOp::Lt)
            }
            /// Return self<=value.
            #[native("__le__($self, value, /)")]
            fn le(vm: &mut Vm, this: Value, value: Value) -> Res {
                $compare(vm, this, value, CmpOp::Le)
            }
            /// Return self>value.
            #[native("__gt__($self, value, /)")]
            fn gt(vm: &mut Vm, this: Value, value: Value) -> Res {
                $compare(vm, this, value, CmpOp::Gt)
            }
            /// Return self>=value.
            #[native("__ge__($self, value, /)")]
            fn ge(vm: &mut Vm, this: Value, value: Value) -> Res {
                $compare(vm, this, value, CmpOp::Ge)
            }
        }
    };
}
pub(super) use comparisons;
