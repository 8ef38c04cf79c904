//! `types.GenericAlias`: `list[int]` and the like (PEP 585).

use super::params::subscript_parameters;
use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "GenericAlias",
    signature: Some("(origin, args, /)"),
    kind: Kind::GenericAlias,
    module: "types",
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<GenericAliasObj>(),
    slot_offset: std::mem::offset_of!(GenericAliasObj, overflow),
    ..TypeSpec::DEFAULT
};

fn alias(v: Value) -> Res<Ref<GenericAliasObj>> {
    v.downcast().ok_or(Raised)
}

/// Attributes that are the alias's own; others are the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__bases__",
    "__copy__",
    "__deepcopy__",
];

impl Vm {
    /// `origin[args]`; args that are no tuple count as one argument.
    pub fn new_generic_alias(&mut self, origin: Value, args: Value) -> Res {
        let class = self.types.generic_alias;
        self.new_alias_of(class, origin, args, false)
    }

    fn new_alias_of(
        &mut self,
        class: Ref<TypeObj>,
        origin: Value,
        args: Value,
        starred: bool,
    ) -> Res {
        let args = if args.is_kind(Kind::Tuple) {
            args
        } else {
            self.new_tuple(&[args])?
        };
        let params = self.type_parameters(args)?;
        let v = self.new_instance(class)?;
        let a = alias(v)?;
        a.origin.init(origin);
        a.args.init(args);
        a.parameters.init(params);
        a.starred.set(starred);
        Ok(v)
    }

    fn alias_item_text(&mut self, v: Value) -> Res<String> {
        if !v.is_kind(Kind::List) {
            return self.type_text(v);
        }
        self.check_native_stack()?;
        let items = self.collect(v)?;
        let mut parts = Vec::new();
        for t in items.iter() {
            parts.push(self.alias_item_text(*t)?);
        }
        Ok(format!("[{}]", parts.join(", ")))
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, origin, args, /)", nosig)]
    fn new(vm: &mut Vm, class: Value, origin: Value, args: Value) -> Res {
        match class.downcast::<TypeObj>() {
            Some(c) => vm.new_alias_of(c, origin, args, false),
            None => Err(vm.type_error("GenericAlias.__new__(X): X is not a type object")),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        vm.check_native_stack()?;
        let a = alias(this)?;
        let origin = vm.type_text(a.origin.or_none())?;
        let args = vm.collect(a.args.or_none())?;
        let mut parts = Vec::new();
        for t in args.iter() {
            parts.push(vm.alias_item_text(*t)?);
        }
        let inside = if parts.is_empty() {
            String::from("()")
        } else {
            parts.join(", ")
        };
        let star = if a.starred.get() { "*" } else { "" };
        Ok(format!("{star}{origin}[{inside}]"))
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let origin = alias(this)?.origin.or_none();
        let obj = vm.call_spread(origin, args, kwargs)?;
        let key = vm.names.__orig_class__;
        match vm.set_attr(obj, key, Some(this)) {
            Err(_) if vm.catch(vm.types.exc.AttributeError) || vm.catch(vm.types.exc.TypeError) => {
            }
            r => r?,
        }
        Ok(obj)
    }
    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let name = vm.attr_name(name)?;
        let text = vm.display(name);
        if !OWN.contains(&text.as_str()) {
            let origin = alias(this)?.origin.or_none();
            return vm.get_attr(origin, name);
        }
        let class = vm.class_of(this);
        match vm.generic_get_attr(this, class, name)? {
            Some(v) => Ok(v),
            None => Err(vm.no_attribute(this, name)),
        }
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(b) = value.downcast::<GenericAliasObj>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let a = alias(this)?;
        let same = a.starred.get() == b.starred.get()
            && vm.eq(a.origin.or_none(), b.origin.or_none())?
            && vm.eq(a.args.or_none(), b.args.or_none())?;
        Ok(Value::bool(same))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let a = alias(this)?;
        let h = vm.hash(a.origin.or_none())? ^ vm.hash(a.args.or_none())?;
        Ok(if h == -1 { -2 } else { h })
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let a = alias(this)?;
        let args = subscript_parameters(vm, this, a.args.or_none(), a.parameters.or_none(), key)?;
        let class = vm.types.generic_alias;
        vm.new_alias_of(class, a.origin.or_none(), args, a.starred.get())
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let a = alias(this)?;
        let class = vm.types.generic_alias;
        let starred = vm.new_alias_of(class, a.origin.or_none(), a.args.or_none(), true)?;
        let t = vm.new_tuple(&[starred])?;
        vm.iter(t)
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
    #[native("__mro_entries__($self, object, /)")]
    fn mro_entries(vm: &mut Vm, this: Value, _bases: Value) -> Res {
        let origin = alias(this)?.origin.or_none();
        vm.new_tuple(&[origin])
    }
    #[native("__instancecheck__($self, object, /)")]
    fn instancecheck(vm: &mut Vm, _this: Value, _instance: Value) -> Res {
        Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }
    #[native("__subclasscheck__($self, object, /)")]
    fn subclasscheck(vm: &mut Vm, _this: Value, _subclass: Value) -> Res {
        Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let a = alias(this)?;
        let class = vm.class_of(this);
        if a.starred.get() {
            let plain = vm.new_alias_of(class, a.origin.or_none(), a.args.or_none(), false)?;
            let it = vm.iter(plain)?;
            let next = match vm.interp().builtins {
                Some(b) => vm.dict_get_str(b, "next").unwrap_or(Value::NONE),
                None => Value::NONE,
            };
            let args = vm.new_tuple(&[it])?;
            return vm.new_tuple(&[next, args]);
        }
        let args = vm.new_tuple(&[a.origin.or_none(), a.args.or_none()])?;
        vm.new_tuple(&[class.value(), args])
    }
    #[native("__dir__($self, /)")]
    fn dir(vm: &mut Vm, this: Value) -> Res {
        let origin = alias(this)?.origin.or_none();
        let class = vm.class_of(origin);
        let Some(f) = vm.lookup(class, vm.names.__dir__) else {
            return Err(vm.type_error("object does not provide __dir__"));
        };
        let d = vm.call_method_value(f, origin, &[])?;
        let mut names = vm.collect(d)?;
        for own in &OWN[..9] {
            let name = vm.intern(own);
            if !names.contains(&name) {
                names.push(vm, name)?;
            }
        }
        vm.list_from_vec(names)
    }
    #[member("__origin__")]
    fn origin(_: &mut Vm, this: Value) -> Res {
        Ok(alias(this)?.origin.or_none())
    }
    #[member("__args__")]
    fn args_(_: &mut Vm, this: Value) -> Res {
        Ok(alias(this)?.args.or_none())
    }
    /// Type variables in the GenericAlias.
    #[getter("__parameters__")]
    fn parameters(_: &mut Vm, this: Value) -> Res {
        Ok(alias(this)?.parameters.or_none())
    }
    #[member("__unpacked__")]
    fn unpacked(_: &mut Vm, this: Value) -> Res<bool> {
        Ok(alias(this)?.starred.get())
    }
    #[getter("__typing_unpacked_tuple_args__")]
    fn unpacked_args(vm: &mut Vm, this: Value) -> Res {
        let a = alias(this)?;
        if a.starred.get() && a.origin.get() == Some(vm.types.tuple.value()) {
            return Ok(a.args.or_none());
        }
        Ok(Value::NONE)
    }
}
