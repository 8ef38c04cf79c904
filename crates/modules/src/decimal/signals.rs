//! Signals: their classes, the mapping of signals to booleans, and how they are raised.

use super::state::Context;
use crate::payloads::{payload, payload_type};
use crate::util::{keep, kept};
use ::decimal::status;
use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::ops::CmpOp;
use runtime::types::protocol::rich_compare;
use runtime::{Raised, Res, Value, Vm};
use std::cell::Cell;

/// Name and bits, in the order in which a trapped signal is looked for.
const SIGNALS: [(&str, u32); 9] = [
    ("InvalidOperation", status::INVALID),
    ("FloatOperation", status::FLOAT_OPERATION),
    ("DivisionByZero", status::DIVISION_BY_ZERO),
    ("Overflow", status::OVERFLOW),
    ("Underflow", status::UNDERFLOW),
    ("Subnormal", status::SUBNORMAL),
    ("Inexact", status::INEXACT),
    ("Rounded", status::ROUNDED),
    ("Clamped", status::CLAMPED),
];

/// The conditions that InvalidOperation stands for; the exception names them.
const CONDITIONS: [(&str, u32); 5] = [
    ("InvalidOperation", status::INVALID_OPERATION),
    ("ConversionSyntax", status::CONVERSION_SYNTAX),
    ("DivisionImpossible", status::DIVISION_IMPOSSIBLE),
    ("DivisionUndefined", status::DIVISION_UNDEFINED),
    ("InvalidContext", status::INVALID_CONTEXT),
];

/// All classes in the order of making, with their bases.
const CLASSES: [(&str, &[&str]); 14] = [
    ("DecimalException", &["ArithmeticError"]),
    ("InvalidOperation", &["DecimalException"]),
    ("FloatOperation", &["DecimalException", "TypeError"]),
    ("DivisionByZero", &["DecimalException", "ZeroDivisionError"]),
    ("Inexact", &["DecimalException"]),
    ("Rounded", &["DecimalException"]),
    ("Clamped", &["DecimalException"]),
    ("Subnormal", &["DecimalException"]),
    ("Overflow", &["Inexact", "Rounded"]),
    ("Underflow", &["Inexact", "Rounded", "Subnormal"]),
    ("ConversionSyntax", &["InvalidOperation"]),
    ("DivisionImpossible", &["InvalidOperation"]),
    (
        "DivisionUndefined",
        &["InvalidOperation", "ZeroDivisionError"],
    ),
    ("InvalidContext", &["InvalidOperation"]),
];

/// A dict of the classes by name, and the class of the mappings.
static EXCEPTIONS: u8 = 0;
static MAPPING: u8 = 1;

payload! {
    /// The flags or the traps of a context, which owns it.
    pub struct SignalDict { pub bits: Cell<u32>, owned: bool }
}

static MIXIN: TypeSpec = payload_type! {
    name: "SignalDictMixin",
    module: "decimal",
    flags: TypeFlags::BASE,
    tables: &[methods::TABLE, order::TABLE],
};

fn class(vm: &mut Vm, name: &str) -> Res {
    let all = kept(vm, &EXCEPTIONS).and_then(|d| d.downcast::<DictObj>());
    match all.and_then(|d| vm.dict_get_str(d, name)) {
        Some(c) => Ok(c),
        None => Err(vm.system_error("decimal's exceptions are not made yet")),
    }
}

/// Makes the classes once, and adds them to the module.
pub fn add(vm: &mut Vm, m: Ref<ModuleObj>) -> Res<()> {
    if kept(vm, &EXCEPTIONS).is_none() {
        let all = vm.new_dict()?;
        keep(vm, &EXCEPTIONS, all.value());
        for (name, bases) in CLASSES {
            let c = make(vm, all, name, bases)?;
            vm.dict_set_str(all, name, c)?;
        }
        let mapping = make_mapping(vm)?;
        keep(vm, &MAPPING, mapping);
    }
    for (name, _) in CLASSES {
        let c = class(vm, name)?;
        vm.module_set(m, name, c)?;
    }
    Ok(())
}

