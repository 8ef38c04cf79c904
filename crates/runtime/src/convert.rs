//! Protocols of single objects: truth, length, index, hash, equality, repr, str.

use crate::class::*;
use crate::object::*;
use crate::ops::CmpOp;
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::BigInt;

impl Vm {
    /// `bool(v)`.
    #[inline(always)]
    pub fn truth(&mut self, v: Value) -> Res<bool> {
        if v.is_bool() {
            return Ok(v.is_true());
        }
        self.truth_slow(v)
    }

    /// The truth of what needs no Python code to tell.
    #[inline]
    pub fn truth_quick(&self, v: Value) -> Option<bool> {
        if v.is_bool() {
            return Some(v.is_true());
        }
        if let Some(n) = v.as_small_int() {
            return Some(n != 0);
        }
        if v.is_none() {
            return Some(false);
        }
        self.exact_len(v).map(|n| n != 0)
    }

    #[inline(never)]
    fn truth_slow(&mut self, v: Value) -> Res<bool> {
        if let Some(n) = v.as_small_int() {
            return Ok(n != 0);
        }
        if v.is_none() {
            return Ok(false);
        }
        // Instances are tested more often than anything below.
        if v.is_kind(Kind::Instance) && self.class_of(v).has(TypeFlags::ALWAYS_TRUE) {
            return Ok(true);
        }
        if let Some(f) = v.as_float() {
            return Ok(f != 0.0);
        }
        if v.is_not_implemented() {
            return Err(self.type_error("NotImplemented should not be used in a boolean context"));
        }
        if let Some(n) = self.exact_len(v) {
            return Ok(n != 0);
        }
        let class = self.class_of(v);
        if class.has(TypeFlags::ALWAYS_TRUE) {
            return Ok(true);
        }
        if let Some(m) = self.lookup(class, self.names.__bool__) {
            let r = self.call_method_value(m, v, &[])?;
            if r.is_bool() {
                return Ok(r.is_true());
            }
            let name = self.class_name(r);
            return Err(self.type_error(&format!("__bool__ should return bool, returned {name}")));
        }
        if self.lookup(class, self.names.__len__).is_some() {
            return Ok(self.len(v)? != 0);
        }
        Ok(true)
    }

    /// Length of an exact builtin container.
    #[inline]
    pub(crate) fn exact_len(&self, v: Value) -> Option<usize> {
        const STR: u32 = Kind::Str as u32;
        const LIST: u32 = Kind::List as u32;
        const TUPLE: u32 = Kind::Tuple as u32;
        const DICT: u32 = Kind::Dict as u32;
        const SET: u32 = Kind::Set as u32;
        const FROZENSET: u32 = Kind::FrozenSet as u32;
        const BYTES: u32 = Kind::Bytes as u32;
        const BYTEARRAY: u32 = Kind::ByteArray as u32;
        // SAFETY: the shape id says what the cell is.
        unsafe {
            Some(match v.shape_id() {
                STR => v.cast::<StrObj>().len,
                LIST => v.cast::<ListObj>().len.get(),
                TUPLE => v.cast::<TupleObj>().len,
                DICT => v.cast::<DictObj>().used.get(),
                SET | FROZENSET => v.cast::<SetObj>().used.get(),
                BYTES => v.cast::<BytesObj>().len,
                BYTEARRAY => v.cast::<ByteArrayObj>().len.get(),
                _ => return None,
            })
        }
    }

    /// `len(v)`.
    #[inline]
    pub fn len(&mut self, v: Value) -> Res<usize> {
        if let Some(n) = self.exact_len(v) {
            return Ok(n);
        }
        let Some(m) = self.special(v, self.names.__len__) else {
            let name = self.class_name(v);
            return Err(self.type_error(&format!("object of type '{name}' has no len()")));
        };
        let r = self.call_method_value(m, v, &[])?;
        let i = self.index(r)?;
        match self.int_to_i64(i) {
            Some(n) if n >= 0 => Ok(n as usize),
            Some(_) => Err(self.value_error("__len__() should return >= 0")),
            None if self.int_is_negative(i) => {
                Err(self.value_error("__len__() should return >= 0"))
            }
            None => Err(self.overflow_error("cannot fit 'int' into an index-sized integer")),
        }
    }

