//! `slice`.

use super::protocol::rich_compare;
use crate::class::TypeSpec;
use crate::object::*;
use crate::ops::CmpOp;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "slice",
    kind: Kind::Slice,
    doc: "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. a[0:10:2]).",
    tables: &[methods::TABLE, compare::TABLE],
    ..TypeSpec::DEFAULT
};

rich_compare!(compare, slice_compare);

/// The bounds of a slice as integers, before they meet a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceSpec {
    pub start: i64,
    pub stop: i64,
    /// Never 0.
    pub step: i64,
}

/// A slice resolved against a length: `count` items from `start` in steps of `step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceRange {
    pub start: usize,
    pub stop: i64,
    pub step: i64,
    pub count: usize,
}

impl SliceRange {
    /// The position of item i.
    #[inline]
    pub fn at(&self, i: usize) -> usize {
        (self.start as i64 + i as i64 * self.step) as usize
    }
}

impl SliceSpec {
    /// `PySlice_AdjustIndices`.
    pub fn adjust(&self, len: usize) -> SliceRange {
        let len = len as i64;
        let clip = |n: i64| {
            if n < 0 {
                let n = n.saturating_add(len);
                if n < 0 {
                    if self.step < 0 { -1 } else { 0 }
                } else {
                    n
                }
            } else if n >= len {
                if self.step < 0 { len - 1 } else { len }
            } else {
                n
            }
        };
        let (start, stop) = (clip(self.start), clip(self.stop));
        let count = if self.step < 0 {
            if stop < start {
                (start - stop - 1) / self.step.saturating_neg() + 1
            } else {
                0
            }
        } else if start < stop {
            (stop - start - 1) / self.step + 1
        } else {
            0
        };
        SliceRange {
            start: start.max(0) as usize,
            stop,
            step: self.step,
            count: count as usize,
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.class_arg(class, vm.types.slice)?;
        vm.no_kwargs("slice", kwargs)?;
        let t = args.downcast::<TupleObj>();
        let none = Value::NONE;
        match t.as_ref().map_or(&[][..], |t| t.items()) {
            [] => Err(vm.type_error("slice expected at least 1 argument, got 0")),
            [stop] => vm.new_slice(none, *stop, none),
            [start, stop] => vm.new_slice(*start, *stop, none),
            [start, stop, step] => vm.new_slice(*start, *stop, *step),
            more => {
                let n = more.len();
                Err(vm.type_error(&format!("slice expected at most 3 arguments, got {n}")))
            }
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let s = slice(this);
        let mut out = text::StrBuf::new();
        out.push_str("slice(");
        vm.push_repr(&mut out, s.start.or_none())?;
        out.push_str(", ");
        vm.push_repr(&mut out, s.stop.or_none())?;
        out.push_str(", ");
        vm.push_repr(&mut out, s.step.or_none())?;
        out.push_str(")");
        vm.new_str_owned(&out.finish())
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        const P1: u64 = 11400714785074694791;
        const P2: u64 = 14029467366897019727;
        const P5: u64 = 2870177450012600261;
        let s = slice(this);
        let mut acc = P5;
        for v in [s.start.or_none(), s.stop.or_none(), s.step.or_none()] {
            let lane = vm.hash(v)? as u64;
            acc = acc
                .wrapping_add(lane.wrapping_mul(P2))
                .rotate_left(31)
                .wrapping_mul(P1);
        }
        Ok(if acc == u64::MAX {
            1546275796
        } else {
            acc as i64
        })
    }
    /// S.indices(len) -> (start, stop, stride)
    ///
    /// Assuming a sequence of length len, calculate the start and stop
    /// indices, and the stride length of the extended slice described by
    /// S. Out of bounds indices are clipped in a manner consistent with the
    /// handling of normal slices.
    #[native("indices($self, object, /)")]
    fn indices(vm: &mut Vm, this: Value, object: Value) -> Res {
        let length = vm.index(object)?;
        if vm.int_is_negative(length) {
            return Err(vm.value_error("length should not be negative"));
        }
        let (start, stop, step) = vm.slice_long_indices(slice(this), length)?;
        vm.new_tuple(&[start, stop, step])
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let s = slice(this);
        let class = vm.types.slice.value();
        let args = vm.new_tuple(&[s.start.or_none(), s.stop.or_none(), s.step.or_none()])?;
        vm.new_tuple(&[class, args])
    }
    #[member("start")]
    fn start(_: &mut Vm, this: Value) -> Res {
        Ok(slice(this).start.or_none())
    }
    #[member("stop")]
    fn stop(_: &mut Vm, this: Value) -> Res {
        Ok(slice(this).stop.or_none())
    }
    #[member("step")]
    fn step(_: &mut Vm, this: Value) -> Res {
        Ok(slice(this).step.or_none())
    }
}

fn slice(v: Value) -> Ref<SliceObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { v.cast() }
}

/// Slices compare as the tuples of their fields.
fn slice_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.downcast::<SliceObj>(), b.downcast::<SliceObj>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if x == y {
        return Ok(Value::bool(matches!(op, CmpOp::Eq | CmpOp::Le | CmpOp::Ge)));
    }
    let t1 = vm.new_tuple(&[x.start.or_none(), x.stop.or_none(), x.step.or_none()])?;
    let t2 = vm.new_tuple(&[y.start.or_none(), y.stop.or_none(), y.step.or_none()])?;
    vm.compare(op, t1, t2)
}

