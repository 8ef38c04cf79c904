//! `property`.

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "property",
    kind: Kind::Property,
    doc: "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE
        .union(TypeFlags::DESCR_GET)
        .union(TypeFlags::DESCR_SET),
    size: size_of::<PropertyObj>(),
    slot_offset: std::mem::offset_of!(PropertyObj, overflow),
    ..TypeSpec::DEFAULT
};

/// Header flag: the docstring is the getter's.
const GETTER_DOC: u16 = 2;

fn property(v: Value) -> Res<Ref<PropertyObj>> {
    v.downcast().ok_or(Raised)
}

fn has_getter_doc(p: Ref<PropertyObj>) -> bool {
    p.header.flags & GETTER_DOC != 0
}

fn set_getter_doc(p: Ref<PropertyObj>, on: bool) {
    // SAFETY: a live cell; the bit is this type's own.
    unsafe {
        let flags = &mut (*p.header()).flags;
        *flags = if on {
            *flags | GETTER_DOC
        } else {
            *flags & !GETTER_DOC
        };
    }
}

impl Vm {
    /// A property with one function replaced (`x.setter(f)`).
    fn property_copy(&mut self, this: Value, which: usize, f: Value) -> Res {
        let p = property(this)?;
        let mut parts = [p.fget.or_none(), p.fset.or_none(), p.fdel.or_none()];
        if !f.is_none() {
            parts[which] = f;
        }
        let doc = if has_getter_doc(p) && !parts[0].is_none() {
            Value::NONE
        } else {
            p.doc.or_none()
        };
        let class = self.class_of(this).value();
        let new = self.call_value(class, &[parts[0], parts[1], parts[2], doc])?;
        if let Some(q) = new.downcast::<PropertyObj>() {
            q.name.write(q, p.name.get());
        }
        Ok(new)
    }

    fn property_init(&mut self, this: Value, parts: [Option<Value>; 4]) -> Res<()> {
        let p = property(this)?;
        let some = |i: usize| parts[i].filter(|v| !v.is_none());
        p.fget.write(p, some(0));
        p.fset.write(p, some(1));
        p.fdel.write(p, some(2));
        p.name.write(p, None);
        set_getter_doc(p, false);
        let mut doc = some(3);
        if doc.is_none()
            && let Some(f) = some(0)
        {
            doc = self
                .get_attr_opt(f, self.names.__doc__)?
                .filter(|d| !d.is_none());
            set_getter_doc(p, doc.is_some());
        }
        if self.class_of(this) == self.types.property {
            p.doc.write(p, doc);
            return Ok(());
        }
        // A subclass's own __doc__ would hide the member.
        p.doc.write(p, doc);
        let key = self.names.__doc__;
        match self.set_attr(this, key, Some(doc.unwrap_or(Value::NONE))) {
            Err(_) if has_getter_doc(p) && self.catch(self.types.exc.AttributeError) => Ok(()),
            r => r,
        }
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, _args: Value, _kwargs: Option<Value>) -> Res {
        match class.downcast::<TypeObj>() {
            Some(c) => vm.new_instance(c),
            None => Err(vm.type_error("property.__new__(X): X is not a type object")),
        }
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, fget=None, fset=None, fdel=None, doc=None)")]
    fn init(
        vm: &mut Vm,
        this: Value,
        fget: Option<Value>,
        fset: Option<Value>,
        fdel: Option<Value>,
        doc: Option<Value>,
    ) -> Res<()> {
        vm.property_init(this, [fget, fset, fdel, doc])
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, _owner: Option<Value>) -> Res {
        if instance.is_none() {
            return Ok(this);
        }
        vm.property_get(this, Some(instance))
    }
    /// Set an attribute of instance to value.
    #[native("__set__($self, instance, value, /)")]
    fn set(vm: &mut Vm, this: Value, instance: Value, value: Value) -> Res<()> {
        vm.property_set(this, instance, Some(value))
    }
    /// Delete an attribute of instance.
    #[native("__delete__($self, instance, /)")]
    fn delete(vm: &mut Vm, this: Value, instance: Value) -> Res<()> {
        vm.property_set(this, instance, None)
    }
    /// Descriptor to obtain a copy of the property with a different getter.
    #[native("getter($self, object, /)")]
    fn getter(vm: &mut Vm, this: Value, object: Value) -> Res {
        vm.property_copy(this, 0, object)
    }
    /// Descriptor to obtain a copy of the property with a different setter.
    #[native("setter($self, object, /)")]
    fn setter(vm: &mut Vm, this: Value, object: Value) -> Res {
        vm.property_copy(this, 1, object)
    }
    /// Descriptor to obtain a copy of the property with a different deleter.
    #[native("deleter($self, object, /)")]
    fn deleter(vm: &mut Vm, this: Value, object: Value) -> Res {
        vm.property_copy(this, 2, object)
    }
    /// Method to set name of a property.
    #[native("__set_name__($self, /, *args)", nosig)]
    fn set_name_hook(vm: &mut Vm, this: Value, args: Value) -> Res<()> {
        let p = property(this)?;
        let Some(t) = args.downcast::<TupleObj>().filter(|t| t.len == 2) else {
            let n = vm.len(args)?;
            return Err(vm.type_error(&format!(
                "__set_name__() takes 2 positional arguments but {n} were given"
            )));
        };
        p.name.write(p, t.items()[1]);
        Ok(())
    }
    #[member("fget")]
    fn fget(_: &mut Vm, this: Value) -> Res {
        Ok(property(this)?.fget.or_none())
    }
    #[setter("fget")]
    fn set_fget(vm: &mut Vm, _this: Value, _value: Option<Value>) -> Res<()> {
        vm.readonly_attribute()
    }
    #[member("fset")]
    fn fset(_: &mut Vm, this: Value) -> Res {
        Ok(property(this)?.fset.or_none())
    }
    #[setter("fset")]
    fn set_fset(vm: &mut Vm, _this: Value, _value: Option<Value>) -> Res<()> {
        vm.readonly_attribute()
    }
    #[member("fdel")]
    fn fdel(_: &mut Vm, this: Value) -> Res {
        Ok(property(this)?.fdel.or_none())
    }
    #[setter("fdel")]
    fn set_fdel(vm: &mut Vm, _this: Value, _value: Option<Value>) -> Res<()> {
        vm.readonly_attribute()
    }
    #[member("__doc__")]
    fn doc(_: &mut Vm, this: Value) -> Res {
        Ok(property(this)?.doc.or_none())
    }
    #[setter("__doc__")]
    fn set_doc(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let p = property(this)?;
        p.doc.write(p, value);
        Ok(())
    }
    #[getter("__name__")]
    fn name(vm: &mut Vm, this: Value) -> Res {
        let p = property(this)?;
        if let Some(n) = p.name.get() {
            return Ok(n);
        }
        let key = vm.names.__name__;
        let found = match p.fget.get() {
            Some(f) => vm.get_attr_opt(f, key)?,
            None => None,
        };
        match found {
            Some(n) => Ok(n),
            None => Err(vm.no_attribute(this, key)),
        }
    }
    #[setter("__name__")]
    fn set_name(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let p = property(this)?;
        p.name.write(p, value);
        Ok(())
    }
    #[getter("__isabstractmethod__")]
    fn isabstract(vm: &mut Vm, this: Value) -> Res<bool> {
        let p = property(this)?;
        for f in [&p.fget, &p.fset, &p.fdel] {
            if let Some(f) = f.get()
                && vm.is_abstract(f)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
