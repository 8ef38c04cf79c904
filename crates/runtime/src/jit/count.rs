//! Counting executed bytecodes, for `--debug-perf`: which share ran in compiled code.

use crate::interp::{Handler, TABLE, handler};
use crate::vm::Vm;

/// Every opcode is counted first.
pub static COUNT_TABLE: [Handler; 256] = [count; 256];

handler!(count, s => {
    (*s.vm).jit.interpreted += 1;
    (*s.vm).jit.by_opcode[0][s.w.op_byte() as usize] += 1;
    s.goto(TABLE[s.w.op_byte() as usize])
});

impl Vm {
    /// From now on all bytecodes that this thread runs are counted, in `jit.interpreted` and
    /// `jit.compiled`. What is compiled already does not count.
    pub fn count_bytecodes(&mut self) {
        self.jit.counting = true;
        self.set_plain_handlers();
    }
}
