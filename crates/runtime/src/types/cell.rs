//! `cell`.

use crate::class::TypeSpec;
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "cell",
    kind: Kind::Cell,
    ..TypeSpec::DEFAULT
};
