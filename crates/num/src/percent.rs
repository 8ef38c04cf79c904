//! printf-style formatting (`'%05d' % x`) for str and bytes.

use std::ops::Range;

use crate::bigint::BigInt;
use crate::error::{NumError, Result};
use crate::float_text::{Flags, Style, format_float as float_digits};
use crate::int_text;

/// A piece of a format string. Ranges are in code points (or bytes) of the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text to copy.
    Literal(Range<usize>),
    /// A conversion.
    Convert(Conversion),
}

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    None,
    Given(usize),
    /// `*`: taken from the next argument.
    Argument,
}

/// One `%...x`. Evaluate in this order, as CPython does: look the key up (needs a mapping), take
/// the `*` width, the `*` precision, raise `error` if set, take the argument, convert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// The format uses `(`: a mapping is required.
    pub mapping: bool,
    /// Text of the mapping key between the parentheses.
    pub key: Option<Range<usize>>,
    pub flags: PercentFlags,
    pub width: Amount,
    pub precision: Amount,
    /// The conversion character; check it with [`Conversion::unsupported`].
    pub kind: u32,
    /// Index of the conversion character in the format.
    pub index: usize,
    /// What was malformed after the parts above.
    pub error: Option<NumError>,
}

/// `-`, `+`, space, `#` and `0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PercentFlags {
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
}

/// Width and precision after `*` arguments have been taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    pub flags: PercentFlags,
    pub width: usize,
    pub precision: Option<usize>,
}

/// Cuts a format of `len` code points (`at` gives them) into segments. `bytes` selects the
/// wording of the messages of `bytes % ...`.
pub fn parse(len: usize, at: impl Fn(usize) -> u32, bytes: bool) -> Vec<Segment> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut i = 0;
    while i < len {
        if at(i) != u32::from(b'%') {
            i += 1;
            continue;
        }
        if start < i {
            out.push(Segment::Literal(start..i));
        }
        if i + 1 < len && at(i + 1) == u32::from(b'%') {
            out.push(Segment::Literal(i..i + 1));
            i += 2;
        } else {
            let mut parser = Parser {
                len,
                at: &at,
                i: i + 1,
                bytes,
            };
            let conversion = parser.conversion();
            i = parser.i;
            let stop = conversion.error.is_some();
            out.push(Segment::Convert(conversion));
            if stop {
                return out;
            }
        }
        start = i;
    }
    if start < len {
        out.push(Segment::Literal(start..len));
    }
    out
}

struct Parser<'a, F> {
    len: usize,
    at: &'a F,
    i: usize,
    bytes: bool,
}

impl<F: Fn(usize) -> u32> Parser<'_, F> {
    fn peek(&self) -> Option<char> {
        (self.i < self.len).then(|| char::from_u32((self.at)(self.i)).unwrap_or('\u{fffd}'))
    }

    fn conversion(&mut self) -> Conversion {
        let mut conv = Conversion {
            mapping: false,
            key: None,
            flags: PercentFlags::default(),
            width: Amount::None,
            precision: Amount::None,
            kind: 0,
            index: 0,
            error: None,
        };
        conv.error = self.fill(&mut conv).err();
        conv
    }

    fn fill(&mut self, conv: &mut Conversion) -> Result<()> {
        if self.peek() == Some('(') {
            conv.mapping = true;
            conv.key = Some(self.key()?);
        }
        self.flags(&mut conv.flags);
        conv.width = self.amount(isize::MAX as usize, "width too big")?;
        if self.peek() == Some('.') {
            self.i += 1;
            let message = if self.bytes {
                "prec too big"
            } else {
                "precision too big"
            };
            conv.precision = match self.amount(i32::MAX as usize, message)? {
                Amount::None => Amount::Given(0),
                other => other,
            };
        }
        if let Some('h' | 'l' | 'L') = self.peek() {
            self.i += 1;
        }
        if self.i >= self.len {
            return Err(NumError::value("incomplete format"));
        }
        conv.kind = (self.at)(self.i);
        conv.index = self.i;
        self.i += 1;
        Ok(())
    }

    /// The text up to the matching parenthesis.
    fn key(&mut self) -> Result<Range<usize>> {
        self.i += 1;
        let start = self.i;
        let mut depth = 1;
        while let Some(c) = self.peek() {
            self.i += 1;
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(start..self.i - 1);
            }
        }
        Err(NumError::value("incomplete format key"))
    }

    fn flags(&mut self, flags: &mut PercentFlags) {
        while let Some(c) = self.peek() {
            match c {
                '-' => flags.left = true,
                '+' => flags.plus = true,
                ' ' => flags.space = true,
                '#' => flags.alternate = true,
                '0' => flags.zero = true,
                _ => return,
            }
            self.i += 1;
        }
    }

    fn amount(&mut self, max: usize, too_big: &'static str) -> Result<Amount> {
        if self.peek() == Some('*') {
            self.i += 1;
            return Ok(Amount::Argument);
        }
        let mut value = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let next = value
                .unwrap_or(0_usize)
                .checked_mul(10)
                .and_then(|v| v.checked_add(digit as usize))
                .filter(|&v| v <= max)
                .ok_or_else(|| NumError::value(too_big))?;
            value = Some(next);
            self.i += 1;
        }
        Ok(value.map_or(Amount::None, Amount::Given))
    }
}

