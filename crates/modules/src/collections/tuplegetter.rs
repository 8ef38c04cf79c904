//! `_tuplegetter`: the descriptor of a named tuple's field.

use crate::payloads::{payload, payload_type};
use runtime::class::TypeSpec;
use runtime::object::*;
use runtime::{Res, Value, Vm};
use std::cell::Cell;

payload! {
    struct Getter { index: i64, doc: Cell<Value> }
}

pub static SPEC: TypeSpec = payload_type! {
    name: "_tuplegetter",
    module: "collections",
    tables: &[methods::TABLE],
};

fn getter<'a>(v: Value) -> &'a Getter {
    match v.payload::<Getter>() {
        Some(g) => g,
        // The descriptor checked the type.
        None => unreachable!("a _tuplegetter without payload"),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, index, doc, /)")]
    fn new(vm: &mut Vm, class: Value, index: isize, doc: Value) -> Res {
        let base = vm.native_type(&SPEC)?;
        let class = vm.class_arg(class, base)?;
        vm.new_payload(
            class,
            Getter {
                index: index as i64,
                doc: Cell::new(doc),
            },
        )
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, _owner: Option<Value>) -> Res {
        if instance.is_none() {
            return Ok(this);
        }
        let index = getter(this).index;
        let Some(t) = instance.downcast::<TupleObj>() else {
            let name = vm.class_name(instance);
            return Err(vm.type_error(&format!(
                "descriptor for index '{index}' for tuple subclasses doesn't apply to '{name}' object"
            )));
        };
        match t.items().get(index as usize) {
            Some(v) => Ok(*v),
            None => Err(vm.index_error("tuple index out of range")),
        }
    }
    /// Set an attribute of instance to value.
    #[native("__set__($self, instance, value, /)")]
    fn set(vm: &mut Vm, _this: Value, _instance: Value, _value: Value) -> Res<()> {
        Err(vm.attribute_error_text("can't set attribute"))
    }
    /// Delete an attribute of instance.
    #[native("__delete__($self, instance, /)")]
    fn delete(vm: &mut Vm, _this: Value, _instance: Value) -> Res<()> {
        Err(vm.attribute_error_text("can't delete attribute"))
    }
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let g = getter(this);
        let index = vm.new_int(g.index)?;
        let args = vm.new_tuple(&[index, g.doc.get()])?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args])
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let g = getter(this);
        let doc = vm.display_repr(g.doc.get())?;
        Ok(format!("_tuplegetter({}, {doc})", g.index))
    }
    #[getter("__doc__")]
    fn doc(_: &mut Vm, this: Value) -> Res {
        Ok(getter(this).doc.get())
    }
    #[setter("__doc__")]
    fn set_doc(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        getter(this).doc.set(value.unwrap_or(Value::NONE));
        Ok(())
    }
}
