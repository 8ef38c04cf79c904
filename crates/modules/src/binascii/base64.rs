//! Base64.

use super::*;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value(b: u8) -> Option<u32> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

fn decode(vm: &mut Vm, s: &[u8], strict: bool) -> Res<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len() / 4 * 3);
    let (mut quad, mut left, mut pads) = (0usize, 0u32, 0usize);
    let mut padding_started = false;
    if strict && s.first() == Some(&b'=') {
        return Err(error(vm, "Leading padding not allowed"));
    }
    for (i, b) in s.iter().enumerate() {
        if *b == b'=' {
            padding_started = true;
            pads += 1;
            if quad >= 2 && quad + pads >= 4 {
                if strict && i + 1 < s.len() {
                    return Err(error(vm, "Excess data after padding"));
                }
                return Ok(out);
            }
            if strict && quad == 0 {
                let text = if i == 0 {
                    "Leading padding not allowed"
                } else {
                    "Discontinuous padding not allowed"
                };
                return Err(error(vm, text));
            }
            continue;
        }
        let Some(v) = value(*b) else {
            if strict {
                return Err(error(vm, "Only base64 data is allowed"));
            }
            continue;
        };
        if strict && padding_started {
            return Err(error(vm, "Discontinuous padding not allowed"));
        }
        pads = 0;
        match quad {
            0 => left = v,
            1 => {
                out.push((left << 2 | v >> 4) as u8);
                left = v & 15;
            }
            2 => {
                out.push((left << 4 | v >> 2) as u8);
                left = v & 3;
            }
            _ => out.push((left << 6 | v) as u8),
        }
        quad = (quad + 1) % 4;
    }
    match quad {
        0 => Ok(out),
        1 => {
            let n = out.len() / 3 * 4 + 1;
            Err(error(
                vm,
                &format!(
                    "Invalid base64-encoded string: number of data characters ({n}) cannot be 1 more than a multiple of 4"
                ),
            ))
        }
        _ => Err(error(vm, "Incorrect padding")),
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Decode a line of base64 data.
    ///
    ///   strict_mode
    ///     When set to True, bytes that are not part of the base64 standard are not allowed.
    ///     The same applies to excess data after padding (= / ==).
    #[native("a2b_base64($module, data, /, *, strict_mode=False)")]
    fn a2b_base64(vm: &mut Vm, _m: Value, data: Value, strict_mode: Option<bool>) -> Res {
        let s = ascii_of(vm, data)?;
        let out = decode(vm, &s, strict_mode.unwrap_or(false))?;
        vm.new_bytes(&out)
    }
    /// Base64-code line of data.
    #[native("b2a_base64($module, data, /, *, newline=True)")]
    fn b2a_base64(vm: &mut Vm, _m: Value, data: Value, newline: Option<bool>) -> Res {
        let b = bytes_of(vm, data)?;
        let mut out = Vec::with_capacity(b.len() / 3 * 4 + 5);
        for c in b.chunks(3) {
            let n = (c[0] as u32) << 16
                | (c.get(1).copied().unwrap_or(0) as u32) << 8
                | c.get(2).copied().unwrap_or(0) as u32;
            for k in 0..4 {
                out.push(if k <= c.len() {
                    ALPHABET[(n >> (18 - 6 * k) & 63) as usize]
                } else {
                    b'='
                });
            }
        }
        if newline.unwrap_or(true) {
            out.push(b'\n');
        }
        vm.new_bytes(&out)
    }
}
