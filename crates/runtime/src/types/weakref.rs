//! `weakref.ref`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "ReferenceType",
    kind: Kind::WeakRef,
    module: "weakref",
    flags: TypeFlags::BASE,
    size: size_of::<WeakRefObj>(),
    slot_offset: std::mem::offset_of!(WeakRefObj, overflow),
    ..TypeSpec::DEFAULT
};

impl crate::vm::Vm {
    /// A plain weak reference to a cell, without callback.
    pub fn new_weakref(&mut self, target: crate::value::Value) -> crate::value::Res {
        let w = self.alloc::<WeakRefObj>(Kind::WeakRef)?;
        w.hash.set(-1);
        w.target.init(target);
        if let Some(h) = target.as_cell() {
            // SAFETY: a live cell.
            unsafe { (*h).flags |= HAS_WEAKREFS };
            self.interp()
                .weakrefs
                .entry(h as usize)
                .or_default()
                .push(w.value());
        }
        Ok(w.value())
    }
}
