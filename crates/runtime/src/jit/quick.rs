//! Operations on exact builtin types that need no Python code.
//!
//! Compiled code calls them without making its frames visible. None says that the interpreter has
//! to do it: Python code would have to run, or an exception is due. Nothing has happened then.

use super::by_shape::{Access, cache_for_shape};
use super::cache_kind::CLASS_VALUE;
use crate::class::TypeObj;
use crate::dict::{self, Hashed};
use crate::object::*;
use crate::value::Value;
use crate::vm::Vm;

/// `container[key]`.
pub fn get_item(vm: &mut Vm, container: Value, key: Value) -> Option<Value> {
    if let Some(d) = exact::<DictObj>(container, Kind::Dict) {
        let i = find(vm, d, key)??;
        return dict::entry_at(d, i)?.value;
    }
    let i = key.as_small_int()?;
    if let Some(l) = exact::<ListObj>(container, Kind::List) {
        return l.get(index(i, l.len.get())?);
    }
    if let Some(t) = exact::<TupleObj>(container, Kind::Tuple) {
        return t.items().get(index(i, t.len)?).copied();
    }
    let item = vm.text_item(container, i)?;
    settle(vm, item)
}

/// `d[key] = value` of an exact dict that nothing relies on.
pub fn dict_set(vm: &mut Vm, d: Ref<DictObj>, key: Value, value: Value) -> Option<()> {
    if d.header.flags & (DICT_WATCHED | ASSUMED) != 0 {
        return None;
    }
    let hash = vm.hash_quick(key)?;
    match dict::find_quick(d, key, hash).ok()? {
        Some(i) => dict::set_value_at(vm, d, i, Some(value)),
        None => {
            let done = dict::insert_new(vm, d, key, hash, Some(value));
            settle(vm, done)?;
        }
    }
    Some(())
}

/// `item in container`.
pub fn contains(vm: &mut Vm, container: Value, item: Value) -> Option<bool> {
    if let Some(d) = exact::<DictObj>(container, Kind::Dict) {
        return Some(find(vm, d, item)?.is_some());
    }
    if container.is_exact(Kind::Set) || container.is_exact(Kind::FrozenSet) {
        // SAFETY: both kinds are sets.
        return Some(find(vm, unsafe { container.cast::<SetObj>() }, item)?.is_some());
    }
    if let Some(l) = exact::<ListObj>(container, Kind::List) {
        return any_equal(vm, (0..l.len.get()).map_while(|i| l.get(i)), item);
    }
    if let Some(t) = exact::<TupleObj>(container, Kind::Tuple) {
        return any_equal(vm, t.items().iter().copied(), item);
    }
    let (s, part) = (
        exact::<StrObj>(container, Kind::Str)?,
        exact::<StrObj>(item, Kind::Str)?,
    );
    Some(text::search::contains(s.units(), part.units()))
}

/// `a == b`.
pub fn equal(vm: &mut Vm, a: Value, b: Value) -> Option<bool> {
    let numbers = |v: Value| v.is_small_int() || v.is_bool();
    let plain = |v: Value| v.is_none() || v.is_exact(Kind::Str);
    if a == b && (numbers(a) || plain(a)) {
        return Some(true);
    }
    if let Some(eq) = dict::quick_equal(a, b) {
        return Some(eq);
    }
    // None equals only itself, a string no number, and objects without `__eq__` only themselves.
    let different = plain(a) && (plain(b) || numbers(b)) || numbers(a) && plain(b);
    let simple = |v: Value| plain(v) || numbers(v);
    if different || by_identity(vm, a) && (simple(b) || by_identity(vm, b)) {
        return Some(a == b);
    }
    (simple(a) && by_identity(vm, b)).then_some(false)
}

