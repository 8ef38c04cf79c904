//! `TypeAliasType`: what the `type` statement makes.

use super::{BASE, Lazy};
use crate::class::{DictPlace, TypeSpec};
use crate::object::*;
use crate::payload::{Payload, mark};
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "TypeAliasType",
    doc: "Type alias.\n\nType aliases are created through the type statement::\n\n    type Alias = int",
    tables: &[methods::TABLE],
    dict: DictPlace::None,
    ..BASE
};

struct Alias {
    name: Value,
    value: Lazy,
    type_params: Option<Value>,
    module: Option<Value>,
}

impl Payload for Alias {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.name);
        self.value.trace(t);
        for v in [self.type_params, self.module].into_iter().flatten() {
            mark(t, v);
        }
    }
}

/// The value is a TypeAliasType.
pub fn is_alias_type(v: Value) -> bool {
    v.payload::<Alias>().is_some()
}

fn alias<'a>(v: Value) -> Res<&'a Alias> {
    v.payload::<Alias>().ok_or(Raised)
}

impl Vm {
    /// The alias of a `type` statement: `f` computes the value.
    pub fn new_type_alias(&mut self, name: Value, params: Value, f: Value) -> Res {
        let params = Some(params).filter(|p| p.downcast::<TupleObj>().is_some_and(|t| t.len > 0));
        self.make_alias(name, Lazy::computed(Some(f)), params)
    }

    fn make_alias(&mut self, name: Value, value: Lazy, type_params: Option<Value>) -> Res {
        // SAFETY: the top frame is live; R[-1] of a frame with registers is its function.
        let globals = unsafe {
            let frame = &*self.frame;
            if frame.code.nregs == 0 {
                None
            } else {
                Some(crate::interp::returns::function_of(frame).globals)
            }
        };
        let key = self.names.__name__;
        let module = globals.and_then(|g| self.dict_get_interned(g, key));
        let class = self.native_type(&SPEC)?;
        self.new_payload(
            class,
            Alias {
                name,
                value,
                type_params,
                module,
            },
        )
    }

    /// Parameters with a default may not be followed by ones without.
    fn check_alias_params(&mut self, params: Value) -> Res<()> {
        let items = self.collect(params)?;
        let mut seen_default = false;
        for p in items.iter().copied() {
            let key = self.intern("__default__");
            let none = self.no_default()?;
            let has = match self.get_attr_opt(p, key)? {
                Some(d) => d != none,
                None => {
                    let shown = self.display_repr(p)?;
                    return Err(self.type_error(&format!("Expected a type param, got {shown}")));
                }
            };
            if seen_default && !has {
                let shown = self.display_repr(p)?;
                return Err(self.type_error(&format!(
                    "non-default type parameter '{shown}' follows default type parameter"
                )));
            }
            seen_default |= has;
        }
        Ok(())
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, name, value, *, type_params=<unrepresentable>)")]
    fn new(
        vm: &mut Vm,
        _class: Value,
        name: Value,
        value: Value,
        type_params: Option<Value>,
    ) -> Res {
        let name = vm.param_name_argument("typealias", name)?;
        if let Some(p) = type_params {
            if !p.is_kind(Kind::Tuple) {
                return Err(vm.type_error("type_params must be a tuple"));
            }
            vm.check_alias_params(p)?;
        }
        let params = type_params.filter(|p| p.downcast::<TupleObj>().is_some_and(|t| t.len > 0));
        vm.make_alias(name, Lazy::ready(Some(value)), params)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, this: Value) -> Res {
        Ok(alias(this)?.name)
    }
    #[getter("__name__")]
    fn name(_: &mut Vm, this: Value) -> Res {
        Ok(alias(this)?.name)
    }
    #[setter("__name__")]
    fn set_name(vm: &mut Vm, _this: Value, _value: Option<Value>) -> Res<()> {
        vm.readonly_attribute()
    }
    #[getter("__value__")]
    fn value(vm: &mut Vm, this: Value) -> Res {
        Ok(alias(this)?.value.get(vm)?.unwrap_or(Value::NONE))
    }
    #[getter("evaluate_value")]
    fn evaluate_value(vm: &mut Vm, this: Value) -> Res {
        alias(this)?.value.evaluator(vm)
    }
    #[getter("__type_params__")]
    fn type_params(vm: &mut Vm, this: Value) -> Res {
        match alias(this)?.type_params {
            Some(t) => Ok(t),
            None => vm.new_tuple(&[]),
        }
    }
    #[getter("__parameters__")]
    fn parameters(vm: &mut Vm, this: Value) -> Res {
        match alias(this)?.type_params {
            Some(t) => vm.unpack_tuples(t),
            None => vm.new_tuple(&[]),
        }
    }
    #[getter("__module__")]
    fn module(_: &mut Vm, this: Value) -> Res {
        Ok(alias(this)?.module.unwrap_or(Value::NONE))
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        if alias(this)?.type_params.is_none() {
            return Err(vm.type_error("Only generic type aliases are subscriptable"));
        }
        vm.new_generic_alias(this, key)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let unpacked = vm.typing_unpack(this)?;
        let t = vm.new_tuple(&[unpacked])?;
        vm.iter(t)
    }
    #[native("__reduce__($self, /)")]
    fn reduce(_: &mut Vm, this: Value) -> Res {
        Ok(alias(this)?.name)
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.union_or(this, value)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.union_or(value, this)
    }
}
