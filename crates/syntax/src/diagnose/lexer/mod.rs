//! A lazy tokenizer that reports what CPython's would, at the moment CPython's would.
//!
//! Speed does not matter here: it only runs on programs that are already known to be
//! wrong (or tiny). What matters is *when* an error is noticed, because the parser asks
//! for tokens one by one and a grammar error found first wins.

mod numbers;
mod strings;

use strings::Prefix;

use super::token::{Class, Token, classify_word, operator_length, symbol};
use crate::error::{Kind, Span, SyntaxError};
use crate::lines::count_chars;

/// Bracket depth at which CPython gives up.
pub(crate) const MAX_LEVEL: usize = 200;
/// Indentation depth at which CPython gives up.
pub(crate) const MAX_INDENT: usize = 100;
/// Depth of f-strings in f-strings.
const MAX_STRING_MODES: usize = 150;
/// Depth of replacement fields in one f-string.
const MAX_FIELD_NESTING: i32 = 3;
const TAB_SIZE: i64 = 8;
const EOF: i32 = -1;

/// Why there is no next token.
#[derive(Clone, Debug)]
pub(super) enum LexError {
    /// An error with its place already worked out.
    Raised(Box<SyntaxError>),
    /// The source ended inside brackets or after a line continuation.
    Eof,
    Dedent,
    Tab,
    TooDeep,
    LineContinuation,
}

pub(super) type Lexed = Result<Token, LexError>;

/// State of one f- or t-string being read.
#[derive(Clone)]
struct Interpolated {
    letter: u8,
    quote: u8,
    quotes: usize,
    raw: bool,
    start: usize,
    line_start: usize,
    line: i64,
    /// Reading literal text (true) or an expression (false).
    in_text: bool,
    in_format_spec: bool,
    depth: i32,
    field_depth: i32,
}

#[derive(Clone, Copy)]
struct Bracket {
    open: u8,
    line: i64,
    col: i64,
}

pub(super) struct Lexer<'s> {
    src: &'s [u8],
    /// Next byte to read.
    pub pos: usize,
    /// End of the current line (newline included).
    line_end: usize,
    pub line_start: usize,
    pub line: i64,
    at_line_start: bool,
    pending: i32,
    indents: Vec<(i64, i64)>,
    brackets: Vec<Bracket>,
    modes: Vec<Interpolated>,
    start: usize,
    /// A token (or a line continuation) has begun: CPython's buffer then keeps its line.
    holding: bool,
    buffer_start: usize,
    first_line: i64,
    multi_line_start: usize,
    /// The source was read to its end.
    pub hit_eof: bool,
    /// A token could not be made.
    pub failed: bool,
    /// A message was made for an error, other than for a string cut off by the end.
    raised: bool,
}

impl<'s> Lexer<'s> {
    pub fn new(src: &'s [u8]) -> Self {
        Lexer {
            src,
            pos: 0,
            line_end: 0,
            line_start: 0,
            line: 0,
            at_line_start: true,
            pending: 0,
            indents: vec![(0, 0)],
            brackets: Vec::new(),
            modes: Vec::new(),
            start: 0,
            holding: false,
            buffer_start: 0,
            first_line: 0,
            multi_line_start: 0,
            hit_eof: false,
            failed: false,
            raised: false,
        }
    }

    pub fn indent_depth(&self) -> usize {
        self.indents.len() - 1
    }

    /// Whether reading stopped inside an f- or t-string.
    pub fn in_interpolated(&self) -> bool {
        !self.modes.is_empty()
    }

    /// Close all blocks (interactive input ended).
    pub fn imply_dedents(&mut self) {
        self.pending = -(self.indent_depth() as i32);
        self.indents.truncate(1);
    }

    /// Byte column of the read position, as CPython computes it for tokens without one.
    pub fn cursor_col(&self) -> i64 {
        self.pos as i64 - self.line_start as i64
    }

    /// The same from the start of CPython's buffer, which may hold earlier lines.
    pub fn buffer_col(&self) -> i64 {
        self.pos as i64 - self.buffer_start as i64
    }

    /// Line, byte column and character of the innermost open bracket.
    pub fn open_bracket(&self) -> Option<(i64, i64, char)> {
        self.brackets
            .last()
            .map(|b| (b.line, b.col, b.open as char))
    }

