//! `weakref.ProxyType` and `weakref.CallableProxyType`: every operation goes to the referent.

use crate::class::TypeSpec;
use crate::object::*;
use crate::ops::{BinOp, CmpOp};
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static PROXY: TypeSpec = TypeSpec {
    name: "ProxyType",
    kind: Kind::WeakRef,
    module: "weakref",
    tables: &[operators::TABLE, methods::TABLE],
    flags: crate::class::TypeFlags::NO_INSTANCES,
    size: size_of::<WeakRefObj>(),
    slot_offset: std::mem::offset_of!(WeakRefObj, overflow),
    ..TypeSpec::DEFAULT
};

pub static CALLABLE_PROXY: TypeSpec = TypeSpec {
    name: "CallableProxyType",
    tables: &[operators::TABLE, methods::TABLE, callable::TABLE],
    ..PROXY
};

/// The referent of a proxy, anything else as it is.
fn unwrap(vm: &mut Vm, v: Value) -> Res {
    match v.downcast::<WeakRefObj>().filter(|w| w.proxy.get()) {
        Some(w) => match w.target.get() {
            Some(t) => Ok(t),
            None => Err(vm.reference_error("weakly-referenced object no longer exists")),
        },
        None => Ok(v),
    }
}

fn binary(vm: &mut Vm, op: BinOp, a: Value, b: Value) -> Res {
    let (a, b) = (unwrap(vm, a)?, unwrap(vm, b)?);
    vm.binary(op, a, b)
}

fn inplace(vm: &mut Vm, op: BinOp, a: Value, b: Value) -> Res {
    let (a, b) = (unwrap(vm, a)?, unwrap(vm, b)?);
    vm.inplace(op, a, b)
}

fn compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (a, b) = (unwrap(vm, a)?, unwrap(vm, b)?);
    vm.compare(op, a, b)
}

fn forward(vm: &mut Vm, this: Value, method: &str, args: &[Value]) -> Res {
    let t = unwrap(vm, this)?;
    vm.call_method_str(t, method, args)
}

#[derive::natives]
mod operators {
    use super::*;

