//! Functions of `sys` about running code: frames, the handled exception, tracing.

use runtime::frame::Frame;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// The frame record `depth` calls below the running one.
pub fn frame_at(vm: &Vm, depth: i64) -> Option<*mut Frame> {
    if depth < 0 {
        return Some(vm.frame);
    }
    // SAFETY: both point into the frame stack; the bottom record is no Python frame.
    unsafe {
        let n = vm.frame.offset_from(vm.frames_base) as i64;
        (depth < n).then(|| vm.frame.sub(depth as usize))
    }
}

/// None stands for no function.
fn given(f: Value) -> Option<Value> {
    (!f.is_none()).then_some(f)
}

/// Changes all threads of the interpreter; then brings their watching up to date.
fn for_all_threads(vm: &mut Vm, change: impl Fn(&mut Vm)) {
    for thread in vm.interp().threads.clone() {
        // SAFETY: the threads of the list are alive, and this one holds the lock.
        change(unsafe { &mut *thread });
    }
    vm.update_watching();
}

/// A dict of something of each thread, by thread id.
fn by_thread(vm: &mut Vm, of: impl Fn(&mut Vm) -> Res<Option<Value>>) -> Res {
    let d = vm.new_dict()?.value();
    for thread in vm.interp().threads.clone() {
        // SAFETY: the threads of the list are alive, and this one holds the lock.
        let (id, v) = unsafe { ((*thread).ident, of(&mut *thread)) };
        if let Some(v) = v?.filter(|_| id != 0) {
            let id = vm.new_int(id as i64)?;
            vm.dict_set(d, id, v)?;
        }
    }
    Ok(d)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return current exception information: (type, value, traceback).
    ///
    /// Return information about the most recent exception caught by an except
    /// clause in the current stack frame or in an older stack frame.
    #[native("exc_info($module, /)")]
    fn exc_info(vm: &mut Vm, _m: Value) -> Res {
        match vm.handled {
            Some(e) if !e.is_none() => {
                let class = vm.class_of(e).value();
                let tb = vm.names.__traceback__;
                let tb = vm.get_attr_opt(e, tb)?.unwrap_or(Value::NONE);
                vm.new_tuple(&[class, e, tb])
            }
            _ => vm.new_tuple(&[Value::NONE; 3]),
        }
    }
    /// Return the current exception.
    ///
    /// Return the most recent exception caught by an except clause
    /// in the current stack frame or in an older stack frame, or None
    /// if no such exception exists.
    #[native("exception($module, /)")]
    fn exception(vm: &mut Vm, _m: Value) -> Res {
        Ok(vm.handled.unwrap_or(Value::NONE))
    }
    /// Return the name of the module for a calling frame.
    ///
    /// The default depth returns the module containing the call to this API.
    /// A more typical use in a library will pass a depth of 1 to get the user's
    /// module rather than the library module.
    ///
    /// If no frame, module, or name can be found, returns None.
    #[native("_getframemodulename($module, /, depth=0)")]
    fn getframemodulename(vm: &mut Vm, _m: Value, depth: Option<i64>) -> Res {
        let Some(f) = frame_at(vm, depth.unwrap_or(0)) else {
            return Ok(Value::NONE);
        };
        // SAFETY: R[-1] of a Python frame is its function.
        let function = unsafe { Value::from_bits((*f).reg(-1)) };
        match function.and_then(|f| f.downcast::<FunctionObj>()) {
            Some(f) => vm.get_attr(f.value(), vm.names.__module__),
            None => Ok(Value::NONE),
        }
    }
    /// Set the global debug tracing function.
    ///
    /// It will be called on each function call.  See the debugger chapter
    /// in the library manual.
    #[native("settrace($module, function, /)")]
    fn settrace(vm: &mut Vm, _m: Value, function: Value) -> Res<()> {
        vm.set_trace(given(function));
        Ok(())
    }
    /// Set the profiling function.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    #[native("setprofile($module, function, /)")]
    fn setprofile(vm: &mut Vm, _m: Value, function: Value) -> Res<()> {
        vm.set_profile(given(function));
        Ok(())
    }
    /// Set the global debug tracing function in all running threads belonging to the current interpreter.
    ///
    /// It will be called on each function call. See the debugger chapter
    /// in the library manual.
    #[native("_settraceallthreads($module, function, /)")]
    fn settraceallthreads(vm: &mut Vm, _m: Value, function: Value) -> Res<()> {
        for_all_threads(vm, |t| t.trace = given(function));
        Ok(())
    }
    /// Set the profiling function in all running threads belonging to the current interpreter.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    #[native("_setprofileallthreads($module, function, /)")]
    fn setprofileallthreads(vm: &mut Vm, _m: Value, function: Value) -> Res<()> {
        for_all_threads(vm, |t| t.profile = given(function));
        Ok(())
    }
    /// Return a dict mapping each thread's thread id to its current stack frame.
    ///
    /// This function should be used for specialized purposes only.
    #[native("_current_frames($module, /)")]
    fn current_frames(vm: &mut Vm, _m: Value) -> Res {
        by_thread(vm, |t| {
            // SAFETY: both point into the thread's frame stack.
            let running = unsafe { t.frame.offset_from(t.frames_base) } > 0;
            match running {
                true => Ok(Some(t.object_of_frame(t.frame)?.value())),
                false => Ok(None),
            }
        })
    }
    /// Return a dict mapping each thread's identifier to its current raised exception.
    ///
    /// This function should be used for specialized purposes only.
    #[native("_current_exceptions($module, /)")]
    fn current_exceptions(vm: &mut Vm, _m: Value) -> Res {
        by_thread(vm, |t| Ok(Some(t.handled.unwrap_or(Value::NONE))))
    }
    /// Return the global debug tracing function set with sys.settrace.
    ///
    /// See the debugger chapter in the library manual.
    #[native("gettrace($module, /)")]
    fn gettrace(vm: &mut Vm, _m: Value) -> Res {
        Ok(vm.trace.unwrap_or(Value::NONE))
    }
    /// Return the profiling function set with sys.setprofile.
    ///
    /// See the profiler chapter in the library manual.
    #[native("getprofile($module, /)")]
    fn getprofile(vm: &mut Vm, _m: Value) -> Res {
        Ok(vm.profile.unwrap_or(Value::NONE))
    }
    /// Call func(*args), while tracing is enabled.
    ///
    /// The tracing state is saved, and restored afterwards.  This is intended
    /// to be called from a debugger from a checkpoint, to recursively debug
    /// some other code.
    #[native("call_tracing($module, func, args, /)")]
    fn call_tracing(vm: &mut Vm, _m: Value, func: Value, args: Value) -> Res {
        if !args.is_kind(Kind::Tuple) {
            let got = vm.argument_kind(args);
            return Err(vm.type_error(&format!(
                "call_tracing() argument 2 must be tuple, not {got}"
            )));
        }
        vm.with_events(|vm| vm.call_spread(func, args, None))
    }
}
