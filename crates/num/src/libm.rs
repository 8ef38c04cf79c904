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
    pow(x, y); erf(x); erfc(x); fmod(x, y); remainder(x, y); nextafter(x, y);
    hypot(x, y); fma(x, y, z);
}

mod shared {
    use std::ffi::{c_char, c_void};

    unsafe extern "C" {
        pub fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
        pub safe fn cbrt(x: f64) -> f64;
    }
}

/// C's `cbrt`.
///
/// Rust links a `cbrt` of its own (compiler_builtins, correctly rounded) before the C library's,
/// which CPython calls and which is not: that one has to be looked up. `fma` and `fmod` are
/// Rust's too, but have exact results.
pub fn cbrt(x: f64) -> f64 {
    type Unary = extern "C" fn(f64) -> f64;
    static FOUND: std::sync::OnceLock<Option<Unary>> = std::sync::OnceLock::new();
    let found = FOUND.get_or_init(|| {
        // SAFETY: a null handle searches the loaded libraries; the name is a C string.
        let address = unsafe { shared::dlsym(std::ptr::null_mut(), c"cbrt".as_ptr()) };
        // SAFETY: a symbol of this name is C99's `double cbrt(double)`; null becomes `None`.
        unsafe { std::mem::transmute::<*mut std::ffi::c_void, Option<Unary>>(address) }
    });
    found.map_or_else(|| shared::cbrt(x), |f| f(x))
}
