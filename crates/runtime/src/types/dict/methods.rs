//! The methods of `dict`.

use crate::dict;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// The dict behind a `self` argument.
#[inline(always)]
fn this_dict(v: Value) -> Ref<DictObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { v.cast() }
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let class = vm.class_arg(class, vm.types.dict)?;
        vm.new_dict_of_class(class)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        update_from(vm, "dict", this, args, kwargs)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let d = this_dict(this);
        if d.used.get() == 0 {
            return vm.new_str("{}");
        }
        if !vm.repr_enter(this) {
            return vm.new_str("{...}");
        }
        let r = repr_entries(vm, d);
        vm.repr_leave(this);
        r
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        vm.dict_iter(this_dict(this), 0, false)
    }
    /// Return a reverse iterator over the dict keys.
    #[native("__reversed__($self, /)")]
    fn reversed(vm: &mut Vm, this: Value) -> Res {
        vm.dict_iter(this_dict(this), 0, true)
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(this_dict(this).used.get())
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        if let Some(v) = vm.dict_get(this_dict(this), key)? {
            return Ok(v);
        }
        if !this.is_exact(Kind::Dict)
            && let Some(m) = vm.special(this, vm.names.__missing__)
        {
            return vm.call_method_value(m, this, &[key]);
        }
        Err(vm.key_error(key))
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        vm.dict_set(this, key, value)
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, key: Value) -> Res<()> {
        match vm.dict_take(this_dict(this), key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key)),
        }
    }
    /// True if the dictionary has the specified key, else False.
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        let hash = vm.hash_key(key)?;
        Ok(dict::find(vm, this_dict(this), key, hash)?.is_some())
    }
    /// Return the size of the dict in memory.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        let d = this_dict(this);
        Ok(size_of::<DictObj>() + dict::table_bytes(d))
    }
    /// Return the value for key if key is in the dictionary, else default.
    #[native("get($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        Ok(vm
            .dict_get(this_dict(this), key)?
            .or(default)
            .unwrap_or(Value::NONE))
    }
    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[native("setdefault($self, key, default=None, /)")]
    fn setdefault(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        let d = this_dict(this);
        let hash = vm.hash_key(key)?;
        if let Some(i) = dict::find(vm, d, key, hash)?
            && let Some(v) = dict::entry_at(d, i).and_then(|e| e.value)
        {
            return Ok(v);
        }
        let v = default.unwrap_or(Value::NONE);
        dict::insert_new(vm, d, key, hash, Some(v))?;
        Ok(v)
    }
    /// D.pop(k[,d]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[native("pop($self, key, default=<unrepresentable>, /)")]
    fn pop(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        let d = this_dict(this);
        if d.used.get() > 0
            && let Some(v) = vm.dict_take(d, key)?
        {
            return Ok(v);
        }
        match default {
            Some(v) => Ok(v),
            None => Err(vm.key_error(key)),
        }
    }
    /// Remove and return a (key, value) pair as a 2-tuple.
    ///
    /// Pairs are returned in LIFO (last-in, first-out) order.
    /// Raises KeyError if the dict is empty.
    #[native("popitem($self, /)")]
    fn popitem(vm: &mut Vm, this: Value) -> Res {
        let d = this_dict(this);
        // The pair is made first: an allocation may run out of memory.
        match dict::prev_entry(d, usize::MAX) {
            Some((i, e)) => {
                let pair =
                    vm.new_tuple(&[e.key.unwrap_or(Value::NONE), e.value.unwrap_or(Value::NONE)])?;
                dict::remove_at(vm, d, i);
                dict::trim(d);
                Ok(pair)
            }
            None => Err(vm.error(vm.types.exc.KeyError, "popitem(): dictionary is empty")),
        }
    }
    /// Return a set-like object providing a view on the dict's keys.
    #[native("keys($self, /)")]
    fn keys(vm: &mut Vm, this: Value) -> Res {
        vm.new_dict_view(this_dict(this), 0)
    }
    /// Return a set-like object providing a view on the dict's items.
    #[native("items($self, /)")]
    fn items(vm: &mut Vm, this: Value) -> Res {
        vm.new_dict_view(this_dict(this), 2)
    }
    /// Return an object providing a view on the dict's values.
    #[native("values($self, /)")]
    fn values(vm: &mut Vm, this: Value) -> Res {
        vm.new_dict_view(this_dict(this), 1)
    }
    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    /// If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]
    /// If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v
    /// In either case, this is followed by: for k in F:  D[k] = F[k]
    #[native("update($self, /, *args, **kwargs)", nosig)]
    fn update(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        update_from(vm, "update", this, args, kwargs)
    }
    /// Create a new dictionary with keys from iterable and values set to value.
    #[classmethod("fromkeys($type, iterable, value=None, /)")]
    fn fromkeys(vm: &mut Vm, class: Value, iterable: Value, value: Option<Value>) -> Res {
        let value = value.unwrap_or(Value::NONE);
        let d = vm.call_value(class, &[])?;
        if let Some(dst) = d.downcast::<DictObj>().filter(|_| d.is_exact(Kind::Dict)) {
            // The hashes of a set or dict are known.
            if iterable.is_exact(Kind::Dict) {
                return keys_from(vm, dst, this_dict(iterable), value);
            }
            if iterable.is_exact(Kind::Set) || iterable.is_exact(Kind::FrozenSet) {
                // SAFETY: checked above.
                return keys_from(vm, dst, unsafe { iterable.cast::<SetObj>() }, value);
            }
        }
        let it = vm.iter(iterable)?;
        while let Some(k) = vm.next(it)? {
            if d.is_exact(Kind::Dict) {
                vm.dict_set(d, k, value)?;
            } else {
                vm.set_item(d, k, value)?;
            }
        }
        Ok(d)
    }
    /// Remove all items from the dict.
    #[native("clear($self, /)")]
    fn clear(vm: &mut Vm, this: Value) -> Res<()> {
        dict::clear(vm, this_dict(this));
        Ok(())
    }
    /// Return a shallow copy of the dict.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res<Ref<DictObj>> {
        vm.dict_copy(this_dict(this))
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        dict_or(vm, this, value)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        dict_or(vm, value, this)
    }
    /// Return self|=value.
    #[native("__ior__($self, value, /)")]
    fn ior(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.dict_update(this_dict(this), value)?;
        Ok(this)
    }
}