    /// The value as an int (`operator.index`): small int or Int cell, exact; bools become ints.
    #[inline]
    pub fn index(&mut self, v: Value) -> Res {
        if v.is_small_int() || v.is_exact(Kind::Int) {
            return Ok(v);
        }
        if v.is_bool() {
            return Ok(Value::int_unchecked(v.is_true() as i64));
        }
        if let Some(i) = v.downcast::<IntObj>() {
            let (negative, limbs) = (i.negative, i.limbs().to_vec());
            return self.new_int_limbs(negative, &limbs);
        }
        let Some(m) = self.special(v, self.names.__index__) else {
            let name = self.class_name(v);
            return Err(self.type_error(&format!(
                "'{name}' object cannot be interpreted as an integer"
            )));
        };
        let r = self.call_method_value(m, v, &[])?;
        if r.is_small_int() || r.is_exact(Kind::Int) {
            return Ok(r);
        }
        let name = self.class_name(r);
        if self.is_int(r) {
            self.warn_subclass_result("__index__", &name, "int")?;
            return self.index(r);
        }
        Err(self.type_error(&format!("__index__ returned non-int (type {name})")))
    }

    /// An index as i64; OverflowError when it does not fit.
    pub fn index_i64(&mut self, v: Value) -> Res<i64> {
        if let Some(n) = v.as_small_int() {
            return Ok(n);
        }
        let i = self.index(v)?;
        match self.int_to_i64(i) {
            Some(n) => Ok(n),
            None => Err(self.overflow_error("Python int too large to convert to C long")),
        }
    }
    /// As `index_i64` for a C int.
    pub fn index_i32(&mut self, v: Value) -> Res<i32> {
        let i = self.index(v)?;
        match self.int_to_i64(i).map(i32::try_from) {
            Some(Ok(n)) => Ok(n),
            _ => Err(self.overflow_error("Python int too large to convert to C int")),
        }
    }
    /// As `index_i64` with the wording for sizes.
    pub fn index_isize(&mut self, v: Value) -> Res<isize> {
        if let Some(n) = v.as_small_int() {
            return Ok(n as isize);
        }
        let i = self.index(v)?;
        match self.int_to_i64(i) {
            Some(n) => Ok(n as isize),
            None => Err(self.overflow_error("Python int too large to convert to C ssize_t")),
        }
    }
    /// An index clipped to the i64 range (slices).
    pub fn index_clipped(&mut self, v: Value) -> Res<i64> {
        let i = self.index(v)?;
        Ok(match self.int_to_i64(i) {
            Some(n) => n,
            None if self.int_is_negative(i) => i64::MIN,
            None => i64::MAX,
        })
    }
    /// An index for subscripting; IndexError when it does not fit.
    pub fn index_for(&mut self, v: Value) -> Res<i64> {
        if let Some(n) = v.as_small_int() {
            return Ok(n);
        }
        let i = self.index(v)?;
        match self.int_to_i64(i) {
            Some(n) => Ok(n),
            None => {
                let text = self.cannot_fit(v);
                Err(self.index_error(&text))
            }
        }
    }
    /// The complaint about an index beyond the range, which names its type.
    pub fn cannot_fit(&self, v: Value) -> String {
        let name = self.class_name(v);
        format!("cannot fit '{name}' into an index-sized integer")
    }

