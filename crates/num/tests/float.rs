//! Floats against CPython's results.

mod common;

use common::{Encode, check};
use num::float::{self, Pow};
use num::float_text::{self, Flags, Style};
use num::{NumError, hash};

fn malformed(text: &str) -> NumError {
    NumError::value(format!(
        "could not convert string to float: {}",
        quoted(text)
    ))
}

/// Python's repr of the test strings, which hold no quotes and few control characters.
fn quoted(text: &str) -> String {
    let inner = text
        .replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\u{b}', "\\x0b");
    format!("'{inner}'")
}

#[test]
fn table() {
    check(include_str!("data/float.tsv"), |name, c| {
        let a = || c.float(0);
        let b = || c.float(1);
        match name {
            "repr" => float_text::repr(a()).encode(),
            "hex" => float_text::hex(a()).encode(),
            "ratio" => float::as_integer_ratio(a()).encode(),
            "is_integer" => float::is_integer(a()).encode(),
            "hash" => hash::hash_f64(a()).encode(),
            "round" => float::round_digits(a(), c.small(1)).encode(),
            "divmod" => float::divmod(a(), b()).unwrap().encode(),
            "floordiv" => float::floor_div(a(), b()).unwrap().encode(),
            "mod" => float::modulo(a(), b()).unwrap().encode(),
            "pow" => match float::pow(a(), b()) {
                Ok(Pow::Float(r)) => r.encode(),
                Ok(Pow::Complex) => "complex".encode(),
                Err(e) => Err::<f64, _>(e).encode(),
            },
            "fmt" => {
                let style = match c.args[0] {
                    "e" => Style::Exponent,
                    "f" => Style::Fixed,
                    _ => Style::General,
                };
                let flags = Flags {
                    alternate: c.small(2) != 0,
                    ..Flags::default()
                };
                float_text::format_float(c.float(3), style, c.small(1) as usize, flags).encode()
            }
            "parse" => {
                let text = c.text(0);
                float_text::parse(text.as_bytes())
                    .map(|v| v + 0.0)
                    .ok_or_else(|| malformed(&text))
                    .encode()
            }
            "fromhex" => float_text::from_hex(c.text(0).as_bytes()).encode(),
            _ => panic!("no function {name}"),
        }
    });
}
