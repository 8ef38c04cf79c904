//! The graph: typed SSA in basic blocks, with frame states that say how to rebuild the
//! interpreter's frames.
//!
//! A block has parameters (the phis; a predecessor's jump passes the arguments), nodes in order,
//! and one terminator. A node that can leave names a frame state: leaving happens *before* the
//! bytecode of that state, so nothing observable may precede it within the same bytecode.

mod print;

use bytecode::Op as Bytecode;
use runtime::code::CodeObj;
use runtime::frame::Cont;
use runtime::jit::feedback::MAX_SHAPES;
use runtime::object::Ref;

/// How a node's result is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Rep {
    /// No result.
    None,
    /// A tagged value (or the empty word where a register may be unbound).
    Value,
    /// An int as an i64, in or out of the small range.
    Int,
    Float,
    /// A truth value, 0 or 1.
    Bool,
    /// An untagged machine word: an address or a length.
    Word,
}

/// A node by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Node(pub u32);
/// A block by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Block(pub u32);
/// A frame state by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct StateId(pub u32);

/// Shapes one of which a cell has; zeros at the end.
pub type ShapeSet = [u32; MAX_SHAPES];

/// Comparison of two ints or floats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Cmp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

/// What a node does. Operands are in `NodeData::args`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// Parameter i of its block.
    Param(u32),
    /// The i-th argument of the compiled function; a value.
    Arg(u32),
    /// The running function: an argument, or R[-1] of the root frame.
    Function,
    /// Register i of the root frame as it was when the code was entered.
    EntryReg(u32),
    /// A constant of its representation, as bits.
    Const(u64),

    // ---- representation changes ----
    /// Int to value; makes a heap int beyond the small range.
    BoxInt,
    BoxFloat,
    BoxBool,
    IntToFloat,

    // ---- guards: leave unless it holds ----
    /// The value is a small int; gives the Int.
    GuardInt,
    GuardFloat,
    /// The value is True or False; gives the Bool.
    GuardBool,
    /// The value is a cell of this shape; gives the value.
    GuardShape(u32),
    /// The value is a cell of one of these shapes (zeros at the end); gives the value.
    GuardShapes(ShapeSet),
    /// The value is a cell.
    GuardCell,
    /// The value is this word; gives the value.
    GuardIs(u64),
    /// The value is not the empty word.
    GuardBound,
    /// The value is not a cell.
    GuardPlain,
    /// The 32-bit word at the address is this (versions of classes).
    GuardWord32 {
        address: u64,
        expected: u32,
    },
    /// The 64-bit word at the address is this (stamps of dicts).
    GuardWord64 {
        address: u64,
        expected: u64,
    },
    /// The 64-bit field of the cell at this offset is this (code of a function).
    GuardField {
        offset: u32,
        expected: u64,
    },
    /// Leave when the Bool is false.
    GuardTrue,

    // ---- arithmetic; ints leave on overflow of 64 bits unless `wraps` is proved impossible ----
    AddInt,
    SubInt,
    MulInt,
    /// Leaves when the divisor is zero or the quotient overflows.
    FloorDivInt,
    ModInt,
    AndInt,
    OrInt,
    XorInt,
    /// Shift left; leaves when the count is not 0..=63 or bits are lost.
    ShlInt,
    /// Shift right; leaves when the count is negative.
    ShrInt,
    NegInt,
    NotInt,
    AbsInt,
    AddFloat,
    SubFloat,
    MulFloat,
    /// Leaves when the divisor is zero.
    DivFloat,
    NegFloat,
    AbsFloat,
    SqrtFloat,
    /// Two ints as floats, divided; leaves when the divisor is zero or one is too large.
    DivInt,
    CmpInt(Cmp),
    CmpFloat(Cmp),
    Not,
    /// Two values are the same word.
    SameWord,
    /// The cell has one of these shapes (zeros at the end), as Bool.
    HasShape(ShapeSet),
    /// A value of None, as Bool.
    IsNone,

    // ---- memory ----
    /// Value at an offset of a cell; the result may be the empty word.
    LoadField {
        offset: u32,
    },
    /// 64-bit machine word at an offset of a cell.
    LoadWord {
        offset: u32,
    },
    StoreField {
        offset: u32,
    },
    StoreWord {
        offset: u32,
    },
    /// Sets the shape of a cell.
    StoreShape(u32),
    /// Value at a fixed address.
    LoadAt {
        address: u64,
    },
    StoreAt {
        address: u64,
    },
    /// Item of an exact list: leaves when the index is out of range (negative ones included);
    /// without a state it is known not to be.
    /// Args: list, index.
    LoadItem,
    /// Args: list, index, value.
    StoreItem,
    /// Item of an exact tuple.
    LoadTupleItem,
    /// Appends to an exact list. Args: list, value.
    Append,
    /// Sets an item of an exact dict whose key is a string or a small int; leaves where that may be
    /// seen. Args: dict, key, value.
    DictSet,
    /// Length of a list (or another cell whose length is a word at the offset), as Int.
    LoadLen {
        offset: u32,
    },
    /// Makes an exact tuple / list of the args.
    NewTuple,
    NewList,

    // ---- what can run Python code ----
    /// The interpreter runs the bytecode of the state. `falls`: the word where it must go on, or
    /// else compiled code leaves. Registers written are read back by `Reload`.
    Step {
        falls: u32,
    },
    /// As `Step` for a bytecode that jumps: True when it goes on at `taken`.
    StepJump {
        falls: u32,
        taken: u32,
    },
    /// Register i of the frame of the state of the Step, after it. Args: the step.
    Reload(u32),
    /// The interpreter runs the bytecode of the state, which raises. An exception that the unit
    /// does not catch leaves compiled code.
    Raise,
    /// The node raised, and the handler that `Graph::catches` names comes next. Ends its block.
    Caught,
    /// What is in memory for the register of the root frame.
    SavedReg(u32),
    /// A helper with an effect on the thread state that neither runs Python code nor fails.
    Effect {
        address: u64,
    },
    /// Gives an item of the running generator to whoever takes its items; false when it has to be
    /// suspended instead.
    Offer,
    /// Next item of an iterator, or the empty word at its end. Args: the iterator.
    NextItem,
    /// Calls the native entry at the address with function and arguments; `window`: R[0] of the
    /// callee from R[0] of the frame.
    Call {
        entry: u64,
        window: u32,
    },
    /// Calls the Python function that is the first of the args with the others; leaves before it when
    /// it does not take just them. `window`: as of `Call`.
    CallAny {
        window: u32,
    },
    /// A new instance of the class at the address; leaves when out of memory.
    NewInstance {
        class: u64,
    },
    /// The binary operator of the bytecode of the state gave NotImplemented: raises.
    RaiseUnsupported {
        op: u32,
    },
    /// Calls a builtin function or method of fixed arity: the address of its `NativeDef`.
    /// Args: one a slot.
    CallNative {
        def: u64,
    },
    /// A helper that neither runs Python code nor fails: address, with values in and a value or
    /// the empty word out.
    Helper {
        address: u64,
    },

    /// Leaves when the poll word is set.
    Poll,
    /// Counts so many executed bytecodes, for `--debug-perf`.
    Count(u32),
}

