//! Byte offset to line and column.

use crate::error::Position;

/// Start offsets of all lines of one source.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    ascii: bool,
}

impl LineIndex {
    /// Index `source`, whose newlines are `\n` (see [`crate::normalize_newlines`]).
    pub fn new(source: &str) -> Self {
        let mut starts = Vec::with_capacity(source.len() / 32 + 1);
        starts.push(0);
        starts.extend(
            source
                .bytes()
                .enumerate()
                .filter(|&(_, b)| b == b'\n')
                .map(|(i, _)| i as u32 + 1),
        );
        LineIndex {
            starts,
            ascii: source.is_ascii(),
        }
    }

    /// 1-based line of a byte offset.
    #[inline]
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&s| s <= offset) as u32
    }

    /// 1-based line and 0-based UTF-8 column, without looking at the source.
    #[inline]
    pub fn line_col(&self, offset: u32) -> (u32, u32) {
        let line = self.line(offset);
        (line, offset - self.starts[line as usize - 1])
    }

    /// Line and both columns of `offset` in `source` (the text this was made from).
    pub fn position(&self, source: &str, offset: u32) -> Position {
        let (line, col) = self.line_col(offset);
        let col_chars = if self.ascii {
            col
        } else {
            let start = self.starts[line as usize - 1] as usize;
            count_chars(&source.as_bytes()[start..(start + col as usize).min(source.len())])
        };
        Position {
            line,
            col_utf8: col,
            col_chars,
        }
    }

    /// Byte offset at which a 1-based line begins, if there is such a line.
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get((line as usize).checked_sub(1)?).copied()
    }

    /// Number of lines (the empty one after a final newline included).
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never true: an empty source has one line.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Text of a 1-based line without its newline.
    pub fn line_text<'s>(&self, source: &'s str, line: u32) -> Option<&'s str> {
        let start = self.line_start(line)? as usize;
        let rest = source.get(start..)?;
        Some(rest.split_once('\n').map_or(rest, |(l, _)| l))
    }
}

/// Code points in a prefix of UTF-8 text (a cut-off last one counts).
pub(crate) fn count_chars(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count() as u32
}
