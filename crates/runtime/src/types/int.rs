//! `int`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "int",
    kind: Kind::Int,
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    ..TypeSpec::DEFAULT
};
