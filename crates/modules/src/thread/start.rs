//! Starting threads and waiting for them at exit.

use super::handle::{self, Shared};
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::cell::Cell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};

/// Native stack of a thread when `stack_size` was not called. Python calls need little of it.
const DEFAULT_STACK: usize = 16 << 20;
/// Smallest stack that `stack_size` accepts, as CPython's on Linux.
const MIN_STACK: i64 = 32 << 10;
/// What natives need in any case.
const STACK_RESERVE: usize = 512 << 10;

thread_local! {
    /// `_thread.stack_size` of the interpreter that runs here; 0 is the default.
    static STACK_SIZE: Cell<usize> = const { Cell::new(0) };
}

/// Key of the list of handles of threads that exit must wait for.
static TO_JOIN: u8 = 0;
/// Threads that run, in the whole process, for the child of a fork, where they do not. Locked
/// only by threads that have the interpreter lock.
static RUNNING: Mutex<Vec<Arc<Shared>>> = Mutex::new(Vec::new());

/// What a new thread needs. The interpreter outlives its threads: exit ends the process.
struct Start {
    vm: *mut Vm,
    /// Key, in the module state, of the tuple (function, args, kwargs): it stays alive there
    /// until the thread has it.
    key: usize,
    shared: Arc<Shared>,
    stack: usize,
}

// SAFETY: the pointers are used only after the new thread has the interpreter lock.
unsafe impl Send for Start {}

fn thread_main(s: Start) {
    let Start {
        vm,
        key,
        shared,
        stack,
    } = s;
    shared.ident.store(super::ident(), Ordering::Release);
    // SAFETY: the state was prepared for this thread, which owns it from here on.
    let mut vm = unsafe { Box::from_raw(vm) };
    // SAFETY: the interpreter is alive; this is a new thread with that much stack.
    unsafe { vm.enter_thread(stack) };
    let call = vm.interp().module_state.remove(&key);
    if let Some(t) = call.and_then(|c| c.downcast::<TupleObj>()) {
        run(&mut vm, t);
    }
    end(&shared);
    Vm::detach_thread(vm);
}

fn running() -> MutexGuard<'static, Vec<Arc<Shared>>> {
    RUNNING.lock().unwrap_or_else(|e| e.into_inner())
}

/// The thread is over.
fn end(shared: &Arc<Shared>) {
    running().retain(|t| !Arc::ptr_eq(t, shared));
    shared.done.put(true);
}

/// In the child of a fork all other threads are over.
pub fn forget_threads() {
    let me = super::ident();
    for t in std::mem::take(&mut *running()) {
        if t.ident.load(Ordering::Acquire) != me {
            t.done.reset();
            t.done.put(true);
        }
    }
}

fn run(vm: &mut Vm, call: Ref<TupleObj>) {
    let (f, args, kwargs) = (call.items()[0], call.items()[1], call.items()[2]);
    let kwargs = Some(kwargs).filter(|k| !k.is_none());
    if vm.call_spread(f, args, kwargs).is_err() {
        if vm.catch(vm.types.exc.SystemExit) {
            return;
        }
        vm.ignore_exception("in thread started by", Some(f));
    }
}

/// Starts a thread that calls `f(*args, **kwargs)`.
fn start(vm: &mut Vm, f: Value, args: Value, kwargs: Value, shared: Arc<Shared>) -> Res<()> {
    if vm.interp().finalizing {
        let class = vm.types.exc.PythonFinalizationError;
        return Err(vm.error(class, "can't create new thread at interpreter shutdown"));
    }
    let call = vm.new_tuple(&[f, args, kwargs])?;
    // Any unique address serves as the key.
    let key = Arc::as_ptr(&shared) as usize;
    vm.interp().module_state.insert(key, call);
    let size = STACK_SIZE.get();
    let size = if size == 0 { DEFAULT_STACK } else { size };
    let total = size + STACK_RESERVE;
    let Some(state) = vm.prepare_thread() else {
        vm.interp().module_state.remove(&key);
        return Err(vm.runtime_error("can't start new thread"));
    };
    let state = Box::into_raw(state);
    let s = Start {
        vm: state,
        key,
        shared: shared.clone(),
        stack: total,
    };
    running().push(shared.clone());
    vm.interp().lock.shared.store(true, Ordering::Relaxed);
    let spawned = std::thread::Builder::new()
        .stack_size(total)
        .spawn(move || thread_main(s));
    if spawned.is_err() {
        running().retain(|t| !Arc::ptr_eq(t, &shared));
        vm.interp().module_state.remove(&key);
        // SAFETY: made above; no thread has it.
        vm.discard_thread(unsafe { Box::from_raw(state) });
        return Err(vm.runtime_error("can't start new thread"));
    }
    // The ident must be known when the caller goes on.
    while shared.ident.load(Ordering::Acquire) == 0 {
        std::thread::yield_now();
    }
    Ok(())
}

