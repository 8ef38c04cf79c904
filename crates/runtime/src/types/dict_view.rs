//! `dict_keys`, `dict_values`, `dict_items`.

use super::protocol::rich_compare;
use crate::class::{TypeFlags, TypeSpec};
use crate::dict;
use crate::object::*;
use crate::ops::CmpOp;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static KEYS: TypeSpec = TypeSpec {
    name: "dict_keys",
    kind: Kind::DictView,
    tables: &[common::TABLE, set_like::TABLE, compare::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static VALUES: TypeSpec = TypeSpec {
    name: "dict_values",
    kind: Kind::DictView,
    tables: &[common::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static ITEMS: TypeSpec = TypeSpec {
    name: "dict_items",
    kind: Kind::DictView,
    tables: &[common::TABLE, set_like::TABLE, compare::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

rich_compare!(compare, view_compare);

/// The view behind a `self` argument.
fn view(v: Value) -> Ref<DictViewObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { v.cast() }
}

#[derive::natives]
mod common {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        if !vm.repr_enter(this) {
            return vm.new_str("...");
        }
        let r = repr_view(vm, this);
        vm.repr_leave(this);
        r
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let v = view(this);
        vm.dict_iter(v.dict, v.which.get(), false)
    }
    /// Return a reverse iterator over the dict view.
    #[native("__reversed__($self, /)")]
    fn reversed(vm: &mut Vm, this: Value) -> Res {
        let v = view(this);
        vm.dict_iter(v.dict, v.which.get(), true)
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(view(this).dict.used.get())
    }
    /// dictionary that this view refers to
    #[getter("mapping")]
    fn mapping(vm: &mut Vm, this: Value) -> Res {
        vm.new_mapping_proxy(view(this).dict.value())
    }
}

fn repr_view(vm: &mut Vm, this: Value) -> Res {
    let items = vm.list_of(this)?;
    let mut out = text::StrBuf::new();
    out.push_str(&vm.class_name(this));
    out.push_str("(");
    vm.push_repr(&mut out, items.value())?;
    out.push_str(")");
    vm.new_str_owned(&out.finish())
}

#[derive::natives]
mod set_like {
    use super::*;

    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        let v = view(this);
        if v.which.get() == 0 {
            let hash = vm.hash_key(key)?;
            return Ok(dict::find(vm, v.dict, key, hash)?.is_some());
        }
        let Some(pair) = key.downcast::<TupleObj>().filter(|t| t.len == 2) else {
            return Ok(false);
        };
        match vm.dict_get(v.dict, pair.items()[0])? {
            Some(found) => vm.eq(found, pair.items()[1]),
            None => Ok(false),
        }
    }
    /// Return self-value.
    #[native("__sub__($self, value, /)")]
    fn sub(vm: &mut Vm, this: Value, value: Value) -> Res {
        difference(vm, this, value)
    }
    /// Return value-self.
    #[native("__rsub__($self, value, /)")]
    fn rsub(vm: &mut Vm, this: Value, value: Value) -> Res {
        difference(vm, value, this)
    }
    /// Return self&value.
    #[native("__and__($self, value, /)")]
    fn and(vm: &mut Vm, this: Value, value: Value) -> Res {
        intersection(vm, this, value)
    }
    /// Return value&self.
    #[native("__rand__($self, value, /)")]
    fn rand(vm: &mut Vm, this: Value, value: Value) -> Res {
        intersection(vm, value, this)
    }
    /// Return self^value.
    #[native("__xor__($self, value, /)")]
    fn xor(vm: &mut Vm, this: Value, value: Value) -> Res {
        symmetric_difference(vm, this, value)
    }
    /// Return value^self.
    #[native("__rxor__($self, value, /)")]
    fn rxor(vm: &mut Vm, this: Value, value: Value) -> Res {
        symmetric_difference(vm, value, this)
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        union(vm, this, value)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        union(vm, value, this)
    }
    /// Return True if the view and the given iterable have a null intersection.
    #[native("isdisjoint($self, object, /)")]
    fn isdisjoint(vm: &mut Vm, this: Value, object: Value) -> Res<bool> {
        if this == object {
            return Ok(vm.len(this)? == 0);
        }
        let (mut container, mut items) = (this, object);
        if is_set_like(vm, object) && vm.len(object)? > vm.len(this)? {
            (container, items) = (object, this);
        }
        let it = vm.iter(items)?;
        while let Some(v) = vm.next(it)? {
            if vm.contains(container, v)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A new set with the items of an operand. Those of an exact dict's keys are taken from the dict,
/// which may change meanwhile.
fn set_from(vm: &mut Vm, v: Value) -> Res<Ref<SetObj>> {
    let keys = v
        .downcast::<DictViewObj>()
        .filter(|v| v.which.get() == 0 && v.dict.value().is_exact(Kind::Dict));
    vm.set_of(keys.map_or(v, |v| v.dict.value()))
}

fn difference(vm: &mut Vm, a: Value, b: Value) -> Res {
    let s = set_from(vm, a)?;
    vm.set_difference_update(s, b)?;
    Ok(s.value())
}

fn union(vm: &mut Vm, a: Value, b: Value) -> Res {
    let s = set_from(vm, a)?;
    vm.set_update(s, b)?;
    Ok(s.value())
}

fn symmetric_difference(vm: &mut Vm, a: Value, b: Value) -> Res {
    let items = vm.types.dict_items;
    if let (Some(x), Some(y)) = (a.downcast::<DictViewObj>(), b.downcast::<DictViewObj>())
        && vm.class_of(a) == items
        && vm.class_of(b) == items
    {
        return items_in_one(vm, x.dict, y.dict);
    }
    let s = set_from(vm, a)?;
    let other = vm.set_of(b)?;
    vm.set_symmetric_difference_update(s, other.value())?;
    Ok(s.value())
}

/// Items of two dicts that only one of them has. Values of keys in both are compared, and hashed
/// only when they differ. The dicts may change meanwhile.
fn items_in_one(vm: &mut Vm, a: Ref<DictObj>, b: Ref<DictObj>) -> Res {
    let rest = vm.dict_copy(a)?;
    let out = vm.new_set()?;
    let mut i = 0;
    while let Some((at, entry)) = dict::next_entry(b, i) {
        i = at + 1;
        let (Some(key), Some(value)) = (entry.key, entry.value) else {
            continue;
        };
        let same = match vm.dict_get(rest, key)? {
            Some(v) => vm.eq(v, value)?,
            None => false,
        };
        if same {
            vm.dict_remove(rest, key)?;
        } else {
            let pair = vm.new_tuple(&[key, value])?;
            vm.set_add(out, pair)?;
        }
    }
    let rest = vm.new_dict_view(rest, 2)?;
    vm.set_update(out, rest)?;
    Ok(out.value())
}

fn intersection(vm: &mut Vm, a: Value, b: Value) -> Res {
    // One of the two is a view; the test of membership is asked of the bigger view, or of a set
    // that is at least as big.
    let (mut container, mut items) = if a.is_kind(Kind::DictView) {
        (a, b)
    } else {
        (b, a)
    };
    if items.is_exact(Kind::Set) && vm.len(container)? <= vm.len(items)? {
        return vm.call_method_str(items, "intersection", &[container]);
    }
    if items.is_kind(Kind::DictView) && vm.len(items)? > vm.len(container)? {
        std::mem::swap(&mut container, &mut items);
    }
    let out = vm.new_set()?;
    let it = vm.iter(items)?;
    while let Some(v) = vm.next(it)? {
        if vm.contains(container, v)? {
            vm.set_add(out, v)?;
        }
    }
    Ok(out.value())
}

fn is_set_like(vm: &Vm, v: Value) -> bool {
    v.is_kind(Kind::Set)
        || v.is_kind(Kind::FrozenSet)
        || (v.is_kind(Kind::DictView) && vm.class_of(v) != vm.types.dict_values)
}

fn view_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    if !is_set_like(vm, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (n, m) = (vm.len(a)?, vm.len(b)?);
    let holds = match op {
        CmpOp::Eq => n == m && all_in(vm, a, b)?,
        CmpOp::Ne => !(n == m && all_in(vm, a, b)?),
        CmpOp::Lt => n < m && all_in(vm, a, b)?,
        CmpOp::Le => n <= m && all_in(vm, a, b)?,
        CmpOp::Gt => n > m && all_in(vm, b, a)?,
        CmpOp::Ge => n >= m && all_in(vm, b, a)?,
    };
    Ok(Value::bool(holds))
}

fn all_in(vm: &mut Vm, items: Value, container: Value) -> Res<bool> {
    let it = vm.iter(items)?;
    while let Some(v) = vm.next(it)? {
        if !vm.contains(container, v)? {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Vm {
    /// A view of a dict: keys, values or items (0, 1, 2).
    pub fn new_dict_view(&mut self, d: Ref<DictObj>, which: u8) -> Res {
        let class = match which {
            0 => self.types.dict_keys,
            1 => self.types.dict_values,
            _ => self.types.dict_items,
        };
        let p: *mut DictViewObj = self
            .alloc_raw(size_of::<DictViewObj>(), class.shape.get(), Kind::DictView)?
            .cast();
        // SAFETY: freshly allocated.
        unsafe {
            (&raw mut (*p).dict).write(d);
            (*p).which.set(which);
        }
        Ok(Value::cell(p))
    }

    /// An iterator over a dict's keys, values or items (0, 1, 2).
    pub fn dict_iter(&mut self, d: Ref<DictObj>, which: u8, reverse: bool) -> Res {
        let t = self.types;
        let class = match (which, reverse) {
            (0, false) => t.dict_iterator,
            (1, false) => t.dict_value_iterator,
            (_, false) => t.dict_item_iterator,
            (0, true) => t.dict_reverse_iterator,
            (1, true) => t.dict_reverse_value_iterator,
            (_, true) => t.dict_reverse_item_iterator,
        };
        let p: *mut IterObj = self
            .alloc_raw(size_of::<IterObj>(), class.shape.get(), Kind::DictIter)?
            .cast();
        // SAFETY: freshly allocated.
        let it = unsafe { Ref::new(p) };
        let used = d.used.get() as i64;
        it.target.init(d.value());
        it.pos.set(if reverse { dict::fill(d) as i64 } else { 0 });
        it.end.set(used);
        it.step
            .set(which as i64 | (reverse as i64) << 2 | used << 3);
        Ok(it.value())
    }
}
