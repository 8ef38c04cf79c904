//! Functions that compiled code calls. They are `extern "C"` and never unwind into it.

use runtime::Vm;
use runtime::jit::{exit, step};
use runtime::native::NativeDef;
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
            *a = Value::from_bits(*vm.deopt_buffer.add(i));
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
        let items = std::slice::from_raw_parts(vm.deopt_buffer.cast::<Value>(), n as usize);
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

/// An int beyond the small range as a value; zero when out of memory.
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
                vm.raised = None;
                // Nothing better can be done where nothing can be raised.
                Value::NONE.bits()
            }
        }
    }
}
