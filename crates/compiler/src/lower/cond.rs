//! Conditions: tests that jump instead of making a bool.

use super::Lower;
use super::expr::as_imm;
use crate::builder::{Label, Reg};
use crate::error::R;
use crate::fold;
use bytecode::Op;
use syntax::ast::{self as ast, BoolOp, CmpOp, Expr, UnaryOp};
use syntax::text_size::Ranged;

/// Fused compare-and-jump opcodes: with a register and with an immediate.
fn fused(op: CmpOp) -> Option<(Op, Op)> {
    Some(match op {
        CmpOp::Lt => (Op::JumpLt, Op::JumpLtI),
        CmpOp::LtE => (Op::JumpLe, Op::JumpLeI),
        CmpOp::Eq => (Op::JumpEq, Op::JumpEqI),
        CmpOp::NotEq => (Op::JumpNe, Op::JumpNeI),
        CmpOp::Gt => (Op::JumpGt, Op::JumpGtI),
        CmpOp::GtE => (Op::JumpGe, Op::JumpGeI),
        _ => return None,
    })
}

impl<'a> Lower<'a> {
    /// Jumps to `target` if the truth of `e` is `sense`, else falls through.
    pub(super) fn jump_if(&mut self, e: &'a Expr, target: Label, sense: bool) -> R {
        self.deeper()?;
        let mark = self.b().mark();
        self.jump_if_inner(e, target, sense)?;
        self.b().reset(mark);
        self.depth -= 1;
        Ok(())
    }

    fn jump_if_inner(&mut self, e: &'a Expr, target: Label, sense: bool) -> R {
        if let Some(c) = self.constant(e) {
            self.at(e.range());
            match fold::truth(&c) == sense {
                true => self.b().goto(target),
                false => self.b().op(Op::Nop, 0, 0, 0, 0),
            }
            return Ok(());
        }
        match e {
            Expr::UnaryOp(u) if u.op == UnaryOp::Not => self.jump_if(&u.operand, target, !sense),
            Expr::BoolOp(b) => self.jump_bool_op(b, target, sense),
            Expr::Compare(c) => self.jump_compare(c, target, sense),
            Expr::If(i) => {
                let (other, end) = (self.b().label(), self.b().label());
                self.jump_if(&i.test, other, false)?;
                self.jump_if(&i.body, target, sense)?;
                self.b().skip_to(end);
                self.b().place(other);
                self.jump_if(&i.orelse, target, sense)?;
                self.b().place(end);
                Ok(())
            }
            _ => {
                let r = self.any(e)?;
                self.at(e.range());
                self.jump_truth(r, target, sense);
                Ok(())
            }
        }
    }

    fn jump_truth(&mut self, r: Reg, target: Label, sense: bool) {
        let op = if sense {
            Op::JumpIfTrue
        } else {
            Op::JumpIfFalse
        };
        self.b().jump(op, 0, r, 0, target);
    }

    fn jump_bool_op(&mut self, b: &'a ast::ExprBoolOp, target: Label, sense: bool) -> R {
        let Some((last, init)) = b.values.split_last() else {
            return Ok(());
        };
        // `or` is decided by the first true value, `and` by the first false one.
        let decides = b.op == BoolOp::Or;
        if decides == sense {
            for v in &b.values {
                self.jump_if(v, target, sense)?;
            }
            return Ok(());
        }
        let skip = self.b().label();
        for v in init {
            self.jump_if(v, skip, decides)?;
        }
        self.jump_if(last, target, sense)?;
        self.b().place(skip);
        Ok(())
    }

    fn jump_compare(&mut self, c: &'a ast::ExprCompare, target: Label, sense: bool) -> R {
        self.warn_compare(c)?;
        let mut left = self.any(&c.left)?;
        let fail = self.b().label();
        let last = c.ops.len() - 1;
        for (i, (op, e)) in c.ops.iter().zip(&c.comparators).enumerate() {
            if i == last {
                self.jump_single(c, *op, left, e, target, sense)?;
            } else {
                let r = self.membership_operand(*op, e)?;
                let out = if sense { fail } else { target };
                self.at(c.range());
                self.jump_registers(*op, left, r, out, false);
                left = r;
            }
        }
        self.b().place(fail);
        Ok(())
    }

    /// The last (or only) comparison of a chain.
    fn jump_single(
        &mut self,
        c: &'a ast::ExprCompare,
        op: CmpOp,
        left: Reg,
        e: &'a Expr,
        target: Label,
        sense: bool,
    ) -> R {
        if e.is_none_literal_expr() && matches!(op, CmpOp::Is | CmpOp::IsNot) {
            let jump = if (op == CmpOp::Is) == sense {
                Op::JumpIfNone
            } else {
                Op::JumpIfNotNone
            };
            self.at(c.range());
            self.b().jump(jump, 0, left, 0, target);
            return Ok(());
        }
        if let (Some((_, op)), Some(imm)) = (fused(op), self.constant(e).as_ref().and_then(as_imm))
        {
            self.at(c.range());
            self.b().jump(op, sense as u8, left, imm, target);
            return Ok(());
        }
        let r = self.membership_operand(op, e)?;
        self.at(c.range());
        self.jump_registers(op, left, r, target, sense);
        Ok(())
    }

    fn jump_registers(&mut self, op: CmpOp, left: Reg, right: Reg, target: Label, sense: bool) {
        match (op, fused(op)) {
            (_, Some((op, _))) => self.b().jump(op, sense as u8, left, right, target),
            (CmpOp::Is, _) => self.b().jump(Op::JumpIs, sense as u8, left, right, target),
            (CmpOp::IsNot, _) => self.b().jump(Op::JumpIs, !sense as u8, left, right, target),
            _ => {
                let mark = self.b().mark();
                let t = self.b().alloc();
                self.compare_op(op, t, left, right);
                self.jump_truth(t, target, sense);
                self.b().reset(mark);
            }
        }
    }
}
