//! Calls of classes that need not go through `__new__` and `__init__`.

use crate::class::*;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// Calls of exact builtin classes that are common: none or one positional argument (any number
    /// for `range`). None: not such a call.
    pub(crate) fn quick_construct(&mut self, class: Ref<TypeObj>, args: &[Value]) -> Option<Res> {
        if class.has(TypeFlags::HEAP) {
            return None;
        }
        match args {
            [] => self.quick_empty(class),
            [v] => self.quick_convert(class, *v),
            [start, stop] if class == self.types.range => Some(self.quick_range(*start, *stop)),
            _ => None,
        }
    }

    fn quick_empty(&mut self, class: Ref<TypeObj>) -> Option<Res> {
        let t = self.types;
        Some(match class.kind.get() {
            Kind::Dict if class == t.dict => self.new_dict().map(Ref::value),
            Kind::List if class == t.list => self.new_list(&[]),
            Kind::Set if class == t.set => self.new_set().map(Ref::value),
            Kind::Tuple if class == t.tuple => self.new_tuple(&[]),
            Kind::Str if class == t.str => Ok(self.names.empty),
            Kind::Int if class == t.int => Ok(Value::int_unchecked(0)),
            Kind::Instance if class == t.object => self.new_instance(class),
            _ => return None,
        })
    }

    fn quick_convert(&mut self, class: Ref<TypeObj>, v: Value) -> Option<Res> {
        let t = self.types;
        Some(match class.kind.get() {
            Kind::Type if class == t.type_ => Ok(self.class_of(v).value()),
            Kind::Tuple if class == t.tuple => self.tuple_of(v),
            Kind::List if class == t.list => self.list_of(v).map(Ref::value),
            Kind::Set if class == t.set => self.set_of(v).map(Ref::value),
            Kind::Str if class == t.str => self.str_of(v),
            Kind::Bool => self.truth(v).map(Value::bool),
            Kind::Int if class == t.int => return self.quick_int(v),
            Kind::Float if class == t.float && (v.is_small_int() || v.is_float()) => {
                self.to_f64(v).map(Value::float)
            }
            Kind::Float if class == t.float => Ok(Value::float(plain_float(v)?)),
            Kind::Dict if class == t.dict && v.is_exact(Kind::Dict) => {
                // SAFETY: checked above.
                let from = unsafe { v.cast::<DictObj>() };
                self.new_dict().and_then(|d| {
                    crate::dict::copy_into(self, d, from)?;
                    Ok(d.value())
                })
            }
            Kind::Range if class == t.range => self.quick_range(Value::int_unchecked(0), v),
            _ => return None,
        })
    }

    /// `int(v)` of a small int, a float that truncates to one, or a few ASCII digits.
    fn quick_int(&mut self, v: Value) -> Option<Res> {
        if v.is_small_int() {
            return Some(Ok(v));
        }
        if let Some(f) = v.as_float() {
            const LIMIT: f64 = (1u64 << 47) as f64;
            return (f.abs() < LIMIT).then(|| Ok(Value::int_unchecked(f as i64)));
        }
        if !v.is_exact(Kind::Str) {
            return None;
        }
        // SAFETY: checked above.
        let s = unsafe { v.cast::<StrObj>() };
        let text = s.as_ascii()?.as_bytes();
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        if !(1..=14).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let n = digits.iter().fold(0i64, |n, d| n * 10 + (d - b'0') as i64);
        let n = if digits.len() < text.len() { -n } else { n };
        Some(Ok(Value::int_unchecked(n)))
    }

    fn quick_range(&mut self, start: Value, stop: Value) -> Res {
        let (start, stop) = (self.index(start)?, self.index(stop)?);
        self.new_range(start, stop, Value::int_unchecked(1))
    }
}

/// The float of a str of a few digits, with point and exponent.
fn plain_float(v: Value) -> Option<f64> {
    if !v.is_exact(Kind::Str) {
        return None;
    }
    let s = v.downcast::<StrObj>()?;
    let text = s.as_ascii().filter(|t| t.len() <= 24)?;
    // Neither blanks nor underscores, nor a word that Rust takes.
    let plain = |c: u8| c.is_ascii_digit() || matches!(c, b'.' | b'-' | b'+' | b'e' | b'E');
    text.bytes().all(plain).then(|| text.parse().ok())?
}
