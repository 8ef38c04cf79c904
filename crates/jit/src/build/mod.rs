//! From bytecode to graph.
//!
//! One pass over the bytecode in order (its only backward jumps are loops' back-edges), with the
//! registers' current nodes in an environment. Types come from what the interpreter recorded:
//! guards are put where operands are used, and at loop headers for what goes round. What has no
//! better translation becomes a `Step`: the interpreter runs that one instruction.

mod arith;
mod attr;
mod call;
mod catch;
mod flow;
mod items;
mod iter;
mod names;
mod quick;
mod states;

use crate::graph::*;
use crate::reasons::Refusal;
use bytecode::{BitSet, Effects, Insn, Liveness, Op as Bc, insns};
use runtime::Vm;
use runtime::code::CodeObj;
use runtime::frame::Cont;
use runtime::jit::assume::Assumption;
use runtime::jit::feedback::Site;
use runtime::jit::types;
use runtime::object::*;
use runtime::value::Value;
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;

/// Most nodes of a graph.
const MAX_NODES: usize = 20_000;
/// Most words of bytecode in a unit: compiling more takes longer than it saves (the time grows
/// with the size, about 0.1 ms for 10 words).
const MAX_WORDS: u32 = 700;
/// A unit in which more than one in this many bytecodes is a `Step` is not worth its compilation.
const STEP_SHARE: u32 = 3;

/// A field of an iterator that is kept in a node instead of memory.
#[derive(Clone, Copy, PartialEq)]
pub struct Field {
    pub base: Node,
    pub offset: u32,
    pub value: Node,
}

/// The set of one shape.
fn one(shape: u32) -> ShapeSet {
    std::array::from_fn(|i| if i == 0 { shape } else { 0 })
}

/// Methods for objects of some shapes, and `Builder::shape_changes` when they were looked up.
type Choices = (u32, Vec<(u64, ShapeSet)>);

/// What is known at a point of the bytecode.
#[derive(Clone)]
pub struct Env {
    pub regs: Vec<Option<Node>>,
    pub fields: Vec<Field>,
    /// Cells whose shape was checked since anything could change it.
    pub shapes: HashMap<Node, ShapeSet>,
    /// Words in memory that were checked since anything could change them, by address.
    pub checked: HashMap<u64, u64>,
}

/// A jump to a word that is not built yet.
struct Pending {
    from: Block,
    env: Env,
}

/// The code being translated: the unit's own, or an inlined callee's.
struct Body {
    code: Ref<CodeObj>,
    insns: Vec<Insn>,
    /// Index in `insns` by word.
    at: HashMap<u32, usize>,
    leaders: Vec<u32>,
    /// Registers that are read later, named ones not counted for being named.
    read_later: Liveness,
    /// By header word: the loop's words (header to the end of its last back-edge), and the
    /// registers written in it.
    loops: BTreeMap<u32, (std::ops::Range<u32>, BitSet)>,
    /// The running function.
    function: Node,
    globals: *const DictObj,
    window: u32,
    parent: Option<StateId>,
    /// Only these words are translated; jumps out of them leave.
    region: std::ops::Range<u32>,
    pending: BTreeMap<u32, Vec<Pending>>,
    /// By word of a handler: the blocks where exceptions arrive.
    landings: BTreeMap<u32, Vec<Block>>,
    /// By header word: the header's block and the registers and fields of its parameters.
    headers: HashMap<u32, flow::Header>,
    /// Of an inlined body: where it returns, and with what.
    returns: Vec<(Block, Node, Env)>,
    /// Of an inlined callee: as in `State`.
    cont: Cont,
    extra: Option<Node>,
    is_root: bool,
}

