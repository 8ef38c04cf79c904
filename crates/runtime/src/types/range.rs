//! `range`.

use super::protocol::rich_compare;
use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::ops::{BinOp, CmpOp};
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "range",
    kind: Kind::Range,
    doc: "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
    tables: &[methods::TABLE, compare::TABLE],
    flags: TypeFlags::SEQUENCE,
    ..TypeSpec::DEFAULT
};

rich_compare!(compare, range_compare);

const ZERO: Value = Value::int_unchecked(0);
const ONE: Value = Value::int_unchecked(1);

/// The range behind a `self` argument.
fn range(v: Value) -> Ref<RangeObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { v.cast() }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.class_arg(class, vm.types.range)?;
        vm.no_kwargs("range", kwargs)?;
        let t = args.downcast::<TupleObj>();
        match t.as_ref().map_or(&[][..], |t| t.items()) {
            [] => Err(vm.type_error("range expected at least 1 argument, got 0")),
            [stop] => {
                let stop = vm.index(*stop)?;
                vm.new_range(ZERO, stop, ONE)
            }
            [start, stop, rest @ ..] if rest.len() < 2 => {
                let (start, stop) = (vm.index(*start)?, vm.index(*stop)?);
                let step = match rest.first() {
                    Some(s) => vm.index(*s)?,
                    None => ONE,
                };
                vm.new_range(start, stop, step)
            }
            more => {
                let n = more.len();
                Err(vm.type_error(&format!("range expected at most 3 arguments, got {n}")))
            }
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let r = range(this);
        let mut out = text::StrBuf::new();
        out.push_str("range(");
        vm.push_repr(&mut out, r.start.or_none())?;
        out.push_str(", ");
        vm.push_repr(&mut out, r.stop.or_none())?;
        if r.step.or_none() != ONE {
            out.push_str(", ");
            vm.push_repr(&mut out, r.step.or_none())?;
        }
        out.push_str(")");
        vm.new_str_owned(&out.finish())
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let r = range(this);
        let (none, n) = (Value::NONE, r.length.or_none());
        let fields = if n == ZERO {
            [n, none, none]
        } else if n == ONE {
            [n, r.start.or_none(), none]
        } else {
            [n, r.start.or_none(), r.step.or_none()]
        };
        let t = vm.new_tuple(&fields)?;
        vm.hash(t)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let r = range(this);
        vm.range_iter(r.start.or_none(), r.step.or_none(), r.length.or_none())
    }
    /// Return a reverse iterator.
    #[native("__reversed__($self, /)")]
    fn reversed(vm: &mut Vm, this: Value) -> Res {
        let r = range(this);
        let last = vm.binary(BinOp::Sub, r.length.or_none(), ONE)?;
        let start = vm.range_item(r, last)?;
        let step = vm.neg(r.step.or_none())?;
        vm.range_iter(start, step, r.length.or_none())
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn bool(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(range(this).length.or_none() != ZERO)
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        match vm.int_to_i64(range(this).length.or_none()) {
            Some(n) => Ok(n as usize),
            None => Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
        }
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let r = range(this);
        if let Some(s) = key.downcast::<SliceObj>() {
            let (start, stop, step) = vm.slice_long_indices(s, r.length.or_none())?;
            let start = vm.range_item(r, start)?;
            let stop = vm.range_item(r, stop)?;
            let step = vm.binary(BinOp::Mul, r.step.or_none(), step)?;
            return vm.new_range(start, stop, step);
        }
        if !vm.has_index(key) {
            let name = vm.class_name(key);
            return Err(vm.type_error(&format!(
                "range indices must be integers or slices, not {name}"
            )));
        }
        let mut i = vm.index(key)?;
        let n = r.length.or_none();
        if vm.int_is_negative(i) {
            i = vm.binary(BinOp::Add, i, n)?;
        }
        if vm.int_is_negative(i) || vm.cmp_ints(i, n).is_ge() {
            return Err(vm.index_error("range object index out of range"));
        }
        vm.range_item(r, i)
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        let r = range(this);
        if is_plain_int(key) {
            return vm.range_contains(r, key);
        }
        let it = vm.iter(this)?;
        while let Some(v) = vm.next(it)? {
            if vm.eq(v, key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    #[native("count($self, object, /)")]
    fn count(vm: &mut Vm, this: Value, object: Value) -> Res<i64> {
        if is_plain_int(object) {
            return Ok(vm.range_contains(range(this), object)? as i64);
        }
        let it = vm.iter(this)?;
        let mut n = 0;
        while let Some(v) = vm.next(it)? {
            n += i64::from(vm.eq(v, object)?);
        }
        Ok(n)
    }
    /// rangeobject.index(value) -> integer -- return index of value.
    /// Raise ValueError if the value is not present.
    #[native("index($self, object, /)")]
    fn index(vm: &mut Vm, this: Value, object: Value) -> Res {
        let r = range(this);
        if is_plain_int(object) {
            if vm.range_contains(r, object)? {
                let offset = vm.binary(BinOp::Sub, object, r.start.or_none())?;
                return vm.binary(BinOp::FloorDiv, offset, r.step.or_none());
            }
            return Err(vm.value_error("range.index(x): x not in range"));
        }
        let it = vm.iter(this)?;
        let mut n = 0;
        while let Some(v) = vm.next(it)? {
            if vm.eq(v, object)? {
                return vm.new_int(n);
            }
            n += 1;
        }
        Err(vm.value_error("sequence.index(x): x not in sequence"))
    }
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = range(this);
        let class = vm.types.range.value();
        let args = vm.new_tuple(&[r.start.or_none(), r.stop.or_none(), r.step.or_none()])?;
        vm.new_tuple(&[class, args])
    }
    #[member("start")]
    fn start(_: &mut Vm, this: Value) -> Res {
        Ok(range(this).start.or_none())
    }
    #[member("stop")]
    fn stop(_: &mut Vm, this: Value) -> Res {
        Ok(range(this).stop.or_none())
    }
    #[member("step")]
    fn step(_: &mut Vm, this: Value) -> Res {
        Ok(range(this).step.or_none())
    }
}

/// An exact int or bool, for which membership is arithmetic.
fn is_plain_int(v: Value) -> bool {
    v.is_small_int() || v.is_bool() || v.is_exact(Kind::Int)
}

fn range_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.downcast::<RangeObj>(), b.downcast::<RangeObj>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let n = x.length.or_none();
    let same = |vm: &Vm, p: &Slot, q: &Slot| vm.cmp_ints(p.or_none(), q.or_none()).is_eq();
    let equal = same(vm, &x.length, &y.length)
        && (n == ZERO
            || (same(vm, &x.start, &y.start) && (n == ONE || same(vm, &x.step, &y.step))));
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}

impl Vm {
    /// `start + i * step`.
    fn range_item(&mut self, r: Ref<RangeObj>, i: Value) -> Res {
        let offset = self.binary(BinOp::Mul, i, r.step.or_none())?;
        self.binary(BinOp::Add, r.start.or_none(), offset)
    }

    /// Membership of an int.
    fn range_contains(&mut self, r: Ref<RangeObj>, key: Value) -> Res<bool> {
        let (start, stop, step) = (r.start.or_none(), r.stop.or_none(), r.step.or_none());
        let inside = if self.int_is_negative(step) {
            self.cmp_ints(key, stop).is_gt() && self.cmp_ints(key, start).is_le()
        } else {
            self.cmp_ints(key, start).is_ge() && self.cmp_ints(key, stop).is_lt()
        };
        if !inside {
            return Ok(false);
        }
        let offset = self.binary(BinOp::Sub, key, start)?;
        Ok(self.binary(BinOp::Mod, offset, step)? == ZERO)
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
