//! Code of the embedded library: it runs where it lies in the executable.
//!
//! Loading a module makes the cell of its own code only. The cells of functions and class bodies, names and constants
//! are made when the code around them first runs, and tables of positions are decoded when a traceback asks for them:
//! most functions of a module that is imported never run.

use super::{COLD, COLD_CACHES, CodeObj};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::serial::{Blob, ConstSeq, ConstView, View};
use bytecode::{Code, CodeFlags, DecodeError};
use std::cell::{Cell, OnceCell};

/// Where a code object is in the executable.
#[derive(Clone, Copy)]
pub(super) struct Record {
    blob: &'static [u8],
    at: u32,
}

/// What was checked when the record was opened first.
const CHECKED: &str = "embedded code does not change";

impl Record {
    pub fn view(&self) -> View<'static> {
        let blob = Blob::open(self.blob).expect(CHECKED);
        blob.view_at(self.at).expect(CHECKED)
    }
}

impl CodeObj {
    /// Makes the plain data.
    #[cold]
    pub(super) fn decode(&self) {
        let mut code = match &self.record {
            Some(record) => record.view().to_outer_code().expect(CHECKED),
            None => Code::default(),
        };
        if let Some(name) = self.filename.get().and_then(|f| f.downcast::<StrObj>()) {
            code.filename = name.to_string();
        }
        self.data.set(Box::into_raw(Box::new(code)));
    }

    /// Whether names and constants are there: not before the code runs for the first time.
    #[inline]
    pub fn is_complete(&self) -> bool {
        !self.consts.get().is_null()
    }

    /// The name of local i, without decoding more than that.
    pub fn local_name(&self, i: usize) -> &str {
        if let (Some(record), true) = (&self.record, self.data.get().is_null()) {
            let view = record.view();
            let id = view.local_names().get(i).expect(CHECKED);
            return view.blob().string(id).expect(CHECKED);
        }
        &self.data().local_names[i]
    }
}

impl Vm {
    /// The code of a module of the library; None when the blob is of another version.
    ///
    /// # Safety
    /// The verifier accepted everything in the blob.
    pub unsafe fn load_embedded(
        &mut self,
        blob: &'static [u8],
        filename: &str,
    ) -> Res<Option<Ref<CodeObj>>> {
        let Ok(view) = Blob::open(blob).and_then(|b| b.root()) else {
            return Ok(None);
        };
        let filename = self.intern(filename);
        self.embedded_code(blob, view, filename).map(Some)
    }

    fn damaged(&mut self, error: DecodeError) -> crate::value::Raised {
        self.system_error(&format!("embedded library: {error}"))
    }

    /// A string of the blob. Names are interned.
    fn blob_string(&mut self, view: &View<'static>, id: u32) -> Res {
        match view.blob().string(id) {
            Ok(s) => self.const_str(s),
            Err(e) => Err(self.damaged(e)),
        }
    }

