//! What happens when `malloc` fails, which it does under a limit on the address space (`ulimit -v`).
//!
//! Most of Rust's collections abort the process then. So a part of a limited address space is set
//! aside at start-up; a failing allocation gets it, and the thread raises MemoryError at its next
//! poll unless a collection frees enough to set the part aside again. Allocations that can be
//! large are to be made fallibly instead (`try_reserve`).

use crate::poll;
use crate::value::Res;
use crate::vm::Vm;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// The share of a limited address space that is set aside, and the most of it.
const SHARE: usize = 32;
const MOST: usize = 64 << 20;

/// Address space that is set aside.
struct Reserve {
    /// The mapping; null when there is none.
    at: AtomicPtr<libc::c_void>,
    /// Its size; 0 without a limit.
    bytes: AtomicUsize,
}

/// For a failing allocation.
static RESERVE: Reserve = Reserve::new();
/// For the report of the error that ends the program, which may have used the other one up.
static LAST: Reserve = Reserve::new();

impl Reserve {
    const fn new() -> Reserve {
        Reserve {
            at: AtomicPtr::new(std::ptr::null_mut()),
            bytes: AtomicUsize::new(0),
        }
    }

    fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Makes it so large from now on.
    fn resize(&self, bytes: usize) {
        self.give_up();
        self.bytes.store(bytes & !0xffff, Ordering::Relaxed);
        self.set_aside();
    }

    /// Sets the part aside again if it was used. False: there is no room for it.
    fn set_aside(&self) -> bool {
        let bytes = self.bytes();
        if bytes == 0 || !self.at.load(Ordering::Relaxed).is_null() {
            return true;
        }
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE;
        // SAFETY: a new mapping at an address the kernel chooses disturbs nothing.
        let p = unsafe { libc::mmap(std::ptr::null_mut(), bytes, libc::PROT_NONE, flags, -1, 0) };
        if p == libc::MAP_FAILED {
            return false;
        }
        let old = self.at.swap(p, Ordering::AcqRel);
        if !old.is_null() {
            // SAFETY: two threads did this at the same time; nobody else knows the other's mapping.
            unsafe { libc::munmap(old, bytes) };
        }
        true
    }

    /// Unmaps the part. False: there is none.
    fn give_up(&self) -> bool {
        let p = self.at.swap(std::ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: the mapping was made by `set_aside` with this size, and this thread alone has it.
        !p.is_null() && unsafe { libc::munmap(p, self.bytes()) } == 0
    }
}

thread_local! {
    /// The state of this thread, which is asked to poll.
    static CURRENT: Cell<*mut Vm> = const { Cell::new(std::ptr::null_mut()) };
}

/// Tells which state the running thread has (null before it ends).
pub fn set_current(vm: *mut Vm) {
    // A thread that ends has no such variable any more, and needs none.
    let _ = CURRENT.try_with(|c| c.set(vm));
}

/// Sets parts aside for the limit on the address space that the process has now.
pub fn prepare() {
    let bytes = crate::os::address_space_limit().map_or(0, |n| (n / SHARE).min(MOST));
    RESERVE.resize(bytes);
    LAST.resize(bytes / 2);
}

/// The program ends with an error: what was kept for its report may be used.
pub(crate) fn release_last() {
    LAST.give_up();
}

/// An allocation of `bytes` failed. Whether to try again.
#[cold]
fn failed(bytes: usize) -> bool {
    // What asks for more can mostly do without, and would leave too little.
    if bytes > RESERVE.bytes() / 2 || !RESERVE.give_up() {
        return false;
    }
    if let Ok(vm) = CURRENT.try_with(Cell::get) {
        // SAFETY: null or this thread's own state.
        unsafe { crate::threads::request(vm, poll::MEMORY) };
    }
    true
}

/// Less than this is not worth asking for, under a limit on the address space and without one.
const SMALL: usize = 1 << 20;
const SMALL_UNLIMITED: usize = 64 << 20;

/// Whether so much can be allocated now. For what allocates infallibly afterwards.
pub fn has_room(bytes: usize) -> bool {
    let is_limited = RESERVE.bytes() > 0;
    let small = if is_limited { SMALL } else { SMALL_UNLIMITED };
    bytes < small || Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

/// n zero bytes as the system gives them: pages that are not touched take no memory.
pub fn zeroed(n: usize) -> Option<Vec<u8>> {
    if n == 0 {
        return Some(Vec::new());
    }
    let layout = Layout::array::<u8>(n).ok()?;
    // SAFETY: the layout is not empty; memory of the global allocator with that layout and n
    // initialised bytes is what a vector owns.
    unsafe {
        let p = std::alloc::alloc_zeroed(layout);
        (!p.is_null()).then(|| Vec::from_raw_parts(p, n, n))
    }
}

impl Vm {
    /// MemoryError unless so much can be allocated now.
    pub fn check_room(&mut self, bytes: usize) -> Res<()> {
        if has_room(bytes) {
            return Ok(());
        }
        Err(self.memory_error())
    }

    /// The part that was set aside was needed: collects, and raises MemoryError unless that helped
    /// (`anyway`: in any case).
    pub(crate) fn after_shortage(&mut self, anyway: bool) -> Res<()> {
        if !RESERVE.set_aside() {
            self.collect_garbage();
            self.run_pending_finalizers();
        }
        if RESERVE.set_aside() && !anyway {
            return Ok(());
        }
        Err(self.memory_error())
    }
}

/// Sets the part aside again after a collection, if it can be.
pub(crate) fn recover() {
    RESERVE.set_aside();
}

/// The allocator of the process: the system's, with something in reserve.
pub struct Allocator;

// SAFETY: all memory comes from the system's allocator and goes back to it.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            let p = System.alloc(layout);
            if p.is_null() && failed(layout.size()) {
                return System.alloc(layout);
            }
            p
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            let p = System.alloc_zeroed(layout);
            if p.is_null() && failed(layout.size()) {
                return System.alloc_zeroed(layout);
            }
            p
        }
    }

    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise; a failed reallocation leaves the memory as it is.
        unsafe {
            let new = System.realloc(p, layout, size);
            if new.is_null() && failed(size) {
                return System.realloc(p, layout, size);
            }
            new
        }
    }

    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(p, layout) }
    }
}
