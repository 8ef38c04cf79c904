//! One traceback entry: its location line, source lines and carets.

use super::Theme;
use super::anchors::{self, Anchors, char_offset};
use super::source::Sources;
use bytecode::Position;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Where an entry points.
pub(super) struct Entry {
    pub file: String,
    pub name: String,
    pub line: Option<u32>,
    pub position: Option<Position>,
}

impl Entry {
    fn same_place(&self, other: &Entry) -> bool {
        self.line.is_some()
            && self.line == other.line
            && self.file == other.file
            && self.name == other.name
    }
}

/// Repetitions of an entry that are shown.
const SHOWN: usize = 3;

/// The entries of a traceback, repeated ones folded.
pub(super) fn stack(entries: &[Entry], sources: &mut Sources, theme: Theme) -> String {
    let mut out = String::new();
    let mut count = 0;
    for (i, e) in entries.iter().enumerate() {
        if i > 0 && !e.same_place(&entries[i - 1]) {
            repeated(&mut out, count);
            count = 0;
        }
        count += 1;
        if count <= SHOWN {
            entry(&mut out, e, sources, theme);
        }
    }
    repeated(&mut out, count);
    out
}

fn repeated(out: &mut String, count: usize) {
    if count > SHOWN {
        let n = count - SHOWN;
        let s = if n > 1 { "s" } else { "" };
        let _ = writeln!(out, "  [Previous line repeated {n} more time{s}]");
    }
}

/// The file name that is shown: interactive statements have numbered ones.
pub(crate) fn shown_file(file: &str) -> &str {
    if file.starts_with("<stdin-") && file.ends_with('>') {
        "<stdin>"
    } else {
        file
    }
}

fn entry(out: &mut String, e: &Entry, sources: &mut Sources, theme: Theme) {
    let (t, r) = (theme.text, theme.reset);
    let line = e.line.map_or("None".into(), |l| l.to_string());
    let file = shown_file(&e.file);
    let _ = writeln!(
        out,
        "  File {t}\"{file}\"{r}, line {t}{line}{r}, in {t}{}{r}",
        e.name
    );
    let Some(line) = e.line else { return };
    let at = e
        .position
        .filter(|p| p.col != u32::MAX && p.end_col != u32::MAX);
    let last = at.map_or(line, |p| p.end_line.max(line));
    let original: Vec<String> = (line..=last).map(|n| sources.line(&e.file, n)).collect();
    if original.iter().all(|l| l.trim().is_empty()) {
        return;
    }
    match at {
        None => {
            let _ = writeln!(out, "    {}", original[0].trim());
        }
        Some(p) => quoted(out, &original, p, theme),
    }
}

/// Removes the white space that all lines begin with; lines of white space become empty.
pub(super) fn dedent(lines: &[String]) -> Vec<String> {
    let mut margin: Option<&str> = None;
    for l in lines.iter().filter(|l| !l.trim().is_empty()) {
        let indent = &l[..l.len() - l.trim_start_matches([' ', '\t']).len()];
        margin = Some(match margin {
            None => indent,
            Some(m) => {
                let same = m.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b);
                let n = same.count();
                &m[..n]
            }
        });
    }
    let n = margin.map_or(0, str::len);
    lines
        .iter()
        .map(|l| {
            if l.trim().is_empty() {
                String::new()
            } else {
                l[n..].to_string()
            }
        })
        .collect()
}

/// Columns that the first `n` characters take on a terminal.
fn width(line: &[char], n: usize) -> usize {
    let n = n.min(line.len());
    line[..n].iter().map(|c| char_width(*c)).sum()
}

/// East Asian wide and full-width characters take two columns.
fn char_width(c: char) -> usize {
    let c = c as u32;
    let wide = matches!(c,
        0x1100..=0x115f | 0x231a..=0x231b | 0x2329..=0x232a | 0x23e9..=0x23ec | 0x23f0 | 0x23f3
        | 0x25fd..=0x25fe | 0x2614..=0x2615 | 0x2648..=0x2653 | 0x267f | 0x2693 | 0x26a1
        | 0x26aa..=0x26ab | 0x26bd..=0x26be | 0x26c4..=0x26c5 | 0x26ce | 0x26d4 | 0x26ea
        | 0x26f2..=0x26f3 | 0x26f5 | 0x26fa | 0x26fd | 0x2705 | 0x270a..=0x270b | 0x2728 | 0x274c
        | 0x274e | 0x2753..=0x2755 | 0x2757 | 0x2795..=0x2797 | 0x27b0 | 0x27bf | 0x2b1b..=0x2b1c
        | 0x2b50 | 0x2b55 | 0x2e80..=0x303e | 0x3041..=0x33ff | 0x3400..=0x4dbf | 0x4e00..=0xa4cf
        | 0xa960..=0xa97c | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe10..=0xfe19 | 0xfe30..=0xfe6f
        | 0xff01..=0xff60 | 0xffe0..=0xffe6 | 0x16fe0..=0x18cff | 0x1b000..=0x1b2ff | 0x1f004
        | 0x1f0cf | 0x1f18e | 0x1f191..=0x1f19a | 0x1f200..=0x1f320 | 0x1f32d..=0x1f335
        | 0x1f337..=0x1f37c | 0x1f37e..=0x1f393 | 0x1f3a0..=0x1f3ca | 0x1f3cf..=0x1f3d3
        | 0x1f3e0..=0x1f3f0 | 0x1f3f4 | 0x1f3f8..=0x1f43e | 0x1f440 | 0x1f442..=0x1f4fc
        | 0x1f4ff..=0x1f53d | 0x1f54b..=0x1f54e | 0x1f550..=0x1f567 | 0x1f57a | 0x1f595..=0x1f596
        | 0x1f5a4 | 0x1f5fb..=0x1f64f | 0x1f680..=0x1f6c5 | 0x1f6cc | 0x1f6d0..=0x1f6d2
        | 0x1f6d5..=0x1f6d7 | 0x1f6dc..=0x1f6df | 0x1f6eb..=0x1f6ec | 0x1f6f4..=0x1f6fc
        | 0x1f7e0..=0x1f7eb | 0x1f7f0 | 0x1f90c..=0x1f93a | 0x1f93c..=0x1f945 | 0x1f947..=0x1f9ff
        | 0x1fa70..=0x1faff | 0x20000..=0x2fffd | 0x30000..=0x3fffd);
    if wide { 2 } else { 1 }
}

