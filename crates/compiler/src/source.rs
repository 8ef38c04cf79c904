//! Source text with its line index, or the positions of a tree that a program made.

use crate::error::SyntaxError;
use crate::tree::Pos;
use bytecode::{Const, Position};
use rustc_hash::FxHashMap;
use syntax::text_size::{TextRange, TextSize};
use syntax::{Kind, LineIndex, Span};

/// The text being compiled and where its lines start.
pub struct Source<'a> {
    pub text: &'a str,
    lines: LineIndex,
    made: Option<&'a Made>,
}

/// What stands for the text of a tree made of `ast` objects. Its "offsets" number the starts and
/// ends of nodes, in the order of the tree.
#[derive(Default)]
pub struct Made {
    /// Line and column of each offset.
    places: Vec<(i32, i32)>,
    /// Constants that the parser's tree cannot express, by the offset at which they start.
    consts: FxHashMap<u32, Const>,
}

impl Made {
    /// A new offset for a place.
    fn add(&mut self, line: i32, col: i32) -> TextSize {
        self.places.push((line, col));
        TextSize::new((self.places.len() - 1) as u32)
    }

    /// The offset for the start of a node.
    pub fn start(&mut self, pos: &Pos) -> TextSize {
        self.add(pos.line, pos.col)
    }

    /// The range of a node all of whose parts have their ranges.
    pub fn close(&mut self, start: TextSize, pos: &Pos) -> TextRange {
        TextRange::new(start, self.add(pos.end_line, pos.end_col))
    }

    /// The range of a node without parts.
    pub fn leaf(&mut self, pos: &Pos) -> TextRange {
        let start = self.start(pos);
        self.close(start, pos)
    }

    /// Gives the node that starts at `at` a constant.
    pub fn set_constant(&mut self, at: TextSize, c: Const) {
        self.consts.insert(at.to_u32(), c);
    }

    fn place(&self, at: TextSize) -> (i32, i32) {
        self.places.get(at.to_usize()).copied().unwrap_or((1, 0))
    }
}

impl<'a> Source<'a> {
    /// Indexes the lines of `text`, whose newlines are `\n` (as `syntax::parse` leaves them).
    pub fn new(text: &'a str) -> Self {
        let lines = LineIndex::new(text);
        Source {
            text,
            lines,
            made: None,
        }
    }

    /// The source of a tree made by a program.
    pub fn made(made: &'a Made) -> Self {
        Source {
            made: Some(made),
            ..Source::new("")
        }
    }

    /// Whether there is no text.
    pub fn is_made(&self) -> bool {
        self.made.is_some()
    }

    /// The constant of the node that starts at `at`, if the tree cannot express it.
    pub fn constant(&self, at: TextSize) -> Option<&Const> {
        self.made?.consts.get(&at.to_u32())
    }

    /// 1-based line and 0-based byte column.
    pub fn locate(&self, at: TextSize) -> (u32, u32) {
        if let Some(made) = self.made {
            let (line, col) = made.place(at);
            return (line.max(0) as u32, col.max(0) as u32);
        }
        self.lines.line_col(at.to_u32())
    }

    /// 1-based line of an offset.
    pub fn line(&self, at: TextSize) -> u32 {
        if self.made.is_some() {
            return self.locate(at).0;
        }
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
        if let Some(made) = self.made {
            let (line, col) = made.place(range.start());
            let (end_line, end_col) = made.place(range.end());
            return Span {
                lineno: line.into(),
                offset: i64::from(col) + 1,
                end_lineno: end_line.into(),
                end_offset: i64::from(end_col) + 1,
            };
        }
        let start = self.lines.position(self.text, range.start().to_u32());
        let end = self.lines.position(self.text, range.end().to_u32());
        Span {
            lineno: start.line.into(),
            offset: i64::from(start.col_chars) + 1,
            end_lineno: end.line.into(),
            end_offset: i64::from(end.col_chars) + 1,
        }
    }

    /// A SyntaxError at a position of a tree, without a quotation of the line.
    pub fn error_at(&self, message: impl Into<String>, pos: &Pos) -> Box<SyntaxError> {
        let span = Span {
            lineno: pos.line.into(),
            offset: i64::from(pos.col) + 1,
            end_lineno: pos.end_line.into(),
            end_offset: i64::from(pos.end_col) + 1,
        };
        Box::new(SyntaxError::at(Kind::Syntax, message, span, None))
    }

    /// A SyntaxError at `range`.
    pub fn error(&self, message: impl Into<String>, range: TextRange) -> Box<SyntaxError> {
        let line = self.lines.line_text(self.text, self.line(range.start()));
        let line = line.filter(|_| !self.is_made());
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
