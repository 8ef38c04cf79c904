//! Codecs between strings and bytes.
//!
//! Every decoder and encoder takes a callback that is asked about each error
//! and answers with a replacement and the position to go on from; its own
//! error type `E` passes through. [`handlers::ErrorMode`] has the built-in
//! answers. Error spans and reasons are CPython's.

pub mod charmap;
pub mod escape;
pub mod handlers;
pub mod single;
pub mod utf16;
pub mod utf7;
pub mod utf8;

use std::borrow::Cow;

use crate::{Owned, StrBuf, Units};

/// What a decoder cannot decode (UnicodeDecodeError).
#[derive(Clone, Copy, Debug)]
pub struct DecodeError<'a> {
    /// Name of the codec in the exception.
    pub encoding: &'a str,
    /// The whole input.
    pub input: &'a [u8],
    /// First undecodable byte.
    pub start: usize,
    /// One past the last undecodable byte.
    pub end: usize,
    /// Message for the exception.
    pub reason: &'a str,
}

/// A handler's answer to a [`DecodeError`].
#[derive(Clone, Debug)]
pub struct DecodeFix {
    /// Text that stands for the bad bytes.
    pub text: Owned,
    /// Where to go on; clamped to the input's length.
    pub resume: usize,
    /// New input, when the handler replaced the exception's `object`.
    pub input: Option<Vec<u8>>,
}

/// Callback for decoding errors.
pub type OnDecodeError<'h, E> = dyn FnMut(&DecodeError) -> Result<DecodeFix, E> + 'h;

/// A decoder's result.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The text.
    pub text: Owned,
    /// Bytes used; less than given only without `last`, when the input ends inside a sequence.
    pub consumed: usize,
}

/// What an encoder cannot encode (UnicodeEncodeError).
#[derive(Clone, Copy, Debug)]
pub struct EncodeError<'a> {
    /// Name of the codec in the exception.
    pub encoding: &'a str,
    /// The whole text.
    pub text: Units<'a>,
    /// First code point that cannot be encoded.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Message for the exception.
    pub reason: &'a str,
}

/// A handler's answer to an [`EncodeError`].
#[derive(Clone, Debug)]
pub struct EncodeFix {
    /// What stands for the bad text.
    pub value: Replacement,
    /// Index into the text where to go on; clamped to its length.
    pub resume: usize,
}

/// Text (which is encoded in turn) or bytes (which are copied).
#[derive(Clone, Debug)]
pub enum Replacement {
    /// Must be encodable itself.
    Text(Owned),
    /// Copied to the output.
    Bytes(Vec<u8>),
}

/// Callback for encoding errors.
pub type OnEncodeError<'h, E> = dyn FnMut(&EncodeError) -> Result<EncodeFix, E> + 'h;

/// Why encoding stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodeFailure<E> {
    /// The handler's own error.
    Handler(E),
    /// The handler's replacement cannot be encoded: raise UnicodeEncodeError with these fields.
    Unencodable {
        /// Name of the codec.
        encoding: &'static str,
        /// First code point of the original error.
        start: usize,
        /// One past the last.
        end: usize,
        /// Message for the exception.
        reason: &'static str,
    },
}

/// State shared by the decoders: input, position, output, error callback.
struct Decoder<'a, 'h, 'e, E> {
    input: Cow<'a, [u8]>,
    pos: usize,
    out: StrBuf,
    encoding: &'static str,
    on_error: &'e mut OnDecodeError<'h, E>,
}

impl<'a, 'h, 'e, E> Decoder<'a, 'h, 'e, E> {
    fn new(
        encoding: &'static str,
        input: &'a [u8],
        on_error: &'e mut OnDecodeError<'h, E>,
    ) -> Self {
        Decoder {
            input: Cow::Borrowed(input),
            pos: 0,
            out: StrBuf::with_capacity(input.len()),
            encoding,
            on_error,
        }
    }

    /// Asks the handler about `start..end`, takes its text and moves on.
    #[cold]
    fn error(&mut self, start: usize, end: usize, reason: &'static str) -> Result<(), E> {
        let fix = (self.on_error)(&DecodeError {
            encoding: self.encoding,
            input: &self.input,
            start,
            end,
            reason,
        })?;
        self.out.push_units(fix.text.units());
        if let Some(input) = fix.input {
            self.input = Cow::Owned(input);
        }
        self.pos = fix.resume.min(self.input.len());
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        &self.input[self.pos..]
    }

    fn finish(self) -> Decoded {
        Decoded {
            text: self.out.finish(),
            consumed: self.pos,
        }
    }
}

/// State shared by the encoders: text, position, output, error callback.
struct Encoder<'a, 'h, 'e, E> {
    text: Units<'a>,
    pos: usize,
    out: Vec<u8>,
    encoding: &'static str,
    /// Replacement bytes must be a multiple of this.
    granularity: usize,
    on_error: &'e mut OnEncodeError<'h, E>,
}

impl<'a, 'h, 'e, E> Encoder<'a, 'h, 'e, E> {
    fn new(
        encoding: &'static str,
        text: Units<'a>,
        on_error: &'e mut OnEncodeError<'h, E>,
    ) -> Self {
        Encoder {
            text,
            pos: 0,
            out: Vec::with_capacity(text.len()),
            encoding,
            granularity: 1,
            on_error,
        }
    }

    /// Asks the handler about `start..end` and moves on; `encode` encodes its text, or returns false.
    #[cold]
    fn error(
        &mut self,
        end: usize,
        reason: &'static str,
        encode: impl FnOnce(Units, &mut Vec<u8>) -> bool,
    ) -> Result<(), EncodeFailure<E>> {
        let start = self.pos;
        let fix = (self.on_error)(&EncodeError {
            encoding: self.encoding,
            text: self.text,
            start,
            end,
            reason,
        })
        .map_err(EncodeFailure::Handler)?;
        let encoded = match fix.value {
            Replacement::Bytes(b) => {
                self.out.extend_from_slice(&b);
                b.len().is_multiple_of(self.granularity)
            }
            Replacement::Text(t) => encode(t.units(), &mut self.out),
        };
        self.pos = fix.resume.min(self.text.len());
        match encoded {
            true => Ok(()),
            false => Err(EncodeFailure::Unencodable {
                encoding: self.encoding,
                start,
                end,
                reason,
            }),
        }
    }
}

/// Whether `c` is a surrogate.
#[inline]
pub fn is_surrogate(c: u32) -> bool {
    c & 0xffff_f800 == 0xd800
}
