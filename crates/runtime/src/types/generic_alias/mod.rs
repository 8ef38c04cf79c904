//! `types.GenericAlias` (`list[int]`) and `typing.Union` (`int | str`).

pub mod substitute;
pub mod union;

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::payload::{Payload, mark};
use crate::value::{Res, Value};
use crate::vm::Vm;
use std::cell::Cell;
pub use union::UNION;

pub static SPEC: TypeSpec = TypeSpec {
    name: "GenericAlias",
    module: "types",
    kind: Kind::Payload,
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<PayloadObj>(),
    slot_offset: std::mem::offset_of!(PayloadObj, overflow),
    ..TypeSpec::DEFAULT
};

/// State of a generic alias.
pub struct Alias {
    pub origin: Value,
    /// A tuple.
    pub args: Value,
    /// The type parameters among the arguments, once computed.
    parameters: Cell<Option<Value>>,
    /// `*tuple[...]`
    pub starred: bool,
}

impl Payload for Alias {
    fn trace(&self, t: &mut gc::Tracer) {
        mark(t, self.origin);
        mark(t, self.args);
        if let Some(p) = self.parameters.get() {
            mark(t, p);
        }
    }
}

/// Attributes that belong to the alias itself; all others are the origin's.
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
    "__copy__",
    "__deepcopy__",
];

fn alias<'a>(vm: &mut Vm, v: Value) -> Res<&'a Alias> {
    v.payload::<Alias>()
        .ok_or_else(|| vm.type_error("not a GenericAlias"))
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, origin, args, /)", nosig)]
    fn new(vm: &mut Vm, class: Value, origin: Value, args: Value) -> Res {
        let args = if args.is_kind(Kind::Tuple) {
            args
        } else {
            vm.new_tuple(&[args])?
        };
        let class = class
            .downcast::<TypeObj>()
            .unwrap_or(vm.types.generic_alias);
        vm.make_alias(class, origin, args, false)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let a = alias(vm, this)?;
        let mut out = String::from(if a.starred { "*" } else { "" });
        out.push_str(&vm.type_text(a.origin)?);
        out.push('[');
        let items = vm.collect(a.args)?;
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_str(&vm.alias_arg_text(*item)?);
        }
        if items.is_empty() {
            out.push_str("()");
        }
        out.push(']');
        Ok(out)
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let a = alias(vm, this)?;
        let (x, y) = (vm.hash(a.origin)?, vm.hash(a.args)?);
        Ok(x ^ y)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        let a = alias(vm, this)?;
        let Some(b) = value.payload::<Alias>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let same = a.starred == b.starred && vm.eq(a.origin, b.origin)? && vm.eq(a.args, b.args)?;
        Ok(Value::bool(same))
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let a = alias(vm, this)?;
        let obj = vm.call_spread(a.origin, args, kwargs)?;
        let name = vm.names.__orig_class__;
        if vm.set_attr(obj, name, Some(this)).is_err()
            && !vm.catch(vm.types.exc.AttributeError)
            && !vm.catch(vm.types.exc.TypeError)
        {
            return Err(crate::value::Raised);
        }
        Ok(obj)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let a = alias(vm, this)?;
        let parameters = vm.alias_parameters(this)?;
        let args = vm.substitute_parameters(this, a.args, parameters, key)?;
        let class = vm.class_of(this);
        vm.make_alias(class, a.origin, args, a.starred)
    }
    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let name = vm.attr_name(name)?;
        let text = vm.display(name);
        let class = vm.class_of(this);
        if !OWN.contains(&text.as_str()) {
            let own_subclass = class != vm.types.generic_alias
                && vm.dict_get_interned(class.dict.get(), name).is_some();
            if !own_subclass {
                let a = alias(vm, this)?;
                return vm.get_attr(a.origin, name);
            }
        }
        match vm.generic_get_attr(this, class, name)? {
            Some(v) => Ok(v),
            None => Err(vm.no_attribute(this, name)),
        }
    }
    #[native("__mro_entries__($self, bases, /)", nosig)]
    fn mro_entries(vm: &mut Vm, this: Value, _bases: Value) -> Res {
        let a = alias(vm, this)?;
        vm.new_tuple(&[a.origin])
    }
    #[native("__instancecheck__($self, instance, /)", nosig)]
    fn instancecheck(vm: &mut Vm, _this: Value, _instance: Value) -> Res {
        Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }
    #[native("__subclasscheck__($self, subclass, /)", nosig)]
    fn subclasscheck(vm: &mut Vm, _this: Value, _subclass: Value) -> Res {
        Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }
    #[native("__reduce__($self, /)", nosig)]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let a = alias(vm, this)?;
        if a.starred {
            let plain = vm.make_alias(vm.types.generic_alias, a.origin, a.args, false)?;
            let it = vm.iter(plain)?;
            let builtins = vm.interp().builtins;
            let next = builtins
                .and_then(|b| vm.dict_get_str(b, "next"))
                .unwrap_or(Value::NONE);
            let args = vm.new_tuple(&[it])?;
            return vm.new_tuple(&[next, args]);
        }
        let class = vm.types.generic_alias.value();
        let args = vm.new_tuple(&[a.origin, a.args])?;
        vm.new_tuple(&[class, args])
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let a = alias(vm, this)?;
        let class = vm.class_of(this);
        let starred = vm.make_alias(class, a.origin, a.args, true)?;
        let one = vm.new_tuple(&[starred])?;
        vm.iter(one)
    }
    #[native("__dir__($self, /)", nosig)]
    fn dir(vm: &mut Vm, this: Value) -> Res {
        let a = alias(vm, this)?;
        let list = vm.call_method_str(a.origin, "__dir__", &[]).or_else(|_| {
            vm.raised = None;
            let builtins = vm.interp().builtins;
            let dir = builtins
                .and_then(|b| vm.dict_get_str(b, "dir"))
                .unwrap_or(Value::NONE);
            vm.call_value(dir, &[a.origin])
        })?;
        let names = vm.collect(list)?;
        let out = vm.new_list(&names)?;
        for name in OWN {
            let name = vm.intern(name);
            if !vm.contains(out, name)? {
                // SAFETY: just made.
                vm.list_push(unsafe { out.cast() }, name)?;
            }
        }
        Ok(out)
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
    #[getter("__origin__")]
    fn origin(vm: &mut Vm, this: Value) -> Res {
        Ok(alias(vm, this)?.origin)
    }
    #[getter("__args__")]
    fn get_args(vm: &mut Vm, this: Value) -> Res {
        Ok(alias(vm, this)?.args)
    }
    #[getter("__unpacked__")]
    fn unpacked(vm: &mut Vm, this: Value) -> Res<bool> {
        Ok(alias(vm, this)?.starred)
    }
    #[getter("__parameters__")]
    fn parameters(vm: &mut Vm, this: Value) -> Res {
        vm.alias_parameters(this)
    }
    #[getter("__typing_unpacked_tuple_args__")]
    fn unpacked_args(vm: &mut Vm, this: Value) -> Res {
        let a = alias(vm, this)?;
        let is_tuple = a.starred && a.origin == vm.types.tuple.value();
        Ok(if is_tuple { a.args } else { Value::NONE })
    }
}

