//! `timezone`.

use super::delta::{self, Delta};
use super::parts::{comparisons, delta_of, moment_of, need};
use super::tz::{fromutc_arg, offset_error, offset_text};
use crate::payloads::payload_type;
use crate::util::{keep, kept};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};

/// State of a `timezone`. No name is None.
pub struct Zone {
    pub offset: Delta,
    /// The timedelta it was made with.
    delta: Value,
    name: Value,
}

impl Payload for Zone {
    fn trace(&self, t: &mut gc::Tracer) {
        runtime::payload::mark(t, self.delta);
        runtime::payload::mark(t, self.name);
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "timezone",
    module: "datetime",
    doc: "Fixed offset from UTC implementation of tzinfo.",
    base: Some(&super::tz::SPEC),
    flags: TypeFlags::empty(),
    tables: &[methods::TABLE, order::TABLE],
};

static UTC: u8 = 0;

/// `timezone.utc`.
pub fn utc(vm: &mut Vm) -> Res {
    if let Some(v) = kept(vm, &UTC) {
        return Ok(v);
    }
    let zero = delta::new(vm, Delta::ZERO)?;
    let v = make(vm, zero, Delta::ZERO, Value::NONE)?;
    keep(vm, &UTC, v);
    Ok(v)
}

fn make(vm: &mut Vm, delta: Value, offset: Delta, name: Value) -> Res {
    let class = vm.native_type(&SPEC)?;
    vm.new_payload(
        class,
        Zone {
            offset,
            delta,
            name,
        },
    )
}

/// A timezone of a timedelta; UTC for zero without name.
pub fn new(vm: &mut Vm, delta: Value, name: Value) -> Res {
    let offset = need(vm, delta_of(delta), "timedelta")?;
    if offset == Delta::ZERO && name.is_none() {
        return utc(vm);
    }
    if !offset.is_offset() {
        return Err(offset_error(vm, delta));
    }
    make(vm, delta, offset, name)
}

/// Adds `utc`, `min` and `max`.
pub fn add_constants(vm: &mut Vm, class: Ref<TypeObj>) -> Res<()> {
    let v = utc(vm)?;
    vm.dict_set_str(class.dict.get(), "utc", v)?;
    for (name, s) in [("min", -86_340), ("max", 86_340)] {
        let offset = Delta::seconds(s);
        let d = delta::new(vm, offset)?;
        let v = make(vm, d, offset, Value::NONE)?;
        vm.dict_set_str(class.dict.get(), name, v)?;
    }
    Ok(())
}

fn zone<'a>(vm: &mut Vm, this: Value) -> Res<&'a Zone> {
    let z = this.payload::<Zone>();
    need(vm, z, "timezone")
}

fn compare(vm: &mut Vm, this: Value, other: Value, op: CmpOp) -> Res {
    let same = zone(vm, this)?.offset
        == match other.payload::<Zone>() {
            Some(z) => z.offset,
            None => return Ok(Value::NOT_IMPLEMENTED),
        };
    Ok(match op {
        CmpOp::Eq => Value::bool(same),
        CmpOp::Ne => Value::bool(!same),
        _ => Value::NOT_IMPLEMENTED,
    })
}

comparisons!(order, super::compare);

/// TypeError unless `dt` is None or a datetime.
fn check_dt(vm: &mut Vm, dt: Value, method: &str) -> Res<()> {
    if dt.is_none() || moment_of(dt).is_some() {
        return Ok(());
    }
    let got = vm.class_name(dt);
    Err(vm.type_error(&format!(
        "{method}(dt) argument must be a datetime instance or None, not {got}"
    )))
}

fn text(vm: &mut Vm, this: Value) -> Res {
    let z = zone(vm, this)?;
    if !z.name.is_none() {
        return Ok(z.name);
    }
    if z.offset == Delta::ZERO {
        return vm.new_str("UTC");
    }
    let text = format!("UTC{}", offset_text(Some(z.offset), ":"));
    vm.new_str(&text)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, offset, name=None)", nosig)]
    fn new(vm: &mut Vm, _class: Value, offset: Value, name: Option<Value>) -> Res {
        if delta_of(offset).is_none() {
            let got = vm.argument_kind(offset);
            return Err(vm.type_error(&format!(
                "timezone() argument 1 must be datetime.timedelta, not {got}"
            )));
        }
        if let Some(n) = name.filter(|n| !n.is_kind(Kind::Str)) {
            let got = vm.argument_kind(n);
            return Err(vm.type_error(&format!("timezone() argument 2 must be str, not {got}")));
        }
        super::new(vm, offset, name.unwrap_or(Value::NONE))
    }
    /// If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.
    #[native("tzname($self, object, /)")]
    fn tzname(vm: &mut Vm, this: Value, dt: Value) -> Res {
        check_dt(vm, dt, "tzname")?;
        text(vm, this)
    }
    /// Return fixed offset.
    #[native("utcoffset($self, object, /)")]
    fn utcoffset(vm: &mut Vm, this: Value, dt: Value) -> Res {
        check_dt(vm, dt, "utcoffset")?;
        Ok(zone(vm, this)?.delta)
    }
    /// Return None.
    #[native("dst($self, object, /)")]
    fn dst(vm: &mut Vm, _this: Value, dt: Value) -> Res<()> {
        check_dt(vm, dt, "dst")
    }
    /// datetime in UTC -> datetime in local time.
    #[native("fromutc($self, object, /)")]
    fn fromutc(vm: &mut Vm, this: Value, dt: Value) -> Res {
        fromutc_arg(vm, this, dt)?;
        let us = zone(vm, this)?.offset.total();
        super::super::datetime_ops::shift(vm, dt, us)
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let d = zone(vm, this)?.offset;
        delta::hash(vm, d)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        if utc(vm)? == this {
            return Ok("datetime.timezone.utc".into());
        }
        let z = zone(vm, this)?;
        let (delta, name) = (z.delta, z.name);
        let mut args = vm.display_repr(delta)?;
        if !name.is_none() {
            args += &format!(", {}", vm.display_repr(name)?);
        }
        Ok(format!("datetime.timezone({args})"))
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str_method(vm: &mut Vm, this: Value) -> Res {
        text(vm, this)
    }
    /// pickle support
    #[native("__getinitargs__($self, /)")]
    fn getinitargs(vm: &mut Vm, this: Value) -> Res {
        let z = zone(vm, this)?;
        if z.name.is_none() {
            return vm.new_tuple(&[z.delta]);
        }
        vm.new_tuple(&[z.delta, z.name])
    }
}
