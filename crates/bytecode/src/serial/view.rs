//! Reading blobs in place.

use super::format::*;
use super::positions::Runs;
use super::{DecodeError, owned};
use crate::{Code, CodeFlags, ExceptionEntry, Instr, Position, PositionTable};
use std::borrow::Cow;

/// A serialised module: its strings and its root code object.
#[derive(Clone, Copy)]
pub struct Blob<'a> {
    bytes: &'a [u8],
    /// End offsets of the strings are at 4 * (i + 1).
    string_ends: &'a [u8],
    string_data: &'a [u8],
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// Little-endian u32 at a byte offset that is known to be in range.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

impl<'a> Blob<'a> {
    /// Checks magic, version and lengths; constant time.
    pub fn open(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        if bytes.get(..8) != Some(&MAGIC[..]) {
            return Err(DecodeError::Magic);
        }
        if bytes.len() < BLOB_HEAD {
            return Err(DecodeError::Truncated);
        }
        if u32_at(bytes, 8) != FORMAT || u32_at(bytes, 12) != TABLE_HASH {
            return Err(DecodeError::Version);
        }
        if u32_at(bytes, 16) as usize != bytes.len() {
            return Err(DecodeError::Truncated);
        }
        let count = u32_at(bytes, 20) as u64;
        let table = bytes
            .get(u32_at(bytes, 24) as usize..)
            .ok_or(DecodeError::Offset)?;
        let ends = (count + 1) * 4;
        if ends > table.len() as u64 {
            return Err(DecodeError::Truncated);
        }
        let (string_ends, string_data) = table.split_at(ends as usize);
        Ok(Blob {
            bytes,
            string_ends,
            string_data,
        })
    }

    /// The outermost code object.
    pub fn root(&self) -> Result<View<'a>, DecodeError> {
        View::open(*self, u32_at(self.bytes, 28))
    }

    /// The code object whose record begins at an offset (see `View::start`).
    pub fn view_at(&self, start: u32) -> Result<View<'a>, DecodeError> {
        View::open(*self, start)
    }

    /// How many strings the blob has; ids are below it.
    pub fn string_count(&self) -> usize {
        self.string_ends.len() / 4 - 1
    }

    /// The string with this id.
    pub fn string(&self, id: u32) -> Result<&'a str, DecodeError> {
        if id as usize >= self.string_count() {
            return Err(DecodeError::StringIndex);
        }
        let at = id as usize * 4;
        let start = u32_at(self.string_ends, at) as usize;
        let end = u32_at(self.string_ends, at + 4) as usize;
        let bytes = self
            .string_data
            .get(start..end)
            .ok_or(DecodeError::Truncated)?;
        std::str::from_utf8(bytes).map_err(|_| DecodeError::Utf8)
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Never: a blob has at least its header.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// String ids in place.
#[derive(Clone, Copy)]
pub struct Ids<'a> {
    bytes: &'a [u8],
}

impl<'a> Ids<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.bytes.len() / 4
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The id at index `i`.
    pub fn get(&self, i: usize) -> Option<u32> {
        (i < self.len()).then(|| u32_at(self.bytes, i * 4))
    }

    /// All ids in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        let (chunks, _) = self.bytes.as_chunks::<4>();
        chunks.iter().map(|&c| u32::from_le_bytes(c))
    }
}

/// A code object in a blob. Copying it is cheap; nothing is decoded before it is asked for.
#[derive(Clone, Copy)]
pub struct View<'a> {
    blob: Blob<'a>,
    start: usize,
    /// The whole record.
    record: &'a [u8],
}

/// Offsets of the parts of a record, in order.
struct Parts {
    locals: usize,
    free: usize,
    names: usize,
    consts: usize,
    exceptions: usize,
    cells: usize,
    hidden: usize,
    positions: usize,
    const_data: usize,
    end: usize,
}

