//! Attribute lookup on types: MRO search, versions, the method cache and derived type flags.

use crate::alloc::GcVec;
use crate::class::*;
use crate::dict;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::{METHOD_CACHE, SUPER_CACHE, SuperCacheEntry, Vm};

impl Vm {
    /// Looks an interned name up along the MRO.
    #[inline]
    pub fn lookup(&mut self, class: Ref<TypeObj>, name: Value) -> Option<Value> {
        let version = class.version.get();
        let slot = (version as usize).wrapping_mul(0x9e37_79b1) ^ (name.bits() as usize >> 4);
        let slot = slot & (METHOD_CACHE - 1);
        let e = self.interp().method_cache[slot];
        if e.version == version && e.name == name.bits() {
            return Value::from_bits(e.value);
        }
        let found = self.lookup_uncached(class, name);
        self.interp().method_cache[slot] = crate::vm::MethodCacheEntry {
            version,
            name: name.bits(),
            value: found.map_or(0, Value::bits),
        };
        found
    }

    /// As `lookup`, with the class that has it.
    pub fn lookup_where(
        &mut self,
        class: Ref<TypeObj>,
        name: Value,
    ) -> Option<(Ref<TypeObj>, Value)> {
        class.mro_items().iter().find_map(|c| {
            // SAFETY: an MRO holds types.
            let c = unsafe { c.cast::<TypeObj>() };
            self.dict_get_interned(c.dict.get(), name).map(|v| (c, v))
        })
    }

    fn lookup_uncached(&mut self, class: Ref<TypeObj>, name: Value) -> Option<Value> {
        self.lookup_where(class, name).map(|(_, v)| v)
    }

    /// Looks up after `after` in the MRO of `class` (for `super`).
    pub fn lookup_after(
        &mut self,
        class: Ref<TypeObj>,
        after: Value,
        name: Value,
    ) -> Option<Value> {
        // Versions of classes are unique, and a change of any class of the MRO gives a new one.
        let version = class.version.get();
        let slot = (version as usize).wrapping_mul(0x9e37_79b1)
            ^ (name.bits() as usize >> 4)
            ^ (after.bits() as usize >> 6);
        let slot = slot & (SUPER_CACHE - 1);
        let e = self.interp().super_cache[slot];
        if e.version == version && e.name == name.bits() && e.after == after.bits() {
            return Value::from_bits(e.value);
        }
        let found = self.lookup_after_uncached(class, after, name);
        self.interp().super_cache[slot] = SuperCacheEntry {
            version,
            after: after.bits(),
            name: name.bits(),
            value: found.map_or(0, Value::bits),
        };
        found
    }

    fn lookup_after_uncached(
        &mut self,
        class: Ref<TypeObj>,
        after: Value,
        name: Value,
    ) -> Option<Value> {
        let mro = class.mro_items();
        let at = mro.iter().position(|c| *c == after)?;
        mro[at + 1..].iter().find_map(|c| {
            // SAFETY: an MRO holds types.
            let c = unsafe { c.cast::<TypeObj>() };
            self.dict_get_interned(c.dict.get(), name)
        })
    }

    /// A special method of a value, from its class (not bound).
    #[inline]
    pub fn special(&mut self, v: Value, name: Value) -> Option<Value> {
        self.lookup(self.class_of(v), name)
    }

    /// Dict lookup of an interned string key without raising.
    #[inline]
    pub fn dict_get_interned(&mut self, d: Ref<DictObj>, name: Value) -> Option<Value> {
        let hash = self.hash_str(name);
        match dict::find(self, d, name, hash) {
            Ok(found) => dict::entry_at(d, found?).and_then(|e| e.value),
            Err(_) => {
                self.raised = None;
                None
            }
        }
    }

    /// Tells that lookups on the class may now give something else.
    pub fn type_modified(&mut self, class: Ref<TypeObj>) {
        self.new_type_version(class);
        self.update_flags(class);
        for sub in self.subclasses_of(class) {
            self.type_modified(sub);
        }
    }