/// An instance whose class leaves comparison to `object`.
fn by_identity(vm: &mut Vm, v: Value) -> bool {
    if !v.is_kind(Kind::Instance) {
        return false;
    }
    let class = vm.class_of(v);
    [vm.names.__eq__, vm.names.__ne__].into_iter().all(|name| {
        let object = vm.types.object;
        vm.lookup(class, name) == vm.lookup(object, name)
    })
}

/// The concatenation of two exact strings.
pub fn concat(vm: &mut Vm, a: Value, b: Value) -> Option<Value> {
    if !a.is_exact(Kind::Str) || !b.is_exact(Kind::Str) {
        return None;
    }
    let r = vm.concat_str(a, b);
    settle(vm, r)
}

/// `iter(x)` of an exact list, tuple or range.
pub fn iter(vm: &mut Vm, x: Value) -> Option<Value> {
    if ![Kind::List, Kind::Tuple, Kind::Range]
        .into_iter()
        .any(|k| x.is_exact(k))
    {
        return None;
    }
    let r = vm.iter(x);
    settle(vm, r)
}

/// The Python function that `obj.name(...)` calls with `obj` as first argument.
pub fn find_method(vm: &mut Vm, obj: Value, name: Value) -> Option<Value> {
    if !obj.is_kind(Kind::Instance) {
        return None;
    }
    let c = cache_for_shape(vm, Access::Method, obj.shape_id(), name)?;
    Value::from_bits(c.value).filter(|_| c.kind == CLASS_VALUE)
}

/// Whether a handler for one exception class catches `exc`.
pub fn exc_match(vm: &mut Vm, exc: Value, class: Value) -> Option<bool> {
    let c = class.downcast::<TypeObj>()?;
    c.is_subtype(vm.types.exc.BaseException)
        .then(|| vm.class_of(exc).is_subtype(c))
}

/// `range(start, stop, step)` of small ints.
pub fn range(vm: &mut Vm, start: Value, stop: Value, step: Value) -> Option<Value> {
    let small = start.is_small_int() && stop.is_small_int() && step.is_small_int();
    if !small {
        return None;
    }
    let r = vm.new_range(start, stop, step);
    settle(vm, r)
}

/// `str(x)` of a number or an exact string.
pub fn text(vm: &mut Vm, x: Value) -> Option<Value> {
    if !x.is_small_int() && !x.is_float() && !x.is_exact(Kind::Str) {
        return None;
    }
    let r = vm.str_of(x);
    settle(vm, r)
}

/// `int(x)` of a float.
pub fn whole(x: Value) -> Option<Value> {
    const EXACT: f64 = (1u64 << 53) as f64;
    let f = x.as_float().filter(|f| f.abs() < EXACT)?;
    Value::small_int(f as i64)
}

/// The cell, if it is exactly of that kind.
fn exact<T: CellType>(v: Value, kind: Kind) -> Option<Ref<T>> {
    // SAFETY: callers name the kind that goes with T.
    v.is_exact(kind).then(|| unsafe { v.cast::<T>() })
}

/// Position of an index that may count from the end; None: out of range.
fn index(i: i64, len: usize) -> Option<usize> {
    let i = if i < 0 { i + len as i64 } else { i };
    usize::try_from(i).ok().filter(|i| *i < len)
}

fn find<T: Hashed>(vm: &mut Vm, d: Ref<T>, key: Value) -> Option<dict::Found> {
    let hash = vm.hash_quick(key)?;
    dict::find_quick(d, key, hash).ok()
}

/// Whether one of the items equals `item`.
fn any_equal(vm: &mut Vm, items: impl Iterator<Item = Value>, item: Value) -> Option<bool> {
    for v in items {
        if v == item || equal(vm, v, item)? {
            return Some(true);
        }
    }
    Some(false)
}

/// A result, without the exception: the interpreter raises it again.
fn settle<T>(vm: &mut Vm, r: crate::value::Res<T>) -> Option<T> {
    match r {
        Ok(v) => Some(v),
        Err(_) => {
            vm.raised = None;
            None
        }
    }
}
