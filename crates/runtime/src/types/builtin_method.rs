//! Builtin functions and methods: `builtin_function_or_method`, `method-wrapper`,
//! `method_descriptor`, `wrapper_descriptor`, `classmethod_descriptor`.

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::native::{DefKind, NativeDef};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

const FLAGS: TypeFlags = TypeFlags::NO_INSTANCES.union(TypeFlags::HAS_WEAKREF);

pub static SPEC: TypeSpec = TypeSpec {
    name: "builtin_function_or_method",
    kind: Kind::Native,
    tables: &[native::TABLE, function::TABLE],
    flags: FLAGS,
    ..TypeSpec::DEFAULT
};

pub static METHOD_WRAPPER: TypeSpec = TypeSpec {
    name: "method-wrapper",
    kind: Kind::Native,
    tables: &[native::TABLE, wrapper::TABLE],
    flags: TypeFlags::NO_INSTANCES,
    ..TypeSpec::DEFAULT
};

pub static DESCRIPTOR: TypeSpec = TypeSpec {
    name: "method_descriptor",
    kind: Kind::MethodDescr,
    tables: &[descriptor::TABLE],
    flags: FLAGS.union(TypeFlags::DESCR_GET),
    ..TypeSpec::DEFAULT
};

pub static WRAPPER_DESCRIPTOR: TypeSpec = TypeSpec {
    name: "wrapper_descriptor",
    kind: Kind::MethodDescr,
    tables: &[descriptor::TABLE],
    flags: TypeFlags::NO_INSTANCES.union(TypeFlags::DESCR_GET),
    ..TypeSpec::DEFAULT
};

pub static CLASSMETHOD_DESCRIPTOR: TypeSpec = TypeSpec {
    name: "classmethod_descriptor",
    kind: Kind::MethodDescr,
    tables: &[descriptor::TABLE],
    flags: TypeFlags::NO_INSTANCES.union(TypeFlags::DESCR_GET),
    ..TypeSpec::DEFAULT
};

/// Names that CPython implements as type slots: their descriptors are slot wrappers.
#[rustfmt::skip]
fn is_slot_name(name: &str) -> bool {
    matches!(
        name,
        "__repr__" | "__hash__" | "__call__" | "__str__" | "__getattribute__" | "__getattr__" |
            "__setattr__" | "__delattr__" | "__lt__" | "__le__" | "__eq__" | "__ne__" |
            "__gt__" | "__ge__" | "__iter__" | "__next__" | "__get__" | "__set__" |
            "__delete__" | "__init__" | "__del__" | "__add__" | "__radd__" | "__sub__" |
            "__rsub__" | "__mul__" | "__rmul__" | "__mod__" | "__rmod__" | "__divmod__" |
            "__rdivmod__" | "__pow__" | "__rpow__" | "__neg__" | "__pos__" | "__abs__" |
            "__bool__" | "__invert__" | "__lshift__" | "__rlshift__" | "__rshift__" |
            "__rrshift__" | "__and__" | "__rand__" | "__xor__" | "__rxor__" | "__or__" |
            "__ror__" | "__int__" | "__float__" | "__iadd__" | "__isub__" | "__imul__" |
            "__imod__" | "__iand__" | "__ixor__" | "__ior__" | "__ilshift__" | "__irshift__" |
            "__ipow__" | "__floordiv__" | "__rfloordiv__" | "__truediv__" | "__rtruediv__" |
            "__ifloordiv__" | "__itruediv__" | "__index__" | "__matmul__" | "__rmatmul__" |
            "__imatmul__" | "__len__" | "__getitem__" | "__setitem__" | "__delitem__" |
            "__contains__" | "__await__" | "__aiter__" | "__anext__" | "__buffer__" |
            "__release_buffer__"
    )
}

/// Whether a method of a builtin class is a slot wrapper.
pub fn is_slot(class: &str, name: &str) -> bool {
    if !name.starts_with("__") || !is_slot_name(name) {
        return false;
    }
    // These are methods as well as slots (METH_COEXIST).
    !matches!(
        (class, name),
        ("dict", "__contains__" | "__getitem__")
            | ("list", "__getitem__")
            | ("set" | "frozenset", "__contains__")
    )
}

