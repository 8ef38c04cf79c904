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
