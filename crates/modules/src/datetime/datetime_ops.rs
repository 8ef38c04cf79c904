//! `datetime`: arithmetic, comparison, hash.

use super::datetime::{new, offset_of, this_moment};
use super::delta::{self, Delta};
use super::parts::*;
use super::tz;
use runtime::ops::CmpOp;
use runtime::{Res, Value, Vm};

/// The datetime so many microseconds later, of the same class and zone.
pub fn shift(vm: &mut Vm, this: Value, micros: i128) -> Res {
    let m = this_moment(vm, this)?;
    match Moment::from_micros(m.micros() + micros, m.tz) {
        Some(m) => {
            let class = vm.class_of(this).value();
            new(vm, class, m)
        }
        None => Err(vm.overflow_error("date value out of range")),
    }
}

fn add(vm: &mut Vm, this: Value, other: Value) -> Res {
    match (moment_of(this), delta_of(other)) {
        (Some(_), Some(d)) => shift(vm, this, d.total()),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn subtract(vm: &mut Vm, a: Value, b: Value) -> Res {
    let Some(x) = moment_of(a) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if let Some(d) = delta_of(b) {
        return shift(vm, a, -d.total());
    }
    let Some(y) = moment_of(b) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let mut us = x.micros() - y.micros();
    if x.tz != y.tz {
        match (offset_of(vm, a)?, offset_of(vm, b)?) {
            (None, None) => {}
            (Some(p), Some(q)) => us += q.total() - p.total(),
            _ => {
                return Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes"));
            }
        }
    }
    let d = Delta::from_total(vm, us)?;
    delta::new(vm, d)
}

/// Does the offset depend on the fold? Such times equal no time of another zone (PEP 495).
fn ambiguous(vm: &mut Vm, this: Value, offset: Option<Delta>) -> Res<bool> {
    let m = this_moment(vm, this)?;
    let clock = Clock {
        fold: 1 - m.clock.fold,
        ..m.clock
    };
    let class = vm.class_of(this).value();
    let flipped = new(vm, class, Moment { clock, ..m })?;
    Ok(tz::utcoffset(vm, m.tz, flipped)? != offset)
}

fn compare(vm: &mut Vm, this: Value, other: Value, op: CmpOp) -> Res {
    let x = this_moment(vm, this)?;
    let Some(y) = moment_of(other) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let written = x.micros().cmp(&y.micros());
    if x.tz == y.tz {
        return Ok(Value::bool(op.holds(written)));
    }
    let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
    let (p, q) = (offset_of(vm, this)?, offset_of(vm, other)?);
    let order = match (p, q) {
        _ if p == q => written,
        (Some(p), Some(q)) => (x.micros() - p.total()).cmp(&(y.micros() - q.total())),
        _ if equality => return Ok(Value::bool(op == CmpOp::Ne)),
        _ => return Err(vm.type_error("can't compare offset-naive and offset-aware datetimes")),
    };
    if equality && order.is_eq() && (ambiguous(vm, this, p)? || ambiguous(vm, other, q)?) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    Ok(Value::bool(op.holds(order)))
}

comparisons!(order, super::compare);

#[derive::natives]
mod methods {
    use super::*;

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
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let m = this_moment(vm, this)?;
        let mut asked = this;
        if m.clock.fold != 0 && !m.tz.is_none() {
            let class = vm.class_of(this).value();
            let clock = m.clock.unfolded();
            asked = new(vm, class, Moment { clock, ..m })?;
        }
        match tz::utcoffset(vm, m.tz, asked)? {
            None => {
                let mut state = [0; 10];
                state[..4].copy_from_slice(&m.date.bytes());
                state[4..].copy_from_slice(&m.clock.bytes());
                Ok(vm.hash_bytes_raw(&state))
            }
            Some(d) => {
                let d = Delta::from_total(vm, m.micros() - d.total())?;
                delta::hash(vm, d)
            }
        }
    }
}

pub use methods::TABLE;
pub use order::TABLE as ORDER;
