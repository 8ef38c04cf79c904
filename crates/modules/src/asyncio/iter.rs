//! The iterator of `Future.__await__`.

use super::future::{as_future, future, result};
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::{Payload, Sent, mark};
use runtime::types::generator::Thrown;
use runtime::{Raised, Res, Value, Vm};
use std::cell::Cell;

/// `future` is None after `throw` and `close`.
struct FutureIter {
    future: Cell<Option<Value>>,
}

impl Payload for FutureIter {
    fn trace(&self, t: &mut gc::Tracer) {
        if let Some(f) = self.future.get() {
            mark(t, f);
        }
    }
    fn send(&self, vm: &mut Vm, _this: Value, _value: Value) -> Option<Sent> {
        // A monitor wants to see the StopIteration.
        (!vm.watch.on).then(|| self.step(vm))
    }
}

impl FutureIter {
    /// Gives the future once, then its result, however often.
    fn step(&self, vm: &mut Vm) -> Sent {
        let Some(v) = self.future.get() else {
            return Ok(Err(Value::NONE));
        };
        let f = future(v);
        if !f.is_pending() {
            return result(vm, v).map(Err);
        }
        if f.blocking.get() {
            return Err(vm.runtime_error("await wasn't used with future"));
        }
        f.blocking.set(true);
        Ok(Ok(v))
    }
}

static SPEC: TypeSpec = payload_type! {
    name: "FutureIter",
    module: "_asyncio",
    flags: TypeFlags::NO_INSTANCES,
    tables: &[methods::TABLE],
    iternext: Some(next_item),
};

/// A new iterator of a future.
pub fn make(vm: &mut Vm, v: Value) -> Res {
    let class = vm.native_type(&SPEC)?;
    let future = Cell::new(as_future(v).map(|_| v));
    vm.new_payload(class, FutureIter { future })
}

fn state<'a>(this: Value) -> &'a FutureIter {
    match this.payload::<FutureIter>() {
        Some(i) => i,
        None => unreachable!("the descriptor checked the type"),
    }
}

fn next_item(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    match state(this).step(vm)? {
        Ok(v) => Ok(Some(v)),
        Err(v) if v.is_none() => Ok(None),
        Err(v) => Err(vm.stop_iteration(v)),
    }
}

fn next_or_stop(vm: &mut Vm, this: Value) -> Res {
    match state(this).step(vm)? {
        Ok(v) => Ok(v),
        Err(v) => Err(vm.stop_iteration(v)),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        next_or_stop(vm, this)
    }
    #[native("send($self, object, /)")]
    fn send(vm: &mut Vm, this: Value, _value: Value) -> Res {
        next_or_stop(vm, this)
    }
    #[native("throw($self, typ, val=None, tb=None, /)", nosig)]
    fn throw(vm: &mut Vm, this: Value, typ: Value, val: Option<Value>, tb: Option<Value>) -> Res {
        let thrown = Thrown { typ, val, tb };
        vm.warn_throw("throw", thrown)?;
        state(this).future.set(None);
        let e = vm.thrown_exception(thrown)?;
        Err::<Value, Raised>(vm.raise_here(e))
    }
    #[native("close($self, /)")]
    fn close(_: &mut Vm, this: Value) -> Res<()> {
        state(this).future.set(None);
        Ok(())
    }
}
