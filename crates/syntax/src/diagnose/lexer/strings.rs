//! String literals and the text of f- and t-strings.

use super::{
    Class, EOF, Interpolated, LexError, Lexed, Lexer, MAX_FIELD_NESTING, MAX_STRING_MODES,
    count_chars,
};

impl Lexer<'_> {
    /// Two string prefixes that cannot stand together: reported from the literal's start
    /// to the last prefix letter.
    pub(super) fn prefix_error(&mut self, (a, b): (char, char)) -> Lexed {
        let start = i64::from(count_chars(&self.src[self.line_start..self.start])) + 1;
        let end = i64::from(count_chars(&self.src[self.line_start..self.pos]));
        self.error_range(
            format!("'{a}' and '{b}' prefixes are incompatible"),
            start,
            end,
        )
    }

    pub(super) fn string(&mut self, quote: u8) -> Lexed {
        let quote = i32::from(quote);
        self.first_line = self.line;
        self.multi_line_start = self.line_start;
        let (mut size, mut ending) = (1, 0);
        let mut c = self.getc();
        if c == quote {
            c = self.getc();
            if c == quote {
                size = 3;
            } else {
                ending = 1;
            }
        }
        if c != quote {
            self.unget(c);
        }
        let mut escaped_quote = false;
        while ending != size {
            c = self.getc();
            if c == EOF || (size == 1 && c == 10) {
                return self.unterminated(quote as u8, size, escaped_quote);
            }
            if c == quote {
                ending += 1;
                continue;
            }
            ending = 0;
            if c == 92 {
                c = self.getc();
                escaped_quote |= c == quote;
            }
        }
        self.word_token(Class::Str)
    }

    /// The error is reported at the opening quote.
    fn unterminated(&mut self, quote: u8, size: usize, escaped_quote: bool) -> Lexed {
        let detected = self.line;
        self.pos = self.start + 1;
        self.line_start = self.multi_line_start;
        self.line = self.first_line;
        if let Some(m) = self.modes.last()
            && m.quote == quote
            && m.quotes == size
        {
            return self.error(format!("{}-string: expecting '}}'", m.letter as char));
        }
        if size == 3 {
            return self.error(format!(
                "unterminated triple-quoted string literal (detected at line {detected})"
            ));
        }
        let hint = if escaped_quote {
            "; perhaps you escaped the end quote?"
        } else {
            ""
        };
        self.error(format!(
            "unterminated string literal (detected at line {detected}){hint}"
        ))
    }

    pub(super) fn interpolated_start(&mut self, quote: u8, letter: u8, raw: bool) -> Lexed {
        self.first_line = self.line;
        self.multi_line_start = self.line_start;
        let q = i32::from(quote);
        let mut quotes = 1;
        let after = self.getc();
        if after == q {
            let third = self.getc();
            if third == q {
                quotes = 3;
            } else {
                self.unget(third);
                self.unget(after);
            }
        } else {
            self.unget(after);
        }
        if self.modes.len() + 1 >= MAX_STRING_MODES {
            return self.error("too many nested f-strings or t-strings");
        }
        self.modes.push(Interpolated {
            letter,
            quote,
            quotes,
            raw,
            start: self.start,
            line_start: self.line_start,
            line: self.line,
            in_text: true,
            in_format_spec: false,
            depth: 0,
            field_depth: -1,
        });
        self.word_token(if letter == b'f' {
            Class::FStart
        } else {
            Class::TStart
        })
    }

    /// Enter a replacement field of the innermost string.
    fn enter_field(&mut self) -> Result<(), LexError> {
        let Some(m) = self.modes.last_mut() else {
            return Ok(());
        };
        m.field_depth += 1;
        m.in_text = false;
        let letter = m.letter as char;
        if m.field_depth >= MAX_FIELD_NESTING {
            return self.error(format!("{letter}-string: expressions nested too deeply"));
        }
        Ok(())
    }

    pub(super) fn interpolated_text(&mut self) -> Lexed {
        let Some(mode) = self.modes.last().cloned() else {
            return self.normal();
        };
        let (middle, end) = if mode.letter == b'f' {
            (Class::FMiddle, Class::FEnd)
        } else {
            (Class::TMiddle, Class::TEnd)
        };
        self.start = self.pos;
        self.holding = true;
        self.first_line = self.line;
        // Reading may begin a new line; columns then count from that line.
        let first = self.getc();
        self.unget(first);
        if first == i32::from(b'{') && self.src.get(self.pos + 1) != Some(&b'{') {
            self.enter_field()?;
            return self.normal();
        }
        if self.src[self.pos..].starts_with(&[mode.quote; 3][..mode.quotes]) {
            for _ in 0..mode.quotes {
                self.getc();
            }
            self.multi_line_start = self.line_start;
            self.modes.pop();
            return self.word_token(end);
        }
        self.multi_line_start = self.line_start;
        self.first_line = self.line;
        let end_at = self.scan_text(&mode)?;
        Ok(self.token(middle, 0, end_at))
    }

    /// Read literal text up to a field, a doubled brace or the closing quotes; returns
    /// where the token ends.
    fn scan_text(&mut self, mode: &Interpolated) -> Result<usize, LexError> {
        let in_spec = mode.in_format_spec && mode.field_depth >= 0;
        let (mut ending, mut named_escape) = (0, false);
        while ending != mode.quotes {
            let c = self.getc();
            if c == EOF || (mode.quotes == 1 && c == 10) {
                return self.unterminated_interpolated(mode, in_spec && c == 10);
            }
            if c == i32::from(mode.quote) {
                ending += 1;
                continue;
            }
            ending = 0;
            match c as u8 {
                b'{' => {
                    let peek = self.getc();
                    if peek == i32::from(b'{') && !in_spec {
                        return Ok(self.pos - 1);
                    }
                    self.unget(peek);
                    self.unget(c);
                    self.enter_field()?;
                    if let Some(m) = self.modes.last_mut() {
                        m.in_format_spec = false;
                    }
                    return Ok(self.pos);
                }
                b'}' => {
                    if named_escape {
                        return Ok(self.pos);
                    }
                    let peek = self.getc();
                    if peek == i32::from(b'}') && !in_spec && mode.depth == 0 {
                        return Ok(self.pos - 1);
                    }
                    self.unget(peek);
                    self.unget(c);
                    if let Some(m) = self.modes.last_mut() {
                        m.in_text = false;
                        m.in_format_spec = false;
                    }
                    return Ok(self.pos);
                }
                b'\\' => named_escape |= self.skip_escape(mode.raw),
                _ => {}
            }
        }
        self.pos -= mode.quotes;
        Ok(self.pos)
    }

    /// After a backslash in literal text; true if it began `\N{`.
    fn skip_escape(&mut self, raw: bool) -> bool {
        let peek = self.getc();
        if peek == i32::from(b'{') || peek == i32::from(b'}') {
            self.unget(peek);
            return false;
        }
        if raw || peek != i32::from(b'N') {
            return false;
        }
        let brace = self.getc();
        if brace == i32::from(b'{') {
            return true;
        }
        self.unget(brace);
        false
    }

    fn unterminated_interpolated(
        &mut self,
        mode: &Interpolated,
        newline_in_spec: bool,
    ) -> Result<usize, LexError> {
        let letter = mode.letter as char;
        if newline_in_spec {
            return self.error(format!(
                "{letter}-string: newlines are not allowed in format specifiers \
                 for single quoted {letter}-strings"
            ));
        }
        let detected = self.line;
        self.pos = mode.start + 1;
        self.line_start = mode.line_start;
        self.line = mode.line;
        let triple = if mode.quotes == 3 {
            "triple-quoted "
        } else {
            ""
        };
        self.error(format!(
            "unterminated {triple}{letter}-string literal (detected at line {detected})"
        ))
    }
}

