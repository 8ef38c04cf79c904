//! The state of futures and tasks, and what both do with it.

use super::objects::{Imported, invalid_state, object};
use crate::itertools::items_of;
use runtime::object::*;
use runtime::payload::{Payload, mark};
use runtime::{Raised, Res, Value, Vm};
use std::cell::Cell;

/// Where a future is in its life.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Pending,
    Cancelled,
    Finished,
}

impl State {
    /// As `_state` shows it.
    pub fn name(self) -> &'static str {
        match self {
            State::Pending => "PENDING",
            State::Cancelled => "CANCELLED",
            State::Finished => "FINISHED",
        }
    }
}

type Field = Cell<Option<Value>>;

/// A future. The fields from `coro` on are those of tasks.
#[derive(Default)]
pub struct Future {
    /// The class is Future or Task itself.
    pub exact: bool,
    pub is_task: bool,
    pub state: Cell<State>,
    /// An exception was set that nobody took.
    pub log_traceback: Cell<bool>,
    /// `__await__` gave it to a task, which is to wait for it.
    pub blocking: Cell<bool>,
    /// None before `__init__`.
    pub event_loop: Field,
    /// The first callback and its context. Most futures have one.
    pub callback: Field,
    pub callback_context: Field,
    /// Further callbacks: a list of (callback, context).
    pub callbacks: Field,
    pub result: Field,
    pub exception: Field,
    pub exception_traceback: Field,
    pub source_traceback: Field,
    pub cancel_message: Field,
    /// The CancelledError to raise.
    pub cancelled_error: Field,
    /// Who awaits it: a future, or with `many_awaiters` a set of them.
    pub awaited_by: Field,
    pub many_awaiters: Cell<bool>,

    pub coro: Field,
    pub waits_for: Field,
    /// A str, or an int n for "Task-n".
    pub name: Field,
    pub context: Field,
    pub must_cancel: Cell<bool>,
    pub log_destroy_pending: Cell<bool>,
    pub cancels_requested: Cell<i64>,
}

impl Future {
    fn fields(&self) -> [&Field; 15] {
        [
            &self.event_loop,
            &self.callback,
            &self.callback_context,
            &self.callbacks,
            &self.result,
            &self.exception,
            &self.exception_traceback,
            &self.source_traceback,
            &self.cancel_message,
            &self.cancelled_error,
            &self.awaited_by,
            &self.coro,
            &self.waits_for,
            &self.name,
            &self.context,
        ]
    }

    pub fn is_pending(&self) -> bool {
        self.state.get() == State::Pending
    }
}

impl Payload for Future {
    fn trace(&self, t: &mut gc::Tracer) {
        for v in self.fields().into_iter().filter_map(Cell::get) {
            mark(t, v);
        }
    }
    fn needs_finalizer(&self) -> bool {
        !self.exact || self.needs_last_finalizer()
    }
    fn needs_last_finalizer(&self) -> bool {
        self.log_traceback.get() || (self.is_task && self.is_pending())
    }
}

/// The future behind a `self` argument.
pub fn future<'a>(v: Value) -> &'a Future {
    match v.payload::<Future>() {
        Some(f) => f,
        None => unreachable!("the descriptor checked the type"),
    }
}

/// The future behind any value, if it is a future or task of this module or derived from one.
pub fn as_future<'a>(v: Value) -> Option<&'a Future> {
    v.payload::<Future>()
}

/// RuntimeError before `__init__`; else the event loop.
pub fn event_loop(vm: &mut Vm, this: Value) -> Res {
    match future(this).event_loop.get() {
        Some(l) => Ok(l),
        None => Err(vm.runtime_error("Future object is not initialized.")),
    }
}

/// `Future.__init__`.
pub fn init(vm: &mut Vm, this: Value, event_loop: Option<Value>) -> Res<()> {
    let f = future(this);
    for field in f.fields() {
        field.set(None);
    }
    f.state.set(State::Pending);
    for flag in [&f.log_traceback, &f.blocking, &f.many_awaiters] {
        flag.set(false);
    }
    let event_loop = match event_loop.filter(|l| !l.is_none()) {
        Some(l) => l,
        None => super::running::event_loop(vm)?,
    };
    f.event_loop.set(Some(event_loop));
    let debug = vm.call_method_kw(event_loop, vm.names.get_debug, &[], &[])?;
    if vm.truth(debug)? {
        let extract = object(vm, Imported::ExtractStack)?;
        let stack = vm.call_value(extract, &[])?;
        f.source_traceback.set(Some(stack));
    }
    Ok(())
}

