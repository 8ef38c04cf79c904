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

/// `Vm::thread_id` of the thread that runs signal handlers.
const MAIN_THREAD: u64 = 1;

/// What the lock's mutex guards.
struct State {
    held: bool,
    /// How often the lock was taken: who gave it up sees by this that another one had it.
    taken: u64,
}

/// The interpreter lock.
pub struct InterpLock {
    state: Mutex<State>,
    free: Condvar,
    /// The lock was taken (waited for by who hands it over).
    handed: Condvar,
    /// The thread that has the lock.
    holder: AtomicPtr<Vm>,
    /// Threads that wait for it. Changed only under the mutex.
    waiting: AtomicU64,
    next_id: AtomicU64,
    /// A second thread was started at some time: from then on blocking calls let go of the lock.
    pub shared: AtomicBool,
    /// The thread that ends the process: no other one gets the lock any more.
    finalizer: AtomicPtr<Vm>,
}

impl InterpLock {
    /// A lock held by the thread that makes it.
    pub fn new() -> InterpLock {
        InterpLock {
            state: Mutex::new(State {
                held: true,
                taken: 1,
            }),
            free: Condvar::new(),
            handed: Condvar::new(),
            holder: AtomicPtr::new(std::ptr::null_mut()),
            waiting: AtomicU64::new(0),
            next_id: AtomicU64::new(2),
            shared: AtomicBool::new(false),
            finalizer: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    fn guard(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn take(&self, me: *mut Vm, interval: f64) {
        let mut state = self.guard();
        let wait = Duration::from_secs_f64(interval.clamp(1e-6, 10.0));
        self.waiting.fetch_add(1, Ordering::Relaxed);
        while state.held {
            let seen = state.taken;
            let r = self.free.wait_timeout(state, wait);
            let (g, timeout) = r.unwrap_or_else(|e| e.into_inner());
            state = g;
            // A holder that has the lock for less than an interval is left alone.
            if state.held && timeout.timed_out() && state.taken == seen {
                // SAFETY: the holder stays alive as long as it has the lock.
                unsafe { request(self.holder.load(Ordering::Relaxed), poll::SWITCH) };
            }
        }
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        if self.is_closed_to(me) {
            drop(state);
            self.free.notify_one();
            self.handed.notify_all();
            loop {
                std::thread::park();
            }
        }
        state.held = true;
        state.taken += 1;
        self.holder.store(me, Ordering::Relaxed);
        drop(state);
        self.handed.notify_all();
    }

    /// Whether the process ends: daemon threads that come back then stay away for ever.
    fn is_closed_to(&self, me: *mut Vm) -> bool {
        let finalizer = self.finalizer.load(Ordering::Relaxed);
        !finalizer.is_null() && finalizer != me
    }

    /// The holder's state ends before it lets go of the lock: nobody asks it any more.
    fn forget_holder(&self) {
        // Who asks does so under the mutex.
        let _state = self.guard();
        self.holder.store(std::ptr::null_mut(), Ordering::Relaxed);
    }

    /// Lets go of the lock; the result is how often it was taken so far.
    fn release(&self) -> u64 {
        let mut state = self.guard();
        self.holder.store(std::ptr::null_mut(), Ordering::Relaxed);
        state.held = false;
        let taken = state.taken;
        drop(state);
        self.free.notify_one();
        taken
    }

    /// Waits until somebody else had the lock, which was let go of when `taken` was the count:
    /// without this the thread that gives it up mostly wins the race for it.
    fn hand_over(&self, taken: u64) {
        let mut state = self.guard();
        while state.taken == taken && self.waiting.load(Ordering::Relaxed) > 0 {
            state = self.handed.wait(state).unwrap_or_else(|e| e.into_inner());
        }
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
        self.detached(|_| f())
    }

    /// Lets go of the lock for the time of `f`, which is told how often it was taken so far.
    #[inline(never)]
    fn detached<T>(&mut self, f: impl FnOnce(u64) -> T) -> T {
        let me: *mut Vm = self;
        let interp: *mut Interp = self.interp;
        let mut f = Some(f);
        let mut result = None;
        gc::with_spilled_registers(&mut |lowest| {
            // SAFETY: the thread state and the interpreter outlive this call; between release and
            // take only the lock itself is touched.
            unsafe {
                (*me).native_low = lowest as usize;
                let taken = (*interp).lock.release();
                result = f.take().map(|f| f(taken));
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
            let lock: *const InterpLock = &raw const self.interp().lock;
            // SAFETY: the lock lives as long as the interpreter.
            self.detached(|taken| unsafe { (*lock).hand_over(taken) });
        }
    }

    /// Makes the state of a thread that is to be started and makes it known. None: out of memory.
    pub fn prepare_thread(&mut self) -> Option<Box<Vm>> {
        let interp = self.interp;
        // It does not run yet: it has no native stack.
        let mut vm = crate::init::new_thread_state(interp, self.types, self.names, (0, 0))?;
        let i = self.interp();
        vm.thread_id = i.lock.next_id.fetch_add(1, Ordering::Relaxed);
        vm.ident = 0;
        let p: *mut Vm = &raw mut *vm;
        i.threads.push(p);
        vm.update_own_watching();
        Some(vm)
    }

    /// Takes the lock on the new native thread that a state was prepared for.
    ///
    /// # Safety
    /// The interpreter is alive; the calling thread has no state yet and `stack_bytes` of stack.
    pub unsafe fn enter_thread(&mut self, stack_bytes: usize) {
        // SAFETY: always succeeds.
        self.ident = unsafe { libc::pthread_self() };
        let p: *mut Vm = self;
        // SAFETY: promised by the caller; after `take` this thread alone uses the heap.
        unsafe {
            let interp = (*p).interp;
            let interval = (*interp).switch_interval;
            (*interp).lock.take(p, interval);
            let stack = crate::init::native_stack(stack_bytes);
            (*interp).heap.set_stack_base(stack.1 as *const u8);
            (*p).set_native_stack(stack);
        }
        crate::memory::set_current(p);
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
            let stack = crate::init::native_stack(stack_bytes);
            (*interp).heap.set_stack_base(stack.1 as *const u8);
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
            crate::memory::set_current(p);
            Some(vm)
        }
    }

    /// Ends a prepared thread state that no thread runs with.
    pub fn discard_thread(&mut self, mut vm: Box<Vm>) {
        let p: *mut Vm = &raw mut *vm;
        self.interp().threads.retain(|t| *t != p);
        // SAFETY: nothing runs with the state or on its stacks.
        unsafe {
            vm.free_table();
            crate::init::release_stacks(&vm);
        }
    }

    /// Ends the running thread's state and lets go of the lock.
    pub fn detach_thread(mut vm: Box<Vm>) {
        let p: *mut Vm = &raw mut *vm;
        let interp = vm.interp;
        crate::memory::set_current(std::ptr::null_mut());
        // SAFETY: the state's stacks are its own mappings, and nothing runs on them any more.
        unsafe {
            (*interp).threads.retain(|t| *t != p);
            (*interp).lock.forget_holder();
            vm.free_table();
            crate::init::release_stacks(&vm);
            drop(vm);
            (*interp).lock.release();
        }
    }

    /// Whether this is the thread the interpreter was made on.
    pub fn is_main_thread(&self) -> bool {
        self.thread_id == MAIN_THREAD
    }

    /// Serves what was asked for, also outside of running Python code.
    pub fn check_polls(&mut self) -> Res<()> {
        if self.poll != 0 {
            return self.serve_poll();
        }
        Ok(())
    }

    /// The process ends on this thread: all others stop where they next need the lock.
    pub fn stop_other_threads(&mut self) {
        let me: *mut Vm = self;
        self.interp().finalizing = true;
        self.interp().lock.finalizer.store(me, Ordering::Relaxed);
    }

    /// In the child of a fork: this thread is the only one, and the main one.
    pub fn become_only_thread(&mut self) {
        let me: *mut Vm = self;
        let lock = InterpLock::new();
        lock.holder.store(me, Ordering::Relaxed);
        let shared = self.interp().lock.shared.load(Ordering::Relaxed);
        lock.shared.store(shared, Ordering::Relaxed);
        // SAFETY: the old lock may be in any state, held by threads that are gone: it is not
        // dropped. Nothing else can look at it.
        unsafe { (&raw mut self.interp().lock).write(lock) };
        self.interp().threads.retain(|t| *t == me);
        self.thread_id = MAIN_THREAD;
        crate::signals::set_main(me);
    }
}
