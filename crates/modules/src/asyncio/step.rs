//! What a task does: runs its coroutine up to the next future, and waits for that.

use super::future::*;
use super::objects::is_cancelled_error;
use super::{awaited, registry, running};
use crate::contextvars;
use crate::payloads::{payload, payload_type};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::interp::generator::{GeneratorObj, Outcome, Resume};
use runtime::types::generator::Thrown;
use runtime::{Res, Value, Vm};

payload! {
    /// What the loop calls to run the next step of a task, with an exception to raise inside.
    struct NextStep { task: Value, exception: Option<Value> }
}

static NEXT_STEP: TypeSpec = payload_type! {
    name: "TaskStepMethWrapper",
    module: "_asyncio",
    flags: TypeFlags::NO_INSTANCES,
    tables: &[next_step::TABLE],
};

fn state<'a>(this: Value) -> &'a NextStep {
    match this.payload::<NextStep>() {
        Some(n) => n,
        None => unreachable!("the descriptor checked the type"),
    }
}

#[derive::natives]
mod next_step {
    use super::*;

    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        if kwargs.is_some() {
            return Err(vm.type_error("function takes no keyword arguments"));
        }
        if !crate::itertools::items_of(args).is_empty() {
            return Err(vm.type_error("function takes no positional arguments"));
        }
        step(vm, state(this).task, state(this).exception)
    }
    #[getter("__self__")]
    fn task(_: &mut Vm, this: Value) -> Res {
        Ok(state(this).task)
    }
}

/// The callback of the future that a task waits for.
#[derive::natives]
mod wakeup {
    use super::*;

    #[native("task_wakeup($self, fut, /)")]
    fn task_wakeup(vm: &mut Vm, this: Value, awaited: Value) -> Res<()> {
        wake_up(vm, this, awaited)
    }
}

/// Has the loop run the next step of a task.
pub fn call_step_soon(vm: &mut Vm, task: Value, exception: Option<Value>) -> Res<()> {
    let event_loop = event_loop(vm, task)?;
    let class = vm.native_type(&NEXT_STEP)?;
    let callback = vm.new_payload(class, NextStep { task, exception })?;
    call_soon(vm, event_loop, callback, None, future(task).context.get())
}

/// The loop of any future.
pub fn loop_of(vm: &mut Vm, v: Value) -> Res {
    if let Some(f) = as_future(v).filter(|f| f.exact) {
        return Ok(f.event_loop.get().unwrap_or(Value::NONE));
    }
    let name = vm.intern("get_loop");
    match vm.get_attr_opt(v, name)? {
        Some(get) => vm.call_value(get, &[]),
        None => vm.get_attr_str(v, "_loop"),
    }
}

/// `Task.cancel`.
pub fn request_cancel(vm: &mut Vm, task: Value, message: Value) -> Res<bool> {
    let t = future(task);
    t.log_traceback.set(false);
    if !t.is_pending() {
        return Ok(false);
    }
    t.cancels_requested.set(t.cancels_requested.get() + 1);
    if let Some(w) = t.waits_for.get()
        && cancel_awaited(vm, w, message)?
    {
        return Ok(true);
    }
    t.must_cancel.set(true);
    t.cancel_message.set(Some(message));
    Ok(true)
}

/// `awaited.cancel(msg=message)`.
fn cancel_awaited(vm: &mut Vm, awaited: Value, message: Value) -> Res<bool> {
    let names = [vm.names.msg];
    let done = vm.call_method_kw(awaited, vm.names.cancel, &[message], &names)?;
    vm.truth(done)
}

/// Runs the first step at once, in the task's context.
pub fn start_eagerly(vm: &mut Vm, task: Value) -> Res<()> {
    let event_loop = event_loop(vm, task)?;
    let before = running::swap(vm, event_loop, task)?;
    let done = first_step(vm, task);
    let raised = vm.raised.take();
    running::swap(vm, event_loop, before)?;
    let t = future(task);
    if t.is_pending() {
        registry::add(vm, task);
    } else {
        // It refers to frames, which may refer to the task.
        t.coro.set(None);
    }
    vm.raised = raised;
    done
}

