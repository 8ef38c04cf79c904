//! Calls with CPython 3.14's answers (data/cases.txt, written by gen_expected.py).

use text::codec::handlers::ErrorMode;
use text::codec::{self, utf16::Order};
use text::codec::{DecodeError, DecodeFix, Decoded, EncodeError, EncodeFailure, EncodeFix};
use text::strip::Side;
use text::ucd::names::{self, Named};
use text::ucd::normal::{self, Form};
use text::{
    Owned, Units, ascii, case, format_str, hash, pad, predicate, repr, search, split, strip,
};

fn hex(s: Units) -> String {
    match s.len() {
        0 => "-".into(),
        _ => s
            .iter()
            .map(|c| format!("{c:x}"))
            .collect::<Vec<_>>()
            .join("."),
    }
}

fn hex_bytes(b: &[u8]) -> String {
    match b {
        [] => "-".into(),
        _ => b.iter().map(|b| format!("{b:02x}")).collect(),
    }
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    match items.is_empty() {
        true => "~".into(),
        false => items.join("|"),
    }
}

fn flag(b: bool) -> String {
    (if b { "1" } else { "0" }).into()
}

fn parse(s: &str) -> Owned {
    let mut out = text::StrBuf::new();
    if s != "-" {
        s.split('.')
            .for_each(|c| out.push(u32::from_str_radix(c, 16).unwrap()));
    }
    out.finish()
}

fn parse_bytes(s: &str) -> Vec<u8> {
    match s {
        "-" => vec![],
        _ => (0..s.len() / 2)
            .map(|i| u8::from_str_radix(&s[2 * i..2 * i + 2], 16).unwrap())
            .collect(),
    }
}

fn limit(s: &str) -> usize {
    s.parse::<isize>().unwrap().try_into().unwrap_or(usize::MAX)
}

fn index(i: Option<usize>) -> String {
    i.map_or("-1".into(), |i| i.to_string())
}

fn pieces(s: Units, ranges: impl Iterator<Item = std::ops::Range<usize>>) -> String {
    list(ranges.map(|r| hex(s.slice(r))))
}

fn reversed(s: Units, ranges: impl Iterator<Item = std::ops::Range<usize>>) -> String {
    let mut all: Vec<_> = ranges.collect();
    all.reverse();
    pieces(s, all.into_iter())
}

fn or_same(s: Units, changed: Option<Owned>) -> String {
    changed.map_or_else(|| hex(s), |o| hex(o.units()))
}

/// Operations with one string argument.
fn unary(op: &str, s: Units) -> Option<String> {
    Some(match op {
        "lower" => hex(case::lower(s).units()),
        "upper" => hex(case::upper(s).units()),
        "title" => hex(case::title(s).units()),
        "capitalize" => hex(case::capitalize(s).units()),
        "swapcase" => hex(case::swapcase(s).units()),
        "casefold" => hex(case::casefold(s).units()),
        "islower" => flag(predicate::is_lower(s)),
        "isupper" => flag(predicate::is_upper(s)),
        "istitle" => flag(predicate::is_title(s)),
        "isalpha" => flag(predicate::is_alpha(s)),
        "isalnum" => flag(predicate::is_alnum(s)),
        "isspace" => flag(predicate::is_space(s)),
        "isprintable" => flag(predicate::is_printable(s)),
        "isidentifier" => flag(predicate::is_identifier(s)),
        "repr" => hex(repr::repr(s).units()),
        "ascii" => hex(repr::ascii(s).units()),
        "hash" => hash::HashKey::from_seed(0).hash_units(s).to_string(),
        "strip_space" => hex(s.slice(strip::strip_whitespace(s, Side::Both))),
        "formatter_parser" => formatter_parser(s),
        "field_name_split" => field_name_split(s),
        "lookup" => match names::lookup(&s.to_lossy()) {
            None => "!".into(),
            Some(Named::Char(c)) => hex(Units::U32(&[c])),
            Some(Named::Sequence(t)) => hex(Owned::from(t).units()),
        },
        _ => return None,
    })
}

