//! Tokens as CPython's parser sees them.

/// Class of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    End,
    Newline,
    Indent,
    Dedent,
    Name,
    Keyword,
    Number,
    Str,
    FStart,
    FMiddle,
    FEnd,
    TStart,
    TMiddle,
    TEnd,
    Op,
}

/// Columns in bytes from the line's start; -1 where CPython has none (INDENT, DEDENT,
/// ENDMARKER).
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub class: Class,
    /// Index in [`SYMBOLS`] plus one, 0 if the text is no symbol of the grammar.
    pub symbol: u8,
    pub start: u32,
    pub end: u32,
    pub line: i64,
    pub col: i64,
    pub end_line: i64,
    pub end_col: i64,
    /// Open brackets after this token.
    pub level: u32,
}

/// Reserved words first, then soft keywords and other names the grammar asks for, then
/// operators.
pub(super) const SYMBOLS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield", // 35 reserved words
    "match", "case", "type", "_", "print", "exec", // names
    "!=", "%", "%=", "&", "&=", "(", ")", "*", "**", "**=", "*=", "+", "+=", ",", "-", "-=", "->",
    ".", "...", "/", "//", "//=", "/=", ":", ":=", ";", "<", "<<", "<<=", "<=", "=", "==", ">",
    ">=", ">>", ">>=", "@", "@=", "[", "]", "^", "^=", "{", "|", "|=", "}", "~", "!",
];
const KEYWORDS: usize = 35;
const NAMES_END: usize = KEYWORDS + 6;

/// Symbol number of a literal in the grammar.
pub(super) fn symbol(text: &str) -> Option<u8> {
    SYMBOLS.iter().position(|s| *s == text).map(|i| i as u8 + 1)
}

/// Class and symbol of an identifier-like word.
pub(super) fn classify_word(text: &str) -> (Class, u8) {
    match SYMBOLS[..NAMES_END].iter().position(|s| *s == text) {
        Some(i) if i < KEYWORDS => (Class::Keyword, i as u8 + 1),
        Some(i) => (Class::Name, i as u8 + 1),
        None => (Class::Name, 0),
    }
}

/// Whether a symbol is one of the four soft keywords.
pub(super) fn is_soft_keyword(symbol: u8) -> bool {
    (KEYWORDS as u8 + 1..=KEYWORDS as u8 + 4).contains(&symbol)
}

/// Whether a symbol is a statement name of Python 2 (`print`, `exec`).
pub(super) fn is_legacy_statement(symbol: u8) -> bool {
    (KEYWORDS as u8 + 5..=KEYWORDS as u8 + 6).contains(&symbol)
}

/// Length of the longest operator at the head of `text`, 0 if there is none.
pub(super) fn operator_length(text: &[u8]) -> usize {
    let at = |n: usize| text.get(..n).and_then(|t| std::str::from_utf8(t).ok());
    (1..=3)
        .rev()
        .find(|&n| at(n).is_some_and(|t| SYMBOLS[NAMES_END..].contains(&t)))
        .unwrap_or(0)
}
