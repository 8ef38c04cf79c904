//! Quoted-printable.

use super::*;

fn hex(b: u8) -> [u8; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [b'=', DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]]
}

/// Longest line.
const LIMIT: usize = 76;

fn encode(s: &[u8], quotetabs: bool, istext: bool, header: bool) -> Vec<u8> {
    // Line ends follow the first one of the text.
    let crlf = s
        .iter()
        .position(|b| *b == b'\n')
        .is_some_and(|i| i > 0 && s[i - 1] == b'\r');
    let mut out = Vec::new();
    let mut line = 0;
    let end_line = |out: &mut Vec<u8>| {
        if crlf {
            out.push(b'\r');
        }
        out.push(b'\n');
    };
    let mut i = 0;
    while i < s.len() {
        let b = s[i];
        let next = s.get(i + 1).copied();
        let last = i + 1 == s.len();
        let quote = b > 126
            || b == b'='
            || (header && b == b'_')
            || (b == b'.' && line == 0 && (last || matches!(next, Some(b'\n' | b'\r' | 0))))
            || (!istext && matches!(b, b'\r' | b'\n'))
            || (matches!(b, b'\t' | b' ') && last)
            || (b < 33 && !matches!(b, b'\r' | b'\n' | b'\t' | b' '))
            || (b < 33
                && !matches!(b, b'\r' | b'\n')
                && (quotetabs || (!matches!(b, b'\t' | b' '))));
        if quote {
            if line + 3 >= LIMIT {
                out.push(b'=');
                end_line(&mut out);
                line = 0;
            }
            out.extend(hex(b));
            line += 3;
            i += 1;
            continue;
        }
        if istext && (b == b'\n' || (b == b'\r' && next == Some(b'\n'))) {
            // White space before a line end is quoted.
            if let Some(w @ (b' ' | b'\t')) = out.last().copied() {
                out.pop();
                out.extend(hex(w));
            }
            end_line(&mut out);
            i += if b == b'\r' { 2 } else { 1 };
            line = 0;
            continue;
        }
        if next.is_some_and(|n| n != b'\n') && line + 1 >= LIMIT {
            out.push(b'=');
            end_line(&mut out);
            line = 0;
        }
        line += 1;
        out.push(if header && b == b' ' { b'_' } else { b });
        i += 1;
    }
    out
}

fn decode(s: &[u8], header: bool) -> Vec<u8> {
    let digit = |b: u8| (b as char).to_digit(16);
    let mut out = Vec::with_capacity(s.len());
    let mut i = 0;
    while i < s.len() {
        let b = s[i];
        i += 1;
        if b == b'_' && header {
            out.push(b' ');
            continue;
        }
        if b != b'=' {
            out.push(b);
            continue;
        }
        match (s.get(i).copied(), s.get(i + 1).copied()) {
            (None, _) => {}
            (Some(b'\n' | b'\r'), _) => {
                // A soft line break.
                while i < s.len() && s[i] != b'\n' {
                    i += 1;
                }
                i += 1;
            }
            (Some(b'='), _) => {
                out.push(b'=');
                i += 1;
            }
            (Some(a), Some(c)) => match (digit(a), digit(c)) {
                (Some(a), Some(c)) => {
                    out.push((a * 16 + c) as u8);
                    i += 2;
                }
                _ => out.push(b'='),
            },
            _ => out.push(b'='),
        }
    }
    out
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Decode a string of qp-encoded data.
    #[native("a2b_qp($module, /, data, header=False)")]
    fn a2b_qp(vm: &mut Vm, _m: Value, data: Value, header: Option<bool>) -> Res {
        let s = ascii_of(vm, data)?;
        vm.new_bytes(&decode(&s, header.unwrap_or(false)))
    }
    /// Encode a string using quoted-printable encoding.
    ///
    /// On encoding, when istext is set, newlines are not encoded, and white
    /// space at end of lines is.  When istext is not set, \r and \n (CR/LF)
    /// are both encoded.  When quotetabs is set, space and tabs are encoded.
    #[native("b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)")]
    fn b2a_qp(
        vm: &mut Vm,
        _m: Value,
        data: Value,
        quotetabs: Option<bool>,
        istext: Option<bool>,
        header: Option<bool>,
    ) -> Res {
        let s = bytes_of(vm, data)?;
        let out = encode(
            &s,
            quotetabs.unwrap_or(false),
            istext.unwrap_or(true),
            header.unwrap_or(false),
        );
        vm.new_bytes(&out)
    }
}