impl<'a> View<'a> {
    fn open(blob: Blob<'a>, offset: u32) -> Result<Self, DecodeError> {
        let start = offset as usize;
        if !start.is_multiple_of(8) || start < BLOB_HEAD {
            return Err(DecodeError::Offset);
        }
        let rest = blob.bytes.get(start..).ok_or(DecodeError::Offset)?;
        if rest.len() < RECORD_HEAD {
            return Err(DecodeError::Truncated);
        }
        let record = rest
            .get(..u32_at(rest, 76) as usize)
            .filter(|r| r.len() >= RECORD_HEAD)
            .ok_or(DecodeError::Truncated)?;
        let view = View {
            blob,
            start,
            record,
        };
        // Sums of twelve products below 2^36 do not overflow.
        match view.parts().end.checked_next_multiple_of(8) {
            Some(end) if end == record.len() => Ok(view),
            _ => Err(DecodeError::Truncated),
        }
    }

    /// The header field at this offset.
    fn word(&self, at: usize) -> u32 {
        u32_at(self.record, at)
    }

    fn len_at(&self, at: usize) -> usize {
        self.word(at) as usize
    }

    fn parts(&self) -> Parts {
        let locals = RECORD_HEAD + 8 * self.len_at(8);
        let free = locals + 4 * self.len_at(28);
        let names = free + 4 * self.len_at(40);
        let consts = names + 4 * self.len_at(44);
        let exceptions = consts + 4 * self.len_at(48);
        let cells = exceptions + 16 * self.len_at(52);
        let hidden = cells + self.len_at(32);
        let positions = hidden + self.len_at(36);
        let const_data = positions + self.len_at(68);
        let end = const_data + self.len_at(72);
        Parts {
            locals,
            free,
            names,
            consts,
            exceptions,
            cells,
            hidden,
            positions,
            const_data,
            end,
        }
    }

