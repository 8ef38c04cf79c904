//! The opcode table: every opcode is declared once, here.
//!
//! Notation: `R[i]` register i of the frame, `K[i]` constant i, `N[i]` name i, `fn` the running
//! function (`R[-1]`), `jump` adds the offset to the first word of this instruction.
//! A register that holds no value is *unbound*.
//!
//! Frame layout: `R[0..nlocals]` are the named locals (see `Code::local_names`), first the
//! parameters: positional-only, positional-or-keyword, keyword-only, `*args` tuple, `**kwargs`
//! dict; then other locals; then temporaries up to `Code::nregs`. In namespace code (modules,
//! class bodies, exec/eval) `R[0]` is the locals mapping and has no name. A captured local lives
//! in a cell: its register holds the cell itself (made by `MakeCell`).

use bitflags::bitflags;

/// A field of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    A,
    B,
    C,
    D,
    Bc,
    X,
    Y,
}

/// What an operand means; the verifier, the disassembler and liveness are derived from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Register that is written.
    Out,
    /// Register that is read.
    In,
    /// Register that is read and written.
    InOut,
    /// Registers r and r+1 are written.
    OutPair,
    /// Registers r and r+1 are read.
    InPair,
    /// Registers r .. r + count(field) * mul + add are read.
    Range(Field, u16, u16),
    /// Registers r .. r + count(field) * mul + add are written.
    OutRange(Field, u16, u16),
    /// Register that is written unless the instruction jumps (then it is unchanged).
    OutFall,
    /// Register that is read when bit `d` of the mask is set; otherwise the field is ignored.
    InWhen(u8),
    /// As many registers as the count says are read.
    RangeOf(Count),
    /// As many registers as the count says are written.
    OutRangeOf(Count),
    /// An unsigned count or enumerator.
    Imm,
    /// A signed immediate.
    SImm,
    /// A flag: 0 or 1.
    Sel,
    /// A selector or flag bits: 0 to this.
    SelTo(u8),
    /// Index into the constants.
    Konst,
    /// Index into the names.
    Name,
    /// Index of a free variable of the running function.
    Free,
    /// Signed jump offset in words.
    Jump,
    /// Index of an inline cache (dense, from 0, per code object).
    Cache,
}

/// How many consecutive registers an operand covers, where that takes more than one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// `c + 1 + d`: callee, with d == 1 a second one of the LoadMethod pair, c arguments.
    Call,
    /// `c + 1 + x`: before, the list, after.
    Unpack,
    /// The number of bits set in `d`.
    Bits,
    /// 3 when `d & 4`, else 2.
    Interpolation,
    /// `Intrinsic::arity` of `d`.
    Intrinsic,
}

bitflags! {
    /// What executing an opcode can do.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Effects: u16 {
        /// Can raise, be it MemoryError.
        const RAISE = 1;
        /// Can run Python code, be it the `__eq__` of an odd key in a namespace.
        const CALL = 2;
        /// Never falls through to the next instruction.
        const END = 4;
        /// May jump.
        const JUMP = 8;
        /// Only writes its outputs.
        const PURE = 16;
        /// The registers of the range operand become the callee's window: they and everything
        /// above them in the caller's frame are clobbered.
        const WINDOW = 32;
        /// The frame is suspended here and later resumed (only in generator-like code).
        const SUSPEND = 64;
        /// Uses the locals mapping R[0]; only in namespace code.
        const MAPPING = 128;
    }
}

/// Everything known of an opcode.
#[derive(Debug)]
pub struct OpInfo {
    pub name: &'static str,
    pub doc: &'static str,
    /// Size in words: 1 or 2.
    pub words: u8,
    pub operands: &'static [(Field, &'static str, Role)],
    pub effects: Effects,
}

