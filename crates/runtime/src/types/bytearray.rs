//! `bytearray`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "bytearray",
    kind: Kind::ByteArray,
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    size: size_of::<ByteArrayObj>(),
    slot_offset: size_of::<ByteArrayObj>(),
    ..TypeSpec::DEFAULT
};
