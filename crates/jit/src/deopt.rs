//! Leaving compiled code: the exit tables, and the code that rebuilds frames from them.

use crate::unit::Unit;
use runtime::Vm;
use runtime::code::CodeObj;
use runtime::frame::{Cont, Frame};
use runtime::jit::exit;
use runtime::jit::feedback::shape_operand;
use runtime::object::Ref;
use runtime::value::Value;

/// How a live value is held in the deopt buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loc {
    /// The word itself.
    Const(u64),
    /// A tagged word in this buffer word.
    Value(u32),
    Int(u32),
    Float(u32),
    Bool(u32),
}

/// A frame to rebuild.
pub struct FrameDesc {
    pub code: Ref<CodeObj>,
    pub word: u32,
    /// R[0], in registers from the root frame's R[0].
    pub window: u32,
    pub function: Option<Loc>,
    pub regs: Vec<(u16, Loc)>,
    pub cont: Cont,
    /// The object under construction of a `Cont::Init` frame.
    pub extra: Option<Loc>,
}

/// A place where compiled code leaves.
pub struct Exit {
    /// Root first.
    pub frames: Vec<FrameDesc>,
    /// Iterator, offset of the field, its int.
    pub fields: Vec<(Loc, u32, Loc)>,
    /// The loop's end or an instruction that is not compiled: not a failed guess.
    pub expected: bool,
    /// What is guarded before the bytecode.
    pub what: Vec<&'static str>,
    pub count: std::cell::Cell<u32>,
}

/// Times a guard may fail before its instruction is not speculated on again.
const GUARD_LIMIT: u32 = 8;

/// Compiled code leaves at `Vm::deopt_exit`, its live values in the buffer: makes the frames and registers
/// what the interpreter would have, for it to go on.
///
/// # Safety
/// Called by the code of `unit` with the root frame's registers and the record on top at entry.
pub unsafe extern "C" fn deopt(
    vm: *mut Vm,
    unit: *const Unit,
    regs: *mut u64,
    frame: *mut Frame,
) -> u64 {
    // SAFETY: promised by the caller; nothing collects until the frames are complete.
    unsafe {
        let vm = &mut *vm;
        // Records of inlined frames may be there from the last call.
        vm.frame = frame;
        let unit = &*unit;
        let at = &unit.exits()[vm.deopt_exit as usize];
        (*vm.heap).disable();
        rebuild(vm, unit, at, regs);
        (*vm.heap).enable();
        vm.jit_exit = exit::RESUME;
        let count = at.count.get() + 1;
        at.count.set(count);
        if !at.expected {
            vm.jit.deopts += 1;
            if at.what.contains(&SHAPE) {
                record_shape(vm);
            }
            if count == GUARD_LIMIT
                && let Some(f) = at.frames.last()
            {
                unit.guard_failed(f.code, f.word);
            }
        }
        0
    }
}

/// `Exit::what` of guards of shapes.
pub const SHAPE: &str = "shape";

/// A guard of a shape failed: the access of the frame on top remembers the shape that it met.
unsafe fn record_shape(vm: &mut Vm) {
    // SAFETY: the frame on top was just rebuilt; its registers hold values.
    unsafe {
        let frame = vm.frame;
        let code = (*frame).code;
        if let Some(r) = shape_operand(*(*frame).pc)
            && let Some(v) = Value::from_bits(*(*frame).regs.add(r as usize))
            && v.is_cell()
            && let Ok(mut feedback) = code.jit_state().feedback.try_borrow_mut()
            && let Some(site) = feedback.site_mut(code.word_of((*frame).pc))
        {
            site.add_shape(vm, v.shape_id());
        }
    }
}

/// The tagged word at a location.
unsafe fn word_at(vm: &mut Vm, loc: Loc) -> u64 {
    // SAFETY: locations are in the buffer.
    let raw = |i: u32| vm.deopt_buffer[i as usize];
    match loc {
        Loc::Const(bits) => bits,
        Loc::Value(i) => raw(i),
        Loc::Int(i) => {
            let n = raw(i) as i64;
            match vm.new_int(n) {
                Ok(v) => v.bits(),
                Err(_) => {
                    // Nothing can be raised here: the MemoryError comes at the next poll.
                    vm.raised = None;
                    vm.request_poll(runtime::poll::NO_MEMORY);
                    Value::NONE.bits()
                }
            }
        }
        Loc::Float(i) => Value::float(f64::from_bits(raw(i))).bits(),
        Loc::Bool(i) => Value::bool(raw(i) & 1 != 0).bits(),
    }
}

unsafe fn rebuild(vm: &mut Vm, unit: &Unit, at: &Exit, regs: *mut u64) {
    // SAFETY: the windows were checked to fit the register stack at entry.
    unsafe {
        for (base, offset, n) in &at.fields {
            let n = match n {
                Loc::Const(bits) => *bits,
                Loc::Value(i) | Loc::Int(i) | Loc::Float(i) | Loc::Bool(i) => {
                    vm.deopt_buffer[*i as usize]
                }
            };
            let base = word_at(vm, *base);
            *((base + *offset as u64) as *mut u64) = n;
        }
        for (i, f) in at.frames.iter().enumerate() {
            let window = regs.add(f.window as usize);
            for (r, loc) in &f.regs {
                *window.add(*r as usize) = word_at(vm, *loc);
            }
            if let Some(loc) = f.function {
                *window.sub(1) = word_at(vm, loc);
            }
            let pc = f.code.instrs.add(f.word as usize);
            if i == 0 && !unit.is_function {
                (*vm.frame).pc = pc;
                continue;
            }
            let extra = f.extra.map_or(0, |loc| word_at(vm, loc));
            let frame = vm.frame.add(1);
            frame.write(Frame {
                pc,
                regs: window,
                code: f.code,
                cont: f.cont,
                flags: 0,
                pad: [0; 6],
                extra,
                object: 0,
                outer_handled: 0,
                trace: 0,
            });
            vm.frame = frame;
        }
    }
}