    pub fn next(&mut self) -> Lexed {
        let token = if self.modes.last().is_some_and(|m| m.in_text) {
            self.interpolated_text()
        } else {
            self.normal()
        };
        self.failed |= token.is_err();
        self.raised |= match &token {
            // f-strings in single quotes are no exception in CPython either.
            Err(LexError::Raised(e)) => {
                !e.msg.starts_with("unterminated string literal")
                    && !e.msg.starts_with("unterminated triple-quoted")
            }
            Ok(_) | Err(LexError::Eof) => false,
            Err(_) => true,
        };
        token
    }

    /// Whether the source ended where more could have followed.
    pub fn at_end_of_source(&self) -> bool {
        self.hit_eof && !self.raised
    }

    fn getc(&mut self) -> i32 {
        if self.pos == self.line_end {
            if self.pos == self.src.len() {
                self.hit_eof = true;
                return EOF;
            }
            self.line_start = self.pos;
            if !self.holding {
                self.buffer_start = self.pos;
            }
            self.line_end = self.src[self.pos..]
                .iter()
                .position(|&b| b == b'\n')
                .map_or(self.src.len(), |p| self.pos + p + 1);
            self.line += 1;
        }
        self.pos += 1;
        i32::from(self.src[self.pos - 1])
    }

    fn unget(&mut self, c: i32) {
        if c != EOF {
            self.pos -= 1;
        }
    }

    fn peek(&mut self) -> i32 {
        let c = self.getc();
        self.unget(c);
        c
    }

    /// The error whose column is the read position.
    fn error<T>(&self, msg: impl Into<String>) -> Result<T, LexError> {
        let col = i64::from(count_chars(&self.src[self.line_start..self.pos]));
        self.error_range(msg, col, col)
    }

    fn error_range<T>(&self, msg: impl Into<String>, col: i64, end: i64) -> Result<T, LexError> {
        let line = &self.src[self.line_start..];
        let line = line.split(|&b| b == b'\n').next().unwrap_or_default();
        Err(LexError::Raised(Box::new(SyntaxError::at(
            Kind::Syntax,
            msg,
            Span {
                lineno: self.line,
                offset: col,
                end_lineno: self.line,
                end_offset: end,
            },
            Some(String::from_utf8_lossy(line).into_owned()),
        ))))
    }

    /// Token from `self.start` to the read position (or `end`).
    fn token(&self, class: Class, symbol: u8, end: usize) -> Token {
        let (line, line_start) = match class {
            Class::Str
            | Class::FStart
            | Class::FMiddle
            | Class::FEnd
            | Class::TStart
            | Class::TMiddle
            | Class::TEnd => (self.first_line, self.multi_line_start),
            _ => (self.line, self.line_start),
        };
        let col = |at: usize, base: usize| if at >= base { (at - base) as i64 } else { -1 };
        Token {
            class,
            symbol,
            start: self.start as u32,
            end: end as u32,
            line,
            col: col(self.start, line_start),
            end_line: self.line,
            // Counted to where reading stopped, so a NEWLINE is one wide.
            end_col: col(self.pos, self.line_start),
            level: self.brackets.len() as u32,
        }
    }

    /// A token without text (INDENT, DEDENT, ENDMARKER).
    fn virtual_token(&self, class: Class) -> Token {
        Token {
            class,
            symbol: 0,
            start: self.pos as u32,
            end: self.pos as u32,
            line: self.line,
            col: -1,
            end_line: self.line,
            end_col: -1,
            level: self.brackets.len() as u32,
        }
    }

    fn word_token(&self, class: Class) -> Lexed {
        Ok(self.token(class, 0, self.pos))
    }

