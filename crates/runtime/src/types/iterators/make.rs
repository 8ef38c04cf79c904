//! Construction and pickling of `enumerate`, `zip`, `map`, `filter` and `reversed`.

use super::iter_of;
use crate::class::{TypeFlags, TypeObj};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// A new iterator cell of a class that is or derives from a builtin iterator type.
fn new_of(
    vm: &mut Vm,
    class: Value,
    base: Ref<TypeObj>,
    target: Value,
    aux: Option<Value>,
) -> Res<Ref<IterObj>> {
    let class = vm.class_arg(class, base)?;
    let v = vm.new_instance(class)?;
    let it = iter_of(v);
    it.target.write(it, target);
    it.aux.write(it, aux);
    Ok(it)
}

/// Keyword arguments: the value of the only allowed one. Errors as `message` says.
fn keyword(vm: &mut Vm, function: &str, name: &str, kwargs: Option<Value>) -> Res<Option<Value>> {
    let Some(d) = kwargs.and_then(|k| k.downcast::<DictObj>()) else {
        return Ok(None);
    };
    let n = d.used.get();
    if n > 1 {
        return Err(vm.type_error(&format!(
            "{function}() takes at most 1 keyword argument ({n} given)"
        )));
    }
    match crate::dict::next_entry(d, 0) {
        Some((_, e)) => {
            let key = e.key.unwrap_or(Value::NONE);
            if vm.str_equals(key, name) {
                return Ok(e.value);
            }
            let key = vm.display(key);
            Err(vm.type_error(&format!(
                "{function}() got an unexpected keyword argument '{key}'"
            )))
        }
        None => Ok(None),
    }
}

/// The items of an `*args` tuple.
fn items_of<'a>(args: Value) -> &'a [Value] {
    // SAFETY: *args is a tuple, kept alive by the caller's stack.
    unsafe { &*(args.cast::<TupleObj>().items() as *const [Value]) }
}

/// A tuple of the iterators of each iterable.
fn iterators(vm: &mut Vm, args: &[Value]) -> Res {
    let mut its = vm.new_vec();
    for a in args {
        let it = vm.iter(*a)?;
        its.push(vm, it)?;
    }
    vm.new_tuple(&its)
}

#[derive::natives]
pub mod enumerate {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, /, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let (iterable, start) = enumerate_args(vm, args, kwargs)?;
        let start = match start {
            Some(s) => vm.index(s)?,
            None => Value::int_unchecked(0),
        };
        let it = vm.iter(iterable)?;
        let e = new_of(vm, class, vm.types.enumerate, it, None)?;
        match start.as_small_int() {
            Some(n) => e.pos.set(n),
            None => e.aux.write(e, start),
        }
        Ok(e.value())
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        let count = match r.aux.get() {
            Some(big) => big,
            None => vm.new_int(r.pos.get())?,
        };
        let args = vm.new_tuple(&[r.target.or_none(), count])?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
}

/// `iterable` and `start`, by position or by name.
fn enumerate_args(vm: &mut Vm, args: Value, kwargs: Option<Value>) -> Res<(Value, Option<Value>)> {
    let items = items_of(args);
    let mut found = [items.first().copied(), items.get(1).copied()];
    let kw = kwargs.and_then(|k| k.downcast::<DictObj>());
    let total = items.len() + kw.map_or(0, |d| d.used.get());
    if total > 2 {
        return Err(vm.type_error(&format!(
            "enumerate() takes at most 2 arguments ({total} given)"
        )));
    }
    if let Some(d) = kw {
        let mut i = 0;
        while let Some((at, e)) = crate::dict::next_entry(d, i) {
            i = at + 1;
            let key = e.key.unwrap_or(Value::NONE);
            let slot = if vm.str_equals(key, "iterable") {
                0
            } else if vm.str_equals(key, "start") {
                1
            } else {
                2
            };
            if slot == 2 || found[slot].is_some() {
                let key = vm.display(key);
                return Err(vm.type_error(&format!(
                    "'{key}' is an invalid keyword argument for enumerate()"
                )));
            }
            found[slot] = e.value;
        }
    }
    match found[0] {
        Some(it) => Ok((it, found[1])),
        None => Err(vm.type_error("enumerate() missing required argument 'iterable'")),
    }
}

#[derive::natives]
pub mod zip {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let strict = match keyword(vm, "zip", "strict", kwargs)? {
            Some(v) => vm.truth(v)?,
            None => false,
        };
        let its = iterators(vm, items_of(args))?;
        let z = new_of(vm, class, vm.types.zip, its, None)?;
        z.end.set(strict as i64);
        Ok(z.value())
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        let class = vm.class_of(this).value();
        if r.end.get() != 0 {
            return vm.new_tuple(&[class, r.target.or_none(), Value::TRUE]);
        }
        vm.new_tuple(&[class, r.target.or_none()])
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let strict = vm.truth(object)?;
        iter_of(this).end.set(strict as i64);
        Ok(())
    }
}

