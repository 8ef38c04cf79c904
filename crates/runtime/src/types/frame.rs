//! `frame`.

use crate::class::{TypeFlags, TypeSpec};
use crate::frame_object::{At, FrameObj};
use crate::interp::generator::{GeneratorObj, State};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "frame",
    kind: Kind::Frame,
    flags: TypeFlags::NO_INSTANCES,
    tables: &[methods::TABLE],
    ..TypeSpec::DEFAULT
};

fn frame(this: Value) -> Ref<FrameObj> {
    // SAFETY: the descriptor checked the type.
    unsafe { this.cast::<FrameObj>() }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let f = frame(this);
        let file = vm.display_repr(f.code.filename.or_none())?;
        let name = vm.display(f.code.name.or_none());
        let line = f.line().map_or("None".into(), |l| l.to_string());
        Ok(format!(
            "<frame at {:#x}, file {file}, line {line}, code {name}>",
            this.bits()
        ))
    }
    #[getter("f_back")]
    fn back(vm: &mut Vm, this: Value) -> Res {
        vm.frame_back(frame(this))
    }
    #[getter("f_code")]
    fn code(_: &mut Vm, this: Value) -> Res {
        Ok(frame(this).code.value())
    }
    #[getter("f_lasti")]
    fn lasti(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(match frame(this).place() {
            At::Word(w) => super::super::code::offset_of(w),
            _ => 0,
        })
    }
    #[getter("f_lineno")]
    fn lineno(_: &mut Vm, this: Value) -> Res<Option<i64>> {
        Ok(frame(this).line().map(i64::from))
    }
    #[setter("f_lineno")]
    fn set_lineno(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        match value {
            Some(v) => vm.set_frame_line(frame(this), v),
            None => Err(cannot_delete(vm, "f_lineno")),
        }
    }
    /// Return the mapping used by the frame to look up local variables.
    #[getter("f_locals")]
    fn locals(vm: &mut Vm, this: Value) -> Res {
        let f = frame(this);
        match f.namespace() {
            Some(ns) if !super::super::frame_locals::in_comprehension(f) => Ok(ns),
            _ => super::super::frame_locals::new(vm, f),
        }
    }
    /// Return the global variables in the frame.
    #[getter("f_globals")]
    fn globals(vm: &mut Vm, this: Value) -> Res {
        match frame(this).function() {
            Some(f) => Ok(f.globals.value()),
            None => Ok(vm.new_dict()?.value()),
        }
    }
    /// Return the built-in variables in the frame.
    #[getter("f_builtins")]
    fn builtins(_: &mut Vm, this: Value) -> Res {
        Ok(frame(this)
            .function()
            .map_or(Value::NONE, |f| f.builtins.or_none()))
    }
    /// Return the generator or coroutine associated with this frame, or None.
    #[getter("f_generator")]
    fn generator(_: &mut Vm, this: Value) -> Res {
        Ok(frame(this).generator.or_none())
    }
    /// Return the trace function for this frame, or None if no trace function is set.
    #[getter("f_trace")]
    fn trace(_: &mut Vm, this: Value) -> Res {
        Ok(frame(this).trace.or_none())
    }
    #[setter("f_trace")]
    fn set_trace(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let f = frame(this);
        f.trace.write(f, value.filter(|v| !v.is_none()));
        Ok(())
    }
    #[member("f_trace_lines")]
    fn trace_lines(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(frame(this).trace_lines.get())
    }
    #[setter("f_trace_lines")]
    fn set_trace_lines(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let on = flag_value(vm, value)?;
        frame(this).trace_lines.set(on);
        Ok(())
    }
    #[getter("f_trace_opcodes")]
    fn trace_opcodes(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(frame(this).trace_opcodes.get())
    }
    #[setter("f_trace_opcodes")]
    fn set_trace_opcodes(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        if value.is_none() {
            return Err(cannot_delete(vm, "f_trace_opcodes"));
        }
        let on = flag_value(vm, value)?;
        frame(this).trace_opcodes.set(on);
        Ok(())
    }
    /// AttributeError for `del frame.name`.
    fn cannot_delete(vm: &mut Vm, name: &str) -> Raised {
        vm.attribute_error_text(&format!(
            "attribute '{name}' of 'frame' objects cannot be deleted"
        ))
    }
    fn flag_value(vm: &mut Vm, value: Option<Value>) -> Res<bool> {
        match value {
            Some(Value::TRUE) => Ok(true),
            Some(Value::FALSE) => Ok(false),
            Some(_) => Err(vm.type_error("attribute value type must be bool")),
            None => Err(vm.type_error("can't delete numeric/char attribute")),
        }
    }
    /// Clear all references held by the frame.
    #[native("clear($self, /)")]
    fn clear(vm: &mut Vm, this: Value) -> Res<()> {
        let f = frame(this);
        if !f.live.get().is_null() {
            return Err(vm.runtime_error("cannot clear an executing frame"));
        }
        if !f.ended.get()
            && let Some(g) = f.generator.get().and_then(|g| g.downcast::<GeneratorObj>())
        {
            if g.state.get() == State::Suspended {
                return Err(vm.runtime_error("cannot clear a suspended frame"));
            }
            vm.call_method_str(g.value(), "close", &[])?;
        }
        for i in 0..f.named() {
            if f.namespace().is_none() || i > 0 {
                f.set_register(vm, i, None);
            }
        }
        f.extra_locals.write(f, None);
        f.cleared.set(true);
        Ok(())
    }
}
