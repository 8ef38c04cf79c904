//! Method resolution orders: C3 linearisation, custom `mro()`, the lists of subclasses, and
//! assignment to `__bases__`.

use crate::alloc::GcVec;
use crate::class::*;
use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

impl Vm {
    /// Adds to the direct subclasses of `base`.
    pub fn add_subclass(&mut self, base: Ref<TypeObj>, class: Ref<TypeObj>) {
        let classes = self.interp().subclasses.entry(base.address()).or_default();
        // Added twice when its own `mro()` assigns to `__bases__` while it is made.
        if classes.last() != Some(&class) {
            classes.push(class);
        }
    }

    fn remove_subclass(&mut self, base: Ref<TypeObj>, class: Ref<TypeObj>) {
        if let Some(classes) = self.interp().subclasses.get_mut(&base.address()) {
            classes.retain(|c| *c != class);
        }
    }

    pub(crate) fn incomplete_base(&mut self, base: Ref<TypeObj>) -> Raised {
        let name = base.full_name();
        self.type_error(&format!("Cannot extend an incomplete type '{name}'"))
    }

    /// Computes and sets the MRO of a class. False when a custom `mro()` led to another being set
    /// meanwhile, which then stays.
    pub(crate) fn set_mro(&mut self, class: Ref<TypeObj>) -> Res<bool> {
        let before = class.mro.get();
        let mro = self.mro_of(class)?;
        if class.mro.get() != before {
            return Ok(false);
        }
        class.mro.write(class, mro);
        Ok(true)
    }

    fn mro_of(&mut self, class: Ref<TypeObj>) -> Res {
        let meta = self.class_of(class.value());
        let name = self.intern("mro");
        let is_custom = meta != self.types.type_
            && self
                .lookup_where(meta, name)
                .is_some_and(|(o, _)| o != self.types.type_);
        if !is_custom {
            let list = self.compute_mro(class)?;
            return self.new_tuple(&list);
        }
        let r = self.call_method(class.value(), name, &[])?;
        let items = self.collect(r)?;
        self.check_custom_mro(class, &items)?;
        self.new_tuple(&items)
    }

    /// All are classes whose layout that of `class` extends.
    fn check_custom_mro(&mut self, class: Ref<TypeObj>, items: &[Value]) -> Res<()> {
        let base = class.base.get().and_then(|b| b.downcast::<TypeObj>());
        let solid = base.map(|b| self.solid_base(b));
        for c in items {
            let Some(k) = c.downcast::<TypeObj>() else {
                let got = self.class_name(*c);
                return Err(self.type_error(&format!("mro() returned a non-class ('{got}')")));
            };
            let wanted = if k == class {
                continue;
            } else {
                self.solid_base(k)
            };
            if solid.is_some_and(|s| !s.is_subtype(wanted)) {
                let name = k.full_name();
                return Err(self.type_error(&format!(
                    "mro() returned base with unsuitable layout ('{name}')"
                )));
            }
        }
        Ok(())
    }

    /// C3 linearisation.
    pub fn compute_mro(&mut self, class: Ref<TypeObj>) -> Res<Vec<Value>> {
        let bases = self.bases_of(class);
        for (i, b) in bases.iter().enumerate() {
            if b.mro.get().is_none() {
                return Err(self.incomplete_base(*b));
            }
            if bases[..i].contains(b) {
                let name = b.full_name();
                return Err(self.type_error(&format!("duplicate base class {name}")));
            }
        }
        let mut lists: Vec<Vec<Value>> = bases.iter().map(|b| b.mro_items().to_vec()).collect();
        lists.push(bases.iter().map(|b| b.value()).collect());
        let mut out = vec![class.value()];
        loop {
            lists.retain(|l| !l.is_empty());
            if lists.is_empty() {
                return Ok(out);
            }
            let next = lists
                .iter()
                .map(|l| l[0])
                .find(|c| !lists.iter().any(|l| l[1..].contains(c)));
            let Some(c) = next else {
                return Err(self.inconsistent_bases(&lists));
            };
            out.push(c);
            for l in &mut lists {
                if l[0] == c {
                    l.remove(0);
                }
            }
        }
    }

    /// No class heads all the lists it is in.
    fn inconsistent_bases(&mut self, lists: &[Vec<Value>]) -> Raised {
        let mut heads: Vec<Value> = Vec::new();
        for l in lists {
            if !heads.contains(&l[0]) {
                heads.push(l[0]);
            }
        }
        let names: Vec<String> = heads
            .iter()
            .filter_map(|c| c.downcast::<TypeObj>())
            .map(|c| c.name_str())
            .collect();
        self.type_error(&format!(
            "Cannot create a consistent method resolution order (MRO) for bases {}",
            names.join(", ")
        ))
    }

