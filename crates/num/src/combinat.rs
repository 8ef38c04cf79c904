//! `math.factorial`, `math.comb` and `math.perm`.

use crate::bigint::BigInt;
use crate::bigint::MAX_BITS;
use crate::error::{NumError, Result};

/// Largest k, a C `long long` in CPython.
const MAX_K: u64 = i64::MAX as u64;

/// Product of `factors` by halves, so that the big multiplications have operands of equal size.
fn product(mut layer: Vec<BigInt>) -> BigInt {
    while layer.len() > 1 {
        layer = layer
            .chunks(2)
            .map(|pair| match pair {
                [a, b] => a * b,
                _ => pair[0].clone(),
            })
            .collect();
    }
    layer.pop().unwrap_or(BigInt::ONE)
}

/// Multiplies numbers into as few 64-bit factors as possible.
fn pack(numbers: impl Iterator<Item = u64>) -> Vec<BigInt> {
    let mut out = Vec::new();
    let mut acc = 1_u64;
    for n in numbers {
        match acc.checked_mul(n) {
            Some(v) => acc = v,
            None => {
                out.push(BigInt::from(acc));
                acc = n;
            }
        }
    }
    out.push(BigInt::from(acc));
    out
}

/// `math.factorial(n)`. `MemoryError` for results that could not be stored.
pub fn factorial(n: u64) -> Result<BigInt> {
    // n! has more than n*(log2(n) - 1.45) bits.
    if n > 20 && (n as f64) * ((n as f64).log2() - 1.45) > MAX_BITS as f64 {
        return Err(NumError::memory());
    }
    let twos = n - u64::from(n.count_ones());
    odd_part(n).shl(twos)
}

/// Product of the odd parts of 1..=n: each halving range contributes its odd numbers once more.
fn odd_part(n: u64) -> BigInt {
    let mut outer = BigInt::ONE;
    let mut inner = BigInt::ONE;
    let mut low = 1;
    for shift in (0..64 - n.leading_zeros()).rev() {
        let high = n >> shift;
        let first = (low + 1) | 1;
        if high >= first {
            inner = &inner * &product(pack((first..=high).step_by(2)));
        }
        outer = &outer * &inner;
        low = high.max(1);
    }
    outer
}

/// `math.perm(n, k)` for non-negative arguments. `OverflowError` if k does not fit 64 bits.
pub fn perm(n: &BigInt, k: &BigInt) -> Result<BigInt> {
    if n < k {
        return Ok(BigInt::ZERO);
    }
    let Some(k) = k.to_u64().filter(|&k| k <= MAX_K) else {
        return Err(NumError::overflow(format!("k must not exceed {MAX_K}")));
    };
    falling(n, k)
}

fn falling(n: &BigInt, k: u64) -> Result<BigInt> {
    if (n.bit_length().max(2) - 1)
        .checked_mul(k)
        .is_none_or(|b| b > MAX_BITS * 2)
    {
        return Err(NumError::memory());
    }
    if let Some(n) = n.to_u64() {
        return Ok(product(pack((n - k + 1..=n).rev())));
    }
    Ok(product((0..k).map(|i| n - &BigInt::from(i)).collect()))
}

/// `math.comb(n, k)` for non-negative arguments. `OverflowError` if min(k, n-k) does not fit.
pub fn comb(n: &BigInt, k: &BigInt) -> Result<BigInt> {
    if n < k {
        return Ok(BigInt::ZERO);
    }
    let other = n - k;
    let k = if &other < k { &other } else { k };
    let Some(k) = k.to_u64().filter(|&k| k <= MAX_K) else {
        return Err(NumError::overflow(format!(
            "min(n - k, k) must not exceed {MAX_K}"
        )));
    };
    if let Some(small) = n.to_u64().and_then(|n| comb_small(n, k)) {
        return Ok(small.into());
    }
    falling(n, k)?
        .floor_div(&factorial(k)?)
        .ok_or_else(NumError::memory)
}

/// The multiplicative formula in 64 bits; `None` on overflow.
fn comb_small(n: u64, k: u64) -> Option<u64> {
    if k > 64 {
        return None;
    }
    let mut acc = 1_u64;
    for i in 1..=k {
        let wide = u128::from(acc) * u128::from(n - k + i);
        acc = u64::try_from(wide / u128::from(i)).ok()?;
    }
    Some(acc)
}
