//! `parse`: source text to ruff's tree or to CPython's error.

use std::borrow::Cow;

use ruff_python_ast::visitor::transformer::{Transformer, walk_stmt};
use ruff_python_ast::{self as ast, PythonVersion, token::TokenKind};
use ruff_python_parser::{self as ruff, ParseErrorType, ParseOptions};
use ruff_text_size::{Ranged, TextRange, TextSize};
use unicode_normalization::UnicodeNormalization;

use crate::decode::normalize_newlines;
use crate::depth::{MAX_CHAIN, suspicious};
use crate::diagnose::{Accepted, diagnose};
use crate::error::{Kind, Span, SyntaxError, Warning};
use crate::lenient;
use crate::lines::LineIndex;
use crate::strings;

/// What kind of program is parsed (`compile`'s mode argument).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A module.
    Exec,
    /// One expression.
    Eval,
    /// One interactive statement.
    Single,
    /// A function type comment: `(int, str) -> bool`.
    FuncType,
}

/// Parser flags of `compile`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `PyCF_ALLOW_INCOMPLETE_INPUT`: report input that could go on as
    /// [`Kind::Incomplete`].
    pub allow_incomplete_input: bool,
    /// `PyCF_DONT_IMPLY_DEDENT`: in [`Mode::Single`], the end of input does not end
    /// an indented block.
    pub dont_imply_dedent: bool,
    /// Report the ranges of comments.
    pub comments: bool,
    /// Digits of the longest decimal integer that is accepted; 0: any.
    pub max_int_digits: usize,
}

/// The tree, by mode.
#[derive(Debug)]
pub enum Tree {
    /// [`Mode::Exec`] and [`Mode::Single`].
    Module(ast::ModModule),
    /// [`Mode::Eval`].
    Expression(ast::ModExpression),
    /// [`Mode::FuncType`].
    FunctionType {
        arguments: Vec<ast::Expr>,
        returns: Box<ast::Expr>,
    },
}

/// A parsed program.
#[derive(Debug)]
pub struct Parsed<'s> {
    /// The tree; its ranges are byte offsets into `source`.
    pub tree: Tree,
    /// The text that was parsed: the argument with newlines normalised.
    pub source: Cow<'s, str>,
    /// Lines of `source`.
    pub lines: LineIndex,
    /// Warnings of the front end, in source order.
    pub warnings: Vec<Warning>,
    /// Comments, if [`Flags::comments`] asks for them.
    pub comments: Vec<TextRange>,
}

/// Parse `source`.
///
/// Errors are CPython's, as far as its parser raises them; what its compiler raises
/// (`return` outside a function, ...) is accepted. Deep nesting is refused before
/// anything recurses; the caller's stack should have 256 MiB for what is allowed.
pub fn parse(source: &str, mode: Mode, flags: Flags) -> Result<Parsed<'_>, SyntaxError> {
    if source.as_bytes().contains(&0) {
        return Err(SyntaxError::bare(
            Kind::Syntax,
            "source code string cannot contain null bytes",
        ));
    }
    let text = normalize_newlines(source);
    let accepted = if must_be_examined(&text, mode) {
        Some(examine(&text, mode, flags)?)
    } else {
        None
    };
    let lines = LineIndex::new(&text);
    let (tree, warnings, comments) = match (mode, &accepted) {
        (Mode::FuncType, Some(a)) => (function_type(&text, a)?, Vec::new(), Vec::new()),
        _ => module_or_expression(&text, mode, flags, &lines, accepted.is_some())?,
    };
    Ok(Parsed {
        tree,
        source: text,
        lines,
        warnings,
        comments,
    })
}

/// Modes ruff does not know, places where it is more lenient than CPython, and nesting.
fn must_be_examined(text: &str, mode: Mode) -> bool {
    match mode {
        Mode::Single | Mode::FuncType => true,
        Mode::Eval if text.starts_with([' ', '\t', '\x0c', '\n']) => true,
        Mode::Eval if text.contains('\n') && text.ends_with([' ', '\t', '\x0c']) => true,
        _ => text.starts_with('\u{feff}') || suspicious(text),
    }
}

fn examine(text: &str, mode: Mode, flags: Flags) -> Result<Accepted, SyntaxError> {
    let accepted = diagnose(text, mode, flags)?;
    if accepted.longest_chain > MAX_CHAIN {
        return Err(SyntaxError::bare(
            Kind::Recursion,
            "maximum recursion depth exceeded during compilation",
        ));
    }
    Ok(accepted)
}

