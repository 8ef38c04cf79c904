//! `iter`, `next`, `aiter`, `anext`.

use crate::payloads::{payload, payload_type};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::interp::generator::GeneratorObj;
use runtime::object::*;
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// iter(iterable) -> iterator
    /// iter(callable, sentinel) -> iterator
    ///
    /// Get an iterator from an object.
    ///
    /// In the first form, the argument must supply its own iterator, or be a sequence.
    /// In the second form, the callable is called until it returns the sentinel.
    #[native("iter($module, object, sentinel=<unrepresentable>, /)", nosig)]
    fn iter(vm: &mut Vm, _m: Value, object: Value, sentinel: Option<Value>) -> Res {
        let Some(sentinel) = sentinel else {
            return vm.iter(object);
        };
        if !vm.is_callable(object) {
            return Err(vm.type_error("iter(v, w): v must be callable"));
        }
        let it = vm.new_iter(Kind::CallIter, Some(object), 0, 0)?;
        it.aux.write(it, sentinel);
        Ok(it.value())
    }
    /// next(iterator[, default])
    ///
    /// Return the next item from the iterator.
    ///
    /// If default is given and the iterator is exhausted,
    /// it is returned instead of raising StopIteration.
    #[native("next($module, iterator, default=<unrepresentable>, /)", nosig)]
    fn next(vm: &mut Vm, _m: Value, iterator: Value, default: Option<Value>) -> Res {
        let class = vm.class_of(iterator);
        if class.iternext.get().is_none()
            && let Some(m) = vm.lookup(class, vm.names.__next__)
        {
            // The StopIteration itself is passed on, with its value.
            return match vm.call_method_value(m, iterator, &[]) {
                Ok(v) => Ok(v),
                Err(r) => match default {
                    Some(d) if vm.catch(vm.types.exc.StopIteration) => Ok(d),
                    _ => Err(r),
                },
            };
        }
        if default.is_none() && iterator.is_kind(Kind::Generator) {
            if let Some(g) = iterator.downcast::<GeneratorObj>()
                && class.iternext.get().is_some()
            {
                // The StopIteration has the returned value.
                return vm.generator_send(g, Value::NONE);
            }
            return vm.call_method(iterator, vm.names.__next__, &[]);
        }
        let item = match default {
            Some(_) => vm.next(iterator)?,
            None => vm.next_raw(iterator)?,
        };
        match item.or(default) {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    /// Return an AsyncIterator for an AsyncIterable object.
    #[native("aiter($module, async_iterable, /)")]
    fn aiter(vm: &mut Vm, _m: Value, async_iterable: Value) -> Res {
        let Some(m) = vm.special(async_iterable, vm.names.__aiter__) else {
            let name = vm.class_name(async_iterable);
            return Err(vm.type_error(&format!("'{name}' object is not an async iterable")));
        };
        let it = vm.call_method_value(m, async_iterable, &[])?;
        if vm.special(it, vm.names.__anext__).is_none() {
            let name = vm.class_name(it);
            return Err(vm.type_error(&format!(
                "aiter() returned not an async iterator of type '{name}'"
            )));
        }
        Ok(it)
    }
    /// Return the next item from the async iterator.
    ///
    /// If default is given and the async iterator is exhausted,
    /// it is returned instead of raising StopAsyncIteration.
    #[native("anext($module, async_iterator, default=<unrepresentable>, /)", nosig)]
    fn anext(vm: &mut Vm, _m: Value, async_iterator: Value, default: Option<Value>) -> Res {
        let Some(m) = vm.special(async_iterator, vm.names.__anext__) else {
            let name = vm.class_name(async_iterator);
            return Err(vm.type_error(&format!("'{name}' object is not an async iterator")));
        };
        let awaitable = vm.call_method_value(m, async_iterator, &[])?;
        let Some(default) = default else {
            return Ok(awaitable);
        };
        let class = vm.native_type(&ANEXT)?;
        vm.new_payload(class, Anext { awaitable, default })
    }
}

payload! {
    /// `anext(it, default)`: what `__anext__` gave, and the default.
    struct Anext { awaitable: Value, default: Value }
}

static ANEXT: TypeSpec = payload_type! {
    name: "anext_awaitable",
    flags: TypeFlags::NO_INSTANCES,
    tables: &[anext_methods::TABLE],
};

#[derive::natives]
mod anext_methods {
    use super::*;

    /// Return an iterator to be used in await expression.
    #[native("__await__($self, /)")]
    fn await_(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__next__", &[])
    }
    /// send(arg) -> send 'arg' into the wrapped iterator,
    /// return next yielded value or raise StopIteration.
    #[native("send($self, arg, /)")]
    fn send(vm: &mut Vm, this: Value, arg: Value) -> Res {
        forward(vm, this, "send", &[arg])
    }
    /// throw(value)
    /// throw(typ[,val[,tb]])
    ///
    /// raise exception in the wrapped iterator, return next yielded value
    /// or raise StopIteration.
    #[native("throw($self, typ, val=None, tb=None, /)", nosig)]
    fn throw(vm: &mut Vm, this: Value, typ: Value, val: Option<Value>, tb: Option<Value>) -> Res {
        let mut args = vm.new_vec();
        args.push(vm, typ)?;
        for v in [val, tb].into_iter().flatten() {
            args.push(vm, v)?;
        }
        forward(vm, this, "throw", &args)
    }
    /// close() -> raise GeneratorExit inside generator.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "close", &[])
    }
}

/// Calls a method of the awaited iterator; the end of the iteration gives the default.
fn forward(vm: &mut Vm, this: Value, method: &str, args: &[Value]) -> Res {
    let Some(p) = this.payload::<Anext>() else {
        return Err(vm.type_error("not an anext_awaitable"));
    };
    let inner = match vm.special(p.awaitable, vm.names.__await__) {
        Some(m) => vm.call_method_value(m, p.awaitable, &[])?,
        None => p.awaitable,
    };
    match vm.call_method_str(inner, method, args) {
        Err(_) if vm.catch(vm.types.exc.StopAsyncIteration) => Err(vm.stop_iteration(p.default)),
        r => r,
    }
}
