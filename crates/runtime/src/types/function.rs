//! `function`.

use crate::class::{DictPlace, TypeSpec};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "function",
    kind: Kind::Function,
    tables: &[methods::TABLE],
    dict: DictPlace::Field,
    slot_offset: std::mem::offset_of!(FunctionObj, dict),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.call_spread(this, args, kwargs)
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, _owner: Option<Value>) -> Res {
        if instance.is_none() {
            Ok(this)
        } else {
            vm.new_bound_method(this, instance)
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let q = vm.get_attr(this, vm.names.__qualname__)?;
        Ok(format!(
            "<function {} at {:#x}>",
            vm.display(q),
            this.bits()
        ))
    }
    #[getter("__qualname__")]
    fn qualname(_: &mut Vm, this: Value) -> Res {
        Ok(this
            .downcast::<FunctionObj>()
            .map_or(Value::NONE, |f| f.qualname.or_none()))
    }
    #[getter("__name__")]
    fn name(_: &mut Vm, this: Value) -> Res {
        Ok(this
            .downcast::<FunctionObj>()
            .map_or(Value::NONE, |f| f.name.or_none()))
    }
}
