//! Building strings in the narrowest storage.

use crate::units::{Unit, Units, class};

/// A finished string in its narrowest storage.
#[derive(Clone, Debug)]
pub struct Owned {
    /// The code points.
    pub data: Data,
    /// Whether all of them are below 128 (then `data` is `U8`).
    pub is_ascii: bool,
    /// Memory ran out while it was built: some of it is missing.
    pub failed: bool,
}

/// Storage of an [`Owned`] string.
#[derive(Clone, Debug)]
pub enum Data {
    /// Up to U+00FF.
    U8(Vec<u8>),
    /// Up to U+FFFF.
    U16(Vec<u16>),
    /// Up to U+10FFFF.
    U32(Vec<u32>),
}

impl Owned {
    /// A borrowed view.
    pub fn units(&self) -> Units<'_> {
        self.data.units()
    }

    /// Number of code points.
    pub fn len(&self) -> usize {
        self.units().len()
    }

    /// Whether there are no code points.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies `s` into its narrowest storage.
    pub fn copy_of(s: Units) -> Owned {
        let mut out = StrBuf::with_capacity(s.len());
        out.push_units(s);
        out.finish()
    }
}

impl PartialEq for Owned {
    fn eq(&self, other: &Owned) -> bool {
        self.units().same(other.units())
    }
}

impl From<&str> for Owned {
    fn from(s: &str) -> Owned {
        let mut out = StrBuf::new();
        out.push_str(s);
        out.finish()
    }
}

impl Data {
    /// A borrowed view.
    #[inline]
    pub fn units(&self) -> Units<'_> {
        match self {
            Data::U8(v) => Units::U8(v),
            Data::U16(v) => Units::U16(v),
            Data::U32(v) => Units::U32(v),
        }
    }
}

/// A result is too large to allocate (MemoryError).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// A growing string that starts as 1-byte storage and widens when it must.
///
/// It never holds wider units than its content needs, so [`StrBuf::finish`]
/// copies nothing.
///
/// When memory runs out, what is pushed is dropped and the result is marked as failed: sizes
/// often come from the program (widths, counts), and whoever makes the string object raises.
#[derive(Clone, Debug)]
pub struct StrBuf {
    data: Data,
    failed: bool,
}

impl Default for StrBuf {
    fn default() -> Self {
        StrBuf::new()
    }
}

impl StrBuf {
    /// An empty buffer.
    pub fn new() -> StrBuf {
        StrBuf {
            data: Data::U8(Vec::new()),
            failed: false,
        }
    }

    /// An empty buffer with room for `n` 1-byte code points.
    pub fn with_capacity(n: usize) -> StrBuf {
        let mut buf = StrBuf::new();
        buf.room(n);
        buf
    }

    /// An empty buffer with room for `n` code points of which the largest has class `max_char`.
    ///
    /// The caller promises to push a code point of that class, which is what
    /// keeps the storage narrowest.
    pub(crate) fn for_class(n: usize, max_char: u32) -> Result<StrBuf, NoMemory> {
        fn room<T>(n: usize) -> Result<Vec<T>, NoMemory> {
            let mut v = Vec::new();
            v.try_reserve_exact(n).map_err(|_| NoMemory)?;
            Ok(v)
        }
        let data = match class(max_char) {
            0x7f | 0xff => Data::U8(room(n)?),
            0xffff => Data::U16(room(n)?),
            _ => Data::U32(room(n)?),
        };
        Ok(StrBuf {
            data,
            failed: false,
        })
    }

    /// Number of code points so far.
    pub fn len(&self) -> usize {
        self.units().len()
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was pushed so far.
    #[inline]
    pub fn units(&self) -> Units<'_> {
        self.data.units()
    }

    /// Makes room for `n` more code points of the present width.
    pub fn reserve(&mut self, n: usize) {
        self.room(n);
    }

    /// As `reserve`; false, and nothing else happens, when there is no memory.
    pub fn try_reserve(&mut self, n: usize) -> bool {
        let failed = self.failed;
        let r = self.room(n);
        self.failed = failed;
        r
    }

    /// Whether there is room for `n` more code points of the present width.
    #[inline]
    fn room(&mut self, n: usize) -> bool {
        let (len, capacity) = match &self.data {
            Data::U8(v) => (v.len(), v.capacity()),
            Data::U16(v) => (v.len(), v.capacity()),
            Data::U32(v) => (v.len(), v.capacity()),
        };
        n <= capacity - len || self.grow(n)
    }

    #[cold]
    fn grow(&mut self, n: usize) -> bool {
        let r = match &mut self.data {
            Data::U8(v) => v.try_reserve(n),
            Data::U16(v) => v.try_reserve(n),
            Data::U32(v) => v.try_reserve(n),
        };
        self.failed |= r.is_err();
        r.is_ok()
    }

