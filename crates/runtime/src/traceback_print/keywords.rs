//! "Did you mean" for misspelt keywords in SyntaxErrors.

use super::lines::dedent;
use syntax::{Flags, Kind, Mode, parse};

const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// A misspelt keyword: its line (1-based within the code), character columns, line text and the
/// keyword that was meant.
pub(super) struct Typo {
    pub line: usize,
    pub start: usize,
    pub end: usize,
    pub text: String,
    pub keyword: &'static str,
}

/// Largest piece of code that is searched, and most names that are tried.
const MAX_CODE: usize = 1024;
const MAX_NAMES: usize = 10;

/// Looks in `lines` for a name that makes the code valid when replaced by a keyword. Only names on
/// line `only` (1-based) count, if given.
pub(super) fn find(lines: &[String], only: Option<usize>) -> Option<Typo> {
    let code = dedent(lines);
    if code.join("\n").len() > MAX_CODE {
        return None;
    }
    let mut tried = 0;
    for (i, line) in code.iter().enumerate() {
        if only.is_some_and(|n| n != i + 1) {
            continue;
        }
        for (start, end) in names(line) {
            let chars: Vec<char> = line.chars().collect();
            let name: String = chars[start..end].iter().collect();
            if KEYWORDS.contains(&name.as_str()) {
                continue;
            }
            tried += 1;
            if tried > MAX_NAMES {
                return None;
            }
            for keyword in candidates(&name) {
                let mut fixed = code.clone();
                let before: String = chars[..start].iter().collect();
                let after: String = chars[end..].iter().collect();
                fixed[i] = format!("{before}{keyword}{after}");
                if compiles(&fixed.join("\n")) {
                    return Some(Typo {
                        line: i + 1,
                        start,
                        end,
                        text: line.clone(),
                        keyword,
                    });
                }
            }
        }
    }
    None
}

/// Complete code, or a valid beginning.
fn compiles(code: &str) -> bool {
    let flags = Flags {
        allow_incomplete_input: true,
        dont_imply_dedent: true,
        ..Flags::default()
    };
    match parse(code, Mode::Exec, flags) {
        Ok(_) => true,
        Err(e) => e.kind == Kind::Incomplete,
    }
}

/// Character ranges of the names in a line, strings and comments left out.
fn names(line: &str) -> Vec<(usize, usize)> {
    let chars: Vec<char> = line.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c == '#' {
            break;
        }
        if c == '"' || c == '\'' {
            i += 1;
            while i < chars.len() && chars[i] != c {
                i += if chars[i] == '\\' { 2 } else { 1 };
            }
            i += 1;
        } else if c.is_alphabetic() || c == '_' {
            let start = i;
            while i < chars.len() && (chars[i].is_alphanumeric() || chars[i] == '_') {
                i += 1;
            }
            out.push((start, i));
        } else if c.is_ascii_digit() {
            while i < chars.len() && (chars[i].is_alphanumeric() || chars[i] == '_') {
                i += 1;
            }
        } else {
            i += 1;
        }
    }
    out
}

/// The keywords nearest to a name: by edit distance, then by common parts (difflib's ratio of at
/// least one half), three at most.
fn candidates(name: &str) -> Vec<&'static str> {
    let mut out = Vec::new();
    out.extend(crate::suggest::closest(name, KEYWORDS.iter().copied()));
    let mut close: Vec<(f64, &'static str)> = KEYWORDS
        .iter()
        .map(|k| (ratio(k, name), *k))
        .filter(|(r, _)| *r >= 0.5)
        .collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(a.1)));
    out.extend(close.into_iter().take(3).map(|(_, k)| k));
    out.truncate(3);
    out
}

/// Twice the matching characters over the total (Ratcliff-Obershelp).
fn ratio(a: &str, b: &str) -> f64 {
    fn matches(a: &[u8], b: &[u8]) -> usize {
        let (mut best, mut at) = (0, (0, 0));
        for i in 0..a.len() {
            for j in 0..b.len() {
                let n = a[i..]
                    .iter()
                    .zip(&b[j..])
                    .take_while(|(x, y)| x == y)
                    .count();
                if n > best {
                    (best, at) = (n, (i, j));
                }
            }
        }
        if best == 0 {
            return 0;
        }
        let (i, j) = at;
        best + matches(&a[..i], &b[..j]) + matches(&a[i + best..], &b[j + best..])
    }
    let total = a.len() + b.len();
    if total > 200 {
        return 0.0;
    }
    2.0 * matches(a.as_bytes(), b.as_bytes()) as f64 / total as f64
}
