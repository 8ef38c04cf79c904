//! Entering compiled code and leaving it.

use super::{Compiler, LoopEntry, LoopState, MAX_ARGS, Mode, exit};
use crate::code::CodeObj;
use crate::frame::{Cont, complete, flag};
use crate::interp::{Flow, unwind_top};
use crate::object::*;
use crate::value::Value;
use crate::vm::Vm;
use bytecode::Op;

/// What a call of compiled code counts for the caller besides: getting there takes longer than a
/// call between two that are compiled, and the turns of a loop that calls take longer than others.
const CALL_HEAT: u32 = 2;
/// Looks at a hot loop before it is compiled, while types are recorded.
const LOOP_LOOKS: u32 = 2;
/// Back-edges that count as a look in code with compiled parts, where every back-edge comes here.
const OUTER_TURNS: u32 = 128;
/// Of those, one in so many is recorded.
const OUTER_RECORD: u32 = 32;
/// The same for functions.
const CALL_LOOKS: u32 = 1;
/// The same for functions with compiled loops.
const LOOPING_CALL_LOOKS: u32 = 40;
/// A further look for each so many words of bytecode: compiling takes time by size.
const WORDS_PER_LOOK: u32 = 60;
/// Back-edges or calls between visits to code that is not to be compiled.
const REFUSED_HEAT: u32 = 20_000;
/// Back-edges between visits to a compiled loop that cannot be entered because its generator is
/// suspended at every `yield`.
pub(crate) const UNDRAINED_HEAT: u32 = 500;

type Native0 = unsafe extern "C" fn(*mut Vm, *mut u64, u64) -> u64;
type Native1 = unsafe extern "C" fn(*mut Vm, *mut u64, u64, u64) -> u64;
type Native2 = unsafe extern "C" fn(*mut Vm, *mut u64, u64, u64, u64) -> u64;
type Native3 = unsafe extern "C" fn(*mut Vm, *mut u64, u64, u64, u64, u64) -> u64;
type Native4 = unsafe extern "C" fn(*mut Vm, *mut u64, u64, u64, u64, u64, u64) -> u64;
type Native5 = unsafe extern "C" fn(*mut Vm, *mut u64, u64, u64, u64, u64, u64, u64) -> u64;
type Native6 = unsafe extern "C" fn(*mut Vm, *mut u64, u64, u64, u64, u64, u64, u64, u64) -> u64;

/// While compiled code runs, its frames hold values: no collection may leave them out.
struct CompiledFrames {
    vm: *mut Vm,
    outer: *const u64,
}

impl CompiledFrames {
    /// # Safety
    /// The thread state outlives the result.
    unsafe fn enter(vm: *mut Vm) -> CompiledFrames {
        // SAFETY: promised by the caller.
        let outer = unsafe { std::mem::replace(&mut (*vm).loop_entry, std::ptr::null()) };
        CompiledFrames { vm, outer }
    }
}

impl Drop for CompiledFrames {
    fn drop(&mut self) {
        // SAFETY: promised to `enter`.
        unsafe { (*self.vm).loop_entry = self.outer };
    }
}

/// Calls a native entry with the arguments in registers `regs[0..n]`.
///
/// # Safety
/// `entry` is the native entry of a function with n parameters; the window at `regs` is free.
pub(super) unsafe fn call_native_entry(
    vm: *mut Vm,
    entry: *const u8,
    regs: *mut u64,
    n: usize,
) -> u64 {
    use std::mem::transmute;
    // SAFETY: promised by the caller.
    unsafe {
        let _frames = CompiledFrames::enter(vm);
        let f = *regs.sub(1);
        let a = |i: usize| *regs.add(i);
        match n {
            0 => transmute::<*const u8, Native0>(entry)(vm, regs, f),
            1 => transmute::<*const u8, Native1>(entry)(vm, regs, f, a(0)),
            2 => transmute::<*const u8, Native2>(entry)(vm, regs, f, a(0), a(1)),
            3 => transmute::<*const u8, Native3>(entry)(vm, regs, f, a(0), a(1), a(2)),
            4 => transmute::<*const u8, Native4>(entry)(vm, regs, f, a(0), a(1), a(2), a(3)),
            5 => transmute::<*const u8, Native5>(entry)(vm, regs, f, a(0), a(1), a(2), a(3), a(4)),
            _ => transmute::<*const u8, Native6>(entry)(
                vm,
                regs,
                f,
                a(0),
                a(1),
                a(2),
                a(3),
                a(4),
                a(5),
            ),
        }
    }
}

