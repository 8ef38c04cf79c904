//! Events of exceptions, from the unwinder.

use super::fire::Happening;
use super::{Event, step};
use crate::frame::Frame;
use crate::value::{Raised, Value};
use crate::vm::Vm;

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
    pub(crate) fn watch_handled(&mut self, exc: Value, frame: *mut Frame) -> Value {
        if !self.watches_unwinding() {
            return exc;
        }
        self.exception_event(Event::ExceptionHandled, exc, frame)
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
        let happening = Happening {
            event,
            frame,
            word: word_of(frame),
            args: &[exc],
        };
        match self.fire(happening) {
            Ok(()) => exc,
            Err(Raised) => self.take_raised(),
        }
    }
}

fn word_of(frame: *mut Frame) -> u32 {
    // SAFETY: a live frame record.
    unsafe { (*frame).code.word_of((*frame).pc) }
}
