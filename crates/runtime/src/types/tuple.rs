//! `tuple`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "tuple",
    kind: Kind::Tuple,
    flags: TypeFlags::BASE
        .union(TypeFlags::SEQUENCE)
        .union(TypeFlags::MATCH_SELF),
    ..TypeSpec::DEFAULT
};
