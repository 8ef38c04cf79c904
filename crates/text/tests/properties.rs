//! Every property of every code point against CPython 3.14, by checksum (data/properties.txt).

use std::collections::HashMap;

use text::ucd::normal::{self, Form};
use text::ucd::{self, names, old, simple_case};
use text::{Owned, Units, case, predicate, repr};

type Property = fn(Units) -> String;

/// Writes code points as hexadecimal, joined by dots.
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

fn flag(b: bool) -> String {
    (if b { "1" } else { "0" }).into()
}

fn shown<T: ToString>(x: Option<T>) -> String {
    x.map_or(String::new(), |x| x.to_string())
}

/// `repr` of a float that is a numeric value of a character.
fn float(x: f64) -> String {
    match x {
        _ if x.abs() >= 1e16 => format!("{x:e}").replace('e', "e+"),
        _ if x != 0.0 && x.abs() < 1e-4 => format!("{x:e}").replace("e-", "e-0"),
        _ => format!("{x:?}"),
    }
}

fn normalized(s: Units, form: Form) -> Owned {
    normal::normalize(s, form).unwrap_or_else(|| Owned::copy_of(s))
}

fn old_normalized(s: Units, form: Form) -> String {
    old::normalize(s, form).map_or_else(|| hex(s), |o| hex(o.units()))
}

/// `template` with `?` replaced by the code point.
fn around(s: Units, template: &str) -> Owned {
    let mut out = text::StrBuf::new();
    for c in template.chars() {
        match c {
            '?' => out.push_units(s),
            c => out.push(c as u32),
        }
    }
    out.finish()
}

fn properties() -> Vec<(&'static str, Property)> {
    vec![
        ("isalpha", |s| flag(predicate::is_alpha(s))),
        ("isalnum", |s| flag(predicate::is_alnum(s))),
        ("isdecimal", |s| flag(predicate::is_decimal(s))),
        ("isdigit", |s| flag(predicate::is_digit(s))),
        ("isnumeric", |s| flag(predicate::is_numeric(s))),
        ("isspace", |s| flag(predicate::is_space(s))),
        ("islower", |s| flag(predicate::is_lower(s))),
        ("isupper", |s| flag(predicate::is_upper(s))),
        ("istitle", |s| flag(predicate::is_title(s))),
        ("isprintable", |s| flag(predicate::is_printable(s))),
        ("isidentifier", |s| flag(predicate::is_identifier(s))),
        ("xid_continue", |s| flag(ucd::is_xid_continue(s.get(0)))),
        ("line_break", |s| flag(ucd::is_line_break(s.get(0)))),
        ("lower", |s| hex(case::lower(s).units())),
        ("upper", |s| hex(case::upper(s).units())),
        ("title", |s| hex(case::title(s).units())),
        ("casefold", |s| hex(case::casefold(s).units())),
        ("swapcase", |s| hex(case::swapcase(s).units())),
        ("capitalize", |s| hex(case::capitalize(s).units())),
        ("sigma_after", |s| {
            hex(case::lower(around(s, "?Σ").units()).units())
        }),
        ("sigma_around", |s| {
            hex(case::lower(around(s, "A?Σ?").units()).units())
        }),
        ("sigma_before", |s| {
            hex(case::lower(around(s, "AΣ?b").units()).units())
        }),
        ("title_after", |s| {
            hex(case::title(around(s, "?ab").units()).units())
        }),
        ("category", |s| ucd::category(s.get(0)).into()),
        ("bidirectional", |s| ucd::bidirectional(s.get(0)).into()),
        ("east_asian_width", |s| {
            ucd::east_asian_width(s.get(0)).into()
        }),
        ("combining", |s| ucd::combining(s.get(0)).to_string()),
        ("mirrored", |s| flag(ucd::is_mirrored(s.get(0)))),
        ("decimal", |s| shown(ucd::decimal(s.get(0)))),
        ("digit", |s| shown(ucd::digit(s.get(0)))),
        ("numeric", |s| shown(ucd::numeric(s.get(0)).map(float))),
        ("decomposition", |s| normal::decomposition(s.get(0))),
        ("name", |s| shown(names::name(s.get(0)))),
        ("NFC", |s| hex(normalized(s, Form::Nfc).units())),
        ("NFD", |s| hex(normalized(s, Form::Nfd).units())),
        ("NFKC", |s| hex(normalized(s, Form::Nfkc).units())),
        ("NFKD", |s| hex(normalized(s, Form::Nfkd).units())),
        ("NFC_marks", |s| {
            hex(normalized(around(s, "a\u{327}?\u{301}?").units(), Form::Nfc).units())
        }),
        ("simple_lower", |s| {
            format!("{:x}", simple_case::to_lower(s.get(0)))
        }),
        ("sre_iscased", |s| {
            let c = s.get(0);
            flag(simple_case::to_lower(c) != c || simple_case::to_upper(c) != c)
        }),
        ("repr", |s| hex(repr::repr(s).units())),
        ("ascii", |s| hex(repr::ascii(s).units())),
        ("old_category", |s| old::category(s.get(0)).into()),
        ("old_bidirectional", |s| old::bidirectional(s.get(0)).into()),
        ("old_east_asian_width", |s| {
            old::east_asian_width(s.get(0)).into()
        }),
        ("old_combining", |s| old::combining(s.get(0)).to_string()),
        ("old_mirrored", |s| flag(old::is_mirrored(s.get(0)))),
        ("old_decimal", |s| shown(old::decimal(s.get(0)))),
        ("old_digit", |s| shown(old::digit(s.get(0)))),
        ("old_numeric", |s| shown(old::numeric(s.get(0)).map(float))),
        ("old_decomposition", |s| old::decomposition(s.get(0))),
        ("old_name", |s| shown(old::name(s.get(0)))),
        ("old_NFC", |s| old_normalized(s, Form::Nfc)),
        ("old_NFD", |s| old_normalized(s, Form::Nfd)),
        ("old_NFKC", |s| old_normalized(s, Form::Nfkc)),
        ("old_NFKD", |s| old_normalized(s, Form::Nfkd)),
        ("hash", |s| {
            let key = text::hash::HashKey::from_seed(0);
            key.hash_units(around(s, "?x").units()).to_string()
        }),
    ]
}

/// FNV-1a, 64 bits, over the values, a line each.
fn checksum(property: Property) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325;
    for c in 0..0x110000 {
        let one = Owned::copy_of(Units::U32(&[c]));
        for b in property(one.units()).bytes().chain([b'\n']) {
            h = (h ^ b as u64).wrapping_mul(0x0100_0000_01b3);
        }
    }
    h
}

#[test]
fn every_code_point() {
    let expected: HashMap<&str, &str> = include_str!("data/properties.txt")
        .lines()
        .filter_map(|l| l.split_once(' '))
        .collect();
    let properties = properties();
    assert_eq!(expected.len(), properties.len());
    let wrong: Vec<&str> = properties
        .iter()
        .filter(|(name, f)| format!("{:016x}", checksum(*f)) != expected[name])
        .map(|(name, _)| *name)
        .collect();
    assert!(wrong.is_empty(), "differ from CPython: {wrong:?}");
}

#[test]
fn every_name_is_found() {
    for c in 0..0x110000 {
        if let Some(name) = names::name(c) {
            assert_eq!(names::lookup_char(&name), Some(c), "{name}");
        }
    }
}