/// A node.
#[derive(Clone, Debug)]
pub struct NodeData {
    pub op: Op,
    pub rep: Rep,
    pub args: Vec<Node>,
    /// Where leaving goes on.
    pub state: Option<StateId>,
    pub block: Block,
}

/// How a block ends.
#[derive(Clone, Debug)]
pub enum End {
    /// Not set yet.
    Open,
    Jump(Edge),
    Branch {
        cond: Node,
        then: Edge,
        other: Edge,
    },
    /// Returns a value from the compiled function.
    Return(Node),
    /// Goes on in the interpreter: the normal end of a loop, or what is not compiled.
    Leave(StateId),
}

/// A jump with the arguments for the target's parameters.
#[derive(Clone, Debug)]
pub struct Edge {
    pub to: Block,
    pub args: Vec<Node>,
}

/// A basic block.
#[derive(Clone, Debug)]
pub struct BlockData {
    pub params: Vec<Node>,
    pub nodes: Vec<Node>,
    pub end: End,
    /// A loop header: it has one predecessor outside of the loop.
    pub header: bool,
    /// Of a loop header: its state with the values at entry, for checks that are moved out of the
    /// loop. None: move nothing.
    pub entry_state: Option<StateId>,
    /// First word of the bytecode it was made from, for people.
    pub word: u32,
}

