//! `zlib.error`.

use super::stream::Stream;
use libz_rs_sys as z;
use runtime::{Raised, Vm};
use std::ffi::c_int;

/// Where the class is kept.
pub static ERROR: u8 = 0;

/// Raises `zlib.error(message)`.
pub fn error(vm: &mut Vm, message: &str) -> Raised {
    crate::util::raise_kept(vm, &ERROR, message)
}

/// Raises `zlib.error` for a code that zlib returned.
pub fn zlib_error(vm: &mut Vm, s: &Stream, code: c_int, what: &str) -> Raised {
    let detail = match (s.message(), code) {
        (Some(m), _) => m,
        (None, z::Z_BUF_ERROR) => "incomplete or truncated stream".into(),
        (None, z::Z_STREAM_ERROR) => "inconsistent stream state".into(),
        (None, z::Z_DATA_ERROR) => "invalid input data".into(),
        _ => return error(vm, &format!("Error {code} {what}")),
    };
    error(vm, &format!("Error {code} {what}: {detail}"))
}

/// Raises MemoryError(message).
pub fn no_memory(vm: &mut Vm, message: &str) -> Raised {
    vm.error(vm.types.exc.MemoryError, message)
}
