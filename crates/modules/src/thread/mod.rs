//! `_thread`.

mod handle;
mod local;
mod lock;
mod rlock;
mod start;
pub mod wait;

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_thread",
    doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    functions: &[functions::TABLE, start::functions::TABLE],
    init,
};

pub use start::join_all;

/// Longest timeout of a lock in seconds, as CPython has it.
const TIMEOUT_MAX: f64 = 9223372036.0;

static EXCEPT_HOOK_ARGS: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "_thread",
        "_ExceptHookArgs",
        "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
        true,
    ),
    fields: &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("thread", "Thread"),
    ],
    visible: 4,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let class = vm.native_type(&lock::SPEC)?;
    vm.module_set(m, "lock", class.value())?;
    vm.module_set(m, "LockType", class.value())?;
    vm.module_add_type(m, &rlock::SPEC)?;
    vm.module_add_type(m, &local::SPEC)?;
    vm.module_add_type(m, &handle::SPEC)?;
    let args = vm.struct_seq_type(&EXCEPT_HOOK_ARGS)?;
    vm.module_set(m, "_ExceptHookArgs", args.value())?;
    let error = vm.types.exc.RuntimeError;
    vm.module_set(m, "error", error.value())?;
    vm.module_set(m, "TIMEOUT_MAX", Value::float(TIMEOUT_MAX))?;
    vm.module_set(m, "_NAME_MAXLEN", Value::int_unchecked(15))
}

/// The ident of the running thread.
pub fn ident() -> i64 {
    // SAFETY: always succeeds.
    unsafe { libc::pthread_self() as i64 }
}

/// Key of the main thread's ident in the module state.
static MAIN_IDENT: u8 = 0;

/// In the child of a fork: this is the only thread, and the main one.
pub fn after_fork_child(vm: &mut Vm) {
    start::forget_threads();
    if set_main_ident(vm).is_err() {
        vm.raised = None;
    }
}

/// Remembers the running thread as the main one.
pub fn set_main_ident(vm: &mut Vm) -> Res<()> {
    let id = vm.new_int(ident())?;
    vm.interp()
        .module_state
        .insert(&raw const MAIN_IDENT as usize, id);
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Create a new lock object. See help(type(threading.Lock())) for
    /// information about locks.
    #[native("allocate_lock($module, /)")]
    fn allocate_lock(vm: &mut Vm, _m: Value) -> Res {
        lock::new_lock(vm)
    }
    /// An obsolete synonym of allocate_lock().
    #[native("allocate($module, /)")]
    fn allocate(vm: &mut Vm, _m: Value) -> Res {
        lock::new_lock(vm)
    }
    /// Return a non-zero integer that uniquely identifies the current thread
    /// amongst other threads that exist simultaneously.
    ///
    /// This may be used to identify per-thread resources.  Even though on
    /// some platforms threads identities may appear to be allocated
    /// consecutive numbers starting at 1, this behavior should not be relied
    /// upon, and the number should be seen purely as a magic cookie.
    /// A thread's identity may be reused for another thread after it exits.
    #[native("get_ident($module, /)")]
    fn get_ident(_vm: &mut Vm, _m: Value) -> Res<i64> {
        Ok(ident())
    }
    /// Internal only. Return a non-zero integer that uniquely identifies the main thread
    /// of the main interpreter.
    #[native("_get_main_thread_ident($module, /)")]
    fn get_main_thread_ident(vm: &mut Vm, _m: Value) -> Res {
        let key = &raw const MAIN_IDENT as usize;
        match vm.interp().module_state.get(&key) {
            Some(v) => Ok(*v),
            None => vm.new_int(ident()),
        }
    }
    /// Return a non-negative integer identifying the thread as reported
    /// by the OS (kernel). This may be used to uniquely identify a
    /// particular thread within a system.
    #[native("get_native_id($module, /)")]
    fn get_native_id(_vm: &mut Vm, _m: Value) -> Res<i64> {
        // SAFETY: always succeeds.
        Ok(i64::from(unsafe { libc::gettid() }))
    }
    /// Return True if daemon threads are allowed in the current interpreter,
    /// and False otherwise.
    #[native("daemon_threads_allowed($module, /)")]
    fn daemon_threads_allowed(_vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(true)
    }
    /// Return True if the current interpreter is the main Python interpreter.
    #[native("_is_main_interpreter($module, /)")]
    fn is_main_interpreter(_vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(true)
    }
    /// Simulate the arrival of the given signal in the main thread,
    /// where the corresponding signal handler will be executed.
    ///
    /// If *signum* is omitted, SIGINT is assumed.
    /// A subthread can use this function to interrupt the main thread.
    ///
    /// Note: the default signal handler for SIGINT raises ``KeyboardInterrupt``.
    #[native("interrupt_main($module, signum=signal.SIGINT, /)")]
    fn interrupt_main(vm: &mut Vm, _m: Value, signum: Option<i64>) -> Res<()> {
        let n = signum.unwrap_or(i64::from(libc::SIGINT));
        if !(1..runtime::signals::NSIG as i64).contains(&n) {
            return Err(vm.value_error("signal number out of range"));
        }
        runtime::signals::trip(n as i32);
        Ok(())
    }
    /// Set the name of the current thread.
    #[native("set_name($module, /, name)")]
    fn set_name(vm: &mut Vm, _m: Value, name: Value) -> Res<()> {
        let text = vm.utf8(name)?;
        let mut end = text.len().min(15);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        if let Ok(c) = std::ffi::CString::new(&text[..end]) {
            // SAFETY: a terminated string for the running thread.
            unsafe { libc::pthread_setname_np(libc::pthread_self(), c.as_ptr()) };
        }
        Ok(())
    }
    /// Get the name of the current thread.
    #[native("_get_name($module, /)")]
    fn get_name(_vm: &mut Vm, _m: Value) -> Res<String> {
        let mut buf = [0 as libc::c_char; 64];
        // SAFETY: the buffer is as long as is said, and terminated.
        unsafe {
            libc::pthread_getname_np(libc::pthread_self(), buf.as_mut_ptr(), buf.len());
            Ok(std::ffi::CStr::from_ptr(buf.as_ptr())
                .to_string_lossy()
                .into_owned())
        }
    }
    /// Handle uncaught Thread.run() exception.
    #[native("_excepthook($module, args, /)")]
    fn excepthook(vm: &mut Vm, _m: Value, args: Value) -> Res<()> {
        let Some(t) = args.downcast::<TupleObj>().filter(|t| t.len == 4) else {
            return Err(vm.type_error("_thread._excepthook argument type must be ExceptHookArgs"));
        };
        let (class, value, thread) = (t.items()[0], t.items()[1], t.items()[3]);
        if class == vm.types.exc.SystemExit.value() {
            return Ok(());
        }
        let err = vm.sys_attr("stderr").filter(|e| !e.is_none());
        let Some(err) = err else { return Ok(()) };
        let name = if thread.is_none() {
            format!("{}", ident())
        } else {
            let n = vm.get_attr_str(thread, "_name")?;
            vm.display(n)
        };
        let text = vm.new_str(&format!("Exception in thread {name}:\n"))?;
        vm.call_method(err, vm.names.write, &[text])?;
        let hook = vm.sys_attr("__excepthook__");
        if let Some(h) = hook {
            vm.call_value(h, &[class, value, t.items()[2]])?;
        }
        vm.call_method(err, vm.names.flush, &[])?;
        Ok(())
    }
}
