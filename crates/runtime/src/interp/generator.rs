//! Generators, coroutines and async generators.

use super::returns::{give, return_value, window};
use super::{Cx, Flow, except, handler};
use crate::class::TypeObj;
use crate::code::CodeObj;
use crate::frame::{Cont, Frame, flag};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;
use bytecode::{CodeFlags, Instr, Op};
use gc::Header;
use std::cell::Cell;

/// Where a generator is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    Created = 0,
    Suspended,
    Running,
    Done,
}

/// A generator, coroutine or async generator. Its window (R[-1] and the registers) follows the
/// struct; it is copied to the register stack while the generator runs.
#[repr(C)]
pub struct GeneratorObj {
    pub header: Header,
    pub code: Ref<CodeObj>,
    pub name: Slot,
    pub qualname: Slot,
    /// The exception handled inside the generator when it was suspended.
    pub handled: Slot,
    /// The frame object, once one was asked for.
    pub frame: Slot,
    pub pc: Cell<*const Instr>,
    pub state: Cell<State>,
    /// How the last resumption ended: true when it returned.
    pub returned: Cell<bool>,
    /// Async generators: `__anext__`/`asend` is running; hooks were called; closed.
    pub ag_running: Cell<bool>,
    pub ag_hooked: Cell<bool>,
    pub ag_closed: Cell<bool>,
    /// cr_origin, or ag finalizer.
    pub extra: Slot,
    /// `throw` or `close` is running in the iterator it delegates to: the window is still here,
    /// but it cannot be resumed.
    pub delegating: Cell<bool>,
}

impl CellType for GeneratorObj {
    fn is_kind(kind: u8) -> bool {
        kind == Kind::Generator as u8
    }
}

impl GeneratorObj {
    /// First word of the saved window (the function).
    pub fn window(&self) -> *mut u64 {
        // SAFETY: the window follows the struct.
        unsafe { (self as *const GeneratorObj).add(1) as *mut u64 }
    }
    /// Words in the window.
    pub fn window_len(&self) -> usize {
        self.code.nregs as usize + 1
    }
    /// The instruction at which it is suspended.
    pub fn suspended_at(&self) -> Option<(Op, Instr)> {
        if self.state.get() != State::Suspended {
            return None;
        }
        // SAFETY: pc points into the code.
        let w = unsafe { *self.pc.get() };
        w.op().map(|op| (op, w))
    }
    /// Running, or waiting for what it delegates to.
    pub fn is_busy(&self) -> bool {
        self.state.get() == State::Running || self.delegating.get()
    }
    /// An exception raised where it is suspended would be handled there.
    pub fn has_handler(&self) -> bool {
        self.state.get() == State::Suspended
            && self
                .code
                .data()
                .handler_at(self.code.word_of(self.pc.get()))
                .is_some()
    }
    /// Ends it without running it.
    pub fn discard(&self) {
        self.state.set(State::Done);
        self.handled.init(None);
        // SAFETY: the window has that many words; nothing else reads it once done.
        unsafe { std::ptr::write_bytes(self.window(), 0, self.window_len()) };
    }
    /// The iterator that `yield from` or `await` delegates to.
    pub fn delegate(&self) -> Option<Value> {
        match self.suspended_at()? {
            // SAFETY: the operand is a register of the window.
            (Op::YieldFrom, w) => {
                Value::from_bits(unsafe { *self.window().add(1 + w.c() as usize) })
            }
            _ => None,
        }
    }
}

handler!(return_generator, s => {
    let vm = s.enter();
    match make(vm) {
        Ok(g) => {
            let flow = return_value(vm, g);
            s.go(flow)
        }
        Err(_) => s.goto(except::unwind),
    }
});

