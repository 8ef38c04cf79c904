//! Constants of the format and primitive readers.

use super::DecodeError;
use crate::opcodes::{Op, Role};

pub(super) const MAGIC: [u8; 8] = *b"\x93TAUCOD\n";
pub(super) const FORMAT: u32 = 1;
pub(super) const BLOB_HEAD: usize = 32;
pub(super) const RECORD_HEAD: usize = 80;

/// Strings up to this many bytes are stored once per blob. Longer ones are stored each time, so
/// that decoding a blob to owned data takes memory linear in its size (see `STRING_FACTOR`).
pub(super) const SHARE_MAX: usize = 256;
/// A blob of n bytes decodes to less than this times n bytes of strings: a reference takes at
/// least two bytes and gives at most `SHARE_MAX`, or the file name once per 80-byte record.
pub(super) const STRING_FACTOR: usize = 256;

/// Tags of constants.
pub(super) mod tag {
    pub const NONE: u8 = 0;
    pub const ELLIPSIS: u8 = 1;
    pub const FALSE: u8 = 2;
    pub const TRUE: u8 = 3;
    /// zigzag varint
    pub const INT: u8 = 4;
    /// sign byte, varint n, n limbs u64
    pub const BIG_INT: u8 = 5;
    /// bits u64
    pub const FLOAT: u8 = 6;
    /// bits of real and imaginary part
    pub const COMPLEX: u8 = 7;
    /// varint string id
    pub const STR: u8 = 8;
    /// varint n, n code points u32
    pub const STR_POINTS: u8 = 9;
    /// varint n, n bytes
    pub const BYTES: u8 = 10;
    /// u32 n, u32 bytes of the elements, elements
    pub const TUPLE: u8 = 11;
    /// as TUPLE
    pub const FROZEN_SET: u8 = 12;
    /// as TUPLE, of start, stop, step
    pub const SLICE: u8 = 13;
    /// u32 offset of the record
    pub const CODE: u8 = 14;
}

/// A hash of the opcode table: blobs made with other opcodes are refused.
pub(super) const TABLE_HASH: u32 = table_hash();

const fn mix(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

const fn table_hash() -> u32 {
    let mut hash = 0x811c_9dc5;
    let mut i = 0;
    while i < Op::INFO.len() {
        let info = &Op::INFO[i];
        let name = info.name.as_bytes();
        let mut j = 0;
        while j < name.len() {
            hash = mix(hash, name[j]);
            j += 1;
        }
        hash = mix(hash, info.words);
        j = 0;
        while j < info.operands.len() {
            let (field, _, role) = info.operands[j];
            hash = mix(mix(hash, field as u8), role_number(role));
            j += 1;
        }
        i += 1;
    }
    hash
}

const fn role_number(role: Role) -> u8 {
    match role {
        Role::Out => 0,
        Role::In => 1,
        Role::InOut => 2,
        Role::OutPair => 3,
        Role::InPair => 4,
        Role::Range(..) => 5,
        Role::OutRange(..) => 6,
        Role::OutFall => 7,
        Role::InWhen(_) => 8,
        Role::RangeOf(_) => 9,
        Role::OutRangeOf(_) => 10,
        Role::Imm => 11,
        Role::SImm => 12,
        Role::Sel => 13,
        Role::SelTo(_) => 14,
        Role::Konst => 15,
        Role::Name => 16,
        Role::Free => 17,
        Role::Jump => 18,
        Role::Cache => 19,
    }
}

/// Reads primitives from the front of a slice.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], DecodeError> {
        let (head, rest) = self
            .bytes
            .split_at_checked(n)
            .ok_or(DecodeError::Truncated)?;
        self.bytes = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, rest) = self
            .bytes
            .split_first_chunk()
            .ok_or(DecodeError::Truncated)?;
        self.bytes = rest;
        Ok(*head)
    }

    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        Ok(self.array::<1>()?[0])
    }

    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// LEB128, at most 64 bits.
    pub fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            value |= ((byte & 0x7f) as u64) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(DecodeError::Constant)
    }

    pub fn zigzag(&mut self) -> Result<i64, DecodeError> {
        let n = self.varint()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// A varint that is a count of things of `size` bytes that follow.
    pub fn count(&mut self, size: usize) -> Result<usize, DecodeError> {
        let n = self.varint()?;
        match usize::try_from(n) {
            Ok(n) if n <= self.bytes.len() / size => Ok(n),
            _ => Err(DecodeError::Truncated),
        }
    }
}

pub(super) fn put_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

pub(super) fn put_zigzag(out: &mut Vec<u8>, n: i64) {
    put_varint(out, (n << 1 ^ n >> 63) as u64);
}
