//! The format-string syntax of `str.format` and `string.Formatter`.

use std::ops::Range;

use crate::{Units, ucd};

/// Message of a ValueError.
pub type Message = &'static str;

/// A piece of a format string: literal text, then perhaps a field. Ranges index the string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Text to copy.
    pub literal: Range<usize>,
    /// The replacement field after it.
    pub field: Option<Field>,
}

/// A replacement field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Between `{` and `!`, `:` or `}`.
    pub name: Range<usize>,
    /// After `:`; empty when absent.
    pub spec: Range<usize>,
    /// The code point after `!`.
    pub conversion: Option<u32>,
    /// Whether `spec` holds fields itself.
    pub spec_has_fields: bool,
}

const OPEN: u32 = b'{' as u32;
const CLOSE: u32 = b'}' as u32;
const COLON: u32 = b':' as u32;
const BANG: u32 = b'!' as u32;
const DOT: u32 = b'.' as u32;
const LEFT: u32 = b'[' as u32;
const RIGHT: u32 = b']' as u32;

/// Iterator over the pieces of a format string (`_string.formatter_parser`).
///
/// After an error it must not be used further.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    text: Units<'a>,
    at: usize,
}

/// The pieces of `text`.
pub fn pieces(text: Units<'_>) -> Pieces<'_> {
    Pieces { text, at: 0 }
}

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, Message>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.at < self.text.len()).then(|| self.piece())
    }
}

impl Pieces<'_> {
    fn peek(&self) -> Option<u32> {
        (self.at < self.text.len()).then(|| self.text.get(self.at))
    }

    fn bump(&mut self) -> Option<u32> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn piece(&mut self) -> Result<Piece, Message> {
        let start = self.at;
        let brace = loop {
            match self.bump() {
                Some(c @ (OPEN | CLOSE)) => break c,
                Some(_) => {}
                None => {
                    return Ok(Piece {
                        literal: start..self.at,
                        field: None,
                    });
                }
            }
        };
        if self.peek() == Some(brace) {
            // A doubled brace stands for itself: the literal keeps the first one.
            let literal = start..self.at;
            self.at += 1;
            return Ok(Piece {
                literal,
                field: None,
            });
        }
        if brace == CLOSE {
            return Err("Single '}' encountered in format string");
        }
        if self.peek().is_none() {
            return Err("Single '{' encountered in format string");
        }
        let literal = start..self.at - 1;
        let field = Some(self.field()?);
        Ok(Piece { literal, field })
    }

    fn field(&mut self) -> Result<Field, Message> {
        let start = self.at;
        let stop = self.field_name_end()?;
        let name = start..self.at - 1;
        let mut field = Field {
            name,
            spec: self.at..self.at,
            conversion: None,
            spec_has_fields: false,
        };
        if stop == CLOSE {
            field.spec = self.at - 1..self.at - 1;
            return Ok(field);
        }
        if stop == BANG {
            let c = self.bump();
            field.conversion =
                Some(c.ok_or("end of string while looking for conversion specifier")?);
            match self.bump() {
                Some(CLOSE) => {
                    field.spec = self.at - 1..self.at - 1;
                    return Ok(field);
                }
                Some(COLON) | None => {}
                Some(_) => return Err("expected ':' after conversion specifier"),
            }
        }
        self.spec(&mut field)?;
        Ok(field)
    }

    /// Moves past the character that ends the field name and returns it.
    fn field_name_end(&mut self) -> Result<u32, Message> {
        loop {
            match self.bump().ok_or("expected '}' before end of string")? {
                OPEN => return Err("unexpected '{' in field name"),
                // Up to the bracket's end nothing is special.
                LEFT => {
                    while self.peek().is_some_and(|c| c != RIGHT) {
                        self.at += 1;
                    }
                }
                c @ (CLOSE | COLON | BANG) => return Ok(c),
                _ => {}
            }
        }
    }

    fn spec(&mut self, field: &mut Field) -> Result<(), Message> {
        let start = self.at;
        let mut depth = 1usize;
        loop {
            match self.bump().ok_or("unmatched '{' in format spec")? {
                OPEN => {
                    field.spec_has_fields = true;
                    depth += 1;
                }
                CLOSE if depth == 1 => break,
                CLOSE => depth -= 1,
                _ => {}
            }
        }
        field.spec = start..self.at - 1;
        Ok(())
    }
}

