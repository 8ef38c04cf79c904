//! `count`, `cycle`, `repeat`.

use super::{items_of, iterator_type, keywords, state_of};
use crate::payloads::payload;
use runtime::object::*;
use runtime::ops::BinOp;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

payload! {
    struct Count { next: Cell<Value>, step: Value }
    struct Cycle { source: Cell<Option<Value>>, saved: Value, pos: Cell<usize> }
    struct Repeat { item: Value, left: Cell<Option<i64>> }
}

iterator_type!(COUNT "count" count_next [count::TABLE] "Return a count object whose .__next__() method returns consecutive values.\n\nEquivalent to:\n    def count(firstval=0, step=1):\n        x = firstval\n        while 1:\n            yield x\n            x += step");
iterator_type!(CYCLE "cycle" cycle_next [cycle::TABLE] "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.");
iterator_type!(REPEAT "repeat" repeat_next [repeat::TABLE] "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly.");

fn count_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Count);
    let v = s.next.get();
    let next = vm.binary(BinOp::Add, v, s.step)?;
    s.next.set(next);
    Ok(Some(v))
}

fn is_number(vm: &mut Vm, v: Value) -> bool {
    vm.is_int(v)
        || vm.float_of(v).is_some()
        || v.is_kind(Kind::Complex)
        || vm.special(v, vm.names.__index__).is_some()
        || vm.special(v, vm.names.__float__).is_some()
        || vm.special(v, vm.names.__int__).is_some()
        || vm.special(v, vm.names.__complex__).is_some()
}

#[derive::natives]
mod count {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, start=0, step=1)")]
    fn new(vm: &mut Vm, class: Value, start: Option<Value>, step: Option<Value>) -> Res {
        let base = vm.native_type(&COUNT)?;
        let class = vm.class_arg(class, base)?;
        for v in [start, step].into_iter().flatten() {
            if !is_number(vm, v) {
                return Err(vm.type_error("a number is required"));
            }
        }
        let state = Count {
            next: Cell::new(start.unwrap_or(Value::int_unchecked(0))),
            step: step.unwrap_or(Value::int_unchecked(1)),
        };
        vm.new_payload(class, state)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let Some(s) = this.payload::<Count>() else {
            return Ok(String::new());
        };
        let (name, next) = (vm.short_class_name(this), vm.display_repr(s.next.get())?);
        if s.step == Value::int_unchecked(1) {
            return Ok(format!("{name}({next})"));
        }
        let step = vm.display_repr(s.step)?;
        Ok(format!("{name}({next}, {step})"))
    }
}

fn cycle_next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Cycle);
    // SAFETY: `saved` is a list made by this type.
    let saved = unsafe { s.saved.cast::<ListObj>() };
    if let Some(source) = s.source.get() {
        if let Some(v) = vm.next(source)? {
            vm.list_push(saved, v)?;
            return Ok(Some(v));
        }
        s.source.set(None);
    }
    let n = saved.len.get();
    if n == 0 {
        return Ok(None);
    }
    let at = s.pos.get();
    s.pos.set(if at + 1 >= n { 0 } else { at + 1 });
    Ok(saved.get(at))
}

#[derive::natives]
mod cycle {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, iterable, /)")]
    fn new(vm: &mut Vm, class: Value, iterable: Value) -> Res {
        let base = vm.native_type(&CYCLE)?;
        let class = vm.class_arg(class, base)?;
        let source = vm.iter(iterable)?;
        let saved = vm.new_list(&[])?;
        let state = Cycle {
            source: Cell::new(Some(source)),
            saved,
            pos: Cell::new(0),
        };
        vm.new_payload(class, state)
    }
}

fn repeat_next(_: &mut Vm, it: Value) -> Res<Option<Value>> {
    let s = state_of!(it, Repeat);
    match s.left.get() {
        None => Ok(Some(s.item)),
        Some(n) if n > 0 => {
            s.left.set(Some(n - 1));
            Ok(Some(s.item))
        }
        Some(_) => Ok(None),
    }
}

#[derive::natives]
mod repeat {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&REPEAT)?;
        let class = vm.class_arg(class, base)?;
        let [object, times] = keywords(vm, "repeat", ["object", "times"], kwargs)?;
        let items = items_of(args);
        if items.len() > 2 {
            let n = items.len();
            return Err(vm.type_error(&format!("repeat() takes at most 2 arguments ({n} given)")));
        }
        let Some(item) = items.first().copied().or(object) else {
            return Err(vm.type_error("repeat() missing required argument 'object' (pos 1)"));
        };
        let left = match items.get(1).copied().or(times) {
            Some(n) => Some((vm.index_isize(n)? as i64).max(0)),
            None => None,
        };
        vm.new_payload(
            class,
            Repeat {
                item,
                left: Cell::new(left),
            },
        )
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let Some(s) = this.payload::<Repeat>() else {
            return Ok(String::new());
        };
        let (name, item) = (vm.short_class_name(this), vm.display_repr(s.item)?);
        Ok(match s.left.get() {
            Some(n) => format!("{name}({item}, {n})"),
            None => format!("{name}({item})"),
        })
    }
    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(vm: &mut Vm, this: Value) -> Res<i64> {
        match this.payload::<Repeat>().and_then(|s| s.left.get()) {
            Some(n) => Ok(n),
            None => Err(vm.type_error("len() of unsized object")),
        }
    }
}
