//! `zlib.Compress`.

use super::error::{no_memory, zlib_error};
use super::stream::{DeflateParams, STATE_BYTES, Stream};
use crate::compression::output::Output;
use crate::payloads::payload_type;
use libz_rs_sys as z;
use runtime::buffer::Buffer;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::RefCell;

struct Compress(RefCell<Stream>);

impl Payload for Compress {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        STATE_BYTES
    }
}

static TYPE: TypeSpec = payload_type! {
    name: "Compress",
    module: "zlib",
    flags: TypeFlags::NO_INSTANCES.union(TypeFlags::DISALLOW_PICKLE),
    tables: &[methods::TABLE],
};

/// `zlib.compressobj`.
pub fn new(vm: &mut Vm, params: &DeflateParams, zdict: Option<&Buffer>) -> Res {
    let zdict = zdict.map(|d| super::dictionary(vm, d)).transpose()?;
    let mut s = match Stream::deflate(params) {
        Ok(s) => s,
        Err((z::Z_MEM_ERROR, _)) => {
            return Err(no_memory(
                vm,
                "Can't allocate memory for compression object",
            ));
        }
        Err((z::Z_STREAM_ERROR, _)) => {
            return Err(vm.value_error("Invalid initialization option"));
        }
        Err((code, s)) => {
            return Err(zlib_error(
                vm,
                &s,
                code,
                "while creating compression object",
            ));
        }
    };
    if let Some(d) = zdict {
        match s.set_dictionary(&d) {
            z::Z_OK => {}
            z::Z_STREAM_ERROR => return Err(vm.value_error("Invalid dictionary")),
            _ => return Err(vm.value_error("deflateSetDictionary()")),
        }
    }
    let class = vm.native_type(&TYPE)?;
    vm.new_payload(class, Compress(RefCell::new(s)))
}

fn stream<'a>(vm: &mut Vm, this: Value) -> Res<&'a RefCell<Stream>> {
    match this.payload::<Compress>() {
        Some(c) => Ok(&c.0),
        None => Err(vm.type_error("a zlib.Compress object is required")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///
    /// After calling this function, some of the input data may still
    /// be stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[native("compress($self, data, /)", defining)]
    fn compress(vm: &mut Vm, this: Value, data: Buffer) -> Res {
        let mut s = stream(vm, this)?.borrow_mut();
        let mut out = Output::new(None);
        let code = s.deflate_all(vm, data.as_slice(), &mut out, z::Z_NO_FLUSH)?;
        if code == z::Z_STREAM_ERROR {
            return Err(zlib_error(vm, &s, code, "while compressing data"));
        }
        out.finish(vm)
    }
    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.
    ///     If mode == Z_FINISH, the compressor object can no longer be
    ///     used after calling the flush() method.  Otherwise, more data
    ///     can still be compressed.
    #[native("flush($self, mode=zlib.Z_FINISH, /)", defining)]
    fn flush(vm: &mut Vm, this: Value, mode: Option<i32>) -> Res {
        let mode = mode.unwrap_or(z::Z_FINISH);
        let mut out = Output::new(None);
        if mode == z::Z_NO_FLUSH {
            return out.finish(vm);
        }
        let mut s = stream(vm, this)?.borrow_mut();
        match s.deflate_all(vm, b"", &mut out, mode)? {
            z::Z_STREAM_END if mode == z::Z_FINISH => {
                s.end_checked(vm, "while finishing compression")?;
            }
            z::Z_OK | z::Z_BUF_ERROR => {}
            code => return Err(zlib_error(vm, &s, code, "while flushing")),
        }
        out.finish(vm)
    }
    /// Return a copy of the compression object.
    #[native("copy($self, /)", defining)]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let mut s = stream(vm, this)?.borrow_mut();
        match s.copy() {
            Ok(copy) => {
                let class = vm.native_type(&TYPE)?;
                vm.new_payload(class, Compress(RefCell::new(copy)))
            }
            Err(z::Z_STREAM_ERROR) => Err(vm.value_error("Inconsistent stream state")),
            Err(z::Z_MEM_ERROR) => Err(no_memory(
                vm,
                "Can't allocate memory for compression object",
            )),
            Err(code) => Err(zlib_error(vm, &s, code, "while copying compression object")),
        }
    }
    #[native("__copy__($self, /)", defining)]
    fn copy_protocol(vm: &mut Vm, this: Value) -> Res {
        copy(vm, this)
    }
    #[native("__deepcopy__($self, memo, /)", defining)]
    fn deepcopy(vm: &mut Vm, this: Value, _memo: Value) -> Res {
        copy(vm, this)
    }
}
