//! Arithmetic, comparisons and truth.

use super::*;
use crate::helpers;

/// Both operands of a bytecode.
enum Pair {
    Ints(Node, Node),
    Floats(Node, Node),
    /// Never seen: leave, in the hope of learning more.
    Unseen,
    /// Ints or floats, now this, now that.
    Mixed(Node, Node),
    Other,
}

impl Builder<'_> {
    /// Operands with the types recorded for them, guarded. `exact`: an int beside a float is only
    /// converted when no bit is lost.
    fn pair(&mut self, x: Node, y: Node, masks: [u32; 2], exact: bool) -> Pair {
        let (tx, ty) = (self.types_of(x, masks[0]), self.types_of(y, masks[1]));
        const NUMBER: u32 = types::INT | types::FLOAT;
        match (tx, ty) {
            _ if self.site().unstable => Pair::Other,
            (types::INT, types::INT) => {
                let x = self.as_int(x);
                let y = self.as_int(y);
                Pair::Ints(x, y)
            }
            (types::FLOAT, types::FLOAT) => {
                let x = self.as_float(x);
                let y = self.as_float(y);
                Pair::Floats(x, y)
            }
            // An int is converted as Python does, to the nearest float.
            (types::INT, types::FLOAT) if !exact || self.is_small(x) => {
                let x = self.as_int(x);
                let y = self.as_float(y);
                let x = self.push(Op::IntToFloat, Rep::Float, vec![x]);
                Pair::Floats(x, y)
            }
            (types::FLOAT, types::INT) if !exact || self.is_small(y) => {
                let x = self.as_float(x);
                let y = self.as_int(y);
                let y = self.push(Op::IntToFloat, Rep::Float, vec![y]);
                Pair::Floats(x, y)
            }
            (a, b) if a != 0 && b != 0 && (a | b) & !(types::INT | types::FLOAT) == 0 => {
                Pair::Mixed(x, y)
            }
            (0, t) | (t, 0) if !self.eager && t & !NUMBER == 0 => Pair::Unseen,
            _ => Pair::Other,
        }
    }

    /// The node is an int in the small range (or becomes one by a guard).
    fn is_small(&self, n: Node) -> bool {
        match self.g.node(n).op {
            Op::GuardInt => true,
            Op::Const(bits) => (bits as i64).unsigned_abs() < 1 << 48,
            _ => self.g.rep(n) == Rep::Value,
        }
    }

    pub(super) fn arithmetic(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let masks = self.site().operands;
        let x = self.reg(w.b());
        if insn.op == Bc::Neg {
            return self.negate(insn, x, masks[0]);
        }
        let y = match insn.op {
            Bc::AddI | Bc::SubI | Bc::MulI | Bc::FloorDivI | Bc::ModI => {
                self.int_const(w.imm_c() as i64)
            }
            _ => self.reg(w.c()),
        };
        let n = match self.pair(x, y, [masks[0], masks[1]], false) {
            Pair::Ints(x, y) | Pair::Floats(x, y) if insn.op == Bc::Pow => {
                self.mixed(insn.op, x, y)
            }
            Pair::Ints(x, y) => self.int_op(insn.op, x, y),
            Pair::Floats(x, y) => self.float_op(insn.op, x, y),
            Pair::Unseen => {
                self.leave();
                return Ok(());
            }
            Pair::Mixed(x, y) => self.mixed(insn.op, x, y),
            Pair::Other if insn.op == Bc::Add => self.quick_concat(x, y, [masks[0], masks[1]]),
            Pair::Other => None,
        };
        match n {
            Some(n) => {
                self.set(w.a(), n);
                Ok(())
            }
            None if masks[0] == types::INSTANCE && w.d() == 0 => self.operator(insn, x, y),
            None => self.step(insn),
        }
    }

    /// An operator on ints and floats that are not told apart.
    fn mixed(&mut self, op: Bc, x: Node, y: Node) -> Option<Node> {
        let helper = match op {
            Bc::Add | Bc::AddI => helpers::mixed_add,
            Bc::Sub | Bc::SubI => helpers::mixed_sub,
            Bc::Mul | Bc::MulI => helpers::mixed_mul,
            Bc::TrueDiv => helpers::mixed_div,
            Bc::Pow => helpers::mixed_pow,
            _ => return None,
        };
        Some(self.quick(helper as *const () as u64, &[x, y]))
    }

    /// A comparison of ints and floats that are not told apart.
    fn compare_mixed(&mut self, cmp: Cmp, x: Node, y: Node) -> Node {
        let helper = match cmp {
            Cmp::Lt => helpers::mixed_lt,
            Cmp::Le => helpers::mixed_le,
            Cmp::Gt => helpers::mixed_gt,
            Cmp::Ge => helpers::mixed_ge,
            Cmp::Eq => helpers::mixed_eq,
            Cmp::Ne => helpers::mixed_ne,
        };
        let n = self.quick(helper as *const () as u64, &[x, y]);
        self.push_leaving(Op::GuardBool, Rep::Bool, vec![n])
    }

    fn int_op(&mut self, op: Bc, x: Node, y: Node) -> Option<Node> {
        let op = match op {
            Bc::Add | Bc::AddI => Op::AddInt,
            Bc::Sub | Bc::SubI => Op::SubInt,
            Bc::Mul | Bc::MulI => Op::MulInt,
            Bc::FloorDiv | Bc::FloorDivI => Op::FloorDivInt,
            Bc::Mod | Bc::ModI => Op::ModInt,
            Bc::Lshift => Op::ShlInt,
            Bc::Rshift => Op::ShrInt,
            Bc::TrueDiv => return Some(self.push_leaving(Op::DivInt, Rep::Float, vec![x, y])),
            Bc::And => return Some(self.push(Op::AndInt, Rep::Int, vec![x, y])),
            Bc::Or => return Some(self.push(Op::OrInt, Rep::Int, vec![x, y])),
            Bc::Xor => return Some(self.push(Op::XorInt, Rep::Int, vec![x, y])),
            _ => return None,
        };
        Some(self.push_leaving(op, Rep::Int, vec![x, y]))
    }

    fn float_op(&mut self, op: Bc, x: Node, y: Node) -> Option<Node> {
        let op = match op {
            Bc::Add | Bc::AddI => Op::AddFloat,
            Bc::Sub | Bc::SubI => Op::SubFloat,
            Bc::Mul | Bc::MulI => Op::MulFloat,
            Bc::TrueDiv => return Some(self.push_leaving(Op::DivFloat, Rep::Float, vec![x, y])),
            _ => return None,
        };
        Some(self.push(op, Rep::Float, vec![x, y]))
    }

    fn negate(&mut self, insn: Insn, x: Node, mask: u32) -> Built {
        let n = match self.types_of(x, mask) {
            types::INT if !self.site().unstable => {
                let x = self.as_int(x);
                self.push_leaving(Op::NegInt, Rep::Int, vec![x])
            }
            types::FLOAT if !self.site().unstable => {
                let x = self.as_float(x);
                self.push(Op::NegFloat, Rep::Float, vec![x])
            }
            _ => return self.step(insn),
        };
        self.set(insn.first.a(), n);
        Ok(())
    }

    pub(super) fn comparison(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let masks = self.site().operands;
        let (x, y) = (self.reg(w.b()), self.reg(w.c()));
        let cmp = cmp_of(insn.op);
        let n = match self.pair(x, y, [masks[0], masks[1]], true) {
            Pair::Ints(x, y) => self.push(Op::CmpInt(cmp), Rep::Bool, vec![x, y]),
            Pair::Floats(x, y) => self.push(Op::CmpFloat(cmp), Rep::Bool, vec![x, y]),
            Pair::Unseen => {
                self.leave();
                return Ok(());
            }
            Pair::Mixed(x, y) => self.compare_mixed(cmp, x, y),
            Pair::Other => match self.quick_equality(cmp, x, y, [masks[0], masks[1]]) {
                Some(n) => n,
                None => return self.step(insn),
            },
        };
        self.set(w.a(), n);
        Ok(())
    }

    pub(super) fn compare_jump(&mut self, insn: Insn) -> Built {
        use Bc::*;
        let w = insn.first;
        let masks = self.site().operands;
        let x = self.reg(w.a());
        let y = match insn.op {
            JumpLtI | JumpLeI | JumpEqI | JumpNeI | JumpGtI | JumpGeI => {
                self.int_const(w.imm_b() as i64)
            }
            _ => self.reg(w.b()),
        };
        let cmp = cmp_of(insn.op);
        let cond = match self.pair(x, y, [masks[0], masks[1]], true) {
            Pair::Ints(x, y) => self.push(Op::CmpInt(cmp), Rep::Bool, vec![x, y]),
            Pair::Floats(x, y) => self.push(Op::CmpFloat(cmp), Rep::Bool, vec![x, y]),
            Pair::Unseen => {
                self.leave();
                return Ok(());
            }
            Pair::Mixed(x, y) => self.compare_mixed(cmp, x, y),
            Pair::Other => match self.quick_equality(cmp, x, y, [masks[0], masks[1]]) {
                Some(n) => n,
                None => return self.step_jump(insn, w.imm_c() as i32),
            },
        };
        self.branch(insn, cond, w.d() == 1, w.imm_c() as i32)
    }

    /// The truth of a node as a Bool, when no code need run for it.
    pub(super) fn truth(&mut self, n: Node, mask: u32) -> Option<Node> {
        if let Some(v) = self.known(n)
            && (v.is_bool() || v.is_none())
        {
            return Some(self.constant(Rep::Bool, v.is_true() as u64));
        }
        let list_len = std::mem::offset_of!(ListObj, len) as u32;
        let len = |kind: Kind| match kind {
            Kind::List => list_len,
            Kind::Tuple => std::mem::offset_of!(TupleObj, len) as u32,
            Kind::Str => std::mem::offset_of!(StrObj, len) as u32,
            _ => std::mem::offset_of!(DictObj, used) as u32,
        };
        let kind = match self.types_of(n, mask) {
            _ if self.site().unstable && self.g.rep(n) == Rep::Value => return None,
            types::BOOL => {
                if self.g.rep(n) == Rep::Bool {
                    return Some(n);
                }
                let new = self.push_leaving(Op::GuardBool, Rep::Bool, vec![n]);
                self.refine(n, new);
                return Some(new);
            }
            types::INT => {
                let n = self.as_int(n);
                let zero = self.int_const(0);
                return Some(self.push(Op::CmpInt(Cmp::Ne), Rep::Bool, vec![n, zero]));
            }
            types::FLOAT => {
                let n = self.as_float(n);
                let zero = self.constant(Rep::Float, 0);
                return Some(self.push(Op::CmpFloat(Cmp::Ne), Rep::Bool, vec![n, zero]));
            }
            types::LIST => Kind::List,
            types::TUPLE => Kind::Tuple,
            types::STR => Kind::Str,
            types::DICT => Kind::Dict,
            _ => return None,
        };
        self.guard_shape(n, kind as u32);
        let len = self.push(Op::LoadLen { offset: len(kind) }, Rep::Int, vec![n]);
        let zero = self.int_const(0);
        Some(self.push(Op::CmpInt(Cmp::Ne), Rep::Bool, vec![len, zero]))
    }

    pub(super) fn truth_insn(&mut self, insn: Insn) -> Built {
        let n = self.reg(insn.first.b());
        let mask = self.site().operands[0];
        let Some(t) = self.truth(n, mask) else {
            return self.step(insn);
        };
        let t = if insn.op == Bc::Not {
            self.push(Op::Not, Rep::Bool, vec![t])
        } else {
            t
        };
        self.set(insn.first.a(), t);
        Ok(())
    }

    pub(super) fn jump_if(&mut self, insn: Insn) -> Built {
        let n = self.reg(insn.first.a());
        let mask = self.site().operands[0];
        let offset = insn.first.off32();
        match self.truth(n, mask) {
            Some(t) => self.branch(insn, t, insn.op == Bc::JumpIfTrue, offset),
            None => self.step_jump(insn, offset),
        }
    }
}

fn cmp_of(op: Bc) -> Cmp {
    use Bc::*;
    match op {
        Lt | JumpLt | JumpLtI => Cmp::Lt,
        Le | JumpLe | JumpLeI => Cmp::Le,
        Eq | JumpEq | JumpEqI => Cmp::Eq,
        Ne | JumpNe | JumpNeI => Cmp::Ne,
        Gt | JumpGt | JumpGtI => Cmp::Gt,
        _ => Cmp::Ge,
    }
}
