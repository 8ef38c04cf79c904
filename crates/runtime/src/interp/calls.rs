//! Calls and function objects.

use super::{Cx, except, handler};
use crate::class::{TypeFlags, TypeObj};
use crate::code::CodeObj;
use crate::frame::{Cont, Frame};
use crate::native::{DefKind, call_native};
use crate::object::*;
use crate::ops::BinOp;
use crate::value::{Res, Value};
use bytecode::CodeFlags;

/// Enters a Python function whose arguments are in place at `regs`.
#[inline(always)]
unsafe fn enter_simple(
    s: Cx,
    f: *const FunctionObj,
    regs: *mut u64,
    cont: Cont,
    extra: u64,
) -> Option<u64> {
    // SAFETY: the window lies right above the running one and is checked against the limits.
    unsafe {
        let vm = s.vm;
        let code = (*f).code.get();
        let caches = code.caches.get();
        let frame = (*vm).frame;
        let new = frame.add(1);
        if new >= (*vm).frame_limit
            || regs.add(code.nregs as usize + 8) > (*vm).stack_limit
            || caches == crate::code::cold()
        {
            return None;
        }
        (*frame).pc = s.pc;
        (*new).regs = regs;
        (*new).code = code;
        (*new).cont = cont;
        (*new).flags = 0;
        (*new).extra = extra;
        (*new).object = 0;
        for i in code.nparams as usize..code.nlocals as usize {
            *regs.add(i) = 0;
        }
        (*vm).frame = new;
        (*vm).consts = code.consts.get();
        Some(
            Cx {
                pc: code.instrs,
                regs,
                caches,
                ..s
            }
            .dispatch(),
        )
    }
}

handler!(call, s => {
    let f = s.get(s.w.b());
    if f.is_kind(Kind::Function) {
        let fp = f.ptr::<FunctionObj>();
        if (*fp).simple_argc.get() == s.w.c() as u32
            && let Some(r) = enter_simple(s, fp, s.regs.add(s.w.b() as usize + 1), Cont::Store, 0)
        {
            return r;
        }
    }
    s.goto(call_slow)
});
handler!(call_method, s => {
    let b = s.w.b();
    let f = s.bits(b);
    if f != 0 {
        let f = Value::from_bits_unchecked(f);
        if f.is_kind(Kind::Function) {
            let fp = f.ptr::<FunctionObj>();
            if (*fp).simple_argc.get() == s.w.c() as u32 + 1
                && let Some(r) = enter_simple(s, fp, s.regs.add(b as usize + 1), Cont::Store, 0)
            {
                return r;
            }
        }
        return s.goto(call_method_slow);
    }
    let f = s.get(b + 1);
    if f.is_kind(Kind::Function) {
        let fp = f.ptr::<FunctionObj>();
        if (*fp).simple_argc.get() == s.w.c() as u32
            && let Some(r) = enter_simple(s, fp, s.regs.add(b as usize + 2), Cont::Store, 0)
        {
            return r;
        }
    }
    s.goto(call_method_slow)
});

/// Calls any callable with positional arguments in registers from `base + 1` on.
unsafe fn call_general(s: Cx, f: Value, base: usize, n: usize) -> u64 {
    // SAFETY: handler state; the arguments are in registers.
    unsafe {
        let vm = s.enter();
        let args = s.slice(base + 1, n);
        match f.kind_byte() {
            k if k == Kind::Function as u8 => {
                let regs = s.regs.add(base + 1);
                match vm.push_frame(f.cast(), regs, None, args, &[], Cont::Store) {
                    Ok(()) => s.resume(0),
                    Err(_) => s.goto(except::unwind),
                }
            }
            k if k == Kind::BoundMethod as u8
                && f.cast::<BoundMethodObj>()
                    .func
                    .or_none()
                    .is_kind(Kind::Function) =>
            {
                let m = f.cast::<BoundMethodObj>();
                let regs = s.regs.add(base + 1);
                match vm.push_frame(
                    m.func.or_none().cast(),
                    regs,
                    m.self_.get(),
                    args,
                    &[],
                    Cont::Store,
                ) {
                    Ok(()) => s.resume(0),
                    Err(_) => s.goto(except::unwind),
                }
            }
            k if k == Kind::Type as u8 => call_class(s, f.cast(), base, args),
            k if k == Kind::Native as u8 => {
                let r = vm.check_native_stack().and_then(|()| {
                    let nat = f.cast::<NativeObj>();
                    let self_ = nat.bound_self();
                    call_native(vm, nat.def, self_, args, &[])
                });
                s.finish(r, 2)
            }
            _ => {
                let r = vm.call_kw(f, args, &[]);
                s.finish(r, 2)
            }
        }
    }
}

