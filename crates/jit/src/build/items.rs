//! Subscripts and unpacking of lists and tuples.

use super::*;
use std::mem::offset_of;

const LIST_LEN: u32 = offset_of!(ListObj, len) as u32;
const TUPLE_LEN: u32 = offset_of!(TupleObj, len) as u32;

impl Builder<'_> {
    /// Which of the exact sequences a node is, guarded.
    fn sequence(&mut self, n: Node, recorded: u32) -> Option<Kind> {
        if self.site().unstable || self.g.rep(n) != Rep::Value {
            return None;
        }
        let known = self.env.single_shape(n);
        let kind = match (known, self.types_of(n, recorded)) {
            (Some(s), _) if s == Kind::List as u32 => Kind::List,
            (Some(s), _) if s == Kind::Tuple as u32 => Kind::Tuple,
            (_, types::LIST) => Kind::List,
            (_, types::TUPLE) => Kind::Tuple,
            _ => return None,
        };
        self.guard_shape(n, kind as u32);
        Some(kind)
    }

    /// An index from the end as one from the start.
    fn normal_index(&mut self, obj: Node, kind: Kind, index: Node, known: Option<i64>) -> Node {
        if known.is_none_or(|i| i >= 0) {
            return index;
        }
        let offset = if kind == Kind::List {
            LIST_LEN
        } else {
            TUPLE_LEN
        };
        let len = self.push(Op::LoadLen { offset }, Rep::Int, vec![obj]);
        self.push_leaving(Op::AddInt, Rep::Int, vec![len, index])
    }

    pub(super) fn get_item(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let site = self.site();
        let obj = self.reg(w.b());
        let (index, mask) = if insn.op == Bc::GetItemI {
            (self.int_const(w.imm_c() as i64), types::INT)
        } else {
            (self.reg(w.c()), site.operands[1])
        };
        let is_int = self.types_of(index, mask) == types::INT;
        let sequence = is_int.then(|| self.sequence(obj, site.operands[0]));
        let Some(kind) = sequence.flatten() else {
            return match self.quick_item(obj, index, mask) {
                Some(n) => {
                    self.set(w.a(), n);
                    Ok(())
                }
                None => self.unseen(insn, site.operands[0] == 0),
            };
        };
        let index = self.as_int(index);
        let known = self.g.constant(index).map(|b| b as i64);
        let index = self.normal_index(obj, kind, index, known);
        let op = if kind == Kind::List {
            Op::LoadItem
        } else {
            Op::LoadTupleItem
        };
        let n = self.push_leaving(op, Rep::Value, vec![obj, index]);
        self.set(w.a(), n);
        Ok(())
    }

    pub(super) fn set_item(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let site = self.site();
        let (obj, index, v) = (self.reg(w.a()), self.reg(w.b()), self.reg(w.c()));
        if self.types_of(index, site.operands[1]) != types::INT
            || self.sequence(obj, site.operands[0]) != Some(Kind::List)
        {
            if self.quick_set_item(obj, index, v) {
                return Ok(());
            }
            return self.unseen(insn, site.operands[0] == 0);
        }
        let index = self.as_int(index);
        let known = self.g.constant(index).map(|b| b as i64);
        let index = self.normal_index(obj, Kind::List, index, known);
        let v = self.boxed(v);
        self.push_leaving(Op::StoreItem, Rep::None, vec![obj, index, v]);
        Ok(())
    }

    pub(super) fn unpack_seq(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let site = self.site();
        let (src, n) = (self.reg(w.b()), w.c());
        let made = self.g.node(src).op;
        if matches!(made, Op::NewTuple) && self.g.node(src).args.len() == n as usize {
            let items = self.g.node(src).args.clone();
            for (i, item) in items.into_iter().enumerate() {
                let item = self.unboxed(item);
                self.set(w.a() + i as u16, item);
            }
            return Ok(());
        }
        let Some(kind) = self.sequence(src, site.operands[0]) else {
            return self.unseen(insn, site.operands[0] == 0);
        };
        if kind == Kind::Tuple {
            self.guard_field(src, TUPLE_LEN, n as u64);
            for i in 0..n {
                let offset = size_of::<TupleObj>() as u32 + i as u32 * 8;
                let item = self.push(Op::LoadField { offset }, Rep::Value, vec![src]);
                self.set(w.a() + i, item);
            }
            return Ok(());
        }
        self.guard_field(src, LIST_LEN, n as u64);
        for i in 0..n {
            let index = self.int_const(i as i64);
            let item = self.push_leaving(Op::LoadItem, Rep::Value, vec![src, index]);
            self.set(w.a() + i, item);
        }
        Ok(())
    }

    /// What was boxed to a value, before it was.
    pub(super) fn unboxed(&self, n: Node) -> Node {
        match self.g.node(n).op {
            Op::BoxInt | Op::BoxFloat | Op::BoxBool => self.g.node(n).args[0],
            _ => n,
        }
    }
}
