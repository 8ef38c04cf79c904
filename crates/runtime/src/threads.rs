//! The interpreter lock: threads of one interpreter take turns.
//!
//! A thread without the lock touches no heap cell. Before it lets go it publishes how deep its
//! native stack is, so that collections of others see what it holds.

use crate::frame::Frame;
use crate::poll;
use crate::value::Res;
use crate::vm::{Interp, Vm};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// The interpreter lock.
pub struct InterpLock {
    held: Mutex<bool>,
    free: Condvar,
    /// The thread that has the lock.
    holder: AtomicPtr<Vm>,
    /// Threads that wait for it.
    waiting: AtomicU64,
    next_id: AtomicU64,
    /// A second thread was started at some time: from then on blocking calls let go of the lock.
    pub shared: AtomicBool,
}

impl InterpLock {
    /// A lock held by the thread that makes it.
    pub fn new() -> InterpLock {
        InterpLock {
            held: Mutex::new(true),
            free: Condvar::new(),
            holder: AtomicPtr::new(std::ptr::null_mut()),
            waiting: AtomicU64::new(0),
            next_id: AtomicU64::new(2),
            shared: AtomicBool::new(false),
        }
    }

    fn guard(&self) -> MutexGuard<'_, bool> {
        self.held.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn take(&self, me: *mut Vm, interval: f64) {
        let mut held = self.guard();
        let wait = Duration::from_secs_f64(interval.clamp(1e-6, 10.0));
        self.waiting.fetch_add(1, Ordering::Relaxed);
        while *held {
            let r = self.free.wait_timeout(held, wait);
            let (g, timeout) = r.unwrap_or_else(|e| e.into_inner());
            held = g;
            if *held && timeout.timed_out() {
                // SAFETY: the holder stays alive as long as it has the lock.
                unsafe { request(self.holder.load(Ordering::Relaxed), poll::SWITCH) };
            }
        }
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        *held = true;
        self.holder.store(me, Ordering::Relaxed);
    }

    fn release(&self) {
        let mut held = self.guard();
        self.holder.store(std::ptr::null_mut(), Ordering::Relaxed);
        *held = false;
        drop(held);
        self.free.notify_one();
    }
}

impl Default for InterpLock {
    fn default() -> Self {
        InterpLock::new()
    }
}

/// Asks a thread, from any other one or a signal handler, to poll.
///
/// # Safety
/// `vm` is null or a living thread state.
pub unsafe fn request(vm: *mut Vm, bit: u64) {
    if vm.is_null() {
        return;
    }
    // SAFETY: promised by the caller. The thread itself reads the words without synchronisation:
    // a late look at them only delays the poll.
    unsafe {
        AtomicU64::from_ptr(&raw mut (*vm).poll).fetch_or(bit, Ordering::Relaxed);
        AtomicPtr::<Frame>::from_ptr(&raw mut (*vm).frame_limit)
            .store(std::ptr::null_mut(), Ordering::Relaxed);
    }
}

impl Vm {
    /// Runs something that may block, and touches no heap cell, while other threads run.
    pub fn without_lock<T>(&mut self, f: impl FnOnce() -> T) -> T {
        if !self.interp().lock.shared.load(Ordering::Relaxed) {
            return f();
        }
        self.detached(f)
    }

    /// Lets go of the lock for the time of `f`.
    #[inline(never)]
    fn detached<T>(&mut self, f: impl FnOnce() -> T) -> T {
        let me: *mut Vm = self;
        let interp: *mut Interp = self.interp;
        let mut f = Some(f);
        let mut result = None;
        gc::with_spilled_registers(&mut |lowest| {
            // SAFETY: the thread state and the interpreter outlive this call; between release and
            // take only the lock itself is touched.
            unsafe {
                (*me).native_low = lowest as usize;
                (*interp).lock.release();
                result = f.take().map(|f| f());
                let interval = (*interp).switch_interval;
                (*interp).lock.take(me, interval);
                (*me).native_low = 0;
                (*interp)
                    .heap
                    .set_stack_base((*me).native_base as *const u8);
            }
        });
        match result {
            Some(r) => r,
            // `f` ran once, unless it panicked, which does not get here.
            None => unreachable!("the closure has run"),
        }
    }

    /// Lets another thread run, if one waits.
    pub fn yield_lock(&mut self) {
        if self.interp().lock.waiting.load(Ordering::Relaxed) > 0 {
            self.detached(std::thread::yield_now);
        }
    }

    /// Takes the lock on a new native thread and makes its thread state known.
    ///
    /// # Safety
    /// The interpreter is alive; the calling thread has no state yet and `stack_bytes` of stack.
    pub unsafe fn attach_thread(
        interp: *mut Interp,
        types: &'static crate::types::Types,
        names: &'static crate::names::Names,
        stack_bytes: usize,
    ) -> Option<Box<Vm>> {
        // SAFETY: promised by the caller; after `take` this thread alone uses the heap.
        unsafe {
            (*interp)
                .lock
                .take(std::ptr::null_mut(), (*interp).switch_interval);
            let (_, base) = crate::init::native_stack(stack_bytes);
            (*interp).heap.set_stack_base(base as *const u8);
            let stack = crate::init::native_stack(stack_bytes);
            let made = crate::init::new_thread_state(interp, types, names, stack);
            let Some(mut vm) = made else {
                (*interp).lock.release();
                return None;
            };
            vm.thread_id = (*interp).lock.next_id.fetch_add(1, Ordering::Relaxed);
            let p: *mut Vm = &raw mut *vm;
            (*interp).threads.push(p);
            (*p).update_own_watching();
            (*interp).lock.holder.store(p, Ordering::Relaxed);
            Some(vm)
        }
    }

    /// Ends a thread state made by `attach_thread` and lets go of the lock.
    pub fn detach_thread(mut vm: Box<Vm>) {
        let p: *mut Vm = &raw mut *vm;
        let interp = vm.interp;
        // SAFETY: the state's stacks are its own mappings, and nothing runs on them any more.
        unsafe {
            (*interp).threads.retain(|t| *t != p);
            vm.free_table();
            crate::init::release_stacks(&vm);
            drop(vm);
            (*interp).lock.release();
        }
    }

    /// Whether this is the thread the interpreter was made on.
    pub fn is_main_thread(&self) -> bool {
        self.thread_id == 1
    }

    /// Serves what was asked for, also outside of running Python code.
    pub fn check_polls(&mut self) -> Res<()> {
        if self.poll != 0 {
            return self.serve_poll();
        }
        Ok(())
    }
}