/// String prefix letters seen so far.
#[derive(Default)]
pub(super) struct Prefix {
    b: bool,
    pub r: bool,
    u: bool,
    f: bool,
    t: bool,
}

impl Prefix {
    /// Take one more letter; false if it is no (new) prefix letter.
    pub(super) fn add(&mut self, c: u8) -> bool {
        let flag = match c.to_ascii_lowercase() {
            b'b' => &mut self.b,
            b'r' => &mut self.r,
            b'u' => &mut self.u,
            b'f' => &mut self.f,
            b't' => &mut self.t,
            _ => return false,
        };
        !std::mem::replace(flag, true)
    }

    pub(super) fn letter(&self) -> Option<u8> {
        match (self.f, self.t) {
            (true, _) => Some(b'f'),
            (_, true) => Some(b't'),
            _ => None,
        }
    }

    pub(super) fn conflict(&self) -> Option<(char, char)> {
        [
            (self.u && self.b, ('u', 'b')),
            (self.u && self.r, ('u', 'r')),
            (self.u && self.f, ('u', 'f')),
            (self.u && self.t, ('u', 't')),
            (self.b && self.f, ('b', 'f')),
            (self.b && self.t, ('b', 't')),
            (self.f && self.t, ('f', 't')),
        ]
        .into_iter()
        .find_map(|(both, pair)| both.then_some(pair))
    }
}