    fn new_type_version(&mut self, class: Ref<TypeObj>) {
        if class.header.flags & ASSUMED != 0 {
            self.assumption_broken(class.header(), None);
        }
        let version = self.next_version();
        class.version.set(version);
    }

    /// As `type_modified`, when only the attribute `name` changed.
    fn attribute_modified(&mut self, class: Ref<TypeObj>, name: Value) {
        if self.flags_depend_on(name) {
            self.type_modified(class);
        } else {
            self.type_value_changed(class);
        }
    }

    /// Whether `update_flags` looks at this attribute.
    fn flags_depend_on(&self, name: Value) -> bool {
        let interned = name
            .downcast::<StrObj>()
            .is_some_and(|s| s.header.flags & STR_INTERNED != 0);
        let n = self.names;
        !interned
            || [
                n.__getattribute__,
                n.__getattr__,
                n.__setattr__,
                n.__delattr__,
                n.__del__,
                n.__hash__,
                n.__eq__,
                n.__get__,
                n.__set__,
                n.__delete__,
                n.__iter__,
                n.__getitem__,
                n.__len__,
                n.__bool__,
                n.__contains__,
                n.__new__,
                n.__init__,
                n.__next__,
            ]
            .contains(&name)
    }

    /// The living direct subclasses, for who runs code or allocates while looking at them.
    pub fn rooted_subclasses(&mut self, class: Ref<TypeObj>) -> Res<GcVec> {
        let mut out = self.new_vec();
        let n = self.subclasses_of(class).len();
        out.reserve(self, n)?;
        // Making room may have collected some of them, so they are looked up after it.
        for c in self.subclasses_of(class) {
            out.push(self, c.value())?;
        }
        Ok(out)
    }

    /// The living direct subclasses. Nothing but the collector's table of them refers to the result:
    /// nothing may be allocated while it is used.
    pub fn subclasses_of(&mut self, class: Ref<TypeObj>) -> Vec<Ref<TypeObj>> {
        let known = self.interp().subclasses.get(&class.address());
        known.cloned().unwrap_or_default()
    }

    /// Recomputes the flags that depend on dunders: those that `flags_depend_on` knows.
    pub fn update_flags(&mut self, class: Ref<TypeObj>) {
        use TypeFlags as F;
        let n = self.names;
        let mut flags = class.flags.get();
        let mut set = |flag: F, on: bool| flags.set(flag, on);
        let t = self.types;
        let is_heap_defined = |vm: &mut Vm, name: Value| match vm.lookup_where(class, name) {
            Some((owner, v)) => {
                (owner.has(F::HEAP) || v.is_kind(Kind::Function)) && !is_builtin_alias(v, name, vm)
            }
            None => false,
        };
        // A builtin type's own implementation counts too, unless attribute lookup knows it.
        let is_custom = |vm: &mut Vm, name: Value| match vm.lookup_where(class, name) {
            Some((_, v)) => !is_builtin_alias(v, name, vm),
            None => false,
        };
        set(F::GETATTRIBUTE, is_custom(self, n.__getattribute__));
        set(
            F::GETATTR,
            self.lookup_uncached(class, n.__getattr__).is_some(),
        );
        let setattr = is_custom(self, n.__setattr__) || is_custom(self, n.__delattr__);
        set(F::SETATTR, setattr);
        set(
            F::DEL,
            self.lookup_uncached(class, n.__del__).is_some() && class.kind.get() != Kind::Generator,
        );
        set(
            F::UNHASHABLE,
            self.lookup_uncached(class, n.__hash__) == Some(Value::NONE),
        );
        let is_always_true = self.lookup_uncached(class, n.__bool__).is_none()
            && self.lookup_uncached(class, n.__len__).is_none();
        set(F::ALWAYS_TRUE, is_always_true);
        let owner = |vm: &mut Vm, name: Value| vm.lookup_where(class, name).map(|(o, _)| o);
        set(F::IDENTITY_EQ, owner(self, n.__eq__) == Some(t.object));
        set(F::IDENTITY_HASH, owner(self, n.__hash__) == Some(t.object));
        set(
            F::DESCR_GET,
            self.lookup_uncached(class, n.__get__).is_some(),
        );
        let descr_set = self.lookup_uncached(class, n.__set__).is_some()
            || self.lookup_uncached(class, n.__delete__).is_some();
        set(F::DESCR_SET, descr_set);
        set(F::CUSTOM_ITER, is_heap_defined(self, n.__iter__));
        set(F::CUSTOM_GETITEM, is_heap_defined(self, n.__getitem__));
        set(F::CUSTOM_LEN, is_heap_defined(self, n.__len__));
        set(F::CUSTOM_BOOL, is_heap_defined(self, n.__bool__));
        set(F::CUSTOM_CONTAINS, is_heap_defined(self, n.__contains__));
        let plain_new =
            owner(self, n.__new__) == Some(t.object) && class.kind.get() == Kind::Instance;
        set(F::PLAIN_NEW, plain_new);
        let is_exception = class.kind.get() == Kind::Exception;
        let base = |vm: &mut Vm, name: Value| {
            vm.lookup_uncached(class, name) == vm.lookup_uncached(t.exc.BaseException, name)
        };
        set(F::EXCEPTION_NEW, is_exception && base(self, n.__new__));
        set(F::EXCEPTION_INIT, is_exception && base(self, n.__init__));
        class.flags.set(flags);
        // The iteration slot is inherited unless Python code defines __next__.
        if class.has(F::HEAP) {
            let next = match self.lookup_where(class, n.__next__) {
                Some((o, v)) if !o.has(F::HEAP) && !v.is_kind(Kind::Function) => o.iternext.get(),
                _ => None,
            };
            class.iternext.set(next);
        }
    }

