//! `range`.

use crate::class::TypeSpec;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "range",
    kind: Kind::Range,
    tables: &[methods::TABLE],
    flags: crate::class::TypeFlags::SEQUENCE,
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Create a range object.
    #[staticmethod("__new__($type, start, stop=None, step=None, /)")]
    fn new(
        vm: &mut Vm,
        _class: Value,
        start: Value,
        stop: Option<Value>,
        step: Option<Value>,
    ) -> Res {
        let (start, stop) = match stop {
            Some(s) => (vm.index(start)?, vm.index(s)?),
            None => (Value::int_unchecked(0), vm.index(start)?),
        };
        let step = match step {
            Some(s) => vm.index(s)?,
            None => Value::int_unchecked(1),
        };
        vm.new_range(start, stop, step)
    }

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        // SAFETY: the descriptor checked the type.
        let r = unsafe { this.cast::<RangeObj>() };
        vm.range_iter(r.start.or_none(), r.step.or_none(), r.length.or_none())
    }
}

impl Vm {
    /// A range of three ints; ValueError for step zero.
    pub fn new_range(&mut self, start: Value, stop: Value, step: Value) -> Res {
        if step == Value::int_unchecked(0) {
            return Err(self.value_error("range() arg 3 must not be zero"));
        }
        let length = self.range_length(start, stop, step)?;
        let r = self.alloc::<RangeObj>(Kind::Range)?;
        r.start.init(start);
        r.stop.init(stop);
        r.step.init(step);
        r.length.init(length);
        Ok(r.value())
    }

    /// Number of items, an int of any size.
    pub fn range_length(&mut self, start: Value, stop: Value, step: Value) -> Res {
        if let (Some(a), Some(b), Some(s)) = (
            start.as_small_int(),
            stop.as_small_int(),
            step.as_small_int(),
        ) {
            let n = if s > 0 && a < b {
                (b - a - 1) / s + 1
            } else if s < 0 && a > b {
                (a - b - 1) / -s + 1
            } else {
                0
            };
            return self.new_int(n);
        }
        let (Some(a), Some(b), Some(s)) =
            (self.to_big(start), self.to_big(stop), self.to_big(step))
        else {
            return Ok(Value::int_unchecked(0));
        };
        let (low, high, stride) = if s.is_negative() {
            (b, a, s.abs())
        } else {
            (a, b, s)
        };
        if low >= high {
            return Ok(Value::int_unchecked(0));
        }
        let one = num::BigInt::from(1i64);
        let span = &(&high - &low) - &one;
        let n = match span.floor_div(&stride) {
            Some(q) => &q + &one,
            None => num::BigInt::from(0i64),
        };
        self.new_big(&n)
    }

    /// An iterator over `length` ints from `start`. Small ones run inline in loops.
    pub fn range_iter(&mut self, start: Value, step: Value, length: Value) -> Res {
        if let (Some(a), Some(s), Some(n)) = (
            start.as_small_int(),
            step.as_small_int(),
            length.as_small_int(),
        ) && Value::small_int(a.saturating_add(s.saturating_mul(n.max(1) - 1))).is_some()
        {
            let it = self.new_iter(Kind::RangeIter, None, a, n)?;
            it.step.set(s);
            return Ok(it.value());
        }
        self.long_range_iter(start, step, length)
    }
}
