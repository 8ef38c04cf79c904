//! `typing.Union`: `int | str`.

use super::Alias;
use crate::alloc::GcVec;
use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::payload::{Payload, mark};
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static UNION: TypeSpec = TypeSpec {
    name: "Union",
    module: "typing",
    kind: Kind::Payload,
    doc: "Represent a union type\n\nE.g. for int | str",
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// State of a union: the tuple of its members.
pub struct UnionType {
    pub args: Value,
}

impl Payload for UnionType {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.args);
    }
}

fn members(vm: &mut Vm, v: Value) -> Res {
    match v.payload::<UnionType>() {
        Some(u) => Ok(u.args),
        None => Err(vm.type_error("not a Union")),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    #[classmethod("__class_getitem__($type, parameters, /)", nosig)]
    fn class_getitem(vm: &mut Vm, _class: Value, parameters: Value) -> Res {
        let items = if parameters.is_kind(Kind::Tuple) {
            vm.collect(parameters)?
        } else {
            let mut one = vm.new_vec();
            one.push(vm, parameters)?;
            one
        };
        if items.is_empty() {
            return Err(vm.type_error("Cannot take a Union of no types."));
        }
        vm.make_union(&items)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let args = members(vm, this)?;
        let mut parts = Vec::new();
        for v in vm.collect(args)?.iter() {
            parts.push(vm.type_text(*v)?);
        }
        Ok(parts.join(" | "))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let args = members(vm, this)?;
        let items = vm.collect(args)?;
        let set = vm.new_frozenset_from(&items)?;
        vm.hash(set)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        let a = members(vm, this)?;
        let Some(b) = value.payload::<UnionType>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let (x, y) = (vm.collect(a)?, vm.collect(b.args)?);
        if x.len() != y.len() {
            return Ok(Value::FALSE);
        }
        for v in x.iter() {
            let mut hit = false;
            for w in y.iter() {
                hit = hit || vm.eq(*v, *w)?;
            }
            if !hit {
                return Ok(Value::FALSE);
            }
        }
        Ok(Value::TRUE)
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.union_of(this, value)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.union_of(value, this)
    }
    #[native("__mro_entries__($self, bases, /)", nosig)]
    fn mro_entries(vm: &mut Vm, this: Value, _bases: Value) -> Res {
        let text = vm.display_repr(this)?;
        Err(vm.type_error(&format!("Cannot subclass {text}")))
    }
    #[native("__instancecheck__($self, instance, /)", nosig)]
    fn instancecheck(vm: &mut Vm, this: Value, instance: Value) -> Res<bool> {
        let items = checkable(vm, this, "isinstance")?;
        for c in items.iter() {
            if vm.is_instance(instance, *c)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[native("__subclasscheck__($self, subclass, /)", nosig)]
    fn subclasscheck(vm: &mut Vm, this: Value, subclass: Value) -> Res<bool> {
        if !subclass.is_kind(Kind::Type) {
            return Err(vm.type_error("issubclass() arg 1 must be a class"));
        }
        let items = checkable(vm, this, "issubclass")?;
        for c in items.iter() {
            if vm.is_subclass(subclass, *c)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let args = members(vm, this)?;
        let parameters = vm.collect_parameters(args)?;
        let new = vm.substitute_parameters(this, args, parameters, key)?;
        let items = vm.collect(new)?;
        vm.make_union(&items)
    }
    #[getter("__args__")]
    fn get_args(vm: &mut Vm, this: Value) -> Res {
        members(vm, this)
    }
    #[getter("__parameters__")]
    fn parameters(vm: &mut Vm, this: Value) -> Res {
        let args = members(vm, this)?;
        vm.collect_parameters(args)
    }
    #[getter("__origin__")]
    fn origin(vm: &mut Vm, _this: Value) -> Res {
        Ok(vm.types.union.value())
    }
    #[getter("__name__")]
    fn name(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("Union")
    }
    #[getter("__qualname__")]
    fn qualname(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("Union")
    }
    #[native("__reduce__($self, /)", nosig)]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let args = members(vm, this)?;
        let class = vm.types.union.value();
        let getitem = vm.get_attr_str(class, "__class_getitem__")?;
        let args = vm.new_tuple(&[args])?;
        vm.new_tuple(&[getitem, args])
    }
}

/// The members for `isinstance`; parameterised generics are refused.
fn checkable(vm: &mut Vm, this: Value, what: &str) -> Res<GcVec> {
    let args = members(vm, this)?;
    let items = vm.collect(args)?;
    if items.iter().any(|v| v.payload::<Alias>().is_some()) {
        return Err(vm.type_error(&format!(
            "{what}() argument 2 cannot be a parameterized generic"
        )));
    }
    Ok(items)
}

impl Vm {
    /// `a | b` for types; NotImplemented when one is nothing a union can hold.
    pub fn union_of(&mut self, a: Value, b: Value) -> Res {
        for v in [a, b] {
            let fits = v.is_none()
                || v.is_kind(Kind::Type)
                || v.payload::<Alias>().is_some()
                || v.payload::<UnionType>().is_some()
                || self.class_name(v) == "TypeAliasType"
                || self.class_name(v) == "typing.TypeAliasType";
            if !fits {
                return Ok(Value::NOT_IMPLEMENTED);
            }
        }
        self.make_union(&[a, b])
    }

    /// The union of these members: nested unions are flattened, repetitions dropped.
    pub fn make_union(&mut self, items: &[Value]) -> Res {
        let mut flat = self.new_vec();
        for v in items {
            match v.payload::<UnionType>() {
                Some(u) => {
                    let inner = self.collect(u.args)?;
                    flat.extend(self, &inner)?;
                }
                None => flat.push(
                    self,
                    if v.is_none() {
                        self.types.none.value()
                    } else {
                        *v
                    },
                )?,
            }
        }
        let mut unique = self.new_vec();
        for v in flat.iter() {
            let mut seen = false;
            for u in unique.iter() {
                seen = seen || *u == *v || (!v.is_kind(Kind::Type) && self.eq(*u, *v)?);
            }
            if !seen {
                unique.push(self, *v)?;
            }
        }
        if unique.len() == 1 {
            return Ok(unique[0]);
        }
        let args = self.new_tuple(&unique)?;
        self.new_payload(self.types.union, UnionType { args })
    }
}
