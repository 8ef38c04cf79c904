//! Control flow: blocks, merges, loop headers, returns.

use super::*;
use bytecode::operands::Access;

/// A loop header that is being built.
#[derive(Clone)]
pub(super) struct Header {
    pub block: Block,
    /// The registers that go round, in the order of the parameters.
    pub regs: Vec<(u16, Rep)>,
    /// The iterator fields that go round, behind the registers.
    pub fields: Vec<(Node, u32)>,
}

type Loops = BTreeMap<u32, (std::ops::Range<u32>, BitSet)>;

/// Where blocks begin, and the loops, of the code that is reached; handlers of exceptions are if
/// `catches` says so.
pub(super) fn structure(
    insns: &[Insn],
    code: Ref<CodeObj>,
    catches: impl Fn(u32) -> bool,
) -> (Vec<u32>, Loops) {
    let index: HashMap<u32, usize> = insns.iter().enumerate().map(|(i, n)| (n.word, i)).collect();
    let mut reached = vec![false; insns.len()];
    let mut work = vec![0usize];
    let mut leaders = vec![0u32];
    let mut back: Vec<(u32, u32)> = Vec::new();
    while let Some(i) = work.pop() {
        let Some(insn) = insns.get(i).filter(|_| !reached[i]) else {
            continue;
        };
        reached[i] = true;
        if let Some(e) = code.handler_at(insn.word)
            && catches(e.handler)
        {
            leaders.push(e.handler);
            work.extend(index.get(&e.handler));
        }
        if let Some(target) = insn.jump_target() {
            let target = target as u32;
            leaders.push(target);
            leaders.push(insn.next());
            if target <= insn.word {
                back.push((target, insn.next()));
            }
            work.extend(index.get(&target));
        }
        if insn.effects().contains(Effects::END) {
            leaders.push(insn.next());
        } else {
            work.push(i + 1);
        }
    }
    leaders.sort_unstable();
    leaders.dedup();
    let mut loops = Loops::new();
    for (header, end) in back {
        let entry = loops
            .entry(header)
            .or_insert((header..end, BitSet::new(code.nregs as usize)));
        entry.0.end = entry.0.end.max(end);
    }
    for (range, written) in loops.values_mut() {
        for (insn, _) in insns.iter().zip(&reached).filter(|(_, r)| **r) {
            if range.contains(&insn.word) {
                add_written(insn, code, written);
            }
        }
    }
    (leaders, loops)
}

fn add_written(insn: &Insn, code: Ref<CodeObj>, written: &mut BitSet) {
    for regs in insn.regs() {
        if regs.access != Access::Read {
            written.insert_range(regs.first as usize, regs.end() as usize);
        }
    }
    if insn.effects().contains(Effects::WINDOW) {
        let named = code.data().named_regs() as usize;
        let base = (insn.first.b() as usize).max(named);
        written.insert_range(base.min(code.nregs as usize), code.nregs as usize);
    }
}