#[inline(never)]
fn make(vm: &mut Vm) -> Res {
    // SAFETY: the running frame is the one of the generator function.
    let frame = unsafe { &*vm.frame };
    let code = frame.code;
    let class = if code.flags.contains(CodeFlags::COROUTINE) {
        vm.types.coroutine
    } else if code.flags.contains(CodeFlags::ASYNC_GENERATOR) {
        vm.types.async_generator
    } else {
        vm.types.generator
    };
    let n = code.nregs as usize + 1;
    let p: *mut GeneratorObj = vm
        .alloc_raw(
            size_of::<GeneratorObj>() + n * 8,
            class.shape.get(),
            Kind::Generator,
        )?
        .cast();
    let f = super::returns::function_of(frame);
    // SAFETY: freshly allocated with room for the window.
    unsafe {
        (&raw mut (*p).code).write(code);
        let g = Ref::new(p);
        g.name.init(f.name.get());
        g.qualname.init(f.qualname.get());
        g.pc.set(frame.pc.add(1));
        // Temporaries are dead here.
        std::ptr::copy_nonoverlapping(
            frame.regs.sub(1),
            g.window(),
            code.nlocals.max(1) as usize + 1,
        );
        // A finally clause has to run, or nobody awaited it: the collector tells.
        if code.is_coroutine() || code.has_handlers() {
            vm.track_finalizer(g.value())?;
        }
        if code.is_coroutine() && vm.coroutine_origin_depth > 0 {
            vm.track_coroutine_origin(g)?;
        }
        Ok(g.value())
    }
}

impl CodeObj {
    fn is_coroutine(&self) -> bool {
        self.flags.contains(CodeFlags::COROUTINE)
    }
}

/// Pushes the frame of a generator that is about to run, `cont` telling what to do with what it
/// yields. Its pc is the instruction to run (or the suspended one).
#[inline(never)]
unsafe fn push(vm: &mut Vm, g: Ref<GeneratorObj>, cont: Cont) -> Res<()> {
    // SAFETY: the window fits the register stack, which is checked.
    unsafe {
        let regs = vm.stack_top().add(2);
        let frame = vm.frame.add(1);
        if frame >= vm.frame_limit || regs.add(g.code.nregs as usize + 8) > vm.stack_limit {
            vm.frame_refused(frame, regs, g.code)?;
        }
        if g.code.caches.get() == crate::code::cold() {
            g.code.warm_up(vm.jit.first_heat());
        }
        std::ptr::copy_nonoverlapping(g.window(), regs.sub(1), g.window_len());
        let outer = vm.handled.map_or(0, Value::bits);
        let observed = g.frame.get();
        frame.write(Frame {
            pc: g.pc.get(),
            regs,
            code: g.code,
            cont,
            flags: flag::GENERATOR
                | if observed.is_some() {
                    flag::OBSERVED
                } else {
                    0
                },
            pad: [0; 6],
            extra: g.value().bits(),
            object: observed.map_or(0, Value::bits),
            outer_handled: outer,
            trace: 0,
        });
        if let Some(own) = g.handled.get() {
            vm.handled = Some(own);
        }
        vm.frame = frame;
        g.state.set(State::Running);
        g.returned.set(false);
        if let Some(f) = observed {
            vm.attach_frame_object(f, frame);
        }
        Ok(())
    }
}

/// Saves the running generator and pops its frame.
#[inline(never)]
unsafe fn suspend(vm: &mut Vm, frame: *mut Frame, pc: *const Instr) -> Ref<GeneratorObj> {
    // SAFETY: `frame` is the running generator's.
    unsafe {
        let g: Ref<GeneratorObj> = Ref::new((*frame).extra as *mut GeneratorObj);
        let words = window(&*frame);
        std::ptr::copy_nonoverlapping(words.as_ptr(), g.window(), words.len());
        gc::write_barrier(g.header());
        g.pc.set(pc);
        g.state.set(State::Suspended);
        let now = vm.handled.map_or(0, Value::bits);
        g.handled.write(
            g,
            if now == (*frame).outer_handled {
                None
            } else {
                vm.handled
            },
        );
        vm.handled = Value::from_bits((*frame).outer_handled);
        if (*frame).flags & flag::OBSERVED != 0 {
            vm.park_frame_object(frame, g);
        }
        vm.frame = frame.sub(1);
        g
    }
}