    /// Sets an attribute in a type's dict, with all that follows from it.
    pub fn type_set(
        &mut self,
        class: Ref<TypeObj>,
        name: Value,
        value: Option<Value>,
    ) -> Res<bool> {
        let d = class.dict.get();
        let hash = self.hash_str(name);
        let found = dict::find(self, d, name, hash)?;
        match (found, value) {
            (Some(i), Some(v)) => {
                let old = dict::entry_at(d, i).and_then(|e| e.value);
                dict::set_value_at(self, d, i, Some(v));
                // One plain value for another changes no lookup that a cache relies on, unless
                // the value itself was cached.
                let plain = |vm: &Vm, v: Value| {
                    !v.is_cell()
                        || !vm
                            .class_of(v)
                            .has(TypeFlags::DESCR_GET | TypeFlags::DESCR_SET)
                };
                let is_dunder = self.str_starts_with(name, "__");
                if is_dunder || old.is_none_or(|o| !plain(self, o)) || !plain(self, v) {
                    self.attribute_modified(class, name);
                } else {
                    self.type_value_changed(class);
                }
            }
            (None, Some(v)) => {
                dict::insert_new(self, d, name, hash, Some(v))?;
                self.attribute_modified(class, name);
            }
            (Some(i), None) => {
                dict::remove_at(self, d, i);
                self.attribute_modified(class, name);
            }
            (None, None) => return Ok(false),
        }
        Ok(true)
    }

    /// A plain class attribute got another plain value: cached values die, layouts stay.
    fn type_value_changed(&mut self, class: Ref<TypeObj>) {
        self.new_type_version(class);
        for sub in self.subclasses_of(class) {
            self.type_value_changed(sub);
        }
    }

    fn str_starts_with(&self, s: Value, prefix: &str) -> bool {
        s.downcast::<StrObj>()
            .and_then(|s| s.as_ascii().map(|a| a.starts_with(prefix)))
            .unwrap_or(false)
    }
}

/// `v` is object's, type's or module's own implementation of `name`, bound again in a class.
fn is_builtin_alias(v: Value, name: Value, vm: &mut Vm) -> bool {
    let t = vm.types;
    if !v.is_kind(Kind::MethodDescr) {
        return false;
    }
    [t.object, t.type_, t.module, t.super_, t.method]
        .iter()
        .any(|c| vm.dict_get_interned(c.dict.get(), name) == Some(v))
}