pub struct Builder<'a> {
    pub vm: &'a mut Vm,
    pub g: Graph,
    bodies: Vec<Body>,
    /// The block being filled; None after its end.
    cur: Option<Block>,
    env: Env,
    word: u32,
    /// The state before the current bytecode, once it was needed.
    state_cache: Option<StateId>,
    consts: HashMap<(Rep, u64), Node>,
    /// Methods that a node may be, each for objects of some shapes.
    choices: HashMap<Node, Choices>,
    /// Functions found by `any_method`.
    any_methods: rustc_hash::FxHashSet<Node>,
    /// How often shapes were forgotten: those that chose a method hold until the next time.
    shape_changes: u32,
    /// A call with several possible callees is being built.
    choosing: bool,
    /// Cells that the code refers to.
    pub constants: Vec<u64>,
    /// What the code relies on without checking it.
    pub assumptions: Vec<Assumption>,
    /// What is tried where types were never recorded.
    pub eager: bool,
    pub inlined: Vec<String>,
    /// Bytecodes left to `Step`, for the report.
    pub steps: u32,
    /// All bytecodes that were translated.
    translated: u32,
    /// The block's node that counts executed bytecodes, when they are counted.
    count: Option<(Block, Node)>,
}

type Built<T = ()> = Result<T, Refusal>;

impl<'a> Builder<'a> {
    pub fn new(vm: &'a mut Vm, name: String) -> Self {
        let eager = vm.jit.mode == runtime::jit::Mode::Eager;
        Builder {
            vm,
            g: Graph::new(name),
            bodies: Vec::new(),
            cur: None,
            env: Env {
                regs: Vec::new(),
                fields: Vec::new(),
                shapes: HashMap::default(),
                checked: HashMap::default(),
            },
            word: 0,
            state_cache: None,
            consts: HashMap::default(),
            choices: HashMap::default(),
            any_methods: Default::default(),
            shape_changes: 0,
            choosing: false,
            constants: Vec::new(),
            assumptions: Vec::new(),
            eager,
            inlined: Vec::new(),
            steps: 0,
            translated: 0,
            count: None,
        }
    }

    /// The graph of a function, entered with its arguments.
    pub fn function(&mut self, f: Ref<FunctionObj>) -> Built {
        let code = f.code.get();
        self.refuse_code(code)?;
        self.refuse_size(code.data().instrs.len() as u32)?;
        self.g.is_function = true;
        self.g.nargs = code.argcount as usize;
        let entry = self.g.new_block(0);
        self.cur = Some(entry);
        let function = self.g.push(entry, Op::Function, Rep::Value, vec![], None);
        let args = (0..code.argcount)
            .map(|i| self.g.push(entry, Op::Arg(i), Rep::Value, vec![], None))
            .collect();
        let all = 0..code.data().instrs.len() as u32;
        let mut body = self.new_body(code, function, f.globals.as_ptr(), 0, None, all);
        body.is_root = true;
        self.bodies.push(body);
        self.enter_body(args);
        self.translate()?;
        self.worth_it()
    }

    /// Whether compiled code can be expected to save its compilation.
    fn worth_it(&self) -> Built {
        if !self.eager && self.steps * STEP_SHARE > self.translated {
            return Err(Refusal::MostlySteps);
        }
        Ok(())
    }

    fn refuse_size(&self, words: u32) -> Built {
        if !self.eager && words > MAX_WORDS {
            return Err(Refusal::TooLarge);
        }
        Ok(())
    }