impl Conversion {
    /// `ValueError: unsupported format character ...` for this conversion.
    pub fn unsupported(&self, bytes: bool) -> NumError {
        if bytes && self.kind > 0x7f {
            // CPython formats the byte as a negative `char` here and trips over it.
            return NumError::overflow("character argument not in range(0x110000)");
        }
        let printable = bytes || (32..127).contains(&self.kind);
        let shown = match char::from_u32(self.kind) {
            Some(c) if printable => c,
            _ => '?',
        };
        let (kind, index) = (self.kind, self.index);
        NumError::value(format!(
            "unsupported format character '{shown}' (0x{kind:x}) at index {index}"
        ))
    }

    /// Width and precision, with the values of the `*` arguments: a negative width aligns left, a
    /// negative precision counts as 0.
    pub fn resolve(&self, star_width: Option<i64>, star_precision: Option<i64>) -> Resolved {
        let mut flags = self.flags;
        let width = match self.width {
            Amount::None => 0,
            Amount::Given(n) => n,
            Amount::Argument => {
                let n = star_width.unwrap_or(0);
                flags.left |= n < 0;
                n.unsigned_abs() as usize
            }
        };
        let precision = match self.precision {
            Amount::None => None,
            Amount::Given(n) => Some(n),
            Amount::Argument => Some(star_precision.unwrap_or(0).max(0) as usize),
        };
        Resolved {
            flags,
            width,
            precision,
        }
    }
}

impl Resolved {
    /// `%d %i %u %o %x %X` of an integer, padded. `MemoryError` if it cannot be allocated.
    pub fn format_int(&self, v: &BigInt, kind: u8) -> Result<String> {
        let (base, prefix) = match kind {
            b'o' => (8, "0o"),
            b'x' => (16, "0x"),
            b'X' => (16, "0X"),
            _ => (10, ""),
        };
        let mut digits = int_text::magnitude_digits(v, base);
        if kind == b'X' {
            digits.make_ascii_uppercase();
        }
        let zeros = self.precision.unwrap_or(0).saturating_sub(digits.len());
        if zeros > 0 {
            digits = repeat('0', zeros)? + &digits;
        }
        self.pad(
            v.is_negative(),
            if self.flags.alternate { prefix } else { "" },
            &digits,
        )
    }

    /// `%e %E %f %F %g %G` of a float, padded. `MemoryError` if it cannot be allocated.
    pub fn format_float(&self, v: f64, kind: u8) -> Result<String> {
        let style = match kind.to_ascii_lowercase() {
            b'e' => Style::Exponent,
            b'f' => Style::Fixed,
            _ => Style::General,
        };
        let flags = Flags {
            alternate: self.flags.alternate,
            upper: kind.is_ascii_uppercase(),
            ..Flags::default()
        };
        let text = float_digits(v, style, self.precision.unwrap_or(6), flags);
        match text.strip_prefix('-') {
            Some(magnitude) => self.pad(true, "", magnitude),
            None => self.pad(false, "", &text),
        }
    }

    fn pad(&self, negative: bool, prefix: &str, digits: &str) -> Result<String> {
        let sign = if negative {
            "-"
        } else if self.flags.plus {
            "+"
        } else if self.flags.space {
            " "
        } else {
            ""
        };
        let room = self
            .width
            .saturating_sub(sign.len() + prefix.len() + digits.len());
        let fill = repeat(
            if self.flags.zero && !self.flags.left {
                '0'
            } else {
                ' '
            },
            room,
        )?;
        Ok(if self.flags.left {
            format!("{sign}{prefix}{digits}{fill}")
        } else if self.flags.zero {
            format!("{sign}{prefix}{fill}{digits}")
        } else {
            format!("{fill}{sign}{prefix}{digits}")
        })
    }

    /// Padding of a text of `len` code points (`%s %r %a %c %b`): spaces left and right of it.
    pub fn pad_text(&self, len: usize) -> (usize, usize) {
        let room = self.width.saturating_sub(len);
        if self.flags.left {
            (0, room)
        } else {
            (room, 0)
        }
    }
}

fn repeat(c: char, n: usize) -> Result<String> {
    let mut s = String::new();
    s.try_reserve(n).map_err(|_| NumError::memory())?;
    s.extend(std::iter::repeat_n(c, n));
    Ok(s)
}
