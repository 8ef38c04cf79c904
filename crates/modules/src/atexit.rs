//! `atexit`.

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "atexit",
    doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n",
    functions: &[functions::TABLE],
    init,
};

/// Key of the list of (function, args, kwargs) tuples.
static CALLBACKS: u8 = 0;

fn init(vm: &mut Vm, _m: Ref<ModuleObj>) -> Res<()> {
    callbacks(vm).map(|_| ())
}

fn callbacks(vm: &mut Vm) -> Res<Ref<ListObj>> {
    let key = &raw const CALLBACKS as usize;
    let v = match vm.interp().module_state.get(&key) {
        Some(v) => *v,
        None => {
            let v = vm.new_list(&[])?;
            vm.interp().module_state.insert(key, v);
            v
        }
    };
    // SAFETY: the state holds a list.
    Ok(unsafe { v.cast() })
}

/// Runs and forgets the registered functions, the last first.
pub fn run(vm: &mut Vm) -> Res<()> {
    loop {
        let list = callbacks(vm)?;
        let n = list.len.get();
        let Some(entry) = n.checked_sub(1).and_then(|i| list.get(i)) else {
            return Ok(());
        };
        let last = Value::int_unchecked(n as i64 - 1);
        vm.del_item(list.value(), last)?;
        let Some(t) = entry.downcast::<TupleObj>() else {
            continue;
        };
        let (f, args, kw) = (t.items()[0], t.items()[1], t.items()[2]);
        let kw = Some(kw).filter(|k| !k.is_none());
        if vm.call_spread(f, args, kw).is_err() {
            vm.ignore_exception("in atexit callback", Some(f));
        }
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// Register a function to be executed upon normal program termination
    ///
    ///     func - function to be called at exit
    ///     args - optional arguments to pass to func
    ///     kwargs - optional keyword arguments to pass to func
    ///
    ///     func is returned to facilitate usage as a decorator.
    #[native("register($module, func, /, *args, **kwargs)")]
    fn register(vm: &mut Vm, _m: Value, func: Value, args: Value, kwargs: Option<Value>) -> Res {
        if vm.special(func, vm.names.__call__).is_none() {
            return Err(vm.type_error("the first argument must be callable"));
        }
        let entry = vm.new_tuple(&[func, args, kwargs.unwrap_or(Value::NONE)])?;
        let list = callbacks(vm)?;
        vm.list_push(list, entry)?;
        Ok(func)
    }
    /// Clear the list of previously registered exit functions.
    #[native("_clear($module, /)")]
    fn clear(vm: &mut Vm, _m: Value) -> Res<()> {
        let list = callbacks(vm)?;
        vm.list_clear(list);
        Ok(())
    }
    /// Unregister an exit function which was previously registered using atexit.register
    ///
    ///     func - function to be unregistered
    #[native("unregister($module, func, /)")]
    fn unregister(vm: &mut Vm, _m: Value, func: Value) -> Res<()> {
        let mut i = callbacks(vm)?.len.get();
        while i > 0 {
            i -= 1;
            let list = callbacks(vm)?;
            let Some(t) = list.get(i).and_then(|e| e.downcast::<TupleObj>()) else {
                continue;
            };
            if vm.eq(t.items()[0], func)? {
                let list = callbacks(vm)?;
                // The comparison may have changed the list.
                if list.get(i) == Some(t.value()) {
                    vm.del_item(list.value(), Value::int_unchecked(i as i64))?;
                }
            }
        }
        Ok(())
    }
    /// Return the number of registered exit functions.
    #[native("_ncallbacks($module, /)")]
    fn ncallbacks(vm: &mut Vm, _m: Value) -> Res<usize> {
        Ok(callbacks(vm)?.len.get())
    }
    /// Run all registered exit functions.
    ///
    /// If a callback raises an exception, it is logged with sys.unraisablehook.
    #[native("_run_exitfuncs($module, /)")]
    fn run_exitfuncs(vm: &mut Vm, _m: Value) -> Res<()> {
        run(vm)
    }
}
