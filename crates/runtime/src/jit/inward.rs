//! Calls of Python functions by native code (sort keys, callbacks, bound methods) count for the
//! compiler and enter compiled code, as calls of the interpreter's do.

use super::entry::{call_native_entry, compiled_now, finish_call, hot_call};
use super::exit;
use crate::code::CodeObj;
use crate::frame::Cont;
use crate::interp::Flow;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

/// Counts a call of `f` with `nargs` positional arguments; whether compiled code can run it.
#[inline]
pub(crate) fn is_compiled_call(vm: &mut Vm, f: Ref<FunctionObj>, nargs: usize) -> bool {
    let code = f.code.get();
    if !code.is_warm() || f.simple_argc.get() as usize != nargs {
        return false;
    }
    // SAFETY: warm code has a counter.
    let hot = unsafe { count_call(code) };
    hot && compiled_now(vm, f)
}

/// Counts a call; whether the code is hot.
///
/// # Safety
/// The code is warm.
unsafe fn count_call(code: Ref<CodeObj>) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        let heat = code.heat();
        code.set_heat(heat.saturating_sub(1));
        heat == 0
    }
}

/// The frame of `f` was just pushed with all parameters bound, for a call with keywords or
/// defaults: counts the call, and runs compiled code instead of the frame if there is some.
pub(crate) fn enter_pushed(vm: &mut Vm, f: Ref<FunctionObj>) -> Option<Flow> {
    let code = f.code.get();
    let argc = code.argcount as usize;
    if !code.is_warm() || f.simple_argc.get() as usize != argc {
        return None;
    }
    // SAFETY: warm code has a counter; the frame on top is the one of `f`, stopped at its start.
    // Its arguments stay alive without it: they came from the caller and from the defaults.
    unsafe {
        if !count_call(code) {
            return None;
        }
        let frame = vm.frame;
        if (*frame).cont != Cont::Store || (*frame).flags != 0 {
            return None;
        }
        vm.frame = frame.sub(1);
        let flow = hot_call(vm, f, (*frame).regs, argc);
        if flow.is_none() {
            vm.frame = frame;
        }
        flow
    }
}

/// Runs the compiled code of `f` for native code.
///
/// # Safety
/// `is_compiled_call` said so; `regs`, with one word below it, is above all live windows and holds
/// the arguments.
pub(crate) unsafe fn call_compiled(
    vm: &mut Vm,
    f: Ref<FunctionObj>,
    regs: *mut u64,
    nargs: usize,
) -> Res {
    let saved = vm.consts;
    // SAFETY: promised by the caller.
    let bits = unsafe {
        *regs.sub(1) = f.value().bits();
        let entry = f.code.get().jit_state().entry.get();
        match call_native_entry(vm, entry, regs, nargs) {
            0 if vm.jit_exit == exit::RAISED => 0,
            0 => finish_call(vm),
            bits => bits,
        }
    };
    vm.consts = saved;
    Value::from_bits(bits).ok_or(Raised)
}
