//! `defaultdict`: a dict with one more field, the factory.

use runtime::class::{TypeFlags, TypeSpec};
use runtime::object::*;
use runtime::{Res, Value, Vm};

/// A dict cell with the factory behind it.
#[repr(C)]
struct DefaultDictObj {
    dict: DictObj,
    factory: Slot,
}

pub static SPEC: TypeSpec = TypeSpec {
    name: "defaultdict",
    module: "collections",
    kind: Kind::Dict,
    base: Some(&runtime::types::dict::SPEC),
    doc: "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the dict constructor, including keyword arguments.",
    tables: &[methods::TABLE, runtime::types::protocol::generic::TABLE],
    flags: TypeFlags::BASE.union(TypeFlags::MATCH_SELF),
    size: size_of::<DefaultDictObj>(),
    slot_offset: size_of::<DefaultDictObj>(),
    ..TypeSpec::DEFAULT
};

/// The defaultdict behind a `self` argument.
fn this_dict(v: Value) -> Ref<DefaultDictObj> {
    // SAFETY: the descriptor checked the type, whose instances have this layout.
    unsafe { v.cast() }
}

fn factory(v: Value) -> Value {
    this_dict(v).factory.or_none()
}

#[derive::natives]
mod methods {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        let args = vm.collect(args)?;
        let (factory, rest) = match args.split_first() {
            Some((f, rest)) => (*f, rest),
            None => (Value::NONE, &[][..]),
        };
        if !factory.is_none() && !vm.is_callable(factory) {
            return Err(vm.type_error("first argument must be callable or None"));
        }
        let d = this_dict(this);
        d.factory.write(d, factory);
        let rest = vm.new_tuple(rest)?;
        let Some(init) = vm.lookup(vm.types.dict, vm.names.__init__) else {
            return Ok(());
        };
        let mut all = vm.new_vec();
        all.push(vm, this)?;
        for v in vm.collect(rest)?.iter() {
            all.push(vm, *v)?;
        }
        let all = vm.new_tuple(&all)?;
        vm.call_spread(init, all, kwargs)?;
        Ok(())
    }
    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    /// if self.default_factory is None: raise KeyError((key,))
    /// self[key] = value = self.default_factory()
    /// return value
    #[native("__missing__($self, object, /)")]
    fn missing(vm: &mut Vm, this: Value, object: Value) -> Res {
        let f = factory(this);
        if f.is_none() {
            return Err(vm.key_error(object));
        }
        let v = vm.call_value(f, &[])?;
        // The factory may have set the key itself.
        // SAFETY: a defaultdict is a dict.
        if let Some(set) = vm.dict_get(unsafe { this.cast() }, object)? {
            return Ok(set);
        }
        vm.set_item(this, object, v)?;
        Ok(v)
    }
    /// Return repr(self).
    #[native("__repr__($self, /)")]
    fn repr(vm: &mut Vm, this: Value) -> Res<String> {
        let f = factory(this);
        // A factory that is a method of the dict itself must not recurse.
        let shown = if vm.repr_enter(this) {
            let r = if f.is_none() {
                Ok("None".to_string())
            } else {
                vm.display_repr(f)
            };
            vm.repr_leave(this);
            r?
        } else {
            "...".to_string()
        };
        let Some(m) = vm.lookup(vm.types.dict, vm.names.__repr__) else {
            return Ok(String::new());
        };
        let items = vm.call_method_value(m, this, &[])?;
        let (name, items) = (vm.short_class_name(this), vm.display(items));
        Ok(format!("{name}({shown}, {items})"))
    }
    /// D.copy() -> a shallow copy of D.
    #[native("copy($self, /)")]
    fn copy(vm: &mut Vm, this: Value) -> Res {
        let class = vm.class_of(this).value();
        vm.call_value(class, &[factory(this), this])
    }
    /// D.copy() -> a shallow copy of D.
    #[native("__copy__($self, /)")]
    fn copy_dunder(vm: &mut Vm, this: Value) -> Res {
        let class = vm.class_of(this).value();
        vm.call_value(class, &[factory(this), this])
    }
    /// Return state information for pickling.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let f = factory(this);
        let args = if f.is_none() {
            vm.new_tuple(&[])?
        } else {
            vm.new_tuple(&[f])?
        };
        let items = vm.call_method(this, vm.names.items, &[])?;
        let it = vm.iter(items)?;
        let class = vm.class_of(this).value();
        vm.new_tuple(&[class, args, Value::NONE, Value::NONE, it])
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !value.is_kind(Kind::Dict) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let new = vm.call_method(this, vm.names.copy, &[])?;
        merge(vm, new, value)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        if !value.is_kind(Kind::Dict) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let class = vm.class_of(this).value();
        let new = vm.call_value(class, &[factory(this), value])?;
        merge(vm, new, this)
    }
    /// Factory for default value called by __missing__().
    #[member("default_factory")]
    fn default_factory(_: &mut Vm, this: Value) -> Res {
        Ok(factory(this))
    }
    #[setter("default_factory")]
    fn set_default_factory(_: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let d = this_dict(this);
        d.factory.write(d, value.unwrap_or(Value::NONE));
        Ok(())
    }
}

fn merge(vm: &mut Vm, new: Value, value: Value) -> Res {
    match new.downcast::<DictObj>() {
        Some(d) => {
            vm.dict_update(d, value)?;
            Ok(new)
        }
        None => Ok(new),
    }
}
