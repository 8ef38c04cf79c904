//! `classmethod` and `staticmethod`.

use crate::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

const FLAGS: TypeFlags = TypeFlags::BASE.union(TypeFlags::DESCR_GET);

pub static SPEC: TypeSpec = TypeSpec {
    name: "classmethod",
    kind: Kind::ClassMethod,
    doc: "Convert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin.",
    tables: &[
        common::TABLE,
        class_side::TABLE,
        super::dict_attr::methods::TABLE,
    ],
    flags: FLAGS,
    dict: DictPlace::Field,
    size: size_of::<ClassMethodObj>(),
    slot_offset: std::mem::offset_of!(ClassMethodObj, dict),
    ..TypeSpec::DEFAULT
};

pub static STATIC: TypeSpec = TypeSpec {
    name: "staticmethod",
    kind: Kind::StaticMethod,
    doc: "Convert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.",
    tables: &[
        common::TABLE,
        static_side::TABLE,
        super::dict_attr::methods::TABLE,
    ],
    flags: FLAGS,
    dict: DictPlace::Field,
    size: size_of::<StaticMethodObj>(),
    slot_offset: std::mem::offset_of!(StaticMethodObj, dict),
    ..TypeSpec::DEFAULT
};

/// The wrapped callable; both kinds have it in the same place.
fn slot<'a>(v: Value) -> Res<&'a Slot> {
    if let Some(c) = v.downcast::<ClassMethodObj>() {
        let p = &raw const c.callable;
        // SAFETY: the cell lives as long as the caller's copy of `v`.
        return Ok(unsafe { &*p });
    }
    match v.downcast::<StaticMethodObj>() {
        Some(s) => {
            let p = &raw const s.callable;
            // SAFETY: as above.
            Ok(unsafe { &*p })
        }
        None => Err(Raised),
    }
}

impl Vm {
    /// Copies what `functools.wraps` copies.
    fn wrap_attributes(&mut self, wrapper: Value, wrapped: Value) -> Res<()> {
        let n = self.names;
        for name in [n.__module__, n.__name__, n.__qualname__, n.__doc__] {
            if let Some(v) = self.get_attr_opt(wrapped, name)? {
                let d = self.attr_dict(wrapper)?;
                self.dict_set(d.value(), name, v)?;
            }
        }
        Ok(())
    }

    /// An attribute that a wrapper takes over from what it wraps when first asked.
    fn wrapped_attribute(&mut self, this: Value, name: Value) -> Res {
        let d = self.attr_dict(this)?;
        if let Some(v) = self.dict_get_interned(d, name) {
            return Ok(v);
        }
        let v = self.get_attr(slot(this)?.or_none(), name)?;
        self.dict_set(d.value(), name, v)?;
        Ok(v)
    }

    fn set_wrapped_attribute(&mut self, this: Value, name: Value, v: Option<Value>) -> Res<()> {
        let d = self.attr_dict(this)?;
        match v {
            Some(v) => self.dict_set(d.value(), name, v),
            None => {
                if self.dict_remove(d, name)? {
                    return Ok(());
                }
                Err(self.no_attribute(this, name))
            }
        }
    }
}

#[derive::natives]
mod common {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        match class.downcast::<TypeObj>() {
            Some(c) => vm.new_instance(c),
            None => Err(vm.type_error("__new__(X): X is not a type object")),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let inner = vm.display_repr(slot(this)?.or_none())?;
        let class = if this.is_kind(Kind::ClassMethod) {
            "classmethod"
        } else {
            "staticmethod"
        };
        Ok(format!("<{class}({inner})>"))
    }
    #[member("__func__")]
    fn func(_: &mut Vm, this: Value) -> Res {
        Ok(slot(this)?.or_none())
    }
    #[setter("__func__")]
    fn set_func(vm: &mut Vm, _this: Value, _value: Option<Value>) -> Res<()> {
        vm.readonly_attribute()
    }
    #[member("__wrapped__")]
    fn wrapped(_: &mut Vm, this: Value) -> Res {
        Ok(slot(this)?.or_none())
    }
    #[setter("__wrapped__")]
    fn set_wrapped(vm: &mut Vm, _this: Value, _value: Option<Value>) -> Res<()> {
        vm.readonly_attribute()
    }
    #[getter("__isabstractmethod__")]
    fn isabstract(vm: &mut Vm, this: Value) -> Res<bool> {
        vm.is_abstract(slot(this)?.or_none())
    }
    #[getter("__annotations__")]
    fn annotations(vm: &mut Vm, this: Value) -> Res {
        let name = vm.names.__annotations__;
        vm.wrapped_attribute(this, name)
    }
    #[setter("__annotations__")]
    fn set_annotations(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let name = vm.names.__annotations__;
        vm.set_wrapped_attribute(this, name, value)
    }
    #[getter("__annotate__")]
    fn annotate(vm: &mut Vm, this: Value) -> Res {
        let name = vm.names.__annotate__;
        vm.wrapped_attribute(this, name)
    }
    #[setter("__annotate__")]
    fn set_annotate(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let name = vm.names.__annotate__;
        vm.set_wrapped_attribute(this, name, value)
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, item: Value) -> Res {
        vm.new_generic_alias(class, item)
    }
}

#[derive::natives]
mod class_side {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, function, /)")]
    fn init(vm: &mut Vm, this: Value, function: Value) -> Res<()> {
        let c = this.downcast::<ClassMethodObj>().ok_or(Raised)?;
        c.callable.write(c, function);
        vm.wrap_attributes(this, function)
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, owner: Option<Value>) -> Res {
        let f = slot(this)?.or_none();
        let class = match owner.filter(|o| !o.is_none()) {
            Some(o) => o,
            None => {
                vm.descr_instance(instance, None)?;
                vm.class_of(instance).value()
            }
        };
        vm.new_bound_method(f, class)
    }
}

#[derive::natives]
mod static_side {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, function, /)")]
    fn init(vm: &mut Vm, this: Value, function: Value) -> Res<()> {
        let s = this.downcast::<StaticMethodObj>().ok_or(Raised)?;
        s.callable.write(s, function);
        vm.wrap_attributes(this, function)
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(_: &mut Vm, this: Value, _instance: Value, _owner: Option<Value>) -> Res {
        Ok(slot(this)?.or_none())
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.call_spread(slot(this)?.or_none(), args, kwargs)
    }
}
