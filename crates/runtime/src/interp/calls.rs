//! Calls and function objects.

use super::{Cx, Flow, except, handler, natives};
use crate::class::{TypeFlags, TypeObj};
use crate::code::CodeObj;
use crate::frame::Cont;
use crate::jit::inward;
use crate::object::*;
use crate::ops::BinOp;
use crate::value::{Res, Value};
use crate::vm::Vm;

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
        // Hot code goes the slow way, which may enter compiled code.
        let heat = &raw mut (*caches.sub(1)).index;
        if *heat == 0 {
            return None;
        }
        *heat -= 1;
        (*frame).pc = s.pc;
        (*new).regs = regs;
        (*new).code = code;
        (*new).cont = cont;
        (*new).flags = 0;
        (*new).extra = extra;
        (*new).object = 0;
        for i in code.nparams as usize..code.nlocals as usize {
            // Volatile, so that the loop does not become a call of memset, for which the handler
            // would have to save registers.
            regs.add(i).write_volatile(0);
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
    } else if f.is_kind(Kind::Native) {
        return s.goto(natives::call_function);
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
        } else if f.is_kind(Kind::MethodDescr) {
            return s.goto(natives::call_method);
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
    } else if f.is_kind(Kind::Native) {
        return s.goto(natives::call_attribute);
    }
    s.goto(call_method_slow)
});

/// Stores a result in the register of the running instruction of `n` words, or unwinds.
pub(crate) fn settle(vm: &mut Vm, r: Res, n: isize) -> Flow {
    match r {
        Ok(v) => {
            // SAFETY: the top frame is at an instruction whose `a` is the result register.
            unsafe { *(*vm.frame).regs.add((*(*vm.frame).pc).a() as usize) = v.bits() };
            Flow(n)
        }
        Err(_) => except::unwind_vm(vm, true),
    }
}

/// The frame of a callee was pushed, or raised.
fn entered_function(vm: &mut Vm, f: Ref<FunctionObj>, r: Res<()>) -> Flow {
    match r {
        Ok(()) => inward::enter_pushed(vm, f).unwrap_or(Flow::HERE),
        Err(_) => except::unwind_vm(vm, true),
    }
}

/// As `entered_function` where the frame has to run.
fn entered(vm: &mut Vm, r: Res<()>) -> Flow {
    match r {
        Ok(()) => Flow::HERE,
        Err(_) => except::unwind_vm(vm, true),
    }
}

/// Calls any callable; `regs` is where a Python callee's window begins: the register above the
/// callable. The arguments are values in registers.
#[inline(never)]
fn call_general(vm: &mut Vm, f: Value, regs: *mut u64, args: &[Value]) -> Flow {
    // SAFETY: the kind byte says what a cell is; the window lies in the running one's top part.
    unsafe {
        match f.kind_byte() {
            k if k == Kind::Function as u8 => {
                if let Some(flow) = crate::jit::entry::hot_call(vm, f.cast(), regs, args.len()) {
                    return flow;
                }
                let r = vm.push_frame(f.cast(), regs, None, args, &[], Cont::Store);
                entered_function(vm, f.cast(), r)
            }
            k if k == Kind::BoundMethod as u8
                && f.cast::<BoundMethodObj>()
                    .func
                    .or_none()
                    .is_kind(Kind::Function) =>
            {
                let m = f.cast::<BoundMethodObj>();
                let (func, self_) = (m.func.or_none().cast(), m.self_.get());
                if inward::is_compiled_call(vm, func, args.len() + 1) && vm.has_native_stack() {
                    crate::call::place_args(regs, self_, args);
                    let r = inward::call_compiled(vm, func, regs, args.len() + 1);
                    return settle(vm, r, 2);
                }
                let r = vm.push_frame(func, regs, self_, args, &[], Cont::Store);
                entered_function(vm, func, r)
            }
            k if k == Kind::Type as u8 => call_class(vm, f.cast(), regs, args),
            k if k == Kind::Native as u8 => {
                let r = vm
                    .check_native_stack()
                    .and_then(|()| vm.call_bound_native(f.cast::<NativeObj>(), args, &[]));
                settle(vm, r, 2)
            }
            _ => {
                let r = vm.call_kw(f, args, &[]);
                settle(vm, r, 2)
            }
        }
    }
}

