//! String and bytes literals read from their source text.
//!
//! ruff stores literal values as Rust strings, so lone surrogates are lost, and it keeps
//! no record of invalid escapes. These functions read a literal again.

use std::borrow::Cow;

use crate::error::{Span, Warning};
use crate::lines::LineIndex;

/// A literal that cannot be decoded; `msg` is the `SyntaxError` message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralError {
    pub msg: String,
}

/// The first invalid escape of a literal (CPython warns once a literal).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeProblem {
    /// Byte offset of the backslash in the text given.
    pub at: usize,
    /// The escape without its backslash: a character, or three octal digits.
    pub escape: String,
}

impl EscapeProblem {
    fn octal(&self) -> &'static str {
        if self.escape.len() == 3 && self.escape.is_ascii() {
            "octal "
        } else {
            ""
        }
    }

    /// Message of the `SyntaxWarning`.
    pub fn message(&self) -> String {
        let (e, o) = (&self.escape, self.octal());
        format!(
            "\"\\{e}\" is an invalid {o}escape sequence. Such sequences will not work in the \
             future. Did you mean \"\\\\{e}\"? A raw string is also an option."
        )
    }

    /// Message of the `SyntaxError` when such warnings are errors.
    pub fn message_as_error(&self) -> String {
        let (e, o) = (&self.escape, self.octal());
        format!(
            "\"\\{e}\" is an invalid {o}escape sequence. Did you mean \"\\\\{e}\"? \
             A raw string is also an option."
        )
    }
}

/// A literal taken apart: prefix letters in lower case and the text between the quotes.
pub(crate) struct Literal<'s> {
    pub prefix: String,
    pub body: &'s str,
    /// Byte offset of `body` in the literal.
    pub body_start: usize,
}

/// Split `rb"..."` into its parts; `None` if `source` is no complete literal.
pub(crate) fn split_literal(source: &str) -> Option<Literal<'_>> {
    let quote_at = source.find(['\'', '"'])?;
    let quote = source.as_bytes()[quote_at];
    let triple =
        source.as_bytes()[quote_at..].starts_with(&[quote; 3]) && source.len() >= quote_at + 6;
    let n = if triple { 3 } else { 1 };
    Some(Literal {
        prefix: source[..quote_at].to_ascii_lowercase(),
        body: source.get(quote_at + n..source.len().checked_sub(n)?)?,
        body_start: quote_at + n,
    })
}

/// Code points of one string literal part, lone surrogates included.
///
/// `source` is the part as written, prefix and quotes included.
pub fn string_literal_codepoints(source: &str) -> Result<Vec<u32>, LiteralError> {
    let literal = split_literal(source).ok_or_else(|| LiteralError {
        msg: "not a string literal".into(),
    })?;
    if literal.prefix.contains('r') {
        return Ok(literal.body.chars().map(u32::from).collect());
    }
    decode_text(literal.body, false)
}

/// Code points of the literal text between the fields of an f- or t-string, as written.
/// Doubled braces become single ones.
pub fn interpolated_codepoints(text: &str, raw: bool) -> Result<Vec<u32>, LiteralError> {
    if !raw {
        return decode_text(text, true);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if matches!(c, '{' | '}') && chars.peek() == Some(&c) {
            chars.next();
        }
        out.push(u32::from(c));
    }
    Ok(out)
}

/// Value of one bytes literal part, prefix and quotes included in `source`.
pub fn bytes_literal_bytes(source: &str) -> Result<Vec<u8>, LiteralError> {
    let literal = split_literal(source).ok_or_else(|| LiteralError {
        msg: "not a bytes literal".into(),
    })?;
    if !literal.body.is_ascii() {
        return Err(LiteralError {
            msg: "bytes can only contain ASCII literal characters".into(),
        });
    }
    if literal.prefix.contains('r') {
        return Ok(literal.body.as_bytes().to_vec());
    }
    decode_bytes(literal.body.as_bytes())
}

fn decode_bytes(body: &[u8]) -> Result<Vec<u8>, LiteralError> {
    let mut out = Vec::with_capacity(body.len());
    let mut i = 0;
    while i < body.len() {
        if body[i] != b'\\' || i + 1 == body.len() {
            out.push(body[i]);
            i += 1;
            continue;
        }
        let c = body[i + 1];
        i += 2;
        match c {
            b'\n' => {}
            b'0'..=b'7' => {
                let (value, used) = octal(&body[i - 1..]);
                out.push(value as u8);
                i += used - 1;
            }
            b'x' => match hex(&body[i..], 2) {
                (value, 2) => {
                    out.push(value as u8);
                    i += 2;
                }
                _ => {
                    return Err(LiteralError {
                        msg: format!("(value error) invalid \\x escape at position {}", i - 2),
                    });
                }
            },
            _ => match simple_escape(c) {
                Some(value) => out.push(value),
                None => out.extend([b'\\', c]),
            },
        }
    }
    Ok(out)
}

