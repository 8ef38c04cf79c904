//! Keeps nesting within what a native stack can hold.
//!
//! ruff parses, and everyone walks and drops the tree, by recursion. One pass over the
//! bytes finds the sources that *could* be deep; only those (almost none) are then
//! measured exactly by [`crate::diagnose`], which does not build a tree.

use crate::diagnose::{MAX_INDENT, MAX_LEVEL};

/// Open brackets: CPython's tokenizer has the same limit.
pub const MAX_BRACKETS: usize = MAX_LEVEL;
/// Levels of indentation, the outermost included; the same in CPython.
pub const MAX_INDENTS: usize = MAX_INDENT;
/// Nested prefix operators and conditional expressions; a `lambda` or `**` counts twice,
/// a bracket about 25 times. CPython's limit depends on its stack: on 8 MiB it parses
/// 3,000 minus signs and refuses 10,000.
pub const MAX_PREFIX_OPERATORS: usize = 12_000;
/// Operators in one chain (`a + a + ...`) or trailers on one expression (`a.b().c`),
/// which nest to the left. CPython compiles 20,000 and refuses 100,000.
pub const MAX_CHAIN: usize = 25_000;
/// f-strings inside f-strings; the same in CPython.
pub const MAX_INTERPOLATION_NESTING: usize = 149;

/// Sum of possible nesting at which the exact measurement is worth its time. Below it
/// nothing can exceed a limit; ordinary programs stay far below.
const TRIGGER: u32 = 1_500;

/// Whether `source` might nest deeper than the limits above.
pub(crate) fn suspicious(source: &str) -> bool {
    Scan {
        bytes: source.as_bytes(),
        at: 0,
        levels: vec![0],
        sum: 0,
        sticky: 0,
        interpolated: false,
        indents: vec![0],
    }
    .run()
}

struct Scan<'s> {
    bytes: &'s [u8],
    at: usize,
    /// Operators since the last comma, for each open bracket.
    levels: Vec<u32>,
    /// Sum of `levels`.
    sum: u32,
    /// Words after which a comma does not end the nesting.
    sticky: u32,
    /// This logical line has an f-string, whose text is code as well.
    interpolated: bool,
    indents: Vec<u32>,
}

impl Scan<'_> {
    fn run(mut self) -> bool {
        if self.indentation() {
            return true;
        }
        while let Some(&b) = self.bytes.get(self.at) {
            self.at += 1;
            match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 128.. => self.word(),
                b'0'..=b'9' => self.number(),
                b'\'' | b'"' => self.string(b),
                b'#' => self.comment(),
                b'\\' => self.at += 1,
                b'\n' => {
                    if self.levels.len() == 1 {
                        self.reset();
                        if self.indentation() {
                            return true;
                        }
                    }
                }
                b' ' | b'\t' => {}
                _ => self.punctuation(b),
            }
            if self.sum + self.sticky > TRIGGER || self.levels.len() > MAX_BRACKETS {
                return true;
            }
        }
        false
    }

    fn reset(&mut self) {
        self.levels.truncate(1);
        self.levels[0] = 0;
        self.sum = 0;
        self.sticky = 0;
        self.interpolated = false;
    }

    /// Measure the indentation at a line's start; true if it is too deep.
    fn indentation(&mut self) -> bool {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\x0c')) {
            self.at += 1;
        }
        if matches!(self.bytes.get(self.at), None | Some(b'\n' | b'#')) {
            return false;
        }
        let col = (self.at - start) as u32;
        while self.indents.last().is_some_and(|&top| col < top) {
            self.indents.pop();
        }
        if self.indents.last().is_none_or(|&top| col > top) {
            self.indents.push(col);
        }
        self.indents.len() >= MAX_INDENTS
    }

    fn count(&mut self) {
        if let Some(top) = self.levels.last_mut() {
            *top += 1;
            self.sum += 1;
        }
    }

    fn word(&mut self) {
        let start = self.at - 1;
        while self
            .bytes
            .get(self.at)
            .is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_' || b >= 128)
        {
            self.at += 1;
        }
        match &self.bytes[start..self.at] {
            b"not" | b"await" | b"else" | b"yield" | b"for" => self.count(),
            b"lambda" => self.sticky += 1,
            w if w.len() <= 2
                && matches!(self.bytes.get(self.at), Some(b'\'' | b'"'))
                && w.iter().any(|b| matches!(b, b'f' | b'F' | b't' | b'T')) =>
            {
                self.interpolated = true;
            }
            _ => {}
        }
    }

    fn number(&mut self) {
        while self
            .bytes
            .get(self.at)
            .is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
        {
            self.at += 1;
        }
    }

    fn comment(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    }

    fn string(&mut self, quote: u8) {
        let triple = self.bytes[self.at..].starts_with(&[quote; 2]);
        if triple {
            self.at += 2;
        }
        while let Some(&b) = self.bytes.get(self.at) {
            self.at += 1;
            match b {
                b'\\' => self.at += 1,
                b'\n' if !triple => return,
                _ if b == quote => {
                    if !triple {
                        return;
                    }
                    if self.bytes[self.at..].starts_with(&[quote; 2]) {
                        self.at += 2;
                        return;
                    }
                }
                // Where an f-string ends is not known here: count what may be code.
                b'-' | b'+' | b'~' | b'(' | b'[' | b'{' | b'*' | b'.' | b' '
                    if self.interpolated =>
                {
                    self.sticky += 1;
                }
                _ => {}
            }
        }
    }

    fn punctuation(&mut self, b: u8) {
        match b {
            b'(' | b'[' | b'{' => {
                self.count();
                self.levels.push(0);
            }
            b')' | b']' | b'}' => {
                if self.levels.len() > 1 {
                    self.sum -= self.levels.pop().unwrap_or(0);
                }
            }
            b',' => {
                if let Some(top) = self.levels.last_mut() {
                    self.sum -= *top;
                    *top = 0;
                }
            }
            b';' if self.levels.len() == 1 => self.reset(),
            b'=' | b':' => {}
            _ => self.count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::suspicious;

    #[test]
    fn ordinary_programs_pass() {
        let table = format!("x = [{}]\n", "-1, ".repeat(100_000));
        assert!(!suspicious(&table));
        let calls = "a.b(c)[d] + e\n".repeat(10_000);
        assert!(!suspicious(&calls));
        assert!(!suspicious(&format!("'''{}'''", "(".repeat(5_000))));
    }

    #[test]
    fn deep_ones_do_not() {
        for deep in [
            "(".repeat(300),
            "-".repeat(5_000),
            "not ".repeat(5_000),
            "lambda a, b: ".repeat(5_000),
            "a+".repeat(5_000),
            "a.".repeat(5_000),
            format!("f'{{{}1}}'", "-".repeat(5_000)),
            (0..120).map(|i| " ".repeat(i) + "if a:\n").collect(),
        ] {
            assert!(suspicious(&deep), "{}", &deep[..20]);
        }
    }
}
