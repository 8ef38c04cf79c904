//! `typing.Union`: `int | None` (PEP 604).

use super::params::subscript_parameters;
use crate::alloc::GcVec;
use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "Union",
    kind: Kind::Union,
    module: "typing",
    doc: "Represent a union type\n\nE.g. for int | str",
    tables: &[methods::TABLE],
    flags: TypeFlags::NO_INSTANCES.union(TypeFlags::HAS_WEAKREF),
    ..TypeSpec::DEFAULT
};

fn union(v: Value) -> Res<Ref<UnionObj>> {
    v.downcast().ok_or(Raised)
}

impl Vm {
    fn is_unionable(&mut self, v: Value) -> bool {
        v.is_none()
            || v.is_kind(Kind::Type)
            || v.is_kind(Kind::GenericAlias)
            || v.is_kind(Kind::Union)
            || crate::types::typevar::is_alias_type(v)
    }

    /// `a | b` of types; NotImplemented when one is no type.
    pub fn union_or(&mut self, a: Value, b: Value) -> Res {
        if !self.is_unionable(a) || !self.is_unionable(b) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let mut members = self.new_vec();
        self.union_add(&mut members, a)?;
        self.union_add(&mut members, b)?;
        self.union_finish(members)
    }

    /// `typing.Union[args]`.
    pub fn union_of(&mut self, args: &[Value]) -> Res {
        let mut members = self.new_vec();
        for a in args {
            let a = self.union_checked(*a)?;
            self.union_add(&mut members, a)?;
        }
        if members.is_empty() {
            return Err(self.type_error("Cannot take a Union of no types."));
        }
        self.union_finish(members)
    }

    fn union_checked(&mut self, v: Value) -> Res {
        if self.is_unionable(v) {
            return Ok(v);
        }
        let message = self.new_str("Union[arg, ...]: each arg must be a type.")?;
        self.call_typing("_type_check", &[v, message])
    }

    fn union_add(&mut self, members: &mut GcVec, v: Value) -> Res<()> {
        if let Some(u) = v.downcast::<UnionObj>() {
            let items = self.collect(u.args.or_none())?;
            for t in items.iter() {
                self.union_add(members, *t)?;
            }
            return Ok(());
        }
        let v = if v.is_none() {
            self.types.none.value()
        } else {
            v
        };
        // Hashable members are told apart by hash and equality, others by equality.
        for i in 0..members.len() {
            let m = members[i];
            if self.is_same(m, v) || self.union_same(m, v)? {
                return Ok(());
            }
        }
        members.push(self, v)
    }

    fn union_same(&mut self, a: Value, b: Value) -> Res<bool> {
        if a.is_kind(Kind::Type) && b.is_kind(Kind::Type) {
            return Ok(false);
        }
        let (ha, hb) = (self.try_hash(a)?, self.try_hash(b)?);
        if ha != hb {
            return Ok(false);
        }
        self.eq(a, b)
    }

    /// The hash, or None of something unhashable.
    fn try_hash(&mut self, v: Value) -> Res<Option<i64>> {
        match self.hash(v) {
            Ok(h) => Ok(Some(h)),
            Err(_) if self.catch(self.types.exc.TypeError) => Ok(None),
            Err(r) => Err(r),
        }
    }

    fn union_finish(&mut self, members: GcVec) -> Res {
        if let [one] = *members {
            return Ok(one);
        }
        let args = self.new_tuple(&members)?;
        let params = self.type_parameters(args)?;
        let u = self.alloc::<UnionObj>(Kind::Union)?;
        u.args.init(args);
        u.parameters.init(params);
        Ok(u.value())
    }

