//! Work requested from outside the running code: signals, finalizers, thread switches, lack of memory.

use crate::frame::Frame;
use crate::value::Res;
use crate::vm::Vm;
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// Bits of `Vm::poll`.
pub const FINALIZERS: u64 = 1;
pub const SIGNAL: u64 = 2;
pub const SWITCH: u64 = 4;
/// Memory that was set aside had to be used.
pub const MEMORY: u64 = 8;
/// Something failed for lack of memory where no exception could be raised.
pub const NO_MEMORY: u64 = 16;

impl Vm {
    /// Asks the thread to poll at its next call or back-edge.
    pub fn request_poll(&mut self, bit: u64) {
        // SAFETY: the state is this thread's own.
        unsafe { crate::threads::request(self, bit) };
    }

    /// What this asked for is done already.
    pub fn withdraw_poll(&mut self, bit: u64) {
        // SAFETY: the word is this thread's own; others change it atomically.
        unsafe { AtomicU64::from_ptr(&raw mut self.poll) }.fetch_and(!bit, Ordering::Relaxed);
    }

    /// The frame record that the recursion limit refuses. The one at the base is of no code.
    pub fn last_frame(&self) -> *mut Frame {
        let allowed = self.recursion_limit.saturating_add(1);
        // SAFETY: the frame stack has this room.
        unsafe { self.frames_base.add(allowed.min(self.room.frames)) }
    }

    /// Sets the limit of frame records from the recursion limit.
    pub fn reset_frame_limit(&mut self) {
        self.frame_limit = self.last_frame();
    }

    /// Takes what was asked for. Other threads and signal handlers may ask at the same time.
    fn take_poll(&mut self) -> u64 {
        // SAFETY: the word is this thread's own; others change it atomically.
        let poll = unsafe { AtomicU64::from_ptr(&raw mut self.poll) };
        let bits = poll.swap(0, Ordering::SeqCst);
        self.reset_frame_limit();
        // Whoever asked between the swap and the store of the limit must not be overlooked.
        fence(Ordering::SeqCst);
        if poll.load(Ordering::SeqCst) != 0 {
            self.frame_limit = std::ptr::null_mut();
        }
        bits
    }

    /// Does what was asked for since the last poll.
    #[cold]
    pub fn serve_poll(&mut self) -> Res<()> {
        let bits = self.take_poll();
        if bits & SWITCH != 0 {
            self.yield_lock();
        }
        if bits & FINALIZERS != 0 {
            self.run_pending_finalizers();
        }
        if bits & (MEMORY | NO_MEMORY) != 0
            && let Err(r) = self.after_shortage(bits & NO_MEMORY != 0)
        {
            if bits & SIGNAL != 0 {
                self.request_poll(SIGNAL);
            }
            return Err(r);
        }
        if bits & SIGNAL != 0 {
            self.run_signal_handlers()?;
        }
        Ok(())
    }

    /// Runs `__del__` methods and weak reference callbacks of what the collector found dead.
    pub fn run_pending_finalizers(&mut self) {
        loop {
            let Some(v) = self.interp().pending.pop_front() else {
                return;
            };
            let raised = self.raised.take();
            crate::weak::finalize(self, v);
            self.raised = raised;
        }
    }
}
