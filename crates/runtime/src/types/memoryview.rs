//! `memoryview`.

use crate::class::TypeSpec;
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "memoryview",
    kind: Kind::MemoryView,
    ..TypeSpec::DEFAULT
};
