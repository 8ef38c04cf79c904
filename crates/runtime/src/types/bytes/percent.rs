//! `bytes % args`.

use super::shared::data;
use crate::object::*;
use crate::types::str::percent::Arguments;
use crate::value::{Res, Value};
use crate::vm::Vm;
use num::percent::{Amount, Conversion, Resolved, Segment, parse};

impl Vm {
    /// The result of `format % args` for bytes.
    pub fn percent_bytes(&mut self, format: &[u8], args: Value) -> Res<Vec<u8>> {
        let mut out = Vec::new();
        let mut source = Arguments::new(self, args, true);
        for segment in parse(format.len(), |i| format[i] as u32, true) {
            match segment {
                Segment::Literal(r) => out.extend_from_slice(&format[r]),
                Segment::Convert(c) => self.percent_bytes_one(format, c, &mut source, &mut out)?,
            }
        }
        source.finish(self, true)?;
        Ok(out)
    }

    fn percent_bytes_one(
        &mut self,
        format: &[u8],
        c: Conversion,
        source: &mut Arguments,
        out: &mut Vec<u8>,
    ) -> Res<()> {
        if c.mapping {
            let key = match &c.key {
                Some(r) => Some(self.new_bytes(&format[r.clone()])?),
                None => None,
            };
            source.look_up(self, key)?;
        }
        let width = match c.width {
            Amount::Argument => Some(source.star(self)?),
            _ => None,
        };
        let precision = match c.precision {
            Amount::Argument => Some(source.precision(self)?),
            _ => None,
        };
        if let Some(e) = c.error {
            return Err(self.num_error(e));
        }
        let r = c.resolve(width, precision);
        let v = source.take(self)?;
        let Some(kind) = u8::try_from(c.kind).ok() else {
            return Err(self.num_error(c.unsupported(true)));
        };
        match kind {
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => {
                let s = self.percent_int(v, &r, kind)?;
                out.extend_from_slice(s.as_bytes());
                Ok(())
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let f = match self.to_f64(v) {
                    Ok(f) => f,
                    Err(_) if self.catch(self.types.exc.TypeError) => {
                        let name = self.class_name(v);
                        return Err(
                            self.type_error(&format!("float argument required, not {name}"))
                        );
                    }
                    Err(r) => return Err(r),
                };
                match r.format_float(f, kind) {
                    Ok(s) => out.extend_from_slice(s.as_bytes()),
                    Err(e) => return Err(self.num_error(e)),
                }
                Ok(())
            }
            b'r' | b'a' => {
                let s = self.ascii(v)?;
                let s = self.display(s);
                pad(self, out, s.as_bytes(), &r)
            }
            b's' | b'b' => {
                let b = self.percent_bytes_arg(v)?;
                pad(self, out, &b, &r)
            }
            b'c' => {
                let b = self.percent_byte(v)?;
                let r = Resolved {
                    precision: None,
                    ..r
                };
                pad(self, out, &[b], &r)
            }
            _ => Err(self.num_error(c.unsupported(true))),
        }
    }

    fn percent_bytes_arg(&mut self, v: Value) -> Res<Vec<u8>> {
        if v.is_kind(Kind::Bytes) || v.is_kind(Kind::ByteArray) {
            return Ok(data(v).to_vec());
        }
        if let Some(m) = self.special(v, self.names.__bytes__) {
            let r = self.call_method_value(m, v, &[])?;
            if !r.is_kind(Kind::Bytes) {
                let name = self.class_name(r);
                return Err(self.type_error(&format!("__bytes__ returned non-bytes (type {name})")));
            }
            return Ok(data(r).to_vec());
        }
        if self.has_buffer(v) {
            return Ok(self.get_buffer(v)?.as_slice().to_vec());
        }
        let name = self.class_name(v);
        Err(self.type_error(&format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{name}'"
        )))
    }

    fn percent_byte(&mut self, v: Value) -> Res<u8> {
        if v.is_kind(Kind::Bytes) || v.is_kind(Kind::ByteArray) {
            if let [b] = data(v) {
                return Ok(*b);
            }
            let n = data(v).len();
            let name = if v.is_kind(Kind::Bytes) {
                "bytes"
            } else {
                "bytearray"
            };
            return Err(self.type_error(&format!(
                "%c requires an integer in range(256) or a single byte, not a {name} object of length {n}"
            )));
        }
        if self.is_int(v) || self.special(v, self.names.__index__).is_some() {
            let i = self.index(v)?;
            return match self.int_to_i64(i).map(u8::try_from) {
                Some(Ok(b)) => Ok(b),
                _ => Err(self.overflow_error("%c arg not in range(256)")),
            };
        }
        let name = self.class_name(v);
        Err(self.type_error(&format!(
            "%c requires an integer in range(256) or a single byte, not {name}"
        )))
    }
}

fn pad(vm: &mut Vm, out: &mut Vec<u8>, b: &[u8], r: &Resolved) -> Res<()> {
    let b = &b[..r.precision.unwrap_or(b.len()).min(b.len())];
    let (left, right) = r.pad_text(b.len());
    let total = left.saturating_add(right).saturating_add(b.len());
    if out.try_reserve(total).is_err() {
        return Err(vm.memory_error());
    }
    out.extend(std::iter::repeat_n(b' ', left));
    out.extend_from_slice(b);
    out.extend(std::iter::repeat_n(b' ', right));
    Ok(())
}