    /// `class.__bases__ = value`.
    pub(crate) fn assign_bases(&mut self, c: Ref<TypeObj>, value: Option<Value>) -> Res<()> {
        let value = self.check_special_set(c, "__bases__", value)?;
        let bases = self.check_new_bases(c, value)?;
        let new_base = self.best_base(bases.items())?;
        self.check_new_layout(c, new_base)?;
        let (old_bases, old_base) = (c.bases.or_none(), c.base.get());
        c.bases.write(c, value);
        c.base.write(c, new_base.value());
        // Class, old MRO, new MRO.
        let mut changes = self.new_vec();
        if let Err(r) = self.recompute_mro(c, &mut changes) {
            for change in changes.chunks(3) {
                // Unless a custom `mro()` had a newer one set.
                if let Some(k) = change[0].downcast::<TypeObj>()
                    && k.mro.get() == Some(change[2])
                {
                    k.mro.write(k, change[1]);
                    self.type_modified(k);
                }
            }
            if c.bases.get() == Some(value) {
                c.bases.write(c, old_bases);
                c.base.write(c, old_base);
            }
            return Err(r);
        }
        // A custom `mro()` may have assigned to `__bases__` meanwhile.
        if c.bases.get() == Some(value) {
            let old = self.collect(old_bases)?;
            for b in old.iter().filter_map(|b| b.downcast::<TypeObj>()) {
                self.remove_subclass(b, c);
            }
            for b in bases.items().iter().filter_map(|b| b.downcast()) {
                self.remove_subclass(b, c);
                self.add_subclass(b, c);
            }
        }
        self.type_modified(c);
        Ok(())
    }

    fn check_new_bases(&mut self, c: Ref<TypeObj>, value: Value) -> Res<Ref<TupleObj>> {
        let name = c.full_name();
        let Some(bases) = value.downcast::<TupleObj>() else {
            let got = self.class_name(value);
            return Err(self.type_error(&format!(
                "can only assign tuple to {name}.__bases__, not {got}"
            )));
        };
        if bases.len == 0 {
            return Err(self.type_error(&format!(
                "can only assign non-empty tuple to {name}.__bases__, not ()"
            )));
        }
        for b in bases.items() {
            let Some(b) = b.downcast::<TypeObj>() else {
                let got = self.class_name(*b);
                return Err(self.type_error(&format!(
                    "{name}.__bases__ must be tuple of classes, not '{got}'"
                )));
            };
            // The MRO of `b` may be behind its bases while an outer assignment runs.
            if b.is_subtype(c) || b.has_in_base_chain(c) {
                return Err(self.type_error("a __bases__ item causes an inheritance cycle"));
            }
        }
        Ok(bases)
    }

    fn check_new_layout(&mut self, c: Ref<TypeObj>, new_base: Ref<TypeObj>) -> Res<()> {
        let Some(old) = c.base.get().and_then(|b| b.downcast::<TypeObj>()) else {
            return Ok(());
        };
        let same = |flag: TypeFlags| old.has(flag) == new_base.has(flag);
        let what = if is_collected(old) != is_collected(new_base) {
            "deallocator"
        } else if self.has_same_slots(old, new_base)
            && same(TypeFlags::HAS_DICT)
            && same(TypeFlags::HAS_WEAKREF)
            && old.nfixed.get() == new_base.nfixed.get()
        {
            return Ok(());
        } else {
            "object layout"
        };
        let (x, y) = (new_base.full_name(), old.full_name());
        Err(self.type_error(&format!(
            "__bases__ assignment: '{x}' {what} differs from '{y}'"
        )))
    }

    /// New MROs for a class whose bases changed and for its subclasses.
    fn recompute_mro(&mut self, c: Ref<TypeObj>, changes: &mut GcVec) -> Res<()> {
        self.check_native_stack()?;
        let old = c.mro.get();
        if !self.set_mro(c)? {
            return Ok(());
        }
        self.type_modified(c);
        // A class gets its first MRO before it has subclasses.
        if let Some(old) = old {
            changes.extend(self, &[c.value(), old, c.mro.or_none()])?;
        }
        let subclasses = self.rooted_subclasses(c)?;
        for sub in subclasses.iter().filter_map(|s| s.downcast::<TypeObj>()) {
            self.recompute_mro(sub, changes)?;
        }
        Ok(())
    }
}

/// Whether CPython's cycle collector looks at the instances, which are then freed in another way.
fn is_collected(c: Ref<TypeObj>) -> bool {
    let atomic = matches!(
        c.kind.get(),
        Kind::Object
            | Kind::Int
            | Kind::Bool
            | Kind::Float
            | Kind::Complex
            | Kind::Str
            | Kind::Bytes
            | Kind::ByteArray
            | Kind::Range
    );
    c.has(TypeFlags::HEAP) || !atomic
}
