//! Struct format strings.

/// One run of items of a format.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The format character.
    pub code: u8,
    /// Where the first item lies.
    pub offset: usize,
    /// Bytes of one item (of the whole run for `s` and `p`).
    pub size: usize,
    /// Number of items (1 for `s` and `p`).
    pub count: usize,
}

/// A compiled format.
#[derive(Debug)]
pub struct Format {
    pub text: String,
    pub items: Vec<Item>,
    pub size: usize,
    pub little: bool,
    /// Values packed or unpacked.
    pub values: usize,
}

/// Size of one item and its alignment; None for an unknown character.
fn size_of_code(code: u8, native: bool) -> Option<(usize, usize)> {
    let size = match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => return Some((1, 0)),
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' if !native => 4,
        b'l' | b'L' | b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        b'F' => return Some((8, if native { 4 } else { 0 })),
        b'D' => return Some((16, if native { 8 } else { 0 })),
        _ => return None,
    };
    Some((size, if native { size } else { 0 }))
}

impl Format {
    /// Compiles a format; the error is the message of `struct.error`.
    pub fn compile(text: &[u8]) -> Result<Format, &'static str> {
        let (native, little, rest) = match text.first() {
            Some(b'@') => (true, cfg!(target_endian = "little"), &text[1..]),
            Some(b'=') => (false, cfg!(target_endian = "little"), &text[1..]),
            Some(b'<') => (false, true, &text[1..]),
            Some(b'>' | b'!') => (false, false, &text[1..]),
            _ => (true, cfg!(target_endian = "little"), text),
        };
        let mut f = Format {
            text: String::from_utf8_lossy(text).into_owned(),
            items: Vec::new(),
            size: 0,
            little,
            values: 0,
        };
        let mut at = rest.iter().copied().peekable();
        while let Some(c) = at.next() {
            if c.is_ascii_whitespace() || c == 0x0b {
                continue;
            }
            let (mut code, mut count) = (c, 1);
            if c.is_ascii_digit() {
                count = (c - b'0') as usize;
                loop {
                    match at.next() {
                        Some(d) if d.is_ascii_digit() => {
                            count = count
                                .checked_mul(10)
                                .and_then(|n| n.checked_add((d - b'0') as usize))
                                .ok_or(TOO_LONG)?;
                        }
                        Some(other) => {
                            code = other;
                            break;
                        }
                        None => return Err("repeat count given without format specifier"),
                    }
                }
            }
            f.add(code, count, native)?;
        }
        Ok(f)
    }

    fn add(&mut self, code: u8, count: usize, native: bool) -> Result<(), &'static str> {
        let (size, align) = size_of_code(code, native).ok_or("bad char in struct format")?;
        if align > 1 {
            self.size = self.size.checked_next_multiple_of(align).ok_or(TOO_LONG)?;
        }
        let total = size
            .checked_mul(count)
            .filter(|n| *n < isize::MAX as usize)
            .ok_or(TOO_LONG)?;
        let offset = self.size;
        self.size = offset
            .checked_add(total)
            .filter(|n| *n < isize::MAX as usize)
            .ok_or(TOO_LONG)?;
        let item = match code {
            b'x' => return Ok(()),
            b's' | b'p' => Item {
                code,
                offset,
                size: total,
                count: 1,
            },
            _ => Item {
                code,
                offset,
                size,
                count,
            },
        };
        self.values += item.count;
        if item.count > 0 {
            self.items.push(item);
        }
        Ok(())
    }
}

const TOO_LONG: &str = "total struct size too long";
