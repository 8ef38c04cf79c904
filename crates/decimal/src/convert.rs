//! Conversions to and from binary numbers, and the hash.

use crate::coef::{Coef, NoMemory};
use crate::number::Dec;
use num::BigInt;
use num::hash::{INF, MODULUS};

impl Dec {
    /// From a binary integer.
    pub fn from_big(n: &BigInt) -> Dec {
        Dec::finite(n.is_negative(), Coef::from_big(n), 0)
    }

    /// The exact value of a double.
    pub fn from_f64(v: f64) -> Dec {
        let negative = v.is_sign_negative();
        if v.is_nan() {
            return Dec::nan().with_sign(negative);
        }
        if v.is_infinite() {
            return Dec::infinity(negative);
        }
        if v == 0.0 {
            return Dec::zero(negative, 0);
        }
        let (mut mantissa, mut exp) = num::float::decompose(v.abs());
        let zeros = mantissa.trailing_zeros();
        mantissa >>= zeros;
        exp += i64::from(zeros);
        let n = BigInt::from(mantissa);
        // m * 2^-e = m * 5^e * 10^-e
        let (n, exp) = if exp >= 0 {
            (n.shl(exp as u64).unwrap_or_default(), 0)
        } else {
            let five = BigInt::from(5u64).pow(exp.unsigned_abs());
            (&n * &five.unwrap_or_default(), exp)
        };
        Dec::finite(negative, Coef::from_big(&n), exp)
    }

    /// The integer part of a finite number.
    pub fn to_big(&self) -> Result<BigInt, NoMemory> {
        let coef = if self.exp >= 0 {
            self.coef.shl(self.exp as u64)?
        } else {
            self.coef.shr(self.exp.unsigned_abs()).0
        };
        let n = coef.to_big();
        Ok(if self.negative { -n } else { n })
    }

    /// Numerator and denominator of a finite number, in lowest terms.
    pub fn ratio(&self) -> Result<(BigInt, BigInt), NoMemory> {
        if self.exp >= 0 || self.coef.is_zero() {
            let whole = if self.coef.is_zero() {
                BigInt::ZERO
            } else {
                self.to_big()?
            };
            return Ok((whole, BigInt::ONE));
        }
        let down = Coef::power_of_ten(self.exp.unsigned_abs())?.to_big();
        let up = self.coef.to_big();
        let g = up.gcd(&down);
        let up = up.floor_div(&g).unwrap_or_default();
        let down = down.floor_div(&g).unwrap_or_default();
        Ok((if self.negative { -up } else { up }, down))
    }

    /// The hash of a number that is no NaN, as of all numbers of the same value.
    pub fn hash(&self) -> i64 {
        if self.is_infinite() {
            return if self.negative { -INF } else { INF };
        }
        let mul = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(MODULUS)) as u64;
        let power = |mut base: u64, mut e: u64| {
            let mut r = 1;
            while e > 0 {
                if e & 1 == 1 {
                    r = mul(r, base);
                }
                base = mul(base, base);
                e >>= 1;
            }
            r
        };
        let base = crate::limbs::BASE % MODULUS;
        let coef = self
            .coef
            .limbs()
            .iter()
            .rev()
            .fold(0, |h, limb| (mul(h, base) + limb % MODULUS) % MODULUS);
        // 10^(p-1) = 1 modulo the prime p.
        let e = self.exp.rem_euclid(MODULUS as i64 - 1) as u64;
        let h = mul(coef, power(10, e)) as i64;
        match if self.negative { -h } else { h } {
            -1 => -2,
            h => h,
        }
    }
}
