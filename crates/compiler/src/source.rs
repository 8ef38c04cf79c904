//! Source text with its line index.

use crate::error::SyntaxError;
use bytecode::Position;
use syntax::text_size::{TextRange, TextSize};
use syntax::{Kind, LineIndex, Span};

/// The text being compiled and where its lines start.
pub struct Source<'a> {
    pub text: &'a str,
    lines: LineIndex,
}

impl<'a> Source<'a> {
    /// Indexes the lines of `text`, whose newlines are `\n` (as `syntax::parse` leaves them).
    pub fn new(text: &'a str) -> Self {
        let lines = LineIndex::new(text);
        Source { text, lines }
    }

    /// 1-based line and 0-based byte column.
    pub fn locate(&self, at: TextSize) -> (u32, u32) {
        self.lines.line_col(at.to_u32())
    }

    /// 1-based line of an offset.
    pub fn line(&self, at: TextSize) -> u32 {
        self.lines.line(at.to_u32())
    }

    /// The position of a range, as instructions carry it.
    pub fn position(&self, range: TextRange) -> Position {
        let (line, col) = self.locate(range.start());
        let (end_line, end_col) = self.locate(range.end());
        Position {
            line,
            end_line,
            col,
            end_col,
        }
    }

    /// The position of a range, as exceptions carry it.
    pub fn span(&self, range: TextRange) -> Span {
        let start = self.lines.position(self.text, range.start().to_u32());
        let end = self.lines.position(self.text, range.end().to_u32());
        Span {
            lineno: start.line.into(),
            offset: i64::from(start.col_chars) + 1,
            end_lineno: end.line.into(),
            end_offset: i64::from(end.col_chars) + 1,
        }
    }

    /// A SyntaxError at `range`.
    pub fn error(&self, message: impl Into<String>, range: TextRange) -> Box<SyntaxError> {
        let line = self.lines.line_text(self.text, self.line(range.start()));
        // The exception's text has the newline, where the source has one.
        let text = line.map(|l| {
            let end = l.as_ptr() as usize - self.text.as_ptr() as usize + l.len();
            let newline = if end < self.text.len() { "\n" } else { "" };
            format!("{l}{newline}")
        });
        let span = self.span(range);
        Box::new(SyntaxError::at(Kind::Syntax, message, span, text))
    }
}
