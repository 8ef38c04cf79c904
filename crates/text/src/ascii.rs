//! The `bytes` methods that know letters: ASCII only.

/// White space for `bytes.isspace`, `split` and `strip`.
#[inline]
pub fn is_space_byte(b: u8) -> bool {
    matches!(b, b' ' | b'\t'..=b'\r')
}

fn all(s: &[u8], test: fn(u8) -> bool) -> bool {
    !s.is_empty() && s.iter().all(|&b| test(b))
}

/// `bytes.isspace`.
pub fn is_space(s: &[u8]) -> bool {
    all(s, is_space_byte)
}

/// `bytes.isalpha`.
pub fn is_alpha(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_alphabetic())
}

/// `bytes.isalnum`.
pub fn is_alnum(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_alphanumeric())
}

/// `bytes.isdigit`.
pub fn is_digit(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_digit())
}

/// `bytes.islower`.
pub fn is_lower(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_lowercase) && !s.iter().any(u8::is_ascii_uppercase)
}

/// `bytes.isupper`.
pub fn is_upper(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_uppercase) && !s.iter().any(u8::is_ascii_lowercase)
}

/// `bytes.istitle`.
pub fn is_title(s: &[u8]) -> bool {
    let (mut found, mut in_word) = (false, false);
    for b in s {
        let letter = b.is_ascii_alphabetic();
        if letter && b.is_ascii_uppercase() == in_word {
            return false;
        }
        in_word = letter;
        found |= letter;
    }
    found
}

/// `bytes.lower`.
pub fn lower(s: &[u8]) -> Vec<u8> {
    s.to_ascii_lowercase()
}

/// `bytes.upper`.
pub fn upper(s: &[u8]) -> Vec<u8> {
    s.to_ascii_uppercase()
}

/// `bytes.swapcase`.
pub fn swapcase(s: &[u8]) -> Vec<u8> {
    s.iter()
        .map(|&b| b ^ (u8::from(b.is_ascii_alphabetic()) << 5))
        .collect()
}

/// `bytes.capitalize`.
pub fn capitalize(s: &[u8]) -> Vec<u8> {
    let mut out = lower(s);
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `bytes.title`.
pub fn title(s: &[u8]) -> Vec<u8> {
    let mut in_word = false;
    let convert = |&b: &u8| {
        let out = match in_word {
            true => b.to_ascii_lowercase(),
            false => b.to_ascii_uppercase(),
        };
        in_word = b.is_ascii_alphabetic();
        out
    };
    s.iter().map(convert).collect()
}
