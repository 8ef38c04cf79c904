//! Number algorithms with exactly CPython 3.14's results and messages, in plain Rust types.
//!
//! Nothing here knows of the VM's values: the runtime and the native modules call these functions
//! and build values and exceptions from what they return.

pub mod bigint;
pub mod combinat;
pub mod complex;
pub mod digits;
pub mod error;
pub mod float;
pub mod float_text;
pub mod format_num;
pub mod format_spec;
pub mod hash;
pub mod int_bytes;
pub mod int_float;
pub mod int_text;
pub mod libm;
pub mod mathfn;
pub mod mathsum;
pub mod mersenne;
pub mod percent;
pub mod special;

pub use bigint::BigInt;
pub use error::{ErrorKind, NumError};
