//! Representations, comparisons and arithmetic.

use super::*;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::types::I32;
use runtime::value::*;

fn int_cc(c: Cmp) -> IntCC {
    match c {
        Cmp::Lt => IntCC::SignedLessThan,
        Cmp::Le => IntCC::SignedLessThanOrEqual,
        Cmp::Eq => IntCC::Equal,
        Cmp::Ne => IntCC::NotEqual,
        Cmp::Gt => IntCC::SignedGreaterThan,
        Cmp::Ge => IntCC::SignedGreaterThanOrEqual,
    }
}

fn float_cc(c: Cmp) -> FloatCC {
    match c {
        Cmp::Lt => FloatCC::LessThan,
        Cmp::Le => FloatCC::LessThanOrEqual,
        Cmp::Eq => FloatCC::Equal,
        Cmp::Ne => FloatCC::NotEqual,
        Cmp::Gt => FloatCC::GreaterThan,
        Cmp::Ge => FloatCC::GreaterThanOrEqual,
    }
}

impl Lower<'_> {
    /// The result of a node that only depends on its operands.
    pub(super) fn compute(&mut self, d: &NodeData) -> ir::Value {
        let a = |l: &mut Self, i: usize| l.value(d.args[i]);
        match d.op {
            Op::BoxInt => {
                let v = a(self, 0);
                let small = self.is_small(d.args[0]);
                self.box_int(v, small)
            }
            Op::BoxFloat => {
                let v = a(self, 0);
                self.box_float(v)
            }
            Op::BoxBool => {
                let v = a(self, 0);
                self.box_bool(v)
            }
            Op::IntToFloat => {
                let v = a(self, 0);
                self.fb.ins().fcvt_from_sint(F64, v)
            }
            Op::CmpInt(c) => {
                let (x, y) = (a(self, 0), a(self, 1));
                let r = self.fb.ins().icmp(int_cc(c), x, y);
                self.bool_of(r)
            }
            Op::CmpFloat(c) => {
                let (x, y) = (a(self, 0), a(self, 1));
                let r = self.fb.ins().fcmp(float_cc(c), x, y);
                self.bool_of(r)
            }
            Op::SameWord => {
                let (x, y) = (a(self, 0), a(self, 1));
                let r = self.fb.ins().icmp(IntCC::Equal, x, y);
                self.bool_of(r)
            }
            Op::HasShape(shapes) => {
                let x = a(self, 0);
                let r = self.has_shape(x, shapes);
                self.bool_of(r)
            }
            Op::IsNone => {
                let x = a(self, 0);
                let r = self
                    .fb
                    .ins()
                    .icmp_imm_s(IntCC::Equal, x, Value::NONE.bits() as i64);
                self.bool_of(r)
            }
            Op::Not => {
                let x = a(self, 0);
                self.fb.ins().bxor_imm_s(x, 1)
            }
            _ => self.arithmetic(d),
        }
    }

    fn arithmetic(&mut self, d: &NodeData) -> ir::Value {
        let x = self.value(d.args[0]);
        let y = d.args.get(1).map_or(x, |n| self.value(*n));
        let i = |l: &mut Self| l.state_of(d);
        match d.op {
            Op::AddInt | Op::SubInt | Op::MulInt if d.state.is_none() => match d.op {
                Op::AddInt => self.fb.ins().iadd(x, y),
                Op::SubInt => self.fb.ins().isub(x, y),
                _ => self.fb.ins().imul(x, y),
            },
            Op::AddInt | Op::SubInt if self.g.constant(d.args[1]).is_some_and(|k| k != 0) => {
                let k = self.g.constant(d.args[1]).map_or(0, |k| k as i64);
                let (r, up) = match d.op {
                    Op::AddInt => (self.fb.ins().iadd(x, y), k > 0),
                    _ => (self.fb.ins().isub(x, y), k < 0),
                };
                // One comparison, where the overflow flag would have to become a value first.
                let wrong = match up {
                    true => IntCC::SignedLessThan,
                    false => IntCC::SignedGreaterThan,
                };
                let over = self.fb.ins().icmp(wrong, r, x);
                let s = i(self);
                self.guard_not(over, s, "overflow");
                r
            }
            Op::AddInt | Op::SubInt | Op::MulInt => {
                let (r, over) = match d.op {
                    Op::AddInt => self.fb.ins().sadd_overflow(x, y),
                    Op::SubInt => self.fb.ins().ssub_overflow(x, y),
                    _ => self.fb.ins().smul_overflow(x, y),
                };
                let s = i(self);
                self.guard_not(over, s, "overflow");
                r
            }
            Op::FloorDivInt | Op::ModInt => self.divide(d, x, y),
            Op::AndInt => self.fb.ins().band(x, y),
            Op::OrInt => self.fb.ins().bor(x, y),
            Op::XorInt => self.fb.ins().bxor(x, y),
            Op::ShlInt => {
                let s = i(self);
                let ok = self.fb.ins().icmp_imm_s(IntCC::UnsignedLessThan, y, 63);
                self.guard(ok, s, "shift");
                let r = self.fb.ins().ishl(x, y);
                let back = self.fb.ins().sshr(r, y);
                let ok = self.fb.ins().icmp(IntCC::Equal, back, x);
                self.guard(ok, s, "overflow");
                r
            }
            Op::ShrInt => {
                let s = i(self);
                let ok = self
                    .fb
                    .ins()
                    .icmp_imm_s(IntCC::SignedGreaterThanOrEqual, y, 0);
                self.guard(ok, s, "shift");
                let max = self.iconst(63);
                let y = self.fb.ins().umin(y, max);
                self.fb.ins().sshr(x, y)
            }
            Op::NegInt | Op::AbsInt => {
                let s = i(self);
                let ok = self.fb.ins().icmp_imm_s(IntCC::NotEqual, x, i64::MIN);
                self.guard(ok, s, "overflow");
                if d.op == Op::NegInt {
                    self.fb.ins().ineg(x)
                } else {
                    self.fb.ins().iabs(x)
                }
            }
            Op::NotInt => self.fb.ins().bnot(x),
            Op::AddFloat => self.fb.ins().fadd(x, y),
            Op::SubFloat => self.fb.ins().fsub(x, y),
            Op::MulFloat => self.fb.ins().fmul(x, y),
            Op::DivFloat => {
                let zero = self.fb.ins().f64const(0.0);
                let bad = self.fb.ins().fcmp(FloatCC::Equal, y, zero);
                let s = i(self);
                self.guard_not(bad, s, "division by zero");
                self.fb.ins().fdiv(x, y)
            }
            Op::DivInt => {
                let s = i(self);
                let ok = self.fb.ins().icmp_imm_s(IntCC::NotEqual, y, 0);
                self.guard(ok, s, "division by zero");
                for (n, v) in [(d.args[0], x), (d.args[1], y)] {
                    if !self.is_small(n) {
                        // Larger ints are not exact as floats.
                        let moved = self.fb.ins().iadd_imm_s(v, 1 << 53);
                        let limit = self.iconst(1 << 54);
                        let ok = self.fb.ins().icmp(IntCC::UnsignedLessThan, moved, limit);
                        self.guard(ok, s, "large int");
                    }
                }
                let x = self.fb.ins().fcvt_from_sint(F64, x);
                let y = self.fb.ins().fcvt_from_sint(F64, y);
                self.fb.ins().fdiv(x, y)
            }
            Op::NegFloat => {
                let r = self.fb.ins().fneg(x);
                // A NaN may now collide with the tags: as `Value::float` does.
                let bits = self.fb.ins().bitcast(I64, MemFlags::new(), r);
                let limit = self.iconst(NAN_LIMIT);
                let bad = self
                    .fb
                    .ins()
                    .icmp(IntCC::UnsignedGreaterThanOrEqual, bits, limit);
                let nan = self.fb.ins().f64const(f64::from_bits(0xfff8 << 48));
                self.fb.ins().select(bad, nan, r)
            }
            Op::AbsFloat => self.fb.ins().fabs(x),
            _ => self.fb.ins().sqrt(x),
        }
    }

    /// Floor division and modulo, rounding down as Python does.
    fn divide(&mut self, d: &NodeData, x: ir::Value, y: ir::Value) -> ir::Value {
        let s = self.state_of(d);
        let known = self.g.constant(d.args[1]).map(|b| b as i64);
        if let Some(k) = known.filter(|k| *k > 0 && k.count_ones() == 1) {
            let shift = k.trailing_zeros() as i64;
            return if d.op == Op::ModInt {
                self.fb.ins().band_imm_s(x, k - 1)
            } else {
                self.fb.ins().sshr_imm_s(x, shift)
            };
        }
        let (block, args) = (self.block, &d.args);
        let positive = self.ranges.is_at_least(args[1], block, 1);
        if !positive && known.is_none_or(|k| k == 0 || k == -1) {
            // Neither 0 nor -1 (whose quotient can overflow).
            let moved = self.fb.ins().iadd_imm_s(y, 1);
            let ok = self
                .fb
                .ins()
                .icmp_imm_s(IntCC::UnsignedGreaterThan, moved, 1);
            self.guard(ok, s, "divisor");
        }
        let natural = positive && self.ranges.is_at_least(args[0], block, 0);
        let modulo = d.op == Op::ModInt;
        let q = match known {
            None => return self.divide_by_size(modulo, x, y, positive, natural),
            Some(k) if k > 1 => self.divide_by(x, k),
            Some(_) => self.fb.ins().sdiv(x, y),
        };
        self.round_down(modulo, x, y, q, positive, natural)
    }

    /// Divides naturals below 2^32 as such: the processor takes up to twice as long for 64 bits.
    fn divide_by_size(
        &mut self,
        modulo: bool,
        x: ir::Value,
        y: ir::Value,
        positive: bool,
        natural: bool,
    ) -> ir::Value {
        let bits = self.fb.ins().bor(x, y);
        let high = self.fb.ins().ushr_imm_u(bits, 32);
        let (wide, done) = (self.cold_block(0), self.fb.create_block());
        let result = self.fb.append_block_param(done, I64);
        let narrow = self.fb.create_block();
        self.fb.ins().brif(high, wide, &[], narrow, &[]);
        self.fb.switch_to_block(narrow);
        let (a, b) = (self.fb.ins().ireduce(I32, x), self.fb.ins().ireduce(I32, y));
        let r = match modulo {
            true => self.fb.ins().urem(a, b),
            false => self.fb.ins().udiv(a, b),
        };
        let r = self.fb.ins().uextend(I64, r);
        self.fb.ins().jump(done, &[r.into()]);
        self.fb.switch_to_block(wide);
        let q = self.fb.ins().sdiv(x, y);
        let r = self.round_down(modulo, x, y, q, positive, natural);
        self.fb.ins().jump(done, &[r.into()]);
        self.fb.switch_to_block(done);
        result
    }

    /// Quotient or remainder as Python has it, from the quotient `q` rounded to zero.
    fn round_down(
        &mut self,
        modulo: bool,
        x: ir::Value,
        y: ir::Value,
        q: ir::Value,
        positive: bool,
        natural: bool,
    ) -> ir::Value {
        let back = self.fb.ins().imul(q, y);
        let r = self.fb.ins().isub(x, back);
        if natural {
            return if modulo { r } else { q };
        }
        // All ones when the remainder's sign is not the divisor's: one step down.
        let down = if positive {
            self.fb.ins().sshr_imm_s(r, 63)
        } else {
            let signs = self.fb.ins().bxor(r, y);
            let differ = self.fb.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
            let rest = self.fb.ins().icmp_imm_s(IntCC::NotEqual, r, 0);
            let both = self.fb.ins().band(differ, rest);
            let one = self.fb.ins().uextend(I64, both);
            self.fb.ins().ineg(one)
        };
        if modulo {
            let more = self.fb.ins().band(down, y);
            self.fb.ins().iadd(r, more)
        } else {
            self.fb.ins().iadd(q, down)
        }
    }

    /// The quotient, rounded to zero, of a division by a constant above 1: by a multiplication
    /// (Granlund and Montgomery, "Division by invariant integers using multiplication", figure
    /// 5.2).
    fn divide_by(&mut self, x: ir::Value, divisor: i64) -> ir::Value {
        let bits = 64 - (divisor - 1).leading_zeros();
        let factor = ((1u128 << (63 + bits)) / divisor as u128 + 1) as u64;
        let m = self.iconst(factor);
        let high = self.fb.ins().smulhi(x, m);
        let sum = self.fb.ins().iadd(x, high);
        let q = self.fb.ins().sshr_imm_s(sum, bits as i64 - 1);
        let sign = self.fb.ins().sshr_imm_s(x, 63);
        self.fb.ins().isub(q, sign)
    }
}
