//! Numbers, and what is wrong with them.

use super::{Class, LexError, Lexed, Lexer, count_chars, is_digit, is_word_byte};

impl Lexer<'_> {
    pub(super) fn number(&mut self, first: u8) -> Lexed {
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

    pub(super) fn fraction(&mut self, mut c: i32) -> Lexed {
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
}
