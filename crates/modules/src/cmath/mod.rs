//! `cmath`.

mod functions;
mod special;

use functions::Trouble;
use num::complex::Complex;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "cmath",
    doc: "This module provides access to mathematical functions for complex\nnumbers.",
    functions: &[unary::TABLE, others::TABLE],
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
    for (name, v) in [("infj", f64::INFINITY), ("nanj", f64::NAN)] {
        let z = vm.new_complex(0.0, v)?;
        vm.module_set(m, name, z)?;
    }
    Ok(())
}

#[cold]
fn raise(vm: &mut Vm, t: Trouble) -> Raised {
    match t {
        Trouble::Domain => vm.value_error("math domain error"),
        Trouble::Range => vm.overflow_error("math range error"),
    }
}

fn apply(vm: &mut Vm, z: Value, f: fn(Complex) -> Result<Complex, Trouble>) -> Res {
    let z = vm.to_complex(z)?;
    match f(z) {
        Ok(r) => vm.new_complex(r.re, r.im),
        Err(t) => Err(raise(vm, t)),
    }
}

#[derive::natives]
mod unary {
    use super::*;

    /// Return the arc cosine of z.
    #[native("acos($module, z, /)")]
    fn acos(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::acos)
    }
    /// Return the inverse hyperbolic cosine of z.
    #[native("acosh($module, z, /)")]
    fn acosh(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::acosh)
    }
    /// Return the arc sine of z.
    #[native("asin($module, z, /)")]
    fn asin(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::asin)
    }
    /// Return the inverse hyperbolic sine of z.
    #[native("asinh($module, z, /)")]
    fn asinh(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::asinh)
    }
    /// Return the arc tangent of z.
    #[native("atan($module, z, /)")]
    fn atan(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::atan)
    }
    /// Return the inverse hyperbolic tangent of z.
    #[native("atanh($module, z, /)")]
    fn atanh(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::atanh)
    }
    /// Return the cosine of z.
    #[native("cos($module, z, /)")]
    fn cos(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::cos)
    }
    /// Return the hyperbolic cosine of z.
    #[native("cosh($module, z, /)")]
    fn cosh(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::cosh)
    }
    /// Return the exponential value e**z.
    #[native("exp($module, z, /)")]
    fn exp(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::exp)
    }
    /// Return the base-10 logarithm of z.
    #[native("log10($module, z, /)")]
    fn log10(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::log_10)
    }
    /// Return the sine of z.
    #[native("sin($module, z, /)")]
    fn sin(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::sin)
    }
    /// Return the hyperbolic sine of z.
    #[native("sinh($module, z, /)")]
    fn sinh(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::sinh)
    }
    /// Return the square root of z.
    #[native("sqrt($module, z, /)")]
    fn sqrt(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::sqrt)
    }
    /// Return the tangent of z.
    #[native("tan($module, z, /)")]
    fn tan(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::tan)
    }
    /// Return the hyperbolic tangent of z.
    #[native("tanh($module, z, /)")]
    fn tanh(vm: &mut Vm, _m: Value, z: Value) -> Res {
        apply(vm, z, functions::tanh)
    }
}

#[derive::natives]
mod others {
    use super::*;

    /// log(z[, base]) -> the logarithm of z to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e)
    /// of z.
    #[native("log($module, z, base=<unrepresentable>, /)")]
    fn log(vm: &mut Vm, _m: Value, z: Value, base: Option<Value>) -> Res {
        let z = vm.to_complex(z)?;
        let base = match base {
            Some(b) => Some(vm.to_complex(b)?),
            None => None,
        };
        let done = functions::ln(z).and_then(|r| match base {
            Some(b) => {
                let d = functions::ln(b)?;
                r.quotient(d).map_err(|_| Trouble::Domain)
            }
            None => Ok(r),
        });
        match done {
            Ok(r) => vm.new_complex(r.re, r.im),
            Err(t) => Err(raise(vm, t)),
        }
    }
    /// Return argument, also known as the phase angle, of a complex.
    #[native("phase($module, z, /)")]
    fn phase(vm: &mut Vm, _m: Value, z: Value) -> Res<f64> {
        let z = vm.to_complex(z)?;
        Ok(num::libm::atan2(z.im, z.re))
    }
    /// Convert a complex from rectangular coordinates to polar coordinates.
    ///
    /// r is the distance from 0 and phi the phase angle.
    #[native("polar($module, z, /)")]
    fn polar(vm: &mut Vm, _m: Value, z: Value) -> Res {
        let z = vm.to_complex(z)?;
        let Ok(r) = z.abs() else {
            return Err(raise(vm, Trouble::Range));
        };
        vm.new_tuple(&[Value::float(r), Value::float(num::libm::atan2(z.im, z.re))])
    }
    /// Convert from polar coordinates to rectangular coordinates.
    #[native("rect($module, r, phi, /)")]
    fn rect(vm: &mut Vm, _m: Value, r: f64, phi: f64) -> Res {
        match functions::rect(r, phi) {
            Ok(z) => vm.new_complex(z.re, z.im),
            Err(t) => Err(raise(vm, t)),
        }
    }
    /// Determine whether two complex numbers are close in value.
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
    /// For the values to be considered close, the difference between them must
    /// be smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That is,
    /// NaN is not close to anything, even itself. inf and -inf are only close
    /// to themselves.
    #[native("isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(
        vm: &mut Vm,
        _m: Value,
        a: Value,
        b: Value,
        rel_tol: Option<f64>,
        abs_tol: Option<f64>,
    ) -> Res<bool> {
        let (a, b) = (vm.to_complex(a)?, vm.to_complex(b)?);
        let (rel, abs) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
        if rel < 0.0 || abs < 0.0 {
            return Err(vm.value_error("tolerances must be non-negative"));
        }
        if a.re == b.re && a.im == b.im {
            return Ok(true);
        }
        if [a.re, a.im, b.re, b.im].iter().any(|x| x.is_infinite()) {
            return Ok(false);
        }
        let size = |z: Complex| num::libm::hypot(z.re, z.im);
        let diff = size(Complex::new(a.re - b.re, a.im - b.im));
        Ok(diff <= rel * size(b) || diff <= rel * size(a) || diff <= abs)
    }
    /// Return True if both the real and imaginary parts of z are finite, else False.
    #[native("isfinite($module, z, /)")]
    fn isfinite(vm: &mut Vm, _m: Value, z: Value) -> Res<bool> {
        let z = vm.to_complex(z)?;
        Ok(z.re.is_finite() && z.im.is_finite())
    }
    /// Checks if the real or imaginary part of z is infinite.
    #[native("isinf($module, z, /)")]
    fn isinf(vm: &mut Vm, _m: Value, z: Value) -> Res<bool> {
        let z = vm.to_complex(z)?;
        Ok(z.re.is_infinite() || z.im.is_infinite())
    }
    /// Checks if the real or imaginary part of z not a number (NaN).
    #[native("isnan($module, z, /)")]
    fn isnan(vm: &mut Vm, _m: Value, z: Value) -> Res<bool> {
        let z = vm.to_complex(z)?;
        Ok(z.re.is_nan() || z.im.is_nan())
    }
}
