//! Async generators (PEP 525): the awaitables of `__anext__`, `asend`, `athrow` and `aclose`.

use super::{Thrown, frame_of, generator};
use crate::class::{TypeFlags, TypeSpec};
use crate::interp::generator::{GeneratorObj, Outcome, Resume, State};
use crate::object::*;
use crate::payload::{Payload, Sent, mark};
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use std::cell::Cell;

/// Where an awaitable is in its life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Init,
    Iter,
    Closed,
}

/// What an awaitable does with its generator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Send,
    Throw,
    Close,
}

/// State of `async_generator_asend` and `async_generator_athrow` objects. `args`: the value sent,
/// or the arguments of `athrow` as a tuple.
struct Awaitable {
    generator: Value,
    action: Action,
    args: Option<Value>,
    stage: Cell<Stage>,
}

impl Payload for Awaitable {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.generator);
        if let Some(v) = self.args {
            mark(t, v);
        }
    }
    fn send(&self, vm: &mut Vm, _this: Value, value: Value) -> Option<Sent> {
        if self.action != Action::Send || self.stage.get() == Stage::Closed || vm.watch.on {
            return None;
        }
        let g = self.generator.downcast::<GeneratorObj>()?;
        Some(vm.asend_step(self, g, value))
    }
}

/// A value yielded by an async generator, as opposed to one that goes up to the event loop: its
/// instances are cells with the value as contents.
static WRAPPED: TypeSpec = TypeSpec {
    name: "async_generator_wrapped_value",
    kind: Kind::Cell,
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<CellObj>(),
    ..TypeSpec::DEFAULT
};

