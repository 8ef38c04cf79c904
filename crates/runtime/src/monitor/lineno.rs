//! Assignments to `frame.f_lineno`.

use super::Event;
use super::jump::{Temp, Temps, choose, targets, temporaries};
use crate::frame::{Frame, flag};
use crate::frame_object::FrameObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// `frame.f_lineno = value`: the frame goes on at the beginning of that line.
    pub fn set_frame_line(&mut self, f: Ref<FrameObj>, value: Value) -> Res<()> {
        if !self.is_instance_of(value, self.types.int) || value.is_bool() {
            return Err(self.value_error("lineno must be an integer"));
        }
        self.check_jump_event(f)?;
        let line = match self.int_to_i64(value).and_then(|n| i32::try_from(n).ok()) {
            Some(n) => n,
            None => return Err(self.value_error("lineno out of range")),
        };
        let code = f.code;
        if i64::from(line) < i64::from(code.data().first_line) {
            return Err(
                self.value_error(&format!("line {line} comes before the current code block"))
            );
        }
        let Some((_, words)) = targets(code.data(), line as u32) else {
            return Err(
                self.value_error(&format!("line {line} comes after the current code block"))
            );
        };
        let from = f.word();
        let to = match choose(code.data(), code.liveness(), from, &words) {
            Ok(word) => word,
            Err(text) => return Err(self.value_error(text)),
        };
        self.bind_unbound(f)?;
        let frame = f.live.get();
        self.leave_handlers(f, frame, from, to);
        // SAFETY: the frame is live: its event is being reported.
        unsafe { (*frame).pc = code.instrs.add(to as usize) };
        Ok(())
    }

    /// Jumps are for `line` events of this very frame.
    fn check_jump_event(&mut self, f: Ref<FrameObj>) -> Res<()> {
        let text = match self.watch.event {
            None => "f_lineno can only be set in a trace function",
            Some((Event::PyStart, _)) => "can't jump from the 'call' trace event of a new frame",
            Some((Event::Call | Event::CReturn, _)) => "can't jump during a call",
            Some((
                Event::PyReturn
                | Event::PyUnwind
                | Event::PyThrow
                | Event::Raise
                | Event::CRaise
                | Event::Instruction
                | Event::ExceptionHandled,
                _,
            )) => "can only jump from a 'line' trace event",
            Some((_, frame)) if frame != f.live.get() => "can't jump during a call",
            Some(_) => return Ok(()),
        };
        Err(self.value_error(text))
    }

    /// Code may rely on what the jump goes past: every variable gets a value.
    fn bind_unbound(&mut self, f: Ref<FrameObj>) -> Res<()> {
        let unbound: Vec<usize> = (0..f.named())
            .filter(|i| f.register(*i).is_none())
            .collect();
        if unbound.is_empty() {
            return Ok(());
        }
        let n = unbound.len();
        let s = if n == 1 { "" } else { "s" };
        let text = format!("assigning None to {n} unbound local{s}");
        self.warn(self.types.exc.RuntimeWarning, &text, 0)?;
        for i in unbound {
            f.set_register(self, i, Some(Value::NONE));
        }
        Ok(())
    }

    /// Leaving `except` blocks makes what was handled outside of them current again.
    fn leave_handlers(&mut self, f: Ref<FrameObj>, frame: *mut Frame, from: u32, to: u32) {
        let code = f.code;
        let temps = Temps::new(code.data());
        let there = temporaries(code.data(), code.liveness(), to);
        let left = temporaries(code.data(), code.liveness(), from)
            .into_iter()
            .find(|r| !there.contains(r) && temps.kind(from, *r) == Temp::Handled);
        if let Some(reg) = left {
            // SAFETY: a live frame record; the register is in its window.
            unsafe {
                let saved = Value::from_bits((*frame).reg(reg as isize));
                let own = saved.or_else(|| match (*frame).flags & flag::GENERATOR {
                    0 => None,
                    _ => Value::from_bits((*frame).outer_handled),
                });
                self.handled = own;
            }
        }
    }
}
