//! `tuple`.

use super::protocol::{generic, holds_len, rich_compare};
use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::ops::CmpOp;
use crate::types::slice::SliceRange;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "tuple",
    kind: Kind::Tuple,
    doc: "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.",
    tables: &[methods::TABLE, compare::TABLE, generic::TABLE],
    flags: TypeFlags::BASE
        .union(TypeFlags::SEQUENCE)
        .union(TypeFlags::MATCH_SELF),
    ..TypeSpec::DEFAULT
};

rich_compare!(compare, tuple_compare);

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let class = vm.class_arg(class, vm.types.tuple)?;
        vm.no_kwargs_for("tuple", class, vm.types.tuple, vm.names.__init__, kwargs)?;
        let iterable = vm.one_arg("tuple", args)?;
        let items = match iterable {
            None => vm.new_vec(),
            Some(it) if class == vm.types.tuple => return vm.tuple_of(it),
            Some(it) => vm.collect(it)?,
        };
        if class == vm.types.tuple {
            return vm.new_tuple(&items);
        }
        vm.new_tuple_shaped(class.shape.get(), &items)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let t = tuple(this);
        if t.len == 0 {
            return vm.new_str("()");
        }
        if !vm.repr_enter(this) {
            return vm.new_str("(...)");
        }
        let r = repr_items(vm, t);
        vm.repr_leave(this);
        r
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        vm.hash_tuple(this)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        Ok(vm.new_iter(Kind::TupleIter, Some(this), 0, 0)?.value())
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(tuple(this).len)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let t = tuple(this);
        if let Some(s) = key.downcast::<SliceObj>() {
            let r = vm.slice_unpack(s)?.adjust(t.len);
            return vm.tuple_slice(t, r);
        }
        if !vm.has_index(key) {
            let name = vm.class_name(key);
            return Err(vm.type_error(&format!(
                "tuple indices must be integers or slices, not {name}"
            )));
        }
        let i = vm.index_for(key)?;
        let i = if i < 0 { i + t.len as i64 } else { i };
        match usize::try_from(i).ok().and_then(|i| t.items().get(i)) {
            Some(v) => Ok(*v),
            None => Err(vm.index_error("tuple index out of range")),
        }
    }
    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(b) = value.downcast::<TupleObj>() else {
            let name = vm.class_name(value);
            return Err(vm.type_error(&format!(
                "can only concatenate tuple (not \"{name}\") to tuple"
            )));
        };
        vm.tuple_concat(tuple(this), b)
    }
    /// Return self*value.
    #[native("__mul__($self, value, /)")]
    fn mul(vm: &mut Vm, this: Value, value: Value) -> Res {
        let n = vm.repeat_count(value)?;
        let t = tuple(this);
        if (n == 1 || t.len == 0) && this.is_exact(Kind::Tuple) {
            return Ok(this);
        }
        let total = t
            .len
            .checked_mul(n)
            .filter(|n| *n < isize::MAX as usize / 16);
        let Some(total) = total else {
            return Err(vm.memory_error());
        };
        let mut out = vm.new_vec();
        out.reserve(vm, total)?;
        for _ in 0..if t.len == 0 { 0 } else { n } {
            out.extend(vm, t.items())?;
        }
        vm.new_tuple(&out)
    }
    /// Return value*self.
    #[native("__rmul__($self, value, /)")]
    fn rmul(vm: &mut Vm, this: Value, value: Value) -> Res {
        mul(vm, this, value)
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        for v in tuple(this).items() {
            if vm.eq(*v, key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[native("__getnewargs__($self, /)")]
    fn getnewargs(vm: &mut Vm, this: Value) -> Res {
        let t = vm.new_tuple(tuple(this).items())?;
        vm.new_tuple(&[t])
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[native("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(
        vm: &mut Vm,
        this: Value,
        value: Value,
        start: Option<Value>,
        stop: Option<Value>,
    ) -> Res<usize> {
        let t = tuple(this);
        let start = start.map_or(Ok(0), |v| vm.slice_bound(v))?;
        let stop = stop.map_or(Ok(i64::MAX), |v| vm.slice_bound(v))?;
        let (start, stop) = (Vm::clip_bound(start, t.len), Vm::clip_bound(stop, t.len));
        for (i, v) in t.items().iter().enumerate().take(stop).skip(start) {
            if vm.eq(*v, value)? {
                return Ok(i);
            }
        }
        Err(vm.value_error("tuple.index(x): x not in tuple"))
    }
    /// Return number of occurrences of value.
    #[native("count($self, value, /)")]
    fn count(vm: &mut Vm, this: Value, value: Value) -> Res<usize> {
        let mut n = 0;
        for v in tuple(this).items() {
            n += usize::from(vm.eq(*v, value)?);
        }
        Ok(n)
    }
}

/// The tuple behind a `self` argument.
#[inline(always)]
fn tuple(v: Value) -> Ref<TupleObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { v.cast() }
}

fn repr_items(vm: &mut Vm, t: Ref<TupleObj>) -> Res {
    let mut out = text::StrBuf::new();
    out.push_str("(");
    for (i, v) in t.items().iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        vm.push_repr(&mut out, *v)?;
    }
    out.push_str(if t.len == 1 { ",)" } else { ")" });
    vm.new_str_owned(&out.finish())
}

pub(crate) fn tuple_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.downcast::<TupleObj>(), b.downcast::<TupleObj>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    vm.check_native_stack()?;
    for (p, q) in x.items().iter().zip(y.items()) {
        if p != q && !vm.eq(*p, *q)? {
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => vm.compare(op, *p, *q),
            };
        }
    }
    Ok(holds_len(op, x.len, y.len))
}

impl Vm {
    /// `tuple(v)`.
    pub fn tuple_of(&mut self, v: Value) -> Res {
        if v.is_exact(Kind::Tuple) {
            return Ok(v);
        }
        if v.is_exact(Kind::List) {
            // SAFETY: checked above; making the tuple runs no Python code.
            return self.new_tuple(unsafe { v.cast::<ListObj>() }.items_now());
        }
        let items = self.collect(v)?;
        self.new_tuple(&items)
    }

    /// `a + b` of exact tuples, or a new plain tuple.
    pub fn tuple_concat(&mut self, a: Ref<TupleObj>, b: Ref<TupleObj>) -> Res {
        for (one, other) in [(a, b), (b, a)] {
            if one.len == 0 && other.value().is_exact(Kind::Tuple) {
                return Ok(other.value());
            }
        }
        let t = self.new_tuple_raw(a.len + b.len)?;
        // SAFETY: just made with room for the items of both.
        unsafe {
            let items: *mut Value = t.as_ptr().add(1).cast();
            std::ptr::copy_nonoverlapping(a.items().as_ptr(), items, a.len);
            std::ptr::copy_nonoverlapping(b.items().as_ptr(), items.add(a.len), b.len);
        }
        Ok(t.value())
    }

    /// A tuple of a resolved slice.
    pub fn tuple_slice(&mut self, t: Ref<TupleObj>, r: SliceRange) -> Res {
        if r.step == 1 {
            if r.count == t.len && t.value().is_exact(Kind::Tuple) {
                return Ok(t.value());
            }
            return self.new_tuple(&t.items()[r.start..r.start + r.count]);
        }
        let mut out = self.new_vec();
        out.reserve(self, r.count)?;
        for i in 0..r.count {
            out.push(self, t.items()[r.at(i)])?;
        }
        self.new_tuple(&out)
    }
}
