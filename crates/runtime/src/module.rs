//! Modules: native module declarations and module objects.

use crate::class::{TypeObj, TypeSpec};
use crate::native::NativeDef;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// A native module as declared in its file.
pub struct ModuleSpec {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [&'static [NativeDef]],
    /// Adds constants and types to the new module.
    pub init: fn(&mut Vm, Ref<ModuleObj>) -> Res<()>,
}

/// Modules whose types are static ones in CPython: these have no `__module__` in their dict, so
/// that their instances have none.
const STATIC: &[&str] = &[
    "builtins",
    "contextvars",
    "_contextvars",
    "datetime",
    "string.templatelib",
    "sys",
    "types",
    "weakref",
];

impl Vm {
    /// An empty module.
    pub fn new_module(&mut self, name: &str, doc: Option<&str>) -> Res<Ref<ModuleObj>> {
        let d = self.new_dict()?;
        let p: *mut ModuleObj = self
            .alloc_kind(size_of::<ModuleObj>(), Kind::Module)?
            .cast();
        // SAFETY: freshly allocated.
        let m = unsafe {
            (&raw mut (*p).dict).write(std::cell::Cell::new(d));
            Ref::new(p)
        };
        let name = self.intern(name);
        let doc = match doc {
            Some(d) => self.new_str(d)?,
            None => Value::NONE,
        };
        let n = self.names;
        for (key, v) in [
            (n.__name__, name),
            (n.__doc__, doc),
            (n.__package__, Value::NONE),
            (n.__loader__, Value::NONE),
            (n.__spec__, Value::NONE),
        ] {
            self.dict_set(d.value(), key, v)?;
        }
        Ok(m)
    }

    /// Makes and fills a native module.
    pub fn make_native_module(&mut self, spec: &'static ModuleSpec) -> Res<Ref<ModuleObj>> {
        let m = self.new_module(spec.name, Some(spec.doc))?;
        for table in spec.functions {
            self.add_module_functions(m, table)?;
        }
        (spec.init)(self, m)?;
        Ok(m)
    }

    /// Adds native functions to a module.
    pub fn add_module_functions(
        &mut self,
        m: Ref<ModuleObj>,
        table: &'static [NativeDef],
    ) -> Res<()> {
        for def in table {
            let f = self.new_native(def, None, Some(m.value()), None)?;
            self.module_set(m, def.name, f)?;
        }
        Ok(())
    }

    /// Sets a module attribute.
    pub fn module_set(&mut self, m: Ref<ModuleObj>, name: &str, v: Value) -> Res<()> {
        self.dict_set_str(m.dict.get(), name, v)
    }

    /// Adds a native type to a module.
    pub fn module_add_type(
        &mut self,
        m: Ref<ModuleObj>,
        spec: &'static TypeSpec,
    ) -> Res<Ref<TypeObj>> {
        let class = self.native_type(spec)?;
        let name = spec.name.rsplit('.').next().unwrap_or(spec.name);
        self.module_set(m, name, class.value())?;
        Ok(class)
    }

    /// The type made from a spec, made at its first use.
    pub fn native_type(&mut self, spec: &'static TypeSpec) -> Res<Ref<TypeObj>> {
        let key = spec as *const TypeSpec as usize;
        if let Some(c) = self.interp().native_types.get(&key) {
            return Ok(*c);
        }
        if let Some(i) = crate::types::SPECS
            .iter()
            .position(|s| std::ptr::eq(*s, spec))
        {
            let mut found = None;
            let mut n = 0;
            self.types.each(&mut |c| {
                if n == i {
                    found = Some(c);
                }
                n += 1;
            });
            if let Some(c) = found {
                return Ok(c);
            }
        }
        let base = match spec.base {
            Some(b) => self.native_type(b)?,
            None => self.types.object,
        };
        let d = self.new_dict()?;
        let p: *mut TypeObj = self.alloc_kind(size_of::<TypeObj>(), Kind::Type)?.cast();
        // SAFETY: freshly allocated; the references are written before anything can collect.
        let class = unsafe {
            (&raw mut (*p).flags).write(std::cell::Cell::new(crate::class::TypeFlags::empty()));
            (&raw mut (*p).dict).write(std::cell::Cell::new(d));
            Ref::new(p)
        };
        class.version.set(self.next_version());
        self.interp().native_types.insert(key, class);
        crate::init::fill_type(self, class, spec, Some(base))?;
        if !STATIC.contains(&spec.module) {
            let key = self.names.__module__;
            // Some types have a getter of that name.
            if self.dict_get(d, key)?.is_none() {
                let module = self.intern(spec.module);
                self.dict_set(d.value(), key, module)?;
            }
        }
        self.new_root_shape(class, 0);
        class.made.set(16);
        self.update_flags(class);
        Ok(class)
    }
}