/// The entry of a function of `n` parameters that is not compiled: null when it has too many.
pub fn stub(n: usize) -> *const u8 {
    match n {
        0 => stub0 as Native0 as *const u8,
        1 => stub1 as Native1 as *const u8,
        2 => stub2 as Native2 as *const u8,
        3 => stub3 as Native3 as *const u8,
        4 => stub4 as Native4 as *const u8,
        5 => stub5 as Native5 as *const u8,
        6 => stub6 as Native6 as *const u8,
        _ => std::ptr::null(),
    }
}

/// The native entry of any function for `n` arguments; null if it does not take just that many.
///
/// # Safety
/// `f` is a value; the thread state is alive.
pub unsafe extern "C" fn entry_of(vm: *mut Vm, f: u64, n: u64) -> *const u8 {
    // SAFETY: promised by the caller.
    let (vm, f) = unsafe { (&*vm, Value::from_bits_unchecked(f)) };
    let n = n as usize;
    let Some(f) = f.downcast::<FunctionObj>() else {
        return std::ptr::null();
    };
    if f.simple_argc.get() as usize != n || n > MAX_ARGS {
        return std::ptr::null();
    }
    let code = f.code.get();
    if code.is_warm() && vm.jit_note_globals(f) {
        return code.jit_state().entry.get();
    }
    stub(n)
}

macro_rules! stubs {
    ($($name:ident ($($arg:ident),*);)*) => { $(
        unsafe extern "C" fn $name(vm: *mut Vm, regs: *mut u64, f: u64 $(, $arg: u64)*) -> u64 {
            // SAFETY: called by compiled code with a function of that many parameters.
            unsafe { interpret(&mut *vm, regs, f, &[$($arg),*], true) }
        }
    )* };
}
macro_rules! refusing_stubs {
    ($($name:ident ($($arg:ident),*);)*) => { $(
        unsafe extern "C" fn $name(vm: *mut Vm, regs: *mut u64, f: u64 $(, $arg: u64)*) -> u64 {
            // SAFETY: called by compiled code with its own arguments.
            unsafe { interpret(&mut *vm, regs, f, &[$($arg),*], false) }
        }
    )* };
}
refusing_stubs! {
    refused0(); refused1(a); refused2(a, b); refused3(a, b, c); refused4(a, b, c, d);
    refused5(a, b, c, d, e); refused6(a, b, c, d, e, g);
}

/// What a compiled function of `n` parameters calls when its entry checks fail (a poll, the
/// recursion limit, the end of a stack): the interpreter runs or refuses it.
pub fn refusing_stub(n: usize) -> *const u8 {
    match n {
        0 => refused0 as Native0 as *const u8,
        1 => refused1 as Native1 as *const u8,
        2 => refused2 as Native2 as *const u8,
        3 => refused3 as Native3 as *const u8,
        4 => refused4 as Native4 as *const u8,
        5 => refused5 as Native5 as *const u8,
        _ => refused6 as Native6 as *const u8,
    }
}

stubs! {
    stub0(); stub1(a); stub2(a, b); stub3(a, b, c); stub4(a, b, c, d); stub5(a, b, c, d, e);
    stub6(a, b, c, d, e, g);
}

