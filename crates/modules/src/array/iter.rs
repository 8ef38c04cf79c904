//! The iterator of arrays.

use super::as_array;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Res, Value, Vm};
use std::cell::Cell;
use std::mem::offset_of;

static ITERATOR: TypeSpec = TypeSpec {
    name: "arrayiterator",
    module: "array",
    kind: Kind::Payload,
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: offset_of!(PayloadObj, overflow),
    iternext: Some(next),
    ..TypeSpec::DEFAULT
};

struct ArrayIter {
    array: Cell<Option<Value>>,
    at: Cell<usize>,
}

impl Payload for ArrayIter {
    fn trace(&self, t: &mut gc::Tracer) {
        if let Some(a) = self.array.get() {
            mark(t, a);
        }
    }
}

pub fn new(vm: &mut Vm, array: Value) -> Res {
    let class = vm.native_type(&ITERATOR)?;
    let state = ArrayIter {
        array: Cell::new(Some(array)),
        at: Cell::new(0),
    };
    vm.new_payload(class, state)
}

fn next(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    let Some(it) = this.payload::<ArrayIter>() else {
        return Ok(None);
    };
    let Some(a) = it.array.get().and_then(as_array) else {
        return Ok(None);
    };
    let found = a.get(vm, it.at.get())?;
    match found {
        Some(_) => it.at.set(it.at.get() + 1),
        None => it.array.set(None),
    }
    Ok(found)
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
    fn next_(vm: &mut Vm, this: Value) -> Res {
        match next(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let Some(it) = this.payload::<ArrayIter>() else {
            return Ok(Value::NONE);
        };
        let builtins = vm.import_module("builtins")?;
        let iter = vm.get_attr_str(builtins, "iter")?;
        match it.array.get() {
            Some(a) => {
                let args = vm.new_tuple(&[a])?;
                let at = vm.new_int(it.at.get() as i64)?;
                vm.new_tuple(&[iter, args, at])
            }
            None => {
                let empty = vm.new_tuple(&[])?;
                let args = vm.new_tuple(&[empty])?;
                vm.new_tuple(&[iter, args])
            }
        }
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, state, /)")]
    fn setstate(vm: &mut Vm, this: Value, state: Value) -> Res<()> {
        let i = vm.index_isize(state)?;
        if let Some(it) = this.payload::<ArrayIter>() {
            let len = it.array.get().and_then(as_array).map_or(0, |a| a.len());
            it.at.set((i.max(0) as usize).min(len));
        }
        Ok(())
    }
}
