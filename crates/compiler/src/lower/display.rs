//! Displays: tuples, lists, sets, dicts. Short ones are built from registers at once, long and
//! starred ones piece by piece.

use super::Lower;
use crate::builder::Reg;
use crate::error::R;
use bytecode::{Const, Op};
use syntax::ast::{self as ast, Expr};
use syntax::text_size::Ranged;

/// Items of a display that are evaluated into registers at once: as many as in CPython, where
/// tracing shows the lines of the pieces.
pub(super) const CHUNK: usize = 30;

impl<'a> Lower<'a> {
    /// A tuple, list or set display.
    pub(super) fn sequence(&mut self, elts: &'a [Expr], kind: Seq, e: &'a Expr, dst: Reg) -> R {
        let starred = elts.iter().any(Expr::is_starred_expr);
        if !starred && kind != Seq::Tuple && (3..=CHUNK).contains(&elts.len()) {
            let items: Option<Vec<_>> = elts.iter().map(|e| self.constant(e)).collect();
            if let Some(items) = items {
                return self.constant_sequence(items, kind, e, dst);
            }
        }
        if !starred && elts.len() <= CHUNK {
            let base = self.push_all(elts)?;
            self.at(e.range());
            self.b().op(kind.build(), 0, dst, base, elts.len() as u16);
            return Ok(());
        }
        let acc = self.scratch(dst);
        self.accumulate(elts, kind, acc, e)?;
        if kind == Seq::Tuple {
            self.at(e.range());
            self.b().op(Op::ListToTuple, 0, dst, acc, 0);
        } else {
            self.b().mov(dst, acc);
        }
        Ok(())
    }

    /// A display of constants is an empty one extended by a constant.
    fn constant_sequence(&mut self, items: Vec<Const>, kind: Seq, e: &Expr, dst: Reg) -> R {
        let acc = self.scratch(dst);
        let t = self.b().alloc();
        self.at(e.range());
        self.b().op(kind.build(), 0, acc, 0, 0);
        let c = match kind {
            Seq::Set => Const::FrozenSet(items),
            _ => Const::Tuple(items),
        };
        self.b().load_const(t, &c);
        let op = if kind == Seq::Set {
            Op::SetUpdate
        } else {
            Op::ListExtend
        };
        self.b().op(op, 0, acc, t, 0);
        self.b().mov(dst, acc);
        Ok(())
    }

    /// Evaluates expressions into consecutive registers.
    pub(super) fn push_all(&mut self, elts: &'a [Expr]) -> R<Reg> {
        let base = self.b().mark();
        for e in elts {
            self.push(e)?;
        }
        Ok(base.min(u16::MAX as u32) as Reg)
    }

    /// Builds a list (or set) in R[acc] piece by piece.
    pub(super) fn accumulate(&mut self, elts: &'a [Expr], kind: Seq, acc: Reg, e: &'a Expr) -> R {
        let range = e.range();
        let leading = match elts.len() > CHUNK {
            true => 0,
            false => elts.iter().take_while(|e| !e.is_starred_expr()).count(),
        };
        let mark = self.b().mark();
        let base = self.push_all(&elts[..leading])?;
        self.at(range);
        let build = if kind == Seq::Set {
            Op::BuildSet
        } else {
            Op::BuildList
        };
        self.b().op(build, 0, acc, base, leading as u16);
        self.b().reset(mark);
        for item in &elts[leading..] {
            let (op, value) = match (item, kind) {
                (Expr::Starred(s), Seq::Set) => (Op::SetUpdate, &*s.value),
                (Expr::Starred(s), _) => (Op::ListExtend, &*s.value),
                (_, Seq::Set) => (Op::SetAdd, item),
                _ => (Op::ListAppend, item),
            };
            let r = self.any(value)?;
            self.at(if value.range() == item.range() {
                range
            } else {
                item.range()
            });
            self.b().op(op, 0, acc, r, 0);
            self.b().reset(mark);
        }
        Ok(())
    }

    pub(super) fn dict(&mut self, d: &'a ast::ExprDict, dst: Reg) -> R {
        let plain = d
            .items
            .iter()
            .take(CHUNK / 2)
            .take_while(|i| i.key.is_some())
            .count();
        let mark = self.b().mark();
        let all = plain == d.items.len();
        let acc = if all { dst } else { self.scratch(dst) };
        let base = self.b().mark() as Reg;
        for item in &d.items[..plain] {
            if let Some(key) = &item.key {
                self.push(key)?;
            }
            self.push(&item.value)?;
        }
        self.at(d.range());
        self.b().op(Op::BuildMap, 0, acc, base, plain as u16);
        if all {
            self.b().reset(mark);
            return Ok(());
        }
        let mark = if acc == dst { mark } else { acc as u32 + 1 };
        self.b().reset(mark);
        for item in &d.items[plain..] {
            match &item.key {
                Some(key) => {
                    let k = self.any(key)?;
                    let v = self.any(&item.value)?;
                    self.at(d.range());
                    self.b().op(Op::MapSet, 0, acc, k, v);
                }
                None => {
                    let v = self.any(&item.value)?;
                    self.at(d.range());
                    self.b().op(Op::MapUpdate, 0, acc, v, 0);
                }
            }
            self.b().reset(mark);
        }
        self.b().mov(dst, acc);
        Ok(())
    }
}

/// Kinds of displays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seq {
    Tuple,
    List,
    Set,
}

impl Seq {
    fn build(self) -> Op {
        match self {
            Seq::Tuple => Op::BuildTuple,
            Seq::List => Op::BuildList,
            Seq::Set => Op::BuildSet,
        }
    }
}
