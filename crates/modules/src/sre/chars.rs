//! Character classes and case of the regular expression engine.

use text::ucd;

/// Category codes in the order of `re._constants.CHCODES`.
pub fn category(code: u32, c: u32) -> bool {
    let ascii_word = |c: u32| c < 128 && ((c as u8).is_ascii_alphanumeric() || c == 95);
    let ascii_space = |c: u32| matches!(c, 9..=13 | 32);
    let ascii_digit = |c: u32| matches!(c, 48..=57);
    match code {
        0 => ascii_digit(c),
        1 => !ascii_digit(c),
        2 => ascii_space(c),
        3 => !ascii_space(c),
        4 => ascii_word(c),
        5 => !ascii_word(c),
        6 => c == 10,
        7 => c != 10,
        8 => ascii_word(c),
        9 => !ascii_word(c),
        10 => is_uni_digit(c),
        11 => !is_uni_digit(c),
        12 => is_uni_space(c),
        13 => !is_uni_space(c),
        14 => is_uni_word(c),
        15 => !is_uni_word(c),
        16 => ucd::is_line_break(c),
        17 => !ucd::is_line_break(c),
        _ => false,
    }
}

fn is_uni_digit(c: u32) -> bool {
    if c < 128 {
        matches!(c, 48..=57)
    } else {
        ucd::is_decimal(c)
    }
}
fn is_uni_space(c: u32) -> bool {
    if c < 128 {
        matches!(c, 9..=13 | 28..=32)
    } else {
        ucd::is_space(c)
    }
}
/// `\w` of str patterns.
pub fn is_uni_word(c: u32) -> bool {
    if c < 128 {
        (c as u8).is_ascii_alphanumeric() || c == 95
    } else {
        ucd::is_alnum(c)
    }
}
/// `\w` of bytes and ASCII patterns.
pub fn is_ascii_word(c: u32) -> bool {
    c < 128 && ((c as u8).is_ascii_alphanumeric() || c == 95)
}

/// Lower case of ASCII letters.
pub fn lower_ascii(c: u32) -> u32 {
    if (65..=90).contains(&c) { c + 32 } else { c }
}
/// Upper case of ASCII letters.
pub fn upper_ascii(c: u32) -> u32 {
    if (97..=122).contains(&c) { c - 32 } else { c }
}
/// Simple lower case.
pub fn lower_uni(c: u32) -> u32 {
    if c < 128 {
        lower_ascii(c)
    } else {
        ucd::simple_case::to_lower(c)
    }
}
/// Simple upper case.
pub fn upper_uni(c: u32) -> u32 {
    if c < 128 {
        upper_ascii(c)
    } else {
        ucd::simple_case::to_upper(c)
    }
}

/// Whether `c` is in a set (the code after `IN skip`).
pub fn in_set(set: &[u32], c: u32) -> bool {
    use super::op;
    let at = |i: usize| set.get(i).copied().unwrap_or(0);
    let mut ok = true;
    let mut i = 0;
    loop {
        match at(i) {
            op::CATEGORY => {
                if category(at(i + 1), c) {
                    return ok;
                }
                i += 2;
            }
            op::CHARSET => {
                if c < 256 && at(i + 1 + (c >> 5) as usize) >> (c & 31) & 1 == 1 {
                    return ok;
                }
                i += 9;
            }
            op::BIGCHARSET => {
                let count = at(i + 1) as usize;
                if c < 0x10000 {
                    let block = c >> 8;
                    let word = at(i + 2 + (block / 4) as usize);
                    let index = word.to_ne_bytes()[(block % 4) as usize] as usize;
                    let bits = at(i + 66 + index * 8 + ((c & 255) >> 5) as usize);
                    if bits >> (c & 31) & 1 == 1 {
                        return ok;
                    }
                }
                i += 66 + count * 8;
            }
            op::LITERAL => {
                if c == at(i + 1) {
                    return ok;
                }
                i += 2;
            }
            op::RANGE => {
                if (at(i + 1)..=at(i + 2)).contains(&c) {
                    return ok;
                }
                i += 3;
            }
            op::RANGE_UNI_IGNORE => {
                let range = at(i + 1)..=at(i + 2);
                if range.contains(&c) || range.contains(&upper_uni(c)) {
                    return ok;
                }
                i += 3;
            }
            op::NEGATE => {
                ok = !ok;
                i += 1;
            }
            // FAILURE ends a set; anything else is no set code.
            op::FAILURE => return !ok,
            _ => return false,
        }
    }
}
