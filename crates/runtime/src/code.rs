//! Code objects at run time.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::liveness::Liveness;
use bytecode::{Code, CodeFlags, Const, Instr};
use gc::Header;
use std::cell::Cell;

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

/// Caches of code that is not warm yet: all zero and never written.
const COLD_CACHES: usize = 1 << 15;
static COLD: [Cache; COLD_CACHES] = [Cache {
    shape: 0,
    version: 0,
    kind: 0,
    index: 0,
    ptr: 0,
    value: 0,
}; COLD_CACHES];

/// A code object: the compiler's plain data plus what the interpreter reads on its hot paths.
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
    pub data: *const Code,
    /// Which registers live where; made by the first collection that meets a frame of the code.
    pub liveness: Cell<*const Liveness>,
    pub consts_array: Slot,
    pub names_array: Slot,
    pub name: Slot,
    pub qualname: Slot,
    pub filename: Slot,
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

/// Caches of warm code that uses none.
static NO_CACHES: Cache = Cache {
    shape: 0,
    version: 0,
    kind: 0,
    index: 0,
    ptr: 0,
    value: 0,
};

/// Calls or back-edges before a code object gets its own caches.
const WARM: u32 = 2;

impl CodeObj {
    #[inline(always)]
    pub fn data(&self) -> &Code {
        // SAFETY: a boxed Code owned by this cell.
        unsafe { &*self.data }
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
    /// Counts an execution; makes the caches when warm.
    #[inline(never)]
    pub fn warm_up(&self) {
        let n = self.warmth.get() + 1;
        self.warmth.set(n);
        if n >= WARM && !self.is_warm() {
            self.make_caches();
        }
    }
    fn make_caches(&self) {
        let n = self.data().ncaches as usize;
        if n == 0 {
            return self.caches.set((&raw const NO_CACHES).cast_mut());
        }
        let caches = vec![
            Cache {
                shape: 0,
                version: 0,
                kind: 0,
                index: 0,
                ptr: 0,
                value: 0
            };
            n
        ];
        self.caches
            .set(Box::leak(caches.into_boxed_slice()).as_mut_ptr());
    }
}

/// Releases what a dead code cell owns.
///
/// # Safety
/// `h` is a dead Code cell.
pub unsafe fn drop_code(h: *mut Header) {
    // SAFETY: promised by the caller; data and caches were leaked boxes.
    unsafe {
        let code = &*h.cast::<CodeObj>();
        if code.data.is_null() {
            return;
        }
        let n = code.data().ncaches as usize;
        if code.is_warm() && n > 0 {
            drop(Vec::from_raw_parts(code.caches.get(), n, n));
        }
        if !code.liveness.get().is_null() {
            drop(Box::from_raw(code.liveness.get().cast_mut()));
        }
        drop(Box::from_raw(code.data.cast_mut()));
    }
}

impl Vm {
    /// Makes the run-time form of a compiled code object, nested ones included.
    pub fn load_code(&mut self, code: Code) -> Res<Ref<CodeObj>> {
        let mut code = code;
        let consts = self.new_array(code.consts.len())?;
        for i in 0..code.consts.len() {
            // Nested code is moved out: its run-time form replaces it.
            let v = match std::mem::replace(&mut code.consts[i], Const::None) {
                Const::Code(inner) => self.load_code(*inner)?.value(),
                k => {
                    let v = self.load_const(&k)?;
                    code.consts[i] = k;
                    v
                }
            };
            // SAFETY: i is below the capacity.
            unsafe { *consts.slots().add(i) = v.bits() };
        }
        let names = self.new_array(code.names.len())?;
        for (i, n) in code.names.iter().enumerate() {
            let v = self.intern(n);
            // SAFETY: i is below the capacity.
            unsafe { *names.slots().add(i) = v.bits() };
        }
        let (name, qualname, filename) = (
            self.intern(&code.name),
            self.intern(&code.qualname),
            self.intern(&code.filename),
        );
        let nstar = code.flags.contains(CodeFlags::VARARGS) as u32
            + code.flags.contains(CodeFlags::VARKEYWORDS) as u32;
        let cell: *mut CodeObj = self.alloc_kind(size_of::<CodeObj>(), Kind::Code)?.cast();
        let nlocals = code.local_names.len() as u32;
        let code = Box::new(code);
        // SAFETY: a fresh cell; Header was written by the allocator.
        unsafe {
            let header = (*cell).header_copy();
            cell.write(CodeObj {
                header,
                instrs: code.instrs.as_ptr(),
                consts: Cell::new(consts.slots() as *const Value),
                names: Cell::new(names.slots() as *const Value),
                caches: Cell::new(COLD.as_ptr().cast_mut()),
                nregs: code.nregs as u32,
                nlocals,
                nparams: code.argcount as u32 + code.kwonly_argcount as u32 + nstar,
                argcount: code.argcount as u32,
                flags: code.flags,
                warmth: Cell::new(0),
                data: Box::into_raw(code),
                liveness: Cell::new(std::ptr::null()),
                consts_array: Slot::empty(),
                names_array: Slot::empty(),
                name: Slot::empty(),
                qualname: Slot::empty(),
                filename: Slot::empty(),
            });
            let c = Ref::new(cell);
            c.consts_array.init(consts.value());
            c.names_array.init(names.value());
            c.name.init(name);
            c.qualname.init(qualname);
            c.filename.init(filename);
            if c.data().ncaches as usize > COLD_CACHES {
                c.make_caches();
            }
            Ok(c)
        }
    }

    /// The value of a constant. Identifier-like strings are interned.
    pub fn load_const(&mut self, k: &Const) -> Res {
        Ok(match k {
            Const::None => Value::NONE,
            Const::Ellipsis => Value::ELLIPSIS,
            Const::Bool(b) => Value::bool(*b),
            Const::Int(n) => self.new_int(*n)?,
            Const::BigInt { negative, limbs } => self.new_int_limbs(*negative, limbs)?,
            Const::Float(f) => Value::float(*f),
            Const::Complex(re, im) => self.new_complex(*re, *im)?,
            Const::Str(s) if s.len() <= 64 => self.intern(s),
            Const::Str(s) => self.new_str(s)?,
            Const::StrPoints(points) => self.new_str_points(points)?,
            Const::Bytes(b) => self.new_bytes(b)?,
            Const::Tuple(items) => {
                let mut values = self.new_vec();
                for item in items {
                    let v = self.load_const(item)?;
                    values.push(self, v)?;
                }
                self.new_tuple(&values)?
            }
            Const::FrozenSet(items) => {
                let mut values = self.new_vec();
                for item in items {
                    let v = self.load_const(item)?;
                    values.push(self, v)?;
                }
                self.new_frozenset_from(&values)?
            }
            Const::Slice(parts) => {
                let a = self.load_const(&parts[0])?;
                let b = self.load_const(&parts[1])?;
                let c = self.load_const(&parts[2])?;
                self.new_slice(a, b, c)?
            }
            Const::Code(code) => self.load_code((**code).clone())?.value(),
        })
    }
}

impl CodeObj {
    fn header_copy(&self) -> Header {
        Header {
            shape: self.header.shape,
            kind: self.header.kind,
            gc: self.header.gc,
            flags: self.header.flags,
        }
    }
}
