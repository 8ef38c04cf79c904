//! `int.to_bytes` and `int.from_bytes`.

use crate::bigint::BigInt;
use crate::error::{NumError, Result};

/// The integer that `bytes` encode.
pub fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> BigInt {
    let byte = |i: usize| {
        if little {
            bytes[i]
        } else {
            bytes[bytes.len() - 1 - i]
        }
    };
    let mut limbs = vec![0_u64; bytes.len().div_ceil(8)];
    for i in 0..bytes.len() {
        limbs[i / 8] |= u64::from(byte(i)) << (i % 8 * 8);
    }
    let negative = signed && !bytes.is_empty() && byte(bytes.len() - 1) & 0x80 != 0;
    if negative {
        let pad = bytes.len() % 8;
        if pad != 0
            && let Some(top) = limbs.last_mut()
        {
            *top |= u64::MAX << (pad * 8);
        }
        negate(&mut limbs);
    }
    BigInt::from_limbs(negative, &limbs)
}

fn negate(limbs: &mut [u64]) {
    let mut carry = true;
    for w in limbs {
        let (v, c) = (!*w).overflowing_add(u64::from(carry));
        *w = v;
        carry = c;
    }
}

/// `v.to_bytes(length, order, signed=...)`. `OverflowError` if it does not fit.
pub fn to_bytes(v: &BigInt, length: usize, little: bool, signed: bool) -> Result<Vec<u8>> {
    let (negative, limbs) = v.limbs();
    if negative && !signed {
        return Err(NumError::overflow("can't convert negative int to unsigned"));
    }
    let needed = needed_bits(v, signed);
    if needed > length as u64 * 8 {
        return Err(NumError::overflow("int too big to convert"));
    }
    let mut words = limbs.to_vec();
    if negative {
        words.push(0);
        negate(&mut words);
    }
    let fill = if negative { 0xff } else { 0 };
    let mut out = Vec::new();
    out.try_reserve_exact(length)
        .map_err(|_| NumError::memory())?;
    out.extend(words.iter().flat_map(|w| w.to_le_bytes()).take(length));
    out.resize(length, fill);
    if !little {
        out.reverse();
    }
    Ok(out)
}

fn needed_bits(v: &BigInt, signed: bool) -> u64 {
    if !signed {
        return v.bit_length();
    }
    match (v.is_zero(), v.is_negative()) {
        (true, _) => 0,
        (_, true) => (v + 1).bit_length() + 1,
        _ => v.bit_length() + 1,
    }
}
