//! `builtin_function_or_method` and `method_descriptor`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "builtin_function_or_method",
    kind: Kind::Native,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static DESCRIPTOR: TypeSpec = TypeSpec {
    name: "method_descriptor",
    kind: Kind::MethodDescr,
    flags: TypeFlags::NO_INSTANCES.union(TypeFlags::DESCR_GET),
    ..TypeSpec::DEFAULT
};
