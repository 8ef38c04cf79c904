//! Integer functions of `math`.

use num::BigInt;
use runtime::object::*;
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// Find n!.
    #[native("factorial($module, n, /)")]
    fn factorial(vm: &mut Vm, _m: Value, n: Value) -> Res {
        let n = vm.index(n)?;
        if vm.int_is_negative(n) {
            return Err(vm.value_error("factorial() not defined for negative values"));
        }
        let Some(k) = vm.int_to_i64(n) else {
            return Err(
                vm.overflow_error("factorial() argument should not exceed 9223372036854775807")
            );
        };
        let r = num::combinat::factorial(k as u64).map_err(|e| vm.num_error(e))?;
        vm.new_big(&r)
    }
    /// Greatest Common Divisor.
    #[native("gcd($module, /, *integers)")]
    fn gcd(vm: &mut Vm, _m: Value, integers: Value) -> Res {
        fold(vm, integers, 0, |a, b| a.gcd(b), small_gcd)
    }
    /// Least Common Multiple.
    #[native("lcm($module, /, *integers)")]
    fn lcm(vm: &mut Vm, _m: Value, integers: Value) -> Res {
        fold(
            vm,
            integers,
            1,
            |a, b| a.lcm(b),
            |a, b| {
                if a == 0 || b == 0 {
                    return Some(0);
                }
                (a / small_gcd(a, b)?).checked_mul(b)
            },
        )
    }
    /// Return the integer part of the square root of the input.
    #[native("isqrt($module, n, /)")]
    fn isqrt(vm: &mut Vm, _m: Value, n: Value) -> Res {
        let n = vm.index(n)?;
        match vm.to_big(n).and_then(|b| b.isqrt()) {
            Some(r) => vm.new_big(&r),
            None => Err(vm.value_error("isqrt() argument must be nonnegative")),
        }
    }
    /// Number of ways to choose k items from n items without repetition and with order.
    ///
    /// Evaluates to n! / (n - k)! when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// If k is not specified or is None, then k defaults to n
    /// and the function returns n!.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[native("perm($module, n, k=None, /)")]
    fn perm(vm: &mut Vm, m: Value, n: Value, k: Option<Value>) -> Res {
        let Some(k) = k.filter(|k| !k.is_none()) else {
            return factorial(vm, m, n);
        };
        let (n, k) = (index(vm, n)?, index(vm, k)?);
        non_negative(vm, &n, &k)?;
        let r = num::combinat::perm(&n, &k).map_err(|e| vm.num_error(e))?;
        vm.new_big(&r)
    }
    /// Number of ways to choose k items from n items without repetition and without order.
    ///
    /// Evaluates to n! / (k! * (n - k)!) when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// Also called the binomial coefficient because it is equivalent
    /// to the coefficient of k-th term in polynomial expansion of the
    /// expression (1 + x)**n.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[native("comb($module, n, k, /)")]
    fn comb(vm: &mut Vm, _m: Value, n: Value, k: Value) -> Res {
        let (n, k) = (index(vm, n)?, index(vm, k)?);
        non_negative(vm, &n, &k)?;
        let r = num::combinat::comb(&n, &k).map_err(|e| vm.num_error(e))?;
        vm.new_big(&r)
    }
}

fn index(vm: &mut Vm, v: Value) -> Res<BigInt> {
    let i = vm.index(v)?;
    Ok(vm.to_big(i).unwrap_or_default())
}

fn non_negative(vm: &mut Vm, n: &BigInt, k: &BigInt) -> Res<()> {
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    Ok(())
}

/// Euclid's algorithm; None never, the type is that of `fold`.
fn small_gcd(mut a: u64, mut b: u64) -> Option<u64> {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Some(a)
}

/// Folds the magnitudes of ints, in 64 bits as long as that goes.
fn fold(
    vm: &mut Vm,
    integers: Value,
    start: u64,
    big: fn(&BigInt, &BigInt) -> BigInt,
    small: fn(u64, u64) -> Option<u64>,
) -> Res {
    let Some(items) = integers.downcast::<TupleObj>() else {
        return vm.new_int_u64(start);
    };
    let mut acc = vm.new_int_u64(start)?;
    for item in items.items() {
        let i = vm.index(*item)?;
        let pair = vm.int_to_i64(acc).zip(vm.int_to_i64(i));
        let quick = pair.and_then(|(a, b)| small(a.unsigned_abs(), b.unsigned_abs()));
        acc = match quick {
            Some(r) => vm.new_int_u64(r)?,
            None => {
                let (a, b) = (
                    vm.to_big(acc).unwrap_or_default(),
                    vm.to_big(i).unwrap_or_default(),
                );
                vm.new_big(&big(&a, &b))?
            }
        };
    }
    Ok(acc)
}