    /// The blob this code object is in.
    pub fn blob(&self) -> Blob<'a> {
        self.blob
    }

    /// Offset of its record in the blob: identifies the code object there.
    pub fn start(&self) -> usize {
        self.start
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.record.len()
    }

    pub fn flags(&self) -> CodeFlags {
        let bits = self.word(0) as u64 | (self.word(4) as u64) << 32;
        CodeFlags::from_bits_retain(bits)
    }

    pub fn ncaches(&self) -> u32 {
        self.word(12)
    }

    pub fn first_line(&self) -> u32 {
        self.word(16)
    }

    pub fn argcount(&self) -> u16 {
        u16_at(self.record, 20)
    }

    pub fn posonly_argcount(&self) -> u16 {
        u16_at(self.record, 22)
    }

    pub fn kwonly_argcount(&self) -> u16 {
        u16_at(self.record, 24)
    }

    pub fn nregs(&self) -> u16 {
        u16_at(self.record, 26)
    }

    pub fn name_id(&self) -> u32 {
        self.word(56)
    }

    pub fn qualname_id(&self) -> u32 {
        self.word(60)
    }

    pub fn filename_id(&self) -> u32 {
        self.word(64)
    }

    pub fn name(&self) -> Result<&'a str, DecodeError> {
        self.blob.string(self.name_id())
    }

    pub fn qualname(&self) -> Result<&'a str, DecodeError> {
        self.blob.string(self.qualname_id())
    }

    pub fn filename(&self) -> Result<&'a str, DecodeError> {
        self.blob.string(self.filename_id())
    }

    fn ids(&self, from: usize, to: usize) -> Ids<'a> {
        Ids {
            bytes: &self.record[from..to],
        }
    }

    /// String ids of the local names.
    pub fn local_names(&self) -> Ids<'a> {
        let p = self.parts();
        self.ids(p.locals, p.free)
    }

    /// String ids of the free variables.
    pub fn free_names(&self) -> Ids<'a> {
        let p = self.parts();
        self.ids(p.free, p.names)
    }

    /// String ids of attribute, global and import names.
    pub fn names(&self) -> Ids<'a> {
        let p = self.parts();
        self.ids(p.names, p.consts)
    }

    /// For each local: nonzero when it lives in a cell.
    pub fn cell_flags(&self) -> &'a [u8] {
        let p = self.parts();
        &self.record[p.cells..p.hidden]
    }

    /// For each local: nonzero when it is hidden.
    pub fn hidden_flags(&self) -> &'a [u8] {
        let p = self.parts();
        &self.record[p.hidden..p.positions]
    }

    /// The instructions where they are, when the blob is 8-aligned in memory and the machine
    /// little-endian.
    pub fn instrs_in_place(&self) -> Option<&'a [Instr]> {
        let bytes = &self.record[RECORD_HEAD..self.parts().locals];
        if cfg!(target_endian = "big") {
            return None;
        }
        // SAFETY: Instr is a transparent u64, for which every bit pattern is valid.
        let (before, instrs, after) = unsafe { bytes.align_to::<Instr>() };
        (before.is_empty() && after.is_empty()).then_some(instrs)
    }

    /// The instructions, in place if possible, else copied.
    pub fn instrs(&self) -> Cow<'a, [Instr]> {
        if let Some(instrs) = self.instrs_in_place() {
            return Cow::Borrowed(instrs);
        }
        let bytes = &self.record[RECORD_HEAD..self.parts().locals];
        let (chunks, _) = bytes.as_chunks::<8>();
        let copy = chunks.iter().map(|&c| Instr(u64::from_le_bytes(c)));
        Cow::Owned(copy.collect())
    }

    /// How many constants there are.
    pub fn nconsts(&self) -> usize {
        self.len_at(48)
    }

    /// Offset of constant `i`, which must exist, in the constant data.
    pub(super) fn const_offset(&self, i: usize) -> usize {
        u32_at(self.record, self.parts().consts + 4 * i) as usize
    }

    pub(super) fn consts_in_order(&self) -> ConstSeq<'a> {
        let p = self.parts();
        ConstSeq {
            view: *self,
            data: &self.record[p.const_data..p.end],
            reader: Reader {
                bytes: &self.record[p.const_data..p.end],
            },
            left: self.nconsts(),
        }
    }

    /// Constant `i`.
    pub fn const_at(&self, i: usize) -> Result<ConstView<'a>, DecodeError> {
        if i >= self.nconsts() {
            return Err(DecodeError::Offset);
        }
        let p = self.parts();
        let data = &self.record[p.const_data..p.end];
        let bytes = data
            .get(self.const_offset(i)..)
            .ok_or(DecodeError::Offset)?;
        read_const(*self, &mut Reader { bytes })
    }

    /// The exception table.
    pub fn exceptions(&self) -> impl ExactSizeIterator<Item = ExceptionEntry> + use<'a> {
        let p = self.parts();
        let (chunks, _) = self.record[p.exceptions..p.cells].as_chunks::<16>();
        chunks.iter().map(|c| ExceptionEntry {
            start: u32_at(c, 0),
            end: u32_at(c, 4),
            handler: u32_at(c, 8),
            exc: u32_at(c, 12) as u16,
        })
    }

    /// The exception table entry that applies at `word`.
    pub fn handler_at(&self, word: u32) -> Option<ExceptionEntry> {
        self.exceptions().find(|e| e.start <= word && word < e.end)
    }

    fn runs(&self) -> Runs<'a> {
        let p = self.parts();
        Runs::new(&self.record[p.positions..p.const_data])
    }

    /// The position of the instruction at `word`; takes time linear in the table's length.
    pub fn position(&self, word: u32) -> Option<Position> {
        self.runs()
            .map_while(Result::ok)
            .take_while(|(start, _)| *start <= word)
            .last()
            .map(|(_, pos)| pos)
    }

    /// The whole position table.
    pub fn positions(&self) -> Result<PositionTable, DecodeError> {
        let runs = self.runs().collect::<Result<_, _>>()?;
        Ok(PositionTable { runs })
    }

    /// Decodes everything, nested code objects included, within the limits of `decode`.
    pub fn to_code(&self) -> Result<Code, DecodeError> {
        owned::decode_view(self, true)
    }

    /// As `to_code`, with None in the place of nested code objects.
    pub fn to_outer_code(&self) -> Result<Code, DecodeError> {
        owned::decode_view(self, false)
    }
}

