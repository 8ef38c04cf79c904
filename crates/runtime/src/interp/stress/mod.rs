//! Frame round-trip stress: a test mode that proves that frames can be rebuilt.
//!
//! At every n-th instruction the innermost frames are exported to portable states (code, word
//! index, live registers), their records are destroyed, every register that is not declared live
//! is poisoned, and they are rebuilt. It shows that the opcode table names all registers that are
//! read, that the liveness tables are right, and that nothing else hides in a frame, which is
//! what deoptimisation relies on. What is written is checked too: see `writes`.
//! `TAURARO_FRAME_STRESS=n` switches it on.

mod writes;

use super::{Cx, Handler, TABLE, handler};
use crate::code::CodeObj;
use crate::frame::{Cont, Frame};
use crate::object::Ref;
use crate::value::Value;
use crate::vm::Vm;
use bytecode::instr::Instr;
use writes::Writes;

/// State of the mode.
pub struct FrameStress {
    every: u32,
    left: u32,
    writes: Writes,
}

/// A frame in a form that does not depend on where it lies.
struct Portable {
    code: Ref<CodeObj>,
    word: u32,
    cont: Cont,
    flags: u8,
    extra: u64,
    object: u64,
    outer_handled: u64,
    trace: u64,
    live: Vec<(u32, u64)>,
}

/// Put in registers that nothing should read.
const POISON: u64 = Value::int_unchecked(0x0bad_f00d).bits();
/// Frames exported at a time.
const DEPTH: usize = 4;

/// Every opcode goes through the stress handler first.
pub static STRESS_TABLE: [Handler; 256] = [stress; 256];

handler!(stress, s => {
    round_trip(s);
    let h = TABLE[s.w.op_byte() as usize];
    s.goto(h)
});

#[inline(never)]
unsafe fn round_trip(s: Cx) {
    // SAFETY: handler state.
    unsafe {
        let vm = &mut *s.vm;
        let Some(state) = vm.frame_stress.as_mut() else {
            return;
        };
        state.writes.check(vm.frame, s.pc);
        state.left -= 1;
        if state.left > 0 {
            return;
        }
        state.left = state.every;
        (*vm.frame).pc = s.pc;
        let mut frame = vm.frame;
        // Whether the frame may still need the operands of its instruction.
        let mut operands = true;
        let code = (*frame).code;
        let mut end = code.nregs;
        for _ in 0..DEPTH {
            if frame == vm.frames_base {
                break;
            }
            rebuild(frame, operands, end);
            let caller = frame.sub(1);
            // Registers from the callee's function slot on belong to the callee. A caller that is
            // Rust code has natives reading their arguments in the frame below.
            operands = (*frame).cont == Cont::Exit;
            let overlap = (*frame).regs.sub(1).offset_from((*caller).regs);
            let code = (*caller).code;
            end = overlap.clamp(0, code.nregs as isize) as u32;
            frame = caller;
        }
        if let Some(state) = vm.frame_stress.as_mut() {
            state.writes.watch(vm.frame);
        }
    }
}

/// Exports one frame, destroys it, and builds it again. Registers from `end` on are not touched.
unsafe fn rebuild(frame: *mut Frame, operands: bool, end: u32) {
    // SAFETY: the frame is live; only registers that are dead by the tables are lost.
    unsafe {
        let p = export(frame, operands, end);
        let regs = (*frame).regs;
        std::ptr::write_bytes(frame.cast::<u8>(), 0xdb, size_of::<Frame>());
        for i in 0..end {
            *regs.add(i as usize) = POISON;
        }
        for (i, bits) in &p.live {
            *regs.add(*i as usize) = *bits;
        }
        frame.write(Frame {
            pc: p.code.instrs.add(p.word as usize),
            regs,
            code: p.code,
            cont: p.cont,
            flags: p.flags,
            pad: [0; 6],
            extra: p.extra,
            object: p.object,
            outer_handled: p.outer_handled,
            trace: p.trace,
        });
    }
}

unsafe fn export(frame: *mut Frame, operands: bool, end: u32) -> Portable {
    // SAFETY: the frame is live.
    unsafe {
        let f = &*frame;
        let code = f.code;
        let word = code.word_of(f.pc);
        let set = if operands {
            code.liveness().live_before(word)
        } else {
            code.liveness().live_during_call(word)
        };
        let live = (0..end)
            .filter(|i| set.contains(*i as usize))
            .map(|i| (i, *f.regs.add(i as usize)))
            .collect();
        Portable {
            code,
            word,
            cont: f.cont,
            flags: f.flags,
            extra: f.extra,
            object: f.object,
            outer_handled: f.outer_handled,
            trace: f.trace,
            live,
        }
    }
}

impl Vm {
    /// Switches the mode on: a round trip every `every` instructions.
    pub fn set_frame_stress(&mut self, every: u32) {
        let every = every.max(1);
        self.frame_stress = Some(FrameStress {
            every,
            left: every,
            writes: Writes::default(),
        });
        let handlers = self.plain_table();
        // SAFETY: the table is this thread's own allocation of that size.
        unsafe {
            self.table
                .cast_mut()
                .cast::<[Handler; 256]>()
                .write(handlers)
        };
    }
}

/// Words are eight bytes, as `word_of` takes them.
const _: () = assert!(size_of::<Instr>() == 8);