macro_rules! opcodes {
    ($( $(#[doc = $doc:literal])+ $name:ident $words:literal ( $($field:ident $opname:ident : $role:expr),* ) $($eff:ident)* ; )*) => {
        /// An operation of the virtual machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op { $( $(#[doc = $doc])+ $name ),* }

        impl Op {
            /// All opcodes in numeric order.
            pub const ALL: &'static [Op] = &[$(Op::$name),*];
            pub(crate) const INFO: &'static [OpInfo] = {
                #[allow(unused_imports)]
                use Role::*;
                use Field::*;
                &[$( OpInfo {
                    name: stringify!($name),
                    doc: concat!($($doc, "\n"),+),
                    words: $words,
                    operands: &[$( (Field::$field, stringify!($opname), $role) ),*],
                    effects: Effects::empty() $( .union(Effects::$eff) )*,
                } ),*]
            };
        }

        /// Calls `$m!(Name1 Name2 ...)` with every opcode name, in numeric order.
        #[macro_export]
        macro_rules! for_each_opcode {
            ($m:ident) => { $m!{ $($name)* } };
        }
    };
}

impl Op {
    /// The declaration of this opcode.
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &Self::INFO[self as usize]
    }

    /// Size in words.
    #[inline]
    pub fn words(self) -> usize {
        self.info().words as usize
    }

    /// The opcode with this number.
    #[inline]
    pub fn from_u8(n: u8) -> Option<Op> {
        Self::ALL.get(n as usize).copied()
    }
}

