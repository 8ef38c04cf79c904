//! Source positions of instructions (co_positions, tracebacks, line tracing).

/// Where an instruction comes from. Lines are 1-based (0: none), columns are 0-based UTF-8 byte
/// offsets in their line as in `ast` and `co_positions`; u32::MAX means no column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Position {
    pub line: u32,
    pub end_line: u32,
    pub col: u32,
    pub end_col: u32,
}

/// Runs of instruction words that share a position, sorted by start word.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PositionTable {
    /// (first word, position) of each run.
    pub runs: Vec<(u32, Position)>,
}

impl PositionTable {
    /// Records that the words from `word` on come from `pos`. `word` never decreases.
    pub fn push(&mut self, word: u32, pos: Position) {
        match self.runs.last_mut() {
            Some((_, last)) if *last == pos => {}
            Some((start, last)) if *start == word => *last = pos,
            _ => self.runs.push((word, pos)),
        }
    }

    /// The position of the instruction at `word`.
    pub fn lookup(&self, word: u32) -> Option<Position> {
        let i = self.runs.partition_point(|(start, _)| *start <= word);
        i.checked_sub(1).map(|i| self.runs[i].1)
    }
}
