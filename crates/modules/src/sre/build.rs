//! Decodes the code that `re._compiler` emits. Code that it would not emit fails to match.

use super::node::*;
use super::program::Compiled;
use super::set::{CharSet, taken};
use super::{first, op};

/// No limit of a repeat.
pub const MAXREPEAT: u32 = u32::MAX;

struct Builder<'a> {
    code: &'a [u32],
    out: Compiled,
    /// Index of the node made of each code position.
    made: Vec<At>,
    /// Places where other code goes on: no literal is joined with those before it.
    targets: Vec<bool>,
    /// The next skip word of each branch that is being decoded.
    branches: Vec<usize>,
    /// The loop that an UNTIL ends.
    untils: Vec<(usize, u32)>,
}

const NOT_MADE: At = At::MAX;

/// The program of a pattern's code.
pub fn compile(code: &[u32]) -> Compiled {
    let mut b = Builder {
        code,
        out: Compiled::default(),
        made: vec![NOT_MADE; code.len() + 1],
        targets: vec![false; code.len() + 1],
        branches: Vec::new(),
        untils: Vec::new(),
    };
    let mut pc = 0;
    while pc < code.len() {
        pc = b.decode(pc).max(pc + 1);
    }
    // Whatever leads nowhere leads here.
    b.out.nodes.push(Node::Fail);
    b.resolve();
    first::analyse(&mut b.out);
    b.out
}

