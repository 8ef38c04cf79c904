//! Executable memory.
//!
//! Pages are writable while code is copied in and executable otherwise, never both. Whoever
//! compiles holds the interpreter lock, so no thread runs code of these pages meanwhile. The
//! mapping is private: after a fork, parent and child each have their own.

use std::ptr::null_mut;

const CHUNK: usize = 1 << 20;
const PAGE: usize = 4096;
/// Units begin at multiples of this.
const ALIGN: usize = 32;

/// Memory for machine code. Pieces that are given back are used again; chunks stay mapped.
pub struct CodeMemory {
    chunk: *mut u8,
    used: usize,
    size: usize,
    /// Pieces that were given back: address and length.
    free: Vec<(*mut u8, usize)>,
    /// Bytes of code in use.
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
            free: Vec::new(),
            total: 0,
        }
    }

    /// Copies code in; gives its address. None: no memory.
    pub fn add(&mut self, code: &[u8]) -> Option<*const u8> {
        let need = code.len().next_multiple_of(ALIGN);
        let at = match self.reuse(need) {
            Some(at) => at,
            None => self.bump(need)?,
        };
        if !copy_in(code, at) {
            self.free.push((at, need));
            return None;
        }
        self.total += code.len();
        Some(at)
    }

    /// Gives code back that nobody runs or refers to.
    pub fn free(&mut self, at: *const u8, len: usize) {
        self.total -= len;
        self.free.push((at.cast_mut(), len.next_multiple_of(ALIGN)));
        self.free.sort_unstable();
        self.free.dedup_by(|next, piece| {
            let adjacent = piece.0.wrapping_add(piece.1) == next.0;
            if adjacent {
                piece.1 += next.1;
            }
            adjacent
        });
    }

    /// The first piece that is large enough.
    fn reuse(&mut self, need: usize) -> Option<*mut u8> {
        let i = self.free.iter().position(|p| p.1 >= need)?;
        let (at, len) = self.free[i];
        if len == need {
            self.free.remove(i);
        } else {
            self.free[i] = (at.wrapping_add(need), len - need);
        }
        Some(at)
    }

    fn bump(&mut self, need: usize) -> Option<*mut u8> {
        if self.used + need > self.size {
            self.grow(need)?;
        }
        let at = self.chunk.wrapping_add(self.used);
        self.used += need;
        Some(at)
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

/// Copies code to a piece of a chunk. False: the pages could not be made writable.
fn copy_in(code: &[u8], at: *mut u8) -> bool {
    let first = at as usize / PAGE * PAGE;
    let end = (at as usize + code.len()).next_multiple_of(PAGE);
    // SAFETY: the pages are of a chunk, whose protection is changed only here, under the
    // interpreter lock; the piece belongs to the caller.
    unsafe {
        let protect = |prot| libc::mprotect(first as *mut _, end - first, prot) == 0;
        if !protect(libc::PROT_READ | libc::PROT_WRITE) {
            return false;
        }
        std::ptr::copy_nonoverlapping(code.as_ptr(), at, code.len());
        if !protect(libc::PROT_READ | libc::PROT_EXEC) {
            // Code that runs already may be on these pages.
            std::process::abort();
        }
    }
    true
}
