//! The format specification mini-language of `format()` (PEP 3101, with the fractional grouping
//! of 3.14): the parser, and what strings need. Numbers are laid out in `format_num`.

use crate::error::{NumError, Result};

/// Where the padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Between the sign or prefix and the digits.
    AfterSign,
}

/// Digit group separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    None,
    Comma,
    Underscore,
}

/// A parsed specification. Code points are `u32`, since a fill may be a lone surrogate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    pub fill: u32,
    pub align: Align,
    /// `+`, `-`, space, or 0 when not given.
    pub sign: u8,
    pub no_neg_0: bool,
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Separator,
    pub precision: Option<usize>,
    pub frac_grouping: Separator,
    /// The type character, or 0 when not given.
    pub kind: u32,
}

/// A formatted value: `left` fills, head, `middle` fills, body, `right` fills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formatted {
    pub fill: u32,
    pub left: usize,
    pub head: String,
    pub middle: usize,
    pub body: String,
    pub right: usize,
}

impl Formatted {
    /// The text, with U+FFFD for a surrogate fill (write the parts yourself to keep it).
    /// `MemoryError` if it cannot be allocated.
    pub fn text(&self) -> Result<String> {
        let fill = char::from_u32(self.fill).unwrap_or('\u{fffd}');
        let fills = self
            .left
            .checked_add(self.middle)
            .and_then(|n| n.checked_add(self.right));
        let bytes = fills
            .and_then(|n| n.checked_mul(fill.len_utf8()))
            .ok_or_else(NumError::memory)?;
        let mut out = String::new();
        out.try_reserve(bytes.saturating_add(self.head.len() + self.body.len()))
            .map_err(|_| NumError::memory())?;
        out.extend(std::iter::repeat_n(fill, self.left));
        out.push_str(&self.head);
        out.extend(std::iter::repeat_n(fill, self.middle));
        out.push_str(&self.body);
        out.extend(std::iter::repeat_n(fill, self.right));
        Ok(out)
    }
}

/// How a string is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrLayout {
    pub fill: u32,
    pub left: usize,
    /// Code points of the string to keep.
    pub keep: usize,
    pub right: usize,
}

fn align_of(c: Option<&u32>) -> Option<Align> {
    Some(match char::from_u32(*c?)? {
        '<' => Align::Left,
        '>' => Align::Right,
        '^' => Align::Center,
        '=' => Align::AfterSign,
        _ => return None,
    })
}

struct Cursor<'a> {
    text: &'a [u32],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<&u32> {
        self.text.get(self.at)
    }

    fn eat(&mut self, c: char) -> bool {
        let hit = self.peek() == Some(&(c as u32));
        self.at += usize::from(hit);
        hit
    }

    /// Decimal digits; `None` if there are none.
    fn integer(&mut self) -> Result<Option<usize>> {
        let start = self.at;
        let mut value = 0_usize;
        while let Some(digit) = self.peek().and_then(|&c| char::from_u32(c)?.to_digit(10)) {
            value = value
                .checked_mul(10)
                .and_then(|v| v.checked_add(digit as usize))
                .filter(|&v| v <= isize::MAX as usize)
                .ok_or_else(|| NumError::value("Too many decimal digits in format string"))?;
            self.at += 1;
        }
        Ok((self.at > start).then_some(value))
    }

    fn separator(&mut self) -> Result<Separator> {
        let both = || NumError::value("Cannot specify both ',' and '_'.");
        let mut found = Separator::None;
        if self.eat(',') {
            found = Separator::Comma;
        }
        if self.eat('_') {
            if found == Separator::Comma {
                return Err(both());
            }
            found = Separator::Underscore;
        }
        if found == Separator::Underscore && self.eat(',') {
            return Err(both());
        }
        Ok(found)
    }
}

