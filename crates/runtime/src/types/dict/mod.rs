//! `dict`: construction, updating and comparison.

mod methods;

use crate::class::{TypeFlags, TypeObj, TypeSpec};
use crate::dict;
use crate::object::*;
use crate::ops::CmpOp;
use crate::types::protocol::{generic, rich_compare};
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "dict",
    kind: Kind::Dict,
    doc: "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)",
    tables: &[methods::methods::TABLE, compare::TABLE, generic::TABLE],
    flags: TypeFlags::BASE
        .union(TypeFlags::MAPPING)
        .union(TypeFlags::MATCH_SELF),
    size: size_of::<DictObj>(),
    slot_offset: size_of::<DictObj>(),
    ..TypeSpec::DEFAULT
};

rich_compare!(compare, dict_compare);

fn dict_compare(vm: &mut Vm, op: CmpOp, a: Value, b: Value) -> Res {
    let (Some(x), Some(y)) = (a.downcast::<DictObj>(), b.downcast::<DictObj>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match op {
        CmpOp::Eq => Ok(Value::bool(vm.dict_equal(x, y)?)),
        CmpOp::Ne => Ok(Value::bool(!vm.dict_equal(x, y)?)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

impl Vm {
    /// Equal keys with equal values.
    pub fn dict_equal(&mut self, x: Ref<DictObj>, y: Ref<DictObj>) -> Res<bool> {
        if x.used.get() != y.used.get() {
            return Ok(false);
        }
        self.check_native_stack()?;
        let mut i = 0;
        while let Some((at, e)) = dict::next_entry(x, i) {
            i = at + 1;
            let (Some(k), Some(v)) = (e.key, e.value) else {
                continue;
            };
            let Some(j) = dict::find(self, y, k, e.hash)? else {
                return Ok(false);
            };
            let Some(w) = dict::entry_at(y, j).and_then(|e| e.value) else {
                return Ok(false);
            };
            if !self.eq(v, w)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// An empty dict of a dict class.
    pub fn new_dict_of_class(&mut self, class: Ref<TypeObj>) -> Res {
        if class == self.types.dict {
            return Ok(self.new_dict()?.value());
        }
        self.new_instance(class)
    }

    /// Removes a key; its value, or None when it is absent.
    pub fn dict_take(&mut self, d: Ref<DictObj>, key: Value) -> Res<Option<Value>> {
        let hash = self.hash_key(key)?;
        let Some(i) = dict::find(self, d, key, hash)? else {
            return Ok(None);
        };
        let v = dict::entry_at(d, i).and_then(|e| e.value);
        dict::remove_at(self, d, i);
        Ok(v)
    }

    /// An exact dict with the same entries.
    pub fn dict_copy(&mut self, d: Ref<DictObj>) -> Res<Ref<DictObj>> {
        let new = self.new_dict()?;
        dict::copy_into(self, new, d)?;
        Ok(new)
    }

    /// `d.update(src)`: a dict, a mapping with `keys`, or an iterable of pairs.
    pub fn dict_update(&mut self, d: Ref<DictObj>, src: Value) -> Res<()> {
        if let Some(s) = src
            .downcast::<DictObj>()
            .filter(|_| !self.class_of(src).has(TypeFlags::CUSTOM_ITER))
        {
            if s == d || s.used.get() == 0 {
                return Ok(());
            }
            if d.used.get() == 0 {
                return dict::copy_into(self, d, s);
            }
            let (n, mut i) = (s.used.get(), 0);
            while let Some((at, e)) = dict::next_entry(s, i) {
                i = at + 1;
                if let (Some(k), v) = (e.key, e.value) {
                    dict::set(self, d, k, e.hash, v)?;
                }
                if s.used.get() != n {
                    return Err(self.runtime_error("dict mutated during update"));
                }
            }
            return Ok(());
        }
        if self.has_attr_str(src, "keys")? {
            let keys = self.call_method(src, self.names.keys, &[])?;
            let it = self.iter(keys)?;
            while let Some(k) = self.next(it)? {
                let v = self.get_item(src, k)?;
                self.dict_set(d.value(), k, v)?;
            }
            return Ok(());
        }
        self.dict_update_pairs(d, src)
    }

    fn dict_update_pairs(&mut self, d: Ref<DictObj>, src: Value) -> Res<()> {
        let it = self.iter(src)?;
        let mut n = 0;
        loop {
            let taken = &mut n;
            let take = |vm: &mut Vm, pair: Value| {
                let done = vm.add_pair_quick(d, pair);
                *taken += u32::from(done);
                done
            };
            let Some(pair) = self.next_refused(it, take)? else {
                return Ok(());
            };
            if pair.is_exact(Kind::Tuple) {
                // SAFETY: checked above; a tuple keeps its items.
                let items = unsafe { (*pair.ptr::<TupleObj>()).items() };
                if let [key, value] = items {
                    self.dict_set(d.value(), *key, *value)?;
                    n += 1;
                    continue;
                }
            }
            let items = match self.sequence_fast(pair, "object is not iterable") {
                Ok(items) => items,
                Err(r) => {
                    if self.raised_is(self.types.exc.TypeError) {
                        self.add_note(&format!(
                            "Cannot convert dictionary update sequence element #{n} to a sequence"
                        ));
                    }
                    return Err(r);
                }
            };
            if items.len() != 2 {
                let len = items.len();
                return Err(self.value_error(&format!(
                    "dictionary update sequence element #{n} has length {len}; 2 is required"
                )));
            }
            self.dict_set(d.value(), items[0], items[1])?;
            n += 1;
        }
    }

    /// Adds a tuple of key and value if that needs no Python code.
    fn add_pair_quick(&mut self, d: Ref<DictObj>, pair: Value) -> bool {
        if !pair.is_exact(Kind::Tuple) {
            return false;
        }
        // SAFETY: checked above; a tuple keeps its items.
        match unsafe { (*pair.ptr::<TupleObj>()).items() } {
            [key, value] => crate::jit::quick::dict_set(self, d, *key, *value).is_some(),
            _ => false,
        }
    }

    /// `hasattr(obj, name)`.
    pub fn has_attr_str(&mut self, obj: Value, name: &str) -> Res<bool> {
        let name = self.intern(name);
        Ok(self.get_attr_opt(obj, name)?.is_some())
    }
}
