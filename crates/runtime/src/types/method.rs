//! `method`.

use crate::class::TypeSpec;
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "method",
    kind: Kind::BoundMethod,
    ..TypeSpec::DEFAULT
};
