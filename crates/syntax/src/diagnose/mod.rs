//! Parses a program the way CPython does, to say what CPython would say about it.
//!
//! The driver follows CPython's protocol: a first pass without explanations finds the
//! furthest token; a second pass tries the explaining alternatives; errors of the
//! tokenizer further on may still take precedence.

mod checks;
mod explain;
mod grammar;
mod lexer;
mod matcher;
mod token;

use crate::error::{Kind, SyntaxError};
use crate::parse::{Flags, Mode};
use lexer::LexError;
use matcher::{Matcher, Stop};
use token::Class;

pub(crate) use lexer::{MAX_INDENT, MAX_LEVEL};

/// Byte range of an expression found on the way (only [`Mode::FuncType`] needs them).
pub(crate) type Range = (u32, u32);

/// What a successful parse found.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    /// Argument types and result of a function type.
    pub func_type: Option<(Vec<Range>, Range)>,
    /// Most operators in one left-nested chain.
    pub longest_chain: usize,
}

/// Parse `source` as CPython does; `Err` is its exception.
///
/// Runs on a thread of its own, because explaining recurses deeply whatever stack the
/// caller has.
pub(crate) fn diagnose(source: &str, mode: Mode, flags: Flags) -> Result<Accepted, SyntaxError> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("syntax".into())
            .stack_size(matcher::STACK)
            .spawn_scoped(scope, || run(source, mode, flags))
            .map_err(|_| too_complex())?
            .join()
            .unwrap_or_else(|_| Err(too_complex()))
    })
}

fn too_complex() -> SyntaxError {
    SyntaxError::bare(
        Kind::TooComplex,
        "Parser stack overflowed - Python source too complex to parse",
    )
}

fn run(source: &str, mode: Mode, flags: Flags) -> Result<Accepted, SyntaxError> {
    let mut text = std::borrow::Cow::Borrowed(source);
    if mode == Mode::Exec && !source.is_empty() && !source.ends_with('\n') {
        text.to_mut().push('\n');
    }
    let grammar = grammar::grammar();
    let start = grammar
        .rule(match mode {
            Mode::Exec => "file",
            Mode::Eval => "eval",
            Mode::Single => "interactive",
            Mode::FuncType => "func_type",
        })
        .unwrap_or(0);
    let interactive = mode == Mode::Single;
    let mut m = Matcher::new(grammar, &text, interactive, !flags.dont_imply_dedent);
    let result = match m.run(start, false) {
        Some(node) => accept(&mut m, mode, node),
        None => Err(reject(&mut m, start, flags)),
    };
    result.map_err(|mut e| {
        e.last_statement = m.last_statement;
        e
    })
}

fn accept(m: &mut Matcher, mode: Mode, node: u32) -> Result<Accepted, SyntaxError> {
    if mode == Mode::Single && has_more_statements(&m.src[m.lexer.pos..]) {
        m.raise_here(
            Kind::Syntax,
            "multiple statements found while compiling a single statement",
        );
        if let Some(Stop::Raised(e)) = m.stop.take() {
            return Err(*e);
        }
    }
    Ok(Accepted {
        func_type: (mode == Mode::FuncType).then(|| function_type(m, node)),
        longest_chain: m.longest_chain,
    })
}

/// Whether anything but blanks and comments is left.
fn has_more_statements(rest: &str) -> bool {
    rest.lines().any(|l| {
        let l = l.trim_matches([' ', '\t', '\x0c', '\r']);
        !l.is_empty() && !l.starts_with('#')
    })
}

fn function_type(m: &Matcher, node: u32) -> (Vec<Range>, Range) {
    let range = |n: u32| {
        let n = m.nodes[n as usize];
        let last = m.tokens[n.last as usize - 1];
        (m.tokens[n.first as usize].start, last.end)
    };
    let mut found = Vec::new();
    let mut todo: Vec<u32> = m.kids(node).iter().rev().copied().collect();
    while let Some(n) = todo.pop() {
        if m.nodes[n as usize].kind == grammar::NodeKind::Group {
            todo.extend(m.kids(n).iter().rev());
        } else {
            found.push(range(n));
        }
    }
    let result = found.pop().unwrap_or_default();
    (found, result)
}

fn reject(m: &mut Matcher, start: usize, flags: Flags) -> SyntaxError {
    if flags.allow_incomplete_input && m.lexer.at_end_of_source() {
        match m.stop.take() {
            Some(Stop::Lex(_)) => m.raise_at_cursor(Kind::Incomplete, "incomplete input"),
            _ => m.raise_here(Kind::Incomplete, "incomplete input"),
        }
        if let Some(Stop::Raised(e)) = m.stop.take() {
            return *e;
        }
    }
    match m.stop.take() {
        Some(Stop::Raised(e)) => return after_parser_error(m, *e),
        Some(Stop::Lex(e)) => return m.lex_error(&e),
        Some(Stop::TooDeep | Stop::TooLong) => return too_complex(),
        None => {}
    }
    let last = m.tokens.len().saturating_sub(1);
    m.run(start, true);
    match m.stop.take() {
        Some(Stop::Raised(e)) => after_parser_error(m, *e),
        Some(Stop::Lex(e)) => m.lex_error(&e),
        Some(Stop::TooDeep) => too_complex(),
        Some(Stop::TooLong) | None => generic(m, last),
    }
}

/// An error of the parser's gives way to errors of the tokenizer's further on.
fn after_parser_error(m: &mut Matcher, e: SyntaxError) -> SyntaxError {
    if m.lexer.hit_eof {
        return e;
    }
    later_lex_error(m).unwrap_or(e)
}

fn generic(m: &mut Matcher, last: usize) -> SyntaxError {
    let Some(token) = m.tokens.get(last).copied() else {
        return too_complex();
    };
    let what = match token.class {
        Class::Indent => "unexpected indent",
        Class::Dedent => "unexpected unindent",
        _ => {
            let e = m.token_error(last, "invalid syntax");
            return later_lex_error(m).unwrap_or(e);
        }
    };
    m.raise_here(Kind::Indentation, what);
    match m.stop.take() {
        Some(Stop::Raised(e)) => *e,
        _ => m.token_error(last, "invalid syntax"),
    }
}

/// Read the remaining tokens; errors with a message count, and so do brackets left open
/// on an earlier line than the error.
fn later_lex_error(m: &mut Matcher) -> Option<SyntaxError> {
    let error_line = m.tokens.last()?.line;
    if m.lexer.failed {
        return None;
    }
    loop {
        match m.lexer.next() {
            Ok(t) if t.class == Class::End => return None,
            Ok(_) => {}
            // Observed: trouble inside an f-string never takes precedence.
            Err(_) if m.lexer.in_interpolated() => return None,
            Err(LexError::Raised(e)) => return Some(*e),
            Err(_) => {
                let (line, _, _) = m.lexer.open_bracket()?;
                return if error_line > line {
                    m.unclosed()
                } else {
                    None
                };
            }
        }
    }
}