/// Windows of at most so many words are copied in the handlers.
const SMALL_WINDOW: usize = 24;

/// Copies a small window. Volatile, so that the loop does not become a call of memcpy, for which
/// the handler would have to save registers.
#[inline(always)]
unsafe fn copy_window(from: *const u64, to: *mut u64, n: usize) {
    for i in 0..n {
        // SAFETY: both windows have n words.
        unsafe { to.add(i).write_volatile(*from.add(i)) };
    }
}

/// Resumes a suspended or new generator that nothing unusual is known of, as `push` and
/// `enter_generator` do; None otherwise.
#[inline(always)]
unsafe fn resume_quick(
    s: Cx,
    g: *const GeneratorObj,
    cont: Cont,
    first: bool,
    sent: Value,
) -> Option<u64> {
    // SAFETY: the window lies above the running one and is checked against the limits.
    unsafe {
        let vm = s.vm;
        let code = (*g).code;
        let caches = code.caches.get();
        let n = code.nregs as usize + 1;
        let frame = (*vm).frame;
        let new = frame.add(1);
        let regs = (*frame).top().add(2);
        if new >= (*vm).frame_limit
            || regs.add(n + 7) > (*vm).stack_limit
            || caches == crate::code::cold()
            || n > SMALL_WINDOW
            || (*g).frame.bits() != 0
        {
            return None;
        }
        (*frame).pc = s.pc;
        copy_window((*g).window(), regs.sub(1), n);
        (*new).regs = regs;
        (*new).code = code;
        (*new).cont = cont;
        (*new).flags = flag::GENERATOR;
        (*new).extra = g as u64;
        (*new).object = 0;
        (*new).outer_handled = (*vm).handled.map_or(0, Value::bits);
        (*new).trace = 0;
        if (*g).handled.bits() != 0 {
            (*vm).handled = (*g).handled.get();
        }
        (*vm).frame = new;
        (*vm).consts = code.consts.get();
        (*g).state.set(State::Running);
        (*g).returned.set(false);
        let mut pc = (*g).pc.get();
        if !first {
            *regs.add((*pc).a() as usize) = sent.bits();
            // Yield is one word, YieldFrom two.
            pc = pc.add(1 + ((*pc).op_byte() == Op::YieldFrom as u8) as usize);
        }
        Some(
            Cx {
                pc,
                regs,
                caches,
                ..s
            }
            .dispatch(),
        )
    }
}

/// Suspends the running generator and gives `v` to the loop or `Send` that resumed it, when
/// nothing unusual is known of it; None otherwise.
#[inline(always)]
unsafe fn yield_quick(s: Cx, v: u64) -> Option<u64> {
    // SAFETY: the running frame is a generator's; its caller is stopped at a two-word instruction.
    unsafe {
        let vm = s.vm;
        let frame = (*vm).frame;
        let n = (&*frame).code.nregs as usize + 1;
        if !matches!((*frame).cont, Cont::ForIter | Cont::Send)
            || (*frame).flags != flag::GENERATOR
            || (*vm).handled.map_or(0, Value::bits) != (*frame).outer_handled
            || n > SMALL_WINDOW
        {
            return None;
        }
        let g: Ref<GeneratorObj> = Ref::new((*frame).extra as *mut GeneratorObj);
        copy_window(s.regs.sub(1), g.window(), n);
        g.pc.set(s.pc);
        g.state.set(State::Suspended);
        g.handled.write(g, None);
        let caller = frame.sub(1);
        (*vm).frame = caller;
        let code = (*caller).code;
        let (pc, regs) = ((*caller).pc, (*caller).regs);
        *regs.add((*pc).a() as usize) = v;
        (*vm).consts = code.consts.get();
        Some(
            Cx {
                pc: pc.add(2),
                regs,
                caches: code.caches.get(),
                ..s
            }
            .dispatch(),
        )
    }
}

