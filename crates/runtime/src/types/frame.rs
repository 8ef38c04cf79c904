//! `frame`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "frame",
    kind: Kind::Frame,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};
