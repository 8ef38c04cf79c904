//! Events that native code fires for code of its own (PyMonitoring_Fire... in CPython).

use super::{Event, NAMES, TOOLS};
use crate::value::{Res, Value};
use crate::vm::Vm;

/// What is left of an event at one place of such code.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    event: u8,
    /// Tools that hear of it, as bits.
    tools: u8,
    /// Event sets the tools were taken from.
    version: Option<u32>,
}

impl Place {
    /// The place is about to be used for an event: tools that have since come hear of it.
    pub fn enter(&mut self, vm: &Vm, event: Event) {
        let now = vm.interp().monitor.version;
        if self.version == Some(now) && self.event == event as u8 {
            return;
        }
        let global = vm.interp().monitor.global.iter().enumerate();
        self.tools = global.fold(0, |all, (tool, events)| {
            all | u8::from(events & event.bit() != 0) << tool
        });
        self.event = event as u8;
        self.version = Some(now);
    }
}

impl Vm {
    /// Fires an event at a place of code-like object; gives the place as it is afterwards.
    pub fn fire_foreign(
        &mut self,
        mut place: Place,
        event: Event,
        code: Value,
        args: &[Value],
    ) -> Res<Place> {
        if self.watch.depth > 0 {
            return Ok(place);
        }
        for tool in (0..TOOLS).rev() {
            if place.tools & 1 << tool == 0 {
                continue;
            }
            let Some(f) = self.interp().monitor.callbacks[tool][event as usize] else {
                continue;
            };
            let mut all = self.new_vec();
            all.push(self, code)?;
            all.extend(self, args)?;
            self.watch.depth += 1;
            let result = self.call_value(f, &all);
            self.watch.depth -= 1;
            if Some(result?) != self.interp().monitor.disable {
                continue;
            }
            if !event.is_local() {
                return Err(self.cannot_disable(tool, event));
            }
            place.tools &= !(1 << tool);
        }
        Ok(place)
    }

    /// A callback asked for something that its event does not have.
    pub(super) fn cannot_disable(&mut self, tool: usize, event: Event) -> crate::value::Raised {
        self.interp().monitor.callbacks[tool][event as usize] = None;
        let name = NAMES[event as usize];
        self.value_error(&format!("Cannot disable {name} events. Callback removed."))
    }
}
