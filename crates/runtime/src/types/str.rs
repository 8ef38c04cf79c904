//! `str`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "str",
    kind: Kind::Str,
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    ..TypeSpec::DEFAULT
};
