//! `object`.

mod reduce;

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::ops::CmpOp;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "object",
    signature: Some("()"),
    kind: Kind::Object,
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    tables: &[methods::TABLE, reduce::methods::TABLE],
    flags: TypeFlags::BASE,
    size: 8,
    slot_offset: 8,
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, kwargs: Option<Value>) -> Res {
        let Some(class) = class.downcast::<TypeObj>() else {
            let name = vm.class_name(class);
            return Err(vm.type_error(&format!(
                "object.__new__(X): X is not a type object ({name})"
            )));
        };
        if class.has(TypeFlags::NO_INSTANCES) {
            return vm.object_new(class);
        }
        let excess = vm.len(args)? > 0 || kwargs.is_some();
        if excess {
            let own_new = vm
                .lookup_where(class, vm.names.__new__)
                .is_some_and(|(o, _)| o != vm.types.object);
            let own_init = vm
                .lookup_where(class, vm.names.__init__)
                .is_some_and(|(o, _)| o != vm.types.object);
            if own_new {
                return Err(vm.type_error(
                    "object.__new__() takes exactly one argument (the type to instantiate)",
                ));
            }
            if !own_init {
                let name = class.full_name();
                return Err(vm.type_error(&format!("{name}() takes no arguments")));
            }
        }
        vm.object_new(class)
    }

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        if vm.len(args)? == 0 && kwargs.is_none() {
            return Ok(());
        }
        let class = vm.class_of(this);
        // Types that cannot be called have no `__new__` at all.
        let own_new = class.has(TypeFlags::NO_INSTANCES)
            || vm
                .lookup_where(class, vm.names.__new__)
                .is_some_and(|(o, _)| o != vm.types.object);
        let own_init = vm
            .lookup_where(class, vm.names.__init__)
            .is_some_and(|(o, _)| o != vm.types.object);
        if own_init {
            return Err(vm.type_error(
                "object.__init__() takes exactly one argument (the instance to initialize)",
            ));
        }
        if !own_new {
            let name = class.full_name();
            return Err(vm.type_error(&format!(
                "{name}.__init__() takes exactly one argument (the instance to initialize)"
            )));
        }
        Ok(())
    }

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let class = vm.class_of(this);
        let qualname = vm.display(class.qualname.or_none());
        let module = match vm.get_attr_opt(class.value(), vm.names.__module__)? {
            Some(m) if m.is_kind(Kind::Str) => vm.display(m),
            _ => String::from("builtins"),
        };
        let address = this.bits();
        Ok(if module == "builtins" {
            format!("<{qualname} object at {address:#x}>")
        } else {
            format!("<{module}.{qualname} object at {address:#x}>")
        })
    }

    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        vm.repr(this)
    }

    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(crate::convert::identity_hash(this))
    }

    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let name = vm.attr_name(name)?;
        let class = vm.class_of(this);
        match vm.generic_get_attr(this, class, name)? {
            Some(v) => Ok(v),
            None => Err(vm.no_attribute(this, name)),
        }
    }

    /// Implement setattr(self, name, value).
    #[native("__setattr__($self, name, value, /)")]
    fn setattr(vm: &mut Vm, this: Value, name: Value, value: Value) -> Res<()> {
        let name = vm.attr_name(name)?;
        if this.is_kind(Kind::Type) {
            return Err(vm.type_error("can't apply this __setattr__ to type object"));
        }
        let class = vm.class_of(this);
        vm.generic_set_attr(this, class, name, Some(value))
    }

    /// Implement delattr(self, name).
    #[native("__delattr__($self, name, /)")]
    fn delattr(vm: &mut Vm, this: Value, name: Value) -> Res<()> {
        let name = vm.attr_name(name)?;
        if this.is_kind(Kind::Type) {
            return Err(vm.type_error("can't apply this __delattr__ to type object"));
        }
        let class = vm.class_of(this);
        vm.generic_set_attr(this, class, name, None)
    }

    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        Ok(if vm.is_same(this, value) {
            Value::TRUE
        } else {
            Value::NOT_IMPLEMENTED
        })
    }

    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
        let class = vm.class_of(this);
        let Some(m) = vm.lookup(class, vm.names.__eq__) else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let r = vm.call_method_value(m, this, &[value])?;
        if r.is_not_implemented() {
            return Ok(r);
        }
        Ok(Value::bool(!vm.truth(r)?))
    }

    /// Return self<value.
    #[native("__lt__($self, value, /)")]
    fn lt(_: &mut Vm, _this: Value, _value: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Return self<=value.
    #[native("__le__($self, value, /)")]
    fn le(_: &mut Vm, _this: Value, _value: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Return self>value.
    #[native("__gt__($self, value, /)")]
    fn gt(_: &mut Vm, _this: Value, _value: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }
    /// Return self>=value.
    #[native("__ge__($self, value, /)")]
    fn ge(_: &mut Vm, _this: Value, _value: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }

    /// The object's class.
    #[getter("__class__")]
    fn class(vm: &mut Vm, this: Value) -> Res {
        Ok(vm.class_of(this).value())
    }
    #[setter("__class__")]
    fn set_class(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.set_class(this, value)
    }

    /// Default object formatter.
    ///
    /// Return str(self) if format_spec is empty. Raise TypeError otherwise.
    #[native("__format__($self, format_spec, /)")]
    fn format(vm: &mut Vm, this: Value, format_spec: Value) -> Res {
        if !format_spec.is_kind(Kind::Str) {
            let name = vm.argument_kind(format_spec);
            return Err(vm.type_error(&format!("__format__() argument must be str, not {name}")));
        }
        if vm.len(format_spec)? > 0 {
            let name = vm.class_name(this);
            return Err(vm.type_error(&format!(
                "unsupported format string passed to {name}.__format__"
            )));
        }
        vm.str_of(this)
    }

    /// This method is called when a class is subclassed.
    ///
    /// The default implementation does nothing. It may be
    /// overridden to extend subclasses.
    #[classmethod("__init_subclass__($type, /)")]
    fn init_subclass(_: &mut Vm, _class: Value) -> Res<()> {
        Ok(())
    }

    /// Abstract classes can override this to customize issubclass().
    ///
    /// This is invoked early on by abc.ABCMeta.__subclasscheck__().
    /// It should return True, False or NotImplemented.  If it returns
    /// NotImplemented, the normal algorithm is used.  Otherwise, it
    /// overrides the normal algorithm (and the outcome is cached).
    #[classmethod("__subclasshook__($type, object, /)")]
    fn subclasshook(_: &mut Vm, _class: Value, _object: Value) -> Res {
        Ok(Value::NOT_IMPLEMENTED)
    }
}

impl Vm {
    /// `object.__new__(class)`.
    pub fn object_new(&mut self, class: Ref<TypeObj>) -> Res {
        if class.has(TypeFlags::ABSTRACT) {
            return Err(self.abstract_error(class));
        }
        if class.has(TypeFlags::NO_INSTANCES) {
            let name = class.full_name();
            return Err(self.type_error(&format!("cannot create '{name}' instances")));
        }
        match class.kind.get() {
            Kind::Instance => self.new_instance(class),
            Kind::Object if class == self.types.object => {
                Ok(Value::cell(self.alloc_kind(16, Kind::Object)?))
            }
            _ => {
                let name = class.full_name();
                let base = self.solid_base(class).full_name();
                Err(self.type_error(&format!(
                    "object.__new__({name}) is not safe, use {base}.__new__()"
                )))
            }
        }
    }

    /// An attribute name argument, interned.
    pub fn attr_name(&mut self, name: Value) -> Res {
        if name.is_exact(Kind::Str) {
            return Ok(self.intern_value(name));
        }
        if let Some(s) = name.downcast::<StrObj>() {
            let exact = self.new_str_units(s.units())?;
            return Ok(self.intern_value(exact));
        }
        let got = self.class_name(name);
        Err(self.type_error(&format!("attribute name must be string, not '{got}'")))
    }

    /// Rich comparison by name, for natives that forward.
    pub fn compare_to(&mut self, op: CmpOp, a: Value, b: Value) -> Res<bool> {
        let r = self.compare(op, a, b)?;
        self.truth(r)
    }
}
