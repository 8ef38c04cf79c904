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
mod guards;
mod insns;
mod items;
mod iter;
mod names;
mod nodes;
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
    /// Of a callee that is only begun in place.
    peeled: Option<Peeled>,
}

/// Where a callee that was begun in place goes on.
struct Peeled {
    /// `Builder::steps` at its beginning: what the interpreter ran must not be done again.
    steps: u32,
    ends: Vec<(Block, Env)>,
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
            env: Env::new(Vec::new()),
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
        // A plain `yield` is taken by native code, for a start: see `entry::yields_in_loop`.
        let suspends = body.insns.iter().any(|i| {
            let inside = body.region.contains(&i.word);
            let plain = i.op == Bc::Yield && i.first.d() == 0;
            inside && i.effects().contains(Effects::SUSPEND) && !plain
        });
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
        let loop_itself = parent.is_none() && !self.g.is_function;
        let catches = |to| loop_itself && catch::is_seen(code, to, self.eager);
        let (leaders, loops) = flow::structure(&insns, code, catches);
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
            peeled: None,
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
}
