//! The wrapper that `functools.lru_cache` makes.

use crate::itertools::items_of;
use crate::payloads::{payload, payload_type};
use runtime::class::{DictPlace, TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::{Res, Value, Vm, dict};
use std::cell::Cell;

payload! {
    /// `cache` is a dict from keys to results, the least recently used first.
    struct Lru {
        func: Value,
        /// None: without limit.
        maxsize: Option<i64>,
        typed: bool,
        info: Value,
        cache: Value,
        /// Stands between positional and keyword arguments in keys.
        mark: Value,
        hits: Cell<i64>,
        misses: Cell<i64>,
        /// No live entry lies before `first` in the table at this address.
        table: Cell<usize>,
        first: Cell<usize>,
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "_lru_cache_wrapper",
    signature: Some(""),
    module: "functools",
    doc: "Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize\n",
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    dict: DictPlace::Slots,
    tables: &[methods::TABLE, runtime::types::dict_attr::methods::TABLE],
};

fn lru<'a>(v: Value) -> &'a Lru {
    match v.payload::<Lru>() {
        Some(l) => l,
        None => unreachable!("the descriptor checked the type"),
    }
}

impl Lru {
    fn cache(&self) -> Ref<DictObj> {
        // SAFETY: `cache` is a dict made by this type.
        unsafe { self.cache.cast() }
    }
    /// Drops the least recently used entry.
    fn evict(&self, vm: &mut Vm) {
        let d = self.cache();
        let table = d.table.get() as usize;
        let from = if table == self.table.get() {
            self.first.get()
        } else {
            0
        };
        if let Some((i, _)) = dict::next_entry(d, from).or_else(|| dict::next_entry(d, 0)) {
            dict::remove_at(vm, d, i);
            self.table.set(table);
            self.first.set(i + 1);
        }
    }
}

/// The cache key of a call: the argument itself when it is one int or str, else a tuple.
fn make_key(vm: &mut Vm, s: &Lru, args: Value, kwargs: Option<Value>) -> Res {
    let items = items_of(args);
    let kw = kwargs
        .and_then(|k| k.downcast::<DictObj>())
        .filter(|k| k.used.get() > 0);
    if kw.is_none() && !s.typed {
        if let [one] = items
            && (one.is_small_int() || one.is_exact(Kind::Int) || one.is_exact(Kind::Str))
        {
            return Ok(*one);
        }
        return Ok(args);
    }
    let mut key = vm.new_vec();
    key.extend(vm, items)?;
    let mut values = vm.new_vec();
    if let Some(d) = kw {
        key.push(vm, s.mark)?;
        let mut i = 0;
        while let Some((at, e)) = dict::next_entry(d, i) {
            i = at + 1;
            let v = e.value.unwrap_or(Value::NONE);
            key.push(vm, e.key.unwrap_or(Value::NONE))?;
            key.push(vm, v)?;
            values.push(vm, v)?;
        }
    }
    if s.typed {
        for v in items.iter().chain(values.iter()) {
            let class = vm.class_of(*v).value();
            key.push(vm, class)?;
        }
    }
    vm.new_tuple(&key)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, user_function, maxsize, typed, cache_info_type)")]
    fn new(
        vm: &mut Vm,
        class: Value,
        user_function: Value,
        maxsize: Value,
        typed: bool,
        cache_info_type: Value,
    ) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        if !vm.is_callable(user_function) {
            return Err(vm.type_error("the first argument must be callable"));
        }
        let maxsize = if maxsize.is_none() {
            None
        } else if vm.has_index(maxsize) {
            Some((vm.index_isize(maxsize)? as i64).max(0))
        } else {
            return Err(vm.type_error("maxsize should be integer or None"));
        };
        let cache = vm.new_dict()?;
        let mark = vm.object_new(vm.types.object)?;
        vm.new_payload(
            class,
            Lru {
                func: user_function,
                maxsize,
                typed,
                info: cache_info_type,
                cache: cache.value(),
                mark,
                hits: Cell::new(0),
                misses: Cell::new(0),
                table: Cell::new(0),
                first: Cell::new(0),
            },
        )
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let s = lru(this);
        if s.maxsize == Some(0) {
            s.misses.set(s.misses.get() + 1);
            return vm.call_spread(s.func, args, kwargs);
        }
        let key = make_key(vm, s, args, kwargs)?;
        let hash = vm.hash(key)?;
        let d = s.cache();
        if let Some(i) = dict::find(vm, d, key, hash)?
            && let Some(e) = dict::entry_at(d, i)
        {
            s.hits.set(s.hits.get() + 1);
            let v = e.value.unwrap_or(Value::NONE);
            if s.maxsize.is_some() && i + 1 < dict::fill(d) {
                // It becomes the most recently used one.
                dict::remove_at(vm, d, i);
                dict::insert_new(vm, d, e.key.unwrap_or(key), hash, Some(v))?;
            }
            return Ok(v);
        }
        s.misses.set(s.misses.get() + 1);
        let v = vm.call_spread(s.func, args, kwargs)?;
        if dict::find(vm, d, key, hash)?.is_some() {
            // A recursive call has filled it in.
            return Ok(v);
        }
        if s.maxsize.is_some_and(|n| d.used.get() as i64 >= n) {
            s.evict(vm);
        }
        dict::insert_new(vm, d, key, hash, Some(v))?;
        Ok(v)
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, _owner: Option<Value>) -> Res {
        if instance.is_none() {
            return Ok(this);
        }
        vm.new_bound_method(this, instance)
    }
    /// Report cache statistics
    #[native("cache_info($self, /)")]
    fn cache_info(vm: &mut Vm, this: Value) -> Res {
        let s = lru(this);
        let (hits, misses) = (vm.new_int(s.hits.get())?, vm.new_int(s.misses.get())?);
        let maxsize = match s.maxsize {
            Some(n) => vm.new_int(n)?,
            None => Value::NONE,
        };
        let size = vm.new_int(s.cache().used.get() as i64)?;
        vm.call_value(s.info, &[hits, misses, maxsize, size])
    }
    /// Clear the cache and cache statistics
    #[native("cache_clear($self, /)")]
    fn cache_clear(vm: &mut Vm, this: Value) -> Res<()> {
        let s = lru(this);
        s.hits.set(0);
        s.misses.set(0);
        dict::clear(vm, s.cache());
        Ok(())
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        vm.get_attr(this, vm.names.__qualname__)
    }
    #[native("__copy__($self, *args)", nosig)]
    fn copy(_: &mut Vm, this: Value, _args: Value) -> Res {
        Ok(this)
    }
    #[native("__deepcopy__($self, *args)", nosig)]
    fn deepcopy(_: &mut Vm, this: Value, _args: Value) -> Res {
        Ok(this)
    }
}
