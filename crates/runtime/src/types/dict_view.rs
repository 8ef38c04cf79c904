//! `dict_keys`, `dict_values`, `dict_items`.

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static KEYS: TypeSpec = TypeSpec {
    name: "dict_keys",
    kind: Kind::DictView,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static VALUES: TypeSpec = TypeSpec {
    name: "dict_values",
    kind: Kind::DictView,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static ITEMS: TypeSpec = TypeSpec {
    name: "dict_items",
    kind: Kind::DictView,
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};
