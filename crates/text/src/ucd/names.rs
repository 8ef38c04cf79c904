//! Character names, aliases and named sequences.
//!
//! Layout of names.bin (sections in tables.rs): names are strings of word
//! numbers, one byte for the commonest words and two for the rest, grouped by
//! blocks of 32 code points; the lexicon holds the words; a hash table maps
//! names back to keys. Keys are code points, then aliases, then sequences.

use super::tables::*;

static DATA: &[u8] = include_bytes!("names.bin");

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A character's name or alias.
    Char(u32),
    /// A named sequence of several code points.
    Sequence(&'static str),
}

fn section(range: std::ops::Range<usize>) -> &'static [u8] {
    &DATA[range]
}

fn u16_at(data: &[u8], i: usize) -> usize {
    u16::from_le_bytes([data[2 * i], data[2 * i + 1]]) as usize
}

fn u32_at(data: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]])
}

/// The word of a number.
fn word(number: usize) -> &'static str {
    let lengths = section(NAME_WORD_LENGTHS);
    let mark = number / 16;
    let skipped = lengths[mark * 16..number].iter().map(|&n| n as usize);
    let start = u32_at(section(NAME_WORD_MARKS), 4 * mark) as usize + skipped.sum::<usize>();
    let bytes = &section(NAME_LEXICON)[start..start + lengths[number] as usize];
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// Calls `f` with each word of the stored name; stops and returns false when `f` does.
fn each_word(code: &[u8], mut f: impl FnMut(&str) -> bool) -> bool {
    let mut at = 0;
    while at < code.len() {
        let mut number = code[at] as usize;
        at += 1;
        if number >= NAME_ONE_BYTE {
            let low = code.get(at).copied().unwrap_or(0) as usize;
            number = NAME_ONE_BYTE + ((number - NAME_ONE_BYTE) << 8) + low;
            at += 1;
        }
        if !f(word(number)) {
            return false;
        }
    }
    true
}

/// The stored code of the name of `key`.
fn stored(key: u32) -> Option<&'static [u8]> {
    let blocks = section(NAME_BLOCKS);
    let block_at = |i: usize| u16::from_le_bytes([blocks[6 * i], blocks[6 * i + 1]]) as u32;
    let (mut low, mut high) = (0, blocks.len() / 6);
    while low < high {
        let middle = (low + high) / 2;
        match block_at(middle) < key >> 5 {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    if low == blocks.len() / 6 || block_at(low) != key >> 5 {
        return None;
    }
    let text = section(NAME_TEXT);
    let mut at = u32_at(blocks, 6 * low + 2) as usize;
    let end = match low + 1 < blocks.len() / 6 {
        true => u32_at(blocks, 6 * (low + 1) + 2) as usize,
        false => text.len(),
    };
    while at < end {
        let (low_bits, len) = (text[at] as u32, text[at + 1] as usize);
        if low_bits == key & 31 {
            return Some(&text[at + 2..at + 2 + len]);
        }
        at += 2 + len;
    }
    None
}

/// `unicodedata.name`: the name of a code point, aliases not counted.
pub fn name(c: u32) -> Option<String> {
    if c > 0x10ffff {
        return None;
    }
    if (0xac00..=0xd7a3).contains(&c) {
        return Some(hangul_name(c));
    }
    if let Some((prefix, ..)) = NAME_RUNS.iter().find(|r| (r.1..=r.2).contains(&c)) {
        return Some(format!("{prefix}{c:04X}"));
    }
    let mut out = String::new();
    each_word(stored(c)?, |w| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(w);
        true
    });
    Some(out)
}

const LEADS: [&str; 19] = [
    "G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P",
    "H",
];
const VOWELS: [&str; 21] = [
    "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE",
    "WI", "YU", "EU", "YI", "I",
];
const TAILS: [&str; 28] = [
    "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M",
    "B", "BS", "S", "SS", "NG", "J", "C", "K", "T", "P", "H",
];

const HANGUL: &str = "HANGUL SYLLABLE ";

fn hangul_name(c: u32) -> String {
    let i = (c - 0xac00) as usize;
    let (lead, vowel, tail) = (i / 588, i % 588 / 28, i % 28);
    format!("{HANGUL}{}{}{}", LEADS[lead], VOWELS[vowel], TAILS[tail])
}

