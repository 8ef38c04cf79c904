//! `bytearray`.

mod methods;
mod mutate;
mod storage;

use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "bytearray",
    kind: Kind::ByteArray,
    doc: "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer",
    tables: &[mutate::methods::TABLE, methods::table::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    size: size_of::<ByteArrayObj>(),
    slot_offset: size_of::<ByteArrayObj>(),
    ..TypeSpec::DEFAULT
};
