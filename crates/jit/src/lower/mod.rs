//! From the graph to Cranelift's IR.
//!
//! A function's signature is `(vm, regs, function, arguments...) -> word`, a loop's `(vm, regs)
//! -> word`. A zero result says that there is no value: see `runtime::jit::exit`.

mod arith;
mod call;
mod exits;
mod frames;
mod guard;
mod memory;
mod node;

use crate::deopt::Exit;
use crate::graph::*;
use crate::optimise::dominators::Dominators;
use crate::optimise::range::Ranges;
use crate::reasons::Refusal;
use crate::unit::Unit;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I64};
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, MemFlagsData as MemFlags, Signature};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use runtime::Vm;
use runtime::frame::{Frame, Site};
use runtime::jit::exit;
use rustc_hash::FxHashMap as HashMap;
use std::mem::offset_of;

pub(crate) struct Lower<'a> {
    g: &'a Graph,
    ranges: Ranges<'a>,
    /// The block that is translated.
    block: Block,
    fb: FunctionBuilder<'a>,
    unit: *const Unit,
    values: Vec<Option<ir::Value>>,
    blocks: Vec<ir::Block>,
    vm: ir::Value,
    regs: ir::Value,
    function: Option<ir::Value>,
    args: Vec<ir::Value>,
    /// The frame record on top when the code was entered.
    frame: ir::Value,
    exits: Vec<Exit>,
    /// Of the states in which compiled code is called.
    sites: HashMap<StateId, Box<Site>>,
    /// Number in `open_exits`, by state and by whether it is expected.
    exit_of: HashMap<(StateId, bool), usize>,
    /// Exit blocks that are still to be filled.
    open_exits: Vec<exits::OpenExit>,
    /// The return of the empty word.
    bail: Option<ir::Block>,
    /// The node that is translated.
    at: Node,
    /// Where nodes go that raise what is caught here; filled at the ends of their blocks.
    failed: HashMap<Node, ir::Block>,
    /// Blocks where exceptions arrive.
    landings: rustc_hash::FxHashSet<Block>,
    /// Blocks in which a node was checked to be a cell.
    cells: HashMap<Node, Vec<Block>>,
    /// Where all exits end: calls `deopt`.
    exit_tail: Option<ir::Block>,
    /// Calls `leave_after` with result, register and word.
    leave_tail: Option<ir::Block>,
    /// Make guards fail now and then.
    stress: Option<u32>,
    config: TargetFrontendConfig,
    /// What frames have in memory, here and at the ends of blocks.
    memory: frames::InMemory,
    ends: HashMap<Block, frames::InMemory>,
    dom: &'a Dominators,
}

/// Memory of the engine: aligned, never trapping.
fn mem() -> MemFlags {
    MemFlags::trusted()
}

/// The tables that the code of a unit refers to.
#[derive(Default)]
pub(crate) struct Tables {
    pub exits: Vec<Exit>,
    #[expect(
        dead_code,
        clippy::vec_box,
        reason = "the code refers to them by address"
    )]
    pub sites: Vec<Box<Site>>,
}

