//! `zlib`.

mod compress;
mod decompress;
mod error;
mod oneshot;
mod stream;

use super::output::Output;
use error::{error, no_memory, zlib_error};
use libz_rs_sys as z;
use runtime::buffer::Buffer;
use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use stream::{DeflateParams, Stream};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "zlib",
    doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and flush().",
    functions: &[functions::TABLE],
    init,
};

const MAX_WBITS: i32 = 15;
const DEF_BUF_SIZE: i64 = 16 * 1024;
const DEF_MEM_LEVEL: i32 = 8;

static CONSTANTS: &[(&str, i64)] = &[
    ("MAX_WBITS", MAX_WBITS as i64),
    ("DEFLATED", z::Z_DEFLATED as i64),
    ("DEF_MEM_LEVEL", DEF_MEM_LEVEL as i64),
    ("DEF_BUF_SIZE", DEF_BUF_SIZE),
    ("Z_BEST_SPEED", z::Z_BEST_SPEED as i64),
    ("Z_BEST_COMPRESSION", z::Z_BEST_COMPRESSION as i64),
    ("Z_DEFAULT_COMPRESSION", z::Z_DEFAULT_COMPRESSION as i64),
    ("Z_FILTERED", z::Z_FILTERED as i64),
    ("Z_HUFFMAN_ONLY", z::Z_HUFFMAN_ONLY as i64),
    ("Z_RLE", z::Z_RLE as i64),
    ("Z_FIXED", z::Z_FIXED as i64),
    ("Z_DEFAULT_STRATEGY", z::Z_DEFAULT_STRATEGY as i64),
    ("Z_FINISH", z::Z_FINISH as i64),
    ("Z_NO_FLUSH", z::Z_NO_FLUSH as i64),
    ("Z_PARTIAL_FLUSH", z::Z_PARTIAL_FLUSH as i64),
    ("Z_SYNC_FLUSH", z::Z_SYNC_FLUSH as i64),
    ("Z_FULL_FLUSH", z::Z_FULL_FLUSH as i64),
    ("Z_BLOCK", z::Z_BLOCK as i64),
    ("Z_TREES", z::Z_TREES as i64),
    ("Z_NO_COMPRESSION", z::Z_NO_COMPRESSION as i64),
];

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let base = vm.types.exc.Exception;
    let class = crate::binascii::new_exception_class(vm, "zlib", "error", base)?;
    crate::util::keep(vm, &error::ERROR, class);
    vm.module_set(m, "error", class)?;
    for (name, n) in CONSTANTS {
        vm.module_set(m, name, Value::int_unchecked(*n))?;
    }
    // The interface that is spoken; the library's own number has a suffix.
    // SAFETY: a static C string.
    let version = unsafe { std::ffi::CStr::from_ptr(z::zlibVersion()) };
    let version = version.to_string_lossy();
    let version = vm.new_str(version.split('-').next().unwrap_or_default())?;
    vm.module_set(m, "ZLIB_VERSION", version)?;
    vm.module_set(m, "ZLIB_RUNTIME_VERSION", version)?;
    let own = vm.new_str("1.0")?;
    vm.module_set(m, "__version__", own)?;
    vm.module_add_type(m, &oneshot::SPEC)?;
    Ok(())
}

/// The low 32 bits of the start value of a checksum.
fn start_value(vm: &mut Vm, v: Option<Value>, default: u64) -> Res<u64> {
    let Some(v) = v else { return Ok(default) };
    let i = vm.index(v)?;
    Ok(match vm.int_to_i64(i) {
        Some(n) => n as u64 & 0xffff_ffff,
        None => {
            let low = vm.binary(
                runtime::ops::BinOp::And,
                i,
                Value::int_unchecked(0xffff_ffff),
            )?;
            vm.int_to_i64(low).unwrap_or(0) as u64
        }
    })
}

/// A dictionary argument; OverflowError when zlib cannot take its length.
fn dictionary(vm: &mut Vm, d: &Buffer) -> Res<Vec<u8>> {
    if d.len() > u32::MAX as usize {
        return Err(vm.overflow_error("zdict length does not fit in an unsigned int"));
    }
    Ok(d.as_slice().to_vec())
}

