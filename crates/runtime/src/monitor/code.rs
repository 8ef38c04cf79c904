//! What the watching knows of a code object.

use super::{ALL_TOOLS, Event, TOOLS};
use crate::code::CodeObj;
use crate::frame::Frame;
use crate::vm::Vm;
use bytecode::branches::{self, AsyncLoop};
use bytecode::lines::{self, LineStarts};
use bytecode::{Code, Insn};
use std::collections::HashMap;

/// Made when the code first runs watched, or a tool sets events for it.
pub struct CodeMonitor {
    /// Events set for this code, by tool.
    pub local: [u32; TOOLS],
    pub lines: LineStarts,
    /// The line of each word; 0 for none.
    line_of: Vec<u32>,
    pub async_loops: Vec<AsyncLoop>,
    /// First word after making the generator and the cells: where PY_START happens.
    pub first: u32,
    /// `Monitor::restarts` when `disabled` was last emptied.
    restarts: u32,
    /// Tools that wanted no more of an event at a word.
    disabled: HashMap<(u32, Event), u8>,
}

impl std::hash::Hash for Event {
    fn hash<H: std::hash::Hasher>(&self, h: &mut H) {
        (*self as u8).hash(h);
    }
}

impl CodeMonitor {
    fn new(code: &Code) -> Self {
        let line_of = lines::co_positions(code).map(|p| p.map_or(0, |p| p.line));
        CodeMonitor {
            local: [0; TOOLS],
            lines: LineStarts::new(code),
            line_of: line_of.collect(),
            async_loops: branches::async_loops(code),
            first: lines::first_traceable(code),
            restarts: 0,
            disabled: HashMap::new(),
        }
    }

    /// The line of a word; 0 for none.
    pub fn line(&self, word: u32) -> u32 {
        self.line_of.get(word as usize).copied().unwrap_or(0)
    }

    /// A tool wants no more of an event at a word.
    pub fn disable(&mut self, word: u32, event: Event, tool: usize) {
        *self.disabled.entry((word, event)).or_default() |= 1 << tool;
    }

    /// The tools that hear of an event at a word, as bits.
    pub fn tools_for(&mut self, vm: &Vm, word: u32, event: Event) -> u8 {
        let global = vm.events_of_tools();
        let mut tools = 0;
        for (tool, events) in global.iter().enumerate() {
            let local = if event.is_local() || is_call_end(event) {
                self.local.get(tool).copied().unwrap_or(0)
            } else {
                0
            };
            tools |= u8::from((events | local) & event.bit() != 0) << tool;
        }
        if tools == 0 {
            return 0;
        }
        let now = vm.interp().monitor.restarts;
        if self.restarts != now {
            self.restarts = now;
            self.disabled.clear();
        }
        if self.disabled.is_empty() {
            return tools;
        }
        tools & !self.disabled.get(&(word, event)).copied().unwrap_or(0)
    }

    /// All events of this code that some tool hears of.
    pub fn events(&self, vm: &Vm) -> u32 {
        let global: [u32; ALL_TOOLS] = vm.events_of_tools();
        global.iter().chain(&self.local).fold(0, |all, e| all | e)
    }
}

/// C_RETURN and C_RAISE come with CALL and are local as it is.
pub fn is_call_end(event: Event) -> bool {
    matches!(event, Event::CReturn | Event::CRaise)
}

impl CodeObj {
    /// The watching's part of the code, made at the first use.
    #[allow(clippy::mut_from_ref)]
    pub fn monitor(&self) -> &mut CodeMonitor {
        if self.monitor.get().is_null() {
            let made = Box::new(CodeMonitor::new(self.data()));
            self.monitor.set(Box::into_raw(made));
        }
        // SAFETY: a box owned by this cell; callers keep the reference for no longer than a look.
        unsafe { &mut *self.monitor.get() }
    }
}

/// The instruction at which a frame is.
pub fn current(frame: &Frame) -> Option<Insn> {
    let word = frame.code.word_of(frame.pc);
    Insn::at(&frame.code.data().instrs, word).ok()
}
