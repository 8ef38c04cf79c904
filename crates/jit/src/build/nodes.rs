//! Nodes, registers and constants.

use super::*;

impl Builder<'_> {
    pub(super) fn body(&self) -> &Body {
        &self.bodies[self.bodies.len() - 1]
    }

    pub(super) fn body_mut(&mut self) -> &mut Body {
        let last = self.bodies.len() - 1;
        &mut self.bodies[last]
    }

    pub(super) fn block(&self) -> Block {
        self.cur.unwrap_or(Block(0))
    }

    pub(super) fn push(&mut self, op: Op, rep: Rep, args: Vec<Node>) -> Node {
        let b = self.block();
        self.g.push(b, op, rep, args, None)
    }

    /// A node that can leave before the current bytecode.
    pub(super) fn push_leaving(&mut self, op: Op, rep: Rep, args: Vec<Node>) -> Node {
        let state = self.state();
        let b = self.block();
        self.g.push(b, op, rep, args, Some(state))
    }

    /// A constant; all of them are in the entry block.
    pub(super) fn constant(&mut self, rep: Rep, bits: u64) -> Node {
        if let Some(n) = self.consts.get(&(rep, bits)) {
            return *n;
        }
        let n = self
            .g
            .new_node(Block(0), Op::Const(bits), rep, vec![], None);
        self.g.block_mut(Block(0)).nodes.insert(0, n);
        self.consts.insert((rep, bits), n);
        n
    }

    pub(super) fn int_const(&mut self, n: i64) -> Node {
        self.constant(Rep::Int, n as u64)
    }

    /// The node of a known value in its best representation.
    pub(super) fn value_const(&mut self, v: Value) -> Node {
        if let Some(n) = v.as_small_int() {
            return self.int_const(n);
        }
        if let Some(f) = v.as_float() {
            return self.constant(Rep::Float, f.to_bits());
        }
        if v.is_bool() {
            return self.constant(Rep::Bool, v.is_true() as u64);
        }
        if v.is_cell() {
            self.constants.push(v.bits());
        }
        self.constant(Rep::Value, v.bits())
    }

    /// The value of a node that is a constant.
    pub(super) fn known(&self, n: Node) -> Option<Value> {
        let bits = self.g.constant(n)?;
        match self.g.rep(n) {
            Rep::Value => Value::from_bits(bits),
            Rep::Int => Value::small_int(bits as i64),
            Rep::Float => Some(Value::float(f64::from_bits(bits))),
            Rep::Bool => Some(Value::bool(bits != 0)),
            _ => None,
        }
    }

    /// The node as a tagged value, boxed at the end of `b`.
    pub(super) fn boxed_in(&mut self, b: Block, n: Node) -> Node {
        if self.g.rep(n) != Rep::Value
            && let Some(v) = self.known(n)
        {
            return self.constant(Rep::Value, v.bits());
        }
        let op = match self.g.rep(n) {
            Rep::Int => Op::BoxInt,
            Rep::Float => Op::BoxFloat,
            Rep::Bool => Op::BoxBool,
            _ => return n,
        };
        self.g.push(b, op, Rep::Value, vec![n], None)
    }

    pub(super) fn boxed(&mut self, n: Node) -> Node {
        let b = self.block();
        self.boxed_in(b, n)
    }

    /// The node in a register that the bytecode reads.
    pub(super) fn reg(&mut self, r: u16) -> Node {
        match self.env.regs.get(r as usize).copied().flatten() {
            Some(n) => n,
            // Verified code reads only what was written; be safe in code nobody can reach.
            None => self.constant(Rep::Value, 0),
        }
    }

    pub(super) fn set(&mut self, r: u16, n: Node) {
        if let Some(slot) = self.env.regs.get_mut(r as usize) {
            *slot = Some(n);
        }
    }

    /// Registers that hold `old` hold `new` from here on: the same value, better known.
    pub(super) fn refine(&mut self, old: Node, new: Node) {
        for r in self.env.regs.iter_mut() {
            if *r == Some(old) {
                *r = Some(new);
            }
        }
        // The state before this bytecode may keep the old node: it is as good.
    }

    /// Relies on a cell (of a dict: on the entry `name`) staying as it is. False: it was wrong too
    /// often, check it instead.
    pub(super) fn assume(&mut self, cell: *mut gc::Header, name: Option<Value>) -> bool {
        let a = Assumption { cell, name };
        if self.assumptions.contains(&a) {
            return true;
        }
        if !self.vm.may_assume(a) {
            return false;
        }
        self.constants.push(cell as u64);
        self.constants.extend(name.map(Value::bits));
        self.assumptions.push(a);
        true
    }
}