impl Builder<'_> {
    /// Ends the block with a jump to the bytecode at `word`.
    pub(super) fn goto(&mut self, word: u32) -> Built {
        let from = self.block();
        if !self.body().region.contains(&word) {
            let (env, steps) = (self.env.clone(), self.steps);
            if let Some(p) = self.body_mut().peeled.as_mut().filter(|p| p.steps == steps) {
                p.ends.push((from, env));
                self.cur = None;
                return Ok(());
            }
            let s = self.state_at(word);
            self.g.block_mut(from).end = End::Leave(s);
            self.cur = None;
            return Ok(());
        }
        if let Some(header) = self.body().headers.get(&word).cloned() {
            let args = self.header_args(&header, word);
            let from = self.block();
            self.g.block_mut(from).end = End::Jump(Edge {
                to: header.block,
                args,
            });
            self.cur = None;
            return Ok(());
        }
        let env = self.env.clone();
        let pending = self.body_mut().pending.entry(word).or_default();
        pending.push(Pending { from, env });
        self.cur = None;
        Ok(())
    }

    pub(super) fn goto_offset(&mut self, insn: Insn, offset: i32) -> Built {
        self.goto((insn.word as i64 + offset as i64) as u32)
    }

    /// Ends the block: to the jump's target when `cond` is `sense`, else to the next instruction.
    pub(super) fn branch(&mut self, insn: Insn, cond: Node, sense: bool, offset: i32) -> Built {
        let target = (insn.word as i64 + offset as i64) as u32;
        if let Some(bits) = self.g.constant(cond) {
            return self.goto(if (bits != 0) == sense {
                target
            } else {
                insn.next()
            });
        }
        let fall = self.fork(cond, sense);
        let env = self.env.clone();
        self.goto(target)?;
        self.take_up(fall, env);
        self.goto(insn.next())
    }

    /// Ends the block with a branch and goes on where `cond` is `sense`; gives the other block.
    pub(super) fn fork(&mut self, cond: Node, sense: bool) -> Block {
        let from = self.block();
        let (on, off) = (self.g.new_block(self.word), self.g.new_block(self.word));
        let edge = |to| Edge { to, args: vec![] };
        let (then, other) = if sense { (on, off) } else { (off, on) };
        self.g.block_mut(from).end = End::Branch {
            cond,
            then: edge(then),
            other: edge(other),
        };
        self.cur = Some(on);
        self.state_cache = None;
        off
    }

    /// Goes on in a block, with what was known before it.
    pub(super) fn take_up(&mut self, block: Block, env: Env) {
        self.cur = Some(block);
        self.env = env;
        self.state_cache = None;
    }

    /// Starts the block of a leader. False: it is not reached.
    pub(super) fn begin_block(&mut self, word: u32) -> Built<bool> {
        self.land(word);
        let Some(preds) = self.body_mut().pending.remove(&word) else {
            self.cur = None;
            return Ok(false);
        };
        self.word = word;
        self.state_cache = None;
        let live = self.body().code.liveness().live_before(word).clone();
        self.merge(word, preds, &live);
        if self.body().loops.contains_key(&word) {
            self.begin_loop(word, &live)?;
        }
        Ok(true)
    }

    /// Joins predecessors in a new block.
    pub(super) fn merge(&mut self, word: u32, mut preds: Vec<Pending>, live: &BitSet) {
        let block = self.g.new_block(word);
        if preds.len() == 1
            && let Some(p) = preds.pop()
        {
            self.jump(p.from, block, vec![]);
            self.env = p.env;
            self.cur = Some(block);
            self.forget_dead(live);
            return;
        }
        let fields = self.common_fields(&mut preds);
        let mut args: Vec<Vec<Node>> = vec![Vec::new(); preds.len()];
        let nregs = preds[0].env.regs.len();
        let mut env = Env::new(vec![None; nregs]);
        for r in live.iter() {
            let nodes: Option<Vec<Node>> = preds.iter().map(|p| p.env.regs[r]).collect();
            let Some(nodes) = nodes else { continue };
            env.regs[r] = Some(self.phi(block, &preds, &mut args, &nodes));
        }
        env.fields = self.join_fields(block, &preds, &mut args, fields);
        // What all of them know.
        let (first, rest) = preds.split_at(1);
        env.shapes = first[0].env.shapes.clone();
        env.shapes
            .retain(|n, s| rest.iter().all(|p| p.env.shapes.get(n) == Some(s)));
        env.checked = first[0].env.checked.clone();
        env.checked
            .retain(|n, s| rest.iter().all(|p| p.env.checked.get(n) == Some(s)));
        for (p, a) in preds.iter().zip(args) {
            self.jump(p.from, block, a);
        }
        self.env = env;
        self.cur = Some(block);
        self.forget_dead(live);
    }

    /// One node for what the predecessors give.
    fn phi(
        &mut self,
        block: Block,
        preds: &[Pending],
        args: &mut [Vec<Node>],
        nodes: &[Node],
    ) -> Node {
        if nodes.iter().all(|n| *n == nodes[0]) {
            return nodes[0];
        }
        let rep = self.g.rep(nodes[0]);
        let rep = if nodes.iter().all(|n| self.g.rep(*n) == rep) {
            rep
        } else {
            Rep::Value
        };
        for ((p, a), n) in preds.iter().zip(args.iter_mut()).zip(nodes) {
            let n = if rep == Rep::Value {
                self.boxed_in(p.from, *n)
            } else {
                *n
            };
            a.push(n);
        }
        self.g.param(block, rep)
    }

    /// The fields that all predecessors keep; the others are stored back.
    fn common_fields(&mut self, preds: &mut [Pending]) -> Vec<(Node, u32)> {
        let common: Vec<(Node, u32)> = preds[0]
            .env
            .fields
            .iter()
            .map(|f| (f.base, f.offset))
            .filter(|(b, o)| preds.iter().all(|p| p.env.field(*b, *o).is_some()))
            .collect();
        for p in preds {
            let all = std::mem::take(&mut p.env.fields);
            for f in all {
                if common.contains(&(f.base, f.offset)) {
                    p.env.fields.push(f);
                } else {
                    self.store_field(p.from, f);
                }
            }
        }
        common
    }

    /// The fields that all predecessors keep, joined in a new block.
    fn join_fields(
        &mut self,
        block: Block,
        preds: &[Pending],
        args: &mut [Vec<Node>],
        common: Vec<(Node, u32)>,
    ) -> Vec<Field> {
        let mut joined = Vec::new();
        for (base, offset) in common {
            let nodes: Vec<Node> = preds
                .iter()
                .filter_map(|p| p.env.field(base, offset))
                .collect();
            let value = self.phi(block, preds, args, &nodes);
            joined.push(Field {
                base,
                offset,
                value,
            });
        }
        joined
    }

    fn store_field(&mut self, block: Block, f: Field) {
        let op = Op::StoreWord { offset: f.offset };
        self.g
            .push(block, op, Rep::None, vec![f.base, f.value], None);
    }

    fn jump(&mut self, from: Block, to: Block, args: Vec<Node>) {
        self.g.block_mut(from).end = End::Jump(Edge { to, args });
    }

    /// Drops what no live register needs; iterators that nobody iterates any more get their
    /// fields back.
    fn forget_dead(&mut self, live: &BitSet) {
        for (r, slot) in self.env.regs.iter_mut().enumerate() {
            if !live.contains(r) {
                *slot = None;
            }
        }
        let fields = std::mem::take(&mut self.env.fields);
        for f in fields {
            // An inlined callee's registers do not show the caller's iterators.
            if self.bodies.len() > 1 || self.env.regs.contains(&Some(f.base)) {
                self.env.fields.push(f);
            } else {
                let b = self.block();
                self.store_field(b, f);
            }
        }
    }

    /// Stores all iterator fields back.
    pub(super) fn store_fields(&mut self) {
        let b = self.block();
        for f in std::mem::take(&mut self.env.fields) {
            self.store_field(b, f);
        }
    }

    /// Turns the current block into the preheader of the loop at `word` and begins its header.
    fn begin_loop(&mut self, word: u32, live: &BitSet) -> Built {
        self.iterator_fields(word)?;
        let body = self.body();
        let Some((_, written)) = body.loops.get(&word).cloned() else {
            return Ok(());
        };
        let code = body.code;
        let recorded = code.jit_state().feedback.borrow().header(word).to_vec();
        let block = self.g.new_block(word);
        let mut header = Header {
            block,
            regs: Vec::new(),
            fields: self.env.fields.iter().map(|f| (f.base, f.offset)).collect(),
        };
        for r in live.iter().filter(|r| written.contains(*r)) {
            let Some(n) = self.env.regs.get(r).copied().flatten() else {
                continue;
            };
            let mask = recorded.get(r).copied().unwrap_or(0);
            // What the loop does not read before it writes may be unbound, or anything.
            let rep = match self.body().read_later.live_before(word).contains(r) {
                true => self.header_rep(n, mask),
                false => Rep::Value,
            };
            header.regs.push((r as u16, rep));
        }
        self.state_cache = None;
        let args = self.header_args(&header, word);
        // What was moved out of this loop and failed is not moved again.
        let steady = self.site().given_up == 0;
        let entry_state = steady.then(|| self.state_at(word));
        let pre = self.block();
        self.jump(pre, block, args);
        self.g.block_mut(block).header = true;
        self.g.block_mut(block).entry_state = entry_state;
        for (r, rep) in &header.regs {
            let p = self.g.param(block, *rep);
            self.env.regs[*r as usize] = Some(p);
        }
        for i in 0..self.env.fields.len() {
            let p = self.g.param(block, Rep::Int);
            // Range iterators stay in the small range.
            self.g.small.insert(p);
            self.env.fields[i].value = p;
        }
        self.forget_shapes();
        self.env.checked.clear();
        self.cur = Some(block);
        self.state_cache = None;
        self.body_mut().headers.insert(word, header);
        Ok(())
    }

    /// How a register that goes round a loop is held: from what it is at entry and what it was at
    /// back-edges.
    fn header_rep(&self, entry: Node, recorded: u32) -> Rep {
        let at_entry = self.types_of(entry, 0);
        let rep_of = |t| match t {
            types::INT => Rep::Int,
            types::FLOAT => Rep::Float,
            types::BOOL => Rep::Bool,
            _ => Rep::Value,
        };
        let unstable = self.site().unstable;
        match (at_entry, recorded) {
            _ if unstable => Rep::Value,
            (e, 0) => rep_of(e),
            (0, r) => rep_of(r),
            (e, r) if e == r => rep_of(e),
            _ => Rep::Value,
        }
    }

    /// The arguments for a loop header's parameters, converted and guarded at the end of the
    /// current block.
    fn header_args(&mut self, header: &Header, word: u32) -> Vec<Node> {
        let mut args = Vec::new();
        let mut state = None;
        for (r, rep) in &header.regs {
            let n = self.reg(*r);
            let have = self.g.rep(n);
            let op = match rep {
                Rep::Value => {
                    args.push(self.boxed(n));
                    continue;
                }
                _ if have == *rep => {
                    args.push(n);
                    continue;
                }
                Rep::Int => Op::GuardInt,
                Rep::Float => Op::GuardFloat,
                _ => Op::GuardBool,
            };
            let n = self.boxed(n);
            let s = *state.get_or_insert_with(|| self.state_at(word));
            let b = self.block();
            args.push(self.g.push(b, op, *rep, vec![n], Some(s)));
        }
        for f in std::mem::take(&mut self.env.fields) {
            if !header.fields.contains(&(f.base, f.offset)) {
                let b = self.block();
                self.store_field(b, f);
            } else {
                self.env.fields.push(f);
            }
        }
        for (base, offset) in &header.fields {
            let n = match self.env.field(*base, *offset) {
                Some(n) => n,
                None => self.push(Op::LoadWord { offset: *offset }, Rep::Int, vec![*base]),
            };
            args.push(n);
        }
        args
    }

    pub(super) fn return_(&mut self, a: u16) -> Built {
        let v = self.reg(a);
        if !self.body().is_root {
            let from = self.block();
            let env = self.env.clone();
            self.body_mut().returns.push((from, v, env));
            self.cur = None;
            return Ok(());
        }
        if !self.g.is_function {
            self.leave();
            return Ok(());
        }
        self.store_fields();
        let v = self.boxed(v);
        let b = self.block();
        self.g.block_mut(b).end = End::Return(v);
        self.cur = None;
        Ok(())
    }

    /// Joins the returns of an inlined body in a new block of the caller; gives the result.
    pub(super) fn join_returns(
        &mut self,
        body: Body,
        caller_regs: Vec<Option<Node>>,
    ) -> Option<Node> {
        self.join_values(body.returns, caller_regs)
    }

    /// The value that several ways end with; `regs`: the registers behind the join.
    pub(super) fn join_values(
        &mut self,
        ends: Vec<(Block, Node, Env)>,
        caller_regs: Vec<Option<Node>>,
    ) -> Option<Node> {
        let mut preds = Vec::new();
        let mut nodes = Vec::new();
        for (from, node, mut env) in ends {
            env.regs = caller_regs.clone();
            nodes.push(node);
            preds.push(Pending { from, env });
        }
        if preds.is_empty() {
            self.cur = None;
            return None;
        }
        if preds.len() == 1 {
            let p = preds.pop()?;
            self.take_up(p.from, p.env);
            return nodes.pop();
        }
        let fields = self.common_fields(&mut preds);
        let word = self.word;
        let block = self.g.new_block(word);
        let mut args: Vec<Vec<Node>> = vec![Vec::new(); preds.len()];
        let result = self.phi(block, &preds, &mut args, &nodes);
        let mut env = Env::new(caller_regs);
        env.fields = self.join_fields(block, &preds, &mut args, fields);
        for (p, a) in preds.iter().zip(args) {
            self.jump(p.from, block, a);
        }
        self.take_up(block, env);
        Some(result)
    }
}

impl Builder<'_> {
    /// Instances may have got or lost attributes.
    pub(super) fn forget_shapes(&mut self) {
        self.shape_changes += 1;
        self.env.shapes.retain(|_, s| s[0] < 128);
    }
}

impl Env {
    /// Nothing is known but the registers.
    pub fn new(regs: Vec<Option<Node>>) -> Env {
        Env {
            regs,
            fields: Vec::new(),
            shapes: HashMap::default(),
            checked: HashMap::default(),
        }
    }
    /// The shape of a node, if only one is possible.
    pub fn single_shape(&self, n: Node) -> Option<u32> {
        let s = self.shapes.get(&n)?;
        (s[1] == 0).then_some(s[0])
    }
    /// The node that holds a field, if one does.
    pub fn field(&self, base: Node, offset: u32) -> Option<Node> {
        self.fields
            .iter()
            .find(|f| f.base == base && f.offset == offset)
            .map(|f| f.value)
    }
}
