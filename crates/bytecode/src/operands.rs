//! Instructions decoded by the opcode table: fields, registers used, jump targets.

use crate::opcodes::{Count, Effects, Intrinsic};
use crate::{Field, Instr, Op, Role};

/// How registers of an operand are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
    ReadWrite,
    /// Written unless the instruction jumps.
    WriteFall,
}

/// Consecutive registers used by an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegUse {
    /// First register.
    pub first: u32,
    /// How many; may be 0. `first + count` can be beyond the frame in code not verified.
    pub count: u32,
    pub access: Access,
}

impl RegUse {
    /// One past the last register.
    pub fn end(self) -> u32 {
        self.first.saturating_add(self.count)
    }
}

/// A decoded instruction.
#[derive(Clone, Copy, Debug)]
pub struct Insn {
    /// Index of its first word.
    pub word: u32,
    pub op: Op,
    pub first: Instr,
    /// The second word; zero for one-word instructions.
    pub second: Instr,
}

/// Why a word is no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadInstr {
    /// The index is beyond the end.
    OutOfRange,
    /// The byte is no opcode.
    Opcode(u8),
    /// The second word is missing.
    Truncated,
}

impl Insn {
    /// The instruction whose first word is `word`.
    pub fn at(instrs: &[Instr], word: u32) -> Result<Insn, BadInstr> {
        let first = *instrs.get(word as usize).ok_or(BadInstr::OutOfRange)?;
        let op = first.op().ok_or(BadInstr::Opcode(first.op_byte()))?;
        let second = if op.words() == 2 {
            *instrs.get(word as usize + 1).ok_or(BadInstr::Truncated)?
        } else {
            Instr(0)
        };
        Ok(Insn {
            word,
            op,
            first,
            second,
        })
    }

    /// The word after this instruction.
    #[inline]
    pub fn next(&self) -> u32 {
        self.word + self.op.words() as u32
    }

    /// Its effects.
    #[inline]
    pub fn effects(&self) -> Effects {
        self.op.info().effects
    }

    /// A field, unsigned.
    #[inline]
    pub fn field(&self, field: Field) -> u32 {
        match field {
            Field::A => self.first.a() as u32,
            Field::B => self.first.b() as u32,
            Field::C => self.first.c() as u32,
            Field::D => self.first.d() as u32,
            Field::Bc => self.first.bc(),
            Field::X => self.second.x(),
            Field::Y => self.second.y(),
        }
    }

    /// A field, sign-extended from its width.
    #[inline]
    pub fn signed(&self, field: Field) -> i32 {
        let n = self.field(field);
        match field {
            Field::A | Field::B | Field::C => n as u16 as i16 as i32,
            Field::D => n as u8 as i8 as i32,
            Field::Bc | Field::X | Field::Y => n as i32,
        }
    }

    /// How many registers a count covers here.
    pub fn count(&self, count: Count) -> u32 {
        let d = self.first.d();
        match count {
            Count::Call => self.field(Field::C) + 1 + d as u32,
            Count::Unpack => (self.field(Field::C) + 1).saturating_add(self.field(Field::X)),
            Count::Bits => d.count_ones(),
            Count::Interpolation => 2 + u32::from(d & 4 != 0),
            Count::Intrinsic => Intrinsic::from_u8(d).map_or(0, |i| i.arity() as u32),
        }
    }

    /// The registers an operand covers; None when its role is no register.
    pub fn reg_use(&self, field: Field, role: Role) -> Option<RegUse> {
        let (access, count) = match role {
            Role::Out => (Access::Write, 1),
            Role::OutFall => (Access::WriteFall, 1),
            Role::In => (Access::Read, 1),
            Role::InOut => (Access::ReadWrite, 1),
            Role::OutPair => (Access::Write, 2),
            Role::InPair => (Access::Read, 2),
            Role::InWhen(mask) => {
                let d = self.first.d();
                let read = d < 8 && mask >> d & 1 != 0;
                (Access::Read, u32::from(read))
            }
            Role::Range(f, mul, add) => (Access::Read, self.linear(f, mul, add)),
            Role::OutRange(f, mul, add) => (Access::Write, self.linear(f, mul, add)),
            Role::RangeOf(count) => (Access::Read, self.count(count)),
            Role::OutRangeOf(count) => (Access::Write, self.count(count)),
            Role::Imm
            | Role::SImm
            | Role::Sel
            | Role::SelTo(_)
            | Role::Konst
            | Role::Name
            | Role::Free
            | Role::Jump
            | Role::Cache => return None,
        };
        Some(RegUse {
            first: self.field(field),
            count,
            access,
        })
    }

    fn linear(&self, field: Field, mul: u16, add: u16) -> u32 {
        let n = self.field(field) as u64 * mul as u64 + add as u64;
        n.min(u32::MAX as u64) as u32
    }

    /// All registers it uses, operand by operand.
    pub fn regs(&self) -> impl Iterator<Item = RegUse> {
        let info = self.op.info();
        info.operands
            .iter()
            .filter_map(|&(field, _, role)| self.reg_use(field, role))
    }

    /// Where it may jump to, as a word index that can be out of range in code not verified.
    pub fn jump_target(&self) -> Option<i64> {
        let info = self.op.info();
        let (field, ..) = info.operands.iter().find(|o| o.2 == Role::Jump)?;
        Some(self.word as i64 + self.signed(*field) as i64)
    }

    /// For a call that gives registers to its callee (`Effects::WINDOW`): the first of them.
    pub fn call_base(&self) -> Option<u32> {
        if !self.effects().contains(Effects::WINDOW) {
            return None;
        }
        self.regs()
            .find(|r| r.access == Access::Read)
            .map(|r| r.first)
    }
}

/// The instructions of `instrs` in order; ends after the first error.
pub fn insns(instrs: &[Instr]) -> impl Iterator<Item = Result<Insn, BadInstr>> {
    let mut word = Some(0u32);
    std::iter::from_fn(move || {
        let at = word?;
        if at as usize >= instrs.len() {
            return None;
        }
        let insn = Insn::at(instrs, at);
        word = insn.ok().map(|i| i.next());
        Some(insn)
    })
}

/// Bit set of the words where instructions start, up to the first that is malformed.
pub fn instr_starts(instrs: &[Instr]) -> crate::BitSet {
    let mut starts = crate::BitSet::new(instrs.len());
    for insn in insns(instrs).flatten() {
        starts.insert(insn.word as usize);
    }
    starts
}
