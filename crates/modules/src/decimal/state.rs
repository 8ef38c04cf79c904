//! `Context`: its state, and the current one.

use super::number;
use super::signals::{SignalDict, new_mapping};
use crate::contextvars;
use crate::payloads::payload_type;
use crate::util::{keep, kept};
use ::decimal::{Ctx, Rounding, status};
use runtime::class::{TypeFlags, TypeObj, TypeSpec};
use runtime::object::*;
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

/// State of a `Context`.
pub struct Context {
    pub ctx: Cell<Ctx>,
    pub capitals: Cell<bool>,
    pub flags: Value,
    pub traps: Value,
    /// The class `Decimal`, at hand for results.
    pub decimal: Ref<TypeObj>,
}

impl Payload for Context {
    fn trace(&self, t: &mut gc::Tracer) {
        for v in [self.flags, self.traps, self.decimal.value()] {
            runtime::payload::mark(t, v);
        }
    }
}

impl Context {
    pub fn flags(&self) -> &'static Cell<u32> {
        bits(self.flags)
    }
    pub fn traps(&self) -> &'static Cell<u32> {
        bits(self.traps)
    }
}

fn bits(v: Value) -> &'static Cell<u32> {
    match v.payload::<SignalDict>() {
        Some(s) => &s.bits,
        None => unreachable!("made by `new`"),
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "Context",
    module: "decimal",
    doc: "Precision, exponent range, rounding mode, and what to do about signals:\n\n    >>> c = Context(prec=4, rounding=ROUND_DOWN, traps=[])\n    >>> c.divide(2, 3)\n    Decimal(\'0.6666\')\n",
    flags: TypeFlags::BASE,
    signature: Some("(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)"),
    tables: &[
        super::context::methods::TABLE,
        super::context_methods::unary::TABLE,
        super::context_methods::binary::TABLE,
        super::context_methods::predicates::TABLE,
        super::context_methods::others::TABLE,
    ],
};

/// What a new context has where nothing else is said.
pub const DEFAULT: Ctx = Ctx {
    prec: 28,
    emax: 999_999,
    emin: -999_999,
    rounding: Rounding::HalfEven,
    clamp: false,
};
pub const DEFAULT_TRAPS: u32 = status::INVALID | status::DIVISION_BY_ZERO | status::OVERFLOW;

/// A context of a class.
pub fn new_of(vm: &mut Vm, class: Ref<TypeObj>, ctx: Ctx, capitals: bool, traps: u32) -> Res {
    let flags = new_mapping(vm, 0)?;
    let traps = new_mapping(vm, traps)?;
    let decimal = vm.native_type(&number::SPEC)?;
    vm.new_payload(
        class,
        Context {
            ctx: Cell::new(ctx),
            capitals: Cell::new(capitals),
            flags,
            traps,
            decimal,
        },
    )
}

/// A plain context.
pub fn new(vm: &mut Vm, ctx: Ctx, capitals: bool, traps: u32) -> Res {
    let class = vm.native_type(&SPEC)?;
    new_of(vm, class, ctx, capitals, traps)
}

/// A copy with flags.
pub fn copy(vm: &mut Vm, c: &Context) -> Res {
    let v = new(vm, c.ctx.get(), c.capitals.get(), c.traps().get())?;
    context_of(v).flags().set(c.flags().get());
    Ok(v)
}

/// The state of what is known to be a context.
pub fn context_of(v: Value) -> &'static Context {
    match v.payload::<Context>() {
        Some(c) => c,
        None => unreachable!("the caller checked it"),
    }
}

static VARIABLE: u8 = 0;
/// `DefaultContext`, `BasicContext` and `ExtendedContext`.
pub static TEMPLATES: [u8; 3] = [1, 2, 3];

fn variable(vm: &mut Vm) -> Res {
    if let Some(v) = kept(vm, &VARIABLE) {
        return Ok(v);
    }
    let v = contextvars::new_var(vm, "decimal_context")?;
    keep(vm, &VARIABLE, v);
    Ok(v)
}

/// The current context.
#[inline]
pub fn current(vm: &mut Vm) -> Res<&'static Context> {
    match vm.decimal_context {
        Some(v) => Ok(context_of(v)),
        None => current_value(vm).map(context_of),
    }
}

/// The current context as a value.
pub fn current_value(vm: &mut Vm) -> Res {
    if let Some(v) = vm.decimal_context {
        return Ok(v);
    }
    let var = variable(vm)?;
    let v = match contextvars::var_value(vm, var)? {
        Some(v) => v,
        None => {
            let v = match kept(vm, &TEMPLATES[0]) {
                Some(t) => {
                    let t = context_of(t);
                    new(vm, t.ctx.get(), t.capitals.get(), t.traps().get())?
                }
                None => new(vm, DEFAULT, true, DEFAULT_TRAPS)?,
            };
            contextvars::set_var(vm, var, v)?;
            v
        }
    };
    if v.payload::<Context>().is_none() {
        return Err(vm.type_error("argument must be a context"));
    }
    vm.decimal_context = Some(v);
    Ok(v)
}

/// Makes a context the current one.
pub fn set_current(vm: &mut Vm, v: Value) -> Res<()> {
    let var = variable(vm)?;
    contextvars::set_var(vm, var, v)?;
    vm.decimal_context = Some(v);
    Ok(())
}

/// The optional `context` argument of a method.
#[inline]
pub fn argument(vm: &mut Vm, v: Option<Value>) -> Res<&'static Context> {
    let Some(v) = v.filter(|v| !v.is_none()) else {
        return current(vm);
    };
    match v.payload::<Context>() {
        Some(c) => Ok(c),
        None => Err(vm.type_error("optional argument must be a context")),
    }
}
