//! The only file that knows the processor: spilling registers, the stack pointer, prefetching.

use core::hint::black_box;

/// Calls `f` with the lowest address to scan of this thread's stack: callee-saved registers are
/// stored at or above it.
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(never)]
pub fn with_spilled_registers(f: &mut dyn FnMut(*const u64)) {
    let mut saved = [0u64; 6];
    let sp: *const u64;
    // SAFETY: stores the registers the System V ABI lets callers keep values in across calls.
    unsafe {
        core::arch::asm!(
            "mov [{to}], rbx",
            "mov [{to} + 8], rbp",
            "mov [{to} + 16], r12",
            "mov [{to} + 24], r13",
            "mov [{to} + 32], r14",
            "mov [{to} + 40], r15",
            "mov {sp}, rsp",
            to = in(reg) saved.as_mut_ptr(),
            sp = out(reg) sp,
            options(nostack, preserves_flags),
        );
    }
    f(sp.min(saved.as_ptr()));
    black_box(&saved);
}

#[cfg(all(target_arch = "aarch64", not(miri)))]
#[inline(never)]
pub fn with_spilled_registers(f: &mut dyn FnMut(*const u64)) {
    let mut saved = [0u64; 20];
    let sp: *const u64;
    // SAFETY: stores the registers AAPCS64 lets callers keep values in across calls; d8-d15 too,
    // since compilers may park an integer there.
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
            to = in(reg) saved.as_mut_ptr(),
            sp = out(reg) sp,
            options(nostack, preserves_flags),
        );
    }
    f(sp.min(saved.as_ptr()));
    black_box(&saved);
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
