//! Agreement with CPython 3.14 on invalid programs: `tests/syntax_errors/own.json`, made
//! by `tests/syntax_errors/measure.py own --write`.

use serde_json::Value;
use syntax::{Flags, Mode, SyntaxError};

/// Share of parser errors with the same type, message and range. May only grow.
const REACHED: f64 = 1.0;

fn cases() -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/syntax_errors/own.json"
    );
    let text = std::fs::read_to_string(path).expect("own.json is in the repository");
    serde_json::from_str(&text).expect("own.json is JSON")
}

fn mode(case: &Value) -> Mode {
    match case["mode"].as_str() {
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        _ => Mode::Exec,
    }
}

fn describe(e: &SyntaxError) -> Value {
    let name = e.kind.exception_name();
    match e.span {
        Some(s) => {
            serde_json::json!([name, e.msg, s.lineno, s.offset, s.end_lineno, s.end_offset])
        }
        None => serde_json::json!([name, e.msg, null, null, null, null]),
    }
}

#[test]
fn parser_errors_agree() {
    let (mut all, mut same) = (0, 0);
    for case in cases().iter().filter(|c| c["stage"] == "parser") {
        let source = case["source"].as_str().unwrap();
        let got = syntax::parse(source, mode(case), Flags::default())
            .err()
            .map_or(Value::Null, |e| describe(&e));
        all += 1;
        if got == case["error"] {
            same += 1;
        } else {
            println!("{source:?}\n  want {}\n  got  {got}", case["error"]);
        }
    }
    assert!(all >= 300, "only {all} cases");
    let share = f64::from(same) / f64::from(all);
    assert!(share >= REACHED, "{same} of {all} agree: {share:.3}");
}

#[test]
fn programs_for_the_compiler_to_refuse_are_accepted() {
    let cases = cases();
    let compiler: Vec<_> = cases.iter().filter(|c| c["stage"] == "compiler").collect();
    assert!(compiler.len() >= 50);
    for case in compiler {
        let source = case["source"].as_str().unwrap();
        let got = syntax::parse(source, mode(case), Flags::default());
        assert!(got.is_ok(), "{source:?}: {}", got.unwrap_err());
    }
}
