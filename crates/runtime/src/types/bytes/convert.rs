//! Making bytes: the constructors of `bytes` and `bytearray`, hexadecimal text, repetition.

use super::shared::data;
use crate::class::TypeObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// Which constructor reports errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesFrom {
    Bytes,
    ByteArray,
}

#[derive::natives]
pub mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, source=b'', encoding='utf-8', errors='strict')", nosig)]
    fn new(
        vm: &mut Vm,
        class: Value,
        source: Option<Value>,
        encoding: Option<Value>,
        errors: Option<Value>,
    ) -> Res {
        let exact = class == vm.types.bytes.value();
        if let Some(v) = source
            && encoding.is_none()
            && errors.is_none()
        {
            if v.is_exact(Kind::Bytes) && exact {
                return Ok(v);
            }
            if let Some(m) = vm.special(v, vm.names.__bytes__) {
                let r = vm.call_method_value(m, v, &[])?;
                if !r.is_kind(Kind::Bytes) {
                    let name = vm.class_name(r);
                    return Err(
                        vm.type_error(&format!("__bytes__ returned non-bytes (type {name})"))
                    );
                }
                if exact {
                    return Ok(r);
                }
                return vm.bytes_of_class(class, data(r));
            }
        }
        let b = vm.bytes_argument(source, encoding, errors, BytesFrom::Bytes)?;
        vm.bytes_of_class(class, &b)
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        // SAFETY: the descriptor checked the type.
        let b = unsafe { this.cast::<BytesObj>() };
        if b.hash.get() == -1 {
            b.hash.set(vm.hash_bytes_raw(b.as_slice()));
        }
        Ok(b.hash.get())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let r = text::repr::repr_bytes(data(this));
        vm.new_str_owned(&r)
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        vm.bytes_warning("str() on a bytes instance")?;
        repr(vm, this)
    }
    /// Convert this value to exact type bytes.
    #[native("__bytes__($self, /)")]
    fn bytes(vm: &mut Vm, this: Value) -> Res {
        if this.is_exact(Kind::Bytes) {
            return Ok(this);
        }
        vm.new_bytes(data(this))
    }
    #[native("__getnewargs__($self, /)")]
    fn getnewargs(vm: &mut Vm, this: Value) -> Res {
        let b = vm.new_bytes(data(this))?;
        vm.new_tuple(&[b])
    }
    /// Return the size of the object in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, this: Value) -> Res<usize> {
        Ok(size_of::<BytesObj>() + data(this).len() + 1)
    }
    /// Create a bytes object from a string of hexadecimal numbers.
    ///
    /// Spaces between two numbers are accepted.
    /// Example: bytes.fromhex('B9 01EF') -> b'\\xb9\\x01\\xef'.
    #[classmethod("fromhex($type, string, /)")]
    fn fromhex(vm: &mut Vm, class: Value, string: Value) -> Res {
        let b = vm.from_hex(string)?;
        let v = vm.new_bytes(&b)?;
        if class == vm.types.bytes.value() {
            return Ok(v);
        }
        vm.call_value(class, &[v])
    }
    /// Return a translation table usable for the bytes or bytearray translate method.
    ///
    /// The returned table will be one where each byte in frm is mapped to the byte at
    /// the same position in to.
    ///
    /// The bytes objects frm and to must be of the same length.
    #[staticmethod("maketrans(frm, to, /)")]
    fn maketrans(vm: &mut Vm, frm: Value, to: Value) -> Res {
        vm.bytes_maketrans(frm, to)
    }
}

impl Vm {
    /// A bytes object of `bytes` or a subclass.
    pub fn bytes_of_class(&mut self, class: Value, b: &[u8]) -> Res {
        match class.downcast::<TypeObj>() {
            Some(c) if c != self.types.bytes => self.new_bytes_shaped(c.shape.get(), b),
            _ => self.new_bytes(b),
        }
    }

    /// `bytes.maketrans`.
    pub fn bytes_maketrans(&mut self, frm: Value, to: Value) -> Res {
        let (a, b) = (self.get_buffer(frm)?, self.get_buffer(to)?);
        if a.len() != b.len() {
            return Err(self.value_error("maketrans arguments must have same length"));
        }
        let mut table: Vec<u8> = (0..=255).collect();
        for (x, y) in a.as_slice().iter().zip(b.as_slice()) {
            table[*x as usize] = *y;
        }
        self.new_bytes(&table)
    }

