//! `_bz2`.

use super::oneshot::{Decoder, OneShot, Step, oneshot_methods};
use super::output::Output;
use crate::payloads::payload_type;
use libbz2_rs_sys as bz;
use runtime::buffer::Buffer;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};
use std::ffi::c_int;

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_bz2",
    doc: "",
    functions: &[],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    vm.module_add_type(m, &COMPRESSOR)?;
    vm.module_add_type(m, &DECOMPRESSOR)?;
    Ok(())
}

/// An initialised stream. Boxed because the library's state points back to it.
struct Stream {
    strm: Box<bz::bz_stream>,
    compressing: bool,
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream was initialised and is ended once.
        unsafe {
            if self.compressing {
                bz::BZ2_bzCompressEnd(&mut *self.strm);
            } else {
                bz::BZ2_bzDecompressEnd(&mut *self.strm);
            }
        }
    }
}

impl Stream {
    fn new(vm: &mut Vm, level: Option<i32>) -> Res<Stream> {
        let mut strm = Box::new(bz::bz_stream::zeroed());
        // SAFETY: the stream is zeroed.
        let code = unsafe {
            match level {
                Some(level) => bz::BZ2_bzCompressInit(&mut *strm, level, 0, 0),
                None => bz::BZ2_bzDecompressInit(&mut *strm, 0, 0),
            }
        };
        check(vm, code)?;
        Ok(Stream {
            strm,
            compressing: level.is_some(),
        })
    }

    /// One call of the library: its code, bytes consumed and produced.
    ///
    /// # Safety
    /// `out` points to `room` writable bytes.
    unsafe fn call(
        &mut self,
        input: &[u8],
        out: *mut u8,
        room: usize,
        action: c_int,
    ) -> (c_int, usize, usize) {
        let given = input.len().min(u32::MAX as usize) as u32;
        let room = room.min(u32::MAX as usize) as u32;
        let s = &mut *self.strm;
        s.next_in = input.as_ptr().cast();
        s.avail_in = given;
        s.next_out = out.cast();
        s.avail_out = room;
        // SAFETY: input and output are valid for the lengths given, during the call.
        let code = unsafe {
            if self.compressing {
                bz::BZ2_bzCompress(s, action)
            } else {
                bz::BZ2_bzDecompress(s)
            }
        };
        let done = ((given - s.avail_in) as usize, (room - s.avail_out) as usize);
        s.next_in = std::ptr::null();
        s.next_out = std::ptr::null_mut();
        (code, done.0, done.1)
    }
}

/// Raises for an error code of the library.
fn check(vm: &mut Vm, code: c_int) -> Res<()> {
    let os = vm.types.exc.OSError;
    Err(match code {
        bz::BZ_OK | bz::BZ_RUN_OK | bz::BZ_FLUSH_OK | bz::BZ_FINISH_OK | bz::BZ_STREAM_END => {
            return Ok(());
        }
        bz::BZ_PARAM_ERROR => {
            vm.value_error("Internal error - invalid parameters passed to libbzip2")
        }
        bz::BZ_MEM_ERROR => vm.memory_error(),
        bz::BZ_DATA_ERROR | bz::BZ_DATA_ERROR_MAGIC => vm.error(os, "Invalid data stream"),
        bz::BZ_IO_ERROR => vm.error(os, "Unknown I/O error"),
        bz::BZ_UNEXPECTED_EOF => {
            vm.eof_error("Compressed file ended before the logical end-of-stream was detected")
        }
        bz::BZ_SEQUENCE_ERROR => {
            vm.runtime_error("Internal error - Invalid sequence of commands sent to libbzip2")
        }
        other => vm.error(os, &format!("Unrecognized error from libbzip2: {other}")),
    })
}

struct Compressor {
    stream: RefCell<Stream>,
    flushed: Cell<bool>,
}

/// What a compressor of the highest level allocates.
const STATE_BYTES: usize = 7_600_000;

impl Payload for Compressor {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        STATE_BYTES
    }
}