/// `loop.call_soon(callback, [arg,] context=context)`.
pub fn call_soon(
    vm: &mut Vm,
    event_loop: Value,
    callback: Value,
    arg: Option<Value>,
    context: Option<Value>,
) -> Res<()> {
    let mut args = [callback; 3];
    let mut n = 1;
    for v in [arg, context].into_iter().flatten() {
        args[n] = v;
        n += 1;
    }
    let names = [vm.names.context];
    let kwnames = &names[..usize::from(context.is_some())];
    vm.call_method_kw(event_loop, vm.names.call_soon, &args[..n], kwnames)?;
    Ok(())
}

/// Has the loop call the callbacks, once.
fn schedule_callbacks(vm: &mut Vm, this: Value) -> Res<()> {
    let f = future(this);
    let event_loop = event_loop(vm, this)?;
    let (first, context) = (f.callback.take(), f.callback_context.take());
    let more = f.callbacks.take();
    if let Some(callback) = first {
        call_soon(vm, event_loop, callback, Some(this), context)?;
    }
    if let Some(list) = more.and_then(|l| l.downcast::<ListObj>()) {
        let mut i = 0;
        while let Some(pair) = list.get(i) {
            if let [callback, context] = items_of(pair) {
                call_soon(vm, event_loop, *callback, Some(this), Some(*context))?;
            }
            i += 1;
        }
    }
    Ok(())
}

/// `add_done_callback`.
pub fn add_callback(vm: &mut Vm, this: Value, callback: Value, context: Value) -> Res<()> {
    let f = future(this);
    if !f.is_pending() {
        let event_loop = event_loop(vm, this)?;
        return call_soon(vm, event_loop, callback, Some(this), Some(context));
    }
    if f.callback.get().is_none() && f.callbacks.get().is_none() {
        f.callback.set(Some(callback));
        f.callback_context.set(Some(context));
        return Ok(());
    }
    let pair = vm.new_tuple(&[callback, context])?;
    match f.callbacks.get().and_then(|l| l.downcast::<ListObj>()) {
        Some(list) => vm.list_push(list, pair),
        None => {
            let list = vm.new_list(&[pair])?;
            f.callbacks.set(Some(list));
            Ok(())
        }
    }
}

/// All callbacks as (callback, context), None when there are none.
pub fn callbacks(vm: &mut Vm, this: Value) -> Res {
    let f = future(this);
    let mut all = vm.new_vec();
    if let (Some(callback), Some(context)) = (f.callback.get(), f.callback_context.get()) {
        let pair = vm.new_tuple(&[callback, context])?;
        all.push(vm, pair)?;
    }
    if let Some(list) = f.callbacks.get().and_then(|l| l.downcast::<ListObj>()) {
        for i in 0..list.len.get() {
            if let Some(pair) = list.get(i) {
                all.push(vm, pair)?;
            }
        }
    }
    if all.is_empty() {
        return Ok(Value::NONE);
    }
    vm.list_from_vec(all)
}

/// `remove_done_callback`: the number of callbacks removed.
pub fn remove_callback(vm: &mut Vm, this: Value, callback: Value) -> Res<usize> {
    event_loop(vm, this)?;
    let f = future(this);
    let mut removed = 0;
    if let Some(c) = f.callback.get()
        && vm.eq(c, callback)?
    {
        // `__eq__` may have run what takes the callbacks.
        removed += usize::from(f.callback.take().is_some());
        f.callback_context.set(None);
    }
    let Some(list) = f.callbacks.get().and_then(|l| l.downcast::<ListObj>()) else {
        return Ok(removed);
    };
    let mut kept = vm.new_vec();
    let mut i = 0;
    while let Some(pair) = list.get(i) {
        let c = items_of(pair).first().copied().unwrap_or(Value::NONE);
        if vm.eq(c, callback)? {
            removed += 1;
        } else {
            kept.push(vm, pair)?;
        }
        i += 1;
    }
    // Callbacks that were taken in between stay taken.
    if f.callbacks.get() == Some(list.value()) {
        let rest = match kept.is_empty() {
            true => None,
            false => Some(vm.list_from_vec(kept)?),
        };
        f.callbacks.set(rest);
    }
    Ok(removed)
}

/// Marks a pending future done.
pub fn set_result(vm: &mut Vm, this: Value, result: Value) -> Res<()> {
    event_loop(vm, this)?;
    let f = future(this);
    if !f.is_pending() {
        return Err(invalid_state(vm, "invalid state"));
    }
    f.result.set(Some(result));
    f.state.set(State::Finished);
    schedule_callbacks(vm, this)
}

