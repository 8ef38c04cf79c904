//! The functions of one float that go straight to an algorithm of crates/num.

use runtime::{Res, Value, Vm};

/// Declares the functions: name, signature, docstring, algorithm.
macro_rules! unary {
    ($($name:ident $sig:tt $doc:tt $f:path;)*) => {
        #[derive::natives]
        pub mod functions {
            use super::*;
            $(
                #[doc = $doc]
                #[native($sig)]
                fn $name(vm: &mut Vm, _m: Value, x: f64) -> Res<f64> {
                    $f(x).map_err(|e| vm.num_error(e))
                }
            )*
        }
    };
}
unary! {
    acos "acos($module, x, /)" "Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi." num::mathfn::acos;
    acosh "acosh($module, x, /)" "Return the inverse hyperbolic cosine of x." num::mathfn::acosh;
    asin "asin($module, x, /)" "Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2." num::mathfn::asin;
    asinh "asinh($module, x, /)" "Return the inverse hyperbolic sine of x." num::mathfn::asinh;
    atan "atan($module, x, /)" "Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2." num::mathfn::atan;
    atanh "atanh($module, x, /)" "Return the inverse hyperbolic tangent of x." num::mathfn::atanh;
    cbrt "cbrt($module, x, /)" "Return the cube root of x." num::mathfn::cbrt;
    cos "cos($module, x, /)" "Return the cosine of x (measured in radians)." num::mathfn::cos;
    cosh "cosh($module, x, /)" "Return the hyperbolic cosine of x." num::mathfn::cosh;
    erf "erf($module, x, /)" "Error function at x." num::mathfn::erf;
    erfc "erfc($module, x, /)" "Complementary error function at x." num::mathfn::erfc;
    exp "exp($module, x, /)" "Return e raised to the power of x." num::mathfn::exp;
    exp2 "exp2($module, x, /)" "Return 2 raised to the power of x." num::mathfn::exp2;
    expm1 "expm1($module, x, /)" "Return exp(x)-1.\n\nThis function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x." num::mathfn::expm1;
    gamma "gamma($module, x, /)" "Gamma function at x." num::special::gamma;
    lgamma "lgamma($module, x, /)" "Natural logarithm of absolute value of Gamma function at x." num::special::lgamma;
    log1p "log1p($module, x, /)" "Return the natural logarithm of 1+x (base e).\n\nThe result is computed in a way which is accurate for x near zero." num::mathfn::log1p;
    sin "sin($module, x, /)" "Return the sine of x (measured in radians)." num::mathfn::sin;
    sinh "sinh($module, x, /)" "Return the hyperbolic sine of x." num::mathfn::sinh;
    sqrt "sqrt($module, x, /)" "Return the square root of x." num::mathfn::sqrt;
    tan "tan($module, x, /)" "Return the tangent of x (measured in radians)." num::mathfn::tan;
    tanh "tanh($module, x, /)" "Return the hyperbolic tangent of x." num::mathfn::tanh;
}
