//! The matching engine: a backtracking machine over the nodes of a program.
//!
//! All state that a failed path must restore is on one stack: choice points, and undo records of
//! marks and loop counters between them. Failing pops records, undoing them, until a choice is
//! left. So nothing recurses, and a group in a loop costs a few words an iteration.

use super::build::MAXREPEAT;
use super::chars::*;
use super::first::may_go_on;
use super::node::*;
use super::program::{Compiled, Program, Scratch};
use text::Unit;

/// No position.
pub const UNSET: usize = usize::MAX;
/// No loop, no barrier.
const NONE: u32 = u32::MAX;

/// Why a match was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The interrupt test said so; it left an exception.
    Interrupted,
    /// The backtracking stack cannot grow.
    Memory,
}

/// A loop that is being run.
#[derive(Clone, Copy)]
struct Turn {
    /// Index of the loop.
    of: u32,
    /// Iterations begun.
    count: u32,
    /// Where the last of those that could be left began.
    last: usize,
    /// The turn around it.
    outer: u32,
}

#[derive(Clone, Copy)]
pub enum Entry {
    /// The next alternative of a branch, from this one on.
    Branch {
        branch: u32,
        way: u32,
        ptr: usize,
    },
    /// A greedy repeat can give back down to `min`.
    Greedy {
        repeat: u32,
        cur: usize,
        min: usize,
    },
    /// A lazy repeat can take up to `left` more from `cur`.
    Lazy {
        repeat: u32,
        cur: usize,
        left: usize,
    },
    /// What follows a greedy loop can be tried.
    Leave {
        turn: u32,
        ptr: usize,
    },
    /// The body of a lazy loop can be tried once more.
    More {
        turn: u32,
        ptr: usize,
    },
    /// `prev`: the barrier around it. `count`: iterations of a possessive loop.
    Barrier {
        barrier: u32,
        count: u32,
        prev: u32,
        ptr: usize,
    },
    UndoMark {
        index: u32,
        lastindex: u32,
        old: usize,
    },
    UndoTurn {
        turn: u32,
    },
    /// A loop was begun.
    UndoLoop {
        outer: u32,
    },
    UndoCount {
        turn: u32,
        count: u32,
        last: usize,
    },
}

/// One search in one text.
pub struct Machine<'a, T: Unit> {
    program: &'a Program,
    pub(super) compiled: &'a Compiled,
    pub(super) text: &'a [T],
    /// Marks: start and end of each group, UNSET when empty.
    pub marks: Vec<usize>,
    /// Marks were set that no record on the stack undoes.
    marked: bool,
    /// Number of the last group closed; 0 for none.
    pub lastindex: u32,
    stack: Vec<Entry>,
    turns: Vec<Turn>,
    turn: u32,
    barrier: u32,
    /// Only the whole rest counts as a match.
    pub match_all: bool,
    /// A match that ends here is refused (UNSET: none).
    pub must_advance: usize,
    interrupt: &'a mut dyn FnMut() -> bool,
    steps: u32,
}

/// Where to go on: node and position. None: nowhere, so back.
type Next = Option<(At, usize)>;

impl<'a, T: Unit> Machine<'a, T> {
    /// A machine that looks at `text`, lookbehind included, and nowhere else.
    #[inline(always)]
    pub fn new(
        program: &'a Program,
        text: &'a [T],
        groups: usize,
        interrupt: &'a mut dyn FnMut() -> bool,
    ) -> Self {
        let scratch = program.take_scratch(groups * 2);
        Machine {
            program,
            compiled: program.compiled(),
            text,
            marks: scratch.marks,
            marked: false,
            lastindex: 0,
            stack: scratch.stack,
            turns: Vec::new(),
            turn: NONE,
            barrier: NONE,
            match_all: false,
            must_advance: UNSET,
            interrupt,
            steps: 0,
        }
    }

    #[inline(always)]
    pub(super) fn ch(&self, ptr: usize) -> u32 {
        self.text[ptr].code()
    }
    #[inline(always)]
    fn peek(&self, ptr: usize) -> Option<u32> {
        self.text.get(ptr).map(|u| u.code())
    }

