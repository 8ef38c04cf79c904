//! Packing and unpacking of single values.

use super::format::{Format, Item};
use super::struct_error;
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// Signedness and range of the integer codes.
fn range(code: u8, size: usize) -> (i128, i128) {
    let bits = size as u32 * 8;
    if matches!(code, b'b' | b'h' | b'i' | b'l' | b'q' | b'n') {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    }
}

/// Writes the low `out.len()` bytes of n.
fn put(out: &mut [u8], n: u64, little: bool) {
    match (out.len(), little) {
        (1, _) => out[0] = n as u8,
        (2, true) => out.copy_from_slice(&(n as u16).to_le_bytes()),
        (4, true) => out.copy_from_slice(&(n as u32).to_le_bytes()),
        (8, true) => out.copy_from_slice(&n.to_le_bytes()),
        _ => put_bytes(out, n, little),
    }
}

fn put_bytes(out: &mut [u8], n: u64, little: bool) {
    let bytes = n.to_le_bytes();
    let size = out.len();
    for (i, b) in out.iter_mut().enumerate() {
        *b = bytes[if little { i } else { size - 1 - i }];
    }
}

fn get(bytes: &[u8], little: bool) -> u64 {
    match *bytes {
        [a] => return a.into(),
        [a, b] if little => return u16::from_le_bytes([a, b]).into(),
        [a, b, c, d] if little => return u32::from_le_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] if little => return u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => {}
    }
    let mut n = [0u8; 8];
    let size = bytes.len();
    for (i, b) in bytes.iter().enumerate() {
        n[if little { i } else { size - 1 - i }] = *b;
    }
    u64::from_le_bytes(n)
}

/// Packs one value at `out`, which has the item's size.
pub fn pack(vm: &mut Vm, f: &Format, item: Item, v: Value, out: &mut [u8]) -> Res<()> {
    match item.code {
        b'?' => out[0] = u8::from(vm.truth(v)?),
        b'c' => match Vm::plain_bytes(v).as_deref() {
            Some([b]) if v.is_kind(Kind::Bytes) => out[0] = *b,
            _ => {
                return Err(struct_error(
                    vm,
                    "char format requires a bytes object of length 1",
                ));
            }
        },
        b's' | b'p' => pack_bytes(vm, item, v, out)?,
        b'e' | b'f' | b'd' => {
            let x = float_arg(vm, v, "required argument is not a float")?;
            pack_float(vm, item.code, x, f.little, out)?;
        }
        b'F' | b'D' => {
            let c = match vm.to_complex(v) {
                Ok(c) => c,
                Err(r) if !vm.catch(vm.types.exc.TypeError) => return Err(r),
                Err(_) => return Err(struct_error(vm, "required argument is not a complex")),
            };
            let (code, half) = if item.code == b'F' {
                (b'f', 4)
            } else {
                (b'd', 8)
            };
            pack_float(vm, code, c.re, f.little, &mut out[..half])?;
            pack_float(vm, code, c.im, f.little, &mut out[half..])?;
        }
        _ => pack_int(vm, f, item, v, out)?,
    }
    Ok(())
}

fn pack_bytes(vm: &mut Vm, item: Item, v: Value, out: &mut [u8]) -> Res<()> {
    let bytes = match Vm::plain_bytes(v) {
        Some(b) => b,
        None => {
            let text = format!(
                "argument for '{}' must be a bytes object",
                item.code as char
            );
            return Err(struct_error(vm, &text));
        }
    };
    if item.code == b's' {
        let n = bytes.len().min(out.len());
        out[..n].copy_from_slice(&bytes[..n]);
        return Ok(());
    }
    if let Some((len, rest)) = out.split_first_mut() {
        let n = bytes.len().min(rest.len());
        rest[..n].copy_from_slice(&bytes[..n]);
        *len = n.min(255) as u8;
    }
    Ok(())
}

/// Whether an int of at most 49 bits is in the range of an integer code.
fn small_fits(code: u8, size: usize, n: i64) -> bool {
    match code {
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' if size >= 8 => true,
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            let half = 1i64 << (size * 8 - 1);
            (-half..half).contains(&n)
        }
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' => n >= 0 && (size >= 8 || n >> (size * 8) == 0),
        _ => false,
    }
}

fn pack_int(vm: &mut Vm, f: &Format, item: Item, v: Value, out: &mut [u8]) -> Res<()> {
    if let Some(n) = v.as_small_int()
        && small_fits(item.code, item.size, n)
    {
        put(out, n as u64, f.little);
        return Ok(());
    }
    let i = if vm.is_int(v) {
        v
    } else if vm.special(v, vm.names.__index__).is_some() {
        vm.index(v)?
    } else {
        return Err(struct_error(vm, "required argument is not an integer"));
    };
    let (min, max) = range(item.code, item.size);
    let n = match vm.int_to_i64(i) {
        Some(n) => Some(i128::from(n)),
        None => vm.to_big(i).and_then(|b| b.to_i128()),
    };
    if item.code == b'P' {
        return match n.filter(|n| (-(1i128 << 63)..1i128 << 64).contains(n)) {
            Some(n) => {
                put(out, n as u64, f.little);
                Ok(())
            }
            None => Err(struct_error(vm, "int too large to convert")),
        };
    }
    match n.filter(|n| (min..=max).contains(n)) {
        Some(n) => {
            put(out, n as u64, f.little);
            Ok(())
        }
        None => {
            let text = format!(
                "'{}' format requires {min} <= number <= {max}",
                item.code as char
            );
            Err(struct_error(vm, &text))
        }
    }
}

