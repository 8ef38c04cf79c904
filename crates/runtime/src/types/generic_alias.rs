//! `types.GenericAlias` and `types.UnionType`.

use crate::class::TypeSpec;
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "GenericAlias",
    kind: Kind::GenericAlias,
    module: "types",
    ..TypeSpec::DEFAULT
};

pub static UNION: TypeSpec = TypeSpec {
    name: "Union",
    kind: Kind::Union,
    module: "typing",
    ..TypeSpec::DEFAULT
};
