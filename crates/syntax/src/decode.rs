//! Bytes to text: PEP 263 encodings, newline normalisation, CPython's messages.

use std::borrow::Cow;

use crate::error::{Kind, Span, SyntaxError};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Decode a source file or a bytes object given to `compile`.
///
/// `filename` only appears in the message for undeclared non-UTF-8 text. Newlines come
/// back as `\n`; a BOM is dropped.
pub fn decode_source(bytes: &[u8], filename: Option<&str>) -> Result<String, SyntaxError> {
    if bytes.contains(&0) {
        return Err(SyntaxError::bare(
            Kind::Syntax,
            "source code cannot contain null bytes",
        ));
    }
    let (has_bom, body) = match bytes.strip_prefix(BOM) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let declared = coding_cookie(body);
    if let (true, Some((name, line))) = (has_bom, &declared)
        && name != "utf-8"
    {
        return Err(bom_conflict(body, name, *line));
    }
    let text = match declared {
        None => decode_undeclared(body, filename)?,
        Some((name, _)) => decode_named(body, &name)?,
    };
    Ok(match normalize_newlines(&text) {
        Cow::Borrowed(_) => text.into_owned(),
        Cow::Owned(t) => t,
    })
}

/// `\r\n` and `\r` become `\n`, as the tokenizer sees them.
pub fn normalize_newlines(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().contains(&b'\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The encoding named in one of the first two lines (normalised as CPython does for the
/// two it knows by heart) and the 0-based line it stands in.
fn coding_cookie(body: &[u8]) -> Option<(String, usize)> {
    let mut rest = body;
    for n in 0..2 {
        let end = rest.iter().position(|&b| b == b'\n' || b == b'\r');
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after
            .strip_prefix(b"\r\n")
            .unwrap_or(after.get(1..).unwrap_or_default());
        let stripped = line.trim_ascii_start();
        let stripped = stripped.strip_prefix(b"\x0c").unwrap_or(stripped);
        if !stripped.is_empty() && stripped[0] != b'#' {
            return None;
        }
        if let Some(name) = cookie_in_comment(stripped) {
            return Some((normal_name(name), n));
        }
    }
    None
}

/// `coding[:=]\s*([-\w.]+)` in a comment (PEP 263).
fn cookie_in_comment(comment: &[u8]) -> Option<&str> {
    let mut rest = comment;
    loop {
        let at = rest.windows(6).position(|w| w == b"coding")?;
        rest = &rest[at + 6..];
        if !matches!(rest.first(), Some(b':' | b'=')) {
            continue;
        }
        let value = rest[1..].trim_ascii_start();
        let end = value
            .iter()
            .position(|&b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')))
            .unwrap_or(value.len());
        if end > 0 {
            return std::str::from_utf8(&value[..end]).ok();
        }
    }
}

fn normal_name(name: &str) -> String {
    let short: String = name
        .chars()
        .take(12)
        .map(|c| {
            if c == '_' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    let is =
        |base: &str| short == base || short.strip_prefix(base).is_some_and(|r| r.starts_with('-'));
    if is("utf-8") {
        "utf-8".into()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".into()
    } else {
        name.into()
    }
}

fn bom_conflict(body: &[u8], name: &str, line: usize) -> SyntaxError {
    let text = body
        .split(|&b| b == b'\n')
        .nth(line)
        .map(|l| {
            String::from_utf8_lossy(l)
                .trim_end_matches('\r')
                .to_string()
        })
        .unwrap_or_default();
    let n = line as i64 + 1;
    let mut e = SyntaxError::at(
        Kind::Syntax,
        format!("encoding problem: {name} with BOM"),
        Span {
            lineno: n,
            offset: 0,
            end_lineno: n,
            end_offset: text.chars().count() as i64,
        },
        Some(text),
    );
    e.no_filename = true;
    e
}

fn decode_undeclared<'b>(
    body: &'b [u8],
    filename: Option<&str>,
) -> Result<Cow<'b, str>, SyntaxError> {
    let bad = match std::str::from_utf8(body) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(e) => e.valid_up_to(),
    };
    let before = &body[..bad];
    let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
    let start = before
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |p| p + 1);
    let end = body[bad..]
        .iter()
        .position(|&b| b == b'\n')
        .map_or(body.len(), |p| bad + p);
    let column = crate::lines::count_chars(&body[start..bad]) as i64 + 1;
    let file = filename.map_or(String::new(), |f| format!(" in file {f}"));
    let mut e = SyntaxError::at(
        Kind::Syntax,
        format!(
            "Non-UTF-8 code starting with '\\x{:02x}'{file} on line {line}, but no encoding \
             declared; see https://peps.python.org/pep-0263/ for details",
            body[bad]
        ),
        Span {
            lineno: line as i64,
            offset: column,
            end_lineno: line as i64,
            end_offset: column,
        },
        Some(String::from_utf8_lossy(&body[start..end]).into_owned()),
    );
    e.no_filename = true;
    Err(e)
}

/// An error CPython reports before it reads the first line.
fn init_error(msg: String) -> SyntaxError {
    SyntaxError::at(
        Kind::Syntax,
        msg,
        Span {
            lineno: 0,
            offset: -1,
            ..Span::default()
        },
        None,
    )
}

fn decode_named<'b>(body: &'b [u8], name: &str) -> Result<Cow<'b, str>, SyntaxError> {
    let key: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match key.as_str() {
        "utf8" | "u8" | "utf" | "cp65001" | "utf8sig" => decode_utf8(body),
        "ascii" | "usascii" | "646" | "ansix341968" => decode_ascii(body),
        "latin1" | "iso88591" | "latin" | "l1" | "8859" | "cp819" | "iso8859" => {
            Ok(body.iter().map(|&b| b as char).collect::<String>().into())
        }
        _ => decode_with_encoding_rs(body, name, &key),
    }
}

