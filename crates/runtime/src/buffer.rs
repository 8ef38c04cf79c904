//! The buffer protocol: memory that an object lends to native code and to `memoryview`.
//!
//! Native code reads with `vm.get_buffer(v)?` and writes with `vm.get_buffer_mut(v, "...")?`. The
//! [`Buffer`] counts as an export of its object until it is dropped, so a `bytearray` cannot be
//! resized meanwhile. Keep a `Buffer` on the native stack only; inside a payload keep what
//! [`Buffer::persist`] returns and trace its `owner`.
//!
//! A native type exports its memory by returning a [`BufferSource`] from `Payload::buffer`; a
//! Python class by `__buffer__` (PEP 688).

use crate::object::*;
use crate::types::memoryview;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::rc::Rc;

mod exports;

pub use exports::{BYTEARRAY_VIEWED, ByteArrayExports, Exports, Token};

/// `inspect.BufferFlags` that this runtime tells apart.
pub mod flags {
    pub const SIMPLE: i64 = 0;
    pub const WRITABLE: i64 = 1;
    pub const FORMAT: i64 = 4;
    pub const ND: i64 = 8;
    pub const STRIDES: i64 = 0x18;
    pub const FULL_RO: i64 = 0x11c;
    pub const FULL: i64 = 0x11d;
}

/// How the bytes are cut into items.
#[derive(Clone, Debug)]
pub struct Layout {
    /// A `struct` format of one item.
    pub format: Rc<str>,
    pub itemsize: usize,
    /// Items along each dimension; empty for a scalar.
    pub shape: Vec<usize>,
    /// Bytes from item to item along each dimension.
    pub strides: Vec<isize>,
}

impl Layout {
    /// One contiguous dimension of `n` items.
    pub fn linear(format: &str, itemsize: usize, n: usize) -> Layout {
        Layout {
            format: format.into(),
            itemsize,
            shape: vec![n],
            strides: vec![itemsize as isize],
        }
    }
    /// Items in all.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
    /// The items lie one behind the other in C order.
    pub fn is_c_contiguous(&self) -> bool {
        self.contiguous(&mut (0..self.shape.len()).rev())
    }
    /// The items lie one behind the other in Fortran order.
    pub fn is_f_contiguous(&self) -> bool {
        self.contiguous(&mut (0..self.shape.len()))
    }
    fn contiguous(&self, order: &mut dyn Iterator<Item = usize>) -> bool {
        if self.count() == 0 {
            return true;
        }
        let mut want = self.itemsize as isize;
        for i in order {
            if self.shape[i] > 1 && self.strides[i] != want {
                return false;
            }
            want *= self.shape[i] as isize;
        }
        true
    }
}

/// Memory as its owner hands it out.
pub struct Exported {
    /// The first item. Stays valid while the token is held (or the owner lives, for memory that
    /// never moves).
    pub ptr: *mut u8,
    /// Bytes of all items.
    pub len: usize,
    pub readonly: bool,
    /// None: plain bytes.
    pub layout: Option<Layout>,
    /// Held while the export lasts.
    pub token: Option<Token>,
}

/// A payload whose memory can be exported.
pub trait BufferSource {
    /// Exports the memory; `this` is the object. Raises when that is impossible.
    fn export(&self, vm: &mut Vm, this: Value, writable: bool) -> Res<Exported>;
    /// The object the views name as `obj`.
    fn origin(&self, this: Value) -> Value {
        this
    }
}

enum Hold {
    Nothing,
    /// Counted in the bytearray itself.
    ByteArray(Ref<ByteArrayObj>),
    Token(Token),
    /// A Python exporter and the memoryview that its `__buffer__` returned.
    Python {
        vm: *mut Vm,
        exporter: Value,
        view: Value,
    },
}

/// Memory on loan from an object.
pub struct Buffer {
    /// The object (for a memoryview its base object).
    pub owner: Value,
    ptr: *mut u8,
    len: usize,
    readonly: bool,
    layout: Option<Layout>,
    hold: Hold,
}

impl Drop for Buffer {
    fn drop(&mut self) {
        match std::mem::replace(&mut self.hold, Hold::Nothing) {
            Hold::ByteArray(b) => b.exports.set(b.exports.get() - 1),
            Hold::Python { vm, exporter, view } if !vm.is_null() => {
                // SAFETY: a buffer that was not persisted lives on the stack of its thread.
                unsafe { (*vm).release_python_buffer(exporter, view) };
            }
            _ => {}
        }
    }
}

