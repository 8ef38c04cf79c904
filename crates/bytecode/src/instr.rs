//! Instruction words.
//!
//! ```text
//!  63           48 47           32 31           16 15     8 7      0
//! +---------------+---------------+---------------+--------+--------+
//! |       c       |       b       |       a       |   d    |   op   |   first word
//! +---------------+---------------+---------------+--------+--------+
//! |              bc  (k32, off32)                 |
//! +---------------+---------------+---------------+--------+--------+
//! |               y               |               x                 |   second word, only
//! +-------------------------------+---------------------------------+   where Op::words() == 2
//! ```
//!
//! `a b c` are unsigned 16-bit (registers, counts) or signed where a role says so, `d` is a
//! small flag byte, `bc` is the 32 bits of b and c together, `x` and `y` are 32-bit.
//! Jump offsets are in words, relative to the first word of the jumping instruction.

use crate::opcodes::Op;

/// One 64-bit instruction word.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
#[repr(transparent)]
pub struct Instr(pub u64);

impl Instr {
    /// Builds a first word from its fields.
    #[inline]
    pub const fn new(op: Op, d: u8, a: u16, b: u16, c: u16) -> Self {
        Instr(op as u64 | (d as u64) << 8 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }

    /// Builds a first word whose b and c are one 32-bit field.
    #[inline]
    pub const fn wide(op: Op, d: u8, a: u16, bc: u32) -> Self {
        Instr(op as u64 | (d as u64) << 8 | (a as u64) << 16 | (bc as u64) << 32)
    }

    /// Builds a second word.
    #[inline]
    pub const fn ext(x: u32, y: u32) -> Self {
        Instr(x as u64 | (y as u64) << 32)
    }

    /// The raw opcode byte.
    #[inline(always)]
    pub const fn op_byte(self) -> u8 {
        self.0 as u8
    }

    /// The opcode, or None for a byte that is no opcode.
    #[inline]
    pub fn op(self) -> Option<Op> {
        Op::from_u8(self.0 as u8)
    }

    #[inline(always)]
    pub const fn d(self) -> u8 {
        (self.0 >> 8) as u8
    }
    #[inline(always)]
    pub const fn a(self) -> u16 {
        (self.0 >> 16) as u16
    }
    #[inline(always)]
    pub const fn b(self) -> u16 {
        (self.0 >> 32) as u16
    }
    #[inline(always)]
    pub const fn c(self) -> u16 {
        (self.0 >> 48) as u16
    }
    #[inline(always)]
    pub const fn bc(self) -> u32 {
        (self.0 >> 32) as u32
    }
    /// `bc` as a signed jump offset in words.
    #[inline(always)]
    pub const fn off32(self) -> i32 {
        (self.0 >> 32) as i32
    }
    /// `c` as a signed immediate or short jump offset.
    #[inline(always)]
    pub const fn imm_c(self) -> i16 {
        (self.0 >> 48) as i16
    }
    /// `b` as a signed immediate.
    #[inline(always)]
    pub const fn imm_b(self) -> i16 {
        (self.0 >> 32) as i16
    }
    #[inline(always)]
    pub const fn x(self) -> u32 {
        self.0 as u32
    }
    #[inline(always)]
    pub const fn y(self) -> u32 {
        (self.0 >> 32) as u32
    }
}
