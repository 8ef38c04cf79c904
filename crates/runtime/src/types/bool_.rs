//! `bool`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "bool",
    kind: Kind::Bool,
    base: Some(&super::int::SPEC),
    flags: TypeFlags::MATCH_SELF,
    ..TypeSpec::DEFAULT
};
