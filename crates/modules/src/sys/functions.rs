//! Functions of `sys` about the interpreter's settings and objects.

use runtime::object::*;
use runtime::structseq::StructSeq;
use runtime::{Res, Value, Vm};

static ASYNCGEN_HOOKS: StructSeq = StructSeq {
    spec: StructSeq::spec(
        "sys",
        "asyncgen_hooks",
        "asyncgen_hooks\n\nA named tuple providing information about asynchronous\ngenerators hooks.  The attributes are read only.",
        true,
    ),
    fields: &[
        ("firstiter", "Hook to intercept first iteration"),
        ("finalizer", "Hook to intercept finalization"),
    ],
    visible: 2,
};

/// Smallest limit of digits that may be set (`sys.int_info.str_digits_check_threshold`).
const MIN_DIGITS: i64 = 640;

fn hook(vm: &mut Vm, what: &str, v: Option<Value>, index: usize) -> Res<Option<Option<Value>>> {
    match v {
        None => Ok(None),
        Some(v) if v.is_none() => Ok(Some(None)),
        Some(v) if vm.special(v, vm.names.__call__).is_some() => Ok(Some(Some(v))),
        Some(v) => {
            let _ = index;
            let got = vm.class_name(v);
            Err(vm.type_error(&format!("callable {what} expected, got {got}")))
        }
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// ``Intern'' the given string.
    ///
    /// This enters the string in the (global) table of interned strings whose
    /// purpose is to speed up dictionary lookups. Return the string itself or
    /// the previously interned string object with the same value.
    #[native("intern($module, string, /)")]
    fn intern(vm: &mut Vm, _m: Value, string: Value) -> Res {
        if !string.is_kind(Kind::Str) {
            let got = vm.argument_kind(string);
            return Err(vm.type_error(&format!("intern() argument must be str, not {got}")));
        }
        if !string.is_exact(Kind::Str) {
            let got = vm.class_name(string);
            return Err(vm.type_error(&format!("can't intern {got}")));
        }
        Ok(vm.intern_value(string))
    }
    /// Return True if the given string is "interned".
    #[native("_is_interned($module, string, /)")]
    fn is_interned(_vm: &mut Vm, _m: Value, string: Value) -> Res<bool> {
        Ok(string
            .downcast::<StrObj>()
            .is_some_and(|s| s.header.flags & STR_INTERNED != 0))
    }
    /// Return True if the given object is "immortal" per PEP 683.
    #[native("_is_immortal($module, op, /)")]
    fn is_immortal(_vm: &mut Vm, _m: Value, op: Value) -> Res<bool> {
        Ok(!op.is_cell())
    }
    /// Return the current default encoding used by the Unicode implementation.
    #[native("getdefaultencoding($module, /)")]
    fn getdefaultencoding(_vm: &mut Vm, _m: Value) -> Res<&'static str> {
        Ok("utf-8")
    }
    /// Return the encoding used to convert Unicode filenames to OS filenames.
    #[native("getfilesystemencoding($module, /)")]
    fn getfilesystemencoding(_vm: &mut Vm, _m: Value) -> Res<&'static str> {
        Ok("utf-8")
    }
    /// Return the error mode used Unicode to OS filename conversion.
    #[native("getfilesystemencodeerrors($module, /)")]
    fn getfilesystemencodeerrors(_vm: &mut Vm, _m: Value) -> Res<&'static str> {
        Ok("surrogateescape")
    }
    /// Return the current value of the recursion limit.
    ///
    /// The recursion limit is the maximum depth of the Python interpreter
    /// stack.  This limit prevents infinite recursion from causing an overflow
    /// of the C stack and crashing Python.
    #[native("getrecursionlimit($module, /)")]
    fn getrecursionlimit(vm: &mut Vm, _m: Value) -> Res<usize> {
        Ok(vm.recursion_limit)
    }
    /// Set the maximum depth of the Python interpreter stack to n.
    ///
    /// This limit prevents infinite recursion from causing an overflow of the C
    /// stack and crashing Python.  The highest possible limit is platform-
    /// dependent.
    #[native("setrecursionlimit($module, limit, /)")]
    fn setrecursionlimit(vm: &mut Vm, _m: Value, limit: i64) -> Res<()> {
        if limit > i64::from(i32::MAX) || limit < i64::from(i32::MIN) {
            return Err(vm.overflow_error("Python int too large to convert to C int"));
        }
        if limit < 1 {
            return Err(vm.value_error("recursion limit must be greater or equal than 1"));
        }
        // SAFETY: both point into the frame stack.
        let depth = unsafe { vm.frame.offset_from(vm.frames_base) } as i64;
        if depth >= limit {
            let text = format!(
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            );
            let class = vm.types.exc.RecursionError;
            return Err(vm.error(class, &text));
        }
        vm.recursion_limit = limit as usize;
        if vm.poll == 0 {
            vm.reset_frame_limit();
        }
        Ok(())
    }
    /// getsizeof(object [, default]) -> int
    ///
    /// Return the size of object in bytes.
    #[native("getsizeof($module, /, object, default=<unrepresentable>)", nosig)]
    fn getsizeof(vm: &mut Vm, _m: Value, object: Value, default: Option<Value>) -> Res {
        match size_of_object(vm, object) {
            Ok(n) => vm.new_int(n),
            Err(r) => match default {
                Some(d) if vm.catch(vm.types.exc.TypeError) => Ok(d),
                _ => Err(r),
            },
        }
    }
    /// Return the reference count of object.
    ///
    /// The count returned is generally one higher than you might expect,
    /// because it includes the (temporary) reference as an argument to
    /// getrefcount().
    #[native("getrefcount($module, object, /)")]
    fn getrefcount(_vm: &mut Vm, _m: Value, object: Value) -> Res<i64> {
        // Nothing counts references here: immediate values are immortal, the others have one owner.
        Ok(if object.is_cell() { 2 } else { 3221225472 })
    }
    /// Return the number of memory blocks currently allocated.
    #[native("getallocatedblocks($module, /)")]
    fn getallocatedblocks(_vm: &mut Vm, _m: Value) -> Res<i64> {
        Ok(0)
    }
    /// Return the number of elements of the unicode interned dictionary
    #[native("getunicodeinternedsize($module, /, *, _only_immortal=False)")]
    fn getunicodeinternedsize(vm: &mut Vm, _m: Value, _only: Option<Value>) -> Res<usize> {
        Ok(vm.interp().interned.len())
    }
    /// Exit the interpreter by raising SystemExit(status).
    ///
    /// If the status is omitted or None, it defaults to zero (i.e., success).
    /// If the status is an integer, it will be used as the system exit status.
    /// If it is another kind of object, it will be printed and the system
    /// exit status will be one (i.e., failure).
    #[native("exit($module, status=None, /)")]
    fn exit(vm: &mut Vm, _m: Value, status: Option<Value>) -> Res {
        let class = vm.types.exc.SystemExit;
        let status = status.unwrap_or(Value::NONE);
        let e = if status.is_none() {
            vm.call_value(class.value(), &[])?
        } else if let Some(t) = status.downcast::<TupleObj>() {
            vm.call_value(class.value(), t.items())?
        } else {
            vm.call_value(class.value(), &[status])?
        };
        Err(vm.raise_here(e))
    }
    /// Return True if Python is exiting.
    #[native("is_finalizing($module, /)")]
    fn is_finalizing(vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(vm.interp().finalizing)
    }
    /// Return True if the GIL is currently enabled and False if the GIL is disabled.
    #[native("_is_gil_enabled($module, /)")]
    fn is_gil_enabled(_vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(true)
    }
    /// Return the maximum string digits limit for non-binary int<->str conversions.
    #[native("get_int_max_str_digits($module, /)")]
    fn get_int_max_str_digits(vm: &mut Vm, _m: Value) -> Res<usize> {
        Ok(vm.interp().int_max_str_digits)
    }
    /// Set the maximum string digits limit for non-binary int<->str conversions.
    #[native("set_int_max_str_digits($module, /, maxdigits)")]
    fn set_int_max_str_digits(vm: &mut Vm, _m: Value, maxdigits: i32) -> Res<()> {
        if maxdigits != 0 && i64::from(maxdigits) < MIN_DIGITS {
            return Err(vm.value_error("maxdigits must be >= 640 or 0 for unlimited"));
        }
        vm.interp().int_max_str_digits = maxdigits as usize;
        Ok(())
    }
    /// Set the ideal thread switching delay inside the Python interpreter.
    ///
    /// The actual frequency of switching threads can be lower if the
    /// interpreter executes long sequences of uninterruptible code
    /// (this is implementation-specific and workload-dependent).
    ///
    /// The parameter must represent the desired switching delay in seconds
    /// A typical value is 0.005 (5 milliseconds).
    #[native("setswitchinterval($module, interval, /)")]
    fn setswitchinterval(vm: &mut Vm, _m: Value, interval: f64) -> Res<()> {
        if interval.is_nan() || interval <= 0.0 {
            return Err(vm.value_error("switch interval must be strictly positive"));
        }
        vm.interp().switch_interval = interval;
        Ok(())
    }
    /// Return the current thread switch interval; see sys.setswitchinterval().
    #[native("getswitchinterval($module, /)")]
    fn getswitchinterval(vm: &mut Vm, _m: Value) -> Res<f64> {
        Ok(vm.interp().switch_interval)
    }
    /// Return the current value of the flags that are used for dlopen calls.
    ///
    /// The flag constants are defined in the os module.
    #[native("getdlopenflags($module, /)")]
    fn getdlopenflags(_vm: &mut Vm, _m: Value) -> Res<i64> {
        Ok(i64::from(libc::RTLD_NOW))
    }
    /// Set the flags used by the interpreter for dlopen calls.
    #[native("setdlopenflags($module, flags, /)")]
    fn setdlopenflags(_vm: &mut Vm, _m: Value, _flags: i64) -> Res<()> {
        Ok(())
    }
    /// set_asyncgen_hooks([firstiter] [, finalizer])
    ///
    /// Set a finalizer for async generators objects.
    #[native(
        "set_asyncgen_hooks($module, /, firstiter=<unrepresentable>, finalizer=<unrepresentable>)",
        nosig
    )]
    fn set_asyncgen_hooks(
        vm: &mut Vm,
        _m: Value,
        firstiter: Option<Value>,
        finalizer: Option<Value>,
    ) -> Res<()> {
        let finalizer = hook(vm, "finalizer", finalizer, 1)?;
        let firstiter = hook(vm, "firstiter", firstiter, 0)?;
        if let Some(f) = firstiter {
            vm.asyncgen_hooks[0] = f;
        }
        if let Some(f) = finalizer {
            vm.asyncgen_hooks[1] = f;
        }
        Ok(())
    }
    /// Enable or disable origin tracking for coroutine objects in this thread.
    ///
    /// Coroutine objects will track 'depth' frames of traceback information
    /// about where they came from, available in their cr_origin attribute.
    ///
    /// Set a depth of 0 to disable.
    #[native("set_coroutine_origin_tracking_depth($module, /, depth)")]
    fn set_coroutine_origin_tracking_depth(vm: &mut Vm, _m: Value, depth: i64) -> Res<()> {
        let Ok(depth) = usize::try_from(depth) else {
            return Err(vm.value_error("depth must be >= 0"));
        };
        vm.coroutine_origin_depth = depth;
        Ok(())
    }
    /// Check status of origin tracking for coroutine objects in this thread.
    #[native("get_coroutine_origin_tracking_depth($module, /)")]
    fn get_coroutine_origin_tracking_depth(vm: &mut Vm, _m: Value) -> Res<usize> {
        Ok(vm.coroutine_origin_depth)
    }
    /// Return the installed asynchronous generators hooks.
    ///
    /// This returns a namedtuple of the form (firstiter, finalizer).
    #[native("get_asyncgen_hooks($module, /)")]
    fn get_asyncgen_hooks(vm: &mut Vm, _m: Value) -> Res {
        let hooks = vm.asyncgen_hooks.map(|h| h.unwrap_or(Value::NONE));
        vm.new_struct_seq(&ASYNCGEN_HOOKS, &hooks)
    }
    /// Clear all internal performance-related caches.
    #[native("_clear_internal_caches($module, /)")]
    fn clear_internal_caches(_vm: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
    /// Private function for clearing certain descriptors from a type's dictionary.
    ///
    /// See gh-135228 for context.
    #[native("_clear_type_descriptors($module, type, /)")]
    fn clear_type_descriptors(vm: &mut Vm, _m: Value, class: Value) -> Res<()> {
        let Some(c) = class.downcast::<runtime::class::TypeObj>() else {
            let got = vm.class_name(class);
            return Err(vm.type_error(&format!("argument must be a type, not {got}")));
        };
        if c.has(runtime::class::TypeFlags::IMMUTABLE) {
            return Err(vm.type_error("argument is immutable"));
        }
        for name in ["__dict__", "__weakref__"] {
            let key = vm.intern(name);
            vm.dict_remove(c.dict.get(), key)?;
        }
        vm.type_modified(c);
        Ok(())
    }
    /// Clear the internal type lookup cache.
    #[native("_clear_type_cache($module, /)")]
    fn clear_type_cache(_vm: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
    /// Private function for getting PyConfig.cpu_count
    #[native("_get_cpu_count_config($module, /)")]
    fn get_cpu_count_config(vm: &mut Vm, _m: Value) -> Res<i64> {
        Ok(vm.interp().config.cpu_count.map_or(-1, i64::from))
    }
    /// Activate stack profiler trampoline *backend*.
    #[native("activate_stack_trampoline($module, backend, /)")]
    fn activate_stack_trampoline(vm: &mut Vm, _m: Value, _backend: Value) -> Res<()> {
        Err(vm.value_error("perf trampoline not available"))
    }
    /// Deactivate the current stack profiler trampoline backend.
    ///
    /// If no stack profiler is activated, this function has no effect.
    #[native("deactivate_stack_trampoline($module, /)")]
    fn deactivate_stack_trampoline(_vm: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
    /// Return *True* if a stack profiler trampoline is active.
    #[native("is_stack_trampoline_active($module, /)")]
    fn is_stack_trampoline_active(_vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(false)
    }
    /// Return True if remote debugging is enabled, False otherwise.
    #[native("is_remote_debug_enabled($module, /)")]
    fn is_remote_debug_enabled(_vm: &mut Vm, _m: Value) -> Res<bool> {
        Ok(false)
    }
}

/// Bytes of an object by its `__sizeof__`, with the collector's header that CPython counts.
fn size_of_object(vm: &mut Vm, v: Value) -> Res<i64> {
    let key = vm.names.__sizeof__;
    let Some(m) = vm.special(v, key) else {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!("Type {name} doesn't define __sizeof__")));
    };
    let n = vm.call_method_value(m, v, &[])?;
    let n = vm.index_i64(n)?;
    if n < 0 {
        return Err(vm.value_error("__sizeof__() should return >= 0"));
    }
    let collected = v.is_cell()
        && !(v.is_exact(Kind::Str)
            || v.is_exact(Kind::Bytes)
            || v.is_exact(Kind::Int)
            || v.is_exact(Kind::Complex)
            || v.is_exact(Kind::ByteArray)
            || v.is_exact(Kind::Code)
            || v.is_exact(Kind::Range));
    Ok(n + if collected { 16 } else { 0 })
}
