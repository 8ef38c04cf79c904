//! `_tracemalloc`: how much memory the heap took since tracing began. Single allocations are not
//! recorded: a collected heap has no event for the end of an object.

use crate::util::{keep, kept};
use runtime::module::ModuleSpec;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_tracemalloc",
    doc: "Debug module to trace memory blocks allocated by Python.",
    functions: &[functions::TABLE],
    init: |_, _| Ok(()),
};

/// The limit of frames while tracing.
static LIMIT: u8 = 0;
/// Bytes of the heap when tracing began, and the most seen since.
static START: u8 = 1;
static PEAK: u8 = 2;

const MAX_FRAMES: i64 = 65_535;

/// Bytes of live cells, as far as the last collection and what came after it tell.
fn heap_bytes(vm: &mut Vm) -> i64 {
    let s = vm.interp().heap.stats();
    (s.live_bytes + s.allocated_since) as i64
}

fn number(vm: &mut Vm, key: &'static u8) -> i64 {
    kept(vm, key).and_then(|v| v.as_small_int()).unwrap_or(0)
}

/// Current and peak size since the start.
fn traced(vm: &mut Vm) -> (i64, i64) {
    if kept(vm, &LIMIT).is_none() {
        return (0, 0);
    }
    let now = (heap_bytes(vm) - number(vm, &START)).max(0);
    let peak = now.max(number(vm, &PEAK));
    keep(vm, &PEAK, Value::int_unchecked(peak));
    (now, peak)
}

fn restart(vm: &mut Vm) {
    let bytes = heap_bytes(vm);
    keep(vm, &START, Value::int_unchecked(bytes));
    keep(vm, &PEAK, Value::int_unchecked(0));
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return True if the tracemalloc module is tracing Python memory allocations.
    #[native("is_tracing($module, /)")]
    fn is_tracing(vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(kept(vm, &LIMIT).is_some())
    }
    /// Clear traces of memory blocks allocated by Python.
    #[native("clear_traces($module, /)")]
    fn clear_traces(vm: &mut Vm, _m: Value) -> Res<()> {
        restart(vm);
        Ok(())
    }
    /// Get traces of all memory blocks allocated by Python.
    ///
    /// Return a list of (size: int, traceback: tuple) tuples.
    #[native("_get_traces($module, /)")]
    fn get_traces(vm: &mut Vm, _m: Value) -> Res {
        vm.new_list(&[])
    }
    /// Get the traceback where the Python object obj was allocated.
    #[native("_get_object_traceback($module, obj, /)")]
    fn get_object_traceback(_: &mut Vm, _m: Value, _obj: Value) -> Res<()> {
        Ok(())
    }
    /// Start tracing Python memory allocations.
    ///
    /// Also set the maximum number of frames stored in the traceback of a
    /// trace to nframe.
    #[native("start($module, nframe=1, /)")]
    fn start(vm: &mut Vm, _m: Value, nframe: Option<i64>) -> Res<()> {
        let n = nframe.unwrap_or(1);
        if !(1..=MAX_FRAMES).contains(&n) {
            let text = format!("the number of frames must be in range [1; {MAX_FRAMES}]");
            return Err(vm.value_error(&text));
        }
        if kept(vm, &LIMIT).is_none() {
            restart(vm);
            keep(vm, &LIMIT, Value::int_unchecked(n));
        }
        Ok(())
    }
    /// Stop tracing Python memory allocations.
    ///
    /// Also clear traces of memory blocks allocated by Python.
    #[native("stop($module, /)")]
    fn stop(vm: &mut Vm, _m: Value) -> Res<()> {
        vm.interp()
            .module_state
            .remove(&(&raw const LIMIT as usize));
        Ok(())
    }
    /// Get the maximum number of frames stored in the traceback of a trace.
    #[native("get_traceback_limit($module, /)")]
    fn get_traceback_limit(vm: &mut Vm, _m: Value) -> Res<i64> {
        Ok(number(vm, &LIMIT).max(1))
    }
    /// Get the memory usage in bytes of the tracemalloc module.
    #[native("get_tracemalloc_memory($module, /)")]
    fn get_tracemalloc_memory(_: &mut Vm, _m: Value) -> Res<i64> {
        Ok(0)
    }
    /// Get the current size and peak size of memory blocks traced by tracemalloc.
    #[native("get_traced_memory($module, /)")]
    fn get_traced_memory(vm: &mut Vm, _m: Value) -> Res {
        let (now, peak) = traced(vm);
        vm.new_tuple(&[Value::int_unchecked(now), Value::int_unchecked(peak)])
    }
    /// Set the peak size of memory blocks traced by tracemalloc to the current size.
    #[native("reset_peak($module, /)")]
    fn reset_peak(vm: &mut Vm, _m: Value) -> Res<()> {
        keep(vm, &PEAK, Value::int_unchecked(0));
        traced(vm);
        Ok(())
    }
}
