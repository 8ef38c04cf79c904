//! `for` loops: the fields of range and list iterators are kept in nodes.

use super::*;
use std::mem::offset_of;

const POS: u32 = offset_of!(IterObj, pos) as u32;
/// Items left, of a range iterator.
const LEFT: u32 = offset_of!(IterObj, end) as u32;
const STEP: u32 = offset_of!(IterObj, step) as u32;
const TARGET: u32 = offset_of!(IterObj, target) as u32;

impl Builder<'_> {
    pub(super) fn get_iter(&mut self, insn: Insn) -> Built {
        let x = self.reg(insn.first.b());
        match self.quick_iter(x) {
            Some(n) => {
                self.set(insn.first.a(), n);
                Ok(())
            }
            None => self.step(insn),
        }
    }

    /// The iterator's kind, when it is one whose fields are kept in nodes.
    fn iterator_kind(&self, it: Node, word: u32) -> Option<Kind> {
        let state = self.body().code.jit_state();
        let site = state.feedback.borrow().site(word);
        if site.unstable || self.g.rep(it) != Rep::Value {
            return None;
        }
        match self.types_of(it, site.operands[0]) {
            types::RANGE_ITER => Some(Kind::RangeIter),
            types::LIST_ITER => Some(Kind::ListIter),
            _ => None,
        }
    }

    /// Before a loop whose header is a `ForIter`: takes the iterator's fields into nodes.
    pub(super) fn iterator_fields(&mut self, word: u32) -> Built {
        let body = self.body();
        let Some(insn) = body.at.get(&word).map(|i| body.insns[*i]) else {
            return Ok(());
        };
        if insn.op != Bc::ForIter {
            return Ok(());
        }
        let reg = insn.first.b();
        let written = body
            .loops
            .get(&word)
            .is_none_or(|l| l.1.contains(reg as usize));
        let it = self.reg(reg);
        if written {
            return Ok(());
        }
        let Some(kind) = self.iterator_kind(it, word) else {
            return Ok(());
        };
        self.guard_shape(it, kind as u32);
        if !self.guard_alone(it) {
            return Ok(());
        }
        for offset in if kind == Kind::RangeIter {
            &[POS, LEFT][..]
        } else {
            &[POS]
        } {
            if self.env.field(it, *offset).is_none() {
                let value = self.push(Op::LoadWord { offset: *offset }, Rep::Int, vec![it]);
                self.env.fields.push(Field {
                    base: it,
                    offset: *offset,
                    value,
                });
            }
        }
        Ok(())
    }

    /// The iterator is none of those whose fields are in nodes already. False: it may be.
    fn guard_alone(&mut self, it: Node) -> bool {
        let made_here = |g: &Graph, n: Node| {
            let address = crate::helpers::quick::iter as *const () as u64;
            g.node(n).op == Op::Helper { address }
        };
        let fields = self.env.fields.iter();
        let mut others: Vec<Node> = fields.map(|f| f.base).filter(|b| *b != it).collect();
        others.dedup();
        if made_here(&self.g, it) {
            return true;
        }
        others.retain(|o| !made_here(&self.g, *o));
        if self.site().unstable && !others.is_empty() {
            return false;
        }
        for other in others {
            let same = self.push(Op::SameWord, Rep::Bool, vec![it, other]);
            let differ = self.push(Op::Not, Rep::Bool, vec![same]);
            self.push_leaving(Op::GuardTrue, Rep::None, vec![differ]);
        }
        true
    }

    fn set_field(&mut self, base: Node, offset: u32, value: Node) {
        for f in self.env.fields.iter_mut() {
            if f.base == base && f.offset == offset {
                f.value = value;
            }
        }
    }

    pub(super) fn for_iter(&mut self, insn: Insn) -> Built {
        let it = self.reg(insn.first.b());
        if let (Some(pos), Some(left)) = (self.env.field(it, POS), self.env.field(it, LEFT)) {
            return self.range_iter(insn, it, pos, left);
        }
        if let Some(pos) = self.env.field(it, POS) {
            return self.list_iter(insn, it, pos);
        }
        self.any_iter(insn, it)
    }

    fn range_iter(&mut self, insn: Insn, it: Node, pos: Node, left: Node) -> Built {
        let zero = self.int_const(0);
        let more = self.push(Op::CmpInt(Cmp::Gt), Rep::Bool, vec![left, zero]);
        let take = |b: &mut Self| {
            let step = b.push(Op::LoadWord { offset: STEP }, Rep::Int, vec![it]);
            let one = b.int_const(1);
            let next = b.push(Op::AddInt, Rep::Int, vec![pos, step]);
            let left = b.push(Op::SubInt, Rep::Int, vec![left, one]);
            b.set_field(it, POS, next);
            b.set_field(it, LEFT, left);
            b.set(insn.first.a(), pos);
        };
        self.item_branch(insn, more, take, |_| ())
    }

    fn list_iter(&mut self, insn: Insn, it: Node, pos: Node) -> Built {
        let list = self.push(Op::LoadField { offset: TARGET }, Rep::Value, vec![it]);
        // An exhausted iterator has no list.
        self.push_leaving(Op::GuardBound, Rep::None, vec![list]);
        let offset = offset_of!(ListObj, len) as u32;
        let len = self.push(Op::LoadLen { offset }, Rep::Int, vec![list]);
        let more = self.push(Op::CmpInt(Cmp::Lt), Rep::Bool, vec![pos, len]);
        self.item_branch(
            insn,
            more,
            |b| {
                // The branch has checked the position.
                let n = b.push(Op::LoadItem, Rep::Value, vec![list, pos]);
                let one = b.int_const(1);
                let next = b.push(Op::AddInt, Rep::Int, vec![pos, one]);
                b.set_field(it, POS, next);
                b.set(insn.first.a(), n);
            },
            |b| {
                // At its end the iterator lets go of the list.
                b.store_fields_of(it);
                let none = b.constant(Rep::Value, 0);
                b.push(Op::StoreField { offset: TARGET }, Rep::None, vec![it, none]);
            },
        )
    }

    /// Stores the fields of one iterator back.
    fn store_fields_of(&mut self, it: Node) {
        let fields = std::mem::take(&mut self.env.fields);
        for f in fields {
            if f.base == it {
                let op = Op::StoreWord { offset: f.offset };
                self.push(op, Rep::None, vec![f.base, f.value]);
            } else {
                self.env.fields.push(f);
            }
        }
    }

    fn any_iter(&mut self, insn: Insn, it: Node) -> Built {
        // The interpreter resumes generators in its own loop, which a helper cannot.
        if !self.eager && self.site().operands[0] & types::GENERATOR != 0 {
            return Err(Refusal::DrivesGenerator);
        }
        let n = self.push_leaving(Op::NextItem, Rep::Value, vec![it]);
        self.catch(n);
        self.clobber();
        let none = self.constant(Rep::Value, 0);
        let end = self.push(Op::SameWord, Rep::Bool, vec![n, none]);
        let more = self.push(Op::Not, Rep::Bool, vec![end]);
        self.item_branch(insn, more, |b| b.set(insn.first.a(), n), |_| ())
    }

    /// Ends the block: with an item (which `take` stores) to the next instruction, else, after
    /// `finish`, to the jump's target.
    fn item_branch(
        &mut self,
        insn: Insn,
        more: Node,
        take: impl FnOnce(&mut Self),
        finish: impl FnOnce(&mut Self),
    ) -> Built {
        let from = self.block();
        let env = self.env.clone();
        let (item, end) = (self.g.new_block(insn.word), self.g.new_block(insn.word));
        let edge = |to| Edge { to, args: vec![] };
        self.g.block_mut(from).end = End::Branch {
            cond: more,
            then: edge(item),
            other: edge(end),
        };
        self.cur = Some(end);
        self.state_cache = None;
        finish(self);
        self.goto((insn.word as i64 + insn.second.x() as i32 as i64) as u32)?;
        self.cur = Some(item);
        self.env = env;
        self.state_cache = None;
        take(self);
        self.goto(insn.next())
    }
}
