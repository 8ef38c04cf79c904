//! Base64.

use super::*;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Not a character of base64.
const NONE: u8 = 0xff;

/// The value of each character.
static VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut i = 0;
    while i < 64 {
        values[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values
};

/// Decodes groups of four characters up to the first other one: how many characters those are.
fn decode_groups(s: &[u8], out: &mut Vec<u8>) -> usize {
    let mut done = 0;
    for group in s.chunks_exact(4) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| VALUES[group[i] as usize]);
        if a | b | c | d == NONE {
            break;
        }
        out.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        done += 4;
    }
    done
}

fn decode(vm: &mut Vm, s: &[u8], strict: bool) -> Res<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len() / 4 * 3);
    let (mut quad, mut left, mut pads) = (0usize, 0u32, 0usize);
    let mut padding_started = false;
    if strict && s.first() == Some(&b'=') {
        return Err(error(vm, "Leading padding not allowed"));
    }
    let whole = decode_groups(s, &mut out);
    for (i, b) in s.iter().enumerate().skip(whole) {
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
        let v = u32::from(VALUES[*b as usize]);
        if v == u32::from(NONE) {
            if strict {
                return Err(error(vm, "Only base64 data is allowed"));
            }
            continue;
        }
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

/// Four characters for three bytes.
fn encode([a, b, c]: [u8; 3]) -> [u8; 4] {
    let n = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
    [18, 12, 6, 0].map(|shift| ALPHABET[(n >> shift & 63) as usize])
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
        let groups = b.chunks_exact(3);
        let rest = groups.remainder();
        for c in groups {
            out.extend(encode([c[0], c[1], c[2]]));
        }
        if let [first, more @ ..] = rest {
            let mut group = encode([*first, more.first().copied().unwrap_or(0), 0]);
            group[rest.len() + 1..].fill(b'=');
            out.extend(group);
        }
        if newline.unwrap_or(true) {
            out.push(b'\n');
        }
        vm.new_bytes(&out)
    }
}
