//! Checks code objects that come from untrusted sources before they run.
//!
//! What passes cannot make the interpreter read or write outside its frame, its constants, names,
//! caches or instructions; the collector never scans a register that was not written; operands
//! that must be cells, closures, or a list, set or dict being built are that (see `kinds`).
//! Exception operands are not checked: the interpreter does that where it matters.

use crate::liveness::Solver;
use crate::operands::{Access, BadInstr, instr_starts};
use crate::serial::MAX_NESTING;
use crate::{
    BitSet, Code, CodeFlags, Const, Effects, Field, Insn, Intrinsic, Op, Role, insns, kinds,
};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The byte is no opcode.
    Opcode(u8),
    /// The last instruction lacks its second word.
    Truncated,
    /// There are no instructions, or control can run past the last one.
    FallsOffEnd,
    /// Register beyond the frame.
    Register(u32),
    /// A temporary can be read before it was written.
    Uninitialised(u32),
    /// Writes R[0], the locals mapping of namespace code.
    WritesMapping,
    /// The callee's registers would overlap a named local.
    CallOverLocals,
    /// The register does not hold what the instruction needs on every path: a cell, a closure
    /// of the right length, or a list, set or dict being built.
    WrongKind(u32),
    /// A register that a call clobbers is needed after it.
    Clobbered(u32),
    /// Constant index out of range.
    Constant(u32),
    /// The constant is not of the kind the instruction needs.
    ConstantKind(u32),
    /// More keyword names than arguments.
    KeywordCount,
    /// Closure given for code without free variables, or none for code with some.
    Closure,
    /// Name index out of range.
    Name(u32),
    /// Free variable index out of range.
    Free(u32),
    /// Cache index out of range.
    Cache(u32),
    /// Two instructions use the same cache.
    SharedCache(u32),
    /// More caches than instructions.
    TooManyCaches,
    /// A selector or count has a value without meaning.
    Selector,
    /// A jump does not land on an instruction.
    JumpTarget,
    /// `JumpBack` does not go back.
    JumpBackForward,
    /// The opcode needs namespace code.
    NotNamespace,
    /// Namespace code has parameters or named locals.
    NamespaceLocals,
    /// Suspends, but is not generator, coroutine or async generator code.
    NotResumable,
    /// `ReturnGenerator` is not first, or missing in resumable code.
    ReturnGenerator,
    /// An exception entry has an empty range or one not on instruction starts.
    ExceptionRange,
    /// A handler is not an instruction start.
    Handler,
    /// The exception register is not a temporary of the frame.
    ExceptionRegister,
    /// The `local_*` vectors differ in length.
    LocalLengths,
    /// More locals than registers, or more parameters than locals.
    ArgumentCounts,
    /// Positions are not sorted by word.
    Positions,
    /// Code or constants nested deeper than `MAX_NESTING`.
    TooDeep,
}

/// The first problem found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Qualified name of the code object.
    pub code: String,
    /// The instruction, when it is about one.
    pub word: Option<u32>,
    pub problem: Problem,
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "bad bytecode in {}", self.code)?;
        if let Some(word) = self.word {
            write!(f, " at {word}")?;
        }
        write!(f, ": {:?}", self.problem)
    }
}

impl std::error::Error for VerifyError {}

/// A problem and the instruction it is about.
type Check = Result<(), (Option<u32>, Problem)>;

/// Checks a code object and everything nested in it.
pub fn verify(code: &Code) -> Result<(), VerifyError> {
    let mut pending = vec![(code, 0)];
    while let Some((code, depth)) = pending.pop() {
        let fail = |(word, problem)| VerifyError {
            code: code.qualname.clone(),
            word,
            problem,
        };
        verify_one(code).map_err(fail)?;
        let mut consts: Vec<_> = code.consts.iter().map(|c| (c, depth)).collect();
        while let Some((value, depth)) = consts.pop() {
            if depth > MAX_NESTING {
                return Err(fail((None, Problem::TooDeep)));
            }
            match value {
                Const::Code(inner) => pending.push((inner, depth + 1)),
                Const::Tuple(items) | Const::FrozenSet(items) => {
                    consts.extend(items.iter().map(|c| (c, depth + 1)));
                }
                Const::Slice(parts) => consts.extend(parts.iter().map(|c| (c, depth + 1))),
                _ => {}
            }
        }
    }
    Ok(())
}

/// As `verify`, but code among the constants need only have its free variables.
pub fn verify_alone(code: &Code) -> Result<(), VerifyError> {
    verify_one(code).map_err(|(word, problem)| VerifyError {
        code: code.qualname.clone(),
        word,
        problem,
    })
}

