//! `from module import names`.

use crate::dict;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// Imports the submodules that a fromlist names (`importlib._bootstrap._handle_fromlist`).
    pub(super) fn import_fromlist(&mut self, module: Value, fromlist: Value) -> Res {
        self.handle_fromlist(module, fromlist, false)?;
        Ok(module)
    }

    fn handle_fromlist(&mut self, module: Value, fromlist: Value, recursive: bool) -> Res<()> {
        let names = self.collect(fromlist)?;
        for i in 0..names.len() {
            let name = names[i];
            let Some(s) = name.downcast::<StrObj>() else {
                let place = if recursive {
                    let n = self.get_attr_str(module, "__name__")?;
                    format!("{}.__all__", self.display(n))
                } else {
                    "``from list''".to_string()
                };
                let got = self.class_name(name);
                return Err(self.type_error(&format!("Item in {place} must be str, not {got}")));
            };
            if s.len == 1 && self.str_equals(name, "*") {
                if !recursive && let Some(all) = self.get_attr_opt(module, self.names.__all__)? {
                    self.handle_fromlist(module, all, true)?;
                }
                continue;
            }
            let key = self.intern_value(name);
            if self.get_attr_opt(module, key)?.is_none() {
                self.import_submodule(module, key)?;
            }
        }
        Ok(())
    }

    /// Imports `module.name`; a missing submodule is no error here.
    fn import_submodule(&mut self, module: Value, name: Value) -> Res<()> {
        let package = self.get_attr_str(module, "__name__")?;
        let full = format!("{}.{}", self.display(package), self.display(name));
        let full = self.intern(&full);
        match self.import_absolute(full) {
            Ok(_) => Ok(()),
            Err(r) => {
                if !self.raised_is(self.types.exc.ModuleNotFoundError) {
                    return Err(r);
                }
                // Only the module's own absence is forgiven, unless sys.modules says None.
                let e = self.take_raised();
                let missing = self.get_attr_str(e, "name")?;
                if self.eq(missing, full)? && self.loaded_module(full)? != Some(Value::NONE) {
                    return Ok(());
                }
                Err(self.raise(e))
            }
        }
    }

    /// The value for `from module import name`.
    pub fn import_from(&mut self, m: Value, name: Value) -> Res {
        if let Some(v) = self.get_attr_opt(m, name)? {
            return Ok(v);
        }
        // A circular import: the submodule is loaded, but not bound in its package yet.
        let package = self.get_attr_opt(m, self.names.__name__)?;
        if let Some(p) = package
            && p.is_kind(Kind::Str)
        {
            let full = format!("{}.{}", self.display(p), self.display(name));
            let full = self.intern(&full);
            if let Some(v) = self.loaded_module(full)? {
                return Ok(v);
            }
        }
        Err(self.cannot_import_name(m, package, name))
    }

    /// `from module import *`: binds the public names in `ns`.
    pub fn import_star(&mut self, m: Value, ns: Value) -> Res<()> {
        let n = self.names;
        if let Some(all) = self.get_attr_opt(m, n.__all__)? {
            let names = self.collect(all)?;
            for i in 0..names.len() {
                let name = names[i];
                if !name.is_kind(Kind::Str) {
                    return Err(self.bad_star_item(m, "Item", "__all__", name));
                }
                let key = self.intern_value(name);
                let v = self.get_attr(m, key)?;
                self.set_item(ns, key, v)?;
            }
            return Ok(());
        }
        let Some(d) = self.get_attr_opt(m, n.__dict__)? else {
            return Err(
                self.import_error_text("from-import-* object has no __dict__ and no __all__")
            );
        };
        if let Some(d) = d.downcast::<DictObj>()
            && ns.is_exact(Kind::Dict)
        {
            let mut i = 0;
            while let Some((at, e)) = dict::next_entry(d, i) {
                i = at + 1;
                let (Some(key), Some(v)) = (e.key, e.value) else {
                    continue;
                };
                if self.is_public(m, key)? {
                    self.dict_set(ns, key, v)?;
                }
            }
            return Ok(());
        }
        let keys = self.call_method(d, n.keys, &[])?;
        let keys = self.collect(keys)?;
        for i in 0..keys.len() {
            if self.is_public(m, keys[i])? {
                let v = self.get_attr(m, keys[i])?;
                self.set_item(ns, keys[i], v)?;
            }
        }
        Ok(())
    }

    fn is_public(&mut self, m: Value, key: Value) -> Res<bool> {
        match key.downcast::<StrObj>() {
            Some(s) => Ok(s.units().iter().next() != Some(u32::from(b'_'))),
            None => Err(self.bad_star_item(m, "Key", "__dict__", key)),
        }
    }

    fn bad_star_item(
        &mut self,
        m: Value,
        what: &str,
        place: &str,
        item: Value,
    ) -> crate::value::Raised {
        let name = match self.get_attr_str(m, "__name__") {
            Ok(n) => n,
            Err(r) => return r,
        };
        if !name.is_kind(Kind::Str) {
            let got = self.class_name(name);
            return self.type_error(&format!("module __name__ must be a string, not {got}"));
        }
        let (name, got) = (self.display(name), self.class_name(item));
        self.type_error(&format!("{what} in {name}.{place} must be str, not {got}"))
    }
}