fn simple_escape(c: u8) -> Option<u8> {
    Some(match c {
        b'\\' | b'\'' | b'"' => c,
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => 10,
        b'r' => 13,
        b't' => 9,
        b'v' => 11,
        _ => return None,
    })
}

/// Up to three octal digits: value and how many.
fn octal(text: &[u8]) -> (u32, usize) {
    let digits = text
        .iter()
        .take(3)
        .take_while(|b| (b'0'..=b'7').contains(*b));
    digits.fold((0, 0), |(v, n), d| (v * 8 + u32::from(d - b'0'), n + 1))
}

/// Up to `max` hexadecimal digits: value and how many.
fn hex(text: &[u8], max: usize) -> (u32, usize) {
    text.iter()
        .take(max)
        .map_while(|&b| (b as char).to_digit(16))
        .fold((0u32, 0), |(v, n), d| (v.wrapping_mul(16) | d, n + 1))
}

/// Decodes escapes while counting positions the way CPython does: it replaces every
/// non-ASCII character by a ten-byte `\UXXXXXXXX` before it decodes.
struct TextDecoder<'t> {
    text: &'t str,
    at: usize,
    position: usize,
    out: Vec<u32>,
}

fn decode_text(text: &str, braces: bool) -> Result<Vec<u32>, LiteralError> {
    let mut d = TextDecoder {
        text,
        at: 0,
        position: 0,
        out: Vec::with_capacity(text.len()),
    };
    while let Some(c) = text[d.at..].chars().next() {
        if c == '\\' {
            d.escape()?;
            continue;
        }
        d.advance(c);
        d.out.push(u32::from(c));
        if braces && matches!(c, '{' | '}') && text[d.at..].starts_with(c) {
            d.at += 1;
        }
    }
    Ok(d.out)
}

impl TextDecoder<'_> {
    fn advance(&mut self, c: char) {
        self.at += c.len_utf8();
        self.position += if c.is_ascii() { 1 } else { 10 };
    }

    fn error(&self, length: usize, reason: &str) -> LiteralError {
        let start = self.position;
        let place = if length == 1 {
            format!("byte 0x5c in position {start}")
        } else {
            format!("bytes in position {start}-{}", start + length - 1)
        };
        LiteralError {
            msg: format!("(unicode error) 'unicodeescape' codec can't decode {place}: {reason}"),
        }
    }

    fn escape(&mut self) -> Result<(), LiteralError> {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let Some(&c) = rest.first() else {
            return Err(self.error(1, "\\ at end of string"));
        };
        let used = match c {
            b'\n' => 1,
            b'0'..=b'7' => {
                let (value, used) = octal(rest);
                self.out.push(value);
                used
            }
            b'x' => self.hex_escape(&rest[1..], 2, "truncated \\xXX escape")?,
            b'u' => self.hex_escape(&rest[1..], 4, "truncated \\uXXXX escape")?,
            b'U' => self.hex_escape(&rest[1..], 8, "truncated \\UXXXXXXXX escape")?,
            b'N' => self.named_escape()?,
            _ => match simple_escape(c) {
                Some(value) => {
                    self.out.push(u32::from(value));
                    1
                }
                None => {
                    self.out.push(u32::from('\\'));
                    // Before a non-ASCII character CPython writes the backslash as \u005c.
                    self.position += if c >= 0x80 { 5 } else { 0 };
                    0
                }
            },
        };
        self.at += 1 + used;
        self.position += 1 + used;
        Ok(())
    }

    fn hex_escape(
        &mut self,
        rest: &[u8],
        digits: usize,
        truncated: &str,
    ) -> Result<usize, LiteralError> {
        let (value, used) = hex(rest, digits);
        if used < digits {
            return Err(self.error(2 + used, truncated));
        }
        if value > 0x10_ffff {
            return Err(self.error(2 + used, "illegal Unicode character"));
        }
        self.out.push(value);
        Ok(1 + digits)
    }

    fn named_escape(&mut self) -> Result<usize, LiteralError> {
        const MALFORMED: &str = "malformed \\N character escape";
        let after = &self.text[self.at + 2..];
        let Some(body) = after.strip_prefix('{') else {
            return Err(self.error(2, MALFORMED));
        };
        let width = |t: &str| {
            t.chars()
                .map(|c| if c.is_ascii() { 1 } else { 10 })
                .sum::<usize>()
        };
        match body.split_once('}') {
            None => Err(self.error(3 + width(body), MALFORMED)),
            Some(("", _)) => Err(self.error(3, MALFORMED)),
            Some((name, _)) => {
                let found = name
                    .is_ascii()
                    .then(|| unicode_names2::character(name))
                    .flatten();
                let Some(c) = found else {
                    return Err(self.error(4 + width(name), "unknown Unicode character name"));
                };
                self.out.push(u32::from(c));
                Ok(3 + name.len())
            }
        }
    }
}

