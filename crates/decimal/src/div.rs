//! Quotients of limbs: Knuth's algorithm D, and Burnikel and Ziegler's recursion for long ones.

use crate::limbs::*;
use crate::mul::multiply;

/// Shorter divisors are divided by directly.
const RECURSIVE: usize = 60;

/// `a / b` and `a % b`, without leading zero limbs in `b`, which is not zero.
pub fn divide(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    if cmp(trimmed(a), b).is_lt() {
        return (Vec::new(), a.to_vec());
    }
    if let [w] = b {
        let mut q = a.to_vec();
        let r = div_word(&mut q, *w);
        return (q, vec![r]);
    }
    // Both times a factor that makes the divisor's top limb at least half the base.
    let factor = BASE / (b[b.len() - 1] + 1);
    let mut b = b.to_vec();
    mul_word(&mut b, factor);
    let mut a = a.to_vec();
    let top = mul_word(&mut a, factor);
    a.push(top);
    let (q, mut r) = if b.len() < RECURSIVE {
        let q = knuth(&mut a, &b);
        a.truncate(b.len());
        (q, a)
    } else {
        by_blocks(&a, &b)
    };
    div_word(&mut r, factor);
    (q, r)
}

/// Quotient by algorithm D; the remainder stays in `a`. The divisor is normalised, and the top
/// limbs of `a` are less than it.
fn knuth(a: &mut [u64], b: &[u64]) -> Vec<u64> {
    let n = b.len();
    let m = a.len().saturating_sub(n);
    let mut q = vec![0; m];
    let (b1, b2) = (b[n - 1], b[n - 2]);
    let shift = b1.leading_zeros();
    let v = reciprocal(b1 << shift);
    for j in (0..m).rev() {
        let (a0, a1, a2) = (a[j + n], a[j + n - 1], a[j + n - 2]);
        let (mut guess, mut rest) = if a0 >= b1 {
            (BASE - 1, u128::from(a1) + u128::from(b1))
        } else {
            let two = u128::from(a0) * u128::from(BASE) + u128::from(a1);
            let (g, r) = div_normal(two << shift, b1 << shift, v);
            (g, u128::from(r >> shift))
        };
        while rest < u128::from(BASE)
            && u128::from(guess) * u128::from(b2) > rest * u128::from(BASE) + u128::from(a2)
        {
            guess -= 1;
            rest += u128::from(b1);
        }
        if sub_mul_word(&mut a[j..=j + n], b, guess) {
            guess -= 1;
            // The carry makes up for what was borrowed from above.
            add_assign(&mut a[j..j + n], b);
        }
        q[j] = guess;
    }
    q
}

/// `a -= b * w`, `a` one limb longer; true (and the top limb zero) if it went below zero.
fn sub_mul_word(a: &mut [u64], b: &[u64], w: u64) -> bool {
    let mut carry = 0;
    for (x, y) in a.iter_mut().zip(b) {
        let (high, low) = split(u128::from(*y) * u128::from(w) + u128::from(carry));
        carry = high;
        if *x < low {
            *x += BASE;
            carry += 1;
        }
        *x -= low;
    }
    let top = &mut a[b.len()];
    let below = *top < carry;
    *top = if below { 0 } else { *top - carry };
    below
}

/// A dividend of any length in blocks of the divisor's length, from the top.
fn by_blocks(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let n = b.len();
    let blocks = a.len().div_ceil(n);
    let mut q = vec![0; blocks * n];
    let mut rest = vec![0; n];
    for i in (0..blocks).rev() {
        let mut two = a[i * n..a.len().min((i + 1) * n)].to_vec();
        two.resize(n, 0);
        two.extend_from_slice(&rest);
        let part;
        (part, rest) = two_by_one(&two, b);
        q[i * n..i * n + part.len()].copy_from_slice(&part);
    }
    (q, rest)
}

/// 2n limbs by n, the quotient below BASE^n: n limbs each.
fn two_by_one(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let n = b.len();
    if n < RECURSIVE || n % 2 == 1 {
        let mut rest = a.to_vec();
        let q = knuth(&mut rest, b);
        rest.truncate(n);
        return (q, rest);
    }
    let half = n / 2;
    let (high, rest) = three_by_two(&a[half..], b);
    let mut low = a[..half].to_vec();
    low.extend_from_slice(&rest);
    let (mut q, rest) = three_by_two(&low, b);
    q.extend_from_slice(&high);
    (q, rest)
}

/// 3 halves by 2: a quotient of one half.
fn three_by_two(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let half = b.len() / 2;
    let (b0, b1) = b.split_at(half);
    let (mut q, mut rest) = if cmp(trimmed(&a[2 * half..]), trimmed(b1)).is_lt() {
        two_by_one(&a[half..], b1)
    } else {
        // The quotient's guess is BASE^half - 1: the rest is the top minus that times b1.
        let mut rest = a[half..].to_vec();
        sub_assign(&mut rest[half..], b1);
        rest.push(0);
        add_assign(&mut rest, b1);
        (vec![BASE - 1; half], rest)
    };
    let mut product = vec![0; 2 * half];
    multiply(&mut product, &q, b0);
    let mut whole = a[..half].to_vec();
    whole.append(&mut rest);
    whole.resize(2 * half + 2, 0);
    let mut below = sub_assign(&mut whole, &product);
    while below {
        sub_assign(&mut q, &[1]);
        below = !add_assign(&mut whole, b);
    }
    whole.truncate(2 * half);
    (q, whole)
}
