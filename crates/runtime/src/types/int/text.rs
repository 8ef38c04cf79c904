//! Ints from and to text, within the limit of `sys.set_int_max_str_digits`.

use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use num::int_text::{self, IntParseError, ParsedInt};

/// What `sys.int_info.default_max_str_digits` is.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;
/// What `sys.int_info.str_digits_check_threshold` is.
pub const MAX_STR_DIGITS_THRESHOLD: usize = 640;

impl Vm {
    /// `str(int)` of any int value; ValueError beyond the digit limit.
    pub fn int_to_decimal(&mut self, v: Value) -> Res<String> {
        if let Some(n) = self.int_to_i64(v) {
            return Ok(n.to_string());
        }
        let b = self.big_of(v);
        let limit = self.interp().int_max_str_digits;
        // 2^(bits - 1) has at least this many digits, so huge ints fail before the conversion.
        let least = ((b.bit_length() - 1) as f64 * std::f64::consts::LOG10_2) as usize;
        if limit > 0 && least > limit {
            return Err(self.digits_error(limit));
        }
        let text = int_text::to_decimal(&b);
        let digits = text.len() - usize::from(b.is_negative());
        if limit > 0 && digits > limit {
            return Err(self.digits_error(limit));
        }
        Ok(text)
    }

    /// Fails as decimal conversion of `v` would (for `%d` and `format`).
    pub fn check_int_digits(&mut self, v: Value) -> Res<()> {
        match self.int_to_i64(v) {
            Some(_) => Ok(()),
            None if self.big_of(v).bit_length() < 2000 => Ok(()),
            None => self.int_to_decimal(v).map(|_| ()),
        }
    }

    #[cold]
    fn digits_error(&mut self, limit: usize) -> Raised {
        self.value_error(&format!(
            "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
        ))
    }

    /// `int(text, base)`; `shown` is the object that messages show.
    pub fn parse_int(&mut self, text: &[u8], base: u32, shown: Value) -> Res {
        let literal = match int_text::scan(text, base) {
            Ok(l) => l,
            Err(IntParseError::Base) => {
                return Err(self.value_error("int() base must be >= 2 and <= 36, or 0"));
            }
            Err(IntParseError::Literal) => return Err(self.invalid_literal(base, shown)),
        };
        let (digits, limit) = (literal.limited_digits(), self.interp().int_max_str_digits);
        if digits > MAX_STR_DIGITS_THRESHOLD && limit > 0 && digits > limit {
            return Err(self.value_error(&format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; use sys.set_int_max_str_digits() to increase the limit"
            )));
        }
        match literal.value() {
            ParsedInt::Small(n) => self.new_int(n),
            ParsedInt::Big(b) => self.new_big(&b),
        }
    }

    #[cold]
    fn invalid_literal(&mut self, base: u32, shown: Value) -> Raised {
        let shown = if shown.is_kind(Kind::ByteArray) {
            match Vm::plain_bytes(shown).map(|b| self.new_bytes(&b)) {
                Some(Ok(b)) => b,
                _ => shown,
            }
        } else {
            shown
        };
        match self.repr(shown) {
            Ok(r) => {
                let points: Vec<u32> = match r.downcast::<StrObj>() {
                    Some(s) => s.units().iter().take(200).collect(),
                    None => Vec::new(),
                };
                let mut b = text::StrBuf::new();
                b.push_str(&format!("invalid literal for int() with base {base}: "));
                points.iter().for_each(|c| b.push(*c));
                match self.new_str_owned(&b.finish()) {
                    Ok(m) => self.error_with(self.types.exc.ValueError, &[m]),
                    Err(r) => r,
                }
            }
            Err(r) => r,
        }
    }
}
