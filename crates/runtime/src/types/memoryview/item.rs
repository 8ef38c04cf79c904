//! Items of a memoryview: reading and writing by format.

use crate::value::{Res, Value};
use crate::vm::Vm;

/// The type character of a native single-item format, as `memoryview` accepts it.
pub fn native_char(format: &str) -> Option<u8> {
    match format.as_bytes() {
        [c] | [b'@', c] => item_size(*c).map(|_| *c),
        _ => None,
    }
}

/// Bytes of a native type character.
pub fn item_size(c: u8) -> Option<usize> {
    Some(match c {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

/// IEEE half precision to double.
pub fn half_to_f64(h: u16) -> f64 {
    let sign = if h & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (e, m) = ((h >> 10) & 31, f64::from(h & 0x3ff));
    match e {
        0 => sign * m * (-24f64).exp2(),
        31 if m == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN.copysign(sign),
        _ => sign * (1.0 + m / 1024.0) * f64::from(i32::from(e) - 15).exp2(),
    }
}

/// Double to IEEE half precision, ties to even; None on overflow.
pub fn f64_to_half(f: f64) -> Option<u16> {
    let sign = if f.is_sign_negative() { 0x8000 } else { 0 };
    let a = f.abs();
    if f.is_nan() {
        return Some(sign | 0x7e00);
    }
    if a.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if a < (-14f64).exp2() {
        return Some(sign | (a * 24f64.exp2()).round_ties_even() as u16);
    }
    let mut e = ((a.to_bits() >> 52) as i32) - 1023;
    let mut m = ((a / f64::from(e).exp2() - 1.0) * 1024.0).round_ties_even() as u16;
    if m == 1024 {
        m = 0;
        e += 1;
    }
    (e <= 15).then(|| sign | (((e + 15) as u16) << 10) | m)
}

impl Vm {
    /// The value of one item.
    ///
    /// # Safety
    /// `p` points to an item of type `c`.
    pub unsafe fn unpack_item(&mut self, c: u8, p: *const u8) -> Res {
        macro_rules! read {
            ($t:ty) => {
                // SAFETY: promised by the caller; the item may be unaligned.
                unsafe { p.cast::<$t>().read_unaligned() }
            };
        }
        match c {
            b'c' => self.new_bytes(&[read!(u8)]),
            b'b' => Ok(Value::int_unchecked(read!(i8) as i64)),
            b'B' => Ok(Value::int_unchecked(read!(u8) as i64)),
            b'?' => Ok(Value::bool(read!(u8) != 0)),
            b'h' => Ok(Value::int_unchecked(read!(i16) as i64)),
            b'H' => Ok(Value::int_unchecked(read!(u16) as i64)),
            b'i' => Ok(Value::int_unchecked(read!(i32) as i64)),
            b'I' => Ok(Value::int_unchecked(read!(u32) as i64)),
            b'l' | b'q' | b'n' => self.new_int(read!(i64)),
            b'L' | b'Q' | b'N' | b'P' => self.new_int_u64(read!(u64)),
            b'f' => Ok(Value::float(read!(f32) as f64)),
            b'd' => Ok(Value::float(read!(f64))),
            _ => Ok(Value::float(half_to_f64(read!(u16)))),
        }
    }

    /// The bytes of a value as an item of type `c`.
    pub fn pack_item(&mut self, c: u8, v: Value, out: &mut [u8; 8]) -> Res<usize> {
        match c {
            b'?' => {
                out[0] = u8::from(self.truth(v)?);
                return Ok(1);
            }
            b'c' => {
                let Some(b) = v.downcast::<crate::object::BytesObj>() else {
                    return Err(self.type_error("memoryview: invalid type for format 'c'"));
                };
                let [byte] = b.as_slice() else {
                    return Err(self.value_error("memoryview: invalid value for format 'c'"));
                };
                out[0] = *byte;
                return Ok(1);
            }
            b'f' | b'd' | b'e' => return self.pack_float(c, v, out),
            _ => {}
        }
        let n = match self.index(v) {
            Ok(i) => self.to_big(i),
            Err(_) if self.catch(self.types.exc.TypeError) => {
                return Err(self.type_error(&format!(
                    "memoryview: invalid type for format '{}'",
                    c as char
                )));
            }
            Err(r) => return Err(r),
        };
        let size = item_size(c).unwrap_or(1);
        let n = n.and_then(|n| {
            n.to_i64()
                .map(i128::from)
                .or_else(|| n.to_u64().map(i128::from))
        });
        let bits = size as u32 * 8;
        let (low, high) = if c.is_ascii_lowercase() {
            (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
        } else {
            (0, (1i128 << bits) - 1)
        };
        match n {
            Some(n) if (low..=high).contains(&n) => {
                out.copy_from_slice(&(n as u64).to_ne_bytes());
                Ok(size)
            }
            _ => Err(self.value_error(&format!(
                "memoryview: invalid value for format '{}'",
                c as char
            ))),
        }
    }

    fn pack_float(&mut self, c: u8, v: Value, out: &mut [u8; 8]) -> Res<usize> {
        let f = match self.to_f64(v) {
            Ok(f) => f,
            Err(_) if self.catch(self.types.exc.TypeError) => {
                return Err(self.type_error(&format!(
                    "memoryview: invalid type for format '{}'",
                    c as char
                )));
            }
            Err(r) => return Err(r),
        };
        match c {
            b'd' => out.copy_from_slice(&f.to_ne_bytes()),
            b'f' => {
                out[..4].copy_from_slice(&(f as f32).to_ne_bytes());
                return Ok(4);
            }
            _ => match f64_to_half(f) {
                Some(h) => {
                    out[..2].copy_from_slice(&h.to_ne_bytes());
                    return Ok(2);
                }
                None => {
                    return Err(self.overflow_error("float too large to pack with e format"));
                }
            },
        }
        Ok(8)
    }
}