fn float_arg(vm: &mut Vm, v: Value, message: &str) -> Res<f64> {
    match vm.to_f64(v) {
        Ok(x) => Ok(x),
        Err(_) if vm.catch(vm.types.exc.TypeError) => Err(struct_error(vm, message)),
        Err(r) => Err(r),
    }
}

fn pack_float(vm: &mut Vm, code: u8, x: f64, little: bool, out: &mut [u8]) -> Res<()> {
    let bits = match code {
        b'd' => Some(x.to_bits()),
        b'f' => f32_bits(x).map(u64::from),
        _ => f16_bits(x).map(u64::from),
    };
    match bits {
        Some(b) => {
            put(out, b, little);
            Ok(())
        }
        None => Err(vm.overflow_error(&format!(
            "float too large to pack with {} format",
            code as char
        ))),
    }
}

/// The bits of x as a single; None when it is too large.
pub fn f32_bits(x: f64) -> Option<u32> {
    let y = x as f32;
    if y.is_infinite() && x.is_finite() {
        return None;
    }
    if x.is_nan() {
        // Sign and the upper payload bits stay, quiet or not.
        let b = x.to_bits();
        let payload = ((b >> 29) & 0x7f_ffff) as u32;
        let payload = if payload == 0 { 0x40_0000 } else { payload };
        return Some(((b >> 63) as u32) << 31 | 0x7f80_0000 | payload);
    }
    Some(y.to_bits())
}

/// The bits of x as a half, ties to even; None when it is too large.
fn f16_bits(x: f64) -> Option<u16> {
    let sign = ((x.to_bits() >> 63) as u16) << 15;
    if x.is_nan() {
        let payload = ((x.to_bits() >> 42) & 0x3ff) as u16;
        return Some(sign | 0x7c00 | if payload == 0 { 0x200 } else { payload });
    }
    if x.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let a = x.abs();
    if a >= 65520.0 {
        return None;
    }
    if a < 6.103_515_625e-5 {
        // Subnormal: multiples of 2^-24.
        return Some(sign | (a * 16_777_216.0).round_ties_even() as u16);
    }
    let exp = ((a.to_bits() >> 52) as i32) - 1023;
    // The mantissa's 10 bits; rounding up may carry into the exponent, which is right.
    let scaled = a * f64::powi(2.0, 10 - exp);
    let mantissa = scaled.round_ties_even() as u32;
    Some(sign | ((((exp + 14) as u32) << 10) + mantissa) as u16)
}

fn f16_value(b: u16) -> f64 {
    let sign = if b >> 15 == 1 { -1.0 } else { 1.0 };
    let (exp, m) = (i32::from(b >> 10 & 31), f64::from(b & 0x3ff));
    match exp {
        0 => sign * m / 16_777_216.0,
        31 if m == 0.0 => sign * f64::INFINITY,
        31 => f64::from_bits(
            (u64::from(b >> 15) << 63) | (0x7ff << 52) | (u64::from(b & 0x3ff) << 42),
        ),
        _ => sign * (1024.0 + m) * f64::powi(2.0, exp - 25),
    }
}

fn f32_value(bits: u32) -> f64 {
    if f32::from_bits(bits).is_nan() {
        return f64::from_bits(
            (u64::from(bits >> 31) << 63) | (0x7ff << 52) | (u64::from(bits & 0x7f_ffff) << 29),
        );
    }
    f64::from(f32::from_bits(bits))
}

/// Unpacks one item from its bytes.
pub fn unpack(vm: &mut Vm, little: bool, code: u8, b: &[u8]) -> Res {
    let float = |b: &[u8]| match b.len() {
        2 => f16_value(get(b, little) as u16),
        4 => f32_value(get(b, little) as u32),
        _ => f64::from_bits(get(b, little)),
    };
    match code {
        b'?' => Ok(Value::bool(b[0] != 0)),
        b'c' | b's' => vm.new_bytes(b),
        b'p' => match b.split_first() {
            Some((len, rest)) => vm.new_bytes(&rest[..rest.len().min(*len as usize)]),
            None => vm.new_bytes(&[]),
        },
        b'e' | b'f' | b'd' => Ok(Value::float(float(b))),
        b'F' | b'D' => {
            let (re, im) = b.split_at(b.len() / 2);
            vm.new_complex(float(re), float(im))
        }
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            let shift = 64 - b.len() as u32 * 8;
            vm.new_int(((get(b, little) << shift) as i64) >> shift)
        }
        _ => vm.new_int_u64(get(b, little)),
    }
}
