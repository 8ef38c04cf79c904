//! Work requested from outside the running code: signals, finalizers, thread switches.

use crate::object::*;
use crate::value::Res;
use crate::vm::Vm;

/// Bits of `Vm::poll`.
pub const FINALIZERS: u64 = 1;
pub const SIGNAL: u64 = 2;
pub const SWITCH: u64 = 4;

impl Vm {
    /// Asks the thread to poll at its next call or back-edge.
    pub fn request_poll(&mut self, bit: u64) {
        self.poll |= bit;
        self.frame_limit = std::ptr::null_mut();
    }

    /// Sets the limit of frame records from the recursion limit.
    pub fn reset_frame_limit(&mut self) {
        // SAFETY: the frame stack reserves room for MAX_FRAMES records.
        self.frame_limit = unsafe {
            self.frames_base
                .add(self.recursion_limit.min(crate::init::MAX_FRAMES))
        };
    }

    /// Does what was asked for since the last poll.
    #[cold]
    pub fn serve_poll(&mut self) -> Res<()> {
        let bits = std::mem::take(&mut self.poll);
        self.reset_frame_limit();
        if bits & SIGNAL != 0 {
            self.run_signal_handlers()?;
        }
        if bits & FINALIZERS != 0 {
            self.run_pending_finalizers();
        }
        if bits & SWITCH != 0 {
            self.yield_lock();
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

/// Kept for documentation: finalizers see cells of these kinds.
#[allow(dead_code)]
type _Instance = InstanceObj;