/// Checks a code object without those nested in it.
fn verify_one(code: &Code) -> Check {
    check_header(code).map_err(|p| (None, p))?;
    check_layout(code)?;
    let starts = instr_starts(&code.instrs);
    let mut caches = BitSet::new(code.ncaches as usize);
    for insn in insns(&code.instrs).flatten() {
        let checker = Checker {
            code,
            insn,
            starts: &starts,
        };
        checker
            .check(&mut caches)
            .map_err(|p| (Some(insn.word), p))?;
    }
    check_exceptions(code, &starts).map_err(|p| (None, p))?;
    check_flow(code)?;
    match kinds::misused_register(code) {
        Some((word, reg)) => Err((Some(word), Problem::WrongKind(reg))),
        None => Ok(()),
    }
}

fn check_header(code: &Code) -> Result<(), Problem> {
    let locals = code.local_names.len();
    if code.local_is_cell.len() != locals || code.local_is_hidden.len() != locals {
        return Err(Problem::LocalLengths);
    }
    let stars = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS;
    let nstars = (code.flags & stars).bits().count_ones() as usize;
    let params = code.argcount as usize + code.kwonly_argcount as usize + nstars;
    let namespace = code.flags.contains(CodeFlags::NAMESPACE);
    // R[0] is the locals mapping and has no name.
    let named_mapping = code.local_names.first().is_some_and(|n| !n.is_empty());
    if namespace && (params != 0 || code.posonly_argcount != 0 || named_mapping) {
        return Err(Problem::NamespaceLocals);
    }
    if code.posonly_argcount > code.argcount
        || params > locals
        || code.named_regs() > code.nregs as u32
    {
        return Err(Problem::ArgumentCounts);
    }
    if code.ncaches as usize > code.instrs.len() {
        return Err(Problem::TooManyCaches);
    }
    let runs = &code.positions.runs;
    if runs.windows(2).any(|w| w[0].0 >= w[1].0) {
        return Err(Problem::Positions);
    }
    Ok(())
}

/// Opcodes are valid, the last instruction is complete and ends the code.
fn check_layout(code: &Code) -> Check {
    let mut last = None;
    let mut word = 0;
    for insn in insns(&code.instrs) {
        let insn = insn.map_err(|e| {
            let problem = match e {
                BadInstr::Opcode(op) => Problem::Opcode(op),
                BadInstr::Truncated | BadInstr::OutOfRange => Problem::Truncated,
            };
            (Some(word), problem)
        })?;
        word = insn.next();
        last = Some(insn);
    }
    match last {
        Some(insn) if insn.effects().contains(Effects::END) => Ok(()),
        _ => Err((last.map(|i| i.word), Problem::FallsOffEnd)),
    }
}

struct Checker<'a> {
    code: &'a Code,
    insn: Insn,
    starts: &'a BitSet,
}