    /// The graph of a loop of the frame on top of the stack.
    pub fn osr_loop(&mut self, header: u32) -> Built {
        // SAFETY: the frame on top is the one that asked; R[-1] is its function.
        let (code, regs, f) = unsafe {
            let frame = self.vm.frame;
            let f: Ref<FunctionObj> = Ref::new(*(*frame).regs.sub(1) as *mut FunctionObj);
            ((*frame).code, (*frame).regs, f)
        };
        let entry = self.g.new_block(header);
        self.cur = Some(entry);
        let function = self.g.push(entry, Op::Function, Rep::Value, vec![], None);
        let mut body = self.new_body(code, function, f.globals.as_ptr(), 0, None, 0..0);
        body.is_root = true;
        body.region = body
            .loops
            .get(&header)
            .map(|l| l.0.clone())
            .ok_or(Refusal::NoLoop)?;
        let suspends = body
            .insns
            .iter()
            .any(|i| body.region.contains(&i.word) && i.effects().contains(Effects::SUSPEND));
        if suspends {
            return Err(Refusal::Suspends);
        }
        self.refuse_size(body.region.end - body.region.start)?;
        let live = code.liveness().live_before(header).clone();
        self.bodies.push(body);
        self.env.regs = vec![None; code.nregs as usize];
        for r in live.iter() {
            let n = self
                .g
                .push(entry, Op::EntryReg(r as u32), Rep::Value, vec![], None);
            self.env.regs[r] = Some(n);
        }
        // What the registers hold now is feedback too.
        code.jit_state()
            .feedback
            .borrow_mut()
            .record_header(header, regs, code.nregs as usize);
        self.word = header;
        if code.flags.contains(bytecode::CodeFlags::NAMESPACE)
            && let Some(Some(mapping)) = self.env.regs.first().copied()
        {
            // SAFETY: registers of the live frame.
            if unsafe { *regs } != f.globals.value().bits() {
                return Err(Refusal::Namespace);
            }
            self.guard_is(mapping, f.globals.value().bits());
        }
        self.g.extent = code.nregs;
        self.goto(header)?;
        self.translate()?;
        self.worth_it()
    }

    /// Whether a whole function can be a unit.
    fn refuse_code(&self, code: Ref<CodeObj>) -> Built {
        if code.is_generator_like() {
            return Err(Refusal::Generator);
        }
        if code.flags.contains(bytecode::CodeFlags::NAMESPACE) {
            return Err(Refusal::Namespace);
        }
        if code.nparams != code.argcount {
            return Err(Refusal::Parameters);
        }
        Ok(())
    }

    fn new_body(
        &mut self,
        code: Ref<CodeObj>,
        function: Node,
        globals: *const DictObj,
        window: u32,
        parent: Option<StateId>,
        region: std::ops::Range<u32>,
    ) -> Body {
        let insns: Vec<Insn> = insns(&code.data().instrs).map_while(Result::ok).collect();
        let at = insns.iter().enumerate().map(|(i, n)| (n.word, i)).collect();
        let (leaders, loops) = flow::structure(&insns, code, self.eager);
        let data = code.data();
        let read_later = Liveness::from_parts(&data.instrs, &data.exceptions, data.nregs as u32, 0);
        self.g.extent = self.g.extent.max(window + code.nregs);
        Body {
            code,
            insns,
            at,
            leaders,
            read_later,
            loops,
            function,
            globals,
            window,
            parent,
            region,
            pending: BTreeMap::new(),
            landings: BTreeMap::new(),
            headers: HashMap::default(),
            returns: Vec::new(),
            cont: Cont::Store,
            extra: None,
            is_root: false,
        }
    }

    /// Starts a body at its first word with its arguments.
    fn enter_body(&mut self, args: Vec<Node>) {
        let code = self.body().code;
        let unbound = self.constant(Rep::Value, 0);
        let mut regs: Vec<Option<Node>> = vec![None; code.nregs as usize];
        for r in regs.iter_mut().take(code.data().named_regs() as usize) {
            *r = Some(unbound);
        }
        for (r, a) in regs.iter_mut().zip(args) {
            *r = Some(a);
        }
        self.env.regs = regs;
        self.word = 0;
        self.state_cache = None;
    }

    fn body(&self) -> &Body {
        &self.bodies[self.bodies.len() - 1]
    }
    fn body_mut(&mut self) -> &mut Body {
        let last = self.bodies.len() - 1;
        &mut self.bodies[last]
    }

    // ---- nodes ----