/// Operations with two string arguments.
fn binary(op: &str, s: Units, n: Units) -> Option<String> {
    let halves = |r: Option<std::ops::Range<usize>>| match r {
        Some(r) => [0..r.start, r.clone(), r.end..s.len()].map(|r| hex(s.slice(r))),
        None if op == "partition" => [hex(s), "-".into(), "-".into()],
        None => ["-".into(), "-".into(), hex(s)],
    };
    Some(match op {
        "find" => index(search::find(s, n)),
        "rfind" => index(search::rfind(s, n)),
        "count" => search::count(s, n).to_string(),
        "startswith" => flag(search::starts_with(s, n)),
        "endswith" => flag(search::ends_with(s, n)),
        "strip" => hex(s.slice(strip::strip_chars(s, Side::Both, n))),
        "lstrip" => hex(s.slice(strip::strip_chars(s, Side::Left, n))),
        "rstrip" => hex(s.slice(strip::strip_chars(s, Side::Right, n))),
        "partition" => list(halves(split::partition(s, n))),
        "rpartition" => list(halves(split::rpartition(s, n))),
        _ => return None,
    })
}

/// Operations with other arguments after the string.
fn with_options(op: &str, s: Units, f: &[&str]) -> Option<String> {
    let width = || f[0].parse().unwrap();
    let fill = || parse(f[1]).units().get(0);
    Some(match op {
        "split" => pieces(s, split::split(s, parse(f[0]).units(), limit(f[1]))),
        "rsplit" => reversed(s, split::rsplit(s, parse(f[0]).units(), limit(f[1]))),
        "split_space" => pieces(s, split::split_whitespace(s, limit(f[0]))),
        "rsplit_space" => reversed(s, split::rsplit_whitespace(s, limit(f[0]))),
        "splitlines" => pieces(s, split::splitlines(s, f[0] == "1")),
        "replace" => {
            let (old, new) = (parse(f[0]), parse(f[1]));
            or_same(
                s,
                search::replace(s, old.units(), new.units(), limit(f[2])).unwrap(),
            )
        }
        "expandtabs" => or_same(s, pad::expandtabs(s, width()).unwrap()),
        "center" => or_same(s, pad::center(s, width(), fill()).unwrap()),
        "ljust" => or_same(s, pad::ljust(s, width(), fill()).unwrap()),
        "rjust" => or_same(s, pad::rjust(s, width(), fill()).unwrap()),
        "zfill" => or_same(s, pad::zfill(s, width()).unwrap()),
        _ => return None,
    })
}

fn bytes_operation(op: &str, b: &[u8], f: &[&str]) -> String {
    let parts = |r: Vec<std::ops::Range<usize>>| list(r.into_iter().map(|r| hex_bytes(&b[r])));
    match op {
        "b.lower" => hex_bytes(&ascii::lower(b)),
        "b.upper" => hex_bytes(&ascii::upper(b)),
        "b.title" => hex_bytes(&ascii::title(b)),
        "b.capitalize" => hex_bytes(&ascii::capitalize(b)),
        "b.swapcase" => hex_bytes(&ascii::swapcase(b)),
        "b.islower" => flag(ascii::is_lower(b)),
        "b.isupper" => flag(ascii::is_upper(b)),
        "b.istitle" => flag(ascii::is_title(b)),
        "b.isalpha" => flag(ascii::is_alpha(b)),
        "b.isspace" => flag(ascii::is_space(b)),
        "b.isalnum" => flag(ascii::is_alnum(b)),
        "b.isdigit" => flag(ascii::is_digit(b)),
        "b.repr" => hex(repr::repr_bytes(b).units()),
        "b.hash" => hash::HashKey::from_seed(0).hash_bytes(b).to_string(),
        "b.split_space" => parts(split::split_ascii_whitespace(b, limit(f[0])).collect()),
        "b.rsplit_space" => {
            let mut r: Vec<_> = split::rsplit_ascii_whitespace(b, limit(f[0])).collect();
            r.reverse();
            parts(r)
        }
        "b.splitlines" => parts(split::splitlines_ascii(b, f[0] == "1").collect()),
        "b.strip_space" => hex_bytes(&b[strip::strip_ascii_whitespace(b, Side::Both)]),
        _ => panic!("unknown operation {op}"),
    }
}

