//! What functions of non-finite numbers give: rows by the real part, columns by the imaginary
//! part, each -inf, negative, -0.0, 0.0, positive, inf, NaN (C99 annex G; as CPython 3.14 has it).

use num::complex::Complex;
use std::f64::consts::{FRAC_PI_2 as H, FRAC_PI_4 as Q, PI};

/// A result, or what stands for one.
#[derive(Clone, Copy)]
pub enum Special {
    Value(Complex),
    /// ValueError.
    Domain,
    /// Finite arguments: not a special case.
    Finite,
}

pub type Table = [[Special; 7]; 7];

const I: f64 = f64::INFINITY;
const N: f64 = f64::NAN;
/// Three quarters of pi.
const T: f64 = 0.75 * PI;
const D: Special = Special::Domain;
const U: Special = Special::Finite;

const fn c(re: f64, im: f64) -> Special {
    Special::Value(Complex::new(re, im))
}

fn class(x: f64) -> usize {
    if x.is_nan() {
        6
    } else if x == I {
        5
    } else if x > 0.0 {
        4
    } else if x == -I {
        0
    } else if x < 0.0 {
        1
    } else if x.is_sign_negative() {
        2
    } else {
        3
    }
}

/// The entry for a number.
pub fn lookup(table: &Table, z: Complex) -> Special {
    table[class(z.re)][class(z.im)]
}

