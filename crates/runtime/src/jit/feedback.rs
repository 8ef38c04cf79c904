//! Type feedback: what the operands of instructions were while a profiling table was on.

use crate::interp::{Cx, Handler, TABLE, handler};
use crate::object::*;
use crate::value::Value;
use crate::vm::Vm;
use bytecode::{Instr, Op};
use std::collections::HashMap;

/// Sets of types of words, one bit each.
pub mod types {
    pub const UNBOUND: u32 = 1;
    pub const INT: u32 = 2;
    pub const FLOAT: u32 = 4;
    pub const BOOL: u32 = 8;
    pub const NONE: u32 = 0x10;
    pub const BIG_INT: u32 = 0x20;
    pub const STR: u32 = 0x40;
    pub const LIST: u32 = 0x80;
    pub const TUPLE: u32 = 0x100;
    pub const DICT: u32 = 0x200;
    pub const RANGE_ITER: u32 = 0x400;
    pub const LIST_ITER: u32 = 0x800;
    pub const GENERATOR: u32 = 0x1000;
    pub const INSTANCE: u32 = 0x2000;
    pub const FUNCTION: u32 = 0x4000;
    pub const OTHER: u32 = 0x8000;
    pub const SET: u32 = 0x1_0000;
    pub const RANGE: u32 = 0x2_0000;
}

/// The type of a word as a set of one.
pub fn type_of(bits: u64) -> u32 {
    let Some(v) = Value::from_bits(bits) else {
        return types::UNBOUND;
    };
    if v.is_small_int() {
        return types::INT;
    }
    if v.is_float() {
        return types::FLOAT;
    }
    if !v.is_cell() {
        return match v {
            Value::TRUE | Value::FALSE => types::BOOL,
            Value::NONE => types::NONE,
            _ => types::OTHER,
        };
    }
    const EXACT: [(Kind, u32); 12] = [
        (Kind::List, types::LIST),
        (Kind::Tuple, types::TUPLE),
        (Kind::Str, types::STR),
        (Kind::Dict, types::DICT),
        (Kind::Int, types::BIG_INT),
        (Kind::RangeIter, types::RANGE_ITER),
        (Kind::ListIter, types::LIST_ITER),
        (Kind::Generator, types::GENERATOR),
        (Kind::Function, types::FUNCTION),
        (Kind::Set, types::SET),
        (Kind::FrozenSet, types::SET),
        (Kind::Range, types::RANGE),
    ];
    let id = v.shape_id();
    match EXACT.iter().find(|e| e.0 as u32 == id) {
        Some(e) => e.1,
        None if v.is_kind(Kind::Instance) => types::INSTANCE,
        None => types::OTHER,
    }
}

/// What one instruction met.
#[derive(Clone, Copy, Default)]
pub struct Site {
    /// Types of its first, second and third operand.
    pub operands: [u32; 3],
    /// The callee, while it was always the same one; `MANY` otherwise.
    pub callee: u64,
    /// Shapes of the object whose attribute it accesses; zeros at the end.
    pub shapes: [u32; MAX_SHAPES],
    /// There were more.
    pub many_shapes: bool,
    /// Units given up because a guard of this instruction failed too often.
    pub given_up: u8,
    /// That happened again and again: do not speculate any more.
    pub unstable: bool,
}

/// Most shapes that a site records.
pub const MAX_SHAPES: usize = 8;

impl Site {
    /// Notes the shape of an object whose attribute is accessed.
    pub fn add_shape(&mut self, vm: &Vm, shape: u32) {
        if shape == 0 || self.shapes.contains(&shape) {
            return;
        }
        if self.shapes.iter().all(|s| *s != 0) {
            self.forget_old_shapes(vm);
        }
        match self.shapes.iter_mut().find(|s| **s == 0) {
            Some(free) => *free = shape,
            None => self.many_shapes = true,
        }
    }
    /// Forgets the shapes of instances that were made before their classes had learnt how many
    /// slots they need: new ones do not have them.
    fn forget_old_shapes(&mut self, vm: &Vm) {
        let mut left = self.shapes.into_iter().filter(|id| {
            let shape = vm.shape(*id);
            *id < 128 || shape.inline_cap == shape.class.inline_cap.get()
        });
        self.shapes = std::array::from_fn(|_| left.next().unwrap_or(0));
    }
    /// The shapes that were met.
    pub fn shapes(&self) -> impl Iterator<Item = u32> {
        self.shapes.into_iter().filter(|s| *s != 0)
    }
}

/// The register with the object whose shape counts for an instruction: whose attribute it
/// accesses, or whose operator it uses.
pub fn shape_operand(w: Instr) -> Option<u16> {
    match w.op()? {
        Op::LoadAttr | Op::LoadMethod | Op::Add | Op::Sub | Op::Mul | Op::TrueDiv => Some(w.b()),
        Op::StoreAttr => Some(w.a()),
        _ => None,
    }
}

/// `Site::callee` of different callees.
pub const MANY: u64 = 1;

/// The feedback of a code object.
pub struct Feedback {
    sites: Vec<Site>,
    /// For loop headers: the types that each register had at back-edges.
    headers: HashMap<u32, Vec<u32>>,
}