/// Longest entry of `parts` that begins `s`: its index and length.
fn longest(parts: &[&str], s: &str) -> Option<(u32, usize)> {
    let fitting = parts.iter().enumerate().filter(|(_, p)| s.starts_with(**p));
    fitting
        .max_by_key(|(_, p)| p.len())
        .map(|(i, p)| (i as u32, p.len()))
}

fn hangul_lookup(rest: &str) -> Option<u32> {
    let (lead, n) = longest(&LEADS, rest)?;
    let rest = &rest[n..];
    let (vowel, n) = longest(&VOWELS, rest)?;
    let rest = &rest[n..];
    let (tail, n) = longest(&TAILS, rest)?;
    (n == rest.len()).then_some(0xac00 + lead * 588 + vowel * 28 + tail)
}

/// Ranges that have names by lookup, but not by [`name`], in CPython 3.14.
const LOOKUP_ONLY: [(&str, u32, u32); 2] = [
    ("TANGUT IDEOGRAPH-", 0x17000, 0x187f7),
    ("TANGUT IDEOGRAPH-", 0x18d00, 0x18d08),
];

fn run_lookup(upper: &str) -> Option<u32> {
    let (_, hex) = upper.rsplit_once('-')?;
    if !matches!(hex.len(), 4 | 5) || hex.len() == 5 && hex.starts_with('0') {
        return None;
    }
    let prefix = &upper[..upper.len() - hex.len()];
    if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let c = u32::from_str_radix(hex, 16).ok()?;
    NAME_RUNS
        .iter()
        .chain(&LOOKUP_ONLY)
        .find(|r| (r.1..=r.2).contains(&c) && r.0 == prefix)
        .map(|_| c)
}

/// FNV-1a, as tools/gen_unicode.py computes it.
fn hash(name: &str) -> u32 {
    name.bytes()
        .fold(0x811c_9dc5, |h, b| (h ^ b as u32).wrapping_mul(0x0100_0193))
}

fn matches(key: u32, name: &str) -> bool {
    let Some(code) = stored(key) else {
        return false;
    };
    let mut rest = Some(name);
    let same = each_word(code, |w| {
        let Some(after) = rest.and_then(|r| r.strip_prefix(w)) else {
            return false;
        };
        rest = match after.strip_prefix(' ') {
            Some(more) => Some(more),
            None if after.is_empty() => None,
            None => return false,
        };
        true
    });
    // A consumed name ends without a trailing separator.
    same && rest.is_none()
}

/// `unicodedata.lookup`: names, aliases and named sequences, in any case.
pub fn lookup(name: &str) -> Option<Named> {
    // Longest name is under 256; longer input cannot match.
    if name.len() > 256 || !name.is_ascii() {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    if let Some(rest) = upper.strip_prefix(HANGUL)
        && let Some(c) = hangul_lookup(rest)
    {
        return Some(Named::Char(c));
    }
    if let Some(c) = run_lookup(&upper) {
        return Some(Named::Char(c));
    }
    let (starts, slots) = (section(NAME_BUCKETS), section(NAME_SLOTS));
    let h = hash(&upper);
    let bucket = h as usize % (starts.len() / 2 - 1);
    for i in u16_at(starts, bucket)..u16_at(starts, bucket + 1) {
        let slot = u32_at(slots, 4 * i);
        let key = slot & 0x1f_ffff;
        if slot >> 21 == h >> 21 && matches(key, &upper) {
            return Some(resolve(key));
        }
    }
    None
}

/// The character of a name or alias, as `\N{...}` in a literal; no sequences.
pub fn lookup_char(name: &str) -> Option<u32> {
    match lookup(name)? {
        Named::Char(c) => Some(c),
        Named::Sequence(_) => None,
    }
}

fn resolve(key: u32) -> Named {
    match key {
        NAME_SEQUENCE_BASE.. => {
            Named::Sequence(NAME_SEQUENCES[(key - NAME_SEQUENCE_BASE) as usize])
        }
        NAME_ALIAS_BASE.. => Named::Char(NAME_ALIASES[(key - NAME_ALIAS_BASE) as usize]),
        _ => Named::Char(key),
    }
}
