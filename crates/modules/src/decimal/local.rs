//! The current context, and statements that change it for a while.

use super::context::set_field;
use super::state::{self, Context, TEMPLATES, context_of, current_value, set_current};
use crate::payloads::{payload, payload_type};
use crate::util::{keep, kept};
use ::decimal::{Ctx, Rounding, status};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::{Res, Value, Vm};

payload! {
    /// The context of the statement's body, and the one around it.
    struct Manager { local: Value, global: Value }
}

static MANAGER: TypeSpec = payload_type! {
    name: "ContextManager",
    module: "decimal",
    flags: TypeFlags::NO_INSTANCES,
    tables: &[manager::TABLE],
};

/// Largest argument of `IEEEContext`.
pub const MOST_BITS: i64 = 512;

/// Adds `DefaultContext`, `BasicContext` and `ExtendedContext`.
pub fn add_contexts(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    let nine = Ctx {
        prec: 9,
        ..state::DEFAULT
    };
    let half_up = nine.with_rounding(Rounding::HalfUp);
    let more = state::DEFAULT_TRAPS | status::UNDERFLOW | status::CLAMPED;
    let templates = [
        ("DefaultContext", state::DEFAULT, state::DEFAULT_TRAPS),
        ("BasicContext", half_up, more),
        ("ExtendedContext", nine, 0),
    ];
    for ((name, ctx, traps), key) in templates.into_iter().zip(&TEMPLATES) {
        let v = match kept(vm, key) {
            Some(v) => v,
            None => state::new(vm, ctx, true, traps)?,
        };
        keep(vm, key, v);
        vm.module_set(m, name, v)?;
    }
    Ok(())
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// The current context.
    #[native("getcontext($module, /)")]
    fn getcontext(vm: &mut Vm, _m: Value) -> Res {
        current_value(vm)
    }
    /// Make a context the current one.
    #[native("setcontext($module, context, /)")]
    fn setcontext(vm: &mut Vm, _m: Value, context: Value) -> Res<()> {
        if context.payload::<Context>().is_none() {
            return Err(vm.type_error("argument must be a context"));
        }
        let mut v = context;
        // Changes must not reach a template.
        if TEMPLATES.iter().any(|key| kept(vm, key) == Some(v)) {
            v = state::copy(vm, context_of(v))?;
            context_of(v).flags().set(0);
        }
        set_current(vm, v)
    }
    /// A context manager with a copy of a context (the current one if none is given), in which
    /// the keywords name what is different.
    #[native("localcontext($module, /, ctx=None, **kwargs)")]
    fn localcontext(vm: &mut Vm, _m: Value, ctx: Option<Value>, kwargs: Option<Value>) -> Res {
        let global = current_value(vm)?;
        let from = match ctx.filter(|c| !c.is_none()) {
            Some(c) if c.payload::<Context>().is_none() => {
                return Err(vm.type_error("optional argument must be a context"));
            }
            Some(c) => c,
            None => global,
        };
        let local = state::copy(vm, context_of(from))?;
        if let Some(d) = kwargs.and_then(|d| d.downcast::<DictObj>()) {
            let mut at = 0;
            while let Some((i, e)) = runtime::dict::next_entry(d, at) {
                at = i + 1;
                if let (Some(k), Some(v)) = (e.key, e.value) {
                    let name = vm.display(k);
                    keyword(vm, local, &name, v)?;
                }
            }
        }
        let class = vm.native_type(&MANAGER)?;
        vm.new_payload(class, Manager { local, global })
    }
    /// The context of an IEEE interchange format of so many bits.
    #[native("IEEEContext($module, bits, /)")]
    fn ieee_context(vm: &mut Vm, _m: Value, bits: Value) -> Res {
        let bits = super::super::context::int_field(vm, bits)?;
        if bits <= 0 || bits > MOST_BITS || bits % 32 != 0 {
            let text = format!("argument must be a multiple of 32, with a maximum of {MOST_BITS}");
            return Err(vm.value_error(&text));
        }
        let emax = 3 * (1 << (bits / 16 + 3));
        let ctx = Ctx {
            prec: 9 * (bits / 32) - 2,
            emax,
            emin: 1 - emax,
            rounding: Rounding::HalfEven,
            clamp: true,
        };
        state::new(vm, ctx, true, 0)
    }
}

/// `localcontext(name=value)`; None is not given.
fn keyword(vm: &mut Vm, local: Value, name: &str, v: Value) -> Res<()> {
    if !super::context::FIELDS.contains(&name) {
        let text = format!("this function got an unexpected keyword argument '{name}'");
        return Err(vm.type_error(&text));
    }
    if v.is_none() {
        return Ok(());
    }
    set_field(vm, local, name, v, true)
}

#[derive::natives]
mod manager {
    use super::*;

    /// Make the copy the current context.
    #[native("__enter__($self, /)")]
    fn enter(vm: &mut Vm, this: Value) -> Res {
        match this.payload::<Manager>() {
            Some(m) => {
                set_current(vm, m.local)?;
                Ok(m.local)
            }
            None => Ok(Value::NONE),
        }
    }
    /// Go back to the context before.
    #[native("__exit__($self, /, *args)", nosig)]
    fn exit(vm: &mut Vm, this: Value, _args: Value) -> Res<bool> {
        if let Some(m) = this.payload::<Manager>() {
            set_current(vm, m.global)?;
        }
        Ok(false)
    }
}
