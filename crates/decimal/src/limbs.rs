//! Arithmetic on little-endian limbs of 18 decimal digits.

/// Decimal digits a limb.
pub const DIGITS: usize = 18;
/// What a limb stays below: 10^18.
pub const BASE: u64 = 1_000_000_000_000_000_000;

/// 10^i for i in 0..=19.
pub const POW10: [u64; 20] = {
    let mut table = [1; 20];
    let mut i = 1;
    while i < 20 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// Number of decimal digits of a word; 0 for zero.
#[inline]
pub fn word_digits(n: u64) -> usize {
    // log10(2) is a little less than 1233/4096: the guess is right or one too small.
    let guess = ((64 - (n | 1).leading_zeros()) as usize * 1233) >> 12;
    guess + usize::from(n >= POW10[guess])
}

/// `BASE` shifted until its top bit is set, and floor((2^128 - 1) / that) - 2^64: division by
/// multiplication (Möller and Granlund, "Improved division by invariant integers", 2011).
const SHIFT: u32 = BASE.leading_zeros();
const NORMAL: u64 = BASE << SHIFT;
const RECIPROCAL: u64 = reciprocal(NORMAL);

/// floor((2^128 - 1) / d) - 2^64 of a word whose top bit is set.
pub const fn reciprocal(d: u64) -> u64 {
    (u128::MAX / d as u128 - (1 << 64)) as u64
}

/// Divides a number below `d * 2^64` by `d`, a word whose top bit is set, with its reciprocal.
#[inline(always)]
pub const fn div_normal(n: u128, d: u64, v: u64) -> (u64, u64) {
    let (high, low) = ((n >> 64) as u64, n as u64);
    let q = (v as u128 * high as u128).wrapping_add(n);
    let mut top = ((q >> 64) as u64).wrapping_add(1);
    let mut r = low.wrapping_sub(top.wrapping_mul(d));
    if r > q as u64 {
        top = top.wrapping_sub(1);
        r = r.wrapping_add(d);
    }
    if r >= d {
        top = top.wrapping_add(1);
        r -= d;
    }
    (top, r)
}

/// Divides a number below `BASE * 2^64` by `BASE`.
#[inline(always)]
pub const fn split(n: u128) -> (u64, u64) {
    let (q, r) = div_normal(n << SHIFT, NORMAL, RECIPROCAL);
    (q, r >> SHIFT)
}

/// Limbs without leading zeros.
pub fn trimmed(a: &[u64]) -> &[u64] {
    let mut n = a.len();
    while n > 0 && a[n - 1] == 0 {
        n -= 1;
    }
    &a[..n]
}

/// Compares numbers without leading zero limbs.
pub fn cmp(a: &[u64], b: &[u64]) -> std::cmp::Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a += b`; `a` is at least as long. The carry out.
#[inline]
pub fn add_assign(a: &mut [u64], b: &[u64]) -> bool {
    let mut carry = 0;
    let (low, high) = a.split_at_mut(b.len());
    for (x, y) in low.iter_mut().zip(b) {
        let sum = *x + *y + carry;
        carry = u64::from(sum >= BASE);
        *x = if carry == 1 { sum - BASE } else { sum };
    }
    if carry == 0 {
        return false;
    }
    for x in high {
        if *x < BASE - 1 {
            *x += 1;
            return false;
        }
        *x = 0;
    }
    true
}

/// `a -= b`; `a` is at least as long. The borrow out.
#[inline]
pub fn sub_assign(a: &mut [u64], b: &[u64]) -> bool {
    let mut borrow = 0;
    let (low, high) = a.split_at_mut(b.len());
    for (x, y) in low.iter_mut().zip(b) {
        let (take, had) = (*y + borrow, *x);
        borrow = u64::from(had < take);
        *x = if borrow == 1 {
            had + BASE - take
        } else {
            had - take
        };
    }
    if borrow == 0 {
        return false;
    }
    for x in high {
        if *x > 0 {
            *x -= 1;
            return false;
        }
        *x = BASE - 1;
    }
    true
}

/// `out += a * w`, `out` at least one limb longer than `a`.
#[inline]
pub fn add_mul_word(out: &mut [u64], a: &[u64], w: u64) {
    let mut carry = 0;
    for (o, x) in out.iter_mut().zip(a) {
        let n = u128::from(*x) * u128::from(w) + u128::from(*o) + u128::from(carry);
        (carry, *o) = split(n);
    }
    let mut i = a.len();
    while carry > 0 {
        let sum = out[i] + carry;
        (carry, out[i]) = if sum >= BASE {
            (1, sum - BASE)
        } else {
            (0, sum)
        };
        i += 1;
    }
}

/// `a *= w`; the limb carried out.
#[inline]
pub fn mul_word(a: &mut [u64], w: u64) -> u64 {
    let mut carry = 0;
    for x in a {
        let n = u128::from(*x) * u128::from(w) + u128::from(carry);
        (carry, *x) = split(n);
    }
    carry
}

/// `a /= w` for `0 < w <= BASE`; the remainder.
#[inline]
pub fn div_word(a: &mut [u64], w: u64) -> u64 {
    let shift = w.leading_zeros();
    let d = w << shift;
    let v = reciprocal(d);
    let mut rest = 0u64;
    for x in a.iter_mut().rev() {
        let n = u128::from(rest) * u128::from(BASE) + u128::from(*x);
        let (q, r) = div_normal(n << shift, d, v);
        *x = q;
        rest = r >> shift;
    }
    rest
}

/// Reciprocals of the normalised powers of ten, for shifts.
const POW10_RECIPROCAL: [u64; 20] = {
    let mut table = [0; 20];
    let mut i = 0;
    while i < 20 {
        table[i] = reciprocal(POW10[i] << POW10[i].leading_zeros());
        i += 1;
    }
    table
};

/// `(n / 10^k, n % 10^k)` for `k <= 18`.
#[inline(always)]
pub fn div_pow10(n: u64, k: usize) -> (u64, u64) {
    let shift = POW10[k].leading_zeros();
    let (q, r) = div_normal(
        u128::from(n) << shift,
        POW10[k] << shift,
        POW10_RECIPROCAL[k],
    );
    (q, r >> shift)
}
