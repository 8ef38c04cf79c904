//! Attributes of `type` beyond the class protocol: documentation, annotations (PEP 649), type
//! parameters, layout numbers, unions, and assignment to `__bases__`.

use crate::class::*;
use crate::native::DefKind;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

fn class(v: Value) -> Res<Ref<TypeObj>> {
    v.downcast().ok_or(Raised)
}

/// CPython's `Py_TPFLAGS_*` that programs look at.
mod tpflags {
    pub const IMMUTABLE: i64 = 1 << 8;
    pub const HEAP: i64 = 1 << 9;
    pub const BASE: i64 = 1 << 10;
    pub const READY: i64 = 1 << 12;
    pub const HAVE_GC: i64 = 1 << 14;
    pub const ABSTRACT: i64 = 1 << 20;
    pub const SEQUENCE: i64 = 1 << 5;
    pub const MAPPING: i64 = 1 << 6;
    pub const MANAGED_DICT: i64 = 1 << 4;
    pub const MANAGED_WEAKREF: i64 = 1 << 3;
    pub const DISALLOW_INSTANTIATION: i64 = 1 << 7;
    /// long, list, tuple, bytes, str, dict, exception, type.
    pub const SUBCLASSES: [(super::Kind, i64); 8] = [
        (super::Kind::Int, 1 << 24),
        (super::Kind::List, 1 << 25),
        (super::Kind::Tuple, 1 << 26),
        (super::Kind::Bytes, 1 << 27),
        (super::Kind::Str, 1 << 28),
        (super::Kind::Dict, 1 << 29),
        (super::Kind::Exception, 1 << 30),
        (super::Kind::Type, 1 << 31),
    ];
}

#[derive::natives]
pub mod methods {
    use super::*;

