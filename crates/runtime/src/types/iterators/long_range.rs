//! `longrange_iterator`: ranges of ints beyond the small range.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::ops::BinOp;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// An iterator over ints beyond the small range: `aux` is a tuple (next, step), `target` left.
    pub fn long_range_iter(&mut self, start: Value, step: Value, length: Value) -> Res {
        let class = self.native_type(&LONG_RANGE)?;
        let state = LongRange {
            next: start.into(),
            step,
            left: length.into(),
        };
        self.new_payload(class, state)
    }
}

struct LongRange {
    next: std::cell::Cell<Value>,
    step: Value,
    left: std::cell::Cell<Value>,
}

impl crate::payload::Payload for LongRange {
    fn trace(&self, t: &mut gc::Tracer) {
        for v in [self.next.get(), self.step, self.left.get()] {
            crate::payload::mark(t, v);
        }
    }
}

pub static LONG_RANGE: TypeSpec = TypeSpec {
    name: "longrange_iterator",
    kind: Kind::Payload,
    tables: &[super::common::TABLE, methods::TABLE],
    iternext: Some(long_range_next),
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

fn long_range_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let Some(r) = it.payload::<LongRange>() else {
        return Ok(None);
    };
    let left = r.left.get();
    if left == Value::int_unchecked(0) {
        return Ok(None);
    }
    let v = r.next.get();
    let next = vm.binary(BinOp::Add, v, r.step)?;
    let left = vm.binary(BinOp::Sub, left, Value::int_unchecked(1))?;
    r.next.set(next);
    r.left.set(left);
    Ok(Some(v))
}

/// The state behind a `self` argument.
fn long<'a>(vm: &mut Vm, v: Value) -> Res<&'a LongRange> {
    match v.payload::<LongRange>() {
        Some(r) => Ok(r),
        None => Err(vm.type_error("a longrange_iterator is required")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(vm: &mut Vm, this: Value) -> Res {
        Ok(long(vm, this)?.left.get())
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = long(vm, this)?;
        let span = vm.binary(BinOp::Mul, r.left.get(), r.step)?;
        let stop = vm.binary(BinOp::Add, r.next.get(), span)?;
        let range = vm.new_range(r.next.get(), stop, r.step)?;
        let iter = super::super::state::builtin(vm, "iter")?;
        let args = vm.new_tuple(&[range])?;
        vm.new_tuple(&[iter, args, Value::NONE])
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let r = long(vm, this)?;
        let mut n = vm.index(object)?;
        if vm.int_is_negative(n) {
            n = Value::int_unchecked(0);
        }
        if vm.cmp_ints(n, r.left.get()).is_gt() {
            n = r.left.get();
        }
        let offset = vm.binary(BinOp::Mul, n, r.step)?;
        let next = vm.binary(BinOp::Add, r.next.get(), offset)?;
        let left = vm.binary(BinOp::Sub, r.left.get(), n)?;
        r.next.set(next);
        r.left.set(left);
        Ok(())
    }
}