/// `C(args)`: a plain class with a Python `__init__` runs it in this loop.
fn call_class(vm: &mut Vm, class: Ref<TypeObj>, regs: *mut u64, args: &[Value]) -> Flow {
    if let Some(r) = vm.quick_construct(class, args) {
        return settle(vm, r, 2);
    }
    let plain = class.has(TypeFlags::PLAIN_NEW)
        && !class.has(TypeFlags::ABSTRACT | TypeFlags::NO_INSTANCES);
    let is_exception = !plain && class.has(TypeFlags::EXCEPTION_NEW);
    let is_plain_type = vm.class_of(class.value()) == vm.types.type_;
    if is_exception && is_plain_type && class.has(TypeFlags::EXCEPTION_INIT) {
        let r = vm.new_exception(class, args);
        return settle(vm, r, 2);
    }
    if (plain || is_exception)
        && is_plain_type
        && let Some(init) = vm.lookup(class, vm.names.__init__)
    {
        if !init.is_kind(Kind::Function) {
            // `object.__init__` takes nothing and does nothing.
            let bare = plain
                && args.is_empty()
                && vm.lookup(vm.types.object, vm.names.__init__) == Some(init);
            let r = if bare {
                vm.new_instance(class)
            } else {
                vm.call_type(class, args, &[])
            };
            return settle(vm, r, 2);
        }
        let made = if plain {
            vm.new_instance(class)
        } else {
            vm.new_exception(class, args)
        };
        let obj = match made {
            Ok(o) => o,
            Err(_) => return except::unwind_vm(vm, true),
        };
        // SAFETY: as in call_general.
        unsafe {
            let r = vm.push_frame(init.cast(), regs, Some(obj), args, &[], Cont::Init);
            if r.is_ok() {
                (*vm.frame).extra = obj.bits();
            }
            return entered(vm, r);
        }
    }
    let r = vm.call_type(class, args, &[]);
    settle(vm, r, 2)
}

handler!(#[inline(never)] call_slow, s => {
    let b = s.w.b() as usize;
    let flow = call_general(s.enter(), s.get(s.w.b()), s.regs.add(b + 1), s.slice(b + 1, s.w.c() as usize));
    s.go_recording(flow)
});
handler!(#[inline(never)] call_method_slow, s => {
    let (b, n) = (s.w.b() as usize, s.w.c() as usize);
    let vm = s.enter();
    match s.opt(s.w.b()) {
        Some(f) => {
            let flow = call_general(vm, f, s.regs.add(b + 1), s.slice(b + 1, n + 1));
            s.go_recording(flow)
        }
        None => {
            let flow = call_general(vm, s.get(s.w.b() + 1), s.regs.add(b + 2), s.slice(b + 2, n));
            s.go_recording(flow)
        }
    }
});

handler!(call_kw, s => {
    let (b, n) = (s.w.b() as usize, s.w.c() as usize);
    let names = s.konst(s.ext().x()).cast::<TupleObj>();
    // (callable, first argument register, count)
    let (f, base, n) = match (s.w.d(), s.opt(s.w.b())) {
        (1, Some(f)) => (f, b, n + 1),
        (1, None) => (s.get(s.w.b() + 1), b + 1, n),
        _ => (s.get(s.w.b()), b, n),
    };
    let is_method = s.w.d() == 1 && s.bits(s.w.b()) != 0;
    let flow = call_with_names(s.enter(), f, is_method, s.regs.add(base + 1), s.slice(base + 1, n), names);
    s.go_recording(flow)
});

