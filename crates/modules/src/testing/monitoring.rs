//! `_testcapi`: events that native code fires.

use crate::payloads::payload_type;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::monitor::{Event, Place};
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::cell::RefCell;

pub static SPEC: TypeSpec = payload_type! {
    name: "CodeLike",
    module: "_testcapi",
    doc: "",
    flags: TypeFlags::empty(),
    tables: &[methods::TABLE],
};

/// Something with places at which events happen.
struct CodeLike {
    places: RefCell<Vec<Place>>,
}

impl runtime::payload::Payload for CodeLike {
    fn trace(&self, _: &mut gc::Tracer) {}
}

fn code_like<'a>(vm: &mut Vm, v: Value) -> Res<&'a CodeLike> {
    match v.payload::<CodeLike>() {
        Some(c) => Ok(c),
        None => Err(vm.type_error("expected a code-like")),
    }
}

fn fire(vm: &mut Vm, code: Value, offset: i64, event: Event, args: &[Value]) -> Res<()> {
    let c = code_like(vm, code)?;
    let at = usize::try_from(offset).unwrap_or(usize::MAX);
    let Some(place) = c.places.borrow().get(at).copied() else {
        return Err(vm.value_error("no such place"));
    };
    let mut all = vm.new_vec();
    all.push(vm, Value::int_unchecked(offset))?;
    all.extend(vm, args)?;
    let place = vm.fire_foreign(place, event, code, &all)?;
    if let Some(p) = c.places.borrow_mut().get_mut(at) {
        *p = place;
    }
    Ok(())
}

/// An event about an exception, which must be there.
fn fire_raised(vm: &mut Vm, code: Value, offset: i64, event: Event, exc: Value) -> Res<()> {
    if !exc.is_kind(Kind::Exception) {
        let text = format!("Firing event {} with no exception set", event as u8);
        return Err(vm.value_error(&text));
    }
    fire(vm, code, offset, event, &[exc])
}

#[derive::natives]
mod methods {
    use super::*;

