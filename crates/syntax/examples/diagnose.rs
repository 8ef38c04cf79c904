//! Reads JSON lines `{"source": ..., "mode": "exec"}` and writes, for each, the error
//! this crate finds: `[type, msg, lineno, offset, end_lineno, end_offset]`, or `null`.
//! With `"warnings": true`, a valid program gives `[[msg, lineno], ...]` instead,
//! and `"text": true` the quoted line of an error.
//! Used by `tests/syntax_errors/measure.py`.

use std::io::{BufRead, Write};

use syntax::{Flags, Mode, SyntaxError};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let case: serde_json::Value = serde_json::from_str(&line?)?;
        let source = case["source"].as_str().unwrap_or_default();
        let mode = match case["mode"].as_str() {
            Some("eval") => Mode::Eval,
            Some("single") => Mode::Single,
            Some("func_type") => Mode::FuncType,
            _ => Mode::Exec,
        };
        let flags = Flags {
            allow_incomplete_input: case["incomplete"].as_bool().unwrap_or(false),
            dont_imply_dedent: case["dont_imply_dedent"].as_bool().unwrap_or(false),
            ..Flags::default()
        };
        let answer = match syntax::parse(source, mode, flags) {
            Ok(parsed) if case["warnings"] == true => Some(serde_json::json!(
                parsed
                    .warnings
                    .iter()
                    .map(|w| serde_json::json!([w.msg, w.lineno]))
                    .collect::<Vec<_>>()
            )),
            Ok(_) => None,
            Err(e) if case["text"] == true => Some(serde_json::json!(e.text)),
            Err(e) => Some(describe(e)),
        };
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
    }
    out.flush()
}

fn describe(e: SyntaxError) -> serde_json::Value {
    let name = e.kind.exception_name();
    match e.span {
        Some(s) => {
            serde_json::json!([name, e.msg, s.lineno, s.offset, s.end_lineno, s.end_offset])
        }
        None => serde_json::json!([name, e.msg, null, null, null, null]),
    }
}