    /// Whether each of one union's members is in the other.
    fn union_covers(&mut self, a: &GcVec, b: &GcVec) -> Res<bool> {
        for x in a.iter() {
            let mut found = false;
            for y in b.iter() {
                if self.is_same(*x, *y) || self.union_same(*x, *y)? {
                    found = true;
                    break;
                }
            }
            if !found {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn union_check(&mut self, u: Value, v: Value, instance: bool) -> Res<bool> {
        let args = self.collect(union(u)?.args.or_none())?;
        for t in args.iter() {
            if t.is_kind(Kind::GenericAlias) {
                let what = if instance { "isinstance" } else { "issubclass" };
                return Err(self.type_error(&format!(
                    "{what}() argument 2 cannot be a parameterized generic"
                )));
            }
            let hit = if instance {
                self.is_instance(v, *t)?
            } else {
                self.is_subclass(v, *t)?
            };
            if hit {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A function of the `typing` module.
    pub fn call_typing(&mut self, name: &str, args: &[Value]) -> Res {
        let typing = self.import_by_name("typing")?;
        self.call_method_str(typing, name, args)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let name = vm.attr_name(name)?;
        let class = vm.class_of(this);
        if name == vm.names.__module__ {
            return vm.get_attr(class.value(), name);
        }
        match vm.generic_get_attr(this, class, name)? {
            Some(v) => Ok(v),
            None => Err(vm.no_attribute(this, name)),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        vm.check_native_stack()?;
        let args = vm.collect(union(this)?.args.or_none())?;
        let mut parts = Vec::new();
        for t in args.iter() {
            parts.push(vm.type_text(*t)?);
        }
        Ok(parts.join(" | "))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let args = vm.collect(union(this)?.args.or_none())?;
        let set = vm.new_frozenset_from(&args)?;
        vm.hash(set)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(other) = value.downcast::<UnionObj>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let a = vm.collect(union(this)?.args.or_none())?;
        let b = vm.collect(other.args.or_none())?;
        let same = a.len() == b.len() && vm.union_covers(&a, &b)? && vm.union_covers(&b, &a)?;
        Ok(Value::bool(same))
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
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let u = union(this)?;
        let args = subscript_parameters(vm, this, u.args.or_none(), u.parameters.or_none(), key)?;
        let items = vm.collect(args)?;
        let mut result = match items.first() {
            Some(v) => *v,
            None => return Ok(args),
        };
        for t in &items[1..] {
            result = vm.binary(crate::ops::BinOp::Or, result, *t)?;
        }
        Ok(result)
    }
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, _class: Value, args: Value) -> Res {
        let items = if args.is_kind(Kind::Tuple) {
            vm.collect(args)?
        } else {
            let mut one = vm.new_vec();
            one.push(vm, args)?;
            one
        };
        vm.union_of(&items)
    }
    #[native("__mro_entries__($self, object, /)")]
    fn mro_entries(vm: &mut Vm, this: Value, _bases: Value) -> Res {
        let shown = vm.display_repr(this)?;
        Err(vm.type_error(&format!("Cannot subclass {shown}")))
    }
    #[native("__instancecheck__($self, instance, /)", nosig)]
    fn instancecheck(vm: &mut Vm, this: Value, instance: Value) -> Res<bool> {
        vm.union_check(this, instance, true)
    }
    #[native("__subclasscheck__($self, subclass, /)", nosig)]
    fn subclasscheck(vm: &mut Vm, this: Value, subclass: Value) -> Res<bool> {
        if !subclass.is_kind(Kind::Type) {
            return Err(vm.type_error("issubclass() arg 1 must be a class"));
        }
        vm.union_check(this, subclass, false)
    }
    #[member("__args__")]
    fn args_(_: &mut Vm, this: Value) -> Res {
        Ok(union(this)?.args.or_none())
    }
    /// Type variables in the types.UnionType.
    #[getter("__parameters__")]
    fn parameters(_: &mut Vm, this: Value) -> Res {
        Ok(union(this)?.parameters.or_none())
    }
    /// Always returns the type
    #[getter("__origin__")]
    fn origin(vm: &mut Vm, _this: Value) -> Res {
        Ok(vm.types.union.value())
    }
    /// Name of the type
    #[getter("__name__")]
    fn name(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("Union")
    }
    /// Qualified name of the type
    #[getter("__qualname__")]
    fn qualname(_: &mut Vm, _this: Value) -> Res<&'static str> {
        Ok("Union")
    }
}