impl Buffer {
    /// The objects that the loan rests on: whoever keeps a buffer where the collector does not look
    /// has to keep these alive.
    pub fn objects(&self) -> [Option<Value>; 3] {
        match &self.hold {
            Hold::Python { exporter, view, .. } => [Some(self.owner), Some(*exporter), Some(*view)],
            Hold::ByteArray(b) => [Some(self.owner), Some(b.value()), None],
            _ => [Some(self.owner), None, None],
        }
    }
    /// Bytes of all items.
    pub fn len(&self) -> usize {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    pub fn readonly(&self) -> bool {
        self.readonly
    }
    /// The first byte; null or dangling when empty.
    pub fn as_ptr(&self) -> *mut u8 {
        self.ptr
    }
    /// How the bytes are cut into items; None: plain bytes.
    pub fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }
    /// Bytes of one item.
    pub fn itemsize(&self) -> usize {
        self.layout.as_ref().map_or(1, |l| l.itemsize)
    }
    /// The bytes of a contiguous buffer. Do not hold the slice across calls that run Python code.
    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the export keeps `len` bytes at `ptr` in place.
        unsafe { std::slice::from_raw_parts(self.ptr, self.len) }
    }
    /// The bytes for writing; empty for a read-only buffer. The rules of `as_slice` hold.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        if self.len == 0 || self.readonly {
            return &mut [];
        }
        // SAFETY: as in `as_slice`; writing was asked for and granted.
        unsafe { std::slice::from_raw_parts_mut(self.ptr, self.len) }
    }
    /// A buffer that may live in a payload (which must trace `owner`): its end is found by the
    /// collector when it is not dropped.
    pub fn persist(mut self, vm: &mut Vm) -> Buffer {
        if let Hold::ByteArray(b) = self.hold {
            b.exports.set(b.exports.get() - 1);
            self.hold = Hold::Token(vm.bytearray_token(b));
        }
        self
    }
    /// What keeps the memory of a persistent buffer in place, if the owner alone does not.
    pub fn token(&self) -> Option<Token> {
        match &self.hold {
            Hold::Token(t) => Some(t.clone()),
            _ => None,
        }
    }
    /// Lent by a Python class, which wants it back.
    pub fn is_python(&self) -> bool {
        matches!(self.hold, Hold::Python { .. })
    }
    /// The Python exporter whose `__release_buffer__` is due, which a persistent buffer's holder
    /// must then call by `release_python_buffer`; dropping no longer does it.
    pub fn take_python(&mut self) -> Option<(Value, Value)> {
        match self.hold {
            Hold::Python { exporter, view, .. } => {
                self.hold = Hold::Nothing;
                Some((exporter, view))
            }
            _ => None,
        }
    }
    /// Values to trace besides `owner`.
    pub fn trace(&self, t: &mut gc::Tracer) {
        crate::payload::mark(t, self.owner);
        t_mark_interior(t, self.ptr);
        if let Hold::Python { exporter, view, .. } = self.hold {
            crate::payload::mark(t, exporter);
            crate::payload::mark(t, view);
        }
    }
    /// Makes dropping silent: called when the buffer moves into a payload.
    fn mute(&mut self) {
        if let Hold::Python { vm, .. } = &mut self.hold {
            *vm = std::ptr::null_mut();
        }
    }
}

/// Backing memory may be replaced by its owner while a stale view still points to it.
fn t_mark_interior(t: &mut gc::Tracer, p: *mut u8) {
    // SAFETY: any word may be offered to the conservative test.
    unsafe { t.mark_conservative(p as u64) }
}

impl Vm {
    /// The contiguous bytes of a bytes-like object for reading.
    pub fn get_buffer(&mut self, v: Value) -> Res<Buffer> {
        if let Some(b) = v.downcast::<BytesObj>() {
            return Ok(Buffer {
                owner: v,
                ptr: b.data.get().cast_mut(),
                len: b.len,
                readonly: true,
                layout: None,
                hold: Hold::Nothing,
            });
        }
        let b = self.get_buffer_any(v, false)?;
        self.need_contiguous(b)
    }

    /// The contiguous bytes of a bytes-like object for writing. `what` begins the TypeError, such
    /// as "readinto() argument".
    pub fn get_buffer_mut(&mut self, v: Value, what: &str) -> Res<Buffer> {
        let b = match self.get_buffer_any(v, true) {
            Ok(b) if !b.readonly => b,
            r => {
                if r.is_ok()
                    || self.catch(self.types.exc.BufferError)
                    || self.catch(self.types.exc.TypeError)
                {
                    let name = self.class_name(v);
                    return Err(self.type_error(&format!(
                        "{what} must be read-write bytes-like object, not {name}"
                    )));
                }
                return r;
            }
        };
        self.need_contiguous(b)
    }

    fn need_contiguous(&mut self, b: Buffer) -> Res<Buffer> {
        if b.layout.as_ref().is_some_and(|l| !l.is_c_contiguous()) {
            return Err(self.buffer_error("memoryview: underlying buffer is not C-contiguous"));
        }
        Ok(b)
    }

