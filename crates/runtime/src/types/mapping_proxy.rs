//! `mappingproxy`.

use super::protocol::{generic, rich_compare};
use crate::class::{TypeFlags, TypeSpec};
use crate::object::*;
use crate::ops::{BinOp, CmpOp};
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "mappingproxy",
    kind: Kind::MappingProxy,
    doc: "Read-only proxy of a mapping.",
    tables: &[methods::TABLE, compare::TABLE, generic::TABLE],
    flags: TypeFlags::MAPPING,
    ..TypeSpec::DEFAULT
};

rich_compare!(compare, proxy_compare);

/// The mapping behind a `self` argument.
fn mapping(v: Value) -> Value {
    // SAFETY: the descriptor checked the type.
    unsafe { v.cast::<MappingProxyObj>() }.mapping.or_none()
}

/// The mapping behind a proxy; any other value as it is.
fn unwrap(v: Value) -> Value {
    v.downcast::<MappingProxyObj>()
        .map_or(v, |p| p.mapping.or_none())
}

fn proxy_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    vm.compare(op, mapping(a), b)
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, mapping)")]
    fn new(vm: &mut Vm, class: Value, mapping: Value) -> Res {
        vm.class_arg(class, vm.types.mapping_proxy)?;
        let is_mapping = vm.special(mapping, vm.names.__getitem__).is_some()
            && !mapping.is_kind(Kind::List)
            && !mapping.is_kind(Kind::Tuple);
        if !is_mapping {
            let name = vm.class_name(mapping);
            return Err(vm.type_error(&format!(
                "mappingproxy() argument must be a mapping, not {name}"
            )));
        }
        vm.new_mapping_proxy(mapping)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let mut out = text::StrBuf::new();
        out.push_str("mappingproxy(");
        vm.push_repr(&mut out, mapping(this))?;
        out.push_str(")");
        vm.new_str_owned(&out.finish())
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        vm.str_of(mapping(this))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        vm.hash(mapping(this))
    }
    /// Implement iter(self).
    #[native("__iter__($self, /)")]
    fn iter(vm: &mut Vm, this: Value) -> Res {
        vm.iter(mapping(this))
    }
    /// D.__reversed__() -> reverse iterator
    #[native("__reversed__($self, /)")]
    fn reversed(vm: &mut Vm, this: Value) -> Res {
        vm.call_method(mapping(this), vm.names.__reversed__, &[])
    }
    /// Return len(self).
    #[native("__len__($self, /)")]
    fn len(vm: &mut Vm, this: Value) -> Res<usize> {
        vm.len(mapping(this))
    }
    /// Return self[key].
    #[native("__getitem__($self, key, /)")]
    fn getitem(vm: &mut Vm, this: Value, key: Value) -> Res {
        vm.get_item(mapping(this), key)
    }
    /// Return bool(key in self).
    #[native("__contains__($self, key, /)")]
    fn contains(vm: &mut Vm, this: Value, key: Value) -> Res<bool> {
        vm.contains(mapping(this), key)
    }
    /// Return the value for key if key is in the mapping, else default.
    #[native("get($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        let args = [key, default.unwrap_or(Value::NONE)];
        vm.call_method(mapping(this), vm.names.get, &args)
    }
    /// a set-like object providing a view on D's keys
    #[native("keys($self, /)")]
    fn keys(vm: &mut Vm, this: Value) -> Res {
        vm.call_method(mapping(this), vm.names.keys, &[])
    }
    /// an object providing a view on D's values
    #[native("values($self, /)")]
    fn values(vm: &mut Vm, this: Value) -> Res {
        vm.call_method(mapping(this), vm.names.values, &[])
    }
    /// a set-like object providing a view on D's items
    #[native("items($self, /)")]
    fn items(vm: &mut Vm, this: Value) -> Res {
        vm.call_method(mapping(this), vm.names.items, &[])
    }
    /// a shallow copy of D
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        vm.call_method(mapping(this), vm.names.copy, &[])
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.binary(BinOp::Or, mapping(this), unwrap(value))
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.binary(BinOp::Or, unwrap(value), mapping(this))
    }
    /// Return self|=value.
    #[native("__ior__($self, value, /)")]
    fn ior(vm: &mut Vm, this: Value, _value: Value) -> Res {
        let name = vm.class_name(this);
        Err(vm.type_error(&format!("'|=' is not supported by {name}; use '|' instead")))
    }
}

impl Vm {
    /// A read-only view of a mapping.
    pub fn new_mapping_proxy(&mut self, m: Value) -> Res {
        let p = self.alloc::<MappingProxyObj>(Kind::MappingProxy)?;
        p.mapping.init(m);
        Ok(p.value())
    }
}
