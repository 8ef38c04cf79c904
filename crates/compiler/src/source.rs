//! Source text with its line index.

use crate::error::{ErrorKind, SyntaxError};
use bytecode::Position;
use ruff_text_size::{TextRange, TextSize};

/// The text being compiled and where its lines start.
pub struct Source<'a> {
    pub text: &'a str,
    starts: Vec<u32>,
    /// Bytes of byte order mark at the start, which count in no column.
    bom: u32,
}

impl<'a> Source<'a> {
    /// Indexes the lines of `text` (ended by \n, \r\n or \r).
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, &b) in bytes.iter().enumerate() {
            let ends = b == b'\n' || (b == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
            if ends {
                starts.push(i as u32 + 1);
            }
        }
        let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Source { text, starts, bom }
    }

    /// 1-based line and 0-based byte column.
    pub fn locate(&self, at: TextSize) -> (u32, u32) {
        let at = at.to_u32();
        let line = self.starts.partition_point(|s| *s <= at);
        let col = at - self.starts[line - 1];
        if line == 1 {
            (1, col.saturating_sub(self.bom))
        } else {
            (line as u32, col)
        }
    }

    /// 1-based line of an offset.
    pub fn line(&self, at: TextSize) -> u32 {
        self.locate(at).0
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

    /// 1-based line and 1-based character offset.
    pub fn char_offset(&self, at: TextSize) -> (u32, u32) {
        let (line, col) = self.locate(at);
        let end = at.to_u32() as usize;
        let prefix = self.text.get(end - col as usize..end).unwrap_or("");
        (line, prefix.chars().count() as u32 + 1)
    }

    /// A SyntaxError at `range`.
    pub fn error(&self, message: impl Into<String>, range: TextRange) -> Box<SyntaxError> {
        let (line, offset) = self.char_offset(range.start());
        let (end_line, end_offset) = self.char_offset(range.end());
        Box::new(SyntaxError {
            kind: ErrorKind::Syntax,
            message: message.into(),
            line,
            offset,
            end_line,
            end_offset,
        })
    }
}
