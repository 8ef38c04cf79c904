//! `_asyncio.Task`.

use super::future::*;
use super::methods::{FUTURE, context_or_copy, new_instance, set_value};
use super::objects::{Imported, object};
use super::{registry, step};
use crate::payloads::payload_type;
use runtime::class::{DictPlace, TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::sync::atomic::{AtomicI64, Ordering};

pub static TASK: TypeSpec = payload_type! {
    name: "Task",
    module: "_asyncio",
    base: Some(&FUTURE),
    signature: Some("(coro, *, loop=None, name=None, context=None, eager_start=False)"),
    doc: "A coroutine wrapped in a Future.",
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    dict: DictPlace::Slots,
    tables: &[methods::TABLE, fields::TABLE],
};

/// Number of the last task that got a name of its own.
static LAST_NAME: AtomicI64 = AtomicI64::new(0);

/// TypeError unless `coro` is something with the methods of a coroutine.
fn check_coroutine(vm: &mut Vm, coro: Value) -> Res<()> {
    if vm.class_of(coro) == vm.types.coroutine {
        return Ok(());
    }
    let test = object(vm, Imported::IsCoroutine)?;
    let is_one = vm.call_value(test, &[coro])?;
    if vm.truth(is_one)? {
        return Ok(());
    }
    let shown = vm.display_repr(coro)?;
    Err(vm.type_error(&format!("a coroutine was expected, got {shown}")))
}

fn new_name(vm: &mut Vm, name: Option<Value>) -> Res {
    match name.filter(|n| !n.is_none()) {
        Some(n) if n.is_exact(Kind::Str) => Ok(n),
        Some(n) => vm.str_of(n),
        None => {
            let n = LAST_NAME.fetch_add(1, Ordering::Relaxed) + 1;
            vm.new_int(n)
        }
    }
}

/// The name as a str.
fn name(vm: &mut Vm, this: Value) -> Res {
    let t = future(this);
    match t.name.get().and_then(|n| vm.int_to_i64(n)) {
        Some(n) => {
            let made = vm.new_str(&format!("Task-{n}"))?;
            t.name.set(Some(made));
            Ok(made)
        }
        None => Ok(t.name.get().unwrap_or(Value::NONE)),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        new_instance(vm, class, &TASK, true)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, coro, *, loop=None, name=None, context=None, eager_start=False)")]
    fn init_(
        vm: &mut Vm,
        this: Value,
        coro: Value,
        event_loop: Option<Value>,
        name: Option<Value>,
        context: Option<Value>,
        eager_start: Option<bool>,
    ) -> Res<()> {
        let t = future(this);
        // Nothing of a task that runs is lost when it cannot be made again.
        t.log_destroy_pending.set(t.coro.get().is_some());
        check_coroutine(vm, coro)?;
        init(vm, this, event_loop)?;
        t.log_destroy_pending.set(true);
        let context = context_or_copy(vm, context)?;
        t.context.set(Some(context));
        t.must_cancel.set(false);
        t.cancels_requested.set(0);
        t.coro.set(Some(coro));
        let name = new_name(vm, name)?;
        t.name.set(Some(name));
        if eager_start == Some(true) {
            let event_loop = super::super::future::event_loop(vm, this)?;
            let running = vm.call_method_str(event_loop, "is_running", &[])?;
            if vm.truth(running)? {
                return step::start_eagerly(vm, this);
            }
        }
        step::call_step_soon(vm, this, None)?;
        registry::add(vm, this);
        Ok(())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        event_loop(vm, this)?;
        let f = object(vm, Imported::TaskRepr)?;
        vm.call_value(f, &[this])
    }
    /// Tasks are generic over the return type of their wrapped coroutines
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, item: Value) -> Res {
        vm.new_generic_alias(class, item)
    }
    /// Request that this task cancel itself.
    ///
    /// This arranges for a CancelledError to be thrown into the
    /// wrapped coroutine on the next cycle through the event loop.
    /// The coroutine then has a chance to clean up or even deny
    /// the request using try/except/finally.
    ///
    /// Unlike Future.cancel, this does not guarantee that the
    /// task will be cancelled: the exception might be caught and
    /// acted upon, delaying cancellation of the task or preventing
    /// cancellation completely.  The task may also return a value or
    /// raise a different exception.
    ///
    /// Immediately after this method is called, Task.cancelled() will
    /// not return True (unless the task was already cancelled).  A
    /// task will be marked as cancelled when the wrapped coroutine
    /// terminates with a CancelledError exception (even if cancel()
    /// was not called).
    ///
    /// This also increases the task's count of cancellation requests.
    #[native("cancel($self, /, msg=None)")]
    fn cancel_(vm: &mut Vm, this: Value, msg: Option<Value>) -> Res<bool> {
        step::request_cancel(vm, this, msg.unwrap_or(Value::NONE))
    }
    /// Return the count of the task's cancellation requests.
    ///
    /// This count is incremented when .cancel() is called
    /// and may be decremented using .uncancel().
    #[native("cancelling($self, /)")]
    fn cancelling(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(future(this).cancels_requested.get())
    }
    /// Decrement the task's count of cancellation requests.
    ///
    /// This should be used by tasks that catch CancelledError
    /// and wish to continue indefinitely until they are cancelled again.
    ///
    /// Returns the remaining number of cancellation requests.
    #[native("uncancel($self, /)")]
    fn uncancel(_: &mut Vm, this: Value) -> Res<i64> {
        let t = future(this);
        let left = t.cancels_requested.get() - 1;
        if left >= 0 {
            t.cancels_requested.set(left);
            if left == 0 {
                t.must_cancel.set(false);
            }
        }
        Ok(t.cancels_requested.get())
    }
    /// Return the list of stack frames for this task's coroutine.
    ///
    /// If the coroutine is not done, this returns the stack where it is
    /// suspended.  If the coroutine has completed successfully or was
    /// cancelled, this returns an empty list.  If the coroutine was
    /// terminated by an exception, this returns the list of traceback
    /// frames.
    ///
    /// The frames are always ordered from oldest to newest.
    ///
    /// The optional limit gives the maximum number of frames to
    /// return; by default all available frames are returned.  Its
    /// meaning differs depending on whether a stack or a traceback is
    /// returned: the newest frames of a stack are returned, but the
    /// oldest frames of a traceback are returned.  (This matches the
    /// behavior of the traceback module.)
    ///
    /// For reasons beyond our control, only one stack frame is
    /// returned for a suspended coroutine.
    #[native("get_stack($self, /, *, limit=None)")]
    fn get_stack(vm: &mut Vm, this: Value, limit: Option<Value>) -> Res {
        let f = object(vm, Imported::TaskStack)?;
        vm.call_value(f, &[this, limit.unwrap_or(Value::NONE)])
    }
    /// Print the stack or traceback for this task's coroutine.
    ///
    /// This produces output similar to that of the traceback module,
    /// for the frames retrieved by get_stack().  The limit argument
    /// is passed to get_stack().  The file argument is an I/O stream
    /// to which the output is written; by default output is written
    /// to sys.stderr.
    #[native("print_stack($self, /, *, limit=None, file=None)")]
    fn print_stack(vm: &mut Vm, this: Value, limit: Option<Value>, file: Option<Value>) -> Res {
        let f = object(vm, Imported::PrintTaskStack)?;
        let (limit, file) = (limit.unwrap_or(Value::NONE), file.unwrap_or(Value::NONE));
        vm.call_value(f, &[this, limit, file])
    }
    #[native("set_result($self, result, /)")]
    fn set_result_(vm: &mut Vm, _this: Value, _result: Value) -> Res<()> {
        Err(vm.runtime_error("Task does not support set_result operation"))
    }
    #[native("set_exception($self, exception, /)")]
    fn set_exception_(vm: &mut Vm, _this: Value, _exception: Value) -> Res<()> {
        Err(vm.runtime_error("Task does not support set_exception operation"))
    }
    #[native("get_coro($self, /)")]
    fn get_coro(_: &mut Vm, this: Value) -> Res {
        Ok(future(this).coro.get().unwrap_or(Value::NONE))
    }
    #[native("get_context($self, /)")]
    fn get_context(_: &mut Vm, this: Value) -> Res {
        Ok(future(this).context.get().unwrap_or(Value::NONE))
    }
    #[native("get_name($self, /)")]
    fn get_name(vm: &mut Vm, this: Value) -> Res {
        name(vm, this)
    }
    #[native("set_name($self, value, /)")]
    fn set_name(vm: &mut Vm, this: Value, value: Value) -> Res<()> {
        let value = match value.is_exact(Kind::Str) {
            true => value,
            false => vm.str_of(value)?,
        };
        future(this).name.set(Some(value));
        Ok(())
    }
}

#[derive::natives]
mod fields {
    use super::*;

    #[getter("_log_destroy_pending")]
    fn log_destroy_pending(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(future(this).log_destroy_pending.get())
    }
    #[setter("_log_destroy_pending")]
    fn set_log_destroy_pending(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let v = set_value(vm, this, "_log_destroy_pending", value)?;
        let on = vm.truth(v)?;
        future(this).log_destroy_pending.set(on);
        Ok(())
    }
    #[getter("_must_cancel")]
    fn must_cancel(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(future(this).must_cancel.get())
    }
    #[getter("_coro")]
    fn coro(_: &mut Vm, this: Value) -> Res {
        Ok(future(this).coro.get().unwrap_or(Value::NONE))
    }
    #[getter("_fut_waiter")]
    fn waits_for(_: &mut Vm, this: Value) -> Res {
        Ok(future(this).waits_for.get().unwrap_or(Value::NONE))
    }
}
