//! Guards: they leave unless something holds.

use super::*;
use crate::deopt::SHAPE;
use cranelift_codegen::ir::types::I32;
use gc::Header;
use runtime::value::*;

impl Lower<'_> {
    pub(super) fn guard_node(&mut self, d: &NodeData) -> Option<ir::Value> {
        let s = self.state_of(d);
        let x = d.args.first().map(|n| self.value(*n));
        let x = x.unwrap_or(self.vm);
        match d.op {
            Op::GuardInt => {
                let tag = self.iconst(TAG_INT);
                let ok = self
                    .fb
                    .ins()
                    .icmp(IntCC::UnsignedGreaterThanOrEqual, x, tag);
                self.guard(ok, s, "int");
                Some(self.fb.ins().iadd_imm_s(x, INT_BIAS as i64))
            }
            Op::GuardFloat => {
                let bits = self
                    .fb
                    .ins()
                    .iadd_imm_s(x, (FLOAT_OFFSET as i64).wrapping_neg());
                let limit = self.iconst(TAG_INT - FLOAT_OFFSET);
                let ok = self.fb.ins().icmp(IntCC::UnsignedLessThan, bits, limit);
                self.guard(ok, s, "float");
                Some(self.fb.ins().bitcast(F64, MemFlags::new(), bits))
            }
            Op::GuardBool => {
                let any = self.fb.ins().bor_imm_s(x, 1);
                let yes = Value::TRUE.bits() as i64;
                let ok = self.fb.ins().icmp_imm_s(IntCC::Equal, any, yes);
                self.guard(ok, s, "bool");
                Some(self.fb.ins().band_imm_s(x, 1))
            }
            Op::GuardShape(shape) => {
                self.guard_cell(x, d.args[0], s);
                let have = self
                    .fb
                    .ins()
                    .load(I32, mem(), x, offset_of!(Header, shape) as i32);
                let ok = self.fb.ins().icmp_imm_s(IntCC::Equal, have, shape as i64);
                self.guard(ok, s, SHAPE);
                Some(x)
            }
            Op::GuardShapes(shapes) => {
                self.guard_cell(x, d.args[0], s);
                let ok = self.has_shape(x, shapes);
                self.guard(ok, s, SHAPE);
                Some(x)
            }
            Op::GuardCell => {
                self.guard_cell(x, d.args[0], s);
                None
            }
            Op::GuardIs(bits) => {
                let want = self.iconst(bits);
                let ok = self.fb.ins().icmp(IntCC::Equal, x, want);
                self.guard(ok, s, "identity");
                Some(x)
            }
            Op::GuardPlain => {
                let mask = self.iconst(NOT_CELL_MASK);
                let ok = self.fb.ins().band(x, mask);
                self.guard(ok, s, "plain value");
                None
            }
            Op::GuardBound => {
                self.guard(x, s, "bound");
                None
            }
            Op::GuardWord32 { address, expected } => {
                let at = self.iconst(address);
                let have = self.fb.ins().load(I32, mem(), at, 0);
                let ok = self
                    .fb
                    .ins()
                    .icmp_imm_s(IntCC::Equal, have, expected as i32 as i64);
                self.guard(ok, s, "class version");
                None
            }
            Op::GuardWord64 { address, expected } => {
                let at = self.iconst(address);
                let have = self.load(at, 0);
                let want = self.iconst(expected);
                let ok = self.fb.ins().icmp(IntCC::Equal, have, want);
                self.guard(ok, s, "namespace keys");
                None
            }
            Op::GuardField { offset, expected } => {
                let have = self.load(x, offset as usize);
                let want = self.iconst(expected);
                let ok = self.fb.ins().icmp(IntCC::Equal, have, want);
                self.guard(ok, s, "field");
                None
            }
            _ => {
                self.guard(x, s, "condition");
                None
            }
        }
    }

    /// The cell's shape is one of these, as an IR bool.
    pub(super) fn has_shape(&mut self, x: ir::Value, shapes: ShapeSet) -> ir::Value {
        let offset = offset_of!(Header, shape) as i32;
        let have = self.fb.ins().load(I32, mem(), x, offset);
        let is = |l: &mut Self, s: u32| l.fb.ins().icmp_imm_s(IntCC::Equal, have, s as i64);
        let mut ok = is(self, shapes[0]);
        for s in shapes.into_iter().skip(1).filter(|s| *s != 0) {
            let other = is(self, s);
            ok = self.fb.ins().bor(ok, other);
        }
        ok
    }

    /// The word is a pointer to a cell.
    fn guard_cell(&mut self, x: ir::Value, n: Node, s: StateId) {
        let made = matches!(
            self.g.node(n).op,
            Op::NewTuple
                | Op::NewList
                | Op::NewInstance { .. }
                | Op::Function
                | Op::GuardShape(_)
                | Op::GuardShapes(_)
        );
        let (dom, block) = (self.dom, self.block);
        let checked_in = self.cells.entry(n).or_default();
        if made || checked_in.iter().any(|b| dom.dominates(*b, block)) {
            return;
        }
        checked_in.push(block);
        let tag = self.iconst(NOT_CELL_MASK);
        let bits = self.fb.ins().band(x, tag);
        self.guard_not(bits, s, "cell");
    }
}
