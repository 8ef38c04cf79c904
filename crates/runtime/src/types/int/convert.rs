//! `int(x)`: conversion of numbers, strings and bytes.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// `int(x, base)`.
    pub(super) fn int_with_base(&mut self, x: Value, base: Value) -> Res {
        let base = self.index_clipped(base)?;
        if base != 0 && !(2..=36).contains(&base) {
            return Err(self.value_error("int() base must be >= 2 and <= 36, or 0"));
        }
        match self.int_from_text(x, base as u32)? {
            Some(v) => Ok(v),
            None => Err(self.type_error("int() can't convert non-string with explicit base")),
        }
    }

    /// The int that a str, bytes or bytearray spells; None for other objects.
    fn int_from_text(&mut self, x: Value, base: u32) -> Res<Option<Value>> {
        if let Some(s) = x.downcast::<StrObj>() {
            let text = Vm::number_text(s);
            return self.parse_int(&text, base, x).map(Some);
        }
        match Vm::plain_bytes(x) {
            Some(text) => self.parse_int(&text, base, x).map(Some),
            None => Ok(None),
        }
    }

    /// `int(x)` as an exact int (`PyNumber_Long`).
    pub fn number_to_int(&mut self, x: Value) -> Res {
        if x.is_small_int() || x.is_exact(Kind::Int) {
            return Ok(x);
        }
        if let Some(f) = x.as_float() {
            return self.float_to_int(f);
        }
        if x.is_bool() {
            return self.exact_int(x);
        }
        if x.is_exact(Kind::Str)
            && let Some(v) = self.int_from_text(x, 10)?
        {
            return Ok(v);
        }
        if let Some(m) = self.special(x, self.names.__int__) {
            let r = self.call_method_value(m, x, &[])?;
            if !r.is_small_int() && !r.is_exact(Kind::Int) {
                let got = self.class_name(r);
                if !self.is_int(r) {
                    return Err(self.type_error(&format!("__int__ returned non-int (type {got})")));
                }
                self.warn_subclass_result("__int__", &got, "int")?;
            }
            return self.exact_int(r);
        }
        if self.special(x, self.names.__index__).is_some() {
            return self.index(x);
        }
        if let Some(v) = self.int_from_text(x, 10)? {
            return Ok(v);
        }
        if let Some(text) = self.buffer_bytes(x)? {
            let shown = self.new_bytes(&text)?;
            return self.parse_int(&text, 10, shown);
        }
        let name = self.class_name(x);
        Err(self.type_error(&format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{name}'"
        )))
    }

    /// The int a float truncates to; ValueError for NaN, OverflowError for infinities.
    pub fn float_to_int(&mut self, f: f64) -> Res {
        if f.abs() < 9e18 {
            return self.new_int(f as i64);
        }
        match num::int_float::from_f64(f) {
            Ok(b) => self.new_big(&b),
            Err(e) => Err(self.num_error(e)),
        }
    }

    /// A copy of the bytes of a bytes-like object; None when it is none.
    pub fn buffer_bytes(&mut self, x: Value) -> Res<Option<Vec<u8>>> {
        if let Some(b) = Vm::plain_bytes(x) {
            return Ok(Some(b));
        }
        if !self.has_buffer(x) {
            return Ok(None);
        }
        Ok(Some(self.get_buffer(x)?.as_slice().to_vec()))
    }
}
