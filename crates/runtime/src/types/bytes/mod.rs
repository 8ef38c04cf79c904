//! `bytes`.

mod convert;
pub mod join;
mod methods;
mod percent;
pub mod shared;
pub mod slices;

pub use convert::{BytesFrom, HexArgs};

use crate::class::{DictPlace, TypeFlags, TypeSpec};
use crate::object::*;

pub static SPEC: TypeSpec = TypeSpec {
    name: "bytes",
    kind: Kind::Bytes,
    doc: "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer",
    tables: &[convert::methods::TABLE, methods::table::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    dict: DictPlace::None,
    ..TypeSpec::DEFAULT
};