    /// An int, bool or int subclass instance.
    #[inline]
    pub fn is_int(&self, v: Value) -> bool {
        v.is_small_int() || v.is_bool() || v.is_kind(Kind::Int)
    }
    /// The number of an int value (small, bool or cell) if it fits.
    pub fn int_to_i64(&self, v: Value) -> Option<i64> {
        if let Some(n) = v.as_small_int() {
            return Some(n);
        }
        if v.is_bool() {
            return Some(v.is_true() as i64);
        }
        let i = v.downcast::<IntObj>()?;
        match i.limbs() {
            [] => Some(0),
            [l] if i.negative => {
                if *l <= 1 << 63 {
                    Some((*l as i64).wrapping_neg())
                } else {
                    None
                }
            }
            [l] => i64::try_from(*l).ok(),
            _ => None,
        }
    }
    /// As `int_to_i64` for two words.
    pub fn int_to_i128(&self, v: Value) -> Option<i128> {
        if let Some(n) = v.as_small_int() {
            return Some(n as i128);
        }
        if v.is_bool() {
            return Some(v.is_true() as i128);
        }
        let i = v.downcast::<IntObj>()?;
        let magnitude = match i.limbs() {
            [] => 0,
            [low] => *low as i128,
            [low, high] if *high < 1 << 63 => (*high as i128) << 64 | *low as i128,
            _ => return None,
        };
        Some(if i.negative { -magnitude } else { magnitude })
    }
    /// Sign of an int value.
    pub fn int_is_negative(&self, v: Value) -> bool {
        match v.as_small_int() {
            Some(n) => n < 0,
            None => v.downcast::<IntObj>().is_some_and(|i| i.negative),
        }
    }
    /// Any int value (bools too) as a big integer.
    pub fn to_big(&self, v: Value) -> Option<BigInt> {
        if let Some(n) = self.int_to_i64(v) {
            return Some(BigInt::from(n));
        }
        let i = v.downcast::<IntObj>()?;
        Some(BigInt::from_limbs(i.negative, i.limbs()))
    }
    /// The float of a float or float subclass instance.
    pub fn float_of(&self, v: Value) -> Option<f64> {
        v.as_float()
            .or_else(|| v.downcast::<FloatObj>().map(|f| f.number))
    }
    /// A number argument as a float (`__float__`, `__index__`).
    pub fn to_f64(&mut self, v: Value) -> Res<f64> {
        if let Some(f) = self.float_of(v) {
            return Ok(f);
        }
        if let Some(n) = v.as_small_int() {
            return Ok(n as f64);
        }
        if self.is_int(v) {
            return self.int_to_f64(v);
        }
        if let Some(m) = self.special(v, self.names.__float__) {
            return self.call_float(m, v);
        }
        if self.special(v, self.names.__index__).is_some() {
            let i = self.index(v)?;
            return self.int_to_f64(i);
        }
        let name = self.class_name(v);
        Err(self.type_error(&format!("must be real number, not {name}")))
    }
    /// An int value as a float; OverflowError beyond the range.
    pub fn int_to_f64(&mut self, v: Value) -> Res<f64> {
        if let Some(n) = v.as_small_int() {
            return Ok(n as f64);
        }
        match self.to_big(v).map(|b| num::int_float::to_f64(&b)) {
            Some(Ok(f)) => Ok(f),
            _ => Err(self.overflow_error("int too large to convert to float")),
        }
    }

    // ---- hash and equality ----

    /// `hash(v)`.
    #[inline]
    pub fn hash(&mut self, v: Value) -> Res<i64> {
        match self.hash_quick(v) {
            Some(h) => Ok(h),
            None => self.hash_slow(v),
        }
    }

    /// The hash of an exact str or a small int; of other values Python code may have to be asked.
    #[inline]
    pub fn hash_quick(&mut self, v: Value) -> Option<i64> {
        if v.is_exact(Kind::Str) {
            return Some(self.hash_str(v));
        }
        v.as_small_int().map(|n| if n == -1 { -2 } else { n })
    }

