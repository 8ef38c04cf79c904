//! What the interpreter and an optimising compiler share: hotness, type feedback, entering and
//! leaving compiled code. The compiler itself is in the crate `jit`, behind the trait `Compiler`.
//!
//! Compiled code runs on the interpreter's own frames. A loop entered from the interpreter
//! (on-stack replacement) works on the running frame; a function entered with arguments in
//! machine registers pushes its frame record only when something could see it. Whenever compiled
//! code ends other than by returning a value, the frame records and register windows are as the
//! interpreter would have them, and the interpreter goes on from there.

pub mod assume;
pub mod count;
pub mod entry;
pub mod feedback;
pub mod inward;
pub mod quick;
pub mod step;

use crate::code::CodeObj;
use crate::frame::Frame;
use crate::object::*;
use crate::vm::Vm;
use std::cell::{Cell, RefCell};

pub use feedback::{Feedback, types};

/// Kinds of inline caches, by the handlers that fill them.
pub mod cache_kind {
    pub use crate::interp::attrs::{
        ADD_SLOT, CLASS_VALUE, GETTER, MODULE, OF_CLASS, OVERFLOW, SLOT,
    };
    pub use crate::interp::names::{IN_BUILTINS, IN_GLOBALS};
}

/// Attribute accesses by shape.
pub mod by_shape {
    pub use crate::interp::attrs::{Access, cache_for_shape};
}

/// A compiled loop: runs on the frame on top of the stack, whose registers are at the second
/// argument, until it leaves. The result is an `Exit`.
pub type LoopEntry = unsafe extern "C" fn(*mut Vm, *mut u64) -> u64;

/// Why compiled code left without a value, in `Vm::jit_exit`.
pub mod exit {
    /// Go on in the interpreter at the frame on top. With `Vm::raised` set: unwind from there.
    pub const RESUME: u64 = 0;
    /// An exception is in flight and the compiled frame is gone.
    pub const RAISED: u64 = 1;
}

/// When compiled code is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    Off,
    #[default]
    On,
    /// At the first chance, with tiny thresholds: a test mode.
    Eager,
}

/// Most arguments passed in machine registers and stack slots.
pub const MAX_ARGS: usize = 6;

/// What an optimising compiler offers the interpreter.
pub trait Compiler {
    /// Compiles the loop whose header is at `word` of the code of the frame on top, for the
    /// registers as they are. None: refused, for good or for now.
    fn compile_loop(&mut self, vm: &mut Vm, word: u32) -> Option<LoopEntry>;
    /// Compiles a function; its native entry is stored in `CodeJit::entry`. False: refused.
    fn compile_function(&mut self, vm: &mut Vm, f: Ref<FunctionObj>) -> bool;
    /// Prints what was compiled, refused and left, for `--debug-perf`.
    fn report(&self) -> String;
}

/// The compiled state of a loop.
#[derive(Clone, Copy)]
pub enum LoopState {
    /// Back-edges met since it became hot, in parts of a look (`entry::OUTER_TURNS`).
    Counting(u32),
    Compiled(LoopEntry),
    /// A loop with a `yield`: may be entered while native code takes the generator's items.
    Drained(LoopEntry),
    /// Never try again.
    Refused,
}

/// The compiler's side of a code object, made when the code becomes hot.
#[repr(C)]
pub struct CodeJit {
    /// Native entry of the function: `extern "C" fn(vm, regs, function, arguments...) -> word`.
    /// Until it is compiled: a stub that interprets.
    pub entry: Cell<*const u8>,
    pub compiled: Cell<bool>,
    pub refused: Cell<bool>,
    /// Times it was compiled, over all units: bounded.
    pub compilations: Cell<u32>,
    /// Hot slow-path visits as a function.
    pub visits: Cell<u32>,
    /// The globals that all functions of this code share; null when they do not.
    pub globals: Cell<*const DictObj>,
    pub builtins: Cell<u64>,
    pub loops: RefCell<Vec<(u32, LoopState)>>,
    pub feedback: RefCell<Feedback>,
    /// Cells that compiled code of this code object refers to.
    pub constants: RefCell<Vec<u64>>,
    /// All units that were made of it.
    pub units: RefCell<Vec<*const dyn assume::CompiledUnit>>,
}

