//! The import statement: `__import__`, relative names, `from ... import`, and its errors.
//!
//! Finding and loading a module that is not in `sys.modules` is the business of `Interp::import_hook`,
//! which the crate `modules` sets (native modules and the embedded library directly, the rest by
//! `importlib._bootstrap`).

mod errors;
mod from;
mod relative;
mod time;

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

impl Vm {
    /// `import` of the import statement through the `__import__` found in builtins.
    pub fn import_with(
        &mut self,
        import: Value,
        name: Value,
        globals: Value,
        locals: Value,
        fromlist: Value,
        level: Value,
    ) -> Res {
        if self.interp().import_function == Some(import) {
            let level = self.int_to_i64(level).unwrap_or(0);
            return self.import_name(name, Some(globals), fromlist, level);
        }
        self.call_value(import, &[name, globals, locals, fromlist, level])
    }

    /// `PyImport_ImportModuleLevelObject`: what `__import__` does.
    pub fn import_name(
        &mut self,
        name: Value,
        globals: Option<Value>,
        fromlist: Value,
        level: i64,
    ) -> Res {
        let Some(s) = name.downcast::<StrObj>() else {
            return Err(self.type_error("module name must be a string"));
        };
        if level < 0 {
            return Err(self.value_error("level must be >= 0"));
        }
        let absolute = if level > 0 {
            self.resolve_relative(name, globals, level)?
        } else if s.len == 0 {
            return Err(self.value_error("Empty module name"));
        } else {
            self.intern_value(name)
        };
        let module = self.import_absolute(absolute)?;
        if self.truth(fromlist)? {
            let path = self.names.__path__;
            return match self.get_attr_opt(module, path)? {
                Some(_) => self.import_fromlist(module, fromlist),
                None => Ok(module),
            };
        }
        if s.len == 0 {
            return Ok(module);
        }
        let Some(dot) = s.units().iter().position(|c| c == u32::from(b'.')) else {
            return Ok(module);
        };
        if level == 0 {
            let front = self.str_part(name, 0, dot)?;
            return self.import_absolute(front);
        }
        let cut = s.len - dot;
        // SAFETY: resolve_relative gives a str.
        let whole = unsafe { absolute.cast::<StrObj>() }.len;
        let front = self.str_part(absolute, 0, whole - cut)?;
        match self.loaded_module(front)? {
            Some(m) => Ok(m),
            None => {
                let shown = self.display_repr(front)?;
                let text = self.new_str(&format!("{shown} not in sys.modules as expected"))?;
                Err(self.key_error(text))
            }
        }
    }

    /// The module of this absolute name, loaded when it is not in `sys.modules`.
    pub fn import_absolute(&mut self, name: Value) -> Res {
        if let Some(m) = self.loaded_module(name)?
            && !m.is_none()
        {
            self.wait_until_initialized(m, name)?;
            if self.interp().config.import_time == 2 {
                self.report_cached_import(name);
            }
            return Ok(m);
        }
        match self.interp().import_hook {
            Some(hook) => {
                let r = self.timed_load(hook, name);
                if r.is_err() {
                    self.remove_import_frames();
                }
                r
            }
            None => Err(self.import_error_text("the import system is not ready")),
        }
    }

    /// Imports a module by its dotted name and gives that very module.
    pub fn import_module(&mut self, name: &str) -> Res {
        let name = self.intern(name);
        self.import_absolute(name)
    }

    /// `sys.modules[name]`.
    pub fn loaded_module(&mut self, name: Value) -> Res<Option<Value>> {
        let modules = match self.interp().sys_modules {
            Some(d) => d,
            None => return Err(self.runtime_error("unable to get sys.modules")),
        };
        self.dict_get(modules, name)
    }

    /// Waits for another thread that is importing the module (`import_ensure_initialized`).
    fn wait_until_initialized(&mut self, m: Value, name: Value) -> Res<()> {
        if self.interp().threads.len() > 1 && self.is_initializing(m) {
            let n = self.intern("_frozen_importlib");
            if let Some(b) = self.loaded_module(n)? {
                self.call_method_str(b, "_lock_unlock_module", &[name])?;
            }
        }
        Ok(())
    }

    /// Whether `module.__spec__._initializing` is true.
    pub fn is_initializing(&mut self, m: Value) -> bool {
        let n = self.names;
        let spec = match m.downcast::<ModuleObj>() {
            Some(m) => self.dict_get_interned(m.dict.get(), n.__spec__),
            None => self.attr_or_nothing(m, n.__spec__),
        };
        match spec {
            Some(s) if !s.is_none() => {
                let v = self.attr_or_nothing(s, n._initializing);
                v.is_some_and(|v| self.truth(v).unwrap_or(false))
            }
            _ => false,
        }
    }

    /// An attribute; errors count as its absence.
    pub(crate) fn attr_or_nothing(&mut self, obj: Value, name: Value) -> Option<Value> {
        match self.get_attr_opt(obj, name) {
            Ok(v) => v,
            Err(_) => {
                self.raised = None;
                None
            }
        }
    }

    /// Interned code points `from..to` of a str.
    pub(crate) fn str_part(&mut self, s: Value, from: usize, to: usize) -> Res {
        // SAFETY: the callers pass a str.
        let s = unsafe { s.cast::<StrObj>() };
        let points: Vec<u32> = s.units().iter().skip(from).take(to - from).collect();
        let v = self.new_str_points(&points)?;
        Ok(self.intern_value(v))
    }

    /// An attribute of `sys`, if it is there.
    pub fn sys_attr(&mut self, name: &str) -> Option<Value> {
        let d = self.interp().sys_dict?;
        self.dict_get_str(d, name)
    }

    /// Shows the value of an interactive expression (`sys.displayhook`).
    pub fn display_hook(&mut self, v: Value) -> Res {
        match self.sys_attr("displayhook") {
            Some(f) => {
                self.call_value(f, &[v])?;
                Ok(Value::NONE)
            }
            None => Err(self.runtime_error("lost sys.displayhook")),
        }
    }
}