handler!(yield_, s => {
    if s.w.d() == 0
        && let Some(r) = yield_quick(s, s.bits(s.w.b()))
    {
        return r;
    }
    if s.w.d() == 0 && super::drain::is_drained(s.vm) {
        return s.goto(super::drain::yield_drained);
    }
    s.goto(yield_slow)
});
handler!(#[inline(never)] yield_slow, s => {
    let vm = s.enter();
    let mut v = s.get(s.w.b());
    if s.w.d() == 1 {
        match vm.wrap_async_yield(v) {
            Ok(w) => v = w,
            Err(_) => return s.goto(except::unwind),
        }
    }
    let frame = vm.frame;
    let (cont, extra) = ((*frame).cont, (*frame).extra);
    suspend(vm, frame, s.pc);
    let flow = give(vm, cont, extra, v);
    s.go(flow)
});
handler!(yield_from, s => {
    if let Some(r) = yield_quick(s, s.bits(s.w.b())) {
        return r;
    }
    s.goto(yield_from_slow)
});
handler!(#[inline(never)] yield_from_slow, s => {
    let vm = s.enter();
    let v = s.get(s.w.b());
    let frame = vm.frame;
    let (cont, extra) = ((*frame).cont, (*frame).extra);
    suspend(vm, frame, s.pc);
    let flow = give(vm, cont, extra, v);
    s.go(flow)
});

/// A generator frame returns `v`.
pub(super) fn finish(vm: &mut Vm, v: Value) -> Flow {
    let frame = vm.frame;
    // SAFETY: the running frame is a generator's; its caller is stopped at the resuming instruction.
    unsafe {
        let g: Ref<GeneratorObj> = Ref::new((*frame).extra as *mut GeneratorObj);
        let (cont, extra) = ((*frame).cont, (*frame).extra);
        end(vm, frame, g);
        g.returned.set(true);
        if (*frame).flags & flag::OBSERVED != 0 {
            vm.detach_frame_object(frame);
        }
        vm.frame = frame.sub(1);
        match cont {
            Cont::ForIter | Cont::Send => {
                if cont == Cont::ForIter {
                    vm.watch_loop_value(v);
                }
                super::returns::give_return(vm, cont, v)
            }
            _ => give(vm, cont, extra, v),
        }
    }
}

/// Marks a generator as done.
unsafe fn end(vm: &mut Vm, frame: *mut Frame, g: Ref<GeneratorObj>) {
    // SAFETY: `frame` is the generator's.
    unsafe {
        g.state.set(State::Done);
        g.handled.write(g, None);
        // The window keeps its words: nobody traces it any more.
        vm.handled = Value::from_bits((*frame).outer_handled);
    }
}

/// A generator frame is left by the exception in flight.
pub(super) unsafe fn fail(vm: &mut Vm, frame: *mut Frame) {
    // SAFETY: `frame` is the running generator's.
    unsafe {
        let g: Ref<GeneratorObj> = Ref::new((*frame).extra as *mut GeneratorObj);
        let flags = g.code.flags;
        let stop = vm.types.exc.StopIteration;
        let stop_async = vm.types.exc.StopAsyncIteration;
        let text = if vm.raised_is(stop) {
            if flags.contains(CodeFlags::COROUTINE) {
                "coroutine raised StopIteration"
            } else if flags.contains(CodeFlags::ASYNC_GENERATOR) {
                "async generator raised StopIteration"
            } else {
                "generator raised StopIteration"
            }
        } else if flags.contains(CodeFlags::ASYNC_GENERATOR) && vm.raised_is(stop_async) {
            "async generator raised StopAsyncIteration"
        } else {
            ""
        };
        if !text.is_empty() {
            let inner = vm.take_raised();
            vm.runtime_error(text);
            if let Some(x) = vm.raised.and_then(|e| e.downcast::<ExceptionObj>()) {
                x.cause.write(x, inner);
                x.set_context(inner);
                x.suppress_context.set(true);
            }
        }
        end(vm, frame, g);
    }
}

