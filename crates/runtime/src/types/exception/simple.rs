//! Classes with one or two fields: StopIteration, SystemExit, KeyError, ImportError, NameError,
//! AttributeError.

use super::base::{cell, items};
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// `value` of StopIteration, `code` of SystemExit: what the arguments say unless it was set.
fn lazy_value(vm: &mut Vm, this: Value, all_args: bool) -> Res {
    let x = cell(this);
    if x.extra.get().is_some() {
        return Ok(vm.exc_field(this, 0).unwrap_or(Value::NONE));
    }
    value_of(x.args.or_none(), all_args)
}

fn value_of(args: Value, all_args: bool) -> Res {
    Ok(match items(args) {
        [] => Value::NONE,
        [_, _, ..] if all_args => args,
        [one, ..] => *one,
    })
}

/// Fixes the value of a StopIteration or SystemExit before its arguments change.
pub(super) fn keep_value(vm: &mut Vm, this: Value) -> Res<()> {
    let exc = &vm.types.exc;
    let is_exit = vm.is_instance_of(this, exc.SystemExit);
    if (is_exit || vm.is_instance_of(this, exc.StopIteration)) && cell(this).extra.get().is_none() {
        let v = lazy_value(vm, this, is_exit)?;
        vm.set_exc_field(this, 0, Some(v))?;
    }
    Ok(())
}

/// Takes the allowed keywords (name, field) of an exception class out of `kwargs`.
fn keywords(
    vm: &mut Vm,
    this: Value,
    class: &str,
    kwargs: Option<Value>,
    allowed: &[(&str, usize)],
) -> Res<()> {
    for (_, i) in allowed {
        vm.set_exc_field(this, *i, None)?;
    }
    let Some(d) = kwargs.and_then(|k| k.downcast::<DictObj>()) else {
        return Ok(());
    };
    let mut at = 0;
    while let Some((i, entry)) = crate::dict::next_entry(d, at) {
        at = i + 1;
        let (Some(key), Some(v)) = (entry.key, entry.value) else {
            continue;
        };
        match allowed.iter().find(|(n, _)| vm.str_equals(key, n)) {
            Some((_, i)) => vm.set_exc_field(this, *i, Some(v))?,
            None => {
                let key = vm.display(key);
                return Err(vm.type_error(&format!(
                    "{class}() got an unexpected keyword argument '{key}'"
                )));
            }
        }
    }
    Ok(())
}

#[derive::natives]
pub mod stop_iteration {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.init_exception(this, args, kwargs)?;
        if cell(this).extra.get().is_some() {
            let v = value_of(args, false)?;
            vm.set_exc_field(this, 0, Some(v))?;
        }
        Ok(())
    }
    /// generator return value
    #[member("value")]
    fn value(vm: &mut Vm, this: Value) -> Res {
        lazy_value(vm, this, false)
    }
    #[setter("value")]
    fn set_value(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.set_exc_field(this, 0, value)
    }
}

#[derive::natives]
pub mod system_exit {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.init_exception(this, args, kwargs)?;
        if cell(this).extra.get().is_some() {
            let v = value_of(args, true)?;
            vm.set_exc_field(this, 0, Some(v))?;
        }
        Ok(())
    }
    /// exception code
    #[member("code")]
    fn code(vm: &mut Vm, this: Value) -> Res {
        lazy_value(vm, this, true)
    }
    #[setter("code")]
    fn set_code(vm: &mut Vm, this: Value, value: Option<Value>) -> Res<()> {
        vm.set_exc_field(this, 0, value)
    }
}

impl Vm {
    /// `StopIteration.value`.
    pub fn stop_iteration_value(&mut self, e: Value) -> Value {
        lazy_value(self, e, false).unwrap_or(Value::NONE)
    }
}

#[derive::natives]
pub mod key_error {
    use super::*;

    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        match items(cell(this).args.or_none()) {
            // A missing empty or odd key would be invisible without the quotes.
            [one] => vm.repr(*one),
            _ => vm.exception_str(this),
        }
    }
}

#[derive::natives]
pub mod import_error {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.init_exception(this, args, None)?;
        let fields = [("name", 1), ("path", 2), ("name_from", 3)];
        keywords(vm, this, "ImportError", kwargs, &fields)?;
        let msg = match items(args) {
            [one] => Some(*one),
            _ => None,
        };
        vm.set_exc_field(this, 0, msg)
    }
    /// Return str(self).
    #[native("__str__($self, /)")]
    fn str(vm: &mut Vm, this: Value) -> Res {
        match vm.exc_field(this, 0) {
            Some(m) if m.is_exact(Kind::Str) => Ok(m),
            _ => vm.exception_str(this),
        }
    }
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let state = vm.copy_exception_dict(this)?;
        for (name, i) in [("name", 1), ("path", 2), ("name_from", 3)] {
            if let Some(v) = vm.exc_field(this, i) {
                vm.dict_set_str(state, name, v)?;
            }
        }
        let (class, args) = (vm.class_of(this).value(), cell(this).args.or_none());
        if state.used.get() == 0 {
            vm.new_tuple(&[class, args])
        } else {
            vm.new_tuple(&[class, args, state.value()])
        }
    }
}

#[derive::natives]
pub mod name_error {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.init_exception(this, args, None)?;
        keywords(vm, this, "NameError", kwargs, &[("name", 0)])
    }
}

#[derive::natives]
pub mod attribute_error {
    use super::*;

    /// Initialize self.  See help(type(self)) for accurate signature.
    #[native("__init__($self, /, *args, **kwargs)")]
    fn init(vm: &mut Vm, this: Value, args: Value, kwargs: Option<Value>) -> Res<()> {
        vm.init_exception(this, args, None)?;
        let fields = [("name", 0), ("obj", 1)];
        keywords(vm, this, "AttributeError", kwargs, &fields)
    }
    #[native("__getstate__($self, /)")]
    fn getstate(vm: &mut Vm, this: Value) -> Res {
        let state = vm.copy_exception_dict(this)?;
        if let Some(name) = vm.exc_field(this, 0) {
            vm.dict_set_str(state, "name", name)?;
        }
        // `obj` is left out: much of what it can be cannot be pickled.
        vm.dict_set_str(state, "args", cell(this).args.or_none())?;
        Ok(state.value())
    }
    #[native("__reduce__($self, /)")]
    fn reduce(vm: &mut Vm, this: Value) -> Res {
        let state = getstate(vm, this)?;
        vm.new_tuple(&[vm.class_of(this).value(), cell(this).args.or_none(), state])
    }
}
