//! Generators, coroutines, async generators.

pub mod asyncgen;
pub mod coroutine;
mod finalize;
mod protocol;

pub use finalize::{finalize, needs_finalizer};
pub use protocol::Thrown;

use crate::class::{TypeFlags, TypeSpec};
use crate::interp::generator::{GeneratorObj, Outcome, Resume, State};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

const FLAGS: TypeFlags = TypeFlags::NO_INSTANCES
    .union(TypeFlags::HAS_WEAKREF)
    .union(TypeFlags::DISALLOW_PICKLE);

pub static SPEC: TypeSpec = TypeSpec {
    name: "generator",
    kind: Kind::Generator,
    flags: FLAGS,
    tables: &[methods::TABLE, common::TABLE],
    iternext: Some(next),
    ..TypeSpec::DEFAULT
};

pub static COROUTINE: TypeSpec = TypeSpec {
    name: "coroutine",
    kind: Kind::Generator,
    flags: FLAGS,
    tables: &[coroutine::methods::TABLE, common::TABLE],
    ..TypeSpec::DEFAULT
};

pub static ASYNC_GENERATOR: TypeSpec = TypeSpec {
    name: "async_generator",
    kind: Kind::Generator,
    flags: FLAGS,
    tables: &[asyncgen::methods::TABLE, common::TABLE],
    ..TypeSpec::DEFAULT
};

/// The generator behind a value whose type is one of the three.
pub(crate) fn generator(v: Value) -> Res<Ref<GeneratorObj>> {
    v.downcast().ok_or(Raised)
}

/// `__next__` for `vm.next_raw`: StopIteration is made only to carry a value.
fn next(vm: &mut Vm, it: Value) -> Res<Option<Value>> {
    match vm.resume_generator(generator(it)?, Resume::Send(Value::NONE))? {
        Outcome::Yielded(v) => Ok(Some(v)),
        Outcome::Returned(v) if v.is_none() => Ok(None),
        Outcome::Returned(v) => Err(vm.stop_iteration(v)),
    }
}

/// `gi_frame` and its likes: None once finished.
pub(crate) fn frame_of(vm: &mut Vm, g: Ref<GeneratorObj>) -> Res {
    if g.state.get() == State::Done {
        return Ok(Value::NONE);
    }
    vm.generator_frame(g)
}

/// What all three have.
#[derive::natives]
mod common {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let g = generator(this)?;
        let (class, q) = (vm.class_name(this), vm.display(g.qualname.or_none()));
        Ok(format!("<{class} object {q} at {:#x}>", this.bits()))
    }
    /// name of the generator
    #[getter("__name__")]
    fn name(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.name.or_none())
    }
    #[setter("__name__")]
    fn set_name(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let g = generator(this)?;
        match value.filter(|v| v.is_kind(Kind::Str)) {
            Some(v) => g.name.write(g, v),
            None => return Err(vm.type_error("__name__ must be set to a string object")),
        }
        Ok(())
    }
    /// qualified name of the generator
    #[getter("__qualname__")]
    fn qualname(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.qualname.or_none())
    }
    #[setter("__qualname__")]
    fn set_qualname(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let g = generator(this)?;
        match value.filter(|v| v.is_kind(Kind::Str)) {
            Some(v) => g.qualname.write(g, v),
            None => return Err(vm.type_error("__qualname__ must be set to a string object")),
        }
        Ok(())
    }
    /// Called when the instance is about to be destroyed.
    #[native("__del__($self, /)")]
    fn del(vm: &mut Vm, this: Value) -> Res<()> {
        if needs_finalizer(this) {
            finalize(vm, this);
        }
        Ok(())
    }
    /// gen.__sizeof__() -> size of gen in memory, in bytes
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(size_of::<GeneratorObj>() + generator(this)?.window_len() * 8)
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, item: Value) -> Res {
        vm.new_generic_alias(class, item)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        vm.generator_send(generator(this)?, Value::NONE)
    }
    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[native("send($self, object, /)")]
    fn send(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.generator_send(generator(this)?, value)
    }
    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[native("throw($self, typ, val=None, tb=None, /)", nosig)]
    fn throw(vm: &mut Vm, this: Value, typ: Value, val: Option<Value>, tb: Option<Value>) -> Res {
        vm.throw_native(generator(this)?, Thrown { typ, val, tb })
    }
    /// close() -> raise GeneratorExit inside generator.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res {
        vm.generator_close(generator(this)?)
    }
    #[getter("gi_running")]
    fn running(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(generator(this)?.is_busy())
    }
    #[getter("gi_suspended")]
    fn suspended(_: &mut Vm, this: Value) -> Res<bool> {
        let g = generator(this)?;
        Ok(g.state.get() == State::Suspended && !g.is_busy())
    }
    #[getter("gi_frame")]
    fn frame(vm: &mut Vm, this: Value) -> Res {
        frame_of(vm, generator(this)?)
    }
    #[getter("gi_code")]
    fn code(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.code.value())
    }
    /// object being iterated by yield from, or None
    #[getter("gi_yieldfrom")]
    fn yieldfrom(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.delegate().unwrap_or(Value::NONE))
    }
}
