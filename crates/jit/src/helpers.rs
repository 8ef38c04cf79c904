//! Functions that compiled code calls. They are `extern "C"` and never unwind into it.

use bytecode::Instr;
use runtime::Vm;
use runtime::class::TypeObj;
use runtime::frame::{Frame, complete};
pub use runtime::interp::drain::offer_compiled as offer;
use runtime::jit::{exit, step};
use runtime::native::NativeDef;
use runtime::object::Ref;
use runtime::value::Value;

/// Most items of a tuple or list that compiled code makes itself.
pub const MAX_ITEMS: usize = 16;

/// Runs the instruction of the frame on top. The word where it goes on, or u64::MAX when compiled
/// code must leave.
///
/// # Safety
/// As `step::step`.
pub unsafe extern "C" fn run_step(vm: *mut Vm) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        if !step::step(vm) {
            return u64::MAX;
        }
        let code = vm.code();
        code.word_of((*vm.frame).pc) as u64
    }
}

/// The next item, or zero: at the end, or with `Vm::raised` set.
///
/// # Safety
/// The frame on top is complete; `it` is a value.
pub unsafe extern "C" fn next_item(vm: *mut Vm, it: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        match vm.next(Value::from_bits_unchecked(it)) {
            Ok(Some(v)) => v.bits(),
            Ok(None) => 0,
            Err(_) => {
                vm.jit_exit = exit::RESUME;
                0
            }
        }
    }
}

/// After a call whose frame became visible to others (or when tracing was switched on): the
/// interpreter goes on behind the call, with its result.
///
/// # Safety
/// The frame on top is stopped at the calling instruction.
pub unsafe extern "C" fn leave_after(vm: *mut Vm, result: u64, dst: u64, word: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        let frame = vm.frame;
        complete(frame);
        if result != 0 {
            *(*frame).regs.add(dst as usize) = result;
        }
        let code = (*frame).code;
        (*frame).pc = code.instrs.add(word as usize);
        vm.jit_exit = exit::RESUME;
        0
    }
}

/// Calls a builtin whose arguments are in the deopt buffer. Zero: raised, the frame is there.
///
/// # Safety
/// `def` is a `NativeDef` of that many simple parameters; the frame on top is complete.
pub unsafe extern "C" fn call_native(vm: *mut Vm, def: u64, n: u64) -> u64 {
    // SAFETY: promised by the caller. The arguments are copied: the callee may use the buffer.
    unsafe {
        let vm = &mut *vm;
        let def = &*(def as *const NativeDef);
        let mut args = [None; 8];
        for (i, a) in args.iter_mut().enumerate().take(n as usize) {
            *a = Value::from_bits(vm.deopt_buffer[i]);
        }
        let r = vm
            .check_native_stack()
            .and_then(|()| (def.func)(vm, &args[..n as usize]));
        std::hint::black_box(&args);
        vm.jit_exit = exit::RESUME;
        r.map_or(0, Value::bits)
    }
}

/// `True` when both are the same object.
pub unsafe extern "C" fn is_same(vm: *mut Vm, a: u64, b: u64) -> u64 {
    // SAFETY: both are values.
    unsafe {
        let same = (*vm).is_same(Value::from_bits_unchecked(a), Value::from_bits_unchecked(b));
        Value::bool(same).bits()
    }
}

/// A tuple (or list) of n words in the deopt buffer; zero when out of memory.
///
/// # Safety
/// The words are values.
pub unsafe extern "C" fn new_sequence(vm: *mut Vm, n: u64, list: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        let items =
            std::slice::from_raw_parts(vm.deopt_buffer.as_ptr().cast::<Value>(), n as usize);
        // On the native stack, where the collector sees them.
        let mut copy = [Value::NONE; MAX_ITEMS];
        copy[..items.len()].copy_from_slice(items);
        let items = &copy[..items.len()];
        let r = if list != 0 {
            vm.new_list(items)
        } else {
            vm.new_tuple(items)
        };
        std::hint::black_box(&copy);
        match r {
            Ok(v) => v.bits(),
            Err(_) => no_memory(vm),
        }
    }
}

/// The zero that says so. The interpreter tries again, with what the heap keeps for handlers: the
/// MemoryError comes at its next poll.
fn no_memory(vm: &mut Vm) -> u64 {
    vm.raised = None;
    vm.request_poll(runtime::poll::NO_MEMORY);
    0
}

