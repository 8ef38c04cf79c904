//! The awaitable of `anext(iterator, default)`.

use super::Thrown;
use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::payload::{Payload, mark};
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

/// `wrapped`: the awaitable of `__anext__`.
struct AnextAwaitable {
    wrapped: Value,
    default: Value,
}

impl Payload for AnextAwaitable {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.wrapped);
        mark(t, self.default);
    }
}

static SPEC: TypeSpec = TypeSpec {
    name: "anext_awaitable",
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
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
        let it = vm.anext_iterator(this)?;
        let r = match vm.next_or_value(it) {
            Ok(Ok(v)) => Ok(v),
            Ok(Err(result)) => Err(vm.stop_iteration(result)),
            Err(r) => Err(r),
        };
        vm.anext_result(this, r)
    }
    /// send(value) -> send 'value' into the wrapped iterator.
    #[native("send($self, value, /)", nosig)]
    fn send(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.anext_forward(this, "send", &[value])
    }
    /// throw(value)
    /// throw(typ[,val[,tb]])
    #[native("throw($self, typ, val=None, tb=None, /)", nosig)]
    fn throw(vm: &mut Vm, this: Value, typ: Value, val: Option<Value>, tb: Option<Value>) -> Res {
        let t = Thrown { typ, val, tb };
        vm.warn_throw("throw", t)?;
        match val {
            None => vm.anext_forward(this, "throw", &[typ]),
            Some(v) => vm.anext_forward(this, "throw", &[typ, v, tb.unwrap_or(Value::NONE)]),
        }
    }
    /// close() -> raise GeneratorExit inside the wrapped iterator.
    #[native("close($self, /)", nosig)]
    fn close(vm: &mut Vm, this: Value) -> Res {
        vm.anext_forward(this, "close", &[])
    }
}

impl Vm {
    /// `anext(iterator)` and `anext(iterator, default)`.
    pub fn anext_builtin(&mut self, it: Value, default: Option<Value>) -> Res {
        let Some(m) = self.special(it, self.names.__anext__) else {
            let name = self.class_name(it);
            return Err(self.type_error(&format!("'{name}' object is not an async iterator")));
        };
        let wrapped = self.call_method_value(m, it, &[])?;
        let Some(default) = default else {
            return Ok(wrapped);
        };
        let class = self.native_type(&SPEC)?;
        self.new_payload(class, AnextAwaitable { wrapped, default })
    }

    /// The iterator of the wrapped awaitable.
    fn anext_iterator(&mut self, this: Value) -> Res {
        let wrapped = this.payload::<AnextAwaitable>().ok_or(Raised)?.wrapped;
        let it = self.await_iter(wrapped)?;
        if self.class_of(it) != self.types.coroutine {
            return Ok(it);
        }
        match self.special(it, self.names.__await__) {
            Some(m) => self.call_method_value(m, it, &[]),
            None => Ok(it),
        }
    }

    fn anext_forward(&mut self, this: Value, method: &str, args: &[Value]) -> Res {
        let it = self.anext_iterator(this)?;
        let r = self.call_method_str(it, method, args);
        self.anext_result(this, r)
    }

    /// StopAsyncIteration becomes the default.
    fn anext_result(&mut self, this: Value, r: Res) -> Res {
        match r {
            Err(_) if self.catch(self.types.exc.StopAsyncIteration) => {
                let default = this.payload::<AnextAwaitable>().ok_or(Raised)?.default;
                Err(self.stop_iteration(default))
            }
            r => r,
        }
    }
}
