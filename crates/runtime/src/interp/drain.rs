//! Generators whose items go to native code (`set(x for ...)`, `sum`, `any`): as long as the
//! consumer can take an item without running Python code, the generator goes on behind its `yield`
//! without being suspended, and the interpreter loop is entered once instead of once an item.

use super::generator::yield_slow;
use super::handler;
use crate::frame::Frame;
use crate::object::Kind;
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::ptr;

/// Calls the closure behind the pointer.
type Take = unsafe fn(*mut (), &mut Vm, Value) -> bool;

/// The consumer that the innermost interpreter loop's generator runs for.
#[derive(Clone, Copy)]
pub struct Drain {
    /// The frame record and the generator whose items are taken.
    frame: *mut Frame,
    generator: u64,
    take: Take,
    consumer: *mut (),
}

impl Drain {
    pub const NONE: Drain = Drain {
        frame: ptr::null_mut(),
        generator: 0,
        take: refuse,
        consumer: ptr::null_mut(),
    };
}

unsafe fn refuse(_: *mut (), _: &mut Vm, _: Value) -> bool {
    false
}

/// # Safety
/// The pointer is that of a living `F` which nothing else uses now.
unsafe fn call<F: FnMut(&mut Vm, Value) -> bool>(f: *mut (), vm: &mut Vm, v: Value) -> bool {
    // SAFETY: promised by the caller.
    unsafe { (*f.cast::<F>())(vm, v) }
}

/// The running frame is one whose items somebody takes.
#[inline(always)]
pub(crate) unsafe fn is_drained(vm: *const Vm) -> bool {
    // SAFETY: handlers have a living thread state.
    unsafe { (*vm).drain.frame == (*vm).frame }
}

handler!(#[inline(never)] yield_drained, s => {
    if s.is_unwatched() && offer(s.enter(), s.get(s.w.b())) {
        s.set(s.w.a(), Value::NONE);
        return s.next(1);
    }
    s.goto(yield_slow)
});

/// Gives an item of the running generator to its consumer.
#[inline(never)]
fn offer(vm: &mut Vm, v: Value) -> bool {
    let Drain {
        frame,
        generator,
        take,
        consumer,
    } = vm.drain;
    // SAFETY: the consumer lives in the native frame that runs this loop, and takes items without
    // running Python code, so it is not used twice at a time.
    unsafe { (*frame).extra == generator && take(consumer, vm, v) }
}

/// The same for compiled code, which runs a loop of a generator whose items somebody takes.
///
/// # Safety
/// `v` is a value; the loop was entered while `is_drained` held.
pub unsafe extern "C" fn offer_compiled(vm: *mut Vm, v: u64) -> u64 {
    // SAFETY: promised by the caller; whoever replaces the drain meanwhile puts it back.
    unsafe {
        let vm = &mut *vm;
        let frame = vm.drain.frame;
        if frame.is_null() {
            return 0;
        }
        let taken = offer(vm, Value::from_bits_unchecked(v));
        if !taken {
            // Leaving and coming back takes longer than staying in the interpreter.
            (*frame).code.set_heat(crate::jit::entry::UNDRAINED_HEAT);
        }
        taken as u64
    }
}

impl Vm {
    /// For consumers that refuse an item because an allocation failed: drops the exception.
    pub fn forget_failure(&mut self) -> bool {
        self.raised = None;
        false
    }

    /// The next item that `take` refuses; None when exhausted.
    ///
    /// `take` runs no Python code: it refuses items for which it would have to (and is asked
    /// about them twice).
    pub fn next_refused<F: FnMut(&mut Vm, Value) -> bool>(
        &mut self,
        it: Value,
        mut take: F,
    ) -> Res<Option<Value>> {
        let exact_generator = it.shape_id() == Kind::Generator as u32;
        loop {
            let item = if exact_generator {
                let drain = Drain {
                    // SAFETY: room for one more record is checked before it is written.
                    frame: unsafe { self.frame.add(1) },
                    generator: it.bits(),
                    take: call::<F>,
                    consumer: (&raw mut take).cast(),
                };
                let outer = std::mem::replace(&mut self.drain, drain);
                let item = self.next(it);
                self.drain = outer;
                item?
            } else {
                self.next(it)?
            };
            match item {
                Some(v) if take(self, v) => {}
                item => return Ok(item),
            }
        }
    }
}
