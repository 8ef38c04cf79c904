//! Turns the built instructions into words: jump offsets, exception and position tables.

use super::{Builder, Ins, Label};
use bytecode::opcodes::{Effects, Field, Role};
use bytecode::{Code, ExceptionEntry, Instr, Op, PositionTable};

/// The field that holds the offset of a jump, if the opcode is one.
fn jump_field(op: Op) -> Option<Field> {
    let operands = op.info().operands;
    operands.iter().find(|o| o.2 == Role::Jump).map(|o| o.0)
}

/// The instruction that jumps exactly when the given one does not.
fn opposite(op: Op, w: Instr) -> Option<Instr> {
    let other = match op {
        Op::JumpIfTrue => Op::JumpIfFalse,
        Op::JumpIfFalse => Op::JumpIfTrue,
        Op::JumpIfNone => Op::JumpIfNotNone,
        Op::JumpIfNotNone => Op::JumpIfNone,
        _ if jump_field(op) == Some(Field::C) => {
            return Some(Instr::new(op, w.d() ^ 1, w.a(), w.b(), 0));
        }
        _ => return None,
    };
    Some(Instr::wide(other, w.d(), w.a(), 0))
}

impl Builder {
    /// Fills in the code-dependent parts of `code`.
    pub fn finish(mut self, code: &mut Code) {
        if !self.dead {
            // Only namespace code without statements gets here; be safe for all.
            self.op(Op::LoadSpecial, 0, 0, 0, 0);
            self.op(Op::Return, 0, 0, 0, 0);
        }
        self.thread_jumps();
        self.remove_unreachable();
        self.invert_jumps();
        self.thread_jumps();
        self.remove_unreachable();
        self.locate();
        self.remove_nops();
        let (long, offsets) = self.layout();
        code.instrs = self.encode(&long, &offsets);
        code.exceptions = self.exception_table(&offsets);
        code.positions = PositionTable::default();
        for (ins, at) in self.ins.iter().zip(&offsets) {
            code.positions.push(*at, ins.pos);
        }
        code.nregs = self.max.max(1).min(u16::MAX as u32) as u16;
        code.ncaches = self.ncaches;
        code.names = self.names;
        code.consts = self.pool.into_items();
    }

    pub(super) fn target_index(&self, l: Label) -> usize {
        // A label that was never placed belongs to code that was never emitted.
        self.labels[l.0 as usize].at.unwrap_or(0) as usize
    }

    /// Jumps to an unconditional forward jump go to its target at once.
    fn thread_jumps(&mut self) {
        for i in 0..self.ins.len() {
            let Some(mut target) = self.ins[i].target else {
                continue;
            };
            if matches!(self.ins[i].op, Op::JumpBack | Op::YieldFrom | Op::Send) {
                continue;
            }
            for _ in 0..8 {
                let at = self.live_from(self.target_index(target));
                match self.ins.get(at) {
                    // A jump that the program wrote has a line of its own to be seen at.
                    Some(next)
                        if next.op == Op::Jump
                            && at > i
                            && (next.pos.line == 0 || next.pos.line == self.ins[i].pos.line) =>
                    {
                        let Some(t) = next.target else { break };
                        if self.target_index(t) <= at {
                            break;
                        }
                        target = t;
                    }
                    _ => break,
                }
            }
            self.ins[i].target = Some(target);
        }
    }

    /// Removes what no way leads to.
    pub(super) fn remove_unreachable(&mut self) {
        let mut seen = vec![false; self.ins.len()];
        let mut pending = vec![0];
        while let Some(start) = pending.pop() {
            let mut i = start;
            while i < self.ins.len() && !std::mem::replace(&mut seen[i], true) {
                let ins = &self.ins[i];
                i += 1;
                if ins.removed {
                    continue;
                }
                pending.extend(ins.target.map(|l| self.target_index(l)));
                if let Some(h) = ins.handler {
                    pending.push(self.target_index(self.handlers[h.0 as usize].label));
                }
                if ins.op.info().effects.contains(Effects::END) {
                    break;
                }
            }
        }
        for (ins, seen) in self.ins.iter_mut().zip(seen) {
            ins.removed |= !seen;
        }
    }

    /// The first instruction from `i` on that is still there.
    pub(super) fn live_from(&self, mut i: usize) -> usize {
        while self.ins.get(i).is_some_and(|ins| ins.removed) {
            i += 1;
        }
        i
    }

    /// Which instructions something jumps to.
    pub(super) fn targeted(&self) -> Vec<bool> {
        let mut targeted = vec![false; self.ins.len() + 1];
        for ins in self.ins.iter().filter(|ins| !ins.removed) {
            let handler = ins.handler.map(|h| self.handlers[h.0 as usize].label);
            for l in ins.target.into_iter().chain(handler) {
                targeted[self.live_from(self.target_index(l))] = true;
            }
        }
        targeted
    }