fn first_step(vm: &mut Vm, task: Value) -> Res<()> {
    registry::add_eager(vm, task)?;
    let context = future(task).context.get().unwrap_or(Value::NONE);
    let done = contextvars::within(vm, context, |vm| advance(vm, task, None));
    let raised = vm.raised.take();
    registry::remove_eager(vm, task)?;
    vm.raised = raised;
    done
}

/// Runs one step of a task as the loop's running task.
fn step(vm: &mut Vm, task: Value, exception: Option<Value>) -> Res<()> {
    let event_loop = event_loop(vm, task)?;
    running::enter(vm, event_loop, task)?;
    let done = advance(vm, task, exception);
    let Err(r) = done else {
        return running::leave(vm, event_loop, task);
    };
    let raised = vm.raised.take();
    if running::leave(vm, event_loop, task).is_ok() {
        vm.raised = raised;
    }
    Err(r)
}

/// Goes on after the future that a task waited for is done.
fn wake_up(vm: &mut Vm, task: Value, awaited: Value) -> Res<()> {
    awaited::discard(vm, awaited, task)?;
    let ended = match as_future(awaited).filter(|f| f.exact) {
        Some(_) => outcome(vm, awaited),
        None => vm.call_method_str(awaited, "result", &[]).map(Ok),
    };
    match ended {
        Ok(Ok(_)) => step(vm, task, None),
        Ok(Err(e)) => step(vm, task, Some(e)),
        Err(_) => {
            let e = vm.take_raised();
            step(vm, task, Some(e))
        }
    }
}

/// The exception of the next step: a CancelledError when the task is to be cancelled.
fn to_throw(vm: &mut Vm, task: Value, exception: Option<Value>) -> Res<Option<Value>> {
    let t = future(task);
    if !t.must_cancel.get() {
        return Ok(exception);
    }
    let cancels = match exception {
        Some(e) => is_cancelled_error(vm, e)?,
        None => false,
    };
    let e = match exception.filter(|_| cancels) {
        Some(e) => e,
        None => cancelled_error(vm, task)?,
    };
    t.must_cancel.set(false);
    Ok(Some(e))
}

/// Resumes the coroutine and sees to what it gives.
fn advance(vm: &mut Vm, task: Value, exception: Option<Value>) -> Res<()> {
    let t = future(task);
    if !t.is_pending() {
        let shown = vm.display_repr(task)?;
        let e = vm.display_repr(exception.unwrap_or(Value::NONE))?;
        let text = format!("__step(): already done: {shown} {e}");
        return Err(super::objects::invalid_state(vm, &text));
    }
    let exception = to_throw(vm, task, exception)?;
    t.waits_for.set(None);
    let Some(coro) = t.coro.get() else {
        return Err(vm.runtime_error("uninitialized Task object"));
    };
    match resume(vm, coro, exception) {
        Ok(Outcome::Yielded(v)) => wait_for(vm, task, v),
        Ok(Outcome::Returned(_)) if t.must_cancel.get() => {
            // It was cancelled right before the coroutine ended.
            t.must_cancel.set(false);
            end_cancelled(vm, task, t.cancel_message.get())
        }
        Ok(Outcome::Returned(v)) => {
            registry::remove(vm, task);
            set_result(vm, task, v)
        }
        Err(_) => fail(vm, task),
    }
}

fn end_cancelled(vm: &mut Vm, task: Value, message: Option<Value>) -> Res<()> {
    registry::remove(vm, task);
    cancel(vm, task, message).map(|_| ())
}

/// Sends None or throws, into whatever has the methods of a coroutine.
fn resume(vm: &mut Vm, coro: Value, exception: Option<Value>) -> Res<Outcome> {
    if let Some(g) = coro.downcast::<GeneratorObj>().filter(|_| !vm.watch.on) {
        return match exception {
            None => vm.resume_generator(g, Resume::Send(Value::NONE)),
            Some(e) => vm.generator_throw(g, Thrown::new(e), true),
        };
    }
    let r = match exception {
        None => vm.call_method(coro, vm.names.send, &[Value::NONE]),
        Some(e) => vm.call_method(coro, vm.names.throw, &[e]),
    };
    match r {
        Ok(v) => Ok(Outcome::Yielded(v)),
        Err(_) if vm.raised_is(vm.types.exc.StopIteration) => {
            let e = vm.take_raised();
            Ok(Outcome::Returned(vm.stop_value(e)))
        }
        Err(r) => Err(r),
    }
}

