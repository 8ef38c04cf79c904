//! `_bisect`.

use runtime::module::ModuleSpec;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_bisect",
    doc: "Bisection algorithms.\n\nThis module provides support for maintaining a list in sorted order without\nhaving to sort the list after each insertion. For long lists of items with\nexpensive comparison operations, this can be an improvement over the more\ncommon approach.\n",
    functions: &[functions::TABLE],
    init: |_, _| Ok(()),
};

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e <= x, and all e in
    /// a[i:] have e > x.  So if x already appears in the list, a.insert(i, x)
    /// will insert just after the rightmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[native("bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_right(
        vm: &mut Vm,
        _m: Value,
        a: Value,
        x: Value,
        lo: Option<isize>,
        hi: Option<Value>,
        key: Option<Value>,
    ) -> Res<usize> {
        search(vm, Side::Right, a, x, lo, hi, key)
    }
    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e < x, and all e in
    /// a[i:] have e >= x.  So if x already appears in the list, a.insert(i, x)
    /// will insert just before the leftmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[native("bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_left(
        vm: &mut Vm,
        _m: Value,
        a: Value,
        x: Value,
        lo: Option<isize>,
        hi: Option<Value>,
        key: Option<Value>,
    ) -> Res<usize> {
        search(vm, Side::Left, a, x, lo, hi, key)
    }
    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the right of the rightmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[native("insort_right($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn insort_right(
        vm: &mut Vm,
        _m: Value,
        a: Value,
        x: Value,
        lo: Option<isize>,
        hi: Option<Value>,
        key: Option<Value>,
    ) -> Res<()> {
        insort(vm, Side::Right, a, x, lo, hi, key)
    }
    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the left of the leftmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[native("insort_left($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn insort_left(
        vm: &mut Vm,
        _m: Value,
        a: Value,
        x: Value,
        lo: Option<isize>,
        hi: Option<Value>,
        key: Option<Value>,
    ) -> Res<()> {
        insort(vm, Side::Left, a, x, lo, hi, key)
    }
}

fn insort(
    vm: &mut Vm,
    side: Side,
    a: Value,
    x: Value,
    lo: Option<isize>,
    hi: Option<Value>,
    key: Option<Value>,
) -> Res<()> {
    let wanted = match key {
        Some(k) if !k.is_none() => vm.call_value(k, &[x])?,
        _ => x,
    };
    let i = search(vm, side, a, wanted, lo, hi, key)?;
    let i = vm.new_int(i as i64)?;
    vm.call_method_str(a, "insert", &[i, x]).map(|_| ())
}

fn search(
    vm: &mut Vm,
    side: Side,
    a: Value,
    x: Value,
    lo: Option<isize>,
    hi: Option<Value>,
    key: Option<Value>,
) -> Res<usize> {
    let key = key.filter(|k| !k.is_none());
    let lo = lo.unwrap_or(0);
    if lo < 0 {
        return Err(vm.value_error("lo must be non-negative"));
    }
    let mut lo = lo as usize;
    let mut hi = match hi.filter(|h| !h.is_none()) {
        // A negative hi finds nothing, as does any hi below lo.
        Some(h) => vm.index_isize(h)?.max(0) as usize,
        None => vm.len(a)?,
    };
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        let item = vm.get_item(a, Value::int_unchecked(mid as i64))?;
        let item = match key {
            Some(k) => vm.call_value(k, &[item])?,
            None => item,
        };
        let below = match side {
            Side::Left => vm.less(item, x)?,
            Side::Right => !vm.less(x, item)?,
        };
        if below {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    Ok(lo)
}
