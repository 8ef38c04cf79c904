//! Watching instructions: what is reported before each runs, and what the one before it did.
//!
//! `Frame::trace` holds the state of a watched frame (flag TRACED says that it does):
//!
//! ```text
//! 63        40 39      32 31            0
//! +-----------+----------+---------------+
//! |     0     | pending  | word before   |
//! +-----------+----------+---------------+
//! ```

use super::code::{CodeMonitor, current};
use super::fire::Happening;
use super::{Event, NativeCall};
use crate::frame::{Frame, flag};
use crate::interp::{Flow, TABLE, except, handler, stress};
use crate::object::*;
use crate::types::code::offset;
use crate::value::{Res, Value};
use crate::vm::Vm;
use bytecode::branches::Branch;
use bytecode::{Effects, Insn, Op};

/// Pending: nothing.
pub(super) const STATE_NONE: u64 = 0;
/// The instruction before called something that is no Python function.
const STATE_CALL: u64 = 1 << 32;
/// The instruction before could jump.
const STATE_BRANCH: u64 = 2 << 32;
/// The instruction before sent into an iterator.
const STATE_SEND: u64 = 4 << 32;
/// There was no instruction before: the frame begins or was resumed.
const STATE_ENTERED: u64 = 3 << 32;

handler!(
    /// Every opcode of a watched thread.
    watched, s => {
        if (*s.vm).watch.depth == 0 {
            let flow = before(s.enter());
            if let Some(flow) = flow {
                return s.go(flow);
            }
        }
        let h = match (*s.vm).frame_stress {
            Some(_) => stress::STRESS_TABLE[s.w.op_byte() as usize],
            None => TABLE[s.w.op_byte() as usize],
        };
        s.goto(h)
    }
);

/// Reports what happened and what is about to. None: the instruction is to be run.
#[inline(never)]
fn before(vm: &mut Vm) -> Option<Flow> {
    let frame = vm.frame;
    // SAFETY: the running frame is live; the reference ends before anything is called.
    let (insn, events) = unsafe {
        let insn = current(&*frame)?;
        let monitor = (*frame).code.monitor();
        let entering = (*frame).flags & flag::TRACED == 0;
        if entering && insn.word < monitor.first {
            return None;
        }
        let events = monitor.events(vm);
        if entering {
            (*frame).flags |= flag::TRACED;
            (*frame).trace = STATE_ENTERED;
        }
        (insn, events)
    };
    let pc = position(frame);
    let r = match events {
        0 => Ok(STATE_NONE),
        _ => report(vm, frame, &insn, events),
    };
    match r {
        Ok(pending) => {
            set_state(frame, u64::from(insn.word) | pending);
            // An assignment to f_lineno has moved on.
            (position(frame) != pc).then_some(Flow::HERE)
        }
        Err(_) => Some(except::unwind_vm(vm, true)),
    }
}

fn position(frame: *mut Frame) -> usize {
    // SAFETY: a live frame record.
    unsafe { (*frame).pc as usize }
}

fn state(frame: *mut Frame) -> u64 {
    // SAFETY: a live frame record.
    unsafe { (*frame).trace }
}

fn set_state(frame: *mut Frame, state: u64) {
    // SAFETY: a live frame record.
    unsafe { (*frame).trace = state };
}

/// The code's part of the watching.
fn monitor<'a>(frame: *mut Frame) -> &'a mut CodeMonitor {
    // SAFETY: a live frame record, whose code has it as long as it lives.
    unsafe {
        let code = (*frame).code;
        &mut *std::ptr::from_mut(code.monitor())
    }
}

/// Fires the events of an instruction and of the one before; gives what is then pending.
fn report(vm: &mut Vm, frame: *mut Frame, insn: &Insn, events: u32) -> Res<u64> {
    let old = state(frame);
    let last = old as u32;
    let pc = position(frame);
    let entered = old & !0xffff_ffff == STATE_ENTERED;
    match old & !0xffff_ffff {
        STATE_CALL => {
            set_state(frame, u64::from(last));
            call_ended(vm, frame, last, Event::CReturn)?;
        }
        STATE_BRANCH => {
            set_state(frame, u64::from(last));
            branched(vm, frame, last, insn.word)?;
        }
        STATE_SEND => {
            set_state(frame, u64::from(last));
            sent(vm, frame, last, insn.word)?;
        }
        STATE_ENTERED => {
            let event = entry_event(frame, insn.word);
            fire(vm, frame, event, insn.word, &[])?;
        }
        _ => {}
    }
    if position(frame) != pc {
        return Ok(STATE_NONE);
    }
    // A callback may have set events, for this code or for all.
    let events = match entered {
        true => monitor(frame).events(vm),
        false => events,
    };
    if events & Event::Line.bit() != 0 && starts_line(frame, insn.word, last, entered) {
        let line = Value::int_unchecked(i64::from(monitor(frame).line(insn.word)));
        fire(vm, frame, Event::Line, insn.word, &[line])?;
        if position(frame) != pc {
            return Ok(STATE_NONE);
        }
    }
    if events & Event::Instruction.bit() != 0 {
        fire(vm, frame, Event::Instruction, insn.word, &[])?;
        if position(frame) != pc {
            return Ok(STATE_NONE);
        }
    }
    about_to(vm, frame, insn, events)
}