/// Runs a function for compiled code in the interpreter.
unsafe fn interpret(vm: &mut Vm, regs: *mut u64, f: u64, args: &[u64], compile: bool) -> u64 {
    // SAFETY: promised by the callers; the window at `regs` is free.
    unsafe {
        complete(vm.frame);
        let function: Ref<FunctionObj> = Ref::new(f as *mut FunctionObj);
        *regs.sub(1) = f;
        for (i, a) in args.iter().enumerate() {
            *regs.add(i) = *a;
        }
        let code = function.code.get();
        if compile && code.is_warm() {
            if code.heat() == 0 && compiled_now(vm, function) {
                return call_native_entry(vm, code.jit_state().entry.get(), regs, args.len());
            }
            code.set_heat(code.heat().saturating_sub(1));
        }
        // Not the registers: a poll that refused the frame may run code in them.
        let values = std::slice::from_raw_parts(args.as_ptr().cast::<Value>(), args.len());
        let r = vm
            .check_native_stack()
            .and_then(|()| vm.push_frame(function, regs, None, values, &[], Cont::Exit))
            .and_then(|()| vm.run());
        match r {
            Ok(v) => v.bits(),
            Err(_) => {
                vm.jit_exit = exit::RAISED;
                0
            }
        }
    }
}

/// Unwinds from the frame on top to a handler, if there is one among the frames of this native
/// call.
pub fn unwind(vm: &mut Vm) {
    let flow = unwind_top(vm);
    if flow == Flow::EXIT {
        vm.jit_exit = exit::RAISED;
        return;
    }
    // SAFETY: the frame on top goes on that many words behind its pc.
    unsafe { (*vm.frame).pc = (*vm.frame).pc.offset(flow.0) };
}

/// Compiled code was left by a callee without a value: finishes the callee in the interpreter.
/// The result is its value; zero when it raised: the caller's frame is then on top.
///
/// # Safety
/// A native entry has just returned zero.
pub unsafe extern "C" fn finish_call(vm: *mut Vm) -> u64 {
    // SAFETY: the thread state is alive; the frames above the caller's are complete.
    unsafe {
        let vm = &mut *vm;
        if vm.jit_exit == exit::RESUME {
            let mut flow = Flow::HERE;
            if vm.raised.is_some() {
                flow = unwind_top(vm);
            }
            if flow != Flow::EXIT {
                (*vm.frame).pc = (*vm.frame).pc.offset(flow.0);
                if let Ok(v) = vm.run() {
                    return v.bits();
                }
            }
        }
        complete(vm.frame);
        vm.jit_exit = exit::RESUME;
        0
    }
}

/// The running instruction calls a hot function: enters its compiled code, if there is any.
/// None: go on as if it were not hot.
#[inline(never)]
pub(crate) fn hot_call(
    vm: &mut Vm,
    f: Ref<FunctionObj>,
    regs: *mut u64,
    nargs: usize,
) -> Option<Flow> {
    let code = f.code.get();
    // SAFETY: warm code has a counter.
    if !code.is_warm() || unsafe { code.heat() } != 0 || f.simple_argc.get() as usize != nargs {
        return None;
    }
    if !compiled_now(vm, f) || vm.check_native_stack().is_err() {
        vm.raised = None;
        return None;
    }
    // SAFETY: the arguments are in place; R[-1] of the window is the callable.
    unsafe {
        let caller = vm.frame;
        let deopts = vm.jit.deopts;
        *regs.sub(1) = f.value().bits();
        let bits = call_native_entry(vm, code.jit_state().entry.get(), regs, nargs);
        if let Some(v) = Value::from_bits(bits) {
            (*caller).code.heat_up(CALL_HEAT);
            *(*caller).regs.add((*(*caller).pc).a() as usize) = v.bits();
            return Some(Flow(2));
        }
        if vm.jit_exit == exit::RAISED {
            return Some(unwind_top(vm));
        }
        // The interpreter goes on with the callee, whose frame is the first above the caller's.
        (*caller.add(1)).cont = Cont::Store;
        Some(resume(vm, deopts))
    }
}

/// Goes on in the interpreter after compiled code left with `RESUME`; records what runs next if a
/// guess failed, of which there were `deopts` before.
fn resume(vm: &mut Vm, deopts: u64) -> Flow {
    if vm.jit.mode == Mode::On && vm.jit.deopts != deopts {
        vm.jit.credits = vm.jit.credits.max(100);
    }
    if vm.raised.is_some() {
        return unwind_top(vm);
    }
    Flow::HERE
}

