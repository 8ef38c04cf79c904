//! The engine: values, objects, builtin types, the interpreter, calls and errors.

extern crate self as runtime;

pub mod alloc;
pub mod attr;
pub mod buffer;
pub mod call;
pub mod class;
pub mod code;
pub mod codec;
mod construct;
pub mod convert;
pub mod dict;
pub mod errors;
pub mod exit;
pub mod frame;
pub mod frame_object;
pub mod import;
pub mod init;
pub mod interp;
pub mod jit;
pub mod lookup;
pub mod module;
pub mod names;
pub mod native;
pub mod numops;
pub mod object;
pub mod ops;
pub mod os;
pub mod payload;
pub mod poll;
pub mod signals;
pub mod strs;
pub mod structseq;
pub mod suggest;
pub mod threads;
pub mod trace;
pub mod traceback_print;
pub mod types;
pub mod value;
pub mod vm;
pub mod warnings;
pub mod weak;

pub use object::{Kind, Ref};
pub use value::{Raised, Res, Value};
pub use vm::Vm;
