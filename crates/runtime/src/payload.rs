//! Boxed Rust state of native instances (files, deques, compiled patterns, ...).

use crate::object::{PayloadObj, Ref};
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::any::Any;

/// What sending to an iterator gave: a yielded value, or (`Err`) the result.
pub type Sent = Res<Result<Value, Value>>;

/// Rust state that lives in a `Payload` cell. Dropped when the cell is swept.
///
/// Values held inside are invisible to the collector unless `trace` marks them.
pub trait Payload: Any {
    /// Marks each value held.
    fn trace(&self, tracer: &mut gc::Tracer);
    /// Malloc'ed bytes owned, for the collection trigger.
    fn external_bytes(&self) -> usize {
        0
    }
    /// Whether `__del__` has something to do, should the object die now. Asked by the collector of
    /// objects that are tracked (`Vm::mark_finalizable`); those of Python subclasses are to say yes.
    fn needs_finalizer(&self) -> bool {
        true
    }
    /// Whether a native `__del__` has something to do at the end of the program too.
    fn needs_last_finalizer(&self) -> bool {
        false
    }
    /// `send(value)` to this iterator, `this` being its object, without a StopIteration: `Ok(Ok)`
    /// it yielded, `Ok(Err)` it returned. None: the method has to be called.
    fn send(&self, _vm: &mut Vm, _this: Value, _value: Value) -> Option<Sent> {
        None
    }
    /// Memory to export by the buffer protocol.
    fn buffer(&self) -> Option<&dyn crate::buffer::BufferSource> {
        None
    }
}

/// Larger payloads are boxed.
const INLINE_MAX: usize = 512;

/// Where in a cell whose slots end at `slots` a payload lies: behind them. None: in a box.
pub(crate) const fn place_inline<T>(slots: usize) -> Option<usize> {
    if size_of::<T>() > INLINE_MAX || align_of::<T>() > 16 {
        None
    } else {
        Some(slots.next_multiple_of(align_of::<T>()))
    }
}

/// Marks one value.
pub fn mark(tracer: &mut gc::Tracer, v: Value) {
    // SAFETY: a value is a word of the layout the tracer knows.
    unsafe { tracer.mark_word(v.bits()) }
}

impl Ref<PayloadObj> {
    /// The payload as T, when it is one. The reference must not be held across calls that can
    /// run Python code unless T's fields are Cells or RefCells released before.
    pub fn get<T: Payload>(&self) -> Option<&T> {
        let p = self.payload.get()?;
        // SAFETY: the payload lives as long as its cell, which `self` keeps alive.
        let any: &dyn Any = unsafe { &*p.as_ptr() };
        any.downcast_ref()
    }
}

impl Value {
    /// The Rust payload of type T of this value.
    pub fn payload<'a, T: Payload>(self) -> Option<&'a T> {
        let r = self.downcast::<PayloadObj>()?;
        // SAFETY: the payload is boxed and lives until its cell is swept; the caller's copy of
        // the value on the stack keeps the cell alive.
        r.get::<T>().map(|t| unsafe { &*(t as *const T) })
    }
}
