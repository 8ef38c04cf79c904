//! Which part of a failing expression is the operator, the subscript or the call.

use syntax::ast::{Expr, Stmt};
use syntax::text_size::{Ranged, TextSize};
use syntax::{Flags, LineIndex, Mode, Parsed, Tree, parse};

/// The part between two places (line, character column) of a segment, both 0-based.
#[derive(Clone, Copy)]
pub(super) struct Anchors {
    pub left: (usize, usize),
    pub right: (usize, usize),
}

/// Characters in the first `bytes` bytes of a line.
pub(super) fn char_offset(line: &str, bytes: usize) -> usize {
    line.char_indices().take_while(|(i, _)| *i < bytes).count()
}

struct Segment<'a> {
    lines: Vec<Vec<char>>,
    text: Vec<&'a str>,
    index: LineIndex,
}

impl Segment<'_> {
    /// Place of an offset of the parsed text, in which the segment has one line in front.
    fn place(&self, at: TextSize) -> Option<(usize, usize)> {
        let (line, col) = self.index.line_col(at.into());
        let line = (line as usize).checked_sub(2)?;
        Some((line, char_offset(self.text.get(line)?, col as usize)))
    }
    /// The next place that holds a character.
    fn valid(&self, (mut line, mut col): (usize, usize)) -> Option<(usize, usize)> {
        while line < self.lines.len() && col >= self.lines[line].len() {
            (line, col) = (line + 1, 0);
        }
        (line < self.lines.len()).then_some((line, col))
    }
    /// The next character for which `stop` holds, comments and continuation lines skipped.
    fn find(&self, from: (usize, usize), stop: impl Fn(char) -> bool) -> Option<(usize, usize)> {
        let (mut line, mut col) = self.valid(from)?;
        loop {
            let c = self.lines[line][col];
            (line, col) = if c == '\\' || c == '#' {
                self.valid((line + 1, 0))?
            } else if stop(c) {
                return Some((line, col));
            } else {
                self.valid((line, col + 1))?
            };
        }
    }
}

fn only_statement<'a>(parsed: &'a Parsed<'_>) -> Option<&'a Stmt> {
    match &parsed.tree {
        Tree::Module(m) => m.body.first(),
        _ => None,
    }
}

/// The anchors of a segment of source text, when it is a binary operation, a subscript or a call.
pub(super) fn of_segment(segment: &str) -> Option<Anchors> {
    let wrapped = format!("(\n{segment}\n)");
    let parsed = parse(&wrapped, Mode::Exec, Flags::default()).ok()?;
    if let Tree::Module(m) = &parsed.tree
        && m.body.len() != 1
    {
        return None;
    }
    let Stmt::Expr(statement) = only_statement(&parsed)? else {
        return None;
    };
    let text: Vec<&str> = segment.lines().collect();
    let s = Segment {
        lines: text.iter().map(|l| l.chars().collect()).collect(),
        text,
        index: LineIndex::new(&wrapped),
    };
    match &*statement.value {
        Expr::BinOp(e) => {
            let (line, col) = s.find(s.place(e.left.end())?, |c| !c.is_whitespace() && c != ')')?;
            let mut end = col + 1;
            let right = s.place(e.right.start())?;
            if let Some(c) = s.lines[line].get(end)
                && (right.0 > line || end < right.1)
                && !c.is_whitespace()
                && *c != '\\'
                && *c != '#'
            {
                end += 1;
            }
            Some(Anchors {
                left: (line, col),
                right: (line, end),
            })
        }
        Expr::Subscript(e) => Some(Anchors {
            left: s.find(s.place(e.value.end())?, |c| c == '[')?,
            right: s.place(e.end())?,
        }),
        Expr::Call(e) => Some(Anchors {
            left: s.find(s.place(e.func.end())?, |c| c == '(')?,
            right: s.place(e.end())?,
        }),
        _ => None,
    }
}

/// The lines are `return f(...)` or `name = f(...)` and the call is the failing range: carets
/// would say nothing.
pub(super) fn is_plain_call(lines: &[String], start: usize, end: usize) -> Option<bool> {
    let source = lines.join("\n");
    let parsed = parse(&source, Mode::Exec, Flags::default()).ok()?;
    let Some(statement) = only_statement(&parsed) else {
        return Some(true);
    };
    let call = match statement {
        Stmt::Return(r) => match r.value.as_deref() {
            Some(Expr::Call(c)) if c.func.is_name_expr() => c,
            _ => return Some(false),
        },
        Stmt::Assign(a) => match (&a.targets[..], &*a.value) {
            ([Expr::Name(_)], Expr::Call(c)) => c,
            _ => return Some(false),
        },
        _ => return Some(false),
    };
    let (first, from) = parsed.lines.line_col(call.start().into());
    let (last, to) = parsed.lines.line_col(call.end().into());
    Some(first == 1 && last as usize == lines.len() && from as usize == start && to as usize == end)
}
