//! Errors of the compiler are those of the front end.

pub use syntax::{Kind, SyntaxError, Warning};

/// Result of a compiler step; the error is boxed because it is large and rare.
pub type R<T = ()> = Result<T, Box<SyntaxError>>;
