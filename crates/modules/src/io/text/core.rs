//! State of a `TextIOWrapper`.

use crate::io::buffered::core::BufCore;
use crate::io::newline::{LineEnd, Newlines};
use runtime::Value;
use runtime::payload::{Payload, mark};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use text::codec::handlers::ErrorMode;

/// The part that outlives the object: text that was encoded but not yet given to the buffer.
pub struct TextCore {
    pub pending: RefCell<Vec<u8>>,
    /// The buffer's core, when it is an exact builtin buffered stream.
    pub buf: RefCell<Option<Rc<BufCore>>>,
}

impl TextCore {
    /// Writes what is left without Python code.
    pub fn flush_quietly(&self) {
        if let Some(b) = &*self.buf.borrow() {
            let data = std::mem::take(&mut *self.pending.borrow_mut());
            if !data.is_empty() {
                b.wbuf.borrow_mut().extend_from_slice(&data);
                b.flush_quietly();
            }
        }
    }
}

impl Drop for TextCore {
    fn drop(&mut self) {
        self.flush_quietly();
    }
}

/// How text is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    Utf8,
    Ascii,
    Latin1,
    /// Incremental encoder and decoder objects of the codec registry.
    Objects,
}

impl Codec {
    /// The codec of an encoding that is built in here.
    pub fn of(encoding: &str) -> Codec {
        let name: String = encoding
            .chars()
            .map(|c| match c {
                '_' | ' ' => '-',
                c => c.to_ascii_lowercase(),
            })
            .collect();
        match name.as_str() {
            "utf-8" | "utf8" | "u8" | "utf" | "cp65001" => Codec::Utf8,
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" => Codec::Ascii,
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "8859" | "l1" | "latin" => {
                Codec::Latin1
            }
            _ => Codec::Objects,
        }
    }
}

/// Where the bytes of the decoded text came from, for `tell`.
#[derive(Default)]
pub struct Snapshot {
    pub valid: bool,
    pub flags: i64,
    /// Bytes the decoder held back, then the bytes it was given.
    pub input: Vec<u8>,
}

pub struct Text {
    pub core: Rc<TextCore>,
    pub ready: Cell<bool>,
    pub detached: Cell<bool>,
    pub finalizing: Cell<bool>,
    pub buffer: Cell<Option<Value>>,
    pub encoding: Cell<Option<Value>>,
    pub errors: Cell<Option<Value>>,
    pub codec: Cell<Codec>,
    pub mode: Cell<ErrorMode>,
    /// Codec objects for `Codec::Objects`.
    pub decoder: Cell<Option<Value>>,
    pub encoder: Cell<Option<Value>>,
    pub can_read: Cell<bool>,
    pub can_write: Cell<bool>,
    /// Bytes of an unfinished character.
    pub held: RefCell<Vec<u8>>,
    pub newlines: Newlines,
    pub universal: Cell<bool>,
    pub line_end: Cell<LineEnd>,
    /// What `\n` becomes when written.
    pub write_end: Cell<Option<&'static str>>,
    pub line_buffering: Cell<bool>,
    pub write_through: Cell<bool>,
    pub seekable: Cell<bool>,
    pub telling: Cell<bool>,
    pub has_read1: Cell<bool>,
    pub chunk_size: Cell<usize>,
    /// Decoded text and how much of it was read.
    pub decoded: Cell<Option<Value>>,
    pub used: Cell<usize>,
    pub snapshot: RefCell<Snapshot>,
    /// Bytes per character of the last chunk, a hint for `tell`.
    pub ratio: Cell<f64>,
}

impl Payload for Text {
    fn trace(&self, t: &mut gc::Tracer) {
        for slot in [
            &self.buffer,
            &self.encoding,
            &self.errors,
            &self.decoder,
            &self.encoder,
            &self.decoded,
        ] {
            if let Some(v) = slot.get() {
                mark(t, v);
            }
        }
    }
    fn external_bytes(&self) -> usize {
        8192
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::new()
    }
}

impl Text {
    pub fn new() -> Text {
        Text {
            core: Rc::new(TextCore {
                pending: RefCell::new(Vec::new()),
                buf: RefCell::new(None),
            }),
            ready: Cell::new(false),
            detached: Cell::new(false),
            finalizing: Cell::new(false),
            buffer: Cell::new(None),
            encoding: Cell::new(None),
            errors: Cell::new(None),
            codec: Cell::new(Codec::Utf8),
            mode: Cell::new(ErrorMode::Strict),
            decoder: Cell::new(None),
            encoder: Cell::new(None),
            can_read: Cell::new(false),
            can_write: Cell::new(false),
            held: RefCell::new(Vec::new()),
            newlines: Newlines::default(),
            universal: Cell::new(false),
            line_end: Cell::new(LineEnd::Lf),
            write_end: Cell::new(None),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            seekable: Cell::new(false),
            telling: Cell::new(false),
            has_read1: Cell::new(false),
            chunk_size: Cell::new(8192),
            decoded: Cell::new(None),
            used: Cell::new(0),
            snapshot: RefCell::new(Snapshot::default()),
            ratio: Cell::new(0.0),
        }
    }

    /// Forgets decoded text and where it came from.
    pub fn forget_read(&self) {
        self.decoded.set(None);
        self.used.set(0);
        self.snapshot.borrow_mut().valid = false;
    }
}