opcodes! {
    // ---- moves and constants ----
    /// Nothing. Carries a line for tracing.
    Nop 1 () PURE;
    /// R[a] = R[b] (copies unbound as unbound, and cells as cells)
    Move 1 (A dst: Out, B src: In) PURE;
    /// R[a] = K[bc]
    LoadConst 1 (A dst: Out, Bc k: Konst) PURE;
    /// R[a] = int(bc), signed
    LoadInt 1 (A dst: Out, Bc imm: SImm) PURE;
    /// R[a] = None if d == 0, False if 1, True if 2, Ellipsis if 3, unbound if 4, unbound at the end of its comprehension if 5
    LoadSpecial 1 (D which: SelTo(5), A dst: Out) PURE;

    // ---- locals, cells, names ----
    /// if R[a] is unbound: raise UnboundLocalError (name: local_names[a])
    CheckLocal 1 (A reg: In) RAISE;
    /// if R[a] is unbound raise UnboundLocalError, else R[a] = unbound
    DeleteLocal 1 (A reg: InOut) RAISE;
    /// R[a] = new cell holding R[a] (which may be unbound)
    MakeCell 1 (A reg: InOut) RAISE;
    /// R[a] = contents of cell R[b]; unbound: UnboundLocalError (local_names[b])
    LoadCell 1 (A dst: Out, B cell: In) RAISE;
    /// contents of cell R[a] = R[b]
    StoreCell 1 (A cell: In, B src: In) ;
    /// empty the cell R[a]; unbound: UnboundLocalError
    DeleteCell 1 (A cell: In) RAISE;
    /// R[a] = contents of fn.closure[b]; unbound: NameError "cannot access free variable ..."
    LoadFree 1 (A dst: Out, B free: Free) RAISE;
    /// contents of fn.closure[b] = R[a]
    StoreFree 1 (A src: In, B free: Free) ;
    /// empty fn.closure[b]; unbound: NameError
    DeleteFree 1 (A unused: Imm, B free: Free) RAISE;
    /// R[a] = the cell fn.closure[b] itself (to build an inner closure)
    LoadFreeCell 1 (A dst: Out, B free: Free) PURE;
    /// R[a] = globals[N[x]], else builtins[N[x]], else NameError
    LoadGlobal 2 (A dst: Out, X name: Name, Y cache: Cache) RAISE CALL;
    /// globals[N[x]] = R[a]
    StoreGlobal 2 (A src: In, X name: Name, Y cache: Cache) RAISE CALL;
    /// del globals[N[bc]]
    DeleteGlobal 1 (Bc name: Name) RAISE CALL;
    /// R[a] = R[0][N[x]] (locals mapping), else as LoadGlobal. Namespace code only.
    LoadName 2 (A dst: Out, X name: Name, Y cache: Cache) RAISE CALL MAPPING;
    /// R[0][N[x]] = R[a]. Namespace code only.
    StoreName 2 (A src: In, X name: Name, Y cache: Cache) RAISE CALL MAPPING;
    /// del R[0][N[bc]]; missing: NameError. Namespace code only.
    DeleteName 1 (Bc name: Name) RAISE CALL MAPPING;
    /// R[a] = R[b][N[x]] if the mapping has it, else contents of fn.closure[c]. (Class bodies, annotation scopes: CPython's LOAD_FROM_DICT_OR_DEREF.)
    LoadMappingOrFree 2 (A dst: Out, B mapping: In, C free: Free, X name: Name) RAISE CALL;
    /// R[a] = R[b][N[x]] if the mapping has it, else as LoadGlobal. (LOAD_FROM_DICT_OR_GLOBALS)
    LoadMappingOrGlobal 2 (A dst: Out, B mapping: In, X name: Name) RAISE CALL;
    /// R[a] = the current locals mapping of namespace code, R[0] (LOAD_LOCALS)
    LoadLocals 1 (A dst: Out) PURE MAPPING;

    // ---- attributes and items ----
    /// R[a] = R[b].N[x]
    LoadAttr 2 (A dst: Out, B obj: In, X name: Name, Y cache: Cache) RAISE CALL;
    /// R[a].N[x] = R[b]
    StoreAttr 2 (A obj: In, B src: In, X name: Name, Y cache: Cache) RAISE CALL;
    /// del R[a].N[bc]
    DeleteAttr 1 (A obj: In, Bc name: Name) RAISE CALL;
    /// For a call of R[b].N[x]: a plain method sets R[a] = function, R[a+1] = R[b]; anything else sets R[a] = unbound, R[a+1] = the attribute
    LoadMethod 2 (A base: OutPair, B obj: In, X name: Name, Y cache: Cache) RAISE CALL;
    /// Special method looked up on type(R[b]), as LoadMethod: d = 0 __enter__, 1 __exit__, 2 __aenter__, 3 __aexit__; missing: TypeError as CPython's `with`
    LoadSpecialMethod 1 (D which: SelTo(3), A base: OutPair, B obj: In) RAISE CALL;
    /// R[a] = super attribute N[x]: R[b] = the value of global `super`, R[b+1] = class, R[b+2] = self. When R[b] is not the builtin: R[b](R[b+1], R[b+2]).N[x] (with d == 1: R[b]() was written without arguments)
    LoadSuperAttr 2 (D zero_arg: Sel, A dst: Out, B base: Range(A, 0, 3), X name: Name, Y cache: Cache) RAISE CALL;
    /// As LoadSuperAttr, but leaving a pair in R[a], R[a+1] as LoadMethod does. (a may equal b)
    LoadSuperMethod 2 (D zero_arg: Sel, A dst: OutPair, B base: Range(A, 0, 3), X name: Name, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b][R[c]]
    GetItem 2 (A dst: Out, B obj: In, C index: In, Y cache: Cache) RAISE CALL;
    /// R[a][R[b]] = R[c]
    SetItem 2 (A obj: In, B index: In, C src: In, Y cache: Cache) RAISE CALL;
    /// del R[a][R[b]]
    DeleteItem 1 (A obj: In, B index: In) RAISE CALL;
    /// R[a] = R[b][imm c] (signed constant int index)
    GetItemI 2 (A dst: Out, B obj: In, C index: SImm, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b][R[c]:R[c+1]]
    GetSlice 1 (A dst: Out, B obj: In, C bounds: InPair) RAISE CALL;
    /// R[a][R[b]:R[b+1]] = R[c]
    SetSlice 1 (A obj: In, B bounds: InPair, C src: In) RAISE CALL;

    // ---- arithmetic; d == 1 means the augmented (in-place) form ----
    /// R[a] = R[b] + R[c]
    Add 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] - R[c]
    Sub 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] * R[c]
    Mul 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] / R[c]
    TrueDiv 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] // R[c]
    FloorDiv 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] % R[c]
    Mod 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] & R[c]
    And 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] | R[c]
    Or 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] ^ R[c]
    Xor 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] << R[c]
    Lshift 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] >> R[c]
    Rshift 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] ** R[c]
    Pow 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] @ R[c]
    MatMul 2 (D inplace: Sel, A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] + imm c
    AddI 2 (D inplace: Sel, A dst: Out, B lhs: In, C imm: SImm, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] - imm c
    SubI 2 (D inplace: Sel, A dst: Out, B lhs: In, C imm: SImm, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] * imm c
    MulI 2 (D inplace: Sel, A dst: Out, B lhs: In, C imm: SImm, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] // imm c
    FloorDivI 2 (D inplace: Sel, A dst: Out, B lhs: In, C imm: SImm, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] % imm c
    ModI 2 (D inplace: Sel, A dst: Out, B lhs: In, C imm: SImm, Y cache: Cache) RAISE CALL;
    /// R[a] = -R[b]
    Neg 1 (A dst: Out, B src: In) RAISE CALL;
    /// R[a] = +R[b]
    Pos 1 (A dst: Out, B src: In) RAISE CALL;
    /// R[a] = ~R[b]
    Invert 1 (A dst: Out, B src: In) RAISE CALL;
    /// R[a] = not R[b]
    Not 1 (A dst: Out, B src: In) RAISE CALL;
    /// R[a] = bool(R[b])
    ToBool 1 (A dst: Out, B src: In) RAISE CALL;

    // ---- comparison ----
    /// R[a] = R[b] < R[c]
    Lt 2 (A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] <= R[c]
    Le 2 (A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] == R[c]
    Eq 2 (A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] != R[c]
    Ne 2 (A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] > R[c]
    Gt 2 (A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] >= R[c]
    Ge 2 (A dst: Out, B lhs: In, C rhs: In, Y cache: Cache) RAISE CALL;
    /// R[a] = R[b] is R[c]; d == 1: is not
    Is 1 (D negate: Sel, A dst: Out, B lhs: In, C rhs: In) PURE;
    /// R[a] = R[b] in R[c]; d == 1: not in
    Contains 1 (D negate: Sel, A dst: Out, B item: In, C container: In) RAISE CALL;

    // ---- jumps ----
    /// jump bc; d == 1: no event reports it
    Jump 1 (D hidden: Sel, Bc target: Jump) JUMP END;
    /// poll (signals, thread switch, finalizers), then jump bc, which is negative: the back-edge of a loop
    JumpBack 1 (Bc target: Jump) RAISE CALL JUMP END;
    /// if truth(R[a]): jump bc
    JumpIfTrue 1 (A cond: In, Bc target: Jump) RAISE CALL JUMP;
    /// if not truth(R[a]): jump bc
    JumpIfFalse 1 (A cond: In, Bc target: Jump) RAISE CALL JUMP;
    /// if R[a] is None: jump bc
    JumpIfNone 1 (A src: In, Bc target: Jump) JUMP;
    /// if R[a] is not None: jump bc
    JumpIfNotNone 1 (A src: In, Bc target: Jump) JUMP;
    /// if truth(R[a] < R[b]) == (d == 1): jump c (forward or back without poll; 16 bits)
    JumpLt 1 (D sense: Sel, A lhs: In, B rhs: In, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] <= R[b]) == (d == 1): jump c
    JumpLe 1 (D sense: Sel, A lhs: In, B rhs: In, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] == R[b]) == (d == 1): jump c
    JumpEq 1 (D sense: Sel, A lhs: In, B rhs: In, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] != R[b]) == (d == 1): jump c
    JumpNe 1 (D sense: Sel, A lhs: In, B rhs: In, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] > R[b]) == (d == 1): jump c
    JumpGt 1 (D sense: Sel, A lhs: In, B rhs: In, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] >= R[b]) == (d == 1): jump c
    JumpGe 1 (D sense: Sel, A lhs: In, B rhs: In, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] < imm b) == (d == 1): jump c
    JumpLtI 1 (D sense: Sel, A lhs: In, B imm: SImm, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] <= imm b) == (d == 1): jump c
    JumpLeI 1 (D sense: Sel, A lhs: In, B imm: SImm, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] == imm b) == (d == 1): jump c
    JumpEqI 1 (D sense: Sel, A lhs: In, B imm: SImm, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] != imm b) == (d == 1): jump c
    JumpNeI 1 (D sense: Sel, A lhs: In, B imm: SImm, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] > imm b) == (d == 1): jump c
    JumpGtI 1 (D sense: Sel, A lhs: In, B imm: SImm, C target: Jump) RAISE CALL JUMP;
    /// if truth(R[a] >= imm b) == (d == 1): jump c
    JumpGeI 1 (D sense: Sel, A lhs: In, B imm: SImm, C target: Jump) RAISE CALL JUMP;
    /// if (R[a] is R[b]) == (d == 1): jump c
    JumpIs 1 (D sense: Sel, A lhs: In, B rhs: In, C target: Jump) JUMP;

    // ---- iteration ----
    /// R[a] = iter(R[b])
    GetIter 1 (A dst: Out, B src: In) RAISE CALL;
    /// R[a] = next(R[b]), or jump x when exhausted (R[a] is then unchanged)
    ForIter 2 (A dst: OutFall, B iter: In, X target: Jump, Y cache: Cache) RAISE CALL JUMP;
    /// R[a] .. R[a+c-1] = the c items of iterable R[b]; wrong count: ValueError. Nothing is written unless it succeeds
    UnpackSeq 2 (A base: OutRange(C, 1, 0), B src: In, C count: Imm, Y cache: Cache) RAISE CALL;
    /// R[a] .. : c items, then a list of the middle, then x items, of iterable R[b] (writes c + 1 + x registers)
    UnpackEx 2 (A base: OutRangeOf(Count::Unpack), B src: In, C before: Imm, X after: Imm) RAISE CALL;

    // ---- calls ----
    // The arguments of a Python callee become its first registers in place; everything above them
    // in the caller's window (higher registers than the last argument) is clobbered by a call.
    /// R[a] = R[b](R[b+1], ..., R[b+c])
    Call 2 (A dst: Out, B base: Range(C, 1, 1), C nargs: Imm, Y cache: Cache) RAISE CALL WINDOW;
    /// After LoadMethod into R[b], R[b+1]: R[a] = method(R[b+2], ..., R[b+1+c])
    CallMethod 2 (A dst: Out, B base: Range(C, 1, 2), C nargs: Imm, Y cache: Cache) RAISE CALL WINDOW;
    /// As Call (d == 0) or CallMethod (d == 1), the last len(K[x]) of the c arguments being keyword arguments named by the tuple K[x]
    CallKw 2 (D method: Sel, A dst: Out, B base: RangeOf(Count::Call), C nargs: Imm, X names: Konst, Y cache: Cache) RAISE CALL WINDOW;
    /// R[a] = R[b](*R[b+1], **R[b+2]): R[b+1] any iterable, R[b+2] a dict or unbound
    CallEx 1 (A dst: Out, B base: Range(A, 0, 3)) RAISE CALL WINDOW;
    /// return R[a]
    Return 1 (A src: In) END;
    /// First instruction of generator, coroutine and async generator code: makes the object from this window and returns it
    ReturnGenerator 1 () RAISE;
    /// Suspend, giving R[b] (d == 1: wrapped, in an async generator); when resumed R[a] = the value sent
    Yield 1 (D wrap: Sel, A dst: Out, B src: In) RAISE CALL SUSPEND;
    /// R[a] = iter(R[b]) for `yield from` (coroutines allowed in coroutine code; a generator is itself)
    GetYieldFromIter 1 (A dst: Out, B src: In) RAISE CALL;
    /// Send R[a] into R[b] (None: next). It yields: R[a] = the value. It returns: R[a] = the result, jump x
    Send 2 (A value: InOut, B iter: In, X target: Jump) RAISE CALL JUMP;
    /// Suspend inside `yield from`/`await` of R[c], giving R[b]; resumed: R[a] = the value sent. throw()/close() go to R[c] first; if that returns, R[a] = its result, jump x (the end of the loop)
    YieldFrom 2 (A dst: Out, B src: In, C iter: In, X target: Jump) RAISE CALL JUMP SUSPEND;
    /// R[a] = awaitable iterator of R[b]; d = 0 for await, 1 after __aenter__, 2 after __aexit__ (error wording)
    GetAwaitable 1 (D context: SelTo(2), A dst: Out, B src: In) RAISE CALL;
    /// R[a] = R[b].__aiter__(), checked to have __anext__
    GetAIter 1 (A dst: Out, B src: In) RAISE CALL;
    /// R[a] = awaitable of R[b].__anext__()
    GetANext 1 (A dst: Out, B iter: In) RAISE CALL;
    /// if exception R[a] is not a StopAsyncIteration: reraise it (as Reraise)
    EndAsyncFor 1 (A exc: In) RAISE;

    // ---- building ----
    /// R[a] = (R[b], ..., R[b+c-1])
    BuildTuple 1 (A dst: Out, B base: Range(C, 1, 0), C count: Imm) RAISE;
    /// R[a] = [R[b], ..., R[b+c-1]]
    BuildList 1 (A dst: Out, B base: Range(C, 1, 0), C count: Imm) RAISE;
    /// R[a] = {R[b], ..., R[b+c-1]}
    BuildSet 1 (A dst: Out, B base: Range(C, 1, 0), C count: Imm) RAISE CALL;
    /// R[a] = {R[b]: R[b+1], ...} of c pairs
    BuildMap 1 (A dst: Out, B base: Range(C, 2, 0), C count: Imm) RAISE CALL;
    /// R[a] = slice(R[b], R[b+1][, R[b+2]]); c = 2 or 3
    BuildSlice 1 (A dst: Out, B base: Range(C, 1, 0), C count: Imm) RAISE;
    /// R[a] = "".join of the c strings from R[b] (all are str)
    BuildString 1 (A dst: Out, B base: Range(C, 1, 0), C count: Imm) RAISE;
    /// R[a] = format(conv(R[b]), spec): d & 3 = conversion (0 none, 1 str, 2 repr, 3 ascii), d & 4: spec string in R[c], else empty spec
    Format 1 (D how: SelTo(7), A dst: Out, B src: In, C spec: InWhen(0xf0)) RAISE CALL;
    /// R[a] = Interpolation(value R[b], expression text R[b+1], conversion d & 3, format spec R[b+2] when d & 4 else '')
    BuildInterpolation 1 (D how: SelTo(7), A dst: Out, B base: RangeOf(Count::Interpolation)) RAISE;
    /// R[a] = Template(strings tuple R[b], interpolations tuple R[b+1])
    BuildTemplate 1 (A dst: Out, B base: InPair) RAISE;
    /// list R[a].append(R[b]) (a list being built)
    ListAppend 1 (A list: In, B src: In) RAISE;
    /// list R[a].extend(R[b]); d == 1 in the arguments of a call
    ListExtend 1 (D call: Sel, A list: In, B src: In) RAISE CALL;
    /// R[a] = tuple(list R[b]) (a list being built)
    ListToTuple 1 (A dst: Out, B list: In) RAISE;
    /// set R[a].add(R[b])
    SetAdd 1 (A set: In, B src: In) RAISE CALL;
    /// set R[a].update(R[b])
    SetUpdate 1 (A set: In, B src: In) RAISE CALL;
    /// dict R[a][R[b]] = R[c] (a dict being built)
    MapSet 1 (A dict: In, B key: In, C value: In) RAISE CALL;
    /// dict R[a].update(mapping R[b]); not a mapping: TypeError
    MapUpdate 1 (A dict: In, B src: In) RAISE CALL;
    /// dict R[a] merged with mapping R[b] for a call of R[c]; duplicates: TypeError "f() got multiple values for keyword argument"
    MapMerge 1 (A dict: In, B src: In, C callee: In) RAISE CALL;

    // ---- functions and classes ----
    /// R[a] = function of code K[x]; d bits say which of these follow one another from R[b]: 1 defaults tuple, 2 keyword-only defaults dict, 4 __annotate__ function, 8 closure (tuple of cells, always the last)
    MakeFunction 2 (D has: SelTo(15), A dst: Out, B base: RangeOf(Count::Bits), X code: Konst) RAISE;
    /// R[a] = builtins.__build_class__
    LoadBuildClass 1 (A dst: Out) RAISE CALL;
    /// R[a] = intrinsic d of R[b] (and R[b+1], R[b+2]): see `Intrinsic`
    Intrinsic 1 (D which: SelTo(Intrinsic::MAX), A dst: Out, B base: RangeOf(Count::Intrinsic)) RAISE CALL;

    // ---- exceptions ----
    /// Entering a handler: R[a] = the exception handled until now (or unbound); the handled exception is now R[b]
    PushExc 1 (A saved: Out, B exc: In) ;
    /// Leaving a handler: the handled exception is again R[a]
    PopExc 1 (A saved: In) ;
    /// R[a] = R[b] matches the class or tuple R[c] (bool); not exception classes: TypeError
    ExcMatch 1 (A dst: Out, B exc: In, C class: In) RAISE CALL;
    /// except*: R[a] = the part of R[b] that matches R[c] or None, R[a+1] = the rest or None
    ExcGroupMatch 1 (A dst: OutPair, B exc: In, C class: In) RAISE CALL;
    /// except*: R[a] = what to raise at the end (or None) from original R[b] and the list of raised/unhandled R[c] (CPython's PREP_RERAISE_STAR)
    ExcGroupEnd 1 (A dst: Out, B orig: In, C list: In) RAISE CALL;
    /// raise: d = 0 re-raise the handled exception, 1 raise R[a], 2 raise R[a] from R[b]
    Raise 1 (D argc: SelTo(2), A exc: InWhen(0b110), B cause: InWhen(0b100)) RAISE CALL END;
    /// raise R[a] again as it is: no new context, no new traceback entry for this frame; d == 1: the frame is again where it was first raised
    Reraise 1 (D place: Sel, A exc: In) RAISE END;
    /// R[a] = the exception class AssertionError
    LoadAssertionError 1 (A dst: Out) PURE;
    /// R[a] = exit(type(e), e, e.__traceback__) where e = R[c] and exit is the LoadMethod-style pair R[b], R[b+1]
    WithExcept 1 (A dst: Out, B exit: InPair, C exc: In) RAISE CALL;

    // ---- pattern matching ----
    /// R[a] = len(R[b])
    GetLen 1 (A dst: Out, B src: In) RAISE CALL;
    /// R[a] = bool: R[b] is a Mapping (type flag)
    MatchMapping 1 (A dst: Out, B src: In) PURE;
    /// R[a] = bool: R[b] is a Sequence for patterns (type flag)
    MatchSequence 1 (A dst: Out, B src: In) PURE;
    /// R[a] = tuple of the values of the keys tuple R[c] in mapping R[b], or None
    MatchKeys 1 (A dst: Out, B src: In, C keys: In) RAISE CALL;
    /// R[a] = tuple of the attributes of R[b] for class R[c] with y positional patterns and keyword names tuple K[x], or None
    MatchClass 2 (A dst: Out, B src: In, C class: In, X names: Konst, Y npos: Imm) RAISE CALL;

    // ---- imports ----
    /// R[a] = __import__(N[x], globals, locals, fromlist R[b+1], level R[b])
    ImportName 2 (A dst: Out, B level_fromlist: InPair, X name: Name) RAISE CALL;
    /// R[a] = from R[b] import N[x]
    ImportFrom 2 (A dst: Out, B module: In, X name: Name) RAISE CALL;
    /// from R[a] import * into R[0] (namespace code only)
    ImportStar 1 (A module: In) RAISE CALL MAPPING;
}

