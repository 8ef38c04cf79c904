//! Code objects as the compiler makes them: plain data that serialises.

use crate::{Instr, PositionTable};
use bitflags::bitflags;

bitflags! {
    /// `co_flags` (CPython's Include/cpython/code.h) in the low half, our own above bit 32.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct CodeFlags: u64 {
        const OPTIMIZED = 0x1;
        const NEWLOCALS = 0x2;
        const VARARGS = 0x4;
        const VARKEYWORDS = 0x8;
        const NESTED = 0x10;
        const GENERATOR = 0x20;
        const COROUTINE = 0x80;
        const ITERABLE_COROUTINE = 0x100;
        const ASYNC_GENERATOR = 0x200;
        const FUTURE_DIVISION = 0x20000;
        const FUTURE_ABSOLUTE_IMPORT = 0x40000;
        const FUTURE_WITH_STATEMENT = 0x80000;
        const FUTURE_PRINT_FUNCTION = 0x100000;
        const FUTURE_UNICODE_LITERALS = 0x200000;
        const FUTURE_BARRY_AS_BDFL = 0x400000;
        const FUTURE_GENERATOR_STOP = 0x800000;
        const FUTURE_ANNOTATIONS = 0x1000000;
        const HAS_DOCSTRING = 0x4000000;
        const METHOD = 0x8000000;
        /// R[0] is a locals mapping: module, class body, exec/eval code.
        const NAMESPACE = 1 << 32;
        /// A class body.
        const CLASS_BODY = 1 << 33;
        /// Top-level await allowed (PyCF_ALLOW_TOP_LEVEL_AWAIT).
        const TOP_LEVEL_AWAIT = 1 << 34;
        /// Code whose frames are suspended and resumed.
        const RESUMABLE = 0x20 | 0x80 | 0x200;
    }
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    None,
    Ellipsis,
    Bool(bool),
    /// Any int that fits i64.
    Int(i64),
    /// A larger int, as little-endian magnitude limbs and a sign.
    BigInt {
        negative: bool,
        limbs: Vec<u64>,
    },
    Float(f64),
    Complex(f64, f64),
    /// A string without lone surrogates.
    Str(String),
    /// A string with lone surrogates, as code points.
    StrPoints(Vec<u32>),
    Bytes(Vec<u8>),
    Tuple(Vec<Const>),
    FrozenSet(Vec<Const>),
    /// slice(start, stop, step)
    Slice(Box<[Const; 3]>),
    Code(Box<Code>),
}

/// While the pc is in `start..end` (word indices) an exception is put in register `exc` and
/// control goes to `handler`. The first matching entry counts: inner ranges come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    pub start: u32,
    pub end: u32,
    pub handler: u32,
    pub exc: u16,
}

/// The compiled form of a module, class body, function, lambda or comprehension.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Code {
    pub name: String,
    pub qualname: String,
    pub filename: String,
    pub first_line: u32,
    pub flags: CodeFlags,
    /// Positional parameters (positional-only included), without `*args`.
    pub argcount: u16,
    pub posonly_argcount: u16,
    pub kwonly_argcount: u16,
    /// Registers of the frame: locals and temporaries.
    pub nregs: u16,
    /// Names of registers 0..nlocals, in order (parameters first). In namespace code empty
    /// although R[0] is taken, unless there are cells (`__class__`) or variables of inlined
    /// comprehensions: then R[0] has the empty name. Locals that live in cells are included, and so are the iteration
    /// variables of inlined comprehensions (PEP 709) under their own names.
    pub local_names: Vec<String>,
    /// For each local: it lives in a cell.
    pub local_is_cell: Vec<bool>,
    /// For each local: hidden from locals() and co_varnames (inlined comprehension targets).
    pub local_is_hidden: Vec<bool>,
    pub free_names: Vec<String>,
    /// Attribute, global and import names, indexed by operands of role Name.
    pub names: Vec<String>,
    pub consts: Vec<Const>,
    pub instrs: Vec<Instr>,
    pub ncaches: u32,
    pub exceptions: Vec<ExceptionEntry>,
    pub positions: PositionTable,
}

impl Code {
    /// How many registers hold named locals, from R[0] on: in namespace code at least 1 (the
    /// mapping). They always count as live; the registers above are temporaries.
    pub fn named_regs(&self) -> u32 {
        let names = self.local_names.len() as u32;
        if self.flags.contains(CodeFlags::NAMESPACE) {
            names.max(1)
        } else {
            names
        }
    }

    /// Is this generator, coroutine or async generator code?
    pub fn is_resumable(&self) -> bool {
        self.flags.intersects(CodeFlags::RESUMABLE)
    }

    /// The exception table entry that applies at `word`.
    pub fn handler_at(&self, word: u32) -> Option<&ExceptionEntry> {
        self.exceptions
            .iter()
            .find(|e| e.start <= word && word < e.end)
    }
}

impl std::fmt::Debug for Instr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Instr({:#018x})", self.0)
    }
}
