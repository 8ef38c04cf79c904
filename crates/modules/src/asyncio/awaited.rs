//! Which futures await a future (`Future._asyncio_awaited_by`).

use super::future::as_future;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Notes that `waiter` awaits `awaited`, if both are futures of this module.
pub fn add(vm: &mut Vm, awaited: Value, waiter: Value) -> Res<()> {
    let (Some(f), Some(_)) = (as_future(awaited), as_future(waiter)) else {
        return Ok(());
    };
    match f.awaited_by.get() {
        None => f.awaited_by.set(Some(waiter)),
        Some(set) if f.many_awaiters.get() => {
            if let Some(s) = set.downcast::<SetObj>() {
                vm.set_add(s, waiter)?;
            }
        }
        Some(one) => {
            let s = vm.new_set()?;
            vm.set_add(s, one)?;
            vm.set_add(s, waiter)?;
            f.awaited_by.set(Some(s.value()));
            f.many_awaiters.set(true);
        }
    }
    Ok(())
}

/// Undoes `add`.
pub fn discard(vm: &mut Vm, awaited: Value, waiter: Value) -> Res<()> {
    let (Some(f), Some(_)) = (as_future(awaited), as_future(waiter)) else {
        return Ok(());
    };
    match f.awaited_by.get() {
        Some(set) if f.many_awaiters.get() => {
            if let Some(s) = set.downcast::<SetObj>() {
                vm.set_discard(s, waiter)?;
            }
        }
        Some(one) if one == waiter => f.awaited_by.set(None),
        _ => {}
    }
    Ok(())
}

/// The waiters as a frozenset; None: there are none.
pub fn waiters(vm: &mut Vm, awaited: Value) -> Res {
    let Some(f) = as_future(awaited) else {
        return Ok(Value::NONE);
    };
    match f.awaited_by.get() {
        None => Ok(Value::NONE),
        Some(set) if f.many_awaiters.get() => {
            let items = vm.collect(set)?;
            vm.new_frozenset_from(&items)
        }
        Some(one) => vm.new_frozenset_from(&[one]),
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Record that `fut` is awaited on by `waiter`.
    #[native("future_add_to_awaited_by($module, fut, waiter, /)")]
    fn add_to(vm: &mut Vm, _m: Value, awaited: Value, waiter: Value) -> Res<()> {
        add(vm, awaited, waiter)
    }
    #[native("future_discard_from_awaited_by($module, fut, waiter, /)")]
    fn discard_from(vm: &mut Vm, _m: Value, awaited: Value, waiter: Value) -> Res<()> {
        discard(vm, awaited, waiter)
    }
}