fn module_or_expression(
    text: &str,
    mode: Mode,
    flags: Flags,
    lines: &LineIndex,
    examined: bool,
) -> Result<(Tree, Vec<Warning>, Vec<TextRange>), SyntaxError> {
    let ruff_mode = if mode == Mode::Eval {
        ruff::Mode::Expression
    } else {
        ruff::Mode::Module
    };
    let options = ParseOptions::from(ruff_mode).with_target_version(PythonVersion::PY314);
    let parsed = ruff::parse_unchecked(text, options);
    let refused = !parsed.errors().is_empty()
        || !parsed.unsupported_syntax_errors().is_empty()
        || lenient::needs_a_second_look(parsed.tokens(), parsed.syntax(), text);
    if refused {
        if !examined {
            diagnose(text, mode, flags)?;
        }
        // CPython's parser accepts it. Then ruff's complaint is one of those that
        // CPython leaves to its compiler, or one of the two is wrong.
        if let Some(e) = parsed
            .errors()
            .iter()
            .find(|e| !is_semantic(&e.error) && !is_bare_raise(text, e))
        {
            return Err(unexplained(text, lines, e.location));
        }
    }
    check_tokens(text, lines, parsed.tokens(), flags)?;
    let warnings = warnings(text, lines, parsed.tokens());
    let comments = if flags.comments {
        let tokens = parsed.tokens().iter();
        let comments = tokens.filter(|t| t.kind() == TokenKind::Comment);
        comments.map(Ranged::range).collect()
    } else {
        Vec::new()
    };
    let bare_raise = parsed.errors().iter().any(|e| is_bare_raise(text, e));
    let tree = match parsed.into_syntax() {
        ast::Mod::Module(mut m) => {
            if bare_raise {
                BareRaise.visit_body(&mut m.body);
            }
            Tree::Module(m)
        }
        ast::Mod::Expression(e) => Tree::Expression(e),
    };
    Ok((tree, warnings, comments))
}