/// `C(args)`: a plain class with a Python `__init__` runs it in this loop.
unsafe fn call_class(s: Cx, class: Ref<TypeObj>, base: usize, args: &[Value]) -> u64 {
    // SAFETY: handler state.
    unsafe {
        let vm = s.enter();
        let plain = class.has(TypeFlags::PLAIN_NEW)
            && !class.has(TypeFlags::ABSTRACT | TypeFlags::NO_INSTANCES);
        if plain && vm.class_of(class.value()) == vm.types.type_ {
            // The method cache makes this two loads.
            if let Some(init) = vm.lookup(class, vm.names.__init__)
                && init.is_kind(Kind::Function)
            {
                let obj = match vm.new_instance(class) {
                    Ok(o) => o,
                    Err(_) => return s.goto(except::unwind),
                };
                let regs = s.regs.add(base + 1);
                return match vm.push_frame(init.cast(), regs, Some(obj), args, &[], Cont::Init) {
                    Ok(()) => {
                        (*vm.frame).extra = obj.bits();
                        s.resume(0)
                    }
                    Err(_) => s.goto(except::unwind),
                };
            }
        }
        let r = vm.call_type(class, args, &[]);
        s.finish(r, 2)
    }
}

handler!(#[inline(never)] call_slow, s => call_general(s, s.get(s.w.b()), s.w.b() as usize, s.w.c() as usize));
handler!(#[inline(never)] call_method_slow, s => {
    let b = s.w.b();
    let n = s.w.c() as usize;
    match s.opt(b) {
        Some(f) if f.is_kind(Kind::MethodDescr) => {
            let vm = s.enter();
            let d = f.cast::<MethodDescrObj>();
            let r = vm.check_native_stack().and_then(|()| {
                if d.def.kind == DefKind::Method {
                    call_native(vm, d.def, Some(s.get(b + 1)), s.slice(b as usize + 2, n), &[])
                } else {
                    vm.call_kw(f, s.slice(b as usize + 1, n + 1), &[])
                }
            });
            s.finish(r, 2)
        }
        Some(f) => call_general(s, f, b as usize, n + 1),
        None => call_general(s, s.get(b + 1), b as usize + 1, n),
    }
});

handler!(call_kw, s => {
    let vm = s.enter();
    let (b, n) = (s.w.b() as usize, s.w.c() as usize);
    let names = s.konst(s.ext().x()).cast::<TupleObj>();
    // (callable, first argument register, count)
    let (f, base, n) = match (s.w.d(), s.opt(s.w.b())) {
        (1, Some(f)) => (f, b, n + 1),
        (1, None) => (s.get(s.w.b() + 1), b + 1, n),
        _ => (s.get(s.w.b()), b, n),
    };
    let args = s.slice(base + 1, n);
    let names = names.items();
    if f.is_kind(Kind::Function) {
        let regs = s.regs.add(base + 1);
        return match vm.push_frame(f.cast(), regs, None, args, names, Cont::Store) {
            Ok(()) => s.resume(0),
            Err(_) => s.goto(except::unwind),
        };
    }
    let r = if f.is_kind(Kind::MethodDescr) && s.w.d() == 1 && s.bits(s.w.b()) != 0 {
        vm.call_with_self(f, args[0], &args[1..], names)
    } else {
        vm.call_kw(f, args, names)
    };
    s.finish(r, 2)
});

handler!(call_ex, s => {
    let vm = s.enter();
    let b = s.w.b();
    let (f, star, kw) = (s.get(b), s.get(b + 1), s.opt(b + 2));
    let mut args = vm.new_vec();
    let mut names = vm.new_vec();
    if vm.spread_call(f, star, kw, &mut args, &mut names).is_err() {
        return s.goto(except::unwind);
    }
    if f.is_kind(Kind::Function) {
        let regs = s.regs.add(b as usize + 1);
        return match vm.push_frame(f.cast(), regs, None, &args, &names, Cont::Store1) {
            Ok(()) => s.resume(0),
            Err(_) => s.goto(except::unwind),
        };
    }
    let r = vm.call_kw(f, &args, &names);
    s.finish(r, 1)
});

