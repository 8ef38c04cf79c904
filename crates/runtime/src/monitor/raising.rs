//! Events of exceptions, from the unwinder.

use super::fire::Happening;
use super::{Event, step};
use crate::frame::Frame;
use crate::frame_object::line_at;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use bytecode::{Insn, Op};

impl Vm {
    fn watches_unwinding(&self) -> bool {
        self.watch.on && self.watch.depth == 0
    }

    /// An exception comes out of the current instruction of a frame; gives the one to go on with,
    /// which is another when a callback raised.
    pub(crate) fn watch_raise(&mut self, exc: Value, frame: *mut Frame, again: bool) -> Value {
        if !self.watches_unwinding() {
            return exc;
        }
        let word = word_of(frame);
        if let Err(Raised) = step::abandon(self, frame, word) {
            return self.take_raised();
        }
        let event = if again { Event::Reraise } else { Event::Raise };
        self.exception_event(event, exc, frame)
    }

    /// The exception is about to be handled in the frame.
    pub(crate) fn watch_handled(&mut self, exc: Value, frame: *mut Frame, at: u32) -> Value {
        if !self.watches_unwinding() {
            return exc;
        }
        self.exception_event_at(Event::ExceptionHandled, exc, frame, at)
    }

    /// The frame is left by the exception.
    pub(crate) fn watch_unwind(&mut self, exc: Value, frame: *mut Frame) -> Value {
        if !self.watches_unwinding() {
            return exc;
        }
        self.exception_event(Event::PyUnwind, exc, frame)
    }

    /// `throw` resumed a generator.
    pub(crate) fn watch_throw(&mut self, exc: Value, frame: *mut Frame) -> Value {
        if !self.watches_unwinding() {
            return exc;
        }
        step::enter_thrown(frame, word_of(frame));
        self.exception_event(Event::PyThrow, exc, frame)
    }

    fn exception_event(&mut self, event: Event, exc: Value, frame: *mut Frame) -> Value {
        self.exception_event_at(event, exc, frame, word_of(frame))
    }

    fn exception_event_at(
        &mut self,
        event: Event,
        exc: Value,
        frame: *mut Frame,
        word: u32,
    ) -> Value {
        let happening = Happening {
            event,
            frame,
            word,
            args: &[exc],
        };
        match self.fire(happening) {
            Ok(()) => exc,
            Err(Raised) => self.take_raised(),
        }
    }
}

impl Vm {
    /// A generator that a `for` loop runs over returned this: a value other than None is seen as
    /// an exception in the loop.
    pub(crate) fn watch_loop_value(&mut self, v: Value) {
        if !v.is_none() && self.watches_unwinding() {
            self.watch.stop = self.new_exception(self.types.exc.StopIteration, &[v]).ok();
        }
    }

    /// `__next__` or `send` ended this way: StopIteration is seen in the loop, or where it was
    /// awaited.
    pub(crate) fn watch_stop(&mut self, r: &Res) {
        if r.is_err() && self.watches_unwinding() && self.raised_is(self.types.exc.StopIteration) {
            self.watch.stop = self.raised;
        }
    }

    /// An exception raised again by hidden code, or that of a `with`, leaves the frame: the frame is
    /// then where it was first raised, as far as anybody can see.
    pub(crate) fn restore_place(&mut self, exc: Value, frame: *mut Frame) {
        // SAFETY: a live frame record.
        let (code, object) = unsafe { ((*frame).code, (*frame).object) };
        let at = word_of(frame);
        let again = Insn::at(&code.data().instrs, at);
        let of_with = again.is_ok_and(|i| i.op == Op::Reraise && i.first.d() == 1);
        if !of_with && line_at(code, at).is_some() {
            return;
        }
        let entry = exc
            .downcast::<ExceptionObj>()
            .and_then(|e| e.traceback.get())
            .and_then(|tb| tb.downcast::<TracebackObj>())
            .filter(|tb| tb.frame.bits() == object && tb.code == code);
        if let Some(tb) = entry {
            // SAFETY: the entry is of this frame, so its word is in the code.
            unsafe { (*frame).pc = code.instrs.add(tb.pc.get() as usize) };
        }
    }
}

fn word_of(frame: *mut Frame) -> u32 {
    // SAFETY: a live frame record.
    unsafe { (*frame).code.word_of((*frame).pc) }
}
