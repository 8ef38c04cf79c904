//! `_asyncio.Future`.

use super::future::*;
use super::objects::{Imported, object, tell_exception_handler};
use super::{awaited, iter, registry};
use crate::contextvars;
use crate::payloads::payload_type;
use runtime::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::types::protocol::generic;
use runtime::{Res, Value, Vm};

pub static FUTURE: TypeSpec = payload_type! {
    name: "Future",
    module: "_asyncio",
    signature: Some("(*, loop=None)"),
    doc: "This class is *almost* compatible with concurrent.futures.Future.\n\n    Differences:\n\n    - result() and exception() do not take a timeout argument and\n      raise an exception when the future isn't done yet.\n\n    - Callbacks registered with add_done_callback() are always called\n      via the event loop's call_soon_threadsafe().\n\n    - This class is not compatible with the wait() and as_completed()\n      methods in the concurrent.futures package.",
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    dict: DictPlace::Slots,
    tables: &[methods::TABLE, fields::TABLE, generic::TABLE],
};

/// `__new__` of futures and tasks.
pub fn new_instance(vm: &mut Vm, class: Value, spec: &'static TypeSpec, is_task: bool) -> Res {
    let base = vm.native_type(spec)?;
    let class: Ref<TypeObj> = vm.class_arg(class, base)?;
    let exact = class == base;
    let v = vm.new_payload(
        class,
        Future {
            exact,
            is_task,
            ..Future::default()
        },
    )?;
    // Futures of the class itself are tracked when they have something to tell.
    if !exact || is_task {
        vm.mark_finalizable(v)?;
    }
    Ok(v)
}

/// The context that a callback or task runs in.
pub fn context_or_copy(vm: &mut Vm, context: Option<Value>) -> Res {
    match context.filter(|c| !c.is_none()) {
        Some(c) => Ok(c),
        None => contextvars::copy_current(vm),
    }
}

/// Tells the event loop's exception handler what nobody saw.
fn finalize(vm: &mut Vm, this: Value) {
    let f = future(this);
    let Some(event_loop) = f.event_loop.get() else {
        return;
    };
    let kind = if f.is_task { "task" } else { "future" };
    let traceback = f.source_traceback.get().filter(|t| !t.is_none());
    if f.is_task {
        registry::remove(vm, this);
        if f.is_pending() && f.log_destroy_pending.get() {
            let text = vm.new_str("Task was destroyed but it is pending!");
            let message = text.unwrap_or(Value::NONE);
            let entries = [
                (kind, this),
                ("message", message),
                ("source_traceback", traceback.unwrap_or(Value::NONE)),
            ];
            let n = if traceback.is_some() { 3 } else { 2 };
            tell_exception_handler(vm, event_loop, &entries[..n]);
        }
    }
    let Some(exception) = f.exception.get().filter(|_| f.log_traceback.get()) else {
        return;
    };
    f.log_traceback.set(false);
    let class = vm.short_class_name(this);
    let text = vm.new_str(&format!("{class} exception was never retrieved"));
    let entries = [
        ("message", text.unwrap_or(Value::NONE)),
        ("exception", exception),
        ("future", this),
        ("source_traceback", traceback.unwrap_or(Value::NONE)),
    ];
    let n = if traceback.is_some() { 4 } else { 3 };
    tell_exception_handler(vm, event_loop, &entries[..n]);
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_instance(vm, class, &FUTURE, false)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, *, loop=None)")]
    fn init_(vm: &mut Vm, this: Value, event_loop: Option<Value>) -> Res<()> {
        init(vm, this, event_loop)
    }
    /// Called when the instance is about to be destroyed.
    #[native("__del__($self, /)")]
    fn del(vm: &mut Vm, this: Value) -> Res<()> {
        finalize(vm, this);
        Ok(())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        event_loop(vm, this)?;
        let f = object(vm, Imported::FutureRepr)?;
        vm.call_value(f, &[this])
    }
    /// Return an iterator to be used in await expression.
    #[native("__await__($self, /)")]
    fn await_(vm: &mut Vm, this: Value) -> Res {
        event_loop(vm, this)?;
        iter::make(vm, this)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter_(vm: &mut Vm, this: Value) -> Res {
        event_loop(vm, this)?;
        iter::make(vm, this)
    }
    /// Futures are generic over the type of their results
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, item: Value) -> Res {
        vm.new_generic_alias(class, item)
    }
    /// Return the result this future represents.
    ///
    /// If the future has been cancelled, raises CancelledError.  If the
    /// future's result isn't yet available, raises InvalidStateError.  If
    /// the future is done and has an exception set, this exception is
    /// raised.
    #[native("result($self, /)")]
    fn result_(vm: &mut Vm, this: Value) -> Res {
        result(vm, this)
    }
    /// Return the exception that was set on this future.
    ///
    /// The exception (or None if no exception was set) is returned only if
    /// the future is done.  If the future has been cancelled, raises
    /// CancelledError.  If the future isn't done yet, raises
    /// InvalidStateError.
    #[native("exception($self, /)")]
    fn exception_(vm: &mut Vm, this: Value) -> Res {
        exception(vm, this)
    }
    /// Mark the future done and set its result.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    #[native("set_result($self, result, /)")]
    fn set_result_(vm: &mut Vm, this: Value, result: Value) -> Res<()> {
        set_result(vm, this, result)
    }
    /// Mark the future done and set an exception.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    #[native("set_exception($self, exception, /)")]
    fn set_exception_(vm: &mut Vm, this: Value, exception: Value) -> Res<()> {
        set_exception(vm, this, exception)
    }
    /// Add a callback to be run when the future becomes done.
    ///
    /// The callback is called with a single argument - the future object.
    /// If the future is already done when this is called, the callback is
    /// scheduled with call_soon.
    #[native("add_done_callback($self, fn, /, *, context=<unrepresentable>)")]
    fn add_done_callback(
        vm: &mut Vm,
        this: Value,
        callback: Value,
        context: Option<Value>,
    ) -> Res<()> {
        if future(this).event_loop.get().is_none() {
            return Err(vm.runtime_error("uninitialized Future object"));
        }
        let context = context_or_copy(vm, context)?;
        add_callback(vm, this, callback, context)
    }
    /// Remove all instances of a callback from the "call when done" list.
    ///
    /// Returns the number of callbacks removed.
    #[native("remove_done_callback($self, fn, /)")]
    fn remove_done_callback(vm: &mut Vm, this: Value, callback: Value) -> Res<usize> {
        remove_callback(vm, this, callback)
    }
    /// Cancel the future and schedule callbacks.
    ///
    /// If the future is already done or cancelled, return False.
    /// Otherwise, change the future's state to cancelled, schedule the
    /// callbacks and return True.
    #[native("cancel($self, /, msg=None)")]
    fn cancel_(vm: &mut Vm, this: Value, msg: Option<Value>) -> Res<bool> {
        cancel(vm, this, msg)
    }
    /// Return True if the future was cancelled.
    #[native("cancelled($self, /)")]
    fn cancelled(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(future(this).state.get() == State::Cancelled)
    }
    /// Return True if the future is done.
    ///
    /// Done means either that a result / exception are available, or that
    /// the future was cancelled.
    #[native("done($self, /)")]
    fn done(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(!future(this).is_pending())
    }
    /// Return the event loop the Future is bound to.
    #[native("get_loop($self, /)")]
    fn get_loop(vm: &mut Vm, this: Value) -> Res {
        event_loop(vm, this)
    }
    /// Create the CancelledError to raise if the Future is cancelled.
    ///
    /// This should only be called once when handling a cancellation since
    /// it erases the context exception value.
    #[native("_make_cancelled_error($self, /)")]
    fn make_cancelled_error(vm: &mut Vm, this: Value) -> Res {
        cancelled_error(vm, this)
    }
}

