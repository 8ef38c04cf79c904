//! `timedelta`: state, construction, text.

use super::parts::{comparisons, delta_of, need};
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};

/// Normalised: 0 <= seconds < 86400, 0 <= micros < 1000000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delta {
    pub days: i32,
    pub seconds: i32,
    pub micros: i32,
}

impl Payload for Delta {
    fn trace(&self, _: &mut gc::Tracer) {}
}

const MAX_DAYS: i32 = 999_999_999;
const DAY: i128 = 86_400_000_000;

impl Delta {
    pub const ZERO: Delta = Delta::seconds(0);
    pub const MIN: Delta = Delta {
        days: -MAX_DAYS,
        seconds: 0,
        micros: 0,
    };
    pub const MAX: Delta = Delta {
        days: MAX_DAYS,
        seconds: 86_399,
        micros: 999_999,
    };
    /// So many seconds of less than a day.
    pub const fn seconds(n: i32) -> Delta {
        Delta {
            days: if n < 0 { -1 } else { 0 },
            seconds: if n < 0 { n + 86_400 } else { n },
            micros: 0,
        }
    }
    /// All of it in microseconds.
    pub fn total(self) -> i128 {
        i128::from(self.days) * DAY + i128::from(self.seconds) * 1_000_000 + i128::from(self.micros)
    }
    /// From microseconds; OverflowError out of range.
    pub fn from_total(vm: &mut Vm, us: i128) -> Res<Delta> {
        let days = us.div_euclid(DAY);
        let Ok(days) = i32::try_from(days) else {
            return Err(vm.overflow_error("Python int too large to convert to C int"));
        };
        if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
            return Err(
                vm.overflow_error(&format!("days={days}; must have magnitude <= {MAX_DAYS}"))
            );
        }
        let rest = us.rem_euclid(DAY) as i64;
        Ok(Delta {
            days,
            seconds: (rest / 1_000_000) as i32,
            micros: (rest % 1_000_000) as i32,
        })
    }
    /// Less than a day either way.
    pub fn is_offset(self) -> bool {
        self.total().abs() < DAY
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "timedelta",
    module: "datetime",
    doc: "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or negative.",
    flags: TypeFlags::BASE,
    tables: &[methods::TABLE, order::TABLE, super::delta_ops::TABLE],
};

/// A plain `timedelta`.
pub fn new(vm: &mut Vm, d: Delta) -> Res {
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(class, d)
}

/// Adds `min`, `max` and `resolution`.
pub fn add_constants(vm: &mut Vm, class: Ref<TypeObj>) -> Res<()> {
    let tick = Delta {
        micros: 1,
        ..Delta::ZERO
    };
    for (name, d) in [
        ("min", Delta::MIN),
        ("max", Delta::MAX),
        ("resolution", tick),
    ] {
        let v = new(vm, d)?;
        vm.dict_set_str(class.dict.get(), name, v)?;
    }
    Ok(())
}

/// An int as i128; None when it is far beyond every range here.
pub fn wide_int(vm: &Vm, v: Value) -> Option<i128> {
    if let Some(n) = vm.int_to_i64(v) {
        return Some(i128::from(n));
    }
    let i = v.downcast::<IntObj>()?;
    let n = match i.limbs() {
        [a] => i128::from(*a),
        [a, b] if *b < 1 << 30 => i128::from(*b) << 64 | i128::from(*a),
        _ => return None,
    };
    Some(if i.negative { -n } else { n })
}

/// The sum of components: whole microseconds, and the fraction that floats leave.
#[derive(Default)]
struct Sum {
    whole: i128,
    fraction: f64,
}

impl Sum {
    fn add(&mut self, vm: &mut Vm, name: &str, v: Option<Value>, unit: i128) -> Res<()> {
        let Some(v) = v else { return Ok(()) };
        if vm.is_int(v) {
            let n = wide_int(vm, v).and_then(|n| n.checked_mul(unit));
            return self.add_whole(vm, n);
        }
        let Some(f) = vm.float_of(v) else {
            let got = vm.class_name(v);
            return Err(vm.type_error(&format!(
                "unsupported type for timedelta {name} component: {got}"
            )));
        };
        if f.is_nan() {
            return Err(vm.value_error("cannot convert float NaN to integer"));
        }
        if f.is_infinite() {
            return Err(vm.overflow_error("cannot convert float infinity to integer"));
        }
        let whole = f.trunc();
        let n = (whole.abs() < 1e30).then(|| whole as i128 * unit);
        self.add_whole(vm, n)?;
        let part = (f - whole) * unit as f64;
        self.add_whole(vm, Some(part.trunc() as i128))?;
        self.fraction += part - part.trunc();
        Ok(())
    }
    fn add_whole(&mut self, vm: &mut Vm, n: Option<i128>) -> Res<()> {
        match n.and_then(|n| self.whole.checked_add(n)) {
            Some(sum) => {
                self.whole = sum;
                Ok(())
            }
            None => Err(vm.overflow_error("Python int too large to convert to C int")),
        }
    }
    /// Rounded half to even.
    fn total(self) -> i128 {
        let mut whole = self.fraction.round();
        if (whole - self.fraction).abs() == 0.5 {
            let odd = (self.whole & 1) as f64;
            whole = 2.0 * ((self.fraction + odd) * 0.5).round() - odd;
        }
        self.whole + whole as i128
    }
}

