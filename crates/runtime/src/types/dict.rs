//! `dict`.

use crate::class::{TypeFlags, TypeSpec};
use crate::dict;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

pub static SPEC: TypeSpec = TypeSpec {
    name: "dict",
    kind: Kind::Dict,
    tables: &[methods::TABLE],
    flags: TypeFlags::BASE
        .union(TypeFlags::MAPPING)
        .union(TypeFlags::MATCH_SELF),
    size: size_of::<DictObj>(),
    slot_offset: size_of::<DictObj>(),
    ..TypeSpec::DEFAULT
};

#[derive::natives]
mod methods {
    use super::*;

    /// Return the value for key if key is in the dictionary, else default.
    #[native("get($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: Value, key: Value, default: Option<Value>) -> Res {
        // SAFETY: the descriptor checked the type.
        Ok(vm
            .dict_get(unsafe { this.cast() }, key)?
            .or(default)
            .unwrap_or(Value::NONE))
    }
}

impl Vm {
    /// `d.update(src)`: a dict, a mapping with `keys`, or an iterable of pairs.
    pub fn dict_update(&mut self, d: Ref<DictObj>, src: Value) -> Res<()> {
        if let Some(s) = src
            .downcast::<DictObj>()
            .filter(|_| !self.class_of(src).has(TypeFlags::CUSTOM_ITER))
        {
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(s, i) {
                i = at + 1;
                if let (Some(k), v) = (e.key, e.value) {
                    dict::set(self, d, k, e.hash, v)?;
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
        while let Some(pair) = self.next(it)? {
            let items = match self.collect(pair) {
                Ok(items) => items,
                Err(r) => {
                    if self.catch(self.types.exc.TypeError) {
                        return Err(self.type_error(&format!(
                            "cannot convert dictionary update sequence element #{n} to a sequence"
                        )));
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
        Ok(())
    }

    /// `hasattr(obj, name)`.
    pub fn has_attr_str(&mut self, obj: Value, name: &str) -> Res<bool> {
        let name = self.intern(name);
        Ok(self.get_attr_opt(obj, name)?.is_some())
    }

    /// `s.update(src)` of a set.
    pub fn set_update(&mut self, s: Ref<SetObj>, src: Value) -> Res<()> {
        if let Some(other) = src
            .downcast::<SetObj>()
            .filter(|_| !self.class_of(src).has(TypeFlags::CUSTOM_ITER))
        {
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(other, i) {
                i = at + 1;
                if let Some(k) = e.key
                    && dict::find(self, s, k, e.hash)?.is_none()
                {
                    dict::insert_new(self, s, k, e.hash, None)?;
                }
            }
            return Ok(());
        }
        let it = self.iter(src)?;
        while let Some(v) = self.next(it)? {
            let h = self.hash(v)?;
            if dict::find(self, s, v, h)?.is_none() {
                dict::insert_new(self, s, v, h, None)?;
            }
        }
        Ok(())
    }
}
