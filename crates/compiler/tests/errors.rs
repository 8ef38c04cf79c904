//! SyntaxErrors and SyntaxWarnings against what CPython 3.14 says (data/make.py).

use compiler::{Mode, Options, compile};
use std::fmt::Write;

/// Errors that the parser raises, whose wording is tested in `syntax`.
fn check(name: &str, describe: impl Fn(&str) -> String) {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/");
    let snippets = std::fs::read_to_string(format!("{dir}{name}.in")).unwrap();
    let expected = std::fs::read_to_string(format!("{dir}{name}.txt")).unwrap();
    let mut wrong = String::new();
    for (snippet, expected) in snippets.split("###\n").zip(expected.lines()) {
        let got = describe(snippet);
        if got != expected {
            writeln!(wrong, "{snippet}  want {expected}\n  got  {got}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn errors() {
    check("errors", |snippet| {
        match compile(snippet, "<test>", Mode::Exec, &Options::default()) {
            Ok(_) => "ok".into(),
            Err(e) => {
                let s = e.span.unwrap_or_default();
                format!(
                    "{}:{}-{}:{} {}: {}",
                    s.lineno,
                    s.offset,
                    s.end_lineno,
                    s.end_offset,
                    e.kind.exception_name(),
                    e.msg
                )
            }
        }
    });
}

#[test]
fn warnings() {
    check("warnings", |snippet| {
        match compile(snippet, "<test>", Mode::Exec, &Options::default()) {
            Ok(c) => {
                let texts = c
                    .warnings
                    .iter()
                    .map(|w| format!("{}: {}", w.lineno, w.msg));
                texts.collect::<Vec<_>>().join(" | ")
            }
            Err(e) => format!("error {}", e.msg),
        }
    });
}
