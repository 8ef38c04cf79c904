//! The only file that knows the processor: spilling registers, the stack pointer, prefetching.

use core::hint::black_box;

/// The registers in which the callers of a function may keep values across its call.
#[cfg(target_arch = "x86_64")]
const CALLEE_SAVED: usize = 6;
#[cfg(target_arch = "aarch64")]
const CALLEE_SAVED: usize = 20;

/// A place on the stack for the registers of [`SavedRegisters::spill`].
pub struct SavedRegisters([u64; CALLEE_SAVED]);

impl SavedRegisters {
    /// Nothing saved yet.
    #[inline(always)]
    pub const fn new() -> SavedRegisters {
        SavedRegisters([0; CALLEE_SAVED])
    }

    /// Stores the callee-saved registers (System V ABI) here and returns the stack pointer: what
    /// the running function and its callers keep alive lies at or above it, as long as `self`
    /// lives in the running function's frame.
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    #[inline(always)]
    pub fn spill(&mut self) -> *const u64 {
        let sp: *const u64;
        // SAFETY: six stores to the array.
        unsafe {
            core::arch::asm!(
                "mov [{to}], rbx",
                "mov [{to} + 8], rbp",
                "mov [{to} + 16], r12",
                "mov [{to} + 24], r13",
                "mov [{to} + 32], r14",
                "mov [{to} + 40], r15",
                "mov {sp}, rsp",
                to = in(reg) self.0.as_mut_ptr(),
                sp = out(reg) sp,
                options(nostack, preserves_flags),
            );
        }
        sp
    }

    /// As for x86-64, by AAPCS64; d8-d15 too, since compilers may park an integer there.
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    #[inline(always)]
    pub fn spill(&mut self) -> *const u64 {
        let sp: *const u64;
        // SAFETY: twenty stores to the array.
        unsafe {
            core::arch::asm!(
                "stp x19, x20, [{to}]",
                "stp x21, x22, [{to}, #16]",
                "stp x23, x24, [{to}, #32]",
                "stp x25, x26, [{to}, #48]",
                "stp x27, x28, [{to}, #64]",
                "stp x29, x30, [{to}, #80]",
                "stp d8, d9, [{to}, #96]",
                "stp d10, d11, [{to}, #112]",
                "stp d12, d13, [{to}, #128]",
                "stp d14, d15, [{to}, #144]",
                "mov {sp}, sp",
                to = in(reg) self.0.as_mut_ptr(),
                sp = out(reg) sp,
                options(nostack, preserves_flags),
            );
        }
        sp
    }

    /// Miri has no stack to scan.
    #[cfg(miri)]
    pub fn spill(&mut self) -> *const u64 {
        core::ptr::null()
    }

    /// Ends the time in which the saved registers must stay in memory.
    #[inline(always)]
    pub fn keep(&self) {
        black_box(&self.0);
    }
}

impl Default for SavedRegisters {
    fn default() -> Self {
        SavedRegisters::new()
    }
}

/// Calls `f` with the lowest address to scan of this thread's stack: callee-saved registers are
/// stored at or above it.
#[cfg(not(miri))]
#[inline(never)]
pub fn with_spilled_registers(f: &mut dyn FnMut(*const u64)) {
    let mut saved = SavedRegisters::new();
    let sp = saved.spill();
    f(sp.min(saved.0.as_ptr()));
    saved.keep();
}

/// Under Miri there is no stack to scan; tests there give all roots explicitly.
#[cfg(miri)]
pub fn with_spilled_registers(_f: &mut dyn FnMut(*const u64)) {}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", miri)))]
compile_error!("gc: spilling registers is not written for this processor (src/arch.rs)");

/// Overwrites 32 KiB of stack below the caller's frame.
#[inline(never)]
pub(crate) fn clear_stale_stack() {
    let mut words = [0u64; 4096];
    for word in &mut words {
        // SAFETY: a local array. Volatile, so that the stores are not removed as dead.
        unsafe { core::ptr::write_volatile(word, 0) };
    }
    black_box(&words);
}

/// Asks for the cache line at `p`, which need not be valid.
#[inline(always)]
pub(crate) fn prefetch(p: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: SSE is part of x86-64, and a prefetch has no effect but on caches.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(p.cast());
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: a prefetch has no effect but on caches.
    unsafe {
        core::arch::asm!("prfm pldl1keep, [{p}]", p = in(reg) p, options(nostack, readonly));
    }
    #[cfg(miri)]
    let _ = p;
}