handler!(#[inline(never)] for_iter_generator, s => {
    let g = s.get(s.w.b()).cast::<GeneratorObj>();
    let is_plain = !g.code.flags.intersects(CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR);
    if !is_plain || !matches!(g.state.get(), State::Created | State::Suspended) {
        if g.state.get() == State::Done && is_plain {
            return s.jump(s.ext().x() as i32 as isize);
        }
        return s.goto(for_iter_error);
    }
    let first = g.state.get() == State::Created;
    if let Some(r) = resume_quick(s, g.as_ptr(), Cont::ForIter, first, Value::NONE) {
        return r;
    }
    s.goto(for_iter_generator_slow)
});
handler!(#[inline(never)] for_iter_generator_slow, s => {
    let g = s.get(s.w.b()).cast::<GeneratorObj>();
    let first = g.state.get() == State::Created;
    let vm = s.enter();
    if push(vm, g, Cont::ForIter).is_err() {
        return s.goto(except::unwind);
    }
    enter_generator(s, first, Value::NONE)
});
handler!(#[cold] for_iter_error, s => s.goto(super::iter::for_iter_slow));

/// Starts or resumes the generator frame on top with `sent`.
#[inline(always)]
unsafe fn enter_generator(s: Cx, first: bool, sent: Value) -> u64 {
    // SAFETY: the top frame is a generator's, stopped at a yield or at its first instruction.
    unsafe {
        if first {
            return s.resume(0);
        }
        let frame = (*s.vm).frame;
        let w = *(*frame).pc;
        *(*frame).regs.add(w.a() as usize) = sent.bits();
        // Yield is one word, YieldFrom two.
        s.resume(1 + (w.op_byte() == Op::YieldFrom as u8) as isize)
    }
}

handler!(get_yield_from_iter, s => {
    let r = yield_from_iter(s.enter(), s.get(s.w.b()));
    s.finish(r, 1)
});

#[inline(never)]
fn yield_from_iter(vm: &mut Vm, v: Value) -> Res {
    if let Some(g) = v.downcast::<GeneratorObj>() {
        if g.code.flags.contains(CodeFlags::COROUTINE) {
            if !vm
                .code()
                .flags
                .intersects(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE)
            {
                return Err(vm.type_error(
                    "cannot 'yield from' a coroutine object in a non-coroutine generator",
                ));
            }
            return Ok(v);
        }
        if !g.code.flags.contains(CodeFlags::ASYNC_GENERATOR) {
            return Ok(v);
        }
    }
    vm.iter(v)
}

handler!(send, s => {
    let it = s.get(s.w.b());
    let sent = s.get(s.w.a());
    if it.is_kind(Kind::Generator) {
        let g = it.ptr::<GeneratorObj>();
        let state = (*g).state.get();
        let first = state == State::Created;
        if (state == State::Suspended || (first && sent.is_none()))
            && !(&*g).code.flags.contains(CodeFlags::ASYNC_GENERATOR)
            && let Some(r) = resume_quick(s, g, Cont::Send, first, sent)
        {
            return r;
        }
    }
    s.goto(send_slow)
});
handler!(#[inline(never)] send_slow, s => {
    let it = s.get(s.w.b());
    let vm = s.enter();
    let sent = s.get(s.w.a());
    if let Some(g) = it.downcast::<GeneratorObj>()
        && matches!(g.state.get(), State::Created | State::Suspended)
        && !g.code.flags.contains(CodeFlags::ASYNC_GENERATOR)
        && (sent.is_none() || g.state.get() == State::Suspended)
    {
        let first = g.state.get() == State::Created;
        if push(vm, g, Cont::Send).is_err() {
            return s.goto(except::unwind);
        }
        return enter_generator(s, first, sent);
    }
    match send_general(vm, it, sent) {
        Ok(Ok(v)) => s.finish(Ok(v), 2),
        Ok(Err(result)) => {
            s.set(s.w.a(), result);
            s.jump(s.ext().x() as i32 as isize)
        }
        Err(_) => s.goto(except::unwind),
    }
});