#[inline(never)]
fn call_with_names(
    vm: &mut Vm,
    f: Value,
    is_method: bool,
    regs: *mut u64,
    args: &[Value],
    names: Ref<TupleObj>,
) -> Flow {
    let names = names.items();
    if f.is_kind(Kind::Function) {
        // SAFETY: as in call_general.
        return unsafe {
            let r = vm.push_frame(f.cast(), regs, None, args, names, Cont::Store);
            entered_function(vm, f.cast(), r)
        };
    }
    if f == vm.types.dict.value() && names.len() == args.len() {
        let r = keyword_dict(vm, names, args);
        return settle(vm, r, 2);
    }
    let r = if f.is_kind(Kind::MethodDescr) && is_method {
        vm.call_with_self(f, args[0], &args[1..], names)
    } else {
        vm.call_kw(f, args, names)
    };
    settle(vm, r, 2)
}

/// `dict(a=1, b=2)`.
fn keyword_dict(vm: &mut Vm, names: &[Value], values: &[Value]) -> Res {
    let d = vm.new_dict()?;
    crate::dict::resize(vm, d, names.len())?;
    for (name, v) in names.iter().zip(values) {
        vm.dict_set(d.value(), *name, *v)?;
    }
    Ok(d.value())
}

handler!(call_ex, s => {
    let b = s.w.b();
    let flow = call_spreading(s.enter(), s.get(b), s.get(b + 1), s.opt(b + 2), s.regs.add(b as usize + 1));
    s.go(flow)
});

#[inline(never)]
fn call_spreading(vm: &mut Vm, f: Value, star: Value, kw: Option<Value>, regs: *mut u64) -> Flow {
    let no_keywords = kw.is_none_or(|d| d.downcast::<DictObj>().is_some_and(|d| d.used.get() == 0));
    if no_keywords && star.is_exact(Kind::Tuple) {
        // SAFETY: checked above; the register that holds the tuple keeps its items.
        let args = unsafe { (*star.ptr::<TupleObj>()).items() };
        if f.is_kind(Kind::Function) {
            // SAFETY: as in call_general; the arguments are copied.
            let r = unsafe { vm.push_frame(f.cast(), regs, None, args, &[], Cont::Store1) };
            return entered(vm, r);
        }
        let r = vm.call_kw(f, args, &[]);
        return settle(vm, r, 1);
    }
    let mut args = vm.new_vec();
    let mut names = vm.new_vec();
    if vm.spread_call(f, star, kw, &mut args, &mut names).is_err() {
        return except::unwind_vm(vm, true);
    }
    if f.is_kind(Kind::Function) {
        // SAFETY: as in call_general; the arguments are copied.
        let r = unsafe { vm.push_frame(f.cast(), regs, None, &args, &names, Cont::Store1) };
        return entered(vm, r);
    }
    let r = vm.call_kw(f, &args, &names);
    settle(vm, r, 1)
}

impl Vm {
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

/// Enters the Python method of a binary operator in this loop. None: not that case.
#[inline(never)]
pub(super) fn binary_python(
    vm: &mut Vm,
    op: BinOp,
    inplace: u8,
    a: Value,
    b: Value,
) -> Option<Res<()>> {
    if !a.is_kind(Kind::Instance) || inplace != 0 {
        return None;
    }
    let (m, rm, _) = op.methods(vm);
    let (ta, tb) = (vm.class_of(a), vm.class_of(b));
    let left = vm.lookup(ta, m).filter(|l| l.is_kind(Kind::Function))?;
    if ta != tb && vm.lookup(tb, rm).is_some() {
        return None;
    }
    // SAFETY: the window lies above the running one; the function was checked.
    Some(unsafe {
        let regs = vm.stack_top().add(2);
        let r = vm.push_frame(left.cast(), regs, None, &[a, b], &[], Cont::Binary);
        if r.is_ok() {
            (*vm.frame).extra = op as u64;
        }
        r
    })
}

handler!(make_function, s => {
    let r = new_function(s);
    s.finish(r, 2)
});

#[inline(never)]
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

impl Vm {
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
        // SAFETY: freshly allocated; the references are written before anything can collect.
        unsafe {
            (&raw mut (*p).code).write(std::cell::Cell::new(code));
            (&raw mut (*p).globals).write(globals);
            let f = Ref::new(p);
            f.builtins.init(builtins);
            f.name.init(code.name.get());
            f.qualname.init(code.qualname.get());
            f.module.init(module);
            f.simple_argc.set(code.simple_argc());
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