/// Appends to an exact list when it is full. Zero when out of memory.
///
/// # Safety
/// `list` is an exact list.
pub unsafe extern "C" fn append(vm: *mut Vm, list: u64, v: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        let list = Value::from_bits_unchecked(list);
        match vm.list_push(list.cast(), Value::from_bits_unchecked(v)) {
            Ok(()) => 1,
            Err(_) => no_memory(vm),
        }
    }
}

/// An int beyond the small range as a value.
///
/// # Safety
/// Called by compiled code.
pub unsafe extern "C" fn box_int(vm: *mut Vm, n: i64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        match vm.new_int(n) {
            Ok(v) => v.bits(),
            Err(_) => {
                // Nothing can be raised here: the MemoryError comes at the next poll.
                no_memory(vm);
                Value::NONE.bits()
            }
        }
    }
}

/// A new instance of a class; zero when out of memory.
///
/// # Safety
/// `class` is a plain class.
pub unsafe extern "C" fn new_instance(vm: *mut Vm, class: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        let class: Ref<TypeObj> = Ref::new(class as *mut TypeObj);
        match vm.new_instance(class) {
            Ok(v) => v.bits(),
            Err(_) => no_memory(vm),
        }
    }
}

/// Raises the TypeError of the binary operator at which the frame on top is stopped.
///
/// # Safety
/// The frame on top is complete; `op` is a number of `BinOp`.
pub unsafe extern "C" fn unsupported(vm: *mut Vm, op: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        runtime::interp::returns::binary_rest(vm, op);
        vm.jit_exit = exit::RESUME;
        0
    }
}

/// Two small ints or floats, as floats.
fn floats(a: u64, b: u64) -> Option<(f64, f64)> {
    let f = |bits| {
        let v = Value::from_bits(bits)?;
        v.as_float().or_else(|| v.as_small_int().map(|n| n as f64))
    };
    Some((f(a)?, f(b)?))
}

/// Two small ints.
fn ints(a: u64, b: u64) -> Option<(i64, i64)> {
    let n = |bits| Value::from_bits(bits)?.as_small_int();
    Some((n(a)?, n(b)?))
}

macro_rules! mixed {
    ($($name:ident $ints:expr, $floats:expr;)*) => { $(
        /// An operator on ints and floats; zero when it is anything else or raises.
        pub extern "C" fn $name(_: *mut Vm, a: u64, b: u64) -> u64 {
            let ints_op: fn(i64, i64) -> Option<Value> = $ints;
            let floats_op: fn(f64, f64) -> Option<Value> = $floats;
            let r = match ints(a, b) {
                Some((a, b)) => ints_op(a, b),
                None => floats(a, b).and_then(|(a, b)| floats_op(a, b)),
            };
            r.map_or(0, Value::bits)
        }
    )* };
}

mixed! {
    mixed_add |a, b| Value::small_int(a + b), |a, b| Some(Value::float(a + b));
    mixed_sub |a, b| Value::small_int(a - b), |a, b| Some(Value::float(a - b));
    mixed_mul |a, b| Value::small_int(a.checked_mul(b)?), |a, b| Some(Value::float(a * b));
    mixed_div |a, b| exact_quotient(a, b), |a, b| (b != 0.0).then(|| Value::float(a / b));
    mixed_pow int_power, float_power;
    mixed_lt |a, b| Some(Value::bool(a < b)), |a, b| Some(Value::bool(a < b));
    mixed_le |a, b| Some(Value::bool(a <= b)), |a, b| Some(Value::bool(a <= b));
    mixed_gt |a, b| Some(Value::bool(a > b)), |a, b| Some(Value::bool(a > b));
    mixed_ge |a, b| Some(Value::bool(a >= b)), |a, b| Some(Value::bool(a >= b));
    mixed_eq |a, b| Some(Value::bool(a == b)), |a, b| Some(Value::bool(a == b));
    mixed_ne |a, b| Some(Value::bool(a != b)), |a, b| Some(Value::bool(a != b));
}

fn int_power(a: i64, b: i64) -> Option<Value> {
    Value::small_int(a.checked_pow(u32::try_from(b).ok()?)?)
}

/// Where nothing raises and no complex number comes out.
fn float_power(a: f64, b: f64) -> Option<Value> {
    let real = a > 0.0 || a < 0.0 && b.fract() == 0.0;
    let plain = real && a.is_finite() && b.is_finite();
    let r = if plain { a.powf(b) } else { return None };
    r.is_finite().then(|| Value::float(r))
}

