//! Work in progress: each of these moves to its own file as it is written.

use crate::value::Res;
use crate::vm::Vm;

impl Vm {
    pub fn run_signal_handlers(&mut self) -> Res<()> {
        Ok(())
    }
    pub fn yield_lock(&mut self) {}
    pub fn warn(&mut self, _class: Ref<TypeObj>, _text: &str, _level: usize) -> Res<()> {
        Ok(())
    }
}