impl Vm {
    /// `origin[args]` for a builtin generic class.
    pub fn new_generic_alias(&mut self, origin: Value, args: Value) -> Res {
        let args = if args.is_exact(Kind::Tuple) {
            args
        } else {
            self.new_tuple(&[args])?
        };
        self.make_alias(self.types.generic_alias, origin, args, false)
    }

    fn make_alias(
        &mut self,
        class: Ref<TypeObj>,
        origin: Value,
        args: Value,
        starred: bool,
    ) -> Res {
        self.new_payload(
            class,
            Alias {
                origin,
                args,
                parameters: Cell::new(None),
                starred,
            },
        )
    }

    /// The type parameters of an alias.
    pub fn alias_parameters(&mut self, this: Value) -> Res {
        let a = alias(self, this)?;
        if let Some(p) = a.parameters.get() {
            return Ok(p);
        }
        let p = self.collect_parameters(a.args)?;
        a.parameters.set(Some(p));
        Ok(p)
    }

    /// A type as aliases show it: `int`, `mod.Class`, or its repr.
    pub fn type_text(&mut self, v: Value) -> Res<String> {
        if v == Value::ELLIPSIS {
            return Ok("...".into());
        }
        if v == self.types.none.value() {
            return Ok("None".into());
        }
        let n = self.names;
        let is_alias = self.get_attr_opt(v, n.__origin__)?.is_some()
            && self.get_attr_opt(v, n.__args__)?.is_some();
        if is_alias {
            return self.display_repr(v);
        }
        let Some(qualname) = self.get_attr_opt(v, n.__qualname__)? else {
            return self.display_repr(v);
        };
        let module = self.get_attr_opt(v, n.__module__)?.filter(|m| !m.is_none());
        let Some(module) = module else {
            return self.display_repr(v);
        };
        let (q, m) = (self.display(qualname), self.display(module));
        Ok(if m == "builtins" {
            q
        } else {
            format!("{m}.{q}")
        })
    }

    /// An argument of an alias: lists show their items as types.
    fn alias_arg_text(&mut self, v: Value) -> Res<String> {
        if !v.is_exact(Kind::List) {
            return self.type_text(v);
        }
        let items = self.collect(v)?;
        let mut parts = Vec::new();
        for item in items.iter() {
            parts.push(self.type_text(*item)?);
        }
        Ok(format!("[{}]", parts.join(", ")))
    }
}
