//! Expressions. `to` computes straight into a register, writing it only as its last effect when
//! it is a named local; `any` gives whichever register holds the value.

use super::Lower;
use super::display::Seq;
use crate::builder::Reg;
use crate::error::R;
use crate::fold;
use crate::literal::literal;
use bytecode::{Const, Op};
use syntax::ast::{self as ast, CmpOp, Expr, Operator, UnaryOp};
use syntax::text_size::Ranged;

/// The opcode of a binary operator.
fn op_of(op: Operator) -> Op {
    match op {
        Operator::Add => Op::Add,
        Operator::Sub => Op::Sub,
        Operator::Mult => Op::Mul,
        Operator::MatMult => Op::MatMul,
        Operator::Div => Op::TrueDiv,
        Operator::Mod => Op::Mod,
        Operator::Pow => Op::Pow,
        Operator::LShift => Op::Lshift,
        Operator::RShift => Op::Rshift,
        Operator::BitOr => Op::Or,
        Operator::BitXor => Op::Xor,
        Operator::BitAnd => Op::And,
        Operator::FloorDiv => Op::FloorDiv,
    }
}

/// Its form with a constant right operand.
fn immediate_op(op: Operator) -> Option<Op> {
    Some(match op {
        Operator::Add => Op::AddI,
        Operator::Sub => Op::SubI,
        Operator::Mult => Op::MulI,
        Operator::FloorDiv => Op::FloorDivI,
        Operator::Mod => Op::ModI,
        _ => return None,
    })
}

/// A constant as an operand inside an instruction.
pub(super) fn as_imm(c: &Const) -> Option<u16> {
    match c {
        Const::Int(i) => i16::try_from(*i).ok().map(|i| i as u16),
        _ => None,
    }
}

impl<'a> Lower<'a> {
    /// Evaluates into any register: the local itself, or a new temporary.
    pub(super) fn any(&mut self, e: &'a Expr) -> R<Reg> {
        if let Expr::Name(n) = e {
            self.at(n.range());
            if let Some(r) = self.local_operand(&n.id) {
                self.b().show_line();
                return Ok(r);
            }
        }
        let r = self.b().alloc();
        self.to(e, r)?;
        Ok(r)
    }

    /// Evaluates into a new temporary at the top.
    pub(super) fn push(&mut self, e: &'a Expr) -> R<Reg> {
        let r = self.b().alloc();
        self.to(e, r)?;
        Ok(r)
    }

    /// A temporary to build a value in that ends up in `dst`.
    pub(super) fn scratch(&mut self, dst: Reg) -> Reg {
        if self.b().is_temp(dst) {
            dst
        } else {
            self.b().alloc()
        }
    }

    /// A base of consecutive registers at the top, beginning with `dst` when that is the top.
    pub(super) fn base(&mut self, dst: Reg) -> Reg {
        if self.b().is_top(dst) {
            dst
        } else {
            self.b().alloc()
        }
    }

    /// Evaluates into R[dst].
    pub(super) fn to(&mut self, e: &'a Expr, dst: Reg) -> R {
        self.deeper()?;
        let mark = self.b().mark();
        self.evaluate(e, dst)?;
        self.b().reset(mark);
        self.depth -= 1;
        Ok(())
    }