    /// The bytes that constructor arguments stand for.
    pub fn bytes_argument(
        &mut self,
        source: Option<Value>,
        encoding: Option<Value>,
        errors: Option<Value>,
        from: BytesFrom,
    ) -> Res<Vec<u8>> {
        let Some(v) = source else {
            if encoding.is_some() || errors.is_some() {
                let what = if encoding.is_some() {
                    "encoding"
                } else {
                    "errors"
                };
                return Err(self.type_error(&format!("{what} without a string argument")));
            }
            return Ok(Vec::new());
        };
        if v.is_kind(Kind::Str) {
            if encoding.is_none()
                && (errors.is_none() || from == BytesFrom::Bytes || errors.is_some())
            {
                return Err(self.type_error("string argument without an encoding"));
            }
            let name = if from == BytesFrom::Bytes {
                "bytes"
            } else {
                "bytearray"
            };
            let encoding = self.codec_arg(encoding, name, "encoding")?;
            let errors = self.codec_arg(errors, name, "errors")?;
            let b = self.encode_object(v, encoding.as_deref(), errors.as_deref())?;
            return Ok(data(b).to_vec());
        }
        if encoding.is_some() || errors.is_some() {
            let what = if encoding.is_some() {
                "encoding"
            } else {
                "errors"
            };
            return Err(self.type_error(&format!("{what} without a string argument")));
        }
        if self.is_int(v) || self.special(v, self.names.__index__).is_some() {
            match self.bytes_count(v) {
                Ok(n) => return self.zeroed(n),
                Err(_) if !self.is_int(v) && self.catch(self.types.exc.TypeError) => {}
                Err(r) => return Err(r),
            }
        }
        if self.has_buffer(v) {
            let b = self.get_buffer_any(v, false)?;
            if b.layout().is_none_or(|l| l.is_c_contiguous()) {
                return Ok(b.as_slice().to_vec());
            }
            drop(b);
            let view = self.new_memoryview(v)?;
            let r = self.call_method_str(view, "tobytes", &[])?;
            return Ok(data(r).to_vec());
        }
        self.bytes_from_iterable(v, from)
    }

    fn bytes_count(&mut self, v: Value) -> Res<usize> {
        let i = self.index(v)?;
        match self.int_to_i64(i) {
            Some(n) if n >= 0 => Ok(n as usize),
            Some(_) => Err(self.value_error("negative count")),
            None => {
                let text = self.cannot_fit(v);
                Err(self.overflow_error(&text))
            }
        }
    }

    /// n zero bytes, or MemoryError. What is not used of many takes no memory.
    pub fn zeroed(&mut self, n: usize) -> Res<Vec<u8>> {
        let made = if n > isize::MAX as usize / 2 {
            None
        } else {
            crate::memory::zeroed(n)
        };
        made.ok_or_else(|| self.memory_error())
    }

    /// The bytes of an iterable of ints.
    pub fn bytes_from_iterable(&mut self, v: Value, from: BytesFrom) -> Res<Vec<u8>> {
        let mut out = Vec::new();
        if let Some(l) = v.downcast::<ListObj>().filter(|_| v.is_exact(Kind::List)) {
            // Up to the first item that is no small int; `__index__` may change the list.
            out.reserve_exact(l.len.get());
            let small = |item: Value| item.as_small_int().and_then(|n| u8::try_from(n).ok());
            while let Some(b) = l.get(out.len()).and_then(small) {
                out.push(b);
            }
            if out.len() >= l.len.get() {
                return Ok(out);
            }
            out.clear();
        }
        let it = match self.iter(v) {
            Ok(it) => it,
            Err(_) if self.catch(self.types.exc.TypeError) => {
                let name = self.class_name(v);
                let what = if from == BytesFrom::Bytes {
                    "bytes"
                } else {
                    "bytearray"
                };
                return Err(self.type_error(&format!("cannot convert '{name}' object to {what}")));
            }
            Err(r) => return Err(r),
        };
        while let Some(item) = self.next(it)? {
            let b = match from {
                BytesFrom::Bytes => self.byte_for(item, "bytes must be in range(0, 256)")?,
                BytesFrom::ByteArray => self.byte_of(item)?,
            };
            out.push(b);
        }
        Ok(out)
    }

    /// A byte argument; ValueError beyond 0 to 255.
    pub fn byte_of(&mut self, v: Value) -> Res<u8> {
        self.byte_for(v, "byte must be in range(0, 256)")
    }

    fn byte_for(&mut self, v: Value, message: &str) -> Res<u8> {
        if let Some(n) = v.as_small_int()
            && let Ok(b) = u8::try_from(n)
        {
            return Ok(b);
        }
        let i = self.index(v)?;
        match self.int_to_i64(i).map(u8::try_from) {
            Some(Ok(b)) => Ok(b),
            _ => Err(self.value_error(message)),
        }
    }

