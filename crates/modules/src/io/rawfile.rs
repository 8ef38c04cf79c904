//! File descriptors as the stream types share them.

use runtime::os::check;
use runtime::{Res, Vm};
use std::cell::Cell;
use std::io;

/// An open file. Shared by the FileIO object and the buffers above it, so that what is left in
/// a buffer can still be written when all of them are collected together.
pub struct RawFile {
    /// -1 when closed.
    pub fd: Cell<i32>,
    pub closefd: Cell<bool>,
    pub readable: Cell<bool>,
    pub writable: Cell<bool>,
    pub created: Cell<bool>,
    pub appending: Cell<bool>,
    pub seekable: Cell<Option<bool>>,
    pub block_size: Cell<usize>,
    /// Size when opened, as a hint for `readall`; 0 unknown.
    pub size_hint: Cell<u64>,
    pub is_char_device: Cell<bool>,
}

impl Default for RawFile {
    fn default() -> Self {
        RawFile::new()
    }
}

impl RawFile {
    pub fn new() -> RawFile {
        RawFile {
            fd: Cell::new(-1),
            closefd: Cell::new(true),
            readable: Cell::new(false),
            writable: Cell::new(false),
            created: Cell::new(false),
            appending: Cell::new(false),
            seekable: Cell::new(None),
            block_size: Cell::new(super::util::DEFAULT_BUFFER_SIZE),
            size_hint: Cell::new(0),
            is_char_device: Cell::new(false),
        }
    }

    pub fn is_open(&self) -> bool {
        self.fd.get() >= 0
    }

    /// Reads once; Ok(None) would block.
    pub fn read(&self, vm: &mut Vm, buf: &mut [u8]) -> Res<Option<usize>> {
        let fd = self.fd.get();
        let (p, n) = (buf.as_mut_ptr(), buf.len().min(isize::MAX as usize));
        // SAFETY: the buffer is n bytes long and is borrowed for the call.
        let r = vm.blocking(|| check(unsafe { libc::read(fd, p.cast(), n) }))?;
        or_would_block(vm, r)
    }

    /// Writes once; Ok(None) would block.
    pub fn write(&self, vm: &mut Vm, data: &[u8]) -> Res<Option<usize>> {
        let fd = self.fd.get();
        // SAFETY: the data is that long and borrowed for the call.
        let r =
            vm.blocking(|| check(unsafe { libc::write(fd, data.as_ptr().cast(), data.len()) }))?;
        or_would_block(vm, r)
    }

    /// Moves the file position; the new position.
    pub fn seek(&self, vm: &mut Vm, offset: i64, whence: i32) -> Res<i64> {
        // SAFETY: no memory is involved.
        match check(unsafe { libc::lseek(self.fd.get(), offset, whence) } as isize) {
            Ok(n) => Ok(n as i64),
            Err(e) => Err(vm.io_error(&e)),
        }
    }

    /// Whether seeking works; asked once.
    pub fn can_seek(&self) -> bool {
        if let Some(s) = self.seekable.get() {
            return s;
        }
        // SAFETY: no memory is involved.
        let s = unsafe { libc::lseek(self.fd.get(), 0, libc::SEEK_CUR) } >= 0;
        self.seekable.set(Some(s));
        s
    }

    /// Bytes from the position to the end, when the file knows.
    pub fn remaining(&self) -> Option<usize> {
        let fd = self.fd.get();
        // SAFETY: stat is filled by fstat before it is read.
        unsafe {
            let mut st: libc::stat = std::mem::zeroed();
            if libc::fstat(fd, &mut st) != 0 || st.st_mode & libc::S_IFMT != libc::S_IFREG {
                return None;
            }
            let at = libc::lseek(fd, 0, libc::SEEK_CUR);
            (at >= 0).then(|| (st.st_size - at).max(0) as usize)
        }
    }

    /// Appends everything up to the end; Ok(false): nothing was read because it would block.
    pub fn read_all(&self, vm: &mut Vm, out: &mut Vec<u8>) -> Res<bool> {
        let start = out.len();
        let mut chunk = self.remaining().map_or(8192, |n| n + 1);
        loop {
            let at = out.len();
            if out.try_reserve(chunk).is_err() {
                return Err(vm.memory_error());
            }
            // Reading into zeroed memory: its cost is small beside the copy out of the kernel.
            out.resize(at + chunk, 0);
            let got = self.read(vm, &mut out[at..]);
            match got {
                Ok(Some(n)) => {
                    out.truncate(at + n);
                    if n == 0 {
                        return Ok(true);
                    }
                    if n == chunk {
                        chunk = (chunk * 2).clamp(8192, 1 << 24);
                    } else {
                        chunk = (chunk - n).max(1);
                    }
                }
                Ok(None) => {
                    out.truncate(at);
                    return Ok(out.len() > start);
                }
                Err(r) => {
                    out.truncate(at);
                    return Err(r);
                }
            }
        }
    }

    /// Writes all without running Python code; used when buffers are dropped.
    pub fn write_all_quietly(&self, mut data: &[u8]) {
        while !data.is_empty() && self.is_open() {
            // SAFETY: the data is that long.
            match unsafe { libc::write(self.fd.get(), data.as_ptr().cast(), data.len()) } {
                n if n > 0 => data = &data[n as usize..],
                _ if io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) => {}
                _ => return,
            }
        }
    }

    /// Closes the descriptor when it is owned.
    pub fn close(&self) -> io::Result<()> {
        let fd = self.fd.replace(-1);
        if fd >= 0 && self.closefd.get() {
            // SAFETY: the descriptor is ours; it is not closed again (EINTR included).
            check(unsafe { libc::close(fd) } as isize)?;
        }
        Ok(())
    }
}

fn or_would_block(vm: &mut Vm, r: io::Result<usize>) -> Res<Option<usize>> {
    match r {
        Ok(n) => Ok(Some(n)),
        Err(e) if matches!(e.raw_os_error(), Some(libc::EAGAIN)) => Ok(None),
        Err(e) => Err(vm.io_error(&e)),
    }
}

impl Drop for RawFile {
    fn drop(&mut self) {
        // A descriptor that cannot be closed at collection has nobody to hear of it.
        let _ = self.close();
    }
}
