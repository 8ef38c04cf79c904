//! Relative imports: `from ..a import b`.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

const WARNING: &str = "__package__ != __spec__.parent";

impl Vm {
    /// The absolute name of a relative import from the module with these globals.
    pub(super) fn resolve_relative(
        &mut self,
        name: Value,
        globals: Option<Value>,
        level: i64,
    ) -> Res {
        let Some(globals) = globals.and_then(|g| g.downcast::<DictObj>()) else {
            return Err(match globals {
                None => self.key_error_text("'__name__' not in globals"),
                Some(_) => self.type_error("globals must be a dict"),
            });
        };
        let package = self.package_of(globals)?;
        // SAFETY: package_of gives a str.
        let p = unsafe { package.cast::<StrObj>() };
        if p.len == 0 {
            return Err(
                self.import_error_text("attempted relative import with no known parent package")
            );
        }
        let mut end = p.len;
        for _ in 1..level {
            let dot = p
                .units()
                .iter()
                .take(end)
                .enumerate()
                .filter(|(_, c)| *c == u32::from(b'.'))
                .map(|(i, _)| i)
                .last();
            match dot {
                Some(i) => end = i,
                None => {
                    return Err(self
                        .import_error_text("attempted relative import beyond top-level package"));
                }
            }
        }
        let base = self.str_part(package, 0, end)?;
        // SAFETY: import_name checked the type.
        if unsafe { name.cast::<StrObj>() }.len == 0 {
            return Ok(base);
        }
        let dot = self.intern(".");
        let base = self.concat_str(base, dot)?;
        let whole = self.concat_str(base, name)?;
        Ok(self.intern_value(whole))
    }

    /// The package that relative names start from (`_calc___package__`).
    fn package_of(&mut self, globals: Ref<DictObj>) -> Res {
        let n = self.names;
        let given = self.dict_get_interned(globals, n.__package__);
        let spec = self.dict_get_interned(globals, n.__spec__);
        let given = given.filter(|v| !v.is_none());
        let spec = spec.filter(|v| !v.is_none());
        if let Some(p) = given {
            if !p.is_kind(Kind::Str) {
                return Err(self.type_error("package must be a string"));
            }
            if let Some(s) = spec {
                let parent = self.get_attr_str(s, "parent")?;
                if !self.eq(p, parent)? {
                    let class = self.types.exc.DeprecationWarning;
                    self.warn(class, WARNING, 1)?;
                }
            }
            return Ok(p);
        }
        if let Some(s) = spec {
            let parent = self.get_attr_str(s, "parent")?;
            if !parent.is_kind(Kind::Str) {
                return Err(self.type_error("__spec__.parent must be a string"));
            }
            return Ok(parent);
        }
        let class = self.types.exc.ImportWarning;
        self.warn(
            class,
            "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
            1,
        )?;
        let Some(name) = self.dict_get_interned(globals, n.__name__) else {
            return Err(self.key_error_text("'__name__' not in globals"));
        };
        let Some(s) = name.downcast::<StrObj>() else {
            return Err(self.type_error("__name__ must be a string"));
        };
        if self.dict_get_interned(globals, n.__path__).is_some() {
            return Ok(name);
        }
        let dot = s
            .units()
            .iter()
            .enumerate()
            .filter(|(_, c)| *c == u32::from(b'.'))
            .map(|(i, _)| i)
            .last();
        match dot {
            Some(i) => self.str_part(name, 0, i),
            None => {
                Err(self
                    .import_error_text("attempted relative import with no known parent package"))
            }
        }
    }

    fn key_error_text(&mut self, text: &str) -> crate::value::Raised {
        match self.new_str(text) {
            Ok(t) => self.key_error(t),
            Err(r) => r,
        }
    }
}
