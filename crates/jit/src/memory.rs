//! Executable memory.
//!
//! Pages are writable while code is copied in and executable otherwise, never both. Whoever
//! compiles holds the interpreter lock, so no thread runs code of these pages meanwhile. The
//! mapping is private: after a fork, parent and child each have their own.

use std::ptr::null_mut;

const CHUNK: usize = 1 << 20;
const PAGE: usize = 4096;

/// Memory for machine code; it is given back only with the process.
pub struct CodeMemory {
    chunk: *mut u8,
    used: usize,
    size: usize,
    /// Bytes of code in all chunks.
    pub total: usize,
}

impl Default for CodeMemory {
    fn default() -> Self {
        CodeMemory::new()
    }
}

impl CodeMemory {
    pub const fn new() -> CodeMemory {
        CodeMemory {
            chunk: null_mut(),
            used: 0,
            size: 0,
            total: 0,
        }
    }

    /// Copies code in; gives its address. None: no memory.
    pub fn add(&mut self, code: &[u8]) -> Option<*const u8> {
        let need = code.len().next_multiple_of(32);
        if self.used + need > self.size {
            self.grow(need)?;
        }
        let first = self.used / PAGE * PAGE;
        let end = (self.used + need).next_multiple_of(PAGE);
        // SAFETY: the chunk has room; its pages are changed only here, under the interpreter lock.
        unsafe {
            let protect =
                |prot| libc::mprotect(self.chunk.add(first).cast(), end - first, prot) == 0;
            if !protect(libc::PROT_READ | libc::PROT_WRITE) {
                return None;
            }
            let at = self.chunk.add(self.used);
            std::ptr::copy_nonoverlapping(code.as_ptr(), at, code.len());
            if !protect(libc::PROT_READ | libc::PROT_EXEC) {
                // Code that runs already may be on these pages.
                std::process::abort();
            }
            self.used += need;
            self.total += code.len();
            Some(at)
        }
    }

    fn grow(&mut self, need: usize) -> Option<()> {
        let size = need.max(CHUNK).next_multiple_of(PAGE);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a fresh mapping; the old chunk stays mapped.
        let p = unsafe { libc::mmap(null_mut(), size, libc::PROT_NONE, flags, -1, 0) };
        if p == libc::MAP_FAILED {
            return None;
        }
        self.chunk = p.cast();
        self.used = 0;
        self.size = size;
        Some(())
    }
}