    /// The cell of a code object that is in the executable.
    fn embedded_code(
        &mut self,
        blob: &'static [u8],
        view: View<'static>,
        filename: Value,
    ) -> Res<Ref<CodeObj>> {
        let Some(instrs) = view.instrs_in_place() else {
            return Err(self.damaged(DecodeError::Offset));
        };
        let name = self.blob_string(&view, view.name_id())?;
        let qualname = if view.qualname_id() == view.name_id() {
            name
        } else {
            self.blob_string(&view, view.qualname_id())?
        };
        let flags = view.flags();
        let nstar = flags.contains(CodeFlags::VARARGS) as u32
            + flags.contains(CodeFlags::VARKEYWORDS) as u32;
        let (argcount, kwonly) = (view.argcount() as u32, view.kwonly_argcount() as u32);
        let cell: *mut CodeObj = self.alloc_kind(size_of::<CodeObj>(), Kind::Code)?.cast();
        // SAFETY: a fresh cell; Header was written by the allocator.
        unsafe {
            let header = (*cell).header_copy();
            cell.write(CodeObj {
                header,
                instrs: instrs.as_ptr(),
                consts: Cell::new(std::ptr::null()),
                names: Cell::new(std::ptr::null()),
                caches: Cell::new(COLD.as_ptr().cast_mut()),
                nregs: view.nregs() as u32,
                nlocals: view.local_names().len() as u32,
                nparams: argcount + kwonly + nstar,
                argcount,
                flags,
                warmth: Cell::new(0),
                ncaches: view.ncaches(),
                nfree: view.free_names().len() as u32,
                kwonly,
                posonly: view.posonly_argcount() as u32,
                nconsts: view.nconsts() as u32,
                data: Cell::new(std::ptr::null()),
                record: Some(Record {
                    blob,
                    at: view.start() as u32,
                }),
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
            let code = Ref::new(cell);
            code.name.init(name);
            code.qualname.init(qualname);
            code.filename.init(filename);
            // Code that is warm from the start passes by `enter_cold`.
            if code.ncaches as usize > COLD_CACHES {
                self.make_constants(code)?;
                code.make_caches(self.jit.first_heat());
            }
            Ok(code)
        }
    }

    /// Makes names and constants, if they are not there yet.
    #[inline]
    pub fn complete_code(&mut self, code: Ref<CodeObj>) -> Res<()> {
        if code.is_complete() {
            return Ok(());
        }
        self.make_constants(code)
    }

    /// Called when code without caches is about to run: completes it and counts the run.
    #[inline(never)]
    pub fn enter_cold(&mut self, code: Ref<CodeObj>) -> Res<()> {
        self.complete_code(code)?;
        code.warm_up(self.jit.first_heat());
        Ok(())
    }

    /// The constants of a code object.
    pub fn code_consts(&mut self, code: Ref<CodeObj>) -> Res<&'static [Value]> {
        self.complete_code(code)?;
        // SAFETY: the array has a value for each constant, and is alive as long as the code, which callers hold.
        Ok(unsafe { std::slice::from_raw_parts(code.consts.get(), code.nconsts as usize) })
    }

    /// The docstring, or None.
    pub fn code_doc(&mut self, code: Ref<CodeObj>) -> Res {
        if !code.flags.contains(CodeFlags::HAS_DOCSTRING) {
            return Ok(Value::NONE);
        }
        // It is the first constant.
        if let (false, Some(record)) = (code.is_complete(), code.record)
            && let Ok(ConstView::Str(id, view)) = record.view().const_at(0)
        {
            return self.blob_string(&view, id);
        }
        let constants = self.code_consts(code)?;
        Ok(constants.first().copied().unwrap_or(Value::NONE))
    }

    #[cold]
    fn make_constants(&mut self, code: Ref<CodeObj>) -> Res<()> {
        let Some(record) = code.record else {
            return Ok(());
        };
        let view = record.view();
        let ids = view.names();
        let names = self.new_array(ids.len())?;
        for (i, id) in ids.iter().enumerate() {
            let v = self.blob_string(&view, id)?;
            // SAFETY: i is below the capacity.
            unsafe { *names.slots().add(i) = v.bits() };
        }
        let consts = self.new_array(view.nconsts())?;
        for (i, constant) in view.consts_in_order().enumerate() {
            let constant = match constant {
                Ok(c) => c,
                Err(e) => return Err(self.damaged(e)),
            };
            let v = self.embedded_const(code, &record, constant)?;
            // SAFETY: i is below the capacity.
            unsafe { *consts.slots().add(i) = v.bits() };
        }
        code.names_array.write(code, names.value());
        code.names.set(names.slots() as *const Value);
        code.consts_array.write(code, consts.value());
        code.consts.set(consts.slots() as *const Value);
        Ok(())
    }

    fn embedded_const(
        &mut self,
        outer: Ref<CodeObj>,
        record: &Record,
        constant: ConstView<'static>,
    ) -> Res {
        Ok(match constant {
            ConstView::None => Value::NONE,
            ConstView::Ellipsis => Value::ELLIPSIS,
            ConstView::Bool(b) => Value::bool(b),
            ConstView::Int(n) => self.new_int(n)?,
            ConstView::BigInt { negative, limbs } => {
                let (chunks, _) = limbs.as_chunks::<8>();
                let limbs: Vec<u64> = chunks.iter().map(|c| u64::from_le_bytes(*c)).collect();
                self.new_int_limbs(negative, &limbs)?
            }
            ConstView::Float(f) => Value::float(f),
            ConstView::Complex(re, im) => self.new_complex(re, im)?,
            ConstView::Str(id, view) => self.blob_string(&view, id)?,
            ConstView::StrPoints(points) => {
                let (chunks, _) = points.as_chunks::<4>();
                let points: Vec<u32> = chunks.iter().map(|c| u32::from_le_bytes(*c)).collect();
                self.new_str_points(&points)?
            }
            ConstView::Bytes(b) => self.new_bytes(b)?,
            ConstView::Tuple(items) => {
                let values = self.embedded_consts(outer, record, items)?;
                self.new_tuple(&values)?
            }
            ConstView::FrozenSet(items) => {
                let values = self.embedded_consts(outer, record, items)?;
                self.new_frozenset_from(&values)?
            }
            ConstView::Slice(items) => match *self.embedded_consts(outer, record, items)? {
                [a, b, c] => self.new_slice(a, b, c)?,
                _ => return Err(self.damaged(DecodeError::Constant)),
            },
            ConstView::Code(view) => {
                let filename = outer.filename.or_none();
                self.embedded_code(record.blob, view, filename)?.value()
            }
        })
    }

    fn embedded_consts(
        &mut self,
        outer: Ref<CodeObj>,
        record: &Record,
        items: ConstSeq<'static>,
    ) -> Res<crate::alloc::GcVec> {
        let mut values = self.new_vec();
        for item in items {
            let item = match item {
                Ok(i) => i,
                Err(e) => return Err(self.damaged(e)),
            };
            let v = self.embedded_const(outer, record, item)?;
            values.push(self, v)?;
        }
        Ok(values)
    }
}
