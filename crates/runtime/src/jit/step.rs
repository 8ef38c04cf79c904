//! One instruction of the interpreter, run on behalf of compiled code.
//!
//! Compiled code leaves instructions that it has no better way for to the interpreter's own
//! handlers: it stores the live registers, sets the frame's pc and calls `step`. So every opcode
//! can be part of compiled code, with the same behaviour.

use super::exit;
use crate::frame::{Cont, Frame, flag};
use crate::interp::generator::GeneratorObj;
use crate::interp::{Cx, Flow, Handler, TABLE, handler, returns, unwind_top};
use crate::object::Ref;
use crate::vm::Vm;
use bytecode::Instr;

/// The word with which a stopped interpreter loop returns; no value and not zero.
const STOPPED: u64 = 7;

/// Stops the loop at the next instruction, whatever it is.
static STOP_TABLE: [Handler; 256] = [stop; 256];

handler!(stop, s => {
    (*(*s.vm).frame).pc = s.pc;
    STOPPED
});

/// Runs the instruction at the pc of the frame on top, callees included. True: the frame is
/// still on top and its pc says where to go on. False: `Vm::jit_exit` says what happened.
///
/// # Safety
/// The frame on top is complete, as the interpreter would have it before that instruction.
pub unsafe fn step(vm: &mut Vm) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        vm.jit.steps += 1;
        let frame = vm.frame;
        let code = (*frame).code;
        let pc = (*frame).pc;
        vm.consts = code.consts.get();
        let w: Instr = *pc;
        if vm.jit.counting {
            vm.jit.by_opcode[1][w.op_byte() as usize] += 1;
        }
        let s = Cx {
            pc,
            regs: (*frame).regs,
            vm,
            caches: code.caches.get(),
            table: STOP_TABLE.as_ptr().cast(),
            w,
        };
        // The frames of compiled code lie above: a collection that a native function called here
        // asks for may leave out what lies below, as in the interpreter's loop.
        let mut registers = gc::SavedRegisters::new();
        let outer_entry = std::mem::replace(&mut vm.loop_entry, registers.spill());
        let bits = TABLE[w.op_byte() as usize](s.pc, s.regs, s.vm, s.caches, s.table, w);
        registers.keep();
        vm.loop_entry = outer_entry;
        settle(vm, frame, bits)
    }
}

/// After a handler stopped: finishes what it has called.
unsafe fn settle(vm: &mut Vm, frame: *mut Frame, bits: u64) -> bool {
    // SAFETY: as `step`.
    unsafe {
        if bits != STOPPED {
            vm.jit_exit = exit::RAISED;
            return false;
        }
        while vm.frame > frame {
            let flow = finish_callee(vm);
            if flow == Flow::EXIT {
                vm.jit_exit = exit::RAISED;
                return false;
            }
            (*vm.frame).pc = (*vm.frame).pc.offset(flow.0);
        }
        // Below: an exception went on to a frame that the interpreter runs.
        vm.jit_exit = exit::RESUME;
        vm.frame == frame
    }
}

/// Runs the frame that the instruction has pushed to its end and gives its result on.
unsafe fn finish_callee(vm: &mut Vm) -> Flow {
    // SAFETY: the frame on top is runnable.
    unsafe {
        let callee = vm.frame;
        let (cont, extra, flags) = ((*callee).cont, (*callee).extra, (*callee).flags);
        (*callee).cont = Cont::Exit;
        let Ok(v) = vm.run() else {
            return unwind_top(vm);
        };
        let resumes = matches!(cont, Cont::ForIter | Cont::Send);
        if flags & flag::GENERATOR != 0 && resumes {
            let g: Ref<GeneratorObj> = Ref::new(extra as *mut GeneratorObj);
            if g.returned.get() {
                return returns::give_return(vm, cont, v);
            }
        }
        returns::give(vm, cont, extra, v)
    }
}
