//! Numeric hashes: reduction modulo the Mersenne prime 2^61 - 1, so that equal numbers of
//! different types hash alike (Python library reference, "Hashing of numeric types").

use crate::bigint::BigInt;

/// The modulus, `sys.hash_info.modulus`.
pub const MODULUS: u64 = (1 << 61) - 1;
/// `hash(float('inf'))`, `sys.hash_info.inf`.
pub const INF: i64 = 314_159;
/// Multiplier of the imaginary part, `sys.hash_info.imag`.
pub const IMAG: u64 = 1_000_003;

fn reduce(v: u128) -> u64 {
    let folded = (v & u128::from(MODULUS)) + (v >> 61);
    let folded = (folded & u128::from(MODULUS)) + (folded >> 61);
    let r = folded as u64;
    if r >= MODULUS { r - MODULUS } else { r }
}

fn finish(magnitude: u64, negative: bool) -> i64 {
    let h = if negative {
        -(magnitude as i64)
    } else {
        magnitude as i64
    };
    if h == -1 { -2 } else { h }
}

/// `hash(int)` of a machine integer.
pub fn hash_i64(v: i64) -> i64 {
    finish(reduce(u128::from(v.unsigned_abs())), v < 0)
}

fn residue(limbs: &[u64]) -> u64 {
    // 2^64 = 8 modulo 2^61 - 1.
    limbs
        .iter()
        .rev()
        .fold(0, |h, &limb| reduce(u128::from(h) * 8 + u128::from(limb)))
}

/// `hash(int)` of an integer of any size.
pub fn hash_big(v: &BigInt) -> i64 {
    let (negative, limbs) = v.limbs();
    finish(residue(limbs), negative)
}

/// `hash(float)`. A NaN is hashed by identity in Python: that is up to the caller, 0 is returned.
pub fn hash_f64(v: f64) -> i64 {
    if v.is_nan() {
        return 0;
    }
    if v.is_infinite() {
        return if v > 0.0 { INF } else { -INF };
    }
    let (mantissa, exp) = crate::float::decompose(v.abs());
    // Multiplying by 2^exp is a rotation of 61 bits.
    let shift = exp.rem_euclid(61) as u32;
    finish(
        reduce(u128::from(reduce(u128::from(mantissa))) << shift),
        v < 0.0,
    )
}

/// `hash(complex)` from the hashes of its parts.
pub fn hash_complex(real: i64, imag: i64) -> i64 {
    let h = (real as u64).wrapping_add(IMAG.wrapping_mul(imag as u64)) as i64;
    if h == -1 { -2 } else { h }
}

/// Hash of the fraction `n / d` (d > 0, in lowest terms), as `fractions.Fraction`.
pub fn hash_rational(n: &BigInt, d: &BigInt) -> i64 {
    let (negative, limbs) = n.limbs();
    let d = residue(d.limbs().1);
    if d == 0 {
        return if negative { -INF } else { INF };
    }
    let h = reduce(u128::from(residue(limbs)) * u128::from(power(d, MODULUS - 2)));
    finish(h, negative)
}

fn power(mut base: u64, mut exp: u64) -> u64 {
    let mut acc = 1;
    while exp > 0 {
        if exp & 1 == 1 {
            acc = reduce(u128::from(acc) * u128::from(base));
        }
        base = reduce(u128::from(base) * u128::from(base));
        exp >>= 1;
    }
    acc
}