    /// `b * n`.
    pub fn repeat_bytes(&mut self, b: &[u8], n: usize) -> Res<Vec<u8>> {
        let total = match b.len().checked_mul(n) {
            Some(t) if t <= isize::MAX as usize / 2 => t,
            _ => return Err(self.memory_error()),
        };
        let mut out = Vec::new();
        if out.try_reserve_exact(total).is_err() {
            return Err(self.memory_error());
        }
        if let [one] = b {
            out.resize(n, *one);
        } else if total > 0 {
            (0..n).for_each(|_| out.extend_from_slice(b));
        }
        Ok(out)
    }

    /// The `tabsize` argument.
    pub fn tab_size(&mut self, n: Option<i64>) -> Res<usize> {
        let n = n.unwrap_or(8);
        match i32::try_from(n) {
            Ok(n) => Ok(n.max(0) as usize),
            Err(_) => Err(self.overflow_error("Python int too large to convert to C int")),
        }
    }

    /// BytesWarning under -b, an error under -bb.
    pub fn bytes_warning(&mut self, message: &str) -> Res<()> {
        if self.interp().config.bytes_warning == 0 {
            return Ok(());
        }
        self.warn(self.types.exc.BytesWarning, message, 1)
    }

    /// The hexadecimal text of bytes, with an optional separator every so many bytes.
    pub fn hex_of(&mut self, b: &[u8], sep: Option<Value>, per: Option<Value>) -> Res {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let per = match per {
            Some(v) => match i32::try_from(self.index_i64(v)?) {
                Ok(n) => n,
                Err(_) => {
                    return Err(self.overflow_error("Python int too large to convert to C int"));
                }
            },
            None => 1,
        };
        let sep = match sep {
            Some(s) => Some(self.hex_separator(s)?),
            None => None,
        };
        let group = per.unsigned_abs() as usize;
        let mut out = Vec::with_capacity(b.len() * 2);
        for (i, byte) in b.iter().enumerate() {
            if let Some(s) = sep
                && group > 0
                && i > 0
            {
                let at = if per > 0 { b.len() - i } else { i };
                if at % group == 0 {
                    out.push(s);
                }
            }
            out.push(DIGITS[(byte >> 4) as usize]);
            out.push(DIGITS[(byte & 15) as usize]);
        }
        self.new_str_ascii(&out)
    }

    fn hex_separator(&mut self, sep: Value) -> Res<u8> {
        let (n, c) = if let Some(s) = sep.downcast::<StrObj>() {
            (s.len, s.units().iter().next())
        } else if sep.is_kind(Kind::Bytes) {
            (data(sep).len(), data(sep).first().map(|b| *b as u32))
        } else {
            self.len(sep)?;
            return Err(self.type_error("sep must be str or bytes."));
        };
        match c {
            Some(c) if n == 1 && c < 128 => Ok(c as u8),
            Some(_) if n == 1 => Err(self.value_error("sep must be ASCII.")),
            _ => Err(self.value_error("sep must be length 1.")),
        }
    }

    /// The bytes that hexadecimal text spells.
    pub fn from_hex(&mut self, v: Value) -> Res<Vec<u8>> {
        let text: Vec<u32> = if let Some(s) = v.downcast::<StrObj>() {
            s.units().iter().collect()
        } else if self.has_buffer(v) {
            let b = self.get_buffer(v)?;
            b.as_slice().iter().map(|b| *b as u32).collect()
        } else {
            let name = self.class_name(v);
            return Err(self.type_error(&format!(
                "fromhex() argument must be str or bytes-like, not {name}"
            )));
        };
        let digit = |i: usize| {
            text.get(i)
                .and_then(|c| char::from_u32(*c))
                .and_then(|c| c.to_digit(16))
        };
        let mut out = Vec::with_capacity(text.len() / 2);
        let mut i = 0;
        while i < text.len() {
            if text[i] < 128 && text::ascii::is_space_byte(text[i] as u8) {
                i += 1;
                continue;
            }
            match (digit(i), digit(i + 1)) {
                (Some(a), Some(b)) => out.push((a << 4 | b) as u8),
                (Some(_), None) if i + 1 >= text.len() => {
                    return Err(self.value_error(
                        "fromhex() arg must contain an even number of hexadecimal digits",
                    ));
                }
                (a, _) => {
                    let at = i + usize::from(a.is_some());
                    return Err(self.value_error(&format!(
                        "non-hexadecimal number found in fromhex() arg at position {at}"
                    )));
                }
            }
            i += 2;
        }
        Ok(out)
    }

    /// An iterator over the items of a bytes or bytearray.
    pub fn bytes_iter(&mut self, this: Value) -> Res {
        let it = self.new_iter(Kind::BytesIter, Some(this), 0, 0)?;
        if this.is_kind(Kind::ByteArray) {
            let shape = self.types.bytearray_iterator.shape.get();
            // SAFETY: a fresh iterator cell; both classes have the same layout.
            unsafe { (*it.header()).shape = shape };
        }
        Ok(it.value())
    }
}
