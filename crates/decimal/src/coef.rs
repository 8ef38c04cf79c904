//! Coefficients: whole numbers without a sign, of any length, in decimal limbs.

use crate::limbs::{self, BASE, DIGITS, POW10};
use crate::{div, mul};
use num::BigInt;
use smallvec::SmallVec;
use std::cmp::Ordering;

/// A result would have more digits than there may be memory for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// Digits up to which results are made (half a gigabyte).
pub const MOST_DIGITS: u64 = 1 << 30;

type Store = SmallVec<[u64; 4]>;

/// Little-endian limbs without leading zeros: none for zero.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Coef(Store);

impl Coef {
    /// Zero.
    pub fn zero() -> Coef {
        Coef(Store::new())
    }
    /// From a word.
    #[inline]
    pub fn from_u64(n: u64) -> Coef {
        let mut limbs = Store::new();
        if n >= BASE {
            limbs.push(n % BASE);
            limbs.push(n / BASE);
        } else if n > 0 {
            limbs.push(n);
        }
        Coef(limbs)
    }
    /// From two words.
    #[inline]
    pub fn from_u128(mut n: u128) -> Coef {
        let mut limbs = Store::new();
        while n > 0 {
            if n < u128::from(BASE) {
                limbs.push(n as u64);
                break;
            }
            limbs.push((n % u128::from(BASE)) as u64);
            n /= u128::from(BASE);
        }
        Coef(limbs)
    }
    /// From limbs that may have leading zeros.
    pub fn from_limbs(a: &[u64]) -> Coef {
        Coef(Store::from_slice(limbs::trimmed(a)))
    }
    fn trim(mut self) -> Coef {
        self.0.truncate(limbs::trimmed(&self.0).len());
        self
    }
    /// From ASCII digits.
    pub fn from_digits(text: &[u8]) -> Coef {
        if text.len() <= DIGITS {
            return Coef::from_u64(word(text));
        }
        Coef(text.rchunks(DIGITS).map(word).collect()).trim()
    }
    /// From two pieces of ASCII digits.
    pub fn from_two(high: &[u8], low: &[u8]) -> Coef {
        if high.len() + low.len() <= DIGITS {
            return Coef::from_u64(word(high) * POW10[low.len()] + word(low));
        }
        Coef::from_digits(&[high, low].concat())
    }
    /// Appends the digits to a text; "0" for zero.
    pub fn push_digits(&self, out: &mut String) {
        let Some((top, rest)) = self.0.split_last() else {
            out.push('0');
            return;
        };
        let mut buffer = [0; DIGITS];
        let n = write_digits(*top, &mut buffer);
        push_ascii(out, &buffer[DIGITS - n..]);
        for limb in rest.iter().rev() {
            write_digits(*limb, &mut buffer);
            push_ascii(out, &buffer);
        }
    }
    /// The digits as text.
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.0.len() * DIGITS);
        self.push_digits(&mut out);
        out
    }
    /// The limbs.
    pub fn limbs(&self) -> &[u64] {
        &self.0
    }
    /// Malloc'ed bytes.
    pub fn heap_bytes(&self) -> usize {
        if self.0.spilled() {
            self.0.capacity() * 8
        } else {
            0
        }
    }
    /// True for zero.
    #[inline]
    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }
    /// True for odd numbers.
    pub fn is_odd(&self) -> bool {
        self.0.first().is_some_and(|n| n & 1 == 1)
    }
    /// Number of digits; 1 for zero.
    #[inline]
    pub fn digits(&self) -> usize {
        match self.0.split_last() {
            Some((top, rest)) => rest.len() * DIGITS + limbs::word_digits(*top),
            None => 1,
        }
    }
    /// The digit that counts 10^i.
    pub fn digit(&self, i: usize) -> u8 {
        match self.0.get(i / DIGITS) {
            Some(limb) => (limb / POW10[i % DIGITS] % 10) as u8,
            None => 0,
        }
    }
    /// Number of trailing zero digits; 0 for zero.
    pub fn trailing_zeros(&self) -> usize {
        let Some(i) = self.0.iter().position(|n| *n != 0) else {
            return 0;
        };
        let mut limb = self.0[i];
        let mut n = i * DIGITS;
        while limb.is_multiple_of(10) {
            limb /= 10;
            n += 1;
        }
        n
    }
    /// The value in a word.
    pub fn to_u64(&self) -> Option<u64> {
        u64::try_from(self.to_u128()?).ok()
    }
    /// The value in two words.
    #[inline]
    pub fn to_u128(&self) -> Option<u128> {
        Some(match self.0[..] {
            [] => 0,
            [a] => u128::from(a),
            [a, b] => u128::from(b) * u128::from(BASE) + u128::from(a),
            _ => return None,
        })
    }
    /// All nines, n digits.
    pub fn nines(n: u64) -> Result<Coef, NoMemory> {
        let mut c = Coef::power_of_ten(n)?;
        limbs::sub_assign(&mut c.0, &[1]);
        Ok(c.trim())
    }
    /// 10^n.
    pub fn power_of_ten(n: u64) -> Result<Coef, NoMemory> {
        Coef::from_u64(1).shl(n)
    }
    /// `self * 10^n`.
    #[inline]
    pub fn shl(&self, n: u64) -> Result<Coef, NoMemory> {
        if n == 0 || self.is_zero() {
            return Ok(self.clone());
        }
        if n > MOST_DIGITS {
            return Err(NoMemory);
        }
        let (skip, k) = (n as usize / DIGITS, n as usize % DIGITS);
        let mut out = Store::with_capacity(self.0.len() + skip + 1);
        out.resize(skip, 0);
        if k == 0 {
            out.extend_from_slice(&self.0);
            return Ok(Coef(out));
        }
        let mut carry = 0;
        for limb in &self.0 {
            let (high, low) = limbs::div_pow10(*limb, DIGITS - k);
            out.push(low * POW10[k] + carry);
            carry = high;
        }
        if carry > 0 {
            out.push(carry);
        }
        Ok(Coef(out))
    }
    /// `self / 10^n`, and what was cut off in one digit: 0 nothing, 1..=4 less than half, 5 half,
    /// 6..=9 more.
    #[inline]
    pub fn shr(&self, n: u64) -> (Coef, u8) {
        if n == 0 {
            return (self.clone(), 0);
        }
        if n > self.digits() as u64 {
            return (Coef::zero(), u8::from(!self.is_zero()));
        }
        let n = n as usize;
        let (limb, at) = ((n - 1) / DIGITS, (n - 1) % DIGITS);
        let (top, low) = limbs::div_pow10(self.0.get(limb).copied().unwrap_or(0), at);
        let more = low != 0 || self.0[..limb].iter().any(|x| *x != 0);
        let digit = (top % 10) as u8;
        let rest_digit = digit + u8::from(more && digit.is_multiple_of(5));
        let (skip, k) = (n / DIGITS, n % DIGITS);
        let from = &self.0[skip.min(self.0.len())..];
        if let ([a, rest @ ..], true) = (from, from.len() <= 2 && k > 0) {
            let (low, _) = limbs::div_pow10(*a, k);
            let mut out = Store::new();
            if let [b] = rest {
                let (high, middle) = limbs::div_pow10(*b, k);
                out.push(low + middle * POW10[DIGITS - k]);
                out.push(high);
            } else {
                out.push(low);
            }
            return (Coef(out).trim(), rest_digit);
        }
        if k == 0 {
            return (Coef(Store::from_slice(from)), rest_digit);
        }
        let mut out = Store::with_capacity(from.len());
        let mut iter = from.iter().map(|x| limbs::div_pow10(*x, k)).peekable();
        while let Some((high, _)) = iter.next() {
            let low = iter.peek().map_or(0, |(_, low)| *low);
            out.push(high + low * POW10[DIGITS - k]);
        }
        (Coef(out).trim(), rest_digit)
    }
    /// The low `n` digits.
    pub fn low_digits(&self, n: u64) -> Coef {
        if n >= self.digits() as u64 {
            return self.clone();
        }
        let (whole, k) = (n as usize / DIGITS, n as usize % DIGITS);
        let mut out = Store::from_slice(&self.0[..whole]);
        if k > 0 {
            out.push(self.0[whole] % POW10[k]);
        }
        Coef(out).trim()
    }
    /// Adds one.
    pub fn increment(&mut self) {
        if self.is_zero() || limbs::add_assign(&mut self.0, &[1]) {
            self.0.push(1);
        }
    }
    /// Sum.
    #[inline]
    pub fn add(&self, other: &Coef) -> Coef {
        let (long, short) = if self.0.len() >= other.0.len() {
            (self, other)
        } else {
            (other, self)
        };
        let mut out = long.0.clone();
        if limbs::add_assign(&mut out, &short.0) {
            out.push(1);
        }
        Coef(out)
    }
    /// Difference; `other` is not larger.
    #[inline]
    pub fn sub(&self, other: &Coef) -> Coef {
        let mut out = self.0.clone();
        limbs::sub_assign(&mut out, &other.0);
        Coef(out).trim()
    }
    /// Product.
    #[inline]
    pub fn mul(&self, other: &Coef) -> Result<Coef, NoMemory> {
        if let ([a], [b]) = (&self.0[..], &other.0[..]) {
            let (high, low) = limbs::split(u128::from(*a) * u128::from(*b));
            let mut out = Store::new();
            out.push(low);
            if high > 0 {
                out.push(high);
            }
            return Ok(Coef(out));
        }
        if self.is_zero() || other.is_zero() {
            return Ok(Coef::zero());
        }
        let n = self.0.len() + other.0.len();
        if (n * DIGITS) as u64 > MOST_DIGITS {
            return Err(NoMemory);
        }
        let mut out = Store::from_elem(0, n);
        mul::multiply(&mut out, &self.0, &other.0);
        Ok(Coef(out).trim())
    }
    /// Quotient and remainder; `other` is not zero.
    pub fn div_rem(&self, other: &Coef) -> (Coef, Coef) {
        if let (Some(a), Some(b)) = (self.to_u64(), other.to_u64()) {
            return (Coef::from_u64(a / b), Coef::from_u64(a % b));
        }
        let (q, r) = div::divide(&self.0, &other.0);
        (Coef::from_limbs(&q), Coef::from_limbs(&r))
    }
    /// As a binary integer.
    pub fn to_big(&self) -> BigInt {
        match self.to_u128() {
            Some(n) => BigInt::from(n),
            None => BigInt::from_radix_digits(&self.to_text(), 10).unwrap_or_default(),
        }
    }
    /// From the magnitude of a binary integer.
    pub fn from_big(n: &BigInt) -> Coef {
        match n.abs().to_i128() {
            Some(n) => Coef::from_u128(n as u128),
            None => Coef::from_digits(num::int_text::magnitude_digits(n, 10).as_bytes()),
        }
    }
}

impl PartialOrd for Coef {
    fn partial_cmp(&self, other: &Coef) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Coef {
    fn cmp(&self, other: &Coef) -> Ordering {
        limbs::cmp(&self.0, &other.0)
    }
}

/// The number that up to 18 digits are.
fn word(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |n, d| n * 10 + u64::from(d.wrapping_sub(b'0')))
}

/// Writes 18 digits; how many are left when leading zeros are.
fn write_digits(mut n: u64, out: &mut [u8; DIGITS]) -> usize {
    let digits = limbs::word_digits(n);
    for d in out.iter_mut().rev() {
        *d = b'0' + (n % 10) as u8;
        n /= 10;
    }
    digits
}

fn push_ascii(out: &mut String, digits: &[u8]) {
    out.push_str(std::str::from_utf8(digits).unwrap_or_default());
}
