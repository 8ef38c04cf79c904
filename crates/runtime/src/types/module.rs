//! `module`.

use crate::class::{DictPlace, TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "module",
    kind: Kind::Module,
    flags: TypeFlags::BASE,
    dict: DictPlace::Field,
    slot_offset: std::mem::offset_of!(ModuleObj, dict),
    ..TypeSpec::DEFAULT
};
