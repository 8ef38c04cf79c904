//! The constant table, without duplicates. 1, 1.0 and True are different constants, as are
//! 0.0 and -0.0.

use bytecode::Const;
use rustc_hash::FxHashMap;

#[derive(Default)]
pub struct Pool {
    items: Vec<Const>,
    index: FxHashMap<Vec<u8>, u32>,
}

impl Pool {
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn into_items(self) -> Vec<Const> {
        self.items
    }

    /// An index whose constant comes later.
    pub fn reserve(&mut self) -> u32 {
        self.items.push(Const::None);
        self.items.len() as u32 - 1
    }

    /// Fills in a reserved constant.
    pub fn set(&mut self, index: u32, c: Const) {
        self.items[index as usize] = c;
    }

    /// The index of a constant, added when it is new. Code is never shared.
    pub fn index(&mut self, c: Const) -> u32 {
        let next = self.items.len() as u32;
        if !matches!(c, Const::Code(_)) {
            let mut key = Vec::new();
            write_key(&c, &mut key);
            if let Some(i) = self.index.get(&key) {
                return *i;
            }
            self.index.insert(key, next);
        }
        self.items.push(c);
        next
    }
}

fn write_key(c: &Const, out: &mut Vec<u8>) {
    let sized = |out: &mut Vec<u8>, tag: u8, n: usize| {
        out.push(tag);
        out.extend((n as u64).to_le_bytes());
    };
    match c {
        Const::None => out.push(0),
        Const::Ellipsis => out.push(1),
        Const::Bool(b) => out.extend([2, *b as u8]),
        Const::Int(i) => {
            out.push(3);
            out.extend(i.to_le_bytes());
        }
        Const::BigInt { negative, limbs } => {
            sized(out, 4 + *negative as u8, limbs.len());
            limbs.iter().for_each(|l| out.extend(l.to_le_bytes()));
        }
        Const::Float(f) => {
            out.push(6);
            out.extend(f.to_bits().to_le_bytes());
        }
        Const::Complex(a, b) => {
            out.push(7);
            out.extend(a.to_bits().to_le_bytes());
            out.extend(b.to_bits().to_le_bytes());
        }
        Const::Str(s) => {
            sized(out, 8, s.len());
            out.extend(s.as_bytes());
        }
        Const::StrPoints(p) => {
            sized(out, 9, p.len());
            p.iter().for_each(|c| out.extend(c.to_le_bytes()));
        }
        Const::Bytes(b) => {
            sized(out, 10, b.len());
            out.extend(b);
        }
        Const::Tuple(t) => {
            sized(out, 11, t.len());
            t.iter().for_each(|c| write_key(c, out));
        }
        Const::FrozenSet(t) => {
            sized(out, 12, t.len());
            t.iter().for_each(|c| write_key(c, out));
        }
        Const::Slice(parts) => {
            out.push(13);
            parts.iter().for_each(|c| write_key(c, out));
        }
        Const::Code(_) => out.push(14),
    }
}