/// The first part of a field name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// An argument's index.
    Index(usize),
    /// A keyword, or empty for automatic numbering.
    Key(Range<usize>),
}

/// A step after the first part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `.name`
    Attribute(Range<usize>),
    /// `[digits]`
    Index(usize),
    /// `[anything else]`
    Key(Range<usize>),
}

/// Splits a field name into its first part and the steps (`_string.formatter_field_name_split`).
pub fn split_field_name(name: Units<'_>) -> Result<(First, Steps<'_>), Message> {
    let end = until(name, 0, |c| c == DOT || c == LEFT);
    let first = match integer(name, 0..end)? {
        Some(i) => First::Index(i),
        None => First::Key(0..end),
    };
    Ok((first, Steps { name, at: end }))
}

/// First index from `at` where `stop` holds, or the length.
fn until(s: Units, at: usize, stop: impl Fn(u32) -> bool) -> usize {
    (at..s.len()).find(|&i| stop(s.get(i))).unwrap_or(s.len())
}

/// The number that all of `range` spells in decimal digits of any script.
fn integer(s: Units, range: Range<usize>) -> Result<Option<usize>, Message> {
    if range.is_empty() {
        return Ok(None);
    }
    let mut value = 0usize;
    for i in range {
        let Some(digit) = ucd::decimal(s.get(i)) else {
            return Ok(None);
        };
        let digit = digit as usize;
        if value > (isize::MAX as usize - digit) / 10 {
            return Err("Too many decimal digits in format string");
        }
        value = value * 10 + digit;
    }
    Ok(Some(value))
}

/// Iterator over the steps of a field name.
#[derive(Clone, Debug)]
pub struct Steps<'a> {
    name: Units<'a>,
    at: usize,
}

impl Iterator for Steps<'_> {
    type Item = Result<Step, Message>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.at < self.name.len()).then(|| self.step())
    }
}

impl Steps<'_> {
    fn step(&mut self) -> Result<Step, Message> {
        let start = self.at + 1;
        let (range, attribute) = match self.name.get(self.at) {
            DOT => {
                self.at = until(self.name, start, |c| c == DOT || c == LEFT);
                (start..self.at, true)
            }
            LEFT => {
                let end = until(self.name, start, |c| c == RIGHT);
                if end == self.name.len() {
                    return Err("Missing ']' in format string");
                }
                self.at = end + 1;
                (start..end, false)
            }
            _ => return Err("Only '.' or '[' may follow ']' in format field specifier"),
        };
        let index = match attribute {
            true => None,
            false => integer(self.name, range.clone())?,
        };
        match index {
            Some(i) => Ok(Step::Index(i)),
            None if range.is_empty() => Err("Empty attribute in format string"),
            None if attribute => Ok(Step::Attribute(range)),
            None => Ok(Step::Key(range)),
        }
    }
}

/// Which numbering the fields of one format call use; starts undecided.
#[derive(Clone, Debug, Default)]
pub struct AutoNumber {
    automatic: Option<bool>,
    next: usize,
}

impl AutoNumber {
    /// The first part with an empty key turned into the next index; refuses mixed numbering.
    pub fn resolve(&mut self, first: First) -> Result<First, Message> {
        let empty = match &first {
            First::Index(_) => false,
            First::Key(range) if range.is_empty() => true,
            First::Key(_) => return Ok(first),
        };
        match (*self.automatic.get_or_insert(empty), empty) {
            (false, true) => {
                Err("cannot switch from manual field specification to automatic field numbering")
            }
            (true, false) => {
                Err("cannot switch from automatic field numbering to manual field specification")
            }
            (false, false) => Ok(first),
            (true, true) => {
                self.next += 1;
                Ok(First::Index(self.next - 1))
            }
        }
    }
}
