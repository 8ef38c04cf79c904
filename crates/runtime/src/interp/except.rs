//! Raising, unwinding and handlers.

use super::{Flow, handler};
use crate::class::TypeObj;
use crate::frame::{Cont, flag};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

handler!(#[cold] #[inline(never)] unwind, s => {
    let flow = unwind_vm(&mut *s.vm, true);
    s.go(flow)
});

/// Looks for a handler of the exception in flight from the top frame outwards. `first_entry`: the
/// top frame gets a traceback entry.
#[inline(never)]
pub(super) fn unwind_vm(vm: &mut Vm, first_entry: bool) -> Flow {
    let mut add = first_entry;
    loop {
        let frame = vm.frame;
        let exc = vm.take_raised();
        // SAFETY: frames below the top one are stopped at their calls.
        unsafe {
            let code = (*frame).code;
            let at = code.word_of((*frame).pc);
            if add {
                vm.add_traceback(exc, frame);
            }
            add = true;
            if let Some(e) = code.handler_at(at) {
                *(*frame).regs.add(e.exc as usize) = exc.bits();
                (*frame).pc = code.instrs.add(e.handler as usize);
                return Flow::HERE;
            }
            vm.raised = Some(exc);
            if (*frame).flags & flag::GENERATOR != 0 {
                super::generator::fail(vm, frame);
            }
            if (*frame).flags & flag::OBSERVED != 0 {
                vm.detach_frame_object(frame);
            }
            vm.frame = frame.sub(1);
            if (*frame).cont == Cont::Exit {
                vm.exit_bits = 0;
                return Flow::EXIT;
            }
        }
    }
}

handler!(push_exc, s => {
    let vm = s.enter();
    let saved = vm.handled;
    let frame = vm.frame;
    // In a generator the exception of whoever resumed it is not the generator's own.
    let own = if (*frame).flags & flag::GENERATOR != 0 && saved.map_or(0, Value::bits) == (*frame).outer_handled { None } else { saved };
    s.set_bits(s.w.a(), own.map_or(0, Value::bits));
    vm.handled = s.opt(s.w.b());
    s.next(1)
});
handler!(pop_exc, s => {
    let vm = s.enter();
    let saved = s.opt(s.w.a());
    let frame = vm.frame;
    vm.handled = match saved {
        None if (*frame).flags & flag::GENERATOR != 0 => Value::from_bits((*frame).outer_handled),
        other => other,
    };
    s.next(1)
});
handler!(exc_match, s => {
    let vm = s.enter();
    let (exc, class) = (s.get(s.w.b()), s.get(s.w.c()));
    if let Some(c) = class.downcast::<TypeObj>()
        && c.is_subtype(vm.types.exc.BaseException)
    {
        let yes = vm.class_of(exc).is_subtype(c);
        s.set(s.w.a(), Value::bool(yes));
        return s.next(1);
    }
    let r = matches(vm, exc, class).map(Value::bool);
    s.finish(r, 1)
});

const BAD_CATCH: &str = "catching classes that do not inherit from BaseException is not allowed";

#[inline(never)]
fn matches(vm: &mut Vm, exc: Value, class: Value) -> Res<bool> {
    let is_exc_class = |vm: &Vm, c: Value| {
        c.downcast::<TypeObj>()
            .is_some_and(|t| t.is_subtype(vm.types.exc.BaseException))
    };
    if let Some(t) = class.downcast::<TupleObj>() {
        if t.items().iter().any(|c| !is_exc_class(vm, *c)) {
            return Err(vm.type_error(BAD_CATCH));
        }
        return Ok(t.items().iter().any(|c| {
            c.downcast::<TypeObj>()
                .is_some_and(|c| vm.class_of(exc).is_subtype(c))
        }));
    }
    if !is_exc_class(vm, class) {
        return Err(vm.type_error(BAD_CATCH));
    }
    Ok(class
        .downcast::<TypeObj>()
        .is_some_and(|c| vm.class_of(exc).is_subtype(c)))
}

handler!(exc_group_match, s => {
    let vm = s.enter();
    match group_match(vm, s.get(s.w.b()), s.get(s.w.c())) {
        Ok((m, rest)) => {
            s.set(s.w.a(), m);
            s.set(s.w.a() + 1, rest);
            s.next(1)
        }
        Err(_) => s.goto(unwind),
    }
});

