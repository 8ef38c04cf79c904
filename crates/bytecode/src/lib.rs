//! Register bytecode: the opcode table, code objects and their side tables.
//!
//! This crate knows nothing of values, the heap or the interpreter.

pub mod code;
pub mod instr;
pub mod opcodes;
pub mod positions;

pub use code::{Code, CodeFlags, Const, ExceptionEntry};
pub use instr::Instr;
pub use opcodes::{Field, Op, OpInfo, Role};
pub use positions::{Position, PositionTable};
