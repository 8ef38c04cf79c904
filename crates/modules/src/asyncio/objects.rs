//! What `_asyncio` uses of asyncio's Python modules.

use runtime::class::TypeObj;
use runtime::{Raised, Res, Value, Vm};

/// A class or function of the library.
#[derive(Clone, Copy)]
pub enum Imported {
    CancelledError,
    InvalidStateError,
    FutureRepr,
    TaskRepr,
    TaskStack,
    PrintTaskStack,
    ExtractStack,
    IsCoroutine,
    LoopPolicy,
    WeakSet,
}

/// Module and name of each.
const PLACES: &[(&str, &str)] = &[
    ("asyncio.exceptions", "CancelledError"),
    ("asyncio.exceptions", "InvalidStateError"),
    ("asyncio.base_futures", "_future_repr"),
    ("asyncio.base_tasks", "_task_repr"),
    ("asyncio.base_tasks", "_task_get_stack"),
    ("asyncio.base_tasks", "_task_print_stack"),
    ("asyncio.format_helpers", "extract_stack"),
    ("asyncio.coroutines", "iscoroutine"),
    ("asyncio.events", "_get_event_loop_policy"),
    ("weakref", "WeakSet"),
];

/// Their addresses are keys of the interpreter's module state.
static KEYS: [u8; PLACES.len()] = [0; PLACES.len()];

/// The object, imported at its first use.
pub fn object(vm: &mut Vm, what: Imported) -> Res {
    let i = what as usize;
    let key = &raw const KEYS[i] as usize;
    if let Some(v) = vm.interp().module_state.get(&key) {
        return Ok(*v);
    }
    let (module, name) = PLACES[i];
    let m = vm.import_module(module)?;
    let v = vm.get_attr_str(m, name)?;
    vm.interp().module_state.insert(key, v);
    Ok(v)
}

/// Whether `e` is an asyncio.CancelledError.
pub fn is_cancelled_error(vm: &mut Vm, e: Value) -> Res<bool> {
    let class = object(vm, Imported::CancelledError)?;
    Ok(class
        .downcast::<TypeObj>()
        .is_some_and(|c| vm.is_instance_of(e, c)))
}

/// Raises asyncio.InvalidStateError.
pub fn invalid_state(vm: &mut Vm, text: &str) -> Raised {
    let made = object(vm, Imported::InvalidStateError).and_then(|class| {
        let text = vm.new_str(text)?;
        vm.call_value(class, &[text])
    });
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

/// The dict of `loop.call_exception_handler`, called with `entries`; what fails is reported.
pub fn tell_exception_handler(vm: &mut Vm, looop: Value, entries: &[(&str, Value)]) {
    let told = vm.new_dict().and_then(|d| {
        for (key, v) in entries {
            vm.dict_set_str(d, key, *v)?;
        }
        vm.call_method_str(looop, "call_exception_handler", &[d.value()])
    });
    if told.is_err() {
        vm.ignore_exception("while finalizing", entries.last().map(|e| e.1));
    }
}