    /// Matches at `start`: the end of the match.
    pub fn match_at(&mut self, start: usize) -> Result<Option<usize>, Stop> {
        if self.marked {
            self.marks.fill(UNSET);
            self.marked = false;
        }
        self.lastindex = 0;
        self.stack.clear();
        self.turns.clear();
        self.turn = NONE;
        self.barrier = NONE;
        self.run(start)
    }

    #[inline(always)]
    fn push(&mut self, e: Entry) -> Result<(), Stop> {
        if self.stack.len() == self.stack.capacity() {
            self.grow()?;
        }
        self.stack.push(e);
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> Result<(), Stop> {
        self.stack.try_reserve(64).map_err(|_| Stop::Memory)
    }

    #[inline(always)]
    pub(super) fn tick(&mut self) -> Result<(), Stop> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps & 0x3fff == 0 && (self.interrupt)() {
            return Err(Stop::Interrupted);
        }
        Ok(())
    }

    /// Runs from the first node: the end of the match.
    fn run(&mut self, start: usize) -> Result<Option<usize>, Stop> {
        let compiled = self.compiled;
        let (mut at, mut ptr): (At, usize) = (0, start);
        'run: loop {
            'fail: {
                let next: Next = match compiled.nodes[at as usize] {
                    Node::Literal(c) => {
                        if self.peek(ptr) != Some(c) {
                            break 'fail;
                        }
                        Some((at + 1, ptr + 1))
                    }
                    Node::Literals { start, len } => {
                        let end = ptr + len as usize;
                        let want = &compiled.literals[start as usize..][..len as usize];
                        let fits = self
                            .text
                            .get(ptr..end)
                            .is_some_and(|s| s.iter().zip(want).all(|(u, c)| u.code() == *c));
                        if !fits {
                            break 'fail;
                        }
                        Some((at + 1, end))
                    }
                    Node::Single(s) => {
                        if !self.peek(ptr).is_some_and(|c| self.takes(s, c)) {
                            break 'fail;
                        }
                        Some((at + 1, ptr + 1))
                    }
                    Node::Mark(i) => {
                        self.mark(i, ptr)?;
                        Some((at + 1, ptr))
                    }
                    Node::Jump(to) => Some((to, ptr)),
                    Node::Anchor(kind) => self.anchor(kind, ptr).then_some((at + 1, ptr)),
                    Node::Branch(i) => self.branch(i, 0, ptr)?,
                    Node::Greedy(i) => self.greedy(i, ptr)?,
                    Node::Possessive(i) => self.possessive(i, ptr),
                    Node::Lazy(i) => self.lazy(i, ptr)?,
                    Node::Loop(i) => {
                        self.push(Entry::UndoLoop { outer: self.turn })?;
                        self.turns.try_reserve(1).map_err(|_| Stop::Memory)?;
                        self.turns.push(Turn {
                            of: i,
                            count: 0,
                            last: UNSET,
                            outer: self.turn,
                        });
                        self.turn = self.turns.len() as u32 - 1;
                        // The first pass through UNTIL decides whether to begin.
                        Some((compiled.loops[i as usize].until, ptr))
                    }
                    Node::GreedyUntil(_) => self.greedy_until(at, ptr)?,
                    Node::LazyUntil(_) => self.lazy_until(at, ptr)?,
                    Node::Barrier(i) => self.begin_barrier(i, at, ptr)?,
                    Node::Reference { group, fold } => {
                        self.reference(group, fold, ptr).map(|end| (at + 1, end))
                    }
                    Node::IfGroup { group, no } => match self.group(group as usize) {
                        Some(_) => Some((at + 1, ptr)),
                        None => Some((no, ptr)),
                    },
                    Node::Success if self.barrier != NONE => self.leave_barrier(ptr)?,
                    Node::Success => {
                        let short = self.match_all && ptr != self.text.len();
                        if !short && ptr != self.must_advance {
                            return Ok(Some(ptr));
                        }
                        None
                    }
                    Node::Fail => None,
                };
                if let Some(next) = next {
                    (at, ptr) = next;
                    continue 'run;
                }
            }
            self.tick()?;
            match self.backtrack()? {
                Some(next) => (at, ptr) = next,
                None => return Ok(None),
            }
        }
    }

    /// Undoes records up to the last choice: where to go on.
    fn backtrack(&mut self) -> Result<Next, Stop> {
        while let Some(e) = self.stack.pop() {
            let next = match e {
                Entry::Branch { branch, way, ptr } => self.branch(branch, way as usize, ptr)?,
                Entry::Greedy { repeat, cur, min } => self.give_back(repeat, cur - 1, min)?,
                Entry::Lazy { repeat, cur, left } => self.take_more(repeat, cur, left)?,
                Entry::Leave { turn, ptr } => {
                    self.leave_turn(turn)?;
                    let of = self.turns[turn as usize].of;
                    Some((self.compiled.loops[of as usize].until + 1, ptr))
                }
                Entry::More { turn, ptr } => self.more(turn, ptr)?,
                Entry::Barrier {
                    barrier,
                    count,
                    prev,
                    ptr,
                } => {
                    self.barrier = prev;
                    let b = &self.compiled.barriers[barrier as usize];
                    match b.kind {
                        BarrierKind::AssertNot => Some((b.after, ptr)),
                        BarrierKind::Possessive if count >= b.min => Some((b.after, ptr)),
                        _ => None,
                    }
                }
                undo => {
                    self.undo(undo);
                    None
                }
            };
            if next.is_some() {
                return Ok(next);
            }
        }
        Ok(None)
    }

    /// Restores what a record is about; choices restore nothing.
    fn undo(&mut self, e: Entry) {
        match e {
            Entry::UndoMark {
                index,
                lastindex,
                old,
            } => {
                self.marks[index as usize] = old;
                self.lastindex = lastindex;
            }
            Entry::UndoTurn { turn } => self.turn = turn,
            Entry::UndoLoop { outer } => {
                // Later turns have been undone.
                self.turns.pop();
                self.turn = outer;
            }
            Entry::UndoCount { turn, count, last } => {
                let t = &mut self.turns[turn as usize];
                (t.count, t.last) = (count, last);
            }
            _ => {}
        }
    }

    fn mark(&mut self, i: u32, ptr: usize) -> Result<(), Stop> {
        let lastindex = self.lastindex;
        if i & 1 == 1 {
            self.lastindex = i / 2 + 1;
        }
        let Some(place) = self.marks.get_mut(i as usize) else {
            return Ok(());
        };
        let old = std::mem::replace(place, ptr);
        if self.stack.is_empty() {
            // Nothing can come back to before this.
            self.marked = true;
            return Ok(());
        }
        self.push(Entry::UndoMark {
            index: i,
            lastindex,
            old,
        })
    }

    /// The span of group i, counted from 0, when it is set.
    pub fn group(&self, i: usize) -> Option<(usize, usize)> {
        match (self.marks.get(i * 2), self.marks.get(i * 2 + 1)) {
            (Some(&a), Some(&b)) if a != UNSET && b != UNSET && a <= b => Some((a, b)),
            _ => None,
        }
    }

    /// Where a reference to a group ends.
    fn reference(&self, group: u32, fold: Fold, ptr: usize) -> Option<usize> {
        let (a, b) = self.group(group as usize)?;
        let (old, new) = (&self.text[a..b], self.text.get(ptr..ptr + (b - a))?);
        let same_folded = |fold: fn(u32) -> u32| {
            let pairs = old.iter().zip(new);
            pairs
                .into_iter()
                .all(|(x, y)| fold(x.code()) == fold(y.code()))
        };
        let same = match fold {
            Fold::Exact => old == new,
            Fold::Ascii => same_folded(lower_ascii),
            Fold::Unicode => same_folded(lower_uni),
        };
        same.then_some(ptr + (b - a))
    }

    /// Tries the alternatives from `way` on.
    fn branch(&mut self, branch: u32, way: usize, ptr: usize) -> Result<Next, Stop> {
        let ways = &self.compiled.branches[branch as usize];
        let c = self.peek(ptr);
        let fits = |w: &Way| match c {
            Some(c) => w.first.may_have(c),
            None => !w.consumes,
        };
        let mut rest = ways.iter().enumerate().skip(way).filter(|(_, w)| fits(w));
        let Some((_, found)) = rest.next() else {
            return Ok(None);
        };
        if let Some((i, _)) = rest.next() {
            let way = i as u32;
            self.push(Entry::Branch { branch, way, ptr })?;
        }
        Ok(Some((found.to, ptr)))
    }

    fn anchor(&self, kind: u32, ptr: usize) -> bool {
        let end = self.text.len();
        let newline = |i: usize| self.ch(i) == 10;
        let boundary = |word: fn(u32) -> bool| {
            let before = ptr > 0 && word(self.ch(ptr - 1));
            let after = ptr < end && word(self.ch(ptr));
            before != after
        };
        match kind {
            0 | 2 => ptr == 0,
            1 => ptr == 0 || newline(ptr - 1),
            3 | 8 => end > 0 && boundary(is_ascii_word),
            4 | 9 => end == 0 || !boundary(is_ascii_word),
            5 => ptr == end || (ptr + 1 == end && newline(ptr)),
            6 => ptr == end || newline(ptr),
            7 => ptr == end,
            10 => end > 0 && boundary(is_uni_word),
            11 => end == 0 || !boundary(is_uni_word),
            _ => false,
        }
    }

    /// Whether a character passes a test.
    #[inline(always)]
    pub(super) fn takes(&self, s: Single, c: u32) -> bool {
        match s {
            Single::Any => c != 10,
            Single::All => true,
            Single::Literal(l) => c == l,
            Single::NotLiteral(l) => c != l,
            Single::Class(i) => self.class_has(i, c),
        }
    }

    #[inline(always)]
    pub(super) fn class_has(&self, class: u32, c: u32) -> bool {
        let class = &self.compiled.classes[class as usize];
        match class.table.get(c as usize) {
            Some(is_in) => *is_in,
            None => self.program.wide_class_has(class, c),
        }
    }

    pub(super) fn push_greedy(&mut self, repeat: u32, cur: usize, min: usize) -> Result<(), Stop> {
        self.push(Entry::Greedy { repeat, cur, min })
    }
    pub(super) fn push_lazy(&mut self, repeat: u32, cur: usize, left: usize) -> Result<(), Stop> {
        self.push(Entry::Lazy { repeat, cur, left })
    }

    /// Begins one more iteration of a loop's body. `last`: where it began, if it can be left.
    fn iterate(&mut self, turn: u32, ptr: usize, last: usize) -> Result<Next, Stop> {
        self.tick()?;
        let t = self.turns[turn as usize];
        self.push(Entry::UndoCount {
            turn,
            count: t.count,
            last: t.last,
        })?;
        let now = &mut self.turns[turn as usize];
        (now.count, now.last) = (t.count + 1, last);
        Ok(Some((self.compiled.loops[t.of as usize].body, ptr)))
    }

    /// Goes on with the loop around a turn.
    fn leave_turn(&mut self, turn: u32) -> Result<(), Stop> {
        self.push(Entry::UndoTurn { turn: self.turn })?;
        self.turn = self.turns[turn as usize].outer;
        Ok(())
    }

    fn current_turn(&self) -> Option<(u32, Turn, &'a Loop)> {
        let t = *self.turns.get(self.turn as usize)?;
        Some((self.turn, t, &self.compiled.loops[t.of as usize]))
    }

    fn greedy_until(&mut self, at: At, ptr: usize) -> Result<Next, Stop> {
        let Some((turn, t, l)) = self.current_turn() else {
            return Ok(None);
        };
        if t.count < l.min {
            return self.iterate(turn, ptr, t.last);
        }
        let c = self.peek(ptr);
        let can_begin = |first: &First| match (first, c) {
            (None, _) => true,
            (Some(set), Some(c)) => set.may_have(c),
            (Some(_), None) => false,
        };
        if may_go_on(l, t.count) && ptr != t.last && can_begin(&l.first_of_body) {
            if can_begin(&l.first_of_tail) {
                // When the body fails, or what follows it, the tail is tried from here.
                self.push(Entry::Leave { turn, ptr })?;
            }
            return self.iterate(turn, ptr, ptr);
        }
        self.leave_turn(turn)?;
        Ok(Some((at + 1, ptr)))
    }

    fn lazy_until(&mut self, at: At, ptr: usize) -> Result<Next, Stop> {
        let Some((turn, t, l)) = self.current_turn() else {
            return Ok(None);
        };
        if t.count < l.min {
            return self.iterate(turn, ptr, t.last);
        }
        self.push(Entry::More { turn, ptr })?;
        self.leave_turn(turn)?;
        Ok(Some((at + 1, ptr)))
    }

    fn more(&mut self, turn: u32, ptr: usize) -> Result<Next, Stop> {
        let t = self.turns[turn as usize];
        let l = &self.compiled.loops[t.of as usize];
        if !may_go_on(l, t.count) || ptr == t.last {
            return Ok(None);
        }
        self.push(Entry::UndoTurn { turn: self.turn })?;
        self.turn = turn;
        self.iterate(turn, ptr, ptr)
    }

    fn begin_barrier(&mut self, i: u32, at: At, ptr: usize) -> Result<Next, Stop> {
        let b = &self.compiled.barriers[i as usize];
        if b.kind == BarrierKind::Possessive && b.max == 0 {
            return Ok(Some((b.after, ptr)));
        }
        let Some(begin) = ptr.checked_sub(b.back) else {
            return Ok((b.kind == BarrierKind::AssertNot).then_some((b.after, ptr)));
        };
        self.enter_barrier(i, 0, ptr)?;
        Ok(Some((at + 1, begin)))
    }

    fn enter_barrier(&mut self, barrier: u32, count: u32, ptr: usize) -> Result<(), Stop> {
        let prev = self.barrier;
        self.push(Entry::Barrier {
            barrier,
            count,
            prev,
            ptr,
        })?;
        self.barrier = self.stack.len() as u32 - 1;
        Ok(())
    }

    /// The code inside a barrier succeeded at `ptr`.
    fn leave_barrier(&mut self, ptr: usize) -> Result<Next, Stop> {
        let index = self.barrier as usize;
        let Some(Entry::Barrier {
            barrier,
            count,
            prev,
            ptr: began,
        }) = self.stack.get(index).copied()
        else {
            return Ok(None);
        };
        let b = &self.compiled.barriers[barrier as usize];
        if b.kind == BarrierKind::AssertNot {
            // Undo everything inside, then fail.
            while self.stack.len() > index + 1 {
                if let Some(e) = self.stack.pop() {
                    self.undo(e);
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
                    | Entry::UndoTurn { .. }
                    | Entry::UndoLoop { .. }
                    | Entry::UndoCount { .. }
            ) {
                self.stack[keep] = self.stack[i];
                keep += 1;
            }
        }
        self.stack.truncate(keep);
        self.barrier = prev;
        match b.kind {
            BarrierKind::Assert => Ok(Some((b.after, began))),
            BarrierKind::Possessive => {
                let count = count + 1;
                // Not the last one that has to be: what it captured may change the next.
                let stuck = ptr == began && count > b.min;
                if stuck || (count >= b.max && b.max != MAXREPEAT) {
                    return Ok(Some((b.after, ptr)));
                }
                self.tick()?;
                self.enter_barrier(barrier, count, ptr)?;
                Ok(Some((b.body, ptr)))
            }
            _ => Ok(Some((b.after, ptr))),
        }
    }
}

impl<T: Unit> Drop for Machine<'_, T> {
    fn drop(&mut self) {
        self.program.keep_scratch(Scratch {
            stack: std::mem::take(&mut self.stack),
            marks: std::mem::take(&mut self.marks),
        });
    }
}