fn formatter_parser(s: Units) -> String {
    let mut shown = vec![];
    for piece in format_str::pieces(s) {
        match piece {
            Err(message) => return format!("!{message}"),
            Ok(p) => shown.push(match p.field {
                None => format!("{},None", hex(s.slice(p.literal))),
                Some(f) => format!(
                    "{},{},{},{}",
                    hex(s.slice(p.literal)),
                    hex(s.slice(f.name)),
                    hex(s.slice(f.spec)),
                    f.conversion.map_or("None".into(), |c| format!("{c:x}"))
                ),
            }),
        }
    }
    list(shown)
}

fn field_name_split(s: Units) -> String {
    use format_str::{First, Step};
    let (first, steps) = match format_str::split_field_name(s) {
        Err(message) => return format!("!{message}"),
        Ok(split) => split,
    };
    let key = |r| format!("={}", hex(s.slice(r)));
    let mut shown = vec![match first {
        First::Index(i) => i.to_string(),
        First::Key(r) => key(r),
    }];
    for step in steps {
        shown.push(match step {
            Err(message) => return format!("!{message}"),
            Ok(Step::Attribute(r)) => format!("1{}", key(r)),
            Ok(Step::Index(i)) => format!("0{i}"),
            Ok(Step::Key(r)) => format!("0{}", key(r)),
        });
    }
    list(shown)
}

fn order(name: &str) -> Order {
    match name.get(6..) {
        Some("-le") => Order::Little,
        Some("-be") => Order::Big,
        _ => Order::Mark,
    }
}

fn decode(
    name: &str,
    b: &[u8],
    last: bool,
    on_error: &mut codec::OnDecodeError<'_, String>,
) -> Result<Decoded, String> {
    match name {
        "utf-8" => codec::utf8::decode(b, last, on_error),
        "utf-7" => codec::utf7::decode(b, last, on_error),
        "ascii" => codec::single::decode_ascii(b, on_error),
        "unicode_escape" => codec::escape::decode_unicode_escape(b, last, on_error).map(|(d, _)| d),
        "raw_unicode_escape" => codec::escape::decode_raw_unicode_escape(b, last, on_error),
        _ if name.starts_with("utf-16") => {
            codec::utf16::decode_utf16(b, order(name), last, on_error).map(|d| d.decoded)
        }
        _ => codec::utf16::decode_utf32(b, order(name), last, on_error).map(|d| d.decoded),
    }
}

/// Windows-1252, as CPython's encodings/cp1252.py has it; U+FFFE is undefined.
const CP1252_HIGH: &str = "€\u{fffe}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffe}Ž\u{fffe}\u{fffe}‘’“”•–—˜™š›œ\u{fffe}žŸ";

fn encode(
    name: &str,
    s: Units,
    on_error: &mut codec::OnEncodeError<'_, String>,
) -> Result<Vec<u8>, EncodeFailure<String>> {
    match name {
        "utf-8" => codec::utf8::encode(s, on_error),
        "utf-7" => Ok(codec::utf7::encode(s)),
        "ascii" => codec::single::encode_ascii(s, on_error),
        "latin-1" => codec::single::encode_latin1(s, on_error),
        "unicode_escape" => Ok(codec::escape::encode_unicode_escape(s)),
        "raw_unicode_escape" => Ok(codec::escape::encode_raw_unicode_escape(s)),
        "cp1252" => {
            let mut table: Vec<u32> = (0..128).collect();
            table.extend(CP1252_HIGH.chars().map(|c| c as u32));
            table.extend(160..256);
            codec::charmap::EncodingMap::new(Units::U32(&table)).encode(s, on_error)
        }
        _ if name.starts_with("utf-16") => codec::utf16::encode_utf16(s, order(name), on_error),
        _ => codec::utf16::encode_utf32(s, order(name), on_error),
    }
}

fn spell(encoding: &str, start: usize, end: usize, reason: &str) -> String {
    format!("{encoding}:{start}:{end}:{reason}")
}

fn decode_logged(name: &str, last: bool, b: &[u8]) -> String {
    let mut log = vec![];
    let mut on_error = |e: &DecodeError| {
        log.push(spell(e.encoding, e.start, e.end, e.reason));
        let (text, resume) = (Owned::from("?"), e.end);
        Ok(DecodeFix {
            text,
            resume,
            input: None,
        })
    };
    let d = decode(name, b, last, &mut on_error).unwrap();
    format!("{}\t{}\t{}", hex(d.text.units()), d.consumed, list(log))
}

