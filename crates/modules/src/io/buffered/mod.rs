//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`, `BufferedRWPair`.

pub mod core;
mod lock;
mod methods;
mod pair;
mod read;
pub use self::read::{read_all, read1};

use self::core::{BufCore, Raw, State};
use super::base::{BUFFEREDIOBASE, IO_TYPE, iobase_next};
use super::fileio;
use super::util::*;
use runtime::class::TypeSpec;
use runtime::payload::{Payload, mark};
use runtime::{Raised, Res, Value, Vm};
use std::cell::Cell;
use std::rc::Rc;

pub use pair::SPEC as RWPAIR;

/// Payload of the three single-stream types.
pub struct Buffered {
    pub core: Rc<BufCore>,
    pub raw: Cell<Option<Value>>,
    pub finalizing: Cell<bool>,
}

impl Payload for Buffered {
    fn trace(&self, t: &mut gc::Tracer) {
        if let Some(v) = self.raw.get() {
            mark(t, v);
        }
    }
    fn external_bytes(&self) -> usize {
        4096
    }
}

impl Buffered {
    fn new() -> Buffered {
        Buffered {
            core: Rc::new(BufCore::new()),
            raw: Cell::new(None),
            finalizing: Cell::new(false),
        }
    }
}

pub static READER: TypeSpec = TypeSpec {
    name: "BufferedReader",
    doc: "Create a new buffered reader using the given readable raw IO object.",
    base: Some(&BUFFEREDIOBASE),
    tables: &[
        methods::common::TABLE,
        methods::reader::TABLE,
        methods::reading::TABLE,
    ],
    iternext: Some(next_line),
    ..IO_TYPE
};

pub static WRITER: TypeSpec = TypeSpec {
    name: "BufferedWriter",
    doc: "A buffer for a writeable sequential RawIO object.\n\nThe constructor creates a BufferedWriter for the given writeable raw\nstream. If the buffer_size is not given, it defaults to\nDEFAULT_BUFFER_SIZE.",
    base: Some(&BUFFEREDIOBASE),
    tables: &[
        methods::common::TABLE,
        methods::writer::TABLE,
        methods::writing::TABLE,
    ],
    iternext: Some(iobase_next),
    ..IO_TYPE
};

pub static RANDOM: TypeSpec = TypeSpec {
    name: "BufferedRandom",
    doc: "A buffered interface to random access streams.\n\nThe constructor creates a reader and writer for a seekable stream,\nraw, given in the first argument. If the buffer_size is omitted it\ndefaults to DEFAULT_BUFFER_SIZE.",
    base: Some(&BUFFEREDIOBASE),
    tables: &[
        methods::common::TABLE,
        methods::random::TABLE,
        methods::reading::TABLE,
        methods::writing::TABLE,
    ],
    iternext: Some(next_line),
    ..IO_TYPE
};

fn payload<'a>(vm: &mut Vm, this: Value) -> Res<&'a Buffered> {
    match this.payload::<Buffered>() {
        Some(p) => Ok(p),
        None => Err(vm.type_error("a buffered stream is required")),
    }
}

/// The raw side; ValueError when there is none.
pub fn raw_of(vm: &mut Vm, this: Value) -> Res<Raw> {
    let p = payload(vm, this)?;
    match (p.core.state.get(), p.raw.get()) {
        (State::Ready, Some(obj)) => Ok(Raw {
            core: p.core.clone(),
            obj,
            stream: this,
        }),
        (State::Detached, _) => Err(vm.value_error("raw stream has been detached")),
        _ => Err(vm.value_error("I/O operation on uninitialized object")),
    }
}

/// The core of an exact builtin buffered stream, for the text layer.
pub fn exact_core(vm: &mut Vm, v: Value) -> Option<Rc<BufCore>> {
    let p = v.payload::<Buffered>()?;
    let class = vm.class_of(v);
    for spec in [&READER, &WRITER, &RANDOM] {
        if vm.native_type(spec).ok()? == class {
            return Some(p.core.clone());
        }
    }
    None
}

/// Connects a stream to its raw object.
pub fn attach(vm: &mut Vm, this: Value, raw: Value, size: Option<i64>) -> Res<()> {
    let p = payload(vm, this)?;
    p.core.state.set(State::Uninitialized);
    let size = size.unwrap_or(DEFAULT_BUFFER_SIZE as i64);
    if size <= 0 {
        return Err(vm.value_error("buffer size must be strictly positive"));
    }
    p.core.reset();
    *p.core.file.borrow_mut() = fileio::exact_file(vm, raw);
    p.core.size.set(size as usize);
    p.raw.set(Some(raw));
    p.core.state.set(State::Ready);
    super::exit::register_buffer(vm, &p.core)
}

/// Makes an exact stream over a raw object that is known to fit.
pub fn new_buffered(vm: &mut Vm, spec: &'static TypeSpec, raw: Value, size: usize) -> Res {
    let class = vm.native_type(spec)?;
    let v = vm.new_payload(class, Buffered::new())?;
    attach(vm, v, raw, Some(size as i64))?;
    Ok(v)
}

fn next_line(vm: &mut Vm, this: Value) -> Res<Option<Value>> {
    let exact = exact_core(vm, this).is_some();
    if !exact {
        return iobase_next(vm, this);
    }
    let raw = raw_of(vm, this)?;
    ensure_open(vm, &raw, "readline of closed file")?;
    let line = read::read_line(vm, &raw, -1)?;
    Ok((vm.len(line)? > 0).then_some(line))
}

/// ValueError with this text when the raw stream is closed.
fn ensure_open(vm: &mut Vm, raw: &Raw, message: &str) -> Res<()> {
    if raw.closed(vm)? {
        return Err(closed_as(vm, message));
    }
    Ok(())
}

#[cold]
fn closed_as(vm: &mut Vm, message: &str) -> Raised {
    vm.value_error(message)
}
