//! Positions of instructions that the program does not write: the jump back of a loop, the return
//! at the end of a body. As in CPython they belong to the line that control comes from, so that
//! tracing shows no line twice or never; where it comes from several, they are copied.

use super::{Builder, Ins, Label, LabelState};
use bytecode::opcodes::{Effects, Role};
use bytecode::{Instr, Op, Position};

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
        self.copy_exits();
        self.remove_unreachable();
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

    /// Removes what only carries a line that its neighbours carry too.
    pub(super) fn remove_nops(&mut self) {
        let targeted = self.targeted();
        let mut before = 0;
        for i in 0..self.ins.len() {
            if self.ins[i].removed {
                continue;
            }
            let line = self.ins[i].pos.line;
            if self.ins[i].op == Op::Nop {
                let next = self.live_from(i + 1);
                let after = self.ins.get(next).map(|n| n.pos.line);
                let seen_before = before == line && !targeted[i];
                self.ins[i].removed = line == 0 || seen_before || after == Some(line);
            }
            if !self.ins[i].removed {
                before = line;
                if self.ins[i].op.info().effects.contains(Effects::END) {
                    before = 0;
                }
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

    /// Every jump to a jump back or a final return that has no position gets one of its own; an
    /// unconditional jump becomes it.
    fn copy_exits(&mut self) {
        let ways = self.ways();
        let mut inlined = Vec::new();
        for j in 0..self.ins.len() {
            let Some(target) = self.ins[j].target.filter(|_| !self.ins[j].removed) else {
                continue;
            };
            let at = self.live_from(self.target_index(target));
            let len = self.exit_len(at);
            if len == 0 || ways[at].jumps + u32::from(ways[at].falls) < 2 {
                continue;
            }
            if self.ins[j].op == Op::Jump {
                let pos = self.ins[j].pos;
                inlined.push((j, self.copies(at, len, pos)));
            } else {
                let label = self.append_copy(at, len, self.ins[j].pos);
                self.ins[j].target = Some(label);
            }
        }
        self.inline(inlined);
    }

    /// Replaces instructions by others, moving the labels behind them.
    fn inline(&mut self, replaced: Vec<(usize, Vec<Ins>)>) {
        let mut moved = Vec::with_capacity(self.ins.len() + 1);
        let mut out = Vec::with_capacity(self.ins.len() + replaced.len());
        let mut replaced = replaced.into_iter().peekable();
        for (i, ins) in std::mem::take(&mut self.ins).into_iter().enumerate() {
            moved.push(out.len() as u32);
            match replaced.next_if(|(at, _)| *at == i) {
                Some((_, copies)) => out.extend(copies),
                None => out.push(ins),
            }
        }
        moved.push(out.len() as u32);
        self.ins = out;
        for label in &mut self.labels {
            label.at = label.at.map(|at| moved[at as usize]);
        }
    }

    /// A block once more, at a position. Each instruction keeps a cache of its own.
    fn copies(&mut self, at: usize, len: usize, pos: Position) -> Vec<Ins> {
        let copy = |ins: &Ins| Ins { pos, ..ins.clone() };
        let mut copies: Vec<Ins> = self.ins[at..at + len].iter().map(copy).collect();
        for ins in &mut copies {
            let cached = ins.op.info().operands.iter().any(|o| o.2 == Role::Cache);
            if let Some(second) = ins.second.filter(|_| cached) {
                ins.second = Some(Instr::ext(second.x(), self.ncaches));
                self.ncaches += 1;
            }
        }
        copies
    }

    /// The number of instructions of a block without a position that ends here: a jump back, or
    /// what a body ends with down to its return. 0: it is no such block.
    fn exit_len(&self, at: usize) -> usize {
        const LONGEST: usize = 12;
        for (i, ins) in self.ins[at.min(self.ins.len())..]
            .iter()
            .take(LONGEST)
            .enumerate()
        {
            if ins.removed || is_placed(ins) {
                return 0;
            }
            match ins.op {
                Op::JumpBack if i == 0 => return 1,
                Op::Return => return i + 1,
                _ if ins.target.is_some() => return 0,
                _ => {}
            }
        }
        0
    }

    fn append_copy(&mut self, at: usize, len: usize, pos: Position) -> Label {
        self.labels.push(LabelState {
            at: Some(self.ins.len() as u32),
            used: true,
            bound: None,
        });
        let copies = self.copies(at, len, pos);
        self.ins.extend(copies);
        Label(self.labels.len() as u32 - 1)
    }
}

fn is_placed(ins: &Ins) -> bool {
    ins.pos.line != 0
}