fn decode_mode(name: &str, mode: &str, b: &[u8]) -> String {
    let mode = ErrorMode::from_name(mode).unwrap();
    let mut on_error = |e: &DecodeError| {
        mode.decode_fix(e)
            .ok_or_else(|| spell(e.encoding, e.start, e.end, e.reason))
    };
    match decode(name, b, true, &mut on_error) {
        Ok(d) => hex(d.text.units()),
        Err(e) => format!("!{e}"),
    }
}

fn encode_logged(name: &str, s: Units) -> String {
    let mut log = vec![];
    let mut on_error = |e: &EncodeError| {
        log.push(spell(e.encoding, e.start, e.end, e.reason));
        let value = codec::Replacement::Text(Owned::from("?"));
        Ok(EncodeFix {
            value,
            resume: e.end,
        })
    };
    let b = encode(name, s, &mut on_error).unwrap();
    format!("{}\t{}", hex_bytes(&b), list(log))
}

fn encode_mode(name: &str, mode: &str, s: Units) -> String {
    let mode = ErrorMode::from_name(mode).unwrap();
    let mut on_error = |e: &EncodeError| {
        mode.encode_fix(e)
            .ok_or_else(|| spell(e.encoding, e.start, e.end, e.reason))
    };
    match encode(name, s, &mut on_error) {
        Ok(b) => hex_bytes(&b),
        Err(EncodeFailure::Handler(e)) => format!("!{e}"),
        Err(EncodeFailure::Unencodable {
            encoding,
            start,
            end,
            reason,
        }) => {
            format!("!{}", spell(encoding, start, end, reason))
        }
    }
}

fn normalization(op: &str, form: &str, s: Units) -> String {
    let form = Form::from_name(form).unwrap();
    match op {
        "normalize" => or_same(s, normal::normalize(s, form)),
        _ => flag(normal::is_normalized(s, form)),
    }
}

fn seeded(seed: &str) -> String {
    let key = hash::HashKey::from_seed(seed.parse().unwrap());
    let of = |s: &str| key.hash_units(Owned::from(s).units()).to_string();
    let bytes = key.hash_bytes(b"0123456789").to_string();
    list([of("abc"), of("aЖ"), of("a😀b"), bytes, of("abcЖЖ")])
}

/// The answer to a line, in the data's notation; and how many fields the answer has.
fn answer(fields: &[&str]) -> (String, usize) {
    let (op, f) = (fields[0], &fields[1..]);
    let units = |i: usize| parse(f[i]);
    match op {
        "decode" => (decode_logged(f[0], f[1] == "1", &parse_bytes(f[2])), 3),
        "decode_mode" => (decode_mode(f[0], f[1], &parse_bytes(f[2])), 1),
        "encode" => (encode_logged(f[0], units(1).units()), 2),
        "encode_mode" => (encode_mode(f[0], f[1], units(2).units()), 1),
        "normalize" | "is_normalized" => (normalization(op, f[0], units(1).units()), 1),
        "seeded" => (seeded(f[0]), 1),
        _ if op.starts_with("b.") => (bytes_operation(op, &parse_bytes(f[0]), &f[1..]), 1),
        _ => {
            let s = units(0);
            let s = s.units();
            let result = unary(op, s)
                .or_else(|| with_options(op, s, &f[1..]))
                .or_else(|| binary(op, s, units(1).units()));
            (
                result.unwrap_or_else(|| panic!("unknown operation {op}")),
                1,
            )
        }
    }
}

#[test]
fn same_as_cpython() {
    let (mut wrong, mut total) = (vec![], 0);
    for line in include_str!("data/cases.txt").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (got, width) = answer(&fields);
        let expected = fields[fields.len() - width..].join("\t");
        total += 1;
        if got != expected {
            wrong.push(format!("{line}\n    got {got}"));
        }
    }
    assert!(total > 10_000, "only {total} cases");
    let shown = wrong[..wrong.len().min(40)].join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {total} differ:\n{shown}",
        wrong.len()
    );
}
