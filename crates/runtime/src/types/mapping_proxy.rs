//! `mappingproxy`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "mappingproxy",
    kind: Kind::MappingProxy,
    flags: TypeFlags::MAPPING,
    ..TypeSpec::DEFAULT
};
