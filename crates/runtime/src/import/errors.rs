//! Messages for names that a module does not have.

use crate::object::*;
use crate::value::{Raised, Res, Value};
use crate::vm::Vm;

/// What is known of the module when a name is missing.
struct Suspect {
    origin: Option<String>,
    /// The module's file lies in sys.path[0].
    shadowing: bool,
    /// ... and the module has the name of one of the standard library.
    shadowing_library: bool,
}

impl Vm {
    /// ImportError for `from module import name`.
    pub(super) fn cannot_import_name(
        &mut self,
        m: Value,
        package: Option<Value>,
        name: Value,
    ) -> Raised {
        match self.cannot_import_parts(m, package, name) {
            Ok((text, origin)) => {
                let r = self.import_error_text(&text);
                let Some(e) = self.raised else { return r };
                let path = origin
                    .and_then(|o| self.new_str(&o).ok())
                    .unwrap_or(Value::NONE);
                let package = package
                    .filter(|p| p.is_kind(Kind::Str))
                    .unwrap_or_else(|| self.intern("<unknown module name>"));
                for (key, v) in [("name", package), ("path", path), ("name_from", name)] {
                    if let Err(r) = self.set_attr_str(e, key, v) {
                        return r;
                    }
                }
                self.raise(e)
            }
            Err(r) => r,
        }
    }

    fn cannot_import_parts(
        &mut self,
        m: Value,
        package: Option<Value>,
        name: Value,
    ) -> Res<(String, Option<String>)> {
        let known = package.filter(|p| p.is_kind(Kind::Str));
        let unknown = self.intern("<unknown module name>");
        let shown_package = self.display_repr(known.unwrap_or(unknown))?;
        let shown = self.display_repr(name)?;
        let spec = self.attr_or_nothing(m, self.names.__spec__);
        let mut s = self.suspect(spec, known)?;
        if s.origin.is_none()
            && let Some(mo) = m.downcast::<ModuleObj>()
            && let Some(f) = self.dict_get_interned(mo.dict.get(), self.names.__file__)
            && f.is_kind(Kind::Str)
        {
            s.origin = Some(self.display(f));
        }
        let origin = s.origin.clone();
        let file = origin.clone().unwrap_or_default();
        let text = if s.shadowing_library {
            format!(
                "cannot import name {shown} from {shown_package} (consider renaming '{file}' since it has the same name as the standard library module named {shown_package} and prevents importing that standard library module)"
            )
        } else if self.is_initializing(m) {
            if s.shadowing {
                format!(
                    "cannot import name {shown} from {shown_package} (consider renaming '{file}' if it has the same name as a library you intended to import)"
                )
            } else if origin.is_some() {
                format!(
                    "cannot import name {shown} from partially initialized module {shown_package} (most likely due to a circular import) ({file})"
                )
            } else {
                format!(
                    "cannot import name {shown} from partially initialized module {shown_package} (most likely due to a circular import)"
                )
            }
        } else {
            let place = if origin.is_some() {
                file
            } else {
                "unknown location".to_string()
            };
            format!("cannot import name {shown} from {shown_package} ({place})")
        };
        Ok((text, origin))
    }

    /// Looks a module attribute up that ordinary lookup did not find: the module's `__getattr__`,
    /// then AttributeError.
    pub fn module_missing(&mut self, m: Value, name: Value) -> Res {
        let n = self.names;
        let d = match m.downcast::<ModuleObj>() {
            Some(mo) => mo.dict.get(),
            None => return Err(self.no_attribute(m, name)),
        };
        if let Some(f) = self.dict_get_interned(d, n.__getattr__) {
            return self.call_value(f, &[name]);
        }
        let own = self.dict_get_interned(d, n.__name__);
        let attr = self.display(name);
        let Some(own) = own.filter(|v| v.is_kind(Kind::Str)) else {
            return Err(self.attribute_error(
                m,
                name,
                &format!("module has no attribute '{attr}'"),
            ));
        };
        let module = self.display(own);
        let plain = format!("module '{module}' has no attribute '{attr}'");
        let spec = self
            .dict_get_interned(d, n.__spec__)
            .filter(|s| !s.is_none());
        let Some(spec) = spec else {
            return Err(self.attribute_error(m, name, &plain));
        };
        let s = self.suspect(Some(spec), Some(own))?;
        let file = s.origin.clone().unwrap_or_default();
        let text = if s.shadowing_library {
            format!(
                "{plain} (consider renaming '{file}' since it has the same name as the standard library module named '{module}' and prevents importing that standard library module)"
            )
        } else if self.is_initializing(m) {
            if s.shadowing {
                format!(
                    "{plain} (consider renaming '{file}' if it has the same name as a library you intended to import)"
                )
            } else if s.origin.is_some() {
                format!(
                    "partially initialized module '{module}' from '{file}' has no attribute '{attr}' (most likely due to a circular import)"
                )
            } else {
                format!(
                    "partially initialized module '{module}' has no attribute '{attr}' (most likely due to a circular import)"
                )
            }
        } else if self.is_uninitialized_submodule(spec, name)? {
            format!(
                "cannot access submodule '{attr}' of module '{module}' (most likely due to a circular import)"
            )
        } else {
            plain
        };
        Err(self.attribute_error(m, name, &text))
    }

    fn is_uninitialized_submodule(&mut self, spec: Value, name: Value) -> Res<bool> {
        let key = self.names._uninitialized_submodules;
        match self.attr_or_nothing(spec, key) {
            Some(list) => self.contains(list, name),
            None => Ok(false),
        }
    }

    fn suspect(&mut self, spec: Option<Value>, package: Option<Value>) -> Res<Suspect> {
        let n = self.names;
        let mut s = Suspect {
            origin: None,
            shadowing: false,
            shadowing_library: false,
        };
        let Some(spec) = spec.filter(|v| !v.is_none()) else {
            return Ok(s);
        };
        let located = self.attr_or_nothing(spec, n.has_location);
        if let Some(v) = located
            && self.truth(v)?
            && let Some(o) = self.attr_or_nothing(spec, n.origin)
            && o.is_kind(Kind::Str)
        {
            s.origin = Some(self.display(o));
        }
        let Some(origin) = &s.origin else {
            return Ok(s);
        };
        s.shadowing = self.is_in_first_path(origin);
        if s.shadowing
            && let (Some(p), Some(sys)) = (package, self.interp().sys_dict)
            && let Some(names) = self.dict_get_str(sys, "stdlib_module_names")
        {
            s.shadowing_library = self.contains(names, p)?;
        }
        Ok(s)
    }

    /// Whether a module file lies in the folder that start-up put first in sys.path.
    fn is_in_first_path(&mut self, origin: &str) -> bool {
        let config = &self.interp().config;
        if config.safe_path {
            return false;
        }
        let Some(first) = config.path_0.clone() else {
            return false;
        };
        let path = std::path::Path::new(origin);
        let mut folder = path.parent();
        if path.file_name().is_some_and(|f| f == "__init__.py") {
            folder = folder.and_then(|f| f.parent());
        }
        let first = if first.is_empty() {
            std::env::current_dir().unwrap_or_default()
        } else {
            first.into()
        };
        folder.is_some_and(|f| f == first)
    }
}
