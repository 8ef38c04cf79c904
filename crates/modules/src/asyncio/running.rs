//! The running event loop and task of each thread.

use super::objects::{Imported, object};
use runtime::{Raised, Res, Value, Vm};

/// The running event loop; RuntimeError when there is none.
pub fn running_loop(vm: &mut Vm) -> Res {
    match vm.running_loop {
        Some(l) => Ok(l),
        None => Err(vm.runtime_error("no running event loop")),
    }
}

/// `asyncio.get_event_loop()`.
pub fn event_loop(vm: &mut Vm) -> Res {
    if let Some(l) = vm.running_loop {
        return Ok(l);
    }
    let policy = object(vm, Imported::LoopPolicy)?;
    let policy = vm.call_value(policy, &[])?;
    vm.call_method_str(policy, "get_event_loop", &[])
}

fn check_loop(vm: &mut Vm, event_loop: Value) -> Res<()> {
    if vm.running_loop == Some(event_loop) {
        return Ok(());
    }
    let shown = vm.display_repr(event_loop)?;
    Err(vm.runtime_error(&format!("loop {shown} is not the running loop")))
}

/// `_enter_task`.
pub fn enter(vm: &mut Vm, event_loop: Value, task: Value) -> Res<()> {
    check_loop(vm, event_loop)?;
    if let Some(other) = vm.running_task {
        let (task, other) = (vm.display_repr(task)?, vm.display_repr(other)?);
        return Err(vm.runtime_error(&format!(
            "Cannot enter into task {task} while another task {other} is being executed."
        )));
    }
    vm.running_task = Some(task);
    Ok(())
}

/// `_leave_task`.
pub fn leave(vm: &mut Vm, event_loop: Value, task: Value) -> Res<()> {
    check_loop(vm, event_loop)?;
    if vm.running_task == Some(task) {
        vm.running_task = None;
        return Ok(());
    }
    Err(not_entered(vm, task))
}

#[cold]
fn not_entered(vm: &mut Vm, task: Value) -> Raised {
    let entered = vm.running_task.unwrap_or(Value::NONE);
    let shown = vm
        .display_repr(task)
        .and_then(|t| Ok((t, vm.display_repr(entered)?)));
    match shown {
        Ok((task, entered)) => vm.runtime_error(&format!(
            "Invalid attempt to leave task {task} while task {entered} is entered."
        )),
        Err(r) => r,
    }
}

/// `_swap_current_task`.
pub fn swap(vm: &mut Vm, event_loop: Value, task: Value) -> Res {
    check_loop(vm, event_loop)?;
    let old = vm.running_task.unwrap_or(Value::NONE);
    vm.running_task = (!task.is_none()).then_some(task);
    Ok(old)
}

/// The task that `event_loop` runs, in whatever thread.
fn current(vm: &Vm, event_loop: Value) -> Option<Value> {
    if vm.running_loop == Some(event_loop) {
        return vm.running_task;
    }
    for other in &vm.interp().threads {
        // SAFETY: threads in the list are alive, and none of them runs while this one has the
        // interpreter lock.
        let (l, task) = unsafe { ((**other).running_loop, (**other).running_task) };
        if l == Some(event_loop) {
            return task;
        }
    }
    None
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return a currently executed task.
    #[native("current_task($module, /, loop=None)")]
    fn current_task(vm: &mut Vm, _m: Value, event_loop: Option<Value>) -> Res {
        let event_loop = match event_loop.filter(|l| !l.is_none()) {
            Some(l) => l,
            None => running_loop(vm)?,
        };
        Ok(current(vm, event_loop).unwrap_or(Value::NONE))
    }
    /// Return an asyncio event loop.
    ///
    /// When called from a coroutine or a callback (e.g. scheduled with
    /// call_soon or similar API), this function will always return the
    /// running event loop.
    ///
    /// If there is no running event loop set, the function will return
    /// the result of `get_event_loop_policy().get_event_loop()` call.
    #[native("get_event_loop($module, /)")]
    fn get_event_loop(vm: &mut Vm, _m: Value) -> Res {
        event_loop(vm)
    }
    /// Return the running event loop.  Raise a RuntimeError if there is none.
    ///
    /// This function is thread-specific.
    #[native("get_running_loop($module, /)")]
    fn get_running_loop(vm: &mut Vm, _m: Value) -> Res {
        running_loop(vm)
    }
    /// Return the running event loop or None.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[native("_get_running_loop($module, /)")]
    fn get_running_loop_or_none(vm: &mut Vm, _m: Value) -> Res {
        Ok(vm.running_loop.unwrap_or(Value::NONE))
    }
    /// Set the running event loop.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[native("_set_running_loop($module, loop, /)")]
    fn set_running_loop(vm: &mut Vm, _m: Value, event_loop: Value) -> Res<()> {
        vm.running_loop = (!event_loop.is_none()).then_some(event_loop);
        Ok(())
    }
    /// Enter into task execution or resume suspended task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[native("_enter_task($module, /, loop, task)")]
    fn enter_task(vm: &mut Vm, _m: Value, event_loop: Value, task: Value) -> Res<()> {
        enter(vm, event_loop, task)
    }
    /// Leave task execution or suspend a task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[native("_leave_task($module, /, loop, task)")]
    fn leave_task(vm: &mut Vm, _m: Value, event_loop: Value, task: Value) -> Res<()> {
        leave(vm, event_loop, task)
    }
    /// Temporarily swap in the supplied task and return the original one (or None).
    ///
    /// This is intended for use during eager coroutine execution.
    #[native("_swap_current_task($module, /, loop, task)")]
    fn swap_current_task(vm: &mut Vm, _m: Value, event_loop: Value, task: Value) -> Res {
        swap(vm, event_loop, task)
    }
}
