//! The callbacks of `sys.settrace` and `sys.setprofile`.

use super::Event;
use super::fire::Happening;
use crate::frame::flag;
use crate::frame_object::{At, FrameObj};
use crate::interp::generator::GeneratorObj;
use crate::object::*;
use crate::types::code::word_at;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

impl Vm {
    /// Tells the trace function of this thread, or the frame's own.
    pub(super) fn tell_trace(&mut self, h: Happening) -> Res<()> {
        let arg = h.args.first().copied().unwrap_or(Value::NONE);
        match h.event {
            Event::PyStart | Event::PyResume | Event::PyThrow => self.trace_call(h),
            Event::PyReturn | Event::PyYield => self.trace_local(h, "return", arg),
            Event::PyUnwind => self.trace_local(h, "return", Value::NONE),
            Event::Line => self.trace_line(h),
            Event::Jump if is_line_again(&h) => self.trace_line(h),
            Event::Instruction => self.trace_opcode(h),
            Event::Raise | Event::StopIteration => {
                let class = self.class_of(arg).value();
                let tb = arg
                    .downcast::<ExceptionObj>()
                    .map_or(Value::NONE, |e| e.traceback.or_none());
                let triple = self.new_tuple(&[class, arg, tb])?;
                self.trace_local(h, "exception", triple)
            }
            _ => Ok(()),
        }
    }

    /// A frame begins or goes on: the global function says what traces it.
    fn trace_call(&mut self, h: Happening) -> Res<()> {
        let Some(f) = self.trace else { return Ok(()) };
        let object = self.object_of_frame(h.frame)?;
        object.begin(h.event);
        let r = self.trace_with(object, f, "call", Value::NONE);
        object.report_at(At::Instruction);
        r
    }

    fn trace_line(&mut self, h: Happening) -> Res<()> {
        match self.traced_object(&h) {
            Some(object) if object.trace_lines.get() => self.trace_local(h, "line", Value::NONE),
            _ => Ok(()),
        }
    }

    fn trace_opcode(&mut self, h: Happening) -> Res<()> {
        match self.traced_object(&h) {
            Some(object) if object.trace_opcodes.get() => {
                self.trace_local(h, "opcode", Value::NONE)
            }
            _ => Ok(()),
        }
    }

    /// The frame object, when there is one and it has a trace function.
    fn traced_object(&self, h: &Happening) -> Option<Ref<FrameObj>> {
        // SAFETY: a live frame record.
        let f = unsafe { &*h.frame };
        if f.flags & flag::OBSERVED == 0 {
            return None;
        }
        let object = Value::from_bits(f.object)?.downcast::<FrameObj>()?;
        object.trace.get().map(|_| object)
    }

    fn trace_local(&mut self, h: Happening, what: &str, arg: Value) -> Res<()> {
        match self
            .traced_object(&h)
            .and_then(|o| Some((o, o.trace.get()?)))
        {
            Some((object, f)) => self.trace_with(object, f, what, arg),
            None => Ok(()),
        }
    }

    fn trace_with(&mut self, object: Ref<FrameObj>, f: Value, what: &str, arg: Value) -> Res<()> {
        let what = self.intern(what);
        match self.call_value(f, &[object.value(), what, arg]) {
            Ok(next) => {
                if !next.is_none() {
                    object.trace.write(object, Some(next));
                }
                Ok(())
            }
            Err(Raised) => {
                self.set_trace(None);
                object.trace.write(object, None);
                Err(Raised)
            }
        }
    }

    /// Tells the profile function of this thread.
    pub(super) fn tell_profile(&mut self, h: Happening) -> Res<()> {
        let arg = h.args.first().copied().unwrap_or(Value::NONE);
        let (what, arg) = match h.event {
            Event::PyStart | Event::PyResume | Event::PyThrow => ("call", Value::NONE),
            Event::PyReturn | Event::PyYield => ("return", arg),
            Event::PyUnwind => ("return", Value::NONE),
            Event::Call | Event::CReturn | Event::CRaise => {
                let Some(f) = self.builtin_callable(h.args)? else {
                    return Ok(());
                };
                let what = match h.event {
                    Event::Call => "c_call",
                    Event::CReturn => "c_return",
                    _ => "c_exception",
                };
                (what, f)
            }
            _ => return Ok(()),
        };
        let Some(f) = self.profile else { return Ok(()) };
        let object = self.object_of_frame(h.frame)?;
        if what == "call" {
            object.begin(h.event);
        }
        let what = self.intern(what);
        let r = self.call_value(f, &[object.value(), what, arg]);
        object.report_at(At::Instruction);
        if r.is_err() {
            self.set_profile(None);
        }
        r.map(drop)
    }

    /// The builtin function or bound builtin method that a call is about: profilers hear of no
    /// other calls of native code.
    fn builtin_callable(&mut self, args: &[Value]) -> Res<Option<Value>> {
        let [f, first] = args else { return Ok(None) };
        let class = self.class_of(*f);
        if f.is_kind(Kind::Native) {
            return Ok(Some(*f).filter(|_| class != self.types.method_wrapper));
        }
        if class != self.types.method_descriptor || Some(*first) == self.interp().monitor.missing {
            return Ok(None);
        }
        let class = self.class_of(*first);
        self.descr_get(*f, Some(*first), class).map(Some)
    }
}

impl FrameObj {
    /// A call event: the frame stands at its `def`, or still at the yield.
    fn begin(&self, event: Event) {
        let generator = self.generator.get();
        let at = match (event, generator.and_then(|g| g.downcast::<GeneratorObj>())) {
            (Event::PyResume | Event::PyThrow, Some(g)) => At::Word(self.code.word_of(g.pc.get())),
            _ => At::Start,
        };
        self.report_at(at);
    }
}

/// A jump back within a line: the line begins again.
fn is_line_again(h: &Happening) -> bool {
    // SAFETY: a live frame record.
    let code = unsafe { (*h.frame).code };
    let monitor = code.monitor();
    let to = h
        .args
        .first()
        .map_or(0, |v| word_at(v.small_int_unchecked()));
    let from = h.word;
    to <= from && monitor.line(from) == monitor.line(to) && monitor.line(to) != 0
}