fn make(vm: &mut Vm, all: Ref<DictObj>, name: &str, bases: &[&str]) -> Res {
    let mut found = vm.new_vec();
    for base in bases {
        let builtin = match *base {
            "ArithmeticError" => Some(vm.types.exc.ArithmeticError.value()),
            "TypeError" => Some(vm.types.exc.TypeError.value()),
            "ZeroDivisionError" => Some(vm.types.exc.ZeroDivisionError.value()),
            name => vm.dict_get_str(all, name),
        };
        if let Some(b) = builtin {
            found.push(vm, b)?;
        }
    }
    let bases = vm.new_tuple(&found)?;
    let d = vm.new_dict()?;
    let module = vm.intern("decimal");
    vm.dict_set_str(d, "__module__", module)?;
    let name = vm.new_str(name)?;
    vm.call_value(vm.types.type_.value(), &[name, bases, d.value()])
}

/// `class SignalDict(SignalDictMixin, MutableMapping)`.
fn make_mapping(vm: &mut Vm) -> Res {
    let abc = vm.import_module("collections.abc")?;
    let base = vm.get_attr_str(abc, "MutableMapping")?;
    let mixin = vm.native_type(&MIXIN)?.value();
    let bases = vm.new_tuple(&[mixin, base])?;
    let d = vm.new_dict()?;
    let name = vm.new_str("SignalDict")?;
    let meta = vm.class_of(base).value();
    vm.call_value(meta, &[name, bases, d.value()])
}

/// A mapping with these bits set.
pub fn new_mapping(vm: &mut Vm, bits: u32) -> Res {
    let class = kept(vm, &MAPPING).and_then(|c| c.downcast::<runtime::class::TypeObj>());
    let Some(class) = class else {
        return Err(vm.system_error("decimal's signals are not made yet"));
    };
    let bits = Cell::new(bits);
    vm.new_payload(class, SignalDict { bits, owned: true })
}

/// Notes what an operation reported; raises what is trapped.
#[inline]
pub fn report(vm: &mut Vm, c: &Context, st: u32) -> Res<()> {
    if st == 0 {
        return Ok(());
    }
    c.flags().set(c.flags().get() | st);
    if st & (c.traps().get() | status::NO_MEMORY) != 0 {
        return Err(raise(vm, c.traps().get(), st));
    }
    Ok(())
}

#[cold]
fn raise(vm: &mut Vm, traps: u32, st: u32) -> Raised {
    if st & status::NO_MEMORY != 0 {
        return vm.memory_error();
    }
    match exception(vm, traps & st) {
        Ok(e) => vm.raise_here(e),
        Err(r) => r,
    }
}

fn exception(vm: &mut Vm, trapped: u32) -> Res {
    let named = names(vm, trapped, true)?;
    let first = SIGNALS.iter().find(|(_, bits)| trapped & bits != 0);
    let class = class(vm, first.map_or("DecimalException", |(name, _)| name))?;
    vm.call_value(class, &[named])
}

/// A list of the classes of signals; `conditions` in the place of InvalidOperation.
pub fn names(vm: &mut Vm, bits: u32, conditions: bool) -> Res {
    let (first, rest): (&[(&str, u32)], _) = if conditions {
        (&CONDITIONS, &SIGNALS[1..])
    } else {
        (&[], &SIGNALS[..])
    };
    let mut found = vm.new_vec();
    for (name, bit) in first.iter().chain(rest) {
        if bits & bit != 0 {
            let c = class(vm, name)?;
            found.push(vm, c)?;
        }
    }
    vm.new_list(&found)
}

/// `[Inexact, Rounded]`, in an order of its own.
pub fn shown(bits: u32) -> String {
    const ORDER: [usize; 9] = [8, 0, 2, 6, 1, 3, 7, 5, 4];
    let names: Vec<&str> = ORDER
        .into_iter()
        .map(|i| SIGNALS[i])
        .filter(|(_, b)| bits & b != 0)
        .map(|(name, _)| name)
        .collect();
    format!("[{}]", names.join(", "))
}

/// The bits of a signal's class.
fn bits_of(vm: &mut Vm, key: Value) -> Res<u32> {
    for (name, bits) in SIGNALS {
        if class(vm, name)? == key {
            return Ok(bits);
        }
    }
    let text = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
    Err(vm.error(vm.types.exc.KeyError, text))
}