fn decode_utf8(body: &[u8]) -> Result<Cow<'_, str>, SyntaxError> {
    std::str::from_utf8(body).map(Cow::Borrowed).map_err(|e| {
        let at = e.valid_up_to();
        init_error(format!(
            "'utf-8' codec can't decode {}: {}",
            bad_bytes(body, at, e.error_len()),
            utf8_reason(body, at, e.error_len())
        ))
    })
}

fn bad_bytes(body: &[u8], at: usize, len: Option<usize>) -> String {
    match len.unwrap_or(body.len() - at) {
        1 => format!("byte 0x{:02x} in position {at}", body[at]),
        n => format!("bytes in position {at}-{}", at + n - 1),
    }
}

fn utf8_reason(body: &[u8], at: usize, len: Option<usize>) -> &'static str {
    match (body[at], len) {
        (0x80..=0xc1 | 0xf5..=0xff, _) => "invalid start byte",
        (_, None) => "unexpected end of data",
        _ => "invalid continuation byte",
    }
}

fn decode_ascii(body: &[u8]) -> Result<Cow<'_, str>, SyntaxError> {
    match body.iter().position(|b| !b.is_ascii()) {
        None => Ok(String::from_utf8_lossy(body)),
        Some(at) => Err(init_error(format!(
            "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
            body[at]
        ))),
    }
}

fn decode_with_encoding_rs<'b>(
    body: &'b [u8],
    name: &str,
    key: &str,
) -> Result<Cow<'b, str>, SyntaxError> {
    // encoding_rs knows web labels: Python's cp125x are its windows-125x, and so on.
    let label = match key {
        k if k.starts_with("cp125") => format!("windows-{}", &k[2..]),
        k if k.starts_with("iso8859") => format!("iso-8859-{}", &k[7..]),
        "latin9" | "l9" => "iso-8859-15".into(),
        "latin2" | "l2" => "iso-8859-2".into(),
        "eucjp" => "euc-jp".into(),
        "shiftjis" | "sjis" | "cp932" | "ms932" => "shift_jis".into(),
        "euckr" | "cp949" => "euc-kr".into(),
        "koi8r" => "koi8-r".into(),
        "koi8u" => "koi8-u".into(),
        "macroman" => "macintosh".into(),
        _ => name.replace('_', "-").to_ascii_lowercase(),
    };
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())
        .filter(|e| *e != encoding_rs::REPLACEMENT && *e != encoding_rs::X_USER_DEFINED)
        .ok_or_else(|| init_error(format!("unknown encoding: {name}")))?;
    encoding
        .decode_without_bom_handling_and_without_replacement(body)
        .ok_or_else(|| {
            init_error(format!(
                "'{name}' codec can't decode source: illegal multibyte sequence"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        decode_source(bytes, Some("<s>")).unwrap_err().msg
    }

    #[test]
    fn cookies_choose_the_encoding() {
        let ok = |b: &[u8]| decode_source(b, None).unwrap();
        assert_eq!(
            ok(b"# -*- coding: latin-1 -*-\n'\xe9'"),
            "# -*- coding: latin-1 -*-\n'é'"
        );
        assert_eq!(
            ok(b"#!x\n# vim: fileencoding=cp1252\n'\x80'")
                .chars()
                .rev()
                .nth(1),
            Some('€')
        );
        assert_eq!(ok(b"\xef\xbb\xbfa\r\nb\rc"), "a\nb\nc");
        assert_eq!(
            ok(b"\r\n# coding: iso-8859-15\n'\xa4'")
                .chars()
                .rev()
                .nth(1),
            Some('€')
        );
    }

    #[test]
    fn messages_are_cpythons() {
        assert_eq!(message(b"# coding: foo\n"), "unknown encoding: foo");
        assert_eq!(
            message(b"# coding: ascii\n\xe9"),
            "'ascii' codec can't decode byte 0xe9 in position 16: ordinal not in range(128)"
        );
        assert_eq!(
            message(b"# coding: utf8\n\xe9 = 3"),
            "'utf-8' codec can't decode byte 0xe9 in position 15: invalid continuation byte"
        );
        assert_eq!(
            message(b"\xef\xbb\xbf# coding: latin-1\n"),
            "encoding problem: iso-8859-1 with BOM"
        );
        assert_eq!(message(b"a\0"), "source code cannot contain null bytes");
        assert!(
            message(b"x=1\ny='\xe9'")
                .starts_with("Non-UTF-8 code starting with '\\xe9' in file <s> on line 2")
        );
    }
}
