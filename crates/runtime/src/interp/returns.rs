//! Returning from frames.

use super::{Cx, except, handler};
use crate::frame::{Cont, flag};
use crate::object::*;
use crate::ops::BinOp;
use crate::value::{Raised, Value};

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
    let v = s.get(s.w.a());
    if (*(*s.vm).frame).flags & flag::GENERATOR != 0 {
        return super::generator::finish(s, v);
    }
    return_value(s, v)
});

/// Pops the frame on top and gives `v` to its continuation.
pub(super) unsafe fn return_value(s: Cx, v: Value) -> u64 {
    // SAFETY: handler state.
    unsafe {
        let vm = &mut *s.vm;
        let frame = vm.frame;
        if (*frame).flags & flag::OBSERVED != 0 {
            vm.detach_frame_object(frame);
        }
        vm.frame = frame.sub(1);
        let (cont, extra) = ((*frame).cont, (*frame).extra);
        give(s, cont, extra, v)
    }
}

/// Gives the result of a popped frame to its continuation in the frame now on top.
pub(super) unsafe fn give(s: Cx, cont: Cont, extra: u64, v: Value) -> u64 {
    // SAFETY: handler state; the top frame is the caller, stopped at the calling instruction.
    unsafe {
        let vm = &mut *s.vm;
        let frame = vm.frame;
        let store = |v: Value| *(*frame).regs.add((*(*frame).pc).a() as usize) = v.bits();
        match cont {
            Cont::Exit => v.bits(),
            Cont::Store => {
                store(v);
                s.resume(2)
            }
            Cont::Store1 => {
                store(v);
                s.resume(1)
            }
            Cont::Discard => s.resume(2),
            Cont::Init => {
                if !v.is_none() {
                    vm.bad_init_result(v);
                    return except::unwind_top(s);
                }
                *(*frame).regs.add((*(*frame).pc).a() as usize) = extra;
                s.resume(2)
            }
            Cont::Binary => {
                if !v.is_not_implemented() {
                    store(v);
                    return s.resume(2);
                }
                match binary_rest(s, extra) {
                    Ok(v) => {
                        store(v);
                        s.resume(2)
                    }
                    Err(Raised) => except::unwind_top(s),
                }
            }
            Cont::ForIter => {
                store(v);
                s.resume(2)
            }
            Cont::Send => {
                store(v);
                s.resume(2)
            }
            Cont::CompareJump | Cont::Compare => {
                store(v);
                s.resume(2)
            }
        }
    }
}

/// The left operand's method gave NotImplemented: there is no reflected one (checked before), so
/// the operation is unsupported.
unsafe fn binary_rest(s: Cx, op: u64) -> crate::value::Res {
    // SAFETY: handler state.
    unsafe {
        let vm = &mut *s.vm;
        let frame = vm.frame;
        let w = *(*frame).pc;
        let info = bytecode::Op::from_u8(w.op_byte()).map(|o| o.info());
        let a = Value::from_bits_unchecked(*(*frame).regs.add(w.b() as usize));
        let immediate = info.is_some_and(|i| {
            i.operands
                .iter()
                .any(|(_, _, r)| *r == bytecode::Role::SImm)
        });
        let b = if immediate {
            Value::int_unchecked(w.imm_c() as i64)
        } else {
            Value::from_bits_unchecked(*(*frame).regs.add(w.c() as usize))
        };
        let ops = [
            BinOp::Add,
            BinOp::Sub,
            BinOp::Mul,
            BinOp::TrueDiv,
            BinOp::FloorDiv,
            BinOp::Mod,
            BinOp::And,
            BinOp::Or,
            BinOp::Xor,
            BinOp::Lshift,
            BinOp::Rshift,
            BinOp::Pow,
            BinOp::MatMul,
        ];
        let op = ops[(op as usize).min(ops.len() - 1)];
        Err(vm.unsupported(op.symbol(), a, b))
    }
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