impl Drop for CodeJit {
    /// The code object is gone, and with it every activation of its units.
    fn drop(&mut self) {
        for unit in self.units.get_mut() {
            // SAFETY: the compiler keeps a unit until it was told that its code is gone.
            unsafe { (**unit).code_is_gone() };
        }
    }
}

impl CodeJit {
    fn new(code: Ref<CodeObj>) -> CodeJit {
        CodeJit {
            entry: Cell::new(entry::stub(code.argcount as usize)),
            compiled: Cell::new(false),
            refused: Cell::new(false),
            compilations: Cell::new(0),
            visits: Cell::new(0),
            globals: Cell::new(std::ptr::null()),
            builtins: Cell::new(0),
            loops: RefCell::new(Vec::new()),
            feedback: RefCell::new(Feedback::new(code.data().instrs.len())),
            constants: RefCell::new(Vec::new()),
            units: RefCell::new(Vec::new()),
        }
    }
    /// Marks the callees that were recorded, and what compiled code refers to.
    pub fn trace(&self, t: &mut gc::Tracer) {
        // SAFETY: the collector runs between instructions, so nobody writes the feedback now; a
        // word that is no cell is ignored.
        unsafe {
            if let Ok(f) = self.feedback.try_borrow() {
                f.callees().for_each(|c| t.mark_conservative(c));
                // A shape refers to its class without keeping it.
                f.shapes()
                    .for_each(|s| crate::trace::mark_class_of_shape(s, t));
            }
            if let Ok(constants) = self.constants.try_borrow() {
                constants.iter().for_each(|c| t.mark_conservative(*c));
            }
        }
    }
    /// What the instruction at `word` met.
    pub fn site(&self, word: u32) -> feedback::Site {
        self.feedback.borrow().site(word)
    }
    /// The state of the loop with its header at `word`.
    pub fn loop_state(&self, word: u32) -> LoopState {
        let loops = self.loops.borrow();
        loops
            .iter()
            .find(|l| l.0 == word)
            .map_or(LoopState::Counting(0), |l| l.1)
    }
    /// Whether a loop of the code is compiled.
    pub fn has_loops(&self) -> bool {
        let loops = self.loops.borrow();
        loops
            .iter()
            .any(|l| matches!(l.1, LoopState::Compiled(_) | LoopState::Drained(_)))
    }
    pub fn set_loop_state(&self, word: u32, state: LoopState) {
        let mut loops = self.loops.borrow_mut();
        match loops.iter_mut().find(|l| l.0 == word) {
            Some(l) => l.1 = state,
            None => loops.push((word, state)),
        }
    }
}

impl CodeObj {
    /// The compiler's side, made at the first use.
    pub fn jit_state(self: &CodeObj) -> &CodeJit {
        if self.jit.get().is_null() {
            // SAFETY: a code cell is only ever seen through a Ref.
            let this = unsafe { Ref::new(std::ptr::from_ref(self).cast_mut()) };
            self.jit.set(Box::into_raw(Box::new(CodeJit::new(this))));
        }
        // SAFETY: a box owned by this cell, freed with it.
        unsafe { &*self.jit.get() }
    }
    /// Times that are left: see `set_heat`.
    ///
    /// # Safety
    /// The code is warm.
    #[inline(always)]
    pub unsafe fn heat(&self) -> u32 {
        // SAFETY: as `set_heat`.
        unsafe { (*self.caches.get().sub(1)).index }
    }
    /// Times this code may still be called or loop before the compiler is asked again.
    ///
    /// # Safety
    /// The code is warm.
    #[inline(always)]
    pub unsafe fn set_heat(&self, n: u32) {
        // SAFETY: the entry below the caches is the counter; warm code owns it.
        unsafe { (*self.caches.get().sub(1)).index = n }
    }
    /// Counts so many turns or calls.
    pub fn heat_up(&self, n: u32) {
        if self.is_warm() {
            // SAFETY: checked above.
            unsafe { self.set_heat(self.heat().saturating_sub(n)) };
        }
    }
}