#[inline(never)]
fn group_match(vm: &mut Vm, exc: Value, class: Value) -> Res<(Value, Value)> {
    let group = vm.types.exc.BaseExceptionGroup;
    let classes: &[Value] = match class.downcast::<TupleObj>() {
        // SAFETY: the tuple is alive in a register.
        Some(t) => unsafe { std::slice::from_raw_parts(t.items().as_ptr(), t.len) },
        None => &[class],
    };
    for c in classes {
        let Some(t) = c
            .downcast::<TypeObj>()
            .filter(|t| t.is_subtype(vm.types.exc.BaseException))
        else {
            return Err(vm.type_error(BAD_CATCH));
        };
        if t.is_subtype(group) {
            return Err(vm.type_error(
                "catching ExceptionGroup with except* is not allowed. Use except instead.",
            ));
        }
    }
    if exc.is_none() {
        return Ok((Value::NONE, Value::NONE));
    }
    if matches(vm, exc, class)? {
        if vm.is_instance_of(exc, group) {
            return Ok((exc, Value::NONE));
        }
        let list = vm.new_tuple(&[exc])?;
        let wrapped = vm
            .call_value(vm.types.exc.ExceptionGroup.value(), &[vm.names.empty, list])
            .or_else(|_| {
                vm.raised = None;
                vm.call_value(group.value(), &[vm.names.empty, list])
            })?;
        if let (Some(w), Some(x)) = (
            wrapped.downcast::<ExceptionObj>(),
            exc.downcast::<ExceptionObj>(),
        ) {
            w.traceback.write(w, x.traceback.get());
        }
        return Ok((wrapped, Value::NONE));
    }
    if vm.is_instance_of(exc, group) {
        let pair = vm.call_method_str(exc, "split", &[class])?;
        let Some(t) = pair.downcast::<TupleObj>() else {
            let (c, got) = (vm.class_name(exc), vm.class_name(pair));
            return Err(vm.type_error(&format!("{c}.split must return a tuple, not {got}")));
        };
        if t.len < 2 {
            let c = vm.class_name(exc);
            return Err(vm.type_error(&format!(
                "{c}.split must return a 2-tuple, got tuple of size {}",
                t.len
            )));
        }
        return Ok((t.items()[0], t.items()[1]));
    }
    Ok((Value::NONE, exc))
}

handler!(exc_group_end, s => {
    let r = s.enter().exception_group_end(s.get(s.w.b()), s.get(s.w.c()));
    s.finish(r, 1)
});

handler!(raise, s => {
    let cause = if s.w.d() == 2 { s.opt(s.w.b()) } else { None };
    let exc = if s.w.d() == 0 { None } else { s.opt(s.w.a()) };
    let flow = raise_from(s.enter(), exc, cause);
    s.go(flow)
});

/// Raises `exc`, or again the handled exception, and unwinds.
#[inline(never)]
fn raise_from(vm: &mut Vm, exc: Option<Value>, cause: Option<Value>) -> Flow {
    match (exc, vm.handled) {
        (Some(e), _) => {
            do_raise(vm, e, cause);
        }
        (None, Some(e)) => {
            // A bare raise adds no traceback entry of its own.
            vm.raised = Some(e);
            return unwind_vm(vm, false);
        }
        (None, None) => {
            vm.runtime_error("No active exception to reraise");
        }
    }
    unwind_vm(vm, true)
}

#[inline(never)]
fn do_raise(vm: &mut Vm, exc: Value, cause: Option<Value>) -> Raised {
    let e = match instantiate(vm, exc) {
        Ok(Some(e)) => e,
        Ok(None) => return vm.type_error("exceptions must derive from BaseException"),
        Err(r) => return r,
    };
    if let (Some(c), Some(x)) = (cause, e.downcast::<ExceptionObj>()) {
        let c = if c.is_none() {
            None
        } else {
            match instantiate(vm, c) {
                Ok(Some(c)) => Some(c),
                Ok(None) => {
                    return vm.type_error("exception causes must derive from BaseException");
                }
                Err(r) => return r,
            }
        };
        x.cause.write(x, c);
        x.suppress_context.set(true);
    }
    vm.raise_here(e)
}

/// The exception that raising `v` means: an instance, or a class that is called. None: neither.
fn instantiate(vm: &mut Vm, v: Value) -> Res<Option<Value>> {
    if let Some(c) = v.downcast::<TypeObj>()
        && c.is_subtype(vm.types.exc.BaseException)
    {
        let e = vm.call_value(v, &[])?;
        if !e.is_kind(Kind::Exception) {
            let (cls, got) = (vm.display_repr(v)?, vm.class_of(e).value());
            let got = vm.display_repr(got)?;
            return Err(vm.type_error(&format!(
                "calling {cls} should have returned an instance of BaseException, not {got}"
            )));
        }
        return Ok(Some(e));
    }
    Ok(if v.is_kind(Kind::Exception) {
        Some(v)
    } else {
        None
    })
}

handler!(reraise, s => {
    let vm = s.enter();
    vm.raised = Some(s.get(s.w.a()));
    let flow = unwind_vm(vm, false);
    s.go(flow)
});
handler!(load_assertion_error, s => {
    s.set(s.w.a(), (*s.vm).types.exc.AssertionError.value());
    s.next(1)
});
handler!(with_except, s => {
    let r = call_exit(s.enter(), s.opt(s.w.b()), s.get(s.w.b() + 1), s.get(s.w.c()));
    s.finish(r, 1)
});

/// Calls `__exit__` with an exception.
#[inline(never)]
fn call_exit(vm: &mut Vm, f: Option<Value>, second: Value, exc: Value) -> Res {
    let class = vm.class_of(exc).value();
    let tb = exc
        .downcast::<ExceptionObj>()
        .map_or(Value::NONE, |x| x.traceback.or_none());
    let args = [class, exc, tb];
    match f {
        Some(f) => vm.call_with_self(f, second, &args, &[]),
        None => vm.call_value(second, &args),
    }
}