#[derive::natives]
pub mod map {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let strict = match keyword(vm, "map", "strict", kwargs)? {
            Some(v) => vm.truth(v)?,
            None => false,
        };
        let [f, rest @ ..] = items_of(args) else {
            return Err(vm.type_error("map() must have at least two arguments."));
        };
        if rest.is_empty() {
            return Err(vm.type_error("map() must have at least two arguments."));
        }
        let its = iterators(vm, rest)?;
        let m = new_of(vm, class, vm.types.map, its, Some(*f))?;
        m.end.set(strict as i64);
        Ok(m.value())
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        let class = vm.class_of(this).value();
        let mut args = vm.new_vec();
        args.push(vm, r.aux.or_none())?;
        if let Some(t) = r.target.get().and_then(|t| t.downcast::<TupleObj>()) {
            args.extend(vm, t.items())?;
        }
        let args = vm.new_tuple(&args)?;
        if r.end.get() != 0 {
            return vm.new_tuple(&[class, args, Value::TRUE]);
        }
        vm.new_tuple(&[class, args])
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let strict = vm.truth(object)?;
        iter_of(this).end.set(strict as i64);
        Ok(())
    }
}

#[derive::natives]
pub mod filter {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let base = vm.types.filter;
        let own = vm.class_arg(class, base)?;
        vm.no_kwargs_for("filter", own, base, vm.names.__init__, kwargs)?;
        let [f, iterable] = items_of(args) else {
            let n = items_of(args).len();
            return Err(vm.type_error(&format!("filter expected 2 arguments, got {n}")));
        };
        let it = vm.iter(*iterable)?;
        Ok(new_of(vm, class, vm.types.filter, it, Some(*f))?.value())
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        let class = vm.class_of(this).value();
        let args = vm.new_tuple(&[r.aux.or_none(), r.target.or_none()])?;
        vm.new_tuple(&[class, args])
    }
}

#[derive::natives]
pub mod reversed {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let base = vm.types.reversed;
        let own = vm.class_arg(class, base)?;
        vm.no_kwargs_for("reversed", own, base, vm.names.__init__, kwargs)?;
        let [seq] = items_of(args) else {
            let n = items_of(args).len();
            return Err(vm.type_error(&format!("reversed expected 1 argument, got {n}")));
        };
        reversed_of(vm, class, *seq)
    }
    /// Private method returning an estimate of len(list(it)).
    #[native("__length_hint__($self, /)")]
    fn length_hint(vm: &mut Vm, this: Value) -> Res<i64> {
        let r = iter_of(this);
        let Some(t) = r.target.get() else {
            return Ok(0);
        };
        let n = vm.len(t)? as i64;
        let left = r.pos.get() + 1;
        Ok(if n < left { 0 } else { left })
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let r = iter_of(this);
        let class = vm.class_of(this).value();
        match r.target.get() {
            Some(t) if r.pos.get() >= 0 => {
                let args = vm.new_tuple(&[t])?;
                let pos = vm.new_int(r.pos.get())?;
                vm.new_tuple(&[class, args, pos])
            }
            _ => {
                let empty = vm.new_tuple(&[])?;
                let args = vm.new_tuple(&[empty])?;
                vm.new_tuple(&[class, args])
            }
        }
    }
    /// Set state information for unpickling.
    #[native("__setstate__($self, object, /)")]
    fn setstate(vm: &mut Vm, this: Value, object: Value) -> Res<()> {
        let n = vm.index_isize(object)? as i64;
        let r = iter_of(this);
        if let Some(t) = r.target.get() {
            let len = vm.len(t)? as i64;
            r.pos.set(n.clamp(-1, len - 1));
        }
        Ok(())
    }
}

/// `reversed(seq)`: `__reversed__`, or the sequence protocol.
fn reversed_of(vm: &mut Vm, class: Value, seq: Value) -> Res {
    match vm.special(seq, vm.names.__reversed__) {
        Some(m) if m.is_none() => {}
        Some(m) => return vm.call_method_value(m, seq, &[]),
        None => {
            if vm.special(seq, vm.names.__getitem__).is_some()
                && (vm.special(seq, vm.names.__len__).is_some()
                    || vm.class_of(seq).has(TypeFlags::HEAP))
                && !seq.is_kind(Kind::Dict)
            {
                let n = vm.len(seq)? as i64;
                let it = new_of(vm, class, vm.types.reversed, seq, None)?;
                it.pos.set(n - 1);
                return Ok(it.value());
            }
        }
    }
    let name = vm.class_name(seq);
    Err(vm.type_error(&format!("'{name}' object is not reversible")))
}