    /// Whether `get_buffer` has a chance.
    pub fn has_buffer(&mut self, v: Value) -> bool {
        v.is_kind(Kind::Bytes)
            || v.is_kind(Kind::ByteArray)
            || v.downcast::<PayloadObj>()
                .and_then(|p| p.payload.get())
                // SAFETY: the payload lives as long as its cell.
                .is_some_and(|p| unsafe { p.as_ref() }.buffer().is_some())
            || (v.is_cell() && self.special(v, self.names.__buffer__).is_some())
    }

    /// Any buffer with its layout; BufferError when writing is asked for and refused.
    pub fn get_buffer_any(&mut self, v: Value, writable: bool) -> Res<Buffer> {
        if self.is_python_exporter(v) {
            let f = if writable {
                flags::FULL
            } else {
                flags::FULL_RO
            };
            return self.python_buffer(v, f);
        }
        if let Some(b) = v.downcast::<ByteArrayObj>() {
            b.exports.set(b.exports.get() + 1);
            return Ok(Buffer {
                owner: v,
                ptr: b.data.get(),
                len: b.len.get(),
                readonly: false,
                layout: None,
                hold: Hold::ByteArray(b),
            });
        }
        if v.is_kind(Kind::Bytes) {
            if writable {
                return Err(self.buffer_error("Object is not writable."));
            }
            return self.get_buffer(v);
        }
        if let Some(p) = v.downcast::<PayloadObj>().and_then(|p| p.payload.get()) {
            // SAFETY: the payload lives as long as its cell, which is on the stack.
            if let Some(source) = unsafe { p.as_ref() }.buffer() {
                let e = source.export(self, v, writable)?;
                return Ok(Buffer {
                    owner: source.origin(v),
                    ptr: e.ptr,
                    len: e.len,
                    readonly: e.readonly,
                    layout: e.layout,
                    hold: e.token.map_or(Hold::Nothing, Hold::Token),
                });
            }
        }
        let name = self.class_name(v);
        Err(self.type_error(&format!("a bytes-like object is required, not '{name}'")))
    }

    /// A class written in Python (or a native one without memory of its own) defines `__buffer__`.
    fn is_python_exporter(&mut self, v: Value) -> bool {
        if !v.is_cell() {
            return false;
        }
        let class = self.class_of(v);
        match self.lookup(class, self.names.__buffer__) {
            Some(m) => !m.is_kind(Kind::MethodDescr),
            None => false,
        }
    }

    /// Calls a Python `__buffer__`.
    pub fn python_buffer(&mut self, v: Value, f: i64) -> Res<Buffer> {
        let Some(m) = self.special(v, self.names.__buffer__) else {
            let name = self.class_name(v);
            return Err(self.type_error(&format!("a bytes-like object is required, not '{name}'")));
        };
        let view = self.call_method_value(m, v, &[Value::int_unchecked(f)])?;
        if view.payload::<memoryview::View>().is_none() {
            return Err(self.type_error("__buffer__ returned non-memoryview object"));
        }
        let mut b = self.get_buffer_any(view, f & flags::WRITABLE != 0)?;
        b.hold = Hold::Python {
            vm: self,
            exporter: v,
            view,
        };
        b.owner = v;
        Ok(b)
    }

    /// Tells a Python exporter that its view is no longer used.
    pub fn release_python_buffer(&mut self, exporter: Value, view: Value) {
        let saved = self.raised.take();
        let r = match self.special(exporter, self.names.__release_buffer__) {
            Some(m) if !m.is_kind(Kind::MethodDescr) => {
                self.call_method_value(m, exporter, &[view])
            }
            _ => Ok(Value::NONE),
        };
        if r.is_err() {
            let class = self.class_name(exporter);
            self.ignore_exception(&format!("in __release_buffer__ of {class}"), None);
        }
        if self.call_method_str(view, "release", &[]).is_err() {
            self.raised = None;
        }
        self.raised = saved;
    }

    /// Moves a buffer into a payload.
    pub(crate) fn keep_buffer(&mut self, b: Buffer) -> Buffer {
        let mut b = b.persist(self);
        b.mute();
        b
    }

    /// An object's `__buffer__` as memoryview, for natives that implement the Python method.
    pub fn buffer_method(&mut self, this: Value, f: i64) -> Res {
        let b = self.get_buffer_native(this, f & flags::WRITABLE != 0)?;
        self.memoryview_of(b)
    }

    /// As `get_buffer_any`, past a Python override of `__buffer__`.
    fn get_buffer_native(&mut self, v: Value, writable: bool) -> Res<Buffer> {
        if let Some(b) = v.downcast::<ByteArrayObj>() {
            b.exports.set(b.exports.get() + 1);
            return Ok(Buffer {
                owner: v,
                ptr: b.data.get(),
                len: b.len.get(),
                readonly: false,
                layout: None,
                hold: Hold::ByteArray(b),
            });
        }
        if v.is_kind(Kind::Bytes) && !writable {
            return self.get_buffer(v);
        }
        self.get_buffer_any(v, writable)
    }
}