/// A value for an attribute that cannot be deleted.
pub fn set_value(vm: &mut Vm, this: Value, name: &str, value: Option<Value>) -> Res {
    match value {
        Some(v) => Ok(v),
        None => {
            let class = vm.class_name(this);
            Err(vm.attribute_error_text(&format!(
                "attribute '{name}' of '{class}' objects cannot be deleted"
            )))
        }
    }
}

#[derive::natives]
mod fields {
    use super::*;

    #[getter("_state")]
    fn state(vm: &mut Vm, this: Value) -> Res<&'static str> {
        event_loop(vm, this)?;
        Ok(future(this).state.get().name())
    }
    #[getter("_asyncio_future_blocking")]
    fn blocking(_: &mut Vm, this: Value) -> Res<bool> {
        let f = future(this);
        Ok(f.event_loop.get().is_some() && f.blocking.get())
    }
    #[setter("_asyncio_future_blocking")]
    fn set_blocking(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        event_loop(vm, this)?;
        let v = set_value(vm, this, "_asyncio_future_blocking", value)?;
        let on = vm.truth(v)?;
        future(this).blocking.set(on);
        Ok(())
    }
    #[getter("_loop")]
    fn loop_(_: &mut Vm, this: Value) -> Res {
        Ok(future(this).event_loop.get().unwrap_or(Value::NONE))
    }
    #[getter("_callbacks")]
    fn callbacks_(vm: &mut Vm, this: Value) -> Res {
        event_loop(vm, this)?;
        callbacks(vm, this)
    }
    #[getter("_result")]
    fn result_field(vm: &mut Vm, this: Value) -> Res {
        event_loop(vm, this)?;
        Ok(future(this).result.get().unwrap_or(Value::NONE))
    }
    #[getter("_exception")]
    fn exception_field(vm: &mut Vm, this: Value) -> Res {
        event_loop(vm, this)?;
        Ok(future(this).exception.get().unwrap_or(Value::NONE))
    }
    #[getter("_log_traceback")]
    fn log_traceback(vm: &mut Vm, this: Value) -> Res<bool> {
        event_loop(vm, this)?;
        Ok(future(this).log_traceback.get())
    }
    #[setter("_log_traceback")]
    fn set_log_traceback(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let v = set_value(vm, this, "_log_traceback", value)?;
        if vm.truth(v)? {
            return Err(vm.value_error("_log_traceback can only be set to False"));
        }
        future(this).log_traceback.set(false);
        Ok(())
    }
    #[getter("_source_traceback")]
    fn source_traceback(_: &mut Vm, this: Value) -> Res {
        Ok(future(this).source_traceback.get().unwrap_or(Value::NONE))
    }
    #[getter("_cancel_message")]
    fn cancel_message(_: &mut Vm, this: Value) -> Res {
        Ok(future(this).cancel_message.get().unwrap_or(Value::NONE))
    }
    #[setter("_cancel_message")]
    fn set_cancel_message(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let v = set_value(vm, this, "_cancel_message", value)?;
        future(this).cancel_message.set(Some(v));
        Ok(())
    }
    #[getter("_asyncio_awaited_by")]
    fn awaited_by(vm: &mut Vm, this: Value) -> Res {
        awaited::waiters(vm, this)
    }
}
