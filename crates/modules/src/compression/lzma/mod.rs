//! `_lzma`.

mod compressor;
mod decompressor;
mod filters;

use liblzma_sys as lz;
use runtime::buffer::Buffer;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_lzma",
    doc: "",
    functions: &[functions::TABLE],
    init,
};

const FORMAT_AUTO: i32 = 0;
const FORMAT_XZ: i32 = 1;
const FORMAT_ALONE: i32 = 2;
const FORMAT_RAW: i32 = 3;
/// The check of a stream whose header was not read.
const CHECK_UNKNOWN: u32 = 16;

static CONSTANTS: &[(&str, u64)] = &[
    ("FORMAT_AUTO", FORMAT_AUTO as u64),
    ("FORMAT_XZ", FORMAT_XZ as u64),
    ("FORMAT_ALONE", FORMAT_ALONE as u64),
    ("FORMAT_RAW", FORMAT_RAW as u64),
    ("CHECK_NONE", lz::LZMA_CHECK_NONE as u64),
    ("CHECK_CRC32", lz::LZMA_CHECK_CRC32 as u64),
    ("CHECK_CRC64", lz::LZMA_CHECK_CRC64 as u64),
    ("CHECK_SHA256", lz::LZMA_CHECK_SHA256 as u64),
    ("CHECK_ID_MAX", 15),
    ("CHECK_UNKNOWN", CHECK_UNKNOWN as u64),
    ("FILTER_LZMA1", lz::LZMA_FILTER_LZMA1),
    ("FILTER_LZMA2", lz::LZMA_FILTER_LZMA2),
    ("FILTER_DELTA", lz::LZMA_FILTER_DELTA),
    ("FILTER_X86", lz::LZMA_FILTER_X86),
    ("FILTER_IA64", lz::LZMA_FILTER_IA64),
    ("FILTER_ARM", lz::LZMA_FILTER_ARM),
    ("FILTER_ARMTHUMB", lz::LZMA_FILTER_ARMTHUMB),
    ("FILTER_SPARC", lz::LZMA_FILTER_SPARC),
    ("FILTER_POWERPC", lz::LZMA_FILTER_POWERPC),
    ("MF_HC3", lz::LZMA_MF_HC3 as u64),
    ("MF_HC4", lz::LZMA_MF_HC4 as u64),
    ("MF_BT2", lz::LZMA_MF_BT2 as u64),
    ("MF_BT3", lz::LZMA_MF_BT3 as u64),
    ("MF_BT4", lz::LZMA_MF_BT4 as u64),
    ("MODE_FAST", lz::LZMA_MODE_FAST as u64),
    ("MODE_NORMAL", lz::LZMA_MODE_NORMAL as u64),
    ("PRESET_DEFAULT", lz::LZMA_PRESET_DEFAULT as u64),
    ("PRESET_EXTREME", lz::LZMA_PRESET_EXTREME as u64),
];

static ERROR: u8 = 0;

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let base = vm.types.exc.Exception;
    let class = crate::binascii::new_exception_class(vm, "_lzma", "LZMAError", base)?;
    let doc = vm.new_str("Call to liblzma failed.")?;
    vm.set_attr_str(class, "__doc__", doc)?;
    crate::util::keep(vm, &ERROR, class);
    vm.module_set(m, "LZMAError", class)?;
    for (name, n) in CONSTANTS {
        let n = vm.new_int_u64(*n)?;
        vm.module_set(m, name, n)?;
    }
    vm.module_add_type(m, &compressor::SPEC)?;
    vm.module_add_type(m, &decompressor::SPEC)?;
    Ok(())
}

/// Raises `LZMAError(message)`.
fn lzma_error(vm: &mut Vm, message: &str) -> Raised {
    crate::util::raise_kept(vm, &ERROR, message)
}