pub static ACOS: Table = [
    [
        c(T, I),
        c(PI, I),
        c(PI, I),
        c(PI, -I),
        c(PI, -I),
        c(T, -I),
        c(N, I),
    ],
    [c(H, I), U, U, U, U, c(H, -I), c(N, N)],
    [c(H, I), U, U, U, U, c(H, -I), c(H, N)],
    [c(H, I), U, U, U, U, c(H, -I), c(H, N)],
    [c(H, I), U, U, U, U, c(H, -I), c(N, N)],
    [
        c(Q, I),
        c(0.0, I),
        c(0.0, I),
        c(0.0, -I),
        c(0.0, -I),
        c(Q, -I),
        c(N, I),
    ],
    [
        c(N, I),
        c(N, N),
        c(N, N),
        c(N, N),
        c(N, N),
        c(N, -I),
        c(N, N),
    ],
];
pub static ACOSH: Table = [
    [
        c(I, -T),
        c(I, -PI),
        c(I, -PI),
        c(I, PI),
        c(I, PI),
        c(I, T),
        c(I, N),
    ],
    [c(I, -H), U, U, U, U, c(I, H), c(N, N)],
    [c(I, -H), U, U, U, U, c(I, H), c(N, H)],
    [c(I, -H), U, U, U, U, c(I, H), c(N, H)],
    [c(I, -H), U, U, U, U, c(I, H), c(N, N)],
    [
        c(I, -Q),
        c(I, -0.0),
        c(I, -0.0),
        c(I, 0.0),
        c(I, 0.0),
        c(I, Q),
        c(I, N),
    ],
    [
        c(I, N),
        c(N, N),
        c(N, N),
        c(N, N),
        c(N, N),
        c(I, N),
        c(N, N),
    ],
];
pub static ASINH: Table = [
    [
        c(-I, -Q),
        c(-I, -0.0),
        c(-I, -0.0),
        c(-I, 0.0),
        c(-I, 0.0),
        c(-I, Q),
        c(-I, N),
    ],
    [c(-I, -H), U, U, U, U, c(-I, H), c(N, N)],
    [c(-I, -H), U, U, U, U, c(-I, H), c(N, N)],
    [c(I, -H), U, U, U, U, c(I, H), c(N, N)],
    [c(I, -H), U, U, U, U, c(I, H), c(N, N)],
    [
        c(I, -Q),
        c(I, -0.0),
        c(I, -0.0),
        c(I, 0.0),
        c(I, 0.0),
        c(I, Q),
        c(I, N),
    ],
    [
        c(I, N),
        c(N, N),
        c(N, -0.0),
        c(N, 0.0),
        c(N, N),
        c(I, N),
        c(N, N),
    ],
];
pub static ATANH: Table = [
    [
        c(-0.0, -H),
        c(-0.0, -H),
        c(-0.0, -H),
        c(-0.0, H),
        c(-0.0, H),
        c(-0.0, H),
        c(-0.0, N),
    ],
    [c(-0.0, -H), U, U, U, U, c(-0.0, H), c(N, N)],
    [c(-0.0, -H), U, U, U, U, c(-0.0, H), c(-0.0, N)],
    [c(0.0, -H), U, U, U, U, c(0.0, H), c(0.0, N)],
    [c(0.0, -H), U, U, U, U, c(0.0, H), c(N, N)],
    [
        c(0.0, -H),
        c(0.0, -H),
        c(0.0, -H),
        c(0.0, H),
        c(0.0, H),
        c(0.0, H),
        c(0.0, N),
    ],
    [
        c(0.0, -H),
        c(N, N),
        c(N, N),
        c(N, N),
        c(N, N),
        c(0.0, H),
        c(N, N),
    ],
];
pub static COSH: Table = [
    [D, c(-I, I), c(I, 0.0), c(I, -0.0), c(-I, -I), D, c(I, N)],
    [D, U, U, U, U, D, c(N, N)],
    [D, U, U, U, U, D, c(N, 0.0)],
    [D, U, U, U, U, D, c(N, 0.0)],
    [D, U, U, U, U, D, c(N, N)],
    [D, c(-I, -I), c(I, -0.0), c(I, 0.0), c(-I, I), D, c(I, N)],
    [
        c(N, N),
        c(N, N),
        c(N, 0.0),
        c(N, 0.0),
        c(N, N),
        c(N, N),
        c(N, N),
    ],
];
pub static EXP: Table = [
    [
        c(0.0, 0.0),
        c(-0.0, -0.0),
        c(0.0, -0.0),
        c(0.0, 0.0),
        c(-0.0, 0.0),
        c(0.0, 0.0),
        c(0.0, 0.0),
    ],
    [D, U, U, U, U, D, c(N, N)],
    [D, U, U, U, U, D, c(N, N)],
    [D, U, U, U, U, D, c(N, N)],
    [D, U, U, U, U, D, c(N, N)],
    [D, c(-I, -I), c(I, -0.0), c(I, 0.0), c(-I, I), D, c(I, N)],
    [
        c(N, N),
        c(N, N),
        c(N, -0.0),
        c(N, 0.0),
        c(N, N),
        c(N, N),
        c(N, N),
    ],
];
pub static LOG: Table = [
    [
        c(I, -T),
        c(I, -PI),
        c(I, -PI),
        c(I, PI),
        c(I, PI),
        c(I, T),
        c(I, N),
    ],
    [c(I, -H), U, U, U, U, c(I, H), c(N, N)],
    [c(I, -H), U, U, U, U, c(I, H), c(N, N)],
    [c(I, -H), U, U, U, U, c(I, H), c(N, N)],
    [c(I, -H), U, U, U, U, c(I, H), c(N, N)],
    [
        c(I, -Q),
        c(I, -0.0),
        c(I, -0.0),
        c(I, 0.0),
        c(I, 0.0),
        c(I, Q),
        c(I, N),
    ],
    [
        c(I, N),
        c(N, N),
        c(N, N),
        c(N, N),
        c(N, N),
        c(I, N),
        c(N, N),
    ],
];
pub static SINH: Table = [
    [D, c(I, -I), c(-I, -0.0), c(-I, 0.0), c(I, I), D, c(I, N)],
    [D, U, U, U, U, D, c(N, N)],
    [D, U, U, U, U, D, c(0.0, N)],
    [D, U, U, U, U, D, c(0.0, N)],
    [D, U, U, U, U, D, c(N, N)],
    [D, c(-I, -I), c(I, -0.0), c(I, 0.0), c(-I, I), D, c(I, N)],
    [
        c(N, N),
        c(N, N),
        c(N, -0.0),
        c(N, 0.0),
        c(N, N),
        c(N, N),
        c(N, N),
    ],
];
pub static SQRT: Table = [
    [
        c(I, -I),
        c(0.0, -I),
        c(0.0, -I),
        c(0.0, I),
        c(0.0, I),
        c(I, I),
        c(N, I),
    ],
    [c(I, -I), U, U, U, U, c(I, I), c(N, N)],
    [c(I, -I), U, U, U, U, c(I, I), c(N, N)],
    [c(I, -I), U, U, U, U, c(I, I), c(N, N)],
    [c(I, -I), U, U, U, U, c(I, I), c(N, N)],
    [
        c(I, -I),
        c(I, -0.0),
        c(I, -0.0),
        c(I, 0.0),
        c(I, 0.0),
        c(I, I),
        c(I, N),
    ],
    [
        c(I, -I),
        c(N, N),
        c(N, N),
        c(N, N),
        c(N, N),
        c(I, I),
        c(N, N),
    ],
];
pub static TANH: Table = [
    [
        c(-1.0, 0.0),
        c(-1.0, 0.0),
        c(-1.0, -0.0),
        c(-1.0, 0.0),
        c(-1.0, -0.0),
        c(-1.0, 0.0),
        c(-1.0, 0.0),
    ],
    [D, U, U, U, U, D, c(N, N)],
    [D, U, U, U, U, D, c(-0.0, N)],
    [D, U, U, U, U, D, c(0.0, N)],
    [D, U, U, U, U, D, c(N, N)],
    [
        c(1.0, 0.0),
        c(1.0, 0.0),
        c(1.0, -0.0),
        c(1.0, 0.0),
        c(1.0, -0.0),
        c(1.0, 0.0),
        c(1.0, 0.0),
    ],
    [
        c(N, N),
        c(N, N),
        c(N, -0.0),
        c(N, 0.0),
        c(N, N),
        c(N, N),
        c(N, N),
    ],
];
pub static RECT: Table = [
    [D, c(I, I), c(-I, 0.0), c(-I, -0.0), c(I, -I), D, c(I, N)],
    [D, U, U, U, U, D, c(N, N)],
    [c(0.0, 0.0), U, U, U, U, c(0.0, 0.0), c(0.0, 0.0)],
    [c(0.0, 0.0), U, U, U, U, c(0.0, 0.0), c(0.0, 0.0)],
    [D, U, U, U, U, D, c(N, N)],
    [D, c(-I, -I), c(I, -0.0), c(I, 0.0), c(-I, I), D, c(I, N)],
    [
        c(N, N),
        c(N, N),
        c(N, 0.0),
        c(N, 0.0),
        c(N, N),
        c(N, N),
        c(N, N),
    ],
];
