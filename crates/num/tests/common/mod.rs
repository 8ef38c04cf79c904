//! Reads the tables that `generate.py` wrote and compares every line.
#![allow(dead_code)]

use std::collections::BTreeMap;

use num::bigint::BigInt;
use num::{ErrorKind, NumError};

/// One line: arguments and expected result, still encoded.
pub struct Case<'a> {
    pub args: Vec<&'a str>,
    pub expected: &'a str,
}

impl Case<'_> {
    pub fn float(&self, i: usize) -> f64 {
        float(self.args[i])
    }

    pub fn floats(&self, i: usize) -> Vec<f64> {
        match self.args[i] {
            "-" => Vec::new(),
            list => list.split(',').map(float).collect(),
        }
    }

    pub fn int(&self, i: usize) -> BigInt {
        int(self.args[i])
    }

    pub fn small(&self, i: usize) -> i64 {
        self.int(i).to_i64().expect("fits i64")
    }

    pub fn text(&self, i: usize) -> String {
        unescape(self.args[i])
    }

    pub fn bytes(&self, i: usize) -> Vec<u8> {
        let s = self.args[i].trim_matches('-');
        (0..s.len())
            .step_by(2)
            .map(|k| u8::from_str_radix(&s[k..k + 2], 16).unwrap())
            .collect()
    }
}

fn float(s: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(s, 16).unwrap())
}

fn int(s: &str) -> BigInt {
    let (negative, s) = match s.strip_prefix('-') {
        Some(s) => (true, s),
        None => (false, s),
    };
    let limbs: Vec<u64> = s
        .as_bytes()
        .rchunks(16)
        .map(|c| u64::from_str_radix(std::str::from_utf8(c).unwrap(), 16).unwrap())
        .collect();
    BigInt::from_limbs(negative, &limbs)
}

fn unescape(s: &str) -> String {
    let mut out = String::new();
    let mut rest = s;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let end = at + rest[at..].find('}').unwrap();
        let hex = &rest[at + 2..end];
        if !hex.is_empty() {
            out.push(char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap());
        }
        rest = &rest[end + 1..];
    }
    out + rest
}

fn escape(s: &str) -> String {
    if s.is_empty() {
        return "\\{}".to_owned();
    }
    s.chars()
        .map(|c| match c {
            '!'..='~' if c != '\\' => c.to_string(),
            _ => format!("\\{{{:x}}}", c as u32),
        })
        .collect()
}

/// A result in the encoding of the tables.
pub trait Encode {
    fn encode(&self) -> String;
}

impl Encode for f64 {
    fn encode(&self) -> String {
        if self.is_nan() {
            "7ff8000000000000".to_owned()
        } else {
            format!("{:016x}", self.to_bits())
        }
    }
}

impl Encode for BigInt {
    fn encode(&self) -> String {
        let (negative, limbs) = self.limbs();
        let mut s = String::new();
        for (i, w) in limbs.iter().rev().enumerate() {
            s += &if i == 0 {
                format!("{w:x}")
            } else {
                format!("{w:016x}")
            };
        }
        let s = if s.is_empty() { "0".to_owned() } else { s };
        if negative { format!("-{s}") } else { s }
    }
}

impl Encode for i64 {
    fn encode(&self) -> String {
        BigInt::from(*self).encode()
    }
}

impl Encode for u64 {
    fn encode(&self) -> String {
        BigInt::from(*self).encode()
    }
}

impl Encode for bool {
    fn encode(&self) -> String {
        u8::from(*self).to_string()
    }
}

impl Encode for String {
    fn encode(&self) -> String {
        escape(self)
    }
}

impl Encode for &str {
    fn encode(&self) -> String {
        escape(self)
    }
}

impl Encode for Vec<u8> {
    fn encode(&self) -> String {
        if self.is_empty() {
            return "-".to_owned();
        }
        self.iter().map(|b| format!("{b:02x}")).collect()
    }
}

impl<A: Encode, B: Encode> Encode for (A, B) {
    fn encode(&self) -> String {
        format!("{},{}", self.0.encode(), self.1.encode())
    }
}

impl<T: Encode> Encode for Result<T, NumError> {
    fn encode(&self) -> String {
        match self {
            Ok(v) => v.encode(),
            Err(e) => {
                let (name, message) = match e.kind {
                    ErrorKind::Value => ("ValueError", e.message.to_string()),
                    ErrorKind::Type => ("TypeError", e.message.to_string()),
                    ErrorKind::Overflow => ("OverflowError", e.message.to_string()),
                    ErrorKind::ZeroDivision => ("ZeroDivisionError", e.message.to_string()),
                    ErrorKind::Memory => ("MemoryError", e.message.to_string()),
                    ErrorKind::Range => ("OverflowError", format!("(34, '{}')", e.message)),
                };
                format!("!{name}:{}", escape(&message))
            }
        }
    }
}

/// Runs every line of `table` through `run`, which gets the function name and the arguments.
/// Panics with the differences, by function.
pub fn check(table: &str, run: impl Fn(&str, &Case<'_>) -> String) {
    let mut failures: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut count = 0;
    for line in table.lines() {
        let mut fields = line.split('\t');
        let name = fields.next().unwrap();
        let mut args: Vec<&str> = fields.collect();
        let expected = args.pop().unwrap();
        let got = run(name, &Case { args, expected });
        count += 1;
        if got != expected {
            failures
                .entry(name)
                .or_default()
                .push(format!("{line}\n      got {got}"));
        }
    }
    assert!(count > 20, "empty table");
    let mut report = String::new();
    for (name, lines) in &failures {
        report += &format!("{name}: {} differ\n", lines.len());
        for line in lines.iter().filter(|l| l.len() < 400).take(6) {
            report += &format!("   {line}\n");
        }
    }
    assert!(failures.is_empty(), "of {count} cases\n{report}");
}
