//! The C library's mathematics, which CPython calls too: the same results bit for bit on Linux.

macro_rules! c_math {
    ($($name:ident($($arg:ident),+);)*) => {
        mod c {
            #[link(name = "m")]
            // SAFETY: C99 `double` functions of libm, without side effects but errno and flags.
            unsafe extern "C" {
                $(pub safe fn $name($($arg: f64),+) -> f64;)*
            }
        }
        $(
            /// The C function of the same name.
            #[inline]
            pub fn $name($($arg: f64),+) -> f64 {
                c::$name($($arg),+)
            }
        )*
    };
}

c_math! {
    sin(x); cos(x); tan(x); asin(x); acos(x); atan(x); atan2(y, x);
    sinh(x); cosh(x); tanh(x); asinh(x); acosh(x); atanh(x);
    exp(x); exp2(x); expm1(x); log(x); log2(x); log10(x); log1p(x);
    pow(x, y); cbrt(x); erf(x); erfc(x); fmod(x, y); remainder(x, y); nextafter(x, y);
    hypot(x, y); fma(x, y, z);
}