/// Raises for an error code of liblzma.
fn lzma_check(vm: &mut Vm, code: lz::lzma_ret) -> Res<()> {
    let message = match code {
        lz::LZMA_OK | lz::LZMA_GET_CHECK | lz::LZMA_NO_CHECK | lz::LZMA_STREAM_END => {
            return Ok(());
        }
        lz::LZMA_UNSUPPORTED_CHECK => "Unsupported integrity check",
        lz::LZMA_MEM_ERROR => return Err(vm.memory_error()),
        lz::LZMA_MEMLIMIT_ERROR => "Memory usage limit exceeded",
        lz::LZMA_FORMAT_ERROR => "Input format not supported by decoder",
        lz::LZMA_OPTIONS_ERROR => "Invalid or unsupported options",
        lz::LZMA_DATA_ERROR => "Corrupt input data",
        lz::LZMA_BUF_ERROR => "Insufficient buffer space",
        lz::LZMA_PROG_ERROR => "Internal error",
        _ => {
            let text = format!("Unrecognized error from liblzma: {code}");
            return Err(lzma_error(vm, &text));
        }
    };
    Err(lzma_error(vm, message))
}

/// ValueError for a number that names nothing.
fn format_error(vm: &mut Vm, what: &str, n: impl std::fmt::Display) -> Raised {
    vm.value_error(&format!("Invalid {what}: {n}"))
}

/// An unsigned number of 64 bits.
fn u64_arg(vm: &mut Vm, v: Value) -> Res<u64> {
    unsigned(vm, v, u64::MAX, "uint64_t")
}

/// An unsigned number of 32 bits.
fn u32_arg(vm: &mut Vm, v: Value) -> Res<u32> {
    unsigned(vm, v, u64::from(u32::MAX), "uint32_t").map(|n| n as u32)
}

fn unsigned(vm: &mut Vm, v: Value, max: u64, c_type: &str) -> Res<u64> {
    let i = vm.index(v)?;
    if vm.int_is_negative(i) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let n = match (vm.int_to_i64(i), i.downcast::<IntObj>()) {
        (Some(n), _) => Some(n as u64),
        (None, Some(big)) => match big.limbs() {
            [n] => Some(*n),
            _ => None,
        },
        _ => None,
    };
    match n.filter(|n| *n <= max) {
        Some(n) => Ok(n),
        None => Err(vm.overflow_error(&format!("Python int too large for C {c_type}"))),
    }
}

/// An initialised stream. Boxed because liblzma may point back to it.
struct Stream(Box<lz::lzma_stream>);

impl Stream {
    fn empty() -> Stream {
        // SAFETY: all-zero is LZMA_STREAM_INIT.
        Stream(Box::new(unsafe { std::mem::zeroed() }))
    }

    /// One call of `lzma_code`: its code, bytes consumed and produced.
    ///
    /// # Safety
    /// `out` points to `room` writable bytes.
    unsafe fn call(
        &mut self,
        input: &[u8],
        out: *mut u8,
        room: usize,
        action: lz::lzma_action,
    ) -> (lz::lzma_ret, usize, usize) {
        let s = &mut *self.0;
        s.next_in = input.as_ptr();
        s.avail_in = input.len();
        s.next_out = out;
        s.avail_out = room;
        // SAFETY: input and output are valid for the lengths given, during the call.
        let code = unsafe { lz::lzma_code(s, action) };
        let done = (input.len() - s.avail_in, room - s.avail_out);
        s.next_in = std::ptr::null();
        s.next_out = std::ptr::null_mut();
        (code, done.0, done.1)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: liblzma frees what it allocated; a zeroed stream is fine too.
        unsafe { lz::lzma_end(&mut *self.0) };
    }
}

/// What a coder of the default preset allocates, for the collection trigger.
const STATE_BYTES: usize = 9 << 20;

#[derive::natives]
mod functions {
    use super::*;

    /// Test whether the given integrity check is supported.
    ///
    /// Always returns True for CHECK_NONE and CHECK_CRC32.
    #[native("is_check_supported($module, check_id, /)")]
    fn is_check_supported(_: &mut Vm, _m: Value, check: i32) -> Res<bool> {
        // SAFETY: no memory is involved.
        Ok(unsafe { lz::lzma_check_is_supported(check as u32) } != 0)
    }
    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[native("_encode_filter_properties($module, filter, /)")]
    fn encode(vm: &mut Vm, _m: Value, filter: Value) -> Res {
        filters::encode(vm, filter)
    }
    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[native("_decode_filter_properties($module, filter_id, encoded_props, /)")]
    fn decode(vm: &mut Vm, _m: Value, filter_id: Value, encoded_props: Buffer) -> Res {
        let id = u64_arg(vm, filter_id)?;
        filters::decode(vm, id, encoded_props.as_slice())
    }
}
