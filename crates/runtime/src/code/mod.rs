//! Code objects at run time.

mod embedded;
mod load;

use crate::object::*;
use crate::value::Value;
use crate::vm::Vm;
use bytecode::liveness::Liveness;
use bytecode::{Code, CodeFlags, ExceptionEntry, Instr};
use embedded::Record;
use gc::Header;
use std::cell::{Cell, OnceCell};

/// An inline cache. The kinds that an opcode uses are named in its handler's file.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Cache {
    pub shape: u32,
    pub version: u32,
    pub kind: u32,
    pub index: u32,
    /// Address of the version word to compare, or another pointer.
    pub ptr: u64,
    pub value: u64,
}

impl Cache {
    /// Holds for nothing.
    pub const EMPTY: Cache = Cache {
        shape: 0,
        version: 0,
        kind: 0,
        index: 0,
        ptr: 0,
        value: 0,
    };
}

/// Caches of code that is not warm yet: all zero and never written.
const COLD_CACHES: usize = 1 << 15;
static COLD: [Cache; COLD_CACHES] = [Cache::EMPTY; COLD_CACHES];

/// A code object: the compiler's plain data plus what the interpreter reads on its hot paths.
///
/// Code of the embedded library stays in its record (`embedded.rs`) until something is asked for: constants and names
/// are made when it runs for the first time, the plain data when it is looked at.
#[repr(C)]
pub struct CodeObj {
    pub header: Header,
    pub instrs: *const Instr,
    pub consts: Cell<*const Value>,
    pub names: Cell<*const Value>,
    pub caches: Cell<*mut Cache>,
    pub nregs: u32,
    pub nlocals: u32,
    /// Positional and keyword-only parameters plus star parameters.
    pub nparams: u32,
    pub argcount: u32,
    pub flags: CodeFlags,
    /// Runs and loops until the caches are made.
    pub warmth: Cell<u32>,
    pub ncaches: u32,
    /// Free variables.
    pub nfree: u32,
    /// Keyword-only parameters.
    pub kwonly: u32,
    /// Positional-only parameters.
    pub posonly: u32,
    pub nconsts: u32,
    data: Cell<*const Code>,
    record: Option<Record>,
    /// Which registers live where; made by the first collection that meets a frame of the code.
    pub liveness: Cell<*const Liveness>,
    /// The names of named parameters, interned; made when the first keyword is bound.
    param_names: OnceCell<Box<[Value]>>,
    /// What watching needs, once the code ran watched.
    pub monitor: Cell<*mut crate::monitor::code::CodeMonitor>,
    /// The compiler's side, once the code is hot.
    pub jit: Cell<*mut crate::jit::CodeJit>,
    pub consts_array: Slot,
    pub names_array: Slot,
    pub name: Slot,
    pub qualname: Slot,
    pub filename: Slot,
    /// A dict of attributes that show something else than the bytecode has, by `replace`.
    pub shown: Slot,
}

impl CellType for CodeObj {
    fn is_kind(kind: u8) -> bool {
        kind == Kind::Code as u8
    }
}

/// The caches that mark cold code.
#[inline(always)]
pub fn cold() -> *mut Cache {
    COLD.as_ptr().cast_mut()
}

/// Calls or back-edges before a code object gets its own caches.
const WARM: u32 = 2;

