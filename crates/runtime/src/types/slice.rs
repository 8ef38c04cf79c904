//! `slice`.

use crate::class::TypeSpec;
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "slice",
    kind: Kind::Slice,
    ..TypeSpec::DEFAULT
};
