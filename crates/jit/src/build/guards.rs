//! Guards, and what is known of a node's type.

use super::*;

impl Builder<'_> {
    pub(super) fn site(&self) -> Site {
        self.body().code.jit_state().site(self.word)
    }

    pub(super) fn guard_is(&mut self, n: Node, bits: u64) -> Node {
        let known = self.constant(Rep::Value, bits);
        if n == known {
            return known;
        }
        self.constants.push(bits);
        self.push_leaving(Op::GuardIs(bits), Rep::Value, vec![n]);
        self.refine(n, known);
        known
    }

    /// The node as an Int, guarded when it is a value.
    pub(super) fn as_int(&mut self, n: Node) -> Node {
        if self.g.rep(n) == Rep::Int {
            return n;
        }
        let new = self.push_leaving(Op::GuardInt, Rep::Int, vec![n]);
        self.refine(n, new);
        new
    }

    pub(super) fn as_float(&mut self, n: Node) -> Node {
        if self.g.rep(n) == Rep::Float {
            return n;
        }
        let new = self.push_leaving(Op::GuardFloat, Rep::Float, vec![n]);
        self.refine(n, new);
        new
    }

    /// The node is a cell of this shape from here on.
    pub(super) fn guard_shape(&mut self, n: Node, shape: u32) {
        if self.env.shapes.get(&n) == Some(&one(shape)) {
            return;
        }
        if let Some(v) = self.known(n)
            && v.shape_id() == shape
            && shape < 128
        {
            return;
        }
        self.push_leaving(Op::GuardShape(shape), Rep::Value, vec![n]);
        self.env.shapes.insert(n, one(shape));
    }

    /// The node is a cell of one of these shapes from here on.
    pub(super) fn guard_shapes(&mut self, n: Node, shapes: ShapeSet) {
        if shapes[1] == 0 {
            return self.guard_shape(n, shapes[0]);
        }
        if let Some(known) = self.env.shapes.get(&n)
            && known.iter().all(|s| shapes.contains(s))
        {
            return;
        }
        self.push_leaving(Op::GuardShapes(shapes), Rep::Value, vec![n]);
        self.env.shapes.insert(n, shapes);
    }

    /// A 32-bit word in memory, once in a row.
    pub(super) fn guard_word32(&mut self, address: u64, expected: u32) {
        if self.env.checked.get(&address) == Some(&(expected as u64)) {
            return;
        }
        self.push_leaving(Op::GuardWord32 { address, expected }, Rep::None, vec![]);
        self.env.checked.insert(address, expected as u64);
    }

    pub(super) fn guard_word64(&mut self, address: u64, expected: u64) {
        if self.env.checked.get(&address) == Some(&expected) {
            return;
        }
        self.push_leaving(Op::GuardWord64 { address, expected }, Rep::None, vec![]);
        self.env.checked.insert(address, expected);
    }

    /// The types an operand can have: by representation, by value, or as recorded.
    pub(super) fn types_of(&self, n: Node, recorded: u32) -> u32 {
        match self.g.rep(n) {
            Rep::Int => types::INT,
            Rep::Float => types::FLOAT,
            Rep::Bool => types::BOOL,
            _ => match self.known(n) {
                Some(v) => runtime::jit::feedback::type_of(v.bits()),
                None if self.g.constant(n) == Some(0) => types::UNBOUND,
                None => recorded,
            },
        }
    }

    pub(super) fn check_local(&mut self, r: u16) {
        let n = self.reg(r);
        if self.g.constant(n) == Some(0) && self.g.rep(n) == Rep::Value {
            return self.raise();
        }
        let maybe = self.g.rep(n) == Rep::Value
            && matches!(
                self.g.node(n).op,
                Op::Param(_) | Op::EntryReg(_) | Op::Reload(_) | Op::SavedReg(_)
            );
        if maybe && !self.env.checked.contains_key(&(n.0 as u64)) {
            self.push_leaving(Op::GuardBound, Rep::None, vec![n]);
            // Node numbers are no addresses of words in memory.
            self.env.checked.insert(n.0 as u64, 0);
        }
    }

    /// Two registers hold the same object.
    pub(super) fn same(&mut self, x: u16, y: u16) -> Node {
        let (x, y) = (self.reg(x), self.reg(y));
        let (x, y) = (self.boxed(x), self.boxed(y));
        let by_word = [x, y].iter().any(|n| {
            self.known(*n)
                .is_some_and(|v| !v.is_cell() || v.shape_id() >= 128 || v.is_kind(Kind::Type))
        });
        if by_word {
            return self.push(Op::SameWord, Rep::Bool, vec![x, y]);
        }
        let address = crate::helpers::is_same as *const () as u64;
        let v = self.push(Op::Helper { address }, Rep::Value, vec![x, y]);
        let yes = self.constant(Rep::Value, Value::TRUE.bits());
        self.push(Op::SameWord, Rep::Bool, vec![v, yes])
    }
}
