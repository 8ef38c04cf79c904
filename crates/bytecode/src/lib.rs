//! Register bytecode: the opcode table, code objects and their side tables.
//!
//! This crate knows nothing of values, the heap or the interpreter.

pub mod bitset;
pub mod branches;
pub mod code;
pub mod dis;
pub mod instr;
mod kinds;
pub mod lines;
pub mod liveness;
pub mod opcodes;
pub mod operands;
pub mod positions;
pub mod reference;
pub mod serial;
pub mod verify;

pub use bitset::BitSet;
pub use code::{Code, CodeFlags, Const, ExceptionEntry};
pub use instr::Instr;
pub use liveness::Liveness;
pub use opcodes::{Count, Effects, Field, Intrinsic, Op, OpInfo, Role};
pub use operands::{Insn, insns};
pub use positions::{Position, PositionTable};
pub use serial::{DecodeError, decode, encode};
pub use verify::{verify, verify_alone};
