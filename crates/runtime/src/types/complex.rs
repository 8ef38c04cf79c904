//! `complex`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "complex",
    kind: Kind::Complex,
    flags: TypeFlags::BASE,
    size: size_of::<ComplexObj>(),
    slot_offset: size_of::<ComplexObj>(),
    ..TypeSpec::DEFAULT
};
