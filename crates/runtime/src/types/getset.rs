//! `getset_descriptor` and `member_descriptor`.

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

const FLAGS: TypeFlags = TypeFlags::NO_INSTANCES
    .union(TypeFlags::DESCR_GET)
    .union(TypeFlags::DESCR_SET);

pub static SPEC: TypeSpec = TypeSpec {
    name: "getset_descriptor",
    kind: Kind::GetSet,
    tables: &[common::TABLE],
    flags: FLAGS,
    ..TypeSpec::DEFAULT
};

pub static MEMBER: TypeSpec = TypeSpec {
    name: "member_descriptor",
    kind: Kind::Member,
    tables: &[common::TABLE],
    flags: FLAGS,
    ..TypeSpec::DEFAULT
};

/// The class a descriptor belongs to.
fn owner_of(v: Value) -> Res<Ref<TypeObj>> {
    if let Some(g) = v.downcast::<GetSetObj>() {
        return Ok(g.class);
    }
    v.downcast::<MemberObj>().map(|m| m.class).ok_or(Raised)
}

#[derive::natives]
mod common {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let name = vm.descr_name(this);
        let class = owner_of(this)?.full_name();
        let what = if vm.class_of(this) == vm.types.member {
            "member"
        } else {
            "attribute"
        };
        Ok(format!("<{what} '{name}' of '{class}' objects>"))
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, owner: Option<Value>) -> Res {
        match vm.descr_instance(instance, owner) {
            Ok(None) => Ok(this),
            Ok(Some(o)) => {
                let class = vm.class_of(o);
                vm.descr_get(this, Some(o), class)
            }
            // None has attributes of its own type.
            Err(_) if owner_of(this)? == vm.types.object => {
                vm.raised = None;
                let class = vm.types.none;
                vm.descr_get(this, Some(instance), class)
            }
            Err(r) => Err(r),
        }
    }
    /// Set an attribute of instance to value.
    #[native("__set__($self, instance, value, /)")]
    fn set(vm: &mut Vm, this: Value, instance: Value, value: Value) -> Res<()> {
        vm.descr_set(this, instance, Value::NONE, Some(value))
            .map(|_| ())
    }
    /// Delete an attribute of instance.
    #[native("__delete__($self, instance, /)")]
    fn delete(vm: &mut Vm, this: Value, instance: Value) -> Res<()> {
        let name = vm.descr_name(this);
        let name = vm.intern(&name);
        vm.descr_set(this, instance, name, None).map(|_| ())
    }
    #[member("__name__")]
    fn name(vm: &mut Vm, this: Value) -> Res<String> {
        Ok(vm.descr_name(this))
    }
    #[getter("__qualname__")]
    fn qualname(vm: &mut Vm, this: Value) -> Res<String> {
        let q = vm.display(owner_of(this)?.qualname.or_none());
        Ok(format!("{q}.{}", vm.descr_name(this)))
    }
    #[member("__objclass__")]
    fn objclass(_: &mut Vm, this: Value) -> Res {
        Ok(owner_of(this)?.value())
    }
    #[getter("__doc__")]
    fn doc(vm: &mut Vm, this: Value) -> Res {
        let doc = this
            .downcast::<GetSetObj>()
            .and_then(|g| g.getter.get())
            .map_or("", |d| d.doc);
        if doc.is_empty() {
            return Ok(Value::NONE);
        }
        vm.new_str(doc)
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)", nosig)]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let name = vm.descr_name(this);
        let name = vm.new_str(&name)?;
        vm.reduce_to_getattr(owner_of(this)?.value(), name)
    }
}
