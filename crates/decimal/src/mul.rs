//! Products of limbs: schoolbook, Karatsuba's method, and a number-theoretic transform.

use crate::limbs::*;
use crate::transform;

/// From so many limbs on Karatsuba's method is faster than the schoolbook's.
const KARATSUBA: usize = 32;
/// From so many limbs on the transform is.
const TRANSFORM: usize = 600;

/// `out = a * b`; `out` is zero and has `a.len() + b.len()` limbs.
pub fn multiply(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if short.len() < KARATSUBA {
        for (i, w) in short.iter().enumerate() {
            add_mul_word(&mut out[i..], long, *w);
        }
    } else if long.len() > 2 * short.len() {
        pieces(out, long, short);
    } else if short.len() >= TRANSFORM && long.len() + short.len() <= transform::MOST_LIMBS {
        transform::multiply(out, long, short);
    } else {
        karatsuba(out, long, short);
    }
}

/// A long factor in pieces of the length of the short one.
fn pieces(out: &mut [u64], long: &[u64], short: &[u64]) {
    let mut part = vec![0; 2 * short.len()];
    for (i, piece) in long.chunks(short.len()).enumerate() {
        let part = &mut part[..piece.len() + short.len()];
        part.fill(0);
        multiply(part, piece, short);
        add_assign(&mut out[i * short.len()..], part);
    }
}

/// `a * b` by three products of half the size.
fn karatsuba(out: &mut [u64], a: &[u64], b: &[u64]) {
    let half = a.len().div_ceil(2);
    let (a0, a1) = a.split_at(half);
    let (b0, b1) = b.split_at(half.min(b.len()));
    multiply(&mut out[..half + b0.len()], a0, b0);
    if b1.is_empty() {
        let mut high = vec![0; a1.len() + b0.len()];
        multiply(&mut high, a1, b0);
        add_assign(&mut out[half..], &high);
        return;
    }
    multiply(&mut out[2 * half..], a1, b1);
    let (sa, sb) = (sum(a0, a1), sum(b0, b1));
    let mut middle = vec![0; sa.len() + sb.len()];
    multiply(&mut middle, &sa, &sb);
    sub_assign(&mut middle, trimmed(&out[..2 * half]));
    sub_assign(&mut middle, trimmed(&out[2 * half..]));
    add_assign(&mut out[half..], trimmed(&middle));
}

fn sum(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut out = a.to_vec();
    if add_assign(&mut out, b) {
        out.push(1);
    }
    out
}