/// Sets all keys of `src` in `dst` to one value.
fn keys_from<T: dict::Hashed>(vm: &mut Vm, dst: Ref<DictObj>, src: Ref<T>, value: Value) -> Res {
    let mut i = 0;
    while let Some((at, e)) = dict::next_entry(src, i) {
        i = at + 1;
        if let Some(k) = e.key {
            dict::set(vm, dst, k, e.hash, Some(value))?;
        }
    }
    Ok(dst.value())
}

fn dict_or(vm: &mut Vm, a: Value, b: Value) -> Res {
    let (Some(x), true) = (a.downcast::<DictObj>(), b.is_kind(Kind::Dict)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let new = vm.dict_copy(x)?;
    vm.dict_update(new, b)?;
    Ok(new.value())
}

/// `update` and `__init__`: at most one mapping or iterable, then keyword arguments.
fn update_from(
    vm: &mut Vm,
    name: &str,
    this: Value,
    args: Value,
    kwargs: Option<Value>,
) -> Res<()> {
    let d = this_dict(this);
    if let Some(src) = vm.one_arg(name, args)? {
        vm.dict_update(d, src)?;
    }
    match kwargs {
        Some(k) => vm.dict_update(d, k),
        None => Ok(()),
    }
}

fn repr_entries(vm: &mut Vm, d: Ref<DictObj>) -> Res {
    let mut out = text::StrBuf::new();
    out.push_str("{");
    let (mut i, mut first) = (0, true);
    while let Some((at, e)) = dict::next_entry(d, i) {
        i = at + 1;
        if !first {
            out.push_str(", ");
        }
        first = false;
        vm.push_repr(&mut out, e.key.unwrap_or(Value::NONE))?;
        out.push_str(": ");
        vm.push_repr(&mut out, e.value.unwrap_or(Value::NONE))?;
    }
    out.push_str("}");
    vm.new_str_owned(&out.finish())
}
