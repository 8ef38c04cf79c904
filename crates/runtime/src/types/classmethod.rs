//! `classmethod` and `staticmethod`.

use crate::class::{DictPlace, TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "classmethod",
    kind: Kind::ClassMethod,
    flags: TypeFlags::BASE,
    dict: DictPlace::Field,
    slot_offset: std::mem::offset_of!(ClassMethodObj, dict),
    ..TypeSpec::DEFAULT
};

pub static STATIC: TypeSpec = TypeSpec {
    name: "staticmethod",
    kind: Kind::StaticMethod,
    flags: TypeFlags::BASE,
    dict: DictPlace::Field,
    slot_offset: std::mem::offset_of!(StaticMethodObj, dict),
    ..TypeSpec::DEFAULT
};
