//! The error of every function here that can fail: which exception, and CPython's message.

use std::borrow::Cow;
use std::fmt;

/// The Python exception an error stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Value,
    Type,
    Overflow,
    ZeroDivision,
    Memory,
    /// `OverflowError(34, message)`: the C library's ERANGE, with errno as first argument.
    Range,
}

/// An exception to raise: its type and CPython's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumError {
    pub kind: ErrorKind,
    pub message: Cow<'static, str>,
}

/// Result of a number algorithm.
pub type Result<T> = std::result::Result<T, NumError>;

impl NumError {
    /// `ValueError(message)`.
    pub fn value(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: ErrorKind::Value,
            message: message.into(),
        }
    }

    /// `TypeError(message)`.
    pub fn type_error(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: ErrorKind::Type,
            message: message.into(),
        }
    }

    /// `OverflowError(message)`.
    pub fn overflow(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: ErrorKind::Overflow,
            message: message.into(),
        }
    }

    /// `ZeroDivisionError(message)`.
    pub fn zero_division(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: ErrorKind::ZeroDivision,
            message: message.into(),
        }
    }

    /// `OverflowError(34, 'Numerical result out of range')`.
    pub fn erange() -> Self {
        Self {
            kind: ErrorKind::Range,
            message: Cow::Borrowed("Numerical result out of range"),
        }
    }

    /// `MemoryError()`.
    pub fn memory() -> Self {
        Self {
            kind: ErrorKind::Memory,
            message: Cow::Borrowed(""),
        }
    }
}

impl fmt::Display for NumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}Error: {}", self.kind, self.message)
    }
}

impl std::error::Error for NumError {}
