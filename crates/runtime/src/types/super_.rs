//! `super`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "super",
    kind: Kind::Super,
    flags: TypeFlags::BASE,
    size: size_of::<SuperObj>(),
    slot_offset: size_of::<SuperObj>(),
    ..TypeSpec::DEFAULT
};
