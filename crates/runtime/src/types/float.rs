//! `float`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "float",
    kind: Kind::Float,
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    size: size_of::<FloatObj>(),
    slot_offset: size_of::<FloatObj>(),
    ..TypeSpec::DEFAULT
};
