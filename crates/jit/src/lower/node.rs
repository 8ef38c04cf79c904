//! One node at a time: its value, its representation, which part translates it.

use super::frames::constant_word;
use super::*;
use runtime::jit::JitState;
use runtime::value::*;

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
    pub(super) fn is_small(&mut self, n: Node) -> bool {
        self.ranges.is_small(n, self.block)
    }

    pub(super) fn box_int(&mut self, v: ir::Value, small: bool) -> ir::Value {
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
        let big = self.call_helper(crate::helpers::box_int as *const () as u64, &[vm, v]);
        self.fb.ins().jump(done, &[big.into()]);
        self.fb.switch_to_block(done);
        r
    }

    pub(super) fn box_float(&mut self, v: ir::Value) -> ir::Value {
        let bits = self.fb.ins().bitcast(I64, MemFlags::new(), v);
        self.fb.ins().iadd_imm_s(bits, FLOAT_OFFSET as i64)
    }

    /// False is 2, True is 3.
    pub(super) fn box_bool(&mut self, v: ir::Value) -> ir::Value {
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

    pub(super) fn load(&mut self, base: ir::Value, offset: usize) -> ir::Value {
        self.fb.ins().load(I64, mem(), base, offset as i32)
    }

    pub(super) fn bool_of(&mut self, c: ir::Value) -> ir::Value {
        self.fb.ins().uextend(I64, c)
    }

    pub(super) fn node(&mut self, n: Node) {
        let g = self.g;
        let d = g.node(n);
        if matches!(d.op, Op::Const(_) | Op::Param(_)) {
            return;
        }
        self.at = n;
        if let Some(v) = self.effect(d) {
            self.values[n.0 as usize] = Some(v);
        }
    }

    /// The state of a node that can leave.
    pub(super) fn state_of(&self, d: &NodeData) -> StateId {
        match d.state {
            Some(s) => s,
            None => panic!("{:?} without a frame state in {}", d.op, self.g.name),
        }
    }

    /// The code of a node; its result, if it has one.
    fn effect(&mut self, d: &NodeData) -> Option<ir::Value> {
        use Op::*;
        match d.op {
            Const(_) | Param(_) => None,
            Arg(i) => Some(self.args[i as usize]),
            Function => Some(match self.function {
                Some(f) => f,
                None => self.fb.ins().load(I64, mem(), self.regs, -8),
            }),
            EntryReg(r) | SavedReg(r) => Some(self.load(self.regs, r as usize * 8)),
            GuardInt
            | GuardFloat
            | GuardBool
            | GuardShape(_)
            | GuardShapes(_)
            | GuardCell
            | GuardIs(_)
            | GuardBound
            | GuardPlain
            | GuardWord32 { .. }
            | GuardWord64 { .. }
            | GuardField { .. }
            | GuardTrue => self.guard_node(d),
            LoadField { .. }
            | LoadWord { .. }
            | LoadLen { .. }
            | LoadAt { .. }
            | StoreField { .. }
            | StoreWord { .. }
            | StoreShape(_)
            | StoreAt { .. }
            | LoadItem
            | LoadTupleItem
            | StoreItem
            | DictSet
            | Append
            | NewTuple
            | NewList
            | NewInstance { .. } => self.memory_node(d),
            Step { .. }
            | StepJump { .. }
            | Reload(_)
            | Raise
            | Caught
            | NextItem
            | Call { .. }
            | CallAny { .. }
            | RaiseUnsupported { .. }
            | CallNative { .. }
            | Helper { .. }
            | Effect { .. }
            | Offer => self.call_node(d),
            Count(n) => {
                self.count(n);
                None
            }
            Poll => {
                let s = self.state_of(d);
                self.poll(s);
                None
            }
            _ => Some(self.compute(d)),
        }
    }

    /// Counts executed bytecodes.
    fn count(&mut self, n: u32) {
        let offset = offset_of!(Vm, jit) + offset_of!(JitState, compiled);
        let old = self.load_vm(offset);
        let new = self.fb.ins().iadd_imm_s(old, n as i64);
        self.fb.ins().store(mem(), new, self.vm, offset as i32);
    }

    /// Leaves when the poll word is set.
    fn poll(&mut self, s: StateId) {
        let poll = self.load_vm(offset_of!(Vm, poll));
        let to = self.exit_block(s, true, "poll");
        let go = self.fb.create_block();
        self.fb.ins().brif(poll, to, &[], go, &[]);
        self.fb.switch_to_block(go);
    }
}
