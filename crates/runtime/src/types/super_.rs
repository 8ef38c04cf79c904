//! `super`.

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "super",
    kind: Kind::Super,
    doc: "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::DESCR_GET),
    size: size_of::<SuperObj>(),
    slot_offset: size_of::<SuperObj>(),
    ..TypeSpec::DEFAULT
};

fn super_(v: Value) -> Res<Ref<SuperObj>> {
    v.downcast().ok_or(Raised)
}

impl Vm {
    /// The class whose MRO a super object searches.
    pub fn super_check(&mut self, class: Ref<TypeObj>, obj: Value) -> Res<Ref<TypeObj>> {
        if let Some(c) = obj.downcast::<TypeObj>()
            && c.is_subtype(class)
        {
            return Ok(c);
        }
        let own = self.class_of(obj);
        if own.is_subtype(class) {
            return Ok(own);
        }
        let key = self.names.__class__;
        if let Some(c) = self
            .get_attr_opt(obj, key)?
            .and_then(|c| c.downcast::<TypeObj>())
            && c != own
            && c.is_subtype(class)
        {
            return Ok(c);
        }
        Err(self.super_mismatch(class, obj))
    }

    /// `obj` has nothing to do with `class`.
    pub(crate) fn super_mismatch(&mut self, class: Ref<TypeObj>, obj: Value) -> Raised {
        let (what, name) = match obj.downcast::<TypeObj>() {
            Some(c) => ("type", c.full_name()),
            None => ("instance of", self.class_name(obj)),
        };
        let class = class.full_name();
        self.type_error(&format!(
            "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({class})."
        ))
    }

    /// Class and first argument of the running method, for `super()`.
    fn super_arguments(&mut self) -> Res<(Value, Value)> {
        // SAFETY: the running frame and its function are live; its registers 0..nlocals too.
        unsafe {
            let frame = &*self.frame;
            let code = frame.code;
            if code.nregs == 0 {
                return Err(self.runtime_error("super(): no current frame"));
            }
            let data = code.data();
            if code.argcount == 0 {
                return Err(self.runtime_error("super(): no arguments"));
            }
            let mut first = Value::from_bits(*frame.regs);
            if data.local_is_cell.first().copied().unwrap_or(false)
                && let Some(c) = first.and_then(|v| v.downcast::<CellObj>())
            {
                first = c.contents.get();
            }
            let Some(first) = first else {
                return Err(self.runtime_error("super(): arg[0] deleted"));
            };
            let at = data.free_names.iter().position(|n| n == "__class__");
            let f = crate::interp::returns::function_of(frame);
            let cell = at.and_then(|i| {
                let t = f.closure.get()?.downcast::<TupleObj>()?;
                t.items().get(i)?.downcast::<CellObj>()
            });
            let Some(cell) = cell else {
                return Err(self.runtime_error("super(): __class__ cell not found"));
            };
            match cell.contents.get() {
                None => Err(self.runtime_error("super(): empty __class__ cell")),
                Some(c) if c.is_kind(Kind::Type) => Ok((c, first)),
                Some(c) => {
                    let got = self.class_name(c);
                    Err(self.runtime_error(&format!("super(): __class__ is not a type ({got})")))
                }
            }
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
            None => Err(vm.type_error("super.__new__(X): X is not a type object")),
        }
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        if kwargs.is_some() {
            return Err(vm.type_error("super() takes no keyword arguments"));
        }
        let items = args.downcast::<TupleObj>().ok_or(Raised)?;
        let (class, obj) = match *items.items() {
            [] => {
                let (c, o) = vm.super_arguments()?;
                (c, Some(o))
            }
            [c] => (c, None),
            [c, o] => (c, Some(o)),
            _ => {
                return Err(vm.type_error(&format!(
                    "super() expected at most 2 arguments, got {}",
                    items.len
                )));
            }
        };
        let Some(c) = class.downcast::<TypeObj>() else {
            let got = vm.argument_kind(class);
            return Err(vm.type_error(&format!("super() argument 1 must be a type, not {got}")));
        };
        let s = super_(this)?;
        let obj = obj.filter(|o| !o.is_none());
        let oc = match obj {
            Some(o) => Some(vm.super_check(c, o)?.value()),
            None => None,
        };
        s.this_class.write(s, class);
        s.obj.write(s, obj);
        s.obj_class.write(s, oc);
        Ok(())
    }
    /// Return getattr(self, name).
    #[native("__getattribute__($self, name, /)")]
    fn getattribute(vm: &mut Vm, this: Value, name: Value) -> Res {
        let name = vm.attr_name(name)?;
        let class = vm.class_of(this);
        vm.super_get_attr(this, class, name)
    }
    /// Return an attribute of instance, which is of type owner.
    #[native("__get__($self, instance, owner=None, /)")]
    fn get(vm: &mut Vm, this: Value, instance: Value, _owner: Option<Value>) -> Res {
        let s = super_(this)?;
        if instance.is_none() || s.obj.get().is_some() {
            return Ok(this);
        }
        let class = vm.class_of(this);
        let this_class = s.this_class.or_none();
        if class != vm.types.super_ {
            return vm.call_value(class.value(), &[this_class, instance]);
        }
        let oc = match this_class.downcast::<TypeObj>() {
            Some(c) => vm.super_check(c, instance)?,
            None => return Ok(this),
        };
        let new = vm.new_instance(class)?;
        let n = super_(new)?;
        n.this_class.write(n, this_class);
        n.obj.write(n, instance);
        n.obj_class.write(n, oc.value());
        Ok(new)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(_: &mut Vm, this: Value) -> Res<String> {
        let s = super_(this)?;
        let name = |v: Option<Value>| {
            v.and_then(|v| v.downcast::<TypeObj>())
                .map_or(String::from("NULL"), |c| c.full_name())
        };
        let class = name(s.this_class.get());
        Ok(match s.obj_class.get() {
            Some(c) => format!("<super: <class '{class}'>, <{} object>>", name(Some(c))),
            None => format!("<super: <class '{class}'>, NULL>"),
        })
    }
    /// the class invoking super()
    #[member("__thisclass__")]
    fn thisclass(_: &mut Vm, this: Value) -> Res {
        Ok(super_(this)?.this_class.or_none())
    }
    /// the instance invoking super(); may be None
    #[member("__self__")]
    fn self_(_: &mut Vm, this: Value) -> Res {
        Ok(super_(this)?.obj.or_none())
    }
    /// the type of the instance invoking super(); may be None
    #[member("__self_class__")]
    fn self_class(_: &mut Vm, this: Value) -> Res {
        Ok(super_(this)?.obj_class.or_none())
    }
}
