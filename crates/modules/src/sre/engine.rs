//! The matching engine: a backtracking machine over the code that `re._compiler` emits.
//!
//! All state that a failed path must restore is on one stack: choice points, and undo records of
//! marks and repeat counters between them. Failing pops records, undoing them, until a choice is
//! left. So nothing recurses, and a group in a loop costs a few words an iteration.

use super::chars::*;
use super::program::{Class, Program};
use text::Unit;

/// Opcodes, in the order of `re._constants.OPCODES`.
pub mod op {
    pub const FAILURE: u32 = 0;
    pub const SUCCESS: u32 = 1;
    pub const ANY: u32 = 2;
    pub const ANY_ALL: u32 = 3;
    pub const ASSERT: u32 = 4;
    pub const ASSERT_NOT: u32 = 5;
    pub const AT: u32 = 6;
    pub const BRANCH: u32 = 7;
    pub const CATEGORY: u32 = 8;
    pub const CHARSET: u32 = 9;
    pub const BIGCHARSET: u32 = 10;
    pub const GROUPREF: u32 = 11;
    pub const GROUPREF_EXISTS: u32 = 12;
    pub const IN: u32 = 13;
    pub const INFO: u32 = 14;
    pub const JUMP: u32 = 15;
    pub const LITERAL: u32 = 16;
    pub const MARK: u32 = 17;
    pub const MAX_UNTIL: u32 = 18;
    pub const MIN_UNTIL: u32 = 19;
    pub const NOT_LITERAL: u32 = 20;
    pub const NEGATE: u32 = 21;
    pub const RANGE: u32 = 22;
    pub const REPEAT: u32 = 23;
    pub const REPEAT_ONE: u32 = 24;
    pub const MIN_REPEAT_ONE: u32 = 26;
    pub const ATOMIC_GROUP: u32 = 27;
    pub const POSSESSIVE_REPEAT: u32 = 28;
    pub const POSSESSIVE_REPEAT_ONE: u32 = 29;
    pub const GROUPREF_IGNORE: u32 = 30;
    pub const IN_IGNORE: u32 = 31;
    pub const LITERAL_IGNORE: u32 = 32;
    pub const NOT_LITERAL_IGNORE: u32 = 33;
    pub const GROUPREF_LOC_IGNORE: u32 = 34;
    pub const IN_LOC_IGNORE: u32 = 35;
    pub const LITERAL_LOC_IGNORE: u32 = 36;
    pub const NOT_LITERAL_LOC_IGNORE: u32 = 37;
    pub const GROUPREF_UNI_IGNORE: u32 = 38;
    pub const IN_UNI_IGNORE: u32 = 39;
    pub const LITERAL_UNI_IGNORE: u32 = 40;
    pub const NOT_LITERAL_UNI_IGNORE: u32 = 41;
    pub const RANGE_UNI_IGNORE: u32 = 42;
}

/// No limit of a repeat.
pub const MAXREPEAT: u32 = u32::MAX;
/// No position.
pub const UNSET: usize = usize::MAX;

/// Why a match was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The interrupt test said so; it left an exception.
    Interrupted,
    /// The backtracking stack cannot grow.
    Memory,
}

#[derive(Clone, Copy)]
struct Repeat {
    /// Index of the REPEAT opcode.
    pc: usize,
    /// Iterations begun, less one before the first.
    count: u32,
    last: usize,
    prev: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    Assert,
    AssertNot,
    Atomic,
    /// Iterations done so far.
    Possessive(u32),
}