fn fire(vm: &mut Vm, frame: *mut Frame, event: Event, word: u32, args: &[Value]) -> Res<()> {
    vm.fire(Happening {
        event,
        frame,
        word,
        args,
    })
}

fn entry_event(frame: *mut Frame, word: u32) -> Event {
    // SAFETY: a live frame record.
    let generator = unsafe { (*frame).flags & flag::GENERATOR != 0 };
    match generator && word != monitor(frame).first {
        true => Event::PyResume,
        false => Event::PyStart,
    }
}

/// A line event happens where lines start, unless control comes from the same line.
fn starts_line(frame: *mut Frame, word: u32, last: u32, entered: bool) -> bool {
    let m = monitor(frame);
    m.lines.is_start(word) && (entered || m.line(last) != m.line(word))
}

/// Reports what the instruction itself does.
fn about_to(vm: &mut Vm, frame: *mut Frame, insn: &Insn, events: u32) -> Res<u64> {
    let wants = |e: Event| events & e.bit() != 0;
    // SAFETY: operands of verified code are in the window.
    let reg = |i: u16| unsafe { Value::from_bits((*frame).reg(i as isize)) };
    match insn.op {
        Op::Return if wants(Event::PyReturn) => {
            let v = reg(insn.first.a()).unwrap_or(Value::NONE);
            fire(vm, frame, Event::PyReturn, insn.word, &[v])?;
        }
        Op::Yield | Op::YieldFrom if wants(Event::PyYield) => {
            let mut v = reg(insn.first.b()).unwrap_or(Value::NONE);
            if insn.op == Op::Yield && insn.first.d() == 1 {
                v = vm.wrap_async_yield(v)?;
            }
            fire(vm, frame, Event::PyYield, insn.word, &[v])?;
        }
        Op::Call | Op::CallMethod | Op::CallKw | Op::CallEx if wants(Event::Call) => {
            return calling(vm, frame, insn);
        }
        Op::Jump | Op::JumpBack if wants(Event::Jump) => {
            let to = insn.jump_target().unwrap_or(0);
            // Backwards: the loop of `yield from`, which is no loop of the program.
            if insn.op == Op::Jump && (insn.first.d() == 1 || to <= i64::from(insn.word)) {
                return Ok(STATE_NONE);
            }
            fire(vm, frame, Event::Jump, insn.word, &[offset(to as u32)])?;
        }
        Op::Send
            if wants(Event::StopIteration) || wants(Event::Raise) || wants(Event::BranchLeft) =>
        {
            vm.watch.stop = None;
            return Ok(STATE_SEND);
        }
        Op::EndAsyncFor if wants(Event::BranchRight) => return Ok(STATE_BRANCH),
        op if (wants(Event::BranchLeft) || wants(Event::BranchRight) || wants(Event::Raise))
            && op.info().effects.contains(Effects::JUMP) =>
        {
            vm.watch.stop = None;
            return Ok(STATE_BRANCH);
        }
        _ => {}
    }
    Ok(STATE_NONE)
}

/// The callable and the first argument of a call; both as CALL reports them.
fn call_operands(vm: &mut Vm, frame: *mut Frame, insn: &Insn) -> (Value, Value) {
    // SAFETY: operands of verified code are in the window.
    let reg = |i: u16| unsafe { Value::from_bits((*frame).reg(i as isize)) };
    let missing = vm.interp().monitor.missing.unwrap_or(Value::NONE);
    let (b, n) = (insn.first.b(), insn.first.c());
    let paired = match insn.op {
        Op::CallMethod => true,
        Op::CallKw => insn.first.d() == 1,
        _ => false,
    };
    let (callable, first) = match (insn.op, reg(b)) {
        (Op::CallEx, f) => {
            let star = reg(b + 1).and_then(|v| v.downcast::<TupleObj>());
            (f, star.and_then(|t| t.items().first().copied()))
        }
        (_, Some(f)) if paired => (Some(f), reg(b + 1)),
        (_, None) if paired => (reg(b + 1), (n > 0).then(|| reg(b + 2)).flatten()),
        (_, f) => (f, (n > 0).then(|| reg(b + 1)).flatten()),
    };
    (callable.unwrap_or(Value::NONE), first.unwrap_or(missing))
}

fn calling(vm: &mut Vm, frame: *mut Frame, insn: &Insn) -> Res<u64> {
    let (callable, first) = call_operands(vm, frame, insn);
    fire(vm, frame, Event::Call, insn.word, &[callable, first])?;
    let python = callable.is_kind(Kind::Function)
        || callable
            .downcast::<BoundMethodObj>()
            .is_some_and(|m| m.func.or_none().is_kind(Kind::Function));
    if python {
        return Ok(STATE_NONE);
    }
    vm.watch.calls.push(NativeCall {
        frame,
        callable,
        first,
    });
    Ok(STATE_CALL)
}

