//! The tasks that are not done, for `all_tasks`. Tasks of this module are known to the
//! interpreter (`Interp::tasks`), others to a WeakSet.

use super::future::as_future;
use super::objects::{Imported, object};
use super::running::running_loop;
use super::step::loop_of;
use runtime::object::*;
use runtime::{Res, Value, Vm};

static OTHERS: u8 = 1;
static EAGER: u8 = 2;

fn address(task: Value) -> usize {
    task.ptr::<gc::Header>() as usize
}

fn is_native_task(task: Value) -> bool {
    as_future(task).is_some_and(|f| f.is_task)
}

/// Registers a task of this module.
pub fn add(vm: &mut Vm, task: Value) {
    vm.interp().tasks.insert(address(task), task);
}

/// Takes a task of this module out.
pub fn remove(vm: &mut Vm, task: Value) {
    vm.interp().tasks.remove(&address(task));
}

/// The WeakSet of other tasks.
fn others(vm: &mut Vm) -> Res {
    let key = &raw const OTHERS as usize;
    if let Some(v) = vm.interp().module_state.get(&key) {
        return Ok(*v);
    }
    let class = object(vm, Imported::WeakSet)?;
    let v = vm.call_value(class, &[])?;
    vm.interp().module_state.insert(key, v);
    Ok(v)
}

/// The set of tasks in their first, eager step.
fn eager(vm: &mut Vm) -> Res<Ref<SetObj>> {
    let key = &raw const EAGER as usize;
    if let Some(s) = vm
        .interp()
        .module_state
        .get(&key)
        .and_then(|v| v.downcast())
    {
        return Ok(s);
    }
    let s = vm.new_set()?;
    vm.interp().module_state.insert(key, s.value());
    Ok(s)
}

/// `_register_eager_task`.
pub fn add_eager(vm: &mut Vm, task: Value) -> Res<()> {
    let s = eager(vm)?;
    vm.set_add(s, task)
}

/// `_unregister_eager_task`.
pub fn remove_eager(vm: &mut Vm, task: Value) -> Res<()> {
    let s = eager(vm)?;
    vm.set_discard(s, task).map(|_| ())
}

/// Adds a task to the set unless it is done or of another loop.
fn select(vm: &mut Vm, found: Ref<SetObj>, task: Value, event_loop: Value) -> Res<()> {
    let done = vm.call_method_str(task, "done", &[])?;
    if !vm.truth(done)? && loop_of(vm, task)? == event_loop {
        vm.set_add(found, task)?;
    }
    Ok(())
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[native("_register_task($module, /, task)")]
    fn register_task(vm: &mut Vm, _m: Value, task: Value) -> Res<()> {
        if is_native_task(task) {
            add(vm, task);
            return Ok(());
        }
        let set = others(vm)?;
        vm.call_method_str(set, "add", &[task]).map(|_| ())
    }
    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[native("_register_eager_task($module, /, task)")]
    fn register_eager_task(vm: &mut Vm, _m: Value, task: Value) -> Res<()> {
        add_eager(vm, task)
    }
    /// Unregister a task.
    ///
    /// Returns None.
    #[native("_unregister_task($module, /, task)")]
    fn unregister_task(vm: &mut Vm, _m: Value, task: Value) -> Res<()> {
        if is_native_task(task) {
            remove(vm, task);
            return Ok(());
        }
        let set = others(vm)?;
        vm.call_method_str(set, "discard", &[task]).map(|_| ())
    }
    /// Unregister a task.
    ///
    /// Returns None.
    #[native("_unregister_eager_task($module, /, task)")]
    fn unregister_eager_task(vm: &mut Vm, _m: Value, task: Value) -> Res<()> {
        remove_eager(vm, task)
    }
    /// Return a set of all tasks for the loop.
    #[native("all_tasks($module, /, loop=None)")]
    fn all_tasks(vm: &mut Vm, _m: Value, event_loop: Option<Value>) -> Res {
        let event_loop = match event_loop.filter(|l| !l.is_none()) {
            Some(l) => l,
            None => running_loop(vm)?,
        };
        // Eager tasks first: one that stops being eager in between is found a second time.
        let early = eager(vm)?;
        let mut all = vm.collect(early.value())?;
        let others = others(vm)?;
        let others = vm.collect(others)?;
        all.extend(vm, &others)?;
        all.reserve(vm, vm.interp().tasks.len())?;
        // Room was made: nothing is allocated while they lie in the vector.
        let tasks: Vec<Value> = vm.interp().tasks.values().copied().collect();
        all.extend(vm, &tasks)?;
        let found = vm.new_set()?;
        for task in all.iter() {
            select(vm, found, *task, event_loop)?;
        }
        Ok(found.value())
    }
}
