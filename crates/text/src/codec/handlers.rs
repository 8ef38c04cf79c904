//! The built-in error handlers.

use super::utf8::push_code;
use super::*;
use crate::ucd;
use std::fmt::Write;

/// A built-in error handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorMode {
    /// Raise.
    Strict,
    /// Leave out.
    Ignore,
    /// `?` or U+FFFD.
    Replace,
    /// `\xhh`, `\uxxxx`, `\Uxxxxxxxx`.
    BackslashReplace,
    /// `&#n;`; encoding only.
    XmlCharRefReplace,
    /// `\N{...}`; encoding only.
    NameReplace,
    /// Bytes 0x80 to 0xff as U+DC80 to U+DCFF.
    SurrogateEscape,
    /// Surrogates as the UTF codecs would encode any code point.
    SurrogatePass,
}

impl ErrorMode {
    /// The handler of that name.
    pub fn from_name(name: &str) -> Option<ErrorMode> {
        Some(match name {
            "strict" => ErrorMode::Strict,
            "ignore" => ErrorMode::Ignore,
            "replace" => ErrorMode::Replace,
            "backslashreplace" => ErrorMode::BackslashReplace,
            "xmlcharrefreplace" => ErrorMode::XmlCharRefReplace,
            "namereplace" => ErrorMode::NameReplace,
            "surrogateescape" => ErrorMode::SurrogateEscape,
            "surrogatepass" => ErrorMode::SurrogatePass,
            _ => return None,
        })
    }

    /// Whether it answers decoding errors; the others raise TypeError for them.
    pub fn can_decode(self) -> bool {
        !matches!(self, ErrorMode::XmlCharRefReplace | ErrorMode::NameReplace)
    }

    /// The answer to a decoding error; None: raise it.
    pub fn decode_fix(self, e: &DecodeError) -> Option<DecodeFix> {
        let mut text = StrBuf::new();
        let end = e.end.min(e.input.len());
        let start = e.start.min(end);
        let bad = &e.input[start..end];
        let mut resume = end;
        match self {
            ErrorMode::Strict | ErrorMode::XmlCharRefReplace | ErrorMode::NameReplace => {
                return None;
            }
            ErrorMode::Ignore => {}
            ErrorMode::Replace => text.push(0xfffd),
            ErrorMode::BackslashReplace => {
                bad.iter().for_each(|&b| push_escape(&mut text, b as u32))
            }
            ErrorMode::SurrogateEscape => {
                let high = bad.iter().take(4).take_while(|&&b| b >= 0x80);
                high.for_each(|&b| text.push(0xdc00 + b as u32));
                resume = start + text.len();
                if text.is_empty() {
                    return None;
                }
            }
            ErrorMode::SurrogatePass => {
                let form = Form::of(e.encoding)?;
                text.push(form.surrogate(&e.input[start..])?);
                resume = start + form.width();
            }
        }
        Some(DecodeFix {
            text: text.finish(),
            resume,
            input: None,
        })
    }

    /// The answer to an encoding error; None: raise it.
    ///
    /// [`ErrorMode::SurrogateEscape`] may answer for a leading part only
    /// (`resume < e.end`); CPython's handler called by itself raises then.
    pub fn encode_fix(self, e: &EncodeError) -> Option<EncodeFix> {
        let end = e.end.min(e.text.len());
        let bad = e.text.slice(e.start.min(end)..end);
        let mut text = StrBuf::new();
        match self {
            ErrorMode::Strict => return None,
            ErrorMode::Ignore => {}
            ErrorMode::Replace => text.push_repeated(b'?' as u32, bad.len()),
            ErrorMode::BackslashReplace => bad.iter().for_each(|c| push_escape(&mut text, c)),
            ErrorMode::XmlCharRefReplace => bad.iter().for_each(|c| {
                let _ = write!(text, "&#{c};");
            }),
            ErrorMode::NameReplace => bad.iter().for_each(|c| push_named(&mut text, c)),
            ErrorMode::SurrogateEscape => return escape_bytes(bad, e.start),
            ErrorMode::SurrogatePass => return pass_bytes(bad, e.encoding, end),
        }
        Some(EncodeFix {
            value: Replacement::Text(text.finish()),
            resume: end,
        })
    }
}