/// What the carets of an entry need.
struct Picture {
    lines: Vec<Vec<char>>,
    /// Display columns of the range in its first and last line.
    start: usize,
    end: usize,
    /// Anchors with display columns.
    anchors: Option<Anchors>,
    carets: bool,
}

fn quoted(out: &mut String, original: &[String], p: Position, theme: Theme) {
    let text = dedent(original);
    let Some(last) = text.len().checked_sub(1) else {
        return;
    };
    let lines: Vec<Vec<char>> = text.iter().map(|l| l.chars().collect()).collect();
    let removed = original[0].chars().count() - lines[0].len();
    let start = char_offset(&original[0], p.col as usize).saturating_sub(removed);
    let end = char_offset(&original[last], p.end_col as usize).saturating_sub(removed);
    let found = anchors::of_segment(&segment(&lines, start, end));
    let carets = !anchors::is_plain_call(&text, start, end).unwrap_or(false)
        && (found.is_some() || outside(&lines, start, end));
    let shift = |(line, col): (usize, usize)| {
        let col = if line == 0 { col + start } else { col };
        (line, lines.get(line).map_or(col, |l| width(l, col)))
    };
    let picture = Picture {
        start: width(&lines[0], start),
        end: width(&lines[last], end),
        anchors: found.map(|a| Anchors {
            left: shift(a.left),
            right: shift(a.right),
        }),
        carets,
        lines,
    };
    picture.print(out, theme);
}

/// The text of the range.
fn segment(lines: &[Vec<char>], start: usize, end: usize) -> String {
    let all: Vec<char> = lines.join(&'\n');
    let tail = lines.last().map_or(0, |l| l.len().saturating_sub(end));
    let to = all.len().saturating_sub(tail);
    all.get(start.min(to)..to)
        .unwrap_or_default()
        .iter()
        .collect()
}

/// There is code on the lines outside the range.
fn outside(lines: &[Vec<char>], start: usize, end: usize) -> bool {
    let ink = |s: &[char]| s.iter().any(|c| !c.is_whitespace());
    let (first, last) = (&lines[0], &lines[lines.len() - 1]);
    ink(&first[..start.min(first.len())]) || ink(&last[end.min(last.len())..])
}

impl Picture {
    fn print(&self, out: &mut String, theme: Theme) {
        let n = self.lines.len();
        let mut wanted = BTreeSet::from([0, n - 1]);
        if let Some(a) = self.anchors {
            for line in [a.left.0, a.right.0] {
                wanted.extend(line.saturating_sub(1)..(line + 2).min(n));
            }
        }
        let mut rows: Vec<String> = Vec::new();
        let mut previous: Option<usize> = None;
        for &line in &wanted {
            match previous.map_or(0, |p| line - p) {
                0 | 1 => {}
                2 => self.line(&mut rows, line - 1, theme),
                gap => rows.push(format!("...<{} lines>...", gap - 1)),
            }
            self.line(&mut rows, line, theme);
            previous = Some(line);
        }
        for row in dedent(&rows) {
            let _ = writeln!(out, "    {row}");
        }
    }

    fn line(&self, rows: &mut Vec<String>, i: usize, theme: Theme) {
        let line = &self.lines[i];
        if !self.carets {
            return rows.push(line.iter().collect());
        }
        let marks = self.marks(i);
        if theme.reset.is_empty() {
            rows.push(line.iter().collect());
            return rows.push(marks.iter().collect());
        }
        let (mut text, mut under) = (String::new(), String::new());
        let n = line.len().max(marks.len());
        let mut at = 0;
        while at < n {
            let mark = marks.get(at).copied();
            let mut to = at;
            while to < n && marks.get(to).copied() == mark {
                to += 1;
            }
            let colour = match mark {
                Some('^') => theme.highlight,
                Some('~') => theme.range,
                _ => "",
            };
            let reset = if colour.is_empty() { "" } else { theme.reset };
            let part: String = line.iter().take(to).skip(at).collect();
            let carets: String = marks.iter().take(to).skip(at).collect();
            let _ = write!(text, "{colour}{part}{reset}");
            let _ = write!(under, "{colour}{carets}{reset}");
            at = to;
        }
        rows.push(text);
        rows.push(under);
    }

    /// The caret line of line i.
    fn marks(&self, i: usize) -> Vec<char> {
        let line = &self.lines[i];
        let spaces = line.iter().take_while(|c| c.is_whitespace()).count();
        let n = if i == self.lines.len() - 1 {
            self.end
        } else {
            width(line, line.len())
        };
        let (primary, secondary) = if self.anchors.is_some() {
            ('~', '^')
        } else {
            ('^', '^')
        };
        (0..n)
            .map(|col| {
                if col < spaces || (i == 0 && col < self.start) {
                    ' '
                } else if self
                    .anchors
                    .is_some_and(|a| (i, col) >= a.left && (i, col) < a.right)
                {
                    secondary
                } else {
                    primary
                }
            })
            .collect()
    }
}