#[derive(Clone, Copy)]
pub enum Entry {
    /// Go on at `pc` with `ptr`.
    Choice {
        pc: usize,
        ptr: usize,
    },
    /// The next alternative of a BRANCH, at its skip word.
    Branch {
        pc: usize,
        ptr: usize,
    },
    /// REPEAT_ONE at `pc` can give back down to `min`.
    Greedy {
        pc: usize,
        cur: usize,
        min: usize,
    },
    /// MIN_REPEAT_ONE at `pc` can take up to `left` more from `cur`.
    Lazy {
        pc: usize,
        cur: usize,
        left: u32,
    },
    /// MIN_UNTIL at `pc` can run the body of repeat `rep` again.
    More {
        pc: usize,
        ptr: usize,
        rep: usize,
    },
    Barrier {
        kind: Barrier,
        pc: usize,
        ptr: usize,
        prev: usize,
    },
    UndoMark {
        index: usize,
        old: usize,
    },
    UndoLastIndex {
        old: usize,
    },
    UndoRepeat {
        rep: usize,
    },
    UndoCount {
        rep: usize,
        count: u32,
        last: usize,
    },
}

/// One search in one text.
pub struct Machine<'a, T: Unit> {
    program: &'a Program,
    code: &'a [u32],
    text: &'a [T],
    /// Positions the engine may look at: `text[..end]`, lookbehind included.
    end: usize,
    /// Marks: start and end of each group, UNSET when empty.
    pub marks: Vec<usize>,
    /// A mark was set since the last `reset`.
    marked: bool,
    /// Number of the last group closed; 0 for none.
    pub lastindex: usize,
    stack: Vec<Entry>,
    repeats: Vec<Repeat>,
    rep: usize,
    barrier: usize,
    /// Only the whole rest counts as a match.
    pub match_all: bool,
    /// A match that ends here is refused (UNSET: none).
    pub must_advance: usize,
    interrupt: &'a mut dyn FnMut() -> bool,
    steps: u32,
}

impl<'a, T: Unit> Machine<'a, T> {
    pub fn new(
        program: &'a Program,
        text: &'a [T],
        end: usize,
        groups: usize,
        interrupt: &'a mut dyn FnMut() -> bool,
    ) -> Self {
        Machine {
            program,
            code: &program.code,
            text,
            end,
            marks: vec![UNSET; groups * 2],
            marked: false,
            lastindex: 0,
            stack: program.take_stack(),
            repeats: Vec::new(),
            rep: UNSET,
            barrier: UNSET,
            match_all: false,
            must_advance: UNSET,
            interrupt,
            steps: 0,
        }
    }

    #[inline(always)]
    fn at(&self, i: usize) -> u32 {
        self.code.get(i).copied().unwrap_or(op::FAILURE)
    }
    #[inline(always)]
    fn ch(&self, ptr: usize) -> u32 {
        self.text[ptr].code()
    }

    fn reset(&mut self) {
        // A failed attempt has undone its marks, so that this is needed once.
        if self.marked {
            self.marks.fill(UNSET);
            self.marked = false;
        }
        self.lastindex = 0;
        self.stack.clear();
        self.repeats.clear();
        self.rep = UNSET;
        self.barrier = UNSET;
    }

    /// Matches at `start`: the end of the match.
    pub fn match_at(&mut self, start: usize) -> Result<Option<usize>, Stop> {
        self.reset();
        self.run(0, start)
    }

    /// Finds the first match from `start` on: its span.
    pub fn search(&mut self, start: usize) -> Result<Option<(usize, usize)>, Stop> {
        let mut pc = 0;
        let mut last = self.end;
        let (mut literal, mut set) = (None, None);
        let mut anchored = false;
        if self.at(0) == op::INFO {
            let (flags, min) = (self.at(2), self.at(3) as usize);
            if self.end.saturating_sub(start) < min {
                return Ok(None);
            }
            last = self.end - min.min(self.end - start);
            if flags & 1 != 0 {
                let n = self.at(5) as usize;
                let prefix = self.code.get(7..7 + n).unwrap_or(&[]);
                literal = (!prefix.is_empty()).then_some(prefix);
            } else if flags & 4 != 0 {
                set = Some(5);
            }
            pc = 1 + self.at(1) as usize;
        }
        if self.at(pc) == op::AT && (self.at(pc + 1) == 0 || self.at(pc + 1) == 2) {
            anchored = true;
        }
        if literal.is_none() && set.is_none() && self.at(pc) == op::LITERAL {
            literal = self.code.get(pc + 1..pc + 2);
        }
        let mut ptr = start;
        while ptr <= last {
            if let Some(prefix) = literal {
                match self.find_prefix(prefix, ptr) {
                    Some(p) if p <= last => ptr = p,
                    _ => return Ok(None),
                }
            } else if let Some(at) = set {
                let set = &self.code[at.min(self.code.len())..];
                let rest = &self.text[ptr..self.end];
                let test = |c| in_set(set, c);
                let class = self.program.class(at, rest.len(), test);
                match rest.iter().position(taken(class, test)) {
                    Some(n) => ptr += n,
                    None => return Ok(None),
                }
            }
            self.reset();
            if let Some(end) = self.run(pc, ptr)? {
                return Ok(Some((ptr, end)));
            }
            if anchored && ptr == start {
                return Ok(None);
            }
            ptr += 1;
        }
        Ok(None)
    }