macro_rules! intrinsics {
    ($( #[doc = $doc:literal] $name:ident $arity:literal; )*) => {
        /// Operations of `Op::Intrinsic`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Intrinsic { $( #[doc = $doc] $name ),* }

        impl Intrinsic {
            /// All intrinsics in numeric order.
            pub const ALL: &'static [Intrinsic] = &[$(Intrinsic::$name),*];
            /// The highest number of an intrinsic.
            pub const MAX: u8 = (Self::ALL.len() - 1) as u8;
            const ARITIES: &'static [u8] = &[$($arity),*];
            const DOCS: &'static [&'static str] = &[$($doc),*];
        }
    };
}

impl Intrinsic {
    /// The intrinsic with this number.
    #[inline]
    pub fn from_u8(n: u8) -> Option<Intrinsic> {
        Self::ALL.get(n as usize).copied()
    }

    /// How many registers from R[b] it reads.
    #[inline]
    pub fn arity(self) -> u8 {
        Self::ARITIES[self as usize]
    }

    /// What it does, in the notation of the opcode table.
    pub fn doc(self) -> &'static str {
        Self::DOCS[self as usize].trim()
    }
}

// Name, then how many registers from R[b] it reads.
intrinsics! {
    /// sys.displayhook(R[b]); result None
    Print 1;
    /// TypeVar(R[b] name)
    TypeVar 1;
    /// TypeVar(name R[b], lazily evaluated bound function R[b+1])
    TypeVarWithBound 2;
    /// TypeVar(name R[b], lazily evaluated constraints function R[b+1])
    TypeVarWithConstraints 2;
    /// ParamSpec(R[b])
    ParamSpec 1;
    /// TypeVarTuple(R[b])
    TypeVarTuple 1;
    /// Set the lazily evaluated default R[b+1] of type parameter R[b]; result R[b]
    SetTypeParamDefault 2;
    /// typing.Generic[*R[b]] for a tuple of type parameters (SUBSCRIPT_GENERIC)
    SubscriptGeneric 1;
    /// TypeAliasType(name R[b], type_params tuple R[b+1] (or None), lazily evaluated value function R[b+2])
    TypeAlias 3;
    /// R[b].__type_params__ = R[b+1]; result R[b] (function)
    SetFunctionTypeParams 2;
    /// Create R[0]['__annotations__'] if missing (`from __future__ import annotations` in namespace code)
    SetupAnnotations 0;
    /// R[b] is the format argument of __annotate__: raise NotImplementedError if it is greater than 2 (VALUE_WITH_FAKE_GLOBALS); result None
    CheckAnnotateFormat 1;
    /// The frame's locals() snapshot
    Locals 0;
}
