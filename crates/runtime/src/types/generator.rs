//! Generators, coroutines, async generators.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "generator",
    kind: Kind::Generator,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static COROUTINE: TypeSpec = TypeSpec {
    name: "coroutine",
    kind: Kind::Generator,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static ASYNC_GENERATOR: TypeSpec = TypeSpec {
    name: "async_generator",
    kind: Kind::Generator,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};
