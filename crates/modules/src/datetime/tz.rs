//! `tzinfo`, and what the other types ask of their zones.

use super::delta::Delta;
use super::parts::{DateTime, delta_of, moment_of};
use super::timezone::Zone;
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Raised, Res, Value, Vm};

/// A plain tzinfo has no state of its own.
struct Abstract;

impl Payload for Abstract {
    fn trace(&self, _: &mut gc::Tracer) {}
}

pub static SPEC: TypeSpec = payload_type! {
    name: "tzinfo",
    module: "datetime",
    doc: "Abstract base class for time zone info objects.",
    flags: TypeFlags::BASE,
    tables: &[methods::TABLE],
};

/// TypeError unless `v` is None or a tzinfo.
pub fn check_tzinfo(vm: &mut Vm, v: Value) -> Res<Value> {
    let class = vm.native_type(&SPEC)?;
    if v.is_none() || vm.is_instance_of(v, class) {
        return Ok(v);
    }
    let got = vm.class_name(v);
    Err(vm.type_error(&format!(
        "tzinfo argument must be None or of a tzinfo subclass, not type '{got}'"
    )))
}

/// A tzinfo argument that may be left out.
pub fn tzinfo_or(vm: &mut Vm, v: Option<Value>, default: Value) -> Res<Value> {
    v.map_or(Ok(default), |v| check_tzinfo(vm, v))
}

/// ValueError for an offset of a day or more.
pub fn offset_error(vm: &mut Vm, offset: Value) -> Raised {
    match vm.display_repr(offset) {
        Ok(shown) => vm.value_error(&format!(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
        )),
        Err(r) => r,
    }
}

/// `tz.utcoffset(arg)` or `tz.dst(arg)`, checked; None for no zone or no answer.
fn ask(vm: &mut Vm, tz: Value, method: &str, arg: Value) -> Res<Option<Delta>> {
    if tz.is_none() {
        return Ok(None);
    }
    if let Some(z) = tz.payload::<Zone>().filter(|_| method == "utcoffset") {
        return Ok(Some(z.offset));
    }
    let r = vm.call_method_str(tz, method, &[arg])?;
    if r.is_none() {
        return Ok(None);
    }
    match delta_of(r) {
        Some(d) if d.is_offset() => Ok(Some(d)),
        Some(_) => Err(offset_error(vm, r)),
        None => {
            let got = vm.class_name(r);
            Err(vm.type_error(&format!(
                "tzinfo.{method}() must return None or timedelta, not '{got}'"
            )))
        }
    }
}

/// The offset from UTC that `tz` gives for `arg`.
pub fn utcoffset(vm: &mut Vm, tz: Value, arg: Value) -> Res<Option<Delta>> {
    ask(vm, tz, "utcoffset", arg)
}

/// The daylight saving time that `tz` gives for `arg`.
pub fn dst(vm: &mut Vm, tz: Value, arg: Value) -> Res<Option<Delta>> {
    ask(vm, tz, "dst", arg)
}

/// The name that `tz` gives for `arg`, or None.
pub fn tzname(vm: &mut Vm, tz: Value, arg: Value) -> Res<Value> {
    if tz.is_none() {
        return Ok(tz);
    }
    let r = vm.call_method_str(tz, "tzname", &[arg])?;
    if r.is_none() || r.is_kind(Kind::Str) {
        return Ok(r);
    }
    let got = vm.class_name(r);
    Err(vm.type_error(&format!(
        "tzinfo.tzname() must return None or a string, not '{got}'"
    )))
}

/// A timedelta or None.
pub fn delta_or_none(vm: &mut Vm, d: Option<Delta>) -> Res {
    match d {
        Some(d) => super::delta::new(vm, d),
        None => Ok(Value::NONE),
    }
}

/// An offset as `+HH:MM[:SS[.ffffff]]`; nothing without one.
pub fn offset_text(offset: Option<Delta>, sep: &str) -> String {
    let Some(d) = offset else {
        return String::new();
    };
    let us = d.total();
    let sign = if us < 0 { '-' } else { '+' };
    let us = us.abs();
    let s = us / 1_000_000;
    let mut out = format!("{sign}{:02}{sep}{:02}", s / 3600, s / 60 % 60);
    if us % 60_000_000 != 0 {
        out += &format!("{sep}{:02}", s % 60);
    }
    if us % 1_000_000 != 0 {
        out += &format!(".{:06}", us % 1_000_000);
    }
    out
}

/// The datetime argument of `fromutc`, whose zone must be `this`.
pub fn fromutc_arg(vm: &mut Vm, this: Value, dt: Value) -> Res<super::parts::Moment> {
    let Some(m) = moment_of(dt) else {
        return Err(vm.type_error("fromutc: argument must be a datetime"));
    };
    if m.tz != this {
        return Err(vm.value_error("fromutc: dt.tzinfo is not self"));
    }
    Ok(m)
}

fn abstract_method(vm: &mut Vm, name: &str) -> Raised {
    vm.not_implemented_error(&format!("a tzinfo subclass must implement {name}()"))
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        vm.new_payload(class, Abstract)
    }
    /// datetime -> string name of time zone.
    #[native("tzname($self, object, /)")]
    fn tzname(vm: &mut Vm, _this: Value, _dt: Value) -> Res {
        Err(abstract_method(vm, "tzname"))
    }
    /// datetime -> timedelta showing offset from UTC, negative values indicating West of UTC
    #[native("utcoffset($self, object, /)")]
    fn utcoffset(vm: &mut Vm, _this: Value, _dt: Value) -> Res {
        Err(abstract_method(vm, "utcoffset"))
    }
    /// datetime -> DST offset as timedelta positive east of UTC.
    #[native("dst($self, object, /)")]
    fn dst(vm: &mut Vm, _this: Value, _dt: Value) -> Res {
        Err(abstract_method(vm, "dst"))
    }
    /// datetime in UTC -> datetime in local time.
    #[native("fromutc($self, object, /)")]
    fn fromutc(vm: &mut Vm, this: Value, dt: Value) -> Res {
        fromutc_arg(vm, this, dt)?;
        let off = super::utcoffset(vm, this, dt)?;
        let Some(off) = off else {
            return Err(vm.value_error("fromutc: non-None utcoffset() result required"));
        };
        let Some(saving) = super::dst(vm, this, dt)? else {
            return Err(vm.value_error("fromutc: non-None dst() result required"));
        };
        let standard = off.total() - saving.total();
        let result = super::super::datetime_ops::shift(vm, dt, standard)?;
        let tz = result.payload::<DateTime>().map_or(this, |d| d.tz);
        let Some(saving) = super::dst(vm, tz, result)? else {
            return Err(
                vm.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert")
            );
        };
        if saving == Delta::ZERO {
            return Ok(result);
        }
        super::super::datetime_ops::shift(vm, result, saving.total())
    }
    /// -> (cls, state)
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let name = vm.intern("__getinitargs__");
        let args = match vm.get_attr_opt(this, name)? {
            Some(f) => vm.call_value(f, &[])?,
            None => vm.new_tuple(&[])?,
        };
        let state = vm.call_method_str(this, "__getstate__", &[])?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args, state])
    }
}