/// What CPython finds while it makes nodes of tokens: identifiers that become constants, and
/// integers with more digits than may be converted.
fn check_tokens(
    text: &str,
    lines: &LineIndex,
    tokens: &[ast::token::Token],
    flags: Flags,
) -> Result<(), SyntaxError> {
    let ascii = text.is_ascii();
    for token in tokens {
        match token.kind() {
            TokenKind::Name if !ascii => {
                let name = &text[token.range().to_std_range()];
                if !name.is_ascii()
                    && let name = name.nfkc().collect::<String>()
                    && matches!(name.as_str(), "None" | "True" | "False")
                {
                    let msg = format!("identifier field can't represent '{name}' constant");
                    return Err(SyntaxError::bare(Kind::Value, msg));
                }
            }
            TokenKind::Int if flags.max_int_digits > 0 => {
                let number = &text[token.range().to_std_range()];
                check_digits(
                    number,
                    lines.line(token.start().to_u32()),
                    flags.max_int_digits,
                )?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_digits(number: &str, line: u32, limit: usize) -> Result<(), SyntaxError> {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let decimal = !number.starts_with('0');
    if !decimal || digits <= limit {
        return Ok(());
    }
    let msg = format!(
        "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} \
         digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal \
         for huge integer literals to avoid decimal conversion limits."
    );
    let span = Span {
        lineno: line.into(),
        offset: 0,
        end_lineno: line.into(),
        end_offset: 0,
    };
    Err(SyntaxError::at(Kind::Syntax, msg, span, None))
}

/// ruff's errors about programs that CPython's grammar accepts; ruff's tree is complete
/// in spite of them.
fn is_semantic(e: &ParseErrorType) -> bool {
    if let ParseErrorType::OtherError(msg) = e {
        return msg.starts_with("Invalid mapping pattern key");
    }
    matches!(
        e,
        ParseErrorType::InvalidStarredExpressionUsage
            | ParseErrorType::InvalidStarPatternUsage
            | ParseErrorType::UnparenthesizedNamedExpression
            | ParseErrorType::UnparenthesizedTupleExpression
            | ParseErrorType::UnparenthesizedGeneratorExpression
            | ParseErrorType::InvalidYieldExpressionUsage
            | ParseErrorType::InvalidLambdaExpressionUsage
            | ParseErrorType::EmptyDeleteTargets
    )
}

/// `raise; x`: ruff misses the end of the statement and invents an empty name.
fn is_bare_raise(text: &str, e: &ruff::ParseError) -> bool {
    let at = e.location.start().to_usize();
    e.error == ParseErrorType::ExpectedExpression
        && text[at..].starts_with(';')
        && text[..at].trim_end().ends_with("raise")
}

/// Takes the invented names away again.
struct BareRaise;

impl Transformer for BareRaise {
    fn visit_stmt(&self, statement: &mut ast::Stmt) {
        if let ast::Stmt::Raise(raise) = statement
            && let Some(ast::Expr::Name(name)) = raise.exc.as_deref()
            && name.ctx == ast::ExprContext::Invalid
        {
            raise.exc = None;
        }
        walk_stmt(self, statement);
    }
}

/// CPython would accept this; ruff cannot. Never seen; better than a wrong tree.
fn unexplained(text: &str, lines: &LineIndex, at: TextRange) -> SyntaxError {
    let (start, end) = (
        lines.position(text, at.start().to_u32()),
        lines.position(text, at.end().to_u32()),
    );
    SyntaxError::at(
        Kind::Syntax,
        "invalid syntax",
        Span {
            lineno: i64::from(start.line),
            offset: i64::from(start.col_chars) + 1,
            end_lineno: i64::from(end.line),
            end_offset: i64::from(end.col_chars) + 1,
        },
        lines.line_text(text, start.line).map(str::to_string),
    )
}

fn function_type(text: &str, accepted: &Accepted) -> Result<Tree, SyntaxError> {
    let lines = LineIndex::new(text);
    let expression = |&(start, end): &(u32, u32)| {
        let range = TextRange::new(TextSize::new(start), TextSize::new(end));
        ruff::parse_expression_range(text, range)
            .map(|p| p.into_expr())
            .map_err(|e| unexplained(text, &lines, e.location))
    };
    let (arguments, returns) = accepted.func_type.clone().unwrap_or_default();
    Ok(Tree::FunctionType {
        arguments: arguments.iter().map(expression).collect::<Result<_, _>>()?,
        returns: Box::new(expression(&returns)?),
    })
}

/// An f- or t-string being read by [`warnings`].
struct Open {
    raw: bool,
    /// Warnings found so far, with the line of the escape relative to its piece.
    found: Vec<(Warning, u32)>,
}

/// Invalid escapes and numbers that run into keywords.
fn warnings(text: &str, lines: &LineIndex, tokens: &[ast::token::Token]) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for token in tokens {
        let range = (token.start().to_u32(), token.end().to_u32());
        let source = || &text[range.0 as usize..range.1 as usize];
        match token.kind() {
            TokenKind::String => found.extend(string_warning(text, lines, range)),
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(Open {
                raw: source().contains(['r', 'R']),
                found: Vec::new(),
            }),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                // CPython decodes the pieces when it has read the whole f-string, and
                // counts their lines from its end.
                let end = lines.line(range.0);
                let pieces = open.pop().map_or_else(Vec::new, |o| o.found);
                found.extend(pieces.into_iter().map(|(mut w, line)| {
                    w.lineno = end + line;
                    w.span.lineno = w.lineno.into();
                    w.span.end_lineno = w.lineno.into();
                    w
                }));
            }
            TokenKind::FStringMiddle | TokenKind::TStringMiddle => {
                if let Some(o) = open.last_mut()
                    && !o.raw
                {
                    o.found.extend(piece_warning(text, lines, range));
                }
            }
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                found.extend(number_warning(text, lines, range));
            }
            _ => {}
        }
    }
    found
}

fn string_warning(text: &str, lines: &LineIndex, range: (u32, u32)) -> Option<Warning> {
    let source = &text[range.0 as usize..range.1 as usize];
    if !source.contains('\\') {
        return None;
    }
    let l = strings::split_literal(source).filter(|l| !l.prefix.contains('r'))?;
    let body = range.0 + l.body_start as u32;
    let bytes = l.prefix.contains('b');
    strings::escape_warnings(text, lines, body, l.body, bytes)
}

/// The warning for one piece of an f-string's text and the lines before the escape.
fn piece_warning(
    text: &str,
    lines: &LineIndex,
    (start, end): (u32, u32),
) -> Option<(Warning, u32)> {
    let mut piece = &text[start as usize..end as usize];
    if !piece.contains('\\') {
        return None;
    }
    if piece.ends_with('\\') && matches!(text.as_bytes().get(end as usize), Some(b'{' | b'}')) {
        // A backslash escapes no brace, but CPython warns as if one had tried.
        piece = &text[start as usize..end as usize + 1];
    }
    let w = strings::escape_warnings(text, lines, start, piece, false)?;
    let before = w.lineno - lines.line(start);
    Some((w, before))
}

/// `1if x`: a number directly followed by a keyword.
fn number_warning(text: &str, lines: &LineIndex, (start, end): (u32, u32)) -> Option<Warning> {
    let next = *text.as_bytes().get(end as usize)?;
    if !next.is_ascii_alphabetic() {
        return None;
    }
    let number = &text[start as usize..end as usize];
    let name = match number.as_bytes() {
        [b'0', b'x' | b'X', ..] => "hexadecimal",
        [b'0', b'o' | b'O', ..] => "octal",
        [b'0', b'b' | b'B', ..] => "binary",
        [.., b'j' | b'J'] => "imaginary",
        _ => "decimal",
    };
    let msg = format!("invalid {name} literal");
    let at = lines.position(text, end);
    let (line, column) = (i64::from(at.line), i64::from(at.col_chars));
    Some(Warning {
        msg: msg.clone(),
        of_parser: true,
        msg_as_error: msg,
        at: end,
        lineno: at.line,
        span: Span {
            lineno: line,
            offset: column,
            end_lineno: line,
            end_offset: column,
        },
    })
}
