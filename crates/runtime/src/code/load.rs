//! Run-time code objects from the compiler's.

use super::{COLD, COLD_CACHES, CodeObj};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::{Code, CodeFlags, Const};
use std::cell::{Cell, OnceCell};

impl Vm {
    /// Makes the run-time form of a compiled code object, nested ones included.
    pub fn load_code(&mut self, mut code: Code) -> Res<Ref<CodeObj>> {
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
                ncaches: code.ncaches,
                nfree: code.free_names.len() as u32,
                kwonly: code.kwonly_argcount as u32,
                posonly: code.posonly_argcount as u32,
                nconsts: code.consts.len() as u32,
                data: Cell::new(Box::into_raw(code)),
                record: None,
                liveness: Cell::new(std::ptr::null()),
                param_names: OnceCell::new(),
                monitor: Cell::new(std::ptr::null_mut()),
                jit: Cell::new(std::ptr::null_mut()),
                consts_array: Slot::empty(),
                names_array: Slot::empty(),
                name: Slot::empty(),
                qualname: Slot::empty(),
                filename: Slot::empty(),
                shown: Slot::empty(),
            });
            let c = Ref::new(cell);
            c.consts_array.init(consts.value());
            c.names_array.init(names.value());
            c.name.init(name);
            c.qualname.init(qualname);
            c.filename.init(filename);
            if c.ncaches as usize > COLD_CACHES {
                c.make_caches(self.jit.first_heat());
            }
            Ok(c)
        }
    }

    /// A string of code; short ones, names among them, are interned.
    pub(super) fn const_str(&mut self, s: &str) -> Res {
        if s.len() <= 64 {
            Ok(self.intern(s))
        } else {
            self.new_str(s)
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
            Const::Str(s) => self.const_str(s)?,
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
