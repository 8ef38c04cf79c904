//! The methods of `set` and `frozenset`.

use super::{frozenset_hash, set};
use crate::dict;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

fn is_set(v: Value) -> bool {
    v.is_kind(Kind::Set) || v.is_kind(Kind::FrozenSet)
}

/// The values of a `*others` tuple.
fn others_of<'a>(others: Value) -> &'a [Value] {
    // SAFETY: *others is a tuple, kept alive by the caller's stack.
    unsafe { &*(others.cast::<TupleObj>().items() as *const [Value]) }
}

/// A binary operator between two sets; NotImplemented for anything else.
fn operator(
    vm: &mut Vm,
    a: Value,
    b: Value,
    f: fn(&mut Vm, Ref<SetObj>, Value) -> Res<Ref<SetObj>>,
) -> Res {
    if !is_set(a) || !is_set(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    Ok(f(vm, set(a), b)?.value())
}

fn union_of(vm: &mut Vm, s: Ref<SetObj>, other: Value) -> Res<Ref<SetObj>> {
    let new = vm.set_copy(s)?;
    vm.set_update(new, other)?;
    Ok(new)
}

fn symmetric_of(vm: &mut Vm, s: Ref<SetObj>, other: Value) -> Res<Ref<SetObj>> {
    let new = vm.set_copy(s)?;
    vm.set_symmetric_difference_update(new, other)?;
    Ok(new)
}

#[derive::natives]
pub mod common {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let name = vm.class_name(this);
        if set(this).used.get() == 0 {
            return vm.new_str(&format!("{name}()"));
        }
        if !vm.repr_enter(this) {
            return vm.new_str(&format!("{name}(...)"));
        }
        let r = repr_items(vm, this, &name);
        vm.repr_leave(this);
        r
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let n = set(this).used.get() as i64;
        let it = vm.new_iter(Kind::SetIter, Some(this), 0, n)?;
        it.step.set(n);
        Ok(it.value())
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(set(this).used.get())
    }
    /// x.__contains__(y) <==> y in x.
    #[native("__contains__($self, object, /)")]
    fn contains(vm: &mut Vm, this: Value, object: Value) -> Res<bool> {
        vm.set_contains(set(this), object)
    }
    /// Return a new set with elements in the set that are not in the others.
    #[native("difference($self, /, *others)")]
    fn difference(vm: &mut Vm, this: Value, others: Value) -> Res<Ref<SetObj>> {
        let Some((first, rest)) = others_of(others).split_first() else {
            return vm.set_copy(set(this));
        };
        let new = vm.set_difference(set(this), *first)?;
        for o in rest {
            vm.set_difference_update(new, *o)?;
        }
        Ok(new)
    }
    /// Return a new set with elements common to the set and all others.
    #[native("intersection($self, /, *others)")]
    fn intersection(vm: &mut Vm, this: Value, others: Value) -> Res<Ref<SetObj>> {
        let Some((first, rest)) = others_of(others).split_first() else {
            return vm.set_copy(set(this));
        };
        let mut new = vm.set_intersection(set(this), *first)?;
        for o in rest {
            new = vm.set_intersection(new, *o)?;
        }
        Ok(new)
    }
    /// Return a new set with elements from the set and all others.
    #[native("union($self, /, *others)")]
    fn union(vm: &mut Vm, this: Value, others: Value) -> Res<Ref<SetObj>> {
        let new = vm.set_copy(set(this))?;
        for o in others_of(others) {
            vm.set_update(new, *o)?;
        }
        Ok(new)
    }
    /// Return a new set with elements in either the set or other but not both.
    #[native("symmetric_difference($self, other, /)")]
    fn symmetric_difference(vm: &mut Vm, this: Value, other: Value) -> Res<Ref<SetObj>> {
        symmetric_of(vm, set(this), other)
    }
    /// Return True if two sets have a null intersection.
    #[native("isdisjoint($self, other, /)")]
    fn isdisjoint(vm: &mut Vm, this: Value, other: Value) -> Res<bool> {
        let s = set(this);
        if this == other {
            return Ok(s.used.get() == 0);
        }
        if let Some(o) = other.downcast::<SetObj>() {
            let (small, big) = if o.used.get() > s.used.get() {
                (s, o)
            } else {
                (o, s)
            };
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(small, i) {
                i = at + 1;
                let Some(k) = e.key else { continue };
                if dict::find(vm, big, k, e.hash)?.is_some() {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let it = vm.iter(other)?;
        while let Some(v) = vm.next(it)? {
            let h = vm.hash_element(v)?;
            if dict::find(vm, s, v, h)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
    /// Report whether another set contains this set.
    #[native("issubset($self, other, /)")]
    fn issubset(vm: &mut Vm, this: Value, other: Value) -> Res<bool> {
        match other.downcast::<SetObj>() {
            Some(o) => vm.set_is_subset(set(this), o),
            None => {
                let common = vm.set_intersection(set(this), other)?;
                Ok(common.used.get() == set(this).used.get())
            }
        }
    }
    /// Report whether this set contains another set.
    #[native("issuperset($self, other, /)")]
    fn issuperset(vm: &mut Vm, this: Value, other: Value) -> Res<bool> {
        if let Some(o) = other.downcast::<SetObj>() {
            return vm.set_is_subset(o, set(this));
        }
        let it = vm.iter(other)?;
        while let Some(v) = vm.next(it)? {
            let h = vm.hash_element(v)?;
            if dict::find(vm, set(this), v, h)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }
    /// Return self-value.
    #[native("__sub__($self, value, /)")]
    fn sub(vm: &mut Vm, this: Value, value: Value) -> Res {
        operator(vm, this, value, Vm::set_difference)
    }
    /// Return value-self.
    #[native("__rsub__($self, value, /)")]
    fn rsub(vm: &mut Vm, this: Value, value: Value) -> Res {
        operator(vm, value, this, Vm::set_difference)
    }
    /// Return self&value.
    #[native("__and__($self, value, /)")]
    fn and(vm: &mut Vm, this: Value, value: Value) -> Res {
        operator(vm, this, value, Vm::set_intersection)
    }
    /// Return value&self.
    #[native("__rand__($self, value, /)")]
    fn rand(vm: &mut Vm, this: Value, value: Value) -> Res {
        operator(vm, value, this, Vm::set_intersection)
    }
    /// Return self^value.
    #[native("__xor__($self, value, /)")]
    fn xor(vm: &mut Vm, this: Value, value: Value) -> Res {
        operator(vm, this, value, symmetric_of)
    }
    /// Return value^self.
    #[native("__rxor__($self, value, /)")]
    fn rxor(vm: &mut Vm, this: Value, value: Value) -> Res {
        operator(vm, value, this, symmetric_of)
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        operator(vm, this, value, union_of)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        operator(vm, value, this, union_of)
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let items = vm.list_of(this)?;
        let args = vm.new_tuple(&[items.value()])?;
        let state = vm.object_getstate(this, false)?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args, state])
    }
    /// S.__sizeof__() -> size of S in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(size_of::<SetObj>() + dict::table_bytes(set(this)))
    }
}

#[derive::natives]
pub mod mutable {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res<Ref<SetObj>> {
        let class = vm.class_arg(class, vm.types.set)?;
        vm.new_set_of_class(class)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.no_kwargs("set", kwargs)?;
        let iterable = vm.one_arg("set", args)?;
        let s = set(this);
        dict::clear(vm, s);
        s.hash.set(-1);
        match iterable {
            Some(it) => vm.set_update(s, it),
            None => Ok(()),
        }
    }
    /// Add an element to a set.
    ///
    /// This has no effect if the element is already present.
    #[native("add($self, object, /)")]
    fn add(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        vm.set_add(set(this), object)
    }
    /// Remove all elements from this set.
    #[native("clear($self, /)")]
    fn clear(vm: &mut Vm, this: Value) -> Res<()> {
        dict::clear(vm, set(this));
        Ok(())
    }
    /// Return a shallow copy of a set.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res<Ref<SetObj>> {
        vm.set_copy(set(this))
    }
    /// Remove an element from a set if it is a member.
    ///
    /// Unlike set.remove(), the discard() method does not raise
    /// an exception when an element is missing from the set.
    #[native("discard($self, object, /)")]
    fn discard(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        vm.set_discard(set(this), object)?;
        Ok(())
    }
    /// Remove an element from a set; it must be a member.
    ///
    /// If the element is not a member, raise a KeyError.
    #[native("remove($self, object, /)")]
    fn remove(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        if vm.set_discard(set(this), object)? {
            Ok(())
        } else {
            Err(vm.key_error(object))
        }
    }
    /// Remove and return an arbitrary set element.
    ///
    /// Raises KeyError if the set is empty.
    #[native("pop($self, /)")]
    fn pop(vm: &mut Vm, this: Value) -> Res {
        let s = set(this);
        // The hash field of a mutable set remembers where the last pop was, so that a row of
        // pops does not search from the beginning each time.
        let finger = s.hash.get().max(0) as usize;
        let found = dict::next_entry(s, finger).or_else(|| dict::next_entry(s, 0));
        match found {
            Some((i, e)) => {
                dict::remove_at(vm, s, i);
                s.hash.set(i as i64 + 1);
                Ok(e.key.unwrap_or(Value::NONE))
            }
            None => Err(vm.error(vm.types.exc.KeyError, "pop from an empty set")),
        }
    }
    /// Update the set, adding elements from all others.
    #[native("update($self, /, *others)")]
    fn update(vm: &mut Vm, this: Value, others: Value) -> Res<()> {
        for o in others_of(others) {
            vm.set_update(set(this), *o)?;
        }
        Ok(())
    }
    /// Update the set, removing elements found in others.
    #[native("difference_update($self, /, *others)")]
    fn difference_update(vm: &mut Vm, this: Value, others: Value) -> Res<()> {
        for o in others_of(others) {
            vm.set_difference_update(set(this), *o)?;
        }
        Ok(())
    }
    /// Update the set, keeping only elements found in it and all others.
    #[native("intersection_update($self, /, *others)")]
    fn intersection_update(vm: &mut Vm, this: Value, others: Value) -> Res<()> {
        let mut new = set(this);
        for o in others_of(others) {
            new = vm.set_intersection(new, *o)?;
        }
        if new != set(this) {
            vm.set_take_over(set(this), new);
        }
        Ok(())
    }
    /// Update the set, keeping only elements found in either set, but not in both.
    #[native("symmetric_difference_update($self, other, /)")]
    fn symmetric_difference_update(vm: &mut Vm, this: Value, other: Value) -> Res<()> {
        vm.set_symmetric_difference_update(set(this), other)
    }
    /// Return self-=value.
    #[native("__isub__($self, value, /)")]
    fn isub(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !is_set(value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        vm.set_difference_update(set(this), value)?;
        Ok(this)
    }
    /// Return self&=value.
    #[native("__iand__($self, value, /)")]
    fn iand(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !is_set(value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let new = vm.set_intersection(set(this), value)?;
        vm.set_take_over(set(this), new);
        Ok(this)
    }
    /// Return self^=value.
    #[native("__ixor__($self, value, /)")]
    fn ixor(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !is_set(value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        vm.set_symmetric_difference_update(set(this), value)?;
        Ok(this)
    }
    /// Return self|=value.
    #[native("__ior__($self, value, /)")]
    fn ior(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !is_set(value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        vm.set_update(set(this), value)?;
        Ok(this)
    }
}

#[derive::natives]
pub mod frozen {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res<Ref<SetObj>> {
        let class = vm.class_arg(class, vm.types.frozenset)?;
        let base = vm.types.frozenset;
        vm.no_kwargs_for("frozenset", class, base, vm.names.__init__, kwargs)?;
        let iterable = vm.one_arg("frozenset", args)?;
        if class != vm.types.frozenset {
            let s = vm.new_set_of_class(class)?;
            if let Some(it) = iterable {
                vm.set_update(s, it)?;
            }
            return Ok(s);
        }
        if let Some(it) = iterable {
            if it.is_exact(Kind::FrozenSet) {
                return Ok(set(it));
            }
            let s = vm.new_frozenset()?;
            vm.set_update(s, it)?;
            return Ok(s);
        }
        vm.new_frozenset()
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(_: &mut Vm, this: Value) -> Res<i64> {
        let s = set(this);
        if s.hash.get() == -1 {
            s.hash.set(frozenset_hash(s));
        }
        Ok(s.hash.get())
    }
    /// Return a shallow copy of a set.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res<Ref<SetObj>> {
        if this.is_exact(Kind::FrozenSet) {
            return Ok(set(this));
        }
        vm.set_copy(set(this))
    }
}

fn repr_items(vm: &mut Vm, this: Value, name: &str) -> Res {
    let mut out = text::StrBuf::new();
    let plain = this.is_exact(Kind::Set);
    if !plain {
        out.push_str(name);
        out.push_str("(");
    }
    out.push_str("{");
    // The items are collected first: a repr may change the set.
    let items = vm.collect(this)?;
    for (i, v) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        vm.push_repr(&mut out, *v)?;
    }
    out.push_str(if plain { "}" } else { "})" });
    vm.new_str_owned(&out.finish())
}