/// Python text without its comments; strings are kept.
pub fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains('#') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['#', '\'', '"']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('#') {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
            continue;
        }
        let end = string_end(rest);
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the string literal at the beginning of `text` (a quote) ends.
fn string_end(text: &str) -> usize {
    let quote = &text[..1];
    let delimiter = quote.repeat(if text.starts_with(&quote.repeat(3)) {
        3
    } else {
        1
    });
    let mut at = delimiter.len();
    while at < text.len() {
        if text[at..].starts_with(&delimiter) {
            return at + delimiter.len();
        }
        let mut chars = text[at..].chars();
        if chars.next() == Some('\\') {
            chars.next();
        }
        at = text.len() - chars.as_str().len();
    }
    text.len()
}

/// The first invalid escape in `text` (a body, not a raw one).
pub(crate) fn invalid_escape(text: &str, is_bytes: bool) -> Option<EscapeProblem> {
    let bytes = text.as_bytes();
    let mut i = 0;
    while let Some(p) = bytes[i..].iter().position(|&b| b == b'\\') {
        let at = i + p;
        let c = *bytes.get(at + 1)?;
        i = at + 2;
        let known = match c {
            b'0'..=b'7' => {
                let (value, used) = octal(&bytes[at + 1..]);
                i = at + 1 + used;
                if value > 0o377 {
                    return Some(EscapeProblem {
                        at,
                        escape: text[at + 1..at + 4].into(),
                    });
                }
                true
            }
            // CPython rewrites a backslash before such a character, and never warns.
            b'\n' | b'x' | 0x80.. => true,
            b'u' | b'U' | b'N' => !is_bytes,
            _ => simple_escape(c).is_some(),
        };
        if !known {
            let escape = text[at + 1..].chars().next()?;
            return Some(EscapeProblem {
                at,
                escape: escape.to_string(),
            });
        }
    }
    None
}

/// Warnings for one literal (or one piece of an f-string's text) that starts at byte
/// `offset` of `source`. `text` is its body, beginning at `body_offset`.
pub fn escape_warnings(
    source: &str,
    lines: &LineIndex,
    body_offset: u32,
    text: &str,
    is_bytes: bool,
) -> Option<Warning> {
    let problem = invalid_escape(text, is_bytes)?;
    let at = body_offset + problem.at as u32;
    let end = at + 1 + problem.escape.len() as u32;
    let (start, end) = (lines.position(source, at), lines.position(source, end));
    Some(Warning {
        msg: problem.message(),
        of_parser: true,
        msg_as_error: problem.message_as_error(),
        at,
        lineno: lines.line(at),
        span: Span {
            lineno: i64::from(start.line),
            offset: i64::from(start.col_chars) + 1,
            end_lineno: i64::from(end.line),
            end_offset: i64::from(end.col_chars) + 1,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(s: &str) -> Vec<u32> {
        string_literal_codepoints(s).unwrap()
    }

    fn problem(s: &str) -> String {
        string_literal_codepoints(s).unwrap_err().msg
    }

    #[test]
    fn surrogates_and_escapes() {
        assert_eq!(points(r"'\ud800a'"), [0xd800, 97]);
        assert_eq!(points("'''a\\\nb'''"), [97, 98]);
        assert_eq!(points(r"'\x41\101\d\N{BULLET}'"), [65, 65, 92, 100, 0x2022]);
        assert_eq!(points(r"R'\x'"), [92, 120]);
        assert_eq!(
            bytes_literal_bytes(r"b'\xff\400\d'").unwrap(),
            [255, 0, 92, 100]
        );
        assert_eq!(
            interpolated_codepoints("a{{b}}\\N{BULLET}", false).unwrap(),
            [97, 123, 98, 125, 0x2022]
        );
    }

    #[test]
    fn messages() {
        let e = |p: &str, r: &str| {
            format!("(unicode error) 'unicodeescape' codec can't decode {p}: {r}")
        };
        assert_eq!(
            problem(r"'\xz'"),
            e("bytes in position 0-1", r"truncated \xXX escape")
        );
        assert_eq!(
            problem(r"'é\x1'"),
            e("bytes in position 10-12", r"truncated \xXX escape")
        );
        assert_eq!(
            problem(r"'\N{foo}'"),
            e("bytes in position 0-6", "unknown Unicode character name")
        );
        assert_eq!(
            problem(r"'\U00110000'"),
            e("bytes in position 0-9", "illegal Unicode character")
        );
        let w = invalid_escape(r"a\d", false).unwrap();
        assert_eq!(
            w.message(),
            "\"\\d\" is an invalid escape sequence. Such sequences will not work in the future. \
             Did you mean \"\\\\d\"? A raw string is also an option."
        );
        assert_eq!(invalid_escape(r"\400", false).unwrap().escape, "400");
        assert!(invalid_escape(r"\u1234", true).is_some());
    }
}
