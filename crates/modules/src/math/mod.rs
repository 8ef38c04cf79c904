//! `math`.

mod integers;
mod sums;
mod unary;

use num::mathfn::{self, Log};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "math",
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: &[
        unary::functions::TABLE,
        functions::TABLE,
        integers::functions::TABLE,
        sums::functions::TABLE,
    ],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for (name, v) in [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        vm.module_set(m, name, Value::float(v))?;
    }
    Ok(())
}

#[derive::natives]
mod functions {
    use super::*;

    /// Return the arc tangent (measured in radians) of y/x.
    ///
    /// Unlike atan(y/x), the signs of both x and y are considered.
    #[native("atan2($module, y, x, /)")]
    fn atan2(_: &mut Vm, _m: Value, y: f64, x: f64) -> Res<f64> {
        Ok(num::libm::atan2(y, x))
    }
    /// Return the ceiling of x as an Integral.
    ///
    /// This is the smallest integer >= x.
    #[native("ceil($module, x, /)")]
    fn ceil(vm: &mut Vm, _m: Value, x: Value) -> Res {
        let name = vm.names.__ceil__;
        round_towards(vm, x, name, f64::ceil)
    }
    /// Return the floor of x as an Integral.
    ///
    /// This is the largest integer <= x.
    #[native("floor($module, x, /)")]
    fn floor(vm: &mut Vm, _m: Value, x: Value) -> Res {
        let name = vm.names.__floor__;
        round_towards(vm, x, name, f64::floor)
    }
    /// Truncates the Real x to the nearest Integral toward 0.
    ///
    /// Uses the __trunc__ magic method.
    #[native("trunc($module, x, /)")]
    fn trunc(vm: &mut Vm, _m: Value, x: Value) -> Res {
        if let Some(f) = x.as_float() {
            return vm.float_to_int(f);
        }
        match vm.special(x, vm.names.__trunc__) {
            Some(m) => vm.call_method_value(m, x, &[]),
            None => {
                let name = vm.class_name(x);
                Err(vm.type_error(&format!("type {name} doesn't define __trunc__ method")))
            }
        }
    }
    /// Return a float with the magnitude (absolute value) of x but the sign of y.
    ///
    /// On platforms that support signed zeros, copysign(1.0, -0.0)
    /// returns -1.0.
    ///
    #[native("copysign($module, x, y, /)")]
    fn copysign(_: &mut Vm, _m: Value, x: f64, y: f64) -> Res<f64> {
        Ok(x.copysign(y))
    }
    /// Convert angle x from radians to degrees.
    #[native("degrees($module, x, /)")]
    fn degrees(_: &mut Vm, _m: Value, x: f64) -> Res<f64> {
        Ok(x * (180.0 / std::f64::consts::PI))
    }
    /// Convert angle x from degrees to radians.
    #[native("radians($module, x, /)")]
    fn radians(_: &mut Vm, _m: Value, x: f64) -> Res<f64> {
        Ok(x * (std::f64::consts::PI / 180.0))
    }
    /// Return the absolute value of the float x.
    #[native("fabs($module, x, /)")]
    fn fabs(_: &mut Vm, _m: Value, x: f64) -> Res<f64> {
        Ok(x.abs())
    }
    /// Fused multiply-add operation.
    ///
    /// Compute (x * y) + z with a single round.
    #[native("fma($module, x, y, z, /)")]
    fn fma(vm: &mut Vm, _m: Value, x: f64, y: f64, z: f64) -> Res<f64> {
        mathfn::fma(x, y, z).map_err(|e| vm.num_error(e))
    }
    /// Return fmod(x, y), according to platform C.
    ///
    /// x % y may differ.
    #[native("fmod($module, x, y, /)")]
    fn fmod(vm: &mut Vm, _m: Value, x: f64, y: f64) -> Res<f64> {
        mathfn::fmod(x, y).map_err(|e| vm.num_error(e))
    }
    /// Difference between x and the closest integer multiple of y.
    ///
    /// Return x - n*y where n*y is the closest integer multiple of y.
    /// In the case where x is exactly halfway between two multiples of
    /// y, the nearest even value of n is used. The result is always exact.
    #[native("remainder($module, x, y, /)")]
    fn remainder(vm: &mut Vm, _m: Value, x: f64, y: f64) -> Res<f64> {
        mathfn::remainder(x, y).map_err(|e| vm.num_error(e))
    }
    /// Return x**y (x to the power of y).
    #[native("pow($module, x, y, /)")]
    fn pow(vm: &mut Vm, _m: Value, x: f64, y: f64) -> Res<f64> {
        mathfn::pow(x, y).map_err(|e| vm.num_error(e))
    }
    /// Return the mantissa and exponent of x, as pair (m, e).
    ///
    /// If x is a finite nonzero number, then m is a float with
    /// 0.5 <= abs(m) < 1.0 and an integer e is such that
    /// x == m * 2**e exactly.  Else, return (x, 0).
    #[native("frexp($module, x, /)")]
    fn frexp(vm: &mut Vm, _m: Value, x: f64) -> Res {
        let (m, e) = mathfn::frexp(x);
        vm.new_tuple(&[Value::float(m), Value::int_unchecked(i64::from(e))])
    }
    /// Return x * (2**i).
    ///
    /// This is essentially the inverse of frexp().
    #[native("ldexp($module, x, i, /)")]
    fn ldexp(vm: &mut Vm, _m: Value, x: f64, i: Value) -> Res<f64> {
        if !vm.is_int(i) {
            return Err(vm.type_error("Expected an int as second argument to ldexp."));
        }
        let i = vm.index_clipped(i)?;
        mathfn::ldexp(x, i).map_err(|e| vm.num_error(e))
    }
    /// Return the fractional and integer parts of x.
    ///
    /// Both results carry the sign of x and are floats.
    #[native("modf($module, x, /)")]
    fn modf(vm: &mut Vm, _m: Value, x: f64) -> Res {
        let (f, i) = mathfn::modf(x);
        vm.new_tuple(&[Value::float(f), Value::float(i)])
    }
    /// Determine whether two floating-point numbers are close in value.
    ///
    ///   rel_tol
    ///     maximum difference for being considered "close", relative to the
    ///     magnitude of the input values
    ///   abs_tol
    ///     maximum difference for being considered "close", regardless of the
    ///     magnitude of the input values
    ///
    /// Return True if a is close in value to b, and False otherwise.
    ///
    /// For the values to be considered close, the difference between them
    /// must be smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That
    /// is, NaN is not close to anything, even itself.  inf and -inf are
    /// only close to themselves.
    #[native("isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(
        vm: &mut Vm,
        _m: Value,
        a: f64,
        b: f64,
        rel_tol: Option<f64>,
        abs_tol: Option<f64>,
    ) -> Res<bool> {
        mathfn::isclose(a, b, rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0))
            .map_err(|e| vm.num_error(e))
    }
    /// Return True if x is neither an infinity nor a NaN, and False otherwise.
    #[native("isfinite($module, x, /)")]
    fn isfinite(_: &mut Vm, _m: Value, x: f64) -> Res<bool> {
        Ok(x.is_finite())
    }
    /// Return True if x is a positive or negative infinity, and False otherwise.
    #[native("isinf($module, x, /)")]
    fn isinf(_: &mut Vm, _m: Value, x: f64) -> Res<bool> {
        Ok(x.is_infinite())
    }
    /// Return True if x is a NaN (not a number), and False otherwise.
    #[native("isnan($module, x, /)")]
    fn isnan(_: &mut Vm, _m: Value, x: f64) -> Res<bool> {
        Ok(x.is_nan())
    }
    /// log(x, [base=math.e])
    /// Return the logarithm of x to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of x.
    #[native("log($module, x, base=math.e, /)", nosig)]
    fn log(vm: &mut Vm, _m: Value, x: Value, base: Option<Value>) -> Res<f64> {
        let n = log_of(vm, x, Log::Natural)?;
        let Some(base) = base else { return Ok(n) };
        let d = log_of(vm, base, Log::Natural)?;
        if d == 0.0 {
            return Err(vm.zero_division("division by zero"));
        }
        Ok(n / d)
    }
    /// Return the base 10 logarithm of x.
    #[native("log10($module, x, /)")]
    fn log10(vm: &mut Vm, _m: Value, x: Value) -> Res<f64> {
        log_of(vm, x, Log::Ten)
    }
    /// Return the base 2 logarithm of x.
    #[native("log2($module, x, /)")]
    fn log2(vm: &mut Vm, _m: Value, x: Value) -> Res<f64> {
        log_of(vm, x, Log::Two)
    }
    /// Return the floating-point value the given number of steps after x towards y.
    ///
    /// If steps is not specified or is None, it defaults to 1.
    ///
    /// Raises a TypeError, if x or y is not a double, or if steps is not
    /// an integer.  Raises ValueError if steps is negative.
    #[native("nextafter($module, x, y, /, *, steps=None)")]
    fn nextafter(vm: &mut Vm, _m: Value, x: f64, y: f64, steps: Option<Value>) -> Res<f64> {
        let Some(steps) = steps.filter(|s| !s.is_none()) else {
            return Ok(mathfn::nextafter(x, y));
        };
        let steps = vm.index(steps)?;
        if vm.int_is_negative(steps) {
            return Err(vm.value_error("steps must be a non-negative integer"));
        }
        let n = vm
            .to_big(steps)
            .and_then(|b| b.to_u64())
            .unwrap_or(u64::MAX);
        Ok(mathfn::nextafter_steps(x, y, n))
    }
    /// Return the value of the least significant bit of the float x.
    #[native("ulp($module, x, /)")]
    fn ulp(_: &mut Vm, _m: Value, x: f64) -> Res<f64> {
        Ok(mathfn::ulp(x))
    }
}

/// `ceil` and `floor`: the method of that name, or the float rounded by `f`.
fn round_towards(vm: &mut Vm, x: Value, method: Value, f: fn(f64) -> f64) -> Res {
    if let Some(v) = x.as_float() {
        return vm.float_to_int(f(v));
    }
    if x.is_small_int() {
        return Ok(x);
    }
    if let Some(m) = vm.special(x, method) {
        return vm.call_method_value(m, x, &[]);
    }
    let v = vm.to_f64(x)?;
    vm.float_to_int(f(v))
}

/// A logarithm of any number; ints of any size are exact.
fn log_of(vm: &mut Vm, x: Value, which: Log) -> Res<f64> {
    let r = if vm.is_int(x) {
        mathfn::log_int(&vm.to_big(x).unwrap_or_default(), which)
    } else {
        mathfn::log(vm.to_f64(x)?, which)
    };
    r.map_err(|e| vm.num_error(e))
}
