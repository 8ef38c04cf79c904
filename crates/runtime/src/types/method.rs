//! `method`: a callable bound to an instance.

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "method",
    kind: Kind::BoundMethod,
    doc: "Create a bound instance method object.",
    tables: &[methods::TABLE],
    flags: TypeFlags::HAS_WEAKREF,
    ..TypeSpec::DEFAULT
};

fn method(v: Value) -> Res<Ref<BoundMethodObj>> {
    v.downcast().ok_or(Raised)
}

impl Vm {
    /// Attributes of a method are the method's own, then the function's.
    pub(crate) fn method_get_attr(&mut self, obj: Value, class: Ref<TypeObj>, name: Value) -> Res {
        if let Some(d) = self.lookup(class, name) {
            return self.descr_get(d, Some(obj), class);
        }
        let f = method(obj)?.func.or_none();
        self.get_attr(f, name)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, function, instance, /)")]
    fn new(vm: &mut Vm, _class: Value, function: Value, instance: Value) -> Res {
        if !vm.is_callable(function) {
            return Err(vm.type_error("first argument must be callable"));
        }
        if instance.is_none() {
            return Err(vm.type_error("instance must not be None"));
        }
        vm.new_bound_method(function, instance)
    }
    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.call_spread(this, args, kwargs)
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(_: &mut Vm, this: Value, _instance: Value, _owner: Option<Value>) -> Res {
        Ok(this)
    }
    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let name = vm.attr_name(name)?;
        let class = vm.class_of(this);
        vm.method_get_attr(this, class, name)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let m = method(this)?;
        let f = m.func.or_none();
        let name = match vm.get_attr_opt(f, vm.names.__qualname__)? {
            Some(q) => Some(q),
            None => vm.get_attr_opt(f, vm.names.__name__)?,
        };
        let name = match name.filter(|n| n.is_kind(Kind::Str)) {
            Some(n) => vm.display(n),
            None => String::from("?"),
        };
        let of = vm.display_repr(m.self_.or_none())?;
        Ok(format!("<bound method {name} of {of}>"))
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(b) = value.downcast::<BoundMethodObj>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let a = method(this)?;
        let same = vm.is_same(a.self_.or_none(), b.self_.or_none())
            && vm.eq(a.func.or_none(), b.func.or_none())?;
        Ok(Value::bool(same))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let m = method(this)?;
        let h = vm.hash(m.func.or_none())?;
        let x = crate::convert::identity_hash(m.self_.or_none()) ^ h;
        Ok(if x == -1 { -2 } else { x })
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let m = method(this)?;
        let name = vm.get_attr(m.func.or_none(), vm.names.__name__)?;
        vm.reduce_to_getattr(m.self_.or_none(), name)
    }
    /// the function (or other callable) implementing a method
    #[member("__func__")]
    fn func(_: &mut Vm, this: Value) -> Res {
        Ok(method(this)?.func.or_none())
    }
    /// the instance to which a method is bound
    #[member("__self__")]
    fn self_(_: &mut Vm, this: Value) -> Res {
        Ok(method(this)?.self_.or_none())
    }
    #[getter("__doc__")]
    fn doc(vm: &mut Vm, this: Value) -> Res {
        let f = method(this)?.func.or_none();
        Ok(vm.get_attr_opt(f, vm.names.__doc__)?.unwrap_or(Value::NONE))
    }
}

impl Vm {
    /// `(getattr, (obj, name))`.
    pub(crate) fn reduce_to_getattr(&mut self, obj: Value, name: Value) -> Res {
        let getattr = match self.interp().builtins {
            Some(b) => self.dict_get_str(b, "getattr"),
            None => None,
        };
        let args = self.new_tuple(&[obj, name])?;
        self.new_tuple(&[getattr.unwrap_or(Value::NONE), args])
    }
}