/// Ends a task with the exception in flight, which goes on to the loop when it ends the program.
fn fail(vm: &mut Vm, task: Value) -> Res<()> {
    let e = vm.take_raised();
    if is_cancelled_error(vm, e)? {
        future(task).cancelled_error.set(Some(e));
        return end_cancelled(vm, task, None);
    }
    registry::remove(vm, task);
    set_exception(vm, task, e)?;
    let exc = &vm.types.exc;
    if vm.is_instance_of(e, exc.KeyboardInterrupt) || vm.is_instance_of(e, exc.SystemExit) {
        return Err(vm.raise(e));
    }
    Ok(())
}

/// Has the next step raise RuntimeError in the coroutine.
fn error_soon(vm: &mut Vm, task: Value, text: &str) -> Res<()> {
    let text = vm.new_str(text)?;
    let e = vm.new_exception(vm.types.exc.RuntimeError, &[text])?;
    call_step_soon(vm, task, Some(e))
}

/// The coroutine yielded `v`: its task waits for it, or goes on soon.
fn wait_for(vm: &mut Vm, task: Value, v: Value) -> Res<()> {
    if v.is_none() {
        return call_step_soon(vm, task, None);
    }
    if v == task {
        let shown = vm.display_repr(task)?;
        return error_soon(vm, task, &format!("Task cannot await on itself: {shown}"));
    }
    let known = as_future(v).filter(|f| f.exact);
    let blocking = match known {
        Some(f) => f.blocking.get(),
        None => {
            let name = vm.intern("_asyncio_future_blocking");
            match vm.get_attr_opt(v, name)?.filter(|b| !b.is_none()) {
                Some(b) => vm.truth(b)?,
                None => return bad_yield(vm, task, v),
            }
        }
    };
    if loop_of(vm, v)? != event_loop(vm, task)? {
        let (t, f) = (vm.display_repr(task)?, vm.display_repr(v)?);
        let text = format!("Task {t} got Future {f} attached to a different loop");
        return error_soon(vm, task, &text);
    }
    if !blocking {
        let (t, f) = (vm.display_repr(task)?, vm.display_repr(v)?);
        let text = format!("yield was used instead of yield from in task {t} with {f}");
        return error_soon(vm, task, &text);
    }
    awaited::add(vm, v, task)?;
    let wake = vm.new_native(&wakeup::TABLE[0], Some(task), None, None)?;
    let context = future(task).context.get().unwrap_or(Value::NONE);
    match known {
        Some(f) => {
            f.blocking.set(false);
            add_callback(vm, v, wake, context)?;
        }
        None => {
            vm.set_attr_str(v, "_asyncio_future_blocking", Value::FALSE)?;
            let name = vm.intern("add_done_callback");
            let names = [vm.names.context];
            vm.call_method_kw(v, name, &[wake, context], &names)?;
        }
    }
    let t = future(task);
    t.waits_for.set(Some(v));
    if t.must_cancel.get() {
        let message = t.cancel_message.get().unwrap_or(Value::NONE);
        if cancel_awaited(vm, v, message)? {
            t.must_cancel.set(false);
        }
    }
    Ok(())
}

/// The coroutine yielded what cannot be waited for.
fn bad_yield(vm: &mut Vm, task: Value, v: Value) -> Res<()> {
    let shown = vm.display_repr(v)?;
    if vm.class_of(v) == vm.types.generator {
        let t = vm.display_repr(task)?;
        let text =
            format!("yield was used instead of yield from for generator in task {t} with {shown}");
        return error_soon(vm, task, &text);
    }
    error_soon(vm, task, &format!("Task got bad yield: {shown}"))
}