    #[inline(never)]
    fn hash_slow(&mut self, v: Value) -> Res<i64> {
        if v.is_exact(Kind::Tuple) {
            return self.hash_tuple(v);
        }
        if let Some(f) = v.as_float() {
            // NaNs hash by identity, which for an immediate is its bits.
            return Ok(if f.is_nan() {
                (v.bits() >> 4) as i64
            } else {
                num::hash::hash_f64(f)
            });
        }
        if !v.is_cell() {
            return Ok(match v {
                Value::TRUE => 1,
                Value::FALSE => 0,
                Value::NONE => 0xfca8_6420,
                other => other.bits() as i64 * 0x1_0003,
            });
        }
        if v.is_exact(Kind::Int) {
            return Ok(self.to_big(v).map_or(0, |b| num::hash::hash_big(&b)));
        }
        let class = self.class_of(v);
        if class.has(TypeFlags::IDENTITY_HASH) && !class.has(TypeFlags::UNHASHABLE) {
            return Ok(identity_hash(v));
        }
        match self.lookup(class, self.names.__hash__) {
            Some(m) if v.is_kind(Kind::Tuple) && self.is_own_method(m, self.types.tuple) => {
                self.hash_tuple(v)
            }
            Some(m) if !m.is_none() => {
                let r = self.call_method_value(m, v, &[])?;
                if !self.is_int(r) {
                    return Err(self.type_error("__hash__ method should return an integer"));
                }
                let h = match self.int_to_i64(r) {
                    Some(n) => n,
                    None => self.to_big(r).map_or(0, |b| num::hash::hash_big(&b)),
                };
                Ok(if h == -1 { -2 } else { h })
            }
            _ => {
                let name = class.full_name();
                Err(self.type_error(&format!("unhashable type: '{name}'")))
            }
        }
    }

    /// `m` is a method of the builtin class itself, not one that a subclass defines.
    fn is_own_method(&self, m: Value, class: Ref<TypeObj>) -> bool {
        m.downcast::<MethodDescrObj>()
            .is_some_and(|d| d.class == class)
    }

    /// CPython's tuple hash (xxHash-like, Objects/tupleobject.c).
    pub fn hash_tuple(&mut self, v: Value) -> Res<i64> {
        const P1: u64 = 11400714785074694791;
        const P2: u64 = 14029467366897019727;
        const P5: u64 = 2870177450012600261;
        self.check_native_stack()?;
        // SAFETY: the caller passes a tuple.
        let t = unsafe { v.cast::<TupleObj>() };
        let mut acc = P5;
        for item in t.items() {
            let lane = self.hash(*item)? as u64;
            acc = acc
                .wrapping_add(lane.wrapping_mul(P2))
                .rotate_left(31)
                .wrapping_mul(P1);
        }
        acc = acc.wrapping_add(t.len as u64 ^ (P5 ^ 3527539));
        Ok(if acc == u64::MAX {
            1546275796
        } else {
            acc as i64
        })
    }

    /// `a is b or a == b`, as containers compare.
    #[inline]
    pub fn eq(&mut self, a: Value, b: Value) -> Res<bool> {
        if a == b {
            return Ok(true);
        }
        if a.is_exact(Kind::Str) && b.is_exact(Kind::Str) {
            // SAFETY: both are str cells.
            return Ok(unsafe { a.cast::<StrObj>().same_units(b.cast::<StrObj>()) });
        }
        if a.is_small_int() && b.is_small_int() {
            return Ok(false);
        }
        let r = self.compare(CmpOp::Eq, a, b)?;
        self.truth(r)
    }

    /// Identity: equal bits, or equal type and bits for heap numbers.
    pub fn is_same(&self, a: Value, b: Value) -> bool {
        if a == b {
            return true;
        }
        if a.is_exact(Kind::Int) && b.is_exact(Kind::Int) {
            // SAFETY: both are int cells.
            let (x, y) = unsafe { (a.cast::<IntObj>(), b.cast::<IntObj>()) };
            return x.negative == y.negative && x.limbs() == y.limbs();
        }
        if a.is_exact(Kind::Complex) && b.is_exact(Kind::Complex) {
            // SAFETY: both are complex cells.
            let (x, y) = unsafe { (a.cast::<ComplexObj>(), b.cast::<ComplexObj>()) };
            return x.re.to_bits() == y.re.to_bits() && x.im.to_bits() == y.im.to_bits();
        }
        false
    }

    // ---- text ----

    /// `repr(v)`, a str.
    pub fn repr(&mut self, v: Value) -> Res {
        if let Some(n) = v.as_small_int() {
            return self.int_text(n);
        }
        self.check_native_stack()?;
        let Some(m) = self.special(v, self.names.__repr__) else {
            let name = self.class_name(v);
            return self.new_str(&format!("<{name} object at {:#x}>", v.bits()));
        };
        let r = self.call_method_value(m, v, &[])?;
        if r.is_kind(Kind::Str) {
            return Ok(r);
        }
        let name = self.class_name(r);
        Err(self.type_error(&format!("__repr__ returned non-string (type {name})")))
    }

