//! `property`.

use crate::class::{DictPlace, TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "property",
    kind: Kind::Property,
    flags: TypeFlags::BASE,
    dict: DictPlace::Slots,
    size: size_of::<PropertyObj>(),
    slot_offset: std::mem::offset_of!(PropertyObj, overflow),
    ..TypeSpec::DEFAULT
};
