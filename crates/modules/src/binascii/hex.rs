//! Hexadecimal text and checksums.

use super::*;

fn unhex(vm: &mut Vm, v: Value) -> Res {
    let s = ascii_of(vm, v)?;
    if s.len() % 2 == 1 {
        return Err(error(vm, "Odd-length string"));
    }
    let digit = |b: u8| (b as char).to_digit(16);
    let mut out = Vec::with_capacity(s.len() / 2);
    for pair in s.chunks_exact(2) {
        match (digit(pair[0]), digit(pair[1])) {
            (Some(a), Some(b)) => out.push((a * 16 + b) as u8),
            _ => return Err(error(vm, "Non-hexadecimal digit found")),
        }
    }
    vm.new_bytes(&out)
}

fn to_hex(vm: &mut Vm, v: Value, sep: Option<Value>, per: Option<Value>) -> Res {
    let args = vm.hex_args(sep, per)?;
    let b = bytes_of(vm, v)?;
    let s = vm.hex_of(&b, args)?;
    match s.downcast::<StrObj>().as_ref().and_then(|s| s.as_ascii()) {
        Some(a) => vm.new_bytes(a.as_bytes()),
        None => vm.new_bytes(&[]),
    }
}

const fn crc_table() -> [[u32; 256]; 8] {
    let mut t = [[0u32; 256]; 8];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u32;
        let mut k = 0;
        while k < 8 {
            c = if c & 1 == 1 {
                0xedb8_8320 ^ (c >> 1)
            } else {
                c >> 1
            };
            k += 1;
        }
        t[0][i] = c;
        i += 1;
    }
    let mut n = 1;
    while n < 8 {
        let mut i = 0;
        while i < 256 {
            let c = t[n - 1][i];
            t[n][i] = (c >> 8) ^ t[0][(c & 255) as usize];
            i += 1;
        }
        n += 1;
    }
    t
}

static CRC: [[u32; 256]; 8] = crc_table();

/// CRC-32 of zlib and PNG (polynomial 0xEDB88320), eight bytes a step.
pub fn crc32_of(bytes: &[u8], start: u32) -> u32 {
    let mut c = !start;
    let mut chunks = bytes.chunks_exact(8);
    for b in &mut chunks {
        let x = c ^ u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        c = CRC[7][(x & 255) as usize]
            ^ CRC[6][(x >> 8 & 255) as usize]
            ^ CRC[5][(x >> 16 & 255) as usize]
            ^ CRC[4][(x >> 24) as usize]
            ^ CRC[3][b[4] as usize]
            ^ CRC[2][b[5] as usize]
            ^ CRC[1][b[6] as usize]
            ^ CRC[0][b[7] as usize];
    }
    for b in chunks.remainder() {
        c = (c >> 8) ^ CRC[0][((c ^ *b as u32) & 255) as usize];
    }
    !c
}

/// The low 32 bits of an int.
fn low_bits(vm: &mut Vm, v: Value) -> Res<u32> {
    let i = vm.index(v)?;
    if let Some(n) = vm.int_to_i64(i) {
        return Ok(n as u32);
    }
    let (mask, n) = (num::BigInt::from(0xffff_ffffi64), vm.to_big(i));
    Ok(n.and_then(|n| (&n & &mask).to_u64()).unwrap_or(0) as u32)
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "hexlify()".
    ///
    /// Example:
    /// >>> binascii.b2a_hex(b'\xb9\x01\xef')
    /// b'b901ef'
    /// >>> binascii.hexlify(b'\xb9\x01\xef', ':')
    /// b'b9:01:ef'
    /// >>> binascii.b2a_hex(b'\xb9\x01\xef', b'_', 2)
    /// b'b9_01ef'
    #[native("b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn b2a_hex(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        sep: Option<Value>,
        bytes_per_sep: Option<Value>,
    ) -> Res {
        to_hex(vm, data, sep, bytes_per_sep)
    }
    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "b2a_hex()".
    #[native("hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hexlify(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        sep: Option<Value>,
        bytes_per_sep: Option<Value>,
    ) -> Res {
        to_hex(vm, data, sep, bytes_per_sep)
    }
    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    /// This function is also available as "unhexlify()".
    #[native("a2b_hex($module, hexstr, /)")]
    fn a2b_hex(vm: &mut Vm, _m: Value, hexstr: Value) -> Res {
        unhex(vm, hexstr)
    }
    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    #[native("unhexlify($module, hexstr, /)")]
    fn unhexlify(vm: &mut Vm, _m: Value, hexstr: Value) -> Res {
        unhex(vm, hexstr)
    }
    /// Compute CRC-32 incrementally.
    #[native("crc32($module, data, crc=0, /)")]
    fn crc32(vm: &mut Vm, _m: Value, data: Value, crc: Option<Value>) -> Res<i64> {
        let start = match crc {
            Some(v) => low_bits(vm, v)?,
            None => 0,
        };
        let b = vm.get_buffer(data)?;
        Ok(crc32_of(b.as_slice(), start) as i64)
    }
    /// Compute CRC-CCITT incrementally.
    #[native("crc_hqx($module, data, crc, /)")]
    fn crc_hqx(vm: &mut Vm, _m: Value, data: Value, crc: Value) -> Res<i64> {
        let mut c = low_bits(vm, crc)? & 0xffff;
        for b in vm.get_buffer(data)?.as_slice() {
            c ^= (*b as u32) << 8;
            for _ in 0..8 {
                c = if c & 0x8000 != 0 {
                    (c << 1) ^ 0x1021
                } else {
                    c << 1
                } & 0xffff;
            }
        }
        Ok(c as i64)
    }
}