    #[getter("__doc__")]
    fn doc(vm: &mut Vm, this: Value) -> Res {
        let c = class(this)?;
        if c == vm.types.type_ {
            return vm.new_str(super::super::type_::SPEC.doc);
        }
        let key = vm.names.__doc__;
        match vm.dict_get_interned(c.dict.get(), key) {
            Some(v) => vm.descr_get(v, None, c),
            None => Ok(Value::NONE),
        }
    }
    #[setter("__doc__")]
    fn set_doc(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let c = class(this)?;
        let value = vm.check_special_set(c, "__doc__", value)?;
        let key = vm.names.__doc__;
        vm.type_set(c, key, Some(value)).map(|_| ())
    }
    #[getter("__text_signature__")]
    fn text_signature(vm: &mut Vm, this: Value) -> Res {
        let c = class(this)?;
        let signature = match c.has(TypeFlags::HEAP) {
            true => documented_signature(vm, c),
            false => builtin_signature(c),
        };
        match signature {
            Some(s) => vm.new_str(&s),
            None => Ok(Value::NONE),
        }
    }
    #[getter("__annotations__")]
    fn annotations(vm: &mut Vm, this: Value) -> Res {
        vm.type_annotations(class(this)?)
    }
    #[setter("__annotations__")]
    fn set_annotations(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.set_type_annotations(class(this)?, value)
    }
    #[getter("__annotate__")]
    fn annotate(vm: &mut Vm, this: Value) -> Res {
        vm.type_annotate(class(this)?)
    }
    #[setter("__annotate__")]
    fn set_annotate(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let c = class(this)?;
        let Some(value) = value else {
            return Err(vm.type_error("cannot delete __annotate__ attribute"));
        };
        let value = vm.check_special_set(c, "__annotate__", Some(value))?;
        if !value.is_none() && !vm.is_callable(value) {
            return Err(vm.type_error("__annotate__ must be callable or None"));
        }
        let n = vm.names;
        vm.type_set(c, n.__annotate_func__, Some(value))?;
        if !value.is_none() {
            vm.type_set(c, n.__annotations_cache__, None)?;
        }
        Ok(())
    }
    #[getter("__type_params__")]
    fn type_params(vm: &mut Vm, this: Value) -> Res {
        let c = class(this)?;
        let key = vm.names.__type_params__;
        match vm.dict_get_interned(c.dict.get(), key) {
            Some(v) if c != vm.types.type_ => Ok(v),
            _ => vm.new_tuple(&[]),
        }
    }
    #[setter("__type_params__")]
    fn set_type_params(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let c = class(this)?;
        let value = vm.check_special_set(c, "__type_params__", value)?;
        let key = vm.names.__type_params__;
        vm.type_set(c, key, Some(value)).map(|_| ())
    }
    #[setter("__bases__")]
    fn set_bases(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.assign_bases(class(this)?, value)
    }
    /// Return self|value.
    #[native("__or__($self, value, /)")]
    fn or(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.union_or(this, value)
    }
    /// Return value|self.
    #[native("__ror__($self, value, /)")]
    fn ror(vm: &mut Vm, this: Value, value: Value) -> Res {
        vm.union_or(value, this)
    }
    /// Specialized __dir__ implementation for types.
    #[native("__dir__($self, /)")]
    fn dir(vm: &mut Vm, this: Value) -> Res {
        let names = vm.new_dict()?;
        vm.merge_class_names(class(this)?, names)?;
        dict_keys(vm, names)
    }
    /// Return memory consumption of the type object.
    #[native("__sizeof__($self, /)")]
    fn sizeof(_: &mut Vm, _this: Value) -> Res<usize> {
        Ok(size_of::<TypeObj>())
    }
    #[member("__flags__")]
    fn flags(_: &mut Vm, this: Value) -> Res<i64> {
        let c = class(this)?;
        let mut bits = tpflags::READY | tpflags::HAVE_GC;
        for (flag, bit) in [
            (TypeFlags::HEAP, tpflags::HEAP),
            (TypeFlags::BASE, tpflags::BASE),
            (TypeFlags::IMMUTABLE, tpflags::IMMUTABLE),
            (TypeFlags::ABSTRACT, tpflags::ABSTRACT),
            (TypeFlags::SEQUENCE, tpflags::SEQUENCE),
            (TypeFlags::MAPPING, tpflags::MAPPING),
            (TypeFlags::NO_INSTANCES, tpflags::DISALLOW_INSTANTIATION),
        ] {
            if c.has(flag) {
                bits |= bit;
            }
        }
        if c.has(TypeFlags::HEAP) && c.has(TypeFlags::HAS_DICT) {
            bits |= tpflags::MANAGED_DICT;
        }
        if c.has(TypeFlags::HEAP) && c.has(TypeFlags::HAS_WEAKREF) {
            bits |= tpflags::MANAGED_WEAKREF;
        }
        for (kind, bit) in tpflags::SUBCLASSES {
            if c.kind.get() == kind {
                bits |= bit;
            }
        }
        Ok(bits)
    }
    #[member("__basicsize__")]
    fn basicsize(_: &mut Vm, this: Value) -> Res<usize> {
        let c = class(this)?;
        let builtin = match c.kind.get() {
            // Header and digit count; the digits are `__itemsize__` each.
            Kind::Int => 24,
            _ => c.spec.get().map_or(16, |s| s.size.max(16)),
        };
        Ok(builtin + c.nfixed.get() as usize * 8)
    }
    #[member("__itemsize__")]
    fn itemsize(_: &mut Vm, this: Value) -> Res<i64> {
        Ok(match class(this)?.kind.get() {
            Kind::Int => 4,
            Kind::Tuple => 8,
            Kind::Bytes => 1,
            Kind::Type => 40,
            _ => 0,
        })
    }
    #[member("__dictoffset__")]
    fn dictoffset(_: &mut Vm, this: Value) -> Res<i64> {
        let c = class(this)?;
        Ok(match (c.has(TypeFlags::HAS_DICT), c.has(TypeFlags::HEAP)) {
            (false, _) => 0,
            (true, true) => -1,
            (true, false) => c.slot_offset.get() as i64,
        })
    }
    #[member("__weakrefoffset__")]
    fn weakrefoffset(_: &mut Vm, this: Value) -> Res<i64> {
        let c = class(this)?;
        Ok(
            match (c.has(TypeFlags::HAS_WEAKREF), c.has(TypeFlags::HEAP)) {
                (false, _) => 0,
                (true, true) => -32,
                (true, false) => 16,
            },
        )
    }
}

/// The signature that the docstring of a class begins with, in the form of CPython's C code.
fn documented_signature(vm: &mut Vm, c: Ref<TypeObj>) -> Option<String> {
    let doc = vm.dict_get_interned(c.dict.get(), vm.names.__doc__)?;
    let doc = doc.is_kind(Kind::Str).then(|| vm.display(doc))?;
    let (head, _) = doc.split_once("\n--\n\n")?;
    let signature = head.strip_prefix(&c.name_str())?;
    let complete = signature.starts_with('(') && signature.ends_with(')');
    (complete && !signature.contains("\n\n")).then(|| signature.to_string())
}

/// The signature of a builtin class: that of the native that constructs it.
fn builtin_signature(c: Ref<TypeObj>) -> Option<String> {
    let spec = c.spec.get()?;
    if let Some(s) = spec.signature {
        return (!s.is_empty()).then(|| s.to_string());
    }
    let tables = spec.tables;
    let mut found = None;
    for def in tables.iter().flat_map(|t| t.iter()) {
        let is_new = def.kind == DefKind::StaticMethod && def.name == "__new__";
        if (is_new || def.name == "__init__")
            && let Some(s) = def.text_signature
            && !s.contains("*args, **kwargs")
        {
            found = Some(s);
        }
    }
    let inner = found?.strip_prefix('(')?.strip_suffix(')')?;
    let rest = inner.split_once(',').map_or("", |(_, r)| r.trim_start());
    let rest = rest.strip_prefix("/, ").unwrap_or(rest);
    let rest = if rest == "/" { "" } else { rest };
    Some(format!("({rest})"))
}

