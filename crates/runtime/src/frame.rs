//! Frame records: one for each activation of Python code.

use crate::code::CodeObj;
use crate::object::Ref;
use bytecode::Instr;

/// What happens with the result when a frame returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Cont {
    /// Store it in register `a` of the caller's two-word instruction and go on behind it.
    Store = 0,
    /// Leave the interpreter loop: the caller is Rust code.
    Exit,
    /// `__init__` of the object in `extra`: must be None, the object is the result.
    Init,
    /// A generator resumed by `ForIter`: a yield is the next item, a return ends the loop.
    ForIter,
    /// A generator resumed by `Send`.
    Send,
    /// A binary operator method: NotImplemented goes on with the reflected method.
    Binary,
    /// A comparison in a conditional jump: truth decides.
    CompareJump,
    /// A comparison that is a value.
    Compare,
    /// The result is dropped (`__setattr__`, `__setitem__`, setters).
    Discard,
    /// As Store for one-word instructions.
    Store1,
}

/// Flags in `Frame::flags`.
pub mod flag {
    /// The frame of a generator, coroutine or async generator, whose object is in `extra`.
    pub const GENERATOR: u8 = 1;
    /// A frame object exists (in `object`).
    pub const OBSERVED: u8 = 2;
    /// Local trace function or line events are active.
    pub const TRACED: u8 = 4;
    /// Compiled code that runs on this frame must leave at its next call's end.
    pub const LEAVE: u8 = 8;
    /// A loop of this activation was found hot before.
    pub const LOOPED: u8 = 16;
}

/// An activation record. The frame's registers start at `regs`; `R[-1]` is the function.
///
/// Compiled code that calls compiled code leaves its records short: see `Site`.
#[repr(C)]
pub struct Frame {
    /// The instruction that is running (set when it can call or raise); in a short record its
    /// `Site`, with the lowest bit set.
    pub pc: *const Instr,
    pub regs: *mut u64,
    pub code: Ref<CodeObj>,
    /// With `flags` zero, a `Cont::Store` return is the fast one: both are tested as one u16.
    pub cont: Cont,
    pub flags: u8,
    pub pad: [u8; 6],
    /// A value that the continuation needs (object under construction, generator).
    pub extra: u64,
    /// The frame object, or zero.
    pub object: u64,
    /// Generators: the handled exception of whoever resumed.
    pub outer_handled: u64,
    pub trace: u64,
}

const _: () = assert!(size_of::<Frame>() == 64);

/// What all short records of one frame at one call of compiled code have in common. A short
/// record has its `cont` and `flags`, the root's also its `regs`, the rest is here; registers are
/// all in place. Where one record of an activation is short, all above it are.
pub struct Site {
    pub pc: *const Instr,
    pub code: Ref<CodeObj>,
    /// R[0], in registers from the root frame's R[0].
    pub window: u32,
    /// Records between this one and that of the root frame.
    pub depth: u32,
    /// The record has its `extra`.
    pub has_extra: bool,
}

impl Site {
    /// What stands for it in `Frame::pc`.
    pub fn tagged(&self) -> u64 {
        std::ptr::from_ref(self) as u64 | 1
    }
}

/// Before anybody looks at a record: fills in what a short one leaves out, in those below it too.
///
/// # Safety
/// `frame` is a live record, or the one at the bottom.
#[inline(always)]
pub unsafe fn complete(frame: *mut Frame) {
    // SAFETY: promised by the caller.
    unsafe {
        if (*frame).pc.addr() & 1 != 0 {
            complete_short(frame);
        }
    }
}

#[cold]
unsafe fn complete_short(top: *mut Frame) {
    // SAFETY: a site lives as long as activations of its code; the records down to that of its
    // root frame are live.
    unsafe {
        let site = |f: *mut Frame| &*(*f).pc.byte_sub(1).cast::<Site>();
        let root = top.sub(site(top).depth as usize);
        let mut frame = top;
        while frame >= root && (*frame).pc.addr() & 1 != 0 {
            let s = site(frame);
            let f = &mut *frame;
            f.pc = s.pc;
            f.code = s.code;
            f.regs = (*root).regs.add(s.window as usize);
            f.object = 0;
            if !s.has_extra {
                f.extra = 0;
            }
            frame = frame.sub(1);
        }
    }
}

impl Frame {
    /// First register above the window.
    #[inline(always)]
    pub fn top(&self) -> *mut u64 {
        // SAFETY: windows lie inside the reserved register stack.
        unsafe { self.regs.add(self.code.nregs as usize) }
    }
    /// `cont` and `flags` as one word; zero is the plain case.
    #[inline(always)]
    pub fn special(&self) -> u16 {
        self.cont as u16 | (self.flags as u16) << 8
    }
    /// Register i.
    ///
    /// # Safety
    /// i is below nregs, or -1 for the function.
    #[inline(always)]
    pub unsafe fn reg(&self, i: isize) -> u64 {
        // SAFETY: promised by the caller.
        unsafe { *self.regs.offset(i) }
    }
}
