//! Unicode and string algorithms, independent of the VM's values.
//!
//! Strings are sequences of code points (lone surrogates included) stored in
//! 1, 2 or 4 bytes each, seen through [`Units`] and produced through
//! [`StrBuf`]. Behaviour, messages and edge cases are CPython 3.14's; the
//! character data is Unicode 16.0.

pub mod ascii;
mod buf;
pub mod case;
pub mod codec;
pub mod format_str;
pub mod hash;
pub mod pad;
pub mod predicate;
pub mod repr;
pub mod search;
pub mod split;
pub mod strip;
pub mod ucd;
mod units;

pub use buf::{Data, NoMemory, Owned, StrBuf};
pub use units::{Unit, Units};