    fn normal(&mut self) -> Lexed {
        'line: loop {
            self.holding = false;
            let mut blank = false;
            if self.at_line_start {
                self.at_line_start = false;
                blank = self.indentation()?;
            }
            if self.pending != 0 {
                let class = if self.pending < 0 {
                    self.pending += 1;
                    Class::Dedent
                } else {
                    self.pending -= 1;
                    Class::Indent
                };
                return Ok(self.virtual_token(class));
            }
            self.peek();
            loop {
                let c = self.skip_blanks_and_comment();
                if c == EOF {
                    return if self.brackets.is_empty() {
                        Ok(self.virtual_token(Class::End))
                    } else {
                        Err(LexError::Eof)
                    };
                }
                if c == i32::from(b'\n') {
                    self.at_line_start = true;
                    if blank || !self.brackets.is_empty() {
                        continue 'line;
                    }
                    return Ok(self.token(Class::Newline, 0, self.pos - 1));
                }
                if c == i32::from(b'\\') {
                    self.continuation()?;
                    continue;
                }
                return self.visible(c as u8);
            }
        }
    }

    fn skip_blanks_and_comment(&mut self) -> i32 {
        self.holding = false;
        let mut c = self.getc();
        while matches!(c, 32 | 9 | 12) {
            c = self.getc();
        }
        self.holding = true;
        self.start = if c == EOF { self.pos } else { self.pos - 1 };
        if c == i32::from(b'#') {
            while c != EOF && c != i32::from(b'\n') {
                c = self.getc();
            }
        }
        c
    }

    /// After a backslash: only a newline may follow, and something must follow that.
    fn continuation(&mut self) -> Result<(), LexError> {
        if self.getc() != i32::from(b'\n') {
            return Err(LexError::LineContinuation);
        }
        if self.peek() == EOF {
            self.pos = self.line_end;
            return Err(LexError::Eof);
        }
        Ok(())
    }

    /// Measure the indentation of a new line; true if the line is blank.
    fn indentation(&mut self) -> Result<bool, LexError> {
        let (mut col, mut alt, mut continued) = (0i64, 0i64, None);
        let c = loop {
            match self.getc() {
                32 => {
                    col += 1;
                    alt += 1;
                }
                9 => {
                    col = (col / TAB_SIZE + 1) * TAB_SIZE;
                    alt += 1;
                }
                12 => (col, alt) = (0, 0),
                92 => {
                    if continued.is_none() && col > 0 {
                        continued = Some(col);
                    }
                    self.continuation()?;
                }
                c => break c,
            }
        };
        self.unget(c);
        let blank = c == i32::from(b'#') || c == i32::from(b'\n');
        if !blank && self.brackets.is_empty() {
            if let Some(c) = continued {
                (col, alt) = (c, c);
            }
            self.change_indent(col, alt)?;
        }
        Ok(blank)
    }

    fn change_indent(&mut self, col: i64, alt: i64) -> Result<(), LexError> {
        let (top, top_alt) = self.indents[self.indents.len() - 1];
        let consistent = if col == top {
            alt == top_alt
        } else if col > top {
            if self.indents.len() >= MAX_INDENT {
                return self.at_line_end(LexError::TooDeep);
            }
            self.pending += 1;
            self.indents.push((col, alt));
            alt > top_alt
        } else {
            while self.indents.len() > 1 && col < self.indents[self.indents.len() - 1].0 {
                self.pending -= 1;
                self.indents.pop();
            }
            let (now, now_alt) = self.indents[self.indents.len() - 1];
            if col != now {
                return self.at_line_end(LexError::Dedent);
            }
            alt == now_alt
        };
        if consistent {
            Ok(())
        } else {
            self.at_line_end(LexError::Tab)
        }
    }

    fn at_line_end(&mut self, e: LexError) -> Result<(), LexError> {
        self.pos = self.line_end;
        Err(e)
    }

    /// A token that begins with the printable (or at least visible) byte `c`.
    fn visible(&mut self, c: u8) -> Lexed {
        match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 128.. => self.word(c),
            b'0'..=b'9' => self.number(c),
            b'.' if matches!(self.src.get(self.pos), Some(b'0'..=b'9')) => {
                let c = self.getc();
                self.fraction(c)
            }
            b'\'' | b'"' => self.string(c),
            _ => self.operator(c),
        }
    }

    fn word(&mut self, first: u8) -> Lexed {
        let mut c = i32::from(first);
        let mut seen = Prefix::default();
        while c >= 0 && seen.add(c as u8) {
            c = self.getc();
            if c == 34 || c == 39 {
                if let Some(msg) = seen.conflict() {
                    return self.prefix_error(msg);
                }
                return match seen.letter() {
                    Some(letter) => self.interpolated_start(c as u8, letter, seen.r),
                    None => self.string(c as u8),
                };
            }
        }
        let mut ascii = true;
        while is_word_byte(c) {
            ascii &= c < 128;
            c = self.getc();
        }
        self.unget(c);
        if !ascii {
            self.verify_identifier()?;
        }
        let text = &self.src[self.start..self.pos];
        let (class, symbol) = std::str::from_utf8(text).map_or((Class::Name, 0), classify_word);
        Ok(self.token(class, symbol, self.pos))
    }

    fn verify_identifier(&mut self) -> Result<(), LexError> {
        let text = String::from_utf8_lossy(&self.src[self.start..self.pos]).into_owned();
        let bad = text.char_indices().find(|&(i, ch)| {
            if i == 0 {
                !(ch == '_' || unicode_ident::is_xid_start(ch))
            } else {
                !unicode_ident::is_xid_continue(ch)
            }
        });
        let Some((at, ch)) = bad else { return Ok(()) };
        self.pos = self.start + at + ch.len_utf8();
        let code = u32::from(ch);
        if is_printable(ch) {
            self.error(format!("invalid character '{ch}' (U+{code:04X})"))
        } else {
            self.error(format!("invalid non-printable character U+{code:04X}"))
        }
    }

    fn operator(&mut self, c: u8) -> Lexed {
        let in_field = self.modes.last().is_some_and(|m| m.field_depth >= 0);
        if let Some(m) = self.modes.last_mut()
            && in_field
            && c == b':'
            && m.depth - 1 == m.field_depth
        {
            m.in_text = true;
            m.in_format_spec = true;
            return Ok(self.token(Class::Op, symbol(":").unwrap_or(0), self.pos));
        }
        let length = operator_length(&self.src[self.start..]);
        if length > 1 {
            for _ in 1..length {
                self.getc();
            }
        } else {
            match c {
                b'(' | b'[' | b'{' => self.open(c)?,
                b')' | b']' | b'}' => self.close(c)?,
                _ => {}
            }
            if c < 32 || c == 127 {
                return self.error(format!("invalid non-printable character U+{c:04X}"));
            }
        }
        let text = std::str::from_utf8(&self.src[self.start..self.pos]).unwrap_or_default();
        Ok(self.token(Class::Op, symbol(text).unwrap_or(0), self.pos))
    }

    fn open(&mut self, c: u8) -> Result<(), LexError> {
        if self.brackets.len() >= MAX_LEVEL {
            return self.error("too many nested parentheses");
        }
        self.brackets.push(Bracket {
            open: c,
            line: self.line,
            col: self.start as i64 - self.line_start as i64,
        });
        if let Some(m) = self.modes.last_mut() {
            m.depth += 1;
        }
        Ok(())
    }

    fn close(&mut self, c: u8) -> Result<(), LexError> {
        let close = c as char;
        let mode = self
            .modes
            .last()
            .map(|m| (m.letter as char, m.depth, m.field_depth));
        if let Some((letter, 0, _)) = mode
            && c == b'}'
        {
            return self.error(format!("{letter}-string: single '}}' is not allowed"));
        }
        let Some(bracket) = self.brackets.pop() else {
            return self.error(format!("unmatched '{close}'"));
        };
        let open = bracket.open as char;
        if !matches!((open, close), ('(', ')') | ('[', ']') | ('{', '}')) {
            if let Some((letter, depth, field)) = mode
                && open == '{'
                && depth - 1 == field
            {
                return self.error(format!("{letter}-string: unmatched '{close}'"));
            }
            let place = if bracket.line == self.line {
                String::new()
            } else {
                format!(" on line {}", bracket.line)
            };
            return self.error(format!(
                "closing parenthesis '{close}' does not match opening parenthesis '{open}'{place}"
            ));
        }
        let Some(m) = self.modes.last_mut() else {
            return Ok(());
        };
        m.depth -= 1;
        if m.depth < 0 {
            let letter = m.letter as char;
            return self.error(format!("{letter}-string: unmatched '{close}'"));
        }
        if c == b'}' && m.depth == m.field_depth {
            m.field_depth -= 1;
            m.in_text = true;
            m.in_format_spec = false;
        }
        Ok(())
    }
}

fn is_digit(c: i32) -> bool {
    (48..58).contains(&c)
}

fn is_word_byte(c: i32) -> bool {
    c >= 128 || u8::try_from(c).is_ok_and(|b| b == b'_' || b.is_ascii_alphanumeric())
}

/// `str.isprintable` for characters that can be met here; unassigned code points count
/// as printable.
fn is_printable(ch: char) -> bool {
    !(ch.is_control()
        || ch.is_whitespace()
        || matches!(u32::from(ch),
            0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x8e2 | 0x180e
            | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff
            | 0xfff9..=0xfffb | 0x110bd | 0x1d173..=0x1d17a | 0xe000..=0xf8ff
            | 0xe0001..=0xe007f | 0xf0000..=0x10ffff))
}