impl Vm {
    /// The bounds of a slice (`PySlice_Unpack`). Runs `__index__` methods: read lengths after it.
    #[inline]
    pub fn slice_unpack(&mut self, s: Ref<SliceObj>) -> Res<SliceSpec> {
        let step = match s.step.or_none() {
            Value::NONE => 1,
            v => {
                let n = self.slice_index(v)?;
                if n == 0 {
                    return Err(self.value_error("slice step cannot be zero"));
                }
                n.max(-i64::MAX)
            }
        };
        let start = match s.start.or_none() {
            Value::NONE => {
                if step < 0 {
                    i64::MAX
                } else {
                    0
                }
            }
            v => self.slice_index(v)?,
        };
        let stop = match s.stop.or_none() {
            Value::NONE => {
                if step < 0 {
                    i64::MIN
                } else {
                    i64::MAX
                }
            }
            v => self.slice_index(v)?,
        };
        Ok(SliceSpec { start, stop, step })
    }

    fn slice_index(&mut self, v: Value) -> Res<i64> {
        if let Some(n) = v.as_small_int() {
            return Ok(n);
        }
        self.slice_index_value(v)
            .and_then(|i| self.index_clipped(i))
    }

    fn slice_index_value(&mut self, v: Value) -> Res {
        if !self.has_index(v) {
            return Err(self
                .type_error("slice indices must be integers or None or have an __index__ method"));
        }
        self.index(v)
    }

    /// Start, stop and step as ints of any size for a length of any size (`_PySlice_GetLongIndices`).
    pub fn slice_long_indices(
        &mut self,
        s: Ref<SliceObj>,
        length: Value,
    ) -> Res<(Value, Value, Value)> {
        let zero = Value::int_unchecked(0);
        let step = match s.step.or_none() {
            Value::NONE => Value::int_unchecked(1),
            v => self.slice_index_value(v)?,
        };
        if step == zero {
            return Err(self.value_error("slice step cannot be zero"));
        }
        let negative = self.int_is_negative(step);
        let (lower, upper) = if negative {
            let minus_one = Value::int_unchecked(-1);
            (
                minus_one,
                self.binary(crate::ops::BinOp::Add, length, minus_one)?,
            )
        } else {
            (zero, length)
        };
        let start = match s.start.or_none() {
            Value::NONE => {
                if negative {
                    upper
                } else {
                    lower
                }
            }
            v => self.clip_long(v, length, lower, upper)?,
        };
        let stop = match s.stop.or_none() {
            Value::NONE => {
                if negative {
                    lower
                } else {
                    upper
                }
            }
            v => self.clip_long(v, length, lower, upper)?,
        };
        Ok((start, stop, step))
    }

    fn clip_long(&mut self, v: Value, length: Value, lower: Value, upper: Value) -> Res {
        use std::cmp::Ordering::*;
        let mut n = self.slice_index_value(v)?;
        if self.int_is_negative(n) {
            n = self.binary(crate::ops::BinOp::Add, n, length)?;
            return Ok(if self.cmp_ints(n, lower) == Less {
                lower
            } else {
                n
            });
        }
        Ok(if self.cmp_ints(n, upper) == Greater {
            upper
        } else {
            n
        })
    }
}