/// The bits of a mapping with all signals as keys, or of a list of signals if `lists`.
pub fn bits_of_argument(vm: &mut Vm, v: Value, lists: bool) -> Res<u32> {
    if lists && v.is_kind(Kind::List) {
        let mut bits = 0;
        for item in vm.collect(v)?.iter() {
            bits |= bits_of(vm, *item)?;
        }
        return Ok(bits);
    }
    if v.payload::<SignalDict>().is_some() {
        return Ok(this(vm, v)?.bits.get());
    }
    let Some(d) = v.downcast::<DictObj>() else {
        return Err(vm.type_error("argument must be a signal dict"));
    };
    match bits_of_dict(vm, d)? {
        Some(bits) => Ok(bits),
        None => Err(vm.error(vm.types.exc.KeyError, "invalid signal dict")),
    }
}

/// None if the keys are not all signals.
fn bits_of_dict(vm: &mut Vm, d: Ref<DictObj>) -> Res<Option<u32>> {
    if d.used.get() != SIGNALS.len() {
        return Ok(None);
    }
    let mut bits = 0;
    for (name, bit) in SIGNALS {
        let key = class(vm, name)?;
        let Some(v) = vm.dict_get(d, key)? else {
            return Ok(None);
        };
        if vm.truth(v)? {
            bits |= bit;
        }
    }
    Ok(Some(bits))
}

fn this(vm: &mut Vm, v: Value) -> Res<&'static SignalDict> {
    match v.payload::<SignalDict>() {
        Some(s) if s.owned => Ok(s),
        _ => Err(vm.value_error("invalid signal dict")),
    }
}

fn compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let bits = this(vm, a)?.bits.get();
    let other = match (b.payload::<SignalDict>(), b.downcast::<DictObj>()) {
        (Some(_), _) => this(vm, b)?.bits.get(),
        (_, Some(d)) => match bits_of_dict(vm, d)? {
            Some(bits) => bits,
            None => return Ok(Value::NOT_IMPLEMENTED),
        },
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let shown = |bits: u32| SIGNALS.map(|(_, b)| bits & b != 0);
    let same = shown(bits) == shown(other);
    Ok(match op {
        CmpOp::Eq => Value::bool(same),
        CmpOp::Ne => Value::bool(!same),
        _ => Value::NOT_IMPLEMENTED,
    })
}

rich_compare!(order, compare);

#[derive::natives]
mod methods {
    use super::*;

    /// A mapping that no context has is of no use.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let base = vm.native_type(&MIXIN)?;
        let class = vm.class_arg(class, base)?;
        let bits = Cell::new(0);
        let owned = false;
        vm.new_payload(class, SignalDict { bits, owned })
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        super::this(vm, this)?;
        Ok(SIGNALS.len())
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        super::this(vm, this)?;
        let all = names(vm, u32::MAX, false)?;
        vm.iter(all)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        let bits = bits_of(vm, key)?;
        Ok(super::this(vm, this)?.bits.get() & bits != 0)
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        let bits = bits_of(vm, key)?;
        let on = vm.truth(value)?;
        let s = super::this(vm, this)?;
        let rest = s.bits.get() & !bits;
        s.bits.set(if on { rest | bits } else { rest });
        Ok(())
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, _this: Value, _key: Value) -> Res<()> {
        Err(vm.value_error("signal keys cannot be deleted"))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let bits = super::this(vm, this)?.bits.get();
        let items = SIGNALS.map(|(name, b)| {
            let on = if bits & b != 0 { "True" } else { "False" };
            format!("<class 'decimal.{name}'>:{on}")
        });
        Ok(format!("{{{}}}", items.join(", ")))
    }
    /// A dict of all signals and whether they are set.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let bits = super::this(vm, this)?.bits.get();
        let d = vm.new_dict()?;
        for (name, b) in SIGNALS {
            let key = class(vm, name)?;
            vm.dict_set(d.value(), key, Value::bool(bits & b != 0))?;
        }
        Ok(d.value())
    }
}
