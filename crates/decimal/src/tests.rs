//! Products and quotients of all sizes agree with binary ones.

use crate::coef::Coef;
use crate::context::{Ctx, Rounding};
use crate::explog;
use crate::number::Dec;

/// A random number of up to `n` digits with long runs of 0 and 9.
fn random(seed: &mut u64, n: usize) -> Coef {
    let mut next = || {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        *seed
    };
    let mut text = Vec::new();
    while text.len() < n {
        let r = next();
        let run = (r >> 8) as usize % 40 + 1;
        match r % 4 {
            0 => text.extend(std::iter::repeat_n(b'0', run)),
            1 => text.extend(std::iter::repeat_n(b'9', run)),
            _ => text.extend((0..run).map(|_| b'0' + (next() % 10) as u8)),
        }
    }
    text.truncate(n);
    Coef::from_digits(&text)
}

#[test]
fn products_and_quotients() {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    for n in [
        1, 5, 17, 18, 19, 36, 40, 100, 600, 1200, 3000, 11_000, 25_000,
    ] {
        for m in [1, 18, 19, 37, 400, 700, 2500, 12_000] {
            for _ in 0..if n * m > 1_000_000 { 2 } else { 30 } {
                let (a, b) = (random(&mut seed, n), random(&mut seed, m));
                let p = a.mul(&b).unwrap_or_default();
                assert_eq!(p.to_big(), &a.to_big() * &b.to_big(), "{n} {m}");
                if b.is_zero() {
                    continue;
                }
                let (q, r) = p.div_rem(&b);
                assert_eq!((q, r), (a.clone(), Coef::zero()), "{n} {m}");
                let (q, r) = a.div_rem(&b);
                assert!(r < b);
                assert_eq!(q.mul(&b).unwrap_or_default().add(&r), a, "{n} {m}");
            }
        }
    }
}

#[test]
fn shifts() {
    let mut seed = 1;
    for n in 1..80 {
        let a = random(&mut seed, n);
        for k in 0..90u64 {
            let up = a.shl(k).unwrap_or_default();
            assert_eq!(up.shr(k), (a.clone(), 0));
            let text = a.to_text();
            let (down, rest) = a.shr(k);
            let cut = text.len().saturating_sub(k as usize);
            assert_eq!(
                down,
                Coef::from_digits(&text.as_bytes()[..cut]),
                "{text} {k}"
            );
            assert_eq!(rest == 0, a.low_digits(k).is_zero());
        }
    }
}

#[test]
fn exponential_inverts_logarithm() {
    let ctx = Ctx {
        prec: 60,
        rounding: Rounding::HalfEven,
        ..Ctx::MAX
    };
    for text in [
        "2",
        "10",
        "0.1",
        "1.00000000000000000001",
        "123456789e1000",
        "3.1622776e-50",
    ] {
        let (mut st, d) = (0, crate::text::parse_exact(text.as_bytes(), &mut 0));
        let back = explog::exp(&explog::ln(&d, &ctx, &mut st), &ctx, &mut st);
        let close = Ctx { prec: 50, ..ctx };
        assert_eq!(
            crate::arith::reduce(&back, &close, &mut st),
            crate::arith::reduce(&d, &close, &mut st)
        );
    }
    let e = explog::exp(&Dec::int(1), &ctx, &mut 0);
    assert!(
        e.to_sci(true)
            .starts_with("2.718281828459045235360287471352662497757247")
    );
}