/// Translates the graph.
pub(crate) fn lower(
    g: &Graph,
    func: &mut ir::Function,
    context: &mut FunctionBuilderContext,
    unit: *const Unit,
    config: TargetFrontendConfig,
    stress: Option<u32>,
) -> Result<Tables, Refusal> {
    let dom = Dominators::new(g);
    let call_conv = CallConv::SystemV;
    func.signature = signature(call_conv, if g.is_function { g.nargs + 3 } else { 2 });
    let mut fb = FunctionBuilder::new(func, context);
    let entry = fb.create_block();
    fb.append_block_params_for_function_params(entry);
    fb.switch_to_block(entry);
    let params = fb.block_params(entry).to_vec();
    let frame = fb
        .ins()
        .load(I64, mem(), params[0], offset_of!(Vm, frame) as i32);
    let blocks: Vec<ir::Block> = g.blocks.iter().map(|_| fb.create_block()).collect();
    let mut l = Lower {
        g,
        ranges: Ranges::new(g, &dom),
        block: Block(0),
        fb,
        unit,
        values: vec![None; g.nodes.len()],
        blocks,
        vm: params[0],
        regs: params[1],
        function: params.get(2).copied(),
        args: params.get(3..).unwrap_or_default().to_vec(),
        frame,
        exits: Vec::new(),
        sites: HashMap::default(),
        exit_of: HashMap::default(),
        open_exits: Vec::new(),
        bail: None,
        at: Node(0),
        failed: HashMap::default(),
        landings: Default::default(),
        cells: HashMap::default(),
        exit_tail: None,
        leave_tail: None,
        stress,
        config,
        memory: Default::default(),
        ends: HashMap::default(),
        dom: &dom,
    };
    l.entry_checks(call_conv);
    let first = l.blocks[0];
    l.fb.ins().jump(first, &[]);
    for b in &dom.order {
        l.block(*b);
    }
    l.finish()
}

pub(crate) fn signature(call_conv: CallConv, params: usize) -> Signature {
    let mut s = Signature::new(call_conv);
    s.params = vec![AbiParam::new(I64); params];
    s.returns.push(AbiParam::new(I64));
    s
}