/// How to rebuild a frame: registers hold these nodes before the bytecode at `word` runs.
#[derive(Clone)]
pub struct State {
    pub code: Ref<CodeObj>,
    pub word: u32,
    pub regs: Vec<(u16, Node)>,
    /// The function (R[-1]) of an inlined frame.
    pub function: Option<Node>,
    /// The caller's frame, for an inlined one.
    pub parent: Option<StateId>,
    /// R[0] of this frame, in registers from R[0] of the root frame.
    pub window: u32,
    /// Fields of iterators that are kept in nodes: iterator, offset, Int node.
    pub fields: Vec<(Node, u32, Node)>,
    /// What becomes of the result of an inlined frame, and a value that this needs.
    pub cont: Cont,
    pub extra: Option<Node>,
    /// How often it was left here; filled in by the exit table.
    pub bytecode: Bytecode,
}

/// Where the exception of a node is caught: in the root frame.
#[derive(Clone, Copy)]
pub struct Catch {
    pub code: Ref<CodeObj>,
    /// The handler.
    pub word: u32,
}

/// The graph of one compiled unit.
pub struct Graph {
    pub nodes: Vec<NodeData>,
    pub blocks: Vec<BlockData>,
    pub states: Vec<State>,
    /// By the node that raises.
    pub catches: rustc_hash::FxHashMap<Node, Catch>,
    /// A function entered with arguments, not a loop of a running frame.
    pub is_function: bool,
    pub nargs: usize,
    /// For people: qualified name, and the loop's line.
    pub name: String,
    /// Int nodes that are in the small range by what they are.
    pub small: rustc_hash::FxHashSet<Node>,
    /// Registers needed from the root frame's R[0], inlined windows included.
    pub extent: u32,
    /// Deepest inlining: frame records above the unit's own.
    pub depth: u32,
}

impl Graph {
    pub fn new(name: String) -> Graph {
        Graph {
            nodes: Vec::new(),
            blocks: Vec::new(),
            states: Vec::new(),
            catches: Default::default(),
            is_function: false,
            nargs: 0,
            name,
            small: Default::default(),
            extent: 0,
            depth: 0,
        }
    }
    pub fn node(&self, n: Node) -> &NodeData {
        &self.nodes[n.0 as usize]
    }
    pub fn rep(&self, n: Node) -> Rep {
        self.node(n).rep
    }
    pub fn block(&self, b: Block) -> &BlockData {
        &self.blocks[b.0 as usize]
    }
    pub fn block_mut(&mut self, b: Block) -> &mut BlockData {
        &mut self.blocks[b.0 as usize]
    }
    pub fn state(&self, s: StateId) -> &State {
        &self.states[s.0 as usize]
    }
    pub fn new_block(&mut self, word: u32) -> Block {
        self.blocks.push(BlockData {
            params: Vec::new(),
            nodes: Vec::new(),
            end: End::Open,
            header: false,
            entry_state: None,
            word,
        });
        Block(self.blocks.len() as u32 - 1)
    }
    pub fn new_state(&mut self, state: State) -> StateId {
        self.states.push(state);
        StateId(self.states.len() as u32 - 1)
    }
    /// Adds a node that is not yet in a block's list.
    pub fn new_node(
        &mut self,
        block: Block,
        op: Op,
        rep: Rep,
        args: Vec<Node>,
        state: Option<StateId>,
    ) -> Node {
        self.nodes.push(NodeData {
            op,
            rep,
            args,
            state,
            block,
        });
        Node(self.nodes.len() as u32 - 1)
    }
    /// Appends a node to a block.
    pub fn push(
        &mut self,
        block: Block,
        op: Op,
        rep: Rep,
        args: Vec<Node>,
        state: Option<StateId>,
    ) -> Node {
        let n = self.new_node(block, op, rep, args, state);
        self.block_mut(block).nodes.push(n);
        n
    }
    /// Adds a parameter to a block.
    pub fn param(&mut self, block: Block, rep: Rep) -> Node {
        let i = self.block(block).params.len() as u32;
        let n = self.new_node(block, Op::Param(i), rep, Vec::new(), None);
        self.block_mut(block).params.push(n);
        n
    }
    /// The bits of a constant.
    pub fn constant(&self, n: Node) -> Option<u64> {
        match self.node(n).op {
            Op::Const(bits) => Some(bits),
            _ => None,
        }
    }
    /// The targets of a block's terminator.
    pub fn successors(&self, b: Block) -> Vec<Block> {
        match &self.block(b).end {
            End::Jump(e) => vec![e.to],
            End::Branch { then, other, .. } => vec![then.to, other.to],
            _ => Vec::new(),
        }
    }
    /// The states that a state rests on, itself first, the root last.
    pub fn chain(&self, s: StateId) -> Vec<StateId> {
        let mut out = vec![s];
        while let Some(p) = self.state(out[out.len() - 1]).parent {
            out.push(p);
        }
        out
    }
    /// Calls `f` on every node that a state (its callers included) refers to.
    pub fn state_nodes(&self, s: StateId, mut f: impl FnMut(Node)) {
        for id in self.chain(s) {
            let st = self.state(id);
            st.regs.iter().for_each(|r| f(r.1));
            st.function.into_iter().for_each(&mut f);
            st.extra.into_iter().for_each(&mut f);
            st.fields.iter().for_each(|x| {
                f(x.0);
                f(x.2);
            });
        }
    }
}

