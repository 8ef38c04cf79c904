//! A lazy tokenizer that reports what CPython's would, at the moment CPython's would.
//!
//! Speed does not matter here: it only runs on programs that are already known to be
//! wrong (or tiny). What matters is *when* an error is noticed, because the parser asks
//! for tokens one by one and a grammar error found first wins.

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
        let mut c = self.getc();
        while matches!(c, 32 | 9 | 12) {
            c = self.getc();
        }
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

    /// Two string prefixes that cannot stand together: reported from the literal's start
    /// to the last prefix letter.
    fn prefix_error(&mut self, (a, b): (char, char)) -> Lexed {
        let start = i64::from(count_chars(&self.src[self.line_start..self.start])) + 1;
        let end = i64::from(count_chars(&self.src[self.line_start..self.pos]));
        self.error_range(
            format!("'{a}' and '{b}' prefixes are incompatible"),
            start,
            end,
        )
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

    fn number(&mut self, first: u8) -> Lexed {
        if first != b'0' {
            let c = self.decimal_tail()?;
            return self.after_digits(c);
        }
        let c = self.getc();
        match c as u8 {
            b'x' | b'X' if c > 0 => self.radix(16, "hexadecimal"),
            b'o' | b'O' if c > 0 => self.radix(8, "octal"),
            b'b' | b'B' if c > 0 => self.radix(2, "binary"),
            _ => self.leading_zero(c),
        }
    }

    fn radix(&mut self, base: u32, name: &str) -> Lexed {
        let digit = |c: i32| u8::try_from(c).is_ok_and(|b| (b as char).is_digit(base));
        let mut c = self.getc();
        loop {
            if c == i32::from(b'_') {
                c = self.getc();
            }
            if !digit(c) {
                return self.bad_radix_digit(c, name);
            }
            while digit(c) {
                c = self.getc();
            }
            if c != i32::from(b'_') {
                break;
            }
        }
        if is_digit(c) {
            return self.bad_radix_digit(c, name);
        }
        self.end_of_number(c, name)?;
        self.unget(c);
        self.word_token(Class::Number)
    }

    fn bad_radix_digit(&mut self, c: i32, name: &str) -> Lexed {
        if is_digit(c) && name != "hexadecimal" {
            return self.error(format!(
                "invalid digit '{}' in {name} literal",
                c as u8 as char
            ));
        }
        self.unget(c);
        self.error(format!("invalid {name} literal"))
    }

    /// A number that began with 0 and is not hexadecimal, octal or binary.
    fn leading_zero(&mut self, mut c: i32) -> Lexed {
        loop {
            if c == i32::from(b'_') {
                c = self.getc();
                if !is_digit(c) {
                    self.unget(c);
                    return self.error("invalid decimal literal");
                }
            }
            if c != i32::from(b'0') {
                break;
            }
            c = self.getc();
        }
        let zeros_end = self.pos;
        let nonzero = is_digit(c);
        if nonzero {
            c = self.decimal_tail()?;
        }
        if nonzero && !matches!(c, 46 | 101 | 69 | 106 | 74) {
            self.unget(c);
            let col = |at: usize| i64::from(count_chars(&self.src[self.line_start..at]));
            return self.error_range(
                "leading zeros in decimal integer literals are not permitted; \
                 use an 0o prefix for octal integers",
                col(self.start) + 1,
                col(zeros_end),
            );
        }
        self.after_digits(c)
    }

    /// Digits and underscores; returns the first other character (consumed).
    fn decimal_tail(&mut self) -> Result<i32, LexError> {
        loop {
            let mut c = self.getc();
            while is_digit(c) {
                c = self.getc();
            }
            if c != i32::from(b'_') {
                return Ok(c);
            }
            c = self.getc();
            if !is_digit(c) {
                self.unget(c);
                return self.error("invalid decimal literal");
            }
        }
    }

    fn after_digits(&mut self, c: i32) -> Lexed {
        if c == i32::from(b'.') {
            let c = self.getc();
            return self.fraction(c);
        }
        self.exponent(c)
    }

    fn fraction(&mut self, mut c: i32) -> Lexed {
        if is_digit(c) {
            c = self.decimal_tail()?;
        }
        self.exponent(c)
    }

    fn exponent(&mut self, mut c: i32) -> Lexed {
        if c == 101 || c == 69 {
            let e = c;
            c = self.getc();
            if c == 43 || c == 45 {
                c = self.getc();
                if !is_digit(c) {
                    self.unget(c);
                    return self.error("invalid decimal literal");
                }
            } else if !is_digit(c) {
                self.unget(c);
                self.end_of_number(e, "decimal")?;
                self.unget(e);
                return self.word_token(Class::Number);
            }
            c = self.decimal_tail()?;
        }
        if c == 106 || c == 74 {
            c = self.getc();
            self.end_of_number(c, "imaginary")?;
        } else {
            self.end_of_number(c, "decimal")?;
        }
        self.unget(c);
        self.word_token(Class::Number)
    }

    /// A number may run straight into a keyword that can follow it, not into a name.
    /// `c` has been read.
    fn end_of_number(&mut self, c: i32, name: &str) -> Result<(), LexError> {
        if !(0..128).contains(&c) || !is_word_byte(c) {
            return Ok(());
        }
        let rest = &self.src[self.pos - 1..];
        let word_is = |w: &str| {
            rest.starts_with(w.as_bytes())
                && !rest
                    .get(w.len())
                    .is_some_and(|&b| is_word_byte(i32::from(b)))
        };
        let keyword = ["and", "else", "for", "or", "not"]
            .iter()
            .any(|w| word_is(w))
            || [&b"if"[..], b"in", b"is"]
                .iter()
                .any(|w| rest.starts_with(w));
        if keyword {
            return Ok(());
        }
        self.unget(c);
        self.error(format!("invalid {name} literal"))
    }

    fn string(&mut self, quote: u8) -> Lexed {
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

    fn interpolated_start(&mut self, quote: u8, letter: u8, raw: bool) -> Lexed {
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

    fn interpolated_text(&mut self) -> Lexed {
        let Some(mode) = self.modes.last().cloned() else {
            return self.normal();
        };
        let (middle, end) = if mode.letter == b'f' {
            (Class::FMiddle, Class::FEnd)
        } else {
            (Class::TMiddle, Class::TEnd)
        };
        self.start = self.pos;
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
struct Prefix {
    b: bool,
    r: bool,
    u: bool,
    f: bool,
    t: bool,
}

impl Prefix {
    /// Take one more letter; false if it is no (new) prefix letter.
    fn add(&mut self, c: u8) -> bool {
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

    fn letter(&self) -> Option<u8> {
        match (self.f, self.t) {
            (true, _) => Some(b'f'),
            (_, true) => Some(b't'),
            _ => None,
        }
    }

    fn conflict(&self) -> Option<(char, char)> {
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
