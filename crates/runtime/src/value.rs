//! The tagged 64-bit value.
//!
//! ```text
//!   0000 pppp pppp ppp0   pointer to a cell, 16-byte aligned, stored raw
//!   0000 0000 0000 000x   specials: None, False, True, NotImplemented, Ellipsis (low four bits set)
//!   0002 .... .... ....   \
//!        ...               > float: IEEE bits + 2^49
//!   fffd .... .... ....   /
//!   fffe/ffff iiii iiii   small int n as n - 2^48, -2^48 <= n < 2^48
//! ```
//! The all-zero word is no value: "raised" in results, "unbound" in registers, "empty" in slots.

use gc::Header;
use std::num::NonZeroU64;

/// Words at or above this are small ints.
pub const TAG_INT: u64 = 0xfffe << 48;
/// Added to the bits of a double.
pub const FLOAT_OFFSET: u64 = 1 << 49;
/// A small int n is stored as n - INT_BIAS.
pub const INT_BIAS: u64 = 1 << 48;
/// A nonzero word is a cell pointer when none of these bits is set.
pub const NOT_CELL_MASK: u64 = 0xffff_0000_0000_000f;
/// Largest small int.
pub const INT_MAX: i64 = (1 << 48) - 1;
/// Smallest small int.
pub const INT_MIN: i64 = -(1 << 48);
/// Doubles with bits from here on collide with the int tag and are made canonical.
pub const NAN_LIMIT: u64 = 0xfffc << 48;

/// A Python value: a small int, a float, a special constant or a pointer to a heap cell.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(NonZeroU64);

/// The marker that an exception is set in the thread state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised;

/// The result of an operation that can raise.
pub type Res<T = Value> = Result<T, Raised>;

const _: () = assert!(size_of::<Res>() == 8 && size_of::<Option<Value>>() == 8);

const fn special(n: u64) -> Value {
    match NonZeroU64::new(n) {
        Some(n) => Value(n),
        None => panic!("zero is no value"),
    }
}

impl Value {
    pub const NONE: Value = special(0x1);
    pub const FALSE: Value = special(0x2);
    pub const TRUE: Value = special(0x3);
    pub const NOT_IMPLEMENTED: Value = special(0x4);
    pub const ELLIPSIS: Value = special(0x5);

    /// The word as it is stored.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0.get()
    }

    /// The value with this word; None for zero.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Option<Value> {
        match NonZeroU64::new(bits) {
            Some(n) => Some(Value(n)),
            None => None,
        }
    }

    /// The value with this word.
    ///
    /// # Safety
    /// `bits` is not zero and is a word of the layout above.
    #[inline(always)]
    pub const unsafe fn from_bits_unchecked(bits: u64) -> Value {
        // SAFETY: the caller promises that bits is not zero.
        Value(unsafe { NonZeroU64::new_unchecked(bits) })
    }

    /// A small int, when n fits.
    #[inline(always)]
    pub const fn small_int(n: i64) -> Option<Value> {
        if n >= INT_MIN && n <= INT_MAX {
            Some(Value::int_unchecked(n))
        } else {
            None
        }
    }

    /// A small int; n must be in range (i32 always is).
    #[inline(always)]
    pub const fn int_unchecked(n: i64) -> Value {
        // SAFETY: only n == 2^48, which is out of range, would give zero.
        unsafe { Value::from_bits_unchecked((n as u64).wrapping_sub(INT_BIAS)) }
    }

    /// A float. NaNs that collide with the tags become the canonical NaN of their sign.
    #[inline(always)]
    pub const fn float(f: f64) -> Value {
        let bits = f.to_bits();
        let bits = if bits >= NAN_LIMIT {
            0xfff8 << 48
        } else {
            bits
        };
        // SAFETY: bits is below NAN_LIMIT, so the sum is at least 2^49.
        unsafe { Value::from_bits_unchecked(bits + FLOAT_OFFSET) }
    }

    /// A float computed from floats that are values already: such a NaN is canonical.
    #[inline(always)]
    pub const fn float_computed(f: f64) -> Value {
        debug_assert!(f.to_bits() < NAN_LIMIT);
        // SAFETY: arithmetic gives the default NaN or a quieted operand, never a larger payload.
        unsafe { Value::from_bits_unchecked(f.to_bits().wrapping_add(FLOAT_OFFSET)) }
    }

    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        if b { Value::TRUE } else { Value::FALSE }
    }

    /// A pointer to a cell.
    #[inline(always)]
    pub fn cell<T>(p: *const T) -> Value {
        debug_assert!(!p.is_null() && p as u64 & NOT_CELL_MASK == 0);
        // SAFETY: cells are never at address zero.
        unsafe { Value::from_bits_unchecked(p as u64) }
    }

    #[inline(always)]
    pub const fn is_cell(self) -> bool {
        self.bits() & NOT_CELL_MASK == 0
    }
    #[inline(always)]
    pub const fn is_small_int(self) -> bool {
        self.bits() >= TAG_INT
    }
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.bits().wrapping_sub(FLOAT_OFFSET) < TAG_INT - FLOAT_OFFSET
    }
    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.bits() == Value::NONE.bits()
    }
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.bits() & !1 == 2
    }
    #[inline(always)]
    pub const fn is_true(self) -> bool {
        self.bits() == Value::TRUE.bits()
    }
    #[inline(always)]
    pub const fn is_false(self) -> bool {
        self.bits() == Value::FALSE.bits()
    }
    #[inline(always)]
    pub const fn is_not_implemented(self) -> bool {
        self.bits() == Value::NOT_IMPLEMENTED.bits()
    }

    /// The small int, when it is one (bools are not).
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<i64> {
        if self.is_small_int() {
            Some(self.small_int_unchecked())
        } else {
            None
        }
    }
    /// The small int's number; meaningless for anything else.
    #[inline(always)]
    pub const fn small_int_unchecked(self) -> i64 {
        self.bits().wrapping_add(INT_BIAS) as i64
    }
    /// The float, when it is one.
    #[inline(always)]
    pub const fn as_float(self) -> Option<f64> {
        if self.is_float() {
            Some(self.float_unchecked())
        } else {
            None
        }
    }
    /// The float's number; meaningless for anything else.
    #[inline(always)]
    pub const fn float_unchecked(self) -> f64 {
        f64::from_bits(self.bits().wrapping_sub(FLOAT_OFFSET))
    }
    /// The cell's header, when it is a cell.
    #[inline(always)]
    pub const fn as_cell(self) -> Option<*mut Header> {
        if self.is_cell() {
            Some(self.bits() as *mut Header)
        } else {
            None
        }
    }
    /// The cell's address; meaningless for anything else.
    #[inline(always)]
    pub const fn ptr<T>(self) -> *mut T {
        self.bits() as *mut T
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            v if v.is_small_int() => write!(f, "int({})", v.small_int_unchecked()),
            v if v.is_float() => write!(f, "float({})", v.float_unchecked()),
            Value::NONE => f.write_str("None"),
            Value::TRUE => f.write_str("True"),
            Value::FALSE => f.write_str("False"),
            Value::NOT_IMPLEMENTED => f.write_str("NotImplemented"),
            Value::ELLIPSIS => f.write_str("Ellipsis"),
            v => write!(f, "cell({:#x})", v.bits()),
        }
    }
}