impl Op {
    /// No effect, no dependence on memory, cannot leave: may be dropped when unused and shared.
    pub fn is_pure(self) -> bool {
        use Op::*;
        matches!(
            self,
            Const(_)
                | BoxInt
                | BoxFloat
                | BoxBool
                | IntToFloat
                | AndInt
                | OrInt
                | XorInt
                | NotInt
                | AddFloat
                | SubFloat
                | MulFloat
                | NegFloat
                | AbsFloat
                | SqrtFloat
                | CmpInt(_)
                | CmpFloat(_)
                | Not
                | SameWord
                | IsNone
                | Arg(_)
                | Function
                | EntryReg(_)
        )
    }
    /// Only leaves or gives a result that depends on its operands: the same operands give the
    /// same result, so a dominating one replaces it.
    pub fn is_guard_on_operands(self) -> bool {
        use Op::*;
        matches!(
            self,
            GuardInt
                | GuardFloat
                | GuardBool
                | GuardIs(_)
                | GuardBound
                | GuardPlain
                | GuardCell
                | AddInt
                | SubInt
                | MulInt
                | FloorDivInt
                | ModInt
                | ShlInt
                | ShrInt
                | NegInt
                | AbsInt
                | DivFloat
                | DivInt
        )
    }
    /// Reads memory that other nodes may write.
    pub fn reads_memory(self) -> bool {
        use Op::*;
        matches!(
            self,
            GuardShape(_)
                | GuardShapes(_)
                | HasShape(_)
                | GuardWord32 { .. }
                | GuardWord64 { .. }
                | GuardField { .. }
                | LoadField { .. }
                | LoadWord { .. }
                | LoadAt { .. }
                | LoadItem
                | LoadTupleItem
                | LoadLen { .. }
        )
    }
    /// May run any Python code.
    pub fn clobbers_all(self) -> bool {
        use Op::*;
        matches!(
            self,
            Step { .. }
                | StepJump { .. }
                | Raise
                | NextItem
                | Call { .. }
                | CallAny { .. }
                | CallNative { .. }
                | RaiseUnsupported { .. }
        )
    }
    /// Must stay, where it can leave, even when its result is not used: the interpreter then runs
    /// an operation that raises, or one of another type, which may do anything.
    pub fn is_pinned_check(self) -> bool {
        use Op::*;
        matches!(
            self,
            GuardInt
                | GuardFloat
                | GuardBool
                | FloorDivInt
                | ModInt
                | ShlInt
                | ShrInt
                | DivFloat
                | DivInt
                | LoadItem
                | LoadTupleItem
        )
    }
    /// Must stay even when its result is not used.
    pub fn is_pinned(self) -> bool {
        use Op::*;
        self.clobbers_all()
            || matches!(
                self,
                GuardWord32 { .. }
                    | GuardWord64 { .. }
                    | GuardField { .. }
                    | GuardTrue
                    | GuardIs(_)
                    | GuardShape(_)
                    | GuardShapes(_)
                    | GuardCell
                    | GuardBound
                    | GuardPlain
                    | StoreField { .. }
                    | StoreWord { .. }
                    | StoreShape(_)
                    | StoreAt { .. }
                    | StoreItem
                    | Append
                    | DictSet
                    | Poll
                    | Count(_)
                    | Reload(_)
                    | Caught
                    | SavedReg(_)
                    | Effect { .. }
                    | Offer
                    | Param(_)
            )
    }
}
