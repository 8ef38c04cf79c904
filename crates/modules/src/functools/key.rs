//! `cmp_to_key`.

use crate::payloads::{payload, payload_type};
use runtime::class::{TypeFlags, TypeSpec};
use runtime::ops::CmpOp;
use runtime::types::protocol::rich_compare;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

payload! {
    struct Key { cmp: Value, obj: Cell<Option<Value>> }
}

static KEY: TypeSpec = payload_type! {
    name: "KeyWrapper",
    module: "functools",
    flags: TypeFlags::NO_INSTANCES,
    tables: &[methods::TABLE, compare::TABLE],
};

rich_compare!(compare, key_compare);

fn key_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.payload::<Key>(), b.payload::<Key>()) else {
        return Err(vm.type_error("other argument must be K instance"));
    };
    let (Some(p), Some(q)) = (x.obj.get(), y.obj.get()) else {
        return Err(vm.attribute_error_text("object"));
    };
    let r = vm.call_value(x.cmp, &[p, q])?;
    vm.compare(op, r, Value::int_unchecked(0))
}

fn new_key(vm: &mut Vm, cmp: Value, obj: Option<Value>) -> Res {
    let class = vm.native_type(&KEY)?;
    vm.new_payload(
        class,
        Key {
            cmp,
            obj: Cell::new(obj),
        },
    )
}

#[derive::natives]
mod methods {
    use super::*;

    /// Call self as a function.
    #[native("__call__($self, /, obj)")]
    fn call(vm: &mut Vm, this: Value, obj: Value) -> Res {
        match this.payload::<Key>() {
            Some(k) => new_key(vm, k.cmp, Some(obj)),
            None => Ok(Value::NONE),
        }
    }
    /// Value wrapped by a key function.
    #[member("obj")]
    fn obj(vm: &mut Vm, this: Value) -> Res {
        match this.payload::<Key>().and_then(|k| k.obj.get()) {
            Some(v) => Ok(v),
            None => Err(vm.attribute_error_text("obj")),
        }
    }
    #[setter("obj")]
    fn set_obj(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        if let Some(k) = this.payload::<Key>() {
            k.obj.set(value);
        }
        Ok(())
    }
}

#[derive::natives]
pub mod functions {
    use super::*;

    /// Convert a cmp= function into a key= function.
    ///
    /// mycmp
    ///     Function that compares two objects.
    #[native("cmp_to_key($module, /, mycmp)")]
    fn cmp_to_key(vm: &mut Vm, _m: Value, mycmp: Value) -> Res {
        new_key(vm, mycmp, None)
    }
}
