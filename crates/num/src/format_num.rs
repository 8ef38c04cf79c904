//! `format()` of int, float and complex by a parsed [`FormatSpec`].

use crate::bigint::BigInt;
use crate::error::{NumError, Result};
use crate::float_text::{Flags, Style, format_float as float_digits};
use crate::format_spec::{Align, FormatSpec, Formatted, Separator};
use crate::int_float;
use crate::int_text;

/// Number conventions for type `n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    pub decimal_point: String,
    pub thousands_sep: String,
    /// Group sizes from the right, as C's `lconv.grouping` (the last repeats, 127 ends grouping).
    pub grouping: Vec<u8>,
}

impl Default for Locale {
    /// The C locale.
    fn default() -> Self {
        Locale {
            decimal_point: ".".to_owned(),
            thousands_sep: String::new(),
            grouping: Vec::new(),
        }
    }
}

impl Locale {
    fn separated(separator: Separator, size: u8) -> Self {
        let thousands_sep = match separator {
            Separator::None => return Self::default(),
            Separator::Comma => ",",
            Separator::Underscore => "_",
        };
        Locale {
            thousands_sep: thousands_sep.to_owned(),
            grouping: vec![size],
            ..Self::default()
        }
    }
}

/// A number cut into the pieces that are laid out separately.
struct Pieces<'a> {
    negative: bool,
    prefix: &'a str,
    digits: &'a str,
    /// Whether there is a point.
    point: bool,
    fraction: &'a str,
    /// Exponent, `%`, or `inf` and `nan`.
    rest: &'a str,
}

/// Bytes of the longest text of `format_small`.
const SMALL: usize = 104;

/// A text in place.
pub struct SmallText {
    bytes: [u8; SMALL],
    start: usize,
}

impl SmallText {
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
    fn push_front(&mut self, b: u8) {
        self.start -= 1;
        self.bytes[self.start] = b;
    }
}

/// `format(n, spec)` for the specs of everyday programs: a width of at most two digits, perhaps
/// behind a zero, then `,`, then `d`, `x` or `X`, each of which may be missing. None: another spec.
pub fn format_small(n: i64, spec: &[u8]) -> Option<SmallText> {
    let (kind, rest) = match spec {
        [rest @ .., k @ (b'd' | b'x' | b'X')] => (*k, rest),
        _ => (b'd', spec),
    };
    let (commas, rest) = match rest {
        [rest @ .., b','] => (true, rest),
        _ => (false, rest),
    };
    let (zeros, rest) = match rest {
        [b'0', rest @ ..] if !rest.is_empty() => (true, rest),
        _ => (false, rest),
    };
    let width = match rest {
        [] => 0,
        [d @ b'1'..=b'9'] => usize::from(d - b'0'),
        [t @ b'1'..=b'9', d @ b'0'..=b'9'] => usize::from(t - b'0') * 10 + usize::from(d - b'0'),
        _ => return None,
    };
    if commas && (zeros || kind != b'd') {
        return None;
    }
    let mut out = SmallText {
        bytes: [0; SMALL],
        start: SMALL,
    };
    let (base, letters) = match kind {
        b'd' => (10, b'a'),
        b'x' => (16, b'a'),
        _ => (16, b'A'),
    };
    let mut left = n.unsigned_abs();
    let mut digits = 0;
    loop {
        if commas && digits > 0 && digits % 3 == 0 {
            out.push_front(b',');
        }
        let d = (left % base) as u8;
        out.push_front(if d < 10 { b'0' + d } else { letters + d - 10 });
        digits += 1;
        left /= base;
        if left == 0 {
            break;
        }
    }
    let len = |out: &SmallText| SMALL - out.start;
    if zeros {
        while len(&out) + usize::from(n < 0) < width {
            out.push_front(b'0');
        }
    }
    if n < 0 {
        out.push_front(b'-');
    }
    while len(&out) < width {
        out.push_front(b' ');
    }
    Some(out)
}

