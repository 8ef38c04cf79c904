//! `coroutine` and what its `__await__` gives.

use super::{Thrown, frame_of, generator};
use crate::class::{TypeFlags, TypeSpec};
use crate::interp::generator::{GeneratorObj, State};
use crate::object::*;
use crate::payload::{Payload, mark};
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

#[derive::natives]
pub(super) mod methods {
    use super::*;

    /// send(arg) -> send 'arg' into coroutine,
    /// return next yielded value or raise StopIteration.
    #[native("send($self, object, /)")]
    fn send(vm: &mut Vm, this: Value, arg: Value) -> Res {
        vm.generator_send(generator(this)?, arg)
    }
    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next iterated value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[native("throw($self, typ, val=None, tb=None, /)", nosig)]
    fn throw(vm: &mut Vm, this: Value, typ: Value, val: Option<Value>, tb: Option<Value>) -> Res {
        vm.throw_native(generator(this)?, Thrown { typ, val, tb })
    }
    /// close() -> raise GeneratorExit inside coroutine.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res {
        vm.generator_close(generator(this)?)
    }
    /// Return an iterator to be used in await expression.
    #[native("__await__($self, /)")]
    fn await_(vm: &mut Vm, this: Value) -> Res {
        vm.new_coroutine_wrapper(this)
    }
    #[getter("cr_running")]
    fn running(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(generator(this)?.is_busy())
    }
    #[getter("cr_suspended")]
    fn suspended(_: &mut Vm, this: Value) -> Res<bool> {
        let g = generator(this)?;
        Ok(g.state.get() == State::Suspended && !g.is_busy())
    }
    #[getter("cr_frame")]
    fn frame(vm: &mut Vm, this: Value) -> Res {
        frame_of(vm, generator(this)?)
    }
    #[getter("cr_code")]
    fn code(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.code.value())
    }
    /// object being awaited on, or None
    #[getter("cr_await")]
    fn awaited(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.delegate().unwrap_or(Value::NONE))
    }
    #[member("cr_origin")]
    fn origin(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.extra.or_none())
    }
}

/// The iterator of `coroutine.__await__()`.
struct Wrapper(Value);

impl Payload for Wrapper {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.0);
    }
}

static WRAPPER: TypeSpec = TypeSpec {
    name: "coroutine_wrapper",
    doc: "A wrapper object implementing __await__ for coroutines.",
    tables: &[wrapper::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

fn wrapped(v: Value) -> Res<Ref<GeneratorObj>> {
    generator(v.payload::<Wrapper>().ok_or(Raised)?.0)
}

#[derive::natives]
mod wrapper {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        vm.generator_send(wrapped(this)?, Value::NONE)
    }
    /// send(arg) -> send 'arg' into coroutine,
    /// return next yielded value or raise StopIteration.
    #[native("send($self, object, /)")]
    fn send(vm: &mut Vm, this: Value, arg: Value) -> Res {
        vm.generator_send(wrapped(this)?, arg)
    }
    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next iterated value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[native("throw($self, typ, val=None, tb=None, /)", nosig)]
    fn throw(vm: &mut Vm, this: Value, typ: Value, val: Option<Value>, tb: Option<Value>) -> Res {
        vm.throw_native(wrapped(this)?, Thrown { typ, val, tb })
    }
    /// close() -> raise GeneratorExit inside coroutine.
    #[native("close($self, /)")]
    fn close(vm: &mut Vm, this: Value) -> Res {
        vm.generator_close(wrapped(this)?)
    }
}

impl Vm {
    fn new_coroutine_wrapper(&mut self, coroutine: Value) -> Res {
        let class = self.native_type(&WRAPPER)?;
        self.new_payload(class, Wrapper(coroutine))
    }

    /// Records where a coroutine was made, when `sys.set_coroutine_origin_tracking_depth` asked
    /// for it: a tuple of (filename, line, function), innermost first.
    pub fn track_coroutine_origin(&mut self, g: Ref<GeneratorObj>) -> Res<()> {
        let depth = self.coroutine_origin_depth;
        if depth == 0 {
            return Ok(());
        }
        let mut rows = self.new_vec();
        // SAFETY: frames from frames_base to frame are live; the top one is the coroutine's own.
        unsafe {
            let mut at = self.frame.sub(1);
            while at > self.frames_base && rows.len() < depth {
                crate::frame::complete(at);
                let code = (*at).code;
                let line = code.data().positions.lookup(code.word_of((*at).pc));
                let line = line.map_or(code.data().first_line, |p| p.line);
                let line = Value::int_unchecked(line as i64);
                let row = self.new_tuple(&[code.filename.or_none(), line, code.name.or_none()])?;
                rows.push(self, row)?;
                at = at.sub(1);
            }
        }
        let t = self.new_tuple(&rows)?;
        g.extra.write(g, t);
        Ok(())
    }
}
