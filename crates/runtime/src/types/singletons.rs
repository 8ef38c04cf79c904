//! None, Ellipsis, NotImplemented.

use crate::class::TypeSpec;
use crate::object::*;

pub static NONE: TypeSpec = TypeSpec {
    name: "NoneType",
    kind: Kind::NoneType,
    ..TypeSpec::DEFAULT
};

pub static ELLIPSIS: TypeSpec = TypeSpec {
    name: "ellipsis",
    kind: Kind::Ellipsis,
    ..TypeSpec::DEFAULT
};

pub static NOT_IMPLEMENTED: TypeSpec = TypeSpec {
    name: "NotImplementedType",
    kind: Kind::NotImplemented,
    ..TypeSpec::DEFAULT
};