fn bound(v: Value) -> Res<Ref<NativeObj>> {
    v.downcast().ok_or(Raised)
}

fn descr(v: Value) -> Res<Ref<MethodDescrObj>> {
    v.downcast().ok_or(Raised)
}

/// What the function is bound to, modules aside.
fn receiver(n: Ref<NativeObj>) -> Option<Value> {
    n.self_.get().filter(|s| !s.is_kind(Kind::Module))
}

fn doc_of(vm: &mut Vm, def: &NativeDef) -> Res {
    if def.doc.is_empty() {
        return Ok(Value::NONE);
    }
    vm.new_str(def.doc)
}

/// Slot wrappers around construction and calls show the same signature in every class; their own
/// is that of the class.
fn signature_of(vm: &mut Vm, def: &NativeDef) -> Res {
    let shown = match (def.kind, def.name) {
        (DefKind::StaticMethod, "__new__") => Some("($type, *args, **kwargs)"),
        (DefKind::Method, "__init__" | "__call__") => Some("($self, /, *args, **kwargs)"),
        _ => def.text_signature,
    };
    match shown {
        Some(s) => vm.new_str(s),
        None => Ok(Value::NONE),
    }
}

/// What builtin functions and method wrappers share.
#[derive::natives]
mod native {
    use super::*;

    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.call_spread(this, args, kwargs)
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        let Some(b) = value.downcast::<NativeObj>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let a = bound(this)?;
        if vm.class_of(this) != vm.class_of(value) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let (x, y) = (a.self_.or_none(), b.self_.or_none());
        Ok(Value::bool(
            std::ptr::eq(a.def, b.def) && vm.is_same(x, y) && a.module.bits() == b.module.bits(),
        ))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(_: &mut Vm, this: Value) -> Res<i64> {
        let n = bound(this)?;
        let address = n.def as *const NativeDef as i64 >> 4;
        let h = crate::convert::identity_hash(n.self_.or_none()) ^ address;
        Ok(if h == -1 { -2 } else { h })
    }
    #[getter("__name__")]
    fn name(_: &mut Vm, this: Value) -> Res<&'static str> {
        Ok(bound(this)?.def.name)
    }
    #[getter("__qualname__")]
    fn qualname(vm: &mut Vm, this: Value) -> Res<String> {
        let n = bound(this)?;
        let Some(s) = receiver(n) else {
            return Ok(n.def.name.to_string());
        };
        let class = match s.downcast::<TypeObj>() {
            Some(c) if vm.class_of(this) != vm.types.method_wrapper => c,
            _ => match n.class.get().and_then(|c| c.downcast::<TypeObj>()) {
                Some(c) if vm.class_of(this) == vm.types.method_wrapper => c,
                _ => vm.class_of(s),
            },
        };
        let q = vm.display(class.qualname.or_none());
        Ok(format!("{q}.{}", n.def.name))
    }
    #[getter("__doc__")]
    fn doc(vm: &mut Vm, this: Value) -> Res {
        doc_of(vm, bound(this)?.def)
    }
    #[getter("__text_signature__")]
    fn text_signature(vm: &mut Vm, this: Value) -> Res {
        signature_of(vm, bound(this)?.def)
    }
    #[getter("__self__")]
    fn self_(_: &mut Vm, this: Value) -> Res {
        let n = bound(this)?;
        Ok(n.self_.get().or(n.module.get()).unwrap_or(Value::NONE))
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let n = bound(this)?;
        let name = vm.new_str(n.def.name)?;
        match receiver(n) {
            Some(s) => vm.reduce_to_getattr(s, name),
            None => Ok(name),
        }
    }
}

