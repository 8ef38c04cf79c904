//! Standard descriptors that the process was started without.
//!
//! Rust's start-up opens /dev/null for those of 0, 1 and 2 that are closed. In CPython they stay
//! closed, and `sys.stdin` is None: so what was closed is noted before, and closed again.

use std::sync::atomic::{AtomicU8, Ordering};

/// A bit for each descriptor that was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Runs before Rust's start-up.
#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
static NOTE: extern "C" fn() = note_closed;

extern "C" fn note_closed() {
    for fd in 0..3 {
        // SAFETY: no memory is involved.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 {
            CLOSED.fetch_or(1 << fd, Ordering::Relaxed);
        }
    }
}

/// Closes what the start-up opened. To be called first of all.
pub fn close_again() {
    let closed = CLOSED.load(Ordering::Relaxed);
    for fd in (0..3).filter(|fd| closed >> fd & 1 == 1) {
        // SAFETY: nothing uses the descriptor yet.
        unsafe { libc::close(fd) };
    }
}