    /// Where the prefix is found next.
    fn find_prefix(&self, prefix: &[u32], from: usize) -> Option<usize> {
        let hay = self.text.get(from..self.end)?;
        let first = T::of(prefix[0])?;
        let mut at = 0;
        loop {
            at += position(hay.get(at..)?, first)?;
            let fits = hay.len() - at >= prefix.len()
                && prefix.iter().zip(&hay[at..]).all(|(c, u)| u.code() == *c);
            if fits {
                return Some(from + at);
            }
            at += 1;
        }
    }

    fn push(&mut self, e: Entry) -> Result<(), Stop> {
        if self.stack.len() == self.stack.capacity() && self.stack.try_reserve(64).is_err() {
            return Err(Stop::Memory);
        }
        self.stack.push(e);
        Ok(())
    }

    fn tick(&mut self) -> Result<(), Stop> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps & 0x3fff == 0 && (self.interrupt)() {
            return Err(Stop::Interrupted);
        }
        Ok(())
    }

    /// Runs from a code position: the end of the match.
    fn run(&mut self, pc: usize, ptr: usize) -> Result<Option<usize>, Stop> {
        let mut at = Some((pc, ptr));
        loop {
            let Some((pc, ptr)) = at else {
                self.tick()?;
                match self.backtrack()? {
                    Some(next) => {
                        at = Some(next);
                        continue;
                    }
                    None => return Ok(None),
                }
            };
            if self.at(pc) == op::SUCCESS {
                if self.barrier != UNSET {
                    at = self.leave_barrier(ptr)?;
                    continue;
                }
                if (self.match_all && ptr != self.end) || ptr == self.must_advance {
                    at = None;
                    continue;
                }
                return Ok(Some(ptr));
            }
            at = self.step(pc, ptr)?;
        }
    }

    /// One instruction: where to go on, or None to backtrack.
    #[inline(always)]
    fn step(&mut self, pc: usize, ptr: usize) -> Result<Option<(usize, usize)>, Stop> {
        let code = self.at(pc);
        Ok(match code {
            op::LITERAL => {
                (ptr < self.end && self.ch(ptr) == self.at(pc + 1)).then_some((pc + 2, ptr + 1))
            }
            op::ANY
            | op::ANY_ALL
            | op::NOT_LITERAL
            | op::LITERAL_IGNORE
            | op::NOT_LITERAL_IGNORE
            | op::LITERAL_LOC_IGNORE
            | op::NOT_LITERAL_LOC_IGNORE
            | op::LITERAL_UNI_IGNORE
            | op::NOT_LITERAL_UNI_IGNORE
            | op::CATEGORY
            | op::IN
            | op::IN_IGNORE
            | op::IN_LOC_IGNORE
            | op::IN_UNI_IGNORE => (ptr < self.end && self.single(pc, self.ch(ptr)))
                .then(|| (self.after_single(pc), ptr + 1)),
            op::MARK => {
                self.mark(self.at(pc + 1) as usize, ptr)?;
                Some((pc + 2, ptr))
            }
            op::JUMP | op::INFO => Some((pc + 1 + self.at(pc + 1) as usize, ptr)),
            op::AT => self.anchor(self.at(pc + 1), ptr).then_some((pc + 2, ptr)),
            op::BRANCH => self.branch(pc + 1, ptr)?,
            op::REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => self.repeat_one(pc, ptr)?,
            op::MIN_REPEAT_ONE => self.min_repeat_one(pc, ptr)?,
            op::REPEAT => {
                self.push(Entry::UndoRepeat { rep: self.rep })?;
                self.repeats.push(Repeat {
                    pc,
                    count: 0,
                    last: UNSET,
                    prev: self.rep,
                });
                self.rep = self.repeats.len() - 1;
                // The first pass through UNTIL decides whether to begin.
                Some((pc + 1 + self.at(pc + 1) as usize, ptr))
            }
            op::MAX_UNTIL => self.max_until(pc, ptr)?,
            op::MIN_UNTIL => self.min_until(pc, ptr)?,
            op::ASSERT | op::ASSERT_NOT => {
                let back = self.at(pc + 2) as usize;
                let not = code == op::ASSERT_NOT;
                if ptr < back {
                    return Ok(not.then(|| (pc + 1 + self.at(pc + 1) as usize, ptr)));
                }
                let kind = if not {
                    Barrier::AssertNot
                } else {
                    Barrier::Assert
                };
                self.enter_barrier(kind, pc, ptr)?;
                Some((pc + 3, ptr - back))
            }
            op::ATOMIC_GROUP => {
                self.enter_barrier(Barrier::Atomic, pc, ptr)?;
                Some((pc + 2, ptr))
            }
            op::POSSESSIVE_REPEAT => {
                if self.at(pc + 3) == 0 {
                    return Ok(Some((self.after_possessive(pc), ptr)));
                }
                self.enter_barrier(Barrier::Possessive(0), pc, ptr)?;
                Some((pc + 4, ptr))
            }
            op::GROUPREF
            | op::GROUPREF_IGNORE
            | op::GROUPREF_LOC_IGNORE
            | op::GROUPREF_UNI_IGNORE => self.group_reference(pc, ptr),
            op::GROUPREF_EXISTS => {
                let yes = self.group(self.at(pc + 1) as usize).is_some();
                Some((
                    if yes {
                        pc + 3
                    } else {
                        pc + 1 + self.at(pc + 2) as usize
                    },
                    ptr,
                ))
            }
            _ => None,
        })
    }

    /// Undoes records up to the last choice: where to go on.
    fn backtrack(&mut self) -> Result<Option<(usize, usize)>, Stop> {
        while let Some(e) = self.stack.pop() {
            match e {
                Entry::UndoMark { index, old } => self.marks[index] = old,
                Entry::UndoLastIndex { old } => self.lastindex = old,
                Entry::UndoRepeat { rep } => {
                    self.rep = rep;
                }
                Entry::UndoCount { rep, count, last } => {
                    if let Some(r) = self.repeats.get_mut(rep) {
                        (r.count, r.last) = (count, last);
                    }
                }
                Entry::Choice { pc, ptr } => return Ok(Some((pc, ptr))),
                Entry::Branch { pc, ptr } => {
                    if let Some(next) = self.branch(pc, ptr)? {
                        return Ok(Some(next));
                    }
                }
                Entry::Greedy { pc, cur, min } => {
                    if let Some(next) = self.give_back(pc, cur, min)? {
                        return Ok(Some(next));
                    }
                }
                Entry::Lazy { pc, cur, left } => {
                    if let Some(next) = self.take_more(pc, cur, left)? {
                        return Ok(Some(next));
                    }
                }
                Entry::More { pc, ptr, rep } => {
                    if let Some(next) = self.min_more(pc, ptr, rep)? {
                        return Ok(Some(next));
                    }
                }
                Entry::Barrier {
                    kind,
                    pc,
                    ptr,
                    prev,
                } => {
                    self.barrier = prev;
                    match kind {
                        Barrier::AssertNot => {
                            return Ok(Some((pc + 1 + self.at(pc + 1) as usize, ptr)));
                        }
                        Barrier::Possessive(n) if n >= self.at(pc + 2) => {
                            return Ok(Some((self.after_possessive(pc), ptr)));
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(None)
    }

    fn after_possessive(&self, pc: usize) -> usize {
        pc + 2 + self.at(pc + 1) as usize
    }

    fn enter_barrier(&mut self, kind: Barrier, pc: usize, ptr: usize) -> Result<(), Stop> {
        let prev = self.barrier;
        self.push(Entry::Barrier {
            kind,
            pc,
            ptr,
            prev,
        })?;
        self.barrier = self.stack.len() - 1;
        Ok(())
    }

    /// The code inside a barrier succeeded at `ptr`.
    fn leave_barrier(&mut self, ptr: usize) -> Result<Option<(usize, usize)>, Stop> {
        let index = self.barrier;
        let Some(Entry::Barrier {
            kind,
            pc,
            ptr: began,
            prev,
        }) = self.stack.get(index).copied()
        else {
            return Ok(None);
        };
        if kind == Barrier::AssertNot {
            // Undo everything inside, then fail.
            while self.stack.len() > index + 1 {
                match self.stack.pop() {
                    Some(Entry::UndoMark { index, old }) => self.marks[index] = old,
                    Some(Entry::UndoLastIndex { old }) => self.lastindex = old,
                    Some(Entry::UndoRepeat { rep }) => self.rep = rep,
                    Some(Entry::UndoCount { rep, count, last }) => {
                        if let Some(r) = self.repeats.get_mut(rep) {
                            (r.count, r.last) = (count, last);
                        }
                    }
                    _ => {}
                }
            }
            self.stack.pop();
            self.barrier = prev;
            return Ok(None);
        }
        // Choices inside are final; what they changed must still be undone later.
        let mut keep = index;
        for i in index + 1..self.stack.len() {
            if matches!(
                self.stack[i],
                Entry::UndoMark { .. }
                    | Entry::UndoLastIndex { .. }
                    | Entry::UndoRepeat { .. }
                    | Entry::UndoCount { .. }
            ) {
                self.stack[keep] = self.stack[i];
                keep += 1;
            }
        }
        self.stack.truncate(keep);
        self.barrier = prev;
        let skip = self.at(pc + 1) as usize;
        Ok(Some(match kind {
            Barrier::Assert => (pc + 1 + skip, began),
            Barrier::Possessive(n) => {
                let (n, max) = (n + 1, self.at(pc + 3));
                let stuck = ptr == began && n >= self.at(pc + 2);
                if stuck || (n >= max && max != MAXREPEAT) {
                    return Ok(Some((self.after_possessive(pc), ptr)));
                }
                self.enter_barrier(Barrier::Possessive(n), pc, ptr)?;
                (pc + 4, ptr)
            }
            _ => (pc + 1 + skip, ptr),
        }))
    }

    fn mark(&mut self, i: usize, ptr: usize) -> Result<(), Stop> {
        if i & 1 == 1 {
            let old = self.lastindex;
            self.push(Entry::UndoLastIndex { old })?;
            self.lastindex = i / 2 + 1;
        }
        self.marked = true;
        if let Some(old) = self.marks.get(i).copied() {
            self.push(Entry::UndoMark { index: i, old })?;
            self.marks[i] = ptr;
        }
        Ok(())
    }

    /// The span of group i, counted from 0, when it is set.
    pub fn group(&self, i: usize) -> Option<(usize, usize)> {
        match (self.marks.get(i * 2), self.marks.get(i * 2 + 1)) {
            (Some(&a), Some(&b)) if a != UNSET && b != UNSET && a <= b => Some((a, b)),
            _ => None,
        }
    }

    fn group_reference(&self, pc: usize, ptr: usize) -> Option<(usize, usize)> {
        let (a, b) = self.group(self.at(pc + 1) as usize)?;
        if self.end - ptr < b - a {
            return None;
        }
        let fold: fn(u32) -> u32 = match self.at(pc) {
            op::GROUPREF => |c| c,
            op::GROUPREF_UNI_IGNORE => lower_uni,
            op::GROUPREF_LOC_IGNORE => lower_locale,
            _ => lower_ascii,
        };
        let same = (0..b - a).all(|i| fold(self.ch(a + i)) == fold(self.ch(ptr + i)));
        same.then_some((pc + 2, ptr + b - a))
    }

    /// Tries the alternatives from the skip word at `pc` on.
    fn branch(&mut self, mut pc: usize, ptr: usize) -> Result<Option<(usize, usize)>, Stop> {
        loop {
            let skip = self.at(pc) as usize;
            if skip == 0 {
                return Ok(None);
            }
            let next = pc + skip;
            let fits = match self.at(pc + 1) {
                op::LITERAL => ptr < self.end && self.ch(ptr) == self.at(pc + 2),
                op::IN => ptr < self.end && self.single(pc + 1, self.ch(ptr)),
                _ => true,
            };
            if fits {
                if self.at(next) != 0 {
                    self.push(Entry::Branch { pc: next, ptr })?;
                }
                return Ok(Some((pc + 1, ptr)));
            }
            pc = next;
        }
    }

    fn anchor(&self, at: u32, ptr: usize) -> bool {
        let newline = |i: usize| self.ch(i) == 10;
        let boundary = |word: fn(u32) -> bool| {
            let before = ptr > 0 && word(self.ch(ptr - 1));
            let after = ptr < self.end && word(self.ch(ptr));
            before != after
        };
        match at {
            0 | 2 => ptr == 0,
            1 => ptr == 0 || newline(ptr - 1),
            3 => self.end > 0 && boundary(is_ascii_word),
            4 => self.end == 0 || !boundary(is_ascii_word),
            8 => self.end > 0 && boundary(is_locale_word),
            9 => self.end == 0 || !boundary(is_locale_word),
            5 => ptr == self.end || (ptr + 1 == self.end && newline(ptr)),
            6 => ptr == self.end || newline(ptr),
            7 => ptr == self.end,
            10 => self.end > 0 && boundary(is_uni_word),
            11 => self.end == 0 || !boundary(is_uni_word),
            _ => false,
        }
    }

    /// Whether the one-character instruction at `pc` takes `c`.
    #[inline(always)]
    fn single(&self, pc: usize, c: u32) -> bool {
        match self.program.class(pc, 1, |c| self.single_slow(pc, c)) {
            Some(class) if c < 256 => class.has(c),
            _ => self.single_slow(pc, c),
        }
    }

    #[inline(never)]
    fn single_slow(&self, pc: usize, c: u32) -> bool {
        let want = self.at(pc + 1);
        let loc = |c: u32| c == want || lower_locale(c) == want || upper_locale(c) == want;
        let set = || &self.code[(pc + 2).min(self.code.len())..];
        match self.at(pc) {
            op::ANY => c != 10,
            op::ANY_ALL => true,
            op::LITERAL => c == want,
            op::NOT_LITERAL => c != want,
            op::LITERAL_IGNORE => lower_ascii(c) == want,
            op::NOT_LITERAL_IGNORE => lower_ascii(c) != want,
            op::LITERAL_UNI_IGNORE => lower_uni(c) == want,
            op::NOT_LITERAL_UNI_IGNORE => lower_uni(c) != want,
            op::LITERAL_LOC_IGNORE => loc(c),
            op::NOT_LITERAL_LOC_IGNORE => !loc(c),
            op::CATEGORY => category(want, c),
            op::IN => in_set(set(), c),
            op::IN_IGNORE => in_set(set(), lower_ascii(c)),
            op::IN_UNI_IGNORE => in_set(set(), lower_uni(c)),
            op::IN_LOC_IGNORE => in_set(set(), lower_locale(c)) || in_set(set(), upper_locale(c)),
            _ => false,
        }
    }

    fn after_single(&self, pc: usize) -> usize {
        match self.at(pc) {
            op::ANY | op::ANY_ALL => pc + 1,
            op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => {
                pc + 1 + self.at(pc + 1) as usize
            }
            _ => pc + 2,
        }
    }

    /// How many characters from `ptr` the instruction at `pc` takes, at most `max`.
    fn run_length(&self, pc: usize, ptr: usize, max: u32) -> usize {
        let room = self.end - ptr;
        let n = if max == MAXREPEAT {
            room
        } else {
            room.min(max as usize)
        };
        let part = &self.text[ptr..ptr + n];
        let want = self.at(pc + 1);
        let stop = match self.at(pc) {
            op::ANY_ALL => None,
            op::ANY => T::of(10).and_then(|u| position(part, u)),
            op::LITERAL => match T::of(want) {
                Some(u) => part.iter().position(|x| *x != u),
                None => Some(0),
            },
            op::NOT_LITERAL => T::of(want).and_then(|u| position(part, u)),
            _ => {
                let test = |c| self.single_slow(pc, c);
                // A run is rarely long.
                let class = self.program.class(pc, n.min(8), test);
                let mut takes = taken(class, test);
                part.iter().position(|x| !takes(x))
            }
        };
        stop.unwrap_or(n)
    }

    fn repeat_one(&mut self, pc: usize, ptr: usize) -> Result<Option<(usize, usize)>, Stop> {
        let (min, max) = (self.at(pc + 2) as usize, self.at(pc + 3));
        if self.end - ptr < min {
            return Ok(None);
        }
        let n = self.run_length(pc + 4, ptr, max);
        if n < min {
            return Ok(None);
        }
        let tail = pc + 1 + self.at(pc + 1) as usize;
        if self.at(pc) == op::POSSESSIVE_REPEAT_ONE {
            return Ok(Some((tail, ptr + n)));
        }
        if n == min {
            return Ok(Some((tail, ptr + n)));
        }
        self.tail_from(pc, tail, ptr + n, ptr + min)
    }

    /// The tail of a greedy repeat, with the most characters at which it can match.
    fn tail_from(
        &mut self,
        pc: usize,
        tail: usize,
        mut cur: usize,
        min: usize,
    ) -> Result<Option<(usize, usize)>, Stop> {
        if self.at(tail) == op::LITERAL {
            let want = self.at(tail + 1);
            while cur >= self.end || self.ch(cur) != want {
                if cur <= min {
                    return Ok(None);
                }
                cur -= 1;
            }
        }
        if cur > min {
            self.push(Entry::Greedy { pc, cur, min })?;
        }
        Ok(Some((tail, cur)))
    }

    fn give_back(
        &mut self,
        pc: usize,
        cur: usize,
        min: usize,
    ) -> Result<Option<(usize, usize)>, Stop> {
        if cur <= min {
            return Ok(None);
        }
        let tail = pc + 1 + self.at(pc + 1) as usize;
        self.tail_from(pc, tail, cur - 1, min)
    }

    fn min_repeat_one(&mut self, pc: usize, ptr: usize) -> Result<Option<(usize, usize)>, Stop> {
        let (min, max) = (self.at(pc + 2), self.at(pc + 3));
        if self.end - ptr < min as usize {
            return Ok(None);
        }
        if min > 0 && self.run_length(pc + 4, ptr, min) < min as usize {
            return Ok(None);
        }
        let left = if max == MAXREPEAT {
            MAXREPEAT
        } else {
            max.saturating_sub(min)
        };
        self.lazy_tail(pc, ptr + min as usize, left)
    }

    /// The tail of a lazy repeat at the first position from `cur` at which it can match.
    fn lazy_tail(
        &mut self,
        pc: usize,
        mut cur: usize,
        mut left: u32,
    ) -> Result<Option<(usize, usize)>, Stop> {
        let tail = pc + 1 + self.at(pc + 1) as usize;
        if self.at(tail) == op::LITERAL {
            let want = self.at(tail + 1);
            while cur >= self.end || self.ch(cur) != want {
                if left == 0 || cur >= self.end || !self.single(pc + 4, self.ch(cur)) {
                    return Ok(None);
                }
                cur += 1;
                left -= u32::from(left != MAXREPEAT);
            }
        }
        if left > 0 {
            self.push(Entry::Lazy { pc, cur, left })?;
        }
        Ok(Some((tail, cur)))
    }

    fn take_more(
        &mut self,
        pc: usize,
        cur: usize,
        left: u32,
    ) -> Result<Option<(usize, usize)>, Stop> {
        if left == 0 || cur >= self.end || !self.single(pc + 4, self.ch(cur)) {
            return Ok(None);
        }
        let left = if left == MAXREPEAT { left } else { left - 1 };
        self.lazy_tail(pc, cur + 1, left)
    }

    /// Begins one more iteration of the body of repeat `rep`.
    fn iterate(
        &mut self,
        rep: usize,
        ptr: usize,
        last: usize,
    ) -> Result<Option<(usize, usize)>, Stop> {
        let r = self.repeats[rep];
        self.push(Entry::UndoCount {
            rep,
            count: r.count,
            last: r.last,
        })?;
        self.repeats[rep].count = r.count + 1;
        self.repeats[rep].last = last;
        Ok(Some((r.pc + 4, ptr)))
    }

    fn set_repeat(&mut self, rep: usize) -> Result<(), Stop> {
        self.push(Entry::UndoRepeat { rep: self.rep })?;
        self.rep = rep;
        Ok(())
    }

    fn max_until(&mut self, pc: usize, ptr: usize) -> Result<Option<(usize, usize)>, Stop> {
        let Some(r) = self.repeats.get(self.rep).copied() else {
            return Ok(None);
        };
        let (min, max) = (self.at(r.pc + 2), self.at(r.pc + 3));
        if r.count < min {
            return self.iterate(self.rep, ptr, r.last);
        }
        if (r.count < max || max == MAXREPEAT) && ptr != r.last {
            // When the body fails, or what follows it, the tail is tried from here.
            let rep = self.rep;
            self.set_repeat(r.prev)?;
            self.push(Entry::Choice { pc: pc + 1, ptr })?;
            self.set_repeat(rep)?;
            return self.iterate(rep, ptr, ptr);
        }
        self.set_repeat(r.prev)?;
        Ok(Some((pc + 1, ptr)))
    }

    fn min_until(&mut self, pc: usize, ptr: usize) -> Result<Option<(usize, usize)>, Stop> {
        let rep = self.rep;
        let Some(r) = self.repeats.get(rep).copied() else {
            return Ok(None);
        };
        if r.count < self.at(r.pc + 2) {
            return self.iterate(rep, ptr, r.last);
        }
        self.push(Entry::More { pc, ptr, rep })?;
        self.set_repeat(r.prev)?;
        Ok(Some((pc + 1, ptr)))
    }

    fn min_more(
        &mut self,
        _pc: usize,
        ptr: usize,
        rep: usize,
    ) -> Result<Option<(usize, usize)>, Stop> {
        let Some(r) = self.repeats.get(rep).copied() else {
            return Ok(None);
        };
        let max = self.at(r.pc + 3);
        if (r.count >= max && max != MAXREPEAT) || ptr == r.last {
            return Ok(None);
        }
        self.set_repeat(rep)?;
        self.iterate(rep, ptr, ptr)
    }
}

/// The test of units for a class, or by `test` for what the class does not tell.
#[inline(always)]
fn taken<T: Unit>(class: Option<&Class>, test: impl Fn(u32) -> bool) -> impl FnMut(&T) -> bool {
    move |unit| {
        let c = unit.code();
        match class {
            Some(class) if c < 256 => class.has(c),
            _ => test(c),
        }
    }
}

impl<T: Unit> Drop for Machine<'_, T> {
    fn drop(&mut self) {
        self.program.keep_stack(std::mem::take(&mut self.stack));
    }
}

/// First index of a unit.
fn position<T: Unit>(h: &[T], x: T) -> Option<usize> {
    if size_of::<T>() == 1 {
        // SAFETY: T is one byte wide, a u8.
        let bytes = unsafe { std::slice::from_raw_parts(h.as_ptr().cast::<u8>(), h.len()) };
        return memchr::memchr(x.code() as u8, bytes);
    }
    h.iter().position(|u| *u == x)
}
