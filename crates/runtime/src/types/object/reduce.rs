//! Pickling support of `object`: `__reduce__`, `__reduce_ex__`, `__getstate__`.

use crate::class::*;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

#[derive::natives]
pub mod methods {
    use super::*;

    /// Helper for pickle.
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        vm.common_reduce(this, 0)
    }
    /// Helper for pickle.
    #[native("__reduce_ex__($self, protocol, /)")]
    fn reduce_ex(vm: &mut Vm, this: Value, protocol: i32) -> Res {
        let class = vm.class_of(this);
        let key = vm.names.__reduce__;
        let own = vm.lookup(class, key);
        let default = vm.dict_get_interned(vm.types.object.dict.get(), key);
        let found = vm.get_attr_opt(this, key)?;
        match found {
            Some(f) if own != default => vm.call_value(f, &[]),
            _ => vm.common_reduce(this, i64::from(protocol)),
        }
    }
    /// Helper for pickle.
    #[native("__getstate__($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        vm.default_getstate(this, false)
    }
    /// Default dir() implementation.
    #[native("__dir__($self, /)")]
    fn dir(vm: &mut Vm, this: Value) -> Res {
        vm.default_dir(this)
    }
    /// Size of object in memory, in bytes.
    #[native("__sizeof__($self, /)")]
    fn sizeof(vm: &mut Vm, this: Value) -> Res<usize> {
        let class = vm.class_of(this);
        let fixed = class.spec.get().map_or(16, |s| s.size.max(16));
        let slots = class.inline_cap.get() as usize * 8;
        Ok(fixed + slots)
    }
}

impl Vm {
    fn common_reduce(&mut self, obj: Value, protocol: i64) -> Res {
        if protocol >= 2 {
            return self.reduce_newobj(obj);
        }
        let copyreg = self.import_by_name("copyreg")?;
        self.call_method_str(
            copyreg,
            "_reduce_ex",
            &[obj, Value::int_unchecked(protocol)],
        )
    }

    /// `__getnewargs_ex__` or `__getnewargs__`: positional and keyword arguments of `__new__`.
    fn new_arguments(&mut self, obj: Value) -> Res<(Option<Value>, Option<Value>)> {
        let n = self.names;
        if let Some(f) = self.special(obj, n.__getnewargs_ex__) {
            let r = self.call_method_value(f, obj, &[])?;
            let Some(t) = r.downcast::<TupleObj>() else {
                let got = self.class_name(r);
                return Err(self.type_error(&format!(
                    "__getnewargs_ex__ should return a tuple, not '{got}'"
                )));
            };
            if t.len != 2 {
                return Err(self.value_error(&format!(
                    "__getnewargs_ex__ should return a tuple of length 2, not {}",
                    t.len
                )));
            }
            let (args, kwargs) = (t.items()[0], t.items()[1]);
            for (v, kind, which, want) in [
                (args, Kind::Tuple, "first", "tuple"),
                (kwargs, Kind::Dict, "second", "dict"),
            ] {
                if !v.is_kind(kind) {
                    let got = self.class_name(v);
                    return Err(self.type_error(&format!(
                        "{which} item of the tuple returned by __getnewargs_ex__ must be a {want}, not '{got}'"
                    )));
                }
            }
            return Ok((Some(args), Some(kwargs)));
        }
        if let Some(f) = self.special(obj, n.__getnewargs__) {
            let args = self.call_method_value(f, obj, &[])?;
            if !args.is_kind(Kind::Tuple) {
                let got = self.class_name(args);
                return Err(self.type_error(&format!(
                    "__getnewargs__ should return a tuple, not '{got}'"
                )));
            }
            return Ok((Some(args), None));
        }
        Ok((None, None))
    }

    fn reduce_newobj(&mut self, obj: Value) -> Res {
        let class = self.class_of(obj);
        if class.has(TypeFlags::NO_INSTANCES) {
            return Err(self.cannot_pickle(class));
        }
        let (args, kwargs) = self.new_arguments(obj)?;
        let copyreg = self.import_by_name("copyreg")?;
        let has_kwargs = match kwargs {
            Some(k) => self.len(k)? > 0,
            None => false,
        };
        let (newobj, newargs) = if has_kwargs {
            let f = self.get_attr_str(copyreg, "__newobj_ex__")?;
            let (a, k) = (args.unwrap_or(Value::NONE), kwargs.unwrap_or(Value::NONE));
            (f, self.new_tuple(&[class.value(), a, k])?)
        } else {
            let f = self.get_attr_str(copyreg, "__newobj__")?;
            let mut all = self.new_vec();
            all.push(self, class.value())?;
            if let Some(t) = args.and_then(|a| a.downcast::<TupleObj>()) {
                all.extend(self, t.items())?;
            }
            (f, self.new_tuple(&all)?)
        };
        let (is_list, is_dict) = (obj.is_kind(Kind::List), obj.is_kind(Kind::Dict));
        let required = args.is_none() && !is_list && !is_dict;
        let state = self.object_getstate(obj, required)?;
        let listitems = if is_list {
            self.iter(obj)?
        } else {
            Value::NONE
        };
        let dictitems = if is_dict {
            let items = self.call_method_str(obj, "items", &[])?;
            self.iter(items)?
        } else {
            Value::NONE
        };
        self.new_tuple(&[newobj, newargs, state, listitems, dictitems])
    }

    /// The state that `obj.__reduce__` gives.
    pub fn object_getstate(&mut self, obj: Value, required: bool) -> Res {
        let key = self.names.__getstate__;
        let class = self.class_of(obj);
        let default = self.dict_get_interned(self.types.object.dict.get(), key);
        if self.lookup(class, key) == default && self.instance_get(obj, key).is_none() {
            return self.default_getstate(obj, required);
        }
        self.call_method(obj, key, &[])
    }

    /// The instance dict is there and not empty.
    fn has_own_attributes(&mut self, obj: Value) -> Res<bool> {
        Ok(self.attr_dict(obj)?.used.get() > 0)
    }

    /// CPython has other words for objects of variable size.
    #[cold]
    fn cannot_pickle(&mut self, class: Ref<TypeObj>) -> Raised {
        let name = class.full_name();
        let text = match name.as_str() {
            "code" | "memoryview" => format!("cannot pickle {name} objects"),
            _ => format!("cannot pickle '{name}' object"),
        };
        self.type_error(&text)
    }

    /// `object.__getstate__`. `required`: the state must hold all there is to the object.
    fn default_getstate(&mut self, obj: Value, required: bool) -> Res {
        let class = self.class_of(obj);
        if required
            && !matches!(
                class.kind.get(),
                Kind::Instance | Kind::Object | Kind::NoneType | Kind::Ellipsis
            )
        {
            return Err(self.cannot_pickle(class));
        }
        let key = self.names.__dict__;
        let mut state = Value::NONE;
        if class.has(TypeFlags::HAS_DICT) && self.has_own_attributes(obj)? {
            state = self.get_attr_opt(obj, key)?.unwrap_or(Value::NONE);
        }
        let copyreg = self.import_by_name("copyreg")?;
        let names = self.call_method_str(copyreg, "_slotnames", &[class.value()])?;
        if names.is_none() {
            return Ok(state);
        }
        let names = self.collect(names)?;
        let slots = self.new_dict()?;
        for name in names.iter().copied() {
            let name = self.attr_name(name)?;
            if let Some(v) = self.get_attr_opt(obj, name)? {
                self.dict_set(slots.value(), name, v)?;
            }
        }
        if slots.used.get() == 0 {
            return Ok(state);
        }
        self.new_tuple(&[state, slots.value()])
    }
}
