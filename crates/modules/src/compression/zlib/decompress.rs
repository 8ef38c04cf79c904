//! `zlib.Decompress`.

use super::error::{no_memory, zlib_error};
use super::stream::{STATE_BYTES, Stream};
use crate::compression::output::Output;
use crate::payloads::payload_type;
use libz_rs_sys as z;
use runtime::buffer::Buffer;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

struct Decompress {
    stream: RefCell<Stream>,
    zdict: Option<Rc<[u8]>>,
    unused: RefCell<Vec<u8>>,
    tail: RefCell<Vec<u8>>,
    eof: Cell<bool>,
}

impl Payload for Decompress {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        STATE_BYTES
    }
}

static TYPE: TypeSpec = payload_type! {
    name: "Decompress",
    module: "zlib",
    flags: TypeFlags::NO_INSTANCES.union(TypeFlags::DISALLOW_PICKLE),
    tables: &[methods::TABLE],
};

/// `zlib.decompressobj`.
pub fn new(vm: &mut Vm, wbits: i32, zdict: Option<Value>) -> Res {
    let zdict: Option<Rc<[u8]>> = super::zdict_arg(vm, zdict)?.map(Rc::from);
    let mut stream = super::inflate_stream(vm, wbits)?;
    if let Some(d) = zdict.as_ref().filter(|_| wbits < 0) {
        super::set_zdict(vm, &mut stream, d)?;
    }
    let object = Decompress {
        stream: RefCell::new(stream),
        zdict,
        unused: RefCell::default(),
        tail: RefCell::default(),
        eof: Cell::new(false),
    };
    let class = vm.native_type(&TYPE)?;
    vm.new_payload(class, object)
}

fn object<'a>(vm: &mut Vm, this: Value) -> Res<&'a Decompress> {
    match this.payload::<Decompress>() {
        Some(d) => Ok(d),
        None => Err(vm.type_error("a zlib.Decompress object is required")),
    }
}

impl Decompress {
    /// Inflates until the input or the room ends; zlib's last code. The dictionary is handed over
    /// when the stream asks for it.
    fn inflate(
        &self,
        vm: &mut Vm,
        s: &mut Stream,
        input: &mut &[u8],
        out: &mut Output,
    ) -> Res<i32> {
        loop {
            if out.is_full() {
                return Ok(z::Z_OK);
            }
            let (code, full) = s.call_into(vm, input, out, z::Z_SYNC_FLUSH)?;
            match (code, &self.zdict) {
                (z::Z_NEED_DICT, Some(d)) => super::set_zdict(vm, s, d)?,
                (z::Z_OK | z::Z_BUF_ERROR, _) if full || !input.is_empty() => {}
                _ => return Ok(code),
            }
        }
    }

    /// Keeps the input that was not used.
    fn save(&self, rest: &[u8], code: i32) {
        if code == z::Z_STREAM_END {
            self.unused.borrow_mut().extend_from_slice(rest);
            self.tail.borrow_mut().clear();
            self.eof.set(true);
        } else {
            *self.tail.borrow_mut() = rest.to_vec();
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   data
    ///     The binary data to decompress.
    ///   max_length
    ///     The maximum allowable length of the decompressed data.
    ///     Unconsumed input data will be stored in
    ///     the unconsumed_tail attribute.
    ///
    /// After calling this function, some of the input data may still be stored in
    /// internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[native("decompress($self, data, /, max_length=0)")]
    fn decompress(vm: &mut Vm, this: Value, data: Buffer, max_length: Option<isize>) -> Res {
        let limit = max_length.unwrap_or(0);
        if limit < 0 {
            return Err(vm.value_error("max_length must be non-negative"));
        }
        let d = object(vm, this)?;
        let mut s = d.stream.borrow_mut();
        let mut out = Output::new((limit > 0).then_some(limit as usize));
        let mut input = data.as_slice();
        let code = d.inflate(vm, &mut s, &mut input, &mut out)?;
        d.save(input, code);
        match code {
            z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END => out.finish(vm),
            _ => Err(zlib_error(vm, &s, code, "while decompressing data")),
        }
    }
    /// Return a bytes object containing any remaining decompressed data.
    ///
    /// length
    ///   the initial size of the output buffer.
    #[native("flush($self, length=zlib.DEF_BUF_SIZE, /)", defining)]
    fn flush(vm: &mut Vm, this: Value, length: Option<isize>) -> Res {
        let length = length.unwrap_or(super::super::DEF_BUF_SIZE as isize);
        if length <= 0 {
            return Err(vm.value_error("length must be greater than zero"));
        }
        let d = object(vm, this)?;
        let mut out = Output::starting_at(length as usize, None);
        if d.eof.get() {
            d.stream.borrow_mut().end();
            return out.finish(vm);
        }
        let mut s = d.stream.borrow_mut();
        let tail = d.tail.take();
        let mut input = &tail[..];
        let code = d.inflate(vm, &mut s, &mut input, &mut out)?;
        d.save(input, code);
        match code {
            z::Z_STREAM_END => s.end_checked(vm, "while finishing decompression")?,
            z::Z_OK | z::Z_BUF_ERROR => {}
            _ => return Err(zlib_error(vm, &s, code, "while decompressing data")),
        }
        out.finish(vm)
    }
    /// Return a copy of the decompression object.
    #[native("copy($self, /)", defining)]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let d = object(vm, this)?;
        let mut s = d.stream.borrow_mut();
        match s.copy() {
            Ok(copy) => {
                let copy = Decompress {
                    stream: RefCell::new(copy),
                    zdict: d.zdict.clone(),
                    unused: d.unused.clone(),
                    tail: d.tail.clone(),
                    eof: d.eof.clone(),
                };
                let class = vm.native_type(&TYPE)?;
                vm.new_payload(class, copy)
            }
            Err(z::Z_STREAM_ERROR) => Err(vm.value_error("Inconsistent stream state")),
            Err(z::Z_MEM_ERROR) => Err(no_memory(
                vm,
                "Can't allocate memory for decompression object",
            )),
            Err(code) => Err(zlib_error(
                vm,
                &s,
                code,
                "while copying decompression object",
            )),
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
    #[getter("unused_data")]
    fn unused_data(vm: &mut Vm, this: Value) -> Res {
        let d = object(vm, this)?;
        vm.new_bytes(&d.unused.borrow())
    }
    #[getter("unconsumed_tail")]
    fn unconsumed_tail(vm: &mut Vm, this: Value) -> Res {
        let d = object(vm, this)?;
        vm.new_bytes(&d.tail.borrow())
    }
    #[getter("eof")]
    fn eof(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(object(vm, this)?.eof.get())
    }
}