fn to_join(vm: &mut Vm) -> Res<Ref<ListObj>> {
    let key = &raw const TO_JOIN as usize;
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

/// Waits for the threads that are no daemons.
pub fn join_all(vm: &mut Vm) -> Res<()> {
    loop {
        let list = to_join(vm)?;
        let Some(h) = list.get(0) else {
            return Ok(());
        };
        let done = handle::handle(vm, h)?.shared.done.clone();
        super::wait::wait_set(vm, &done, None)?;
        let list = to_join(vm)?;
        vm.del_item(list.value(), Value::int_unchecked(0))?;
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Start a new thread and return its identifier.
    ///
    /// The thread will call the function with positional arguments from the
    /// tuple args and keyword arguments taken from the optional dictionary
    /// kwargs.  The thread exits when the function returns; the return value
    /// is ignored.  The thread will also exit when the function raises an
    /// unhandled exception; a stack trace will be printed unless the exception
    /// is SystemExit.
    #[native("start_new_thread($module, function, args, kwargs={}, /)")]
    fn start_new_thread(
        vm: &mut Vm,
        _m: Value,
        function: Value,
        args: Value,
        kwargs: Option<Value>,
    ) -> Res<i64> {
        if vm.special(function, vm.names.__call__).is_none() {
            return Err(vm.type_error("first arg must be callable"));
        }
        if !args.is_kind(Kind::Tuple) {
            return Err(vm.type_error("2nd arg must be a tuple"));
        }
        if kwargs.is_some_and(|k| !k.is_kind(Kind::Dict)) {
            return Err(vm.type_error("optional 3rd arg must be a dictionary"));
        }
        let shared: Arc<Shared> = Default::default();
        start(
            vm,
            function,
            args,
            kwargs.unwrap_or(Value::NONE),
            shared.clone(),
        )?;
        Ok(shared.ident.load(Ordering::Acquire))
    }
    /// An obsolete synonym of start_new_thread().
    #[native("start_new($module, function, args, kwargs={}, /)")]
    fn start_new(
        vm: &mut Vm,
        m: Value,
        function: Value,
        args: Value,
        kwargs: Option<Value>,
    ) -> Res<i64> {
        start_new_thread(vm, m, function, args, kwargs)
    }
    /// *For internal use only*: start a new thread.
    ///
    /// Like start_new_thread(), this starts a new thread calling the given function.
    /// Unlike start_new_thread(), this returns a handle object with methods to join
    /// or detach the given thread.
    /// This function is not for third-party code, please use the
    /// `threading` module instead. During finalization the runtime will not wait for
    /// the thread to exit if daemon is True. If handle is provided it must be a
    /// newly created thread._ThreadHandle instance.
    #[native("start_joinable_thread($module, /, function, handle=None, daemon=True)")]
    fn start_joinable_thread(
        vm: &mut Vm,
        _m: Value,
        function: Value,
        handle: Option<Value>,
        daemon: Option<bool>,
    ) -> Res {
        if vm.special(function, vm.names.__call__).is_none() {
            return Err(vm.type_error("thread function must be callable"));
        }
        let h = match handle.filter(|h| !h.is_none()) {
            Some(h) => h,
            None => handle::new_handle(vm)?,
        };
        let hd = handle::handle(vm, h)?;
        if hd.started.get() {
            return Err(vm.runtime_error("thread already started"));
        }
        let args = vm.new_tuple(&[])?;
        start(vm, function, args, Value::NONE, hd.shared.clone())?;
        hd.started.set(true);
        if !daemon.unwrap_or(true) {
            let list = to_join(vm)?;
            // Finished threads leave the list.
            let mut i = 0;
            while let Some(old) = list.get(i) {
                if handle::handle(vm, old)?.shared.done.get() {
                    vm.del_item(list.value(), Value::int_unchecked(i as i64))?;
                } else {
                    i += 1;
                }
            }
            vm.list_push(list, h)?;
        }
        Ok(h)
    }
    /// Internal only. Make a thread handle for threads not spawned
    /// by the _thread or threading module.
    #[native("_make_thread_handle($module, ident, /)")]
    fn make_thread_handle(vm: &mut Vm, _m: Value, ident: i64) -> Res {
        let v = handle::new_handle(vm)?;
        let h = handle::handle(vm, v)?;
        h.shared.ident.store(ident, Ordering::Release);
        h.started.set(true);
        Ok(v)
    }
    /// Wait for all non-daemon threads (other than the calling thread) to stop.
    #[native("_shutdown($module, /)")]
    fn shutdown(vm: &mut Vm, _m: Value) -> Res<()> {
        join_all(vm)
    }
    /// Return the number of currently running Python threads, excluding
    /// the main thread.
    #[native("_count($module, /)")]
    fn count(_vm: &mut Vm, _m: Value) -> Res<usize> {
        Ok(running().len())
    }
    /// Return the thread stack size used when creating new threads.
    #[native("stack_size($module, size=0, /)")]
    fn stack_size(vm: &mut Vm, _m: Value, size: Option<i64>) -> Res<usize> {
        let old = STACK_SIZE.get();
        let Some(size) = size else { return Ok(old) };
        if size < 0 {
            return Err(vm.value_error("size must be 0 or a positive value"));
        }
        if size != 0 && size < MIN_STACK {
            return Err(vm.value_error(&format!("size not valid: {size} bytes")));
        }
        STACK_SIZE.set(size as usize);
        Ok(old)
    }
    /// This is synonymous to ``raise SystemExit''.  It will cause the current
    /// thread to exit silently unless the exception is caught.
    #[native("exit($module, /)")]
    fn exit(vm: &mut Vm, _m: Value) -> Res {
        let class = vm.types.exc.SystemExit;
        Err(vm.error_with(class, &[]))
    }
    /// An obsolete synonym of exit().
    #[native("exit_thread($module, /)")]
    fn exit_thread(vm: &mut Vm, m: Value) -> Res {
        exit(vm, m)
    }
}
