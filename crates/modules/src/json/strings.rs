//! JSON strings: quoting and scanning.

use runtime::object::StrObj;
use runtime::{Raised, Res, Value, Vm};
use text::{StrBuf, Units};

/// Appends a JSON string literal.
pub fn quote(out: &mut StrBuf, s: Units, ascii: bool) {
    out.push(34);
    let plain = |c: u32| c >= 32 && c != 34 && c != 92 && (c < 127 || !ascii);
    if let Units::U8(b) = s
        && b.iter().all(|c| plain(*c as u32))
    {
        out.push_units(s);
    } else {
        for c in s.iter() {
            match c {
                34 => out.push_str("\\\""),
                92 => out.push_str("\\\\"),
                8 => out.push_str("\\b"),
                12 => out.push_str("\\f"),
                10 => out.push_str("\\n"),
                13 => out.push_str("\\r"),
                9 => out.push_str("\\t"),
                c if plain(c) => out.push(c),
                0x10000.. => {
                    let v = c - 0x10000;
                    let (hi, lo) = (0xd800 + (v >> 10), 0xdc00 + (v & 0x3ff));
                    out.push_str(&format!("\\u{hi:04x}\\u{lo:04x}"));
                }
                c => out.push_str(&format!("\\u{c:04x}")),
            }
        }
    }
    out.push(34);
}

/// Raises `json.JSONDecodeError(message, doc, pos)`.
pub fn decode_error(vm: &mut Vm, message: &str, doc: Value, pos: usize) -> Raised {
    let made = vm.import_module("json.decoder").and_then(|m| {
        let class = vm.get_attr_str(m, "JSONDecodeError")?;
        let text = vm.new_str(message)?;
        vm.call_value(class, &[text, doc, Value::int_unchecked(pos as i64)])
    });
    match made {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

fn hex4(s: Units, at: usize) -> Option<u32> {
    let mut n = 0;
    for i in at..at + 4 {
        n = n * 16 + char::from_u32(s.get(i))?.to_digit(16)?;
    }
    Some(n)
}

/// The bytes of a string of an ASCII document whose opening quote is before `at`, and the index
/// after it, when it has no escapes.
pub fn plain<'a>(doc: Value, s: Units<'a>, at: usize) -> Option<(&'a [u8], usize)> {
    let Units::U8(b) = s else { return None };
    if !doc.downcast::<StrObj>()?.is_ascii() {
        return None;
    }
    let rest = b.get(at..)?;
    let n = rest.iter().position(|c| STOPS[*c as usize])?;
    (rest[n] == b'"').then_some((&rest[..n], at + n + 1))
}

/// The bytes that end a run of plain characters: quote, backslash, control characters.
const STOPS: [bool; 256] = {
    let mut t = [false; 256];
    let mut i = 0;
    while i < 0x20 {
        t[i] = true;
        i += 1;
    }
    t[b'"' as usize] = true;
    t[b'\\' as usize] = true;
    t
};

/// Scans a string whose opening quote is before `at`: the value and the index after it.
pub fn scan(vm: &mut Vm, doc: Value, s: Units, mut at: usize, strict: bool) -> Res<(Value, usize)> {
    if let Some((text, end)) = plain(doc, s, at) {
        return Ok((vm.new_str_ascii(text)?, end));
    }
    let begin = at.wrapping_sub(1);
    let len = s.len();
    let mut out: Option<StrBuf> = None;
    loop {
        let start = at;
        let stop = |c: u32| c == 34 || c == 92 || c <= 0x1f;
        at = match s {
            Units::U8(b) => b[at..]
                .iter()
                .position(|c| stop(*c as u32))
                .map_or(len, |i| at + i),
            _ => (at..len).find(|i| stop(s.get(*i))).unwrap_or(len),
        };
        while at < len && s.get(at) <= 0x1f {
            if strict {
                return Err(decode_error(vm, "Invalid control character at", doc, at));
            }
            at += 1;
            while at < len && !stop(s.get(at)) {
                at += 1;
            }
        }
        if at >= len {
            return Err(decode_error(
                vm,
                "Unterminated string starting at",
                doc,
                begin,
            ));
        }
        if s.get(at) == 34 && out.is_none() {
            let v = vm.new_str_units(s.slice(start..at))?;
            return Ok((v, at + 1));
        }
        let buf = out.get_or_insert_default();
        buf.push_units(s.slice(start..at));
        if s.get(at) == 34 {
            break;
        }
        at += 1;
        if at == len {
            return Err(decode_error(
                vm,
                "Unterminated string starting at",
                doc,
                begin,
            ));
        }
        let c = match s.get(at) {
            117 => {
                at += 1;
                let end = at + 4;
                if end >= len {
                    return Err(decode_error(vm, "Invalid \\uXXXX escape", doc, at - 1));
                }
                let Some(mut c) = hex4(s, at) else {
                    return Err(decode_error(vm, "Invalid \\uXXXX escape", doc, end - 5));
                };
                at = end;
                if (0xd800..0xdc00).contains(&c)
                    && end + 6 < len
                    && s.get(end) == 92
                    && s.get(end + 1) == 117
                {
                    let Some(lo) = hex4(s, end + 2) else {
                        return Err(decode_error(vm, "Invalid \\uXXXX escape", doc, end + 1));
                    };
                    if (0xdc00..0xe000).contains(&lo) {
                        c = 0x10000 + ((c - 0xd800) << 10) + (lo - 0xdc00);
                        at = end + 6;
                    }
                }
                c
            }
            other => {
                at += 1;
                match other {
                    34 | 92 | 47 => other,
                    98 => 8,
                    102 => 12,
                    110 => 10,
                    114 => 13,
                    116 => 9,
                    _ => {
                        return Err(decode_error(vm, "Invalid \\escape", doc, at - 2));
                    }
                }
            }
        };
        buf.push(c);
    }
    let v = vm.new_str_owned(&out.unwrap_or_default().finish())?;
    Ok((v, at + 1))
}
