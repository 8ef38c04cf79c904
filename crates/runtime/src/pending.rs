//! Work in progress: each of these moves to its own file as it is written.

use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

macro_rules! pending {
    ($($name:ident ( $($arg:ident : $ty:ty),* );)*) => {
        impl Vm { $(
            pub fn $name(&mut self, $(_: $ty),*) -> Res {
                Err(self.not_implemented_error(stringify!($name)))
            }
        )* }
    };
}
pending! {}

impl Vm {
    pub fn warn(&mut self, _class: Ref<TypeObj>, _text: &str, _level: usize) -> Res<()> {
        Ok(())
    }
    pub fn write_unraisable(&mut self, _v: Value) {
        self.raised = None;
    }
    pub fn run_signal_handlers(&mut self) -> Res<()> {
        Ok(())
    }
    pub fn yield_lock(&mut self) {}
}
