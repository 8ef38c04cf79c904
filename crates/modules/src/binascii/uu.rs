//! Uuencoding, one line at a time.

use super::*;

#[derive::natives]
pub mod functions {
    use super::*;

    /// Decode a line of uuencoded data.
    #[native("a2b_uu($module, data, /)")]
    fn a2b_uu(vm: &mut Vm, _m: Value, data: Value) -> Res {
        let s = ascii_of(vm, data)?;
        let Some((first, rest)) = s.split_first() else {
            return vm.new_bytes(&[]);
        };
        let want = (first.wrapping_sub(32) & 63) as usize;
        let mut out = Vec::with_capacity(want + 3);
        let (mut bits, mut n) = (0u32, 0);
        let mut at = 0;
        while out.len() < want {
            let v = match rest.get(at).copied() {
                // A short line stands for trailing spaces.
                None | Some(b'\n' | b'\r') => 0,
                Some(b) if (32..=96).contains(&b) => (b - 32) & 63,
                Some(_) => return Err(error(vm, "Illegal char")),
            };
            at += 1;
            bits = bits << 6 | v as u32;
            n += 6;
            if n >= 8 {
                n -= 8;
                out.push((bits >> n) as u8);
                bits &= (1 << n) - 1;
            }
        }
        for b in rest.iter().skip(at) {
            // Padding of the last group may follow.
            if !matches!(b, b' ' | b'`' | b'\n' | b'\r') {
                return Err(error(vm, "Trailing garbage"));
            }
        }
        vm.new_bytes(&out)
    }
    /// Uuencode line of data.
    #[native("b2a_uu($module, data, /, *, backtick=False)")]
    fn b2a_uu(vm: &mut Vm, _m: Value, data: Value, backtick: Option<bool>) -> Res {
        let b = bytes_of(vm, data)?;
        if b.len() > 45 {
            return Err(error(vm, "At most 45 bytes at once"));
        }
        let zero = if backtick.unwrap_or(false) {
            b'`'
        } else {
            b' '
        };
        let put = |v: u32| if v == 0 { zero } else { v as u8 + 32 };
        let mut out = vec![put(b.len() as u32)];
        for c in b.chunks(3) {
            let n = (c[0] as u32) << 16
                | (c.get(1).copied().unwrap_or(0) as u32) << 8
                | c.get(2).copied().unwrap_or(0) as u32;
            out.extend((0..4).map(|k| put(n >> (18 - 6 * k) & 63)));
        }
        out.push(b'\n');
        vm.new_bytes(&out)
    }
}
