//! `format()` and `%` against CPython's results.

mod common;

use common::{Case, Encode, check};
use num::NumError;
use num::format_num::{self, Locale};
use num::format_spec::{Align, FormatSpec};
use num::percent::{self, Amount, Conversion, Segment};

fn spec(c: &Case<'_>, align: Align, type_name: &str) -> Result<FormatSpec, NumError> {
    let text: Vec<u32> = c.text(0).chars().map(u32::from).collect();
    FormatSpec::parse(&text, align, type_name)
}

fn format_case(name: &str, c: &Case<'_>) -> Result<String, NumError> {
    let locale = Locale::default();
    match name {
        "int" => {
            let s = spec(c, Align::Right, "int")?;
            format_num::format_int(&c.int(1), &s, &locale, "int")?.text()
        }
        "float" => {
            let s = spec(c, Align::Right, "float")?;
            format_num::format_float(c.float(1), &s, &locale, "float")?.text()
        }
        "complex" => {
            let v = c.floats(1);
            if c.text(0).is_empty() {
                return Ok(num::complex::Complex::new(v[0], v[1]).repr());
            }
            let s = spec(c, Align::Right, "complex")?;
            format_num::format_complex(v[0], v[1], &s, &locale, "complex")?.text()
        }
        _ => {
            let text: Vec<char> = c.text(1).chars().collect();
            let l = spec(c, Align::Left, "str")?.layout_str(text.len(), "str")?;
            let fill = char::from_u32(l.fill).unwrap().to_string();
            let kept: String = text[..l.keep].iter().collect();
            Ok(fill.repeat(l.left) + &kept + &fill.repeat(l.right))
        }
    }
}

#[test]
fn format_table() {
    check(include_str!("data/format.tsv"), |name, c| {
        format_case(name, c).encode()
    });
}

/// Formats as the runtime will: arguments are taken one after another from `next`.
fn format_percent(
    format: &str,
    mut next: impl FnMut() -> Result<i64, NumError>,
    number: impl Fn(&Conversion, i64, Option<i64>, Option<i64>) -> Result<String, NumError>,
) -> Result<String, NumError> {
    let chars: Vec<char> = format.chars().collect();
    let mut out = String::new();
    for segment in percent::parse(chars.len(), |i| chars[i] as u32, false) {
        let conv = match segment {
            Segment::Literal(range) => {
                out.extend(&chars[range]);
                continue;
            }
            Segment::Convert(conv) => conv,
        };
        if conv.mapping {
            return Err(NumError::type_error("format requires a mapping"));
        }
        let mut star = |amount| {
            if amount == Amount::Argument {
                next().map(Some)
            } else {
                Ok(None)
            }
        };
        let width = star(conv.width)?;
        let precision = star(conv.precision)?;
        if let Some(e) = conv.error {
            return Err(e);
        }
        let value = next()?;
        out += &number(&conv, value, width, precision)?;
    }
    Ok(out)
}

fn convert_int(
    conv: &Conversion,
    v: &num::BigInt,
    w: Option<i64>,
    p: Option<i64>,
) -> Result<String, NumError> {
    let kind = u8::try_from(conv.kind).unwrap_or(0);
    if !b"diouxX".contains(&kind) {
        return Err(conv.unsupported(false));
    }
    conv.resolve(w, p).format_int(v, kind)
}

fn percent_case(name: &str, c: &Case<'_>) -> Result<String, NumError> {
    let format = c.text(0);
    match name {
        "int" => format_percent(
            &format,
            || Ok(0),
            |conv, _, w, p| convert_int(conv, &c.int(1), w, p),
        ),
        "float" => format_percent(
            &format,
            || Ok(0),
            |conv, _, w, p| {
                let kind = u8::try_from(conv.kind).unwrap_or(0);
                if !b"eEfFgG".contains(&kind) {
                    return Err(conv.unsupported(false));
                }
                conv.resolve(w, p).format_float(c.float(1), kind)
            },
        ),
        _ => {
            let mut values = 11..16;
            let next = || {
                values
                    .next()
                    .ok_or_else(|| NumError::type_error("not enough arguments"))
            };
            format_percent(&format, next, |conv, v, w, p| {
                convert_int(conv, &v.into(), w, p)
            })
        }
    }
}

#[test]
fn percent_table() {
    check(include_str!("data/percent.tsv"), |name, c| {
        percent_case(name, c).encode()
    });
}

/// C's `lconv.grouping` rules with the conventions of de_DE and hi_IN (worked out by hand: the
/// reference CPython has no such locales installed).
#[test]
fn locale_grouping() {
    let n = |text: &str, sep: &str, grouping: &[u8], v: i64| {
        let locale = Locale {
            decimal_point: ",".to_owned(),
            thousands_sep: sep.to_owned(),
            grouping: grouping.to_vec(),
        };
        let text: Vec<u32> = text.chars().map(u32::from).collect();
        let s = FormatSpec::parse(&text, Align::Right, "int").unwrap();
        format_num::format_int(&v.into(), &s, &locale, "int")
            .unwrap()
            .text()
            .unwrap()
    };
    assert_eq!(n("n", ".", &[3, 3, 0], 1_234_567), "1.234.567");
    assert_eq!(n("010n", ".", &[3, 3, 0], 1234), "00.001.234");
    assert_eq!(n("09n", ".", &[3, 3, 0], -1234), "-0.001.234");
    assert_eq!(n("n", ",", &[3, 2, 0], 123_456_789), "12,34,56,789");
    assert_eq!(n("n", ",", &[3, 127], 123_456_789), "123456,789");
    assert_eq!(n("012n", ",", &[3, 127], 123_456), "00000123,456");
    assert_eq!(n("n", "", &[], -5), "-5");
}

fn bytes_conversion(format: &[u8]) -> Conversion {
    match percent::parse(format.len(), |i| u32::from(format[i]), true).pop() {
        Some(Segment::Convert(conv)) => conv,
        other => panic!("{other:?}"),
    }
}

/// Messages of `bytes % ...`, probed on CPython 3.14.
#[test]
fn percent_bytes_messages() {
    let message = |e: NumError| e.message.into_owned();
    let error = |f: &[u8]| message(bytes_conversion(f).error.unwrap());
    assert_eq!(error(b"%.2147483648d"), "prec too big");
    assert_eq!(error(b"%9223372036854775808d"), "width too big");
    assert_eq!(error(b"%(a"), "incomplete format key");
    assert_eq!(error(b"ab%"), "incomplete format");
    let conv = bytes_conversion(b"%y");
    assert_eq!(
        message(conv.unsupported(true)),
        "unsupported format character 'y' (0x79) at index 1"
    );
    let conv = bytes_conversion(b"%\xff");
    assert_eq!(
        message(conv.unsupported(true)),
        "character argument not in range(0x110000)"
    );
}

#[test]
fn percent_stars_and_keys() {
    let conv = bytes_conversion(b"%(k(e)y)*.*f");
    assert_eq!(conv.key, Some(2..7));
    assert!(conv.mapping);
    let formatted = conv
        .resolve(Some(-8), Some(2))
        .format_float(2.71, b'f')
        .unwrap();
    assert_eq!(formatted, "2.71    ");
    let formatted = conv
        .resolve(Some(8), Some(-1))
        .format_float(2.5, b'f')
        .unwrap();
    assert_eq!(formatted, "       2");
}
