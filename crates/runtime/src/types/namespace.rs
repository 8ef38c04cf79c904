//! `types.SimpleNamespace`.

use crate::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use crate::dict;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "SimpleNamespace",
    module: "types",
    kind: Kind::Instance,
    doc: "A simple attribute-based namespace.",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: 8,
    dict: DictPlace::Slots,
    slot_offset: 8,
    ..TypeSpec::DEFAULT
};

impl Vm {
    /// A SimpleNamespace with these attributes.
    pub fn new_namespace(&mut self, attrs: &[(&str, Value)]) -> Res {
        let ns = self.new_instance(self.types.simple_namespace)?;
        for (name, v) in attrs {
            self.set_attr_str(ns, name, *v)?;
        }
        Ok(ns)
    }
}

fn update(vm: &mut Vm, this: Value, d: Ref<DictObj>) -> Res<()> {
    let mut i = 0;
    while let Some((at, e)) = dict::next_entry(d, i) {
        i = at + 1;
        let (Some(key), Some(v)) = (e.key, e.value) else {
            continue;
        };
        if !key.is_kind(Kind::Str) {
            return Err(vm.type_error("keywords must be strings"));
        }
        let key = vm.intern_value(key);
        vm.set_attr(this, key, Some(v))?;
    }
    Ok(())
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        match class.downcast::<TypeObj>() {
            Some(c) => vm.new_instance(c),
            None => Err(vm.type_error("a type is needed")),
        }
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, mapping_or_iterable=(), /, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, mapping: Option<Value>, kwargs: Option<Value>) -> Res<()> {
        if let Some(m) = mapping {
            let class = vm.types.dict;
            let d = vm.call_value(class.value(), &[m])?;
            if let Some(d) = d.downcast::<DictObj>() {
                update(vm, this, d)?;
            }
        }
        match kwargs.and_then(|k| k.downcast::<DictObj>()) {
            Some(k) => update(vm, this, k),
            None => Ok(()),
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let class = vm.class_of(this);
        let name = if class == vm.types.simple_namespace {
            "namespace".to_string()
        } else {
            class.name_str()
        };
        if vm.repr_stack.contains(&this) {
            return Ok(format!("{name}(...)"));
        }
        vm.check_native_stack()?;
        vm.repr_stack.push(this);
        let r = parts(vm, this);
        vm.repr_stack.pop();
        Ok(format!("{name}({})", r?.join(", ")))
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, crate::ops::CmpOp::Eq, this, value)
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, crate::ops::CmpOp::Ne, this, value)
    }
    /// Return self<value.
    #[native("__lt__($self, value, /)")]
    fn lt(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, crate::ops::CmpOp::Lt, this, value)
    }
    /// Return self<=value.
    #[native("__le__($self, value, /)")]
    fn le(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, crate::ops::CmpOp::Le, this, value)
    }
    /// Return self>value.
    #[native("__gt__($self, value, /)")]
    fn gt(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, crate::ops::CmpOp::Gt, this, value)
    }
    /// Return self>=value.
    #[native("__ge__($self, value, /)")]
    fn ge(vm: &mut Vm, this: Value, value: Value) -> Res {
        compare(vm, crate::ops::CmpOp::Ge, this, value)
    }
    /// Return state information for pickling
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let class = vm.class_of(this).value();
        let args = vm.new_tuple(&[])?;
        let d = vm.attr_dict(this)?;
        vm.new_tuple(&[class, args, d.value()])
    }
    /// Return a copy of the namespace object with new values for the specified attributes.
    #[native("__replace__($self, /, **changes)")]
    fn replace(vm: &mut Vm, this: Value, changes: Option<Value>) -> Res {
        let class = vm.class_of(this).value();
        let new = vm.call_value(class, &[])?;
        let d = vm.attr_dict(this)?;
        update(vm, new, d)?;
        if let Some(k) = changes.and_then(|k| k.downcast::<DictObj>()) {
            update(vm, new, k)?;
        }
        Ok(new)
    }
}

fn parts(vm: &mut Vm, this: Value) -> Res<Vec<String>> {
    let d = vm.attr_dict(this)?;
    let mut out = Vec::new();
    let mut i = 0;
    while let Some((at, e)) = dict::next_entry(d, i) {
        i = at + 1;
        if let (Some(key), Some(v)) = (e.key, e.value)
            && key.is_kind(Kind::Str)
        {
            let key = vm.display(key);
            if key.is_empty() {
                continue;
            }
            out.push(format!("{key}={}", vm.display_repr(v)?));
        }
    }
    Ok(out)
}

/// Compares the attribute dicts of two namespaces.
fn compare(vm: &mut Vm, op: crate::ops::CmpOp, a: Value, b: Value) -> Res {
    let class = vm.types.simple_namespace;
    if !vm.is_instance_of(a, class) || !vm.is_instance_of(b, class) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (vm.attr_dict(a)?, vm.attr_dict(b)?);
    vm.compare(op, a.value(), b.value())
}