impl Lower<'_> {
    /// The unit may be entered: room for its frame records and registers, with those of what is
    /// inlined, native stack, no poll.
    fn entry_checks(&mut self, call_conv: CallConv) {
        let frames = self.g.depth as i64 + i64::from(self.g.is_function);
        if frames == 0 {
            return;
        }
        let slow = self.fb.create_block();
        self.fb.set_cold_block(slow);
        let last = frames * size_of::<Frame>() as i64;
        let last = self.fb.ins().iadd_imm_s(self.frame, last);
        let limit = self.load_vm(offset_of!(Vm, frame_limit));
        self.refuse_if(IntCC::UnsignedGreaterThanOrEqual, last, limit, slow);
        let end = (self.g.extent as i64 + 8) * 8;
        let top = self.fb.ins().iadd_imm_s(self.regs, end);
        let limit = self.load_vm(offset_of!(Vm, stack_limit));
        self.refuse_if(IntCC::UnsignedGreaterThan, top, limit, slow);
        let sp = self.fb.ins().get_stack_pointer(I64);
        let limit = self.load_vm(offset_of!(Vm, native_limit));
        self.refuse_if(IntCC::UnsignedLessThan, sp, limit, slow);
        let go = self.fb.create_block();
        self.fb.ins().jump(go, &[]);
        self.fb.switch_to_block(slow);
        let r = self.refused(call_conv);
        self.fb.ins().return_(&[r]);
        self.fb.switch_to_block(go);
    }

    /// The interpreter runs what may not be entered, or raises: a function as a call, a loop from
    /// its header, where the frame stands.
    fn refused(&mut self, call_conv: CallConv) -> ir::Value {
        if !self.g.is_function {
            let resume = self.iconst(exit::RESUME);
            let offset = offset_of!(Vm, jit_exit) as i32;
            self.fb.ins().store(mem(), resume, self.vm, offset);
            return self.iconst(0);
        }
        let stub = runtime::jit::entry::refusing_stub(self.g.nargs) as i64;
        let callee = self.fb.ins().iconst(I64, stub);
        let sig = self
            .fb
            .import_signature(signature(call_conv, self.g.nargs + 3));
        let mut args = vec![self.vm, self.regs];
        args.extend(self.function);
        args.extend(&self.args);
        let call = self.fb.ins().call_indirect(sig, callee, &args);
        self.fb.inst_results(call)[0]
    }

    fn refuse_if(&mut self, cc: IntCC, a: ir::Value, b: ir::Value, slow: ir::Block) {
        let refused = self.fb.ins().icmp(cc, a, b);
        let go = self.fb.create_block();
        self.fb.ins().brif(refused, slow, &[], go, &[]);
        self.fb.switch_to_block(go);
    }

    fn load_vm(&mut self, offset: usize) -> ir::Value {
        self.fb.ins().load(I64, mem(), self.vm, offset as i32)
    }

    fn iconst(&mut self, n: u64) -> ir::Value {
        self.fb.ins().iconst(I64, n as i64)
    }

    fn block(&mut self, b: Block) {
        self.block = b;
        let ir_block = self.blocks[b.0 as usize];
        let g = self.g;
        let data = g.block(b);
        for p in &data.params {
            let ty = if g.rep(*p) == Rep::Float { F64 } else { I64 };
            let v = self.fb.append_block_param(ir_block, ty);
            self.values[p.0 as usize] = Some(v);
        }
        self.fb.switch_to_block(ir_block);
        self.memory = self.memory_at(b);
        for n in &data.nodes {
            self.node(*n);
        }
        if let End::Return(_) = data.end {
            self.set_top(0);
        }
        let memory = std::mem::take(&mut self.memory);
        self.ends.insert(b, memory);
        match &data.end {
            End::Open => self.bail_out(),
            End::Jump(e) => {
                let (to, args) = self.edge(e);
                self.fb.ins().jump(to, &args);
            }
            End::Branch { cond, then, other } if g.node(*cond).op == Op::Caught => {
                let (to, args) = self.edge(other);
                self.fb.ins().jump(to, &args);
                self.landing(g.node(*cond).args[0], then);
            }
            End::Branch { cond, then, other } => {
                let c = self.value(*cond);
                let (t, targs) = self.edge(then);
                let (o, oargs) = self.edge(other);
                self.fb.ins().brif(c, t, &targs, o, &oargs);
            }
            End::Return(v) => {
                let v = self.value(*v);
                self.fb.ins().return_(&[v]);
            }
            End::Leave(s) => {
                let to = self.exit_block(*s, true, "leave");
                self.fb.ins().jump(to, &[]);
            }
        }
    }

    /// Where a node goes that does not come to its normal end: to its handler's check or out.
    fn failed_block(&mut self) -> ir::Block {
        if !self.g.catches.contains_key(&self.at) {
            return self.bail_block();
        }
        let b = self.cold_block(0);
        self.failed.insert(self.at, b);
        b
    }

    /// The node has raised: goes on at its handler if that comes next.
    fn landing(&mut self, n: Node, to: &Edge) {
        let (Some(block), Some(c)) = (self.failed.get(&n).copied(), self.g.catches.get(&n)) else {
            return;
        };
        self.fb.switch_to_block(block);
        // SAFETY: the handler is inside the code.
        let pc = unsafe { c.code.instrs.add(c.word as usize) } as u64;
        let pc = self.iconst(pc);
        let watched = self.watched(0) as u64;
        let (vm, frame, watched) = (self.vm, self.frame, self.iconst(watched));
        let yes = self.call_helper(
            crate::helpers::caught as *const () as u64,
            &[vm, frame, pc, watched],
        );
        let bail = self.bail_block();
        self.landings.insert(to.to);
        let (to, args) = self.edge(to);
        self.fb.ins().brif(yes, to, &args, bail, &[]);
    }

    fn edge(&mut self, e: &Edge) -> (ir::Block, Vec<ir::BlockArg>) {
        let args = e.args.iter().map(|n| self.value(*n).into()).collect();
        (self.blocks[e.to.0 as usize], args)
    }

    /// Returns the empty word; `jit_exit` is set.
    fn bail_out(&mut self) {
        let to = self.bail_block();
        self.fb.ins().jump(to, &[]);
    }

    fn bail_block(&mut self) -> ir::Block {
        if let Some(b) = self.bail {
            return b;
        }
        let b = self.fb.create_block();
        self.fb.set_cold_block(b);
        self.bail = Some(b);
        b
    }

    /// The parts that all exits share, so that an exit is only its stores.
    fn fill_tails(&mut self) {
        if let Some(b) = self.exit_tail {
            self.fb.switch_to_block(b);
            let unit = self.iconst(self.unit as u64);
            let (vm, regs, frame) = (self.vm, self.regs, self.frame);
            let deopt = crate::deopt::deopt as *const () as u64;
            let r = self.call_helper(deopt, &[vm, unit, regs, frame]);
            self.fb.ins().return_(&[r]);
        }
        if let Some(b) = self.leave_tail {
            self.fb.switch_to_block(b);
            let mut args = vec![self.vm];
            args.extend_from_slice(self.fb.block_params(b));
            let r = self.call_helper(crate::helpers::leave_after as *const () as u64, &args);
            self.fb.ins().return_(&[r]);
        }
    }

    /// A cold block with word parameters.
    fn cold_block(&mut self, params: usize) -> ir::Block {
        let b = self.fb.create_block();
        self.fb.set_cold_block(b);
        for _ in 0..params {
            self.fb.append_block_param(b, I64);
        }
        b
    }

    fn finish(mut self) -> Result<Tables, Refusal> {
        self.fill_exits()?;
        self.fill_tails();
        if let Some(b) = self.bail {
            self.fb.switch_to_block(b);
            let zero = self.iconst(0);
            self.fb.ins().return_(&[zero]);
        }
        self.fb.seal_all_blocks();
        self.fb.finalize(self.config);
        Ok(Tables {
            exits: self.exits,
            sites: self.sites.into_values().collect(),
        })
    }

    /// Goes to the exit of a state when the condition does not hold.
    fn guard(&mut self, ok: ir::Value, state: StateId, what: &'static str) {
        let to = self.exit_block(state, false, what);
        let go = self.fb.create_block();
        self.fb.ins().brif(ok, go, &[], to, &[]);
        self.fb.switch_to_block(go);
        self.stress_exit(state);
    }

    /// Goes to the exit of a state when the condition holds.
    fn guard_not(&mut self, bad: ir::Value, state: StateId, what: &'static str) {
        let to = self.exit_block(state, false, what);
        let go = self.fb.create_block();
        self.fb.ins().brif(bad, to, &[], go, &[]);
        self.fb.switch_to_block(go);
    }

    /// Goes to the exit of a state when a helper could not do the bytecode. No guard: the stress mode
    /// does not count it.
    fn leave_undone(&mut self, done: ir::Value, state: StateId, what: &'static str) {
        let to = self.exit_block(state, false, what);
        let go = self.fb.create_block();
        self.fb.ins().brif(done, go, &[], to, &[]);
        self.fb.switch_to_block(go);
    }

    /// In the stress mode: fails one guard in so many.
    fn stress_exit(&mut self, state: StateId) {
        let Some(every) = self.stress else { return };
        let to = self.exit_block(state, true, "stress");
        let left = crate::stress_counter() as u64;
        let at = self.iconst(left);
        let n = self.fb.ins().load(I64, mem(), at, 0);
        let n = self.fb.ins().iadd_imm_s(n, -1);
        self.fb.ins().store(mem(), n, at, 0);
        let (hit, go) = (self.fb.create_block(), self.fb.create_block());
        self.fb.set_cold_block(hit);
        self.fb.ins().brif(n, go, &[], hit, &[]);
        self.fb.switch_to_block(hit);
        let again = self.iconst(every as u64);
        self.fb.ins().store(mem(), again, at, 0);
        self.fb.ins().jump(to, &[]);
        self.fb.switch_to_block(go);
    }

    fn exit_block(&mut self, state: StateId, expected: bool, what: &'static str) -> ir::Block {
        if let Some(i) = self.exit_of.get(&(state, expected)) {
            let exit = &mut self.open_exits[*i];
            if !exit.what.contains(&what) {
                exit.what.push(what);
            }
            return exit.block;
        }
        let b = self.cold_block(0);
        self.exit_of
            .insert((state, expected), self.open_exits.len());
        self.open_exits.push(exits::OpenExit {
            state,
            expected,
            block: b,
            what: vec![what],
        });
        b
    }
}