/// Settings and counters of a thread's compiled code, read by handlers.
pub struct JitState {
    pub mode: Mode,
    /// Instructions still to be recorded by the profiling table.
    pub credits: u32,
    /// Left compiled code at a guard (not at a loop's end).
    pub deopts: u64,
    /// Instructions run by the interpreter on behalf of compiled code.
    pub steps: u64,
    /// Bytecodes are counted (`count`): those of the interpreter without `steps`, and those that
    /// ran in compiled code.
    pub counting: bool,
    pub interpreted: u64,
    pub compiled: u64,
    /// By opcode: those that the interpreter ran by itself, and for compiled code.
    pub by_opcode: Box<[[u64; 256]; 2]>,
}

impl JitState {
    pub fn new(mode: Mode) -> JitState {
        JitState {
            mode,
            credits: 0,
            deopts: 0,
            steps: 0,
            counting: false,
            interpreted: 0,
            compiled: 0,
            by_opcode: Box::new([[0; 256]; 2]),
        }
    }
    /// Calls and back-edges before the first look at a code object.
    pub fn first_heat(&self) -> u32 {
        match self.mode {
            Mode::Off => u32::MAX,
            Mode::On => 5000,
            Mode::Eager => 1,
        }
    }
    /// The same between looks, while types are recorded.
    pub fn next_heat(&self) -> u32 {
        match self.mode {
            Mode::Off => u32::MAX,
            Mode::On => 500,
            Mode::Eager => 1,
        }
    }
}

impl Vm {
    /// Compiled code may be entered: the compiler is there and nobody traces.
    #[inline]
    pub fn jit_usable(&self) -> bool {
        self.jit.mode != Mode::Off && !self.watch.on && self.frame_stress.is_none()
    }
    /// Makes the compiled code of all running frames leave when control comes back to it. Whoever
    /// changes `Vm::table` (tracing) calls this.
    pub fn leave_compiled_code(&mut self) {
        self.leave_frames(self.frames_base);
    }
    /// The same for this record, of whatever thread, and those above it.
    pub fn leave_compiled_frames(&mut self, from: *mut Frame) {
        for t in &self.interp().threads {
            // SAFETY: listed threads are live, and stopped: this one holds the interpreter lock.
            let t = unsafe { &mut **t };
            if t.frames_base <= from && from <= t.frame {
                t.leave_frames(from);
            }
        }
    }
    fn leave_frames(&mut self, from: *mut Frame) {
        let mut frame = from;
        while frame <= self.frame {
            // SAFETY: records up to the top one are live.
            unsafe {
                (*frame).flags |= crate::frame::flag::LEAVE;
                frame = frame.add(1);
            }
        }
    }
    /// Runs `f` with the compiler.
    pub fn with_compiler<R>(
        &mut self,
        f: impl FnOnce(&mut Vm, &mut dyn Compiler) -> R,
    ) -> Option<R> {
        // Taken out, so that nothing that the compiler calls can enter it again.
        let mut compiler = self.interp().compiler.take()?;
        let r = f(self, &mut *compiler);
        self.interp().compiler = Some(compiler);
        Some(r)
    }
    /// Notes whose globals a function of this code uses; see `CodeJit::globals`.
    pub fn jit_note_globals(&self, f: Ref<FunctionObj>) -> bool {
        let code = f.code.get();
        let state = code.jit_state();
        if state.globals.get().is_null() {
            state.globals.set(f.globals.as_ptr());
            state.builtins.set(f.builtins.bits());
        }
        std::ptr::eq(state.globals.get(), f.globals.as_ptr())
            && state.builtins.get() == f.builtins.bits()
    }
}
