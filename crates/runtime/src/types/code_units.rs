//! `co_code` and `co_exceptiontable` in CPython's form: what `dis` and `pdb` read.
//!
//! Every word of the register code is one code unit: the instruction of CPython that is nearest to
//! it and has no inline caches, as offsets (`co_lines`, `f_lasti`) count words. In front is RESUME.
//! It is a listing, not a program: operands on CPython's stack have no counterpart.

use bytecode::{Code, Insn, Op, insns};

/// CPython 3.14's numbers (Include/opcode_ids.h).
mod number {
    pub const CACHE: u8 = 0;
    pub const NOP: u8 = 27;
    /// The first opcode that reads its argument.
    pub const HAVE_ARGUMENT: u8 = 44;
    pub const RESUME: u8 = 128;
}

/// An operand as the argument of a code unit.
fn arg(n: u32) -> Option<u8> {
    u8::try_from(n).ok()
}

/// The instruction nearest to one of ours, and its argument.
fn nearest(code: &Code, insn: &Insn) -> Option<(u8, u8)> {
    let w = insn.first;
    let (a, b, c, d) = (u32::from(w.a()), u32::from(w.b()), u32::from(w.c()), w.d());
    let x = insn.second.x();
    let locals = code.local_names.len() as u32;
    Some(match insn.op {
        Op::Move if b < locals => (84, arg(b)?),
        Op::Move if a < locals => (112, arg(a)?),
        Op::LoadConst => (82, arg(w.bc())?),
        Op::LoadInt => (94, arg(w.bc())?),
        Op::CheckLocal => (88, arg(a)?),
        Op::DeleteLocal => (63, arg(a)?),
        Op::MakeCell => (97, arg(a)?),
        Op::LoadCell => (83, arg(b)?),
        Op::StoreCell => (111, arg(a)?),
        Op::DeleteCell => (62, arg(a)?),
        Op::LoadFree => (83, arg(locals + b)?),
        Op::StoreFree => (111, arg(locals + b)?),
        Op::DeleteFree => (62, arg(locals + b)?),
        Op::LoadGlobal | Op::LoadName => (93, arg(x)?),
        Op::StoreGlobal => (115, arg(x)?),
        Op::StoreName => (116, arg(x)?),
        Op::DeleteGlobal => (64, arg(x)?),
        Op::DeleteName => (65, arg(x)?),
        Op::DeleteAttr => (61, arg(x)?),
        Op::ImportName => (73, arg(x)?),
        Op::ImportFrom => (72, arg(x)?),
        Op::Is => (74, d),
        Op::Jump => {
            let units = insn.jump_target()? - i64::from(insn.next());
            (77, arg(u32::try_from(units).ok()?)?)
        }
        Op::BuildTuple => (51, arg(c)?),
        Op::BuildList => (46, arg(c)?),
        Op::BuildSet => (48, arg(c)?),
        Op::BuildMap => (47, arg(c)?),
        Op::BuildSlice => (49, arg(c)?),
        Op::BuildString => (50, arg(c)?),
        Op::ListAppend => (78, 1),
        Op::ListExtend => (79, 1),
        Op::SetAdd => (107, 1),
        Op::SetUpdate => (109, 1),
        Op::MapSet => (98, 1),
        Op::MapUpdate => (67, 1),
        Op::MapMerge => (66, 1),
        Op::Raise => (104, d),
        op => (plain(op)?, 0),
    })
}

/// Instructions that have no argument, or none that matters.
fn plain(op: Op) -> Option<u8> {
    Some(match op {
        Op::LoadLocals => 22,
        Op::LoadBuildClass => 21,
        Op::GetSlice => 1,
        Op::SetSlice => 37,
        Op::DeleteItem => 8,
        Op::Neg => 41,
        Op::Invert => 40,
        Op::Not => 42,
        Op::GetIter => 16,
        Op::CallEx => 4,
        Op::Return => 35,
        Op::ReturnGenerator => 34,
        Op::Yield => 120,
        Op::GetYieldFromIter => 19,
        Op::GetAwaitable => 71,
        Op::GetAIter => 14,
        Op::GetANext => 15,
        Op::MakeFunction => 23,
        Op::PushExc => 32,
        Op::PopExc => 29,
        Op::ExcMatch => 6,
        Op::ExcGroupMatch => 5,
        Op::Reraise => 105,
        Op::WithExcept => 43,
        Op::GetLen => 18,
        Op::MatchMapping => 25,
        Op::MatchSequence => 26,
        Op::MatchKeys => 24,
        _ => return None,
    })
}

/// A byte that differs between most different words.
fn digest(word: u64) -> u8 {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8
}

/// `co_code`.
pub fn code_units(code: &Code) -> Vec<u8> {
    let mut out = vec![number::RESUME, 0];
    for insn in insns(&code.instrs).map_while(Result::ok) {
        let (op, arg) = nearest(code, &insn).unwrap_or((number::NOP, 0));
        // Where no argument is read, one tells instructions apart that are listed alike.
        let arg = if op < number::HAVE_ARGUMENT {
            digest(insn.first.0)
        } else {
            arg
        };
        out.extend([op, arg]);
        for word in insn.word + 1..insn.next() {
            out.extend([number::CACHE, digest(code.instrs[word as usize].0)]);
        }
    }
    out
}

/// `co_exceptiontable`: for each range its start, length and handler in units, and depth of the
/// stack with a flag, in groups of six bits (Objects/exception_handling_notes.txt).
pub fn exception_table(code: &Code) -> Vec<u8> {
    let mut out = Vec::new();
    for e in &code.exceptions {
        let first = out.len();
        // RESUME is the first unit.
        for n in [e.start + 1, e.end - e.start, e.handler + 1, 0] {
            six_bits(&mut out, n);
        }
        out[first] |= 0x80;
    }
    out
}

/// A number in groups of six bits, the highest first; 64 says that another group follows.
fn six_bits(out: &mut Vec<u8>, n: u32) {
    let groups = (1..6).find(|g| n >> (6 * g) == 0).unwrap_or(6);
    for g in (0..groups).rev() {
        let more = if g > 0 { 0x40 } else { 0 };
        out.push(more | (n >> (6 * g) & 0x3f) as u8);
    }
}

/// `co_lnotab`: steps of offsets and lines, as CPython up to 3.9 had them.
pub fn lnotab(ranges: impl Iterator<Item = (i64, u32)>, first_line: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut offset, mut line) = (0, i64::from(first_line));
    for (start, next) in ranges {
        let (mut bytes, mut lines) = (start - offset, i64::from(next) - line);
        (offset, line) = (start, i64::from(next));
        while bytes > 255 {
            out.extend([255, 0]);
            bytes -= 255;
        }
        while !(-128..=127).contains(&lines) {
            let step: i64 = if lines > 0 { 127 } else { -128 };
            out.extend([bytes as u8, step as i8 as u8]);
            bytes = 0;
            lines -= step;
        }
        out.extend([bytes as u8, lines as i8 as u8]);
    }
    out
}
