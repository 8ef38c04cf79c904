//! Writing blobs.

use super::format::*;
use super::positions;
use crate::{Code, Const};
use std::collections::HashMap;

/// The serialised form of `code` and everything nested in it. Panics only when it would exceed
/// 4 GiB. Code nested deeper than `MAX_NESTING` encodes, but is refused when decoded.
pub fn encode(code: &Code) -> Vec<u8> {
    let mut encoder = Encoder {
        out: vec![0; BLOB_HEAD],
        ids: HashMap::new(),
        strings: Vec::new(),
        filenames: HashMap::new(),
    };
    encoder.record(code);
    encoder.finish()
}

struct Encoder<'c> {
    out: Vec<u8>,
    ids: HashMap<&'c str, u32>,
    strings: Vec<&'c str>,
    /// File names are shared whatever their length.
    filenames: HashMap<&'c str, u32>,
}

fn small(n: usize) -> u32 {
    u32::try_from(n).expect("serialised code is under 4 GiB")
}

impl<'c> Encoder<'c> {
    fn u16(&mut self, n: u16) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    fn u32(&mut self, n: u32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    fn u64(&mut self, n: u64) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    fn patch(&mut self, at: usize, n: u32) {
        self.out[at..at + 4].copy_from_slice(&n.to_le_bytes());
    }

    fn align(&mut self) {
        self.out.resize(self.out.len().next_multiple_of(8), 0);
    }

    fn new_string(&mut self, s: &'c str) -> u32 {
        self.strings.push(s);
        small(self.strings.len() - 1)
    }

    fn string(&mut self, s: &'c str) -> u32 {
        if s.len() > SHARE_MAX {
            return self.new_string(s);
        }
        match self.ids.get(s) {
            Some(&id) => id,
            None => {
                let id = self.new_string(s);
                self.ids.insert(s, id);
                id
            }
        }
    }

    fn filename(&mut self, s: &'c str) -> u32 {
        match self.filenames.get(s) {
            Some(&id) => id,
            None => {
                let id = self.string(s);
                self.filenames.insert(s, id);
                id
            }
        }
    }

    /// Writes the record of `code`, then those of the code objects in it; returns its offset.
    fn record(&mut self, code: &'c Code) -> u32 {
        self.align();
        let start = self.out.len();
        self.head(code);
        for instr in &code.instrs {
            self.u64(instr.0);
        }
        for list in [&code.local_names, &code.free_names, &code.names] {
            for name in list {
                let id = self.string(name);
                self.u32(id);
            }
        }
        let offsets = self.out.len();
        self.out.resize(offsets + 4 * code.consts.len(), 0);
        for e in &code.exceptions {
            for n in [e.start, e.end, e.handler, e.exc as u32] {
                self.u32(n);
            }
        }
        for list in [&code.local_is_cell, &code.local_is_hidden] {
            self.out.extend(list.iter().map(|&b| b as u8));
        }
        let positions_at = self.out.len();
        positions::encode(&code.positions, &mut self.out);
        let consts_at = self.out.len();
        let mut nested = Vec::new();
        for (i, value) in code.consts.iter().enumerate() {
            self.patch(offsets + 4 * i, small(self.out.len() - consts_at));
            self.constant(value, &mut nested);
        }
        let end = self.out.len();
        self.align();
        self.patch(start + 68, small(consts_at - positions_at));
        self.patch(start + 72, small(end - consts_at));
        self.patch(start + 76, small(self.out.len() - start));
        for (at, inner) in nested {
            let offset = self.record(inner);
            self.patch(at, offset);
        }
        small(start)
    }

    fn head(&mut self, code: &'c Code) {
        self.u64(code.flags.bits());
        self.u32(small(code.instrs.len()));
        self.u32(code.ncaches);
        self.u32(code.first_line);
        self.u16(code.argcount);
        self.u16(code.posonly_argcount);
        self.u16(code.kwonly_argcount);
        self.u16(code.nregs);
        for len in [
            code.local_names.len(),
            code.local_is_cell.len(),
            code.local_is_hidden.len(),
            code.free_names.len(),
            code.names.len(),
            code.consts.len(),
            code.exceptions.len(),
        ] {
            self.u32(small(len));
        }
        let ids = [
            self.string(&code.name),
            self.string(&code.qualname),
            self.filename(&code.filename),
        ];
        for id in ids {
            self.u32(id);
        }
        for _patched_later in 0..3 {
            self.u32(0);
        }
    }

    /// Writes a constant; code objects in it are noted in `nested` with the place of their offset.
    fn constant(&mut self, value: &'c Const, nested: &mut Vec<(usize, &'c Code)>) {
        match value {
            Const::None => self.out.push(tag::NONE),
            Const::Ellipsis => self.out.push(tag::ELLIPSIS),
            Const::Bool(false) => self.out.push(tag::FALSE),
            Const::Bool(true) => self.out.push(tag::TRUE),
            Const::Int(n) => {
                self.out.push(tag::INT);
                put_zigzag(&mut self.out, *n);
            }
            Const::BigInt { negative, limbs } => {
                self.out.extend([tag::BIG_INT, *negative as u8]);
                put_varint(&mut self.out, limbs.len() as u64);
                limbs.iter().for_each(|&l| self.u64(l));
            }
            Const::Float(x) => {
                self.out.push(tag::FLOAT);
                self.u64(x.to_bits());
            }
            Const::Complex(re, im) => {
                self.out.push(tag::COMPLEX);
                self.u64(re.to_bits());
                self.u64(im.to_bits());
            }
            Const::Str(s) => {
                self.out.push(tag::STR);
                let id = self.string(s);
                put_varint(&mut self.out, id as u64);
            }
            Const::StrPoints(points) => {
                self.out.push(tag::STR_POINTS);
                put_varint(&mut self.out, points.len() as u64);
                points.iter().for_each(|&p| self.u32(p));
            }
            Const::Bytes(bytes) => {
                self.out.push(tag::BYTES);
                put_varint(&mut self.out, bytes.len() as u64);
                self.out.extend_from_slice(bytes);
            }
            Const::Tuple(items) => self.sequence(tag::TUPLE, items, nested),
            Const::FrozenSet(items) => self.sequence(tag::FROZEN_SET, items, nested),
            Const::Slice(parts) => self.sequence(tag::SLICE, &parts[..], nested),
            Const::Code(code) => {
                self.out.push(tag::CODE);
                nested.push((self.out.len(), code));
                self.u32(0);
            }
        }
    }

    fn sequence(&mut self, tag: u8, items: &'c [Const], nested: &mut Vec<(usize, &'c Code)>) {
        self.out.push(tag);
        self.u32(small(items.len()));
        let length_at = self.out.len();
        self.u32(0);
        for item in items {
            self.constant(item, nested);
        }
        let length = small(self.out.len() - length_at - 4);
        self.patch(length_at, length);
    }

    fn finish(mut self) -> Vec<u8> {
        let table = self.out.len();
        let strings = std::mem::take(&mut self.strings);
        let mut offset = 0usize;
        for s in &strings {
            self.u32(small(offset));
            offset += s.len();
        }
        self.u32(small(offset));
        for s in &strings {
            self.out.extend_from_slice(s.as_bytes());
        }
        let length = small(self.out.len());
        self.out[..8].copy_from_slice(&MAGIC);
        self.patch(8, FORMAT);
        self.patch(12, TABLE_HASH);
        self.patch(16, length);
        self.patch(20, small(strings.len()));
        self.patch(24, small(table));
        self.patch(28, BLOB_HEAD as u32);
        self.out
    }
}
