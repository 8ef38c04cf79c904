//! Items of arrays: typecodes, conversion from and to values.

use runtime::object::*;
use runtime::{Raised, Res, Value, Vm};

/// All typecodes, in CPython's order.
pub const TYPECODES: &str = "bBuwhHiIlLqQfd";

/// Bytes of an item; None for an unknown typecode.
pub fn itemsize(code: u8) -> Option<usize> {
    Some(match code {
        b'b' | b'B' => 1,
        b'h' | b'H' => 2,
        b'u' | b'w' | b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'd' => 8,
        _ => return None,
    })
}

/// Items are characters.
pub fn is_text(code: u8) -> bool {
    matches!(code, b'u' | b'w')
}

/// Item `i` of an array of doubles or ints that is a small int; None for anything else.
#[inline]
pub fn decode_quick(code: u8, data: &[u8], i: usize) -> Option<Value> {
    fn item<const N: usize>(data: &[u8], i: usize) -> Option<[u8; N]> {
        data.get(i * N..(i + 1) * N)?.try_into().ok()
    }
    let n = match code {
        b'd' => return item(data, i).map(|b| Value::float(f64::from_ne_bytes(b))),
        b'f' => return item(data, i).map(|b| Value::float(f32::from_ne_bytes(b) as f64)),
        b'b' => i8::from_ne_bytes(item(data, i)?) as i64,
        b'B' => u8::from_ne_bytes(item(data, i)?) as i64,
        b'h' => i16::from_ne_bytes(item(data, i)?) as i64,
        b'H' => u16::from_ne_bytes(item(data, i)?) as i64,
        b'i' => i32::from_ne_bytes(item(data, i)?) as i64,
        b'I' => u32::from_ne_bytes(item(data, i)?) as i64,
        b'l' | b'q' => i64::from_ne_bytes(item(data, i)?),
        _ => return None,
    };
    Value::small_int(n)
}

/// The value of an item's bytes.
pub fn decode(vm: &mut Vm, code: u8, bytes: &[u8]) -> Res {
    if !is_text(code) {
        return crate::_struct::unpack(vm, cfg!(target_endian = "little"), code, bytes);
    }
    let mut word = [0; 4];
    word.copy_from_slice(bytes);
    let c = u32::from_ne_bytes(word);
    if c > 0x10_ffff {
        return Err(vm.value_error(&format!(
            "character U+{c:x} is not in range [U+0000; U+10ffff]"
        )));
    }
    vm.new_char(c)
}

/// The bytes of an item (the first `itemsize(code)` of the result count).
pub fn encode(vm: &mut Vm, code: u8, v: Value) -> Res<[u8; 8]> {
    let mut out = [0u8; 8];
    match code {
        b'f' => out[..4].copy_from_slice(&(vm.to_f64(v)? as f32).to_ne_bytes()),
        b'd' => out = vm.to_f64(v)?.to_ne_bytes(),
        b'u' | b'w' => out[..4].copy_from_slice(&character(vm, v)?.to_ne_bytes()),
        _ => {
            let n = integer(vm, code, v)?;
            let size = itemsize(code).unwrap_or(8);
            let bytes = n.to_le_bytes();
            for i in 0..size {
                out[if cfg!(target_endian = "little") {
                    i
                } else {
                    size - 1 - i
                }] = bytes[i];
            }
        }
    }
    Ok(out)
}

fn character(vm: &mut Vm, v: Value) -> Res<u32> {
    let Some(s) = v.downcast::<StrObj>() else {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!(
            "array item must be a unicode character, not {name}"
        )));
    };
    if s.len != 1 {
        let n = s.len;
        return Err(vm.type_error(&format!(
            "array item must be a unicode character, not a string of length {n}"
        )));
    }
    Ok(s.units().get(0))
}

/// An int item as two's complement.
fn integer(vm: &mut Vm, code: u8, v: Value) -> Res<u64> {
    let i = vm.index(v)?;
    let n = match vm.int_to_i64(i) {
        Some(n) => Some(i128::from(n)),
        None => vm.to_big(i).and_then(|b| b.to_i128()),
    };
    let negative = vm.int_is_negative(i);
    let bits = itemsize(code).unwrap_or(8) as u32 * 8;
    let (min, max) = if code.is_ascii_lowercase() {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    };
    match n {
        Some(n) if (min..=max).contains(&n) => Ok(n as u64),
        _ => Err(out_of_range(vm, code, negative)),
    }
}

/// The wordings of CPython's argument parser, which differ by typecode.
#[cold]
fn out_of_range(vm: &mut Vm, code: u8, negative: bool) -> Raised {
    let name = match (code, negative) {
        (b'b', _) => "signed char",
        (b'B', _) => "unsigned byte integer",
        (b'h', _) => "signed short integer",
        (b'H', _) => "unsigned short",
        (b'i', _) => "signed integer",
        (b'I' | b'L', true) => {
            return vm.overflow_error("can't convert negative value to unsigned int");
        }
        (b'I', false) => "unsigned int",
        (b'l', _) => return vm.overflow_error("Python int too large to convert to C long"),
        (b'L', false) => {
            return vm.overflow_error("Python int too large to convert to C unsigned long");
        }
        (b'Q', true) => return vm.overflow_error("can't convert negative int to unsigned"),
        _ => return vm.overflow_error("int too big to convert"),
    };
    let end = if negative {
        "less than minimum"
    } else {
        "greater than maximum"
    };
    vm.overflow_error(&format!("{name} is {end}"))
}
