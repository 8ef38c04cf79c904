//! What the decompressor objects of `zlib`, `_bz2` and `_lzma` share: input that waits for room in
//! the output, the end of the stream and what came behind it.

use super::output::Output;
use runtime::buffer::Buffer;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::{Cell, RefCell};

/// What one call of a decoder did.
pub struct Step {
    pub consumed: usize,
    pub produced: usize,
    /// The end of the stream was reached.
    pub end: bool,
}

/// A decoder of one compressed stream.
pub trait Decoder: 'static {
    /// The EOFError of a call behind the end.
    const AT_END: &str = "End of stream already reached";
    /// The ValueError of a call behind an error, for decoders that cannot be asked again.
    const AFTER_ERROR: Option<&str> = None;
    /// Decodes some of `input` into the `room` bytes at `out`.
    ///
    /// # Safety
    /// `out` points to `room` writable bytes.
    unsafe fn step(&mut self, vm: &mut Vm, input: &[u8], out: *mut u8, room: usize) -> Res<Step>;
    /// Malloc'ed bytes owned.
    fn size(&self) -> usize;
}

/// A decompressor object.
pub struct OneShot<D> {
    pub decoder: RefCell<D>,
    pending: RefCell<Vec<u8>>,
    unused: RefCell<Vec<u8>>,
    eof: Cell<bool>,
    starved: Cell<bool>,
    broken: Cell<bool>,
}

impl<D: Decoder> Payload for OneShot<D> {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        self.decoder.borrow().size()
    }
}

impl<D: Decoder> OneShot<D> {
    pub fn new(decoder: D) -> OneShot<D> {
        OneShot {
            decoder: RefCell::new(decoder),
            pending: RefCell::default(),
            unused: RefCell::default(),
            eof: Cell::new(false),
            starved: Cell::new(true),
            broken: Cell::new(false),
        }
    }
    /// `eof`.
    pub fn at_end(&self) -> bool {
        self.eof.get()
    }
    /// `needs_input`.
    pub fn needs_input(&self) -> bool {
        self.starved.get()
    }
    /// `unused_data`.
    pub fn unused_data(&self, vm: &mut Vm) -> Res {
        vm.new_bytes(&self.unused.borrow())
    }

    /// `decompress(data, max_length)`.
    pub fn decompress(&self, vm: &mut Vm, data: &Buffer, max_length: isize) -> Res {
        if self.eof.get() {
            return Err(vm.eof_error(D::AT_END));
        }
        if let Some(text) = D::AFTER_ERROR.filter(|_| self.broken.get()) {
            return Err(vm.value_error(text));
        }
        let mut out = Output::new(usize::try_from(max_length).ok());
        let mut waiting = self.pending.take();
        let mut input = data.as_slice();
        if !waiting.is_empty() {
            waiting.extend_from_slice(input);
            input = &waiting;
        }
        let rest = match self.run(vm, input, &mut out) {
            Ok(rest) => rest,
            Err(r) => {
                self.broken.set(true);
                self.starved.set(D::AFTER_ERROR.is_none());
                return Err(r);
            }
        };
        if self.eof.get() {
            self.starved.set(false);
            *self.unused.borrow_mut() = rest.to_vec();
        } else {
            self.starved.set(rest.is_empty() && !out.is_full());
            *self.pending.borrow_mut() = rest.to_vec();
        }
        out.finish(vm)
    }

    /// Decodes until the input or the room ends; the input that is left.
    fn run<'a>(&self, vm: &mut Vm, mut input: &'a [u8], out: &mut Output) -> Res<&'a [u8]> {
        loop {
            let (p, room) = out.room(vm)?;
            // SAFETY: the output has that room.
            let step = unsafe { self.decoder.borrow_mut().step(vm, input, p, room) }?;
            // SAFETY: the decoder wrote so many bytes.
            unsafe { out.wrote(step.produced) };
            input = &input[step.consumed..];
            if step.end {
                self.eof.set(true);
                return Ok(input);
            }
            let idle = step.consumed == 0 && step.produced == 0;
            if idle || out.is_full() || (input.is_empty() && step.produced < room) {
                return Ok(input);
            }
        }
    }
}

/// The decompressor behind `self`.
pub fn oneshot<'a, D: Decoder>(vm: &mut Vm, this: Value) -> Res<&'a OneShot<D>> {
    match this.payload::<OneShot<D>>() {
        Some(d) => Ok(d),
        None => Err(vm.type_error("a decompressor object is required")),
    }
}

/// Declares the methods every decompressor type has, in module `$name`.
macro_rules! oneshot_methods {
    ($name:ident, $decoder:ty) => {
        #[derive::natives]
        mod $name {
            use super::*;
            use crate::compression::oneshot::oneshot;

            /// Decompress *data*, returning uncompressed data as bytes.
            ///
            /// If *max_length* is nonnegative, returns at most *max_length* bytes of
            /// decompressed data. If this limit is reached and further output can be
            /// produced, *self.needs_input* will be set to ``False``. In this case, the next
            /// call to *decompress()* may provide *data* as b'' to obtain more of the output.
            ///
            /// If all of the input data was decompressed and returned (either because this
            /// was less than *max_length* bytes, or because *max_length* was negative),
            /// *self.needs_input* will be set to True.
            ///
            /// Attempting to decompress data after the end of stream is reached raises an
            /// EOFError.  Any data found after the end of the stream is ignored and saved in
            /// the unused_data attribute.
            #[native("decompress($self, /, data, max_length=-1)")]
            fn decompress(
                vm: &mut Vm,
                this: Value,
                data: runtime::buffer::Buffer,
                max_length: Option<isize>,
            ) -> Res {
                oneshot::<$decoder>(vm, this)?.decompress(vm, &data, max_length.unwrap_or(-1))
            }
            /// True if the end-of-stream marker has been reached.
            #[getter("eof")]
            fn eof(vm: &mut Vm, this: Value) -> Res<bool> {
                Ok(oneshot::<$decoder>(vm, this)?.at_end())
            }
            /// Data found after the end of the compressed stream.
            #[getter("unused_data")]
            fn unused_data(vm: &mut Vm, this: Value) -> Res {
                oneshot::<$decoder>(vm, this)?.unused_data(vm)
            }
            /// True if more input is needed before more decompressed data can be produced.
            #[getter("needs_input")]
            fn needs_input(vm: &mut Vm, this: Value) -> Res<bool> {
                Ok(oneshot::<$decoder>(vm, this)?.needs_input())
            }
        }
    };
}
pub(crate) use oneshot_methods;
