//! `LZMACompressor`.

use super::filters::{Chain, preset_options};
use super::*;
use crate::compression::output::Output;
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::Payload;
use std::cell::{Cell, RefCell};

struct Compressor {
    stream: RefCell<Stream>,
    flushed: Cell<bool>,
}

impl Payload for Compressor {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        STATE_BYTES
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "LZMACompressor",
    module: "_lzma",
    doc: "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nCreate a compressor object for compressing data incrementally.\n\nformat specifies the container format to use for the output. This can\nbe FORMAT_XZ (default), FORMAT_ALONE, or FORMAT_RAW.\n\ncheck specifies the integrity check to use. For FORMAT_XZ, the default\nis CHECK_CRC64. FORMAT_ALONE and FORMAT_RAW do not support integrity\nchecks; for these formats, check must be omitted, or be CHECK_NONE.\n\nThe settings used by the compressor can be specified either as a\npreset compression level (with the 'preset' argument), or in detail\nas a custom filter chain (with the 'filters' argument). For FORMAT_XZ\nand FORMAT_ALONE, the default is to use the PRESET_DEFAULT preset\nlevel. For FORMAT_RAW, the caller must always specify a filter chain;\nthe raw compressor does not support preset compression levels.\n\npreset (if provided) should be an integer in the range 0-9, optionally\nOR-ed with the constant PRESET_EXTREME.\n\nfilters (if provided) should be a sequence of dicts. Each dict should\nhave an entry for \"id\" indicating the ID of the filter, plus\nadditional entries for options to the filter.\n\nFor one-shot compression, use the compress() function instead.\n",
    flags: TypeFlags::BASE.union(TypeFlags::DISALLOW_PICKLE),
    tables: &[methods::TABLE],
};

/// Starts an encoder.
fn encoder(vm: &mut Vm, format: i32, check: i32, preset: u32, chain: Option<Chain>) -> Res<Stream> {
    let mut s = Stream::empty();
    let strm: *mut lz::lzma_stream = &mut *s.0;
    let check = if check == -1 {
        lz::LZMA_CHECK_CRC64
    } else {
        check as u32
    };
    // SAFETY: the stream is LZMA_STREAM_INIT; liblzma copies the filters during the call.
    let code = unsafe {
        match (format, chain) {
            (FORMAT_XZ, None) => lz::lzma_easy_encoder(strm, preset, check),
            (FORMAT_XZ, Some(mut c)) => lz::lzma_stream_encoder(strm, c.raw().as_ptr(), check),
            (FORMAT_ALONE, None) => lz::lzma_alone_encoder(strm, &preset_options(vm, preset)?),
            (FORMAT_ALONE, Some(c)) => match c.single_lzma1() {
                Some(o) => lz::lzma_alone_encoder(strm, o),
                None => {
                    return Err(vm.value_error(
                        "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter",
                    ));
                }
            },
            (_, Some(mut c)) => lz::lzma_raw_encoder(strm, c.raw().as_ptr()),
            (_, None) => lz::LZMA_PROG_ERROR,
        }
    };
    lzma_check(vm, code)?;
    Ok(s)
}

fn this_one<'a>(vm: &mut Vm, this: Value) -> Res<&'a Compressor> {
    match this.payload::<Compressor>() {
        Some(c) => Ok(c),
        None => Err(vm.type_error("an LZMACompressor is required")),
    }
}

impl Compressor {
    fn run(&self, vm: &mut Vm, mut input: &[u8], action: lz::lzma_action) -> Res {
        let mut out = Output::new(None);
        let mut s = self.stream.borrow_mut();
        loop {
            let (p, room) = out.room(vm)?;
            // SAFETY: the output has that room, and what was produced is written.
            let (code, consumed, full) = unsafe {
                let (code, consumed, produced) = s.call(input, p, room, action);
                out.wrote(produced);
                (code, consumed, produced == room)
            };
            input = &input[consumed..];
            let idle = code == lz::LZMA_BUF_ERROR && input.is_empty() && !full;
            if !idle {
                lzma_check(vm, code)?;
            }
            let all = action == lz::LZMA_RUN && input.is_empty() && !full;
            if all || code == lz::LZMA_STREAM_END {
                return out.finish(vm);
            }
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, format=1, check=-1, preset=None, filters=None)")]
    fn new(
        vm: &mut Vm,
        class: Value,
        format: Option<i32>,
        check: Option<i32>,
        preset: Option<Value>,
        filters: Option<Value>,
    ) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        let (format, check) = (format.unwrap_or(FORMAT_XZ), check.unwrap_or(-1));
        let preset = preset.filter(|p| !p.is_none());
        let filters = filters.filter(|f| !f.is_none());
        if preset.is_some() && filters.is_some() {
            return Err(vm.value_error("Cannot specify both preset and filter chain"));
        }
        let preset = preset.map_or(Ok(lz::LZMA_PRESET_DEFAULT), |p| u32_arg(vm, p))?;
        if !(FORMAT_XZ..=FORMAT_RAW).contains(&format) {
            return Err(format_error(vm, "container format", format));
        }
        if format != FORMAT_XZ && check != -1 && check != lz::LZMA_CHECK_NONE as i32 {
            return Err(vm.value_error("Integrity checks are only supported by FORMAT_XZ"));
        }
        if format == FORMAT_RAW && filters.is_none() {
            return Err(vm.value_error("Must specify filters for FORMAT_RAW"));
        }
        let chain = filters.map(|f| Chain::parse(vm, f)).transpose()?;
        let stream = RefCell::new(encoder(vm, format, check, preset, chain)?);
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
        c.run(vm, data.as_slice(), lz::LZMA_RUN)
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
        c.run(vm, b"", lz::LZMA_FINISH)
    }
}