    /// `str(v)`, a str.
    pub fn str_of(&mut self, v: Value) -> Res {
        if v.is_exact(Kind::Str) {
            return Ok(v);
        }
        if let Some(n) = v.as_small_int() {
            return self.int_text(n);
        }
        self.check_native_stack()?;
        let Some(m) = self.special(v, self.names.__str__) else {
            return self.repr(v);
        };
        let r = self.call_method_value(m, v, &[])?;
        if r.is_kind(Kind::Str) {
            return Ok(r);
        }
        let name = self.class_name(r);
        Err(self.type_error(&format!("__str__ returned non-string (type {name})")))
    }

    /// The decimal text of a small int.
    fn int_text(&mut self, n: i64) -> Res {
        if (0..10).contains(&n) {
            return self.new_char('0' as u32 + n as u32);
        }
        self.new_str_ascii(num::digits::int_text(n).as_bytes())
    }

    /// `ascii(v)`.
    pub fn ascii(&mut self, v: Value) -> Res {
        let r = self.repr(v)?;
        match r.downcast::<StrObj>() {
            Some(s) if !s.is_ascii() => self.new_str(&escape_non_ascii(s.units())),
            _ => Ok(r),
        }
    }

    /// `format(v, spec)`.
    pub fn format(&mut self, v: Value, spec: Value) -> Res {
        let empty = spec.downcast::<StrObj>().is_some_and(|s| s.len == 0);
        if empty && (v.is_exact(Kind::Str) || v.is_small_int()) {
            return self.str_of(v);
        }
        if let (Some(f), Some(text)) = (
            v.as_float(),
            spec.downcast::<StrObj>().and_then(simple_precision),
        ) && let Some(text) = num::float_text::fixed_quick(f, text)
        {
            return self.new_str_ascii(text.as_bytes());
        }
        if let (Some(n), Some(spec)) = (v.as_small_int(), spec.downcast::<StrObj>())
            && let Some(text) = spec
                .as_ascii()
                .and_then(|s| num::format_num::format_small(n, s.as_bytes()))
        {
            return self.new_str_ascii(text.as_bytes());
        }
        let Some(m) = self.special(v, self.names.__format__) else {
            let name = self.class_name(v);
            return Err(self.type_error(&format!("Type {name} doesn't define __format__")));
        };
        let r = self.call_method_value(m, v, &[spec])?;
        if r.is_kind(Kind::Str) {
            return Ok(r);
        }
        let name = self.class_name(r);
        Err(self.type_error(&format!("__format__ must return a str, not {name}")))
    }
}

/// The precision of a spec like `.2f`.
fn simple_precision(spec: Ref<StrObj>) -> Option<usize> {
    match spec.as_ascii()?.as_bytes() {
        [b'.', d @ b'0'..=b'9', b'f'] => Some((d - b'0') as usize),
        _ => None,
    }
}

/// Hash of an object by its address.
pub fn identity_hash(v: Value) -> i64 {
    (v.bits() >> 4 | v.bits() << 60) as i64
}

impl IntObj {
    /// Little-endian magnitude.
    #[inline]
    pub fn limbs(&self) -> &[u64] {
        // SAFETY: the limbs follow the struct in the same cell.
        unsafe {
            std::slice::from_raw_parts((self as *const IntObj).add(1).cast(), self.nlimbs as usize)
        }
    }
}

/// The text with everything beyond ASCII as `\\x`, `\\u` or `\\U` escapes.
fn escape_non_ascii(units: text::Units) -> String {
    let mut out = String::new();
    for c in units.iter() {
        match (c, char::from_u32(c)) {
            (0..0x80, Some(ch)) => out.push(ch),
            (0..0x100, _) => out.push_str(&format!("\\x{c:02x}")),
            (0..0x10000, _) => out.push_str(&format!("\\u{c:04x}")),
            _ => out.push_str(&format!("\\U{c:08x}")),
        }
    }
    out
}
