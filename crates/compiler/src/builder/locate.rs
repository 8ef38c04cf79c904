//! Positions of instructions that the program does not write: the jump back of a loop, the return
//! at the end of a body. As in CPython they belong to the line that control comes from, so that
//! tracing shows no line twice or never; where it comes from several, they are copied.

use super::{Builder, Ins, Label, LabelState};
use bytecode::opcodes::Effects;
use bytecode::{Op, Position};

/// How control comes to an instruction.
#[derive(Clone, Copy, Default)]
struct Ways {
    falls: bool,
    jumps: u32,
    /// The last instruction that jumps here.
    from: usize,
    handler: bool,
}

impl Builder {
    /// Gives a position to every instruction without one that has one way in.
    pub(super) fn locate(&mut self) {
        if self.ins.iter().all(|i| i.removed || is_placed(i)) {
            return;
        }
        self.copy_exits();
        let ways = self.ways();
        // A block may stand before the one that leads to it: then a second round places it.
        for _ in 0..2 {
            let mut before: Option<Position> = None;
            for i in 0..self.ins.len() {
                if self.ins[i].removed {
                    continue;
                }
                if !is_placed(&self.ins[i]) {
                    let w = ways[i];
                    let from = match (w.falls, w.jumps, w.handler) {
                        (true, 0, false) => before,
                        (false, 1, false) => Some(self.ins[w.from].pos),
                        _ => None,
                    };
                    self.ins[i].pos = from.unwrap_or_default();
                }
                before = Some(self.ins[i].pos);
            }
        }
        self.locate_rest();
    }

    /// What may still be without a position and needs one for tracebacks: jumps back and returns.
    fn locate_rest(&mut self) {
        let mut last = Position::default();
        for ins in self.ins.iter_mut().filter(|ins| !ins.removed) {
            if is_placed(ins) {
                last = ins.pos;
            } else if matches!(ins.op, Op::JumpBack | Op::Return) {
                ins.pos = last;
            }
        }
    }

    fn ways(&self) -> Vec<Ways> {
        let mut ways = vec![Ways::default(); self.ins.len() + 1];
        let mut falls = false;
        for (i, ins) in self.ins.iter().enumerate() {
            if ins.removed {
                continue;
            }
            ways[i].falls = falls;
            falls = !ins.op.info().effects.contains(Effects::END);
            if let Some(l) = ins.target {
                let to = self.live_from(self.target_index(l));
                ways[to].jumps += 1;
                ways[to].from = i;
            }
            if let Some(h) = ins.handler {
                let label = self.handlers[h.0 as usize].label;
                ways[self.live_from(self.target_index(label))].handler = true;
            }
        }
        ways
    }

    /// Every jump to a jump back or a final return that has no position gets one of its own.
    fn copy_exits(&mut self) {
        let ways = self.ways();
        for j in 0..self.ins.len() {
            let Some(target) = self.ins[j].target.filter(|_| !self.ins[j].removed) else {
                continue;
            };
            let at = self.live_from(self.target_index(target));
            let len = self.exit_len(at);
            if len == 0 || ways[at].jumps + u32::from(ways[at].falls) < 2 {
                continue;
            }
            let pos = self.ins[j].pos;
            if self.ins[j].op == Op::Jump && len == 1 {
                let handler = self.ins[j].handler;
                self.ins[j] = Ins {
                    pos,
                    handler,
                    ..self.ins[at].clone()
                };
                continue;
            }
            let label = self.append_copy(at, len, pos);
            self.ins[j].target = Some(label);
        }
    }

    /// The number of instructions of a block without a position that ends here: a jump back, or
    /// a return of None. 0: it is no such block.
    fn exit_len(&self, at: usize) -> usize {
        let bare = |i: usize| self.ins.get(i).filter(|ins| !ins.removed && !is_placed(ins));
        match bare(at).map(|ins| ins.op) {
            Some(Op::JumpBack | Op::Return) => 1,
            Some(Op::LoadSpecial) if bare(at + 1).is_some_and(|ins| ins.op == Op::Return) => 2,
            _ => 0,
        }
    }

    fn append_copy(&mut self, at: usize, len: usize, pos: Position) -> Label {
        self.labels.push(LabelState {
            at: Some(self.ins.len() as u32),
            used: true,
            bound: None,
        });
        for i in at..at + len {
            let copy = Ins {
                pos,
                ..self.ins[i].clone()
            };
            self.ins.push(copy);
        }
        Label(self.labels.len() as u32 - 1)
    }
}

fn is_placed(ins: &Ins) -> bool {
    ins.pos.line != 0
}
