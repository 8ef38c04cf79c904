//! Decoding blobs to owned code objects.

use super::format::STRING_FACTOR;
use super::view::{Blob, ConstView, Ids, View};
use super::{DecodeError, MAX_NESTING};
use crate::{Code, Const};

/// Decodes a blob. Any input gives a `Code` or an error; time and memory are linear in its
/// length. The result is well-formed data but not verified code: see `verify`.
pub fn decode(bytes: &[u8]) -> Result<Code, DecodeError> {
    let blob = Blob::open(bytes)?;
    let root = blob.root()?;
    let mut decoder = Decoder {
        next_record: root.start(),
        string_budget: bytes.len().saturating_mul(STRING_FACTOR),
        nested: true,
    };
    decoder.code(&root, MAX_NESTING)
}

/// Decodes the code object of a view, and those in it if `nested`.
pub(super) fn decode_view(view: &View<'_>, nested: bool) -> Result<Code, DecodeError> {
    let mut decoder = Decoder {
        next_record: view.start(),
        string_budget: view.blob().len().saturating_mul(STRING_FACTOR),
        nested,
    };
    decoder.code(view, MAX_NESTING)
}

struct Decoder {
    /// Records are laid out in the order they are met, so each is decoded at most once.
    next_record: usize,
    string_budget: usize,
    /// Whether nested code objects are decoded; they become None otherwise.
    nested: bool,
}

impl Decoder {
    fn string(&mut self, view: &View<'_>, id: u32) -> Result<String, DecodeError> {
        let s = view.blob().string(id)?;
        self.string_budget = self
            .string_budget
            .checked_sub(s.len())
            .ok_or(DecodeError::TooLarge)?;
        Ok(s.to_owned())
    }

    fn strings(&mut self, view: &View<'_>, ids: Ids<'_>) -> Result<Vec<String>, DecodeError> {
        ids.iter().map(|id| self.string(view, id)).collect()
    }

    fn code(&mut self, view: &View<'_>, depth: u32) -> Result<Code, DecodeError> {
        if view.start() < self.next_record {
            return Err(DecodeError::Offset);
        }
        self.next_record = view.end();
        Ok(Code {
            name: self.string(view, view.name_id())?,
            qualname: self.string(view, view.qualname_id())?,
            filename: self.string(view, view.filename_id())?,
            first_line: view.first_line(),
            flags: view.flags(),
            argcount: view.argcount(),
            posonly_argcount: view.posonly_argcount(),
            kwonly_argcount: view.kwonly_argcount(),
            nregs: view.nregs(),
            local_names: self.strings(view, view.local_names())?,
            local_is_cell: view.cell_flags().iter().map(|&b| b != 0).collect(),
            local_is_hidden: view.hidden_flags().iter().map(|&b| b != 0).collect(),
            free_names: self.strings(view, view.free_names())?,
            names: self.strings(view, view.names())?,
            consts: self.consts(view, depth)?,
            instrs: view.instrs().into_owned(),
            ncaches: view.ncaches(),
            exceptions: view.exceptions().collect(),
            positions: view.positions()?,
        })
    }

    fn consts(&mut self, view: &View<'_>, depth: u32) -> Result<Vec<Const>, DecodeError> {
        let mut items = view.consts_in_order();
        let mut consts = Vec::with_capacity(view.nconsts());
        for i in 0..view.nconsts() {
            // Offsets that do not follow one another could make one constant count many times.
            if view.const_offset(i) != items.position() {
                return Err(DecodeError::Offset);
            }
            let item = items.next().ok_or(DecodeError::Truncated)??;
            consts.push(self.constant(item, depth)?);
        }
        Ok(consts)
    }

    fn constant(&mut self, value: ConstView<'_>, depth: u32) -> Result<Const, DecodeError> {
        let inner = || depth.checked_sub(1).ok_or(DecodeError::TooDeep);
        Ok(match value {
            ConstView::None => Const::None,
            ConstView::Ellipsis => Const::Ellipsis,
            ConstView::Bool(b) => Const::Bool(b),
            ConstView::Int(n) => Const::Int(n),
            ConstView::BigInt { negative, limbs } => Const::BigInt {
                negative,
                limbs: le_chunks(limbs, u64::from_le_bytes),
            },
            ConstView::Float(x) => Const::Float(x),
            ConstView::Complex(re, im) => Const::Complex(re, im),
            ConstView::Str(id, view) => Const::Str(self.string(&view, id)?),
            ConstView::StrPoints(points) => Const::StrPoints(le_chunks(points, u32::from_le_bytes)),
            ConstView::Bytes(bytes) => Const::Bytes(bytes.to_vec()),
            ConstView::Tuple(items) => Const::Tuple(self.items(items, inner()?)?),
            ConstView::FrozenSet(items) => Const::FrozenSet(self.items(items, inner()?)?),
            ConstView::Slice(items) => {
                let parts: Result<Box<[Const; 3]>, _> = self.items(items, inner()?)?.try_into();
                Const::Slice(parts.map_err(|_| DecodeError::Constant)?)
            }
            ConstView::Code(_) if !self.nested => Const::None,
            ConstView::Code(view) => Const::Code(Box::new(self.code(&view, inner()?)?)),
        })
    }

    fn items(&mut self, items: super::ConstSeq<'_>, depth: u32) -> Result<Vec<Const>, DecodeError> {
        items.map(|item| self.constant(item?, depth)).collect()
    }
}

fn le_chunks<const N: usize, T>(bytes: &[u8], make: fn([u8; N]) -> T) -> Vec<T> {
    let (chunks, _) = bytes.as_chunks::<N>();
    chunks.iter().map(|&c| make(c)).collect()
}
