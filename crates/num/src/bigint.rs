//! Arbitrary-size integers with Python's semantics: floor division, arithmetic shifts and
//! two's-complement bit operations. The only file that knows which big-integer crate is used.

use std::cmp::Ordering;
use std::fmt;

use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::{BitTest, DivRem, ExtendedGcd, Gcd, SquareRoot, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

use crate::error::{NumError, Result};

/// A signed integer of any size.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BigInt(IBig);

/// Results longer than this many bits are refused with `MemoryError` before they are computed
/// (2 GiB of limbs; the crate below would abort the process on a failed allocation).
pub const MAX_BITS: u64 = 1 << 34;

impl BigInt {
    /// Zero.
    pub const ZERO: BigInt = BigInt(IBig::ZERO);
    /// One.
    pub const ONE: BigInt = BigInt(IBig::ONE);

    /// From little-endian 64-bit limbs of the magnitude and a sign.
    pub fn from_limbs(negative: bool, limbs: &[u64]) -> Self {
        let sign = if negative {
            Sign::Negative
        } else {
            Sign::Positive
        };
        BigInt(IBig::from_parts(sign, UBig::from_words(limbs)))
    }

    /// Sign (true if negative) and little-endian limbs of the magnitude, without leading zeros.
    pub fn limbs(&self) -> (bool, &[u64]) {
        let (sign, words) = self.0.as_sign_words();
        (sign == Sign::Negative, words)
    }

    /// The value as `i64` if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        i64::try_from(&self.0).ok()
    }

    /// The value as `u64` if it fits.
    pub fn to_u64(&self) -> Option<u64> {
        u64::try_from(&self.0).ok()
    }

    /// The value as `i128` if it fits.
    pub fn to_i128(&self) -> Option<i128> {
        i128::try_from(&self.0).ok()
    }

    /// The lowest 64 bits in two's complement (`int & 0xffff_ffff_ffff_ffff`).
    pub fn low_u64(&self) -> u64 {
        let (negative, limbs) = self.limbs();
        let low = limbs.first().copied().unwrap_or(0);
        if negative { low.wrapping_neg() } else { low }
    }

    /// True for zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// True below zero.
    pub fn is_negative(&self) -> bool {
        self.0.sign() == Sign::Negative
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> i32 {
        match (self.is_zero(), self.is_negative()) {
            (true, _) => 0,
            (_, true) => -1,
            _ => 1,
        }
    }

    /// True for multiples of two.
    pub fn is_even(&self) -> bool {
        self.limbs().1.first().is_none_or(|w| w & 1 == 0)
    }

    /// `int.bit_length()`: bits of the magnitude.
    pub fn bit_length(&self) -> u64 {
        let limbs = self.limbs().1;
        match limbs.last() {
            None => 0,
            Some(top) => limbs.len() as u64 * 64 - u64::from(top.leading_zeros()),
        }
    }

    /// `int.bit_count()`: set bits of the magnitude.
    pub fn bit_count(&self) -> u64 {
        self.limbs()
            .1
            .iter()
            .map(|w| u64::from(w.count_ones()))
            .sum()
    }

    /// Number of trailing zero bits; `None` for zero.
    pub fn trailing_zeros(&self) -> Option<u64> {
        self.0.trailing_zeros().map(|n| n as u64)
    }

    /// Bit `n` in two's complement.
    pub fn bit(&self, n: usize) -> bool {
        self.0.bit(n)
    }

    /// Magnitude.
    pub fn abs(&self) -> Self {
        BigInt(self.0.clone().unsigned_abs().into())
    }

    /// Compares with an `i64` without building a big integer.
    pub fn cmp_i64(&self, other: i64) -> Ordering {
        match self.to_i64() {
            Some(v) => v.cmp(&other),
            None if self.is_negative() => Ordering::Less,
            None => Ordering::Greater,
        }
    }

    /// Floor quotient and remainder with the divisor's sign; `None` if `other` is zero.
    pub fn divmod(&self, other: &Self) -> Option<(Self, Self)> {
        if other.is_zero() {
            return None;
        }
        let (q, r) = (&self.0).div_rem(&other.0);
        if !r.is_zero() && (r.sign() != other.0.sign()) {
            return Some((BigInt(q - IBig::ONE), BigInt(r + &other.0)));
        }
        Some((BigInt(q), BigInt(r)))
    }

    /// `self // other`; `None` if `other` is zero.
    pub fn floor_div(&self, other: &Self) -> Option<Self> {
        self.divmod(other).map(|(q, _)| q)
    }

    /// `self % other`; `None` if `other` is zero.
    pub fn modulo(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let r = &self.0 % &other.0;
        if !r.is_zero() && r.sign() != other.0.sign() {
            return Some(BigInt(r + &other.0));
        }
        Some(BigInt(r))
    }

    /// Truncated quotient and remainder of magnitudes; panics never: `None` if `other` is zero.
    pub(crate) fn div_rem_trunc(&self, other: &Self) -> Option<(Self, Self)> {
        if other.is_zero() {
            return None;
        }
        let (q, r) = (&self.0).div_rem(&other.0);
        Some((BigInt(q), BigInt(r)))
    }

    /// `self ** exp`. `MemoryError` if the result would exceed [`MAX_BITS`].
    pub fn pow(&self, exp: u64) -> Result<Self> {
        if self.bit_length() <= 1 {
            let negative = self.is_negative() && exp % 2 == 1;
            return Ok(match (self.is_zero() && exp > 0, negative) {
                (true, _) => Self::ZERO,
                (_, true) => -Self::ONE,
                _ => Self::ONE,
            });
        }
        // A value of b bits raised to e has more than (b-1)*e bits.
        let least = (self.bit_length() - 1).checked_mul(exp);
        if least.is_none_or(|bits| bits > MAX_BITS) {
            return Err(NumError::memory());
        }
        Ok(BigInt(self.0.pow(exp as usize)))
    }

    /// `pow(self, exp, modulus)`, negative exponents through the modular inverse.
    ///
    /// Errors: `ValueError` for a zero modulus or a base without inverse.
    pub fn modpow(&self, exp: &Self, modulus: &Self) -> Result<Self> {
        if modulus.is_zero() {
            return Err(NumError::value("pow() 3rd argument cannot be 0"));
        }
        let m = modulus.0.clone().unsigned_abs();
        if m.is_one() {
            return Ok(Self::ZERO);
        }
        let abs_modulus = BigInt(m.clone().into());
        let base = self.modulo(&abs_modulus).unwrap_or_default();
        let base = if exp.is_negative() {
            base.mod_inverse(&abs_modulus)?
        } else {
            base
        };
        let ring = ConstDivisor::new(m);
        let exp = exp.0.clone().unsigned_abs();
        let r = ring.reduce(base.0.unsigned_abs()).pow(&exp).residue();
        let r = BigInt(r.into());
        if modulus.is_negative() && !r.is_zero() {
            return Ok(&r + modulus);
        }
        Ok(r)
    }

    /// Inverse of `self` modulo `modulus` (> 0), in `0..modulus`.
    ///
    /// Errors: `ValueError` if they have a common factor.
    pub fn mod_inverse(&self, modulus: &Self) -> Result<Self> {
        let none = || NumError::value("base is not invertible for the given modulus");
        let base = self.modulo(modulus).ok_or_else(none)?;
        if base.is_zero() {
            return Err(none());
        }
        let (g, x, _) = base.0.gcd_ext(&modulus.0);
        if !g.is_one() {
            return Err(none());
        }
        BigInt(x).modulo(modulus).ok_or_else(none)
    }

    /// `self << n`. `MemoryError` if the result would exceed [`MAX_BITS`].
    pub fn shl(&self, n: u64) -> Result<Self> {
        if self.is_zero() {
            return Ok(Self::ZERO);
        }
        if n > MAX_BITS || self.bit_length() + n > MAX_BITS {
            return Err(NumError::memory());
        }
        Ok(BigInt(&self.0 << n as usize))
    }

    /// `self >> n`, rounding towards minus infinity.
    pub fn shr(&self, n: u64) -> Self {
        if n >= self.bit_length() {
            return if self.is_negative() {
                -Self::ONE
            } else {
                Self::ZERO
            };
        }
        BigInt(&self.0 >> n as usize)
    }

    /// `math.isqrt`: floor of the square root; `None` below zero.
    pub fn isqrt(&self) -> Option<Self> {
        if self.is_negative() {
            return None;
        }
        Some(BigInt(self.0.clone().unsigned_abs().sqrt().into()))
    }

    /// `math.gcd` of two numbers, never negative.
    pub fn gcd(&self, other: &Self) -> Self {
        match (self.is_zero(), other.is_zero()) {
            (true, _) => other.abs(),
            (_, true) => self.abs(),
            _ => BigInt((&self.0).gcd(&other.0).into()),
        }
    }

    /// `math.lcm` of two numbers, never negative.
    pub fn lcm(&self, other: &Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        let g = self.gcd(other);
        let q = self.floor_div(&g).unwrap_or_default();
        (&q * other).abs()
    }

    /// Magnitude in base 2..=36 from lower-case digits of `bytes` (already validated ASCII digits).
    pub fn from_radix_digits(digits: &str, base: u32) -> Option<Self> {
        UBig::from_str_radix(digits, base)
            .ok()
            .map(|m| BigInt(m.into()))
    }

    /// Digits of the magnitude in base 2..=36, lower case.
    pub(crate) fn radix_digits(&self, base: u8) -> String {
        let m = self.0.clone().unsigned_abs();
        if base == 10 {
            m.to_string()
        } else {
            m.in_radix(base).to_string()
        }
    }
}

macro_rules! from_prim {
    ($($t:ty),*) => {$(
        impl From<$t> for BigInt {
            fn from(v: $t) -> Self {
                BigInt(IBig::from(v))
            }
        }
    )*};
}
from_prim!(i32, u32, i64, u64, i128, u128, usize);

macro_rules! forward_op {
    ($($trait:ident $method:ident $op:tt),*) => {$(
        impl std::ops::$trait<&BigInt> for &BigInt {
            type Output = BigInt;
            fn $method(self, rhs: &BigInt) -> BigInt {
                BigInt(&self.0 $op &rhs.0)
            }
        }
        impl std::ops::$trait<BigInt> for BigInt {
            type Output = BigInt;
            fn $method(self, rhs: BigInt) -> BigInt {
                BigInt(self.0 $op rhs.0)
            }
        }
        impl std::ops::$trait<&BigInt> for BigInt {
            type Output = BigInt;
            fn $method(self, rhs: &BigInt) -> BigInt {
                BigInt(self.0 $op &rhs.0)
            }
        }
        impl std::ops::$trait<i64> for &BigInt {
            type Output = BigInt;
            fn $method(self, rhs: i64) -> BigInt {
                BigInt(&self.0 $op IBig::from(rhs))
            }
        }
    )*};
}
forward_op!(Add add +, Sub sub -, Mul mul *, BitAnd bitand &, BitOr bitor |, BitXor bitxor ^);

impl std::ops::Neg for BigInt {
    type Output = BigInt;
    fn neg(self) -> BigInt {
        BigInt(-self.0)
    }
}

impl std::ops::Neg for &BigInt {
    type Output = BigInt;
    fn neg(self) -> BigInt {
        BigInt(-&self.0)
    }
}

impl std::ops::Not for &BigInt {
    type Output = BigInt;
    fn not(self) -> BigInt {
        BigInt(!&self.0)
    }
}

impl fmt::Display for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::int_text::to_decimal(self))
    }
}

impl fmt::Debug for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
