//! Compression: `zlib`, `_bz2`, `_lzma`.

pub mod bz2;
pub mod lzma;
mod oneshot;
mod output;
pub mod zlib;
