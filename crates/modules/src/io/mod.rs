//! `_io`: files, buffers and text streams.

mod base;
pub mod buffered;
mod bytesio;
mod exit;
mod fileio;
mod newline;
mod open;
mod rawfile;
mod std_streams;
mod stringio;
pub mod text;
mod util;

pub use exit::{flush_all, settle};
pub use open::open;
pub use std_streams::init_std_streams;
pub use text::write_fast;

/// Bytes-like arguments.
pub mod bytes {
    pub use super::util::{ByteArg, byte_arg, into_buffer, opt_size};
}

use runtime::module::ModuleSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};

pub static SPEC: ModuleSpec = ModuleSpec {
    name: "_io",
    doc: "The io module provides the Python interfaces to stream handling. The\nbuiltin open function is defined in this module.\n\nAt the top of the I/O hierarchy is the abstract base class IOBase. It\ndefines the basic interface to a stream. Note, however, that there is no\nseparation between reading and writing to streams; implementations are\nallowed to raise an OSError if they do not support a given operation.\n\nExtending IOBase is RawIOBase which deals simply with the reading and\nwriting of raw bytes to a stream. FileIO subclasses RawIOBase to provide\nan interface to OS files.\n\nBufferedIOBase deals with buffering on a raw byte stream (RawIOBase). Its\nsubclasses, BufferedWriter, BufferedReader, and BufferedRWPair buffer\nstreams that are readable, writable, and both respectively.\nBufferedRandom provides a buffered interface to random access\nstreams. BytesIO is a simple stream of in-memory bytes.\n\nAnother IOBase subclass, TextIOBase, deals with the encoding and decoding\nof streams into text. TextIOWrapper, which extends it, is a buffered text\ninterface to a buffered raw stream (`BufferedIOBase`). Finally, StringIO\nis an in-memory stream for text.\n\nArgument names are not part of the specification, and only the arguments\nof open() are intended to be used as keyword arguments.\n\ndata:\n\nDEFAULT_BUFFER_SIZE\n   An int containing the default buffer size used by the module's buffered\n   I/O classes.\n",
    functions: &[open::functions::TABLE],
    init,
};

fn init(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    for spec in [
        &base::IOBASE,
        &base::RAWIOBASE,
        &base::BUFFEREDIOBASE,
        &base::TEXTIOBASE,
        &fileio::SPEC,
        &bytesio::SPEC,
        &stringio::SPEC,
        &buffered::READER,
        &buffered::WRITER,
        &buffered::RANDOM,
        &buffered::RWPAIR,
        &text::SPEC,
        &newline::SPEC,
    ] {
        vm.module_add_type(m, spec)?;
    }
    let size = Value::int_unchecked(util::DEFAULT_BUFFER_SIZE as i64);
    vm.module_set(m, "DEFAULT_BUFFER_SIZE", size)?;
    let blocking = vm.types.exc.BlockingIOError.value();
    vm.module_set(m, "BlockingIOError", blocking)?;
    let unsupported = unsupported_class(vm)?;
    vm.module_set(m, "UnsupportedOperation", unsupported)
}

static UNSUPPORTED: u8 = 0;

/// The class io.UnsupportedOperation, made at its first use.
pub fn unsupported_class(vm: &mut Vm) -> Res {
    let key = &raw const UNSUPPORTED as usize;
    if let Some(c) = vm.interp().module_state.get(&key) {
        return Ok(*c);
    }
    let name = vm.new_str("UnsupportedOperation")?;
    let bases = [
        vm.types.exc.OSError.value(),
        vm.types.exc.ValueError.value(),
    ];
    let bases = vm.new_tuple(&bases)?;
    let ns = vm.new_dict()?;
    let module = vm.new_str("io")?;
    vm.dict_set(ns.value(), vm.names.__module__, module)?;
    let c = vm.call_value(vm.types.type_.value(), &[name, bases, ns.value()])?;
    vm.interp().module_state.insert(key, c);
    Ok(c)
}

/// The encoding of files by default (`locale.getencoding()`).
pub fn locale_encoding(vm: &mut Vm) -> Value {
    let name = if vm.interp().config.utf8_mode {
        "utf-8"
    } else {
        "UTF-8"
    };
    vm.intern(name)
}

/// Imports a module.
fn import(vm: &mut Vm, name: &str) -> Res {
    vm.import_module(name)
}