/// Whether the hot function has compiled code, after compiling it if its time has come.
pub(super) fn compiled_now(vm: &mut Vm, f: Ref<FunctionObj>) -> bool {
    let code = f.code.get();
    // SAFETY: hot code is warm.
    let cool = |n| unsafe { code.set_heat(n) };
    if !vm.jit_usable() {
        cool(REFUSED_HEAT);
        return false;
    }
    let state = code.jit_state();
    // Compiled code knows the globals of the function that it was made for.
    let shared = vm.jit_note_globals(f);
    if state.compiled.get() {
        return shared;
    }
    if state.refused.get() || code.argcount as usize > MAX_ARGS || !shared {
        // The heat is the loops' too.
        if !state.has_loops() {
            cool(REFUSED_HEAT);
        }
        return false;
    }
    let visits = state.visits.get();
    state.visits.set(visits + 1);
    // Back-edges count for the same heat: a function whose loops are compiled may be called rarely.
    let looks = if state.has_loops() {
        LOOPING_CALL_LOOKS
    } else {
        CALL_LOOKS + looks_for_size(vm, code)
    };
    if visits < looks {
        vm.jit.credits = super::feedback::CREDITS;
        cool(if state.has_loops() {
            0
        } else {
            vm.jit.next_heat()
        });
        return false;
    }
    let done = vm.with_compiler(|vm, c: &mut dyn Compiler| c.compile_function(vm, f));
    if done == Some(true) {
        cool(0);
        return true;
    }
    state.refused.set(true);
    if !state.has_loops() {
        cool(REFUSED_HEAT);
    }
    false
}

/// The running `JumpBack`, which jumps `offset` words, is hot: runs the loop compiled, if it is.
#[inline(never)]
pub(crate) fn hot_loop(vm: &mut Vm, offset: isize) -> Flow {
    // SAFETY: the frame on top is running the JumpBack.
    unsafe {
        let frame = vm.frame;
        let code = (*frame).code;
        let target = (*frame).pc.offset(offset);
        let word = code.word_of(target);
        if !vm.jit_usable() {
            code.set_heat(REFUSED_HEAT);
            return Flow(offset);
        }
        match loop_entry(vm, code, word) {
            Some(entry) => {
                (*frame).pc = target;
                enter_loop(vm, entry)
            }
            None => Flow(offset),
        }
    }
}

/// Looks that a large code object waits for besides.
fn looks_for_size(vm: &Vm, code: Ref<CodeObj>) -> u32 {
    match vm.jit.mode {
        Mode::Eager => 0,
        _ => code.data().instrs.len() as u32 / WORDS_PER_LOOK,
    }
}

/// Runs a compiled loop on the frame on top.
unsafe fn enter_loop(vm: &mut Vm, entry: LoopEntry) -> Flow {
    // SAFETY: the loop was compiled for the code of this frame.
    unsafe {
        let regs = (*vm.frame).regs;
        // Nothing is held in machine registers yet.
        (*vm.frame).flags &= !flag::LEAVE;
        let deopts = vm.jit.deopts;
        {
            let _frames = CompiledFrames::enter(vm);
            entry(vm, regs);
        }
        if vm.jit_exit == exit::RAISED {
            vm.exit_bits = 0;
            return Flow::EXIT;
        }
        if vm.jit.deopts != deopts || vm.raised.is_some() {
            return resume(vm, deopts);
        }
        Flow::HERE
    }
}

/// Records the types at the header of the running loop, and those of what runs next.
fn record_loop(vm: &mut Vm, code: Ref<CodeObj>, word: u32) {
    // SAFETY: the registers of the frame on top, which runs this code.
    unsafe {
        let mut feedback = code.jit_state().feedback.borrow_mut();
        feedback.record_header(word, (*vm.frame).regs, code.nregs as usize);
        if (*vm.frame).flags & flag::GENERATOR == 0 {
            (*vm.frame).flags |= flag::LOOPED;
        }
    }
    vm.jit.credits = super::feedback::CREDITS;
}