/// Sends into any iterator: `Ok(Ok)` it yielded, `Ok(Err)` it returned.
#[inline(never)]
fn send_general(vm: &mut Vm, it: Value, sent: Value) -> Res<Result<Value, Value>> {
    if let Some(r) = vm.send_quick(it, sent) {
        return r;
    }
    if sent.is_none() && vm.class_of(it) != vm.types.coroutine {
        return vm.next_or_value(it);
    }
    let r = vm.call_method_str(it, "send", &[sent]);
    match r {
        Ok(v) => Ok(Ok(v)),
        Err(_) if vm.raised_is(vm.types.exc.StopIteration) => {
            vm.watch_stop(&r);
            let e = vm.take_raised();
            Ok(Err(vm.stop_value(e)))
        }
        Err(r) => Err(r),
    }
}

handler!(get_awaitable, s => {
    let r = awaitable(s.enter(), s.get(s.w.b()), s.w.d());
    s.finish(r, 1)
});

#[inline(never)]
fn awaitable(vm: &mut Vm, v: Value, context: u8) -> Res {
    match vm.await_iter(v) {
        Ok(it) => {
            if let Some(g) = it.downcast::<GeneratorObj>()
                && g.delegate().is_some()
                && g.code.flags.contains(CodeFlags::COROUTINE)
            {
                return Err(vm.runtime_error("coroutine is being awaited already"));
            }
            Ok(it)
        }
        Err(r) => {
            if context != 0
                && vm.raised_is(vm.types.exc.TypeError)
                && vm.special(v, vm.names.__await__).is_none()
            {
                vm.raised = None;
                let name = vm.class_name(v);
                let method = if context == 1 {
                    "__aenter__"
                } else {
                    "__aexit__"
                };
                let text = format!(
                    "'async with' received an object from {method} that does not implement __await__: {name}"
                );
                return Err(vm.type_error(&text));
            }
            Err(r)
        }
    }
}

handler!(get_aiter, s => {
    let r = aiter(s.enter(), s.get(s.w.b()));
    s.finish(r, 1)
});

#[inline(never)]
fn aiter(vm: &mut Vm, v: Value) -> Res {
    let Some(m) = vm.special(v, vm.names.__aiter__) else {
        let name = vm.class_name(v);
        return Err(vm.type_error(&format!(
            "'async for' requires an object with __aiter__ method, got {name}"
        )));
    };
    let it = vm.call_method_value(m, v, &[])?;
    if vm.special(it, vm.names.__anext__).is_none() {
        let name = vm.class_name(it);
        return Err(vm.type_error(&format!("'async for' received an object from __aiter__ that does not implement __anext__: {name}")));
    }
    Ok(it)
}

handler!(get_anext, s => {
    let r = anext(s.enter(), s.get(s.w.b()));
    s.finish(r, 1)
});

#[inline(never)]
fn anext(vm: &mut Vm, it: Value) -> Res {
    if let Some(r) = vm.anext_quick(it) {
        return r;
    }
    let Some(m) = vm.special(it, vm.names.__anext__) else {
        let name = vm.class_name(it);
        return Err(vm.type_error(&format!(
            "'async for' requires an iterator with __anext__ method, got {name}"
        )));
    };
    let aw = vm.call_method_value(m, it, &[])?;
    match vm.await_iter(aw) {
        Ok(v) => Ok(v),
        Err(r) => {
            let inner = vm.take_raised();
            let name = vm.class_name(aw);
            vm.type_error(&format!(
                "'async for' received an invalid object from __anext__: {name}"
            ));
            if let Some(x) = vm.raised.and_then(|e| e.downcast::<ExceptionObj>()) {
                x.cause.write(x, inner);
                x.set_context(inner);
                x.suppress_context.set(true);
            }
            Err(r)
        }
    }
}

