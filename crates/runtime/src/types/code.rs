//! `code`.

use crate::class::TypeSpec;
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "code",
    kind: Kind::Code,
    ..TypeSpec::DEFAULT
};