/// `int.__format__`. `locale` serves type `n`; `type_name` is for messages.
/// For type `c` of a lone surrogate the body is U+FFFD, to be replaced by the caller.
pub fn format_int(
    v: &BigInt,
    spec: &FormatSpec,
    locale: &Locale,
    type_name: &str,
) -> Result<Formatted> {
    match spec.kind_ascii() {
        0 | b'b' | b'c' | b'd' | b'o' | b'x' | b'X' | b'n' => {}
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => {
            return format_float(int_float::to_f64(v)?, spec, locale, type_name);
        }
        _ => return Err(spec.unknown_code(type_name)),
    }
    if spec.precision.is_some() {
        return Err(NumError::value(
            "Precision not allowed in integer format specifier",
        ));
    }
    if spec.no_neg_0 {
        let message = "Negative zero coercion (z) not allowed in integer format specifier";
        return Err(NumError::value(message));
    }
    if spec.kind_ascii() == b'c' {
        return format_char(v, spec);
    }
    let (base, prefix) = match spec.kind_ascii() {
        b'b' => (2, "0b"),
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = int_text::magnitude_digits(v, base);
    if spec.kind_ascii() == b'X' {
        digits.make_ascii_uppercase();
    }
    let pieces = Pieces {
        negative: v.is_negative(),
        prefix: if spec.alternate { prefix } else { "" },
        digits: &digits,
        point: false,
        fraction: "",
        rest: "",
    };
    let own = Locale::separated(spec.grouping, if base == 10 { 3 } else { 4 });
    lay_out(
        &pieces,
        spec,
        if spec.kind_ascii() == b'n' {
            locale
        } else {
            &own
        },
    )
}

fn format_char(v: &BigInt, spec: &FormatSpec) -> Result<Formatted> {
    if spec.sign != 0 {
        return Err(NumError::value(
            "Sign not allowed with integer format specifier 'c'",
        ));
    }
    if spec.alternate {
        let message = "Alternate form (#) not allowed with integer format specifier 'c'";
        return Err(NumError::value(message));
    }
    let code = match v.to_i64() {
        None => {
            return Err(NumError::overflow(
                "Python int too large to convert to C long",
            ));
        }
        Some(code) => u32::try_from(code).ok().filter(|&c| c < 0x11_0000),
    };
    let Some(code) = code else {
        return Err(NumError::overflow("%c arg not in range(0x110000)"));
    };
    // A lone surrogate cannot be in a Rust string: the caller puts it in the body's place.
    let body = char::from_u32(code).unwrap_or('\u{fffd}').to_string();
    let pad = spec.width.unwrap_or(0).saturating_sub(1);
    let mut out = Formatted {
        fill: spec.fill,
        body,
        ..Formatted::default()
    };
    match spec.align {
        Align::AfterSign => out.middle = pad,
        _ => (out.left, out.right) = spec.padding(1),
    }
    Ok(out)
}

/// The C conversion, precision and flags that a float type stands for.
fn float_style(spec: &FormatSpec, default_style: Style) -> Result<(Style, usize, Flags)> {
    let precision = spec.precision;
    if precision.is_some_and(|p| p > i32::MAX as usize) {
        return Err(NumError::value("precision too big"));
    }
    let kind = spec.kind_ascii();
    let flags = Flags {
        sign: false,
        add_dot_0: false,
        alternate: spec.alternate,
        no_neg_0: spec.no_neg_0,
        upper: kind.is_ascii_uppercase(),
    };
    let style = match kind.to_ascii_lowercase() {
        b'e' => Style::Exponent,
        b'f' | b'%' => Style::Fixed,
        b'g' | b'n' => Style::General,
        _ if precision.is_some() => Style::General,
        _ => default_style,
    };
    Ok((style, precision.unwrap_or(6), flags))
}

/// Cuts `[-]digits[.fraction][rest]`.
fn cut(text: &str) -> Pieces<'_> {
    let negative = text.starts_with('-');
    let text = text.strip_prefix('-').unwrap_or(text);
    let digits_end = text
        .bytes()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, after) = text.split_at(digits_end);
    let (point, after) = match after.strip_prefix('.') {
        Some(after) => (true, after),
        None => (false, after),
    };
    let fraction_end = match point {
        true => after
            .bytes()
            .position(|b| !b.is_ascii_digit())
            .unwrap_or(after.len()),
        false => 0,
    };
    let (fraction, rest) = after.split_at(fraction_end);
    Pieces {
        negative,
        prefix: "",
        digits,
        point,
        fraction,
        rest,
    }
}