handler!(end_async_for, s => {
    let vm = s.enter();
    let exc = s.get(s.w.a());
    if vm.class_of(exc).is_subtype(vm.types.exc.StopAsyncIteration) {
        return s.next(1);
    }
    vm.raised = Some(exc);
    let flow = except::unwind_vm(vm, false);
    s.go(flow)
});

/// How to resume a generator.
#[derive(Clone, Copy)]
pub enum Resume {
    Send(Value),
    /// The exception instance to raise inside.
    Throw(Value),
}

/// What a resumption gave.
#[derive(Clone, Copy)]
pub enum Outcome {
    Yielded(Value),
    Returned(Value),
}

impl Vm {
    /// Resumes a generator-like object from Rust.
    pub fn resume_generator(&mut self, g: Ref<GeneratorObj>, how: Resume) -> Res<Outcome> {
        self.check_native_stack()?;
        if let (State::Suspended, Resume::Send(v), false) = (g.state.get(), how, g.delegating.get())
        {
            return self.resume_suspended(g, v);
        }
        let state = if g.is_busy() {
            State::Running
        } else {
            g.state.get()
        };
        let what = self.generator_word(g);
        match (state, how) {
            (State::Running, _) => {
                return Err(self.value_error(&format!("{what} already executing")));
            }
            (State::Done, Resume::Send(_)) => {
                if g.code.flags.contains(CodeFlags::COROUTINE) {
                    return Err(self.runtime_error("cannot reuse already awaited coroutine"));
                }
                return Ok(Outcome::Returned(Value::NONE));
            }
            (State::Done, Resume::Throw(e)) => {
                if g.code.flags.contains(CodeFlags::COROUTINE) {
                    return Err(self.runtime_error("cannot reuse already awaited coroutine"));
                }
                return Err(self.raise(e));
            }
            (State::Created, Resume::Send(v)) if !v.is_none() => {
                return Err(self.type_error(&format!(
                    "can't send non-None value to a just-started {what}"
                )));
            }
            _ => {}
        }
        // SAFETY: push checks the stacks; run leaves the frame it finds.
        let v = unsafe {
            push(self, g, Cont::Exit)?;
            let frame = self.frame;
            match how {
                Resume::Send(_) => self.run()?,
                Resume::Throw(e) => {
                    if state == State::Created {
                        // The exception arises at the first instruction.
                        let code = (*frame).code;
                        (*frame).pc = code.instrs;
                    }
                    // The context is what the generator itself was handling, not its caller.
                    if g.handled.get().is_some() {
                        self.raise_here(e);
                    } else {
                        self.raise(e);
                    }
                    let e = self.take_raised();
                    let e = self.watch_throw(e, frame);
                    self.raise(e);
                    self.run_unwinding()?
                }
            }
        };
        Ok(if g.returned.get() {
            Outcome::Returned(v)
        } else {
            Outcome::Yielded(v)
        })
    }

    /// Sends into a generator that is suspended and can be resumed.
    fn resume_suspended(&mut self, g: Ref<GeneratorObj>, v: Value) -> Res<Outcome> {
        // SAFETY: push checks the stacks; run leaves the frame it finds.
        let v = unsafe {
            push(self, g, Cont::Exit)?;
            let frame = self.frame;
            let w = *(*frame).pc;
            *(*frame).regs.add(w.a() as usize) = v.bits();
            // Yield is one word, YieldFrom two.
            let words = 1 + (w.op_byte() == Op::YieldFrom as u8) as usize;
            (*frame).pc = (*frame).pc.add(words);
            self.run()?
        };
        Ok(if g.returned.get() {
            Outcome::Returned(v)
        } else {
            Outcome::Yielded(v)
        })
    }