    #[staticmethod("__new__($type, num_events, /)", nosig)]
    fn new(vm: &mut Vm, class: Value, num_events: i64) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        let n = num_events.clamp(0, 1 << 16) as usize;
        let places = RefCell::new(vec![Place::default(); n]);
        vm.new_payload(class, CodeLike { places })
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// The places of a code-like, in order, are used for these events (by number).
    #[native(
        "monitoring_enter_scope($module, codelike, event, event2=None, /)",
        nosig
    )]
    fn enter_scope(
        vm: &mut Vm,
        _m: Value,
        codelike: Value,
        event: i64,
        event2: Option<i64>,
    ) -> Res<()> {
        let c = code_like(vm, codelike)?;
        for (at, n) in std::iter::once(event).chain(event2).enumerate() {
            let event = usize::try_from(n).ok().and_then(|n| Event::ALL.get(n));
            let Some(event) = event else {
                return Err(vm.value_error("no such event"));
            };
            if let Some(p) = c.places.borrow_mut().get_mut(at) {
                p.enter(vm, *event);
            }
        }
        Ok(())
    }
    #[native("monitoring_exit_scope($module, /)", nosig)]
    fn exit_scope(_: &mut Vm, _m: Value) -> Res<()> {
        Ok(())
    }
    #[native("fire_event_py_start($module, codelike, offset, /)", nosig)]
    fn py_start(vm: &mut Vm, _m: Value, c: Value, offset: i64) -> Res<()> {
        fire(vm, c, offset, Event::PyStart, &[])
    }
    #[native("fire_event_py_resume($module, codelike, offset, /)", nosig)]
    fn py_resume(vm: &mut Vm, _m: Value, c: Value, offset: i64) -> Res<()> {
        fire(vm, c, offset, Event::PyResume, &[])
    }
    #[native("fire_event_py_return($module, codelike, offset, retval, /)", nosig)]
    fn py_return(vm: &mut Vm, _m: Value, c: Value, offset: i64, v: Value) -> Res<()> {
        fire(vm, c, offset, Event::PyReturn, &[v])
    }
    #[native("fire_event_py_yield($module, codelike, offset, retval, /)", nosig)]
    fn py_yield(vm: &mut Vm, _m: Value, c: Value, offset: i64, v: Value) -> Res<()> {
        fire(vm, c, offset, Event::PyYield, &[v])
    }
    #[native("fire_event_call($module, codelike, offset, callable, arg0, /)", nosig)]
    fn call(vm: &mut Vm, _m: Value, c: Value, offset: i64, f: Value, arg0: Value) -> Res<()> {
        fire(vm, c, offset, Event::Call, &[f, arg0])
    }
    #[native("fire_event_line($module, codelike, offset, lineno, /)", nosig)]
    fn line(vm: &mut Vm, _m: Value, c: Value, offset: i64, line: Value) -> Res<()> {
        fire(vm, c, offset, Event::Line, &[line])
    }
    #[native("fire_event_jump($module, codelike, offset, target, /)", nosig)]
    fn jump(vm: &mut Vm, _m: Value, c: Value, offset: i64, to: Value) -> Res<()> {
        fire(vm, c, offset, Event::Jump, &[to])
    }
    #[native("fire_event_branch_left($module, codelike, offset, target, /)", nosig)]
    fn branch_left(vm: &mut Vm, _m: Value, c: Value, offset: i64, to: Value) -> Res<()> {
        fire(vm, c, offset, Event::BranchLeft, &[to])
    }
    #[native("fire_event_branch_right($module, codelike, offset, target, /)", nosig)]
    fn branch_right(vm: &mut Vm, _m: Value, c: Value, offset: i64, to: Value) -> Res<()> {
        fire(vm, c, offset, Event::BranchRight, &[to])
    }
    #[native("fire_event_py_throw($module, codelike, offset, exception, /)", nosig)]
    fn py_throw(vm: &mut Vm, _m: Value, c: Value, offset: i64, e: Value) -> Res<()> {
        fire_raised(vm, c, offset, Event::PyThrow, e)
    }
    #[native("fire_event_raise($module, codelike, offset, exception, /)", nosig)]
    fn raise(vm: &mut Vm, _m: Value, c: Value, offset: i64, e: Value) -> Res<()> {
        fire_raised(vm, c, offset, Event::Raise, e)
    }
    #[native("fire_event_c_raise($module, codelike, offset, exception, /)", nosig)]
    fn c_raise(vm: &mut Vm, _m: Value, c: Value, offset: i64, e: Value) -> Res<()> {
        fire_raised(vm, c, offset, Event::CRaise, e)
    }
    #[native("fire_event_reraise($module, codelike, offset, exception, /)", nosig)]
    fn reraise(vm: &mut Vm, _m: Value, c: Value, offset: i64, e: Value) -> Res<()> {
        fire_raised(vm, c, offset, Event::Reraise, e)
    }
    #[native(
        "fire_event_exception_handled($module, codelike, offset, exception, /)",
        nosig
    )]
    fn exception_handled(vm: &mut Vm, _m: Value, c: Value, offset: i64, e: Value) -> Res<()> {
        fire_raised(vm, c, offset, Event::ExceptionHandled, e)
    }
    #[native("fire_event_py_unwind($module, codelike, offset, exception, /)", nosig)]
    fn py_unwind(vm: &mut Vm, _m: Value, c: Value, offset: i64, e: Value) -> Res<()> {
        fire_raised(vm, c, offset, Event::PyUnwind, e)
    }
    /// The value of a StopIteration, or one itself.
    #[native(
        "fire_event_stop_iteration($module, codelike, offset, value, /)",
        nosig
    )]
    fn stop_iteration(vm: &mut Vm, _m: Value, c: Value, offset: i64, value: Value) -> Res<()> {
        let class = vm.types.exc.StopIteration;
        let stop = match vm.is_instance_of(value, class) {
            true => value,
            false => vm.new_exception(class, &[value])?,
        };
        fire(vm, c, offset, Event::StopIteration, &[stop])
    }
    /// The line at an offset of a code object (PyCode_Addr2Line).
    #[native("code_offset_to_line($module, code, offset, /)", nosig)]
    fn code_offset_to_line(vm: &mut Vm, _m: Value, code: Value, offset: i64) -> Res<i64> {
        let Some(c) = code.downcast::<runtime::code::CodeObj>() else {
            return Err(vm.type_error("argument must be code"));
        };
        let line = runtime::frame_object::line_at(c, runtime::types::code::word_at(offset));
        Ok(line.map_or(-1, i64::from))
    }
}