    /// A conditional jump over an unconditional one becomes the opposite jump; jumps to the
    /// next instruction go.
    fn invert_jumps(&mut self) {
        let targeted = self.targeted();
        for i in 0..self.ins.len() {
            let Some(target) = self.ins[i].target.filter(|_| !self.ins[i].removed) else {
                continue;
            };
            let next = self.live_from(i + 1);
            let to = self.live_from(self.target_index(target));
            if self.ins[i].op == Op::Jump && to == next {
                // Its line may be the only sign of a statement.
                let ins = &mut self.ins[i];
                ins.op = Op::Nop;
                ins.first = Instr::new(Op::Nop, 0, 0, 0, 0);
                ins.target = None;
                continue;
            }
            let skipped = match self.ins.get(next) {
                Some(n)
                    if n.op == Op::Jump
                        && !targeted[next]
                        && (n.pos.line == 0 || n.pos.line == self.ins[i].pos.line) =>
                {
                    n.target
                }
                _ => None,
            };
            if let Some(far) = skipped
                && to == self.live_from(next + 1)
                && let Some(first) = opposite(self.ins[i].op, self.ins[i].first)
            {
                let ins = &mut self.ins[i];
                ins.op = first.op().unwrap_or(ins.op);
                ins.first = first;
                ins.target = Some(far);
                self.ins[next].removed = true;
            }
        }
    }

    /// Word offset of every instruction, and which fused jumps need the long form.
    fn layout(&self) -> (Vec<bool>, Vec<u32>) {
        let mut long = vec![false; self.ins.len()];
        loop {
            let mut at = 0;
            let mut offsets = Vec::with_capacity(self.ins.len() + 1);
            for (ins, long) in self.ins.iter().zip(&long) {
                offsets.push(at);
                if !ins.removed {
                    at += ins.op.words() as u32 + *long as u32;
                }
            }
            offsets.push(at);
            let mut changed = false;
            for (i, ins) in self.ins.iter().enumerate() {
                if long[i] || ins.removed || jump_field(ins.op) != Some(Field::C) {
                    continue;
                }
                let off = self.offset(ins, offsets[i], &offsets);
                if i16::try_from(off).is_err() {
                    long[i] = true;
                    changed = true;
                }
            }
            if !changed {
                return (long, offsets);
            }
        }
    }

    fn offset(&self, ins: &Ins, from: u32, offsets: &[u32]) -> i64 {
        let target = ins.target.map_or(0, |l| self.target_index(l));
        offsets[target] as i64 - from as i64
    }

    fn encode(&self, long: &[bool], offsets: &[u32]) -> Vec<Instr> {
        let mut out = Vec::with_capacity(offsets[self.ins.len()] as usize);
        for (i, ins) in self.ins.iter().enumerate() {
            if ins.removed {
                continue;
            }
            let off = self.offset(ins, offsets[i], offsets);
            let f = ins.first;
            match jump_field(ins.op) {
                Some(Field::C) if long[i] => {
                    // The opposite test jumps over a far jump.
                    out.push(Instr::new(ins.op, f.d() ^ 1, f.a(), f.b(), 2));
                    out.push(Instr::wide(Op::Jump, 1, 0, (off - 1) as i32 as u32));
                }
                Some(Field::C) => {
                    out.push(Instr::new(ins.op, f.d(), f.a(), f.b(), off as i16 as u16));
                }
                Some(Field::Bc) => {
                    out.push(Instr::wide(ins.op, f.d(), f.a(), off as i32 as u32));
                }
                Some(_) => {
                    let y = ins.second.map_or(0, |s| s.y());
                    out.push(f);
                    out.push(Instr::ext(off as i32 as u32, y));
                }
                None => {
                    out.push(f);
                    out.extend(ins.second);
                }
            }
        }
        out
    }

    /// Ranges never overlap: every instruction names its innermost handler only. They cover what
    /// cannot raise too, since trace functions can raise anywhere.
    fn exception_table(&self, offsets: &[u32]) -> Vec<ExceptionEntry> {
        let mut table: Vec<ExceptionEntry> = Vec::new();
        for (i, ins) in self.ins.iter().enumerate() {
            let Some(h) = ins.handler.filter(|_| !ins.removed) else {
                continue;
            };
            let h = self.handlers[h.0 as usize];
            let handler = offsets[self.target_index(h.label)];
            let (start, end) = (offsets[i], offsets[i + 1]);
            let same = |e: &&mut ExceptionEntry| e.handler == handler && e.exc == h.exc;
            match table.last_mut().filter(same) {
                Some(e) if e.end == start => e.end = end,
                _ => table.push(ExceptionEntry {
                    start,
                    end,
                    handler,
                    exc: h.exc,
                }),
            }
        }
        table
    }
}
