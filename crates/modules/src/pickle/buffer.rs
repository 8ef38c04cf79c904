//! `PickleBuffer`: a buffer that may be pickled outside of the stream (PEP 574).

use super::containers::put_bytearray;
use super::opcodes::{NEXT_BUFFER, READONLY_BUFFER};
use super::pickler::Pickler;
use super::save::{put_bytes, put_memo};
use super::state::pickling_error;
use crate::payloads::payload_type;
use runtime::buffer::{Buffer, BufferSource, Exported, Exports, Layout};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};

/// State of a `PickleBuffer`. Views are views of the object itself and hold its memory like this
/// one does, but for a Python exporter, whose buffer is kept after `release` while views are in
/// use.
pub struct PickleBuffer {
    buffer: RefCell<Option<Buffer>>,
    released: Cell<bool>,
    exports: Exports,
}

impl Payload for PickleBuffer {
    fn trace(&self, t: &mut gc::Tracer) {
        if let Ok(b) = self.buffer.try_borrow()
            && let Some(b) = b.as_ref()
        {
            b.trace(t);
        }
    }
    fn buffer(&self) -> Option<&dyn BufferSource> {
        Some(self)
    }
}

/// The bytes of a `PickleBuffer` in the order of memory, for `raw`.
struct Raw {
    of: Value,
}

impl Payload for Raw {
    fn trace(&self, t: &mut gc::Tracer) {
        runtime::payload::mark(t, self.of);
    }
    fn buffer(&self) -> Option<&dyn BufferSource> {
        Some(self)
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "PickleBuffer",
    module: "pickle",
    doc: "A buffer that may be pickled outside of the stream.",
    flags: TypeFlags::HAS_WEAKREF,
    signature: Some("(object, /)"),
    tables: &[methods::TABLE],
};

static RAW: TypeSpec = payload_type! {
    name: "RawBuffer",
    module: "pickle",
};

impl PickleBuffer {
    fn exported(&self, vm: &mut Vm) -> Res<Exported> {
        let held = self.buffer.borrow();
        match held.as_ref() {
            Some(b) if !self.released.get() => Ok(Exported {
                ptr: b.as_ptr(),
                len: b.len(),
                readonly: b.readonly(),
                layout: b.layout().cloned(),
                token: Some(match b.token() {
                    Some(t) => t,
                    None => self.exports.token(),
                }),
            }),
            _ => Err(vm.value_error("operation forbidden on released PickleBuffer object")),
        }
    }
}

fn check_writable(vm: &mut Vm, e: Exported, writable: bool) -> Res<Exported> {
    if writable && e.readonly {
        return Err(vm.error(vm.types.exc.BufferError, "Object is not writable."));
    }
    Ok(e)
}

impl BufferSource for PickleBuffer {
    fn export(&self, vm: &mut Vm, _this: Value, writable: bool) -> Res<Exported> {
        let e = self.exported(vm)?;
        check_writable(vm, e, writable)
    }
    fn origin(&self, this: Value) -> Value {
        base(self, this)
    }
}

/// The object whose memory it is, as long as that object can keep it in place.
fn base(b: &PickleBuffer, this: Value) -> Value {
    match b.buffer.borrow().as_ref() {
        Some(b) if !b.is_python() => b.owner,
        _ => this,
    }
}

impl BufferSource for Raw {
    fn export(&self, vm: &mut Vm, _this: Value, writable: bool) -> Res<Exported> {
        let mut e = buffer_of(self.of).exported(vm)?;
        e.layout = Some(Layout::linear("B", 1, e.len));
        check_writable(vm, e, writable)
    }
    fn origin(&self, _this: Value) -> Value {
        base(buffer_of(self.of), self.of)
    }
}

fn buffer_of(v: Value) -> &'static PickleBuffer {
    match v.payload::<PickleBuffer>() {
        Some(b) => b,
        None => unreachable!("the descriptor checked the type"),
    }
}

fn is_contiguous(e: &Exported) -> bool {
    e.layout
        .as_ref()
        .is_none_or(|l| l.is_c_contiguous() || l.is_f_contiguous())
}

/// Pickles a buffer in the stream or beside it.
pub fn save(vm: &mut Vm, p: &Pickler, v: Value) -> Res<()> {
    if p.proto.get() < 5 {
        let text = "PickleBuffer can only be pickled with protocol >= 5";
        return Err(pickling_error(vm, text));
    }
    let e = buffer_of(v).exported(vm)?;
    if !is_contiguous(&e) {
        let text = "PickleBuffer can not be pickled when pointing to a non-contiguous buffer";
        return Err(pickling_error(vm, text));
    }
    let in_band = match p.buffer_callback.get() {
        Some(f) => {
            let answer = vm.call_value(f, &[v])?;
            vm.truth(answer)?
        }
        None => true,
    };
    if !in_band {
        p.op(NEXT_BUFFER);
        if e.readonly {
            p.op(READONLY_BUFFER);
        }
        return Ok(());
    }
    let data = if e.len == 0 {
        Vec::new()
    } else {
        // SAFETY: the export keeps `len` bytes at `ptr` in place; they are copied at once.
        unsafe { std::slice::from_raw_parts(e.ptr, e.len) }.to_vec()
    };
    if e.readonly {
        put_bytes(vm, p, &data, None)?;
    } else {
        put_bytearray(vm, p, &data, None)?;
    }
    put_memo(p, v);
    Ok(())
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, object, /)", nosig)]
    fn new(vm: &mut Vm, class: Value, object: Value) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        let buffer = vm.get_buffer_any(object, false)?.persist(vm);
        vm.new_payload(
            class,
            PickleBuffer {
                buffer: RefCell::new(Some(buffer)),
                released: Cell::new(false),
                exports: Exports::default(),
            },
        )
    }
    /// The bytes as a memoryview of one dimension; the buffer must be contiguous.
    #[native("raw($self, /)")]
    fn raw(vm: &mut Vm, this: Value) -> Res {
        let e = buffer_of(this).exported(vm)?;
        if !is_contiguous(&e) {
            let text = "cannot extract raw buffer from non-contiguous buffer";
            return Err(vm.error(vm.types.exc.BufferError, text));
        }
        let class = vm.native_type(&RAW)?;
        let raw = vm.new_payload(class, Raw { of: this })?;
        vm.new_memoryview(raw)
    }
    /// Let go of the object.
    #[native("release($self, /)")]
    fn release(vm: &mut Vm, this: Value) -> Res<()> {
        let b = buffer_of(this);
        b.released.set(true);
        if b.exports.count() == 0 {
            let taken = b.buffer.borrow_mut().take();
            if let Some((exporter, view)) = taken.and_then(|mut b| b.take_python()) {
                vm.release_python_buffer(exporter, view);
            }
        }
        Ok(())
    }
}
