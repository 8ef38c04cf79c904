//! `traceback`.

use crate::class::TypeSpec;
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "traceback",
    kind: Kind::Traceback,
    ..TypeSpec::DEFAULT
};
