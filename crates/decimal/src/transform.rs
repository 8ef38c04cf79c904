//! Products by a number-theoretic transform modulo p = 2^64 - 2^32 + 1, in base 10^6.

use crate::limbs::BASE;

const P: u64 = 0xffff_ffff_0000_0001;
/// 2^32 - 1, which is 2^64 modulo p.
const EPSILON: u64 = 0xffff_ffff;
/// A generator of the multiplicative group.
const GENERATOR: u64 = 7;
const PART: u64 = 1_000_000;
const PARTS: usize = 3;

/// Limbs of a product up to which no sum of products of parts reaches p.
pub const MOST_LIMBS: usize = 6_000_000;

#[inline(always)]
fn add(a: u64, b: u64) -> u64 {
    let (s, over) = a.overflowing_add(b);
    let (r, under) = s.overflowing_sub(P);
    if over || !under { r } else { s }
}
#[inline(always)]
fn sub(a: u64, b: u64) -> u64 {
    let (r, under) = a.overflowing_sub(b);
    if under { r.wrapping_add(P) } else { r }
}
/// 2^64 = 2^32 - 1 and 2^96 = -1 modulo p.
#[inline(always)]
fn mul(a: u64, b: u64) -> u64 {
    let n = u128::from(a) * u128::from(b);
    let (low, high) = (n as u64, (n >> 64) as u64);
    let (mut r, under) = low.overflowing_sub(high >> 32);
    if under {
        r = r.wrapping_sub(EPSILON);
    }
    let (s, over) = r.overflowing_add((high & EPSILON) * EPSILON);
    let s = if over { s.wrapping_add(EPSILON) } else { s };
    if s >= P { s - P } else { s }
}
fn power(mut base: u64, mut e: u64) -> u64 {
    let mut r = 1;
    while e > 0 {
        if e & 1 == 1 {
            r = mul(r, base);
        }
        base = mul(base, base);
        e >>= 1;
    }
    r
}

/// Powers 0..n/2 of a primitive n-th root of one.
fn roots(n: usize) -> Vec<u64> {
    let w = power(GENERATOR, (P - 1) / n as u64);
    let mut out = Vec::with_capacity(n / 2);
    let mut r = 1;
    for _ in 0..n / 2 {
        out.push(r);
        r = mul(r, w);
    }
    out
}

/// Decimation in frequency: natural order in, bit-reversed out.
fn forward(a: &mut [u64], roots: &[u64]) {
    let n = a.len();
    let (mut size, mut step) = (n, 1);
    while size > 1 {
        let half = size / 2;
        for block in a.chunks_exact_mut(size) {
            let (low, high) = block.split_at_mut(half);
            for i in 0..half {
                let (x, y) = (low[i], high[i]);
                low[i] = add(x, y);
                high[i] = mul(sub(x, y), roots[i * step]);
            }
        }
        size = half;
        step *= 2;
    }
}

/// Decimation in time with the inverse roots: bit-reversed in, natural order out, times n.
fn backward(a: &mut [u64], roots: &[u64]) {
    let n = a.len();
    let (mut size, mut step) = (2, n / 2);
    while size <= n {
        let half = size / 2;
        for block in a.chunks_exact_mut(size) {
            let (low, high) = block.split_at_mut(half);
            for i in 0..half {
                // w^-j = -w^(n/2 - j)
                let j = i * step;
                let y = if j == 0 {
                    high[i]
                } else {
                    sub(0, mul(high[i], roots[n / 2 - j]))
                };
                let x = low[i];
                low[i] = add(x, y);
                high[i] = sub(x, y);
            }
        }
        size *= 2;
        step /= 2;
    }
}

fn parts(a: &[u64], n: usize) -> Vec<u64> {
    let mut out = Vec::with_capacity(n);
    for limb in a {
        out.extend([*limb % PART, *limb / PART % PART, *limb / (PART * PART)]);
    }
    out.resize(n, 0);
    out
}

/// `out = a * b`, not more than `MOST_LIMBS` together.
pub fn multiply(out: &mut [u64], a: &[u64], b: &[u64]) {
    let n = (PARTS * (a.len() + b.len())).next_power_of_two();
    let roots = roots(n);
    let mut x = parts(a, n);
    forward(&mut x, &roots);
    if a == b {
        for v in &mut x {
            *v = mul(*v, *v);
        }
    } else {
        let mut y = parts(b, n);
        forward(&mut y, &roots);
        for (v, w) in x.iter_mut().zip(&y) {
            *v = mul(*v, *w);
        }
    }
    backward(&mut x, &roots);
    let scale = power(n as u64, P - 2);
    let mut carry = 0u128;
    for (limb, three) in out.iter_mut().zip(x.chunks(PARTS)) {
        let mut value = 0;
        let mut unit = 1;
        for v in three {
            let sum = carry + u128::from(mul(*v, scale));
            value += (sum % u128::from(PART)) as u64 * unit;
            carry = sum / u128::from(PART);
            unit *= PART;
        }
        debug_assert!(value < BASE);
        *limb = value;
    }
}