/// Ends a pending future with an exception: an instance or a class.
pub fn set_exception(vm: &mut Vm, this: Value, exception: Value) -> Res<()> {
    event_loop(vm, this)?;
    if !future(this).is_pending() {
        return Err(invalid_state(vm, "invalid state"));
    }
    let mut e = exception;
    if e.is_kind(Kind::Type) {
        e = vm.call_value(e, &[])?;
        if !future(this).is_pending() {
            return Err(invalid_state(vm, "invalid state"));
        }
    }
    if !e.is_kind(Kind::Exception) {
        return Err(vm.type_error("invalid exception object"));
    }
    if vm.is_instance_of(e, vm.types.exc.StopIteration) {
        e = stop_iteration_error(vm, e)?;
    }
    vm.mark_finalizable(this)?;
    let f = future(this);
    f.exception.set(Some(e));
    let x = e.downcast::<ExceptionObj>();
    f.exception_traceback.set(x.and_then(|x| x.traceback.get()));
    f.state.set(State::Finished);
    schedule_callbacks(vm, this)?;
    f.log_traceback.set(true);
    Ok(())
}

/// A StopIteration would end the generator that awaits.
fn stop_iteration_error(vm: &mut Vm, stop: Value) -> Res {
    let text = vm.new_str(
        "StopIteration interacts badly with generators and cannot be raised into a Future",
    )?;
    let e = vm.new_exception(vm.types.exc.RuntimeError, &[text])?;
    if let Some(x) = e.downcast::<ExceptionObj>() {
        x.cause.write(x, stop);
        x.suppress_context.set(true);
        x.set_context(stop);
    }
    Ok(e)
}

/// `Future.cancel`: false when it is done.
pub fn cancel(vm: &mut Vm, this: Value, message: Option<Value>) -> Res<bool> {
    event_loop(vm, this)?;
    let f = future(this);
    f.log_traceback.set(false);
    if !f.is_pending() {
        return Ok(false);
    }
    f.state.set(State::Cancelled);
    f.cancel_message.set(message);
    schedule_callbacks(vm, this)?;
    Ok(true)
}

/// The CancelledError of a future, which is given once.
pub fn cancelled_error(vm: &mut Vm, this: Value) -> Res {
    let f = future(this);
    if let Some(e) = f.cancelled_error.take() {
        return Ok(e);
    }
    let class = object(vm, Imported::CancelledError)?;
    match f.cancel_message.get().filter(|m| !m.is_none()) {
        Some(m) => vm.call_value(class, &[m]),
        None => vm.call_value(class, &[]),
    }
}

fn raise_cancelled(vm: &mut Vm, this: Value) -> Raised {
    match cancelled_error(vm, this) {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

fn not_ready(vm: &mut Vm, this: Value, text: &str) -> Raised {
    match future(this).event_loop.get() {
        Some(_) => invalid_state(vm, text),
        None => invalid_state(vm, "Future object is not initialized."),
    }
}

/// What a future that is done ended with: its result, or (`Err`) its exception with the traceback
/// that it had.
pub fn outcome(vm: &mut Vm, this: Value) -> Res<Result<Value, Value>> {
    let f = future(this);
    match f.state.get() {
        State::Cancelled => return Err(raise_cancelled(vm, this)),
        State::Pending => return Err(not_ready(vm, this, "Result is not set.")),
        State::Finished => {}
    }
    f.log_traceback.set(false);
    let Some(e) = f.exception.get() else {
        return Ok(Ok(f.result.get().unwrap_or(Value::NONE)));
    };
    if let Some(x) = e.downcast::<ExceptionObj>() {
        x.traceback.write(x, f.exception_traceback.take());
    }
    Ok(Err(e))
}

/// `Future.result`.
pub fn result(vm: &mut Vm, this: Value) -> Res {
    match outcome(vm, this)? {
        Ok(v) => Ok(v),
        Err(e) => Err(vm.raise_here(e)),
    }
}

/// `Future.exception`.
pub fn exception(vm: &mut Vm, this: Value) -> Res {
    let f = future(this);
    match f.state.get() {
        State::Cancelled => Err(raise_cancelled(vm, this)),
        State::Pending => Err(not_ready(vm, this, "Exception is not set.")),
        State::Finished => {
            f.log_traceback.set(false);
            Ok(f.exception.get().unwrap_or(Value::NONE))
        }
    }
}