    fn evaluate(&mut self, e: &'a Expr, dst: Reg) -> R {
        match e {
            Expr::Name(n) => {
                if self.is_debug_name(n) {
                    let value = self.optimize == 0;
                    self.at(n.range());
                    self.b().load_const(dst, &Const::Bool(value));
                } else {
                    self.load_name(n, dst);
                }
                Ok(())
            }
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => {
                let c = literal(e, self.source).unwrap_or(Const::None);
                self.at(e.range());
                self.b().load_const(dst, &c);
                Ok(())
            }
            Expr::BinOp(b) => self.binary(b, dst),
            Expr::UnaryOp(u) => self.unary(e, u, dst),
            Expr::BoolOp(b) => self.bool_op(b, dst),
            Expr::Compare(c) => self.compare(c, dst),
            Expr::If(i) => self.if_expr(i, dst),
            Expr::Named(n) => self.named(n, dst),
            Expr::Call(c) => self.call(c, dst),
            Expr::Attribute(a) => self.attribute(a, dst),
            Expr::Subscript(s) => self.subscript(s, dst),
            Expr::Tuple(t) => match self.constant(e) {
                Some(c) => {
                    self.at(e.range());
                    self.b().load_const(dst, &c);
                    Ok(())
                }
                None => self.sequence(&t.elts, Seq::Tuple, e, dst),
            },
            Expr::List(l) => self.sequence(&l.elts, Seq::List, e, dst),
            Expr::Set(s) => self.sequence(&s.elts, Seq::Set, e, dst),
            Expr::Dict(d) => self.dict(d, dst),
            Expr::Slice(s) => self.slice_object(e, s, dst),
            Expr::Lambda(l) => self.lambda(l, dst),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehension(e, dst)
            }
            Expr::FString(f) => self.fstring(f, dst),
            Expr::TString(t) => self.tstring(t, dst),
            Expr::Yield(y) => self.yield_expr(y, dst),
            Expr::YieldFrom(y) => self.yield_from(y, dst),
            Expr::Await(a) => self.await_expr(a, dst),
            Expr::Starred(s) => self.err("can't use starred expression here", s.range()),
            Expr::IpyEscapeCommand(_) => self.err("invalid syntax", e.range()),
        }
    }

    pub(super) fn is_debug_name(&self, n: &ast::ExprName) -> bool {
        n.id.as_str() == "__debug__"
    }

    /// The value of a constant expression.
    pub(super) fn constant(&self, e: &Expr) -> Option<Const> {
        self.constant_at(e, 0)
    }

    fn constant_at(&self, e: &Expr, depth: u32) -> Option<Const> {
        if depth > 50 {
            return None;
        }
        match e {
            Expr::Name(n) if self.is_debug_name(n) => Some(Const::Bool(self.optimize == 0)),
            Expr::UnaryOp(u) => fold::unary(u.op, &self.constant_at(&u.operand, depth + 1)?),
            Expr::BinOp(b) => {
                let right = self.constant_at(&b.right, depth + 1)?;
                let left = self.constant_at(&b.left, depth + 1)?;
                fold::binary(b.op, &left, &right)
            }
            Expr::Tuple(t) => {
                let items = t.elts.iter().map(|e| self.constant_at(e, depth + 1));
                Some(Const::Tuple(items.collect::<Option<_>>()?))
            }
            _ => literal(e, self.source),
        }
    }

    /// Long chains `a + b + c ...` are deep on the left, so they are walked in a loop.
    fn binary(&mut self, b: &'a ast::ExprBinOp, dst: Reg) -> R {
        let mut spine = vec![b];
        let mut first = &*b.left;
        while let Expr::BinOp(inner) = first {
            spine.push(inner);
            first = &inner.left;
        }
        let mut value = self.constant(first);
        let acc = self.scratch(dst);
        let mut left = acc;
        if value.is_none() {
            left = self.left_operand(first, acc)?;
        }
        let last = spine.len() - 1;
        for (i, node) in spine.into_iter().rev().enumerate() {
            let right = self.constant(&node.right);
            if let (Some(l), Some(r)) = (&value, &right)
                && let Some(folded) = fold::binary(node.op, l, r)
            {
                value = Some(folded);
                continue;
            }
            if let Some(c) = value.take() {
                self.at(first.range());
                self.b().load_const(acc, &c);
                left = acc;
            }
            let out = if i == last { dst } else { acc };
            if let Expr::StringLiteral(_) = &*node.left
                && node.op == Operator::Mod
                && self.percent_format(node, out)?
            {
                left = acc;
                continue;
            }
            let mark = self.b().mark();
            match (immediate_op(node.op), right.as_ref().and_then(as_imm)) {
                (Some(op), Some(imm)) => {
                    self.at(node.range());
                    self.b().op_cached(op, 0, out, left, imm, 0);
                }
                _ => {
                    let r = match right {
                        Some(c) => {
                            let r = self.b().alloc();
                            self.at(node.right.range());
                            self.b().load_const(r, &c);
                            r
                        }
                        None => self.any(&node.right)?,
                    };
                    self.at(node.range());
                    self.b().op_cached(op_of(node.op), 0, out, left, r, 0);
                }
            }
            self.b().reset(mark);
            left = acc;
        }
        if let Some(c) = value {
            self.at(b.range());
            self.b().load_const(dst, &c);
        }
        Ok(())
    }

    /// An operand that is a local, or else is computed into `acc`.
    fn left_operand(&mut self, e: &'a Expr, acc: Reg) -> R<Reg> {
        if let Expr::Name(n) = e {
            self.at(n.range());
            if let Some(r) = self.local_operand(&n.id) {
                self.b().show_line();
                return Ok(r);
            }
        }
        self.to(e, acc)?;
        Ok(acc)
    }

    /// In-place operation R[dst] = R[left] op= value.
    pub(super) fn in_place(
        &mut self,
        op: Operator,
        dst: Reg,
        left: Reg,
        value: &'a Expr,
        range: syntax::text_size::TextRange,
    ) -> R {
        let mark = self.b().mark();
        let imm = self.constant(value).as_ref().and_then(as_imm);
        match (immediate_op(op), imm) {
            (Some(op), Some(imm)) => {
                self.at(range);
                self.b().op_cached(op, 1, dst, left, imm, 0);
            }
            _ => {
                let r = self.any(value)?;
                self.at(range);
                self.b().op_cached(op_of(op), 1, dst, left, r, 0);
            }
        }
        self.b().reset(mark);
        Ok(())
    }

    fn unary(&mut self, e: &'a Expr, u: &'a ast::ExprUnaryOp, dst: Reg) -> R {
        if let Some(c) = self.constant(e) {
            self.at(e.range());
            self.b().load_const(dst, &c);
            return Ok(());
        }
        if u.op == UnaryOp::Not
            && let Some(negated) = self.negated_test(u, dst)?
        {
            return Ok(negated);
        }
        let r = self.any(&u.operand)?;
        let op = match u.op {
            UnaryOp::Invert => Op::Invert,
            UnaryOp::Not => Op::Not,
            UnaryOp::UAdd => Op::Pos,
            UnaryOp::USub => Op::Neg,
        };
        self.at(e.range());
        self.b().op(op, 0, dst, r, 0);
        Ok(())
    }

    /// `not (a is b)` and `not (a in b)` are one operation.
    fn negated_test(&mut self, u: &'a ast::ExprUnaryOp, dst: Reg) -> R<Option<()>> {
        let Expr::Compare(c) = &*u.operand else {
            return Ok(None);
        };
        let [op @ (CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn)] = *c.ops else {
            return Ok(None);
        };
        self.warn_compare(c)?;
        let left = self.any(&c.left)?;
        let right = self.membership_operand(op, &c.comparators[0])?;
        self.at(u.range());
        self.compare_op(op.negate(), dst, left, right);
        Ok(Some(()))
    }

    fn bool_op(&mut self, b: &'a ast::ExprBoolOp, dst: Reg) -> R {
        let t = self.scratch(dst);
        let end = self.b().label();
        let is_or = b.op == ast::BoolOp::Or;
        let last = b.values.len() - 1;
        for (i, v) in b.values.iter().enumerate() {
            if let Some(c) = self.constant(v) {
                // A constant decides at once or is skipped.
                let decides = fold::truth(&c) == is_or;
                if !decides && i != last {
                    continue;
                }
                self.to(v, t)?;
                if decides {
                    self.b().goto(end);
                }
                continue;
            }
            self.to(v, t)?;
            if i != last {
                self.at(b.range());
                let op = if is_or {
                    Op::JumpIfTrue
                } else {
                    Op::JumpIfFalse
                };
                self.b().jump(op, 0, t, 0, end);
            }
        }
        self.b().place(end);
        self.b().mov(dst, t);
        Ok(())
    }

    /// The right side of a comparison; for `in`, constant lists and sets become tuples and
    /// frozen sets.
    pub(super) fn membership_operand(&mut self, op: CmpOp, e: &'a Expr) -> R<Reg> {
        if fold::is_membership(op)
            && let Some(c) = self.constant_container(e)
        {
            let r = self.b().alloc();
            self.at(e.range());
            self.b().load_const(r, &c);
            return Ok(r);
        }
        self.any(e)
    }

    /// A constant list as a tuple, a constant set as a frozen set.
    pub(super) fn constant_container(&self, e: &Expr) -> Option<Const> {
        let items = |elts: &[Expr]| elts.iter().map(|e| self.constant(e)).collect::<Option<_>>();
        match e {
            Expr::List(l) => Some(Const::Tuple(items(&l.elts)?)),
            Expr::Set(s) => Some(Const::FrozenSet(items(&s.elts)?)),
            _ => None,
        }
    }

    /// R[dst] = R[left] op R[right].
    pub(super) fn compare_op(&mut self, op: CmpOp, dst: Reg, left: Reg, right: Reg) {
        let b = self.b();
        let cached = match op {
            CmpOp::Eq => Op::Eq,
            CmpOp::NotEq => Op::Ne,
            CmpOp::Lt => Op::Lt,
            CmpOp::LtE => Op::Le,
            CmpOp::Gt => Op::Gt,
            CmpOp::GtE => Op::Ge,
            CmpOp::Is => return b.op(Op::Is, 0, dst, left, right),
            CmpOp::IsNot => return b.op(Op::Is, 1, dst, left, right),
            CmpOp::In => return b.op(Op::Contains, 0, dst, left, right),
            CmpOp::NotIn => return b.op(Op::Contains, 1, dst, left, right),
        };
        b.op_cached(cached, 0, dst, left, right, 0);
    }

    fn compare(&mut self, c: &'a ast::ExprCompare, dst: Reg) -> R {
        self.warn_compare(c)?;
        if let ([op], [right]) = (&*c.ops, &*c.comparators) {
            let left = self.operand_in(&c.left, dst)?;
            let r = self.membership_operand(*op, right)?;
            self.at(c.range());
            self.compare_op(*op, dst, left, r);
            return Ok(());
        }
        let mut left = self.any(&c.left)?;
        let t = self.scratch(dst);
        let end = self.b().label();
        let last = c.ops.len() - 1;
        for (i, (op, e)) in c.ops.iter().zip(&c.comparators).enumerate() {
            let r = self.membership_operand(*op, e)?;
            self.at(c.range());
            self.compare_op(*op, t, left, r);
            if i != last {
                self.b().jump(Op::JumpIfFalse, 0, t, 0, end);
            }
            left = r;
        }
        self.b().place(end);
        self.b().mov(dst, t);
        Ok(())
    }

    fn if_expr(&mut self, i: &'a ast::ExprIf, dst: Reg) -> R {
        let (other, end) = (self.b().label(), self.b().label());
        self.jump_if(&i.test, other, false)?;
        self.to(&i.body, dst)?;
        self.b().skip_to(end);
        self.b().place(other);
        self.to(&i.orelse, dst)?;
        self.b().place(end);
        Ok(())
    }

    fn named(&mut self, n: &'a ast::ExprNamed, dst: Reg) -> R {
        let Expr::Name(target) = &*n.target else {
            return self.err(
                "cannot use assignment expressions with this target",
                n.range(),
            );
        };
        self.check_forbidden(&target.id, false, target.range())?;
        let t = self.scratch(dst);
        self.to(&n.value, t)?;
        self.at(target.range());
        self.store_name(&target.id, t);
        self.b().mov(dst, t);
        Ok(())
    }

    fn attribute(&mut self, a: &'a ast::ExprAttribute, dst: Reg) -> R {
        if self.super_attribute(a, dst)? {
            return Ok(());
        }
        let obj = self.operand_in(&a.value, dst)?;
        self.at_attribute(a);
        let attr = self.mangle(&a.attr.id);
        let x = self.b().name(&attr);
        self.b().op_cached(Op::LoadAttr, 0, dst, obj, 0, x);
        Ok(())
    }

    /// The value of an operand: a local, or computed in `dst` if that is a temporary.
    pub(super) fn operand_in(&mut self, e: &'a Expr, dst: Reg) -> R<Reg> {
        let t = if self.b().is_temp(dst) {
            Some(dst)
        } else {
            None
        };
        match t {
            Some(t) => self.left_operand(e, t),
            None => self.any(e),
        }
    }

    /// The position of an attribute access: the attribute's line when it is not the first one.
    pub(super) fn at_attribute(&mut self, a: &ast::ExprAttribute) {
        self.at(a.range());
        self.adjust_to_attribute(a);
    }

    /// Moves the current position to the line of the attribute name, as CPython does.
    pub(super) fn adjust_to_attribute(&mut self, a: &ast::ExprAttribute) {
        let end = self.source.locate(a.end());
        let pos = &mut self.unit.b.pos;
        if pos.line != end.0 {
            pos.line = end.0;
            let len = a.attr.id.chars().count() as u32;
            if len <= end.1 {
                pos.col = end.1 - len;
            } else {
                pos.col = u32::MAX;
                pos.end_col = u32::MAX;
            }
        }
    }

    fn subscript(&mut self, s: &'a ast::ExprSubscript, dst: Reg) -> R {
        self.warn_subscript(s)?;
        if let (Some(seq), Some(index)) = (self.constant(&s.value), self.constant(&s.slice))
            && let Some(c) = fold::subscript(&seq, &index)
        {
            self.at(s.range());
            self.b().load_const(dst, &c);
            return Ok(());
        }
        let obj = self.operand_in(&s.value, dst)?;
        if let Expr::Slice(slice) = &*s.slice
            && slice.step.is_none()
            && self.constant_slice(slice).is_none()
        {
            let bounds = self.slice_bounds(slice)?;
            self.at(s.range());
            self.b().op(Op::GetSlice, 0, dst, obj, bounds);
            return Ok(());
        }
        let imm = self.constant(&s.slice).as_ref().and_then(as_imm);
        if let Some(imm) = imm {
            self.at(s.range());
            self.b().op_cached(Op::GetItemI, 0, dst, obj, imm, 0);
            return Ok(());
        }
        let index = self.any(&s.slice)?;
        self.at(s.range());
        self.b().op_cached(Op::GetItem, 0, dst, obj, index, 0);
        Ok(())
    }

    /// The two bounds of `a[x:y]` in consecutive registers.
    pub(super) fn slice_bounds(&mut self, s: &'a ast::ExprSlice) -> R<Reg> {
        let base = self.b().mark();
        for bound in [&s.lower, &s.upper] {
            let r = self.b().alloc();
            match bound {
                Some(e) => self.to(e, r)?,
                None => self.b().load_none(r),
            }
        }
        Ok(base as Reg)
    }

    /// A slice of constants is a constant (as in CPython 3.14).
    pub(super) fn constant_slice(&self, s: &ast::ExprSlice) -> Option<Const> {
        let part = |e: &Option<Box<Expr>>| match e {
            Some(e) => self.constant(e),
            None => Some(Const::None),
        };
        let parts = [part(&s.lower)?, part(&s.upper)?, part(&s.step)?];
        Some(Const::Slice(Box::new(parts)))
    }

    fn slice_object(&mut self, e: &'a Expr, s: &'a ast::ExprSlice, dst: Reg) -> R {
        if let Some(c) = self.constant_slice(s) {
            self.at(e.range());
            self.b().load_const(dst, &c);
            return Ok(());
        }
        let base = self.slice_bounds(s)?;
        let mut count = 2;
        if let Some(step) = &s.step {
            self.push(step)?;
            count = 3;
        }
        self.at(e.range());
        self.b().op(Op::BuildSlice, 0, dst, base, count);
        Ok(())
    }
}