impl Compressor {
    fn run(&self, vm: &mut Vm, mut input: &[u8], action: c_int) -> Res {
        let mut out = Output::new(None);
        let mut s = self.stream.borrow_mut();
        loop {
            if input.is_empty() && action == bz::BZ_RUN {
                break;
            }
            let (p, room) = out.room(vm)?;
            // SAFETY: the output has that room, and what was produced is written.
            let (code, consumed) = unsafe {
                let (code, consumed, produced) = s.call(input, p, room, action);
                out.wrote(produced);
                (code, consumed)
            };
            check(vm, code)?;
            input = &input[consumed..];
            if code == bz::BZ_STREAM_END {
                break;
            }
        }
        out.finish(vm)
    }
}

static COMPRESSOR: TypeSpec = payload_type! {
    name: "BZ2Compressor",
    module: "_bz2",
    doc: "Create a compressor object for compressing data incrementally.\n\n  compresslevel\n    Compression level, as a number between 1 and 9.\n\nFor one-shot compression, use the compress() function instead.",
    flags: TypeFlags::BASE.union(TypeFlags::DISALLOW_PICKLE),
    tables: &[compressor::TABLE],
};

#[derive::natives]
mod compressor {
    use super::*;

    fn this_one<'a>(vm: &mut Vm, this: Value) -> Res<&'a Compressor> {
        match this.payload::<Compressor>() {
            Some(c) => Ok(c),
            None => Err(vm.type_error("a BZ2Compressor is required")),
        }
    }

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, compresslevel=9, /)")]
    fn new(vm: &mut Vm, class: Value, level: Option<i32>) -> Res {
        let base = vm.native_type(&COMPRESSOR)?;
        let class = vm.class_arg(class, base)?;
        let level = level.unwrap_or(9);
        if !(1..=9).contains(&level) {
            return Err(vm.value_error("compresslevel must be between 1 and 9"));
        }
        let stream = RefCell::new(Stream::new(vm, Some(level))?);
        let flushed = Cell::new(false);
        vm.new_payload(class, Compressor { stream, flushed })
    }
    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[native("compress($self, data, /)")]
    fn compress(vm: &mut Vm, this: Value, data: Buffer) -> Res {
        let c = this_one(vm, this)?;
        if c.flushed.get() {
            return Err(vm.value_error("Compressor has been flushed"));
        }
        c.run(vm, data.as_slice(), bz::BZ_RUN)
    }
    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[native("flush($self, /)")]
    fn flush(vm: &mut Vm, this: Value) -> Res {
        let c = this_one(vm, this)?;
        if c.flushed.replace(true) {
            return Err(vm.value_error("Repeated call to flush()"));
        }
        c.run(vm, b"", bz::BZ_FINISH)
    }
}

struct Decompress(Stream);

impl Decoder for Decompress {
    const AFTER_ERROR: Option<&str> = Some("Decompressor is unusable after a previous error");

    unsafe fn step(&mut self, vm: &mut Vm, input: &[u8], out: *mut u8, room: usize) -> Res<Step> {
        // SAFETY: promised by the caller.
        let (code, consumed, produced) = unsafe { self.0.call(input, out, room, 0) };
        check(vm, code)?;
        Ok(Step {
            consumed,
            produced,
            end: code == bz::BZ_STREAM_END,
        })
    }
    fn size(&self) -> usize {
        STATE_BYTES / 2
    }
}

static DECOMPRESSOR: TypeSpec = payload_type! {
    name: "BZ2Decompressor",
    module: "_bz2",
    doc: "Create a decompressor object for decompressing data incrementally.\n\nFor one-shot decompression, use the decompress() function instead.",
    flags: TypeFlags::BASE.union(TypeFlags::DISALLOW_PICKLE),
    tables: &[decompressor::TABLE, shared::TABLE],
};

oneshot_methods!(shared, Decompress);

#[derive::natives]
mod decompressor {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type)")]
    fn new(vm: &mut Vm, class: Value) -> Res {
        let base = vm.native_type(&DECOMPRESSOR)?;
        let class = vm.class_arg(class, base)?;
        let stream = Stream::new(vm, None)?;
        vm.new_payload(class, OneShot::new(Decompress(stream)))
    }
}