/// A stream to inflate from, for an object.
fn inflate_stream(vm: &mut Vm, wbits: i32) -> Res<Stream> {
    match Stream::inflate(wbits) {
        Ok(s) => Ok(s),
        Err((z::Z_STREAM_ERROR, _)) => Err(vm.value_error("Invalid initialization option")),
        Err((z::Z_MEM_ERROR, _)) => Err(no_memory(
            vm,
            "Can't allocate memory for decompression object",
        )),
        Err((code, s)) => Err(zlib_error(
            vm,
            &s,
            code,
            "while creating decompression object",
        )),
    }
}

/// The `zdict` of a decompressor.
fn zdict_arg(vm: &mut Vm, v: Option<Value>) -> Res<Option<Vec<u8>>> {
    let Some(v) = v else { return Ok(None) };
    if !vm.has_buffer(v) {
        return Err(vm.type_error("zdict argument must support the buffer protocol"));
    }
    let b = vm.get_buffer(v)?;
    dictionary(vm, &b).map(Some)
}

/// Hands the dictionary to a decompressor that asks for it.
fn set_zdict(vm: &mut Vm, s: &mut Stream, d: &[u8]) -> Res<()> {
    match s.set_dictionary(d) {
        z::Z_OK => Ok(()),
        code => Err(zlib_error(vm, s, code, "while setting zdict")),
    }
}

#[derive::natives]
mod functions {
    use super::*;

