//! Where and how errors are reported: the actions of the grammar.

use super::grammar::NodeKind;
use super::lexer::LexError;
use super::matcher::{Matcher, NodeId, Stop};
use super::token::{Class, is_legacy_statement, symbol};
use crate::error::{Kind, Span, SyntaxError};
use crate::lines::count_chars;

/// Which kind of target is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Star,
    Del,
    For,
}

/// Byte columns: `col` and `end_col` are 1-based as far as they mean a character.
#[derive(Clone, Copy)]
struct Place {
    line: i64,
    col: i64,
    end_line: i64,
    end_col: i64,
}

impl Matcher<'_> {
    /// Run an error action of the grammar.
    pub(super) fn raise(&mut self, action: &str, args: &[NodeId], msg: &str) {
        let a = args.first().copied().unwrap_or(0);
        let b = args.get(1).copied().unwrap_or(a);
        let last = |m: &Self, n: NodeId| m.kids(n).last().copied().unwrap_or(n);
        match action {
            "at" => self.raise_span(a, a, msg),
            "span" => self.raise_span(a, b, msg),
            "to_last" => {
                let b = last(self, b);
                self.raise_span(a, b, msg);
            }
            "from_last" => {
                let a = last(self, a);
                self.raise_span(a, b, msg);
            }
            "from" => self.raise_from(a, msg),
            "here" => self.raise_here(Kind::Syntax, msg),
            "indent" => {
                let msg = self.fill(msg, args);
                self.raise_here(Kind::Indentation, &msg);
            }
            "next" => {
                if self.current().is_some() {
                    self.raise_at_token(self.mark, Kind::Syntax, msg);
                }
            }
            "assign_target" => self.bad_target(a, Target::Star),
            "del_target" => self.bad_target(a, Target::Del),
            "for_target" => self.bad_target(a, Target::For),
            "not_equal" => self.old_not_equal(a, b),
            "missing_comma" => self.missing_comma(a, b),
            "legacy" => self.legacy(a, b),
            "bound" => self.type_parameter_bound(a, b, msg),
            "colon_after" => self.colon_after(a, msg),
            "call_genexp" => self.call_genexp(a, b),
            "call_order" => self.call_order(a),
            _ => debug_assert!(false, "unknown error action {action}"),
        }
    }

    pub(super) fn node_text(&self, node: NodeId) -> &str {
        let n = self.nodes[node as usize];
        if n.last <= n.first {
            return "";
        }
        let start = self.tokens[n.first as usize].start as usize;
        let end = self.tokens[n.last as usize - 1].end as usize;
        self.src.get(start..end).unwrap_or("")
    }

    /// Put `{name:a}`, `{text:a}` and `{line:a}` into a message; there is one at most,
    /// and it means the first argument.
    fn fill(&self, msg: &str, args: &[NodeId]) -> String {
        let Some(&a) = args.first() else {
            return msg.into();
        };
        if msg.contains("{name:") {
            msg.replace("{name:a}", self.expression_name(a))
        } else if msg.contains("{text:") {
            msg.replace("{text:a}", self.node_text(a))
        } else if msg.contains("{line:") {
            let line = self.tokens[self.nodes[a as usize].first as usize].line;
            msg.replace("{line:a}", &line.to_string())
        } else {
            msg.into()
        }
    }

    fn expression_name(&self, node: NodeId) -> &'static str {
        let n = self.nodes[node as usize];
        match n.kind {
            NodeKind::Name => "name",
            NodeKind::True => "True",
            NodeKind::False => "False",
            NodeKind::None => "None",
            NodeKind::Ellipsis => "ellipsis",
            NodeKind::Literal => "literal",
            NodeKind::Strings => {
                let formatted = self.tokens[n.first as usize..n.last as usize]
                    .iter()
                    .any(|t| t.class == Class::FStart);
                if formatted {
                    "f-string expression"
                } else {
                    "literal"
                }
            }
            NodeKind::Template => "t-string expression",
            NodeKind::Attribute => "attribute",
            NodeKind::Subscript => "subscript",
            NodeKind::Call => "function call",
            NodeKind::Starred => "starred",
            NodeKind::Tuple => "tuple",
            NodeKind::List => "list",
            NodeKind::Set => "set display",
            NodeKind::Dict => "dict literal",
            NodeKind::ListComp => "list comprehension",
            NodeKind::SetComp => "set comprehension",
            NodeKind::DictComp => "dict comprehension",
            NodeKind::GenExp => "generator expression",
            NodeKind::Lambda => "lambda",
            NodeKind::IfExp => "conditional expression",
            NodeKind::Yield => "yield expression",
            NodeKind::Await => "await expression",
            NodeKind::Operator | NodeKind::BoolOperator => "expression",
            NodeKind::Compare => "comparison",
            NodeKind::Walrus => "named expression",
            // A NAME token that stands for itself.
            _ => "name",
        }
    }

    /// The expressions directly inside a display, skipping brackets and commas.
    fn elements(&self, node: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut todo: Vec<NodeId> = self.kids(node).iter().rev().copied().collect();
        while let Some(n) = todo.pop() {
            if self.nodes[n as usize].kind == NodeKind::Group {
                todo.extend(self.kids(n).iter().rev());
            } else {
                found.push(n);
            }
        }
        found
    }

    fn invalid_target(&self, node: NodeId, target: Target, depth: usize) -> Option<NodeId> {
        if depth > super::lexer::MAX_LEVEL * 2 {
            return None;
        }
        match self.nodes[node as usize].kind {
            NodeKind::Name | NodeKind::Attribute | NodeKind::Subscript => None,
            NodeKind::Tuple | NodeKind::List => self
                .elements(node)
                .into_iter()
                .find_map(|e| self.invalid_target(e, target, depth + 1)),
            NodeKind::Starred if target != Target::Del => {
                let value = *self.kids(node).last()?;
                self.invalid_target(value, target, depth + 1)
            }
            NodeKind::Compare if target == Target::For => {
                let (&left, &rest) = (self.kids(node).first()?, self.kids(node).get(1)?);
                let operator = self.tokens.get(self.nodes[rest as usize].first as usize)?;
                if Some(operator.symbol) == symbol("in") {
                    self.invalid_target(left, target, depth + 1)
                } else {
                    None
                }
            }
            _ => Some(node),
        }
    }

    fn bad_target(&mut self, node: NodeId, target: Target) {
        if let Some(bad) = self.invalid_target(node, target, 0) {
            let verb = if target == Target::Del {
                "delete"
            } else {
                "assign to"
            };
            let msg = format!("cannot {verb} {}", self.expression_name(bad));
            self.raise_span(bad, bad, &msg);
        }
    }

    fn first_symbol(&self, node: NodeId) -> u8 {
        let n = self.nodes[node as usize];
        let single = n.last == n.first + 1;
        if single {
            self.tokens[n.first as usize].symbol
        } else {
            0
        }
    }

    fn missing_comma(&mut self, a: NodeId, b: NodeId) {
        let legacy = is_legacy_statement(self.first_symbol(a));
        if !legacy && self.tokens[self.mark - 1].level > 0 {
            self.raise_span(a, b, "invalid syntax. Perhaps you forgot a comma?");
        }
    }

    /// `<>`, which is two tokens in Python 3.
    fn old_not_equal(&mut self, a: NodeId, b: NodeId) {
        let token = |n: NodeId| self.tokens[self.nodes[n as usize].first as usize];
        if token(a).end == token(b).start {
            let msg = "invalid syntax.  Maybe you meant '!=' instead of '<>'?";
            self.raise_span(a, b, msg);
        }
    }

    fn legacy(&mut self, a: NodeId, b: NodeId) {
        if is_legacy_statement(self.first_symbol(a)) {
            let name = self.node_text(a);
            let msg = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
            self.raise_span(a, b, &msg);
        }
    }

    fn type_parameter_bound(&mut self, colon: NodeId, bound: NodeId, what: &str) {
        let kind = if self.nodes[bound as usize].kind == NodeKind::Tuple {
            "constraints"
        } else {
            "bound"
        };
        self.raise_from(colon, &format!("cannot use {kind} with {what}"));
    }

    fn colon_after(&mut self, a: NodeId, msg: &str) {
        let n = self.nodes[a as usize];
        let (first, last) = (
            self.tokens[n.first as usize],
            self.tokens[n.last as usize - 1],
        );
        self.raise_place(
            Kind::Syntax,
            Place {
                line: first.line,
                col: last.end_col,
                end_line: last.end_line,
                end_col: 0,
            },
            msg,
        );
    }

    fn call_genexp(&mut self, args: NodeId, clauses: NodeId) {
        let positional: Vec<NodeId> = self
            .elements(args)
            .into_iter()
            .filter(|&n| {
                !matches!(
                    self.nodes[n as usize].kind,
                    NodeKind::Keyword | NodeKind::DoubleStarred
                )
            })
            .collect();
        if let [_, .., last] = positional[..] {
            self.raise_span(last, clauses, "Generator expression must be parenthesized");
        }
    }

    fn call_order(&mut self, args: NodeId) {
        let unpacking = self
            .elements(args)
            .into_iter()
            .any(|n| self.nodes[n as usize].kind == NodeKind::DoubleStarred);
        let what = if unpacking { " unpacking" } else { "" };
        self.raise_here(
            Kind::Syntax,
            &format!("positional argument follows keyword argument{what}"),
        );
    }

    pub(super) fn raise_span(&mut self, a: NodeId, b: NodeId, msg: &str) {
        let (first, last) = (self.nodes[a as usize], self.nodes[b as usize]);
        let msg = self.fill(msg, &[a]);
        let start = self.tokens[first.first as usize];
        let end = self.tokens[(last.last as usize).max(1) - 1];
        self.raise_place(
            Kind::Syntax,
            Place {
                line: start.line,
                col: start.col + 1,
                end_line: end.end_line,
                end_col: end.end_col + 1,
            },
            &msg,
        );
    }

    fn raise_from(&mut self, a: NodeId, msg: &str) {
        let start = self.tokens[self.nodes[a as usize].first as usize];
        let place = Place {
            line: start.line,
            col: start.col + 1,
            end_line: self.lexer.line,
            end_col: self.lexer.cursor_col(),
        };
        self.raise_place(Kind::Syntax, place, msg);
    }

    /// Report at the last token that was read.
    pub(super) fn raise_here(&mut self, kind: Kind, msg: &str) {
        if self.tokens.is_empty() {
            return self.raise_place(
                kind,
                Place {
                    line: 0,
                    col: 0,
                    end_line: 0,
                    end_col: -1,
                },
                msg,
            );
        }
        self.raise_at_token(self.tokens.len() - 1, kind, msg);
    }

    /// Report where the tokenizer stopped.
    pub(super) fn raise_at_cursor(&mut self, kind: Kind, msg: &str) {
        let (line, col) = (self.lexer.line, self.lexer.cursor_col());
        let place = Place {
            line,
            col,
            end_line: line,
            end_col: -1,
        };
        self.raise_place(kind, place, msg);
    }

    pub(super) fn raise_at_token(&mut self, index: usize, kind: Kind, msg: &str) {
        let t = self.tokens[index];
        let place = Place {
            line: t.line,
            col: if t.col < 0 {
                self.lexer.cursor_col()
            } else {
                t.col + 1
            },
            end_line: t.end_line,
            end_col: if t.end_col < 0 { -1 } else { t.end_col + 1 },
        };
        self.raise_place(kind, place, msg);
    }

    pub(super) fn raise_at_current(&mut self, msg: String) {
        if self.current().is_some() {
            let error = self.token_error(self.mark, &msg);
            self.set_error(error);
        }
    }

    /// A plain error over one token.
    pub(super) fn token_error(&self, index: usize, msg: &str) -> SyntaxError {
        let t = self.tokens[index];
        let place = Place {
            line: t.line,
            col: t.col + 1,
            end_line: t.end_line,
            end_col: t.end_col + 1,
        };
        self.error_at(Kind::Syntax, place, msg)
    }

    fn raise_place(&mut self, kind: Kind, place: Place, msg: &str) {
        let error = self.error_at(kind, place, msg);
        self.set_error(error);
    }

    fn set_error(&mut self, error: SyntaxError) {
        self.stop.get_or_insert(Stop::Raised(Box::new(error)));
    }

    /// The text of a line as the tokenizer's buffer has it (with its newline if it is
    /// the one being read).
    fn line_text(&self, line: i64) -> &str {
        let Some(text) = self
            .src
            .split_inclusive('\n')
            .nth((line - 1).max(0) as usize)
        else {
            return "";
        };
        if line >= self.lexer.line {
            text
        } else {
            text.strip_suffix('\n').unwrap_or(text)
        }
    }

    fn error_at(&self, kind: Kind, place: Place, msg: &str) -> SyntaxError {
        let text = self.line_text(place.line);
        let chars = |col: i64| {
            let col = (col as usize).min(text.len() + 1);
            i64::from(count_chars(&text.as_bytes()[..col.min(text.len())]))
                + i64::from(col > text.len())
        };
        let span = Span {
            lineno: place.line,
            offset: if place.col > 0 {
                chars(place.col)
            } else {
                place.col
            },
            end_lineno: place.end_line,
            end_offset: if place.end_col > 0 {
                chars(place.end_col)
            } else {
                place.end_col
            },
        };
        SyntaxError::at(kind, msg, span, Some(text.to_string()))
    }

    /// The error for an open bracket at the end of the source.
    pub(super) fn unclosed(&self) -> Option<SyntaxError> {
        let (line, col, open) = self.lexer.open_bracket()?;
        let place = Place {
            line,
            col: col + 1,
            end_line: line,
            end_col: 0,
        };
        Some(self.error_at(Kind::Syntax, place, &format!("'{open}' was never closed")))
    }

    /// The error for a token that could not be made.
    pub(super) fn lex_error(&self, e: &LexError) -> SyntaxError {
        let line = self.lexer.line;
        let at = |kind, col, end_col, msg: &str| {
            let place = Place {
                line,
                col,
                end_line: line,
                end_col,
            };
            self.error_at(kind, place, msg)
        };
        let cursor = self.lexer.cursor_col();
        match e {
            LexError::Raised(e) => (**e).clone(),
            LexError::Eof => self
                .unclosed()
                .unwrap_or_else(|| at(Kind::Syntax, cursor, -1, "unexpected EOF while parsing")),
            LexError::Dedent => at(
                Kind::Indentation,
                cursor,
                -1,
                "unindent does not match any outer indentation level",
            ),
            LexError::Tab => at(
                Kind::Tab,
                1,
                0,
                "inconsistent use of tabs and spaces in indentation",
            ),
            LexError::TooDeep => at(Kind::Indentation, 1, 0, "too many levels of indentation"),
            LexError::LineContinuation => at(
                Kind::Syntax,
                self.lexer.buffer_col(),
                0,
                "unexpected character after line continuation character",
            ),
        }
    }
}
