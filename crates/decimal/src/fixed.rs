//! Exponential and logarithm of fixed-point binary numbers: an integer n stands for n / 2^bits.

use num::BigInt;
use std::cell::RefCell;

fn shl(n: &BigInt, bits: u64) -> BigInt {
    n.shl(bits).unwrap_or_default()
}

fn quotient(a: &BigInt, b: &BigInt) -> BigInt {
    a.floor_div(b).unwrap_or_default()
}

/// 10^n.
pub fn ten_to(n: u64) -> BigInt {
    BigInt::from(10u64).pow(n).unwrap_or_default()
}

/// e^r for -3 < r < 3, two units in the last place off at most.
///
/// r is halved until Taylor's series converges fast, the sum squared as often: about as many
/// products in both parts.
pub fn exp(r: &BigInt, bits: u64) -> BigInt {
    let halvings = (bits as f64).sqrt() as u64 / 2 + 4;
    let guard = halvings + 16 + (64 - u64::from(bits.leading_zeros()));
    let work = bits + guard;
    let r = shl(r, guard).shr(halvings);
    let one = shl(&BigInt::ONE, work);
    let mut sum = &one + &r;
    let mut term = r.clone();
    let mut k = 2u64;
    loop {
        term = quotient(&(&term * &r).shr(work), &BigInt::from(k));
        // Rounding towards minus infinity lets a negative term end at -1.
        if term.bit_length() <= 1 {
            break;
        }
        sum = &sum + &term;
        k += 1;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum).shr(work);
    }
    sum.shr(guard)
}

/// ln(m) for 1/4 < m < 4, a few units in the last place off at most: each step of Halley's
/// iteration triples the precision of the one before.
pub fn ln(m: &BigInt, bits: u64) -> BigInt {
    const START: u64 = 44;
    if bits <= START {
        let value = m.to_i64().unwrap_or(1) as f64 / (1u64 << bits) as f64;
        return BigInt::from((value.ln() * (1u64 << bits) as f64) as i64);
    }
    let lower = (bits / 3 + 8).min(bits - 1).max(START);
    let guess = shl(&ln(&m.shr(bits - lower), lower), bits - lower);
    let e = exp(&guess, bits);
    let difference = m - &e;
    let sum = m + &e;
    &guess + &quotient(&shl(&difference, bits + 1), &sum)
}

thread_local! {
    /// The longest ln(10) computed, and its bits.
    static LN10: RefCell<(u64, BigInt)> = const { RefCell::new((0, BigInt::ZERO)) };
}

/// ln(10), one unit in the last place off at most.
pub fn ln10(bits: u64) -> BigInt {
    LN10.with(|kept| {
        let (known, value) = &mut *kept.borrow_mut();
        if *known < bits {
            // ln 10 = 46 artanh(1/31) + 34 artanh(1/49) + 20 artanh(1/161)
            *known = bits + bits / 4 + 64;
            let work = *known + 32;
            let sum = [(46, 31), (34, 49), (20, 161)]
                .into_iter()
                .fold(BigInt::ZERO, |sum, (factor, n)| {
                    sum + &artanh_inverse(n, work) * factor
                });
            *value = sum.shr(32);
        }
        value.shr(*known - bits)
    })
}

/// artanh(1/n).
fn artanh_inverse(n: u64, bits: u64) -> BigInt {
    let square = BigInt::from(n * n);
    let mut power = quotient(&shl(&BigInt::ONE, bits), &BigInt::from(n));
    let mut sum = power.clone();
    let mut k = 3u64;
    while !power.is_zero() {
        power = quotient(&power, &square);
        sum = sum + quotient(&power, &BigInt::from(k));
        k += 2;
    }
    sum
}

/// floor(c * 10^e * 2^bits).
pub fn from_decimal(c: &BigInt, e: i64, bits: u64) -> BigInt {
    if e >= 0 {
        shl(&(c * &ten_to(e.unsigned_abs())), bits)
    } else {
        quotient(&shl(c, bits), &ten_to(e.unsigned_abs()))
    }
}

/// Bits that hold so many decimal digits, and some more.
pub fn bits_for(digits: i64) -> u64 {
    (digits.max(1) as u64 * 3402) / 1024 + 24
}