    /// Compute an Adler-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[native("adler32($module, data, value=1, /)")]
    fn adler32(vm: &mut Vm, _m: Value, data: Buffer, value: Option<Value>) -> Res<i64> {
        let start = start_value(vm, value, 1)?;
        // SAFETY: the buffer is valid for its length.
        let r = unsafe { z::adler32_z(start, data.as_slice().as_ptr(), data.len()) };
        Ok(r as i64)
    }
    /// Compute a CRC-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[native("crc32($module, data, value=0, /)")]
    fn crc32(vm: &mut Vm, _m: Value, data: Buffer, value: Option<Value>) -> Res<i64> {
        let start = start_value(vm, value, 0)?;
        // SAFETY: the buffer is valid for its length.
        let r = unsafe { z::crc32_z(start, data.as_slice().as_ptr(), data.len()) };
        Ok(r as i64)
    }
    /// Returns a bytes object containing compressed data.
    ///
    /// data
    ///   Binary data to be compressed.
    /// level
    ///   Compression level, in 0-9 or -1.
    /// wbits
    ///   The window buffer size and container format.
    #[native("compress($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)")]
    fn compress(
        vm: &mut Vm,
        _m: Value,
        data: Buffer,
        level: Option<i32>,
        wbits: Option<i32>,
    ) -> Res {
        let params = DeflateParams {
            level: level.unwrap_or(-1),
            method: z::Z_DEFLATED,
            wbits: wbits.unwrap_or(MAX_WBITS),
            mem_level: DEF_MEM_LEVEL,
            strategy: z::Z_DEFAULT_STRATEGY,
        };
        let mut s = match Stream::deflate(&params) {
            Ok(s) => s,
            Err((z::Z_MEM_ERROR, _)) => {
                return Err(no_memory(vm, "Out of memory while compressing data"));
            }
            Err((z::Z_STREAM_ERROR, _)) => return Err(error(vm, "Bad compression level")),
            Err((code, s)) => return Err(zlib_error(vm, &s, code, "while compressing data")),
        };
        let mut out = Output::new(None);
        let code = s.deflate_all(vm, data.as_slice(), &mut out, z::Z_FINISH)?;
        if code == z::Z_STREAM_ERROR {
            return Err(zlib_error(vm, &s, code, "while compressing data"));
        }
        s.end_checked(vm, "while finishing compression")?;
        out.finish(vm)
    }
    /// Returns a bytes object containing the uncompressed data.
    ///
    /// data
    ///   Compressed data.
    /// wbits
    ///   The window buffer size and container format.
    /// bufsize
    ///   The initial output buffer size.
    #[native("decompress($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)")]
    fn decompress(
        vm: &mut Vm,
        _m: Value,
        data: Buffer,
        wbits: Option<i32>,
        bufsize: Option<isize>,
    ) -> Res {
        let bufsize = bufsize.unwrap_or(DEF_BUF_SIZE as isize);
        if bufsize < 0 {
            return Err(vm.value_error("bufsize must be non-negative"));
        }
        let mut s = match Stream::inflate(wbits.unwrap_or(MAX_WBITS)) {
            Ok(s) => s,
            Err((z::Z_MEM_ERROR, _)) => {
                return Err(no_memory(vm, "Out of memory while decompressing data"));
            }
            Err((code, s)) => {
                return Err(zlib_error(
                    vm,
                    &s,
                    code,
                    "while preparing to decompress data",
                ));
            }
        };
        let mut out = Output::starting_at(bufsize.max(1) as usize, None);
        let mut input = data.as_slice();
        loop {
            let (code, full) = s.call_into(vm, &mut input, &mut out, z::Z_SYNC_FLUSH)?;
            match code {
                z::Z_STREAM_END => break,
                z::Z_MEM_ERROR => {
                    return Err(no_memory(vm, "Out of memory while decompressing data"));
                }
                z::Z_OK | z::Z_BUF_ERROR if full || !input.is_empty() => {}
                _ => {
                    return Err(zlib_error(
                        vm,
                        &s,
                        code_of_end(code),
                        "while decompressing data",
                    ));
                }
            }
        }
        s.end_checked(vm, "while finishing decompression")?;
        out.finish(vm)
    }
    /// Return a compressor object.
    ///
    /// level
    ///   The compression level (an integer in the range 0-9 or -1; default is
    ///   currently equivalent to 6).  Higher compression levels are slower,
    ///   but produce smaller results.
    /// method
    ///   The compression algorithm.  If given, this must be DEFLATED.
    /// wbits
    ///   +9 to +15: The base-two logarithm of the window size.  Include a zlib
    ///       container.
    ///   -9 to -15: Generate a raw stream.
    ///   +25 to +31: Include a gzip container.
    /// memLevel
    ///   Controls the amount of memory used for internal compression state.
    ///   Valid values range from 1 to 9.  Higher values result in higher memory
    ///   usage, faster compression, and smaller output.
    /// strategy
    ///   Used to tune the compression algorithm.  Possible values are
    ///   Z_DEFAULT_STRATEGY, Z_FILTERED, and Z_HUFFMAN_ONLY.
    /// zdict
    ///   The predefined compression dictionary - a sequence of bytes
    ///   containing subsequences that are likely to occur in the input data.
    #[native(
        "compressobj($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)"
    )]
    fn compressobj(
        vm: &mut Vm,
        _m: Value,
        level: Option<i32>,
        method: Option<i32>,
        wbits: Option<i32>,
        mem_level: Option<i32>,
        strategy: Option<i32>,
        zdict: Option<Value>,
    ) -> Res {
        let params = DeflateParams {
            level: level.unwrap_or(-1),
            method: method.unwrap_or(z::Z_DEFLATED),
            wbits: wbits.unwrap_or(MAX_WBITS),
            mem_level: mem_level.unwrap_or(DEF_MEM_LEVEL),
            strategy: strategy.unwrap_or(z::Z_DEFAULT_STRATEGY),
        };
        let zdict = match zdict {
            Some(v) if !v.is_none() => Some(vm.get_buffer(v)?),
            _ => None,
        };
        compress::new(vm, &params, zdict.as_ref())
    }
    /// Return a decompressor object.
    ///
    /// wbits
    ///   The window buffer size and container format.
    /// zdict
    ///   The predefined compression dictionary.  This must be the same
    ///   dictionary as used by the compressor that produced the input data.
    #[native("decompressobj($module, /, wbits=MAX_WBITS, zdict=b'')")]
    fn decompressobj(vm: &mut Vm, _m: Value, wbits: Option<i32>, zdict: Option<Value>) -> Res {
        decompress::new(vm, wbits.unwrap_or(MAX_WBITS), zdict)
    }
}

/// The error of a stream that stopped before its end.
fn code_of_end(code: i32) -> i32 {
    if code == z::Z_OK {
        z::Z_BUF_ERROR
    } else {
        code
    }
}
