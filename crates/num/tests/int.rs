//! Integers against CPython's results.

mod common;

use common::{Encode, check};
use num::bigint::BigInt;
use num::int_text::{self, IntParseError};
use num::{combinat, hash, int_bytes, int_float};
use std::cmp::Ordering;

fn sign(o: Ordering) -> i64 {
    o as i64
}

#[test]
fn table() {
    check(include_str!("data/int.tsv"), |name, c| {
        let a = || c.int(0);
        let b = || c.int(1);
        match name {
            "add" => (&a() + &b()).encode(),
            "sub" => (&a() - &b()).encode(),
            "mul" => (&a() * &b()).encode(),
            "and" => (&a() & &b()).encode(),
            "or" => (&a() | &b()).encode(),
            "xor" => (&a() ^ &b()).encode(),
            "not" => (!&a()).encode(),
            "divmod" => {
                let (q, r) = a().divmod(&b()).unwrap();
                assert_eq!(a().modulo(&b()), Some(r.clone()));
                (q, r).encode()
            }
            "shl" => a().shl(c.small(1) as u64).encode(),
            "shr" => a().shr(c.small(1) as u64).encode(),
            "pow" => a().pow(c.small(1) as u64).encode(),
            "modpow" => a().modpow(&b(), &c.int(2)).encode(),
            "isqrt" => a().isqrt().unwrap().encode(),
            "gcd" => a().gcd(&b()).encode(),
            "lcm" => a().lcm(&b()).encode(),
            "bits" => (a().bit_length(), a().bit_count()).encode(),
            "cmp" => sign(a().cmp(&b())).encode(),
            "hash" => {
                if let Some(small) = a().to_i64() {
                    assert_eq!(hash::hash_i64(small), hash::hash_big(&a()));
                }
                hash::hash_big(&a()).encode()
            }
            "float" => int_float::to_f64(&a()).encode(),
            "truediv" => int_float::true_div(&a(), &b()).encode(),
            "cmpf" => int_float::cmp_int_float(&a(), c.float(1))
                .map_or(9, sign)
                .encode(),
            "trunc" => int_float::from_f64(c.float(0)).encode(),
            "str" => int_text::to_decimal(&a()).encode(),
            "hex" => int_text::to_prefixed(&a(), 16).encode(),
            "oct" => int_text::to_prefixed(&a(), 8).encode(),
            "bin" => int_text::to_prefixed(&a(), 2).encode(),
            "to_bytes" => {
                int_bytes::to_bytes(&a(), c.small(1) as usize, c.small(2) != 0, c.small(3) != 0)
                    .encode()
            }
            "from_bytes" => {
                int_bytes::from_bytes(&c.bytes(0), c.small(1) != 0, c.small(2) != 0).encode()
            }
            "parse" => match int_text::scan(c.text(0).as_bytes(), c.small(1) as u32) {
                Ok(literal) => BigInt::from(literal.value()).encode(),
                Err(IntParseError::Base) => "base".encode(),
                Err(IntParseError::Literal) => "bad".encode(),
            },
            "factorial" => combinat::factorial(c.small(0) as u64).encode(),
            "comb" => combinat::comb(&a(), &b()).encode(),
            "perm" => combinat::perm(&a(), &b()).encode(),
            _ => panic!("no function {name}"),
        }
    });
}

/// Long decimals both ways, against arithmetic.
#[test]
fn huge_decimals() {
    for bits in [39_990_u64, 40_010, 50_000, 123_457, 700_001] {
        let v =
            &BigInt::from(7).pow(bits / 3).unwrap() * &BigInt::from(10).pow(bits / 100).unwrap();
        let text = int_text::to_decimal(&v);
        assert!(int_text::decimal_digits_bound(v.bit_length()) >= text.len() as u64);
        assert!(int_text::decimal_digits_bound(v.bit_length()) <= text.len() as u64 + 1);
        assert!(text.ends_with(&"0".repeat(bits as usize / 100)));
        assert_eq!(
            BigInt::from(int_text::scan(text.as_bytes(), 10).unwrap().value()),
            v
        );
        // Digit sums modulo 9 tell lost or shifted digits.
        let nines: u64 = text.bytes().map(|b| u64::from(b - b'0')).sum::<u64>() % 9;
        assert_eq!(v.modulo(&BigInt::from(9)).unwrap().to_u64(), Some(nines));
        let below = &BigInt::from(10).pow(bits / 4).unwrap() - 1;
        assert_eq!(
            int_text::to_decimal(&-&below),
            format!("-{}", "9".repeat(bits as usize / 4))
        );
        let one = &below + 1;
        assert_eq!(
            int_text::to_decimal(&one),
            format!("1{}", "0".repeat(bits as usize / 4))
        );
    }
}

#[test]
fn refuses_what_cannot_be_stored() {
    let two = BigInt::from(2);
    assert!(two.pow(u64::MAX).is_err());
    assert!(two.shl(u64::MAX).is_err());
    assert!(combinat::factorial(u64::MAX).is_err());
    assert_eq!((-&two).shr(u64::MAX), BigInt::from(-1));
    assert_eq!(BigInt::from(-1).pow(u64::MAX).unwrap(), BigInt::from(-1));
}

/// Timings of the sizes that matter: `cargo nextest run -p num --run-ignored only timing`.
#[test]
#[ignore = "a measurement"]
fn timing() {
    use std::time::Instant;
    for digits in [10_000_u64, 100_000, 1_000_000, 5_000_000] {
        let v = &BigInt::from(10).pow(digits).unwrap() - 12_345;
        let start = Instant::now();
        let s = int_text::to_decimal(&v);
        let shown = start.elapsed();
        let start = Instant::now();
        let w: BigInt = int_text::scan(s.as_bytes(), 10).unwrap().value().into();
        let parsed = start.elapsed();
        assert_eq!(v, w);
        let start = Instant::now();
        let product = &v * &w;
        println!(
            "{digits}: str {shown:?} int {parsed:?} mul {:?} {}",
            start.elapsed(),
            product.bit_length()
        );
    }
    let start = Instant::now();
    let f = combinat::factorial(100_000).unwrap();
    println!(
        "factorial(100000): {:?} {}",
        start.elapsed(),
        f.bit_length()
    );
}
