//! Calls: inlined, direct to native entries, of builtins, or left to the interpreter.

use super::*;
use runtime::class::{TypeFlags, TypeObj};
use runtime::jit::{MAX_ARGS, feedback::MANY};
use runtime::native::DefKind;
use runtime::ops::BinOp;

/// Largest code that is inlined, in words.
const INLINE_WORDS: usize = 160;
/// The same for one of several possible callees.
const CHOICE_WORDS: usize = 60;
/// Deepest inlining.
const INLINE_DEPTH: usize = 5;
/// Times a function may be inlined into itself.
const INLINE_RECURSION: usize = 2;
/// Instances after which a class has the slots that it will have (`Vm::learn_slots`).
const LEARNT: u32 = 16;
/// Longest way to an early return that is taken over into the caller, in words.
const PEEL_WORDS: u32 = 16;
/// Nodes of a graph beyond which nothing more is inlined.
const INLINE_BUDGET: usize = 3_000;

impl Builder<'_> {
    pub(super) fn call(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let callee = self.reg(w.b());
        let args = (0..w.c()).map(|i| self.reg(w.b() + 1 + i)).collect();
        self.call_node(insn, callee, args, w.b() + 1)
    }

    pub(super) fn call_method(&mut self, insn: Insn) -> Built {
        let w = insn.first;
        let (f, second) = (self.reg(w.b()), self.reg(w.b() + 1));
        let bound = self.g.constant(f) == Some(0) && self.g.rep(f) == Rep::Value;
        if bound {
            let args = (0..w.c()).map(|i| self.reg(w.b() + 2 + i)).collect();
            return self.call_node(insn, second, args, w.b() + 2);
        }
        if let Some(choices) = self.choices.get(&f).cloned() {
            return self.call_choices(insn, f, choices);
        }
        if self.any_methods.contains(&f) {
            let args = (0..w.c() + 1).map(|i| self.reg(w.b() + 1 + i)).collect();
            return self.call_any(insn, f, args, w.b() + 1);
        }
        if self.known(f).is_none() {
            // Whether it is a method is not known.
            return self.step(insn);
        }
        let args = (0..w.c() + 1).map(|i| self.reg(w.b() + 1 + i)).collect();
        self.call_node(insn, f, args, w.b() + 1)
    }

    /// Calls one of several methods, by which it is.
    fn call_choices(&mut self, insn: Insn, f: Node, (at, choices): Choices) -> Built {
        // The object still has the shape that chose the method, if nothing ran since.
        let unchanged = at == self.shape_changes;
        let w = insn.first;
        let obj = self.reg(w.b() + 1);
        let args: Vec<Node> = (0..w.c() + 1).map(|i| self.reg(w.b() + 1 + i)).collect();
        let (regs, last) = (self.env.regs.clone(), choices.len() - 1);
        let outer = std::mem::replace(&mut self.choosing, true);
        let mut ends = Vec::new();
        for (i, (bits, shapes)) in choices.into_iter().enumerate() {
            let callee = self.constant(Rep::Value, bits);
            self.constants.push(bits);
            let rest = (i != last).then(|| {
                let cond = self.push(Op::SameWord, Rep::Bool, vec![f, callee]);
                (self.fork(cond, true), self.env.clone())
            });
            if unchanged {
                self.env.shapes.insert(obj, shapes);
            }
            self.call_node(insn, callee, args.clone(), w.b() + 1)?;
            if self.cur.is_some() {
                let result = self.reg(w.a());
                ends.push((self.block(), result, self.env.clone()));
            }
            if let Some((block, env)) = rest {
                self.take_up(block, env);
            }
        }
        self.choosing = outer;
        if let Some(result) = self.join_values(ends, regs) {
            self.call_gave(insn, result);
        }
        Ok(())
    }

    /// Calls what a node holds; `base` is the first register of a Python callee's window.
    fn call_node(&mut self, insn: Insn, callee: Node, args: Vec<Node>, base: u16) -> Built {
        let site = self.site();
        if let Some(v) = self.known(callee) {
            if let Some(f) = v.downcast::<FunctionObj>() {
                return self.call_function(insn, f, args, base);
            }
            let quick = match v == self.vm.types.range.value() {
                true => self.quick_range(&args),
                false => self.conversion(v, &args),
            };
            if let Some(n) = quick {
                self.call_gave(insn, n);
                return Ok(());
            }
            if let Some(class) = v.downcast::<TypeObj>()
                && let Some(init) = self.plain_init(class)
            {
                return self.call_class(insn, class, init, args, base);
            }
            if v.is_kind(Kind::Native) || v.is_kind(Kind::MethodDescr) {
                return self.call_builtin(insn, v, args);
            }
            return self.step(insn);
        }
        if site.unstable || site.callee <= MANY || self.g.rep(callee) != Rep::Value {
            return self.unseen(insn, site.callee == 0);
        }
        let key = Value::from_bits(site.callee);
        let Some(code) = key.and_then(|k| k.downcast::<CodeObj>()) else {
            return self.step(insn);
        };
        // Closures of one definition: the code is the same, the function is not.
        let state = code.jit_state();
        let globals = state.globals.get();
        if globals.is_null() {
            return self.step(insn);
        }
        self.guard_shape(callee, Kind::Function as u32);
        self.guard_code(callee, code);
        let offset = std::mem::offset_of!(FunctionObj, globals) as u32;
        self.guard_field(callee, offset, globals as u64);
        let offset = std::mem::offset_of!(FunctionObj, builtins) as u32;
        self.guard_field(callee, offset, state.builtins.get());
        self.call_python(insn, code, callee, globals, args, base)
    }

    /// Calls a function that is known.
    fn call_function(
        &mut self,
        insn: Insn,
        f: Ref<FunctionObj>,
        args: Vec<Node>,
        base: u16,
    ) -> Built {
        if !self.vm.jit_note_globals(f) {
            // Compiled code of this code object is for other globals.
            return self.step(insn);
        }
        let callee = self.constant(Rep::Value, f.value().bits());
        let assumed = self.assume(f.header(), None);
        if !assumed {
            self.guard_code(callee, f.code.get());
        }
        let code = f.code.get();
        match self.with_defaults(f, assumed, args) {
            Some(args) => self.call_python(insn, code, callee, f.globals.as_ptr(), args, base),
            None => self.step(insn),
        }
    }

    /// The arguments, with defaults for those that are missing. None: the call takes more than
    /// copying.
    fn with_defaults(
        &mut self,
        f: Ref<FunctionObj>,
        assumed: bool,
        mut args: Vec<Node>,
    ) -> Option<Vec<Node>> {
        let code = f.code.get();
        let wanted = code.argcount as usize;
        if code.nparams != code.argcount || args.len() > wanted {
            return None;
        }
        let missing = wanted - args.len();
        if missing == 0 {
            return Some(args);
        }
        let defaults = f.defaults.get()?.downcast::<TupleObj>()?;
        let items = defaults.items();
        if !assumed || missing > items.len() {
            return None;
        }
        let values: Vec<Value> = items[items.len() - missing..].to_vec();
        args.extend(values.into_iter().map(|v| self.value_const(v)));
        Some(args)
    }

    /// The Python `__init__` of a class whose instances are made without running other code, as
    /// long as lookups on the class stay as they are.
    fn plain_init(&mut self, class: Ref<TypeObj>) -> Option<Ref<FunctionObj>> {
        let plain = class.has(TypeFlags::PLAIN_NEW)
            && !class.has(TypeFlags::ABSTRACT | TypeFlags::NO_INSTANCES | TypeFlags::DEL)
            && class.kind.get() == Kind::Instance
            && class.made.get() >= LEARNT
            && self.vm.class_of(class.value()) == self.vm.types.type_;
        if !plain || self.site().unstable {
            return None;
        }
        let name = self.vm.names.__init__;
        let init = self.vm.lookup(class, name)?.downcast::<FunctionObj>()?;
        if !self.vm.jit_note_globals(init) {
            return None;
        }
        let code = init.code.get();
        (returns_none(code) && self.may_inline(code, code.argcount as usize)).then_some(init)
    }

    /// Makes an instance and runs its `__init__` in line.
    fn call_class(
        &mut self,
        insn: Insn,
        class: Ref<TypeObj>,
        init: Ref<FunctionObj>,
        args: Vec<Node>,
        base: u16,
    ) -> Built {
        let assumed = self.assume(class.header(), None) && self.assume(init.header(), None);
        let unbound = self.constant(Rep::Value, 0);
        let mut all = vec![unbound];
        all.extend(args);
        let Some(mut all) = self.with_defaults(init, assumed, all).filter(|_| assumed) else {
            return self.step(insn);
        };
        let address = class.value().bits();
        let obj = self.push_leaving(Op::NewInstance { class: address }, Rep::Value, vec![]);
        self.env.shapes.insert(obj, one(class.shape.get()));
        all[0] = obj;
        let end = (Cont::Init, Some(obj));
        let done = self.inline_known(insn, init, all, base, end)?;
        if done.is_none() {
            // The graph has become too large; nobody saw the instance.
            return self.step(insn);
        }
        if self.cur.is_some() {
            self.set(insn.first.a(), obj);
        }
        Ok(())
    }

    /// A binary operator of a class, in line: as the interpreter does when the other operand's
    /// class has no say.
    pub(super) fn operator(&mut self, insn: Insn, x: Node, y: Node) -> Built {
        let site = self.site();
        let shapes = self.shapes_of(x, &site);
        let (Some(binary), &[shape]) = (binary_operator(insn.op), &shapes[..]) else {
            return self.step(insn);
        };
        let class = self.vm.shape(shape).class;
        let (method, _, _) = binary.methods(self.vm);
        let f = self.vm.lookup(class, method);
        let f = f.and_then(|f| f.downcast::<FunctionObj>());
        let usable = |f: &Ref<FunctionObj>| self.may_inline(f.code.get(), 2);
        let Some(f) = f.filter(|f| usable(f) && self.vm.jit_note_globals(*f)) else {
            return self.step(insn);
        };
        let same_class = site.operands[1] == types::INSTANCE;
        if site.unstable || class.kind.get() != Kind::Instance || !same_class {
            return self.step(insn);
        }
        if !(self.assume(class.header(), None) && self.assume(f.header(), None)) {
            return self.step(insn);
        }
        self.guard_shape(x, shape);
        self.guard_shape(y, shape);
        let number = self.constant(Rep::Word, binary as u64);
        let window = self.body().code.nregs as u16 + 1;
        let end = (Cont::Binary, Some(number));
        let regs = self.env.regs.clone();
        match self.inline_known(insn, f, vec![x, y], window, end)? {
            None => self.step(insn),
            Some(()) => {
                self.check_implemented(insn, binary as u32, regs);
                Ok(())
            }
        }
    }

    /// Raises if the result of an operator's method is NotImplemented. `regs`: before it.
    fn check_implemented(&mut self, insn: Insn, op: u32, regs: Vec<Option<Node>>) {
        if self.cur.is_none() {
            return;
        }
        let result = self.reg(insn.first.a());
        if self.g.rep(result) != Rep::Value
            || matches!(self.g.node(result).op, Op::NewInstance { .. })
        {
            return;
        }
        let no = self.constant(Rep::Value, Value::NOT_IMPLEMENTED.bits());
        let cond = self.push(Op::SameWord, Rep::Bool, vec![result, no]);
        let rest = self.fork(cond, true);
        let env = self.env.clone();
        self.env.regs = regs;
        let n = self.push_leaving(Op::RaiseUnsupported { op }, Rep::None, vec![]);
        self.catch(n);
        self.take_up(rest, env);
    }

    fn call_python(
        &mut self,
        insn: Insn,
        code: Ref<CodeObj>,
        callee: Node,
        globals: *const DictObj,
        args: Vec<Node>,
        base: u16,
    ) -> Built {
        let simple = code.argcount as usize == args.len() && code.nparams == code.argcount;
        if !simple || args.len() > MAX_ARGS {
            return self.step(insn);
        }
        let end = (Cont::Store, None);
        let inlined = self.inline(insn, code, callee, globals, args.clone(), base, end)?;
        if inlined.is_some() {
            return Ok(());
        }
        if self.bodies.iter().any(|b| b.code == code)
            && !self.bodies.iter().any(|b| b.peeled.is_some())
            && let Some(words) = early_exit(code)
            && self.may_peel(code, args.len())
        {
            return self.peel(insn, code, callee, globals, args, base, words);
        }
        self.call_native_entry(insn, code, callee, args, base);
        Ok(())
    }

    /// Calls compiled code; gives the result.
    fn call_native_entry(
        &mut self,
        insn: Insn,
        code: Ref<CodeObj>,
        callee: Node,
        args: Vec<Node>,
        base: u16,
    ) -> Node {
        let all = self.tagged(callee, args);
        let entry = code.jit_state().entry.as_ptr() as u64;
        self.constants.push(code.value().bits());
        let window = base as u32;
        self.finish_call(insn, Op::Call { entry, window }, all)
    }

    /// Calls a function that is not known.
    fn call_any(&mut self, insn: Insn, f: Node, args: Vec<Node>, base: u16) -> Built {
        if args.len() > MAX_ARGS || self.site().unstable {
            return self.step(insn);
        }
        let all = self.tagged(f, args);
        let window = base as u32;
        self.finish_call(insn, Op::CallAny { window }, all);
        Ok(())
    }

    /// The node of a call that is not inlined, and what comes of it.
    fn finish_call(&mut self, insn: Insn, op: Op, args: Vec<Node>) -> Node {
        let n = self.push_leaving(op, Rep::Value, args);
        self.catch(n);
        self.clobber();
        self.call_gave(insn, n);
        n
    }

    /// The result of the call of the current bytecode, whose window is used up.
    fn call_gave(&mut self, insn: Insn, n: Node) {
        self.lose_window(insn);
        self.set(insn.first.a(), n);
    }

    /// A callee and its arguments as tagged values.
    fn tagged(&mut self, callee: Node, args: Vec<Node>) -> Vec<Node> {
        let mut all = vec![callee];
        for n in args {
            all.push(self.boxed(n));
        }
        all
    }

    /// The callee can be translated in place as far as its kind and the graph's size go.
    fn may_peel(&self, code: Ref<CodeObj>, nargs: usize) -> bool {
        code.is_warm()
            && !code.is_generator_like()
            && !code.flags.contains(bytecode::CodeFlags::NAMESPACE)
            && code.nparams == code.argcount
            && code.argcount as usize == nargs
            && self.g.nodes.len() < INLINE_BUDGET
            && !self.site().unstable
    }

    /// Whether a callee is inlined.
    fn may_inline(&self, code: Ref<CodeObj>, nargs: usize) -> bool {
        let recursion = self.bodies.iter().filter(|b| b.code == code).count();
        self.may_peel(code, nargs)
            && code.data().instrs.len() <= if self.choosing { CHOICE_WORDS } else { INLINE_WORDS }
            && self.bodies.len() < INLINE_DEPTH
            && recursion <= INLINE_RECURSION
            // A loop in a callee has a unit of its own.
            && !code.data().instrs.iter().any(|i| i.op() == Some(Bc::JumpBack))
    }

    /// Translates a function that is known in place. None: not done.
    pub(super) fn inline_known(
        &mut self,
        insn: Insn,
        f: Ref<FunctionObj>,
        args: Vec<Node>,
        base: u16,
        end: (Cont, Option<Node>),
    ) -> Built<Option<()>> {
        let callee = self.value_const(f.value());
        let globals = f.globals.as_ptr();
        self.inline(insn, f.code.get(), callee, globals, args, base, end)
    }

    /// Translates a callee in place. None: not done.
    #[allow(clippy::too_many_arguments)]
    fn inline(
        &mut self,
        insn: Insn,
        code: Ref<CodeObj>,
        callee: Node,
        globals: *const DictObj,
        args: Vec<Node>,
        base: u16,
        (cont, extra): (Cont, Option<Node>),
    ) -> Built<Option<()>> {
        if !self.may_inline(code, args.len()) {
            return Ok(None);
        }
        let word = self.word;
        self.inlined
            .push(format!("{} at word {word}", code.data().qualname));
        let parent = self.state_during_call();
        let window = self.body().window + base as u32;
        let all = 0..code.data().instrs.len() as u32;
        let mut body = self.new_body(code, callee, globals, window, Some(parent), all);
        body.cont = cont;
        body.extra = extra;
        let caller_regs = std::mem::take(&mut self.env.regs);
        let Some(body) = self.run_body(body, args)? else {
            return Ok(Some(()));
        };
        if let Some(result) = self.join_returns(body, caller_regs) {
            self.call_gave(insn, result);
        }
        Ok(Some(()))
    }

    /// Translates the body of a callee of the current bytecode.
    fn run_body(&mut self, body: Body, args: Vec<Node>) -> Built<Option<Body>> {
        let word = self.word;
        self.constants.push(body.code.value().bits());
        self.g.depth = self.g.depth.max(self.bodies.len() as u32);
        self.bodies.push(body);
        self.enter_body(args);
        self.translate()?;
        let body = self.bodies.pop();
        self.word = word;
        self.state_cache = None;
        Ok(body)
    }

    /// Translates the beginning of a recursive callee in place, up to where it returns early, and
    /// calls it for the rest: the ends of a recursion are a good part of its calls.
    #[allow(clippy::too_many_arguments)]
    fn peel(
        &mut self,
        insn: Insn,
        code: Ref<CodeObj>,
        callee: Node,
        globals: *const DictObj,
        args: Vec<Node>,
        base: u16,
        words: u32,
    ) -> Built {
        let parent = self.state_during_call();
        let window = self.body().window + base as u32;
        let mut body = self.new_body(code, callee, globals, window, Some(parent), 0..words);
        body.peeled = Some(Peeled {
            steps: self.steps,
            ends: Vec::new(),
        });
        let caller_regs = self.env.regs.clone();
        let Some(body) = self.run_body(body, args.clone())? else {
            return Ok(());
        };
        let mut ends = body.returns;
        for (block, mut env) in body.peeled.into_iter().flat_map(|p| p.ends) {
            env.regs = caller_regs.clone();
            self.take_up(block, env);
            let n = self.call_native_entry(insn, code, callee, args.clone(), base);
            ends.push((self.block(), n, self.env.clone()));
        }
        if let Some(result) = self.join_values(ends, caller_regs) {
            self.call_gave(insn, result);
        }
        Ok(())
    }

    fn call_builtin(&mut self, insn: Insn, v: Value, args: Vec<Node>) -> Built {
        if let Some(n) = self.intrinsic(v, &args) {
            self.call_gave(insn, n);
            return Ok(());
        }
        if self.cur.is_none() {
            return Ok(());
        }
        let (def, bound) = if let Some(n) = v.downcast::<NativeObj>() {
            (n.def, n.bound_self())
        } else if let Some(d) = v.downcast::<MethodDescrObj>() {
            (d.def, None)
        } else {
            return self.step(insn);
        };
        let nargs = args.len() + usize::from(bound.is_some());
        let p = &def.params;
        if !p.simple || p.npos != nargs || def.kind != DefKind::Method || nargs > 8 {
            return self.step(insn);
        }
        if v.is_kind(Kind::MethodDescr) && !self.receiver_is_checked(v, &args) {
            return self.step(insn);
        }
        let mut all = Vec::new();
        if let Some(s) = bound {
            let s = self.value_const(s);
            all.push(self.boxed(s));
        }
        for a in args {
            all.push(self.boxed(a));
        }
        let def = std::ptr::from_ref(def) as u64;
        self.finish_call(insn, Op::CallNative { def }, all);
        Ok(())
    }

    /// The receiver's shape was guarded, so the builtin method that was found is its own.
    fn receiver_is_checked(&self, v: Value, args: &[Node]) -> bool {
        // SAFETY: the caller checked the kind.
        let class = unsafe { v.cast::<MethodDescrObj>() }.class;
        let shape = args.first().and_then(|a| self.env.single_shape(*a));
        shape.is_some_and(|s| self.vm.shape(s).class.is_subtype(class))
    }

    /// Builtins with a translation of their own.
    fn intrinsic(&mut self, v: Value, args: &[Node]) -> Option<Node> {
        if let Some(d) = v.downcast::<MethodDescrObj>() {
            let list = self.vm.types.list;
            if d.class == list && d.def.name == "append" && args.len() == 2 {
                if self.env.single_shape(args[0]) != Some(Kind::List as u32) {
                    return None;
                }
                let item = self.boxed(args[1]);
                self.push_leaving(Op::Append, Rep::None, vec![args[0], item]);
                return Some(self.value_const(Value::NONE));
            }
            return None;
        }
        let n = v.downcast::<NativeObj>()?;
        let module = self.builtin_module(n)?;
        let site = self.site();
        if site.unstable || args.len() != 1 {
            return None;
        }
        let kind = self.types_of(args[0], site.operands[0]);
        match (module, n.def.name, kind) {
            ("builtins", "len", types::LIST | types::TUPLE) => {
                let kind = if kind == types::LIST {
                    Kind::List
                } else {
                    Kind::Tuple
                };
                self.guard_shape(args[0], kind as u32);
                let offset = if kind == Kind::List {
                    std::mem::offset_of!(ListObj, len)
                } else {
                    std::mem::offset_of!(TupleObj, len)
                };
                let load = Op::LoadLen {
                    offset: offset as u32,
                };
                Some(self.push(load, Rep::Int, vec![args[0]]))
            }
            ("builtins", "abs", types::INT) => {
                let x = self.as_int(args[0]);
                Some(self.push_leaving(Op::AbsInt, Rep::Int, vec![x]))
            }
            ("builtins", "abs", types::FLOAT) => {
                let x = self.as_float(args[0]);
                Some(self.push(Op::AbsFloat, Rep::Float, vec![x]))
            }
            ("math", "sqrt", types::FLOAT) => {
                let x = self.as_float(args[0]);
                let zero = self.constant(Rep::Float, 0);
                // A negative number raises, a NaN goes the slow way.
                let ok = self.push(Op::CmpFloat(Cmp::Ge), Rep::Bool, vec![x, zero]);
                self.push_leaving(Op::GuardTrue, Rep::None, vec![ok]);
                Some(self.push(Op::SqrtFloat, Rep::Float, vec![x]))
            }
            _ => None,
        }
    }

    /// The module a builtin function belongs to.
    fn builtin_module(&self, n: Ref<NativeObj>) -> Option<&'static str> {
        let module = n.module.get().or(n.self_.get())?;
        let name = match module.downcast::<StrObj>() {
            Some(s) => s.to_string(),
            None => {
                let m = module.downcast::<ModuleObj>()?;
                let name = self.module_name(m)?;
                name.downcast::<StrObj>()?.to_string()
            }
        };
        ["builtins", "math"].into_iter().find(|k| *k == name)
    }

    fn module_name(&self, m: Ref<ModuleObj>) -> Option<Value> {
        let vm: *const Vm = &raw const *self.vm;
        // SAFETY: a lookup by an interned name runs no Python code.
        let vm = unsafe { &mut *vm.cast_mut() };
        vm.dict_get_interned(m.dict.get(), vm.names.__name__)
    }
}

