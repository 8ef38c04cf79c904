//! `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2`, `_hashlib`.

mod blake2;
mod digests;
mod hashlib;
mod kdf;

pub use blake2::SPEC as BLAKE2;
pub use digests::{MD5, SHA1, SHA2, SHA3};
pub use hashlib::SPEC as HASHLIB;

use runtime::{Res, Value, Vm};

/// Lower-case hexadecimal.
fn hex(b: &[u8]) -> String {
    b.iter().map(|c| format!("{c:02x}")).collect()
}

/// The data argument of a constructor: `data` and `string` are the same thing.
fn data_arg(vm: &mut Vm, data: Option<Value>, string: Option<Value>) -> Res<Option<Value>> {
    match (data, string) {
        (Some(_), Some(_)) => Err(vm.type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        )),
        (d, s) => Ok(d.or(s)),
    }
}

/// The bytes to hash; CPython's errors for text.
fn object_bytes(vm: &mut Vm, v: Value) -> Res<runtime::buffer::Buffer> {
    if v.is_kind(runtime::Kind::Str) {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    if !vm.has_buffer(v) {
        return Err(vm.type_error("object supporting the buffer API required"));
    }
    vm.get_buffer(v)
}
