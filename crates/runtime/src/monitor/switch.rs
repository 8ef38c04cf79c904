//! Switching the watching of threads on and off.

use super::step::{STATE_NONE, watched};
use super::{Event, PROFILE_EVENTS, TOOLS, TRACE_EVENTS};
use crate::code::CodeObj;
use crate::frame::flag;
use crate::interp::{Handler, TABLE};
use crate::jit::count::COUNT_TABLE;
use crate::object::Ref;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// Number of opcodes that a handler table has room for.
const TABLE_SIZE: usize = 256;

impl Vm {
    /// A handler table of this thread's own, so that changes reach the code that already runs.
    pub(crate) fn make_table(&mut self) {
        let own: Box<[Handler; TABLE_SIZE]> = Box::new(TABLE);
        self.table = Box::leak(own).as_ptr();
    }

    /// Fills this thread's table.
    fn set_handlers(&mut self, handlers: [Handler; TABLE_SIZE]) {
        // SAFETY: the table is this thread's own, made by `make_table`; handlers only read it.
        unsafe { *self.table.cast_mut().cast::<[Handler; TABLE_SIZE]>() = handlers };
    }

    /// The table becomes that of a thread that nobody watches.
    pub(crate) fn set_plain_handlers(&mut self) {
        self.set_handlers(self.plain_table());
    }

    /// Frees what `make_table` made.
    ///
    /// # Safety
    /// Nothing runs in this thread any more.
    pub(crate) unsafe fn free_table(&mut self) {
        let table = self.table.cast_mut().cast::<[Handler; TABLE_SIZE]>();
        // SAFETY: make_table leaked this box; the caller promises that no handler uses it.
        drop(unsafe { Box::from_raw(table) });
        self.table = TABLE.as_ptr();
    }

    /// The events that all code of this thread reports to each tool.
    pub(super) fn events_of_tools(&self) -> [u32; super::ALL_TOOLS] {
        let mut all = [0; super::ALL_TOOLS];
        all[..TOOLS].copy_from_slice(&self.interp().monitor.global);
        all[super::PROFILE] = self.profile.map_or(0, |_| PROFILE_EVENTS);
        all[super::TRACE] = self.trace.map_or(0, |_| TRACE_EVENTS);
        all
    }

    /// Brings the handler tables of all threads in line with what is listened to.
    pub fn update_watching(&mut self) {
        for thread in self.interp().threads.clone() {
            // SAFETY: the threads of the list are alive, and this one holds the lock.
            unsafe { (*thread).update_own_watching() };
        }
    }

    pub(crate) fn update_own_watching(&mut self) {
        let wanted = !self.interp().monitor.with_local.is_empty()
            || self.events_of_tools().iter().any(|events| *events != 0);
        if wanted == self.watch.on {
            return;
        }
        self.watch.on = wanted;
        if wanted {
            self.adopt_frames();
            // Compiled code and the recording handlers give way to the table.
            self.leave_compiled_code();
            self.jit.credits = 0;
        }
        let from: [Handler; TABLE_SIZE] = if wanted {
            [watched; TABLE_SIZE]
        } else {
            self.plain_table()
        };
        self.set_handlers(from);
    }

    /// The handlers of a thread that nobody watches.
    pub(crate) fn plain_table(&self) -> [Handler; TABLE_SIZE] {
        match self.frame_stress {
            Some(_) => crate::interp::stress::STRESS_TABLE,
            None if self.jit.counting => COUNT_TABLE,
            None => TABLE,
        }
    }

    /// Frames that run already do not start again.
    fn adopt_frames(&mut self) {
        self.watch.calls.clear();
        let mut frame = self.frames_base;
        while frame < self.frame {
            // SAFETY: records between the base and the top are live.
            unsafe {
                frame = frame.add(1);
                crate::frame::complete(frame);
                let f = &mut *frame;
                f.flags |= flag::TRACED;
                f.trace = u64::from(f.code.word_of(f.pc)) | STATE_NONE;
            }
        }
    }

    /// Sets or removes the trace function of this thread.
    pub fn set_trace(&mut self, f: Option<Value>) {
        self.trace = f;
        self.update_watching();
    }

    /// Sets or removes the profile function of this thread.
    pub fn set_profile(&mut self, f: Option<Value>) {
        self.profile = f;
        self.update_watching();
    }

    /// Runs `f` with events as outside of callbacks (`sys.call_tracing`).
    pub fn with_events<T>(&mut self, f: impl FnOnce(&mut Vm) -> Res<T>) -> Res<T> {
        let (depth, event) = (self.watch.depth, self.watch.event);
        (self.watch.depth, self.watch.event) = (0, None);
        let r = f(self);
        (self.watch.depth, self.watch.event) = (depth, event);
        r
    }

    /// Sets what a tool hears of all code.
    pub fn set_global_events(&mut self, tool: usize, events: u32) {
        let monitor = &mut self.interp().monitor;
        monitor.global[tool] = events;
        monitor.version = monitor.version.wrapping_add(1);
        self.update_watching();
    }

    /// Sets what a tool hears of one code object besides.
    pub fn set_local_events(&mut self, tool: usize, code: Ref<CodeObj>, events: u32) -> Res<()> {
        code.monitor().local[tool] = events;
        let all = code.monitor().local.iter().any(|e| *e != 0);
        let list = &mut self.interp().monitor.with_local;
        list.retain(|c| *c != code.value());
        if all {
            list.push(code.value());
        }
        self.update_watching();
        Ok(())
    }

    /// Removes the events that a tool has set for single code objects.
    pub fn clear_local_events(&mut self, tool: usize) {
        self.interp()
            .monitor
            .with_local
            .retain(|c| match c.downcast::<CodeObj>() {
                Some(code) => {
                    code.monitor().local[tool] = 0;
                    code.monitor().local.iter().any(|e| *e != 0)
                }
                None => false,
            });
    }

    /// Makes disabled events happen again.
    pub fn restart_events(&mut self) {
        let m = &mut self.interp().monitor;
        m.restarts = m.restarts.wrapping_add(1);
        m.version = m.version.wrapping_add(1);
    }
}

/// An event set with BRANCH spelled out.
pub fn normal(events: u32) -> u32 {
    if events & Event::Branch.bit() == 0 {
        return events;
    }
    events & !Event::Branch.bit() | Event::BranchLeft.bit() | Event::BranchRight.bit()
}