/// `float.__format__`. `locale` serves type `n`; `type_name` is for messages.
pub fn format_float(
    v: f64,
    spec: &FormatSpec,
    locale: &Locale,
    type_name: &str,
) -> Result<Formatted> {
    let kind = spec.kind_ascii();
    if !matches!(
        kind,
        0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%'
    ) {
        return Err(spec.unknown_code(type_name));
    }
    let (style, precision, mut flags) = float_style(spec, Style::Repr)?;
    flags.add_dot_0 = kind == 0;
    let percent = kind == b'%';
    let mut text = float_digits(if percent { v * 100.0 } else { v }, style, precision, flags);
    if percent {
        text.push('%');
    }
    let own = Locale::separated(spec.grouping, 3);
    lay_out(&cut(&text), spec, if kind == b'n' { locale } else { &own })
}

/// `complex.__format__`. `locale` serves type `n`; `type_name` is for messages.
pub fn format_complex(
    re: f64,
    im: f64,
    spec: &FormatSpec,
    locale: &Locale,
    type_name: &str,
) -> Result<Formatted> {
    let kind = spec.kind_ascii();
    if !matches!(kind, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n') {
        return Err(spec.unknown_code(type_name));
    }
    if spec.precision.is_some_and(|p| p > i32::MAX as usize) {
        return Err(NumError::value("precision too big"));
    }
    if spec.fill == u32::from(b'0') {
        let message = "Zero padding is not allowed in complex format specifier";
        return Err(NumError::value(message));
    }
    if spec.align == Align::AfterSign {
        let message = "'=' alignment flag is not allowed in complex format specifier";
        return Err(NumError::value(message));
    }
    let (style, precision, flags) = float_style(spec, Style::Repr)?;
    let own = Locale::separated(spec.grouping, 3);
    let locale = if kind == b'n' { locale } else { &own };
    let part = |v: f64, sign: u8| -> Result<String> {
        let inner = FormatSpec {
            width: None,
            sign,
            fill: u32::from(b' '),
            align: Align::Right,
            ..*spec
        };
        let text = float_digits(v, style, precision, flags);
        let out = lay_out(&cut(&text), &inner, locale)?;
        Ok(out.head + &out.body)
    };
    let skip_re = kind == 0 && re == 0.0 && re.is_sign_positive();
    let body = if skip_re {
        part(im, spec.sign)? + "j"
    } else {
        let both = part(re, spec.sign)? + &part(im, b'+')? + "j";
        if kind == 0 { format!("({both})") } else { both }
    };
    let (left, right) = spec.padding(body.chars().count());
    Ok(Formatted {
        fill: spec.fill,
        left,
        body,
        right,
        ..Formatted::default()
    })
}

/// A decimal number's text, cut by its own module. `locale` serves type `n`, and whoever brings his
/// own conventions.
pub fn format_decimal(
    negative: bool,
    (digits, point, fraction, rest): (&str, bool, &str, &str),
    spec: &FormatSpec,
    locale: Option<&Locale>,
) -> Result<Formatted> {
    let pieces = Pieces {
        negative,
        prefix: "",
        digits,
        point,
        fraction,
        rest,
    };
    match locale {
        Some(locale) => lay_out(&pieces, spec, locale),
        None => lay_out(&pieces, spec, &Locale::separated(spec.grouping, 3)),
    }
}

/// Sign, grouping and padding.
fn lay_out(p: &Pieces<'_>, spec: &FormatSpec, locale: &Locale) -> Result<Formatted> {
    let sign = match (p.negative, spec.sign) {
        (true, _) => "-",
        (_, b'+') => "+",
        (_, b' ') => " ",
        _ => "",
    };
    let point = if p.point {
        locale.decimal_point.as_str()
    } else {
        ""
    };
    let fraction = group_fraction(p.fraction, spec.frac_grouping);
    let count = |s: &str| s.chars().count();
    let fixed = sign.len() + p.prefix.len() + count(point) + fraction.len() + p.rest.len();
    let width = spec.width.unwrap_or(0);
    let zero_fill = spec.fill == u32::from(b'0') && spec.align == Align::AfterSign;
    let min_width = if zero_fill {
        width.saturating_sub(fixed)
    } else {
        0
    };
    let grouped = group_digits(p.digits, min_width, locale)?;
    let len = fixed + count(&grouped);
    let mut out = Formatted {
        fill: spec.fill,
        head: format!("{sign}{}", p.prefix),
        body: grouped + point + &fraction + p.rest,
        ..Formatted::default()
    };
    match spec.align {
        Align::AfterSign => out.middle = width.saturating_sub(len),
        _ => (out.left, out.right) = spec.padding(len),
    }
    Ok(out)
}

