//! Compact binary form of code objects, made to be read at start-up in place.
//!
//! A blob is position-independent, little-endian, and every offset counts from its start:
//!
//! ```text
//! blob    0 magic [u8; 8] | 8 format version u32 | 12 opcode table hash u32 | 16 length u32
//!        20 number of strings u32 | 24 offset of the string table u32 | 28 root record u32
//!        32 records, in pre-order | string table: (n + 1) offsets u32, then UTF-8 bytes
//!
//! record (8-aligned; one per code object)
//!         0 flags u64 | 8 ninstrs | 12 ncaches | 16 first_line (u32)
//!        20 argcount | 22 posonly | 24 kwonly | 26 nregs (u16)
//!        28 nlocals | 32 ncell flags | 36 nhidden flags | 40 nfree | 44 nnames | 48 nconsts
//!        52 nexceptions | 56 name | 60 qualname | 64 filename (string ids)
//!        68 bytes of positions | 72 bytes of constants | 76 record size (all u32)
//!        80 instructions, u64 each
//!           string ids of locals, free variables, names; offsets of constants (u32 each)
//!           exception entries: start, end, handler, exc (u32 each)
//!           cell flags, hidden flags (u8 each) | positions | constants | padding to 8
//! ```
//!
//! When the blob is 8-aligned in memory the instructions can be used where they are (see
//! [`View::instrs`]); nothing else is decoded before it is asked for. Nested code objects are
//! constants that hold the offset of their record. Strings are stored once per blob, so a loader
//! can intern each of them once.

mod encode;
mod format;
mod owned;
mod positions;
mod view;

pub use encode::encode;
pub use owned::decode;
pub use view::{Blob, ConstSeq, ConstView, Ids, View};

/// How deep code objects and tuples may nest in one another in a blob.
pub const MAX_NESTING: u32 = 200;

/// Why bytes could not be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Not a blob.
    Magic,
    /// Made by a version with another format or other opcodes.
    Version,
    /// Something reaches beyond the end of what contains it.
    Truncated,
    /// An offset is misaligned or does not point where it must.
    Offset,
    /// A string index is out of range.
    StringIndex,
    /// A string is not UTF-8.
    Utf8,
    /// A constant has an unknown tag or malformed content.
    Constant,
    /// The position table is malformed.
    Positions,
    /// Nested deeper than `MAX_NESTING`.
    TooDeep,
    /// Decoding would take memory out of proportion to the input.
    TooLarge,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            DecodeError::Magic => "not a code object",
            DecodeError::Version => "code object of another version",
            DecodeError::Truncated => "code object is truncated",
            DecodeError::Offset => "bad offset in code object",
            DecodeError::StringIndex => "bad string index in code object",
            DecodeError::Utf8 => "string in code object is not UTF-8",
            DecodeError::Constant => "bad constant in code object",
            DecodeError::Positions => "bad position table in code object",
            DecodeError::TooDeep => "code object nested too deeply",
            DecodeError::TooLarge => "code object too large",
        })
    }
}

impl std::error::Error for DecodeError {}

/// Bytes aligned so that instructions in an embedded blob can be used in place:
/// `static CODE: &Aligned<[u8]> = &Aligned(*include_bytes!("x.code"));`
#[repr(C, align(16))]
pub struct Aligned<T: ?Sized>(pub T);