    fn block(&self) -> Block {
        self.cur.unwrap_or(Block(0))
    }
    fn push(&mut self, op: Op, rep: Rep, args: Vec<Node>) -> Node {
        let b = self.block();
        self.g.push(b, op, rep, args, None)
    }
    /// A node that can leave before the current bytecode.
    fn push_leaving(&mut self, op: Op, rep: Rep, args: Vec<Node>) -> Node {
        let state = self.state();
        let b = self.block();
        self.g.push(b, op, rep, args, Some(state))
    }
    /// A constant; all of them are in the entry block.
    fn constant(&mut self, rep: Rep, bits: u64) -> Node {
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
    fn int_const(&mut self, n: i64) -> Node {
        self.constant(Rep::Int, n as u64)
    }
    /// The node of a known value in its best representation.
    fn value_const(&mut self, v: Value) -> Node {
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
    fn known(&self, n: Node) -> Option<Value> {
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
    fn boxed_in(&mut self, b: Block, n: Node) -> Node {
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
    fn boxed(&mut self, n: Node) -> Node {
        let b = self.block();
        self.boxed_in(b, n)
    }

    // ---- registers ----

    /// The node in a register that the bytecode reads.
    fn reg(&mut self, r: u16) -> Node {
        match self.env.regs.get(r as usize).copied().flatten() {
            Some(n) => n,
            // Verified code reads only what was written; be safe in code nobody can reach.
            None => self.constant(Rep::Value, 0),
        }
    }
    fn set(&mut self, r: u16, n: Node) {
        if let Some(slot) = self.env.regs.get_mut(r as usize) {
            *slot = Some(n);
        }
    }
    /// Registers that hold `old` hold `new` from here on: the same value, better known.
    fn refine(&mut self, old: Node, new: Node) {
        for r in self.env.regs.iter_mut() {
            if *r == Some(old) {
                *r = Some(new);
            }
        }
        // The state before this bytecode may keep the old node: it is as good.
    }

    /// Relies on a cell (of a dict: on the entry `name`) staying as it is. False: it was wrong too
    /// often, check it instead.
    fn assume(&mut self, cell: *mut gc::Header, name: Option<Value>) -> bool {
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

    // ---- guards ----

    fn site(&self) -> Site {
        self.body().code.jit_state().site(self.word)
    }
    fn guard_is(&mut self, n: Node, bits: u64) -> Node {
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
    fn as_int(&mut self, n: Node) -> Node {
        if self.g.rep(n) == Rep::Int {
            return n;
        }
        let new = self.push_leaving(Op::GuardInt, Rep::Int, vec![n]);
        self.refine(n, new);
        new
    }
    fn as_float(&mut self, n: Node) -> Node {
        if self.g.rep(n) == Rep::Float {
            return n;
        }
        let new = self.push_leaving(Op::GuardFloat, Rep::Float, vec![n]);
        self.refine(n, new);
        new
    }
    /// The node is a cell of this shape from here on.
    fn guard_shape(&mut self, n: Node, shape: u32) {
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
    fn guard_shapes(&mut self, n: Node, shapes: ShapeSet) {
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
    fn guard_word32(&mut self, address: u64, expected: u32) {
        if self.env.checked.get(&address) == Some(&(expected as u64)) {
            return;
        }
        self.push_leaving(Op::GuardWord32 { address, expected }, Rep::None, vec![]);
        self.env.checked.insert(address, expected as u64);
    }
    fn guard_word64(&mut self, address: u64, expected: u64) {
        if self.env.checked.get(&address) == Some(&expected) {
            return;
        }
        self.push_leaving(Op::GuardWord64 { address, expected }, Rep::None, vec![]);
        self.env.checked.insert(address, expected);
    }
    /// The types an operand can have: by representation, by value, or as recorded.
    fn types_of(&self, n: Node, recorded: u32) -> u32 {
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

    // ---- the loop over the bytecode ----

    /// Translates the blocks of the body on top that are reached.
    fn translate(&mut self) -> Built {
        let leaders = self.body().leaders.clone();
        for &leader in &leaders {
            if !self.body().region.contains(&leader) {
                continue;
            }
            if leader == 0 && self.cur.is_some() && self.body().pending.is_empty() {
                self.goto(0)?;
            }
            if !self.begin_block(leader)? {
                continue;
            }
            self.block_insns(leader)?;
            if self.g.nodes.len() > MAX_NODES {
                return Err(Refusal::TooLarge);
            }
        }
        Ok(())
    }

    fn block_insns(&mut self, leader: u32) -> Built {
        let Some(&first) = self.body().at.get(&leader) else {
            return Ok(());
        };
        let mut i = first;
        while self.cur.is_some() {
            let Some(&insn) = self.body().insns.get(i) else {
                return Ok(());
            };
            if insn.word != leader && self.body().leaders.binary_search(&insn.word).is_ok() {
                return self.goto(insn.word);
            }
            self.word = insn.word;
            self.state_cache = None;
            self.translated += 1;
            let steps = self.steps;
            if self.vm.jit.counting {
                self.count_bytecode();
            }
            self.insn(insn)?;
            if self.steps != steps && self.vm.jit.counting {
                self.uncount_bytecode();
            }
            i += 1;
        }
        Ok(())
    }

    /// One more bytecode for the `Count` of the block.
    fn count_bytecode(&mut self) {
        let Some(block) = self.cur else { return };
        match self.count {
            Some((b, n)) if b == block => {
                if let Op::Count(more) = &mut self.g.nodes[n.0 as usize].op {
                    *more += 1;
                }
            }
            _ => {
                let n = self.push(Op::Count(1), Rep::None, vec![]);
                self.count = Some((block, n));
            }
        }
    }

    /// The last bytecode is interpreted after all.
    fn uncount_bytecode(&mut self) {
        if let Some((_, n)) = self.count
            && let Op::Count(less) = &mut self.g.nodes[n.0 as usize].op
        {
            *less -= 1;
        }
    }

    fn insn(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let (a, b, c) = (w.a(), w.b(), w.c());
        match insn.op {
            Bc::Nop => {}
            Bc::Move => {
                let n = self.reg(b);
                self.set(a, n);
            }
            Bc::LoadConst => {
                // SAFETY: constant indices are verified.
                let v = unsafe { *self.body().code.consts.get().add(w.bc() as usize) };
                let n = self.value_const(v);
                self.set(a, n);
            }
            Bc::LoadInt => {
                let n = self.int_const(w.off32() as i64);
                self.set(a, n);
            }
            Bc::LoadSpecial => {
                let n = match w.d() {
                    0 => self.value_const(Value::NONE),
                    1 => self.value_const(Value::FALSE),
                    2 => self.value_const(Value::TRUE),
                    3 => self.value_const(Value::ELLIPSIS),
                    _ => self.constant(Rep::Value, 0),
                };
                self.set(a, n);
            }
            Bc::CheckLocal | Bc::DeleteLocal if self.site().unstable => self.step(insn)?,
            Bc::CheckLocal => self.check_local(a),
            Bc::DeleteLocal => {
                self.check_local(a);
                let n = self.constant(Rep::Value, 0);
                self.set(a, n);
            }
            Bc::LoadCell | Bc::StoreCell | Bc::LoadFree | Bc::StoreFree | Bc::LoadFreeCell => {
                self.cell_insn(insn)
            }
            Bc::LoadGlobal | Bc::LoadName => self.load_global(insn)?,
            Bc::StoreGlobal | Bc::StoreName => self.store_global(insn)?,
            Bc::LoadAttr => self.load_attr(insn)?,
            Bc::StoreAttr => self.store_attr(insn)?,
            Bc::LoadMethod => self.load_method(insn)?,
            Bc::GetItem | Bc::GetItemI => self.get_item(insn)?,
            Bc::SetItem => self.set_item(insn)?,
            Bc::Contains => self.contains(insn)?,
            Bc::UnpackSeq => self.unpack_seq(insn)?,
            Bc::BuildTuple | Bc::BuildList if c as usize <= crate::helpers::MAX_ITEMS => {
                let args = (b..b + c).map(|r| self.reg(r)).collect::<Vec<_>>();
                let args = args.into_iter().map(|n| self.boxed(n)).collect();
                let op = if insn.op == Bc::BuildTuple {
                    Op::NewTuple
                } else {
                    Op::NewList
                };
                let n = self.push_leaving(op, Rep::Value, args);
                let kind = if op == Op::NewTuple {
                    Kind::Tuple
                } else {
                    Kind::List
                };
                if c > 0 || op == Op::NewList {
                    self.env.shapes.insert(n, one(kind as u32));
                }
                self.set(a, n);
            }
            Bc::ListAppend => {
                let (list, v) = (self.reg(a), self.reg(b));
                let v = self.boxed(v);
                self.push_leaving(Op::Append, Rep::None, vec![list, v]);
            }
            Bc::Add
            | Bc::Sub
            | Bc::Mul
            | Bc::TrueDiv
            | Bc::FloorDiv
            | Bc::Mod
            | Bc::And
            | Bc::Or
            | Bc::Xor
            | Bc::Lshift
            | Bc::Rshift
            | Bc::AddI
            | Bc::SubI
            | Bc::MulI
            | Bc::FloorDivI
            | Bc::ModI
            | Bc::Neg
            | Bc::Pow => self.arithmetic(insn)?,
            Bc::Not | Bc::ToBool => self.truth_insn(insn)?,
            Bc::Lt | Bc::Le | Bc::Eq | Bc::Ne | Bc::Gt | Bc::Ge => self.comparison(insn)?,
            Bc::Is => {
                let n = self.same(b, c);
                let n = if w.d() == 1 {
                    self.push(Op::Not, Rep::Bool, vec![n])
                } else {
                    n
                };
                self.set(a, n);
            }
            Bc::Jump => self.goto_offset(insn, w.off32())?,
            Bc::JumpBack => {
                self.push_leaving(Op::Poll, Rep::None, vec![]);
                self.goto_offset(insn, w.off32())?;
            }
            Bc::JumpIfTrue | Bc::JumpIfFalse => self.jump_if(insn)?,
            Bc::JumpIfNone | Bc::JumpIfNotNone => {
                let n = self.reg(a);
                let n = self.boxed(n);
                let none = self.push(Op::IsNone, Rep::Bool, vec![n]);
                self.branch(insn, none, insn.op == Bc::JumpIfNone, w.off32())?;
            }
            Bc::JumpIs => {
                let n = self.same(a, b);
                self.branch(insn, n, w.d() == 1, w.imm_c() as i32)?;
            }
            Bc::JumpLt
            | Bc::JumpLe
            | Bc::JumpEq
            | Bc::JumpNe
            | Bc::JumpGt
            | Bc::JumpGe
            | Bc::JumpLtI
            | Bc::JumpLeI
            | Bc::JumpEqI
            | Bc::JumpNeI
            | Bc::JumpGtI
            | Bc::JumpGeI => self.compare_jump(insn)?,
            Bc::GetIter => self.get_iter(insn)?,
            Bc::ForIter => self.for_iter(insn)?,
            Bc::Call => self.call(insn)?,
            Bc::CallMethod => self.call_method(insn)?,
            Bc::Return => self.return_(a)?,
            Bc::Raise | Bc::Reraise => self.raise(),
            Bc::PushExc | Bc::PopExc => self.handled_exception(insn)?,
            Bc::ExcMatch => self.exc_match(insn)?,
            _ => self.step(insn)?,
        }
        Ok(())
    }

    fn check_local(&mut self, r: u16) {
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
    fn same(&mut self, x: u16, y: u16) -> Node {
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