#[derive::natives]
mod function {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let n = bound(this)?;
        let name = n.def.name;
        Ok(match receiver(n) {
            None => format!("<built-in function {name}>"),
            Some(s) => {
                let class = vm.class_name(s);
                format!(
                    "<built-in method {name} of {class} object at {:#x}>",
                    s.bits()
                )
            }
        })
    }
    #[getter("__module__")]
    fn module(vm: &mut Vm, this: Value) -> Res {
        let Some(m) = bound(this)?.module.get() else {
            return Ok(Value::NONE);
        };
        match m.downcast::<ModuleObj>() {
            Some(m) => {
                let key = vm.names.__name__;
                Ok(vm
                    .dict_get_interned(m.dict.get(), key)
                    .unwrap_or(Value::NONE))
            }
            None => Ok(m),
        }
    }
    #[setter("__module__")]
    fn set_module(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let n = bound(this)?;
        n.module.write(n, value);
        Ok(())
    }
}

#[derive::natives]
mod wrapper {
    use super::*;

    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let n = bound(this)?;
        let s = n.self_.or_none();
        let class = vm.class_name(s);
        Ok(format!(
            "<method-wrapper '{}' of {class} object at {:#x}>",
            n.def.name,
            s.bits()
        ))
    }
    #[getter("__objclass__")]
    fn objclass(_: &mut Vm, this: Value) -> Res {
        Ok(bound(this)?.class.or_none())
    }
}

#[derive::natives]
mod descriptor {
    use super::*;

    /// Call self as a function.
    #[native("__call__($self, /, *args, **kwargs)")]
    fn call(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res {
        vm.call_spread(this, args, kwargs)
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, owner: Option<Value>) -> Res {
        let d = descr(this)?;
        if d.def.kind == DefKind::ClassMethod {
            let class = match owner.filter(|o| !o.is_none()) {
                Some(o) => o,
                None if !instance.is_none() => vm.class_of(instance).value(),
                None => return Err(vm.type_error("__get__(None, None) is invalid")),
            };
            return match class.downcast::<TypeObj>() {
                Some(c) if c.is_subtype(d.class) => vm.descr_get(this, None, c),
                Some(c) => {
                    let (name, want, got) = (d.def.name, d.class.full_name(), c.full_name());
                    Err(vm.type_error(&format!(
                        "descriptor '{name}' requires a subtype of '{want}' but received '{got}'"
                    )))
                }
                None => {
                    let (name, want, got) = (d.def.name, d.class.full_name(), vm.class_name(class));
                    Err(vm.type_error(&format!(
                        "descriptor '{name}' for type '{want}' needs a type, not a '{got}' as arg 2"
                    )))
                }
            };
        }
        match vm.descr_instance(instance, owner)? {
            None => Ok(this),
            Some(o) => {
                vm.check_descr_owner(this, d.class, o)?;
                let class = vm.class_of(o);
                vm.descr_get(this, Some(o), class)
            }
        }
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let d = descr(this)?;
        let what = if vm.class_of(this) == vm.types.wrapper_descriptor {
            "slot wrapper"
        } else {
            "method"
        };
        Ok(format!(
            "<{what} '{}' of '{}' objects>",
            d.def.name,
            d.class.full_name()
        ))
    }
    #[member("__name__")]
    fn name(_: &mut Vm, this: Value) -> Res<&'static str> {
        Ok(descr(this)?.def.name)
    }
    #[getter("__qualname__")]
    fn qualname(vm: &mut Vm, this: Value) -> Res<String> {
        let d = descr(this)?;
        let q = vm.display(d.class.qualname.or_none());
        Ok(format!("{q}.{}", d.def.name))
    }
    #[member("__objclass__")]
    fn objclass(_: &mut Vm, this: Value) -> Res {
        Ok(descr(this)?.class.value())
    }
    #[getter("__doc__")]
    fn doc(vm: &mut Vm, this: Value) -> Res {
        doc_of(vm, descr(this)?.def)
    }
    #[getter("__text_signature__")]
    fn text_signature(vm: &mut Vm, this: Value) -> Res {
        signature_of(vm, descr(this)?.def)
    }
    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let d = descr(this)?;
        // getattr would give the bound method.
        if d.def.kind == DefKind::ClassMethod {
            let got = vm.class_name(this);
            return Err(vm.type_error(&format!("cannot pickle '{got}' object")));
        }
        let name = vm.new_str(d.def.name)?;
        vm.reduce_to_getattr(d.class.value(), name)
    }
}