impl CodeObj {
    #[inline(always)]
    pub fn data(&self) -> &Code {
        if self.data.get().is_null() {
            self.decode();
        }
        // SAFETY: a boxed Code owned by this cell.
        unsafe { &*self.data.get() }
    }
    /// The plain data, if something has looked at it.
    pub fn decoded(&self) -> Option<&Code> {
        // SAFETY: null, or a boxed Code owned by this cell.
        unsafe { self.data.get().as_ref() }
    }
    /// How many registers hold named locals; see `bytecode::Code::named_regs`.
    pub fn named_regs(&self) -> u32 {
        if self.flags.contains(CodeFlags::NAMESPACE) {
            self.nlocals.max(1)
        } else {
            self.nlocals
        }
    }
    /// The names of positional and keyword-only parameters, interned. They live as long as the
    /// interpreter.
    #[inline]
    pub fn param_names(&self, vm: &mut Vm) -> &[Value] {
        if let Some(names) = self.param_names.get() {
            return names;
        }
        let n = (self.argcount + self.kwonly) as usize;
        let names = (0..n).map(|i| vm.intern(self.local_name(i))).collect();
        self.param_names.get_or_init(|| names)
    }
    /// The exception table entry that applies at a word.
    pub fn handler_at(&self, word: u32) -> Option<ExceptionEntry> {
        match (&self.record, self.data.get().is_null()) {
            // Code that runs often gets its tables.
            (Some(record), true) if !self.is_warm() => record.view().handler_at(word),
            _ => self.data().handler_at(word).copied(),
        }
    }
    /// Whether there are exception handlers.
    pub fn has_handlers(&self) -> bool {
        match (&self.record, self.data.get().is_null()) {
            (Some(record), true) if !self.is_warm() => record.view().exceptions().len() > 0,
            _ => !self.data().exceptions.is_empty(),
        }
    }
    /// The liveness table, made at the first use.
    pub fn liveness(&self) -> &Liveness {
        if self.liveness.get().is_null() {
            self.liveness
                .set(Box::into_raw(Box::new(Liveness::new(self.data()))));
        }
        // SAFETY: a box owned by this cell, freed with it.
        unsafe { &*self.liveness.get() }
    }
    /// Word index of a pc.
    #[inline(always)]
    pub fn word_of(&self, pc: *const Instr) -> u32 {
        ((pc as usize - self.instrs as usize) / 8) as u32
    }
    #[inline(always)]
    pub fn is_generator_like(&self) -> bool {
        self.flags
            .intersects(CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR)
    }
    /// The caches are this code's own.
    pub fn is_warm(&self) -> bool {
        !std::ptr::eq(self.caches.get(), COLD.as_ptr())
    }
    /// Counts an execution; makes the caches when warm. For code that runs already; `Vm::enter_cold` is for its start.
    /// `heat`: see `JitState::first_heat`.
    #[inline(never)]
    pub fn warm_up(&self, heat: u32) {
        let n = self.warmth.get() + 1;
        self.warmth.set(n);
        if n >= WARM && !self.is_warm() {
            self.make_caches(heat);
        }
    }
    fn make_caches(&self, heat: u32) {
        // The entry below the caches counts down to the next look of the compiler, in `index`.
        let mut caches = vec![COLD[0]; self.ncaches as usize + 1];
        caches[0].index = heat;
        let caches = Box::leak(caches.into_boxed_slice()).as_mut_ptr();
        // SAFETY: one past the counter.
        self.caches.set(unsafe { caches.add(1) });
    }
}

/// Releases what a dead code cell owns.
///
/// # Safety
/// `h` is a dead Code cell.
pub unsafe fn drop_code(h: *mut Header) {
    // SAFETY: promised by the caller; data and caches were leaked boxes.
    unsafe {
        let code = &mut *h.cast::<CodeObj>();
        drop(code.param_names.take());
        // A cell that was never filled in has null caches.
        let n = code.ncaches as usize + 1;
        if code.is_warm() && !code.caches.get().is_null() {
            drop(Vec::from_raw_parts(code.caches.get().sub(1), n, n));
        }
        if !code.jit.get().is_null() {
            drop(Box::from_raw(code.jit.get()));
        }
        if !code.liveness.get().is_null() {
            drop(Box::from_raw(code.liveness.get().cast_mut()));
        }
        if !code.monitor.get().is_null() {
            drop(Box::from_raw(code.monitor.get()));
        }
        if !code.data.get().is_null() {
            drop(Box::from_raw(code.data.get().cast_mut()));
        }
    }
}

impl CodeObj {
    /// How many positional arguments bind by mere copying; `u32::MAX` if binding takes more.
    pub fn simple_argc(&self) -> u32 {
        let special = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS | CodeFlags::NAMESPACE;
        if self.flags.intersects(special) || self.kwonly != 0 {
            u32::MAX
        } else {
            self.argcount
        }
    }

    fn header_copy(&self) -> Header {
        Header {
            shape: self.header.shape,
            kind: self.header.kind,
            gc: self.header.gc,
            flags: self.header.flags,
        }
    }
}
