//! Executable memory.
//!
//! Code is written through one mapping of the pages and run through another (where the system
//! allows it), so no page is ever writable and executable at once.

use std::ptr::null_mut;

const CHUNK: usize = 1 << 20;

/// Memory for machine code; it is given back only with the process.
pub struct CodeMemory {
    /// Writable and executable view of the current chunk.
    write: *mut u8,
    run: *mut u8,
    used: usize,
    size: usize,
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
            write: null_mut(),
            run: null_mut(),
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
        // SAFETY: the chunk has room; the two views are of the same pages.
        unsafe {
            let to = self.write.add(self.used);
            std::ptr::copy_nonoverlapping(code.as_ptr(), to, code.len());
            let at = self.run.add(self.used);
            self.used += need;
            self.total += code.len();
            Some(at)
        }
    }

    fn grow(&mut self, need: usize) -> Option<()> {
        let size = need.max(CHUNK).next_multiple_of(4096);
        // SAFETY: fresh mappings of an anonymous file; the old chunk stays mapped.
        unsafe {
            let fd = libc::memfd_create(c"tauraro-jit".as_ptr(), libc::MFD_CLOEXEC);
            if fd < 0 || libc::ftruncate(fd, size as libc::off_t) != 0 {
                return None;
            }
            let map = |prot| {
                let p = libc::mmap(null_mut(), size, prot, libc::MAP_SHARED, fd, 0);
                (p != libc::MAP_FAILED).then_some(p.cast::<u8>())
            };
            let write = map(libc::PROT_READ | libc::PROT_WRITE);
            let run = map(libc::PROT_READ | libc::PROT_EXEC);
            libc::close(fd);
            self.write = write?;
            self.run = run?;
        }
        self.used = 0;
        self.size = size;
        Some(())
    }
}
