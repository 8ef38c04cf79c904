//! Compressed position tables.
//!
//! ```text
//! run: head byte   7 6       5 4         3 2       1 0
//!                  0 0      columns      lines     words
//! words   0-2: words since the last run is 1-3   3: varint follows
//! lines   0: same line   1: next line   2: zigzag line delta (all three: end_line = line)
//!         3: zigzag line delta, zigzag end_line - line
//! columns 0: varint col, varint end_col - col   1: no columns   2: column as in the last run,
//!         varint end_col - col   3: varint col + 1 or 0 for none, varint end_col + 1 or 0
//! ```
//! Most runs take two or three bytes.

use super::DecodeError;
use super::format::{Reader, put_varint, put_zigzag};
use crate::{Position, PositionTable};

const NO_COL: u32 = u32::MAX;

/// Appends the compressed table.
pub(super) fn encode(table: &PositionTable, out: &mut Vec<u8>) {
    let (mut word, mut line, mut col) = (0u32, 0u32, 0u32);
    for &(start, pos) in &table.runs {
        // Runs out of order are not made by `PositionTable::push`; wrapping keeps this total.
        let words = start.wrapping_sub(word);
        let word_form = if (1..=3).contains(&words) {
            words - 1
        } else {
            3
        };
        let delta = pos.line as i64 - line as i64;
        let line_form = match (pos.end_line == pos.line, delta) {
            (true, 0) => 0,
            (true, 1) => 1,
            (true, _) => 2,
            (false, _) => 3,
        };
        let col_form = if pos.col == NO_COL && pos.end_col == NO_COL {
            1
        } else if pos.col == NO_COL || pos.end_col < pos.col || pos.end_col == NO_COL {
            3
        } else if pos.col == col {
            2
        } else {
            0
        };
        out.push((word_form | line_form << 2 | col_form << 4) as u8);
        if word_form == 3 {
            put_varint(out, words as u64);
        }
        if line_form >= 2 {
            put_zigzag(out, delta);
        }
        if line_form == 3 {
            put_zigzag(out, pos.end_line as i64 - pos.line as i64);
        }
        let plus_one = |c: u32| c.wrapping_add(1) as u64;
        match col_form {
            0 => {
                put_varint(out, pos.col as u64);
                put_varint(out, (pos.end_col - pos.col) as u64);
            }
            2 => put_varint(out, (pos.end_col - pos.col) as u64),
            3 => {
                put_varint(out, plus_one(pos.col));
                put_varint(out, plus_one(pos.end_col));
            }
            _ => {}
        }
        (word, line) = (start, pos.line);
        if pos.col != NO_COL {
            col = pos.col;
        }
    }
}

/// Reads runs one after the other.
pub(super) struct Runs<'a> {
    reader: Reader<'a>,
    word: u32,
    line: u32,
    col: u32,
}

impl<'a> Runs<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Runs {
            reader: Reader { bytes },
            word: 0,
            line: 0,
            col: 0,
        }
    }

    fn run(&mut self) -> Result<(u32, Position), DecodeError> {
        let bad = DecodeError::Positions;
        let small = |n: u64| u32::try_from(n).map_err(|_| bad);
        let moved = |from: u32, by: i64| {
            let to = (from as i64).checked_add(by).ok_or(bad)?;
            u32::try_from(to).map_err(|_| bad)
        };
        let r = &mut self.reader;
        let head = r.u8()?;
        let words = match head & 3 {
            3 => small(r.varint()?)?,
            n => n as u32 + 1,
        };
        let line = match head >> 2 & 3 {
            0 => self.line,
            1 => moved(self.line, 1)?,
            _ => moved(self.line, r.zigzag()?)?,
        };
        let end_line = match head >> 2 & 3 {
            3 => moved(line, r.zigzag()?)?,
            _ => line,
        };
        let ends_after = |r: &mut Reader<'a>, col: u32| moved(col, small(r.varint()?)? as i64);
        let (col, end_col) = match head >> 4 {
            0 => {
                let col = small(r.varint()?)?;
                (col, ends_after(r, col)?)
            }
            1 => (NO_COL, NO_COL),
            2 => (self.col, ends_after(r, self.col)?),
            3 => {
                let col = small(r.varint()?)?.wrapping_sub(1);
                (col, small(r.varint()?)?.wrapping_sub(1))
            }
            _ => return Err(bad),
        };
        self.word = self.word.wrapping_add(words);
        self.line = line;
        if col != NO_COL {
            self.col = col;
        }
        Ok((
            self.word,
            Position {
                line,
                end_line,
                col,
                end_col,
            },
        ))
    }
}

impl Iterator for Runs<'_> {
    type Item = Result<(u32, Position), DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.bytes.is_empty() {
            return None;
        }
        let run = self.run();
        if run.is_err() {
            self.reader.bytes = &[];
        }
        Some(run)
    }
}
