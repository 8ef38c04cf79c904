//! `set` and `frozenset`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "set",
    kind: Kind::Set,
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    size: size_of::<SetObj>(),
    slot_offset: size_of::<SetObj>(),
    ..TypeSpec::DEFAULT
};

pub static FROZENSET: TypeSpec = TypeSpec {
    name: "frozenset",
    kind: Kind::FrozenSet,
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    size: size_of::<SetObj>(),
    slot_offset: size_of::<SetObj>(),
    ..TypeSpec::DEFAULT
};