/// A constant in a blob.
#[derive(Clone, Copy)]
pub enum ConstView<'a> {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    /// Limbs as little-endian u64.
    BigInt {
        negative: bool,
        limbs: &'a [u8],
    },
    Float(f64),
    Complex(f64, f64),
    /// A string id, and a view whose blob has the string.
    Str(u32, View<'a>),
    /// Code points as little-endian u32.
    StrPoints(&'a [u8]),
    Bytes(&'a [u8]),
    Tuple(ConstSeq<'a>),
    FrozenSet(ConstSeq<'a>),
    /// start, stop, step
    Slice(ConstSeq<'a>),
    Code(View<'a>),
}

/// Consecutive constants. Who recurses into sequences must bound the depth (`MAX_NESTING`).
#[derive(Clone, Copy)]
pub struct ConstSeq<'a> {
    view: View<'a>,
    data: &'a [u8],
    reader: Reader<'a>,
    left: usize,
}

impl ConstSeq<'_> {
    /// Byte offset of the next one from the first.
    pub(super) fn position(&self) -> usize {
        self.data.len() - self.reader.bytes.len()
    }
}

impl<'a> Iterator for ConstSeq<'a> {
    type Item = Result<ConstView<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let item = read_const(self.view, &mut self.reader);
        if item.is_err() {
            self.left = 0;
        }
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // Each takes at least a byte: a corrupt count cannot make anyone reserve too much.
        (self.left.min(self.reader.bytes.len()), Some(self.left))
    }
}

fn read_const<'a>(view: View<'a>, r: &mut Reader<'a>) -> Result<ConstView<'a>, DecodeError> {
    Ok(match r.u8()? {
        tag::NONE => ConstView::None,
        tag::ELLIPSIS => ConstView::Ellipsis,
        tag::FALSE => ConstView::Bool(false),
        tag::TRUE => ConstView::Bool(true),
        tag::INT => ConstView::Int(r.zigzag()?),
        tag::BIG_INT => {
            let negative = r.u8()? != 0;
            let n = r.count(8)?;
            let limbs = r.take(8 * n)?;
            ConstView::BigInt { negative, limbs }
        }
        tag::FLOAT => ConstView::Float(f64::from_bits(r.u64()?)),
        tag::COMPLEX => {
            let re = f64::from_bits(r.u64()?);
            ConstView::Complex(re, f64::from_bits(r.u64()?))
        }
        tag::STR => {
            let id = u32::try_from(r.varint()?).map_err(|_| DecodeError::StringIndex)?;
            ConstView::Str(id, view)
        }
        tag::STR_POINTS => {
            let n = r.count(4)?;
            ConstView::StrPoints(r.take(4 * n)?)
        }
        tag::BYTES => {
            let n = r.count(1)?;
            ConstView::Bytes(r.take(n)?)
        }
        tag::TUPLE => ConstView::Tuple(read_seq(view, r)?),
        tag::FROZEN_SET => ConstView::FrozenSet(read_seq(view, r)?),
        tag::SLICE => ConstView::Slice(read_seq(view, r)?),
        tag::CODE => {
            let offset = r.u32()?;
            // Pre-order layout: a nested record lies after its parent.
            if (offset as usize) < view.end() {
                return Err(DecodeError::Offset);
            }
            ConstView::Code(View::open(view.blob, offset)?)
        }
        _ => return Err(DecodeError::Constant),
    })
}

fn read_seq<'a>(view: View<'a>, r: &mut Reader<'a>) -> Result<ConstSeq<'a>, DecodeError> {
    let left = r.u32()? as usize;
    let n = r.u32()? as usize;
    let data = r.take(n)?;
    Ok(ConstSeq {
        view,
        data,
        reader: Reader { bytes: data },
        left,
    })
}