fn compare(vm: &mut Vm, this: Value, other: Value, op: CmpOp) -> Res {
    let a = need(vm, delta_of(this), "timedelta")?;
    Ok(match delta_of(other) {
        Some(b) => Value::bool(op.holds(a.cmp(&b))),
        None => Value::NOT_IMPLEMENTED,
    })
}

comparisons!(order, super::compare);

/// `(days, seconds, microseconds)`.
fn state(vm: &mut Vm, d: Delta) -> Res {
    let items = [d.days, d.seconds, d.micros].map(|n| Value::int_unchecked(i64::from(n)));
    vm.new_tuple(&items)
}

/// `hash(timedelta)`.
pub fn hash(vm: &mut Vm, d: Delta) -> Res<i64> {
    let t = state(vm, d)?;
    vm.hash_tuple(t)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod(
        "__new__($type, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)",
        nosig
    )]
    fn new(
        vm: &mut Vm,
        class: Value,
        days: Option<Value>,
        seconds: Option<Value>,
        microseconds: Option<Value>,
        milliseconds: Option<Value>,
        minutes: Option<Value>,
        hours: Option<Value>,
        weeks: Option<Value>,
    ) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        let mut sum = Sum::default();
        sum.add(vm, "microseconds", microseconds, 1)?;
        sum.add(vm, "milliseconds", milliseconds, 1000)?;
        sum.add(vm, "seconds", seconds, 1_000_000)?;
        sum.add(vm, "minutes", minutes, 60_000_000)?;
        sum.add(vm, "hours", hours, 3_600_000_000)?;
        sum.add(vm, "days", days, DAY)?;
        sum.add(vm, "weeks", weeks, 7 * DAY)?;
        let d = Delta::from_total(vm, sum.total())?;
        vm.new_payload(class, d)
    }
    /// Number of days.
    #[member("days")]
    fn days(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(need(vm, delta_of(this), "timedelta")?.days))
    }
    /// Number of seconds (>= 0 and less than 1 day).
    #[member("seconds")]
    fn seconds(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(need(vm, delta_of(this), "timedelta")?.seconds))
    }
    /// Number of microseconds (>= 0 and less than 1 second).
    #[member("microseconds")]
    fn microseconds(vm: &mut Vm, this: Value) -> Res<i64> {
        Ok(i64::from(need(vm, delta_of(this), "timedelta")?.micros))
    }
    /// Total seconds in the duration.
    #[native("total_seconds($self, /)")]
    fn total_seconds(vm: &mut Vm, this: Value) -> Res {
        let us = need(vm, delta_of(this), "timedelta")?.total();
        let us = vm.new_int_i128(us)?;
        vm.binary(
            runtime::ops::BinOp::TrueDiv,
            us,
            Value::int_unchecked(1_000_000),
        )
    }
    /// __reduce__() -> (cls, state)
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let d = need(vm, delta_of(this), "timedelta")?;
        let state = state(vm, d)?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, state])
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash_method(vm: &mut Vm, this: Value) -> Res<i64> {
        let d = need(vm, delta_of(this), "timedelta")?;
        hash(vm, d)
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn truth(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(need(vm, delta_of(this), "timedelta")? != Delta::ZERO)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let d = need(vm, delta_of(this), "timedelta")?;
        let mut parts = Vec::new();
        for (name, n) in [
            ("days", d.days),
            ("seconds", d.seconds),
            ("microseconds", d.micros),
        ] {
            if n != 0 {
                parts.push(format!("{name}={n}"));
            }
        }
        if parts.is_empty() {
            parts.push("0".into());
        }
        let name = vm.class_of(this).full_name();
        Ok(format!("{name}({})", parts.join(", ")))
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str_method(vm: &mut Vm, this: Value) -> Res<String> {
        let d = need(vm, delta_of(this), "timedelta")?;
        let (h, m, s) = (d.seconds / 3600, d.seconds / 60 % 60, d.seconds % 60);
        let mut out = String::new();
        if d.days != 0 {
            let plural = if d.days.abs() == 1 { "" } else { "s" };
            out += &format!("{} day{plural}, ", d.days);
        }
        out += &format!("{h}:{m:02}:{s:02}");
        if d.micros != 0 {
            out += &format!(".{:06}", d.micros);
        }
        Ok(out)
    }
}
