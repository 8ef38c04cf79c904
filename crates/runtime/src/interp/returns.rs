//! Returning from frames.

use super::{Cx, Flow, except, handler};
use crate::frame::{Cont, flag};
use crate::object::*;
use crate::ops::BinOp;
use crate::value::Value;
use crate::vm::Vm;

handler!(ret, s => {
    let v = s.bits(s.w.a());
    let frame = (*s.vm).frame;
    if (*frame).special() != 0 {
        return s.goto(ret_slow);
    }
    let caller = frame.sub(1);
    (*s.vm).frame = caller;
    let code = (*caller).code;
    let (pc, regs) = ((*caller).pc, (*caller).regs);
    *regs.add((*pc).a() as usize) = v;
    (*s.vm).consts = code.consts.get();
    (Cx { pc: pc.add(2), regs, caches: code.caches.get(), ..s }).dispatch()
});
handler!(#[inline(never)] ret_slow, s => {
    (*(*s.vm).frame).pc = s.pc;
    let flow = leave(&mut *s.vm, s.get(s.w.a()));
    s.go(flow)
});

/// Returns `v` from the frame on top.
#[inline(never)]
fn leave(vm: &mut Vm, v: Value) -> Flow {
    // SAFETY: there is a running frame.
    if unsafe { (*vm.frame).flags } & flag::GENERATOR != 0 {
        return super::generator::finish(vm, v);
    }
    return_value(vm, v)
}

/// Pops the frame on top and gives `v` to its continuation.
pub(super) fn return_value(vm: &mut Vm, v: Value) -> Flow {
    let frame = vm.frame;
    // SAFETY: there is a running frame.
    unsafe {
        if (*frame).flags & flag::OBSERVED != 0 {
            vm.detach_frame_object(frame);
        }
        vm.frame = frame.sub(1);
        give(vm, (*frame).cont, (*frame).extra, v)
    }
}

/// Gives the result of a popped frame to its continuation in the frame now on top.
pub(crate) fn give(vm: &mut Vm, cont: Cont, extra: u64, v: Value) -> Flow {
    let frame = vm.frame;
    // SAFETY: the top frame is the caller, stopped at the calling instruction.
    let store = |bits: u64| unsafe { *(*frame).regs.add((*(*frame).pc).a() as usize) = bits };
    match cont {
        Cont::Exit => {
            vm.exit_bits = v.bits();
            return Flow::EXIT;
        }
        Cont::Store1 => {
            store(v.bits());
            return Flow(1);
        }
        Cont::Discard => {}
        Cont::Init if !v.is_none() => {
            vm.bad_init_result(v);
            return except::unwind_vm(vm, true);
        }
        Cont::Init => store(extra),
        Cont::Binary if v.is_not_implemented() => {
            binary_rest(vm, extra);
            return except::unwind_vm(vm, true);
        }
        Cont::Store
        | Cont::Binary
        | Cont::ForIter
        | Cont::Send
        | Cont::CompareJump
        | Cont::Compare => store(v.bits()),
    }
    Flow(2)
}

/// A generator that the instruction of the frame on top resumed has returned `v`.
pub(crate) fn give_return(vm: &mut Vm, cont: Cont, v: Value) -> Flow {
    // SAFETY: the top frame is the caller, stopped at the resuming two-word instruction.
    unsafe {
        let caller = vm.frame;
        if cont == Cont::Send {
            *(*caller).regs.add((*(*caller).pc).a() as usize) = v.bits();
        }
        Flow((*(*caller).pc.add(1)).x() as i32 as isize)
    }
}

/// The left operand's method gave NotImplemented: there is no reflected one (checked before), so
/// the operation is unsupported.
pub fn binary_rest(vm: &mut Vm, op: u64) {
    // SAFETY: the top frame is stopped at the binary instruction; its operands are bound.
    let (a, b) = unsafe {
        let frame = vm.frame;
        let w = *(*frame).pc;
        let info = bytecode::Op::from_u8(w.op_byte()).map(|o| o.info());
        let immediate = info.is_some_and(|i| {
            i.operands
                .iter()
                .any(|(_, _, r)| *r == bytecode::Role::SImm)
        });
        let reg = |i: u16| Value::from_bits_unchecked(*(*frame).regs.add(i as usize));
        (
            reg(w.b()),
            if immediate {
                Value::int_unchecked(w.imm_c() as i64)
            } else {
                reg(w.c())
            },
        )
    };
    let op = BinOp::ALL[(op as usize).min(BinOp::ALL.len() - 1)];
    vm.unsupported(op.symbol(), a, b);
}

/// A frame's registers as a slice of words, function included.
pub fn window(frame: &crate::frame::Frame) -> &[u64] {
    // SAFETY: a live frame's window.
    unsafe { std::slice::from_raw_parts(frame.regs.sub(1), frame.code.nregs as usize + 1) }
}

/// The function of a frame.
pub fn function_of(frame: &crate::frame::Frame) -> Ref<FunctionObj> {
    // SAFETY: R[-1] is the function.
    unsafe { Ref::new(*frame.regs.sub(1) as *mut FunctionObj) }
}
