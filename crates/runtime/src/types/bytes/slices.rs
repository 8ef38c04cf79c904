//! Slice arithmetic of sequences.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// The numbers of a slice before they meet a length. None: left out.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    start: Option<i64>,
    stop: Option<i64>,
    step: i64,
}

/// A slice of a sequence of known length: `count` items from `start` by `step`.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
    pub count: usize,
}

impl Bounds {
    /// The indices of a slice object; runs `__index__`. ValueError for step zero.
    pub fn unpack(vm: &mut Vm, s: Ref<SliceObj>) -> Res<Bounds> {
        let step = match slice_index(vm, s.step.or_none())? {
            Some(0) => return Err(vm.value_error("slice step cannot be zero")),
            Some(n) => n.max(-i64::MAX),
            None => 1,
        };
        Ok(Bounds {
            start: slice_index(vm, s.start.or_none())?,
            stop: slice_index(vm, s.stop.or_none())?,
            step,
        })
    }
    /// Clips the indices to a length.
    pub fn adjust(&self, len: usize) -> Span {
        let n = len as i64;
        let (low, high) = if self.step < 0 { (-1, n - 1) } else { (0, n) };
        let clip = |i: i64| {
            let i = if i < 0 { i.saturating_add(n) } else { i };
            i.clamp(low, high)
        };
        let (first, last) = if self.step < 0 {
            (high, low)
        } else {
            (low, high)
        };
        let start = self.start.map_or(first, clip);
        let stop = self.stop.map_or(last, clip);
        let count = if self.step < 0 {
            if stop < start {
                (start - stop - 1) / -self.step + 1
            } else {
                0
            }
        } else if start < stop {
            (stop - start - 1) / self.step + 1
        } else {
            0
        };
        Span {
            start,
            stop,
            step: self.step,
            count: count as usize,
        }
    }
}

/// An index of a slice; None for None.
pub fn slice_index(vm: &mut Vm, v: Value) -> Res<Option<i64>> {
    if let Some(n) = v.as_small_int() {
        return Ok(Some(n));
    }
    if v.is_none() {
        return Ok(None);
    }
    if !vm.is_int(v) && vm.special(v, vm.names.__index__).is_none() {
        return Err(
            vm.type_error("slice indices must be integers or None or have an __index__ method")
        );
    }
    vm.index_clipped(v).map(Some)
}

/// The optional start and end arguments of `find` and its like.
pub fn search_bounds(vm: &mut Vm, start: Option<Value>, end: Option<Value>) -> Res<(isize, isize)> {
    let start = match start {
        Some(v) => slice_index(vm, v)?.unwrap_or(0),
        None => 0,
    };
    let end = match end {
        Some(v) => slice_index(vm, v)?.unwrap_or(i64::MAX),
        None => i64::MAX,
    };
    Ok((start as isize, end as isize))
}
