//! One node at a time.

use super::frames::constant_word;
use super::*;
use crate::deopt::SHAPE;
use crate::helpers;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::types::I32;
use gc::Header;
use runtime::jit::JitState;
use runtime::object::*;
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
    /// The IR value of a node, in its representation.
    pub(super) fn value(&mut self, n: Node) -> ir::Value {
        if let Some(bits) = self.g.constant(n) {
            return match self.g.rep(n) {
                Rep::Float => self.fb.ins().f64const(f64::from_bits(bits)),
                _ => self.iconst(bits),
            };
        }
        match self.values[n.0 as usize] {
            Some(v) => v,
            // A node that was moved out of reach would be a bug of a pass.
            None => panic!(
                "node n{} is used before it is defined in {}",
                n.0, self.g.name
            ),
        }
    }

    /// A node as a tagged word.
    pub(super) fn boxed(&mut self, n: Node) -> ir::Value {
        let rep = self.g.rep(n);
        if let Some(bits) = self.g.constant(n) {
            let word = constant_word(bits, rep);
            return self.iconst(word);
        }
        let v = self.value(n);
        match rep {
            Rep::Int => {
                let small = self.is_small(n);
                self.box_int(v, small)
            }
            Rep::Float => self.box_float(v),
            Rep::Bool => self.box_bool(v),
            _ => v,
        }
    }

    /// The Int is known to be in the small range.
    fn is_small(&mut self, n: Node) -> bool {
        self.ranges.is_small(n, self.block)
    }

    fn box_int(&mut self, v: ir::Value, small: bool) -> ir::Value {
        let boxed = self
            .fb
            .ins()
            .iadd_imm_s(v, (INT_BIAS as i64).wrapping_neg());
        if small {
            return boxed;
        }
        let tag = self.iconst(TAG_INT);
        let ok = self
            .fb
            .ins()
            .icmp(IntCC::UnsignedGreaterThanOrEqual, boxed, tag);
        let (slow, done) = (self.fb.create_block(), self.fb.create_block());
        self.fb.set_cold_block(slow);
        let r = self.fb.append_block_param(done, I64);
        self.fb.ins().brif(ok, done, &[boxed.into()], slow, &[]);
        self.fb.switch_to_block(slow);
        let vm = self.vm;
        let big = self.call_helper(helpers::box_int as *const () as u64, &[vm, v]);
        self.fb.ins().jump(done, &[big.into()]);
        self.fb.switch_to_block(done);
        r
    }

    fn box_float(&mut self, v: ir::Value) -> ir::Value {
        let bits = self.fb.ins().bitcast(I64, MemFlags::new(), v);
        self.fb.ins().iadd_imm_s(bits, FLOAT_OFFSET as i64)
    }

    /// False is 2, True is 3.
    fn box_bool(&mut self, v: ir::Value) -> ir::Value {
        self.fb.ins().iadd_imm_s(v, Value::FALSE.bits() as i64)
    }

    /// Calls a helper at an address; all arguments and the result are words.
    pub(super) fn call_helper(&mut self, address: u64, args: &[ir::Value]) -> ir::Value {
        let conv = self.fb.func.signature.call_conv;
        let sig = self.fb.import_signature(signature(conv, args.len()));
        let callee = self.iconst(address);
        let call = self.fb.ins().call_indirect(sig, callee, args);
        self.fb.inst_results(call)[0]
    }

    fn load(&mut self, base: ir::Value, offset: usize) -> ir::Value {
        self.fb.ins().load(I64, mem(), base, offset as i32)
    }

    fn bool_of(&mut self, c: ir::Value) -> ir::Value {
        self.fb.ins().uextend(I64, c)
    }

    pub(super) fn node(&mut self, n: Node) {
        let g = self.g;
        let d = g.node(n);
        if matches!(d.op, Op::Const(_) | Op::Param(_)) {
            return;
        }
        self.at = n;
        if let Some(v) = self.effect(n, d) {
            self.values[n.0 as usize] = Some(v);
        }
    }

    /// The state of a node that can leave.
    fn state_of(&self, d: &NodeData) -> StateId {
        match d.state {
            Some(s) => s,
            None => panic!("{:?} without a frame state in {}", d.op, self.g.name),
        }
    }

    fn effect(&mut self, n: Node, d: &NodeData) -> Option<ir::Value> {
        let a = |l: &mut Self, i: usize| l.value(d.args[i]);
        Some(match d.op {
            Op::Const(_) | Op::Param(_) => return None,
            Op::Arg(i) => self.args[i as usize],
            Op::Function => match self.function {
                Some(f) => f,
                None => self.fb.ins().load(I64, mem(), self.regs, -8),
            },
            Op::EntryReg(r) => self.load(self.regs, r as usize * 8),
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
            Op::GuardInt
            | Op::GuardFloat
            | Op::GuardBool
            | Op::GuardShape(_)
            | Op::GuardShapes(_)
            | Op::GuardCell
            | Op::GuardIs(_)
            | Op::GuardBound
            | Op::GuardPlain
            | Op::GuardWord32 { .. }
            | Op::GuardWord64 { .. }
            | Op::GuardField { .. }
            | Op::GuardTrue => return self.guard_node(d),
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
            Op::LoadField { offset } | Op::LoadWord { offset } | Op::LoadLen { offset } => {
                let x = a(self, 0);
                self.load(x, offset as usize)
            }
            Op::LoadAt { address } => {
                let at = self.iconst(address);
                self.load(at, 0)
            }
            Op::StoreField { offset } | Op::StoreWord { offset } => {
                // The write barrier is empty (see gc::write_barrier).
                let (x, v) = (a(self, 0), a(self, 1));
                self.fb.ins().store(mem(), v, x, offset as i32);
                return None;
            }
            Op::StoreShape(shape) => {
                let x = a(self, 0);
                let s = self.fb.ins().iconst(I32, shape as i64);
                let offset = offset_of!(Header, shape) as i32;
                self.fb.ins().store(mem(), s, x, offset);
                return None;
            }
            Op::StoreAt { address } => {
                let (at, v) = (self.iconst(address), a(self, 0));
                self.fb.ins().store(mem(), v, at, 0);
                return None;
            }
            Op::LoadItem | Op::LoadTupleItem | Op::StoreItem => return self.item(d),
            Op::DictSet => {
                self.dict_set(d);
                return None;
            }
            Op::Append => {
                self.append(d);
                return None;
            }
            Op::NewTuple | Op::NewList => self.new_sequence(d),
            Op::Step { .. } | Op::StepJump { .. } => return self.step(n, d),
            Op::Reload(r) => {
                let step = self.g.node(d.args[0]);
                let window = self.g.state(self.state_of(step)).window;
                self.load(self.regs, (window + r) as usize * 8)
            }
            Op::SavedReg(r) => self.load(self.regs, r as usize * 8),
            Op::Raise => {
                let s = self.state_of(d);
                self.materialise(s, false);
                let vm = self.vm;
                self.call_helper(helpers::run_step as *const () as u64, &[vm]);
                let (failed, go) = (self.failed_block(), self.fb.create_block());
                self.fb.ins().jump(failed, &[]);
                self.fb.switch_to_block(go);
                return None;
            }
            // The end of its block sees to it.
            Op::Caught => return None,
            Op::NextItem => self.next_item(d),
            Op::Call { entry, window } => {
                let at = self.iconst(entry);
                let callee = self.load(at, 0);
                self.call(d, callee, window)
            }
            Op::CallAny { window } => {
                let (vm, f) = (self.vm, a(self, 0));
                let n = self.iconst(d.args.len() as u64 - 1);
                let entry_of = runtime::jit::entry::entry_of as *const () as u64;
                let callee = self.call_helper(entry_of, &[vm, f, n]);
                let s = self.state_of(d);
                self.guard(callee, s, "callee");
                self.call(d, callee, window)
            }
            Op::NewInstance { class } => self.new_instance(d, class),
            Op::RaiseUnsupported { op } => {
                let s = self.state_of(d);
                self.materialise(s, false);
                let (vm, op) = (self.vm, self.iconst(op as u64));
                self.call_helper(helpers::unsupported as *const () as u64, &[vm, op]);
                if self.g.catches.contains_key(&self.at) {
                    let (failed, go) = (self.failed_block(), self.fb.create_block());
                    self.fb.ins().jump(failed, &[]);
                    self.fb.switch_to_block(go);
                }
                return None;
            }
            Op::CallNative { def } => self.call_native(d, def),
            Op::Helper { address } | Op::Effect { address } => {
                let mut args = vec![self.vm];
                for i in 0..d.args.len() {
                    args.push(a(self, i));
                }
                self.call_helper(address, &args)
            }
            Op::Count(n) => {
                let offset = offset_of!(runtime::Vm, jit) + offset_of!(JitState, compiled);
                let old = self.load_vm(offset);
                let new = self.fb.ins().iadd_imm_s(old, n as i64);
                self.fb.ins().store(mem(), new, self.vm, offset as i32);
                return None;
            }
            Op::Poll => {
                let poll = self.load_vm(offset_of!(runtime::Vm, poll));
                let s = self.state_of(d);
                let to = self.exit_block(s, true, "poll");
                let go = self.fb.create_block();
                self.fb.ins().brif(poll, to, &[], go, &[]);
                self.fb.switch_to_block(go);
                return None;
            }
            _ => self.arithmetic(d),
        })
    }

    fn guard_node(&mut self, d: &NodeData) -> Option<ir::Value> {
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
    fn has_shape(&mut self, x: ir::Value, shapes: ShapeSet) -> ir::Value {
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
        let modulo = d.op == Op::ModInt;
        let natural = positive && self.ranges.is_at_least(args[0], block, 0);
        let q = match known.filter(|k| *k > 1) {
            Some(k) => self.divide_by(x, k),
            None if natural && modulo => return self.fb.ins().urem(x, y),
            None if natural => return self.fb.ins().udiv(x, y),
            None => self.fb.ins().sdiv(x, y),
        };
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

    fn item(&mut self, d: &NodeData) -> Option<ir::Value> {
        let s = self.state_of(d);
        let (obj, index) = (self.value(d.args[0]), self.value(d.args[1]));
        let tuple = d.op == Op::LoadTupleItem;
        let len = if tuple {
            offset_of!(TupleObj, len)
        } else {
            offset_of!(ListObj, len)
        };
        let len = self.load(obj, len);
        let ok = self.fb.ins().icmp(IntCC::UnsignedLessThan, index, len);
        self.guard(ok, s, "index");
        let items = if tuple {
            self.fb.ins().iadd_imm_s(obj, size_of::<TupleObj>() as i64)
        } else {
            self.load(obj, offset_of!(ListObj, items))
        };
        let offset = self.fb.ins().ishl_imm_s(index, 3);
        let at = self.fb.ins().iadd(items, offset);
        if d.op == Op::StoreItem {
            let v = self.value(d.args[2]);
            self.fb.ins().store(mem(), v, at, 0);
            return None;
        }
        Some(self.load(at, 0))
    }

    fn append(&mut self, d: &NodeData) {
        let (list, v) = (self.value(d.args[0]), self.value(d.args[1]));
        let len = self.load(list, offset_of!(ListObj, len));
        let cap = self.load(list, offset_of!(ListObj, cap));
        let room = self.fb.ins().icmp(IntCC::UnsignedLessThan, len, cap);
        let (fast, slow, done) = (
            self.fb.create_block(),
            self.fb.create_block(),
            self.fb.create_block(),
        );
        self.fb.set_cold_block(slow);
        self.fb.ins().brif(room, fast, &[], slow, &[]);
        self.fb.switch_to_block(fast);
        let items = self.load(list, offset_of!(ListObj, items));
        let offset = self.fb.ins().ishl_imm_s(len, 3);
        let at = self.fb.ins().iadd(items, offset);
        self.fb.ins().store(mem(), v, at, 0);
        let more = self.fb.ins().iadd_imm_s(len, 1);
        self.fb
            .ins()
            .store(mem(), more, list, offset_of!(ListObj, len) as i32);
        self.fb.ins().jump(done, &[]);
        self.fb.switch_to_block(slow);
        let vm = self.vm;
        let ok = self.call_helper(helpers::append as *const () as u64, &[vm, list, v]);
        let s = self.state_of(d);
        let to = self.exit_block(s, false, "memory");
        self.fb.ins().brif(ok, done, &[], to, &[]);
        self.fb.switch_to_block(done);
    }

    fn dict_set(&mut self, d: &NodeData) {
        let mut args = vec![self.vm];
        for n in &d.args {
            args.push(self.value(*n));
        }
        let ok = self.call_helper(helpers::quick::dict_set as *const () as u64, &args);
        let s = self.state_of(d);
        self.guard(ok, s, "dict");
    }

    /// Stores the arguments from `first` on in the buffer.
    fn fill_buffer(&mut self, args: &[Node]) {
        for (i, n) in args.iter().enumerate() {
            let v = self.value(*n);
            let at = offset_of!(runtime::Vm, deopt_buffer) + i * 8;
            self.fb.ins().store(mem(), v, self.vm, at as i32);
        }
    }

    fn new_sequence(&mut self, d: &NodeData) -> ir::Value {
        self.fill_buffer(&d.args);
        let n = self.iconst(d.args.len() as u64);
        let list = self.iconst((d.op == Op::NewList) as u64);
        let vm = self.vm;
        let r = self.call_helper(helpers::new_sequence as *const () as u64, &[vm, n, list]);
        let s = self.state_of(d);
        let to = self.exit_block(s, false, "memory");
        let go = self.fb.create_block();
        self.fb.ins().brif(r, go, &[], to, &[]);
        self.fb.switch_to_block(go);
        r
    }

    fn new_instance(&mut self, d: &NodeData, class: u64) -> ir::Value {
        let (vm, class) = (self.vm, self.iconst(class));
        let r = self.call_helper(helpers::new_instance as *const () as u64, &[vm, class]);
        let s = self.state_of(d);
        let to = self.exit_block(s, false, "memory");
        let go = self.fb.create_block();
        self.fb.ins().brif(r, go, &[], to, &[]);
        self.fb.switch_to_block(go);
        r
    }

    fn step(&mut self, _: Node, d: &NodeData) -> Option<ir::Value> {
        let s = self.state_of(d);
        self.materialise(s, false);
        let vm = self.vm;
        let word = self.call_helper(helpers::run_step as *const () as u64, &[vm]);
        let (bail, go) = (self.failed_block(), self.fb.create_block());
        let result = match d.op {
            Op::StepJump { falls, taken } => {
                let taken = self.fb.ins().icmp_imm_s(IntCC::Equal, word, taken as i64);
                let fell = self.fb.ins().icmp_imm_s(IntCC::Equal, word, falls as i64);
                let ok = self.fb.ins().bor(taken, fell);
                self.fb.ins().brif(ok, go, &[], bail, &[]);
                self.fb.switch_to_block(go);
                Some(self.bool_of(taken))
            }
            Op::Step { falls } => {
                let ok = self.fb.ins().icmp_imm_s(IntCC::Equal, word, falls as i64);
                self.fb.ins().brif(ok, go, &[], bail, &[]);
                self.fb.switch_to_block(go);
                None
            }
            _ => None,
        };
        // The step left pc and registers as the interpreter needs them.
        self.check_unobserved(s, |l| l.bail_out());
        result
    }

    /// The bytecode of a state: result register, word behind it, jump target.
    fn bytecode_of(&self, s: StateId) -> (u16, u32, u32) {
        let s = self.g.state(s);
        match bytecode::Insn::at(&s.code.data().instrs, s.word) {
            Ok(i) => {
                let target = i.jump_target().unwrap_or(0) as u32;
                (i.first.a(), i.next(), target)
            }
            Err(_) => (0, s.word, s.word),
        }
    }

    fn leave_after(&mut self, result: ir::Value, dst: u16, word: ir::Value) {
        let dst = self.iconst(dst as u64);
        let tail = match self.leave_tail {
            Some(b) => b,
            None => self.cold_block(3),
        };
        self.leave_tail = Some(tail);
        let args = [result.into(), dst.into(), word.into()];
        self.fb.ins().jump(tail, &args);
    }

    fn next_item(&mut self, d: &NodeData) -> ir::Value {
        let s = self.state_of(d);
        let it = self.value(d.args[0]);
        self.materialise(s, false);
        let vm = self.vm;
        let r = self.call_helper(helpers::next_item as *const () as u64, &[vm, it]);
        // No item: the end, or an exception.
        let (none, go) = (self.fb.create_block(), self.fb.create_block());
        let bail = self.failed_block();
        self.fb.ins().brif(r, go, &[], none, &[]);
        self.fb.switch_to_block(none);
        let raised = self.load_vm(offset_of!(runtime::Vm, raised));
        self.fb.ins().brif(raised, bail, &[], go, &[]);
        self.fb.switch_to_block(go);
        let (dst, next, end) = self.bytecode_of(s);
        self.check_unobserved(s, |l| {
            let (next, end) = (l.iconst(next as u64), l.iconst(end as u64));
            let word = l.fb.ins().select(r, next, end);
            l.leave_after(r, dst, word);
        });
        r
    }

    /// Calls a native entry with the args of a node.
    fn call(&mut self, d: &NodeData, callee: ir::Value, window: u32) -> ir::Value {
        let s = self.state_of(d);
        let values: Vec<ir::Value> = d.args.iter().map(|n| self.value(*n)).collect();
        self.materialise(s, true);
        let base = self.g.state(s).window + window;
        let window = self.fb.ins().iadd_imm_s(self.regs, base as i64 * 8);
        let mut args = vec![self.vm, window];
        args.extend(values);
        let conv = self.fb.func.signature.call_conv;
        let sig = self.fb.import_signature(signature(conv, args.len()));
        let call = self.fb.ins().call_indirect(sig, callee, &args);
        let r = self.fb.inst_results(call)[0];
        let (slow, done) = (self.fb.create_block(), self.fb.create_block());
        self.fb.set_cold_block(slow);
        let result = self.fb.append_block_param(done, I64);
        self.fb.ins().brif(r, done, &[r.into()], slow, &[]);
        self.fb.switch_to_block(slow);
        let vm = self.vm;
        let finish = runtime::jit::entry::finish_call as *const () as u64;
        let finished = self.call_helper(finish, &[vm]);
        let bail = self.failed_block();
        self.fb
            .ins()
            .brif(finished, done, &[finished.into()], bail, &[]);
        self.fb.switch_to_block(done);
        let (dst, next, _) = self.bytecode_of(s);
        self.check_unobserved(s, |l| {
            let word = l.iconst(next as u64);
            l.leave_after(result, dst, word);
        });
        result
    }

    fn call_native(&mut self, d: &NodeData, def: u64) -> ir::Value {
        let s = self.state_of(d);
        self.materialise(s, true);
        self.fill_buffer(&d.args);
        let (def, n) = (self.iconst(def), self.iconst(d.args.len() as u64));
        let vm = self.vm;
        let r = self.call_helper(helpers::call_native as *const () as u64, &[vm, def, n]);
        let (bail, go) = (self.failed_block(), self.fb.create_block());
        self.fb.ins().brif(r, go, &[], bail, &[]);
        self.fb.switch_to_block(go);
        let (dst, next, _) = self.bytecode_of(s);
        self.check_unobserved(s, |l| {
            let word = l.iconst(next as u64);
            l.leave_after(r, dst, word);
        });
        r
    }
}