impl Feedback {
    /// For code of that many words.
    pub fn new(words: usize) -> Feedback {
        Feedback {
            sites: vec![Site::default(); words],
            headers: HashMap::new(),
        }
    }
    pub fn site(&self, word: u32) -> Site {
        self.sites.get(word as usize).copied().unwrap_or_default()
    }
    /// The recorded shapes.
    pub fn shapes(&self) -> impl Iterator<Item = u32> + '_ {
        self.sites.iter().flat_map(Site::shapes)
    }
    /// The recorded callees.
    pub fn callees(&self) -> impl Iterator<Item = u64> + '_ {
        self.sites.iter().map(|s| s.callee).filter(|c| *c > MANY)
    }
    pub fn site_mut(&mut self, word: u32) -> Option<&mut Site> {
        self.sites.get_mut(word as usize)
    }
    /// Types of the registers at the loop header at `word`; empty when it was not recorded.
    pub fn header(&self, word: u32) -> &[u32] {
        self.headers.get(&word).map_or(&[], Vec::as_slice)
    }
    /// Adds what the registers hold now.
    pub fn record_header(&mut self, word: u32, regs: *const u64, nregs: usize) {
        let masks = self.headers.entry(word).or_insert_with(|| vec![0; nregs]);
        for (i, m) in masks.iter_mut().enumerate() {
            // SAFETY: registers below nregs are in the window.
            *m |= type_of(unsafe { *regs.add(i) });
        }
    }
}

/// Every opcode goes through the recording handler first.
pub static PROFILE_TABLE: [Handler; 256] = [profile; 256];

/// Instructions recorded each time a code object is looked at.
pub const CREDITS: u32 = 600;

handler!(profile, s => {
    if record(s) {
        return s.goto(TABLE[s.w.op_byte() as usize]);
    }
    // The thread's own table may be another one by now: somebody traces.
    (Cx { table: (*s.vm).table.cast(), ..s }).dispatch()
});

/// Which registers of an instruction are recorded: the fields a, b, c in that order.
fn recorded(op: Op) -> &'static [u8] {
    use Op::*;
    match op {
        Add | Sub | Mul | TrueDiv | FloorDiv | Mod | And | Or | Xor | Lshift | Rshift | Pow
        | MatMul | Lt | Le | Eq | Ne | Gt | Ge | GetItem | Contains => b"bc",
        AddI | SubI | MulI | FloorDivI | ModI | Neg | Pos | Invert | Not | ToBool | GetItemI
        | ForIter | UnpackSeq | GetIter | LoadAttr | LoadMethod | GetLen | PushExc => b"b",
        JumpLt | JumpLe | JumpEq | JumpNe | JumpGt | JumpGe => b"ab",
        JumpLtI | JumpLeI | JumpEqI | JumpNeI | JumpGtI | JumpGeI | JumpIfTrue | JumpIfFalse
        | StoreAttr => b"a",
        SetItem => b"abc",
        _ => b"",
    }
}

/// Records the operands of the instruction that is about to run. False: stop recording.
#[inline(never)]
unsafe fn record(s: Cx) -> bool {
    // SAFETY: handler state.
    unsafe {
        let vm = &mut *s.vm;
        if vm.jit.credits == 0 {
            return false;
        }
        vm.jit.credits -= 1;
        vm.jit.interpreted += 1;
        let code = (*vm.frame).code;
        if !code.is_warm() {
            return true;
        }
        let Some(op) = s.w.op() else { return true };
        let word = code.word_of(s.pc);
        let mut feedback = code.jit_state().feedback.borrow_mut();
        if op == Op::JumpBack {
            let target = (word as i64 + s.w.off32() as i64) as u32;
            feedback.record_header(target, s.regs, code.nregs as usize);
            return true;
        }
        let fields = recorded(op);
        let Some(site) = feedback.site_mut(word) else {
            return true;
        };
        for (i, field) in fields.iter().enumerate() {
            let reg = match field {
                b'a' => s.w.a(),
                b'b' => s.w.b(),
                _ => s.w.c(),
            };
            site.operands[i] |= type_of(s.bits(reg));
        }
        if let Some(r) = shape_operand(s.w) {
            site.add_shape(vm, Value::from_bits(s.bits(r)).map_or(0, Value::shape_id));
        }
        if matches!(op, Op::Call | Op::CallMethod) {
            let mut callee = s.bits(s.w.b());
            if op == Op::CallMethod && callee == 0 {
                callee = s.bits(s.w.b() + 1);
            }
            record_callee(site, callee);
            if s.w.c() > 0 {
                // The first argument that is written out.
                let first = s.w.b() + 1 + u16::from(op == Op::CallMethod);
                site.operands[0] |= type_of(s.bits(first));
            }
        }
        true
    }
}

/// Functions count by their code: closures of one definition are one callee.
fn record_callee(site: &mut Site, callee: u64) {
    let key = match Value::from_bits(callee) {
        // SAFETY: the kind was checked.
        Some(f) if f.is_kind(Kind::Function) => unsafe {
            f.cast::<FunctionObj>().code.get().value().bits()
        },
        _ => callee,
    };
    site.callee = match site.callee {
        0 => key,
        old if old == key => key,
        _ => MANY,
    };
}
