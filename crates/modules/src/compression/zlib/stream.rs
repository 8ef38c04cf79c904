//! A zlib stream with what it owns.

use super::error::zlib_error;
use crate::compression::output::Output;
use libz_rs_sys as z;
use runtime::{Res, Vm};
use std::ffi::{CStr, c_int};

/// Which way a stream goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Deflate,
    Inflate,
}

/// An initialised stream. Boxed because zlib's state points back to it.
pub struct Stream {
    strm: Box<z::z_stream>,
    way: Way,
    ended: bool,
}

/// What one call of zlib did.
pub struct Called {
    pub code: c_int,
    pub consumed: usize,
    pub produced: usize,
}

/// Parameters of `deflateInit2`.
pub struct DeflateParams {
    pub level: i32,
    pub method: i32,
    pub wbits: i32,
    pub mem_level: i32,
    pub strategy: i32,
}

const STRUCT_SIZE: c_int = size_of::<z::z_stream>() as c_int;

impl Stream {
    fn empty(way: Way) -> Stream {
        Stream {
            strm: Box::default(),
            way,
            ended: false,
        }
    }

    fn checked(mut self, code: c_int) -> Result<Stream, (c_int, Stream)> {
        if code == z::Z_OK {
            return Ok(self);
        }
        self.ended = true;
        Err((code, self))
    }

    /// A compressing stream, or zlib's error code and the stream with its message.
    pub fn deflate(p: &DeflateParams) -> Result<Stream, (c_int, Stream)> {
        let mut s = Stream::empty(Way::Deflate);
        // SAFETY: the stream is zeroed, the version string is the library's own.
        let code = unsafe {
            z::deflateInit2_(
                &mut *s.strm,
                p.level,
                p.method,
                p.wbits,
                p.mem_level,
                p.strategy,
                z::zlibVersion(),
                STRUCT_SIZE,
            )
        };
        s.checked(code)
    }

    /// A decompressing stream.
    pub fn inflate(wbits: i32) -> Result<Stream, (c_int, Stream)> {
        let mut s = Stream::empty(Way::Inflate);
        // SAFETY: as in `deflate`.
        let code = unsafe { z::inflateInit2_(&mut *s.strm, wbits, z::zlibVersion(), STRUCT_SIZE) };
        s.checked(code)
    }

    /// One call of `deflate` or `inflate`; takes at most 4 GiB of the input.
    ///
    /// # Safety
    /// `out` points to `room` writable bytes.
    pub unsafe fn call(&mut self, input: &[u8], out: *mut u8, room: usize, flush: i32) -> Called {
        let given = input.len().min(u32::MAX as usize) as u32;
        let room = room.min(u32::MAX as usize) as u32;
        let s = &mut *self.strm;
        s.next_in = input.as_ptr().cast_mut();
        s.avail_in = given;
        s.next_out = out;
        s.avail_out = room;
        // SAFETY: input and output are valid for the lengths given, during the call.
        let code = unsafe {
            match self.way {
                Way::Deflate => z::deflate(s, flush),
                Way::Inflate => z::inflate(s, flush),
            }
        };
        s.next_in = std::ptr::null_mut();
        // Copying a stream wants some address here.
        s.next_out = std::ptr::NonNull::dangling().as_ptr();
        Called {
            code,
            consumed: (given - s.avail_in) as usize,
            produced: (room - s.avail_out) as usize,
        }
    }

    /// As `call`, into an output.
    pub fn call_into(
        &mut self,
        vm: &mut Vm,
        input: &mut &[u8],
        out: &mut Output,
        flush: i32,
    ) -> Res<(c_int, bool)> {
        let (p, room) = out.room(vm)?;
        // SAFETY: the output has that room, and what zlib produced is written.
        let r = unsafe {
            let r = self.call(input, p, room, flush);
            out.wrote(r.produced);
            r
        };
        *input = &input[r.consumed..];
        Ok((r.code, r.produced == room))
    }

    /// Compresses all of the input; zlib's last code.
    pub fn deflate_all(
        &mut self,
        vm: &mut Vm,
        mut input: &[u8],
        out: &mut Output,
        flush: i32,
    ) -> Res<c_int> {
        loop {
            let last = input.len() <= u32::MAX as usize;
            let mode = if last { flush } else { z::Z_NO_FLUSH };
            let (code, full) = self.call_into(vm, &mut input, out, mode)?;
            if code == z::Z_STREAM_ERROR || (!full && (last || code != z::Z_OK)) {
                return Ok(code);
            }
        }
    }

    /// Frees zlib's state; further calls give Z_STREAM_ERROR.
    pub fn end(&mut self) -> c_int {
        if self.ended {
            return z::Z_OK;
        }
        self.ended = true;
        // SAFETY: the stream was initialised and is ended once.
        unsafe {
            match self.way {
                Way::Deflate => z::deflateEnd(&mut *self.strm),
                Way::Inflate => z::inflateEnd(&mut *self.strm),
            }
        }
    }

    /// Sets the dictionary; zlib's code.
    pub fn set_dictionary(&mut self, d: &[u8]) -> c_int {
        let n = d.len() as u32;
        // SAFETY: the dictionary is valid for its length; a stream that was ended is refused.
        unsafe {
            match self.way {
                Way::Deflate => z::deflateSetDictionary(&mut *self.strm, d.as_ptr(), n),
                Way::Inflate => z::inflateSetDictionary(&mut *self.strm, d.as_ptr(), n),
            }
        }
    }

    /// A copy of the stream with its state, or zlib's error code.
    pub fn copy(&mut self) -> Result<Stream, c_int> {
        if self.ended {
            return Err(z::Z_STREAM_ERROR);
        }
        let mut s = Stream::empty(self.way);
        s.ended = true;
        if self.strm.next_out.is_null() {
            // The library refuses to copy a stream that was not used yet; there is no room there.
            self.strm.next_out = std::ptr::NonNull::dangling().as_ptr();
            self.strm.avail_out = 0;
        }
        // SAFETY: the source is initialised, the target zeroed.
        let code = unsafe {
            match self.way {
                Way::Deflate => z::deflateCopy(&mut *s.strm, &mut *self.strm),
                Way::Inflate => z::inflateCopy(&mut *s.strm, &*self.strm),
            }
        };
        if code != z::Z_OK {
            return Err(code);
        }
        s.ended = false;
        Ok(s)
    }

    /// zlib's own words on the last error.
    pub fn message(&self) -> Option<String> {
        if self.strm.msg.is_null() {
            return None;
        }
        // SAFETY: zlib's messages are static C strings.
        let text = unsafe { CStr::from_ptr(self.strm.msg) };
        Some(text.to_string_lossy().into_owned())
    }

    /// Ends the stream; raises when zlib is not content.
    pub fn end_checked(&mut self, vm: &mut Vm, what: &str) -> Res<()> {
        match self.end() {
            z::Z_OK => Ok(()),
            code => Err(zlib_error(vm, self, code, what)),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a stream may hold on malloc's heap, for the collection trigger.
pub const STATE_BYTES: usize = 256 * 1024;