/// `\xhh`, `\uxxxx` or `\Uxxxxxxxx`, the shortest that fits.
pub(crate) fn push_escape(out: &mut StrBuf, c: u32) {
    // Writing to a StrBuf cannot fail.
    let _ = match c {
        0..=0xff => write!(out, "\\x{c:02x}"),
        0x100..=0xffff => write!(out, "\\u{c:04x}"),
        _ => write!(out, "\\U{c:08x}"),
    };
}

fn push_named(out: &mut StrBuf, c: u32) {
    match ucd::names::name(c) {
        Some(name) => {
            let _ = write!(out, "\\N{{{name}}}");
        }
        None => push_escape(out, c),
    }
}

fn escape_bytes(bad: Units, start: usize) -> Option<EncodeFix> {
    let low = bad.iter().take_while(|c| (0xdc80..=0xdcff).contains(c));
    let bytes: Vec<u8> = low.map(|c| (c - 0xdc00) as u8).collect();
    let resume = start + bytes.len();
    (!bytes.is_empty()).then_some(EncodeFix {
        value: Replacement::Bytes(bytes),
        resume,
    })
}

fn pass_bytes(bad: Units, encoding: &str, end: usize) -> Option<EncodeFix> {
    let form = Form::of(encoding)?;
    let mut bytes = Vec::with_capacity(bad.len() * form.width());
    for c in bad.iter() {
        if !is_surrogate(c) {
            return None;
        }
        form.push(c, &mut bytes);
    }
    Some(EncodeFix {
        value: Replacement::Bytes(bytes),
        resume: end,
    })
}

/// The encodings `surrogatepass` knows.
#[derive(Clone, Copy)]
enum Form {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

impl Form {
    /// From the codec's name, any case, `-`, `_` or nothing between the parts.
    fn of(encoding: &str) -> Option<Form> {
        let name = encoding.to_ascii_lowercase();
        let rest = name.strip_prefix("utf")?;
        let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
        if rest == "8" {
            return Some(Form::Utf8);
        }
        let (bits, order) = rest.split_at_checked(2)?;
        let big = match order.trim_start_matches(['-', '_']) {
            "" => cfg!(target_endian = "big"),
            "le" => false,
            "be" => true,
            _ => return None,
        };
        match bits {
            "16" => Some(Form::Utf16 { big }),
            "32" => Some(Form::Utf32 { big }),
            _ => None,
        }
    }

    /// Bytes of one surrogate.
    fn width(self) -> usize {
        match self {
            Form::Utf8 => 3,
            Form::Utf16 { .. } => 2,
            Form::Utf32 { .. } => 4,
        }
    }

    /// The surrogate that `bytes` begins with.
    fn surrogate(self, bytes: &[u8]) -> Option<u32> {
        let b = bytes.get(..self.width())?;
        let c = match self {
            Form::Utf8 if b[0] & 0xf0 != 0xe0 || b[1] & 0xc0 != 0x80 || b[2] & 0xc0 != 0x80 => {
                return None;
            }
            Form::Utf8 => (b[0] as u32 & 15) << 12 | (b[1] as u32 & 63) << 6 | (b[2] as u32 & 63),
            Form::Utf16 { big: false } => u16::from_le_bytes([b[0], b[1]]) as u32,
            Form::Utf16 { big: true } => u16::from_be_bytes([b[0], b[1]]) as u32,
            Form::Utf32 { big: false } => u32::from_le_bytes([b[0], b[1], b[2], b[3]]),
            Form::Utf32 { big: true } => u32::from_be_bytes([b[0], b[1], b[2], b[3]]),
        };
        is_surrogate(c).then_some(c)
    }

    fn push(self, c: u32, out: &mut Vec<u8>) {
        match self {
            Form::Utf8 => push_code(out, c),
            Form::Utf16 { big: false } => out.extend((c as u16).to_le_bytes()),
            Form::Utf16 { big: true } => out.extend((c as u16).to_be_bytes()),
            Form::Utf32 { big: false } => out.extend(c.to_le_bytes()),
            Form::Utf32 { big: true } => out.extend(c.to_be_bytes()),
        }
    }
}