    /// Return self+value.
    #[native("__add__($self, value, /)")]
    fn add_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Add, this, value)
    }
    /// Return value+self.
    #[native("__radd__($self, value, /)")]
    fn radd_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Add, value, this)
    }
    /// Return self+=value.
    #[native("__iadd__($self, value, /)")]
    fn iadd_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Add, this, value)
    }
    /// Return self-value.
    #[native("__sub__($self, value, /)")]
    fn sub_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Sub, this, value)
    }
    /// Return value-self.
    #[native("__rsub__($self, value, /)")]
    fn rsub_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Sub, value, this)
    }
    /// Return self-=value.
    #[native("__isub__($self, value, /)")]
    fn isub_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Sub, this, value)
    }
    /// Return self*value.
    #[native("__mul__($self, value, /)")]
    fn mul_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Mul, this, value)
    }
    /// Return value*self.
    #[native("__rmul__($self, value, /)")]
    fn rmul_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Mul, value, this)
    }
    /// Return self*=value.
    #[native("__imul__($self, value, /)")]
    fn imul_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Mul, this, value)
    }
    /// Return self/value.
    #[native("__truediv__($self, value, /)")]
    fn truediv_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::TrueDiv, this, value)
    }
    /// Return value/self.
    #[native("__rtruediv__($self, value, /)")]
    fn rtruediv_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::TrueDiv, value, this)
    }
    /// Return self/=value.
    #[native("__itruediv__($self, value, /)")]
    fn itruediv_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::TrueDiv, this, value)
    }
    /// Return self//value.
    #[native("__floordiv__($self, value, /)")]
    fn floordiv_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::FloorDiv, this, value)
    }
    /// Return value//self.
    #[native("__rfloordiv__($self, value, /)")]
    fn rfloordiv_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::FloorDiv, value, this)
    }
    /// Return self//=value.
    #[native("__ifloordiv__($self, value, /)")]
    fn ifloordiv_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::FloorDiv, this, value)
    }
    /// Return self%value.
    #[native("__mod__($self, value, /)")]
    fn mod_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Mod, this, value)
    }
    /// Return value%self.
    #[native("__rmod__($self, value, /)")]
    fn rmod_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Mod, value, this)
    }
    /// Return self%=value.
    #[native("__imod__($self, value, /)")]
    fn imod_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Mod, this, value)
    }
    /// Return self&value.
    #[native("__and__($self, value, /)")]
    fn and_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::And, this, value)
    }
    /// Return value&self.
    #[native("__rand__($self, value, /)")]
    fn rand_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::And, value, this)
    }
    /// Return self&=value.
    #[native("__iand__($self, value, /)")]
    fn iand_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::And, this, value)
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Or, this, value)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Or, value, this)
    }
    /// Return self|=value.
    #[native("__ior__($self, value, /)")]
    fn ior_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Or, this, value)
    }
    /// Return self^value.
    #[native("__xor__($self, value, /)")]
    fn xor_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Xor, this, value)
    }
    /// Return value^self.
    #[native("__rxor__($self, value, /)")]
    fn rxor_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Xor, value, this)
    }
    /// Return self^=value.
    #[native("__ixor__($self, value, /)")]
    fn ixor_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Xor, this, value)
    }
    /// Return self<<value.
    #[native("__lshift__($self, value, /)")]
    fn lshift_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Lshift, this, value)
    }
    /// Return value<<self.
    #[native("__rlshift__($self, value, /)")]
    fn rlshift_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Lshift, value, this)
    }
    /// Return self<<=value.
    #[native("__ilshift__($self, value, /)")]
    fn ilshift_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Lshift, this, value)
    }
    /// Return self>>value.
    #[native("__rshift__($self, value, /)")]
    fn rshift_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Rshift, this, value)
    }
    /// Return value>>self.
    #[native("__rrshift__($self, value, /)")]
    fn rrshift_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Rshift, value, this)
    }
    /// Return self>>=value.
    #[native("__irshift__($self, value, /)")]
    fn irshift_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Rshift, this, value)
    }
    /// Return self**value.
    #[native("__pow__($self, value, /)")]
    fn pow_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Pow, this, value)
    }
    /// Return value**self.
    #[native("__rpow__($self, value, /)")]
    fn rpow_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::Pow, value, this)
    }
    /// Return self**=value.
    #[native("__ipow__($self, value, /)")]
    fn ipow_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::Pow, this, value)
    }
    /// Return self@value.
    #[native("__matmul__($self, value, /)")]
    fn matmul_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::MatMul, this, value)
    }
    /// Return value@self.
    #[native("__rmatmul__($self, value, /)")]
    fn rmatmul_(vm: &mut Vm, this: Value, value: Value) -> Res {
        binary(vm, BinOp::MatMul, value, this)
    }
    /// Return self@=value.
    #[native("__imatmul__($self, value, /)")]
    fn imatmul_(vm: &mut Vm, this: Value, value: Value) -> Res {
        inplace(vm, BinOp::MatMul, this, value)
    }
    /// Return self<value.
    #[native("__lt__($self, value, /)")]
    fn lt_(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, CmpOp::Lt, this, value)
    }
    /// Return self<=value.
    #[native("__le__($self, value, /)")]
    fn le_(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, CmpOp::Le, this, value)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq_(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, CmpOp::Eq, this, value)
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn ne_(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, CmpOp::Ne, this, value)
    }
    /// Return self>value.
    #[native("__gt__($self, value, /)")]
    fn gt_(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, CmpOp::Gt, this, value)
    }
    /// Return self>=value.
    #[native("__ge__($self, value, /)")]
    fn ge_(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, CmpOp::Ge, this, value)
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__str__", &[])
    }
    /// -self
    #[native("__neg__($self, /)")]
    fn neg_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__neg__", &[])
    }
    /// +self
    #[native("__pos__($self, /)")]
    fn pos_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__pos__", &[])
    }
    /// abs(self)
    #[native("__abs__($self, /)")]
    fn abs_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__abs__", &[])
    }
    /// ~self
    #[native("__invert__($self, /)")]
    fn invert_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__invert__", &[])
    }
    /// int(self)
    #[native("__int__($self, /)")]
    fn int_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__int__", &[])
    }
    /// float(self)
    #[native("__float__($self, /)")]
    fn float_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__float__", &[])
    }
    /// Return self converted to an integer, if self is suitable for use as an index into a list.
    #[native("__index__($self, /)")]
    fn index_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__index__", &[])
    }
    #[native("__bytes__($self, /)")]
    fn bytes_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__bytes__", &[])
    }
    #[native("__reversed__($self, /)")]
    fn reversed_(vm: &mut Vm, this: Value) -> Res {
        forward(vm, this, "__reversed__", &[])
    }
    /// Return divmod(self, value).
    #[native("__divmod__($self, value, /)")]
    fn divmod_(vm: &mut Vm, this: Value, value: Value) -> Res {
        let value = unwrap(vm, value)?;
        forward(vm, this, "__divmod__", &[value])
    }
    /// Return divmod(value, self).
    #[native("__rdivmod__($self, value, /)")]
    fn rdivmod_(vm: &mut Vm, this: Value, value: Value) -> Res {
        let value = unwrap(vm, value)?;
        forward(vm, this, "__rdivmod__", &[value])
    }
    /// True if self else False
    #[native("__bool__($self, /)")]
    fn bool_(vm: &mut Vm, this: Value) -> Res<bool> {
        let t = unwrap(vm, this)?;
        vm.truth(t)
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        let t = unwrap(vm, this)?;
        vm.len(t)
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        let t = unwrap(vm, this)?;
        vm.get_item(t, key)
    }
    /// Set self[key] to value.
    #[native("__setitem__($self, key, value, /)")]
    fn setitem(vm: &mut Vm, this: Value, key: Value, value: Value) -> Res<()> {
        let t = unwrap(vm, this)?;
        vm.set_item(t, key, value)
    }
    /// Delete self[key].
    #[native("__delitem__($self, key, /)")]
    fn delitem(vm: &mut Vm, this: Value, key: Value) -> Res<()> {
        let t = unwrap(vm, this)?;
        vm.del_item(t, key)
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        let t = unwrap(vm, this)?;
        vm.contains(t, key)
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        let t = unwrap(vm, this)?;
        vm.iter(t)
    }
    /// Implement next(self).
    #[native("__next__($self, /)")]
    fn next(vm: &mut Vm, this: Value) -> Res {
        let t = unwrap(vm, this)?;
        let class = vm.class_of(t);
        if class.iternext.get().is_none() && vm.special(t, vm.names.__next__).is_none() {
            let name = class.full_name();
            return Err(vm.type_error(&format!(
                "Weakref proxy referenced a non-iterator '{name}' object"
            )));
        }
        match vm.next_or_value(t)? {
            Ok(v) => Ok(v),
            Err(result) => Err(vm.stop_iteration(result)),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let target = this
            .downcast::<WeakRefObj>()
            .map_or(Value::NONE, |w| w.target.or_none());
        let class = vm.class_name(target);
        Ok(format!(
            "<weakproxy at {:#x}; to '{class}' at {:#x}>",
            this.bits(),
            target.bits()
        ))
    }
    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let name = vm.attr_name(name)?;
        let t = unwrap(vm, this)?;
        vm.get_attr(t, name)
    }
    /// Implement setattr(self, name, value).
    #[native("__setattr__($self, name, value, /)")]
    fn setattr(vm: &mut Vm, this: Value, name: Value, value: Value) -> Res<()> {
        let name = vm.attr_name(name)?;
        let t = unwrap(vm, this)?;
        vm.set_attr(t, name, Some(value))
    }
    /// Implement delattr(self, name).
    #[native("__delattr__($self, name, /)")]
    fn delattr(vm: &mut Vm, this: Value, name: Value) -> Res<()> {
        let name = vm.attr_name(name)?;
        let t = unwrap(vm, this)?;
        vm.set_attr(t, name, None)
    }
}

#[derive::natives]
mod callable {
    use super::*;

    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        let t = unwrap(vm, this)?;
        vm.call_spread(t, args, kwargs)
    }
}
