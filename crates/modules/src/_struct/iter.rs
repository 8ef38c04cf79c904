//! The iterator of `iter_unpack`.

use super::format::Format;
use super::{struct_error, unpack_tuple};
use runtime::buffer::Buffer;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::mem::offset_of;
use std::rc::Rc;

static ITERATOR: TypeSpec = TypeSpec {
    name: "unpack_iterator",
    module: "_struct",
    kind: Kind::Payload,
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: offset_of!(PayloadObj, overflow),
    iternext: Some(next),
    ..TypeSpec::DEFAULT
};

struct Unpacker {
    format: Rc<Format>,
    buffer: RefCell<Option<Buffer>>,
    at: Cell<usize>,
}

impl Payload for Unpacker {
    fn trace(&self, t: &mut gc::Tracer) {
        if let Some(b) = &*self.buffer.borrow() {
            b.trace(t);
        }
    }
}

/// An iterator over a buffer whose length is a multiple of the format's size.
pub fn new(vm: &mut Vm, format: Rc<Format>, buffer: Value) -> Res {
    if format.size == 0 {
        return Err(struct_error(
            vm,
            "cannot iteratively unpack with a struct of length 0",
        ));
    }
    let b = vm.get_buffer(buffer)?;
    if b.len() % format.size != 0 {
        let text = format!(
            "iterative unpacking requires a buffer of a multiple of {} bytes",
            format.size
        );
        return Err(struct_error(vm, &text));
    }
    let class = vm.native_type(&ITERATOR)?;
    let b = b.persist(vm);
    let state = Unpacker {
        format,
        buffer: RefCell::new(Some(b)),
        at: Cell::new(0),
    };
    vm.new_payload(class, state)
}

/// Bytes of a record that is copied to the native stack.
const FEW: usize = 64;

fn next(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    let Some(u) = this.payload::<Unpacker>() else {
        return Ok(None);
    };
    let (at, size) = (u.at.get(), u.format.size);
    // A copy, so that nothing is borrowed while values are made; small ones are made in place.
    let mut few = [0; FEW];
    let bytes = u.buffer.borrow().as_ref().and_then(|b| {
        let bytes = b.as_slice().get(at..at + size)?;
        Some(match few.get_mut(..size) {
            Some(place) => {
                place.copy_from_slice(bytes);
                None
            }
            None => Some(bytes.to_vec()),
        })
    });
    match bytes {
        Some(b) => {
            u.at.set(at + size);
            let format = u.format.clone();
            let bytes = b.as_deref().unwrap_or(&few[..size.min(FEW)]);
            unpack_tuple(vm, &format, bytes).map(Some)
        }
        None => {
            // Ends the export.
            let done = u.buffer.borrow_mut().take();
            if let Some((exporter, view)) = done.and_then(|mut b| b.take_python()) {
                vm.release_python_buffer(exporter, view);
            }
            Ok(None)
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(_: &mut Vm, this: Value) -> Res {
        Ok(this)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next_(vm: &mut Vm, this: Value) -> Res {
        match next(vm, this)? {
            Some(v) => Ok(v),
            None => Err(vm.stop_iteration(Value::NONE)),
        }
    }
    #[native("__length_hint__($self, /)")]
    fn length_hint(_: &mut Vm, this: Value) -> Res<usize> {
        let Some(u) = this.payload::<Unpacker>() else {
            return Ok(0);
        };
        let len = u.buffer.borrow().as_ref().map_or(0, Buffer::len);
        Ok((len - u.at.get().min(len)) / u.format.size)
    }
}