impl Checker<'_> {
    fn check(&self, caches: &mut BitSet) -> Result<(), Problem> {
        for &(field, _, role) in self.insn.op.info().operands {
            self.registers(field, role)?;
            self.operand(field, role, caches)?;
        }
        self.placement()?;
        self.special()
    }

    fn registers(&self, field: Field, role: Role) -> Result<(), Problem> {
        let Some(regs) = self.insn.reg_use(field, role) else {
            return Ok(());
        };
        if regs.count == 0 {
            return Ok(());
        }
        if regs.end() > self.code.nregs as u32 {
            return Err(Problem::Register(regs.end() - 1));
        }
        let namespace = self.code.flags.contains(CodeFlags::NAMESPACE);
        if namespace && regs.first == 0 && regs.access != Access::Read {
            return Err(Problem::WritesMapping);
        }
        Ok(())
    }

    fn operand(&self, field: Field, role: Role, caches: &mut BitSet) -> Result<(), Problem> {
        let n = self.insn.field(field);
        let i = n as usize;
        let fine = |ok: bool, problem| if ok { Ok(()) } else { Err(problem) };
        match role {
            Role::Konst => fine(i < self.code.consts.len(), Problem::Constant(n)),
            Role::Name => fine(i < self.code.names.len(), Problem::Name(n)),
            Role::Free => fine(i < self.code.free_names.len(), Problem::Free(n)),
            Role::Sel => fine(n <= 1, Problem::Selector),
            Role::SelTo(max) => fine(n <= max as u32, Problem::Selector),
            Role::Cache => {
                fine(n < self.code.ncaches, Problem::Cache(n))?;
                fine(!caches.contains(i), Problem::SharedCache(n))?;
                caches.insert(i);
                Ok(())
            }
            Role::Jump => {
                let target = self
                    .insn
                    .jump_target()
                    .and_then(|t| usize::try_from(t).ok());
                let lands = target.is_some_and(|t| self.starts.contains(t));
                fine(lands, Problem::JumpTarget)
            }
            _ => Ok(()),
        }
    }

    /// Opcodes that need a certain kind of code or a certain place.
    fn placement(&self) -> Result<(), Problem> {
        let effects = self.insn.effects();
        let annotations = self.insn.op == Op::Intrinsic
            && self.insn.first.d() == Intrinsic::SetupAnnotations as u8;
        if (effects.contains(Effects::MAPPING) || annotations)
            && !self.code.flags.contains(CodeFlags::NAMESPACE)
        {
            return Err(Problem::NotNamespace);
        }
        if effects.contains(Effects::SUSPEND) && !self.code.is_resumable() {
            return Err(Problem::NotResumable);
        }
        let first = self.insn.word == 0 && self.code.is_resumable();
        if (self.insn.op == Op::ReturnGenerator) != first {
            return Err(Problem::ReturnGenerator);
        }
        let base = self.insn.call_base();
        if base.is_some_and(|b| b < self.code.named_regs()) {
            return Err(Problem::CallOverLocals);
        }
        Ok(())
    }

    /// What the roles do not say.
    fn special(&self) -> Result<(), Problem> {
        match self.insn.op {
            Op::JumpBack if self.insn.signed(Field::Bc) >= 0 => Err(Problem::JumpBackForward),
            Op::BuildSlice if !(2..=3).contains(&self.insn.first.c()) => Err(Problem::Selector),
            Op::CallKw => match self.name_tuple_len() {
                Some(len) if len > self.insn.first.c() as usize => Err(Problem::KeywordCount),
                Some(_) => Ok(()),
                None => Err(Problem::ConstantKind(self.insn.second.x())),
            },
            Op::MatchClass if self.name_tuple_len().is_none() => {
                Err(Problem::ConstantKind(self.insn.second.x()))
            }
            Op::MakeFunction => match self.konst() {
                Some(Const::Code(inner)) => {
                    let closure = self.insn.first.d() & 8 != 0;
                    if closure == inner.free_names.is_empty() {
                        return Err(Problem::Closure);
                    }
                    Ok(())
                }
                _ => Err(Problem::ConstantKind(self.insn.second.x())),
            },
            _ => Ok(()),
        }
    }

    /// K[x]
    fn konst(&self) -> Option<&Const> {
        self.code.consts.get(self.insn.second.x() as usize)
    }

    /// Length of the tuple of strings K[x], or None when it is something else.
    fn name_tuple_len(&self) -> Option<usize> {
        let Some(Const::Tuple(items)) = self.konst() else {
            return None;
        };
        let is_str = |c: &Const| matches!(c, Const::Str(_) | Const::StrPoints(_));
        items.iter().all(is_str).then_some(items.len())
    }
}

fn check_exceptions(code: &Code, starts: &BitSet) -> Result<(), Problem> {
    let len = code.instrs.len();
    for e in &code.exceptions {
        let end = e.end as usize;
        if e.start >= e.end
            || !starts.contains(e.start as usize)
            || !(end == len || starts.contains(end))
        {
            return Err(Problem::ExceptionRange);
        }
        if !starts.contains(e.handler as usize) {
            return Err(Problem::Handler);
        }
        if e.exc >= code.nregs || (e.exc as u32) < code.named_regs() {
            return Err(Problem::ExceptionRegister);
        }
    }
    Ok(())
}

/// No temporary is read before it was written, and none is needed after a call that clobbers it.
fn check_flow(code: &Code) -> Check {
    let named = code.named_regs() as usize;
    let mut solver = Solver::new(&code.instrs, &code.exceptions, code.nregs as u32);
    solver.solve();
    let mut found = Ok(());
    solver.sweep(|insn, state| {
        if let Some(base) = insn.call_base()
            && let Some(reg) = state.during.next_from(base as usize)
        {
            found = Err((Some(insn.word), Problem::Clobbered(reg as u32)));
        }
        if insn.word == 0
            && let Some(reg) = state.before.next_from(named)
        {
            found = Err((Some(0), Problem::Uninitialised(reg as u32)));
        }
    });
    found
}