/// Small ints are exact as floats.
fn exact_quotient(a: i64, b: i64) -> Option<Value> {
    (b != 0).then(|| Value::float(a as f64 / b as f64))
}

/// A node has raised: lets the interpreter unwind. One, if the handler at `pc` of the frame comes
/// next and the frame has none of the `watched` flags: compiled code goes on there.
///
/// # Safety
/// The frames are complete.
pub unsafe extern "C" fn caught(
    vm: *mut Vm,
    frame: *const Frame,
    pc: *const Instr,
    watched: u64,
) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let vm = &mut *vm;
        if vm.jit_exit == exit::RESUME && vm.raised.is_some() {
            runtime::jit::entry::unwind(vm);
        }
        let here = vm.jit_exit == exit::RESUME && std::ptr::eq(vm.frame, frame);
        (here && (*frame).pc == pc && (*frame).flags & watched as u8 == 0) as u64
    }
}

/// `PushExc`: the exception becomes the one that is handled; gives the one before.
///
/// # Safety
/// `exc` is a value.
pub unsafe extern "C" fn push_exc(vm: *mut Vm, exc: u64) -> u64 {
    // SAFETY: promised by the caller. Compiled code is no generator's.
    unsafe {
        let old = std::mem::replace(&mut (*vm).handled, Value::from_bits(exc));
        old.map_or(0, Value::bits)
    }
}

/// `PopExc`: the exception that was handled before is it again.
///
/// # Safety
/// `saved` is a value or the empty word.
pub unsafe extern "C" fn pop_exc(vm: *mut Vm, saved: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe { (*vm).handled = Value::from_bits(saved) };
    0
}

/// `runtime::jit::quick` for compiled code: words in and out, the empty word for None.
pub mod quick {
    use runtime::Vm;
    use runtime::jit::quick;
    use runtime::object::{DictObj, Ref};
    use runtime::value::Value;

    macro_rules! quick {
        ($($(#[$doc:meta])* $name:ident ($vm:ident $(, $arg:ident)*) $body:expr;)*) => { $(
            $(#[$doc])*
            ///
            /// # Safety
            /// The words are values; the thread state is alive.
            pub unsafe extern "C" fn $name(vm: *mut Vm $(, $arg: u64)*) -> u64 {
                // SAFETY: promised by the caller.
                let ($vm, ($($arg,)*)) = unsafe {
                    (&mut *vm, ($(Value::from_bits_unchecked($arg),)*))
                };
                let r: Option<Value> = $body;
                r.map_or(0, Value::bits)
            }
        )* };
    }
    quick! {
        /// `container[key]`.
        get_item(vm, container, key) quick::get_item(vm, container, key);
        /// `item in container`.
        contains(vm, container, item) quick::contains(vm, container, item).map(Value::bool);
        /// `a == b`.
        equal(vm, a, b) quick::equal(vm, a, b).map(Value::bool);
        /// `a + b` of strings.
        concat(vm, a, b) quick::concat(vm, a, b);
        /// The function that `obj.name(...)` calls.
        find_method(vm, obj, name) quick::find_method(vm, obj, name);
        /// Whether a handler for `class` catches `exc`.
        exc_match(vm, exc, class) quick::exc_match(vm, exc, class).map(Value::bool);
        /// `iter(x)`.
        iter(vm, x) quick::iter(vm, x);
        /// `range(start, stop, step)`.
        range(vm, start, stop, step) quick::range(vm, start, stop, step);
        /// `str(x)`.
        text(vm, x) quick::text(vm, x);
        /// `int(x)`.
        whole(_vm, x) quick::whole(x);
    }

    /// `d[key] = value`; zero: not done.
    ///
    /// # Safety
    /// `d` is an exact dict, the others are values.
    pub unsafe extern "C" fn dict_set(vm: *mut Vm, d: u64, key: u64, value: u64) -> u64 {
        // SAFETY: promised by the caller.
        unsafe {
            let d: Ref<DictObj> = Ref::new(d as *mut DictObj);
            let key = Value::from_bits_unchecked(key);
            let value = Value::from_bits_unchecked(value);
            quick::dict_set(&mut *vm, d, key, value).is_some() as u64
        }
    }
}
