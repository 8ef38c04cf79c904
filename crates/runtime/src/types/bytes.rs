//! `bytes`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "bytes",
    kind: Kind::Bytes,
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    ..TypeSpec::DEFAULT
};