/// The keys of a dict as a list.
fn dict_keys(vm: &mut Vm, d: Ref<DictObj>) -> Res {
    let mut out = vm.new_vec();
    let mut i = 0;
    while let Some((at, e)) = crate::dict::next_entry(d, i) {
        i = at + 1;
        if let Some(k) = e.key {
            out.push(vm, k)?;
        }
    }
    vm.list_from_vec(out)
}

impl Vm {
    /// Adds the names of a class and its bases.
    fn merge_class_names(&mut self, c: Ref<TypeObj>, into: Ref<DictObj>) -> Res<()> {
        let mro = self.collect(c.mro.or_none())?;
        for k in mro.iter().rev() {
            if let Some(k) = k.downcast::<TypeObj>() {
                let from = k.dict.get();
                let mut i = 0;
                while let Some((at, e)) = crate::dict::next_entry(from, i) {
                    i = at + 1;
                    if let (Some(key), Some(v)) = (e.key, e.value) {
                        crate::dict::set(self, into, key, e.hash, Some(v))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// `object.__dir__`.
    pub fn default_dir(&mut self, obj: Value) -> Res {
        let names = self.new_dict()?;
        let key = self.names.__dict__;
        if let Some(d) = self
            .get_attr_opt(obj, key)?
            .and_then(|d| d.downcast::<DictObj>())
        {
            crate::dict::copy_into(self, names, d)?;
        }
        let key = self.names.__class__;
        if let Some(c) = self
            .get_attr_opt(obj, key)?
            .and_then(|c| c.downcast::<TypeObj>())
        {
            self.merge_class_names(c, names)?;
        }
        dict_keys(self, names)
    }

    fn no_type_attribute(&mut self, c: Ref<TypeObj>, name: Value) -> Raised {
        self.no_attribute(c.value(), name)
    }

    fn type_annotations(&mut self, c: Ref<TypeObj>) -> Res {
        let n = self.names;
        if !c.has(TypeFlags::HEAP) {
            return Err(self.no_type_attribute(c, n.__annotations__));
        }
        let d = c.dict.get();
        let found = match self.dict_get_interned(d, n.__annotations__) {
            Some(v) => Some(v),
            None => self.dict_get_interned(d, n.__annotations_cache__),
        };
        if let Some(v) = found {
            return self.descr_get(v, None, c);
        }
        let f = self.type_annotate(c)?;
        let v = if f.is_none() {
            self.new_dict()?.value()
        } else {
            let v = self.call_value(f, &[Value::int_unchecked(1)])?;
            if !v.is_kind(Kind::Dict) {
                let got = self.class_name(v);
                return Err(
                    self.type_error(&format!("__annotate__ returned non-dict of type '{got}'"))
                );
            }
            v
        };
        self.type_set(c, n.__annotations_cache__, Some(v))?;
        Ok(v)
    }

    fn set_type_annotations(&mut self, c: Ref<TypeObj>, value: Option<Value>) -> Res<()> {
        let n = self.names;
        if c.has(TypeFlags::IMMUTABLE) {
            let name = c.name_str();
            return Err(self.type_error(&format!(
                "cannot set '__annotations__' attribute of immutable type '{name}'"
            )));
        }
        let has_own = self
            .dict_get_interned(c.dict.get(), n.__annotations__)
            .is_some();
        let key = if has_own {
            n.__annotations__
        } else {
            n.__annotations_cache__
        };
        if !self.type_set(c, key, value)? {
            let key = self.display(n.__annotations__);
            return Err(self.attribute_error_text(&key));
        }
        self.type_set(c, n.__annotate_func__, None)?;
        self.type_set(c, n.__annotate__, None)?;
        Ok(())
    }

    fn type_annotate(&mut self, c: Ref<TypeObj>) -> Res {
        let n = self.names;
        if !c.has(TypeFlags::HEAP) {
            return Err(self.no_type_attribute(c, n.__annotate__));
        }
        let d = c.dict.get();
        let found = match self.dict_get_interned(d, n.__annotate_func__) {
            Some(v) => Some(v),
            None => self.dict_get_interned(d, n.__annotate__),
        };
        match found {
            Some(v) => self.descr_get(v, None, c),
            None => Ok(Value::NONE),
        }
    }
}
