//! `escape_decode` and `escape_encode`: bytes as in a bytes literal.

use super::*;
use runtime::types::bytes::shared::data as bytes_of;

#[derive::natives]
pub mod functions {
    use super::*;

    #[native("escape_decode($module, data, errors=None, /)")]
    fn escape_decode(vm: &mut Vm, _m: Value, data: Value, errors: Option<Value>) -> Res {
        let errors = errors_of(vm, errors, "escape_decode", 2)?;
        let input = input_of(vm, data)?;
        let out = unescape(vm, &input, &errors)?;
        let v = vm.new_bytes(&out)?;
        counted(vm, v, input.len())
    }
    #[native("escape_encode($module, data, errors=None, /)")]
    fn escape_encode(vm: &mut Vm, _m: Value, data: Value, errors: Option<Value>) -> Res {
        errors_of(vm, errors, "escape_encode", 2)?;
        if !data.is_kind(Kind::Bytes) {
            let name = vm.argument_kind(data);
            return Err(vm.type_error(&format!(
                "escape_encode() argument 1 must be bytes, not {name}"
            )));
        }
        let mut out = Vec::new();
        for b in bytes_of(data) {
            match b {
                b'\\' | b'\'' => out.extend([b'\\', *b]),
                b'\t' => out.extend(b"\\t"),
                b'\n' => out.extend(b"\\n"),
                b'\r' => out.extend(b"\\r"),
                0x20..=0x7e => out.push(*b),
                _ => out.extend(format!("\\x{b:02x}").bytes()),
            }
        }
        let v = vm.new_bytes(&out)?;
        counted(vm, v, bytes_of(data).len())
    }
}

/// The bytes that a bytes literal's text stands for.
fn unescape(vm: &mut Vm, s: &[u8], errors: &str) -> Res<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len());
    let mut i = 0;
    let mut bad = None;
    while i < s.len() {
        if s[i] != b'\\' {
            out.push(s[i]);
            i += 1;
            continue;
        }
        let Some(c) = s.get(i + 1).copied() else {
            return Err(vm.value_error("Trailing \\ in string"));
        };
        i += 2;
        match c {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(c),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b't' => out.push(9),
            b'n' => out.push(10),
            b'r' => out.push(13),
            b'v' => out.push(11),
            b'a' => out.push(7),
            b'0'..=b'7' => {
                let mut n = (c - b'0') as u32;
                let mut k = 0;
                while k < 2 && matches!(s.get(i), Some(b'0'..=b'7')) {
                    n = n * 8 + (s[i] - b'0') as u32;
                    i += 1;
                    k += 1;
                }
                if n > 0o377 && bad.is_none() {
                    bad = Some((Some(n), None));
                }
                out.push(n as u8);
            }
            b'x' => {
                let digit = |k: usize| s.get(k).and_then(|b| (*b as char).to_digit(16));
                match (digit(i), digit(i + 1)) {
                    (Some(a), Some(b)) => {
                        out.push((a * 16 + b) as u8);
                        i += 2;
                    }
                    (a, _) => {
                        match errors {
                            "strict" => {
                                let at = i - 2;
                                return Err(
                                    vm.value_error(&format!("invalid \\x escape at position {at}"))
                                );
                            }
                            "replace" => out.push(b'?'),
                            "ignore" => {}
                            _ => {
                                return Err(vm.value_error(&format!(
                                    "decoding error; unknown error handling code: {errors}"
                                )));
                            }
                        }
                        i += usize::from(a.is_some());
                    }
                }
            }
            _ => {
                if bad.is_none() {
                    bad = Some((None, Some(c)));
                }
                out.extend([b'\\', c]);
            }
        }
    }
    if let Some((octal, byte)) = bad {
        vm.warn_escape(octal, byte)?;
    }
    Ok(out)
}