/// The end of what the code begins with, if that is a comparison that may be done twice and a way
/// to an early return without calls.
fn early_exit(code: Ref<CodeObj>) -> Option<u32> {
    let mut all = bytecode::insns(&code.data().instrs).map_while(Result::ok);
    let first = all.next()?;
    let pure = matches!(
        first.op,
        Bc::JumpLtI
            | Bc::JumpLeI
            | Bc::JumpEqI
            | Bc::JumpNeI
            | Bc::JumpGtI
            | Bc::JumpGeI
            | Bc::JumpIfNone
            | Bc::JumpIfNotNone
    );
    let end = first.jump_target()? as u32;
    let mut exit = all.take_while(|i| i.word < end);
    let ends = Effects::END | Effects::JUMP | Effects::WINDOW;
    let last = exit.find(|i| i.effects().intersects(ends))?;
    let returns = last.op == Bc::Return && last.next() == end;
    (pure && returns && end <= PEEL_WORDS).then_some(end)
}

/// Every return of the code gives None.
fn returns_none(code: Ref<CodeObj>) -> bool {
    const NONE: u8 = 0;
    let mut none_in = None;
    let all: Vec<Insn> = bytecode::insns(&code.data().instrs)
        .map_while(Result::ok)
        .collect();
    let targets: Vec<u32> = all
        .iter()
        .filter_map(|i| Some(i.jump_target()? as u32))
        .collect();
    all.iter().all(|i| {
        let ok = i.op != Bc::Return || none_in == Some(i.first.a()) && !targets.contains(&i.word);
        none_in = (i.op == Bc::LoadSpecial && i.first.d() == NONE).then_some(i.first.a());
        ok
    })
}

/// The operator of a bytecode with two register operands.
fn binary_operator(op: Bc) -> Option<BinOp> {
    Some(match op {
        Bc::Add => BinOp::Add,
        Bc::Sub => BinOp::Sub,
        Bc::Mul => BinOp::Mul,
        Bc::TrueDiv => BinOp::TrueDiv,
        _ => return None,
    })
}
