//! Decimal arithmetic of the General Decimal Arithmetic Specification with the results and
//! conditions of CPython's `_decimal`, in plain Rust types.

pub mod arith;
pub mod coef;
pub mod compare;
pub mod context;
mod convert;
mod div;
pub mod explog;
mod fixed;
pub mod integral;
mod limbs;
pub mod logic;
mod mul;
pub mod number;
pub mod power;
pub mod quotient;
pub mod text;
mod transform;

pub use coef::Coef;
pub use context::{Ctx, Rounding, status};
pub use number::{Class, Dec};

#[cfg(test)]
mod tests;
