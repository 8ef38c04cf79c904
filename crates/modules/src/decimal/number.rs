//! `Decimal`: its state, construction, and operands.

use super::convert;
use super::state::{self, Context};
use crate::payloads::payload_type;
use ::decimal::{Coef, Dec};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::payload::Payload;
use runtime::{Res, Value, Vm};

/// State of a `Decimal`.
pub struct Number(pub Dec);

impl Payload for Number {
    fn trace(&self, _: &mut gc::Tracer) {}
    fn external_bytes(&self) -> usize {
        self.0.coef.heap_bytes()
    }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "Decimal",
    module: "decimal",
    doc: "A decimal number, made exactly from an int, a string, a float, a tuple (sign, digits, exponent)\nor another decimal number. Of the context only the traps matter here.",
    flags: TypeFlags::BASE,
    signature: Some("(value=\"0\", context=None)"),
    tables: &[
        construct::TABLE,
        super::compare::order::TABLE,
        super::operators::binary::TABLE,
        super::operators::unary::TABLE,
        super::named::unary::TABLE,
        super::named::binary::TABLE,
        super::named::predicates::TABLE,
        super::methods::TABLE,
        super::convert::methods::TABLE,
        super::format::methods::TABLE,
    ],
};

/// A result.
#[inline]
pub fn new(vm: &mut Vm, c: &Context, d: Dec) -> Res {
    vm.new_payload(c.decimal, Number(d))
}

/// The number of what is known to be a `Decimal`.
#[inline]
pub fn dec_of(v: Value) -> &'static Dec {
    match v.payload::<Number>() {
        Some(n) => &n.0,
        None => unreachable!("the descriptor checked the type"),
    }
}

/// An operand: a `Decimal`, or an int as one.
pub enum Operand {
    Shared(&'static Dec),
    Own(Dec),
}

impl std::ops::Deref for Operand {
    type Target = Dec;
    #[inline]
    fn deref(&self) -> &Dec {
        match self {
            Operand::Shared(d) => d,
            Operand::Own(d) => d,
        }
    }
}

/// An int as a number.
pub fn of_int(vm: &Vm, v: Value) -> Option<Dec> {
    if let Some(n) = v.as_small_int() {
        return Some(Dec::finite(n < 0, Coef::from_u64(n.unsigned_abs()), 0));
    }
    if !vm.is_int(v) {
        return None;
    }
    vm.to_big(v).map(|n| Dec::from_big(&n))
}

/// An operand, if it is one.
#[inline]
pub fn operand(vm: &Vm, v: Value) -> Option<Operand> {
    match v.payload::<Number>() {
        Some(n) => Some(Operand::Shared(&n.0)),
        None => of_int(vm, v).map(Operand::Own),
    }
}

/// An operand of a method; TypeError for anything else.
pub fn need(vm: &mut Vm, v: Value) -> Res<Operand> {
    match operand(vm, v) {
        Some(d) => Ok(d),
        None => Err(convert::not_supported(vm, v)),
    }
}

#[derive::natives]
mod construct {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, value='0', context=None)", nosig)]
    fn new(vm: &mut Vm, class: Value, value: Option<Value>, context: Option<Value>) -> Res {
        let c = state::argument(vm, context)?;
        let class = vm.class_arg(class, c.decimal)?;
        match value {
            Some(v) => convert::exact(vm, class, v, c),
            None => vm.new_payload(class, Number(Dec::int(0))),
        }
    }
}
