//! `LZMADecompressor`.

use super::filters::Chain;
use super::*;
use crate::compression::oneshot::{Decoder, OneShot, Step, oneshot, oneshot_methods};
use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeSpec};

struct Decompress {
    stream: Stream,
    check: u32,
}

impl Decoder for Decompress {
    const AT_END: &str = "Already at end of stream";

    unsafe fn step(&mut self, vm: &mut Vm, input: &[u8], out: *mut u8, room: usize) -> Res<Step> {
        // SAFETY: promised by the caller.
        let (code, consumed, produced) =
            unsafe { self.stream.call(input, out, room, lz::LZMA_RUN) };
        // Without input or room there was nothing to do.
        if code != lz::LZMA_BUF_ERROR {
            lzma_check(vm, code)?;
        }
        if code == lz::LZMA_GET_CHECK || code == lz::LZMA_NO_CHECK {
            // SAFETY: the code says that the check is known.
            self.check = unsafe { lz::lzma_get_check(&*self.stream.0) };
            if consumed == 0 && produced == 0 {
                // Only the check was told; the work is still to be done.
                // SAFETY: promised by the caller.
                return unsafe { self.step(vm, input, out, room) };
            }
        }
        Ok(Step {
            consumed,
            produced,
            end: code == lz::LZMA_STREAM_END,
        })
    }
    fn size(&self) -> usize {
        STATE_BYTES
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "LZMADecompressor",
    module: "_lzma",
    doc: "Create a decompressor object for decompressing data incrementally.\n\n  format\n    Specifies the container format of the input stream.  If this is\n    FORMAT_AUTO (the default), the decompressor will automatically detect\n    whether the input is FORMAT_XZ or FORMAT_ALONE.  Streams created with\n    FORMAT_RAW cannot be autodetected.\n  memlimit\n    Limit the amount of memory used by the decompressor.  This will cause\n    decompression to fail if the input cannot be decompressed within the\n    given limit.\n  filters\n    A custom filter chain.  This argument is required for FORMAT_RAW, and\n    not accepted with any other format.  When provided, this should be a\n    sequence of dicts, each indicating the ID and options for a single\n    filter.\n\nFor one-shot decompression, use the decompress() function instead.",
    flags: TypeFlags::BASE.union(TypeFlags::DISALLOW_PICKLE),
    tables: &[methods::TABLE, shared::TABLE],
};

oneshot_methods!(shared, Decompress);

/// Starts a decoder.
fn decoder(vm: &mut Vm, format: i32, limit: u64, chain: Option<Chain>) -> Res<Decompress> {
    let mut stream = Stream::empty();
    let strm: *mut lz::lzma_stream = &mut *stream.0;
    let flags = lz::LZMA_TELL_ANY_CHECK | lz::LZMA_TELL_NO_CHECK;
    let mut check = lz::LZMA_CHECK_NONE;
    // SAFETY: the stream is LZMA_STREAM_INIT; liblzma copies the filters during the call.
    let code = unsafe {
        match (format, chain) {
            (FORMAT_AUTO, _) => {
                check = CHECK_UNKNOWN;
                lz::lzma_auto_decoder(strm, limit, flags)
            }
            (FORMAT_XZ, _) => {
                check = CHECK_UNKNOWN;
                lz::lzma_stream_decoder(strm, limit, flags)
            }
            (FORMAT_ALONE, _) => lz::lzma_alone_decoder(strm, limit),
            (FORMAT_RAW, Some(mut c)) => lz::lzma_raw_decoder(strm, c.raw().as_ptr()),
            _ => return Err(format_error(vm, "container format", format)),
        }
    };
    lzma_check(vm, code)?;
    Ok(Decompress { stream, check })
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, format=0, memlimit=None, filters=None)")]
    fn new(
        vm: &mut Vm,
        class: Value,
        format: Option<i32>,
        memlimit: Option<Value>,
        filters: Option<Value>,
    ) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        let format = format.unwrap_or(FORMAT_AUTO);
        let limit = match memlimit.filter(|m| !m.is_none()) {
            Some(_) if format == FORMAT_RAW => {
                return Err(vm.value_error("Cannot specify memory limit with FORMAT_RAW"));
            }
            Some(m) => u64_arg(vm, m)?,
            None => u64::MAX,
        };
        let filters = filters.filter(|f| !f.is_none());
        if format == FORMAT_RAW && filters.is_none() {
            return Err(vm.value_error("Must specify filters for FORMAT_RAW"));
        }
        if format != FORMAT_RAW && filters.is_some() {
            return Err(vm.value_error("Cannot specify filters except with FORMAT_RAW"));
        }
        let chain = filters.map(|f| Chain::parse(vm, f)).transpose()?;
        let d = decoder(vm, format, limit, chain)?;
        vm.new_payload(class, OneShot::new(d))
    }
    /// ID of the integrity check used by the input stream.
    #[getter("check")]
    fn check(vm: &mut Vm, this: Value) -> Res<i64> {
        let d = oneshot::<Decompress>(vm, this)?;
        Ok(i64::from(d.decoder.borrow().check))
    }
}
