//! `getset_descriptor` and `member_descriptor`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "getset_descriptor",
    kind: Kind::GetSet,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static MEMBER: TypeSpec = TypeSpec {
    name: "member_descriptor",
    kind: Kind::Member,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};