static ASEND: TypeSpec = TypeSpec {
    name: "async_generator_asend",
    tables: &[awaitable::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

static ATHROW: TypeSpec = TypeSpec {
    name: "async_generator_athrow",
    tables: &[awaitable::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
pub(super) mod methods {
    use super::*;

    /// Return an awaitable, that resolves to the next value.
    #[native("__anext__($self, /)")]
    fn anext(vm: &mut Vm, this: Value) -> Res {
        vm.new_async_awaitable(this, Action::Send, None)
    }
    /// Return an awaitable iterator.
    #[native("__aiter__($self, /)")]
    fn aiter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// asend(v) -> send 'v' in generator.
    #[native("asend($self, object, /)")]
    fn asend(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.new_async_awaitable(this, Action::Send, Some(value))
    }
    /// athrow(value)
    /// athrow(type[,value[,tb]])
    ///
    /// raise exception in generator.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[native("athrow($self, typ, val=None, tb=None, /)", nosig)]
    fn athrow(vm: &mut Vm, this: Value, typ: Value, val: Option<Value>, tb: Option<Value>) -> Res {
        vm.warn_throw("athrow", Thrown { typ, val, tb })?;
        let none = Value::NONE;
        let args = vm.new_tuple(&[typ, val.unwrap_or(none), tb.unwrap_or(none)])?;
        vm.new_async_awaitable(this, Action::Throw, Some(args))
    }
    /// aclose() -> raise GeneratorExit inside generator.
    #[native("aclose($self, /)")]
    fn aclose(vm: &mut Vm, this: Value) -> Res {
        vm.new_async_awaitable(this, Action::Close, None)
    }
    #[member("ag_running")]
    fn running(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(generator(this)?.ag_running.get())
    }
    #[getter("ag_suspended")]
    fn suspended(_: &mut Vm, this: Value) -> Res<bool> {
        let g = generator(this)?;
        Ok(g.state.get() == State::Suspended && !g.is_busy())
    }
    #[getter("ag_frame")]
    fn frame(vm: &mut Vm, this: Value) -> Res {
        frame_of(vm, generator(this)?)
    }
    #[getter("ag_code")]
    fn code(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.code.value())
    }
    /// object being awaited on, or None
    #[getter("ag_await")]
    fn awaited(_: &mut Vm, this: Value) -> Res {
        Ok(generator(this)?.delegate().unwrap_or(Value::NONE))
    }
}

fn state<'a>(v: Value) -> Res<(&'a Awaitable, Ref<GeneratorObj>)> {
    let a = v.payload::<Awaitable>().ok_or(Raised)?;
    Ok((a, generator(a.generator)?))
}

/// Methods of both awaitable types.
#[derive::natives]
mod awaitable {
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
        vm.awaitable_send(this, Value::NONE)
    }
    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[native("send($self, value, /)", nosig)]
    fn send(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.awaitable_send(this, value)
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
        let t = Thrown { typ, val, tb };
        vm.warn_throw("throw", t)?;
        vm.awaitable_throw(this, t)
    }
    /// close() -> raise GeneratorExit inside generator.
    #[native("close($self, /)", nosig)]
    fn close(vm: &mut Vm, this: Value) -> Res<()> {
        if state(this)?.0.stage.get() == Stage::Closed {
            return Ok(());
        }
        let exit = vm.types.exc.GeneratorExit.value();
        match vm.awaitable_throw(this, Thrown::new(exit)) {
            Ok(_) => Err(vm.runtime_error("coroutine ignored GeneratorExit")),
            Err(_)
                if vm.catch(vm.types.exc.StopIteration)
                    || vm.catch(vm.types.exc.StopAsyncIteration)
                    || vm.catch(vm.types.exc.GeneratorExit) =>
            {
                Ok(())
            }
            Err(r) => Err(r),
        }
    }
}

impl Vm {
    /// Wraps what an async generator yields (`_PyAsyncGenValueWrapperNew`).
    pub fn wrap_async_yield(&mut self, v: Value) -> Res {
        let class = self.native_type(&WRAPPED)?;
        let p = self.alloc_raw(size_of::<CellObj>(), class.shape.get(), Kind::Cell)?;
        // SAFETY: allocated with that size.
        let wrapped: Ref<CellObj> = unsafe { Ref::new(p.cast()) };
        wrapped.contents.init(v);
        Ok(wrapped.value())
    }

    /// What `wrap_async_yield` wrapped.
    fn async_yielded(&mut self, v: Value) -> Option<Value> {
        let c = v.downcast::<CellObj>()?;
        let class = self.native_type(&WRAPPED).ok()?;
        c.contents.get().filter(|_| self.class_of(v) == class)
    }

    /// A quick `__anext__` of an exact async generator.
    pub(crate) fn anext_quick(&mut self, it: Value) -> Option<Res> {
        let g = it.downcast::<GeneratorObj>()?;
        if self.class_of(it) != self.types.async_generator || g.is_busy() {
            return None;
        }
        Some(self.new_async_awaitable(it, Action::Send, None))
    }

    /// Sends to a native iterator that can do so without a StopIteration; None: it cannot.
    pub(crate) fn send_quick(&mut self, it: Value, v: Value) -> Option<Sent> {
        let p = it.downcast::<PayloadObj>()?.payload.get()?;
        // SAFETY: the payload lives as long as its cell, which `it` keeps alive; `send` takes care
        // of what it holds while Python code runs, as a method does.
        unsafe { p.as_ref() }.send(self, it, v)
    }

    fn new_async_awaitable(&mut self, gen_: Value, action: Action, args: Option<Value>) -> Res {
        self.init_async_hooks(generator(gen_)?)?;
        let class = self.native_type(if action == Action::Send {
            &ASEND
        } else {
            &ATHROW
        })?;
        self.new_payload(
            class,
            Awaitable {
                generator: gen_,
                action,
                args,
                stage: Cell::new(Stage::Init),
            },
        )
    }

    /// Tells the event loop of an async generator that is about to run for the first time.
    fn init_async_hooks(&mut self, g: Ref<GeneratorObj>) -> Res<()> {
        if g.ag_hooked.get() {
            return Ok(());
        }
        g.ag_hooked.set(true);
        let [first, finalizer] = self.asyncgen_hooks;
        if let Some(f) = finalizer {
            g.extra.write(g, f);
            self.track_finalizer(g.value())?;
        }
        if let Some(f) = first {
            self.call_value(f, &[g.value()])?;
        }
        Ok(())
    }

    /// A yielded value is the result (StopIteration); anything else goes up to the event loop.
    fn unwrap_async(&mut self, g: Ref<GeneratorObj>, r: Res) -> Res {
        match r {
            Ok(v) => match self.async_yielded(v) {
                Some(w) => {
                    g.ag_running.set(false);
                    Err(self.stop_iteration(w))
                }
                None => Ok(v),
            },
            Err(r) => {
                if self.raised_is(self.types.exc.StopAsyncIteration)
                    || self.raised_is(self.types.exc.GeneratorExit)
                {
                    g.ag_closed.set(true);
                }
                g.ag_running.set(false);
                Err(r)
            }
        }
    }

    fn async_step(&mut self, g: Ref<GeneratorObj>, r: Res<Outcome>) -> Res {
        let o = r?;
        self.outcome_to_result(g, o)
    }

    /// What is wrong when an awaitable that did not start yet cannot start.
    fn check_async_start(&mut self, a: &Awaitable, g: Ref<GeneratorObj>) -> Res<()> {
        if !g.ag_running.get() {
            return Ok(());
        }
        a.stage.set(Stage::Closed);
        let what = match a.action {
            Action::Send => "anext",
            Action::Throw => "athrow",
            Action::Close => "aclose",
        };
        Err(self.runtime_error(&format!(
            "{what}(): asynchronous generator is already running"
        )))
    }

    fn check_not_closed(&mut self, a: &Awaitable) -> Res<()> {
        if a.stage.get() != Stage::Closed {
            return Ok(());
        }
        Err(self.runtime_error(if a.action == Action::Send {
            "cannot reuse already awaited __anext__()/asend()"
        } else {
            "cannot reuse already awaited aclose()/athrow()"
        }))
    }

    fn awaitable_send(&mut self, this: Value, value: Value) -> Res {
        let (a, g) = state(this)?;
        self.check_not_closed(a)?;
        if a.action == Action::Send {
            return self.asend_send(a, g, value);
        }
        if g.state.get() == State::Done {
            a.stage.set(Stage::Closed);
            return Err(self.stop_iteration(Value::NONE));
        }
        if a.stage.get() == Stage::Init {
            return self.athrow_start(a, g, value);
        }
        let r = self.resume_generator(g, Resume::Send(value));
        let r = self.async_step(g, r);
        self.athrow_result(a, g, r, false)
    }

    fn asend_send(&mut self, a: &Awaitable, g: Ref<GeneratorObj>, value: Value) -> Res {
        match self.asend_step(a, g, value)? {
            Ok(v) => Ok(v),
            Err(result) => Err(self.stop_iteration(result)),
        }
    }

    /// A step of `asend`: `Ok(Err)` when the generator yielded the result.
    fn asend_step(
        &mut self,
        a: &Awaitable,
        g: Ref<GeneratorObj>,
        mut value: Value,
    ) -> Res<Result<Value, Value>> {
        if a.stage.get() == Stage::Init {
            self.check_async_start(a, g)?;
            if value.is_none() {
                value = a.args.unwrap_or(Value::NONE);
            }
            a.stage.set(Stage::Iter);
        }
        g.ag_running.set(true);
        let r = self.resume_generator(g, Resume::Send(value));
        if let Ok(Outcome::Yielded(v)) = r
            && let Some(result) = self.async_yielded(v)
        {
            g.ag_running.set(false);
            a.stage.set(Stage::Closed);
            return Ok(Err(result));
        }
        let r = self.async_step(g, r);
        let r = self.unwrap_async(g, r);
        if r.is_err() {
            a.stage.set(Stage::Closed);
        }
        r.map(Ok)
    }

    fn athrow_start(&mut self, a: &Awaitable, g: Ref<GeneratorObj>, value: Value) -> Res {
        self.check_async_start(a, g)?;
        if g.ag_closed.get() {
            a.stage.set(Stage::Closed);
            return Err(self.error_with(self.types.exc.StopAsyncIteration, &[]));
        }
        if !value.is_none() {
            return Err(self.runtime_error("can't send non-None value to a just-started coroutine"));
        }
        a.stage.set(Stage::Iter);
        g.ag_running.set(true);
        let t = match a.args.and_then(|t| t.downcast::<TupleObj>()) {
            Some(args) => {
                let opt = |i: usize| args.items().get(i).copied().filter(|v| !v.is_none());
                Thrown {
                    typ: args.items()[0],
                    val: opt(1),
                    tb: opt(2),
                }
            }
            None => {
                g.ag_closed.set(true);
                Thrown::new(self.types.exc.GeneratorExit.value())
            }
        };
        let r = self.generator_throw(g, t, false);
        let r = self.async_step(g, r);
        self.athrow_result(a, g, r, true)
    }

    /// What a step of `athrow` or `aclose` gives to its awaiter.
    fn athrow_result(&mut self, a: &Awaitable, g: Ref<GeneratorObj>, r: Res, first: bool) -> Res {
        if a.action == Action::Throw {
            let r = self.unwrap_async(g, r);
            if r.is_err() {
                a.stage.set(Stage::Closed);
                if first {
                    g.ag_running.set(false);
                }
            }
            return r;
        }
        match r {
            Ok(v) if self.async_yielded(v).is_some() => {
                g.ag_running.set(false);
                a.stage.set(Stage::Closed);
                Err(self.runtime_error("async generator ignored GeneratorExit"))
            }
            Ok(v) => Ok(v),
            Err(r) => {
                g.ag_running.set(false);
                a.stage.set(Stage::Closed);
                if self.catch(self.types.exc.StopAsyncIteration)
                    || self.catch(self.types.exc.GeneratorExit)
                {
                    return Err(self.stop_iteration(Value::NONE));
                }
                Err(r)
            }
        }
    }

    fn awaitable_throw(&mut self, this: Value, t: Thrown) -> Res {
        let (a, g) = state(this)?;
        self.check_not_closed(a)?;
        if a.stage.get() == Stage::Init {
            self.check_async_start(a, g)?;
            a.stage.set(Stage::Iter);
            g.ag_running.set(true);
        }
        let r = self.generator_throw(g, t, true);
        let r = self.async_step(g, r);
        if a.action == Action::Send {
            let r = self.unwrap_async(g, r);
            if r.is_err() {
                a.stage.set(Stage::Closed);
            }
            return r;
        }
        self.athrow_result(a, g, r, false)
    }
}