/// Groups of three from the point on.
fn group_fraction(digits: &str, separator: Separator) -> String {
    let separator = match separator {
        Separator::None => return digits.to_owned(),
        Separator::Comma => ',',
        Separator::Underscore => '_',
    };
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && i % 3 == 0 {
            out.push(separator);
        }
        out.push(c);
    }
    out
}

/// Group sizes from the right, without end; `usize::MAX` once grouping ends.
fn group_sizes(grouping: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut last = usize::MAX;
    let mut rest = grouping.iter();
    std::iter::from_fn(move || {
        match rest.next() {
            Some(127) => last = usize::MAX,
            Some(0) | None => {}
            Some(&n) => last = n.into(),
        }
        Some(last)
    })
}

/// More zeros between separators than this are refused with `MemoryError`.
const MAX_ZEROS: usize = 1 << 32;

/// Inserts separators, padding with zeros (and separators between them) to `min_width`.
fn group_digits(digits: &str, min_width: usize, locale: &Locale) -> Result<String> {
    if digits.is_empty() {
        return Ok(String::new());
    }
    if locale.thousands_sep.is_empty() || locale.grouping.is_empty() {
        // Zeros come from `middle` then.
        return Ok(digits.to_owned());
    }
    let separator_len = locale.thousands_sep.chars().count();
    let mut chunks: Vec<String> = Vec::new();
    let mut remaining = digits.len();
    let mut wanted = min_width;
    if min_width > MAX_ZEROS {
        return Err(NumError::memory());
    }
    for size in group_sizes(&locale.grouping) {
        let len = size.min(remaining.max(wanted).max(1));
        let from_digits = remaining.min(len);
        let chunk = &digits[remaining - from_digits..remaining];
        chunks.push("0".repeat(len - from_digits) + chunk);
        remaining -= from_digits;
        wanted = wanted.saturating_sub(len);
        if remaining == 0 && wanted == 0 {
            break;
        }
        wanted = wanted.saturating_sub(separator_len);
    }
    chunks.reverse();
    Ok(chunks.join(&locale.thousands_sep))
}

#[cfg(test)]
mod small_tests {
    use super::*;
    use crate::format_spec::FormatSpec;

    #[test]
    fn small_agrees_with_general() {
        let numbers = [
            0,
            1,
            -1,
            7,
            10,
            -99,
            999,
            1000,
            -1000,
            123_456_789,
            i64::MAX,
            i64::MIN,
        ];
        let specs = [
            "d", "5", "05d", "10d", ",", "12,d", "x", "04X", "99", "099d", "08x", "0",
        ];
        for n in numbers {
            for text in specs {
                let Some(small) = format_small(n, text.as_bytes()) else {
                    continue;
                };
                let units: Vec<u32> = text.chars().map(u32::from).collect();
                let spec = FormatSpec::parse(&units, Align::Right, "int").expect("a good spec");
                let big = BigInt::from(n);
                let general = format_int(&big, &spec, &Locale::default(), "int");
                let general = general.and_then(|f| f.text()).expect("a text");
                assert_eq!(small.as_bytes(), general.as_bytes(), "{n} {text}");
            }
        }
        let shown = |n, spec: &str| {
            format_small(n, spec.as_bytes()).map(|t| String::from_utf8_lossy(t.as_bytes()).into())
        };
        let some = |s: &str| Some(String::from(s));
        assert_eq!(shown(-5, "05d"), some("-0005"));
        assert_eq!(shown(1_234_567, ","), some("1,234,567"));
        assert_eq!(shown(-123, ",d"), some("-123"));
        assert_eq!(shown(255, "4x"), some("  ff"));
        assert_eq!(shown(255, "04X"), some("00FF"));
        assert_eq!(shown(i64::MIN, "d"), some("-9223372036854775808"));
        assert_eq!(shown(5, "+d"), None);
        assert_eq!(shown(5, "05,"), None);
    }
}