/// The running activation of a hot loop began after the loop was last looked at: its turns are
/// few, its calls many, and a compiled function serves them better.
fn is_called_often(vm: &Vm) -> bool {
    // SAFETY: the frame on top is live.
    vm.jit.mode == Mode::On && unsafe { (*vm.frame).flags } & flag::LOOPED == 0
}

/// Compiles the function of a hot loop.
fn compile_instead(vm: &mut Vm, f: Ref<FunctionObj>) -> bool {
    let code = f.code.get();
    let state = code.jit_state();
    if code.is_generator_like() {
        return false;
    }
    if state.compiled.get() || state.refused.get() || f.simple_argc.get() as usize > MAX_ARGS {
        return false;
    }
    vm.jit_note_globals(f)
        && vm.with_compiler(|vm, c: &mut dyn Compiler| c.compile_function(vm, f)) == Some(true)
}

/// The loop with its header at `word` suspends its generator.
fn yields_in_loop(code: Ref<CodeObj>, word: u32) -> bool {
    if !code.is_generator_like() {
        return false;
    }
    let insns = || bytecode::insns(&code.data().instrs).map_while(Result::ok);
    let end = insns().filter(|i| i.op == Op::JumpBack && i.jump_target() == Some(i64::from(word)));
    let end = end.last().map_or(word, |i| i.word);
    insns().any(|i| i.op == Op::Yield && (word..end).contains(&i.word))
}

fn loop_entry(vm: &mut Vm, code: Ref<CodeObj>, word: u32) -> Option<LoopEntry> {
    let state = code.jit_state();
    // SAFETY: hot code is warm.
    let cool = |n| unsafe { code.set_heat(n) };
    let vm_at: *const Vm = vm;
    // SAFETY: the thread state is alive.
    let is_drained = || unsafe { crate::interp::drain::is_drained(vm_at) };
    // SAFETY: R[-1] of the frame on top is its function.
    let f: Ref<FunctionObj> = unsafe { Ref::new(*(*vm.frame).regs.sub(1) as *mut FunctionObj) };
    match state.loop_state(word) {
        LoopState::Compiled(entry) => Some(entry).filter(|_| vm.jit_note_globals(f)),
        LoopState::Drained(entry) => {
            let usable = is_drained() && vm.jit_note_globals(f);
            if !usable {
                cool(UNDRAINED_HEAT);
            }
            usable.then_some(entry)
        }
        LoopState::Refused => {
            cool(REFUSED_HEAT);
            None
        }
        LoopState::Counting(n) if n < (LOOP_LOOKS + looks_for_size(vm, code)) * OUTER_TURNS => {
            let watched = state.has_loops() || state.compiled.get();
            let outer = watched && vm.jit.mode != Mode::Eager;
            let turns = if outer { 1 } else { OUTER_TURNS };
            state.set_loop_state(word, LoopState::Counting(n + turns));
            if !outer || n % OUTER_RECORD == 0 {
                record_loop(vm, code, word);
            }
            cool(if outer { 0 } else { vm.jit.next_heat() });
            None
        }
        LoopState::Counting(_) if yields_in_loop(code, word) && !is_drained() => {
            cool(REFUSED_HEAT);
            None
        }
        LoopState::Counting(_) if is_called_often(vm) && compile_instead(vm, f) => {
            state.set_loop_state(word, LoopState::Counting(0));
            cool(0);
            None
        }
        LoopState::Counting(_) => {
            let entry = if vm.jit_note_globals(f) {
                vm.with_compiler(|vm, c: &mut dyn Compiler| c.compile_loop(vm, word))
                    .flatten()
            } else {
                None
            };
            let new = match entry {
                None => LoopState::Refused,
                Some(entry) if yields_in_loop(code, word) => LoopState::Drained(entry),
                Some(entry) => LoopState::Compiled(entry),
            };
            state.set_loop_state(word, new);
            cool(if entry.is_some() { 0 } else { REFUSED_HEAT });
            entry
        }
    }
}
