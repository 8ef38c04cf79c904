//! Delivering an event to the tools that hear of it.

use super::code::is_call_end;
use super::{Event, TOOLS};
use crate::code::CodeObj;
use crate::frame::Frame;
use crate::object::Ref;
use crate::types::code::offset;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// An event in a frame.
#[derive(Clone, Copy)]
pub(super) struct Happening<'a> {
    pub event: Event,
    pub frame: *mut Frame,
    pub word: u32,
    /// What the callback gets after the code (and the offset).
    pub args: &'a [Value],
}

impl Vm {
    /// Calls everyone who hears of an event at a word of the frame's code.
    pub(super) fn fire(&mut self, h: Happening) -> Res<()> {
        // SAFETY: a live frame record.
        let code = unsafe { (*h.frame).code };
        let tools = code.monitor().tools_for(self, h.word, h.event);
        if tools == 0 {
            return Ok(());
        }
        let raised = self.raised.take();
        let outer = self.watch.event.replace((h.event, h.frame));
        self.watch.depth += 1;
        let r = self.tell(code, h, tools);
        self.watch.depth -= 1;
        self.watch.event = outer;
        if r.is_ok() {
            self.raised = raised;
        }
        r
    }

    fn tell(&mut self, code: Ref<CodeObj>, h: Happening, tools: u8) -> Res<()> {
        for tool in (0..super::ALL_TOOLS).rev() {
            if tools & 1 << tool == 0 {
                continue;
            }
            match tool {
                super::TRACE => self.tell_trace(h)?,
                super::PROFILE => self.tell_profile(h)?,
                _ => self.tell_tool(code, h, tool)?,
            }
        }
        Ok(())
    }

    fn tell_tool(&mut self, code: Ref<CodeObj>, h: Happening, tool: usize) -> Res<()> {
        let Some(f) = self.interp().monitor.callbacks[tool][h.event as usize] else {
            return Ok(());
        };
        let mut args = self.new_vec();
        args.push(self, code.value())?;
        if h.event != Event::Line {
            let at = match h.event {
                Event::PyStart => Value::int_unchecked(0),
                _ => offset(h.word),
            };
            args.push(self, at)?;
        }
        args.extend(self, h.args)?;
        let result = self.call_value(f, &args)?;
        if Some(result) != self.interp().monitor.disable {
            return Ok(());
        }
        if h.event.is_local() {
            code.monitor().disable(h.word, h.event, tool);
            // A callback of BRANCH speaks for both ways.
            let callbacks = &self.interp().monitor.callbacks[tool];
            let other = match h.event {
                Event::BranchLeft => Event::BranchRight,
                Event::BranchRight => Event::BranchLeft,
                _ => return Ok(()),
            };
            if callbacks[Event::Branch as usize] == Some(f) {
                code.monitor().disable(h.word, other, tool);
            }
            return Ok(());
        }
        if is_call_end(h.event) {
            return Ok(());
        }
        debug_assert!(tool < TOOLS);
        Err(self.cannot_disable(tool, h.event))
    }
}
