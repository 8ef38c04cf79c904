//! The `__dict__` attribute of builtin types whose instances have one.

use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

#[derive::natives]
pub mod methods {
    use super::*;

    /// dictionary for instance variables
    #[getter("__dict__")]
    fn dict(vm: &mut Vm, this: Value) -> Res {
        Ok(vm.attr_dict(this)?.value())
    }
    #[setter("__dict__")]
    fn set_dict(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        let Some(value) = value else {
            return Err(vm.type_error("cannot delete __dict__"));
        };
        let Some(d) = value.downcast::<DictObj>() else {
            let got = vm.class_name(value);
            return Err(vm.type_error(&format!(
                "__dict__ must be set to a dictionary, not a '{got}'"
            )));
        };
        vm.replace_attr_dict(this, d)
    }
}

impl Vm {
    /// The error for storing into a read-only member.
    pub fn readonly_attribute<T>(&mut self) -> Res<T> {
        Err(self.attribute_error_text("readonly attribute"))
    }

    /// The receiver of `descr.__get__(instance, owner)`: None means access through the class.
    pub fn descr_instance(&mut self, instance: Value, owner: Option<Value>) -> Res<Option<Value>> {
        if !instance.is_none() {
            return Ok(Some(instance));
        }
        match owner.filter(|o| !o.is_none()) {
            Some(_) => Ok(None),
            None => Err(self.type_error("__get__(None, None) is invalid")),
        }
    }

    /// The `__name__` of what a wrapper wraps, and the like: None when absent.
    pub(crate) fn is_abstract(&mut self, v: Value) -> Res<bool> {
        if !v.is_cell() {
            return Ok(false);
        }
        let name = self.names.__isabstractmethod__;
        match self.get_attr_opt(v, name)? {
            Some(a) => self.truth(a),
            None => Ok(false),
        }
    }

    /// A module imported by absolute name, through `builtins.__import__`.
    pub fn import_by_name(&mut self, name: &str) -> Res {
        if let Some(modules) = self.interp().sys_modules
            && let Some(m) = self.dict_get_str(modules, name)
            && !m.is_none()
        {
            return Ok(m);
        }
        let found = match self.interp().builtins {
            Some(b) => self.dict_get_interned(b, self.names.__import__),
            None => None,
        };
        let Some(import) = found else {
            return Err(self.import_error_text("__import__ not found"));
        };
        let arg = self.new_str(name)?;
        let top = self.call_value(import, &[arg])?;
        if let Some(modules) = self.interp().sys_modules
            && let Some(m) = self.dict_get_str(modules, name)
        {
            return Ok(m);
        }
        Ok(top)
    }
}