/// A call of native code has come back, or raised.
fn call_ended(vm: &mut Vm, frame: *mut Frame, word: u32, event: Event) -> Res<()> {
    // What was left by exceptions through deeper frames is past.
    while vm.watch.calls.last().is_some_and(|c| c.frame > frame) {
        vm.watch.calls.pop();
    }
    let Some(c) = vm.watch.calls.pop_if(|c| c.frame == frame) else {
        return Ok(());
    };
    // The result is no live register at the call, where the frame seems to stand.
    // SAFETY: the destination of a call is in the window.
    let result = unsafe {
        let insn = Insn::at(&(*frame).code.data().instrs, word);
        insn.map(|i| (*frame).reg(i.first.a() as isize))
    };
    let r = fire_back(vm, frame, event, word, &[c.callable, c.first]);
    std::hint::black_box(&result);
    r
}

/// An exception leaves the instruction at `word`: the call it may have been in has ended.
pub(super) fn abandon(vm: &mut Vm, frame: *mut Frame, word: u32) -> Res<()> {
    // SAFETY: a live frame record.
    let flags = unsafe { (*frame).flags };
    if flags & flag::TRACED == 0 {
        return Ok(());
    }
    let pending = state(frame) & !0xffff_ffff;
    set_state(frame, u64::from(word));
    match pending {
        STATE_CALL => call_ended(vm, frame, word, Event::CRaise),
        _ => Ok(()),
    }
}

/// A frame that a generator's `throw` resumed is watched from here on.
pub(super) fn enter_thrown(frame: *mut Frame, word: u32) {
    // SAFETY: a live frame record.
    unsafe { (*frame).flags |= flag::TRACED };
    set_state(frame, u64::from(word));
}

/// The branch at `word` came to `to`.
fn branched(vm: &mut Vm, frame: *mut Frame, word: u32, to: u32) -> Res<()> {
    // SAFETY: a live frame record.
    let code = unsafe { (*frame).code };
    let code = code.data();
    let Ok(insn) = Insn::at(&code.instrs, word) else {
        return Ok(());
    };
    if insn.op == Op::EndAsyncFor {
        let ended = monitor(frame).async_loops.iter().find(|l| l.end == word);
        let Some(branch) = ended.map(|l| l.branch) else {
            return Ok(());
        };
        let right = offset(branch.right);
        return fire_back(vm, frame, Event::BranchRight, branch.from, &[right]);
    }
    let Some(branch) = Branch::of(code, &insn) else {
        return Ok(());
    };
    let right = branch.is_right(code, &insn, to);
    if let Some(stop) = vm.watch.stop.take()
        && right
    {
        fire_back(vm, frame, Event::Raise, word, &[stop])?;
    }
    let (event, to) = match right {
        true => (Event::BranchRight, branch.right),
        false => (Event::BranchLeft, branch.left),
    };
    fire_back(vm, frame, event, word, &[offset(to)])
}

/// Fires an event of an instruction that the frame is past: it still stands there.
fn fire_back(vm: &mut Vm, frame: *mut Frame, event: Event, word: u32, args: &[Value]) -> Res<()> {
    // SAFETY: a live frame record; the word is in its code.
    let (now, then) = unsafe {
        let now = (*frame).pc;
        let code = (*frame).code;
        (*frame).pc = code.instrs.add(word as usize);
        (now, (*frame).pc)
    };
    fire(vm, frame, event, word, args)?;
    // SAFETY: as above. Another place: an assignment to f_lineno.
    unsafe {
        if (*frame).pc == then {
            (*frame).pc = now;
        }
    }
    Ok(())
}

/// `Send` at `word` came to `to`: when the generator has returned, that is a StopIteration.
fn sent(vm: &mut Vm, frame: *mut Frame, word: u32, to: u32) -> Res<()> {
    // SAFETY: a live frame record.
    let code = unsafe { (*frame).code };
    let Ok(insn) = Insn::at(&code.data().instrs, word) else {
        return Ok(());
    };
    if to == insn.next() {
        return Ok(());
    }
    // SAFETY: operands of verified code are in the window.
    let reg = |i: u16| unsafe { Value::from_bits((*frame).reg(i as isize)) };
    let class = reg(insn.first.b()).map(|it| vm.class_of(it));
    let stop = vm.watch.stop.take();
    if class != Some(vm.types.generator) && class != Some(vm.types.coroutine) {
        if let Some(stop) = stop {
            fire_back(vm, frame, Event::Raise, word, &[stop])?;
        }
    } else {
        let value = reg(insn.first.a()).unwrap_or(Value::NONE);
        let stop = vm.new_exception(vm.types.exc.StopIteration, &[value])?;
        fire_back(vm, frame, Event::StopIteration, word, &[stop])?;
    }
    let mut loops = monitor(frame).async_loops.iter();
    match loops.any(|l| l.branch.from == word) {
        true => fire_back(vm, frame, Event::BranchLeft, word, &[offset(to)]),
        false => Ok(()),
    }
}
