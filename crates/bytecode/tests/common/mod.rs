//! Random code objects and small hand-made ones.
#![allow(dead_code)]

use bytecode::*;

/// xorshift64*: reproducible, no dependency.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 16) % n
    }

    fn wide(&mut self) -> u64 {
        let bits = self.below(64);
        self.next() >> bits
    }

    fn string(&mut self) -> String {
        let alphabet = ['a', 'b', '_', 'é', '日', '😀', '0', '\0'];
        let len = if self.below(40) == 0 {
            300
        } else {
            self.below(6)
        };
        (0..len).map(|_| alphabet[self.below(8) as usize]).collect()
    }

    fn list<T>(&mut self, max: u64, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let n = self.below(max + 1);
        (0..n).map(|_| make(self)).collect()
    }

    fn float(&mut self) -> f64 {
        // NaN would break comparison of the decoded code by ==.
        let x = f64::from_bits(self.next());
        if x.is_nan() { -0.0 } else { x }
    }

    fn constant(&mut self, depth: u64) -> Const {
        let kinds = if depth == 0 { 10 } else { 14 };
        match self.below(kinds) {
            0 => Const::None,
            1 => Const::Ellipsis,
            2 => Const::Bool(self.below(2) == 0),
            3 => Const::Int(self.wide() as i64 * (1 - 2 * self.below(2) as i64)),
            4 => Const::BigInt {
                negative: self.below(2) == 0,
                limbs: self.list(4, Self::next),
            },
            5 => Const::Float(self.float()),
            6 => Const::Complex(self.float(), self.float()),
            7 => Const::Str(self.string()),
            8 => Const::StrPoints(self.list(5, |r| r.below(0x11_0000) as u32)),
            9 => Const::Bytes(self.list(20, |r| r.next() as u8)),
            10 => Const::Tuple(self.list(4, |r| r.constant(depth - 1))),
            11 => Const::FrozenSet(self.list(4, |r| r.constant(depth - 1))),
            12 => Const::Slice(Box::new(std::array::from_fn(|_| self.constant(depth - 1)))),
            _ => Const::Code(Box::new(self.code(depth - 1))),
        }
    }

    pub fn position(&mut self) -> Position {
        let line = self.wide() as u32;
        let col = if self.below(4) == 0 {
            u32::MAX
        } else {
            self.below(90) as u32
        };
        Position {
            line,
            end_line: if self.below(3) == 0 {
                self.wide() as u32
            } else {
                line
            },
            col,
            end_col: if self.below(4) == 0 {
                u32::MAX
            } else {
                col.saturating_add(self.below(20) as u32)
            },
        }
    }

    /// Arbitrary data in the shape of a code object; not valid code.
    pub fn code(&mut self, depth: u64) -> Code {
        let mut positions = PositionTable::default();
        let mut word = 0;
        for _ in 0..self.below(20) {
            let step = if self.below(8) == 0 { 300 } else { 5 };
            word += self.below(step) as u32;
            let position = self.position();
            positions.push(word, position);
        }
        Code {
            name: self.string(),
            qualname: self.string(),
            filename: self.string(),
            first_line: self.wide() as u32,
            flags: CodeFlags::from_bits_retain(self.wide()),
            argcount: self.wide() as u16,
            posonly_argcount: self.wide() as u16,
            kwonly_argcount: self.wide() as u16,
            nregs: self.wide() as u16,
            local_names: self.list(6, Self::string),
            local_is_cell: self.list(6, |r| r.below(2) == 0),
            local_is_hidden: self.list(6, |r| r.below(2) == 0),
            free_names: self.list(3, Self::string),
            names: self.list(6, Self::string),
            consts: self.list(6, |r| r.constant(depth)),
            instrs: self.list(30, |r| {
                let word = r.next();
                // Mostly valid opcodes, so that listings and dataflow get somewhere.
                match r.below(8) {
                    0 => Instr(word),
                    _ => Instr(word & !0xff | r.below(Op::ALL.len() as u64)),
                }
            }),
            ncaches: self.wide() as u32,
            exceptions: self.list(3, |r| ExceptionEntry {
                start: r.below(30) as u32,
                end: r.below(40) as u32,
                handler: r.below(30) as u32,
                exc: r.next() as u16,
            }),
            positions,
        }
    }
}

/// A function with this many named locals and registers.
pub fn function(nlocals: usize, nregs: u16, instrs: Vec<Instr>) -> Code {
    Code {
        name: "f".into(),
        qualname: "f".into(),
        filename: "t.py".into(),
        first_line: 1,
        flags: CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS,
        nregs,
        local_names: (0..nlocals)
            .map(|i| ((b'a' + i as u8) as char).to_string())
            .collect(),
        local_is_cell: vec![false; nlocals],
        local_is_hidden: vec![false; nlocals],
        instrs,
        ..Code::default()
    }
}

pub fn op(op: Op, d: u8, a: u16, b: u16, c: u16) -> Instr {
    Instr::new(op, d, a, b, c)
}

pub fn wide(op: Op, a: u16, bc: i32) -> Instr {
    Instr::wide(op, 0, a, bc as u32)
}

pub fn ret(a: u16) -> Instr {
    op(Op::Return, 0, a, 0, 0)
}