impl crate::vm::Vm {
    /// Spreads `*star, **kw` into argument vectors for a call of `f`.
    pub fn spread_call(
        &mut self,
        f: Value,
        star: Value,
        kw: Option<Value>,
        args: &mut crate::alloc::GcVec,
        names: &mut crate::alloc::GcVec,
    ) -> Res<()> {
        *args = match self.collect(star) {
            Ok(v) => v,
            Err(r) => {
                let iterable = self.special(star, self.names.__iter__).is_some()
                    || self.special(star, self.names.__getitem__).is_some();
                if iterable || !self.catch(self.types.exc.TypeError) {
                    return Err(r);
                }
                let (text, name) = (self.callable_text(f), self.class_name(star));
                return Err(self.type_error(&format!(
                    "{text} argument after * must be an iterable, not {name}"
                )));
            }
        };
        let Some(d) = kw.and_then(|d| d.downcast::<DictObj>()) else {
            return Ok(());
        };
        let mut i = 0;
        while let Some((at, e)) = crate::dict::next_entry(d, i) {
            i = at + 1;
            if let (Some(k), Some(v)) = (e.key, e.value) {
                if !k.is_kind(Kind::Str) {
                    return Err(self.type_error("keywords must be strings"));
                }
                names.push(self, k)?;
                args.push(self, v)?;
            }
        }
        Ok(())
    }
}

/// Runs a binary operator implemented in Python in this loop. None: not that case.
pub(super) unsafe fn binary_python(s: Cx, op: BinOp, a: Value, b: Value) -> Option<u64> {
    // SAFETY: handler state.
    unsafe {
        if !a.is_kind(Kind::Instance) || s.w.d() != 0 {
            return None;
        }
        let vm = s.enter();
        let (m, rm, _) = op.methods(vm);
        let (ta, tb) = (vm.class_of(a), vm.class_of(b));
        let left = vm.lookup(ta, m).filter(|l| l.is_kind(Kind::Function))?;
        if ta != tb && vm.lookup(tb, rm).is_some() {
            return None;
        }
        let regs = vm.stack_top().add(2);
        Some(
            match vm.push_frame(left.cast(), regs, None, &[a, b], &[], Cont::Binary) {
                Ok(()) => {
                    (*vm.frame).extra = op as u64;
                    s.resume(0)
                }
                Err(_) => s.goto(except::unwind),
            },
        )
    }
}

handler!(make_function, s => {
    let r = new_function(s);
    s.finish(r, 2)
});

unsafe fn new_function(s: Cx) -> Res {
    // SAFETY: handler state; K[x] is code.
    unsafe {
        let vm = s.enter();
        let code = s.konst(s.ext().x()).cast::<CodeObj>();
        let running = s.function();
        let f = vm.new_function(code, running.globals, running.builtins.get())?;
        let mut at = s.w.b();
        for (bit, slot) in [
            (1, &f.defaults),
            (2, &f.kwdefaults),
            (4, &f.annotate),
            (8, &f.closure),
        ] {
            if s.w.d() & bit != 0 {
                slot.init(s.get(at));
                at += 1;
            }
        }
        Ok(f.value())
    }
}

impl crate::vm::Vm {
    /// A function object of code in a namespace.
    pub fn new_function(
        &mut self,
        code: Ref<CodeObj>,
        globals: Ref<DictObj>,
        builtins: Option<Value>,
    ) -> Res<Ref<FunctionObj>> {
        let p: *mut FunctionObj = self
            .alloc_kind(size_of::<FunctionObj>(), Kind::Function)?
            .cast();
        let module = self.dict_get_interned(globals, self.names.__name__);
        let doc = if code.flags.contains(CodeFlags::HAS_DOCSTRING) {
            // SAFETY: a docstring is the first constant.
            Some(unsafe { *code.consts.get() })
        } else {
            None
        };
        let star = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS;
        let simple = !code.flags.intersects(star) && code.data().kwonly_argcount == 0;
        // SAFETY: freshly allocated; the references are written before anything can collect.
        unsafe {
            (&raw mut (*p).code).write(std::cell::Cell::new(code));
            (&raw mut (*p).globals).write(globals);
            let f = Ref::new(p);
            f.builtins.init(builtins);
            f.name.init(code.name.get());
            f.qualname.init(code.qualname.get());
            f.module.init(module);
            f.doc.init(doc);
            f.simple_argc
                .set(if simple { code.argcount } else { u32::MAX });
            Ok(f)
        }
    }

    /// The name of a callable for argument errors: `f()`, `mod.f()`.
    pub fn callable_text(&mut self, f: Value) -> String {
        let Ok(Some(q)) = self.get_attr_opt(f, self.names.__qualname__) else {
            self.raised = None;
            return self.display(f);
        };
        let q = self.display(q);
        match self.get_attr_opt(f, self.names.__module__) {
            Ok(Some(m)) if m.is_kind(Kind::Str) => {
                let m = self.display(m);
                if m == "builtins" {
                    format!("{q}()")
                } else {
                    format!("{m}.{q}()")
                }
            }
            _ => {
                self.raised = None;
                format!("{q}()")
            }
        }
    }
}

/// Frames are made here and in `Vm::push_frame` only.
#[allow(dead_code)]
fn _frame_size(_: Frame) {}
