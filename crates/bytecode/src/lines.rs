//! Lines of instructions, for tracing, `co_lines`, `co_positions` and `f_lineno`.

use crate::operands::Access;
use crate::{BitSet, Code, Op, Position, insns};

/// Consecutive words of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRange {
    /// First word.
    pub start: u32,
    /// One past the last word.
    pub end: u32,
    /// The line, or None for code that comes from no line.
    pub line: Option<u32>,
}

/// The line of a position; 0 stands for none.
fn line_of(position: Option<Position>) -> Option<u32> {
    position.map(|p| p.line).filter(|&line| line != 0)
}

/// The ranges of `co_lines()`, in words: they cover the code, and neighbours differ in line.
pub fn co_lines(code: &Code) -> Vec<LineRange> {
    let len = code.instrs.len() as u32;
    let mut ranges: Vec<LineRange> = Vec::new();
    let mut add = |start: u32, line| {
        let start = start.min(len);
        match ranges.last_mut() {
            Some(last) if last.line == line => return,
            Some(last) => last.end = start,
            None => {}
        }
        ranges.push(LineRange {
            start,
            end: len,
            line,
        });
    };
    if code.positions.runs.first().is_none_or(|run| run.0 > 0) {
        add(0, None);
    }
    for &(word, position) in &code.positions.runs {
        add(word, line_of(Some(position)));
    }
    ranges.retain(|r| r.start < r.end);
    ranges
}

/// The position of each word, as `co_positions()` lists them by code unit.
pub fn co_positions(code: &Code) -> impl Iterator<Item = Option<Position>> {
    let runs = &code.positions.runs;
    let mut next = 0;
    (0..code.instrs.len() as u32).map(move |word| {
        while runs.get(next).is_some_and(|run| run.0 <= word) {
            next += 1;
        }
        next.checked_sub(1).map(|i| runs[i].1)
    })
}

/// (first word, line) wherever the line becomes another one, as `dis.findlinestarts` has it.
pub fn find_line_starts(code: &Code) -> Vec<(u32, u32)> {
    let mut last = None;
    let mut starts = Vec::new();
    for range in co_lines(code) {
        if range.line.is_some() && range.line != last {
            last = range.line;
            starts.extend(range.line.map(|line| (range.start, line)));
        }
    }
    starts
}

/// The first word behind the making of the generator and the cells, which no event reports.
pub fn first_traceable(code: &Code) -> u32 {
    let prologue = |op| matches!(op, Op::ReturnGenerator | Op::MakeCell);
    let mut insns = insns(&code.instrs).map_while(Result::ok);
    insns.find(|i| !prologue(i.op)).map_or(0, |i| i.word)
}

/// Is the instruction at `word` in the comprehension whose variable register `reg` is? The end of
/// one is marked; before it, something else writes the register first.
pub fn in_comprehension(code: &Code, word: u32, reg: u32) -> bool {
    let here = insns(&code.instrs).map_while(Result::ok);
    let mut rest = here.skip_while(|i| i.word < word).peekable();
    let ends = |i: &crate::Insn| {
        i.op == Op::LoadSpecial && i.first.d() == 5 && u32::from(i.first.a()) == reg
    };
    if rest.next_if(|i| i.word == word).is_some_and(|i| ends(&i)) {
        return true;
    }
    let writes = |i: &crate::Insn| {
        let mut regs = i.regs();
        regs.any(|r| r.access != Access::Read && (r.first..r.end()).contains(&reg))
    };
    rest.find(writes).is_some_and(|i| ends(&i))
}

/// Where `line` events can happen.
#[derive(Debug)]
pub struct LineStarts {
    starts: BitSet,
    /// (line, word) of every start, sorted.
    by_line: Vec<(u32, u32)>,
}

impl LineStarts {
    /// An instruction starts a line when it has one and control can come to it from another
    /// line: from the instruction before it, by a jump, or as a handler.
    pub fn new(code: &Code) -> Self {
        let mut starts = BitSet::new(code.instrs.len());
        let lines: Vec<Option<u32>> = co_positions(code).map(line_of).collect();
        let line_at = |word: usize| lines.get(word).copied().flatten();
        let mut last = None;
        let first = first_traceable(code);
        for insn in insns(&code.instrs).map_while(Result::ok) {
            let word = insn.word as usize;
            let line = line_at(word);
            if line.is_some() && line != last && insn.word >= first {
                starts.insert(word);
            }
            if insn.word >= first {
                last = line;
            }
            let target = insn.jump_target().and_then(|t| usize::try_from(t).ok());
            if let Some(target) = target
                && line_at(target).is_some()
                && line_at(target) != line
            {
                starts.insert(target);
            }
        }
        for entry in &code.exceptions {
            if line_at(entry.handler as usize).is_some() {
                starts.insert(entry.handler as usize);
            }
        }
        let with_line = |word: usize| Some((line_at(word)?, word as u32));
        let mut by_line: Vec<_> = starts.iter().filter_map(with_line).collect();
        by_line.sort_unstable();
        LineStarts { starts, by_line }
    }

    /// Does the instruction at `word` start a line?
    #[inline]
    pub fn is_start(&self, word: u32) -> bool {
        self.starts.contains(word as usize)
    }

    /// The first line from `line` on that has code: where an assignment to `f_lineno` goes.
    pub fn next_line(&self, line: u32) -> Option<u32> {
        let i = self.by_line.partition_point(|&(l, _)| l < line);
        self.by_line.get(i).map(|&(l, _)| l)
    }

    /// The words that start `line`, in order.
    pub fn words_of(&self, line: u32) -> impl Iterator<Item = u32> {
        let from = self.by_line.partition_point(|&(l, _)| l < line);
        let rest = self.by_line[from..].iter();
        rest.take_while(move |&&(l, _)| l == line).map(|&(_, w)| w)
    }
}