    /// Appends one code point (at most 0x10ffff).
    #[inline]
    pub fn push(&mut self, c: u32) {
        if !self.room(1) {
            return;
        }
        match &mut self.data {
            Data::U8(v) if c <= 0xff => v.push(c as u8),
            Data::U16(v) if c <= 0xffff => v.push(c as u16),
            Data::U32(v) => v.push(c),
            _ => self.push_wider(c),
        }
    }

    #[cold]
    fn push_wider(&mut self, c: u32) {
        if self.widen(class(c)) {
            self.push(c);
        }
    }

    /// Appends `c` `n` times.
    pub fn push_repeated(&mut self, c: u32, n: usize) {
        if n == 0 {
            return;
        }
        if !self.widen(class(c)) || !self.room(n) {
            return;
        }
        match &mut self.data {
            Data::U8(v) => v.resize(v.len() + n, c as u8),
            Data::U16(v) => v.resize(v.len() + n, c as u16),
            Data::U32(v) => v.resize(v.len() + n, c),
        }
    }

    /// Appends a string.
    pub fn push_units(&mut self, s: Units) {
        if !self.room(s.len()) {
            return;
        }
        // As wide already: nothing to look at.
        match (&mut self.data, s) {
            (Data::U8(v), Units::U8(s)) => return v.extend_from_slice(s),
            (Data::U16(v), Units::U16(s)) => return v.extend_from_slice(s),
            (Data::U32(v), Units::U32(s)) => return v.extend_from_slice(s),
            _ => {}
        }
        if !self.widen(s.max_char()) {
            return;
        }
        match &mut self.data {
            Data::U8(v) => append(v, s),
            Data::U16(v) => append(v, s),
            Data::U32(v) => append(v, s),
        }
    }

    /// Appends UTF-8 text.
    pub fn push_str(&mut self, s: &str) {
        match &mut self.data {
            Data::U8(_) if s.is_ascii() => self.push_units(Units::U8(s.as_bytes())),
            _ => s.chars().for_each(|c| self.push(c as u32)),
        }
    }

    /// Appends Latin-1 bytes.
    #[inline]
    pub fn push_latin1(&mut self, s: &[u8]) {
        self.push_units(Units::U8(s));
    }

    /// The string, in its narrowest storage.
    pub fn finish(self) -> Owned {
        let is_ascii = match &self.data {
            Data::U8(v) => v.is_ascii(),
            _ => false,
        };
        Owned {
            data: self.data,
            is_ascii,
            failed: self.failed,
        }
    }

    /// Makes the storage at least wide enough for class `max_char`.
    fn widen(&mut self, max_char: u32) -> bool {
        let data = match (&self.data, max_char) {
            (Data::U8(v), 0xffff) => grown(v, |b| b as u16).map(Data::U16),
            (Data::U8(v), 0x10ffff) => grown(v, |b| b as u32).map(Data::U32),
            (Data::U16(v), 0x10ffff) => grown(v, |b| b as u32).map(Data::U32),
            _ => return true,
        };
        match data {
            Ok(data) => {
                self.data = data;
                true
            }
            Err(NoMemory) => {
                self.failed = true;
                false
            }
        }
    }
}

/// Code points collected in a [`StrBuf`]'s front, for loops that push one at a time.
///
/// Moving them over by the block costs a fifth of pushing each.
pub(crate) struct Chunked {
    out: StrBuf,
    chunk: [u32; CHUNK],
    len: usize,
}

const CHUNK: usize = 64;

impl Chunked {
    pub fn with_capacity(n: usize) -> Chunked {
        Chunked {
            out: StrBuf::with_capacity(n),
            chunk: [0; CHUNK],
            len: 0,
        }
    }

    #[inline(always)]
    pub fn push(&mut self, c: u32) {
        if self.len == CHUNK {
            self.buffer();
        }
        self.chunk[self.len % CHUNK] = c;
        self.len += 1;
    }

    /// The buffer, with everything moved into it.
    pub fn buffer(&mut self) -> &mut StrBuf {
        self.out.push_units(Units::U32(&self.chunk[..self.len]));
        self.len = 0;
        &mut self.out
    }

    pub fn finish(mut self) -> Owned {
        self.buffer();
        self.out.finish()
    }
}

/// A converted copy that keeps the spare capacity.
fn grown<A: Copy, B>(v: &Vec<A>, convert: impl Fn(A) -> B) -> Result<Vec<B>, NoMemory> {
    let mut out = Vec::new();
    let n = v.capacity().max(v.len() + 8);
    out.try_reserve_exact(n).map_err(|_| NoMemory)?;
    out.extend(v.iter().map(|&x| convert(x)));
    Ok(out)
}

fn append<T: Unit>(v: &mut Vec<T>, s: Units) {
    crate::with_units!(s, s => v.extend(s.iter().map(|x| T::truncate(x.code()))));
}

/// Formats into the buffer; never fails.
impl std::fmt::Write for StrBuf {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.push_str(s);
        Ok(())
    }
}
