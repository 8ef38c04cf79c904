//! The code of exits: live values go to the buffer, what they are is in the table (`deopt::Exit`).
//!
//! Most of a unit's exits need nearly the same values. So an exit is a path in a trie of values,
//! those that most exits need next to the root, where all paths end in one call of `deopt`: a value
//! is stored by one instruction for all exits whose paths share it.

use super::frames::constant_word;
use super::*;
use crate::deopt::{FrameDesc, Loc};
use std::cmp::Reverse;

/// An exit whose code is still to be made.
pub(super) struct OpenExit {
    pub state: StateId,
    pub expected: bool,
    pub block: ir::Block,
    pub what: Vec<&'static str>,
}

/// A value that paths of exits share, with the same values between it and the root.
struct Step {
    node: Node,
    /// None: the root is next.
    next: Option<usize>,
    /// Its word in the buffer is the number of values between it and the root.
    word: u32,
    /// Exits and steps that come here.
    refs: u32,
    /// Its code, if more than one come here.
    block: Option<ir::Block>,
}

#[derive(Default)]
struct Trie {
    steps: Vec<Step>,
    by_value: HashMap<(Option<usize>, Node), usize>,
}

impl Trie {
    /// The step for the value `node` in front of `next`.
    fn step(&mut self, next: Option<usize>, node: Node) -> usize {
        let new = self.steps.len();
        let at = *self.by_value.entry((next, node)).or_insert(new);
        if at == new {
            let word = match next {
                Some(n) => {
                    self.steps[n].refs += 1;
                    self.steps[n].word + 1
                }
                None => 0,
            };
            self.steps.push(Step {
                node,
                next,
                word,
                refs: 0,
                block: None,
            });
        }
        at
    }

    /// The path of these values, the first next to the root; gives its beginning.
    fn path(&mut self, nodes: &[Node]) -> Option<usize> {
        let begin = nodes.iter().fold(None, |next, n| Some(self.step(next, *n)));
        if let Some(i) = begin {
            self.steps[i].refs += 1;
        }
        begin
    }
}

impl Lower<'_> {
    /// Fills the blocks of all exits.
    ///
    /// # Errors
    /// A state needs more values than the buffer holds.
    pub(super) fn fill_exits(&mut self) -> Result<(), Refusal> {
        let open = std::mem::take(&mut self.open_exits);
        let mut lists: Vec<Vec<Node>> = open.iter().map(|e| self.live_nodes(e.state)).collect();
        let mut uses: HashMap<Node, u32> = HashMap::default();
        for n in lists.iter().flatten() {
            *uses.entry(*n).or_insert(0) += 1;
        }
        let mut trie = Trie::default();
        let mut begins = Vec::with_capacity(open.len());
        for (exit, nodes) in open.iter().zip(&mut lists) {
            if nodes.len() > runtime::vm::DEOPT_WORDS {
                return Err(Refusal::TooManyValues);
            }
            nodes.sort_unstable_by_key(|n| (Reverse(uses[n]), n.0));
            begins.push(trie.path(nodes));
            let exit = self.describe(exit, nodes);
            self.exits.push(exit);
        }
        for (i, (exit, begin)) in open.iter().zip(begins).enumerate() {
            self.fb.switch_to_block(exit.block);
            let number = self.iconst(i as u64);
            let at = offset_of!(Vm, deopt_exit) as i32;
            self.fb.ins().store(mem(), number, self.vm, at);
            self.follow(&mut trie, begin);
        }
        // A step comes after those that come to it.
        for i in (0..trie.steps.len()).rev() {
            if let Some(block) = trie.steps[i].block {
                self.fb.switch_to_block(block);
                self.store_step(&trie.steps[i]);
                let next = trie.steps[i].next;
                self.follow(&mut trie, next);
            }
        }
        Ok(())
    }

    /// Stores the values of a path up to where others join it, and goes there.
    fn follow(&mut self, trie: &mut Trie, mut at: Option<usize>) {
        while let Some(i) = at {
            if trie.steps[i].refs > 1 {
                let block = match trie.steps[i].block {
                    Some(b) => b,
                    None => self.cold_block(0),
                };
                trie.steps[i].block = Some(block);
                self.fb.ins().jump(block, &[]);
                return;
            }
            self.store_step(&trie.steps[i]);
            at = trie.steps[i].next;
        }
        let tail = match self.exit_tail {
            Some(b) => b,
            None => self.cold_block(0),
        };
        self.exit_tail = Some(tail);
        self.fb.ins().jump(tail, &[]);
    }

    fn store_step(&mut self, step: &Step) {
        let v = self.value(step.node);
        let at = offset_of!(Vm, deopt_buffer) + step.word as usize * 8;
        self.fb.ins().store(mem(), v, self.vm, at as i32);
    }

    /// The nodes that a state needs and that are no constants, each once.
    fn live_nodes(&self, state: StateId) -> Vec<Node> {
        let mut nodes = Vec::new();
        let g = self.g;
        g.state_nodes(state, |n| {
            if g.constant(n).is_none() {
                nodes.push(n);
            }
        });
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The table entry of an exit whose values are in the buffer in this order.
    fn describe(&self, exit: &OpenExit, nodes: &[Node]) -> Exit {
        let g = self.g;
        let slots: HashMap<Node, u32> = nodes.iter().copied().zip(0..).collect();
        let loc = |n: Node| match g.constant(n) {
            Some(bits) => Loc::Const(constant_word(bits, g.rep(n))),
            None => match g.rep(n) {
                Rep::Int => Loc::Int(slots[&n]),
                Rep::Float => Loc::Float(slots[&n]),
                Rep::Bool => Loc::Bool(slots[&n]),
                _ => Loc::Value(slots[&n]),
            },
        };
        let chain = g.chain(exit.state);
        let frames = chain.iter().rev().map(|id| {
            let s = g.state(*id);
            FrameDesc {
                code: s.code,
                word: s.word,
                window: s.window,
                function: s.function.map(loc),
                regs: s.regs.iter().map(|(r, n)| (*r, loc(*n))).collect(),
                cont: self.cont(s),
                extra: s.extra.map(loc),
            }
        });
        let fields = g.state(exit.state).fields.iter().map(|(b, o, n)| {
            let raw = match g.constant(*n) {
                Some(bits) => Loc::Const(bits),
                None => loc(*n),
            };
            (loc(*b), *o, raw)
        });
        Exit {
            frames: frames.collect(),
            fields: fields.collect(),
            expected: exit.expected,
            what: exit.what.clone(),
            count: Default::default(),
        }
    }
}