    /// Resumes a generator whose `yield from` target just returned `v` (from `throw`).
    pub fn resume_after_delegate(&mut self, g: Ref<GeneratorObj>, v: Value) -> Res<Outcome> {
        // SAFETY: the generator is suspended at a YieldFrom.
        let r = unsafe {
            push(self, g, Cont::Exit)?;
            let frame = self.frame;
            let pc = (*frame).pc;
            *(*frame).regs.add((*pc).a() as usize) = v.bits();
            (*frame).pc = pc.offset((*pc.add(1)).x() as i32 as isize);
            self.run()?
        };
        Ok(if g.returned.get() {
            Outcome::Returned(r)
        } else {
            Outcome::Yielded(r)
        })
    }

    /// Runs the top frame beginning with the exception in flight.
    fn run_unwinding(&mut self) -> Res {
        match except::unwind_vm(self, true) {
            Flow::EXIT => Err(Raised),
            _ => self.run(),
        }
    }

    /// "generator", "coroutine" or "async generator".
    pub fn generator_word(&self, g: Ref<GeneratorObj>) -> &'static str {
        if g.code.flags.contains(CodeFlags::COROUTINE) {
            "coroutine"
        } else if g.code.flags.contains(CodeFlags::ASYNC_GENERATOR) {
            "async generator"
        } else {
            "generator"
        }
    }

    /// The value of a StopIteration instance.
    pub fn stop_value(&mut self, e: Value) -> Value {
        self.stop_iteration_value(e)
    }

    /// Next item (Ok(Ok)), or the StopIteration value (Ok(Err)).
    pub fn next_or_value(&mut self, it: Value) -> Res<Result<Value, Value>> {
        let class: Ref<TypeObj> = self.class_of(it);
        if class.iternext.get().is_some() && !it.is_kind(Kind::Generator) {
            return match self.next_raw(it) {
                Ok(Some(v)) => Ok(Ok(v)),
                Ok(None) => Ok(Err(Value::NONE)),
                Err(_) if self.raised_is(self.types.exc.StopIteration) => {
                    let e = self.take_raised();
                    Ok(Err(self.stop_value(e)))
                }
                Err(r) => Err(r),
            };
        }
        let r = match self.lookup(class, self.names.__next__) {
            Some(m) => self.call_method_value(m, it, &[]),
            None => {
                let name = class.full_name();
                Err(self.type_error(&format!("'{name}' object is not an iterator")))
            }
        };
        match r {
            Ok(v) => Ok(Ok(v)),
            Err(_) if self.raised_is(self.types.exc.StopIteration) => {
                self.watch_stop(&r);
                let e = self.take_raised();
                Ok(Err(self.stop_value(e)))
            }
            Err(r) => Err(r),
        }
    }

    /// The iterator of an awaitable (`_PyCoro_GetAwaitableIter`).
    pub fn await_iter(&mut self, v: Value) -> Res {
        if let Some(g) = v.downcast::<GeneratorObj>()
            && g.code
                .flags
                .intersects(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE)
        {
            return Ok(v);
        }
        let Some(m) = self.special(v, self.names.__await__) else {
            let name = self.class_name(v);
            return Err(self.type_error(&format!("'{name}' object can't be awaited")));
        };
        let it = self.call_method_value(m, v, &[])?;
        if it.downcast::<GeneratorObj>().is_some_and(|g| {
            g.code
                .flags
                .intersects(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE)
        }) {
            return Err(self.type_error("__await__() returned a coroutine"));
        }
        let class = self.class_of(it);
        if class.iternext.get().is_none() && self.lookup(class, self.names.__next__).is_none() {
            let name = class.full_name();
            return Err(self.type_error(&format!(
                "__await__() returned non-iterator of type '{name}'"
            )));
        }
        Ok(it)
    }
}
