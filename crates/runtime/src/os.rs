//! What native modules need from the operating system: blocking calls, OSError, path arguments.

use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use std::convert::Infallible;
use text::codec::handlers::ErrorMode;
use text::codec::{DecodeFix, EncodeFailure, utf8};

/// The message of an errno, as `strerror` has it.
pub fn strerror(errno: i32) -> String {
    let mut buf = [0 as libc::c_char; 256];
    // SAFETY: the buffer is as long as is said, and is terminated by strerror_r.
    unsafe {
        if libc::strerror_r(errno, buf.as_mut_ptr(), buf.len()) != 0 {
            return format!("Unknown error {errno}");
        }
        std::ffi::CStr::from_ptr(buf.as_ptr())
            .to_string_lossy()
            .into_owned()
    }
}

/// A C return value as a result: negative means errno.
pub fn check(r: isize) -> std::io::Result<usize> {
    if r < 0 {
        Err(std::io::Error::last_os_error())
    } else {
        Ok(r as usize)
    }
}

impl Vm {
    /// Runs a system call that may block. It is repeated when a signal interrupts it, after the
    /// signal's handler ran (PEP 475); the handler's exception is the outer error.
    ///
    /// The closure touches no heap cell: other threads may run meanwhile.
    pub fn blocking<T>(
        &mut self,
        mut f: impl FnMut() -> std::io::Result<T>,
    ) -> Res<std::io::Result<T>> {
        loop {
            match self.without_lock(&mut f) {
                Err(e) if e.raw_os_error() == Some(libc::EINTR) => {
                    if self.poll != 0 {
                        self.serve_poll()?;
                    }
                }
                r => return Ok(r),
            }
        }
    }

    /// Raises for an io::Error of a system call.
    #[cold]
    pub fn io_error(&mut self, e: &std::io::Error) -> Raised {
        self.os_error(e.raw_os_error().unwrap_or(libc::EIO), &[])
    }

    /// As `io_error` with `filename`.
    #[cold]
    pub fn io_error_path(&mut self, e: &std::io::Error, path: Value) -> Raised {
        self.os_error(e.raw_os_error().unwrap_or(libc::EIO), &[path])
    }

    /// `os.fspath(v)`: a str or bytes.
    pub fn fspath(&mut self, v: Value) -> Res {
        if v.is_kind(Kind::Str) || v.is_kind(Kind::Bytes) {
            return Ok(v);
        }
        let name = self.short_class_name(v);
        let method = self.special(v, self.names.__fspath__);
        let Some(m) = method.filter(|m| !m.is_none()) else {
            return Err(self.type_error(&format!(
                "expected str, bytes or os.PathLike object, not {name}"
            )));
        };
        let r = self.call_method_value(m, v, &[])?;
        if r.is_kind(Kind::Str) || r.is_kind(Kind::Bytes) {
            return Ok(r);
        }
        let got = self.short_class_name(r);
        Err(self.type_error(&format!(
            "expected {name}.__fspath__() to return str or bytes, not {got}"
        )))
    }

    /// A str (UTF-8 with surrogateescape) or bytes as the system's bytes; TypeError for others.
    pub fn fs_encode(&mut self, v: Value) -> Res<Vec<u8>> {
        if let Some(b) = v.downcast::<BytesObj>() {
            return Ok(b.as_slice().to_vec());
        }
        let Some(s) = v.downcast::<StrObj>() else {
            let name = self.short_class_name(v);
            return Err(self.type_error(&format!(
                "expected str, bytes or os.PathLike object, not {name}"
            )));
        };
        if let Some(a) = s.as_ascii() {
            return Ok(a.as_bytes().to_vec());
        }
        let r = utf8::encode::<(usize, usize)>(s.units(), &mut |e| {
            ErrorMode::SurrogateEscape
                .encode_fix(e)
                .ok_or((e.start, e.end))
        });
        match r {
            Ok(b) => Ok(b),
            Err(EncodeFailure::Handler((start, end)))
            | Err(EncodeFailure::Unencodable { start, end, .. }) => {
                Err(self.unicode_encode_error("utf-8", v, start, end, "surrogates not allowed"))
            }
        }
    }

    /// The system's bytes as a str (UTF-8 with surrogateescape).
    pub fn fs_decode(&mut self, b: &[u8]) -> Res {
        if b.is_ascii() {
            return self.new_str_ascii(b);
        }
        let r = utf8::decode::<Infallible>(b, true, &mut |e| {
            Ok(ErrorMode::SurrogateEscape
                .decode_fix(e)
                .unwrap_or(DecodeFix {
                    text: "\u{fffd}".into(),
                    resume: e.end,
                    input: None,
                }))
        });
        match r {
            Ok(d) => self.new_str_owned(&d.text),
            Err(e) => match e {},
        }
    }
}

/// The limit on the address space of the process (`ulimit -v`), if there is one.
pub fn address_space_limit() -> Option<usize> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the struct is valid for writing.
    let r = unsafe { libc::getrlimit(libc::RLIMIT_AS, &mut limit) };
    (r == 0 && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur as usize)
}