impl Builder<'_> {
    fn at(&self, i: usize) -> u32 {
        self.code.get(i).copied().unwrap_or(op::FAILURE)
    }
    fn target(&mut self, pc: usize) -> At {
        if let Some(t) = self.targets.get_mut(pc) {
            *t = true;
        }
        // A code position until `resolve`.
        pc.min(self.code.len()) as At
    }
    fn push(&mut self, node: Node) {
        self.out.nodes.push(node);
    }

    /// Decodes what is at `pc`: where the next piece of code begins.
    fn decode(&mut self, pc: usize) -> usize {
        if self.branches.last() == Some(&pc) {
            return self.next_way(pc);
        }
        self.made[pc] = self.out.nodes.len() as At;
        let code = self.at(pc);
        let skip = self.at(pc + 1) as usize;
        match code {
            op::SUCCESS => {
                self.push(Node::Success);
                pc + 1
            }
            op::LITERAL => self.literals(pc),
            op::MARK => {
                self.push(Node::Mark(self.at(pc + 1)));
                pc + 2
            }
            op::AT => {
                self.push(Node::Anchor(self.at(pc + 1)));
                pc + 2
            }
            op::JUMP => {
                let to = self.target(pc + 1 + skip);
                self.push(Node::Jump(to));
                pc + 2
            }
            op::INFO => {
                let to = self.target(pc + 1 + skip);
                self.push(Node::Jump(to));
                pc + 1 + skip
            }
            op::BRANCH => self.branch(pc),
            op::REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE | op::MIN_REPEAT_ONE => {
                self.repeat_one(pc, code)
            }
            op::REPEAT => self.begin_loop(pc),
            op::MAX_UNTIL | op::MIN_UNTIL => {
                let of = self.untils.iter().find(|u| u.0 == pc).map(|u| u.1);
                self.push(match (of, code) {
                    (None, _) => Node::Fail,
                    (Some(i), op::MAX_UNTIL) => Node::GreedyUntil(i),
                    (Some(i), _) => Node::LazyUntil(i),
                });
                pc + 1
            }
            op::ASSERT | op::ASSERT_NOT | op::ATOMIC_GROUP | op::POSSESSIVE_REPEAT => {
                self.barrier(pc, code)
            }
            op::GROUPREF
            | op::GROUPREF_IGNORE
            | op::GROUPREF_LOC_IGNORE
            | op::GROUPREF_UNI_IGNORE => {
                let fold = match code {
                    op::GROUPREF => Fold::Exact,
                    op::GROUPREF_UNI_IGNORE => Fold::Unicode,
                    _ => Fold::Ascii,
                };
                let group = self.at(pc + 1);
                self.push(Node::Reference { group, fold });
                pc + 2
            }
            op::GROUPREF_EXISTS => {
                let no = self.target(pc + 1 + self.at(pc + 2) as usize);
                let group = self.at(pc + 1);
                self.push(Node::IfGroup { group, no });
                pc + 3
            }
            _ => match self.single(pc) {
                Some((single, next)) => {
                    self.push(Node::Single(single));
                    next
                }
                None => {
                    self.push(Node::Fail);
                    pc + 1
                }
            },
        }
    }

    /// The one-character instruction at `pc`, and where it ends.
    fn single(&mut self, pc: usize) -> Option<(Single, usize)> {
        let want = self.at(pc + 1);
        let next = pc + 2;
        Some(match self.at(pc) {
            op::ANY => (Single::Any, pc + 1),
            op::ANY_ALL => (Single::All, pc + 1),
            op::LITERAL => (Single::Literal(want), next),
            op::NOT_LITERAL => (Single::NotLiteral(want), next),
            op::LITERAL_IGNORE
            | op::NOT_LITERAL_IGNORE
            | op::LITERAL_LOC_IGNORE
            | op::NOT_LITERAL_LOC_IGNORE
            | op::LITERAL_UNI_IGNORE
            | op::NOT_LITERAL_UNI_IGNORE
            | op::CATEGORY => (self.class(pc), next),
            op::IN | op::IN_IGNORE | op::IN_LOC_IGNORE | op::IN_UNI_IGNORE => {
                (self.class(pc), pc + 1 + want as usize)
            }
            _ => return None,
        })
    }

    fn class(&mut self, pc: usize) -> Single {
        let set = taken(self.code, pc);
        let table = set.table();
        self.out.classes.push(Class { table, pc });
        self.out.class_sets.push(set);
        Single::Class(self.out.classes.len() as u32 - 1)
    }

    /// Literals in a row.
    fn literals(&mut self, pc: usize) -> usize {
        let start = self.out.literals.len();
        let mut next = pc;
        while self.at(next) == op::LITERAL
            && (next == pc || !(self.targets[next] || self.branches.last() == Some(&next)))
            && next + 1 < self.code.len()
        {
            self.out.literals.push(self.at(next + 1));
            next += 2;
        }
        let len = self.out.literals.len() - start;
        if len < 2 {
            let c = self.at(pc + 1);
            self.out.literals.truncate(start);
            self.push(Node::Literal(c));
            return pc + 2;
        }
        self.push(Node::Literals {
            start: start as u32,
            len: len as u32,
        });
        next
    }

    fn branch(&mut self, pc: usize) -> usize {
        let mut ways = Vec::new();
        let mut word = pc + 1;
        while self.at(word) != 0 && word < self.code.len() {
            let to = self.target(word + 1);
            ways.push(Way {
                to,
                first: CharSet::ALL,
                consumes: false,
            });
            word = word.saturating_add(self.at(word) as usize);
        }
        self.out.branches.push(ways);
        self.push(Node::Branch(self.out.branches.len() as u32 - 1));
        self.branches.push(pc + 1);
        pc + 1
    }

    /// The skip word between two alternatives, or the zero behind the last.
    fn next_way(&mut self, pc: usize) -> usize {
        let skip = self.at(pc) as usize;
        self.branches.pop();
        if skip != 0 {
            self.branches.push(pc.saturating_add(skip));
        }
        pc + 1
    }

    fn repeat_one(&mut self, pc: usize, code: u32) -> usize {
        let after = pc + 1 + self.at(pc + 1) as usize;
        let (min, max) = (self.at(pc + 2), self.at(pc + 3));
        let Some((single, _)) = self.single(pc + 4) else {
            self.push(Node::Fail);
            return after;
        };
        let tail = self.target(after);
        self.out.repeats.push(RepeatOne {
            single,
            min: min as usize,
            max: if max == MAXREPEAT {
                usize::MAX
            } else {
                max as usize
            },
            tail,
            first_of_tail: None,
            never_back: [code == op::POSSESSIVE_REPEAT_ONE; 2],
        });
        let i = self.out.repeats.len() as u32 - 1;
        self.push(match code {
            op::REPEAT_ONE => Node::Greedy(i),
            op::MIN_REPEAT_ONE => Node::Lazy(i),
            _ => Node::Possessive(i),
        });
        after
    }

    fn begin_loop(&mut self, pc: usize) -> usize {
        let end = pc + 1 + self.at(pc + 1) as usize;
        let (min, max) = (self.at(pc + 2), self.at(pc + 3));
        let (body, until) = (self.target(pc + 4), self.target(end));
        let i = self.out.loops.len() as u32;
        self.out.loops.push(Loop {
            body,
            until,
            min,
            max,
            first_of_body: None,
            first_of_tail: None,
        });
        self.untils.push((end, i));
        self.push(Node::Loop(i));
        pc + 4
    }

    fn barrier(&mut self, pc: usize, code: u32) -> usize {
        let skip = self.at(pc + 1) as usize;
        let (kind, words, extra) = match code {
            op::ASSERT => (BarrierKind::Assert, 3, 1),
            op::ASSERT_NOT => (BarrierKind::AssertNot, 3, 1),
            op::ATOMIC_GROUP => (BarrierKind::Atomic, 2, 1),
            _ => (BarrierKind::Possessive, 4, 2),
        };
        let after = self.target(pc + extra + skip);
        let is_loop = kind == BarrierKind::Possessive;
        let word = |b: &Self, i: usize, of: bool| if of { b.at(pc + i) } else { 0 };
        let barrier = Barrier {
            kind,
            body: self.out.nodes.len() as At + 1,
            after,
            back: word(self, 2, words == 3) as usize,
            min: word(self, 2, is_loop),
            max: word(self, 3, is_loop),
        };
        self.out.barriers.push(barrier);
        self.push(Node::Barrier(self.out.barriers.len() as u32 - 1));
        pc + words
    }

    /// Turns code positions into indices of nodes.
    fn resolve(&mut self) {
        let nowhere = self.out.nodes.len() as At - 1;
        let made = &self.made;
        let to = |pc: &mut At| {
            let at = made.get(*pc as usize).copied().unwrap_or(NOT_MADE);
            *pc = if at == NOT_MADE { nowhere } else { at };
        };
        for node in &mut self.out.nodes {
            match node {
                Node::Jump(t) | Node::IfGroup { no: t, .. } => to(t),
                _ => {}
            }
        }
        self.out
            .branches
            .iter_mut()
            .flatten()
            .for_each(|w| to(&mut w.to));
        self.out.repeats.iter_mut().for_each(|r| to(&mut r.tail));
        self.out.barriers.iter_mut().for_each(|b| to(&mut b.after));
        for l in &mut self.out.loops {
            to(&mut l.body);
            to(&mut l.until);
        }
    }
}
