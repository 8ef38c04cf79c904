//! `weakref.ref` and the weak proxies.

mod proxy;

pub use proxy::{CALLABLE_PROXY, PROXY};

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "ReferenceType",
    kind: Kind::WeakRef,
    module: "weakref",
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE,
    size: size_of::<WeakRefObj>(),
    slot_offset: std::mem::offset_of!(WeakRefObj, overflow),
    ..TypeSpec::DEFAULT
};

fn weak(v: Value) -> Res<Ref<WeakRefObj>> {
    v.downcast().ok_or(Raised)
}

/// Builtin kinds whose instances CPython lets be weakly referenced although they have no flag.
fn is_weak_kind(v: Value) -> bool {
    [
        Kind::Function,
        Kind::Type,
        Kind::Module,
        Kind::Set,
        Kind::FrozenSet,
        Kind::Code,
        Kind::Generator,
        Kind::BoundMethod,
        Kind::Native,
        Kind::Payload,
        Kind::MemoryView,
    ]
    .iter()
    .any(|k| v.is_kind(*k))
}

impl Vm {
    /// The weak references to an object, proxies included, oldest first.
    pub fn weak_references(&mut self, v: Value) -> Vec<Value> {
        if !v.is_cell() {
            return Vec::new();
        }
        self.interp()
            .weakrefs
            .get(&(v.bits() as usize))
            .cloned()
            .unwrap_or_default()
    }

    /// A plain weak reference without callback.
    pub fn new_weakref(&mut self, target: Value) -> Res {
        let class = self.types.weakref;
        self.new_weakref_of(class, target, None)
    }

    /// A weak reference of the given class; the existing one when there is no callback.
    pub fn new_weakref_of(
        &mut self,
        class: Ref<TypeObj>,
        target: Value,
        callback: Option<Value>,
    ) -> Res {
        let supported = target.is_cell()
            && (self.class_of(target).has(TypeFlags::HAS_WEAKREF) || is_weak_kind(target));
        if !supported {
            let name = self.class_name(target);
            return Err(
                self.type_error(&format!("cannot create weak reference to '{name}' object"))
            );
        }
        let callback = callback.filter(|c| !c.is_none());
        let address = target.bits() as usize;
        let is_proxy = class != self.types.weakref
            && class.spec.get().is_some_and(|s| !std::ptr::eq(s, &SPEC));
        if callback.is_none() && (is_proxy || class == self.types.weakref) {
            let found = self.interp().weakrefs.get(&address).and_then(|refs| {
                refs.iter().copied().find(|r| {
                    self.class_of(*r) == class
                        && r.downcast::<WeakRefObj>()
                            .is_some_and(|w| w.callback.get().is_none())
                })
            });
            if let Some(r) = found {
                return Ok(r);
            }
        }
        if self.interp().weakrefs.try_reserve(1).is_err() {
            return Err(self.memory_error());
        }
        let v = self.new_instance(class)?;
        let w = weak(v)?;
        w.target.init(target);
        w.callback.init(callback);
        w.hash.set(-1);
        w.proxy.set(is_proxy);
        // SAFETY: a live cell.
        unsafe { (*target.ptr::<gc::Header>()).flags |= HAS_WEAKREFS };
        self.interp().weakrefs.entry(address).or_default().push(v);
        Ok(v)
    }
}

/// Compares the referents while both live, else the references themselves.
fn compare(vm: &mut Vm, a: Value, b: Value) -> Res<Option<bool>> {
    let (Some(x), Some(y)) = (a.downcast::<WeakRefObj>(), b.downcast::<WeakRefObj>()) else {
        return Ok(None);
    };
    match (x.target.get(), y.target.get()) {
        (Some(x), Some(y)) => vm.eq(x, y).map(Some),
        _ => Ok(Some(a == b)),
    }
}

#[derive::natives]
mod methods {
    use super::*;

    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("__new__($type, *args, **kwargs)")]
    fn new(vm: &mut Vm, class: Value, args: Value, _kwargs: Option<Value>) -> Res {
        let Some(class) = class.downcast::<TypeObj>() else {
            return Err(vm.type_error("weakref.__new__(X): X is not a type object"));
        };
        let t = args.downcast::<TupleObj>().ok_or(Raised)?;
        match *t.items() {
            [target] => vm.new_weakref_of(class, target, None),
            [target, callback] => vm.new_weakref_of(class, target, Some(callback)),
            [] => Err(vm.type_error("__new__ expected at least 1 argument, got 0")),
            _ => Err(vm.type_error(&format!(
                "__new__ expected at most 2 arguments, got {}",
                t.len
            ))),
        }
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, _this: Value, _args: Value, kwargs: Option<Value>) -> Res<()> {
        if kwargs.is_some() {
            return Err(vm.type_error("ref() takes no keyword arguments"));
        }
        Ok(())
    }
    /// Call self as a function.
    #[native("__call__($self, /)")]
    fn call(_: &mut Vm, this: Value) -> Res {
        Ok(weak(this)?.target.or_none())
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let at = this.bits();
        let Some(target) = weak(this)?.target.get() else {
            return Ok(format!("<weakref at {at:#x}; dead>"));
        };
        let class = vm.class_name(target);
        let name = match vm.get_attr_opt(target, vm.names.__name__)? {
            Some(n) if n.is_kind(Kind::Str) => format!(" ({})", vm.display(n)),
            _ => String::new(),
        };
        Ok(format!(
            "<weakref at {at:#x}; to '{class}' at {:#x}{name}>",
            target.bits()
        ))
    }
    /// Return hash(self).
    #[native("__hash__($self, /)")]
    fn hash(vm: &mut Vm, this: Value) -> Res<i64> {
        let w = weak(this)?;
        if w.hash.get() != -1 {
            return Ok(w.hash.get());
        }
        match w.target.get() {
            Some(t) => {
                let h = vm.hash(t)?;
                w.hash.set(h);
                Ok(h)
            }
            None => Err(vm.type_error("weak object has gone away")),
        }
    }
    /// Return self==value.
    #[native("__eq__($self, value, /)")]
    fn eq(vm: &mut Vm, this: Value, value: Value) -> Res {
        Ok(compare(vm, this, value)?.map_or(Value::NOT_IMPLEMENTED, Value::bool))
    }
    /// Return self!=value.
    #[native("__ne__($self, value, /)")]
    fn ne(vm: &mut Vm, this: Value, value: Value) -> Res {
        Ok(compare(vm, this, value)?.map_or(Value::NOT_IMPLEMENTED, |b| Value::bool(!b)))
    }
    #[member("__callback__")]
    fn callback(_: &mut Vm, this: Value) -> Res {
        let w = weak(this)?;
        Ok(match w.target.get() {
            Some(_) => w.callback.or_none(),
            None => Value::NONE,
        })
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(vm: &mut Vm, class: Value, item: Value) -> Res {
        vm.new_generic_alias(class, item)
    }
}
