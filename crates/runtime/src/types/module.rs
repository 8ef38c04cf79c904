//! `module`.

use crate::class::{DictPlace, TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "module",
    kind: Kind::Module,
    doc: "Create a module object.\n\nThe name must be a string; the optional docstring can have any type.",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::HAS_WEAKREF),
    size: size_of::<ModuleObj>(),
    dict: DictPlace::Field,
    slot_offset: std::mem::offset_of!(ModuleObj, dict),
    ..TypeSpec::DEFAULT
};

impl Vm {
    /// A module of this class with an empty dict.
    pub fn new_module_of(&mut self, class: Ref<TypeObj>) -> Res<Ref<ModuleObj>> {
        let d = self.new_dict()?;
        let m = self.new_instance(class)?;
        // SAFETY: module classes make Module cells.
        let m: Ref<ModuleObj> = unsafe { m.cast() };
        // SAFETY: freshly allocated; the reference must not stay null.
        unsafe { (&raw mut (*m.as_ptr()).dict).write(std::cell::Cell::new(d)) };
        Ok(m)
    }

    /// Sets the attributes that every module has.
    fn module_defaults(&mut self, m: Ref<ModuleObj>, name: Value, doc: Value) -> Res<()> {
        let n = self.names;
        for (key, v) in [
            (n.__name__, name),
            (n.__doc__, doc),
            (n.__package__, Value::NONE),
            (n.__loader__, Value::NONE),
            (n.__spec__, Value::NONE),
        ] {
            self.dict_set(m.dict.get().value(), key, v)?;
        }
        Ok(())
    }
}

fn module(vm: &mut Vm, v: Value) -> Res<Ref<ModuleObj>> {
    match v.downcast::<ModuleObj>() {
        Some(m) => Ok(m),
        None => {
            let got = vm.class_name(v);
            Err(vm.type_error(&format!("expected a module, got '{got}'")))
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        let Some(class) = class.downcast::<TypeObj>() else {
            return Err(vm.type_error("module.__new__(X): X is not a type object"));
        };
        vm.new_module_of(class).map(Ref::value)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, name, doc=None)")]
    fn init(vm: &mut Vm, this: Value, name: Value, doc: Option<Value>) -> Res<()> {
        let m = module(vm, this)?;
        if !name.is_kind(Kind::Str) {
            let got = vm.argument_kind(name);
            return Err(vm.type_error(&format!("module() argument 'name' must be str, not {got}")));
        }
        vm.module_defaults(m, name, doc.unwrap_or(Value::NONE))
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res {
        let b = vm.import_module("_frozen_importlib")?;
        vm.call_method_str(b, "_module_repr", &[this])
    }
    /// __dir__() -> list
    /// specialized dir() implementation
    #[native("__dir__($self, /)")]
    fn dir(vm: &mut Vm, this: Value) -> Res {
        let d = vm.get_attr(this, vm.names.__dict__)?;
        let Some(d) = d.downcast::<DictObj>() else {
            let name = vm.display(this);
            return Err(vm.type_error(&format!("{name}.__dict__ is not a dictionary")));
        };
        let key = vm.names.__dir__;
        match vm.dict_get_interned(d, key) {
            Some(f) => vm.call_value(f, &[]),
            None => {
                let names = vm.collect(d.value())?;
                vm.list_from_vec(names)
            }
        }
    }
    #[member("__dict__")]
    fn dict(vm: &mut Vm, this: Value) -> Res {
        Ok(module(vm, this)?.dict.get().value())
    }
    #[getter("__annotations__")]
    fn annotations(vm: &mut Vm, this: Value) -> Res {
        let m = module(vm, this)?;
        let d = m.dict.get();
        let n = vm.names;
        if let Some(a) = vm.dict_get_interned(d, n.__annotations__) {
            return Ok(a);
        }
        let made = match vm.dict_get_interned(d, n.__annotate__) {
            Some(f) if !f.is_none() => {
                let one = Value::int_unchecked(1);
                let a = vm.call_value(f, &[one])?;
                if !a.is_kind(Kind::Dict) {
                    let got = vm.class_name(a);
                    return Err(
                        vm.type_error(&format!("__annotate__() must return a dict, not {got}"))
                    );
                }
                a
            }
            _ => vm.new_dict()?.value(),
        };
        if !vm.is_initializing(this) {
            vm.dict_set(d.value(), n.__annotations__, made)?;
        }
        Ok(made)
    }
    #[setter("__annotations__")]
    fn set_annotations(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let d = module(vm, this)?.dict.get();
        let n = vm.names;
        match value {
            Some(v) => vm.dict_set(d.value(), n.__annotations__, v)?,
            None => {
                if !vm.dict_remove(d, n.__annotations__)? {
                    return Err(vm.attribute_error(this, n.__annotations__, "__annotations__"));
                }
            }
        }
        vm.dict_remove(d, n.__annotate__)?;
        Ok(())
    }
    #[getter("__annotate__")]
    fn annotate(vm: &mut Vm, this: Value) -> Res {
        let d = module(vm, this)?.dict.get();
        let n = vm.names;
        match vm.dict_get_interned(d, n.__annotate__) {
            Some(f) => Ok(f),
            None => {
                vm.dict_set(d.value(), n.__annotate__, Value::NONE)?;
                Ok(Value::NONE)
            }
        }
    }
    #[setter("__annotate__")]
    fn set_annotate(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let d = module(vm, this)?.dict.get();
        let n = vm.names;
        let Some(v) = value else {
            return Err(vm.type_error("cannot delete __annotate__ attribute"));
        };
        if !v.is_none() && vm.special(v, n.__call__).is_none() {
            return Err(vm.type_error("__annotate__ must be callable or None"));
        }
        vm.dict_set(d.value(), n.__annotate__, v)?;
        if !v.is_none() {
            vm.dict_remove(d, n.__annotations__)?;
        }
        Ok(())
    }
}