impl FormatSpec {
    /// Parses `text` (code points) for an object of `type_name`; `default_align` is `Left` for
    /// strings, `Right` for numbers.
    ///
    /// Errors: `ValueError` with CPython's message.
    pub fn parse(text: &[u32], default_align: Align, type_name: &str) -> Result<Self> {
        let mut spec = FormatSpec {
            fill: u32::from(b' '),
            align: default_align,
            sign: 0,
            no_neg_0: false,
            alternate: false,
            width: None,
            grouping: Separator::None,
            precision: None,
            frac_grouping: Separator::None,
            kind: 0,
        };
        let mut cur = Cursor { text, at: 0 };
        let (fill_given, align_given) = spec.parse_align(&mut cur);
        if let Some(&c) = cur.peek()
            && [0x20, 0x2b, 0x2d].contains(&c)
        {
            spec.sign = c as u8;
            cur.at += 1;
        }
        spec.no_neg_0 = cur.eat('z');
        spec.alternate = cur.eat('#');
        if !fill_given && cur.eat('0') {
            spec.fill = u32::from(b'0');
            if !align_given && default_align == Align::Right {
                spec.align = Align::AfterSign;
            }
        }
        spec.width = cur.integer()?;
        spec.grouping = cur.separator()?;
        if cur.eat('.') {
            spec.precision = cur.integer()?;
            spec.frac_grouping = cur.separator()?;
            if spec.precision.is_none() && spec.frac_grouping == Separator::None {
                return Err(NumError::value("Format specifier missing precision"));
            }
        }
        match text[cur.at..] {
            [] => {}
            [kind] => spec.kind = kind,
            _ => return Err(invalid_specifier(text, type_name)),
        }
        // A string's type is 's' even when it is not written.
        let implied = spec.kind == 0 && default_align == Align::Left;
        check_separator(
            spec.grouping,
            if implied { u32::from(b's') } else { spec.kind },
        )?;
        if spec.kind == u32::from(b'n') {
            check_separator(spec.frac_grouping, spec.kind)?;
        }
        Ok(spec)
    }

    fn parse_align(&mut self, cur: &mut Cursor<'_>) -> (bool, bool) {
        if let Some(align) = align_of(cur.text.get(1)) {
            self.fill = cur.text[0];
            self.align = align;
            cur.at = 2;
            return (true, true);
        }
        if let Some(align) = align_of(cur.text.first()) {
            self.align = align;
            cur.at = 1;
            return (false, true);
        }
        (false, false)
    }

    /// The type character as ASCII; 0 if not given, 0xff if not ASCII.
    pub fn kind_ascii(&self) -> u8 {
        u8::try_from(self.kind)
            .ok()
            .filter(u8::is_ascii)
            .unwrap_or(0xff)
    }

    /// `ValueError: Unknown format code 'X' for object of type 'T'`.
    pub fn unknown_code(&self, type_name: &str) -> NumError {
        let code = show_code(self.kind);
        NumError::value(format!(
            "Unknown format code '{code}' for object of type '{type_name}'"
        ))
    }

    /// Padding for a text of `len` code points: (left, right).
    pub(crate) fn padding(&self, len: usize) -> (usize, usize) {
        let total = self.width.unwrap_or(0).saturating_sub(len);
        match self.align {
            Align::Left => (0, total),
            Align::Center => (total / 2, total - total / 2),
            Align::Right | Align::AfterSign => (total, 0),
        }
    }

    /// Layout of a string of `len` code points.
    ///
    /// Errors: `ValueError` for what strings do not allow.
    pub fn layout_str(&self, len: usize, type_name: &str) -> Result<StrLayout> {
        if !matches!(self.kind_ascii(), 0 | b's') || self.kind > 0x7f {
            return Err(self.unknown_code(type_name));
        }
        let refuse = |what: &str| {
            Err(NumError::value(format!(
                "{what} not allowed in string format specifier"
            )))
        };
        match self.sign {
            0 => {}
            b' ' => return refuse("Space"),
            _ => return refuse("Sign"),
        }
        if self.no_neg_0 {
            return refuse("Negative zero coercion (z)");
        }
        if self.alternate {
            return refuse("Alternate form (#)");
        }
        if self.align == Align::AfterSign {
            return refuse("'=' alignment");
        }
        let keep = self.precision.map_or(len, |p| p.min(len));
        let (left, right) = self.padding(keep);
        Ok(StrLayout {
            fill: self.fill,
            left,
            keep,
            right,
        })
    }
}

fn invalid_specifier(text: &[u32], type_name: &str) -> NumError {
    let shown: String = text
        .iter()
        .map(|&c| char::from_u32(c).unwrap_or('\u{fffd}'))
        .collect();
    NumError::value(format!(
        "Invalid format specifier '{shown}' for object of type '{type_name}'"
    ))
}

fn show_code(c: u32) -> String {
    match char::from_u32(c) {
        Some(ch) if c > 32 && c < 128 => ch.to_string(),
        _ => format!("\\x{c:x}"),
    }
}

fn check_separator(separator: Separator, kind: u32) -> Result<()> {
    let name = match separator {
        Separator::None => return Ok(()),
        Separator::Comma => ',',
        Separator::Underscore => '_',
    };
    let allowed = match u8::try_from(kind) {
        Ok(b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' | 0) => true,
        Ok(b'b' | b'o' | b'x' | b'X') => separator == Separator::Underscore,
        _ => false,
    };
    if allowed {
        return Ok(());
    }
    Err(NumError::value(format!(
        "Cannot specify '{name}' with '{}'.",
        show_code(kind)
    )))
}
